//! Puts one file where it should be, and never over another: as a link of some kind, or as a copy.

use std::collections::HashSet;
use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::commands::content_check::report::Placed;
use crate::content::walk;

/// How files get into the new layout.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Link {
    /// A reflink where the file system can, else a hard link on the same file system, else a copy
    #[default]
    Auto,
    /// A second name of the same file: what writes to one writes to both
    Hard,
    /// A copy that shares its blocks with the original (btrfs, XFS, bcachefs)
    Reflink,
    /// A copy
    Copy,
    /// A symbolic link to the original
    Symlink,
}

/// Bytes compared or copied at a time.
const CHUNK: usize = 256 * 1024;

/// Places files below one directory.
pub(super) struct Placer {
    root: PathBuf,
    link: Link,
    /// Directories that are there and no links.
    directories: HashSet<PathBuf>,
    /// Devices whose file system knows no reflinks.
    #[cfg(unix)]
    without_reflinks: HashSet<u64>,
}

impl Placer {
    pub(super) fn new(root: PathBuf, link: Link) -> Self {
        Self {
            root,
            link,
            directories: HashSet::new(),
            #[cfg(unix)]
            without_reflinks: HashSet::new(),
        }
    }

    /// Places the file `source` at `target` below the root.
    pub(super) fn place(&mut self, source: &Path, target: &Path) -> io::Result<Placed> {
        let source = fs::canonicalize(source)?;
        let target = self.root.join(target);
        if let Some(there) = there(&target)? {
            return match is_same(&source, &target, &there)? {
                true => Ok(Placed::Kept),
                false => Err(taken()),
            };
        }
        let parent = self.make_parent(&target)?;
        match self.link {
            Link::Hard => fs::hard_link(&source, &target).map(|()| Placed::HardLink),
            Link::Symlink => symlink(&source, &target).map(|()| Placed::Symlink),
            Link::Copy => copy(&source, &parent, &target).map(|()| Placed::Copy),
            Link::Reflink => reflink(&source, &parent, &target).map(|()| Placed::Reflink),
            Link::Auto => self.place_somehow(&source, &parent, &target),
        }
    }

