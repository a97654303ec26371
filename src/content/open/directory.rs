//! A directory that stays open, so that the files in it are found by their names alone.
//!
//! Owns one descriptor. Files come directory by directory, and looking up the same leading components for each
//! of twenty thousand small files is a noticeable part of reading them. Where the system has no such thing, or
//! refuses it, the whole path does.

use std::io;
use std::path::Path;

use super::{Entry, open_regular};

/// The directory asked for last. A path counts from its second file on: for one alone the directory would cost
/// more than it saves.
#[derive(Debug, Default)]
pub struct Directory {
    #[cfg(target_os = "linux")]
    path: Vec<u8>,
    #[cfg(target_os = "linux")]
    opened: Option<rustix::fd::OwnedFd>,
}

#[cfg(target_os = "linux")]
impl Directory {
    /// Opens a file below, as [`open_regular`] does.
    pub(super) fn open(&mut self, path: &Path, follow: bool) -> io::Result<std::fs::File> {
        match self.place(path) {
            Some((directory, name)) => {
                let flags = super::flags(follow) | rustix::fs::OFlags::CLOEXEC;
                Ok(rustix::fs::openat(directory, name, flags, rustix::fs::Mode::empty())?.into())
            }
            None => open_regular(path, follow),
        }
    }

    /// What is at the path.
    ///
    /// # Errors
    /// When the system does not tell.
    pub fn look(&mut self, path: &Path, follow: bool) -> io::Result<Entry> {
        use rustix::fs::{AtFlags, CWD};
        let flags = if follow { AtFlags::empty() } else { AtFlags::SYMLINK_NOFOLLOW };
        let stat = match self.place(path) {
            Some((directory, name)) => rustix::fs::statat(directory, name, flags),
            None => rustix::fs::statat(CWD, path, flags),
        };
        Ok(Entry::of(&stat?))
    }

    /// The open directory of the path, and its name in there.
    fn place<'p>(&mut self, path: &'p Path) -> Option<(&rustix::fd::OwnedFd, &'p std::ffi::OsStr)> {
        use rustix::fs::{Mode, OFlags};
        use std::os::unix::ffi::OsStrExt as _;
        let bytes = path.as_os_str().as_bytes();
        let slash = bytes.iter().rposition(|&byte| byte == b'/')?;
        let (parent, name) = (bytes.get(..slash)?, bytes.get(slash + 1..)?);
        if parent.is_empty() || matches!(name, b"" | b"." | b"..") {
            return None;
        }
        if self.path != parent {
            self.path.clear();
            self.path.extend_from_slice(parent);
            self.opened = None;
            return None;
        }
        if self.opened.is_none() {
            let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
            // Refused for want of descriptors, say: the whole path tells.
            self.opened = rustix::fs::open(std::ffi::OsStr::from_bytes(parent), flags, Mode::empty()).ok();
        }
        Some((self.opened.as_ref()?, std::ffi::OsStr::from_bytes(name)))
    }
}

#[cfg(not(target_os = "linux"))]
impl Directory {
    /// Opens a file below, as [`open_regular`] does.
    pub(super) fn open(&mut self, path: &Path, follow: bool) -> io::Result<std::fs::File> {
        open_regular(path, follow)
    }

    /// What is at the path.
    ///
    /// # Errors
    /// When the system does not tell.
    pub fn look(&mut self, path: &Path, follow: bool) -> io::Result<Entry> {
        let metadata = if follow { std::fs::metadata(path) } else { std::fs::symlink_metadata(path) };
        Ok(Entry::of(&metadata?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::open::{ContentError, Source, Stamp};

    #[test]
    fn names_lead_where_whole_paths_do() {
        let root = tempfile::tempdir().unwrap();
        let write = |name: &str, content: &str| {
            let path = root.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, content).unwrap();
            path
        };
        let paths = ["a/1", "a/2", "a/3", "b/1", "a/b/1", "a/b/2", "a/1"].map(|name| write(name, name));
        let mut directory = Directory::default();
        for path in &paths {
            let entry = directory.look(path, false).unwrap();
            assert_eq!(entry.stamp, Stamp::of(&std::fs::metadata(path).unwrap()), "{path:?}");
            let source = Source { path: path.clone(), stamp: entry.stamp, follow: false };
            let opened = source.open_in(&mut directory).unwrap();
            let mut content = vec![0; usize::try_from(entry.stamp.length).unwrap()];
            source.read(&opened, &mut content, 0).unwrap();
            assert!(path.as_os_str().as_encoded_bytes().ends_with(&content), "{path:?}");
        }
        for name in ["a/none", "a/b", "a/."] {
            let source = Source { path: root.path().join(name), stamp: Stamp::expected(1), follow: false };
            assert!(source.open_in(&mut directory).is_err(), "{name}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_link_at_the_end_is_followed_only_where_that_was_agreed_to() {
        let root = tempfile::tempdir().unwrap();
        std::fs::write(root.path().join("file"), "content").unwrap();
        std::os::unix::fs::symlink("file", root.path().join("link")).unwrap();
        let mut directory = Directory::default();
        // Once by the whole path, once by the name.
        for _ in 0..2 {
            let link = root.path().join("link");
            assert_eq!(directory.look(&link, true).unwrap().stamp.length, 7);
            assert_eq!(directory.look(&link, false).unwrap().stamp.length, 4, "the text of the link");
            let stamp = directory.look(&link, true).unwrap().stamp;
            let followed = Source { path: link.clone(), stamp, follow: true };
            assert!(followed.open_in(&mut directory).is_ok());
            let refused = Source { path: link, stamp, follow: false };
            assert!(matches!(refused.open_in(&mut directory), Err(ContentError::Open { .. })));
        }
    }
}
