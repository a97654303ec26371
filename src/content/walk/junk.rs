//! Files that systems and their shells leave behind and nobody means to share.

use std::ffi::OsStr;

/// How the name of a torrent that is being written begins and ends. One that a power cut left behind is
/// junk as well.
pub const TEMPORARY: (&str, &str) = (".ccbt-", ".tmp");

/// What counts as junk, by name. Who promises the same torrent tomorrow keeps a list of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Junk {
    /// Names of files and directories.
    pub names: &'static [&'static str],
    /// How names end.
    pub suffix: &'static str,
}

impl Default for Junk {
    fn default() -> Self {
        Self {
            names: &[
                ".DS_Store",
                ".directory",
                "@eaDir",
                "Desktop.ini",
                "Thumbs.db",
                "desktop.ini",
                "ehthumbs.db",
            ],
            // What Windows adds to the name of a downloaded file's mark, on systems that write it as a file.
            suffix: ":Zone.Identifier",
        }
    }
}

impl Junk {
    /// Whether a file or directory of this name is junk.
    pub(super) fn covers(&self, name: &OsStr) -> bool {
        let bytes = name.as_encoded_bytes();
        let temporary = bytes.starts_with(TEMPORARY.0.as_bytes()) && bytes.ends_with(TEMPORARY.1.as_bytes());
        temporary || self.names.iter().any(|junk| name == *junk) || bytes.ends_with(self.suffix.as_bytes())
    }
}
