//! Making a metainfo file: where files lie in the piece space, and the bytes that say so.
//!
//! Owns the layout of v1, v2 and hybrid torrents (BEP 3, BEP 47 pads, BEP 52 alignment), the automatic
//! piece length, and the canonical encoding of `info` and the keys around it. Does not hash and does
//! not read files; the digests are handed in.

use std::collections::{BTreeMap, btree_map};
use std::iter::Peekable;

use crate::bencode::Writer;
use crate::hash::{Sha1Digest, Sha256Digest};

use super::{Attr, Version};

/// Smallest piece of a v2 torrent (BEP 52, "piece length"), and of the automatic choice.
pub const MIN_PIECE_LENGTH: u64 = 16 * 1024;
/// Largest piece the automatic choice makes while there are fewer than [`MAX_PIECES`]: larger ones
/// make a peer wait long before it has something to share.
pub const AUTO_MAX_PIECE_LENGTH: u64 = 16 * 1024 * 1024;
/// Largest piece written. libtorrent reads pieces up to 32767 blocks of 16 KiB, and the largest power
/// of two below that is 256 MiB.
pub const MAX_PIECE_LENGTH: u64 = 256 * 1024 * 1024;
/// Pieces the automatic choice aims to stay under.
pub const AUTO_PIECES: u64 = 2048;
/// Most pieces of one torrent: what readers (libtorrent, and this program) take at most.
pub const MAX_PIECES: u64 = 1 << 21;

/// The piece length chosen for `total` bytes: the smallest power of two from 16 KiB that gives no more
/// than 2048 pieces, but no more than 16 MiB as long as the pieces stay under 2^21.
pub fn auto_piece_length(total: u64) -> u64 {
    let length = piece_length_for(total, AUTO_PIECES, AUTO_MAX_PIECE_LENGTH);
    length.max(piece_length_for(total, MAX_PIECES, MAX_PIECE_LENGTH))
}

/// The smallest power of two from 16 KiB that gives `total` bytes no more than `pieces` pieces, but no more
/// than `largest`.
pub fn piece_length_for(total: u64, pieces: u64, largest: u64) -> u64 {
    let mut length = MIN_PIECE_LENGTH;
    while length < largest && total.div_ceil(length) > pieces {
        length *= 2;
    }
    length
}

/// Where files lie in the piece space.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// First byte of each file.
    pub offsets: Vec<u64>,
    /// Length of the space: pads counted.
    pub space: u64,
}

/// Lays files out one after the other, or for v2 and hybrids each non-empty one on a piece boundary; `align`
/// does the same for v1, with pad files (BEP 47).
///
/// A hybrid of several files has its padding right after each file, the last one too, as the program
/// that accompanies BEP 52 makes it and libtorrent by default; readers take a last piece that is not
/// filled up as well. An aligned v1 torrent has the same, as libtorrent and torrentfile make it.
pub fn layout(lengths: &[u64], piece_length: u64, version: Version, align: bool) -> Layout {
    let aligned = align || version != Version::V1;
    let padded = aligned && version != Version::V2 && lengths.len() > 1;
    let mut end = 0u64;
    let mut offsets = Vec::with_capacity(lengths.len());
    for &length in lengths {
        if aligned && length > 0 {
            end = end.next_multiple_of(piece_length);
        }
        offsets.push(end);
        end += length;
        if padded {
            end = end.next_multiple_of(piece_length);
        }
    }
    Layout { offsets, space: end }
}

