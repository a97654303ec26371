//! What must hold for any input at all. Shared by the fuzz targets and by the replay of their corpus.

use std::collections::HashSet;

use ccbt::bencode::{self, Kind, Value, Writer};
use ccbt::magnet::{MAX_DROPPED, Magnet};
use ccbt::metainfo::edit::{Change, Edits, ListEdits, TierEdits};
use ccbt::metainfo::path::{self, Platform};
use ccbt::metainfo::{Limits, Metainfo, Version};

/// Bencoding: what is read lies within the input; canonical input comes back byte for byte, and an
/// independent decoder calls it canonical too.
pub fn bencode(data: &[u8]) {
    let limits = bencode::Limits::default();
    let strict = bencode::decode_strict(data, &limits);
    let lenient = match bencode::decode(data, &limits) {
        Ok(document) => document,
        Err(error) => {
            assert!(error.offset <= data.len(), "an error lies in the input: {error:?}");
            assert!(strict.is_err(), "what is read strictly is read");
            return;
        }
    };
    assert!(lenient.consumed() <= data.len());
    visit(lenient.root(), 0..lenient.consumed());
    assert_eq!(strict.is_ok(), lenient.violations().is_empty(), "canonical is what violates nothing");
    assert_eq!(lenient.violations().is_empty(), lenient.violations().total() == 0);
    let Ok(strict) = strict else { return };
    assert_eq!(strict.consumed(), data.len(), "nothing follows canonical input");
    let mut writer = Writer::new();
    rewrite(strict.root(), &mut writer);
    assert!(writer.finish() == data, "canonical input comes back");
    bencode::check_canonical(data).expect("another decoder agrees that the input is canonical");
}

/// Asks every value everything; each lies within the one around it.
fn visit(value: Value<'_, '_>, within: std::ops::Range<usize>) {
    let span = value.span();
    assert!(within.start <= span.start && span.start < span.end && span.end <= within.end);
    assert!(span.start <= value.content_span().start && value.content_span().end <= span.end);
    assert_eq!(value.raw().len(), span.len());
    for item in value.list().into_iter().flatten() {
        visit(item, span.clone());
    }
    for (key, item) in value.dict().into_iter().flatten() {
        assert!(key.len() < span.len());
        visit(item, span.clone());
    }
    let kinds = [value.list().is_some(), value.dict().is_some(), value.as_bytes().is_some()];
    assert_eq!(kinds.into_iter().filter(|is| *is).count(), usize::from(value.kind() != Kind::Int));
    assert!(value.as_int().is_none() || value.kind() == Kind::Int);
}

/// Writes a canonical value again, piece by piece.
fn rewrite(value: Value<'_, '_>, writer: &mut Writer) {
    match value.kind() {
        // An integer beyond 64 bits has no other form than its bytes.
        Kind::Int => match value.as_int() {
            Some(number) => writer.int(number),
            None => writer.raw(value.raw()),
        },
        Kind::Bytes => writer.bytes(value.as_bytes().unwrap_or_default()),
        Kind::List => {
            writer.begin_list();
            value.list().into_iter().flatten().for_each(|item| rewrite(item, writer));
            writer.end()
        }
        Kind::Dict => {
            writer.begin_dict();
            for (key, item) in value.dict().into_iter().flatten() {
                writer.bytes(key);
                rewrite(item, writer);
            }
            writer.end()
        }
    };
}

/// Metainfo: what is read is consistent in itself, and every path is safe, distinct and below the
/// directory it is meant for.
pub fn metainfo(data: &[u8]) {
    let Ok(torrent) = Metainfo::parse(data.to_vec(), &Limits::default()) else { return };
    consistent(&torrent, data);
    edited(&torrent);
    for platform in [Platform::Posix, Platform::Windows] {
        let Ok(resolved) = path::resolve_for(&torrent, platform) else { continue };
        assert_eq!(resolved.files().len(), torrent.info.files.len(), "a path for every file");
        let mut taken = HashSet::new();
        for file in resolved.files() {
            harmless(file.path.as_str());
            assert!(taken.insert(file.path.as_str().to_ascii_lowercase()), "{:?} is given twice", file.path);
            if let Some(path::Link::To(target)) = file.link {
                harmless(target.as_str());
            }
        }
    }
    let uri = Magnet::of(&torrent).to_string();
    let magnet = Magnet::parse(&uri).expect("the magnet of a torrent can be read");
    assert_eq!(magnet.info_hash_v1, torrent.info_hash_v1);
    assert_eq!(magnet.info_hash_v2, torrent.info_hash_v2);
}

