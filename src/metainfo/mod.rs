//! Metainfo files: v1 (BEP 3), v2 and hybrid (BEP 52).
//!
//! Owns the meaning of every key, the checks that make a torrent valid, and the lints that name
//! what is odd but readable. Does not touch the file system: paths become safe in [`path`],
//! and only the application joins them to a directory. Does not write: that is [`builder`], and
//! [`edit`] for torrents that are there.
//!
//! BEP 3 (files and trackers), 5 (`nodes`), 12 (tiers), 17 and 19 (seeds), 27 (`private`), 35 (signatures), 38 (`similar`, `collections`), 39 (`update-url`, `originator`),
//! 47 (attributes, pads, links, hints), 52 (v2). The Merkle torrents of BEP 30 are refused by name:
//! nothing but the swarm's own extension could check their content.

pub mod builder;
mod components;
pub mod differ;
pub mod edit;
mod error;
mod fields;
mod file_list;
mod file_tree;
mod hybrid;
mod info;
mod layers;
pub mod limits;
mod lint;
pub mod makers;
pub mod order;
mod parse;
pub mod path;
pub mod signature;
mod urls;

#[cfg(test)]
mod tests;

use std::num::NonZeroU32;
use std::ops::Range;

use serde::Serialize;

use crate::hash::Sha256Digest;
use crate::id::{InfoHashV1, InfoHashV2};

use components::{Components, Run};

pub use components::RawPath;
pub use error::Error;
pub use limits::Limits;
pub use lint::{LINTS, PRIVATE_WITHOUT_TRACKER, private_without_tracker};

/// A torrent as read: everything in it, and the raw bytes it came from.
#[derive(Clone, Debug)]
pub struct Metainfo {
    /// SHA-1 of the raw `info` bytes, when the torrent has a v1 half.
    pub info_hash_v1: Option<InfoHashV1>,
    /// SHA-256 of the raw `info` bytes, when the torrent has a v2 half.
    pub info_hash_v2: Option<InfoHashV2>,
    /// The info dictionary.
    pub info: Info,
    /// Tracker URLs by tier (BEP 12), unusable ones left out, blanks trimmed. `announce` is the only
    /// tier when `announce-list` is absent or empty.
    pub trackers: Vec<Vec<String>>,
    /// `url-list` (BEP 19).
    pub web_seeds: Vec<String>,
    /// `httpseeds` (BEP 17).
    pub http_seeds: Vec<String>,
    /// `nodes` (BEP 5): host and port.
    pub nodes: Vec<(String, u16)>,
    /// `comment`.
    pub comment: Option<Text>,
    /// `created by`.
    pub created_by: Option<Text>,
    /// `creation date`, seconds since 1970 as found; no calendar need hold it.
    pub creation_date: Option<i64>,
    /// `encoding`.
    pub encoding: Option<Text>,
    /// `similar` of BEP 38, inside and outside `info`, merged.
    pub similar: Vec<[u8; 20]>,
    /// `collections` of BEP 38, inside and outside `info`, merged.
    pub collections: Vec<Text>,
    /// `update-url` of BEP 39.
    pub update_url: Option<String>,
    /// `ssl-cert` inside `info`: the certificate, in PEM, that peers of the swarm must be signed by. No BEP
    /// names it; libtorrent does.
    pub root_certificate: Option<Text>,
    /// `x_cross_seed` inside `info`: what gives equal content another info-hash. No BEP names it; mktorrent
    /// does.
    pub entropy: Option<Text>,
    /// `signatures` (BEP 35); [`signature::check`] checks them.
    pub signatures: Vec<signature::Signature>,
    /// Whether `info` names an `originator` certificate (BEP 39).
    pub originator: Option<Range<usize>>,
    /// Keys outside `info` that no BEP above names, with the span of each value in [`Metainfo::raw`].
    pub unknown: Vec<(Text, Range<usize>)>,
    /// What is odd but readable, worst first.
    pub lints: Vec<Lint>,
    pub(crate) raw: Vec<u8>,
    pub(crate) info_span: Range<usize>,
}

impl Metainfo {
    /// The whole file as read.
    pub fn raw(&self) -> &[u8] {
        &self.raw
    }

    /// The raw bytes of the `info` value, over which both info-hashes are taken.
    pub fn info_bytes(&self) -> &[u8] {
        &self.raw[self.info_span.clone()]
    }

    /// The v1 hash of piece `index`, if the torrent has a v1 half and that piece.
    pub fn piece_hash(&self, index: usize) -> Option<&[u8; 20]> {
        let pieces = &self.raw[self.info.v1.as_ref()?.pieces.clone()];
        pieces.as_chunks::<20>().0.get(index)
    }

    /// The piece layer of a file: one hash a piece. `None` when the file is no larger than one piece
    /// (its root is the only hash) or when the torrent brought no layer for it.
    pub fn piece_layer(&self, file: &File) -> Option<&[Sha256Digest]> {
        let start = file.layer?.get() as usize;
        // Checked when it was read: a hash for each of at most 2^21 pieces.
        let hashes = usize::try_from(file.length.div_ceil(self.info.piece_length)).ok()?;
        self.raw.get(start..)?.as_chunks::<32>().0.get(..hashes)
    }

    /// Merkle root of a file (BEP 52); none for an empty one, nor without a v2 half.
    pub fn pieces_root(&self, file: &File) -> Option<&Sha256Digest> {
        file.pieces_root(&self.raw)
    }

