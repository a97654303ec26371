//! Finds the files below a directory, in the order a torrent lists them.
//!
//! Owns the rules of what is left out: hidden and junk files, symlinks, globs, ignore files, special files. The
//! order is component by component in bytes unless another is asked for, so that a v1 list and a v2 tree agree
//! (BEP 52, "file tree"). Reads names and sizes only, never content.

use std::borrow::Cow;
use std::collections::HashSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use globset::{Glob, GlobBuilder, GlobSet, GlobSetBuilder};
use walkdir::{DirEntry, WalkDir};

use super::open::{ContentError, Directory, Entry, Source, Stamp};

mod ignored;
mod junk;
mod left_out;
mod links;
mod order;
mod stamps;

pub use junk::{Junk, TEMPORARY};
pub use left_out::LeftOut;
pub use order::{Order, SortKey};

/// Directories inside directories at most: the limit readers put on a path's components (libtorrent
/// and `metainfo` take 100).
pub const DEPTH: usize = 100;

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
    /// Keep them as links (BEP 47) where what they lead to is in the torrent; leave out the others, with a note.
    Preserve,
}

/// What to take and what to leave.
#[derive(Debug, Default)]
pub struct Rules {
    /// Take hidden files and directories too (a leading dot).
    pub hidden: bool,
    /// Take junk files too.
    pub junk: bool,
    /// What counts as junk.
    pub junk_list: Junk,
    /// What to do with symlinks.
    pub symlinks: Symlinks,
    /// Leave out links to directories, even if links are followed.
    pub no_linked_directories: bool,
    /// If any pattern is given, take only what matches.
    pub include: Patterns,
    /// Leave out what matches; wins over `include`.
    pub exclude: Patterns,
    /// Leave out what `.gitignore` and `.ignore` files in the tree say.
    pub gitignore: bool,
    /// The order of the files.
    pub order: Order,
    /// Tell which files the patterns and ignore files leave out, and not only how many.
    pub list_left_out: bool,
    /// A file to leave out although it lies there: the torrent being written.
    pub output: Option<PathBuf>,
}

/// What is walked.
#[derive(Clone, Debug)]
pub enum Sources {
    /// One file or directory.
    One(PathBuf),
    /// Files and directories, each called so in the directory of the torrent. What is named is taken, whatever
    /// the rules on hidden and junk files and on symlinks say; symlinks are followed unless they are preserved.
    Several(Vec<(String, PathBuf)>),
    /// Files by their paths below `base`, which are joined by `/` and lead to nothing above it. What is named is
    /// taken, hidden or not, but symlinks are as the rules say; directories are passed over, since whoever lists
    /// files (`find`, `git ls-files`) lists what is in them as well.
    Listed {
        /// The directory of the torrent.
        base: PathBuf,
        /// The paths.
        below: Vec<String>,
    },
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
    /// Its name, or that of a directory it lies in, begins with a dot.
    Hidden,
    /// A file of [`Rules::junk`].
    Junk,
    /// A symlink, as they are not followed.
    Symlink,
    /// A symlink that leads out of the root.
    SymlinkOutside,
    /// A symlink to nothing, or to a directory it lies in.
    SymlinkBroken,
    /// A file without bytes, which the program that is followed leaves out.
    Empty,
    /// A file that is there already, by another path.
    Twice,
    /// A symlink to what the torrent does not hold.
    SymlinkTarget,
    /// A socket, FIFO or device.
    Special,
    /// The torrent being written.
    Output,
    /// It matches [`Rules::exclude`].
    Excluded,
    /// It matches nothing of [`Rules::include`].
    NotIncluded,
    /// Ignore files say so.
    Ignored,
}

/// One file found.
#[derive(Clone, Debug)]
pub struct Found {
    /// Components below the root, joined by `/`, which no name holds; for a root that is a file, its name.
    pub path: String,
    /// How to read it.
    pub source: Source,
    /// Whether its owner may execute it.
    pub executable: bool,
    /// Where a symlink that is preserved leads to: components from the torrent's directory, joined by `/`.
    pub link: Option<String>,
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
    /// What was left out as patterns and ignore files ask for.
    pub left_out: LeftOut,
}

/// Walks a file or a directory.
///
/// # Errors
/// When an entry can't be read, or a file is named in something other than UTF-8, which no torrent
/// can carry (BEP 3, BEP 52).
pub fn walk(root: &Path, rules: &Rules) -> Result<Walk, WalkError> {
    let failed = |source| ContentError::Walk { path: root.to_owned(), source };
    let metadata = std::fs::metadata(root).map_err(failed)?;
    if metadata.is_dir() {
        return Walker::new(rules, vec![Top { path: root.to_owned(), name: "", listed: false }])?.run();
    }
    if !metadata.is_file() {
        return Err(WalkError::NotAFile(root.to_owned()));
    }
    let name = root.file_name().unwrap_or_default();
    let Entry { stamp, executable, .. } = Directory::default().look(root, true).map_err(failed)?;
    let source = Source { path: root.to_owned(), stamp, follow: true };
    let file = Found { path: text(name, root)?.to_owned(), source, executable, link: None };
    Ok(Walk { files: vec![file], ..Walk::default() })
}

