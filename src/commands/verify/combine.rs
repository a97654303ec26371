//! Finds v1 files that are too small to own a piece: by the hash of a piece together with its neighbours.
//!
//! For each file of such a piece that is not in place there are some candidates; every combination of them is
//! hashed, those with the most similar names first, up to named limits. What fits one piece narrows what is
//! tried for the next.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::atomic::Ordering;

use sha1::{Digest as _, Sha1};

use crate::content::open::{ContentError, Source, Stamp};
use crate::content::plan::Run;

use super::content::{Content, Found};
use super::hashing::Hashing;
use super::search::{Match, Options};

/// Combinations tried for one piece.
const COMBINATIONS: usize = 4096;
/// Bytes hashed for one piece, whatever the number of combinations: about a second of work.
const HASHED: u64 = 1 << 30;
/// Combinations that fit one piece, at most: files with equal parts fit alike.
const SOLUTIONS: usize = 64;
/// Files of one piece that there is a choice for, at most: more would be hopeless, and deep.
const CHOICES: usize = 64;
/// Bytes hashed at a time.
const CHUNK: u64 = 256 * 1024;
/// How often all pieces are gone through: what one piece says of a file narrows its other pieces.
const PASSES: usize = 3;

/// Looks for the wanted files that were not found by a piece of their own.
pub(super) fn search(
    hashing: &Hashing<'_>,
    content: &Content,
    mut options: Options<'_>,
    found: &[Match],
) -> Result<Vec<Match>, ContentError> {
    let found: HashMap<usize, &PathBuf> = found.iter().map(|(index, path)| (*index, path)).collect();
    options.retain(|index, strays| !found.contains_key(index) && !strays.is_empty());
    let mut confirmed: HashSet<usize> = HashSet::new();
    for _ in 0..PASSES {
        let mut narrowed = false;
        let mut pieces: Vec<usize> = Vec::new();
        for index in options.keys() {
            let Some(file) = hashing.torrent.info.files.get(*index) else { continue };
            let Some((first, last)) = file.pieces(hashing.torrent.info.piece_length) else { continue };
            pieces.extend([first as usize, last as usize]);
        }
        pieces.sort_unstable();
        pieces.dedup();
        for piece in pieces {
            let Some(slots) = slots(content, &found, &options, piece) else { continue };
            let open: Vec<usize> = slots.iter().filter_map(|slot| slot.file).collect();
            // Nothing more to learn.
            if open.iter().all(|index| confirmed.contains(index) && options[index].len() == 1) {
                continue;
            }
            let mut trial = Trial::new(hashing, piece);
            trial.descend(&slots, Sha1::new())?;
            if trial.solutions.is_empty() {
                continue;
            }
            for index in open {
                let fitting: HashSet<usize> =
                    trial.solutions.iter().filter_map(|solution| solution.get(&index).copied()).collect();
                let strays = options.entry(index).or_default();
                let before = strays.len();
                let mut at = 0..;
                strays.retain(|_| at.next().is_some_and(|at| fitting.contains(&at)));
                narrowed |= strays.len() < before || confirmed.insert(index);
            }
        }
        if !narrowed {
            break;
        }
    }
    Ok(pick(&options, &confirmed))
}

/// One candidate for each file that fits a piece, its own as long as there are enough.
fn pick(options: &Options<'_>, confirmed: &HashSet<usize>) -> Vec<Match> {
    let mut order: Vec<usize> = confirmed.iter().copied().collect();
    order.sort_unstable();
    let mut used: HashSet<&PathBuf> = HashSet::new();
    let mut picked = Vec::new();
    for index in order {
        let strays = options.get(&index).map(Vec::as_slice).unwrap_or_default();
        let one = strays.iter().find(|stray| !used.contains(&stray.path)).or(strays.first());
        used.extend(one.map(|one| &one.path));
        picked.extend(one.map(|one| (index, one.path.clone())));
    }
    picked
}

/// A part of a piece, and the files that it may come from.
struct Slot {
    /// The wanted file; none where there is no choice.
    file: Option<usize>,
    choices: Vec<Source>,
    offset: u64,
    length: u64,
}

