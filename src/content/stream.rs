//! Hashes content that comes once and from one place, such as a pipe: its length is known at its end.
//!
//! Owns the buffer and the cut into pieces; what it makes is what `driver` makes of the same bytes in one file.
//! Nothing is kept of the bytes, so what a later check needs of the first piece is derived here, with other code.

use std::io::{self, Read};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

use md5::Md5;
use sha1::{Digest as _, Sha1};

use super::digest::{Feed, Hasher, PieceState, Wanted};
use super::driver::{FileDigests, Hashes};
use super::open::ContentError;
use crate::hash::merkle::LEAF;
use crate::hash::{Engine, Sha1Digest, Sha256Digest, sha256};
use crate::meter::Meter;

/// Bytes in memory: eight pieces of the usual megabyte, so that some lanes are in use.
const BUFFER: usize = 8 * 1024 * 1024;
/// Pieces of one buffer at most: each has a state, and a piece may be a single byte.
const PARTS: u64 = 1024;

/// What to make of the bytes.
#[derive(Clone, Copy, Debug)]
pub struct Cut<'a> {
    /// Bytes of a piece; in v2 a power of two from 16 KiB.
    pub piece_length: u64,
    /// Pieces at most.
    pub max_pieces: u64,
    /// Digests wanted of each piece.
    pub wanted: Wanted,
    /// Digests wanted of the whole.
    pub files: FileDigests,
    /// Kernels.
    pub engine: Engine,
    /// Counts the bytes read.
    pub meter: &'a Meter,
    /// Ends the work when set.
    pub stop: &'a AtomicBool,
}

/// What the bytes came to.
#[derive(Clone, Debug)]
pub struct Streamed {
    /// Bytes.
    pub length: u64,
    /// The digests, as of one file.
    pub hashes: Hashes,
    /// The first piece, derived without the engine.
    pub first: FirstPiece,
}

/// The first piece without the engine, piece by piece and leaf by leaf.
#[derive(Clone, Debug, Default)]
pub struct FirstPiece {
    /// Its SHA-1.
    pub sha1: Sha1Digest,
    /// SHA-256 of each of its leaves, if v2 digests are wanted.
    pub leaves: Vec<Sha256Digest>,
}

/// Why there are no digests.
#[derive(Debug, thiserror::Error)]
pub enum StreamError {
    /// Reading failed, or the user asked to stop.
    #[error(transparent)]
    Content(#[from] ContentError),
    /// There are more bytes than pieces may hold.
    #[error("there are more than {0} bytes")]
    TooLong(u64),
}

/// Reads to the end and hashes every piece.
///
/// # Errors
/// When reading fails, when there is too much, and [`ContentError::Interrupted`].
pub fn hash(input: &mut dyn Read, cut: &Cut<'_>) -> Result<Streamed, StreamError> {
    let mut work = Work::new(cut);
    let mut buffer = vec![0; work.room()];
    loop {
        let room = work.room();
        let read = fill(input, &mut buffer[..room], work.length, cut)?;
        if read == 0 {
            break;
        }
        work.take(&buffer[..read])?;
        if read < room {
            break;
        }
    }
    Ok(work.finish())
}

/// Fills the buffer, or as much of it as there is left to read.
fn fill(input: &mut dyn Read, buffer: &mut [u8], from: u64, cut: &Cut<'_>) -> Result<usize, ContentError> {
    let mut filled = 0;
    while filled < buffer.len() {
        let result = input.read(&mut buffer[filled..]);
        if cut.stop.load(Ordering::Relaxed) {
            return Err(ContentError::Interrupted);
        }
        match result {
            Ok(0) => break,
            Ok(count) => {
                filled += count;
                cut.meter.add(count as u64);
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(source) => {
                let path = PathBuf::from("-");
                return Err(ContentError::Read { path, offset: from + filled as u64, source });
            }
        }
    }
    Ok(filled)
}

struct Work<'a> {
    cut: &'a Cut<'a>,
    hasher: Hasher,
    /// The piece that is not complete, with the bytes it has so far; only where pieces are larger than a buffer.
    open: Option<(PieceState, u64)>,
    length: u64,
    hashes: Hashes,
    md5: Md5,
    sha1: Sha1,
    first: FirstPiece,
    first_sha1: Sha1,
}

impl<'a> Work<'a> {
    fn new(cut: &'a Cut<'a>) -> Self {
        Self {
            cut,
            hasher: Hasher::new(cut.engine, cut.wanted),
            open: None,
            length: 0,
            hashes: Hashes::default(),
            md5: Md5::new(),
            sha1: Sha1::new(),
            first: FirstPiece::default(),
            first_sha1: Sha1::new(),
        }
    }

