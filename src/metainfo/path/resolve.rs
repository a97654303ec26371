//! From the names of a torrent to distinct safe paths, and what changed on the way.

use std::borrow::Cow;

use super::links::resolve_links;
use super::sanitise::{sanitise_component_for, sanitise_name};
use super::tree::{ROOT, Tree};
use super::{Platform, RelPath};
use crate::metainfo::limits::MAX_RENAMES;
use crate::metainfo::{File, Info, Lint, Metainfo, Text, lint};

/// Every file of a torrent with the path it gets on disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolved {
    /// The directory that all files lie in, if the torrent has one.
    pub root: Option<RelPath>,
    /// The files in the order of [`Info::files`].
    pub files: Vec<ResolvedFile>,
    /// The files whose path is not as in the torrent, in the same order.
    pub changes: Vec<Change>,
    /// What is odd about the names, beside [`Metainfo::lints`].
    pub lints: Vec<Lint>,
}

/// One file on disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResolvedFile {
    /// Below the download directory, the torrent's own directory included.
    pub path: RelPath,
    /// Where it points, if it is a symlink.
    pub link: Option<Link>,
}

/// Where a symlink points.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Link {
    /// At a file or a directory of the torrent, below the download directory and not through
    /// another link.
    To(RelPath),
    /// At nothing in the torrent: it must not be created.
    Nowhere,
}

/// A path that is not as in the torrent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Index in [`Info::files`].
    pub file: usize,
    /// As in the torrent, its directory included.
    pub raw: Vec<Text>,
    /// As on disk.
    pub safe: RelPath,
    /// Why.
    pub kind: ChangeKind,
}

/// Why a path is not as in the torrent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeKind {
    /// It held something unsafe.
    Sanitised,
    /// It was taken: by another file, by a directory, or by one of these in another case.
    Renamed,
}

/// Why no safe paths could be found.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    /// A single file without a name.
    #[error("`name` of the file is nothing but dots and separators")]
    NoName,
    /// Too many files want one path.
    #[error("duplicate names: no free name for `{path}` after {limit} attempts")]
    TooManyDuplicates {
        /// The path they want.
        path: String,
        /// Attempts made.
        limit: u32,
    },
}

/// The paths of a torrent on the platform this program runs on.
///
/// Where two files want one path, ASCII case not counted, the later one gets `.1`, `.2` and so on
/// before its extension; a directory wins over a file.
///
/// # Errors
/// When a single file has no usable name, or too many files want one path.
pub fn resolve(metainfo: &Metainfo) -> Result<Resolved, PathError> {
    resolve_for(metainfo, Platform::HOST)
}

/// The paths of a torrent on a platform.
///
/// # Errors
/// As [`resolve`].
pub fn resolve_for(metainfo: &Metainfo, platform: Platform) -> Result<Resolved, PathError> {
    let info = &metainfo.info;
    let name = sanitise_name(&info.name.0, platform);
    let root = match (info.directory, name) {
        (true, name) => Some(name.map_or_else(|| fallback_name(metainfo), Cow::into_owned)),
        // The name of a v2 file stands in its tree; `name` is advice (BEP 52, "name").
        (false, None) if info.v1.is_some() => return Err(PathError::NoName),
        (false, _) => None,
    };
    let prefix = root.as_deref().unwrap_or_default();
    let mut paths: Vec<String> =
        info.files.iter().map(|file| sanitised(prefix, &file.path, platform)).collect();
    let has_links = info.files.iter().any(|file| file.symlink.is_some());
    let wanted = if has_links { paths.clone() } else { Vec::new() };
    let renamed = make_distinct(&mut paths)?;
    let links = match has_links {
        true => resolve_links(&info.files, &wanted, &paths, prefix, platform),
        false => Vec::new(),
    };
    Ok(assemble(info, root, paths, renamed, links))
}

/// A directory without a usable name is called after the torrent.
fn fallback_name(metainfo: &Metainfo) -> String {
    match (metainfo.info_hash_v1, metainfo.info_hash_v2) {
        (Some(v1), _) => v1.to_string(),
        (None, Some(v2)) => v2.to_string(),
        (None, None) => "_".into(),
    }
}

