//! Symlinks that the torrent keeps as links (BEP 47, "Symlinks").
//!
//! Owns what a link is called to point at: components from the torrent's directory, without `..`, to a file or
//! directory that the torrent holds. Anything else can't be stored and is left out.

use std::collections::HashSet;
use std::path::{Component, Path, PathBuf};

use super::{Found, Skipped};

/// A directory the torrent is made of, without symlinks, and its path in the torrent, empty for the torrent's own
/// directory.
pub(super) type Inside = (PathBuf, String);

/// Where the link `path`, called `named` in the torrent, leads to in the torrent.
///
/// The link itself is read and not what it ends at, so that a link to a link stays one; the directories on the way
/// are the real ones, as a torrent's path leads through no link.
pub(super) fn target(path: &Path, named: &str, inside: &[Inside]) -> Result<String, Skipped> {
    let broken = |_| Skipped::SymlinkBroken;
    let leads = std::fs::read_link(path).map_err(broken)?;
    let joined = path.parent().unwrap_or(Path::new("")).join(leads);
    // Also refuses what leads nowhere or in a circle.
    let end = std::fs::canonicalize(&joined).map_err(broken)?;
    let place = match (joined.components().next_back(), joined.parent()) {
        (Some(Component::Normal(name)), Some(parent)) => {
            std::fs::canonicalize(parent).map_err(broken)?.join(name)
        }
        _ => end,
    };
    let target = in_torrent(&place, inside).ok_or(Skipped::SymlinkOutside)?;
    let around = target.is_empty() || named.strip_prefix(&target).is_some_and(|rest| rest.starts_with('/'));
    if around { Err(Skipped::SymlinkBroken) } else { Ok(target) }
}

/// The path in the torrent of a place on disk.
fn in_torrent(place: &Path, inside: &[Inside]) -> Option<String> {
    let (root, name) = inside
        .iter()
        .filter(|(root, _)| place.starts_with(root))
        .max_by_key(|(root, _)| root.as_os_str().len())?;
    let mut target = name.clone();
    for component in place.strip_prefix(root).ok()?.components() {
        let Component::Normal(component) = component else { return None };
        if !target.is_empty() {
            target.push('/');
        }
        target.push_str(component.to_str()?);
    }
    Some(target)
}

/// Leaves out links to what the torrent does not hold, and then those to such links.
pub(super) fn drop_dangling(files: &mut Vec<Found>, skipped: &mut Vec<(Skipped, PathBuf)>) {
    while files.iter().any(|file| file.link.is_some()) {
        let held: HashSet<&str> = files.iter().flat_map(|file| upwards(&file.path)).collect();
        let dangles = |file: &Found| file.link.as_ref().is_some_and(|target| !held.contains(target.as_str()));
        let dangling: Vec<bool> = files.iter().map(dangles).collect();
        if !dangling.contains(&true) {
            return;
        }
        let mut dangling = dangling.into_iter();
        files.retain(|file| {
            let dangles = dangling.next().unwrap_or(false);
            if dangles {
                skipped.push((Skipped::SymlinkTarget, PathBuf::from(&file.path)));
            }
            !dangles
        });
    }
}

/// A path and the directories it lies in.
fn upwards(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(path), |path| path.rsplit_once('/').map(|(parent, _)| parent))
}
