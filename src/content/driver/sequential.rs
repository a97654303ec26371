//! One reader from the first byte to the last, for disks that want it; hashing goes on beside it.

use std::ops::Range;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use md5::Md5;
use sha1::{Digest as _, Sha1};

use super::fill::{Arena, Filler};
use super::{FileDigests, Hashes, Job, both};
use crate::content::digest::{Feed, Hasher, PieceState};
use crate::content::open::ContentError;
use crate::hash::merkle::LEAF;

/// Bytes of one buffer: eight pieces of the usual megabyte, so that some lanes are in use.
const BUFFER: usize = 8 * 1024 * 1024;
/// Buffers in all: one being filled, one being hashed, one between.
const BUFFERS: usize = 3;
/// Pieces of one buffer at most: each has a state, and a piece may be a single byte.
const PARTS: usize = 1024;

pub(super) fn hash(job: &Job<'_>, hashes: &mut Hashes) -> Result<(), ContentError> {
    let (full, filled) = sync_channel::<Buffer>(BUFFERS);
    let (empty, free) = sync_channel::<Buffer>(BUFFERS);
    for _ in 0..BUFFERS {
        // The channel holds as many as are put in, and its other end is alive.
        drop(empty.send(Buffer::default()));
    }
    thread::scope(|scope| {
        let reader = scope.spawn(move || Reader::new(job, full, free).read_all());
        let hashed = hash_all(job, filled, empty, hashes);
        both(hashed, reader.join().unwrap_or(Err(ContentError::Worker)))
    })
}

/// Bytes read, and what they belong to.
#[derive(Debug, Default)]
struct Buffer {
    bytes: Arena,
    parts: Vec<Part>,
    /// File of each run of bytes; only when whole-file digests are wanted.
    runs: Vec<(usize, Range<usize>)>,
}

#[derive(Debug)]
struct Part {
    piece: usize,
    bytes: Range<usize>,
    last: bool,
}

struct Reader<'a> {
    job: &'a Job<'a>,
    filler: Filler<'a>,
    full: SyncSender<Buffer>,
    free: Receiver<Buffer>,
    buffer: Buffer,
    used: usize,
}

impl<'a> Reader<'a> {
    fn new(job: &'a Job<'a>, full: SyncSender<Buffer>, free: Receiver<Buffer>) -> Self {
        let filler = Filler::new(job.space, job.sources);
        Self { job, filler, full, free, buffer: Buffer::default(), used: BUFFER }
    }

    fn read_all(mut self) -> Result<(), ContentError> {
        for piece in (0..self.job.space.pieces()).filter(|&piece| !self.job.is_skipped(piece)) {
            let start = self.job.space.piece(piece).start;
            self.read_piece(piece, start..start + self.job.space.data_end(piece))?;
        }
        self.send()?;
        self.filler.close()
    }

    fn read_piece(&mut self, piece: usize, mut rest: Range<u64>) -> Result<(), ContentError> {
        loop {
            if BUFFER - self.used < LEAF || self.buffer.parts.len() >= PARTS {
                self.send()?;
                let Ok(fresh) = self.free.recv() else { return Err(ContentError::Worker) };
                self.buffer = fresh;
                if self.buffer.bytes.is_empty() {
                    self.buffer.bytes = Arena::new(BUFFER);
                }
                self.used = 0;
            }
            self.job.check_stop()?;
            self.filler.read_ahead(rest.start);
            let room = (BUFFER - self.used) / LEAF * LEAF;
            let length = (rest.end - rest.start).min(room as u64);
            let range = rest.start..rest.start + length;
            rest.start = range.end;
            let bytes = self.used..self.used + length as usize;
            let runs = &mut self.buffer.runs;
            let read = self.filler.fill(range, &mut self.buffer.bytes, self.used, |file, run| {
                runs.push((file, run));
            })?;
            self.job.meter.add(read);
            self.used = bytes.end;
            self.buffer.parts.push(Part { piece, bytes, last: rest.is_empty() });
            if rest.is_empty() {
                return Ok(());
            }
        }
    }

