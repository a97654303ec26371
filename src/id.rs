//! Identifiers of torrents: the v1 and v2 info-hashes.
//!
//! Owns their text form (lower-case hexadecimal) and the truncation of BEP 52.
//! Does not compute them; that is `metainfo`'s work over the raw bytes of `info`.

use std::fmt;

/// SHA-1 over the raw bytes of an info dictionary (BEP 3).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InfoHashV1(pub [u8; 20]);

/// SHA-256 over the raw bytes of an info dictionary (BEP 52).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InfoHashV2(pub [u8; 32]);

impl InfoHashV2 {
    /// The first 20 bytes, as used on the wire, by trackers and by the DHT (BEP 52, "infohash").
    pub fn truncated(&self) -> [u8; 20] {
        let mut short = [0; 20];
        short.copy_from_slice(&self.0[..20]);
        short
    }
}

macro_rules! hex_text {
    ($id:ident) => {
        impl fmt::Display for $id {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&crate::hex::encode(&self.0))
            }
        }
        impl fmt::Debug for $id {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({self})", stringify!($id))
            }
        }
        impl serde::Serialize for $id {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.collect_str(self)
            }
        }
    };
}
hex_text!(InfoHashV1);
hex_text!(InfoHashV2);
