//! What lies on disk where the torrent's files should be.

use std::collections::{HashMap, HashSet};
use std::ffi::OsStr;
use std::fs::Metadata;
use std::io;
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use crate::content::open::{ContentError, Source, Stamp, metadata_of};
use crate::content::plan::{Extent, Space};
use crate::content::walk::DEPTH;
use crate::env::Env;
use crate::exit::{CommandError, ErrorKind};
use crate::metainfo::{File, Metainfo, RawPath, path};

use super::mapping::Mapping;

/// Files found and missing, and the piece space they make.
#[derive(Debug)]
pub(crate) struct Content {
    pub(crate) root: PathBuf,
    /// Path of each file of the torrent below the root (the file itself for a single file).
    pub(crate) paths: Vec<String>,
    /// What is there of each file of the torrent.
    pub(crate) found: Vec<Found>,
    pub(crate) sources: Vec<Source>,
    pub(crate) space: Space,
    /// Pieces that can't be read whole, because a byte of them is missing.
    pub(crate) unreadable: Vec<bool>,
    /// Bytes of the pieces that can.
    pub(crate) readable: u64,
    /// Why files that are there can't be read, by index.
    pub(crate) failures: HashMap<usize, String>,
    /// Files that were found elsewhere, and where, by index.
    pub(crate) moved: HashMap<usize, PathBuf>,
    /// Whether what is there was looked at. It is assumed to be complete before, which saves looking where it
    /// is: whoever reads a file sees whether it is one and how long it is.
    looked: bool,
    /// Whether an empty file that is missing counts as there.
    lenient: bool,
}

/// Files below the root that are not in the torrent.
pub(crate) type Extra = Vec<Stray>;

/// What was known of a file before another took its place.
#[derive(Debug)]
pub(crate) struct Before {
    source: Source,
    found: Found,
    failure: Option<String>,
}

/// A file that is not where the torrent has one.
#[derive(Clone, Debug)]
pub(crate) struct Stray {
    pub(crate) path: PathBuf,
    /// Below what it was found under.
    pub(crate) below: String,
    pub(crate) length: u64,
    /// Whether it is a file with content, and no link or device.
    pub(crate) regular: bool,
}

/// What is there of one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// No regular file.
    Missing,
    /// A file of this many bytes.
    Bytes(u64),
    /// A file that can't be read; why stands in [`Content::failures`].
    Unreadable,
    /// A symlink of the torrent, there or not: it has no content of its own.
    Link(bool),
}

impl Found {
    fn bytes(self) -> u64 {
        match self {
            Self::Bytes(bytes) => bytes,
            Self::Missing | Self::Unreadable | Self::Link(_) => 0,
        }
    }
}

/// Where the user says that content lies.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'a> {
    /// The file or directory itself.
    pub(crate) content: Option<&'a Path>,
    /// The directory that it lies in under the torrent's name.
    pub(crate) base: Option<&'a Path>,
}

/// How names of the torrent are looked for on disk.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Names<'a> {
    /// Files and directories that lie elsewhere.
    pub(crate) maps: &'a [Mapping],
    /// Whether blanks at the ends of names may be missing, and empty files as well.
    pub(crate) lenient: bool,
}

impl Names<'_> {
    /// Where a file lies by the mapping that says most about it.
    fn mapped(&self, path: &str) -> Option<PathBuf> {
        self.maps.iter().filter_map(|map| map.apply(path)).max_by_key(|(length, _)| *length).map(|(_, to)| to)
    }

    /// The path without blanks at the ends of its names, where that is another and may be meant.
    fn trimmed(&self, path: &str) -> Option<String> {
        if !self.lenient {
            return None;
        }
        let trimmed = path.split('/').map(str::trim).collect::<Vec<_>>().join("/");
        (trimmed != path && !trimmed.split('/').any(str::is_empty)).then_some(trimmed)
    }
}

/// The file or directory to check: as given, or the torrent's name in the base directory or beside the torrent.
pub(crate) fn locate(
    env: &Env,
    torrent: &OsStr,
    at: Place<'_>,
    metainfo: &Metainfo,
    resolved: &path::Resolved,
    names: &Names<'_>,
) -> PathBuf {
    let name: PathBuf = name(resolved).split('/').collect();
    // A v2 torrent of one file may come from a directory: it is called by that, and the file by its own.
    let title = PathBuf::from(path::sanitise_component(&metainfo.info.name.0));
    let root = match at.content {
        Some(path) => env.path(path),
        None => {
            let torrent = env.path(Path::new(torrent));
            let beside = if torrent.is_file() { torrent.parent() } else { None };
            let directory = match (at.base, beside) {
                (Some(base), _) => env.path(base),
                (None, Some(beside)) => beside.to_owned(),
                (None, None) => env.cwd.clone(),
            };
            let trimmed = name.to_str().and_then(|name| names.trimmed(name)).map(PathBuf::from);
            let place = |name: &Path| directory.join(name);
            let others = [Some(title), trimmed].into_iter().flatten();
            let there = |name: &PathBuf| place(name).exists();
            match place(&name).exists() {
                true => place(&name),
                false => others.filter(there).map(|name| place(&name)).next().unwrap_or_else(|| place(&name)),
            }
        }
    };
    // The directory around the content is what people give to other programs: take it where no doubt is.
    let inside = root.join(&name);
    let within = if resolved.root.is_some() {
        let missing = |file: path::ResolvedFile<'_>| !root.join(below(file, resolved)).exists();
        inside.is_dir() && resolved.files().all(missing)
    } else {
        inside.is_file()
    };
    if root.is_dir() && within { inside } else { root }
}

