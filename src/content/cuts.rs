//! Several torrents from one read: how one stream of bytes falls into the pieces of each.
//!
//! Pure. The files come one after the other, each from its beginning, in buffers; every cut (a piece space with
//! these files in it) takes from a buffer what belongs to its own pieces. A piece that is cut off at the end of a
//! buffer goes on in the next one, so that a cut needs no more memory than one open piece, whatever the piece length.

use std::ops::Range;

use super::digest::Wanted;
use super::plan::{Extent, Space};
use crate::hash::{BLOCK, Blocks, Engine, Sha1Digest, Sha1State, Sha1Work, Sha256Digest, merkle};

/// Zeros of the pieces that are taken at once, at most: half a second of work, after which an interrupt is seen.
const ZEROS: u64 = 8 * 1024 * 1024 * 1024;

/// One way to cut the files.
#[derive(Clone, Copy, Debug)]
pub struct Cut<'a> {
    /// Its piece space; extents refer to the files by their place in the stream.
    pub space: &'a Space,
    /// The digests it needs of each piece.
    pub wanted: Wanted,
}

/// Bytes of one file in a buffer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// Place of the file in the stream.
    pub file: usize,
    /// First byte in the file.
    pub offset: u64,
    /// Where they lie in the buffer.
    pub bytes: Range<usize>,
}

/// What a piece goes on with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Segment {
    /// These bytes of the buffer.
    Data(Range<usize>),
    /// So many zeros, which lie in no file.
    Zeros(u64),
}

/// What a buffer holds of one piece.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// The piece.
    pub piece: usize,
    /// Its segments, by index.
    pub segments: Range<usize>,
    /// Whether the piece is complete with it, its trailing zeros included.
    pub ends: bool,
}

/// What a buffer holds of some pieces, in order.
#[derive(Debug, Default)]
pub struct Stretches {
    /// The pieces.
    pub list: Vec<Stretch>,
    /// What they go on with.
    pub segments: Vec<Segment>,
}

/// Whether every piece of the space can be put together while the files pass by in their order: those that share
/// a piece have to follow each other, with no other file of the space between.
pub fn fits(space: &Space) -> bool {
    let by_file = by_file(space.extents());
    let follows = |one: &Extent, next: &Extent| {
        let place = by_file.partition_point(|&index| space.extents()[index as usize].file < one.file);
        by_file.get(place + 1).is_some_and(|&index| space.extents()[index as usize].file == next.file)
    };
    let length = space.piece_length();
    let apart = |one: &Extent, next: &Extent| (one.offset + one.length - 1) / length < next.offset / length;
    space.extents().windows(2).all(|pair| match pair {
        [one, next] => apart(one, next) || follows(one, next),
        _ => true,
    })
}

/// Extents by the place of their file; there are less than 2^32 of them, as of files in a torrent.
fn by_file(extents: &[Extent]) -> Vec<u32> {
    let mut order: Vec<u32> = (0..extents.len() as u32).collect();
    order.sort_unstable_by_key(|&index| extents[index as usize].file);
    order
}

/// Takes from buffers what belongs to the pieces of one cut.
#[derive(Debug)]
pub struct Walker<'a> {
    space: &'a Space,
    by_file: Vec<u32>,
    /// Where in the space the open piece ended in the last buffer.
    fed: u64,
    /// Where in the buffer it goes on: a run, and bytes of it that are taken.
    run: usize,
    taken: u64,
}

impl<'a> Walker<'a> {
    /// A walker before the first buffer.
    pub fn new(space: &'a Space) -> Self {
        Self { space, by_file: by_file(space.extents()), fed: 0, run: 0, taken: 0 }
    }

    /// Begins with a new buffer.
    pub fn rewind(&mut self) {
        (self.run, self.taken) = (0, 0);
    }