/// One file of a torrent to be made.
#[derive(Clone, Debug, Default)]
pub struct DraftFile<'a> {
    /// Components below the torrent's directory, joined by `/`, which none can hold; or the name of a single
    /// file.
    pub path: &'a str,
    /// Bytes.
    pub length: u64,
    /// Merkle root, for a non-empty file of a v2 or hybrid torrent.
    pub pieces_root: Option<Sha256Digest>,
    /// Piece layer, for a file larger than one piece of such a torrent; else empty.
    pub piece_layer: &'a [Sha256Digest],
    /// `md5sum`.
    pub md5: Option<[u8; 16]>,
    /// `sha1` (BEP 47).
    pub sha1: Option<Sha1Digest>,
    /// `attr` (BEP 47): what the file is beside its bytes.
    pub attr: Attr,
    /// `symlink path` of a link (BEP 47): components below the torrent's directory, joined by `/`.
    pub symlink: Option<&'a str>,
    /// `mtime`, seconds since 1970.
    pub mtime: Option<i64>,
}

/// Further keys of a dictionary: each with its value, which is one bencoded value, canonical.
pub type Extra = BTreeMap<Vec<u8>, Vec<u8>>;

/// Keys outside `info` that are written, or that would be read instead of one that is: none of them can be
/// an [`Extra`] key.
pub const RESERVED: [&str; 15] = [
    "announce",
    "announce-list",
    "collections",
    "comment",
    "comment.utf-8",
    "created by",
    "created by.utf-8",
    "creation date",
    "httpseeds",
    "info",
    "nodes",
    "piece layers",
    "signatures",
    "similar",
    "url-list",
];

/// The same inside `info`. Those of a single file are among them (BEP 3, BEP 47).
pub const RESERVED_INFO: [&str; 25] = [
    "attr",
    "collections",
    "file tree",
    "files",
    "length",
    "md5",
    "md5sum",
    "meta version",
    "mtime",
    "name",
    "name.utf-8",
    "path",
    "path.utf-8",
    "piece length",
    "pieces",
    "pieces root",
    "private",
    "root hash",
    "sha1",
    "similar",
    "source",
    "ssl-cert",
    "symlink path",
    "update-url",
    "x_cross_seed",
];

/// A torrent to be made.
#[derive(Clone, Debug)]
pub struct Draft<'a> {
    /// Which halves to write.
    pub version: Version,
    /// `name`.
    pub name: Vec<u8>,
    /// Whether the files lie in a directory called `name`.
    pub directory: bool,
    /// `piece length`.
    pub piece_length: u64,
    /// Files in the order of their paths, component by component.
    pub files: Vec<DraftFile<'a>>,
    /// Where they lie.
    pub layout: &'a Layout,
    /// `pieces`, for v1 and hybrids.
    pub pieces: &'a [Sha1Digest],
    /// `private` (BEP 27), where it is written at all: as 1, or as 0 where that is what another program does.
    pub private: Option<bool>,
    /// `source`.
    pub source: Option<String>,
    /// Tiers of tracker URLs (BEP 12).
    pub trackers: Vec<Vec<String>>,
    /// `url-list` (BEP 19).
    pub web_seeds: Vec<String>,
    /// `httpseeds` (BEP 17).
    pub http_seeds: Vec<String>,
    /// `nodes` (BEP 5): host and port.
    pub nodes: Vec<(String, u16)>,
    /// `similar` (BEP 38), written inside `info`, as only that reaches who has a magnet.
    pub similar: Vec<[u8; 20]>,
    /// `collections` (BEP 38), inside `info` as well.
    pub collections: Vec<String>,
    /// `update-url` (BEP 39).
    pub update_url: Option<String>,
    /// `ssl-cert`: the certificate, in PEM, that peers of the swarm must be signed by. No BEP names it;
    /// libtorrent reads and writes it.
    pub root_certificate: Option<String>,
    /// `x_cross_seed`, as mktorrent calls it: a text that gives equal content another info-hash.
    pub entropy: Option<String>,
    /// Further keys outside `info`; none of [`RESERVED`].
    pub extra: Extra,
    /// Further keys inside `info`; none of [`RESERVED_INFO`].
    pub extra_info: Extra,
    /// `comment`.
    pub comment: Option<String>,
    /// `created by`.
    pub created_by: Option<String>,
    /// `creation date`, seconds since 1970.
    pub creation_date: Option<i64>,
    /// `signatures` (BEP 35), bencoded: what [`super::signature::Signer::sign`] makes of [`Draft::info`].
    pub signatures: Option<Vec<u8>>,
}

