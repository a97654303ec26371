//! Finds the files below a directory, in the order a torrent lists them.
//!
//! Owns the rules of what is left out: hidden and junk files, symlinks, globs, special files. The
//! order is component by component in bytes, so that a v1 list and a v2 tree agree (BEP 52,
//! "file tree"). Reads names and sizes only, never content.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use globset::{Glob, GlobBuilder, GlobSet, GlobSetBuilder};
use walkdir::{DirEntry, WalkDir};

use super::open::{ContentError, Source, Stamp};

mod stamps;

/// Directories inside directories at most: the limit readers put on a path's components (libtorrent
/// and `metainfo` take 100).
pub const DEPTH: usize = 100;

/// Files that systems and their shells leave behind and nobody means to share.
const JUNK: [&str; 7] =
    [".DS_Store", ".directory", "@eaDir", "Desktop.ini", "Thumbs.db", "desktop.ini", "ehthumbs.db"];
/// What Windows adds to the name of a downloaded file's mark, on systems that write it as a file.
const JUNK_SUFFIX: &str = ":Zone.Identifier";

/// How the name of a torrent that is being written begins and ends. One that a power cut left behind is
/// junk as well.
pub const TEMPORARY: (&str, &str) = (".ccbt-", ".tmp");

/// What to do with symlinks below the root.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Symlinks {
    /// Leave them out, with a note.
    #[default]
    Skip,
    /// Follow those that stay inside the root; leave out the others, with a note.
    Follow,
    /// Follow all of them, wherever they lead.
    FollowOutside,
}

/// What to take and what to leave.
#[derive(Debug, Default)]
pub struct Rules {
    /// Take hidden files and directories too (a leading dot).
    pub hidden: bool,
    /// Take junk files too.
    pub junk: bool,
    /// What to do with symlinks.
    pub symlinks: Symlinks,
    /// If any pattern is given, take only what matches.
    pub include: Patterns,
    /// Leave out what matches; wins over `include`.
    pub exclude: Patterns,
    /// A file to leave out although it lies there: the torrent being written.
    pub output: Option<PathBuf>,
}

/// Globs. One without a slash is matched against the name of every file and directory, one with a
/// slash against the path below the root; what lies in a matching directory matches too.
#[derive(Debug, Default)]
pub struct Patterns {
    names: GlobSet,
    paths: GlobSet,
    count: usize,
}

impl Patterns {
    /// Compiles globs (`*`, `?`, `[a-z]`, `{a,b}`, `**`).
    ///
    /// # Errors
    /// When a pattern is no glob; the error names it.
    pub fn new<S: AsRef<str>>(patterns: &[S]) -> Result<Self, globset::Error> {
        let (mut names, mut paths) = (GlobSetBuilder::new(), GlobSetBuilder::new());
        for pattern in patterns.iter().map(AsRef::as_ref) {
            let trimmed = pattern.strip_prefix('/').unwrap_or(pattern).trim_end_matches('/');
            let set = if pattern.trim_end_matches('/').contains('/') { &mut paths } else { &mut names };
            set.add(glob(trimmed)?);
        }
        Ok(Self { names: names.build()?, paths: paths.build()?, count: patterns.len() })
    }

    fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Whether this very entry matches.
    fn matches(&self, below: &Path) -> bool {
        below.file_name().is_some_and(|name| self.names.is_match(name)) || self.paths.is_match(below)
    }

    /// Whether the entry or a directory it lies in matches.
    fn matches_within(&self, below: &Path) -> bool {
        below.ancestors().take_while(|path| !path.as_os_str().is_empty()).any(|path| self.matches(path))
    }
}

fn glob(pattern: &str) -> Result<Glob, globset::Error> {
    GlobBuilder::new(pattern).literal_separator(true).backslash_escape(true).build()
}

/// Why an entry was left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Skipped {
    /// Its name begins with a dot.
    Hidden,
    /// A file of [`Rules::junk`].
    Junk,
    /// A symlink, as they are not followed.
    Symlink,
    /// A symlink that leads out of the root.
    SymlinkOutside,
    /// A symlink to nothing, or to a directory it lies in.
    SymlinkBroken,
    /// A socket, FIFO or device.
    Special,
    /// The torrent being written.
    Output,
}

/// One file found.
#[derive(Debug)]
pub struct Found {
    /// Components below the root, joined by `/`, which no name holds; for a root that is a file, its name.
    pub path: String,
    /// How to read it.
    pub source: Source,
}

