//! Several torrents from one read: in a batch, torrents of the same files that follow each other share their
//! digests, as far as they are cut alike.
//!
//! Owns when digests still hold. Keeps those of one torrent at a time, so that the memory of a batch does not
//! grow with its length.

use crate::content::digest::Wanted;
use crate::content::driver::{FileDigests, Hashes};
use crate::content::open::Source;
use crate::metainfo::builder::Layout;

use super::plan::Plan;
use super::request::Request;

/// What was hashed last.
#[derive(Debug, Default)]
pub(super) struct Last(Option<Hashed>);

#[derive(Debug)]
struct Hashed {
    sources: Vec<Source>,
    layout: Layout,
    piece_length: u64,
    wanted: Wanted,
    files: FileDigests,
    hashes: Hashes,
}

impl Last {
    /// The digests, if they are those of this plan as well; otherwise they are forgotten.
    pub(super) fn take(&mut self, request: &Request, plan: &Plan) -> Option<Hashes> {
        let last = self.0.take()?;
        let cut_alike = last.piece_length == plan.piece_length && last.layout == plan.layout;
        let asked_alike = last.wanted == request.wanted() && last.files == request.file_digests;
        (cut_alike && asked_alike && unchanged(&last.sources, &plan.sources)).then_some(last.hashes)
    }

    /// Keeps what was hashed for the torrent after it.
    pub(super) fn keep(&mut self, request: &Request, plan: Plan, hashes: Hashes) {
        let Plan { sources, layout, piece_length, .. } = plan;
        let (wanted, files) = (request.wanted(), request.file_digests);
        self.0 = Some(Hashed { sources, layout, piece_length, wanted, files, hashes });
    }
}

/// Whether both are the same files in the same state, where the file system tells of changes.
fn unchanged(before: &[Source], now: &[Source]) -> bool {
    let same = |(before, now): (&Source, &Source)| {
        before.path == now.path && before.stamp == now.stamp && now.stamp.modified.is_some()
    };
    before.len() == now.len() && before.iter().zip(now).all(same)
}