    /// The next pieces of a buffer, `most` of them at most, those left out that `skip` says; none at its end.
    pub fn next(&mut self, runs: &[Run], most: usize, skip: impl Fn(usize) -> bool) -> Stretches {
        let mut taken = Stretches::default();
        let mut zeros = 0;
        while let Some(run) = runs.get(self.run) {
            let length = run.bytes.len() as u64;
            let Some(extent) = self.extent(run.file) else {
                (self.run, self.taken) = (self.run + 1, 0);
                continue;
            };
            while self.taken < length {
                let at = extent.offset + run.offset + self.taken;
                let piece = usize::try_from(at / self.space.piece_length()).unwrap_or(usize::MAX);
                let range = self.space.piece(piece);
                let count = (range.end - at).min(length - self.taken);
                if !skip(piece) {
                    let goes_on = taken.list.last().is_some_and(|last| last.piece == piece);
                    if !goes_on && (taken.list.len() >= most || zeros >= ZEROS) {
                        return taken;
                    }
                    // No more than the buffer.
                    let start = run.bytes.start + self.taken as usize;
                    let bytes = start..start + count as usize;
                    let gap = at - if goes_on || range.contains(&self.fed) { self.fed } else { range.start };
                    zeros += taken.add(piece, gap, bytes);
                    self.fed = at + count;
                    if self.fed == range.start + self.space.data_end(piece) {
                        zeros += taken.end(range.end - self.fed);
                    }
                }
                self.taken += count;
            }
            (self.run, self.taken) = (self.run + 1, 0);
        }
        taken
    }

    fn extent(&self, file: usize) -> Option<Extent> {
        let extents = self.space.extents();
        let found = self.by_file.binary_search_by_key(&file, |&index| extents[index as usize].file);
        found.ok().map(|place| extents[self.by_file[place] as usize])
    }
}

impl Stretches {
    /// Adds bytes to the last piece, or to a new one, after a gap; tells how many zeros that are.
    fn add(&mut self, piece: usize, gap: u64, bytes: Range<usize>) -> u64 {
        if self.list.last().is_none_or(|last| last.piece != piece) {
            let at = self.segments.len();
            self.list.push(Stretch { piece, segments: at..at, ends: false });
        }
        let Some(last) = self.list.last_mut() else { return 0 };
        if gap > 0 {
            self.segments.push(Segment::Zeros(gap));
        }
        match self.segments[last.segments.start..].last_mut() {
            Some(Segment::Data(before)) if before.end == bytes.start => before.end = bytes.end,
            _ => self.segments.push(Segment::Data(bytes)),
        }
        last.segments.end = self.segments.len();
        gap
    }

    /// Ends the last piece with its trailing zeros.
    fn end(&mut self, zeros: u64) -> u64 {
        let Some(last) = self.list.last_mut() else { return 0 };
        if zeros > 0 {
            self.segments.push(Segment::Zeros(zeros));
            last.segments.end = self.segments.len();
        }
        last.ends = true;
        zeros
    }
}

/// The SHA-1 of a piece that comes in parts of any length.
#[derive(Clone, Debug)]
pub struct Sha1Stream {
    state: Sha1State,
    /// Bytes past the last whole block.
    tail: [u8; BLOCK],
    filled: usize,
}

impl Default for Sha1Stream {
    fn default() -> Self {
        Self { state: Sha1State::default(), tail: [0; BLOCK], filled: 0 }
    }
}

/// A piece, and what it goes on with.
#[derive(Debug)]
pub struct Sha1Feed<'a> {
    /// The piece so far.
    pub stream: &'a mut Sha1Stream,
    /// What comes next, in order.
    pub segments: &'a [Segment],
}

/// The part of a segment that is not in a tail.
#[derive(Clone, Copy)]
enum Rest<'a> {
    Data(&'a [u8]),
    Zeros(u64),
}