/// Puts the paths together with what changed.
fn assemble(
    info: &Info,
    root: Option<String>,
    paths: Vec<String>,
    renamed: Vec<usize>,
    links: Vec<Option<Link>>,
) -> Resolved {
    let root_changed = root.as_ref().is_some_and(|root| root.as_bytes() != info.name.0);
    let mut links = links.into_iter();
    let mut renamed = renamed.into_iter().peekable();
    let mut changes = Vec::new();
    let mut files = Vec::with_capacity(paths.len());
    for (index, (path, file)) in paths.into_iter().zip(&info.files).enumerate() {
        let path = RelPath::new(path);
        let kind = if renamed.next_if_eq(&index).is_some() {
            Some(ChangeKind::Renamed)
        } else {
            (root_changed || !is_as_found(&path, root.is_some(), file)).then_some(ChangeKind::Sanitised)
        };
        if let Some(kind) = kind {
            let mut raw: Vec<Text> = root.iter().map(|_| info.name.clone()).collect();
            raw.extend(file.path.iter().cloned());
            changes.push(Change { file: index, raw, safe: path.clone(), kind });
        }
        files.push(ResolvedFile { path, link: links.next().flatten() });
    }
    let mut resolved = Resolved { root: root.map(RelPath::new), files, changes, lints: Vec::new() };
    resolved.lints = lint::names(info, &resolved);
    resolved
}

fn sanitised(root: &str, components: &[Text], platform: Platform) -> String {
    let bytes: usize = components.iter().map(|component| component.0.len() + 1).sum();
    let mut path = String::with_capacity(root.len() + bytes);
    path.push_str(root);
    for component in components {
        if !path.is_empty() {
            path.push('/');
        }
        path.push_str(&sanitise_component_for(&component.0, platform));
    }
    if path.is_empty() {
        path.push('_');
    }
    path
}

fn is_as_found(path: &RelPath, root: bool, file: &File) -> bool {
    let mut safe = path.components().skip(usize::from(root));
    file.path.iter().all(|raw| safe.next().is_some_and(|safe| safe.as_bytes() == raw.0))
}

/// Renames the later one of files that collide; gives the indices of the renamed ones, in order.
fn make_distinct(paths: &mut [String]) -> Result<Vec<usize>, PathError> {
    let mut tree = Tree::new(true, paths.len());
    // First all directories, since they win over files.
    let parents = directories(&mut tree, paths);
    let mut attempts = std::collections::HashMap::new();
    let mut renamed = Vec::new();
    for (index, (path, parent)) in paths.iter_mut().zip(parents).enumerate() {
        let start = path.rfind('/').map_or(0, |slash| slash + 1);
        let (directory, name) = path.split_at(start);
        if tree.add_file(parent, name, index) {
            continue;
        }
        // Numbers go on where the last file of that name stopped: with every file starting anew,
        // thousands of equal names would take millions of attempts.
        let next = attempts.entry((parent, name.to_ascii_lowercase())).or_insert(0u32);
        let (stem, extension) = name.split_at(name.rfind('.').unwrap_or(name.len()));
        let free = loop {
            *next += 1;
            if *next > MAX_RENAMES {
                let path = crate::metainfo::error::shown(path.as_bytes());
                return Err(PathError::TooManyDuplicates { path, limit: MAX_RENAMES });
            }
            let candidate = format!("{stem}.{next}{extension}");
            if tree.add_file(parent, &candidate, index) {
                break candidate;
            }
        };
        *path = format!("{directory}{free}");
        renamed.push(index);
    }
    Ok(renamed)
}

/// Enters the directories of all paths; gives for each path the one it lies in.
pub(super) fn directories(tree: &mut Tree, paths: &[String]) -> Vec<u32> {
    let mut parents = Vec::with_capacity(paths.len());
    let mut last = ("", ROOT);
    for (index, path) in paths.iter().enumerate() {
        let directory = path.rsplit_once('/').map_or("", |(directory, _)| directory);
        // Neighbours in a torrent mostly lie in one directory.
        if directory != last.0 {
            let number = directory.split('/').fold(ROOT, |parent, name| tree.directory(parent, name, index));
            last = (directory, if directory.is_empty() { ROOT } else { number });
        }
        parents.push(last.1);
    }
    parents
}