/// The path as the torrent has it, where it can be one on this system: content that did not come through
/// a downloader has the names its maker gave it, which may differ in more than a downloader would keep.
fn as_named(path: RawPath<'_>) -> Option<PathBuf> {
    path.map(as_component).collect()
}

fn as_component(raw: &[u8]) -> Option<PathBuf> {
    let plain = !raw.is_empty() && raw != b"." && raw != b".." && !raw.contains(&b'/') && !raw.contains(&0);
    #[cfg(unix)]
    let name = Some(<OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(raw));
    #[cfg(not(unix))]
    let name = std::str::from_utf8(raw).ok().filter(|text| !text.contains(['\\', ':'])).map(OsStr::new);
    name.filter(|_| plain).map(PathBuf::from)
}

/// The name of a torrent, as a path on disk has it: of its directory, or of its single file.
pub(crate) fn name(resolved: &path::Resolved) -> &str {
    match (&resolved.root, resolved.files().next()) {
        (Some(root), _) => root.as_str(),
        (None, Some(file)) => file.path.as_str(),
        (None, None) => "",
    }
}

/// The path of a file below the torrent's own directory; for a single file its name.
pub(crate) fn below<'a>(file: path::ResolvedFile<'a>, resolved: &path::Resolved) -> &'a str {
    let path = file.path.as_str();
    let below = resolved.root.as_ref().and_then(|root| path.strip_prefix(root.as_str()));
    below.and_then(|below| below.strip_prefix('/')).unwrap_or(path)
}

/// Safe paths for the files of a torrent.
pub(crate) fn resolve(metainfo: &Metainfo) -> Result<path::Resolved, CommandError> {
    path::resolve(metainfo).map_err(|error| CommandError::new(ErrorKind::BadInput, error))
}

impl Content {
    pub(crate) fn find(
        metainfo: &Metainfo,
        resolved: &path::Resolved,
        root: PathBuf,
        names: &Names<'_>,
    ) -> Result<Self, CommandError> {
        let mut content = Self {
            paths: Vec::new(),
            found: Vec::new(),
            sources: Vec::new(),
            space: space(metainfo)?,
            unreadable: vec![false; metainfo.info.piece_count],
            readable: 0,
            failures: HashMap::new(),
            moved: HashMap::new(),
            looked: false,
            lenient: names.lenient,
            root,
        };
        let single = resolved.root.is_none();
        for (file, safe) in metainfo.info.files.iter().zip(resolved.files()) {
            let safe = below(safe, resolved);
            let raw = || metainfo.path(file);
            let same = single || raw().eq(safe.split('/').map(str::as_bytes));
            let named = if same { None } else { as_named(raw()) };
            let (below, path) = match named {
                _ if !names.maps.is_empty()
                    && let Some(path) = content.mapped(names, safe, raw()) =>
                {
                    (safe.to_owned(), path)
                }
                Some(named) if content.root.join(&named).exists() => {
                    (named.to_string_lossy().into_owned(), content.root.join(named))
                }
                _ if single => (safe.to_owned(), content.root.clone()),
                _ => (safe.to_owned(), content.unmapped(names, safe)),
            };
            content.sources.push(Source { path, stamp: Stamp::expected(file.length), follow: true });
            content.paths.push(below);
        }
        content.found = metainfo.info.files.iter().map(|file| Found::Bytes(file.length)).collect();
        if content.root.exists() || !names.maps.is_empty() {
            // What is never read would never be missed.
            let unread = |file: &File| file.length == 0 || file.attr.symlink;
            content.look(metainfo, resolved, unread);
        } else {
            content.found.fill(Found::Missing);
            if names.lenient {
                let empty = |file: &File| file.length == 0 && !file.attr.symlink;
                let files = metainfo.info.files.iter().zip(&mut content.found);
                files.filter(|(file, _)| empty(file)).for_each(|(_, found)| *found = Found::Bytes(0));
            }
            content.looked = true;
        }
        content.mark_unreadable(metainfo);
        Ok(content)
    }

