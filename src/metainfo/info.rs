//! The info dictionary: the keys both halves share, and which halves there are.

use std::ops::Range;

use super::components::{Components, Span};
use super::error::Error;
use super::fields::{FileFields, quoted};
use super::file_list::{self, Totals};
use super::file_tree;
use super::hybrid;
use super::limits::{BLOCK, Limits, MAX_PIECE_LENGTH};
use super::lint::Lints;
use super::path;
use super::urls::ignored;
use super::{File, Info, Severity, Text, V1, Version};
use crate::bencode::{self, Document, Kind, Value};

/// Values of the known keys of `info`; of keys that occur twice the first.
#[derive(Default)]
pub(super) struct Keys<'d, 'a> {
    pub(super) collections: Option<Value<'d, 'a>>,
    comment: Option<Value<'d, 'a>>,
    file_tree: Option<Value<'d, 'a>>,
    files: Option<Value<'d, 'a>>,
    pub(super) meta_version: Option<Value<'d, 'a>>,
    name: Option<Value<'d, 'a>>,
    name_utf8: Option<Value<'d, 'a>>,
    pub(super) originator: Option<Value<'d, 'a>>,
    piece_length: Option<Value<'d, 'a>>,
    pub(super) pieces: Option<Value<'d, 'a>>,
    private: Option<Value<'d, 'a>>,
    root_hash: Option<Value<'d, 'a>>,
    pub(super) similar: Option<Value<'d, 'a>>,
    source: Option<Value<'d, 'a>>,
    pub(super) ssl_cert: Option<Value<'d, 'a>>,
    pub(super) update_url: Option<Value<'d, 'a>>,
    pub(super) x_cross_seed: Option<Value<'d, 'a>>,
    /// What describes the file of a single-file torrent.
    file: FileFields<'d, 'a>,
    unknown: Vec<(Text, Range<usize>)>,
}

