//! Several torrents from one read: one thread reads every file once, forward, and the pieces of all cuts are
//! hashed beside it.
//!
//! What a buffer holds of the pieces of all cuts is hashed side by side on all threads, so that lanes are full
//! where pieces are short or cuts are many. Leaves are hashed once: the v2 pieces of every cut are made of those of
//! the shortest one. In memory are two buffers and one open piece a cut, whatever the piece lengths.

use std::ops::Range;
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use super::fill::{Arena, Filler};
use super::sequential::FileHasher;
use super::{FileDigests, Hashes, MAX_THREADS, both, check, fill_blank, subtree_width};
use crate::content::cuts::{self, Cut, Run, Segment, Sha1Feed, Sha1Stream, Stretches, Walker};
use crate::content::open::{ContentError, Source};
use crate::content::plan::{self, Extent, Space};
use crate::hash::merkle::{LEAF, MerkleAccumulator};
use crate::hash::{Engine, Sha256Digest};
use crate::meter::Meter;

/// Bytes of one buffer: sixteen pieces of the usual megabyte, so that lanes are full.
const BUFFER: usize = 16 * 1024 * 1024;
/// Buffers in all: one being filled, one being hashed.
const BUFFERS: usize = 2;
/// Runs of files in one buffer at most, as files may be of a single byte.
const RUNS: usize = 16 * 1024;
/// Pieces that are hashed together at most, of all cuts: each has a state, and a piece may be a single byte.
const PARTS: usize = 4096;
/// Pieces of one cut that are taken at least, so that many cuts still fill the lanes.
const LEAST_PARTS: usize = 32;
/// Leaves that are one unit of work: a mebibyte.
const LEAVES: usize = 64;

/// What to read, and how it is cut.
#[derive(Clone, Copy, Debug)]
pub struct Together<'a> {
    /// The files in the order in which they are read; every one belongs to a cut.
    pub sources: &'a [Source],
    /// The cuts; each [fits](cuts::fits) that order, and its piece length is a power of two from 16 KiB if it wants
    /// v2 digests.
    pub cuts: &'a [Cut<'a>],
    /// Digests wanted of each file.
    pub files: FileDigests,
    /// Kernels.
    pub engine: Engine,
    /// Hashing threads; at least one.
    pub threads: usize,
    /// Whether the system is asked to fetch early.
    pub ahead: bool,
    /// Counts the bytes of files read.
    pub meter: &'a Meter,
    /// Ends the work when set.
    pub stop: &'a AtomicBool,
}

impl Together<'_> {
    fn check_stop(&self) -> Result<(), ContentError> {
        check(self.stop)
    }
}

/// Hashes the pieces of every cut that are not done yet, and gives the digests of whole files. What was done before
/// an error stays done.
///
/// # Errors
/// As [`super::hash`].
pub fn hash_together(job: &Together<'_>, hashes: &mut [Hashes]) -> Result<Hashes, ContentError> {
    let shortest = Base::space(job);
    let base = shortest.as_ref().map(|space| Base::new(space, job, hashes));
    let stream = Stream::new(job)?;
    let needed = stream.needed(job, base.as_ref(), hashes);
    let mut work = Work::new(job, base, hashes);
    let (full, filled) = sync_channel::<Buffer>(BUFFERS);
    let (empty, free) = sync_channel::<Buffer>(BUFFERS);
    for _ in 0..BUFFERS {
        // The channel holds as many as are put in, and its other end is alive.
        drop(empty.send(Buffer::default()));
    }
    let result = thread::scope(|scope| {
        let reader = scope.spawn(|| Reader::new(job, &stream, full, free).read_all(&needed));
        let hashed = work.take_all(filled, empty);
        both(hashed, reader.join().unwrap_or(Err(ContentError::Worker)))
    });
    let files = work.settle();
    result?;
    for (cut, hashes) in job.cuts.iter().zip(hashes.iter_mut()) {
        fill_blank(cut.space, job.engine, &[], job.stop, hashes)?;
    }
    Ok(files)
}

/// The files one after the other, without what lies between them in any torrent.
struct Stream {
    space: Space,
    starts: Vec<u64>,
    length: u64,
}

impl Stream {
    fn new(job: &Together<'_>) -> Result<Self, ContentError> {
        let (mut starts, mut extents, mut length) = (Vec::new(), Vec::new(), 0u64);
        for (file, source) in job.sources.iter().enumerate() {
            starts.push(length);
            let bytes = source.stamp.length;
            if bytes > 0 {
                extents.push(Extent { file, offset: length, length: bytes });
            }
            length = length.saturating_add(bytes);
        }
        // Files one after the other overlap only where their sum is beyond all numbers.
        let space = Space::new(LEAF as u64, length, extents).map_err(|_| ContentError::Worker)?;
        Ok(Self { space, starts, length })
    }

