//! From the names of a torrent to distinct safe paths, and what changed on the way.

use std::borrow::Cow;

use super::links::resolve_links;
use super::safe::{Place, SafePath, Text};
use super::sanitise::{plain, sanitise_component_for, sanitise_name};
use super::tree::{ROOT, Tree};
use super::{Platform, RelPath};
use crate::metainfo::limits::MAX_RENAMES;
use crate::metainfo::{self, Lint, Metainfo, RawPath, lint};

/// Every file of a torrent with the path it gets on disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolved {
    /// The directory that all files lie in, if the torrent has one.
    pub root: Option<RelPath>,
    text: Text,
    places: Vec<Place>,
    /// For every file, or nothing where there are no links.
    links: Vec<Option<Link>>,
    /// The files whose path is not as in the torrent, in the same order.
    pub changes: Vec<Change>,
    /// What is odd about the names, beside [`Metainfo::lints`].
    pub lints: Vec<Lint>,
}

impl Resolved {
    /// The files in the order of [`Info::files`].
    ///
    /// [`Info::files`]: crate::metainfo::Info::files
    pub fn files(&self) -> impl ExactSizeIterator<Item = ResolvedFile<'_>> + Clone {
        self.places.iter().enumerate().map(|(index, &place)| {
            let link = self.links.get(index).and_then(Option::as_ref);
            ResolvedFile { path: self.text.path(place), link }
        })
    }
}

/// One file on disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResolvedFile<'a> {
    /// Below the download directory, the torrent's own directory included.
    pub path: SafePath<'a>,
    /// Where it points, if it is a symlink.
    pub link: Option<&'a Link>,
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
    /// Index in [`Info::files`](crate::metainfo::Info::files).
    pub file: usize,
    /// As in the torrent, its directory included.
    pub raw: Vec<metainfo::Text>,
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
    let Safe { mut text, mut places, odd } = sanitised(metainfo, prefix, platform);
    let has_links = info.files.iter().any(|file| file.attr.symlink);
    let wanted = if has_links { places.clone() } else { Vec::new() };
    let renamed = make_distinct(&mut text, &mut places)?;
    let links = match has_links {
        true => resolve_links(&info.files, &text, &wanted, &places, prefix, platform),
        false => Vec::new(),
    };
    let root = root.map(RelPath::new);
    let mut resolved = Resolved { root, text, places, links, changes: Vec::new(), lints: Vec::new() };
    resolved.changes = changes(metainfo, &resolved, &renamed, &odd);
    resolved.lints = lint::names(metainfo, &resolved, &odd);
    Ok(resolved)
}

/// A directory without a usable name is called after the torrent.
fn fallback_name(metainfo: &Metainfo) -> String {
    match (metainfo.info_hash_v1, metainfo.info_hash_v2) {
        (Some(v1), _) => v1.to_string(),
        (None, Some(v2)) => v2.to_string(),
        (None, None) => "_".into(),
    }
}

/// The paths of all files made safe, collisions and all.
struct Safe {
    text: Text,
    places: Vec<Place>,
    /// The files of whose names some are not plain, in order: only they can differ from the torrent, and only
    /// they can be odd. Mostly there are none.
    odd: Vec<usize>,
}

fn sanitised(metainfo: &Metainfo, root: &str, platform: Platform) -> Safe {
    let info = &metainfo.info;
    let bytes = |path: RawPath<'_>| path.map(|name| name.len() + 1).sum::<usize>() + root.len();
    let total = info.files.iter().map(|file| bytes(metainfo.path(file))).sum();
    let mut text = Text::with_capacity(total);
    let mut places = Vec::with_capacity(info.files.len());
    let mut odd = Vec::new();
    let plain_root = root.is_empty() || plain(root.as_bytes()).is_some();
    for (index, file) in info.files.iter().enumerate() {
        let start = text.end();
        let mut all_plain = plain_root;
        let mut name = start;
        text.push(root);
        for raw in metainfo.path(file) {
            if text.end() > start {
                text.push("/");
            }
            name = text.end();
            match plain(raw) {
                Some(same) => text.push(same),
                None => {
                    all_plain = false;
                    text.push(&sanitise_component_for(raw, platform));
                }
            }
        }
        if !all_plain {
            odd.push(index);
        }
        places.push(text.since(start, name));
    }
    Safe { text, places, odd }
}

