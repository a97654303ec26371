//! The check of what was written, before it gets its name: read back, and derived anew.
//!
//! Independent of how the torrent was made: the file is parsed as anybody's would be (which derives
//! every root from its piece layer and holds the two halves of a hybrid against each other), its list
//! is held against the tree that was walked, and some pieces are read from the disk again and hashed
//! one by one with the portable crates.

use std::ops::Range;

use anyhow::{Context as _, anyhow, ensure};
use sha1::{Digest as _, Sha1};

use crate::commands::beside::Beside;
use crate::commands::failure;
use crate::content::driver::FileDigests;
use crate::content::open::{ContentError, Source};
use crate::content::stream::FirstPiece;
use crate::exit::{CommandError, ErrorKind};
use crate::hash::merkle::LEAF;
use crate::hash::{Sha256Digest, sha256};
use crate::metainfo::{self, Limits, Metainfo};

use super::plan::{Marks, Plan};
use super::request::Request;

/// Pieces that are read again: the first, the last and some between.
const SPOTS: usize = 8;
/// Bytes that are read again at most, beyond two pieces: a few milliseconds of work.
const SPOT_BYTES: u64 = 8 * 1024 * 1024;
/// Metainfo up to this size is also shown to `bendy`, which takes about ten times as long as our own
/// strict decoder.
const SECOND_OPINION: usize = 256 * 1024;

/// What a check finds wrong: the torrent, or the content, which may have changed meanwhile.
enum Failure {
    Torrent(anyhow::Error),
    Content(ContentError),
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::Torrent(error)
    }
}

impl From<ContentError> for Failure {
    fn from(error: ContentError) -> Self {
        Self::Content(error)
    }
}

/// Reads back a torrent that was just written.
pub(super) fn read(bytes: Vec<u8>) -> Result<Metainfo, CommandError> {
    let canonical =
        if bytes.len() <= SECOND_OPINION { crate::bencode::check_canonical(&bytes) } else { Ok(()) };
    let parsed = canonical.context("it is not canonical").and_then(|()| {
        Metainfo::parse_with(bytes, &Limits::default(), &Beside).context("it can't be read back")
    });
    parsed.map_err(|error| told(Failure::Torrent(error)))
}

/// Checks a torrent that was read back.
///
/// Content that came once can't be read again; of that the first piece was derived while it came.
pub(super) fn check(
    metainfo: &Metainfo,
    request: &Request,
    plan: &Plan,
    first: Option<&FirstPiece>,
) -> Result<(), CommandError> {
    let listed = check_list(metainfo, request, plan).map_err(Failure::Torrent);
    let checked = listed.and_then(|()| match first {
        Some(first) => check_first(metainfo, first),
        None => check_spots(metainfo, plan),
    });
    checked.map_err(told)
}

fn told(failure: Failure) -> CommandError {
    match failure {
        Failure::Content(error) => failure::content(error),
        Failure::Torrent(error) => {
            let error = error.context("checking the torrent that was made: it was not kept");
            CommandError::new(ErrorKind::Write, error)
                .hint("this is a bug of ccbt; CCBT_HASH_KERNEL=portable may work around it")
        }
    }
}

/// The first piece of content that can't be read again.
fn check_first(metainfo: &Metainfo, first: &FirstPiece) -> Result<(), Failure> {
    if metainfo.piece_hash(0).is_some_and(|expected| *expected != first.sha1) {
        return Err(anyhow!("piece 0 has another SHA-1").into());
    }
    let file = metainfo.info.files.first();
    match file.and_then(|file| metainfo.pieces_root(file).map(|root| (file, *root))) {
        Some((file, root)) => check_subtree(metainfo, file, root, 0, first.leaves.clone()),
        None => Ok(()),
    }
}

