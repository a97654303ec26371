//! What the digests say of each piece and of each file. Pure.

use std::collections::HashMap;
use std::ops::Range;

use serde::Serialize;

use crate::config::Settings;
use crate::content::driver::Hashes;
use crate::content::plan::Run;
use crate::hash::merkle;
use crate::metainfo::{File, Metainfo};

use super::content::{Content, Found};

/// Files that are known to be as the torrent wants them, and files that are known not to be, by index.
pub(crate) type Evidence = HashMap<usize, bool>;

/// What is known of one piece of one half.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece {
    Ok,
    Bad,
    /// A byte of it is not there.
    Missing,
    /// v2 only: no file lies in it.
    Empty,
}

/// How many pieces of one half are what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) total: usize,
    pub(crate) ok: usize,
    pub(crate) bad: usize,
    pub(crate) missing: usize,
}

/// State of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum State {
    /// Every byte matches.
    Ok,
    /// It is there and differs.
    Bad,
    /// It is not there, or can't be read.
    Missing,
    /// What could be checked matches; the rest shares its pieces with a file that is not there.
    Partial,
    /// It was found elsewhere, and nothing known differs.
    Moved,
    /// It is not in the torrent.
    Extra,
}

/// The result for one file of the torrent.
#[derive(Debug)]
pub(crate) struct FileVerdict {
    pub(crate) state: State,
    pub(crate) verified: u64,
    /// Bytes of the file that differ, or that are not there although the file is.
    pub(crate) bad: Vec<Range<u64>>,
    /// Pieces with a byte of the file that do not match.
    pub(crate) bad_pieces: Vec<u64>,
}

impl FileVerdict {
    /// A file without content to speak of.
    fn without_content(state: State) -> Self {
        Self { state, verified: 0, bad: Vec::new(), bad_pieces: Vec::new() }
    }
}

/// The result of a verification, extra files aside.
#[derive(Debug)]
pub(crate) struct Verdict {
    /// Whether every file is in its place and matches.
    pub(crate) complete: bool,
    /// Whether all content is there, wherever it was found; an empty file needs none.
    pub(crate) whole: bool,
    pub(crate) v1: Option<Tally>,
    pub(crate) v2: Option<Tally>,
    pub(crate) verified: u64,
    pub(crate) files: Vec<FileVerdict>,
}

impl Verdict {
    pub(crate) fn reach(
        metainfo: &Metainfo,
        content: &Content,
        hashes: &Hashes,
        evidence: &Evidence,
        settings: &Settings,
    ) -> Self {
        let v1 = metainfo.info_hash_v1.map(|_| judge_v1(metainfo, content, hashes));
        let v2 = metainfo.info_hash_v2.map(|_| judge_v2(metainfo, content, hashes, settings));
        let halves: Vec<&[Piece]> = [&v1, &v2].into_iter().flatten().map(Vec::as_slice).collect();
        let blame = Blame::of(content, v1.as_deref().unwrap_or_default(), evidence);
        let judge = |(index, (file, found))| {
            judge_file(metainfo, &halves, file, found, |piece, state| blame.of_file(index, piece, state))
        };
        let files = metainfo.info.files.iter().zip(content.found.iter().copied()).enumerate();
        let mut files: Vec<FileVerdict> = files.map(judge).collect();
        for file in content.moved.keys() {
            let file = files.get_mut(*file).filter(|file| matches!(file.state, State::Ok | State::Partial));
            file.into_iter().for_each(|file| file.state = State::Moved);
        }
        let pieces =
            halves.iter().all(|half| half.iter().all(|piece| matches!(piece, Piece::Ok | Piece::Empty)));
        let whole = |(file, of): (&FileVerdict, &File)| file.verified == of.length;
        Self {
            complete: pieces && files.iter().all(|file| file.state == State::Ok),
            whole: pieces && files.iter().zip(&metainfo.info.files).all(whole),
            verified: files.iter().map(|file| file.verified).sum(),
            v1: v1.as_deref().map(Tally::of),
            v2: v2.as_deref().map(Tally::of),
            files,
        }
    }
}

impl Tally {
    fn of(pieces: &[Piece]) -> Self {
        let count = |kind| pieces.iter().filter(|&&piece| piece == kind).count();
        Self {
            total: pieces.len() - count(Piece::Empty),
            ok: count(Piece::Ok),
            bad: count(Piece::Bad),
            missing: count(Piece::Missing),
        }
    }
}

fn judge_v1(metainfo: &Metainfo, content: &Content, hashes: &Hashes) -> Vec<Piece> {
    let judge = |(index, &unreadable): (usize, &bool)| match unreadable {
        true => Piece::Missing,
        false if metainfo.piece_hash(index) == hashes.v1.get(index) => Piece::Ok,
        false => Piece::Bad,
    };
    content.unreadable.iter().enumerate().map(judge).collect()
}

fn judge_v2(metainfo: &Metainfo, content: &Content, hashes: &Hashes, settings: &Settings) -> Vec<Piece> {
    let mut pieces = vec![Piece::Empty; content.unreadable.len()];
    for file in &metainfo.info.files {
        let Some((first, last)) = file.pieces(metainfo.info.piece_length) else { continue };
        let (first, last) = (first as usize, last as usize);
        for (index, piece) in pieces[first..=last].iter_mut().enumerate() {
            let expected = expected_v2(metainfo, file, index);
            *piece = match content.unreadable[first + index] {
                true => Piece::Missing,
                false if expected.is_none() || expected == hashes.v2.get(first + index).copied() => Piece::Ok,
                false => Piece::Bad,
            };
        }
        // Without a piece layer only the file as a whole can be told to match.
        let whole = last > first && metainfo.piece_layer(file).is_none();
        let readable = !content.unreadable[first..=last].contains(&true);
        if whole && !(readable && root_matches(metainfo, file, &hashes.v2[first..=last], settings)) {
            // With a byte missing nothing is known of the others.
            let state = if readable { Piece::Bad } else { Piece::Missing };
            for piece in pieces[first..=last].iter_mut().filter(|piece| **piece == Piece::Ok) {
                *piece = state;
            }
        }
    }
    pieces
}