    /// The stretches that a piece which is not done lies in, whole leaves each, in order.
    fn needed(&self, job: &Together<'_>, base: Option<&Base<'_>>, hashes: &[Hashes]) -> Vec<Range<u64>> {
        let nothing_done = hashes.iter().all(|hashes| !hashes.done.contains(&true));
        if nothing_done || job.files != FileDigests::default() {
            return std::iter::once(0..self.length).collect();
        }
        let mut ranges = Vec::new();
        let v1 = job.cuts.iter().zip(hashes).filter(|(cut, _)| cut.wanted.v1);
        let spaces = v1.map(|(cut, hashes)| (cut.space, &hashes.done));
        for (space, done) in spaces.chain(base.map(|base| (base.space, &base.done))) {
            for piece in (0..space.pieces()).filter(|&piece| !done.get(piece).copied().unwrap_or(false)) {
                ranges.extend(space.runs(space.piece(piece)).filter_map(|run| self.leaves_of(run)));
            }
        }
        ranges.sort_unstable_by_key(|range: &Range<u64>| range.start);
        ranges.dedup_by(|next, before| {
            let touches = next.start <= before.end;
            if touches {
                before.end = before.end.max(next.end);
            }
            touches
        });
        ranges
    }

    fn leaves_of(&self, run: plan::Run) -> Option<Range<u64>> {
        let plan::Run::File { file, offset, length } = run else { return None };
        let start = *self.starts.get(file)?;
        let end = self.starts.get(file + 1).copied().unwrap_or(self.length);
        let leaf = LEAF as u64;
        Some(start + offset / leaf * leaf..(start + (offset + length).next_multiple_of(leaf)).min(end))
    }
}

/// Bytes read, and what they are.
#[derive(Debug, Default)]
struct Buffer {
    bytes: Arena,
    runs: Vec<Run>,
}

struct Reader<'a> {
    job: &'a Together<'a>,
    stream: &'a Stream,
    filler: Filler<'a>,
    full: SyncSender<Buffer>,
    free: Receiver<Buffer>,
    buffer: Buffer,
    used: usize,
}

impl<'a> Reader<'a> {
    fn new(
        job: &'a Together<'a>,
        stream: &'a Stream,
        full: SyncSender<Buffer>,
        free: Receiver<Buffer>,
    ) -> Self {
        let filler = Filler::new(&stream.space, job.sources);
        Self { job, stream, filler, full, free, buffer: Buffer::default(), used: BUFFER }
    }

    fn read_all(mut self, needed: &[Range<u64>]) -> Result<(), ContentError> {
        for range in needed {
            for run in self.stream.space.runs(range.clone()) {
                if let plan::Run::File { file, offset, length } = run {
                    self.read_file(file, offset..offset + length)?;
                }
            }
        }
        self.send()?;
        self.filler.close()
    }

    /// Reads bytes of a file, cut between leaves where they are cut.
    fn read_file(&mut self, file: usize, mut rest: Range<u64>) -> Result<(), ContentError> {
        while !rest.is_empty() {
            self.job.check_stop()?;
            let left = rest.end - rest.start;
            let room = match BUFFER - self.used {
                room if left <= room as u64 => left,
                room => (room / LEAF * LEAF) as u64,
            };
            if room == 0 || self.buffer.runs.len() >= RUNS {
                self.send()?;
                self.refill()?;
                continue;
            }
            let start = self.stream.starts[file] + rest.start;
            if self.job.ahead {
                self.filler.read_ahead(start);
            }
            let bytes = self.used..self.used + room as usize;
            let read =
                self.filler.fill(start..start + room, &mut self.buffer.bytes, bytes.start, |_, _| {})?;
            self.job.meter.add(read);
            self.used = bytes.end;
            self.buffer.runs.push(Run { file, offset: rest.start, bytes });
            rest.start += room;
        }
        Ok(())
    }

    fn refill(&mut self) -> Result<(), ContentError> {
        let Ok(fresh) = self.free.recv() else { return Err(ContentError::Worker) };
        self.buffer = fresh;
        if self.buffer.bytes.is_empty() {
            // Content that is shorter than a buffer needs no more than itself.
            let length = self.stream.length.min(BUFFER as u64);
            self.buffer.bytes = Arena::new(length as usize);
        }
        self.used = 0;
        Ok(())
    }