fn consistent(torrent: &Metainfo, data: &[u8]) {
    let info = &torrent.info;
    assert_eq!(torrent.raw(), data, "the bytes are kept as found");
    let has = (torrent.info_hash_v1.is_some(), torrent.info_hash_v2.is_some());
    let expected = match info.version {
        Version::V1 => (true, false),
        Version::V2 => (false, true),
        Version::Hybrid => (true, true),
    };
    assert_eq!(has, expected, "a hash for each half");
    if let Some(hash) = torrent.info_hash_v1 {
        assert_eq!(hash.0, ccbt::hash::sha1(torrent.info_bytes()), "over the raw bytes");
    }
    if let Some(hash) = torrent.info_hash_v2 {
        assert_eq!(hash.0, ccbt::hash::sha256(torrent.info_bytes()), "over the raw bytes");
    }
    assert!(info.piece_length > 0);
    assert_eq!(info.space.div_ceil(info.piece_length), info.piece_count as u64, "pieces cover the space");
    assert_eq!(info.files.iter().map(|file| file.length).sum::<u64>(), info.total_size);
    let mut end = 0;
    for file in &info.files {
        assert!(file.offset >= end, "files follow each other");
        end = file.offset + file.length;
        assert!(end <= info.space, "a file lies in the piece space");
        if let Some((first, last)) = file.pieces(info.piece_length) {
            assert!(first <= last && last < info.piece_count as u64);
        }
        if let Some(layer) = torrent.piece_layer(file) {
            assert_eq!(layer.len() as u64, file.length.div_ceil(info.piece_length), "one hash a piece");
        }
    }
    if info.v1.is_some() {
        assert!(info.piece_count == 0 || torrent.piece_hash(info.piece_count - 1).is_some());
        assert!(torrent.piece_hash(info.piece_count).is_none());
    }
}

/// An edit keeps the info-hash and does what it says, whatever the rest of the torrent is like.
fn edited(torrent: &Metainfo) {
    let unchanged = Edits::default().apply(torrent).expect("what was read can be read again");
    assert!(unchanged.bytes == torrent.raw() && unchanged.changes.is_empty(), "nothing asked, nothing done");
    let seed = "http://seed.example/".to_owned();
    let edits = Edits {
        trackers: TierEdits { prepend: vec![vec!["udp://new.example:1".into()]], ..TierEdits::default() },
        web_seeds: ListEdits { add: vec![seed.clone()], ..ListEdits::default() },
        comment: Change::Remove,
        ..Edits::default()
    };
    let edited = edits.apply(torrent).expect("what was read can be read again");
    // A torrent at the limits may pass them.
    let Ok(after) = Metainfo::parse(edited.bytes, &Limits::default()) else { return };
    assert_eq!((after.info_hash_v1, after.info_hash_v2), (torrent.info_hash_v1, torrent.info_hash_v2));
    assert!(after.info_bytes() == torrent.info_bytes());
    assert!(after.trackers.iter().flatten().any(|url| url == "udp://new.example:1"));
    assert!(after.web_seeds.contains(&seed) && after.comment.is_none());
}

/// A path that can be joined to a directory and stays in it.
fn harmless(path: &str) {
    assert!(!path.is_empty() && !path.contains(['\0', '\\']) && !path.starts_with('/'), "{path:?}");
    for component in path.split('/') {
        assert!(!component.is_empty() && component != "." && component != "..", "{path:?}");
        assert!(component.len() <= 255, "a name that file systems take: {component:?}");
    }
}

/// Magnets: what is read names a torrent, and its own text says the same again.
pub fn magnet(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let Ok((magnet, dropped)) = Magnet::read(text) else { return };
    assert!(magnet.info_hash_v1.is_some() || magnet.info_hash_v2.is_some(), "a magnet names a torrent");
    assert!(magnet.select_only.is_sorted_by(|a, b| a < b), "indices rise");
    assert_eq!(dropped.first.len(), dropped.count.min(MAX_DROPPED), "no more is kept than a person reads");
    let written = magnet.to_string();
    let (again, dropped) = Magnet::read(&written).expect("what was written can be read");
    assert_eq!(again, magnet, "{written}");
    assert_eq!(dropped.count, 0, "all of what was written is read: {written}");
    assert_eq!(again.to_string(), written, "there is one way to write it");
}
