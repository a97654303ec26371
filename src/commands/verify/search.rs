//! Finds files of a torrent that were renamed or moved.
//!
//! A file with a merkle root is known by it (BEP 52, "pieces root"): every candidate of a wanted length is
//! hashed once. A v1 file is known by pieces that lie wholly within it; one too small for that by
//! [`combine`](super::combine), together with its neighbours. What is found here is only a guess as to the
//! rest of the file: whoever takes it hashes it as any other.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Range;
use std::path::{Path, PathBuf};

use crate::commands::content_check::content::{Content, Stray};
use crate::commands::content_check::hashing::Hashing;
use crate::content::digest;
use crate::content::driver::{self, Hashes};
use crate::content::open::{ContentError, Source, Stamp};
use crate::content::plan::{Extent, Space};
use crate::hash::Sha256Digest;
use crate::hash::merkle::{self, LEAF};
use crate::metainfo::File;

use super::combine;

/// Pieces of all v2 candidates together: as many as one torrent may have, 64 MiB of digests.
const CANDIDATE_PIECES: u64 = 1 << 21;
/// Candidates tried for one v1 file: each costs the reading of some pieces, and those with the most similar
/// names come first.
pub(super) const TRIES: usize = 64;
/// Pieces of a v1 candidate that are looked at: the first, the middle and the last, so that one that is
/// damaged is found as well.
const SAMPLES: usize = 3;

/// A wanted file and the candidate that it is.
pub(super) type Match = (usize, PathBuf);

/// A file that is to be found.
pub(super) struct Wanted {
    pub(super) index: usize,
    pub(super) length: u64,
    /// What of the file in its place is known to differ.
    pub(super) bad_pieces: Vec<usize>,
    /// Whether one of these pieces holds bytes of no other file.
    pub(super) is_bad_itself: bool,
}

/// Looks for wanted files of the torrent among files that lie elsewhere.
pub(super) fn search(
    hashing: &Hashing<'_>,
    content: &Content,
    wanted: &[Wanted],
    pool: &[Stray],
) -> Result<Vec<Match>, ContentError> {
    let files = &hashing.torrent.info.files;
    let with_root = |wanted: &&Wanted| hashing.torrent.pieces_root(&files[wanted.index]).is_some();
    let (v2, v1): (Vec<&Wanted>, Vec<&Wanted>) = wanted.iter().partition(with_root);
    let mut found = Vec::new();
    if !v2.is_empty() {
        found.extend(by_root(hashing, content, &v2, pool)?);
    }
    if !v1.is_empty() {
        let options = options(content, &v1, pool);
        found.extend(by_pieces(hashing, content, &v1, &options)?);
        found.extend(combine::search(hashing, content, options, &found)?);
    }
    Ok(found)
}

/// What each wanted file may be, by its index, best names first.
pub(super) type Options<'a> = HashMap<usize, Vec<&'a Stray>>;

fn options<'a>(content: &Content, wanted: &[&Wanted], pool: &'a [Stray]) -> Options<'a> {
    let mut by_length: HashMap<u64, Vec<&Stray>> =
        wanted.iter().map(|wanted| (wanted.length, Vec::new())).collect();
    for stray in pool {
        by_length.entry(stray.length).and_modify(|strays| strays.push(stray));
    }
    let of = |wanted: &&Wanted| {
        let mut fitting = by_length.get(&wanted.length).cloned().unwrap_or_default();
        // What is in place may be right, and only share a bad piece with a file that is not.
        let place = &content.sources[wanted.index].path;
        fitting.retain(|stray| stray.path != *place || !wanted.is_bad_itself);
        let path = Path::new(&content.paths[wanted.index]);
        fitting.sort_by_key(|stray| Reverse(similarity(path, &stray.path)));
        fitting.truncate(TRIES);
        (wanted.index, fitting)
    };
    wanted.iter().map(of).collect()
}

/// How much two names have in common: the name, the extension, the directory.
fn similarity(one: &Path, other: &Path) -> u8 {
    let directory = |path: &Path| path.parent().and_then(Path::file_name).map(ToOwned::to_owned);
    4 * u8::from(one.file_name() == other.file_name())
        + 2 * u8::from(one.extension() == other.extension())
        + u8::from(directory(one) == directory(other))
}