/// The digest a piece must have; none when the torrent brought no piece layer for its file.
fn expected_v2(metainfo: &Metainfo, file: &File, index: usize) -> Option<[u8; 32]> {
    match metainfo.piece_layer(file) {
        Some(layer) => layer.get(index).copied(),
        None if file.length <= metainfo.info.piece_length => metainfo.pieces_root(file).copied(),
        None => None,
    }
}

fn root_matches(metainfo: &Metainfo, file: &File, layer: &[[u8; 32]], settings: &Settings) -> bool {
    let height = (metainfo.info.piece_length / merkle::LEAF as u64).trailing_zeros();
    merkle::root(&settings.engine, layer, height).as_ref() == metainfo.pieces_root(file)
}

/// Who is to blame for bad v1 pieces, where more is known than that they are bad.
struct Blame<'a> {
    evidence: &'a Evidence,
    /// Of bad pieces with a file that something is known of: whether one of their files is known to be bad.
    known: HashMap<u64, bool>,
}

/// What a piece that does not match, or can't be checked, says of one of its files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Guilt {
    /// As much as of every other.
    Shared,
    /// Nothing: another one is known to be bad.
    Unknown,
    /// The file matches, as is known otherwise.
    Cleared,
}

impl<'a> Blame<'a> {
    fn of(content: &Content, v1: &[Piece], evidence: &'a Evidence) -> Self {
        let mut known = HashMap::new();
        if !evidence.is_empty() {
            for (index, _) in v1.iter().enumerate().filter(|(_, piece)| **piece == Piece::Bad) {
                let files = content.space.runs(content.space.piece(index)).filter_map(|run| match run {
                    Run::File { file, .. } => Some(evidence.get(&file).copied()),
                    Run::Zeros(_) => None,
                });
                let files: Vec<Option<bool>> = files.collect();
                // Where all of them match, the torrent contradicts itself, and no file is above suspicion.
                if files.iter().any(Option::is_some) && !files.iter().all(|file| *file == Some(true)) {
                    known.insert(index as u64, files.contains(&Some(false)));
                }
            }
        }
        Self { evidence, known }
    }

    fn of_file(&self, file: usize, piece: u64, state: Piece) -> Guilt {
        let evidence = self.evidence.get(&file).copied();
        match (state, self.known.get(&piece), evidence) {
            (Piece::Missing, _, Some(true)) | (Piece::Bad, Some(_), Some(true)) => Guilt::Cleared,
            (Piece::Bad, Some(true), None) => Guilt::Unknown,
            _ => Guilt::Shared,
        }
    }
}

fn judge_file(
    metainfo: &Metainfo,
    halves: &[&[Piece]],
    file: &File,
    found: Found,
    guilt: impl Fn(u64, Piece) -> Guilt,
) -> FileVerdict {
    let present = match found {
        Found::Missing | Found::Unreadable | Found::Link(false) => {
            return FileVerdict::without_content(State::Missing);
        }
        Found::Link(true) => return FileVerdict::without_content(State::Ok),
        Found::Bytes(bytes) => bytes,
    };
    let (mut verified, mut bad, mut bad_pieces) = (0, Vec::new(), Vec::new());
    let piece_length = metainfo.info.piece_length;
    if let Some((first, last)) = file.pieces(piece_length) {
        for piece in first..=last {
            let start = (piece * piece_length).max(file.offset) - file.offset;
            let end = ((piece + 1) * piece_length).min(file.offset + file.length) - file.offset;
            let of_piece = |half: &&[Piece]| half.get(piece as usize).copied().unwrap_or(Piece::Bad);
            let states: Vec<Piece> = halves.iter().map(of_piece).collect();
            let worst = [Piece::Bad, Piece::Missing].into_iter().find(|state| states.contains(state));
            let guilt = worst.map_or(Guilt::Shared, |state| guilt(piece, state));
            if guilt == Guilt::Cleared {
                verified += end - start;
            } else if guilt == Guilt::Shared && worst == Some(Piece::Bad) {
                extend(&mut bad, start..end);
                bad_pieces.push(piece);
            } else if states.iter().all(|&state| state == Piece::Ok) {
                verified += end - start;
            }
        }
    }
    // What is not there, and what is there too much, differs from the torrent whatever a hash says.
    if present != file.length {
        extend(&mut bad, present.min(file.length)..present.max(file.length));
    }
    let state = match (bad.is_empty(), verified == file.length) {
        (false, _) => State::Bad,
        (true, true) => State::Ok,
        (true, false) => State::Partial,
    };
    FileVerdict { state, verified, bad, bad_pieces }
}

/// Adds a range after the others, as part of the last one where they touch.
fn extend(ranges: &mut Vec<Range<u64>>, next: Range<u64>) {
    match ranges.last_mut() {
        Some(last) if last.end >= next.start => last.end = last.end.max(next.end),
        _ => ranges.push(next),
    }
}
