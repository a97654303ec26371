//! Reads content and hashes its pieces, on all cores.
//!
//! Owns the threads, the buffers and the open files. Each worker takes a batch of neighbouring pieces
//! and reads a part of every one of them in turn, so that the lanes of the kernels are full while no
//! more than `ARENA` bytes a worker are in memory, whatever the piece length. A disk that wants one
//! reader gets `sequential` instead.

mod fill;
mod parallel;
mod sequential;
mod together;

use std::sync::atomic::{AtomicBool, Ordering};

use super::digest::{Digests, Hasher, PieceState, Wanted};
use super::disk::Access;
use super::open::{ContentError, Source};
use super::plan::Space;
use super::recall::{self, Identity, Key};
use crate::hash::merkle::LEAF;
use crate::hash::{Engine, Sha1Digest, Sha256Digest};
use crate::meter::Meter;

pub use together::{Together, hash_together};

/// Bytes read of one piece before its neighbours get their turn: sixteen of them fit the second-level
/// cache of one core together.
const CHUNK: usize = 64 * 1024;
/// Hashing threads at most, whatever is asked for: more than the cores of any machine this is likely to
/// run on, and few enough for their stacks and arenas.
pub const MAX_THREADS: usize = 256;
/// Bytes in memory for each worker: a chunk for each of sixteen lanes.
const ARENA: usize = 16 * CHUNK;

/// What to read and which digests to make of it.
#[derive(Clone, Copy, Debug)]
pub struct Job<'a> {
    /// The piece space.
    pub space: &'a Space,
    /// The files its extents refer to.
    pub sources: &'a [Source],
    /// Digests wanted of each piece.
    pub wanted: Wanted,
    /// Digests wanted of each file; they force a sequential reader.
    pub files: FileDigests,
    /// Pieces to leave out, true for each; empty for none.
    pub skip: &'a [bool],
    /// Kernels.
    pub engine: Engine,
    /// Hashing threads; at least one.
    pub threads: usize,
    /// How to read.
    pub access: Access,
    /// Counts the bytes of files read.
    pub meter: &'a Meter,
    /// Ends the work when set.
    pub stop: &'a AtomicBool,
}

/// Whole-file digests, as BEP 47 (`sha1`) and `md5sum` carry them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FileDigests {
    /// MD5 of each file.
    pub md5: bool,
    /// SHA-1 of each file.
    pub sha1: bool,
}

/// The digests of a whole job.
#[derive(Clone, Debug, Default)]
pub struct Hashes {
    /// SHA-1 of each piece if wanted; zeros for one left out.
    pub v1: Vec<Sha1Digest>,
    /// Merkle root of each piece if wanted; zeros for one left out.
    pub v2: Vec<Sha256Digest>,
    /// MD5 of each source if wanted.
    pub file_md5: Vec<[u8; 16]>,
    /// SHA-1 of each source if wanted.
    pub file_sha1: Vec<Sha1Digest>,
    /// Pieces whose digests are there, true for each.
    pub done: Vec<bool>,
}

/// Hashes every piece of the job.
///
/// # Errors
/// The first file that can't be read or changed while it was, or [`ContentError::Interrupted`].
pub fn hash(job: &Job<'_>) -> Result<Hashes, ContentError> {
    let mut hashes = Hashes::of(job);
    hash_rest(job, &mut hashes)?;
    Ok(hashes)
}

/// Hashes the pieces of the job that are not done yet. What was done before an error stays done, so that the
/// work can go on where it ended. Digests of whole files are only right if it did not end before.
///
/// # Errors
/// As [`hash`].
pub fn hash_rest(job: &Job<'_>, hashes: &mut Hashes) -> Result<(), ContentError> {
    let skip: Vec<bool> = hashes
        .done
        .iter()
        .enumerate()
        .map(|(piece, &done)| done || job.is_blank(piece) || job.skip.get(piece).copied().unwrap_or(false))
        .collect();
    let whole_files = job.files != FileDigests::default();
    // One hashing thread need not read as well where another core is free to.
    let alone = job.threads == 1 && std::thread::available_parallelism().is_ok_and(|cores| cores.get() > 1);
    let left = Job { skip: &skip, ..*job };
    match job.access {
        Access::Parallel { ahead } if !whole_files && !alone => parallel::hash(&left, ahead, hashes),
        _ => sequential::hash(&left, hashes),
    }?;
    fill_blank(job.space, job.engine, job.skip, job.stop, hashes)
}

