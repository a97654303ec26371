//! Files as they were when the work was planned, opened so that nothing else can slip in.
//!
//! Owns the stamp that tells whether a file changed under our hands. Reads by position, never by
//! mapping: a file that shrinks is an error with its name, not a signal.

use std::fs::{File, Metadata, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

mod directory;

pub use directory::Directory;

/// What identifies a file's state: if it differs later, the file has changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stamp {
    /// Bytes.
    pub length: u64,
    /// Last modification; none where the file system keeps none, or nobody looked yet.
    pub modified: Option<SystemTime>,
}

impl Stamp {
    /// The stamp in a file's metadata.
    pub fn of(metadata: &Metadata) -> Self {
        Self { length: metadata.len(), modified: metadata.modified().ok() }
    }

    /// The stamp of a file that nobody looked at and that should have this many bytes.
    pub fn expected(length: u64) -> Self {
        Self { length, modified: None }
    }
}

/// What a look at a path tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its state.
    pub stamp: Stamp,
    /// Whether its owner may execute it, which is what libtorrent goes by; never where the system keeps no such
    /// bit.
    pub executable: bool,
    /// Whether it is a regular file.
    pub regular: bool,
}

/// Paths looked at by one thread, at least: fewer are not worth a thread.
const STAMPS_A_THREAD: usize = 512;

/// The metadata of many paths, asked for on all cores: on a warm cache the system call is all there is
/// to it, and twenty thousand of them would be a noticeable part of hashing as many small files.
pub fn metadata_of<T: Sync>(
    items: &[T],
    look: impl Fn(&T) -> io::Result<Metadata> + Sync,
) -> Vec<io::Result<Metadata>> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let share = items.len().div_ceil(cores).max(STAMPS_A_THREAD);
    let look = &look;
    std::thread::scope(|scope| {
        let mut shares = items.chunks(share);
        let first = shares.next().unwrap_or_default();
        let others: Vec<_> = shares
            .map(|share| (share, scope.spawn(move || share.iter().map(look).collect::<Vec<_>>())))
            .collect();
        let mut found: Vec<io::Result<Metadata>> = first.iter().map(look).collect();
        for (share, other) in others {
            // A thread that failed leaves its share to this one.
            found.extend(other.join().unwrap_or_else(|_| share.iter().map(look).collect()));
        }
        found
    })
}

/// A file to be read.
#[derive(Clone, Debug)]
pub struct Source {
    /// Where it is.
    pub path: PathBuf,
    /// What it was when the work was planned.
    pub stamp: Stamp,
    /// Whether a symlink at the end of the path was agreed to.
    pub follow: bool,
}

/// What went wrong with content.
#[derive(Debug, thiserror::Error)]
pub enum ContentError {
    /// The file can't be opened.
    #[error("opening `{}`", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Reading failed.
    #[error("reading `{}` at byte {offset}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Where in it.
        offset: u64,
        /// Why.
        source: io::Error,
    },
    /// A directory can't be listed, or an entry not examined.
    #[error("walking `{}`", path.display())]
    Walk {
        /// The directory or entry.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file is not what it was when the work was planned.
    #[error("`{}` changed while it was being read: {what}", path.display())]
    Changed {
        /// The file.
        path: PathBuf,
        /// How.
        what: String,
    },
    /// The user asked to stop.
    #[error("interrupted")]
    Interrupted,
    /// A worker thread ended early; its own error is reported beside this one.
    #[error("a worker thread failed")]
    Worker,
}

impl ContentError {
    /// The file it is about.
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::Open { path, .. }
            | Self::Read { path, .. }
            | Self::Walk { path, .. }
            | Self::Changed { path, .. } => Some(path),
            Self::Interrupted | Self::Worker => None,
        }
    }

    /// Why, without the path.
    pub fn reason(&self) -> String {
        match self {
            Self::Open { source, .. } | Self::Read { source, .. } | Self::Walk { source, .. } => {
                source.to_string()
            }
            Self::Changed { what, .. } => format!("it changed while it was being read: {what}"),
            Self::Interrupted | Self::Worker => self.to_string(),
        }
    }
}