    fn send(&mut self) -> Result<(), ContentError> {
        self.filler.flush(&mut self.buffer.bytes)?;
        let full = std::mem::take(&mut self.buffer);
        self.used = BUFFER;
        if full.runs.is_empty() {
            return Ok(());
        }
        self.full.send(full).map_err(|_| ContentError::Worker)
    }
}

/// The v2 pieces that those of all cuts are made of: every file that a cut wants v2 digests of, in the shortest
/// pieces of all.
struct Base<'a> {
    space: &'a Space,
    walker: Walker<'a>,
    open: Option<(usize, MerkleAccumulator)>,
    digests: Vec<Sha256Digest>,
    done: Vec<bool>,
}

impl<'a> Base<'a> {
    /// The files that v2 digests are wanted of, in the shortest pieces of all.
    fn space(job: &Together<'_>) -> Option<Space> {
        let spaces = || job.cuts.iter().filter(|cut| cut.wanted.v2).map(|cut| cut.space);
        let length = spaces().map(Space::piece_length).min()?;
        let mut lengths = vec![0; job.sources.len()];
        for extent in spaces().flat_map(Space::extents) {
            lengths[extent.file] = extent.length;
        }
        let (mut end, mut extents) = (0u64, Vec::new());
        for (file, &bytes) in lengths.iter().enumerate().filter(|(_, bytes)| **bytes > 0) {
            let offset = end.next_multiple_of(length);
            extents.push(Extent { file, offset, length: bytes });
            end = offset + bytes;
        }
        // Files one after the other do not overlap.
        Space::new(length, end, extents).ok()
    }

    fn new(space: &'a Space, job: &Together<'_>, hashes: &[Hashes]) -> Self {
        let pieces = space.pieces();
        let (digests, done) = (vec![[0; 32]; pieces], vec![false; pieces]);
        let mut base = Self { space, walker: Walker::new(space), open: None, digests, done };
        let alike = |cut: &Cut<'_>| cut.wanted.v2 && cut.space.piece_length() == space.piece_length();
        for (cut, hashes) in job.cuts.iter().zip(hashes).filter(|(cut, _)| alike(cut)) {
            base.learn(cut.space, hashes);
        }
        base
    }

    /// Takes what is known of a cut with pieces of the same length.
    fn learn(&mut self, space: &Space, hashes: &Hashes) {
        for extent in space.extents() {
            let Some(pieces) = self.pieces(extent.file) else { continue };
            let first = (extent.offset / space.piece_length()) as usize;
            for (index, piece) in pieces.enumerate().filter(|(index, _)| hashes.done[first + index]) {
                self.digests[piece] = hashes.v2[first + index];
                self.done[piece] = true;
            }
        }
    }

    /// The pieces of a file.
    fn pieces(&self, file: usize) -> Option<Range<usize>> {
        let extents = self.space.extents();
        let extent = extents.get(extents.binary_search_by_key(&file, |extent| extent.file).ok()?)?;
        // As many as the digests there are.
        let first = (extent.offset / self.space.piece_length()) as usize;
        Some(first..first + extent.length.div_ceil(self.space.piece_length()) as usize)
    }

    /// Gives a cut its v2 digests, as far as they are known; tells which are.
    fn give(&self, engine: &Engine, space: &Space, digests: &mut [Sha256Digest]) -> Vec<bool> {
        let mut done = vec![false; space.pieces()];
        let (short, long) = (self.space.piece_length(), space.piece_length());
        for extent in space.extents() {
            let Some(pieces) = self.pieces(extent.file) else { continue };
            let first = (extent.offset / long) as usize;
            if short == long {
                let count = pieces.len();
                digests[first..first + count].copy_from_slice(&self.digests[pieces.clone()]);
                done[first..first + count].copy_from_slice(&self.done[pieces]);
            } else if !self.done[pieces.clone()].contains(&false) {
                let longer = cuts::longer_pieces(engine, &self.digests[pieces], short, long, extent.length);
                digests[first..first + longer.len()].copy_from_slice(&longer);
                done[first..first + longer.len()].fill(true);
            }
        }
        done
    }

    /// The next pieces in a buffer, each with its tree so far.
    fn take(&mut self, runs: &[Run], most: usize) -> Taken<MerkleAccumulator> {
        let taken = self.walker.next(runs, most, |piece| self.done[piece]);
        Taken::new(taken, &mut self.open)
    }