impl Draft<'_> {
    /// The metainfo file.
    pub fn encode(&self) -> Vec<u8> {
        // A file takes its path, sizes and root, twice in a hybrid; memory that is not used is not touched.
        let files: usize =
            self.files.iter().map(|file| 2 * file.path.len() + 32 * file.piece_layer.len() + 256).sum();
        let mut to = Writer::with_capacity(files + 20 * self.pieces.len());
        let mut keys = Keys::begin(&mut to, &self.extra);
        keys.text(b"announce", self.trackers.first().and_then(|tier| tier.first()));
        if self.trackers.iter().map(Vec::len).sum::<usize>() > 1 {
            let to = keys.key(b"announce-list").begin_list();
            for tier in &self.trackers {
                strings(to.begin_list(), tier).end();
            }
            to.end();
        }
        keys.text(b"comment", self.comment.as_ref());
        keys.text(b"created by", self.created_by.as_ref());
        if let Some(date) = self.creation_date {
            keys.key(b"creation date").int(date);
        }
        keys.list(b"httpseeds", &self.http_seeds);
        self.encode_info(keys.key(b"info"));
        if !self.nodes.is_empty() {
            let to = keys.key(b"nodes").begin_list();
            for (host, port) in &self.nodes {
                to.begin_list().bytes(host.as_bytes()).int(*port).end();
            }
            to.end();
        }
        if self.version != Version::V1 {
            self.encode_piece_layers(keys.key(b"piece layers"));
        }
        if let Some(signatures) = &self.signatures {
            keys.key(b"signatures").raw(signatures);
        }
        match self.web_seeds.as_slice() {
            // One URL as a string is what every reader knows; a list of one is not.
            [one] => keys.text(b"url-list", Some(one)),
            many => keys.list(b"url-list", many),
        }
        keys.end();
        to.finish()
    }

    /// The info dictionary alone.
    pub fn info(&self) -> Vec<u8> {
        let mut to = Writer::new();
        self.encode_info(&mut to);
        to.finish()
    }

    fn encode_info(&self, to: &mut Writer) {
        let (v1, v2) = (self.version != Version::V2, self.version != Version::V1);
        let single = self.files.first().filter(|_| v1 && !self.directory);
        let mut keys = Keys::begin(to, &self.extra_info);
        if let Some(file) = single {
            attr(file, |key| keys.key(key));
        }
        keys.list(b"collections", &self.collections);
        if v2 {
            self.encode_tree(keys.key(b"file tree"));
        }
        if v1 && self.directory {
            self.encode_list(keys.key(b"files"));
        }
        if let Some(file) = single {
            keys.key(b"length").int(file.length);
            md5(file, |key| keys.key(key));
        }
        if v2 {
            keys.key(b"meta version").int(2);
        }
        if let Some(file) = single {
            mtime(file, |key| keys.key(key));
        }
        keys.key(b"name").bytes(&self.name);
        keys.key(b"piece length").int(self.piece_length);
        if v1 {
            keys.key(b"pieces").bytes(self.pieces.as_flattened());
        }
        if let Some(private) = self.private {
            keys.key(b"private").int(u8::from(private));
        }
        if let Some(file) = single {
            sha1(file, |key| keys.key(key));
        }
        if !self.similar.is_empty() {
            let to = keys.key(b"similar").begin_list();
            for hash in &self.similar {
                to.bytes(hash);
            }
            to.end();
        }
        keys.text(b"source", self.source.as_ref());
        keys.text(b"ssl-cert", self.root_certificate.as_ref());
        keys.text(b"update-url", self.update_url.as_ref());
        keys.text(b"x_cross_seed", self.entropy.as_ref());
        keys.end();
    }

    /// The v1 list, with a pad file wherever the layout leaves a gap (BEP 47).
    fn encode_list(&self, to: &mut Writer) {
        to.begin_list();
        let mut end = 0;
        for (file, &offset) in self.files.iter().zip(&self.layout.offsets) {
            pad(to, offset - end);
            end = offset + file.length;
            to.begin_dict();
            attr(file, |key| to.bytes(key));
            to.bytes(b"length").int(file.length);
            md5(file, |key| to.bytes(key));
            mtime(file, |key| to.bytes(key));
            components(to, b"path", file.path);
            sha1(file, |key| to.bytes(key));
            symlink(to, file);
            to.end();
        }
        pad(to, self.layout.space - end);
        to.end();
    }

    /// The v2 tree. Files come in the order of their paths, so every directory is one run of them.
    fn encode_tree(&self, to: &mut Writer) {
        to.begin_dict();
        let mut open: Vec<&str> = Vec::new();
        for file in &self.files {
            let (parents, name) = match file.path.rsplit_once('/') {
                Some((parents, name)) => (Some(parents), name),
                None => (None, file.path),
            };
            let parents = || parents.into_iter().flat_map(|parents| parents.split('/'));
            let shared = open.iter().zip(parents()).take_while(|(one, other)| *one == other).count();
            for _ in open.drain(shared..) {
                to.end();
            }
            for parent in parents().skip(shared) {
                to.bytes(parent.as_bytes()).begin_dict();
                open.push(parent);
            }
            to.bytes(name.as_bytes()).begin_dict().bytes(b"").begin_dict();
            self.encode_leaf(to, file);
            to.end().end();
        }
        for _ in open {
            to.end();
        }
        to.end();
    }

    /// What the tree says of one file. A hybrid has the digests of whole files in its list already.
    fn encode_leaf(&self, to: &mut Writer, file: &DraftFile<'_>) {
        let alone = self.version == Version::V2;
        attr(file, |key| to.bytes(key));
        to.bytes(b"length").int(file.length);
        if alone {
            md5(file, |key| to.bytes(key));
        }
        mtime(file, |key| to.bytes(key));
        if let Some(root) = &file.pieces_root {
            to.bytes(b"pieces root").bytes(root);
        }
        if alone {
            sha1(file, |key| to.bytes(key));
        }
        symlink(to, file);
    }

    /// `piece layers`: sorted by root, equal files once, there even if empty (BEP 52).
    fn encode_piece_layers(&self, to: &mut Writer) {
        let layer = |file: &DraftFile<'_>| file.pieces_root.filter(|_| !file.piece_layer.is_empty());
        let mut layers: Vec<(Sha256Digest, &[Sha256Digest])> =
            self.files.iter().filter_map(|file| layer(file).map(|root| (root, file.piece_layer))).collect();
        layers.sort_unstable_by_key(|(root, _)| *root);
        layers.dedup_by_key(|(root, _)| *root);
        to.begin_dict();
        for (root, hashes) in layers {
            to.bytes(&root).bytes(hashes.as_flattened());
        }
        to.end();
    }
}

