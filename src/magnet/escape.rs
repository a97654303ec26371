//! Percent-encoding of parameter values (RFC 3986, section 2.1).

use std::fmt;

use crate::hex::hex_digit;

/// Text of a value in which every `%` begins an escape; `None` for a broken escape or for bytes that
/// are not UTF-8. A `+` stays one: no URL or address holds a blank.
pub(super) fn decode(value: &str) -> Option<String> {
    if !value.contains('%') {
        return Some(value.to_owned());
    }
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte == b'%' {
            let (decoded, after) = escaped(rest)?;
            bytes.push(decoded);
            rest = after;
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

/// Bytes of a name: `+` is a blank, as forms write it, and a `%` that begins no escape is itself,
/// because a name is there to be read by people.
pub(super) fn decode_name(value: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        match byte {
            b'+' => bytes.push(b' '),
            b'%' => match escaped(rest) {
                Some((decoded, after)) => {
                    bytes.push(decoded);
                    rest = after;
                }
                None => bytes.push(b'%'),
            },
            _ => bytes.push(byte),
        }
    }
    bytes
}

/// The byte that two digits stand for, and what comes after them.
fn escaped(text: &[u8]) -> Option<(u8, &[u8])> {
    let (&[high, low], rest) = text.split_first_chunk::<2>()?;
    Some((hex_digit(high)? << 4 | hex_digit(low)?, rest))
}

/// Writes bytes with everything escaped but the unreserved characters (RFC 3986, section 2.3).
pub(super) struct Escaped<'a>(pub &'a [u8]);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for run in self.0.chunk_by(|&a, &b| unreserved(a) == unreserved(b)) {
            match std::str::from_utf8(run) {
                Ok(text) if run.first().is_some_and(|&byte| unreserved(byte)) => f.write_str(text)?,
                _ => run.iter().try_for_each(|byte| write!(f, "%{byte:02X}"))?,
            }
        }
        Ok(())
    }
}

fn unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)
}