/// What a walk found.
#[derive(Debug, Default)]
pub struct Walk {
    /// Whether the root is a directory.
    pub directory: bool,
    /// Files, in order.
    pub files: Vec<Found>,
    /// What was left out though no pattern asked for it.
    pub skipped: Vec<(Skipped, PathBuf)>,
}

/// Walks a file or a directory.
///
/// # Errors
/// When an entry can't be read, or a file is named in something other than UTF-8, which no torrent
/// can carry (BEP 3, BEP 52).
pub fn walk(root: &Path, rules: &Rules) -> Result<Walk, WalkError> {
    let metadata =
        std::fs::metadata(root).map_err(|source| ContentError::Walk { path: root.to_owned(), source })?;
    if metadata.is_dir() {
        return Walker::new(root, rules)?.run();
    }
    if !metadata.is_file() {
        return Err(WalkError::NotAFile(root.to_owned()));
    }
    let name = root.file_name().unwrap_or_default();
    let source = Source { path: root.to_owned(), stamp: Stamp::of(&metadata), follow: true };
    let file = Found { path: text(name, root)?.to_owned(), source };
    Ok(Walk { directory: false, files: vec![file], skipped: Vec::new() })
}

/// Why a walk failed.
#[derive(Debug, thiserror::Error)]
pub enum WalkError {
    /// The file system refused.
    #[error(transparent)]
    Content(#[from] ContentError),
    /// The root is a socket, FIFO or device.
    #[error("`{}` is neither a file nor a directory", .0.display())]
    NotAFile(PathBuf),
    /// A name no torrent can carry.
    #[error("`{}` has a name that is not UTF-8", .0.display())]
    NotUtf8(PathBuf),
    /// Further down than readers follow.
    #[error("`{}` lies more than {DEPTH} directories deep", .0.display())]
    TooDeep(PathBuf),
}

struct Walker<'a> {
    root: &'a Path,
    /// The root without symlinks, to tell whether a link leads out of it.
    real_root: PathBuf,
    rules: &'a Rules,
    /// Files found and not yet handed on.
    files: Vec<Found>,
    skipped: Vec<(Skipped, PathBuf)>,
}

impl<'a> Walker<'a> {
    fn new(root: &'a Path, rules: &'a Rules) -> Result<Self, WalkError> {
        let real_root = std::fs::canonicalize(root)
            .map_err(|source| ContentError::Walk { path: root.to_owned(), source })?;
        Ok(Self { root, real_root, rules, files: Vec::new(), skipped: Vec::new() })
    }

    fn run(mut self) -> Result<Walk, WalkError> {
        let files = stamps::take_beside(|stamper| self.find(stamper))?;
        Ok(Walk { directory: true, files, skipped: self.skipped })
    }

