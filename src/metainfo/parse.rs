//! Reading a metainfo file: the top level.

use std::ops::Range;

use super::error::Error;
use super::info::{self, Keys, text};
use super::limits::Limits;
use super::lint::{self, Lints};
use super::signature::Signature;
use super::urls::{self, ignored};
use super::{Metainfo, Severity, Text, Version, layers};
use crate::bencode::{self, Value};
use crate::both::{Both, InTurn};
use crate::hash;
use crate::id::{InfoHashV1, InfoHashV2};

impl Metainfo {
    /// Reads a metainfo file.
    ///
    /// What other programs made but should not have (keys out of order, data after the end, unusable
    /// URLs) is read and named in [`Metainfo::lints`]. Names are taken as they are: [`super::path::resolve`] makes
    /// them safe and distinct, and refuses what cannot be made so.
    ///
    /// # Errors
    /// Names the first thing that makes the torrent invalid.
    pub fn parse(raw: Vec<u8>, limits: &Limits) -> Result<Self, Error> {
        Self::parse_with(raw, limits, &InTurn)
    }

    /// The same, with the info-hashes of a large torrent taken beside the rest.
    ///
    /// # Errors
    /// As [`Metainfo::parse`].
    pub fn parse_with(raw: Vec<u8>, limits: &Limits, both: &impl Both) -> Result<Self, Error> {
        let mut metainfo = match raw.len() < LARGE {
            true => read(&raw, limits, &InTurn),
            false => read(&raw, limits, both),
        }?;
        metainfo.raw = raw;
        Ok(metainfo)
    }
}

/// Bytes from which on hashing takes longer than it takes to start a thread.
const LARGE: usize = 256 * 1024;

/// Values of the known keys outside `info`; of keys that occur twice the first.
#[derive(Default)]
struct Top<'d, 'a> {
    announce: Option<Value<'d, 'a>>,
    announce_list: Option<Value<'d, 'a>>,
    collections: Option<Value<'d, 'a>>,
    comment: Option<Value<'d, 'a>>,
    comment_utf8: Option<Value<'d, 'a>>,
    created_by: Option<Value<'d, 'a>>,
    created_by_utf8: Option<Value<'d, 'a>>,
    creation_date: Option<Value<'d, 'a>>,
    encoding: Option<Value<'d, 'a>>,
    http_seeds: Option<Value<'d, 'a>>,
    info: Option<Value<'d, 'a>>,
    nodes: Option<Value<'d, 'a>>,
    piece_layers: Option<Value<'d, 'a>>,
    signatures: Option<Value<'d, 'a>>,
    similar: Option<Value<'d, 'a>>,
    url_list: Option<Value<'d, 'a>>,
    unknown: Vec<(Text, Range<usize>)>,
}

