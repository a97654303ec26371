//! Bencoding (BEP 3, "bencoding"): bytes to values and back.
//!
//! Owns the decoder, which makes one pass over the input and writes a flat tape of 8-byte tokens
//! (no recursion, no copy, nothing allocated because a length says so), the [`Value`] cursor over
//! that tape, and the canonical [`Writer`]. Knows nothing of torrents, trackers or nodes.
//!
//! Two ways to read. [`decode`] is for what others made: input that is not canonical but still has
//! one meaning is read, and every [`Violation`] is recorded. [`decode_strict`] takes canonical input
//! alone, as BEP 52 asks for. Either way each value knows its raw bytes, because an info-hash is
//! taken over bytes as found and never over a re-encoding.
//!
//! The crate `bendy` is strict by design: it has no lenient mode, no byte offsets and no way to
//! splice raw bytes, and torrents with unsorted keys are common enough that refusing them is no
//! choice. So the decoder and the writer are ours, and `bendy` is the second opinion: the property
//! tests hold our strict decoder against it, and [`check_canonical`] lets it judge what we wrote,
//! so that a mistake shared by our own writer and reader does not go out unnoticed.

mod decode;
mod error;
mod value;
mod write;

#[cfg(test)]
mod tests;

pub use decode::{Document, decode, decode_strict};
pub use error::{Error, ErrorKind, Violation, ViolationKind, Violations};
pub use value::{Dict, Kind, List, Value};
pub use write::Writer;

/// Deepest nesting of lists and dictionaries.
///
/// A v2 file tree of the 100 directories that [`crate::metainfo`] allows needs one dictionary for each
/// of them and four around them; real data stays below 20. Magnitude as in other readers (100).
pub const MAX_DEPTH: usize = 110;

/// Most tokens in one input; an end of a container counts as one.
///
/// A file of a hybrid torrent with its pad file and its piece layer takes about 33, so 200,000 files
/// take 6.6 million. The tape is then at most 64 MiB.
pub const MAX_TOKENS: usize = 8 << 20;

/// Longest input in bytes: the largest metainfo file and the largest metadata of a magnet link taken.
pub const MAX_BYTES: usize = 64 << 20;

/// How much of an input the decoder is ready to take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Deepest nesting; an input of one list has depth 1.
    pub depth: usize,
    /// Most tokens, ends of containers counted.
    pub tokens: usize,
    /// Longest input, bytes.
    pub bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { depth: MAX_DEPTH, tokens: MAX_TOKENS, bytes: MAX_BYTES }
    }
}

/// Lets `bendy` judge whether `raw` is one canonical value with nothing after it.
///
/// Meant for what this program has just written, not for input: it is several times slower than
/// [`decode_strict`].
///
/// # Errors
/// Says what `bendy` objects to.
pub fn check_canonical(raw: &[u8]) -> Result<(), NotCanonical> {
    // Its decoders drain what is left of them on drop, recursively: the depth must stay bounded.
    let decoder = bendy::decoding::Decoder::new(raw).with_max_depth(MAX_DEPTH);
    let mut depth = 0usize;
    let mut values = 0usize;
    for token in decoder.tokens() {
        use bendy::state_tracker::Token;
        match token.map_err(|error| NotCanonical(error.to_string()))? {
            Token::List | Token::Dict => depth += 1,
            Token::End => depth = depth.saturating_sub(1),
            Token::Num(_) | Token::String(_) => {}
        }
        values += usize::from(depth == 0);
    }
    match values {
        1 => Ok(()),
        0 => Err(NotCanonical("there is no value".into())),
        _ => Err(NotCanonical("there is more than one value".into())),
    }
}

/// What an independent decoder objects to.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not canonical bencoding: {0}")]
pub struct NotCanonical(String);