    /// Finds all files, and hands them on in parts to have their stamps taken.
    fn find(&mut self, stamper: &mut stamps::Stamper<'_>) -> Result<(), WalkError> {
        let follow = self.rules.symlinks != Symlinks::Skip;
        let mut entries = WalkDir::new(self.root)
            .min_depth(1)
            .max_depth(DEPTH + 1)
            .follow_links(follow)
            // Entries of one directory, so that their paths differ in their names alone.
            .sort_by(|one, other| one.path().as_os_str().cmp(other.path().as_os_str()))
            .into_iter();
        while let Some(entry) = entries.next() {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    self.forgive(error)?;
                    continue;
                }
            };
            let is_directory = entry.file_type().is_dir();
            if !self.take(&entry)? && is_directory {
                entries.skip_current_dir();
            }
            if self.files.len() == stamps::PART {
                stamper.hand_on(std::mem::take(&mut self.files));
            }
        }
        stamper.hand_on(std::mem::take(&mut self.files));
        Ok(())
    }

    /// Takes an entry, or leaves it out; false when nothing below it is wanted either.
    fn take(&mut self, entry: &DirEntry) -> Result<bool, WalkError> {
        let below = || entry.path().strip_prefix(self.root).unwrap_or(entry.path());
        if !self.rules.exclude.is_empty() && self.rules.exclude.matches(below()) {
            return Ok(false);
        }
        let kind = entry.file_type();
        let include = &self.rules.include;
        if !kind.is_dir() && !include.is_empty() && !include.matches_within(below()) {
            return Ok(false);
        }
        let name = entry.file_name();
        if let Some(why) = self.unwanted(entry, name) {
            self.skipped.push((why, below().to_owned()));
            return Ok(false);
        }
        if entry.depth() > DEPTH {
            return Err(WalkError::TooDeep(entry.path().to_owned()));
        }
        text(name, entry.path())?;
        if kind.is_dir() {
            return Ok(true);
        }
        let path = joined(self.root, entry.path())?;
        let follow = entry.path_is_symlink();
        let source = Source { path: entry.path().to_owned(), stamp: Stamp::default(), follow };
        self.files.push(Found { path, source });
        Ok(true)
    }

    fn unwanted(&self, entry: &DirEntry, name: &OsStr) -> Option<Skipped> {
        let kind = entry.file_type();
        if !self.rules.junk && is_junk(name) {
            return Some(Skipped::Junk);
        }
        if !self.rules.hidden && name.as_encoded_bytes().starts_with(b".") {
            return Some(Skipped::Hidden);
        }
        if kind.is_symlink() {
            // Not followed: the rules say so, or it leads nowhere.
            return Some(match self.rules.symlinks {
                Symlinks::Skip => Skipped::Symlink,
                Symlinks::Follow | Symlinks::FollowOutside => Skipped::SymlinkBroken,
            });
        }
        if entry.path_is_symlink() && self.rules.symlinks == Symlinks::Follow && !self.stays_inside(entry) {
            return Some(Skipped::SymlinkOutside);
        }
        if !kind.is_dir() && !kind.is_file() {
            return Some(Skipped::Special);
        }
        self.is_output(entry).then_some(Skipped::Output)
    }

    /// Whether this is the torrent being written, by whatever path it was named.
    fn is_output(&self, entry: &DirEntry) -> bool {
        let Some(output) = &self.rules.output else { return false };
        output.file_name() == Some(entry.file_name())
            && std::fs::canonicalize(output)
                .is_ok_and(|output| std::fs::canonicalize(entry.path()).is_ok_and(|path| path == output))
    }

    fn stays_inside(&self, entry: &DirEntry) -> bool {
        std::fs::canonicalize(entry.path()).is_ok_and(|target| target.starts_with(&self.real_root))
    }

    /// A link that leads nowhere or in a circle is left out; anything else is an error.
    fn forgive(&mut self, error: walkdir::Error) -> Result<(), WalkError> {
        let path = error.path().unwrap_or(self.root).to_owned();
        let is_link = std::fs::symlink_metadata(&path).is_ok_and(|metadata| metadata.is_symlink());
        if is_link && self.rules.symlinks != Symlinks::Skip {
            let below = path.strip_prefix(self.root).unwrap_or(&path).to_owned();
            self.skipped.push((Skipped::SymlinkBroken, below));
            return Ok(());
        }
        Err(self.failed(&path, error))
    }

    fn failed(&self, path: &Path, error: walkdir::Error) -> WalkError {
        let text = error.to_string();
        let source = error.into_io_error().unwrap_or_else(|| std::io::Error::other(text));
        ContentError::Walk { path: path.to_owned(), source }.into()
    }
}

fn is_junk(name: &OsStr) -> bool {
    let bytes = name.as_encoded_bytes();
    let temporary = bytes.starts_with(TEMPORARY.0.as_bytes()) && bytes.ends_with(TEMPORARY.1.as_bytes());
    temporary
        || JUNK.iter().any(|junk| name == *junk)
        || name.as_encoded_bytes().ends_with(JUNK_SUFFIX.as_bytes())
}

fn text<'a>(name: &'a OsStr, path: &Path) -> Result<&'a str, WalkError> {
    name.to_str().ok_or_else(|| WalkError::NotUtf8(path.to_owned()))
}

/// A path below the root, with `/` between its components. The walk joins names to the root as it was given, so
/// that what follows its bytes is what lies below.
fn joined(root: &Path, path: &Path) -> Result<String, WalkError> {
    let bytes = path.as_os_str().as_encoded_bytes();
    let below = bytes.get(root.as_os_str().len()..).unwrap_or_default();
    let text = std::str::from_utf8(below).map_err(|_| WalkError::NotUtf8(path.to_owned()))?;
    let text = text.trim_start_matches(std::path::is_separator);
    Ok(if std::path::MAIN_SEPARATOR == '/' {
        text.to_owned()
    } else {
        text.replace(std::path::is_separator, "/")
    })
}

#[cfg(test)]
mod tests;