fn strings<'a>(to: &'a mut Writer, list: &[String]) -> &'a mut Writer {
    for item in list {
        to.bytes(item.as_bytes());
    }
    to
}

/// The keys of one dictionary in their order: the ones named in this file, and the further ones between.
struct Keys<'w, 'e> {
    to: &'w mut Writer,
    extra: Peekable<btree_map::Iter<'e, Vec<u8>, Vec<u8>>>,
}

impl<'w, 'e> Keys<'w, 'e> {
    fn begin(to: &'w mut Writer, extra: &'e Extra) -> Self {
        to.begin_dict();
        Self { to, extra: extra.iter().peekable() }
    }

    /// Writes a key, after all further ones that come before it, and takes its value.
    fn key(&mut self, key: &[u8]) -> &mut Writer {
        while let Some((extra, value)) = self.extra.next_if(|(extra, _)| extra.as_slice() < key) {
            self.to.bytes(extra).raw(value);
        }
        self.to.bytes(key)
    }

    fn text(&mut self, key: &[u8], value: Option<&String>) {
        if let Some(value) = value {
            self.key(key).bytes(value.as_bytes());
        }
    }

    /// A list of texts; nothing when it is empty.
    fn list(&mut self, key: &[u8], values: &[String]) {
        if !values.is_empty() {
            strings(self.key(key).begin_list(), values).end();
        }
    }

