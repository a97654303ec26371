//! The cursor over a decoded input.

use std::ops::Range;

use super::decode::Document;

/// A value inside a [`Document`]; as cheap to copy as a reference.
#[derive(Clone, Copy)]
pub struct Value<'d, 'a> {
    pub(super) document: &'d Document<'a>,
    pub(super) token: usize,
}

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An integer of any size.
    Int,
    /// A byte string.
    Bytes,
    /// A list.
    List,
    /// A dictionary.
    Dict,
}

impl Kind {
    /// The kind with its article, for error messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Int => "an integer",
            Self::Bytes => "a string",
            Self::List => "a list",
            Self::Dict => "a dictionary",
        }
    }
}

impl<'d, 'a> Value<'d, 'a> {
    /// What the value is.
    pub fn kind(self) -> Kind {
        match self.document.input.get(self.start()) {
            Some(b'i') => Kind::Int,
            Some(b'l') => Kind::List,
            Some(b'd') => Kind::Dict,
            _ => Kind::Bytes,
        }
    }

    /// The integer, when it is one and fits.
    pub fn as_int(self) -> Option<i64> {
        if self.kind() != Kind::Int {
            return None;
        }
        let text = self.raw().get(1..)?.split_last()?.1;
        let (negative, digits) = match text.split_first()? {
            (b'-', digits) => (true, digits),
            _ => (false, text),
        };
        // Counted downwards, since the range of negative numbers is the larger one.
        let mut value = 0i64;
        for digit in digits {
            value = value.checked_mul(10)?.checked_sub(i64::from(digit - b'0'))?;
        }
        if negative { Some(value) } else { value.checked_neg() }
    }

    /// The string, when it is one.
    pub fn as_bytes(self) -> Option<&'a [u8]> {
        (self.kind() == Kind::Bytes).then(|| self.content())
    }

    /// The string, when it is one of UTF-8.
    pub fn as_str(self) -> Option<&'a str> {
        std::str::from_utf8(self.as_bytes()?).ok()
    }

    /// The items, when it is a list.
    pub fn list(self) -> Option<List<'d, 'a>> {
        (self.kind() == Kind::List).then(|| List(self.inside()))
    }

    /// The pairs of key and value in the order of the input, when it is a dictionary.
    pub fn dict(self) -> Option<Dict<'d, 'a>> {
        (self.kind() == Kind::Dict).then(|| Dict(self.inside()))
    }

    /// The value of a key, when it is a dictionary that has it. Linear in the number of keys.
    pub fn get(self, key: &[u8]) -> Option<Value<'d, 'a>> {
        self.dict()?.find(|(name, _)| *name == key).map(|(_, value)| value)
    }

    /// Where the value lies in the input, from its first byte to behind its last.
    pub fn span(self) -> Range<usize> {
        let end = match self.kind() {
            Kind::List | Kind::Dict => {
                self.document.token(self.document.token(self.token).link as usize).start as usize + 1
            }
            Kind::Int | Kind::Bytes => self.document.token(self.token + 1).start as usize,
        };
        self.start()..end
    }

    /// Where the content of a string lies in the input, without its length; for other kinds as
    /// [`Value::span`].
    pub fn content_span(self) -> Range<usize> {
        match self.kind() {
            Kind::Bytes => {
                let content = self.document.token(self.token).link as usize;
                content..self.document.token(self.token + 1).start as usize
            }
            _ => self.span(),
        }
    }

    /// The bytes of the value as found.
    pub fn raw(self) -> &'a [u8] {
        self.document.input.get(self.span()).unwrap_or_default()
    }

    fn start(self) -> usize {
        self.document.token(self.token).start as usize
    }

    fn content(self) -> &'a [u8] {
        self.document.input.get(self.content_span()).unwrap_or_default()
    }

    /// Index of the token after this value.
    fn after(self) -> usize {
        match self.kind() {
            Kind::List | Kind::Dict => self.document.token(self.token).link as usize + 1,
            Kind::Int | Kind::Bytes => self.token + 1,
        }
    }

    fn inside(self) -> Walk<'d, 'a> {
        let end = self.document.token(self.token).link as usize;
        Walk { document: self.document, at: self.token + 1, end }
    }
}

/// Shows the kind and the place; a value may be megabytes.
impl std::fmt::Debug for Value<'_, '_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?} at {:?}", self.kind(), self.span())
    }
}

/// The values of one container, not entering them.
#[derive(Clone, Debug)]
struct Walk<'d, 'a> {
    document: &'d Document<'a>,
    at: usize,
    end: usize,
}

impl<'d, 'a> Iterator for Walk<'d, 'a> {
    type Item = Value<'d, 'a>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.at >= self.end {
            return None;
        }
        let value = Value { document: self.document, token: self.at };
        self.at = value.after();
        Some(value)
    }
}

/// The items of a list.
#[derive(Clone, Debug)]
pub struct List<'d, 'a>(Walk<'d, 'a>);

impl<'d, 'a> Iterator for List<'d, 'a> {
    type Item = Value<'d, 'a>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next()
    }
}

/// The pairs of a dictionary, in the order of the input.
#[derive(Clone, Debug)]
pub struct Dict<'d, 'a>(Walk<'d, 'a>);

impl<'d, 'a> Dict<'d, 'a> {
    /// The next pair, with the key as the value that it is: who keeps a key can keep its place instead.
    pub fn next_entry(&mut self) -> Option<(Value<'d, 'a>, Value<'d, 'a>)> {
        Some((self.0.next()?, self.0.next()?))
    }
}

impl<'d, 'a> Iterator for Dict<'d, 'a> {
    type Item = (&'a [u8], Value<'d, 'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let key = self.0.next()?;
        Some((key.content(), self.0.next()?))
    }
}