/// Finds files by their merkle roots; one that is damaged by the pieces that still match.
fn by_root(
    hashing: &Hashing<'_>,
    content: &Content,
    wanted: &[&Wanted],
    pool: &[Stray],
) -> Result<Vec<Match>, ContentError> {
    let (torrent, info) = (hashing.torrent, &hashing.torrent.info);
    let lengths: HashSet<u64> = wanted.iter().map(|wanted| wanted.length).collect();
    let mut room = CANDIDATE_PIECES;
    let fits = |stray: &&Stray| {
        let pieces = stray.length.div_ceil(info.piece_length);
        let fits = lengths.contains(&stray.length) && pieces <= room;
        room -= if fits { pieces } else { 0 };
        fits
    };
    let candidates: Vec<&Stray> = pool.iter().filter(fits).collect();
    let layers = layers(hashing, &candidates)?;
    let height = (info.piece_length / LEAF as u64).trailing_zeros();
    let mut by_root: HashMap<Sha256Digest, Vec<usize>> = HashMap::new();
    for (index, layer) in layers.iter().enumerate() {
        let root = match layer[..] {
            [] => None,
            [root] => Some(root),
            _ => merkle::root(&hashing.engine, layer, height),
        };
        if let Some(root) = root {
            by_root.entry(root).or_default().push(index);
        }
    }
    let mut used = HashSet::new();
    let mut found = Vec::new();
    let mut damaged = Vec::new();
    for &wanted in wanted {
        let root = torrent.pieces_root(&info.files[wanted.index]);
        match root.and_then(|root| by_root.get(root)) {
            Some(same) => {
                // Of equal files each gets its own as long as there are enough.
                let one = same.iter().find(|one| !used.contains(*one)).or(same.first());
                used.extend(one);
                found.extend(one.map(|&one| (wanted.index, candidates[one].path.clone())));
            }
            None => damaged.push(wanted),
        }
    }
    for wanted in damaged {
        let Some(expected) = torrent.piece_layer(&info.files[wanted.index]) else { continue };
        let same = |one: usize| layers[one].iter().zip(expected).filter(|(is, should)| is == should).count();
        let place = &content.sources[wanted.index].path;
        let others = candidates.iter().enumerate().filter(|(one, stray)| {
            stray.length == wanted.length && stray.path != *place && !used.contains(one)
        });
        let best = others.map(|(one, _)| (same(one), one)).max_by_key(|(same, one)| (*same, Reverse(*one)));
        if let Some((1.., one)) = best {
            used.insert(one);
            found.push((wanted.index, candidates[one].path.clone()));
        }
    }
    Ok(found)
}

/// The digests of each candidate's pieces, all of them hashed as the files of one v2 torrent; none for what
/// can't be read.
fn layers(hashing: &Hashing<'_>, candidates: &[&Stray]) -> Result<Vec<Vec<Sha256Digest>>, ContentError> {
    let piece_length = hashing.torrent.info.piece_length;
    let mut extents = Vec::with_capacity(candidates.len());
    let mut offset = 0;
    for (file, stray) in candidates.iter().enumerate() {
        extents.push(Extent { file, offset, length: stray.length });
        offset += stray.length.div_ceil(piece_length) * piece_length;
    }
    let pieces = |extent: &Extent| {
        let first = (extent.offset / piece_length) as usize;
        first..first + extent.length.div_ceil(piece_length) as usize
    };
    // Extents follow one another and hold bytes: there is always a space for them.
    let Ok(space) = Space::new(piece_length, offset, extents) else { return Ok(Vec::new()) };
    let sources: Vec<Source> = candidates.iter().map(|stray| source(stray)).collect();
    let mut skip = vec![false; space.pieces()];
    let wanted = digest::Wanted { v1: false, v2: true };
    let hashes = hash_what_can_be(hashing, &space, &sources, wanted, &mut skip, |file, skip| {
        let extent = space.extents().get(file);
        extent.into_iter().for_each(|extent| skip[pieces(extent)].fill(true));
    })?;
    let layer = |extent: &Extent| match skip[pieces(extent)].contains(&true) {
        true => Vec::new(),
        false => hashes.v2[pieces(extent)].to_vec(),
    };
    Ok(space.extents().iter().map(layer).collect())
}

fn source(stray: &Stray) -> Source {
    Source { path: stray.path.clone(), stamp: Stamp::expected(stray.length), follow: false }
}

