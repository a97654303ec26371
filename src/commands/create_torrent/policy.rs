//! `--reproducible`: named policies under which everybody gets the same bytes from the same content.
//!
//! A policy never changes once it was released: what it says about order, pieces and what is taken is held by
//! a vector in the tests. Another way of doing things is another policy with another name.

use clap::ValueEnum;

use crate::config::CREATED_BY;
use crate::content::walk::{Junk, Order, Symlinks};
use crate::exit::CommandError;

use super::pieces::Rule;
use super::request::Request;
use super::{CreateTorrent, usage};

/// What `ccbt-1` leaves out as junk, whatever else will count as such one day.
const CCBT_1_JUNK: Junk = Junk {
    names: &[".DS_Store", ".directory", "@eaDir", "Desktop.ini", "Thumbs.db", "desktop.ini", "ehthumbs.db"],
    suffix: ":Zone.Identifier",
};

/// A policy, by the name that its torrents carry as `created by`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Policy {
    #[value(name = "ccbt-1")]
    Ccbt1,
}

impl Policy {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Ccbt1 => "ccbt-1",
        }
    }

    /// Settles what the policy decides, and refuses what a flag, a profile or a job asks for against it.
    pub(super) fn apply(self, request: &mut Request, args: &CreateTorrent) -> Result<(), CommandError> {
        let rules = &request.rules;
        let pieces = request.pieces.rule != Rule::Auto || request.pieces.max.is_some();
        let help = "leave out either; what the policy says stands in the help of --reproducible";
        let refused = [
            (args.metadata.creation_date.is_some(), "`--creation-date`", "SOURCE_DATE_EPOCH sets the date"),
            (
                request.created_by.as_deref() != Some(CREATED_BY),
                "`created-by`",
                "the policy's name stands there",
            ),
            (pieces, "another piece length", help),
            (rules.hidden, "`hidden`", help),
            (rules.junk, "`junk`", help),
            (rules.symlinks != Symlinks::Skip, "`symlinks`", help),
            (rules.order != Order::default(), "another order", help),
            (request.attributes, "`--attributes`", "file systems differ in the modes they keep"),
            (request.mtime, "`--mtime`", "times are no part of the content"),
            (request.align, "`--align`", help),
        ];
        if let Some((_, what, hint)) = refused.into_iter().find(|(asked, ..)| *asked) {
            return Err(self.broken(what).hint(hint));
        }
        request.created_by = Some(self.name().to_owned());
        request.rules.junk_list = match self {
            Self::Ccbt1 => CCBT_1_JUNK,
        };
        Ok(())
    }

    /// The error for something that would make other bytes elsewhere.
    pub(super) fn broken(self, what: &str) -> CommandError {
        usage(format!("making a reproducible torrent: {what} does not go with policy `{}`", self.name()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metainfo::builder::auto_piece_length;

    /// The lists and numbers that `ccbt-1` promises; a change here is another policy.
    #[test]
    fn what_ccbt_1_says_stays() {
        let listed = format!("{}|{}", CCBT_1_JUNK.names.join("/"), CCBT_1_JUNK.suffix);
        assert_eq!(
            listed,
            ".DS_Store/.directory/@eaDir/Desktop.ini/Thumbs.db/desktop.ini/ehthumbs.db|:Zone.Identifier"
        );
        for (total, length) in [
            (1, 14),
            (1 << 25, 14),
            ((1 << 25) + 1, 15),
            (1 << 30, 19),
            (1 << 35, 24),
            (1 << 40, 24),
            (1 << 45, 24),
            ((1 << 45) + 1, 25),
        ] {
            assert_eq!(auto_piece_length(total), 1 << length, "{total}");
        }
    }
}