/// An open file and what it should be.
#[derive(Debug)]
pub struct Opened {
    file: File,
    /// Its last modification when it was opened, where the stamp knows of none.
    modified: Option<SystemTime>,
}

impl Source {
    /// Opens the file for reading by position.
    ///
    /// # Errors
    /// When it has gone, can't be read, or is no regular file any more.
    pub fn open(&self) -> Result<Opened, ContentError> {
        self.open_in(&mut Directory::default())
    }

    /// Opens the file as [`Source::open`] does, faster where many lie in one directory.
    ///
    /// # Errors
    /// As [`Source::open`].
    pub fn open_in(&self, directory: &mut Directory) -> Result<Opened, ContentError> {
        let failed = |source| ContentError::Open { path: self.path.clone(), source };
        let file = directory.open(&self.path, self.follow).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => self.changed("it is gone"),
            _ => failed(error),
        })?;
        let mut modified = self.stamp.modified;
        if modified.is_none() {
            let Some(stamp) = stamp_of(&file).map_err(failed)? else {
                return Err(self.changed("it is no regular file"));
            };
            modified = stamp.modified;
        }
        Ok(Opened { file, modified })
    }

    /// Fills `buffer` from byte `offset` on.
    ///
    /// # Errors
    /// When reading fails or the file ends before the buffer is full.
    pub fn read(&self, opened: &Opened, buffer: &mut [u8], offset: u64) -> Result<(), ContentError> {
        let mut done = 0;
        while done < buffer.len() {
            let position = offset + done as u64;
            match read_at(&opened.file, &mut buffer[done..], position) {
                Ok(0) => return Err(self.changed(&format!("it ends at byte {position}"))),
                Ok(count) => done += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(source) => {
                    return Err(ContentError::Read { path: self.path.clone(), offset: position, source });
                }
            }
        }
        Ok(())
    }

    /// Checks, after reading, that the file is still what it was when the work was planned.
    ///
    /// # Errors
    /// When its length or time of modification differs.
    pub fn check(&self, opened: &Opened) -> Result<(), ContentError> {
        let failed = |source| ContentError::Open { path: self.path.clone(), source };
        let Some(now) = stamp_of(&opened.file).map_err(failed)? else {
            return Err(self.changed("it is no regular file any more"));
        };
        if now.length != self.stamp.length {
            let (was, is) = (self.stamp.length, now.length);
            return Err(self.changed(&format!("it had {was} bytes and now has {is}")));
        }
        if now.modified != opened.modified {
            return Err(self.changed("it was written to"));
        }
        Ok(())
    }

    fn changed(&self, what: &str) -> ContentError {
        ContentError::Changed { path: self.path.clone(), what: what.to_owned() }
    }
}

impl Opened {
    /// Asks the system to read a range ahead; nothing depends on whether it does.
    pub fn advise(&self, offset: u64, length: u64) {
        #[cfg(target_os = "linux")]
        if let Some(length) = std::num::NonZeroU64::new(length) {
            let advice = rustix::fs::Advice::WillNeed;
            // A hint: a file system that knows nothing of it refuses, and the read comes anyway.
            rustix::fs::fadvise(&self.file, offset, Some(length), advice).unwrap_or(());
        }
        #[cfg(not(target_os = "linux"))]
        let (_, _) = (offset, length);
    }

    /// Whether the byte at `offset` can be had without waiting for the disk; `None` if the system
    /// can't tell.
    pub fn is_cached(&self, offset: u64) -> Option<bool> {
        #[cfg(target_os = "linux")]
        {
            let mut byte = [0u8; 1];
            let into = &mut [std::io::IoSliceMut::new(&mut byte)];
            let flags = rustix::io::ReadWriteFlags::NOWAIT;
            match rustix::io::preadv2(&self.file, into, offset, flags) {
                Ok(_) => Some(true),
                Err(rustix::io::Errno::AGAIN) => Some(false),
                Err(_) => None,
            }
        }
        #[cfg(not(target_os = "linux"))]
        {
            let _ = offset;
            None
        }
    }