/// Walks whatever there is to walk.
///
/// # Errors
/// As [`walk`].
pub fn walk_sources(sources: &Sources, rules: &Rules) -> Result<Walk, WalkError> {
    let mut tops: Vec<Top<'_>> = match sources {
        Sources::One(root) => return walk(root, rules),
        Sources::Several(named) => {
            named.iter().map(|(name, path)| Top { path: path.clone(), name, listed: false }).collect()
        }
        Sources::Listed { base, below } => {
            let mut named = HashSet::new();
            let once = below.iter().map(String::as_str).filter(|name| named.insert(*name));
            once.map(|name| Top { path: base.join(name), name, listed: true }).collect()
        }
    };
    if !rules.order.key.is_given() {
        tops.sort_by(|one, other| order::components(one.name, other.name));
    }
    let mut walker = Walker::new(rules, tops)?;
    if let Sources::Listed { base, .. } = sources {
        walker.inside = vec![(canonical(base)?, String::new())];
    }
    walker.run()
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
    /// A line of an ignore file that is no pattern.
    #[error("reading `{}`: line {line}: {reason}", path.display())]
    Ignore {
        /// The ignore file.
        path: PathBuf,
        /// The line, counted from 1; 0 for all of them together.
        line: usize,
        /// Why.
        reason: String,
    },
}

/// A file or directory the walk begins at.
#[derive(Debug)]
struct Top<'a> {
    path: PathBuf,
    /// Its path in the torrent; empty for the torrent's own directory.
    name: &'a str,
    /// Whether it came in a list, so that the rules on symlinks hold for it.
    listed: bool,
}

struct Walker<'a> {
    rules: &'a Rules,
    tops: Vec<Top<'a>>,
    /// What the torrent is made of, without symlinks, to tell whether a link leads out of it.
    inside: Vec<links::Inside>,
    /// Files found and not yet handed on.
    files: Vec<Found>,
    skipped: Vec<(Skipped, PathBuf)>,
    left_out: LeftOut,
    ignored: ignored::Ignored,
}

fn canonical(path: &Path) -> Result<PathBuf, WalkError> {
    std::fs::canonicalize(path).map_err(|source| ContentError::Walk { path: path.to_owned(), source }.into())
}

