//! The decoder: one pass over the input, one token a value and one an end.

use super::Limits;
use super::error::{Error, ErrorKind, Violation, ViolationKind, Violations};
use super::value::Value;

/// A decoded input: the tape of tokens beside the bytes they point into.
#[derive(Clone, Debug)]
pub struct Document<'a> {
    pub(super) input: &'a [u8],
    /// The tokens in the order of the input, and a last one that stands where the value ends.
    pub(super) tape: Vec<Token>,
    violations: Violations,
}

/// One value or one end of a container. What it is tells the byte at `start`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    /// Offset of its first byte.
    pub(super) start: u32,
    /// String: offset of its first content byte; it ends where the next token starts.
    /// List and dictionary: index of the token that ends it.
    pub(super) link: u32,
}

/// Reads one value, and notes what is not canonical about it.
///
/// Integers too large for `i64` are read; [`Value::as_int`] then has no answer. Of keys that occur
/// twice [`Value::get`] sees the first.
///
/// # Errors
/// When the input is not bencoding at all or exceeds a limit.
pub fn decode<'a>(input: &'a [u8], limits: &Limits) -> Result<Document<'a>, Error> {
    Decoder::new(input, limits, false)?.run()
}

/// Reads one canonical value with nothing after it.
///
/// # Errors
/// As [`decode`], and when anything is not canonical.
pub fn decode_strict<'a>(input: &'a [u8], limits: &Limits) -> Result<Document<'a>, Error> {
    Decoder::new(input, limits, true)?.run()
}

impl<'a> Document<'a> {
    /// The value.
    pub fn root(&self) -> Value<'_, 'a> {
        Value { document: self, token: 0 }
    }

    /// The whole input.
    pub fn raw(&self) -> &'a [u8] {
        self.input
    }

    /// How many bytes the value takes; what follows is not part of it.
    pub fn consumed(&self) -> usize {
        self.tape.last().map_or(0, |end| end.start as usize)
    }

    /// The bytes after the value.
    pub fn trailing(&self) -> &'a [u8] {
        self.input.get(self.consumed()..).unwrap_or_default()
    }

    /// What is not canonical about the input.
    pub fn violations(&self) -> &Violations {
        &self.violations
    }

    pub(super) fn token(&self, index: usize) -> Token {
        // Every index comes from the tape itself, whose last token no value owns.
        self.tape[index]
    }
}

struct Decoder<'a> {
    input: &'a [u8],
    limits: Limits,
    strict: bool,
    at: usize,
    tape: Vec<Token>,
    stack: Vec<Frame>,
    violations: Violations,
}

/// An open list or dictionary.
struct Frame {
    /// Index of its token.
    token: usize,
    expects: Expects,
    /// Index of the token of the latest key.
    key: Option<usize>,
    /// Whether a key was out of order, so that equal keys need not be neighbours.
    unsorted: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum Expects {
    Item,
    Key,
    Value,
}

impl<'a> Decoder<'a> {
    fn new(input: &'a [u8], limits: &Limits, strict: bool) -> Result<Self, Error> {
        // Offsets and indices are 32 bits wide on the tape.
        let limits = Limits {
            bytes: limits.bytes.min(u32::MAX as usize - 1),
            tokens: limits.tokens.min(u32::MAX as usize - 1),
            depth: limits.depth,
        };
        if input.len() > limits.bytes {
            return Err(Error { offset: limits.bytes, kind: ErrorKind::TooLong(limits.bytes) });
        }
        Ok(Self {
            input,
            limits,
            strict,
            at: 0,
            // Torrents of many files have a token for every 8 bytes or so. What is not needed is never
            // touched, and the size follows from bytes that are there.
            tape: Vec::with_capacity((input.len() / 8).min(limits.tokens)),
            stack: Vec::new(),
            violations: Violations::default(),
        })
    }

