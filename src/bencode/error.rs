//! What is wrong with an input: errors that end the reading, violations that do not.

/// Why an input could not be read, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("bencode: {kind} at byte {offset}")]
pub struct Error {
    /// Offset of the offending byte.
    pub offset: usize,
    /// What is wrong there.
    pub kind: ErrorKind,
}

/// What can be wrong with an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ErrorKind {
    /// The input ends inside a value.
    #[error("the input ends inside a value")]
    UnexpectedEnd,
    /// No value begins with this byte.
    #[error("no value begins with byte {0:#04x}")]
    UnexpectedByte(u8),
    /// A key is not a byte string.
    #[error("a dictionary key is not a string")]
    KeyNotString,
    /// A dictionary ends after a key.
    #[error("a dictionary key has no value")]
    KeyWithoutValue,
    /// An integer without digits.
    #[error("expected a digit")]
    ExpectedDigit,
    /// Something else than digits before the end of an integer.
    #[error("expected `e` after the digits of an integer")]
    ExpectedEnd,
    /// Something else than digits before the colon of a string.
    #[error("expected `:` after the length of a string")]
    ExpectedColon,
    /// A string that would reach past the end of the input.
    #[error("a string is longer than the input")]
    LengthPastEnd,
    /// Deeper than the limit.
    #[error("nested deeper than {0} levels (depth limit)")]
    TooDeep(usize),
    /// More tokens than the limit.
    #[error("more than {0} tokens (token limit)")]
    TooManyTokens(usize),
    /// Longer than the limit.
    #[error("the input is longer than {0} bytes (size limit)")]
    TooLong(usize),
    /// Readable, but canonical input was asked for.
    #[error("not canonical: {0}")]
    NotCanonical(ViolationKind),
}

/// A way in which an input is not canonical although it can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Offset of the integer, string or byte concerned.
    pub offset: usize,
    /// What it violates.
    pub kind: ViolationKind,
}

/// The rules of canonical bencoding (BEP 3) that readable input may break.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ViolationKind {
    /// A key sorts before the key in front of it.
    UnsortedKey,
    /// A key occurs twice in its dictionary.
    DuplicateKey,
    /// An integer with zeros in front.
    LeadingZeroInt,
    /// A string length with zeros in front.
    LeadingZeroLength,
    /// `-0`.
    NegativeZero,
    /// Bytes after the value.
    TrailingData,
}

impl ViolationKind {
    /// All kinds there are.
    pub const ALL: [Self; 6] = [
        Self::UnsortedKey,
        Self::DuplicateKey,
        Self::LeadingZeroInt,
        Self::LeadingZeroLength,
        Self::NegativeZero,
        Self::TrailingData,
    ];

    /// Stable kebab-case name.
    pub fn name(self) -> &'static str {
        match self {
            Self::UnsortedKey => "unsorted-key",
            Self::DuplicateKey => "duplicate-key",
            Self::LeadingZeroInt => "leading-zero-int",
            Self::LeadingZeroLength => "leading-zero-length",
            Self::NegativeZero => "negative-zero",
            Self::TrailingData => "trailing-data",
        }
    }
}

impl std::fmt::Display for ViolationKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// The violations of one input: the first ones with their places, and how many there are of each kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Violations {
    first: Vec<Violation>,
    counts: [usize; ViolationKind::ALL.len()],
}

/// Violations kept with their place. Enough to see what an input suffers from; a hostile one could
/// have millions.
const KEPT: usize = 64;

impl Violations {
    pub(super) fn push(&mut self, violation: Violation) {
        if let Some(count) = self.counts.get_mut(violation.kind as usize) {
            *count += 1;
        }
        if self.first.len() < KEPT {
            self.first.push(violation);
        }
    }

    /// Whether the input is canonical.
    pub fn is_empty(&self) -> bool {
        self.first.is_empty()
    }

    /// The first violations, in the order in which they were met.
    pub fn first(&self) -> &[Violation] {
        &self.first
    }

    /// How many violations of one kind there are, those not kept included.
    pub fn count(&self, kind: ViolationKind) -> usize {
        self.counts.get(kind as usize).copied().unwrap_or(0)
    }

    /// How many there are in all, those not kept included.
    pub fn total(&self) -> usize {
        self.counts.iter().sum()
    }

    /// Where the first kept violation of one kind lies.
    pub fn first_of(&self, kind: ViolationKind) -> Option<usize> {
        self.first.iter().find(|violation| violation.kind == kind).map(|violation| violation.offset)
    }
}
