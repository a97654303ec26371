//! The files of a torrent, as the document and `--files` list them.
//!
//! Made one by one while they are written: a torrent of half a million files needs no second list.

use std::borrow::Cow;
use std::io::{BufWriter, Write as _};

use serde::{Serialize, Serializer};

use crate::env::Env;
use crate::exit::CommandError;
use crate::hex;
use crate::metainfo::path::{Link, Resolved, ResolvedFile};
use crate::metainfo::{Attr, File, Metainfo, RawPath};
use crate::ui;

/// Bytes put together before they go on.
const PAGE: usize = 32 * 1024;

/// All files; none for a magnet.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Files<'a> {
    of: Option<(&'a Metainfo, &'a Resolved)>,
    /// Bytes that every path begins with: the torrent's directory and the slash after it.
    root: usize,
}

/// One file.
#[derive(Debug, Serialize)]
pub(super) struct Entry<'a> {
    /// Among the files without pads.
    index: usize,
    /// As on disk, below the torrent's directory.
    pub(super) path: &'a str,
    /// Raw components joined by `/`, where they are not UTF-8.
    #[serde(skip_serializing_if = "Option::is_none")]
    path_hex: Option<String>,
    /// Components as in the torrent, where they differ from `path`.
    #[serde(skip_serializing_if = "Option::is_none")]
    path_in_torrent: Option<Vec<Cow<'a, str>>>,
    pub(super) length: u64,
    /// In the piece space, bytes.
    offset: u64,
    /// BEP 47 flags.
    attr: Option<&'static str>,
    pieces_root: Option<Hex<'a>>,
    first_piece: Option<u64>,
    last_piece: Option<u64>,
    /// Where a symlink points, null when at nothing in the torrent.
    #[serde(skip_serializing_if = "Option::is_none")]
    symlink: Option<Option<&'a str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sha1: Option<Hex<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    md5: Option<Hex<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mtime: Option<i64>,
}

impl<'a> Files<'a> {
    pub(super) fn new(torrent: &'a Metainfo, paths: &'a Resolved) -> Self {
        Self {
            of: Some((torrent, paths)),
            root: paths.root.as_ref().map_or(0, |root| root.as_str().len() + 1),
        }
    }

    pub(super) fn iter(self) -> impl Iterator<Item = Entry<'a>> {
        self.of.into_iter().flat_map(move |(torrent, paths)| {
            let pairs = torrent.info.files.iter().zip(paths.files()).enumerate();
            pairs.map(move |(index, pair)| self.entry(torrent, index, pair))
        })
    }

    /// Path and size alone.
    pub(super) fn sizes(self) -> impl Iterator<Item = (&'a str, u64)> {
        self.of.into_iter().flat_map(move |(torrent, paths)| {
            let pairs = torrent.info.files.iter().zip(paths.files());
            pairs.map(move |(file, on_disk)| (self.below(on_disk), file.length))
        })
    }

    fn below(self, on_disk: ResolvedFile<'a>) -> &'a str {
        let path = on_disk.path.as_str();
        path.get(self.root..).unwrap_or(path)
    }

    fn entry(
        self,
        torrent: &'a Metainfo,
        index: usize,
        (file, on_disk): (&'a File, ResolvedFile<'a>),
    ) -> Entry<'a> {
        let path = self.below(on_disk);
        let pieces = file.pieces(torrent.info.piece_length);
        let raw = torrent.path(file);
        let changed = !is_same(path, raw.clone());
        // A path that is not UTF-8 is always changed.
        let not_utf8 = changed && raw.clone().any(|component| std::str::from_utf8(component).is_err());
        Entry {
            index,
            path,
            path_hex: not_utf8.then(|| joined_hex(raw.clone())),
            path_in_torrent: changed.then(|| raw.map(String::from_utf8_lossy).collect()),
            length: file.length,
            offset: file.offset,
            attr: flags(file.attr),
            pieces_root: torrent.pieces_root(file).map(|root| Hex(root)),
            first_piece: pieces.map(|(first, _)| first),
            last_piece: pieces.map(|(_, last)| last),
            symlink: on_disk.link.map(|link| match link {
                Link::To(target) => target.as_str().get(self.root..),
                Link::Nowhere => None,
            }),
            sha1: file.sha1().map(|hash| Hex(hash)),
            md5: file.md5().map(|hash| Hex(hash)),
            mtime: file.mtime(),
        }
    }
}

impl Serialize for Files<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(self.iter())
    }
}

/// Prints the files as lines of fields with tabs between. Safe paths hold no control characters; on a
/// terminal, what cannot be seen is shown as well.
pub(super) fn print(env: &mut Env, files: &Files<'_>) -> Result<(), CommandError> {
    let for_people = env.out_is_terminal;
    let mut out = BufWriter::with_capacity(PAGE, &mut env.out);
    for file in files.iter() {
        let path = if for_people { ui::text::visible(file.path) } else { file.path.into() };
        let (index, length, offset) = (file.index, file.length, file.offset);
        match file.first_piece.zip(file.last_piece) {
            Some((first, last)) => writeln!(out, "{index}\t{length}\t{offset}\t{first}\t{last}\t{path}")?,
            None => writeln!(out, "{index}\t{length}\t{offset}\t-\t-\t{path}")?,
        }
    }
    out.flush()?;
    Ok(())
}

fn is_same(path: &str, mut components: RawPath<'_>) -> bool {
    let mut found = path.split('/');
    components.all(|raw| found.next().is_some_and(|safe| safe.as_bytes() == raw)) && found.next().is_none()
}

fn joined_hex(components: RawPath<'_>) -> String {
    let raw: Vec<&[u8]> = components.collect();
    hex::encode(&raw.join(&b'/'))
}

fn flags(attr: Attr) -> Option<&'static str> {
    match (attr.symlink, attr.executable, attr.hidden) {
        (false, false, false) => None,
        (false, false, true) => Some("h"),
        (false, true, false) => Some("x"),
        (false, true, true) => Some("xh"),
        (true, false, false) => Some("l"),
        (true, false, true) => Some("lh"),
        (true, true, false) => Some("lx"),
        (true, true, true) => Some("lxh"),
    }
}

/// Bytes of a hash, told in lower-case hexadecimal.
#[derive(Clone, Copy, Debug)]
struct Hex<'a>(&'a [u8]);

impl Serialize for Hex<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&hex::encode(self.0))
    }
}