    fn run(mut self) -> Result<Document<'a>, Error> {
        loop {
            let byte = self.byte()?;
            match byte {
                b'0'..=b'9' => self.string()?,
                b'e' => self.close()?,
                b'i' | b'l' | b'd' if self.expects() == Some(Expects::Key) => {
                    return Err(self.error(ErrorKind::KeyNotString));
                }
                b'i' => self.integer()?,
                b'l' => self.open(Expects::Item)?,
                b'd' => self.open(Expects::Key)?,
                _ if self.expects() == Some(Expects::Key) => return Err(self.error(ErrorKind::KeyNotString)),
                other => return Err(self.error(ErrorKind::UnexpectedByte(other))),
            }
            if self.stack.is_empty() {
                break;
            }
        }
        if self.at < self.input.len() {
            self.violation(self.at, ViolationKind::TrailingData)?;
        }
        let end = self.at;
        self.tape.push(Token { start: narrow(end), link: 0 });
        Ok(Document { input: self.input, tape: self.tape, violations: self.violations })
    }

    fn byte(&self) -> Result<u8, Error> {
        self.input.get(self.at).copied().ok_or(self.error(ErrorKind::UnexpectedEnd))
    }

    fn error(&self, kind: ErrorKind) -> Error {
        Error { offset: self.at, kind }
    }

    fn violation(&mut self, offset: usize, kind: ViolationKind) -> Result<(), Error> {
        if self.strict {
            return Err(Error { offset, kind: ErrorKind::NotCanonical(kind) });
        }
        self.violations.push(Violation { offset, kind });
        Ok(())
    }

    fn push(&mut self, start: usize, link: usize) -> Result<(), Error> {
        if self.tape.len() >= self.limits.tokens {
            return Err(Error { offset: start, kind: ErrorKind::TooManyTokens(self.limits.tokens) });
        }
        self.tape.push(Token { start: narrow(start), link: narrow(link) });
        Ok(())
    }

    fn expects(&self) -> Option<Expects> {
        self.stack.last().map(|frame| frame.expects)
    }

    /// A value stands where one was expected.
    fn value_done(&mut self) {
        if let Some(frame) = self.stack.last_mut()
            && frame.expects == Expects::Value
        {
            frame.expects = Expects::Key;
        }
    }

    fn open(&mut self, expects: Expects) -> Result<(), Error> {
        if self.stack.len() >= self.limits.depth {
            return Err(self.error(ErrorKind::TooDeep(self.limits.depth)));
        }
        self.value_done();
        let token = self.tape.len();
        self.push(self.at, 0)?;
        self.stack.push(Frame { token, expects, key: None, unsorted: false });
        self.at += 1;
        Ok(())
    }

    fn close(&mut self) -> Result<(), Error> {
        let Some(frame) = self.stack.pop() else {
            return Err(self.error(ErrorKind::UnexpectedByte(b'e')));
        };
        if frame.expects == Expects::Value {
            return Err(self.error(ErrorKind::KeyWithoutValue));
        }
        let end = self.tape.len();
        self.push(self.at, frame.token)?;
        self.at += 1;
        if let Some(token) = self.tape.get_mut(frame.token) {
            token.link = narrow(end);
        }
        if frame.unsorted {
            self.find_distant_duplicates(frame.token, end)?;
        }
        Ok(())
    }

    fn integer(&mut self) -> Result<(), Error> {
        let start = self.at;
        self.at += 1;
        let negative = self.byte()? == b'-';
        self.at += usize::from(negative);
        let digits = self.at;
        while self.byte()?.is_ascii_digit() {
            self.at += 1;
        }
        let count = self.at - digits;
        if count == 0 {
            return Err(self.error(ErrorKind::ExpectedDigit));
        }
        if self.byte()? != b'e' {
            return Err(self.error(ErrorKind::ExpectedEnd));
        }
        let zero_first = self.input.get(digits) == Some(&b'0');
        if zero_first && count > 1 {
            self.violation(start, ViolationKind::LeadingZeroInt)?;
        } else if zero_first && negative {
            self.violation(start, ViolationKind::NegativeZero)?;
        }
        self.at += 1;
        self.value_done();
        self.push(start, 0)
    }