/// The digests of pieces that hold nothing but zeros: one for all of a length. A torrent may promise
/// 2^50 bytes of padding, which nobody should have to hash.
fn fill_blank(
    space: &Space,
    engine: Engine,
    skip: &[bool],
    stop: &AtomicBool,
    hashes: &mut Hashes,
) -> Result<(), ContentError> {
    let mut known: Option<(u64, Sha1Digest)> = None;
    for (piece, (digest, done)) in hashes.v1.iter_mut().zip(&mut hashes.done).enumerate() {
        if space.data_end(piece) > 0 || skip.get(piece).copied().unwrap_or(false) {
            continue;
        }
        let range = space.piece(piece);
        let length = range.end - range.start;
        *digest = match known {
            Some((of, digest)) if of == length => digest,
            _ => {
                check(stop)?;
                let wanted = Wanted { v1: true, v2: false };
                Hasher::new(engine, wanted).finish(&mut [PieceState::new(length, 1)]).v1[0]
            }
        };
        known = Some((length, *digest));
        *done = true;
    }
    Ok(())
}

/// Of two threads that ended, the result that says more: an error rather than none, and the cause of
/// a failure rather than [`ContentError::Worker`], which only says that another thread had one.
fn both<T>(one: Result<T, ContentError>, other: Result<(), ContentError>) -> Result<T, ContentError> {
    match (one, other) {
        (Err(ContentError::Worker) | Ok(_), Err(error)) => Err(error),
        (one, _) => one,
    }
}

fn check(stop: &AtomicBool) -> Result<(), ContentError> {
    if stop.load(Ordering::Relaxed) { Err(ContentError::Interrupted) } else { Ok(()) }
}

/// Leaves under the digest of a v2 piece: a whole piece of them in a file of several pieces, else as many as the
/// file needs, up to a power of two (BEP 52, "pieces root").
fn subtree_width(space: &Space, piece: usize) -> usize {
    let length = space.owner(piece).map_or(0, |extent| extent.length);
    let under = length.min(space.piece_length());
    usize::try_from(under).unwrap_or(usize::MAX).div_ceil(LEAF).next_power_of_two()
}

/// What every piece of a space is recognised by, given the identities of the files.
pub fn keys(space: &Space, wanted: Wanted, identities: &[Option<Identity>]) -> Vec<Option<Key>> {
    recall::keys(space, identities, wanted, |piece| subtree_width(space, piece))
}

impl Job<'_> {
    /// Whether the readers leave the piece out.
    fn is_skipped(&self, piece: usize) -> bool {
        self.skip.get(piece).copied().unwrap_or(false)
    }

    /// Whether no byte of the piece lies in a file.
    fn is_blank(&self, piece: usize) -> bool {
        self.space.data_end(piece) == 0
    }

    fn check_stop(&self) -> Result<(), ContentError> {
        check(self.stop)
    }

    /// A piece before its first byte.
    fn state(&self, piece: usize) -> PieceState {
        let range = self.space.piece(piece);
        let zeros = range.end - range.start - self.space.data_end(piece);
        let width = if self.wanted.v2 { subtree_width(self.space, piece) } else { 1 };
        PieceState::new(zeros, width)
    }

    /// What every piece is recognised by, given the identities of the sources.
    pub fn keys(&self, identities: &[Option<Identity>]) -> Vec<Option<Key>> {
        keys(self.space, self.wanted, identities)
    }
}

impl Hashes {
    /// Room for the digests of a job, none of them there yet.
    pub fn of(job: &Job<'_>) -> Self {
        Self::new(job.space, job.wanted)
    }

    /// Room for the digests of a piece space, none of them there yet.
    pub fn new(space: &Space, wanted: Wanted) -> Self {
        let pieces = space.pieces();
        Self {
            v1: vec![[0; 20]; if wanted.v1 { pieces } else { 0 }],
            v2: vec![[0; 32]; if wanted.v2 { pieces } else { 0 }],
            done: vec![false; pieces],
            ..Self::default()
        }
    }

    /// Takes digests of whole files from others, which have each at its place.
    pub fn take_files(&mut self, others: &Hashes, places: &[usize], wanted: FileDigests) {
        if wanted.md5 {
            self.file_md5 = places.iter().filter_map(|&place| others.file_md5.get(place).copied()).collect();
        }
        if wanted.sha1 {
            self.file_sha1 =
                places.iter().filter_map(|&place| others.file_sha1.get(place).copied()).collect();
        }
    }

    /// Takes the digests of some pieces.
    fn keep(&mut self, pieces: impl Iterator<Item = usize>, digests: &Digests) {
        for (index, piece) in pieces.enumerate() {
            if let Some(digest) = digests.v1.get(index) {
                self.v1[piece] = *digest;
            }
            if let Some(digest) = digests.v2.get(index) {
                self.v2[piece] = *digest;
            }
            self.done[piece] = true;
        }
    }
}

#[cfg(test)]
mod tests;
