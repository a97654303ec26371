//! What patterns and ignore files left out: how much it is, and which files where somebody wants to know.

use std::path::{Path, PathBuf};

use super::Skipped;

/// Files and directories that were left out because somebody asked for it; what lies in a directory is not
/// counted again.
#[derive(Debug, Default)]
pub struct LeftOut {
    /// By [`super::Rules::exclude`].
    pub excluded: usize,
    /// Files that no pattern of [`super::Rules::include`] fits.
    pub not_included: usize,
    /// By ignore files.
    pub ignored: usize,
    /// Which they are, with [`super::Rules::list_left_out`]: without, a tree may have any number of them.
    pub listed: Vec<(Skipped, PathBuf)>,
}

impl LeftOut {
    pub(super) fn add(&mut self, why: Skipped, list: bool, below: &Path) {
        match why {
            Skipped::Excluded => self.excluded += 1,
            Skipped::NotIncluded => self.not_included += 1,
            _ => self.ignored += 1,
        }
        if list {
            self.listed.push((why, below.to_owned()));
        }
    }
}