/// Moves all pieces on by their segments, side by side: the first of each, then the second.
pub fn advance(engine: &Engine, feeds: &mut [Sha1Feed<'_>], buffer: &[u8]) {
    let rounds = feeds.iter().map(|feed| feed.segments.len()).max().unwrap_or(0);
    let mut rests: Vec<Rest<'_>> = Vec::with_capacity(feeds.len());
    for round in 0..rounds {
        rests.clear();
        let mut works = Vec::new();
        for feed in feeds.iter_mut() {
            let rest = match feed.segments.get(round) {
                Some(Segment::Data(bytes)) => Rest::Data(&buffer[bytes.clone()]),
                Some(Segment::Zeros(zeros)) => Rest::Zeros(*zeros),
                None => Rest::Zeros(0),
            };
            let Sha1Stream { state, tail, filled } = &mut *feed.stream;
            rests.push(fill(tail, filled, rest));
            if *filled == BLOCK {
                *filled = 0;
                works.push(Sha1Work { state, blocks: Blocks::Data(&*tail) });
            }
        }
        engine.sha1_advance(&mut works);
        let mut works: Vec<Sha1Work<'_>> = Vec::with_capacity(feeds.len());
        for (feed, rest) in feeds.iter_mut().zip(&rests) {
            let Sha1Stream { state, tail, filled } = &mut *feed.stream;
            let blocks = match *rest {
                Rest::Data(data) => {
                    let (blocks, after) = data.split_at(data.len() - data.len() % BLOCK);
                    fill(tail, filled, Rest::Data(after));
                    Blocks::Data(blocks)
                }
                Rest::Zeros(zeros) => {
                    fill(tail, filled, Rest::Zeros(zeros % BLOCK as u64));
                    Blocks::Zeros(zeros / BLOCK as u64)
                }
            };
            works.push(Sha1Work { state, blocks });
        }
        engine.sha1_advance(&mut works);
    }
}

/// Fills a tail that has begun, or that takes all there is, up to a block; gives what is left.
fn fill<'a>(tail: &mut [u8; BLOCK], filled: &mut usize, from: Rest<'a>) -> Rest<'a> {
    let room = &mut tail[*filled..];
    match from {
        Rest::Data(data) if *filled > 0 || data.len() < BLOCK => {
            let (now, later) = data.split_at(data.len().min(room.len()));
            room[..now.len()].copy_from_slice(now);
            *filled += now.len();
            Rest::Data(later)
        }
        Rest::Zeros(zeros) if *filled > 0 || zeros < BLOCK as u64 => {
            // No more than a block.
            let now = zeros.min(room.len() as u64);
            room[..now as usize].fill(0);
            *filled += now as usize;
            Rest::Zeros(zeros - now)
        }
        all => all,
    }
}

/// The digests of pieces that are complete.
pub fn finish(engine: &Engine, streams: &[&Sha1Stream]) -> Vec<Sha1Digest> {
    let ends: Vec<(&Sha1State, &[u8])> =
        streams.iter().map(|stream| (&stream.state, &stream.tail[..stream.filled])).collect();
    let mut digests = vec![[0; 20]; streams.len()];
    engine.sha1_finish(&ends, &mut digests);
    digests
}

