//! `piece layers` (BEP 52, "piece layers"): one hash a piece for every file larger than a piece,
//! each verified against the root of its file.

use std::collections::HashMap;

use super::error::Error;
use super::file_tree::place;
use super::limits::BLOCK;
use super::lint::Lints;
use super::{File, Severity};
use crate::bencode::Value;
use crate::hash::{Engine, Sha256Digest, merkle};

/// Gives every file its layer; tells whether none is missing.
///
/// A layer that belongs to no file, or to one of a single piece whose root is its only hash, is
/// refused. A layer that is missing is not: peers can send it, as they do after a magnet link (BEP 52
/// calls such a file invalid, but torrents like that are about).
pub(super) fn read(
    raw: &[u8],
    layers: Option<Value<'_, '_>>,
    files: &mut [File],
    piece_length: u64,
    lints: &mut Lints,
) -> Result<bool, Error> {
    let fault = |reason: String| Err(Error::PieceLayer { reason });
    let larger = |file: &&File| file.length > piece_length;
    // The first file of each root, and for each file the next one of the same root.
    let mut wanted: HashMap<&Sha256Digest, usize> =
        HashMap::with_capacity(files.iter().filter(larger).count());
    let mut next = vec![None; files.len()];
    for ((index, file), next) in files.iter().enumerate().zip(&mut next).rev() {
        if let Some(root) = Some(file).filter(larger).and_then(|file| file.pieces_root(raw)) {
            *next = wanted.insert(root, index);
        }
    }
    let pairs = match layers.map(|layers| (layers, layers.dict())) {
        None => None,
        Some((_, Some(pairs))) => Some(pairs),
        Some((layers, None)) => return fault(format!("it is {}, not a dictionary", layers.kind().name())),
    };
    let absent = pairs.is_none();
    let engine = Engine::detect();
    // The pieces of a file are subtrees of this height above its leaves of 16 KiB.
    let height = (piece_length / BLOCK).trailing_zeros();
    for (key, value) in pairs.into_iter().flatten() {
        let Ok(root) = Sha256Digest::try_from(key) else {
            return fault(format!("a key is {} bytes long, not 32", key.len()));
        };
        let name = || crate::hex::encode(&root);
        let Some(&first) = wanted.get(&root) else {
            return fault(format!("{} is the root of no file of more than one piece", name()));
        };
        let Some((hashes, rest)) = value.as_bytes().map(|layer| layer.as_chunks::<32>()) else {
            return fault(format!("that of {} is {}, not a string", name(), value.kind().name()));
        };
        let owners = std::iter::successors(Some(first), |&owner| next.get(owner).copied().flatten());
        for owner in owners {
            let Some(file) = files.get_mut(owner) else { continue };
            let pieces = file.length.div_ceil(piece_length);
            if !rest.is_empty() || hashes.len() as u64 != pieces {
                let bytes = value.content_span().len();
                return fault(format!(
                    "that of {} is {bytes} bytes long, not 32 for each of {pieces} pieces",
                    name()
                ));
            }
            file.layer = place(value);
        }
        if merkle::root(&engine, hashes, height) != Some(root) {
            return fault(format!("that of {} does not hash to this root", name()));
        }
    }
    let missing =
        files.iter().filter(larger).filter(|file| file.root.is_some() && file.layer.is_none()).count();
    if missing > 0 {
        let message =
            format!("{missing} files of more than one piece have no piece layer; peers have to send it");
        lints.push("missing-piece-layers", Severity::Error, message);
    } else if absent {
        let message = "`piece layers` is missing; it should be there even when empty (BEP 52)";
        lints.push("missing-piece-layers", Severity::Info, message);
    }
    Ok(missing == 0)
}
