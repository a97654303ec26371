//! `--reader`: how content is read, shared by the commands that read content.

use crate::content::disk::Access;

/// How the disk is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Reader {
    /// One reader on a rotating disk or a network mount, else many
    #[default]
    Auto,
    /// One reader from the first byte to the last
    Sequential,
    /// Every thread reads pieces of its own
    Parallel,
}

impl Reader {
    /// The way to read, if it was chosen.
    pub(crate) fn access(self) -> Option<Access> {
        match self {
            Self::Auto => None,
            Self::Sequential => Some(Access::Sequential),
            Self::Parallel => Some(Access::Parallel { ahead: true }),
        }
    }
}