/// The digests of the v2 pieces of one file, from those of shorter pieces (BEP 52, "piece layers"): leaves are
/// the same for every piece length, and so are the nodes above them. `shorter` are the pieces of `length` bytes
/// of a file of `size` bytes.
pub fn longer_pieces(
    engine: &Engine,
    shorter: &[Sha256Digest],
    length: u64,
    piece_length: u64,
    size: u64,
) -> Vec<Sha256Digest> {
    if shorter.len() <= 1 {
        return shorter.to_vec();
    }
    let height = (length / merkle::LEAF as u64).trailing_zeros();
    if size <= piece_length {
        return merkle::root(engine, shorter, height).into_iter().collect();
    }
    // Both are powers of two, and there are more of the shorter ones than this in memory.
    let width = usize::try_from(piece_length / length).unwrap_or(usize::MAX);
    shorter.chunks(width).map(|nodes| merkle::root_of_width(engine, nodes, height, width)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::{sha1, sha256};

    fn space(piece_length: u64, length: u64, extents: &[(usize, u64, u64)]) -> Space {
        let extent = |&(file, offset, length): &(usize, u64, u64)| Extent { file, offset, length };
        Space::new(piece_length, length, extents.iter().map(extent).collect()).unwrap()
    }

    #[test]
    fn files_that_share_a_piece_have_to_follow_each_other() {
        assert!(fits(&space(10, 30, &[(0, 0, 15), (1, 15, 15)])));
        assert!(fits(&space(10, 30, &[(0, 0, 15), (7, 15, 15)])), "other files are none of its business");
        assert!(!fits(&space(10, 30, &[(1, 0, 15), (0, 15, 15)])));
        assert!(!fits(&space(10, 30, &[(0, 0, 15), (2, 15, 5), (1, 20, 10)])));
        assert!(fits(&space(10, 30, &[(1, 0, 10), (0, 10, 20)])), "each begins a piece");
    }

    /// Every piece of a cut, put together from buffers of any size, is what the space says.
    #[test]
    fn pieces_come_together_from_any_buffers() {
        let engine = Engine::detect();
        let lengths = [130u64, 1, 70, 200];
        let files: Vec<Vec<u8>> = lengths
            .iter()
            .map(|&length| (0..length).map(|byte| (byte * 7 + length) as u8).collect())
            .collect();
        let cuts = [
            space(100, 401, &[(0, 0, 130), (1, 130, 1), (2, 131, 70), (3, 201, 200)]),
            space(1, 401, &[(0, 0, 130), (1, 130, 1), (2, 131, 70), (3, 201, 200)]),
            // Pads between files that share a piece, a piece of nothing but zeros, and zeros at the end.
            space(256, 1024, &[(0, 0, 130), (1, 140, 1), (3, 700, 200)]),
            // Another order, where each begins a piece.
            space(128, 768, &[(3, 0, 200), (0, 256, 130), (2, 512, 70), (1, 640, 1)]),
        ];
        for cut in &cuts {
            assert!(fits(cut));
            for step in [1, 3, 64, 100, 4096] {
                let found = digests(&engine, cut, &files, step);
                for (piece, found) in found.iter().enumerate() {
                    let mut bytes = Vec::new();
                    for run in cut.runs(cut.piece(piece)) {
                        match run {
                            crate::content::plan::Run::Zeros(zeros) => {
                                bytes.resize(bytes.len() + zeros as usize, 0)
                            }
                            crate::content::plan::Run::File { file, offset, length } => {
                                bytes.extend(&files[file][offset as usize..(offset + length) as usize]);
                            }
                        }
                    }
                    let blank = cut.data_end(piece) == 0;
                    assert_eq!(*found, (!blank).then(|| sha1(&bytes)), "piece {piece}, step {step}");
                }
            }
        }
    }

    fn digests(engine: &Engine, cut: &Space, files: &[Vec<u8>], step: usize) -> Vec<Option<Sha1Digest>> {
        let mut found = vec![None; cut.pieces()];
        let mut walker = Walker::new(cut);
        let mut open: Option<Sha1Stream> = None;
        for (file, bytes) in files.iter().enumerate() {
            for (index, part) in bytes.chunks(step).enumerate() {
                let runs = [Run { file, offset: (index * step) as u64, bytes: 0..part.len() }];
                walker.rewind();
                loop {
                    let taken = walker.next(&runs, 2, |_| false);
                    if taken.list.is_empty() {
                        break;
                    }
                    for stretch in &taken.list {
                        let mut stream = open.take().unwrap_or_default();
                        let segments = &taken.segments[stretch.segments.clone()];
                        advance(engine, &mut [Sha1Feed { stream: &mut stream, segments }], part);
                        match stretch.ends {
                            true => found[stretch.piece] = Some(finish(engine, &[&stream])[0]),
                            false => open = Some(stream),
                        }
                    }
                }
            }
        }
        found
    }

    #[test]
    fn longer_pieces_are_made_of_shorter_ones() {
        let engine = Engine::detect();
        let leaf = merkle::LEAF as u64;
        for leaves in [1u64, 2, 3, 4, 5, 7, 8, 9, 33] {
            let size = leaves * leaf - 5;
            let digests: Vec<Sha256Digest> = (0..leaves).map(|leaf| sha256(&[leaf as u8])).collect();
            for shift in 1..7 {
                let piece_length = leaf << shift;
                let made = longer_pieces(&engine, &digests, leaf, piece_length, size);
                let height = piece_length.trailing_zeros() - leaf.trailing_zeros();
                assert_eq!(made.len() as u64, size.div_ceil(piece_length));
                assert_eq!(
                    merkle::root(&engine, &made, if made.len() > 1 { height } else { 0 }),
                    merkle::root(&engine, &digests, 0),
                    "{leaves} leaves, 2^{shift} a piece"
                );
            }
        }
    }
}