    fn place_somehow(&mut self, source: &Path, parent: &Path, target: &Path) -> io::Result<Placed> {
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt as _;
            let device = fs::metadata(source)?.dev();
            if device != fs::metadata(parent)?.dev() {
                return copy(source, parent, target).map(|()| Placed::Copy);
            }
            if !self.without_reflinks.contains(&device) {
                match reflink(source, parent, target) {
                    Ok(()) => return Ok(Placed::Reflink),
                    Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(error),
                    Err(_) => self.without_reflinks.insert(device),
                };
            }
        }
        match fs::hard_link(source, target) {
            Ok(()) => Ok(Placed::HardLink),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
            // Not on this file system, not for this user, or too many of them.
            Err(_) => copy(source, parent, target).map(|()| Placed::Copy),
        }
    }

    /// Makes a file of no bytes.
    pub(super) fn place_empty(&mut self, target: &Path) -> io::Result<Placed> {
        let target = self.root.join(target);
        match there(&target)? {
            Some(there) if there.is_file() && there.len() == 0 => Ok(Placed::Kept),
            Some(_) => Err(taken()),
            None => {
                self.make_parent(&target)?;
                File::create_new(&target).map(|_| Placed::Copy)
            }
        }
    }

    /// Makes a symlink of the torrent itself; `to` lies below the root as well.
    pub(super) fn place_link(&mut self, to: &Path, target: &Path) -> io::Result<Placed> {
        let from = target.parent().unwrap_or(Path::new(""));
        let shared = from.components().zip(to.components()).take_while(|(one, other)| one == other).count();
        let up = from.components().skip(shared).map(|_| Path::new(".."));
        let down = to.components().skip(shared).map(|component| Path::new(component.as_os_str()));
        let relative: PathBuf = up.chain(down).collect();
        let target = self.root.join(target);
        match there(&target)? {
            Some(there) if there.is_symlink() && fs::read_link(&target)? == relative => Ok(Placed::Kept),
            Some(_) => Err(taken()),
            None => {
                self.make_parent(&target)?;
                symlink(&relative, &target).map(|()| Placed::Symlink)
            }
        }
    }

    /// What would be done in a dry run.
    pub(super) fn plan(&mut self, source: &Path, target: &Path) -> io::Result<Placed> {
        let target = self.root.join(target);
        match there(&target)? {
            None => Ok(Placed::Planned),
            Some(there) if is_same(&fs::canonicalize(source)?, &target, &there)? => Ok(Placed::Kept),
            Some(_) => Err(taken()),
        }
    }

    /// The directory of a file, made component by component: a symlink on the way would lead out of the root.
    fn make_parent(&mut self, target: &Path) -> io::Result<PathBuf> {
        let parent = target.parent().unwrap_or(&self.root).to_owned();
        if self.directories.contains(&parent) {
            return Ok(parent);
        }
        let mut directory = self.root.clone();
        for component in parent.strip_prefix(&self.root).unwrap_or(Path::new("")).components() {
            directory.push(component);
            if self.directories.contains(&directory) {
                continue;
            }
            match fs::create_dir(&directory) {
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
                _ => check_directory(&directory)?,
            }
            self.directories.insert(directory.clone());
        }
        Ok(parent)
    }

    /// Whether every directory on the way to a file is one, as far as it is there.
    pub(super) fn check_parents(&mut self, target: &Path) -> io::Result<()> {
        let mut directory = self.root.clone();
        for component in target.parent().into_iter().flat_map(Path::components) {
            directory.push(component);
            if self.directories.contains(&directory) {
                continue;
            }
            match check_directory(&directory) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
                checked => checked?,
            }
            self.directories.insert(directory.clone());
        }
        Ok(())
    }

    /// Whether nothing is there yet; an error when another file surely is, as far as can be told without reading
    /// it.
    pub(super) fn check_free(&self, target: &Path, length: u64) -> io::Result<bool> {
        let target = self.root.join(target);
        match there(&target)? {
            Some(there) if there.is_symlink() => Ok(false),
            Some(there) if !there.is_file() || there.len() != length => Err(taken()),
            there => Ok(there.is_none()),
        }
    }
}

fn check_directory(directory: &Path) -> io::Result<()> {
    let metadata = fs::symlink_metadata(directory)?;
    if metadata.is_dir() {
        return Ok(());
    }
    let what = if metadata.is_symlink() { "a symlink, which may lead elsewhere" } else { "no directory" };
    Err(io::Error::other(format!("`{}` is {what}", directory.display())))
}

fn taken() -> io::Error {
    io::Error::new(io::ErrorKind::AlreadyExists, "another file is there already")
}