    /// Gives the trees their leaves, in order.
    fn keep(&mut self, engine: &Engine, mut taken: Taken<MerkleAccumulator>, mut leaves: &[Sha256Digest]) {
        let mut pushes = Vec::with_capacity(taken.states.len());
        for (stretch, tree) in taken.stretches.list.iter().zip(&mut taken.states) {
            let segments = &taken.stretches.segments[stretch.segments.clone()];
            let count = segments.iter().map(|segment| data(segment).len().div_ceil(LEAF)).sum();
            let (own, others) = leaves.split_at(count);
            leaves = others;
            pushes.push((tree, own));
        }
        MerkleAccumulator::push_many(engine, &mut pushes);
        let (pieces, trees) = taken.ended(&mut self.open);
        for (piece, tree) in pieces.into_iter().zip(trees) {
            self.digests[piece] = tree.finish(subtree_width(self.space, piece));
            self.done[piece] = true;
        }
    }
}

/// The v1 pieces of one cut on their way.
struct V1<'a> {
    cut: usize,
    walker: Walker<'a>,
    done: Vec<bool>,
    open: Option<(usize, Sha1Stream)>,
}

/// What was taken of a buffer for one cut: pieces, each with its state.
#[derive(Default)]
struct Taken<S> {
    stretches: Stretches,
    states: Vec<S>,
}

impl<S: Default> Taken<S> {
    fn new(stretches: Stretches, open: &mut Option<(usize, S)>) -> Self {
        let states = stretches.list.iter().map(|stretch| match open.take() {
            Some((piece, state)) if piece == stretch.piece => state,
            _ => S::default(),
        });
        let states = states.collect();
        Self { stretches, states }
    }

    fn is_empty(&self) -> bool {
        self.states.is_empty()
    }

    /// The pieces that are complete; the last one stays open if it is not.
    fn ended(mut self, open: &mut Option<(usize, S)>) -> (Vec<usize>, Vec<S>) {
        if let Some(last) = self.stretches.list.last().filter(|last| !last.ends)
            && let Some(state) = self.states.pop()
        {
            *open = Some((last.piece, state));
        }
        let pieces = self.stretches.list.iter().take(self.states.len()).map(|stretch| stretch.piece);
        (pieces.collect(), self.states)
    }
}

/// A part of the work on a buffer that any thread can do.
enum Unit<'u, 'b> {
    Sha1(&'u mut [Sha1Feed<'u>]),
    Leaves(&'u [&'b [u8]], &'u mut [Sha256Digest]),
    Files(&'u mut FileHasher),
}

struct Work<'a, 'h> {
    job: &'a Together<'a>,
    hashes: &'h mut [Hashes],
    v1: Vec<V1<'a>>,
    base: Option<Base<'a>>,
    files: FileHasher,
    workers: usize,
}

impl<'a, 'h> Work<'a, 'h> {
    fn new(job: &'a Together<'a>, base: Option<Base<'a>>, hashes: &'h mut [Hashes]) -> Self {
        let v1 = job.cuts.iter().zip(hashes.iter()).enumerate().filter(|(_, (cut, _))| cut.wanted.v1);
        let begin = |(index, (cut, hashes)): (usize, (&'a Cut<'a>, &Hashes))| V1 {
            cut: index,
            walker: Walker::new(cut.space),
            done: hashes.done.clone(),
            open: None,
        };
        let v1 = v1.map(begin).collect();
        let files = FileHasher::new(job.files, job.sources.len());
        let workers = job.threads.clamp(1, MAX_THREADS);
        Self { job, hashes, v1, base, files, workers }
    }

    fn take_all(&mut self, filled: Receiver<Buffer>, empty: SyncSender<Buffer>) -> Result<(), ContentError> {
        for mut buffer in filled {
            self.take(&buffer)?;
            buffer.runs.clear();
            // The reader may have ended, and then needs no buffer back.
            drop(empty.send(buffer));
        }
        Ok(())
    }

    fn take(&mut self, buffer: &Buffer) -> Result<(), ContentError> {
        let most = (PARTS / (self.v1.len() + 1)).max(LEAST_PARTS);
        self.v1.iter_mut().for_each(|v1| v1.walker.rewind());
        self.base.iter_mut().for_each(|base| base.walker.rewind());
        let mut files = Some(&mut self.files).filter(|_| self.job.files != FileDigests::default());
        loop {
            self.job.check_stop()?;
            let mut v1: Vec<_> = self.v1.iter_mut().map(|v1| v1.take(&buffer.runs, most)).collect();
            let v2 = self.base.as_mut().map(|base| base.take(&buffer.runs, most)).unwrap_or_default();
            if v1.iter().all(Taken::is_empty) && v2.is_empty() && files.is_none() {
                return Ok(());
            }
            let messages = messages(&v2.stretches, &buffer.bytes);
            let mut leaves = vec![[0; 32]; messages.len()];
            let with = (self.job.engine, self.workers);
            hash_units(with, buffer, &mut v1, (&messages, &mut leaves), files.take());
            for (cut, taken) in self.v1.iter_mut().zip(v1) {
                cut.keep(&self.job.engine, taken, &mut self.hashes[cut.cut]);
            }
            if let Some(base) = &mut self.base {
                base.keep(&self.job.engine, v2, &leaves);
            }
        }
    }