    /// Path components of a file below the torrent's directory, raw; for a single file the name alone.
    pub fn path(&self, file: &File) -> RawPath<'_> {
        self.info.components.path(&self.raw, file)
    }
}

/// Which halves a torrent has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Version {
    /// BEP 3 alone.
    V1,
    /// BEP 52 alone.
    V2,
    /// Both over the same data.
    Hybrid,
}

impl Version {
    /// How messages call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::V1 => "v1",
            Self::V2 => "v2",
            Self::Hybrid => "hybrid",
        }
    }
}

/// The info dictionary, both halves reconciled into one piece space.
///
/// The piece space is the v1 byte stream with pad files in it, or for v2 the files each aligned to
/// a piece (BEP 52, "piece length"); in a hybrid the two are the same. What no file covers is zeros.
#[derive(Clone, Debug)]
pub struct Info {
    /// Which halves it has.
    pub version: Version,
    /// `name` (or `name.utf-8`, which wins), raw.
    pub name: Text,
    /// `piece length`, bytes.
    pub piece_length: u64,
    /// Number of pieces in the piece space.
    pub piece_count: usize,
    /// Bytes of all files, pads not counted.
    pub total_size: u64,
    /// Length of the piece space in bytes: for v1 pads counted, as the `pieces` hashes cover it; for
    /// v2 up to the end of the last file.
    pub space: u64,
    /// Whether `private` (BEP 27) is there and not zero.
    pub private: bool,
    /// `source`.
    pub source: Option<Text>,
    /// Whether the files lie in a directory called `name`.
    pub directory: bool,
    /// Files without pads, in the order of the torrent.
    pub files: Vec<File>,
    /// Pad files (BEP 47) of the v1 list.
    pub pads: usize,
    /// The v1 half.
    pub v1: Option<V1>,
    /// Whether a v2 half is there and has all piece layers its files need.
    pub layers_complete: bool,
    /// Keys inside `info` that no BEP above names, with the span of each value in [`Metainfo::raw`].
    pub unknown: Vec<(Text, Range<usize>)>,
    components: Components,
}

/// What only the v1 half has.
#[derive(Clone, Debug)]
pub struct V1 {
    /// Where the `pieces` string lies in [`Metainfo::raw`].
    pub pieces: Range<usize>,
}

/// One file. Its path is [`Metainfo::path`].
///
/// There are up to half a million of them: what most files do not have stands elsewhere.
#[derive(Clone, Debug)]
pub struct File {
    path: Run,
    /// Bytes.
    pub length: u64,
    /// Where the file begins in the piece space, bytes.
    pub offset: u64,
    /// BEP 47 attributes.
    pub attr: Attr,
    /// Where its merkle root begins in [`Metainfo::raw`]; nothing but the dictionary begins at 0.
    root: Option<NonZeroU32>,
    /// Where its piece layer begins in [`Metainfo::raw`].
    layer: Option<NonZeroU32>,
    rare: Option<Box<Rare>>,
}

/// What few files have.
#[derive(Clone, Debug, Default)]
struct Rare {
    symlink: Option<Vec<Text>>,
    sha1: Option<[u8; 20]>,
    md5: Option<[u8; 16]>,
    mtime: Option<i64>,
}

impl File {
    /// Target of a symlink (BEP 47), components below the torrent's directory, raw.
    pub fn symlink(&self) -> Option<&[Text]> {
        self.rare.as_ref()?.symlink.as_deref()
    }

    /// `sha1` (BEP 47): a hint.
    pub fn sha1(&self) -> Option<&[u8; 20]> {
        self.rare.as_ref()?.sha1.as_ref()
    }

    /// `md5sum`, 16 bytes or 32 digits in the torrent: a hint.
    pub fn md5(&self) -> Option<&[u8; 16]> {
        self.rare.as_ref()?.md5.as_ref()
    }

    /// `mtime`, seconds since 1970.
    pub fn mtime(&self) -> Option<i64> {
        self.rare.as_ref()?.mtime
    }

    fn pieces_root<'t>(&self, raw: &'t [u8]) -> Option<&'t Sha256Digest> {
        raw.get(self.root?.get() as usize..)?.first_chunk()
    }

    /// First and last piece that hold bytes of this file; none for an empty one.
    pub fn pieces(&self, piece_length: u64) -> Option<(u64, u64)> {
        let last = self.length.checked_sub(1)?;
        Some((self.offset / piece_length, (self.offset + last) / piece_length))
    }
}

/// BEP 47 `attr` flags (a pad is never a [`File`]).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Attr {
    /// `x`
    pub executable: bool,
    /// `h`
    pub hidden: bool,
    /// `l`
    pub symlink: bool,
}

/// A byte string that is text for people, of whatever encoding.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Text(pub Vec<u8>);

impl Text {
    /// UTF-8, with replacement characters for what is not.
    pub fn lossy(&self) -> std::borrow::Cow<'_, str> {
        String::from_utf8_lossy(&self.0)
    }

    /// The text, when it is UTF-8.
    pub fn utf8(&self) -> Option<&str> {
        std::str::from_utf8(&self.0).ok()
    }
}

impl std::fmt::Debug for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", self.lossy())
    }
}

/// Something odd about a torrent that can still be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Lint {
    /// Stable kebab-case name, such as `unsorted-keys`.
    pub name: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// One sentence naming the thing.
    pub message: String,
}

/// How bad a lint is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Good to know.
    Info,
    /// Some programs will stumble.
    Warning,
    /// Some programs will refuse the torrent or see another info-hash.
    Error,
}