    fn end(self) {
        for (extra, value) in self.extra {
            self.to.bytes(extra).raw(value);
        }
        self.to.end();
    }
}

fn md5<'w>(file: &DraftFile<'_>, key: impl FnOnce(&[u8]) -> &'w mut Writer) {
    if let Some(digest) = &file.md5 {
        key(b"md5sum").bytes(crate::hex::encode(digest).as_bytes());
    }
}

fn sha1<'w>(file: &DraftFile<'_>, key: impl FnOnce(&[u8]) -> &'w mut Writer) {
    if let Some(digest) = &file.sha1 {
        key(b"sha1").bytes(digest);
    }
}

/// The letters in the order libtorrent writes them, so that the same flags give the same bytes.
fn attr<'w>(file: &DraftFile<'_>, key: impl FnOnce(&[u8]) -> &'w mut Writer) {
    let Attr { executable, hidden, symlink } = file.attr;
    let letters = [(hidden, b'h'), (executable, b'x'), (symlink, b'l')];
    let letters: Vec<u8> = letters.into_iter().filter_map(|(set, letter)| set.then_some(letter)).collect();
    if !letters.is_empty() {
        key(b"attr").bytes(&letters);
    }
}

fn mtime<'w>(file: &DraftFile<'_>, key: impl FnOnce(&[u8]) -> &'w mut Writer) {
    if let Some(seconds) = file.mtime {
        key(b"mtime").int(seconds);
    }
}

fn symlink(to: &mut Writer, file: &DraftFile<'_>) {
    if let Some(target) = file.symlink {
        components(to, b"symlink path", target);
    }
}

fn components(to: &mut Writer, key: &[u8], path: &str) {
    to.bytes(key).begin_list();
    for component in path.split('/') {
        to.bytes(component.as_bytes());
    }
    to.end();
}