    /// Bytes wanted at once: whole pieces, or what fits of a large one, cut between leaves.
    fn room(&self) -> usize {
        let piece = self.cut.piece_length;
        let whole = (BUFFER as u64 / piece).min(PARTS) * piece;
        if whole > 0 {
            return whole as usize;
        }
        let done = self.open.as_ref().map_or(0, |(_, done)| *done);
        (piece - done).min(BUFFER as u64) as usize
    }

    /// Hashes bytes; fewer than [`Work::room`] are the last.
    fn take(&mut self, bytes: &[u8]) -> Result<(), StreamError> {
        let piece = self.cut.piece_length;
        let limit = self.cut.max_pieces.saturating_mul(piece);
        self.take_apart(bytes);
        self.length = self.length.saturating_add(bytes.len() as u64);
        if self.length > limit {
            return Err(StreamError::TooLong(limit));
        }
        let mut states: Vec<PieceState> = Vec::new();
        let mut done = 0;
        if let Some((state, before)) = self.open.take() {
            states.push(state);
            done = before;
        }
        // What fits the buffer fits `usize`; a piece that does not is one part.
        let step = usize::try_from(piece).unwrap_or(usize::MAX);
        let parts: Vec<&[u8]> = bytes.chunks(step).collect();
        let width = usize::try_from(piece).unwrap_or(usize::MAX).div_ceil(LEAF).next_power_of_two();
        states.resize_with(parts.len(), || PieceState::new(0, width));
        let mut feeds: Vec<Feed<'_>> =
            states.iter_mut().zip(parts).map(|(state, data)| Feed { state, data }).collect();
        self.hasher.advance(&mut feeds);
        done += bytes.len() as u64;
        if piece > BUFFER as u64 && done < piece {
            self.open = states.pop().map(|state| (state, done));
        }
        self.keep(&mut states);
        Ok(())
    }

    /// The digests that are not those of pieces, and the first piece by other code.
    fn take_apart(&mut self, bytes: &[u8]) {
        if self.cut.files.md5 {
            self.md5.update(bytes);
        }
        if self.cut.files.sha1 {
            self.sha1.update(bytes);
        }
        let left = self.cut.piece_length.saturating_sub(self.length).min(bytes.len() as u64);
        let first = bytes.get(..left as usize).unwrap_or_default();
        self.first_sha1.update(first);
        if self.cut.wanted.v2 {
            self.first.leaves.extend(first.chunks(LEAF).map(sha256));
        }
    }

    fn keep(&mut self, states: &mut [PieceState]) {
        if self.length <= self.cut.piece_length
            && let [only] = &mut *states
        {
            // A file of one piece has a tree of its own leaves alone (BEP 52, "pieces root").
            only.narrow((self.length as usize).div_ceil(LEAF).next_power_of_two());
        }
        let digests = self.hasher.finish(states);
        self.hashes.v1.extend(digests.v1);
        self.hashes.v2.extend(digests.v2);
    }