fn there(target: &Path) -> io::Result<Option<Metadata>> {
    match fs::symlink_metadata(target) {
        Ok(metadata) => Ok(Some(metadata)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Whether what is at the target is the source, or has the same bytes.
fn is_same(source: &Path, target: &Path, there: &Metadata) -> io::Result<bool> {
    if there.is_symlink() || !there.is_file() {
        return Ok(there.is_symlink() && fs::canonicalize(target).is_ok_and(|target| target == source));
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        let of_source = fs::metadata(source)?;
        if (of_source.dev(), of_source.ino()) == (there.dev(), there.ino()) {
            return Ok(true);
        }
    }
    let (mut one, mut other) = (File::open(source)?, File::open(target)?);
    if one.metadata()?.len() != other.metadata()?.len() {
        return Ok(false);
    }
    let (mut left, mut right) = (Vec::with_capacity(CHUNK), Vec::with_capacity(CHUNK));
    loop {
        left.clear();
        right.clear();
        one.by_ref().take(CHUNK as u64).read_to_end(&mut left)?;
        other.by_ref().take(CHUNK as u64).read_to_end(&mut right)?;
        if left != right || left.is_empty() {
            return Ok(left == right);
        }
    }
}

/// A file that gets its name once it is whole.
fn temporary(parent: &Path) -> io::Result<tempfile::NamedTempFile> {
    tempfile::Builder::new().prefix(walk::TEMPORARY.0).suffix(walk::TEMPORARY.1).tempfile_in(parent)
}

fn copy(source: &Path, parent: &Path, target: &Path) -> io::Result<()> {
    let mut from = File::open(source)?;
    let metadata = from.metadata()?;
    let mut to = temporary(parent)?;
    let copied = io::copy(&mut from, to.as_file_mut())?;
    if copied != metadata.len() {
        return Err(io::Error::other("it changed while it was being copied"));
    }
    name(to, &metadata, target)
}

#[cfg(target_os = "linux")]
fn reflink(source: &Path, parent: &Path, target: &Path) -> io::Result<()> {
    let from = File::open(source)?;
    let metadata = from.metadata()?;
    let to = temporary(parent)?;
    rustix::fs::ioctl_ficlone(to.as_file(), &from)?;
    name(to, &metadata, target)
}

#[cfg(not(target_os = "linux"))]
fn reflink(_source: &Path, _parent: &Path, _target: &Path) -> io::Result<()> {
    Err(io::Error::new(io::ErrorKind::Unsupported, "reflinks are not supported on this system"))
}

/// Names a copy, which has the permissions and the time of its original.
fn name(copy: tempfile::NamedTempFile, original: &Metadata, target: &Path) -> io::Result<()> {
    copy.as_file().set_permissions(original.permissions())?;
    if let Ok(modified) = original.modified() {
        copy.as_file().set_modified(modified)?;
    }
    copy.persist_noclobber(target).map(drop).map_err(|error| error.error)
}

#[cfg(unix)]
fn symlink(original: &Path, link: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(original, link)
}

#[cfg(windows)]
fn symlink(original: &Path, link: &Path) -> io::Result<()> {
    std::os::windows::fs::symlink_file(original, link)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn world(link: Link) -> (tempfile::TempDir, Placer, PathBuf) {
        let root = tempfile::tempdir().unwrap();
        let source = root.path().join("source");
        fs::write(&source, "content").unwrap();
        fs::create_dir(root.path().join("new")).unwrap();
        let placer = Placer::new(root.path().join("new"), link);
        (root, placer, source)
    }

    #[test]
    fn every_kind_of_link_has_the_same_bytes_and_is_kept_the_second_time() {
        for (link, placed) in [
            (Link::Hard, Some(Placed::HardLink)),
            (Link::Copy, Some(Placed::Copy)),
            (Link::Symlink, Some(Placed::Symlink)),
            (Link::Auto, None),
        ] {
            let (root, mut placer, source) = world(link);
            let target = Path::new("a/b/c");
            let first = placer.place(&source, target).unwrap();
            assert!(placed.is_none_or(|placed| placed == first), "{link:?}: {first:?}");
            assert_eq!(fs::read(root.path().join("new/a/b/c")).unwrap(), b"content");
            assert_eq!(placer.place(&source, target).unwrap(), Placed::Kept);
            assert_eq!(fs::read_dir(root.path().join("new/a/b")).unwrap().count(), 1);
        }
    }

    #[test]
    fn nothing_is_overwritten() {
        for link in [Link::Auto, Link::Hard, Link::Copy, Link::Symlink] {
            let (root, mut placer, source) = world(link);
            let other = root.path().join("new/x");
            fs::write(&other, "CONTENT").unwrap();
            let error = placer.place(&source, Path::new("x")).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
            assert_eq!(fs::read(&other).unwrap(), b"CONTENT");
            assert!(placer.check_free(Path::new("x"), 8).is_err());
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_symlink_on_the_way_does_not_lead_out() {
        let (root, mut placer, source) = world(Link::Copy);
        fs::create_dir(root.path().join("outside")).unwrap();
        symlink(&root.path().join("outside"), &root.path().join("new/a")).unwrap();
        placer.place(&source, Path::new("a/x")).unwrap_err();
        placer.check_parents(Path::new("a/x")).unwrap_err();
        assert_eq!(fs::read_dir(root.path().join("outside")).unwrap().count(), 0);
    }

    #[cfg(unix)]
    #[test]
    fn links_of_the_torrent_are_relative() {
        let (root, mut placer, _) = world(Link::Copy);
        placer.place_link(Path::new("t/b/file"), Path::new("t/a/c/link")).unwrap();
        let made = fs::read_link(root.path().join("new/t/a/c/link")).unwrap();
        assert_eq!(made, Path::new("../../b/file"));
    }
}