impl<'d, 'a> Top<'d, 'a> {
    fn read(root: impl Iterator<Item = (&'a [u8], Value<'d, 'a>)>) -> Self {
        let mut top = Self::default();
        for (key, value) in root {
            let known = match key {
                b"announce" => &mut top.announce,
                b"announce-list" => &mut top.announce_list,
                b"collections" => &mut top.collections,
                b"comment" => &mut top.comment,
                b"comment.utf-8" => &mut top.comment_utf8,
                b"created by" => &mut top.created_by,
                b"created by.utf-8" => &mut top.created_by_utf8,
                b"creation date" => &mut top.creation_date,
                b"encoding" => &mut top.encoding,
                b"httpseeds" => &mut top.http_seeds,
                b"info" => &mut top.info,
                b"nodes" => &mut top.nodes,
                b"piece layers" => &mut top.piece_layers,
                b"signatures" => &mut top.signatures,
                b"similar" => &mut top.similar,
                b"url-list" => &mut top.url_list,
                _ => {
                    top.unknown.push((Text(key.to_vec()), value.span()));
                    continue;
                }
            };
            known.get_or_insert(value);
        }
        top
    }
}

/// Reads everything but the bytes themselves, which the values still borrow.
fn read(raw: &[u8], limits: &Limits, both: &impl Both) -> Result<Metainfo, Error> {
    let document = bencode::decode(raw, &limits.bencode)?;
    let root = document.root();
    let top = Top::read(root.dict().ok_or(Error::NotADictionary { found: root.kind().name() })?);
    let wrong = |reason: String| Error::Info { reason };
    let info_value = top.info.ok_or_else(|| wrong("is missing".into()))?;
    let pairs = info_value.dict();
    let pairs = pairs.ok_or_else(|| wrong(format!("is {}, not a dictionary", info_value.kind().name())))?;
    let keys = Keys::read(pairs);

    let mut lints = Lints::default();
    // Each half has its key, whatever else is wrong with it.
    let hashes = || {
        let v1 = keys.pieces.map(|_| InfoHashV1(hash::sha1(info_value.raw())));
        (v1, keys.meta_version.map(|_| InfoHashV2(hash::sha256(info_value.raw()))))
    };
    let (info, (info_hash_v1, info_hash_v2)) =
        both.both(|| info::read(&document, info_value, &keys, limits, &mut lints), hashes);
    let mut info = info?;
    if info.version != Version::V1 {
        let piece_length = info.piece_length;
        info.layers_complete =
            layers::read(raw, top.piece_layers, &mut info.files, piece_length, &mut lints)?;
    }
    lint::violations(&document, info_value, &mut lints);
    lint::sizes(&info, raw.len(), &mut lints);
    let trackers = urls::trackers(top.announce, top.announce_list, &mut lints);
    if let Some(message) = lint::private_without_tracker(info.private, &trackers) {
        lints.push(lint::PRIVATE_WITHOUT_TRACKER, Severity::Warning, message);
    }

    Ok(Metainfo {
        info_hash_v1: info_hash_v1.filter(|_| info.version != Version::V2),
        info_hash_v2: info_hash_v2.filter(|_| info.version != Version::V1),
        trackers,
        web_seeds: urls::seeds(top.url_list, "url-list", info.files.len() > 1, &mut lints),
        http_seeds: urls::seeds(top.http_seeds, "httpseeds", false, &mut lints),
        nodes: urls::nodes(top.nodes, &mut lints),
        comment: text(top.comment_utf8.or(top.comment), "comment", &mut lints),
        created_by: text(top.created_by_utf8.or(top.created_by), "created by", &mut lints),
        creation_date: creation_date(top.creation_date, &mut lints),
        encoding: text(top.encoding, "encoding", &mut lints),
        similar: similar([keys.similar, top.similar], &mut lints),
        collections: collections([keys.collections, top.collections], &mut lints),
        update_url: keys.update_url.and_then(Value::as_str).map(str::to_owned),
        root_certificate: text(keys.ssl_cert, "ssl-cert", &mut lints),
        entropy: text(keys.x_cross_seed, "x_cross_seed", &mut lints),
        signatures: signatures(top.signatures, &mut lints),
        originator: keys.originator.map(Value::content_span),
        unknown: top.unknown,
        info,
        lints: lints.finish_reading(),
        raw: Vec::new(),
        info_span: info_value.span(),
    })
}

/// `creation date`: seconds, which need fit no calendar.
fn creation_date(value: Option<Value<'_, '_>>, lints: &mut Lints) -> Option<i64> {
    let value = value?;
    let date = value.as_int();
    if date.is_none() {
        ignored("creation date", value, lints);
    }
    date
}

/// `similar` (BEP 38): info-hashes, inside and outside `info` merged.
fn similar(places: [Option<Value<'_, '_>>; 2], lints: &mut Lints) -> Vec<[u8; 20]> {
    let mut all = Vec::new();
    for item in places.into_iter().flatten().flat_map(|list| list.list().into_iter().flatten()) {
        match item.as_bytes().and_then(|hash| <[u8; 20]>::try_from(hash).ok()) {
            Some(hash) => all.push(hash),
            None => ignored("similar", item, lints),
        }
    }
    without_repeats(all)
}

/// `collections` (BEP 38), inside and outside `info` merged.
fn collections(places: [Option<Value<'_, '_>>; 2], lints: &mut Lints) -> Vec<Text> {
    let mut all = Vec::new();
    for item in places.into_iter().flatten().flat_map(|list| list.list().into_iter().flatten()) {
        all.extend(text(Some(item), "collections", lints));
    }
    without_repeats(all)
}

fn without_repeats<T: Clone + Eq + std::hash::Hash>(all: Vec<T>) -> Vec<T> {
    let mut seen = std::collections::HashSet::new();
    all.into_iter().filter(|one| seen.insert(one.clone())).collect()
}

/// Who signed, and with what (BEP 35); [`super::signature::check`] finds out whether the signatures hold.
fn signatures(value: Option<Value<'_, '_>>, lints: &mut Lints) -> Vec<Signature> {
    let Some(value) = value else { return Vec::new() };
    let Some(pairs) = value.dict() else {
        ignored("signatures", value, lints);
        return Vec::new();
    };
    let mut signatures = Vec::new();
    for (name, entry) in pairs {
        let bytes = |key| entry.get(key).filter(|value| value.as_bytes().is_some()).map(Value::content_span);
        match bytes(b"signature") {
            Some(signature) => signatures.push(Signature {
                signer: Text(name.to_vec()),
                certificate: bytes(b"certificate"),
                info: entry.get(b"info").map(Value::span),
                signature,
            }),
            None => ignored("signatures", entry, lints),
        }
    }
    signatures
}
