//! Every worker takes batches of neighbouring pieces and reads them side by side.

use std::ops::Range;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use super::fill::{Arena, Filler};
use super::{ARENA, CHUNK, Hashes, Job, MAX_THREADS, both};
use crate::content::digest::{Feed, Hasher, PieceState};
use crate::content::open::ContentError;

/// Pieces of a batch whose data is a chunk or more each: the lanes of the widest kernel.
const LANES: usize = 16;
/// Pieces of a batch at most, however little data they have: enough to refill lanes that end early
/// when most of a piece is padding.
const BATCH: usize = 128;
/// How far ahead of a lane the system is asked to read when the content is not cached.
const AHEAD: u64 = 1024 * 1024;
/// Pieces whose trailing zeros are hashed together: enough that the last ones, which leave lanes empty, are
/// few.
const PENDING: usize = 256;
/// Trailing zeros beyond which no more pieces are waited for: half a second of work, after which an interrupt
/// is seen.
const PENDING_ZEROS: u64 = 8 * 1024 * 1024 * 1024;

pub(super) fn hash(job: &Job<'_>, ahead: bool, hashes: &mut Hashes) -> Result<(), ContentError> {
    let shared = Shared {
        job,
        ahead,
        next: Mutex::new(0),
        hashes: Mutex::new(hashes),
        failed: AtomicBool::new(false),
    };
    let workers = job.threads.min(MAX_THREADS).clamp(1, job.space.pieces().max(1));
    thread::scope(|scope| {
        // Where the system has no thread to spare, those there are do the work.
        let start = |_| thread::Builder::new().spawn_scoped(scope, || shared.work()).ok();
        let others: Vec<_> = (1..workers).map_while(start).collect();
        let mut result = shared.work();
        for other in others {
            result = both(result, other.join().unwrap_or(Err(ContentError::Worker)));
        }
        result
    })
}

struct Shared<'a, 'h> {
    job: &'a Job<'a>,
    ahead: bool,
    /// The first piece nobody has taken.
    next: Mutex<usize>,
    hashes: Mutex<&'h mut Hashes>,
    /// Set by a worker that failed, so that the others stop.
    failed: AtomicBool,
}

/// A piece being read.
struct Lane {
    piece: usize,
    /// Bytes of the space still to be read, up to the piece's trailing zeros.
    rest: Range<u64>,
}

/// Bytes of the arena that belong to one lane.
struct Part {
    lane: usize,
    bytes: Range<usize>,
}

impl Shared<'_, '_> {
    fn work(&self) -> Result<(), ContentError> {
        let result = self.work_until_done();
        if result.is_err() {
            self.failed.store(true, Ordering::Relaxed);
        }
        result
    }

    fn work_until_done(&self) -> Result<(), ContentError> {
        let mut worker = Worker {
            shared: self,
            filler: Filler::new(self.job.space, self.job.sources),
            hasher: Hasher::new(self.job.engine, self.job.wanted),
            arena: Arena::new(ARENA),
            pending: Pending::default(),
        };
        while let Some(lanes) = self.take()? {
            worker.run(lanes)?;
        }
        worker.finish()?;
        worker.filler.close()
    }

    /// The next batch: neighbours, as many as keep the lanes full, fewer towards the end so that all
    /// workers end together.
    fn take(&self) -> Result<Option<Vec<Lane>>, ContentError> {
        let job = self.job;
        let mut next = self.next.lock().map_err(|_| ContentError::Worker)?;
        let share = (job.space.pieces() - *next).div_ceil(job.threads.max(1));
        let (mut lanes, mut bytes, mut zeros) = (Vec::new(), 0, 0);
        while *next < job.space.pieces() && lanes.len() < share.clamp(1, BATCH) {
            if lanes.len() >= LANES && (bytes >= ARENA || zeros >= PENDING_ZEROS) {
                break;
            }
            let piece = *next;
            *next += 1;
            if job.is_skipped(piece) {
                continue;
            }
            let space = job.space.piece(piece);
            let rest = space.start..space.start + job.space.data_end(piece);
            bytes += (rest.end - rest.start).min(CHUNK as u64) as usize;
            zeros += space.end - rest.end;
            lanes.push(Lane { piece, rest });
        }
        Ok((!lanes.is_empty()).then_some(lanes))
    }
}

