//! The check of what was written, before it gets its name: read back, and derived anew.
//!
//! Independent of how the torrent was made: the file is parsed as anybody's would be (which derives
//! every root from its piece layer and holds the two halves of a hybrid against each other), its list
//! is held against the tree that was walked, and some pieces are read from the disk again and hashed
//! one by one with the portable crates.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};

use anyhow::{Context as _, bail, ensure};

use crate::exit::{CommandError, ErrorKind};
use crate::hash::merkle::LEAF;
use crate::hash::{Sha256Digest, sha1, sha256};
use crate::metainfo::{self, Limits, Metainfo};

use super::plan::Plan;
use super::request::Request;

/// Pieces that are read again: the first, the last and some between.
const SPOTS: usize = 8;
/// Bytes that are read again at most, beyond two pieces: a few milliseconds of work.
const SPOT_BYTES: u64 = 8 * 1024 * 1024;
/// Metainfo up to this size is also shown to `bendy`, which takes about ten times as long as our own
/// strict decoder.
const SECOND_OPINION: usize = 256 * 1024;

/// Checks a torrent that was just written.
pub(super) fn check(bytes: &[u8], request: &Request, plan: &Plan) -> Result<Metainfo, CommandError> {
    let checked = Metainfo::parse(bytes.to_vec(), &Limits::default())
        .context("it can't be read back")
        .and_then(|metainfo| {
            if bytes.len() <= SECOND_OPINION {
                crate::bencode::check_canonical(bytes).context("it is not canonical")?;
            }
            check_list(&metainfo, request, plan)?;
            check_spots(&metainfo, plan)?;
            Ok(metainfo)
        });
    checked.map_err(|error| {
        let error = error.context("checking the torrent that was made: it was not kept");
        let error = CommandError::new(ErrorKind::Write, error);
        error.hint("this is a bug of ccbt; CCBT_HASH_KERNEL=portable may work around it")
    })
}

/// The names, sizes, order and digests' number are what was asked for.
fn check_list(metainfo: &Metainfo, request: &Request, plan: &Plan) -> anyhow::Result<()> {
    let info = &metainfo.info;
    ensure!(info.version == request.version, "it has other halves than asked for");
    ensure!(info.name.0 == request.name.as_bytes(), "its name differs");
    ensure!(info.piece_length == plan.piece_length, "its piece length differs");
    ensure!(info.piece_count == plan.space.pieces(), "its number of pieces differs");
    ensure!(info.private == request.private, "its private flag differs");
    ensure!(info.files.len() == plan.paths.len(), "its number of files differs");
    for ((file, path), source) in info.files.iter().zip(&plan.paths).zip(&plan.sources) {
        let same = metainfo.path(file).eq(path);
        ensure!(same, "file `{}` stands where another should", source.path.display());
        ensure!(file.length == source.stamp.length, "the size of `{}` differs", source.path.display());
    }
    for (file, offset) in info.files.iter().zip(&plan.layout.offsets) {
        ensure!(file.length == 0 || file.offset == *offset, "a file lies elsewhere in the piece space");
    }
    Ok(())
}

fn check_spots(metainfo: &Metainfo, plan: &Plan) -> anyhow::Result<()> {
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
        check_piece(metainfo, plan, piece).with_context(|| format!("piece {piece} read again differs"))?;
    }
    Ok(())
}

/// Reads one piece by the torrent's own list, file by file, and hashes it without the engine.
fn check_piece(metainfo: &Metainfo, plan: &Plan, piece: usize) -> anyhow::Result<()> {
    let info = &metainfo.info;
    let start = piece as u64 * info.piece_length;
    let end = (start + info.piece_length).min(info.space);
    let mut content = vec![0u8; usize::try_from(end - start)?];
    let first = info.files.partition_point(|file| file.offset + file.length <= start);
    for (file, source) in info.files.iter().zip(&plan.sources).skip(first) {
        if file.offset >= end {
            break;
        }
        let (from, to) = (file.offset.max(start), (file.offset + file.length).min(end));
        if from >= to {
            continue;
        }
        let into = &mut content[usize::try_from(from - start)?..usize::try_from(to - start)?];
        let mut opened = File::open(&source.path)?;
        opened.seek(SeekFrom::Start(from - file.offset))?;
        opened.read_exact(into)?;
        if let Some(root) = metainfo.pieces_root(file) {
            check_subtree(metainfo, file, *root, from - file.offset, into)?;
        }
    }
    if let Some(expected) = metainfo.piece_hash(piece) {
        ensure!(sha1(&content) == *expected, "its SHA-1 is another");
    }
    Ok(())
}

/// One v2 piece, leaf by leaf and pair by pair.
fn check_subtree(
    metainfo: &Metainfo,
    file: &metainfo::File,
    root: Sha256Digest,
    offset: u64,
    data: &[u8],
) -> anyhow::Result<()> {
    let piece_length = metainfo.info.piece_length;
    let mut nodes: Vec<Sha256Digest> = data.chunks(LEAF).map(sha256).collect();
    let whole = file.length > piece_length;
    let width = if whole { usize::try_from(piece_length)? / LEAF } else { nodes.len().next_power_of_two() };
    nodes.resize(width, [0; 32]);
    while nodes.len() > 1 {
        nodes = nodes.chunks_exact(2).map(|pair| sha256(pair.as_flattened())).collect();
    }
    let expected = match metainfo.piece_layer(file) {
        Some(layer) => layer.get(usize::try_from(offset / piece_length)?).copied(),
        None => Some(root),
    };
    if expected != nodes.first().copied() {
        bail!("its merkle root is another");
    }
    Ok(())
}