/// A pad file under the path BEP 47 recommends.
fn pad(to: &mut Writer, length: u64) {
    if length > 0 {
        to.begin_dict().bytes(b"attr").bytes(b"p").bytes(b"length").int(length);
        to.bytes(b"path").begin_list().bytes(b".pad").bytes(length.to_string().as_bytes()).end();
        to.end();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_automatic_piece_length_grows_with_the_content() {
        const MIB: u64 = 1 << 20;
        let cases = [
            (1, 16 << 10),
            (32 * MIB, 16 << 10),
            (32 * MIB + 1, 32 << 10),
            (1024 * MIB, MIB / 2),
            (50 << 30, 16 * MIB),
            (1 << 40, 16 * MIB),
            (1 << 45, 16 * MIB),
            ((1 << 45) + 1, 32 * MIB),
        ];
        for (total, expected) in cases {
            assert_eq!(auto_piece_length(total), expected, "for {total} bytes");
        }
    }

    fn hybrid_layout(lengths: &[u64]) -> Layout {
        layout(lengths, 10, Version::Hybrid, false)
    }

    #[test]
    fn only_what_has_bytes_is_aligned() {
        let lengths = [3, 0, 20, 10, 1];
        let v1 = layout(&lengths, 10, Version::V1, false);
        assert_eq!((v1.offsets, v1.space), (vec![0, 3, 3, 23, 33], 34));
        let v2 = layout(&lengths, 10, Version::V2, false);
        assert_eq!((v2.offsets, v2.space), (vec![0, 3, 10, 30, 40], 41));
        let hybrid = layout(&lengths, 10, Version::Hybrid, false);
        assert_eq!((hybrid.offsets, hybrid.space), (vec![0, 10, 10, 30, 40], 50));
        assert_eq!(layout(&[7], 10, Version::Hybrid, false).space, 7);
        assert_eq!(layout(&lengths, 10, Version::V1, true), hybrid_layout(&lengths));
        assert_eq!(layout(&[7], 10, Version::V1, true).space, 7);
    }

    fn everything(version: Version, directory: bool, layout: &Layout) -> Draft<'_> {
        let one = |text: &str| vec![text.to_owned()];
        let file = DraftFile {
            path: "a",
            length: 1,
            pieces_root: (version != Version::V1).then_some([7; 32]),
            md5: Some([0; 16]),
            sha1: Some([0; 20]),
            ..DraftFile::default()
        };
        Draft {
            version,
            name: b"a".to_vec(),
            directory,
            piece_length: MIN_PIECE_LENGTH,
            files: vec![file],
            layout,
            pieces: &[[0; 20]],
            private: Some(true),
            source: Some("s".into()),
            trackers: vec![one("http://a/"), one("http://b/")],
            web_seeds: one("http://w/"),
            http_seeds: one("http://h/"),
            nodes: vec![("::1".into(), 6881)],
            similar: vec![[1; 20]],
            collections: one("c"),
            update_url: Some("http://u/".into()),
            root_certificate: Some("PEM".into()),
            entropy: Some("x".into()),
            comment: Some("c".into()),
            created_by: Some("b".into()),
            creation_date: Some(1),
            signatures: None,
            extra: Extra::new(),
            extra_info: Extra::new(),
        }
    }

    fn keys(value: crate::bencode::Value<'_, '_>) -> Vec<String> {
        value.dict().unwrap().map(|(key, _)| String::from_utf8(key.to_vec()).unwrap()).collect()
    }

    /// A further key can only meet a key that is written when that is missing from the lists.
    #[test]
    fn every_key_that_is_written_is_reserved() {
        for (version, directory) in
            [(Version::V1, true), (Version::V1, false), (Version::V2, true), (Version::Hybrid, false)]
        {
            let layout = layout(&[1], MIN_PIECE_LENGTH, version, false);
            let bytes = everything(version, directory, &layout).encode();
            let document = crate::bencode::decode_strict(&bytes, &crate::bencode::Limits::default()).unwrap();
            let root = document.root();
            for key in keys(root) {
                assert!(RESERVED.contains(&key.as_str()), "{key}");
            }
            for key in keys(root.get(b"info").unwrap()) {
                assert!(RESERVED_INFO.contains(&key.as_str()), "{key}");
            }
        }
        assert!(RESERVED.is_sorted() && RESERVED_INFO.is_sorted());
    }

    #[test]
    fn further_keys_stand_in_their_order() {
        let layout = layout(&[1], MIN_PIECE_LENGTH, Version::V1, false);
        let extra = || -> Extra {
            ["", "aa", "b", "info2", "zz", "\u{ff}"]
                .map(|key| (key.as_bytes().to_vec(), b"li1ee".to_vec()))
                .into_iter()
                .collect()
        };
        let draft = Draft { extra: extra(), extra_info: extra(), ..everything(Version::V1, false, &layout) };
        let bytes = draft.encode();
        let document = crate::bencode::decode_strict(&bytes, &crate::bencode::Limits::default()).unwrap();
        let root = document.root();
        for place in [root, root.get(b"info").unwrap()] {
            let found = keys(place);
            assert!(found.is_sorted(), "{found:?}");
            assert!(
                ["", "aa", "b", "info2", "zz", "\u{ff}"].iter().all(|key| found.contains(&(*key).into()))
            );
        }
    }
}