/// What is not as in the torrent.
fn changes(metainfo: &Metainfo, resolved: &Resolved, renamed: &[usize], odd: &[usize]) -> Vec<Change> {
    let info = &metainfo.info;
    let root = resolved.root.as_ref();
    let root_changed = root.is_some_and(|root| root.as_str().as_bytes() != info.name.0);
    if renamed.is_empty() && odd.is_empty() && !root_changed {
        return Vec::new();
    }
    let (mut renamed, mut odd) = (renamed.iter().copied().peekable(), odd.iter().copied().peekable());
    let mut changes = Vec::new();
    for (index, (file, on_disk)) in info.files.iter().zip(resolved.files()).enumerate() {
        let is_renamed = renamed.next_if_eq(&index).is_some();
        let is_odd = odd.next_if_eq(&index).is_some();
        let raw = metainfo.path(file);
        let kind = if is_renamed {
            ChangeKind::Renamed
        } else if root_changed || (is_odd && !is_as_found(on_disk.path, root.is_some(), raw.clone())) {
            ChangeKind::Sanitised
        } else {
            continue;
        };
        let name = root.map(|_| &info.name.0[..]);
        let raw = name.into_iter().chain(raw).map(|part| metainfo::Text(part.to_vec())).collect();
        changes.push(Change { file: index, raw, safe: on_disk.path.to_owned(), kind });
    }
    changes
}

fn is_as_found(path: SafePath<'_>, root: bool, mut raw: RawPath<'_>) -> bool {
    let mut safe = path.components().skip(usize::from(root));
    raw.all(|raw| safe.next().is_some_and(|safe| safe.as_bytes() == raw))
}

/// Renames the later one of files that collide; gives the indices of the renamed ones, in order.
fn make_distinct(text: &mut Text, places: &mut [Place]) -> Result<Vec<usize>, PathError> {
    let mut tree = Tree::new(true, places.len());
    // First all directories, since they win over files.
    let parents = directories(&mut tree, text, places);
    let mut attempts = std::collections::HashMap::new();
    let mut renamed = Vec::new();
    for (index, (place, parent)) in places.iter_mut().zip(parents).enumerate() {
        if tree.add_file(text, parent, place.name(), index) {
            continue;
        }
        let name = text.slice(place.name()).to_owned();
        // Numbers go on where the last file of that name stopped: with every file starting anew,
        // thousands of equal names would take millions of attempts.
        let next = attempts.entry((parent, name.to_ascii_lowercase())).or_insert(0u32);
        let (stem, extension) = name.split_at(name.rfind('.').unwrap_or(name.len()));
        let free = loop {
            *next += 1;
            if *next > MAX_RENAMES {
                let path = crate::metainfo::error::shown(text.path(*place).as_str().as_bytes());
                return Err(PathError::TooManyDuplicates { path, limit: MAX_RENAMES });
            }
            let candidate = format!("{stem}.{next}{extension}");
            if tree.find(text, parent, &candidate).is_none() {
                break candidate;
            }
        };
        *place = beside(text, *place, &free);
        tree.add_file(text, parent, place.name(), index);
        renamed.push(index);
    }
    Ok(renamed)
}

/// A path with another name at its end.
fn beside(text: &mut Text, place: Place, name: &str) -> Place {
    let directory = text.directory(place).to_owned();
    let start = text.end();
    text.push(&directory);
    if !directory.is_empty() {
        text.push("/");
    }
    let at = text.end();
    text.push(name);
    text.since(start, at)
}

/// Enters the directories of all paths; gives for each path the one it lies in.
pub(super) fn directories(tree: &mut Tree, text: &Text, places: &[Place]) -> Vec<u32> {
    let mut parents = Vec::with_capacity(places.len());
    let mut last = ("", ROOT);
    for (index, place) in places.iter().enumerate() {
        let directory = text.directory(*place);
        // Neighbours in a torrent mostly lie in one directory.
        if directory != last.0 {
            let names = place.directory().components(text).filter(|_| !directory.is_empty());
            last = (directory, names.fold(ROOT, |parent, name| tree.directory(text, parent, name, index)));
        }
        parents.push(last.1);
    }
    parents
}