/// Hashes what is not skipped. A file that can't be read is no candidate: `give_up` marks its pieces.
fn hash_what_can_be(
    hashing: &Hashing<'_>,
    space: &Space,
    sources: &[Source],
    wanted: digest::Wanted,
    skip: &mut [bool],
    give_up: impl Fn(usize, &mut [bool]),
) -> Result<Hashes, ContentError> {
    let mut hashes = Hashes::of(&hashing.job(space, sources, wanted, skip));
    loop {
        let Err(error) = driver::hash_rest(&hashing.job(space, sources, wanted, skip), &mut hashes) else {
            return Ok(hashes);
        };
        let about = |source: &Source| error.path() == Some(&source.path);
        let before = skip.iter().filter(|skip| **skip).count();
        // One candidate may be tried for several files.
        let failed = sources.iter().enumerate().filter(|(_, source)| about(source));
        failed.for_each(|(file, _)| give_up(file, skip));
        if skip.iter().filter(|skip| **skip).count() == before {
            return Err(error);
        }
    }
}

/// Finds v1 files by pieces that lie wholly within them: in each round every file that is still wanted is
/// tried with its next candidate, all of them together.
fn by_pieces(
    hashing: &Hashing<'_>,
    content: &Content,
    wanted: &[&Wanted],
    options: &Options<'_>,
) -> Result<Vec<Match>, ContentError> {
    let torrent = hashing.torrent;
    let samples = |wanted: &&Wanted| {
        if !wanted.bad_pieces.is_empty() && !wanted.is_bad_itself {
            // Its own pieces match as it is.
            return None;
        }
        let samples =
            samples(&torrent.info.files[wanted.index], torrent.info.piece_length, &wanted.bad_pieces);
        (!samples.is_empty()).then_some((wanted.index, samples))
    };
    let mut open: BTreeMap<usize, Vec<usize>> = wanted.iter().filter_map(samples).collect();
    let mut sources = content.sources.clone();
    let mut used: HashSet<&Path> = HashSet::new();
    let mut found = Vec::new();
    for round in 0..TRIES {
        let next = |index: &usize| Some((*index, *options.get(index)?.get(round)?));
        let trial: Vec<(usize, &Stray)> = open.keys().filter_map(next).collect();
        if trial.is_empty() {
            break;
        }
        let mut skip = vec![true; content.space.pieces()];
        for (index, stray) in &trial {
            sources[*index] = source(stray);
            open[index].iter().for_each(|&piece| skip[piece] = false);
        }
        let wanted = digest::Wanted { v1: true, v2: false };
        let hashes = hash_what_can_be(hashing, &content.space, &sources, wanted, &mut skip, |file, skip| {
            open.get(&file).into_iter().flatten().for_each(|&piece| skip[piece] = true);
        })?;
        for (index, stray) in trial {
            let matches =
                |&piece: &usize| hashes.done[piece] && torrent.piece_hash(piece) == hashes.v1.get(piece);
            // Of equal files each gets its own as long as there are enough.
            let others = options[&index].iter().skip(round + 1);
            let free =
                !used.contains(&*stray.path) || others.clone().all(|other| used.contains(&*other.path));
            if free && open[&index].iter().any(matches) {
                used.insert(&stray.path);
                open.remove(&index);
                found.push((index, stray.path.clone()));
            }
        }
    }
    Ok(found)
}

/// The pieces that hold bytes of this v1 file only; none, with any bounds, for one that owns no piece.
pub(super) fn own_pieces(file: &File, piece_length: u64) -> Range<u64> {
    file.offset.div_ceil(piece_length)..(file.offset + file.length) / piece_length
}

/// Some of the pieces that hold bytes of one file only, such that differ in the file in its place if there are.
fn samples(file: &File, piece_length: u64, bad: &[usize]) -> Vec<usize> {
    let own = own_pieces(file, piece_length);
    let (first, end) = (own.start as usize, own.end as usize);
    let bad: Vec<usize> =
        bad.iter().copied().filter(|piece| (first..end).contains(piece)).take(SAMPLES).collect();
    if !bad.is_empty() {
        return bad;
    }
    let mut samples: Vec<usize> =
        (0..SAMPLES).map(|sample| first + end.saturating_sub(first + 1) * sample / (SAMPLES - 1)).collect();
    samples.dedup();
    samples.retain(|sample| (first..end).contains(sample));
    samples
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn similar_names_come_first() {
        let of = |one: &str, other: &str| similarity(Path::new(one), Path::new(other));
        assert!(of("a/x.txt", "b/x.txt") > of("a/x.txt", "a/y.txt"));
        assert!(of("a/x.txt", "a/y.txt") > of("a/x.txt", "b/y.txt"));
        assert!(of("a/x.txt", "b/y.txt") > of("a/x.txt", "b/y.bin"));
    }
}