    /// The file itself, for asking about its file system.
    pub fn file(&self) -> &File {
        &self.file
    }
}

/// The stamp of an open file; none where it is no regular one. On Linux the standard library asks with
/// statx(2), which takes several times as long as fstat(2), and small files come by the ten thousand.
fn stamp_of(file: &File) -> io::Result<Option<Stamp>> {
    #[cfg(target_os = "linux")]
    let entry = Entry::of(&rustix::fs::fstat(file)?);
    #[cfg(not(target_os = "linux"))]
    let entry = Entry::of(&file.metadata()?);
    Ok(entry.regular.then_some(entry.stamp))
}

#[cfg(target_os = "linux")]
impl Entry {
    fn of(stat: &rustix::fs::Stat) -> Self {
        // Less than 10^9, so they fit; they count forward from the second, before 1970 as well.
        let nanoseconds = Duration::new(0, stat.st_mtime_nsec as u32);
        let seconds = Duration::from_secs(stat.st_mtime.unsigned_abs());
        let second = match stat.st_mtime {
            0.. => SystemTime::UNIX_EPOCH.checked_add(seconds),
            _ => SystemTime::UNIX_EPOCH.checked_sub(seconds),
        };
        let modified = second.and_then(|second| second.checked_add(nanoseconds));
        let stamp = Stamp { length: u64::try_from(stat.st_size).unwrap_or_default(), modified };
        let kind = rustix::fs::FileType::from_raw_mode(stat.st_mode);
        let executable = stat.st_mode & 0o100 != 0;
        Self { stamp, executable, regular: kind == rustix::fs::FileType::RegularFile }
    }
}

#[cfg(not(target_os = "linux"))]
impl Entry {
    fn of(metadata: &Metadata) -> Self {
        #[cfg(unix)]
        let executable = std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o100 != 0;
        #[cfg(not(unix))]
        let executable = false;
        Self { stamp: Stamp::of(metadata), executable, regular: metadata.is_file() }
    }
}

/// Opens without following a last symlink (unless told) and without waiting for the writer of a FIFO
/// that took the file's place.
fn open_regular(path: &Path, follow: bool) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.custom_flags(flags(follow).bits().cast_signed());
    }
    #[cfg(not(unix))]
    let _ = follow;
    options.open(path)
}

#[cfg(unix)]
fn flags(follow: bool) -> rustix::fs::OFlags {
    use rustix::fs::OFlags;
    OFlags::NONBLOCK | OFlags::NOCTTY | if follow { OFlags::empty() } else { OFlags::NOFOLLOW }
}

#[cfg(unix)]
fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, offset)
}

#[cfg(windows)]
fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, offset)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_to_take_a_stamp_agree() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("file");
        std::fs::write(&path, "content").unwrap();
        let second = Duration::from_secs(1);
        let half = Duration::from_millis(1500);
        for modified in [
            SystemTime::UNIX_EPOCH + Duration::new(1_700_000_000, 123_456_789),
            SystemTime::UNIX_EPOCH,
            SystemTime::UNIX_EPOCH + half,
            SystemTime::UNIX_EPOCH - second,
            SystemTime::UNIX_EPOCH - half,
        ] {
            let file = File::options().write(true).open(&path).unwrap();
            file.set_modified(modified).unwrap();
            let stamp = Stamp::of(&std::fs::metadata(&path).unwrap());
            assert_eq!(stamp_of(&file).unwrap(), Some(stamp), "{modified:?}");
        }
        assert_eq!(stamp_of(&File::open(directory.path()).unwrap()).unwrap(), None);
    }
}