/// The names, sizes, order and digests' number are what was asked for.
fn check_list(metainfo: &Metainfo, request: &Request, plan: &Plan) -> anyhow::Result<()> {
    let info = &metainfo.info;
    ensure!(info.version == request.version, "it has other halves than asked for");
    ensure!(info.name.0 == request.name.as_bytes(), "its name differs");
    ensure!(info.piece_length == plan.piece_length, "its piece length differs");
    ensure!(info.piece_count == plan.space.pieces(), "its number of pieces differs");
    ensure!(info.space == plan.layout.space, "its pads differ");
    ensure!(info.private == request.private, "its private flag differs");
    ensure!(info.files.len() == plan.paths.len(), "its number of files differs");
    for (index, (file, path)) in info.files.iter().zip(&plan.paths).enumerate() {
        let same = metainfo.path(file).eq(path.split('/').map(str::as_bytes));
        ensure!(same, "another file stands where `{path}` should");
        ensure!(file.length == plan.sources[index].stamp.length, "the size of `{path}` differs");
        check_marks(file, &plan.marks[index], request.file_digests)
            .with_context(|| format!("of `{path}`"))?;
    }
    for (file, offset) in info.files.iter().zip(&plan.layout.offsets) {
        ensure!(file.length == 0 || file.offset == *offset, "a file lies elsewhere in the piece space");
    }
    Ok(())
}

/// What it says of a file beside its path and its bytes.
fn check_marks(file: &metainfo::File, marks: &Marks, digests: FileDigests) -> anyhow::Result<()> {
    ensure!(file.attr == marks.attr, "the attributes differ");
    ensure!(file.mtime() == marks.mtime, "the time of modification differs");
    match (&marks.symlink, file.symlink()) {
        (None, None) => {}
        (Some(wanted), Some(found)) => {
            let same = found.iter().map(|part| &part.0[..]).eq(wanted.split('/').map(str::as_bytes));
            ensure!(same, "the link leads elsewhere");
        }
        _ => return Err(anyhow!("a link became a file, or a file a link")),
    }
    let wanted = |digest| digest && marks.symlink.is_none();
    ensure!(file.md5().is_some() == wanted(digests.md5), "the MD5 is missing, or there unasked");
    ensure!(file.sha1().is_some() == wanted(digests.sha1), "the SHA-1 is missing, or there unasked");
    Ok(())
}

fn check_spots(metainfo: &Metainfo, plan: &Plan) -> Result<(), Failure> {
    let pieces = metainfo.info.piece_count;
    let mut bytes = 0;
    for spot in 0..SPOTS.min(pieces) {
        // The ends first, then what lies between, as far as the budget goes.
        let piece = match spot {
            0 => 0,
            1 => pieces - 1,
            between => pieces * (between - 1) / (SPOTS - 1),
        };
        bytes += metainfo.info.piece_length;
        if spot > 1 && bytes > SPOT_BYTES {
            break;
        }
        check_piece(metainfo, plan, piece).map_err(|failure| match failure {
            Failure::Torrent(error) => error.context(format!("piece {piece} read again differs")).into(),
            content @ Failure::Content(_) => content,
        })?;
    }
    Ok(())
}

/// Reads one piece by the torrent's own list, file by file, and hashes it without the engine; in parts of
/// one leaf, as a piece may be larger than what should be in memory.
fn check_piece(metainfo: &Metainfo, plan: &Plan, piece: usize) -> Result<(), Failure> {
    let info = &metainfo.info;
    let start = piece as u64 * info.piece_length;
    let end = (start + info.piece_length).min(info.space);
    let (mut whole, mut position) = (Sha1::new(), start);
    let first = info.files.partition_point(|file| file.offset + file.length <= start);
    for (file, source) in info.files.iter().zip(&plan.sources).skip(first) {
        let (from, to) = (file.offset.max(start), (file.offset + file.length).min(end));
        if file.offset >= end {
            break;
        }
        if from >= to {
            continue;
        }
        zeros(&mut whole, from - position);
        let root = metainfo.pieces_root(file);
        let range = from - file.offset..to - file.offset;
        let leaves = read_leaves(source, range, &mut whole, root.is_some())?;
        position = to;
        if let Some(root) = root {
            check_subtree(metainfo, file, *root, from - file.offset, leaves)?;
        }
    }
    zeros(&mut whole, end - position);
    match metainfo.piece_hash(piece) {
        Some(expected) if whole.finalize() != *expected => Err(anyhow!("its SHA-1 is another").into()),
        _ => Ok(()),
    }
}

/// Hashes padding.
fn zeros(whole: &mut Sha1, mut length: u64) {
    while length > 0 {
        let part = length.min(LEAF as u64);
        whole.update(&[0; LEAF][..part as usize]);
        length -= part;
    }
}