/// The parts of a piece; none if one of them lies nowhere.
fn slots(
    content: &Content,
    found: &HashMap<usize, &PathBuf>,
    options: &Options<'_>,
    piece: usize,
) -> Option<Vec<Slot>> {
    let source =
        |path: &PathBuf, length| Source { path: path.clone(), stamp: Stamp::expected(length), follow: true };
    let mut slots = Vec::new();
    for run in content.space.runs(content.space.piece(piece)) {
        let slot = match run {
            Run::Zeros(length) => Slot { file: None, choices: Vec::new(), offset: 0, length },
            Run::File { file, offset, length } => {
                let there = *content.found.get(file)?;
                let (open, choices) = match (options.get(&file), found.get(&file), there) {
                    (Some(strays), ..) => {
                        (Some(file), strays.iter().map(|stray| source(&stray.path, stray.length)).collect())
                    }
                    (None, Some(path), _) => (None, vec![source(path, 0)]),
                    (None, None, Found::Bytes(bytes)) if bytes >= offset + length => {
                        (None, vec![content.sources.get(file)?.clone()])
                    }
                    _ => return None,
                };
                Slot { file: open, choices, offset, length }
            }
        };
        slots.push(slot);
    }
    let choices = slots.iter().filter(|slot| slot.choices.len() > 1).count();
    (choices <= CHOICES && slots.iter().any(|slot| slot.file.is_some())).then_some(slots)
}

/// The search for what fits one piece.
struct Trial<'a> {
    hashing: &'a Hashing<'a>,
    expected: Option<&'a [u8; 20]>,
    tried: usize,
    hashed: u64,
    /// What was chosen for each file on the way.
    chosen: HashMap<usize, usize>,
    solutions: Vec<HashMap<usize, usize>>,
}

impl<'a> Trial<'a> {
    fn new(hashing: &'a Hashing<'a>, piece: usize) -> Self {
        let expected = hashing.torrent.piece_hash(piece);
        Self { hashing, expected, tried: 0, hashed: 0, chosen: HashMap::new(), solutions: Vec::new() }
    }

    fn is_over(&self) -> bool {
        self.tried >= COMBINATIONS || self.hashed >= HASHED || self.solutions.len() >= SOLUTIONS
    }

    /// Hashes the parts from here on, with every choice; as deep as there are choices.
    fn descend(&mut self, slots: &[Slot], mut state: Sha1) -> Result<(), ContentError> {
        let mut slots = slots;
        while let Some((slot, rest)) = slots.split_first() {
            slots = rest;
            match (&slot.choices[..], slot.file) {
                ([], _) => zeros(&mut state, slot.length),
                ([only], file) => {
                    if !self.update(&mut state, only, slot)? {
                        return Ok(());
                    }
                    self.chosen.extend(file.map(|file| (file, 0)));
                }
                (choices, Some(file)) => {
                    for (index, choice) in choices.iter().enumerate() {
                        if self.is_over() {
                            break;
                        }
                        let mut state = state.clone();
                        if self.update(&mut state, choice, slot)? {
                            self.chosen.insert(file, index);
                            self.descend(rest, state)?;
                        }
                    }
                    return Ok(());
                }
                // There is a choice for wanted files alone.
                (_, None) => return Ok(()),
            }
        }
        self.tried += 1;
        if self.expected.is_some_and(|expected| *expected == <[u8; 20]>::from(state.finalize())) {
            self.solutions.push(self.chosen.clone());
        }
        Ok(())
    }

    /// Adds the part's bytes; false if they can't be read.
    fn update(&mut self, state: &mut Sha1, source: &Source, slot: &Slot) -> Result<bool, ContentError> {
        if self.hashing.stop.load(Ordering::Relaxed) {
            return Err(ContentError::Interrupted);
        }
        self.hashed += slot.length;
        let Ok(opened) = source.open() else { return Ok(false) };
        let mut done = 0;
        while done < slot.length {
            let part = (slot.length - done).min(CHUNK);
            let mut bytes = vec![0; part as usize];
            if source.read(&opened, &mut bytes, slot.offset + done).is_err() {
                return Ok(false);
            }
            state.update(&bytes);
            done += part;
        }
        Ok(true)
    }
}

fn zeros(state: &mut Sha1, length: u64) {
    let chunk = vec![0; length.min(CHUNK) as usize];
    let mut done = 0;
    while done < length {
        let part = (length - done).min(CHUNK);
        state.update(&chunk[..part as usize]);
        done += part;
    }
}
