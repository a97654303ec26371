//! Finds v1 files that are too small to own a piece: by the hash of a piece together with its neighbours.
//!
//! For each file of such a piece that is not in place there are some candidates; every combination of them is
//! hashed, those with the most similar names first, up to named limits. What fits one piece narrows what is
//! tried for the next.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::atomic::Ordering;

use sha1::{Digest as _, Sha1};

use crate::commands::content_check::content::{Content, Found};
use crate::commands::content_check::hashing::Hashing;
use crate::content::open::{ContentError, Source, Stamp};
use crate::content::plan::Run;

use super::search::{Match, Options};

/// Candidates hashed for one piece, all combinations together: about a second of work where they are tiny.
const TRIED: usize = 1 << 20;
/// Bytes hashed for one piece, whatever the number of combinations: about a second of work.
const HASHED: u64 = 1 << 30;
/// Bytes of one piece's candidates kept in memory, so that they are read once and not for every combination.
const KEPT: u64 = 64 << 20;
/// Combinations that fit one piece, at most: candidates with equal bytes count as one.
const SOLUTIONS: usize = 64;
/// Wanted files of one piece, at most: each is a level of the recursion, and more would mostly be hopeless.
const CHOICES: usize = 512;
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
            let Some(mut slots) = slots(content, &found, &options, piece) else { continue };
            let open: Vec<usize> = slots.iter().filter_map(|slot| slot.file).collect();
            // Nothing more to learn.
            if open.iter().all(|index| confirmed.contains(index) && options[index].len() == 1) {
                continue;
            }
            slots.iter_mut().fold(KEPT, |room, slot| slot.load(room));
            if slots.iter().any(|slot| slot.choices.is_empty() && !slot.is_gap) {
                continue;
            }
            // First as if no file were two of the torrent's at once: that leaves far fewer to try.
            let mut trial = Trial::new(hashing, piece);
            for sharing in [false, true] {
                if trial.solutions.is_empty() {
                    (trial.sharing, trial.tried, trial.hashed) = (sharing, 0, 0);
                    trial.descend(&slots, Sha1::new())?;
                }
            }
            if trial.solutions.is_empty() {
                continue;
            }
            for index in open {
                let chosen = trial.solutions.iter().filter_map(|solution| solution.get(&index));
                let fitting: HashSet<usize> = chosen.flatten().copied().collect();
                let strays = options.entry(index).or_default();
                let before = strays.len();
                let mut at = 0..;
                strays.retain(|_| at.next().is_some_and(|at| fitting.contains(&at)));
                narrowed |= strays.len() < before;
                narrowed |= confirmed.insert(index);
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
    choices: Vec<Choice>,
    /// Whether it lies in no file, and is zeros.
    is_gap: bool,
    offset: u64,
    length: u64,
}

/// Candidates for one part of a piece that have the same bytes there.
struct Choice {
    /// Which of the file's options they are.
    members: Vec<usize>,
    sources: Vec<Source>,
    /// Their bytes, as long as there is room.
    bytes: Option<Vec<u8>>,
}

impl Choice {
    fn new(option: usize, source: Source) -> Self {
        Self { members: vec![option], sources: vec![source], bytes: None }
    }

    fn read(&self, offset: u64, length: u64) -> Option<Vec<u8>> {
        let source = self.sources.first()?;
        let mut bytes = vec![0; usize::try_from(length).ok()?];
        source.read(&source.open().ok()?, &mut bytes, offset).ok()?;
        Some(bytes)
    }
}