impl<'a> Walker<'a> {
    fn new(rules: &'a Rules, tops: Vec<Top<'a>>) -> Result<Self, WalkError> {
        let mut inside = Vec::new();
        // A source that stays a link is no place for the targets of others.
        let kept = |top: &&Top<'_>| {
            rules.symlinks == Symlinks::Preserve && !top.name.is_empty() && top.path.is_symlink()
        };
        for top in tops.iter().filter(|top| !top.listed && !kept(top)) {
            inside.push((canonical(&top.path)?, top.name.to_owned()));
        }
        Ok(Self {
            rules,
            tops,
            inside,
            files: Vec::new(),
            skipped: Vec::new(),
            left_out: LeftOut::default(),
            ignored: ignored::Ignored::default(),
        })
    }

    fn run(mut self) -> Result<Walk, WalkError> {
        let tops = std::mem::take(&mut self.tops);
        let mut files = stamps::take_beside(|stamper| {
            for top in &tops {
                if top.name.is_empty() || self.take_top(top)? {
                    self.find(top, stamper)?;
                }
            }
            stamper.hand_on(std::mem::take(&mut self.files));
            Ok(())
        })?;
        order::sort(&mut files, self.rules.order);
        if self.rules.symlinks == Symlinks::Preserve {
            links::drop_dangling(&mut files, &mut self.skipped);
        }
        Ok(Walk { directory: true, files, skipped: self.skipped, left_out: self.left_out })
    }

    /// Finds all files below a directory, and hands them on in parts to have their stamps taken.
    fn find(&mut self, top: &Top<'_>, stamper: &mut stamps::Stamper<'_>) -> Result<(), WalkError> {
        let follow = matches!(self.rules.symlinks, Symlinks::Follow | Symlinks::FollowOutside);
        let mut entries = WalkDir::new(&top.path).min_depth(1).max_depth(DEPTH + 1).follow_links(follow);
        if let Some(by) = self.rules.order.key.of_names() {
            // Entries of one directory, so that their paths differ in their names alone.
            entries = entries.sort_by(move |one, other| by(path_bytes(one), path_bytes(other)));
        }
        if self.rules.gitignore {
            self.ignored.enter(&top.path, 0)?;
        }
        let mut entries = entries.into_iter();
        while let Some(entry) = entries.next() {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    self.forgive(top, error)?;
                    continue;
                }
            };
            let is_directory = entry.file_type().is_dir();
            let taken = self.take(top, &entry)?;
            if is_directory && !taken {
                entries.skip_current_dir();
            } else if is_directory && self.rules.gitignore {
                self.ignored.enter(entry.path(), entry.depth())?;
            }
            if self.files.len() == stamps::PART {
                stamper.hand_on(std::mem::take(&mut self.files));
            }
        }
        Ok(())
    }

    /// Takes what was named itself, or leaves it out; true for a directory to look into.
    fn take_top(&mut self, top: &Top<'_>) -> Result<bool, WalkError> {
        let failed = |source| ContentError::Walk { path: top.path.clone(), source };
        let (below, follow) = (Path::new(top.name), self.rules.symlinks != Symlinks::Preserve);
        if self.rules.exclude.matches_within(below) {
            self.leave_out(Skipped::Excluded, below);
            return Ok(false);
        }
        let included = self.rules.include.is_empty() || self.rules.include.matches_within(below);
        let itself = std::fs::symlink_metadata(&top.path).map_err(failed)?;
        let link = itself.is_symlink();
        if top.listed && self.is_behind_link(top) {
            self.skipped.push((Skipped::Symlink, below.to_owned()));
            return Ok(false);
        }
        if link && !follow {
            if included {
                self.take_link(&top.path, top.name.to_owned())?;
            } else {
                self.leave_out(Skipped::NotIncluded, below);
            }
            return Ok(false);
        }
        let metadata = if link { std::fs::metadata(&top.path) } else { Ok(itself) };
        let unwanted = match (&metadata, self.rules.symlinks) {
            (_, Symlinks::Skip) if link && top.listed => Some(Skipped::Symlink),
            (Err(_), _) if link && top.listed => Some(Skipped::SymlinkBroken),
            (_, Symlinks::FollowOutside) => None,
            // A link on the way leads out as well.
            _ if top.listed && !self.stays_inside(&top.path) => Some(Skipped::SymlinkOutside),
            _ => None,
        };
        if let Some(why) = unwanted {
            self.skipped.push((why, below.to_owned()));
            return Ok(false);
        }
        let metadata = metadata.map_err(failed)?;
        if below.components().count() > DEPTH {
            return Err(WalkError::TooDeep(top.path.clone()));
        }
        if metadata.is_dir() {
            return Ok(!top.listed);
        }
        if !included {
            self.leave_out(Skipped::NotIncluded, below);
            return Ok(false);
        }
        if !metadata.is_file() {
            return Err(WalkError::NotAFile(top.path.clone()));
        }
        if self.is_output(&top.path) {
            self.skipped.push((Skipped::Output, below.to_owned()));
            return Ok(false);
        }
        let source = Source { path: top.path.clone(), stamp: Stamp::default(), follow: link };
        self.files.push(Found { path: top.name.to_owned(), source, executable: false, link: None });
        Ok(false)
    }

    /// Whether the path of a listed file leads through a symlink that is not followed. One that is kept as a link
    /// can't be a directory of the torrent as well.
    fn is_behind_link(&self, top: &Top<'_>) -> bool {
        let follow = matches!(self.rules.symlinks, Symlinks::Follow | Symlinks::FollowOutside);
        let (Some(real), Some(parent)) = (top.path.parent(), Path::new(top.name).parent()) else {
            return false;
        };
        let plain = |real: PathBuf| self.inside.iter().any(|(base, _)| real == base.join(parent));
        !follow && !std::fs::canonicalize(real).is_ok_and(plain)
    }

    /// Takes a symlink as a link, or leaves it out.
    fn take_link(&mut self, path: &Path, named: String) -> Result<(), WalkError> {
        match links::target(path, &named, &self.inside) {
            Ok(target) => {
                let source = Source { path: path.to_owned(), stamp: Stamp::default(), follow: false };
                self.files.push(Found { path: named, source, executable: false, link: Some(target) });
            }
            Err(why) => self.skipped.push((why, PathBuf::from(named))),
        }
        Ok(())
    }

    /// Takes an entry, or leaves it out; false when nothing below it is wanted either.
    fn take(&mut self, top: &Top<'_>, entry: &DirEntry) -> Result<bool, WalkError> {
        let below = || top.below(entry.path());
        if !self.rules.exclude.is_empty() && self.rules.exclude.matches(&below()) {
            self.leave_out(Skipped::Excluded, &below());
            return Ok(false);
        }
        let kind = entry.file_type();
        if self.rules.gitignore && self.ignored.covers(entry.path(), entry.depth(), kind.is_dir()) {
            self.leave_out(Skipped::Ignored, &below());
            return Ok(false);
        }
        let include = &self.rules.include;
        if !kind.is_dir() && !include.is_empty() && !include.matches_within(&below()) {
            self.leave_out(Skipped::NotIncluded, &below());
            return Ok(false);
        }
        let name = entry.file_name();
        if let Some(why) = self.unwanted(entry, name) {
            self.skipped.push((why, below().into_owned()));
            return Ok(false);
        }
        if entry.depth() + top.depth() > DEPTH {
            return Err(WalkError::TooDeep(entry.path().to_owned()));
        }
        text(name, entry.path())?;
        if kind.is_dir() {
            return Ok(true);
        }
        let path = top.joined(entry.path())?;
        if kind.is_symlink() {
            return self.take_link(entry.path(), path).map(|()| true);
        }
        let follow = entry.path_is_symlink();
        let source = Source { path: entry.path().to_owned(), stamp: Stamp::default(), follow };
        self.files.push(Found { path, source, executable: false, link: None });
        Ok(true)
    }

    fn leave_out(&mut self, why: Skipped, below: &Path) {
        self.left_out.add(why, self.rules.list_left_out, below);
    }

    fn unwanted(&self, entry: &DirEntry, name: &OsStr) -> Option<Skipped> {
        let kind = entry.file_type();
        if !self.rules.junk && self.rules.junk_list.covers(name) {
            return Some(Skipped::Junk);
        }
        if !self.rules.hidden && name.as_encoded_bytes().starts_with(b".") {
            return Some(Skipped::Hidden);
        }
        if kind.is_symlink() {
            // Not followed: the rules say so, or it leads nowhere.
            return match self.rules.symlinks {
                Symlinks::Skip => Some(Skipped::Symlink),
                Symlinks::Follow | Symlinks::FollowOutside => Some(Skipped::SymlinkBroken),
                Symlinks::Preserve => None,
            };
        }
        if entry.path_is_symlink() && kind.is_dir() && self.rules.no_linked_directories {
            return Some(Skipped::Symlink);
        }
        let followed = entry.path_is_symlink() && self.rules.symlinks == Symlinks::Follow;
        if followed && !self.stays_inside(entry.path()) {
            return Some(Skipped::SymlinkOutside);
        }
        if !kind.is_dir() && !kind.is_file() {
            return Some(Skipped::Special);
        }
        self.is_output(entry.path()).then_some(Skipped::Output)
    }

    /// Whether this is the torrent being written, by whatever path it was named.
    fn is_output(&self, path: &Path) -> bool {
        let Some(output) = &self.rules.output else { return false };
        output.file_name() == path.file_name()
            && std::fs::canonicalize(output)
                .is_ok_and(|output| std::fs::canonicalize(path).is_ok_and(|path| path == output))
    }

    fn stays_inside(&self, path: &Path) -> bool {
        std::fs::canonicalize(path)
            .is_ok_and(|target| self.inside.iter().any(|(root, _)| target.starts_with(root)))
    }

    /// A link that leads nowhere or in a circle is left out; anything else is an error.
    fn forgive(&mut self, top: &Top<'_>, error: walkdir::Error) -> Result<(), WalkError> {
        let path = error.path().unwrap_or(&top.path).to_owned();
        let is_link = std::fs::symlink_metadata(&path).is_ok_and(|metadata| metadata.is_symlink());
        if is_link && self.rules.symlinks != Symlinks::Skip {
            let below = top.below(&path).into_owned();
            let (include, exclude) = (&self.rules.include, &self.rules.exclude);
            let unwanted = exclude.matches(&below) || !(include.is_empty() || include.matches_within(&below));
            if !unwanted {
                self.skipped.push((Skipped::SymlinkBroken, below));
            }
            return Ok(());
        }
        let text = error.to_string();
        let source = error.into_io_error().unwrap_or_else(|| std::io::Error::other(text));
        Err(ContentError::Walk { path, source }.into())
    }
}

impl Top<'_> {
    /// Directories of the torrent above what lies in it.
    fn depth(&self) -> usize {
        if self.name.is_empty() { 0 } else { self.name.split('/').count() }
    }

    /// The path in the torrent of what lies below it on disk, for globs and notes.
    fn below<'p>(&self, path: &'p Path) -> Cow<'p, Path> {
        let below = path.strip_prefix(&self.path).unwrap_or(path);
        if self.name.is_empty() { Cow::Borrowed(below) } else { Cow::Owned(Path::new(self.name).join(below)) }
    }

    /// The path in the torrent of a file that lies below it on disk.
    fn joined(&self, path: &Path) -> Result<String, WalkError> {
        let below = joined(&self.path, path)?;
        Ok(if self.name.is_empty() { below } else { format!("{}/{below}", self.name) })
    }
}

fn path_bytes(entry: &DirEntry) -> &[u8] {
    entry.path().as_os_str().as_encoded_bytes()
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
