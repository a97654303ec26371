//! What says which of the files that share a bad v1 piece is the bad one: the digests of whole files that some
//! torrents carry (`md5sum` of BEP 3, `sha1` of BEP 47), and lengths.

use crate::commands::content_check::content::{Content, Found};
use crate::commands::content_check::hashing::Hashing;
use crate::commands::content_check::verdict::{Evidence, State, Verdict};
use crate::content::digest::Wanted;
use crate::content::driver::{self, FileDigests, Job};
use crate::content::open::{ContentError, Source};
use crate::content::plan::{Extent, Space};
use crate::metainfo::File;

use super::search::own_pieces;

/// Pieces that files are read in here.
const PIECE: u64 = 1 << 20;

/// What can be told of files whose pieces do not tell it all.
pub(super) fn gather(
    hashing: &Hashing<'_>,
    content: &Content,
    verdict: &Verdict,
) -> Result<Evidence, ContentError> {
    let mut evidence = Evidence::new();
    // In v2 every piece belongs to one file.
    if hashing.torrent.info_hash_v2.is_some() {
        return Ok(evidence);
    }
    let files = &hashing.torrent.info.files;
    let mut suspects = Vec::new();
    for (index, (file, state)) in files.iter().zip(&verdict.files).enumerate() {
        let Found::Bytes(present) = content.found[index] else { continue };
        if file.attr.symlink || !is_unclear(hashing, file, state.state, &state.bad_pieces) {
            continue;
        }
        if present != file.length {
            evidence.insert(index, false);
        } else if file.sha1().is_some() || file.md5().is_some() {
            suspects.push(index);
        }
    }
    for index in suspects {
        match matches_digests(hashing, &files[index], &content.sources[index]) {
            Ok(matches) => drop(evidence.insert(index, matches)),
            Err(ContentError::Interrupted) => return Err(ContentError::Interrupted),
            // It could be read a moment ago; what its pieces say stands.
            Err(_) => {}
        }
    }
    Ok(evidence)
}

/// Whether a piece of the file that did not match, or could not be checked, is another's as well.
fn is_unclear(hashing: &Hashing<'_>, file: &File, state: State, bad: &[u64]) -> bool {
    let own = own_pieces(file, hashing.torrent.info.piece_length);
    match state {
        State::Partial | State::Moved => true,
        State::Bad => bad.iter().any(|piece| !own.contains(piece)),
        State::Ok | State::Missing | State::Extra => false,
    }
}

/// Reads one file and holds it against what the torrent says of it.
fn matches_digests(hashing: &Hashing<'_>, file: &File, source: &Source) -> Result<bool, ContentError> {
    let extent = Extent { file: 0, offset: 0, length: file.length };
    // One extent from the beginning to the end is a space, if it has bytes.
    let Ok(space) = Space::new(PIECE, file.length, vec![extent]) else { return Ok(file.length == 0) };
    let sources = [source.clone()];
    let wanted = Wanted { v1: false, v2: false };
    let digests = FileDigests { md5: file.md5().is_some(), sha1: file.sha1().is_some() };
    let hashes = driver::hash(&Job { files: digests, ..hashing.job(&space, &sources, wanted, &[]) })?;
    Ok(file.md5().is_none_or(|md5| hashes.file_md5.first() == Some(md5))
        && file.sha1().is_none_or(|sha1| hashes.file_sha1.first() == Some(sha1)))
}