    /// Gives every cut the digests there are, and those of whole files.
    fn settle(self) -> Hashes {
        for V1 { cut, done, .. } in self.v1 {
            self.hashes[cut].done = done;
        }
        for (cut, hashes) in self.job.cuts.iter().zip(self.hashes.iter_mut()) {
            let Some(base) = self.base.as_ref().filter(|_| cut.wanted.v2) else { continue };
            let known = base.give(&self.job.engine, cut.space, &mut hashes.v2);
            let blank = |piece| cut.space.data_end(piece) == 0;
            for (piece, (done, known)) in hashes.done.iter_mut().zip(known).enumerate() {
                *done = (known || blank(piece)) && (*done || !cut.wanted.v1);
            }
        }
        let mut files = Hashes::default();
        self.files.finish(&mut files);
        files
    }
}

impl V1<'_> {
    /// The next pieces in a buffer, each with its state so far.
    fn take(&mut self, runs: &[Run], most: usize) -> Taken<Sha1Stream> {
        let taken = self.walker.next(runs, most, |piece| self.done[piece]);
        Taken::new(taken, &mut self.open)
    }

    fn keep(&mut self, engine: &Engine, taken: Taken<Sha1Stream>, hashes: &mut Hashes) {
        let (pieces, states) = taken.ended(&mut self.open);
        let digests = cuts::finish(engine, &states.iter().collect::<Vec<_>>());
        for (piece, digest) in pieces.into_iter().zip(digests) {
            hashes.v1[piece] = digest;
            self.done[piece] = true;
        }
    }
}

/// Bytes of a segment that lie in a file.
fn data(segment: &Segment) -> Range<usize> {
    match segment {
        Segment::Data(bytes) => bytes.clone(),
        Segment::Zeros(_) => 0..0,
    }
}

/// The leaves of v2 pieces: a file is cut between them alone.
fn messages<'b>(stretches: &Stretches, bytes: &'b [u8]) -> Vec<&'b [u8]> {
    stretches.segments.iter().flat_map(|segment| bytes[data(segment)].chunks(LEAF)).collect()
}

/// Hashes what was taken of a buffer, on all threads.
fn hash_units(
    (engine, workers): (Engine, usize),
    buffer: &Buffer,
    taken: &mut [Taken<Sha1Stream>],
    (messages, digests): (&[&[u8]], &mut [Sha256Digest]),
    files: Option<&mut FileHasher>,
) {
    let mut feeds: Vec<Sha1Feed<'_>> = Vec::new();
    for Taken { stretches, states } in taken {
        let segments = |range: &Range<usize>| &stretches.segments[range.clone()];
        let pieces = states.iter_mut().zip(&stretches.list);
        feeds.extend(
            pieces.map(|(stream, stretch)| Sha1Feed { stream, segments: segments(&stretch.segments) }),
        );
    }
    let share = feeds.len().div_ceil(workers).max(1);
    let files = files.map(Unit::Files);
    let leaves = messages.chunks(LEAVES).zip(digests.chunks_mut(LEAVES));
    let leaves = leaves.map(|(messages, digests)| Unit::Leaves(messages, digests));
    // The longest first.
    let units: Vec<Unit<'_, '_>> =
        files.into_iter().chain(feeds.chunks_mut(share).map(Unit::Sha1)).chain(leaves).collect();
    let workers = workers.min(units.len());
    let queue = Mutex::new(units.into_iter());
    let work = || {
        while let Some(unit) = queue.lock().ok().and_then(|mut units| units.next()) {
            match unit {
                Unit::Sha1(feeds) => cuts::advance(&engine, feeds, &buffer.bytes),
                Unit::Leaves(messages, digests) => engine.sha256_many(messages, digests),
                Unit::Files(files) => {
                    files.advance(&buffer.bytes, buffer.runs.iter().map(|run| (run.file, run.bytes.clone())));
                }
            }
        }
    };
    thread::scope(|scope| {
        for _ in 1..workers {
            // Where the system has no thread to spare, those there are do the work.
            if thread::Builder::new().spawn_scoped(scope, work).is_err() {
                break;
            }
        }
        work();
    });
}