    fn finish(mut self) -> Streamed {
        if let Some((state, _)) = self.open.take() {
            self.keep(&mut [state]);
        }
        let mut hashes = self.hashes;
        hashes.done = vec![true; hashes.v1.len().max(hashes.v2.len())];
        if self.cut.files.md5 {
            hashes.file_md5.push(self.md5.finalize().into());
        }
        if self.cut.files.sha1 {
            hashes.file_sha1.push(self.sha1.finalize().into());
        }
        let first = FirstPiece { sha1: self.first_sha1.finalize().into(), ..self.first };
        Streamed { length: self.length, hashes, first }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::disk::Access;
    use crate::content::driver::{self, Job};
    use crate::content::open::{Source, Stamp};
    use crate::content::plan::{Extent, Space};

    /// Gives its bytes in parts of odd lengths.
    struct Drip<'a>(&'a [u8], usize);

    impl Read for Drip<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.1 = self.1 * 7 % 100_003 + 1;
            let count = self.1.min(buffer.len()).min(self.0.len());
            let (now, later) = self.0.split_at(count);
            buffer[..count].copy_from_slice(now);
            self.0 = later;
            Ok(count)
        }
    }

    fn cut<'a>(piece_length: u64, meter: &'a Meter, stop: &'a AtomicBool) -> Cut<'a> {
        Cut {
            piece_length,
            max_pieces: 1 << 21,
            wanted: Wanted { v1: true, v2: piece_length >= LEAF as u64 },
            files: FileDigests { md5: true, sha1: true },
            engine: Engine::detect(),
            meter,
            stop,
        }
    }

    #[test]
    fn a_stream_has_the_digests_of_a_file() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("f");
        let (meter, stop) = (Meter::default(), AtomicBool::new(false));
        let (leaf, buffer) = (LEAF as u64, BUFFER as u64);
        for (length, piece_length) in [
            (1, leaf),
            (leaf, leaf),
            (3 * leaf + 5, leaf),
            (3 * leaf + 5, 4 * leaf),
            (5 * leaf, 4 * leaf),
            (buffer, 1 << 20),
            (buffer + 1, 1 << 20),
            (3 * buffer + 77, 2 * buffer),
            (buffer + 1, 4 * buffer),
            (2 * buffer, 2 * buffer),
            (10_000, 3),
            (2 * buffer + 9, buffer + 17),
        ] {
            let bytes: Vec<u8> = (0..length).map(|at| (at.wrapping_mul(0x9e37_79b1) >> 13) as u8).collect();
            std::fs::write(&path, &bytes).unwrap();
            let cut = cut(piece_length, &meter, &stop);
            let streamed = hash(&mut Drip(&bytes, 1), &cut).unwrap();
            let space =
                Space::new(piece_length, length, vec![Extent { file: 0, offset: 0, length }]).unwrap();
            let source = Source { path: path.clone(), stamp: Stamp::expected(length), follow: false };
            let job = Job {
                space: &space,
                sources: &[source],
                wanted: cut.wanted,
                files: cut.files,
                skip: &[],
                engine: cut.engine,
                threads: 1,
                access: Access::Sequential,
                meter: &meter,
                stop: &stop,
            };
            let expected = driver::hash(&job).unwrap();
            let label = format!("{length} bytes in pieces of {piece_length}");
            assert_eq!(streamed.length, length, "{label}");
            assert_eq!(streamed.hashes.v1, expected.v1, "{label}");
            assert_eq!(streamed.hashes.v2, expected.v2, "{label}");
            assert_eq!(streamed.hashes.file_md5, expected.file_md5, "{label}");
            assert_eq!(streamed.hashes.file_sha1, expected.file_sha1, "{label}");
            assert_eq!(streamed.first.sha1, expected.v1[0], "{label}");
        }
    }

    #[test]
    fn more_pieces_than_may_be_are_refused_and_a_stop_is_heard() {
        let (meter, stop) = (Meter::default(), AtomicBool::new(false));
        let short = Cut { max_pieces: 2, ..cut(3, &meter, &stop) };
        assert!(hash(&mut &[0; 6][..], &short).is_ok());
        assert!(matches!(hash(&mut &[0; 7][..], &short), Err(StreamError::TooLong(6))));
        stop.store(true, Ordering::Relaxed);
        let stopped = hash(&mut &[0; 6][..], &short);
        assert!(matches!(stopped, Err(StreamError::Content(ContentError::Interrupted))));
    }
}