impl Slot {
    /// Reads the candidates and takes those with equal bytes together; gives the room that is left.
    fn load(&mut self, mut room: u64) -> u64 {
        let (offset, length) = (self.offset, self.length);
        let mut known: HashMap<[u8; 20], usize> = HashMap::new();
        let mut merged: Vec<Choice> = Vec::new();
        for mut choice in std::mem::take(&mut self.choices) {
            if length <= room {
                // One that can't be read is none.
                let Some(bytes) = choice.read(offset, length) else { continue };
                let digest = crate::hash::sha1(&bytes);
                if let Some(same) = known.get(&digest).and_then(|&same| merged.get_mut(same)) {
                    same.members.append(&mut choice.members);
                    same.sources.append(&mut choice.sources);
                    continue;
                }
                known.insert(digest, merged.len());
                room -= length;
                choice.bytes = Some(bytes);
            }
            merged.push(choice);
        }
        self.choices = merged;
        room
    }
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
            Run::Zeros(length) => Slot { file: None, choices: Vec::new(), is_gap: true, offset: 0, length },
            Run::File { file, offset, length } => {
                let there = *content.found.get(file)?;
                let (open, choices) = match (options.get(&file), found.get(&file), there) {
                    (Some(strays), ..) => {
                        let sources = strays.iter().map(|stray| source(&stray.path, stray.length));
                        (
                            Some(file),
                            sources.enumerate().map(|(at, source)| Choice::new(at, source)).collect(),
                        )
                    }
                    (None, Some(path), _) => (None, vec![Choice::new(0, source(path, 0))]),
                    (None, None, Found::Bytes(bytes)) if bytes >= offset + length => {
                        (None, vec![Choice::new(0, content.sources.get(file)?.clone())])
                    }
                    _ => return None,
                };
                Slot { file: open, choices, is_gap: false, offset, length }
            }
        };
        slots.push(slot);
    }
    let wanted = slots.iter().filter(|slot| slot.file.is_some()).count();
    (1..=CHOICES).contains(&wanted).then_some(slots)
}

/// The search for what fits one piece.
struct Trial<'a> {
    hashing: &'a Hashing<'a>,
    expected: Option<&'a [u8; 20]>,
    tried: usize,
    hashed: u64,
    /// Whether one candidate may be several files of the torrent.
    sharing: bool,
    /// What was chosen for each file on the way.
    chosen: HashMap<usize, Vec<usize>>,
    used: Vec<PathBuf>,
    solutions: Vec<HashMap<usize, Vec<usize>>>,
}

impl<'a> Trial<'a> {
    fn new(hashing: &'a Hashing<'a>, piece: usize) -> Self {
        Self {
            hashing,
            expected: hashing.torrent.piece_hash(piece),
            tried: 0,
            hashed: 0,
            sharing: false,
            chosen: HashMap::new(),
            used: Vec::new(),
            solutions: Vec::new(),
        }
    }

    fn is_over(&self) -> bool {
        self.tried >= TRIED || self.hashed >= HASHED || self.solutions.len() >= SOLUTIONS
    }

    /// Hashes the parts from here on, with every choice; as deep as there are files to choose.
    fn descend(&mut self, slots: &[Slot], mut state: Sha1) -> Result<(), ContentError> {
        if self.hashing.stop.load(Ordering::Relaxed) {
            return Err(ContentError::Interrupted);
        }
        let mut slots = slots;
        while let Some((slot, rest)) = slots.split_first() {
            slots = rest;
            match (slot.file, slot.choices.first()) {
                (None, None) => zeros(&mut state, slot.length),
                (None, Some(only)) => {
                    if !self.update(&mut state, only, slot) {
                        return Ok(());
                    }
                }
                (Some(file), _) => return self.choose(file, slot, rest, &state),
            }
        }
        if self.expected.is_some_and(|expected| *expected == <[u8; 20]>::from(state.finalize())) {
            self.solutions.push(self.chosen.clone());
        }
        Ok(())
    }

    fn choose(&mut self, file: usize, slot: &Slot, rest: &[Slot], before: &Sha1) -> Result<(), ContentError> {
        for choice in &slot.choices {
            if self.is_over() {
                break;
            }
            let free = choice.sources.iter().find(|source| !self.used.contains(&source.path));
            let Some(source) = free.or(choice.sources.first().filter(|_| self.sharing)) else { continue };
            let path = source.path.clone();
            let mut state = before.clone();
            if self.update(&mut state, choice, slot) {
                self.chosen.insert(file, choice.members.clone());
                self.used.push(path);
                self.descend(rest, state)?;
                self.used.pop();
            }
        }
        Ok(())
    }

    /// Adds the part's bytes; false if they can't be read.
    fn update(&mut self, state: &mut Sha1, choice: &Choice, slot: &Slot) -> bool {
        self.tried += 1;
        self.hashed += slot.length;
        if let Some(bytes) = &choice.bytes {
            state.update(bytes);
            return true;
        }
        let mut done = 0;
        while done < slot.length {
            let part = (slot.length - done).min(CHUNK);
            let Some(bytes) = choice.read(slot.offset + done, part) else { return false };
            state.update(&bytes);
            done += part;
        }
        true
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
