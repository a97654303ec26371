//! The encoder: append-only, canonical, and able to splice bytes that are bencoded already.

use std::ops::Range;

/// Writes one canonical value.
///
/// ```
/// let mut writer = ccbt::bencode::Writer::new();
/// writer.begin_dict();
/// writer.bytes(b"length").int(5);
/// writer.bytes(b"name").bytes(b"a");
/// writer.end();
/// assert_eq!(writer.finish(), b"d6:lengthi5e4:name1:ae");
/// ```
///
/// # Panics
/// Every method panics when the calls do not make one canonical value: keys out of order or twice,
/// a key that is no string, a key without a value, an end too many or too few. That is a bug of the
/// caller and never a matter of input; better no torrent than one with two info-hashes.
#[derive(Clone, Debug, Default)]
pub struct Writer {
    out: Vec<u8>,
    stack: Vec<Frame>,
    /// Whether a value stands outside every container; there can be one.
    complete: bool,
}

#[derive(Clone, Debug)]
enum Frame {
    List,
    /// A dictionary, where its latest key lies in the output, and whether that key lacks its value.
    Dict {
        key: Option<Range<usize>>,
        open: bool,
    },
}

/// Digits of the longest length.
const LENGTH_DIGITS: usize = 20;

impl Writer {
    /// Nothing written yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Nothing written yet, with room for so many bytes.
    pub fn with_capacity(bytes: usize) -> Self {
        Self { out: Vec::with_capacity(bytes), ..Self::default() }
    }

    /// Begins a dictionary.
    pub fn begin_dict(&mut self) -> &mut Self {
        self.place();
        self.out.push(b'd');
        self.stack.push(Frame::Dict { key: None, open: false });
        self
    }

    /// Begins a list.
    pub fn begin_list(&mut self) -> &mut Self {
        self.place();
        self.out.push(b'l');
        self.stack.push(Frame::List);
        self
    }

    /// Ends the innermost dictionary or list.
    pub fn end(&mut self) -> &mut Self {
        let frame = self.stack.pop();
        assert!(
            matches!(frame, Some(Frame::List | Frame::Dict { open: false, .. })),
            "an end closes a container whose keys have their values"
        );
        self.out.push(b'e');
        self
    }

    /// Writes a string: in a dictionary a key and a value by turns.
    pub fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        let is_key = matches!(self.stack.last(), Some(Frame::Dict { open: false, .. }));
        if !is_key {
            self.place();
        }
        // Once for the length and the bytes together.
        self.out.reserve(bytes.len() + LENGTH_DIGITS + 1);
        self.decimal(bytes.len() as u128);
        self.out.push(b':');
        let start = self.out.len();
        self.out.extend_from_slice(bytes);
        if is_key && let Some(Frame::Dict { key, open }) = self.stack.last_mut() {
            if let Some(previous) = key.replace(start..self.out.len()) {
                assert!(self.out[previous] < *bytes, "keys come sorted and once");
            }
            *open = true;
        }
        self
    }

    /// Writes an integer.
    pub fn int(&mut self, value: impl Into<i128>) -> &mut Self {
        self.place();
        let value = value.into();
        self.out.push(b'i');
        if value < 0 {
            self.out.push(b'-');
        }
        self.decimal(value.unsigned_abs());
        self.out.push(b'e');
        self
    }

    /// Writes one value that is bencoded already, byte for byte, such as an info dictionary.
    /// It must be exactly one value; whether it is canonical is the caller's business.
    pub fn raw(&mut self, value: &[u8]) -> &mut Self {
        self.place();
        debug_assert!(
            super::decode(value, &super::Limits::default())
                .is_ok_and(|document| document.consumed() == value.len()),
            "spliced bytes are one value"
        );
        self.out.extend_from_slice(value);
        self
    }

    /// The bytes written.
    pub fn finish(self) -> Vec<u8> {
        assert!(self.complete && self.stack.is_empty(), "one whole value was written");
        self.out
    }

    /// Bytes written so far.
    pub fn len(&self) -> usize {
        self.out.len()
    }

    /// Whether nothing was written yet.
    pub fn is_empty(&self) -> bool {
        self.out.is_empty()
    }

    /// Takes the place for a value that is about to be written.
    fn place(&mut self) {
        match self.stack.last_mut() {
            None => assert!(!std::mem::replace(&mut self.complete, true), "one value alone is written"),
            Some(Frame::List) => {}
            Some(Frame::Dict { open, .. }) => {
                assert!(std::mem::replace(open, false), "a key is a string");
            }
        }
    }

    fn decimal(&mut self, value: u128) {
        // Lengths of names and keys, nearly all there is.
        if let Ok(digit @ 0..10) = u8::try_from(value) {
            self.out.push(b'0' + digit);
            return;
        }
        let mut digits = [0u8; 39];
        let mut at = digits.len();
        let mut push = |digit: u8| {
            at -= 1;
            digits[at] = b'0' + digit;
        };
        let (mut large, mut small) = (value, u64::try_from(value));
        // Division of 128 bits takes several times as long as of 64, and hardly a number needs it.
        while small.is_err() {
            push((large % 10) as u8);
            large /= 10;
            small = u64::try_from(large);
        }
        let mut rest = small.unwrap_or_default();
        loop {
            push((rest % 10) as u8);
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        self.out.extend_from_slice(&digits[at..]);
    }
}
