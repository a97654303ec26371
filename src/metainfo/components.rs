//! The path components of all files: where each lies in the torrent.
//!
//! A torrent of many files is mostly paths, and a list of strings for each of them would cost more than all else
//! together. Owns the spans alone; the bytes stay where they were found.

use std::ops::Range;

use super::File;

/// The components of all files, one after the other.
#[derive(Clone, Debug, Default)]
pub(super) struct Components {
    spans: Vec<Span>,
}

/// Bytes of the torrent. The decoder takes no input that 32 bits cannot count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    start: u32,
    end: u32,
}

/// Which of the components are those of one file.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Run {
    start: u32,
    count: u32,
}

impl From<Range<usize>> for Span {
    fn from(range: Range<usize>) -> Self {
        Self { start: narrow(range.start), end: narrow(range.end) }
    }
}

impl Span {
    fn of(self, raw: &[u8]) -> &[u8] {
        raw.get(self.start as usize..self.end as usize).unwrap_or_default()
    }
}

impl Run {
    pub(super) fn len(self) -> usize {
        self.count as usize
    }
}

impl Components {
    pub(super) fn with_capacity(count: usize) -> Self {
        Self { spans: Vec::with_capacity(count) }
    }

    pub(super) fn len(&self) -> usize {
        self.spans.len()
    }

    pub(super) fn push(&mut self, span: Span) {
        self.spans.push(span);
    }

    /// The components from `start` on, as those of one file.
    pub(super) fn since(&self, start: usize) -> Run {
        Run { start: narrow(start), count: narrow(self.spans.len().saturating_sub(start)) }
    }

    /// The path of a file; `raw` is the torrent.
    pub(super) fn path<'t>(&'t self, raw: &'t [u8], file: &File) -> RawPath<'t> {
        let start = file.path.start as usize;
        let spans = self.spans.get(start..start + file.path.len()).unwrap_or_default();
        RawPath { raw, spans: spans.iter() }
    }
}

/// The path components of a file, raw.
#[derive(Clone, Debug)]
pub struct RawPath<'t> {
    raw: &'t [u8],
    spans: std::slice::Iter<'t, Span>,
}

impl<'t> Iterator for RawPath<'t> {
    type Item = &'t [u8];

    fn next(&mut self) -> Option<Self::Item> {
        self.spans.next().map(|span| span.of(self.raw))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.spans.size_hint()
    }
}

impl ExactSizeIterator for RawPath<'_> {}

/// What counts components and bytes fits 32 bits: both are limited far below that.
fn narrow(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