    fn send(&mut self) -> Result<(), ContentError> {
        self.filler.flush(&mut self.buffer.bytes)?;
        let full = std::mem::take(&mut self.buffer);
        if full.parts.is_empty() {
            return Ok(());
        }
        self.full.send(full).map_err(|_| ContentError::Worker)
    }
}

fn hash_all(
    job: &Job<'_>,
    filled: Receiver<Buffer>,
    empty: SyncSender<Buffer>,
    hashes: &mut Hashes,
) -> Result<(), ContentError> {
    let mut hasher = Hasher::new(job.engine, job.wanted);
    let mut files = FileHasher::new(job.files, job.sources.len());
    let mut open: Option<(usize, PieceState)> = None;
    for mut buffer in filled {
        job.check_stop()?;
        files.advance(&buffer.bytes, buffer.runs.iter().cloned());
        let pieces: Vec<usize> = buffer.parts.iter().map(|part| part.piece).collect();
        let mut states: Vec<PieceState> = Vec::with_capacity(pieces.len());
        for &piece in &pieces {
            match open.take() {
                Some((carried, state)) if carried == piece => states.push(state),
                _ => states.push(job.state(piece)),
            }
        }
        let part_of = |(state, part): (_, &Part)| Feed { state, data: &buffer.bytes[part.bytes.clone()] };
        let mut feeds: Vec<Feed<'_>> = states.iter_mut().zip(&buffer.parts).map(part_of).collect();
        hasher.advance(&mut feeds);
        if buffer.parts.last().is_some_and(|part| !part.last)
            && let (Some(piece), Some(state)) = (pieces.last(), states.pop())
        {
            open = Some((*piece, state));
        }
        let digests = hasher.finish(&mut states);
        hashes.keep(pieces[..states.len()].iter().copied(), &digests);
        buffer.parts.clear();
        buffer.runs.clear();
        // The reader may have ended, and then needs no buffer back.
        drop(empty.send(buffer));
    }
    files.finish(hashes);
    Ok(())
}

/// Whole-file digests: files come one after the other, so one state of each kind is enough.
#[derive(Debug)]
pub(super) struct FileHasher {
    wanted: FileDigests,
    current: Option<usize>,
    md5: Md5,
    sha1: Sha1,
    md5s: Vec<[u8; 16]>,
    sha1s: Vec<[u8; 20]>,
}

impl FileHasher {
    pub(super) fn new(wanted: FileDigests, files: usize) -> Self {
        // Files without bytes never come by; theirs is the digest of nothing.
        let md5s = vec![Md5::digest([]).into(); if wanted.md5 { files } else { 0 }];
        let sha1s = vec![Sha1::digest([]).into(); if wanted.sha1 { files } else { 0 }];
        Self { wanted, current: None, md5: Md5::new(), sha1: Sha1::new(), md5s, sha1s }
    }

    /// Takes the next runs of files, each with where its bytes lie.
    pub(super) fn advance(&mut self, bytes: &[u8], runs: impl Iterator<Item = (usize, Range<usize>)>) {
        if self.wanted == FileDigests::default() {
            return;
        }
        for (file, run) in runs {
            if self.current != Some(file) {
                self.end_file();
                self.current = Some(file);
            }
            let data = &bytes[run];
            if self.wanted.md5 {
                self.md5.update(data);
            }
            if self.wanted.sha1 {
                self.sha1.update(data);
            }
        }
    }

    fn end_file(&mut self) {
        let Some(file) = self.current.take() else { return };
        if let Some(digest) = self.md5s.get_mut(file) {
            *digest = self.md5.finalize_reset().into();
        }
        if let Some(digest) = self.sha1s.get_mut(file) {
            *digest = self.sha1.finalize_reset().into();
        }
    }

    pub(super) fn finish(mut self, hashes: &mut Hashes) {
        self.end_file();
        hashes.file_md5 = self.md5s;
        hashes.file_sha1 = self.sha1s;
    }
}