    /// Where a file lies by the mappings. One that lies below the root is spelled as the walk will.
    fn mapped(&self, names: &Names<'_>, safe: &str, raw: RawPath<'_>) -> Option<PathBuf> {
        let raw = || raw.map(String::from_utf8_lossy).collect::<Vec<_>>().join("/");
        let path = names.mapped(safe).or_else(|| names.mapped(&raw()))?;
        let resolved = std::fs::canonicalize(&path).ok().zip(std::fs::canonicalize(&self.root).ok());
        let inside = resolved.and_then(|(path, root)| Some(self.root.join(path.strip_prefix(root).ok()?)));
        Some(inside.unwrap_or(path))
    }

    /// Where a file lies below the root.
    fn unmapped(&self, names: &Names<'_>, safe: &str) -> PathBuf {
        let path = self.root.join(safe);
        match names.trimmed(safe).map(|trimmed| self.root.join(trimmed)) {
            Some(trimmed) if !path.exists() && trimmed.exists() => trimmed,
            _ => path,
        }
    }

    /// Finds out what is there of some files.
    fn look(&mut self, metainfo: &Metainfo, resolved: &path::Resolved, of: impl Fn(&File) -> bool) {
        let files = metainfo.info.files.iter().zip(resolved.files()).enumerate();
        let some: Vec<_> = files.filter(|(_, (file, _))| of(file)).collect();
        let all = metadata_of(&some, |(index, _)| std::fs::metadata(&self.sources[*index].path));
        for ((index, (file, safe)), metadata) in some.into_iter().zip(all) {
            let source = &mut self.sources[index];
            let (found, stamp) = if file.attr.symlink {
                (Found::Link(is_link(&source.path, safe, &self.root)), Stamp::default())
            } else {
                match regular(metadata) {
                    Ok(found) => found,
                    Err(error) => {
                        self.failures.insert(index, error.to_string());
                        (Found::Unreadable, Stamp::default())
                    }
                }
            };
            source.stamp = stamp;
            // Who makes no empty files leaves out nothing.
            let nothing = self.lenient && file.length == 0 && found == Found::Missing;
            self.found[index] = if nothing { Found::Bytes(0) } else { found };
        }
    }

    /// Makes what an error says part of the picture, so that the work can go on; gives the error back when it
    /// is about no file.
    pub(crate) fn learn(
        &mut self,
        metainfo: &Metainfo,
        resolved: &path::Resolved,
        error: ContentError,
    ) -> Result<(), ContentError> {
        let about = |source: &Source| error.path() == Some(&source.path);
        let Some(file) = self.sources.iter().position(about) else { return Err(error) };
        if self.looked {
            self.give_up(file, &error);
        } else {
            self.looked = true;
            self.look(metainfo, resolved, |_| true);
        }
        self.mark_unreadable(metainfo);
        Ok(())
    }

    /// Goes on without a file that is there. One that can't be opened seldom comes alone, so all the others are
    /// tried as well.
    fn give_up(&mut self, file: usize, error: &ContentError) {
        let mut failed = vec![(file, error.reason())];
        if matches!(error, ContentError::Open { .. }) {
            for (index, source) in self.sources.iter().enumerate() {
                if index != file
                    && matches!(self.found[index], Found::Bytes(bytes) if bytes > 0)
                    && let Err(error) = source.open()
                {
                    failed.push((index, error.reason()));
                }
            }
        }
        for (index, why) in failed {
            self.found[index] = Found::Unreadable;
            self.failures.insert(index, why);
        }
    }

    /// Marks the pieces that hold a byte which is not there.
    pub(crate) fn mark_unreadable(&mut self, metainfo: &Metainfo) {
        self.readable = 0;
        self.unreadable.fill(false);
        let piece_length = metainfo.info.piece_length;
        for (file, found) in metainfo.info.files.iter().zip(&self.found) {
            let present = found.bytes().min(file.length);
            if present < file.length {
                let first = (file.offset + present) / piece_length;
                let last = (file.offset + file.length - 1) / piece_length;
                for piece in first..=last {
                    if let Some(unreadable) = self.unreadable.get_mut(piece as usize) {
                        *unreadable = true;
                    }
                }
            }
        }
        for extent in self.space.extents() {
            let pieces = extent.offset / piece_length..=(extent.offset + extent.length - 1) / piece_length;
            for piece in pieces.filter(|&piece| !self.unreadable[piece as usize]) {
                let range = self.space.piece(piece as usize);
                let from = range.start.max(extent.offset);
                self.readable += range.end.min(extent.offset + extent.length) - from;
            }
        }
    }