impl<'d, 'a> Keys<'d, 'a> {
    pub(super) fn read(info: impl Iterator<Item = (&'a [u8], Value<'d, 'a>)>) -> Self {
        let mut keys = Self::default();
        for (key, value) in info {
            let known = match key {
                b"collections" => &mut keys.collections,
                b"comment" => &mut keys.comment,
                b"file tree" => &mut keys.file_tree,
                b"files" => &mut keys.files,
                b"meta version" => &mut keys.meta_version,
                b"name" => &mut keys.name,
                b"name.utf-8" => &mut keys.name_utf8,
                b"originator" => &mut keys.originator,
                b"piece length" => &mut keys.piece_length,
                b"pieces" => &mut keys.pieces,
                b"private" => &mut keys.private,
                b"root hash" => &mut keys.root_hash,
                b"similar" => &mut keys.similar,
                b"source" => &mut keys.source,
                b"ssl-cert" => &mut keys.ssl_cert,
                b"update-url" => &mut keys.update_url,
                b"x_cross_seed" => &mut keys.x_cross_seed,
                _ => {
                    if !keys.file.take(key, value) {
                        keys.unknown.push((Text(key.to_vec()), value.span()));
                    }
                    continue;
                }
            };
            known.get_or_insert(value);
        }
        if let Some(comment) = keys.comment {
            keys.unknown.push((Text(b"comment".to_vec()), comment.span()));
        }
        keys
    }
}

/// Reads the info dictionary; piece layers are added later.
pub(super) fn read(
    document: &Document<'_>,
    info: Value<'_, '_>,
    keys: &Keys<'_, '_>,
    limits: &Limits,
    lints: &mut Lints,
) -> Result<Info, Error> {
    // The version first: whatever else a format of the future has, it is not ours to judge.
    let v2 = meta_version(keys.meta_version)?;
    if v2 && !document.violations().is_empty() {
        bencode::decode_strict(info.raw(), &limits.bencode).map_err(|mut error| {
            error.offset += info.span().start;
            Error::NotCanonical(error)
        })?;
    }
    if keys.pieces.is_none() && keys.root_hash.is_some() && !v2 {
        return Err(Error::MerkleTorrent);
    }
    let named = file_list::name(keys.name, keys.name_utf8)?;
    let piece_length = piece_length(keys.piece_length, v2)?;
    let raw = document.raw();
    let Halves { version, files, components, space, pads, directory } =
        halves(raw, named, keys, v2, piece_length, limits, lints)?;
    // Both the list and the tree were refused where their sum is out of range.
    let total_size = files.iter().map(|file| file.length).sum();
    if total_size == 0 {
        return Err(Error::Length { reason: "of all files is zero: there is no content".into() });
    }
    let piece_count = match version {
        Version::V2 => files.iter().map(|file| file.length.div_ceil(piece_length)).sum(),
        Version::V1 | Version::Hybrid => space.div_ceil(piece_length),
    };
    if piece_count > limits.pieces {
        let limit = limits.pieces;
        return Err(Error::TooManyPieces { length: total_size, piece_length, count: piece_count, limit });
    }
    let v1 = match version {
        Version::V2 => None,
        Version::V1 | Version::Hybrid => Some(V1 { pieces: pieces(keys.pieces, piece_count)? }),
    };
    if keys.comment.is_some() {
        let message =
            "`comment` stands in `info`, where it changes the info-hash and few programs look for it";
        lints.push("comment-in-info", Severity::Warning, message);
    }
    Ok(Info {
        version,
        name: Text(named.0.to_vec()),
        piece_length,
        // At most `limits.pieces`.
        piece_count: usize::try_from(piece_count).unwrap_or(usize::MAX),
        total_size,
        space,
        private: private(keys.private, lints),
        source: text(keys.source, "source", lints),
        directory,
        files,
        pads,
        v1,
        layers_complete: false,
        unknown: keys.unknown.clone(),
        components,
    })
}

/// The halves reconciled.
struct Halves {
    version: Version,
    files: Vec<File>,
    components: Components,
    space: u64,
    pads: usize,
    directory: bool,
}

fn halves(
    raw: &[u8],
    (name, place): (&[u8], Span),
    keys: &Keys<'_, '_>,
    v2: bool,
    piece_length: u64,
    limits: &Limits,
    lints: &mut Lints,
) -> Result<Halves, Error> {
    if !v2 {
        let (list, directory) = match v1_files(name, keys, lints)? {
            V1Files::List(list) => (file_list::multiple(list, limits, lints)?, true),
            V1Files::Single => (file_list::single(place, &keys.file, lints)?, false),
        };
        return Ok(Halves::new(Version::V1, list.files, list.components, &list.totals, directory));
    }
    let v1 = if keys.pieces.is_some() { Some(v1_files(name, keys, lints)?) } else { None };
    let tree = keys.file_tree.ok_or_else(|| Error::FileTree { reason: "it is missing".into() })?;
    let mut tree = file_tree::read(tree, piece_length, limits, lints)?;
    match v1 {
        Some(V1Files::List(list)) => {
            let totals = hybrid::reconcile(raw, list, &mut tree, piece_length, limits, lints)?;
            Ok(Halves::new(Version::Hybrid, tree.files, tree.components, &totals, true))
        }
        Some(V1Files::Single) => {
            let list = file_list::single(place, &keys.file, lints)?;
            let totals = hybrid::reconcile_single(raw, list, &mut tree)?;
            Ok(Halves::new(Version::Hybrid, tree.files, tree.components, &totals, false))
        }
        None => {
            if keys.files.is_some() || keys.file.length.is_some() {
                let message = "`files` or `length` is there but `pieces` is not: the v1 half is left out";
                lints.push("incomplete-v1-half", Severity::Warning, message);
            }
            let named = |file: &File| tree.components.path(raw, file).all(|part| part == name);
            if !tree.directory && !tree.files.iter().all(named) {
                let message =
                    "one file whose name is not that of the torrent: some programs put it into a directory";
                lints.push("single-file-ambiguous", Severity::Warning, message);
            }
            let totals = Totals { files: tree.files.len(), pads: 0, space: tree.space };
            Ok(Halves::new(Version::V2, tree.files, tree.components, &totals, tree.directory))
        }
    }
}

impl Halves {
    fn new(
        version: Version,
        files: Vec<File>,
        components: Components,
        totals: &Totals,
        directory: bool,
    ) -> Self {
        Self { version, files, components, space: totals.space, pads: totals.pads, directory }
    }
}

/// Whether the torrent has a v2 half. Without the key it has not, whatever else is there.
fn meta_version(value: Option<Value<'_, '_>>) -> Result<bool, Error> {
    match value.map(|value| (value, value.as_int())) {
        None => Ok(false),
        Some((_, Some(2))) => Ok(true),
        Some((_, Some(other))) => Err(Error::MetaVersion { found: other.to_string() }),
        Some((value, None)) => Err(Error::MetaVersion { found: format!("({})", value.kind().name()) }),
    }
}

fn piece_length(value: Option<Value<'_, '_>>, v2: bool) -> Result<u64, Error> {
    let fail = |reason: String| Err(Error::PieceLength { reason });
    let Some(value) = value else { return fail("is missing".into()) };
    if value.kind() != Kind::Int {
        return fail(format!("is {}, not an integer", value.kind().name()));
    }
    let length = match value.as_int().map(u64::try_from) {
        Some(Ok(length)) if (1..=MAX_PIECE_LENGTH).contains(&length) => length,
        Some(Ok(length)) => return fail(format!("is {length}, not between 1 and {MAX_PIECE_LENGTH} bytes")),
        Some(Err(_)) => return fail("is negative".into()),
        None => return fail("is out of range".into()),
    };
    if v2 && (length < BLOCK || !length.is_power_of_two()) {
        return fail(format!("is {length}; in v2 it must be a power of two of at least 16 KiB (BEP 52)"));
    }
    Ok(length)
}

/// Where the v1 half has its files.
enum V1Files<'d, 'a> {
    /// In `files`.
    List(Value<'d, 'a>),
    /// There is one, described in `info` itself.
    Single,
}

/// `files`, or `length` of a single file. With both, `files` counts.
fn v1_files<'d, 'a>(name: &[u8], keys: &Keys<'d, 'a>, lints: &mut Lints) -> Result<V1Files<'d, 'a>, Error> {
    match keys.files {
        Some(list) if list.kind() == Kind::List => {
            if keys.file.length.is_some() {
                let message = "`length` and `files` are both there: `files` counts";
                lints.push("length-and-files", Severity::Warning, message);
            }
            return Ok(V1Files::List(list));
        }
        Some(other) if keys.file.length.is_none() => {
            let kind = other.kind().name();
            return Err(Error::Length { reason: format!("is missing and `files` is {kind}, not a list") });
        }
        Some(other) => ignored("files", other, lints),
        None => {}
    }
    if keys.file.length.is_none() {
        return Err(Error::Length { reason: "is missing, and so is `files`".into() });
    }
    if !path::is_usable_name(name) {
        let reason = format!("of the file is nothing but dots and separators: {}", quoted(name));
        return Err(Error::Name { reason });
    }
    Ok(V1Files::Single)
}

/// Where the v1 hashes lie: 20 bytes for each piece.
fn pieces(value: Option<Value<'_, '_>>, count: u64) -> Result<Range<usize>, Error> {
    let fail = |reason: String| Err(Error::Pieces { reason });
    let Some(value) = value else { return fail("is missing".into()) };
    if value.kind() != Kind::Bytes {
        return fail(format!("is {}, not a string", value.kind().name()));
    }
    let span = value.content_span();
    if span.len() as u64 != count * 20 {
        return fail(format!("is {} bytes long, not 20 for each of {count} pieces", span.len()));
    }
    Ok(span)
}

/// `private` (BEP 27): every integer but zero, however large.
fn private(value: Option<Value<'_, '_>>, lints: &mut Lints) -> bool {
    let Some(value) = value else { return false };
    match (value.kind(), value.as_int()) {
        (Kind::Int, Some(0)) => {
            let message = "`private` is there but 0: leave it out, it changes the info-hash";
            lints.push("private-zero", Severity::Info, message);
            false
        }
        (Kind::Int, number) => {
            if number != Some(1) {
                lints.push(
                    "private-not-one",
                    Severity::Warning,
                    "`private` is neither 0 nor 1: taken as private",
                );
            }
            true
        }
        _ => {
            ignored("private", value, lints);
            false
        }
    }
}

/// A string for people.
pub(super) fn text(value: Option<Value<'_, '_>>, key: &str, lints: &mut Lints) -> Option<Text> {
    let value = value?;
    let bytes = value.as_bytes();
    if bytes.is_none() {
        ignored(key, value, lints);
    }
    bytes.map(|bytes| Text(bytes.to_vec()))
}