/// Reads a range of a file: into the digest of its piece, and leaf by leaf if wanted.
fn read_leaves(
    source: &Source,
    range: Range<u64>,
    whole: &mut Sha1,
    wanted: bool,
) -> Result<Vec<Sha256Digest>, Failure> {
    let opened = source.open()?;
    let (mut leaves, mut leaf) = (Vec::new(), [0; LEAF]);
    let mut position = range.start;
    while position < range.end {
        let part = &mut leaf[..(range.end - position).min(LEAF as u64) as usize];
        source.read(&opened, part, position)?;
        whole.update(&*part);
        if wanted {
            leaves.push(sha256(part));
        }
        position += part.len() as u64;
    }
    source.check(&opened)?;
    Ok(leaves)
}

/// One v2 piece, pair by pair.
fn check_subtree(
    metainfo: &Metainfo,
    file: &metainfo::File,
    root: Sha256Digest,
    offset: u64,
    mut nodes: Vec<Sha256Digest>,
) -> Result<(), Failure> {
    let piece_length = metainfo.info.piece_length;
    let whole = file.length > piece_length;
    let width = if whole { (piece_length / LEAF as u64) as usize } else { nodes.len().next_power_of_two() };
    nodes.resize(width, [0; 32]);
    while nodes.len() > 1 {
        nodes = nodes.chunks_exact(2).map(|pair| sha256(pair.as_flattened())).collect();
    }
    let expected = match metainfo.piece_layer(file) {
        Some(layer) => layer.get((offset / piece_length) as usize).copied(),
        None => Some(root),
    };
    match expected == nodes.first().copied() {
        true => Ok(()),
        false => Err(anyhow!("its merkle root is another").into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metainfo::builder::{self, Draft, DraftFile};
    use crate::metainfo::{Attr, Version};

    /// A torrent of one file and one link, which says of the link what `marks` has.
    fn torrent(marks: &Marks, sha1: Option<[u8; 20]>) -> Metainfo {
        let layout = builder::layout(&[1, 0], 16_384, Version::V1, false);
        let bytes = DraftFile { path: "a", length: 1, sha1, ..DraftFile::default() };
        let symlink = marks.symlink.as_deref();
        let link =
            DraftFile { path: "b", attr: marks.attr, symlink, mtime: marks.mtime, ..DraftFile::default() };
        let draft = Draft {
            version: Version::V1,
            name: b"t".to_vec(),
            directory: true,
            piece_length: 16_384,
            files: vec![bytes, link],
            layout: &layout,
            pieces: &[[0; 20]],
            private: None,
            source: None,
            trackers: Vec::new(),
            web_seeds: Vec::new(),
            http_seeds: Vec::new(),
            nodes: Vec::new(),
            similar: Vec::new(),
            collections: Vec::new(),
            update_url: None,
            root_certificate: None,
            entropy: None,
            extra: builder::Extra::new(),
            extra_info: builder::Extra::new(),
            comment: None,
            created_by: None,
            creation_date: None,
            signatures: None,
        };
        Metainfo::parse(draft.encode(), &Limits::default()).unwrap()
    }

    #[test]
    fn what_is_said_of_a_file_is_held_against_what_was_found() {
        let attr = Attr { symlink: true, ..Attr::default() };
        let marks = Marks { attr, symlink: Some("a".into()), mtime: Some(7) };
        let none = FileDigests::default();
        let written = torrent(&marks, None);
        let [bytes, link] = &written.info.files[..] else { panic!("two files") };
        assert!(check_marks(link, &marks, none).is_ok());
        assert!(check_marks(link, &marks, FileDigests { md5: true, sha1: true }).is_ok(), "a link has none");
        for other in [
            Marks { attr: Attr { hidden: true, ..attr }, ..marks.clone() },
            Marks { symlink: Some("a/b".into()), ..marks.clone() },
            Marks { symlink: None, ..marks.clone() },
            Marks { mtime: None, ..marks.clone() },
            Marks::default(),
        ] {
            assert!(check_marks(link, &other, none).is_err(), "{other:?}");
        }
        assert!(check_marks(bytes, &Marks::default(), none).is_ok());
        assert!(check_marks(bytes, &Marks::default(), FileDigests { md5: false, sha1: true }).is_err());
        let written = torrent(&marks, Some([1; 20]));
        assert!(check_marks(&written.info.files[0], &Marks::default(), none).is_err());
    }
}
