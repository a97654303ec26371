//! Fills buffers with ranges of the piece space.
//!
//! Owns a worker's open files. Neighbouring ranges of one file become one read.

use std::ops::{Deref, DerefMut, Range};

use crate::content::open::{ContentError, Directory, Opened, Source};
use crate::content::plan::{Run, Space};

/// Open files a worker keeps: more than the sixteen lanes of one batch, few enough for the usual
/// limit of descriptors with many workers.
const OPEN_FILES: usize = 32;

/// How far ahead of a reader that goes forward the system is asked to fetch, so that the disk never waits for us.
const AHEAD: u64 = 16 * 1024 * 1024;

/// Where buffers begin. The kernel copies with `rep movsb`, which on Zen 3 and Zen 4 takes four times as
/// long when the target lies 1 to 63 bytes further into its page than the source into its own; what an
/// allocator hands out lies 16 bytes in, and files are read from where pages begin.
const PAGE: usize = 4096;
/// What a part of a buffer begins at a multiple of, for the same reason.
const ALIGNMENT: usize = 64;

/// A buffer that begins where a page does.
#[derive(Debug, Default)]
pub(super) struct Arena {
    bytes: Vec<u8>,
    start: usize,
}

impl Arena {
    /// A buffer of `length` bytes.
    pub(super) fn new(length: usize) -> Self {
        let bytes = vec![0u8; length + PAGE];
        let start = bytes.as_ptr().align_offset(PAGE).min(PAGE);
        Self { bytes, start }
    }

    /// The first place at or after `used` where a part may begin.
    pub(super) fn place(used: usize) -> usize {
        used.next_multiple_of(ALIGNMENT)
    }
}

impl Deref for Arena {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        let length = self.bytes.len().saturating_sub(PAGE);
        &self.bytes[self.start..][..length]
    }
}

impl DerefMut for Arena {
    fn deref_mut(&mut self) -> &mut [u8] {
        let length = self.bytes.len().saturating_sub(PAGE);
        &mut self.bytes[self.start..][..length]
    }
}

/// Reads ranges of the piece space into a buffer.
#[derive(Debug)]
pub(super) struct Filler<'a> {
    space: &'a Space,
    sources: &'a [Source],
    directory: Directory,
    open: Vec<OpenFile>,
    uses: u64,
    pending: Option<Read>,
    /// How far the space has been asked to be read ahead.
    advised: u64,
}

#[derive(Debug)]
struct OpenFile {
    file: usize,
    opened: Opened,
    used: u64,
}

/// A read that may still grow.
#[derive(Debug)]
struct Read {
    file: usize,
    offset: u64,
    into: Range<usize>,
}

impl<'a> Filler<'a> {
    pub(super) fn new(space: &'a Space, sources: &'a [Source]) -> Self {
        let (open, pending) = (Vec::new(), None);
        Self { space, sources, directory: Directory::default(), open, uses: 0, pending, advised: 0 }
    }

    /// Puts the bytes of `range` at `at` in the buffer, some of them only after [`Filler::flush`].
    /// Gives the number of bytes that come from files, and calls `each` for every one of their runs.
    pub(super) fn fill(
        &mut self,
        range: Range<u64>,
        buffer: &mut [u8],
        mut at: usize,
        mut each: impl FnMut(usize, Range<usize>),
    ) -> Result<u64, ContentError> {
        let mut read = 0;
        for run in self.space.runs(range) {
            let length = usize::try_from(run.length()).unwrap_or(usize::MAX);
            let into = at..at + length;
            at = into.end;
            match run {
                Run::Zeros(_) => buffer[into].fill(0),
                Run::File { file, offset, length } => {
                    read += length;
                    each(file, into.clone());
                    self.plan(Read { file, offset, into }, buffer)?;
                }
            }
        }
        Ok(read)
    }

    /// Asks for the next stretch, once half of the last one is read, where the space is read forward.
    pub(super) fn read_ahead(&mut self, position: u64) {
        if position + AHEAD / 2 < self.advised {
            return;
        }
        let from = self.advised.max(position);
        self.advised = position + AHEAD;
        let end = self.space.piece(self.space.pieces().saturating_sub(1)).end;
        self.advise(from..self.advised.min(end));
    }

    /// Asks for a range of the space to be read ahead. A file that can't be opened is left for the
    /// read to complain about, which may never come.
    pub(super) fn advise(&self, range: Range<u64>) {
        for run in self.space.runs(range) {
            let Run::File { file, offset, length } = run else { continue };
            if let Some(open) = self.open.iter().find(|open| open.file == file) {
                open.opened.advise(offset, length);
            } else if let Ok(opened) = self.sources[file].open() {
                opened.advise(offset, length);
            }
        }
    }

    /// Reads what is still pending.
    pub(super) fn flush(&mut self, buffer: &mut [u8]) -> Result<(), ContentError> {
        let Some(read) = self.pending.take() else { return Ok(()) };
        let index = self.opened(read.file)?;
        let source = &self.sources[read.file];
        let end = read.offset + read.into.len() as u64;
        source.read(&self.open[index].opened, &mut buffer[read.into], read.offset)?;
        if end == source.stamp.length {
            // Nobody here comes back to it, unless another lane is still in the middle of it.
            source.check(&self.open.swap_remove(index).opened)?;
        }
        Ok(())
    }

    /// Checks that no file changed and closes them all.
    pub(super) fn close(&mut self) -> Result<(), ContentError> {
        self.open.drain(..).try_for_each(|open| self.sources[open.file].check(&open.opened))
    }

    fn plan(&mut self, next: Read, buffer: &mut [u8]) -> Result<(), ContentError> {
        if let Some(read) = &mut self.pending {
            let follows = read.file == next.file
                && read.into.end == next.into.start
                && read.offset + read.into.len() as u64 == next.offset;
            if follows {
                read.into.end = next.into.end;
                return Ok(());
            }
            self.flush(buffer)?;
        }
        self.pending = Some(next);
        Ok(())
    }

    /// The index of the file among the open ones, opened if it was not, in the place of the one unused
    /// for longest.
    fn opened(&mut self, file: usize) -> Result<usize, ContentError> {
        self.uses += 1;
        if let Some(index) = self.open.iter().position(|open| open.file == file) {
            self.open[index].used = self.uses;
            return Ok(index);
        }
        let opened = match self.sources[file].open_in(&mut self.directory) {
            Err(ContentError::Open { source, .. }) if is_out_of_descriptors(&source) => {
                // Ours are all that can be given up.
                self.close()?;
                self.sources[file].open()?
            }
            opened => opened?,
        };
        let fresh = OpenFile { file, opened, used: self.uses };
        if self.open.len() < OPEN_FILES {
            self.open.push(fresh);
            return Ok(self.open.len() - 1);
        }
        let oldest = |open: &(usize, &OpenFile)| open.1.used;
        let index = self.open.iter().enumerate().min_by_key(oldest).map_or(0, |(index, _)| index);
        let old = std::mem::replace(&mut self.open[index], fresh);
        self.sources[old.file].check(&old.opened)?;
        Ok(index)
    }
}

/// The process, or the system, has as many files open as it may.
fn is_out_of_descriptors(error: &std::io::Error) -> bool {
    #[cfg(unix)]
    {
        use rustix::io::Errno;
        [Errno::MFILE, Errno::NFILE].iter().any(|errno| error.raw_os_error() == Some(errno.raw_os_error()))
    }
    #[cfg(not(unix))]
    {
        let _ = error;
        false
    }
}
