//! The safe paths of all files in one text.

use std::fmt;
use std::path::PathBuf;

use super::RelPath;

/// A text that only grows, so that what was once cut out of it stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Text(String);

/// A part of a [`Text`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Slice {
    start: u32,
    end: u32,
}

/// Where a path stands, and the name at its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    start: u32,
    name: u32,
    end: u32,
}

impl Text {
    pub(super) fn with_capacity(bytes: usize) -> Self {
        Self(String::with_capacity(bytes))
    }

    /// The end, where the next path will begin.
    pub(super) fn end(&self) -> usize {
        self.0.len()
    }

    pub(super) fn push(&mut self, part: &str) {
        self.0.push_str(part);
    }

    pub(super) fn slice(&self, slice: Slice) -> &str {
        self.0.get(slice.start as usize..slice.end as usize).unwrap_or_default()
    }

    /// What was pushed since `start`, whose last component begins at `name`, as a path.
    pub(super) fn since(&self, start: usize, name: usize) -> Place {
        Place { start: narrow(start), name: narrow(name), end: narrow(self.end()) }
    }

    pub(super) fn path(&self, place: Place) -> SafePath<'_> {
        SafePath(self.slice(Slice { start: place.start, end: place.end }))
    }

    /// The directories above the name, joined by `/`.
    pub(super) fn directory(&self, place: Place) -> &str {
        self.slice(place.directory())
    }
}

impl Place {
    /// The directories above the name; empty when there are none.
    pub(super) fn directory(self) -> Slice {
        Slice { start: self.start, end: self.name.saturating_sub(1).max(self.start) }
    }

    pub(super) fn name(self) -> Slice {
        Slice { start: self.name, end: self.end }
    }
}

impl Slice {
    /// The parts of a path that `text` has here.
    pub(super) fn components(self, text: &Text) -> impl Iterator<Item = Self> {
        let mut start = self.start;
        text.slice(self).split('/').map(move |part| {
            let end = start + narrow(part.len());
            let slice = Self { start, end };
            start = end + 1;
            slice
        })
    }
}

/// A [`RelPath`] that is borrowed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SafePath<'a>(&'a str);

impl<'a> SafePath<'a> {
    /// The components joined by `/`.
    pub fn as_str(self) -> &'a str {
        self.0
    }

    /// The components.
    pub fn components(self) -> impl DoubleEndedIterator<Item = &'a str> {
        self.0.split('/')
    }

    /// With the separators of this platform.
    pub fn to_path_buf(self) -> PathBuf {
        self.components().collect()
    }

    /// A copy of its own.
    pub fn to_owned(self) -> RelPath {
        RelPath::new(self.0.to_owned())
    }
}

impl fmt::Display for SafePath<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl fmt::Debug for SafePath<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

/// All paths together are limited far below what 32 bits can count.
fn narrow(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