    fn string(&mut self) -> Result<(), Error> {
        let start = self.at;
        let mut length = 0u64;
        loop {
            let byte = self.byte()?;
            if !byte.is_ascii_digit() {
                break;
            }
            length = length.saturating_mul(10).saturating_add(u64::from(byte - b'0'));
            self.at += 1;
        }
        if self.byte()? != b':' {
            return Err(self.error(ErrorKind::ExpectedColon));
        }
        let digits = self.at - start;
        self.at += 1;
        let left = self.input.len() - self.at;
        let length = usize::try_from(length)
            .ok()
            .filter(|&length| length <= left)
            .ok_or(Error { offset: start, kind: ErrorKind::LengthPastEnd })?;
        if digits > 1 && self.input.get(start) == Some(&b'0') {
            self.violation(start, ViolationKind::LeadingZeroLength)?;
        }
        let content = self.at;
        self.at += length;
        let token = self.tape.len();
        self.push(start, content)?;
        self.key_or_value(token, content)
    }

    /// Moves the state on after a string, and holds a key against the one before it.
    fn key_or_value(&mut self, token: usize, content: usize) -> Result<(), Error> {
        let Some(frame) = self.stack.last_mut() else { return Ok(()) };
        match frame.expects {
            Expects::Item => return Ok(()),
            Expects::Value => {
                frame.expects = Expects::Key;
                return Ok(());
            }
            Expects::Key => frame.expects = Expects::Value,
        }
        let Some(previous) = frame.key.replace(token) else { return Ok(()) };
        let key = self.input.get(content..self.at).unwrap_or_default();
        let start = self.tape.get(token).map_or(0, |token| token.start as usize);
        match self.content(previous).cmp(key) {
            std::cmp::Ordering::Less => Ok(()),
            std::cmp::Ordering::Equal => self.violation(start, ViolationKind::DuplicateKey),
            std::cmp::Ordering::Greater => {
                if let Some(frame) = self.stack.last_mut() {
                    frame.unsorted = true;
                }
                self.violation(start, ViolationKind::UnsortedKey)
            }
        }
    }

    /// The content of a string whose token is not the last one.
    fn content(&self, token: usize) -> &'a [u8] {
        match (self.tape.get(token), self.tape.get(token + 1)) {
            (Some(this), Some(next)) => {
                self.input.get(this.link as usize..next.start as usize).unwrap_or_default()
            }
            _ => &[],
        }
    }

    /// Equal keys of a dictionary out of order need not be neighbours, so they have to be looked for.
    /// Neighbours are known already.
    fn find_distant_duplicates(&mut self, open: usize, end: usize) -> Result<(), Error> {
        let mut keys = Vec::new();
        let mut at = open + 1;
        while at < end {
            keys.push((self.content(at), at, keys.len()));
            at = self.after(at + 1);
        }
        keys.sort_unstable();
        for pair in keys.windows(2) {
            if let [(first, _, position), (second, token, next)] = pair
                && first == second
                && position + 1 != *next
            {
                let offset = self.tape.get(*token).map_or(0, |token| token.start as usize);
                self.violation(offset, ViolationKind::DuplicateKey)?;
            }
        }
        Ok(())
    }

    /// Index of the token after the value at `token`.
    fn after(&self, token: usize) -> usize {
        let Some(this) = self.tape.get(token) else { return usize::MAX };
        match self.input.get(this.start as usize) {
            Some(b'l' | b'd') => this.link as usize + 1,
            _ => token + 1,
        }
    }
}

/// Offsets and indices fit 32 bits: `Decoder::new` caps both limits below that.
fn narrow(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}
