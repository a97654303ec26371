//! What patterns and ignore files left out: how much it is, and which files where somebody wants to know.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::Skipped;

/// Files and directories that were left out because somebody asked for it; what lies in a directory is not
/// counted again.
#[derive(Debug, Default)]
pub struct LeftOut {
    /// How many, by what asked for it: [`Skipped::Excluded`], [`Skipped::NotIncluded`] or [`Skipped::Ignored`].
    pub counts: BTreeMap<Skipped, usize>,
    /// Which they are, with [`super::Rules::list_left_out`]: without, a tree may have any number of them.
    pub listed: Vec<(Skipped, PathBuf)>,
}

impl LeftOut {
    pub(super) fn add(&mut self, why: Skipped, list: bool, below: &Path) {
        *self.counts.entry(why).or_default() += 1;
        if list {
            self.listed.push((why, below.to_owned()));
        }
    }
}
