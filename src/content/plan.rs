//! Which bytes of which files a piece holds.
//!
//! Pure. The piece space is the one of `metainfo`: files at offsets, zeros where no file lies (pad
//! files of BEP 47, and the alignment gaps of BEP 52).

use std::ops::Range;

/// Where one non-empty file lies in the piece space.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extent {
    /// Index of the file in the caller's list.
    pub file: usize,
    /// First byte in the piece space.
    pub offset: u64,
    /// Bytes; never zero.
    pub length: u64,
}

impl Extent {
    /// First byte after the file.
    fn end(&self) -> u64 {
        self.offset + self.length
    }
}

/// The piece space of one torrent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Space {
    piece_length: u64,
    length: u64,
    extents: Vec<Extent>,
}

/// Why files do not make a piece space.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum SpaceError {
    /// A piece holds at least one byte.
    #[error("the piece length is zero")]
    PieceLength,
    /// Extents come in order, hold bytes and do not overlap.
    #[error("file {0} overlaps the one before it, or ends past the last piece")]
    Overlap(usize),
}

/// One thing a piece is made of, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Run {
    /// Bytes of a file.
    File {
        /// Index of the file in the caller's list.
        file: usize,
        /// First byte in the file.
        offset: u64,
        /// Bytes.
        length: u64,
    },
    /// Zeros that lie in no file.
    Zeros(u64),
}

impl Run {
    /// Bytes.
    pub fn length(&self) -> u64 {
        match *self {
            Self::File { length, .. } | Self::Zeros(length) => length,
        }
    }
}

impl Space {
    /// A space of `length` bytes with these files in it, in the order of their offsets.
    ///
    /// # Errors
    /// When the extents are out of order, overlap or end past `length`.
    pub fn new(piece_length: u64, length: u64, extents: Vec<Extent>) -> Result<Self, SpaceError> {
        if piece_length == 0 {
            return Err(SpaceError::PieceLength);
        }
        let mut end = 0;
        for extent in &extents {
            let next = extent.offset.checked_add(extent.length).filter(|&next| next <= length);
            match next {
                Some(next) if extent.offset >= end && extent.length > 0 => end = next,
                _ => return Err(SpaceError::Overlap(extent.file)),
            }
        }
        Ok(Self { piece_length, length, extents })
    }

    /// The same space with its files in another list of the caller's.
    pub fn with_files(&self, place: impl Fn(usize) -> usize) -> Self {
        let moved = |extent: &Extent| Extent { file: place(extent.file), ..*extent };
        Self { extents: self.extents.iter().map(moved).collect(), ..*self }
    }

    /// Bytes of every piece but the last.
    pub fn piece_length(&self) -> u64 {
        self.piece_length
    }

    /// Number of pieces.
    pub fn pieces(&self) -> usize {
        usize::try_from(self.length.div_ceil(self.piece_length)).unwrap_or(usize::MAX)
    }

    /// The files, in order.
    pub fn extents(&self) -> &[Extent] {
        &self.extents
    }

    /// The bytes of piece `piece` in the space.
    pub fn piece(&self, piece: usize) -> Range<u64> {
        let start = (piece as u64 * self.piece_length).min(self.length);
        start..start.saturating_add(self.piece_length).min(self.length)
    }

    /// How many bytes of piece `piece` come before its trailing zeros: the end of its last file.
    pub fn data_end(&self, piece: usize) -> u64 {
        let range = self.piece(piece);
        let after = self.extents.partition_point(|extent| extent.offset < range.end);
        match after.checked_sub(1).map(|last| self.extents[last].end()) {
            Some(end) if end > range.start => end.min(range.end) - range.start,
            _ => 0,
        }
    }

    /// The file that alone fills piece `piece`, as in v2 where every file begins a piece of its own.
    pub fn owner(&self, piece: usize) -> Option<Extent> {
        let range = self.piece(piece);
        let index = self.first_ending_after(range.start);
        self.extents.get(index).copied().filter(|extent| extent.offset < range.end)
    }

    /// What lies in `range` of the space, in order and without a hole.
    pub fn runs(&self, range: Range<u64>) -> Runs<'_> {
        let next = self.first_ending_after(range.start);
        Runs { extents: &self.extents, next, range }
    }

    fn first_ending_after(&self, offset: u64) -> usize {
        self.extents.partition_point(|extent| extent.end() <= offset)
    }
}

/// Iterator over what lies in a range of the space.
#[derive(Debug)]
pub struct Runs<'a> {
    extents: &'a [Extent],
    next: usize,
    range: Range<u64>,
}

impl Iterator for Runs<'_> {
    type Item = Run;

    fn next(&mut self) -> Option<Run> {
        let Range { start, end } = self.range;
        if start >= end {
            return None;
        }
        let run = match self.extents.get(self.next) {
            Some(extent) if extent.offset <= start => {
                self.next += 1;
                let length = extent.end().min(end) - start;
                Run::File { file: extent.file, offset: start - extent.offset, length }
            }
            Some(extent) => Run::Zeros(extent.offset.min(end) - start),
            None => Run::Zeros(end - start),
        };
        self.range.start += run.length();
        Some(run)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(file: usize, offset: u64, length: u64) -> Extent {
        Extent { file, offset, length }
    }

    #[test]
    fn files_share_pieces_in_v1() {
        let space = Space::new(10, 25, vec![file(0, 0, 4), file(2, 4, 21)]).unwrap();
        assert_eq!(space.pieces(), 3);
        assert_eq!(space.piece(2), 20..25);
        let runs: Vec<_> = space.runs(space.piece(0)).collect();
        let second = Run::File { file: 2, offset: 0, length: 6 };
        assert_eq!(runs, [Run::File { file: 0, offset: 0, length: 4 }, second]);
        assert_eq!(space.data_end(2), 5);
    }

    #[test]
    fn what_no_file_covers_is_zeros() {
        let space = Space::new(10, 20, vec![file(0, 0, 3), file(1, 10, 10)]).unwrap();
        let runs: Vec<_> = space.runs(0..20).collect();
        let expected = [
            Run::File { file: 0, offset: 0, length: 3 },
            Run::Zeros(7),
            Run::File { file: 1, offset: 0, length: 10 },
        ];
        assert_eq!(runs, expected);
        assert_eq!((space.data_end(0), space.data_end(1)), (3, 10));
        assert_eq!(space.owner(1), Some(file(1, 10, 10)));
        let gap = Space::new(10, 30, vec![file(0, 20, 1)]).unwrap();
        assert_eq!((gap.data_end(0), gap.owner(1)), (0, None));
        assert_eq!(gap.runs(5..15).collect::<Vec<_>>(), [Run::Zeros(10)]);
    }

    #[test]
    fn overlaps_are_refused() {
        assert_eq!(Space::new(0, 0, vec![]).unwrap_err(), SpaceError::PieceLength);
        assert_eq!(Space::new(1, 9, vec![file(0, 0, 4), file(1, 3, 4)]).unwrap_err(), SpaceError::Overlap(1));
        assert_eq!(Space::new(1, 9, vec![file(0, 8, 2)]).unwrap_err(), SpaceError::Overlap(0));
        assert_eq!(Space::new(1, 9, vec![file(0, u64::MAX, 2)]).unwrap_err(), SpaceError::Overlap(0));
    }
}