    /// What is odd about the root: that it is not there, or of another kind than the torrent.
    pub(crate) fn odd_root(&self, metainfo: &Metainfo, mapped: bool) -> Option<String> {
        let root = self.root.display();
        let directory = metainfo.info.directory;
        match std::fs::metadata(&self.root) {
            // Where files lie elsewhere, the root need not be anything.
            _ if mapped => None,
            Err(_) => Some(format!("`{root}` does not exist: everything is missing")),
            Ok(is) if directory && !is.is_dir() => {
                Some(format!("the torrent is of a directory, and `{root}` is none: give the directory"))
            }
            Ok(is) if !directory && is.is_dir() => {
                let name = String::from_utf8_lossy(&metainfo.info.name.0);
                Some(format!(
                    "the torrent is of one file, and there is no `{name}` in the directory `{root}`"
                ))
            }
            _ => None,
        }
    }

    /// Finds the files below the root that the torrent knows nothing of.
    pub(crate) fn find_extra(&self) -> Extra {
        // Paths of both kinds are the root's with components joined to it, so that bytes can be compared,
        // which is several times as fast.
        let known: HashSet<&[u8]> =
            self.sources.iter().map(|source| source.path.as_os_str().as_encoded_bytes()).collect();
        strays(&self.root, |path| known.contains(path.as_os_str().as_encoded_bytes()))
    }

    /// Takes a file from where it was found; gives what was known of it before.
    pub(crate) fn adopt(&mut self, index: usize, path: PathBuf, length: u64) -> Before {
        let source = Source { path: path.clone(), stamp: Stamp::expected(length), follow: true };
        let source = std::mem::replace(&mut self.sources[index], source);
        let found = std::mem::replace(&mut self.found[index], Found::Bytes(length));
        self.moved.insert(index, path);
        Before { source, found, failure: self.failures.remove(&index) }
    }

    /// Goes back to what was there before.
    pub(crate) fn restore(&mut self, index: usize, before: Before) {
        self.sources[index] = before.source;
        self.found[index] = before.found;
        self.moved.remove(&index);
        self.failures.remove(&index);
        self.failures.extend(before.failure.map(|failure| (index, failure)));
    }
}

/// The files below a directory, in order, but for those that are `known`.
pub(crate) fn strays(root: &Path, known: impl Fn(&Path) -> bool) -> Vec<Stray> {
    let mut found = Vec::new();
    for entry in WalkDir::new(root).min_depth(usize::from(root.is_dir())).max_depth(DEPTH) {
        // A directory that can't be listed hides only files the torrent knows nothing of.
        let Ok(entry) = entry else { continue };
        if entry.file_type().is_dir() || known(entry.path()) {
            continue;
        }
        // The root itself, where it is a file, goes by its name.
        let below = match entry.depth() {
            0 => Path::new(entry.file_name()),
            _ => entry.path().strip_prefix(root).unwrap_or(entry.path()),
        };
        found.push(Stray {
            below: below.to_string_lossy().into_owned(),
            length: entry.metadata().map_or(0, |metadata| metadata.len()),
            regular: entry.file_type().is_file(),
            path: entry.into_path(),
        });
    }
    found.sort_unstable_by(|one, other| one.below.split('/').cmp(other.below.split('/')));
    found
}

fn space(metainfo: &Metainfo) -> Result<Space, CommandError> {
    let info = &metainfo.info;
    let extent = |(file, of): (usize, &File)| Extent { file, offset: of.offset, length: of.length };
    let extents = info.files.iter().enumerate().map(extent).filter(|extent| extent.length > 0).collect();
    Space::new(info.piece_length, info.space, extents)
        .map_err(|error| CommandError::new(ErrorKind::BadInput, error))
}

/// Whether a symlink of the torrent is there and leads where it should. One that leads to nothing in the
/// torrent is not for anybody to make, and is never missing.
fn is_link(path: &Path, file: path::ResolvedFile<'_>, root: &Path) -> bool {
    let Some(path::Link::To(target)) = file.link else { return true };
    // Both are below the directory of the torrent, whatever it is called on this disk.
    let target: PathBuf = root.iter().chain(target.to_path_buf().iter().skip(1)).collect();
    std::fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink())
        && std::fs::canonicalize(path)
            .is_ok_and(|leads| std::fs::canonicalize(target).is_ok_and(|target| target == leads))
}

/// A file that is not there, or something else in its place, is missing; one that can't be looked at
/// for another reason is an error.
fn regular(metadata: io::Result<Metadata>) -> io::Result<(Found, Stamp)> {
    use io::ErrorKind as Io;
    match metadata {
        Ok(metadata) if metadata.is_file() => {
            let stamp = Stamp::of(&metadata);
            Ok((Found::Bytes(stamp.length), stamp))
        }
        Ok(_) => Ok((Found::Missing, Stamp::default())),
        Err(error) if matches!(error.kind(), Io::NotFound | Io::NotADirectory | Io::InvalidFilename) => {
            Ok((Found::Missing, Stamp::default()))
        }
        Err(error) => Err(error),
    }
}