/// Pieces whose bytes were all read.
#[derive(Default)]
struct Pending {
    pieces: Vec<usize>,
    states: Vec<PieceState>,
    zeros: u64,
}

struct Worker<'a, 'h> {
    shared: &'a Shared<'a, 'h>,
    filler: Filler<'a>,
    hasher: Hasher,
    arena: Arena,
    pending: Pending,
}

impl Worker<'_, '_> {
    fn run(&mut self, mut lanes: Vec<Lane>) -> Result<(), ContentError> {
        let job = self.shared.job;
        let mut states: Vec<PieceState> = lanes.iter().map(|lane| job.state(lane.piece)).collect();
        loop {
            if self.shared.failed.load(Ordering::Relaxed) {
                return Err(ContentError::Worker);
            }
            job.check_stop()?;
            let parts = self.read(&mut lanes)?;
            if parts.is_empty() {
                break;
            }
            let mut rest = states.iter_mut().enumerate();
            let mut feeds = Vec::with_capacity(parts.len());
            for part in &parts {
                // Parts come in the order of their lanes, so one pass finds every state.
                let Some((_, state)) = rest.find(|(lane, _)| *lane == part.lane) else { break };
                feeds.push(Feed { state, data: &self.arena[part.bytes.clone()] });
            }
            self.hasher.advance(&mut feeds);
        }
        self.pending.zeros += states.iter().map(PieceState::zeros).sum::<u64>();
        self.pending.pieces.extend(lanes.iter().map(|lane| lane.piece));
        self.pending.states.append(&mut states);
        if self.pending.zeros < PENDING_ZEROS && self.pending.states.len() < PENDING {
            return Ok(());
        }
        self.finish()
    }

    /// Ends the pieces that were read.
    fn finish(&mut self) -> Result<(), ContentError> {
        let digests = self.hasher.finish(&mut self.pending.states);
        let mut hashes = self.shared.hashes.lock().map_err(|_| ContentError::Worker)?;
        hashes.keep(self.pending.pieces.drain(..), &digests);
        self.pending.states.clear();
        self.pending.zeros = 0;
        Ok(())
    }

    /// Reads the next chunk of every lane that has one, as far as the arena goes.
    fn read(&mut self, lanes: &mut [Lane]) -> Result<Vec<Part>, ContentError> {
        if self.shared.ahead {
            self.read_ahead(lanes);
        }
        let (mut parts, mut used, mut read) = (Vec::new(), 0, 0);
        for (index, lane) in lanes.iter_mut().enumerate().filter(|(_, lane)| !lane.rest.is_empty()) {
            let length = (lane.rest.end - lane.rest.start).min(CHUNK as u64);
            let start = Arena::place(used);
            let bytes = start..start + length as usize;
            if bytes.end > ARENA {
                break;
            }
            let range = lane.rest.start..lane.rest.start + length;
            lane.rest.start = range.end;
            read += self.filler.fill(range, &mut self.arena, start, |_, _| {})?;
            used = bytes.end;
            parts.push(Part { lane: index, bytes });
        }
        self.filler.flush(&mut self.arena)?;
        self.shared.job.meter.add(read);
        Ok(parts)
    }

    fn read_ahead(&self, lanes: &[Lane]) {
        for lane in lanes.iter().filter(|lane| !lane.rest.is_empty()) {
            let start = self.shared.job.space.piece(lane.piece).start;
            if (lane.rest.start - start).is_multiple_of(AHEAD) {
                self.filler.advise(lane.rest.start..lane.rest.end.min(lane.rest.start + AHEAD));
            }
        }
    }
}
