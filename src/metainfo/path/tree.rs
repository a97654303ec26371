//! Directories and files as a tree of names: linear in the bytes of all components, however deep or
//! however often shared.

use std::hash::{BuildHasher as _, RandomState};

use super::safe::{Slice, Text};

/// The directory that everything lies in.
pub(super) const ROOT: u32 = 0;

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Node {
    Directory(u32),
    File(u32),
}

/// Names by directory, in one table of open addressing. The names themselves stand in the text that every call
/// is given: a map that owns its keys would allocate for each file.
#[derive(Debug)]
pub(super) struct Tree {
    /// Index of an entry plus one; 0 is free. A power of two of them, at most half in use.
    slots: Vec<u32>,
    entries: Vec<Entry>,
    /// Parent and first file below each directory, by number.
    directories: Vec<(u32, usize)>,
    /// Whether names are compared without ASCII case.
    fold: bool,
    /// Unknown to who made the torrent, who could otherwise choose names that all fall on one slot. The keyed
    /// hash of the standard library is safe without a doubt, but its set-up alone costs more than a name.
    keys: [u64; 2],
}

#[derive(Debug)]
struct Entry {
    hash: u32,
    parent: u32,
    name: Slice,
    node: Node,
}

impl Tree {
    pub(super) fn new(fold: bool, files: usize) -> Self {
        let random = RandomState::new();
        Self {
            // Room for as many directories as there may be without most of the table being empty.
            slots: vec![0; (files + files / 4 + 1).saturating_mul(2).next_power_of_two()],
            entries: Vec::with_capacity(files),
            directories: vec![(ROOT, 0)],
            fold,
            keys: [random.hash_one(0), random.hash_one(1) | 1],
        }
    }

    /// The directory of that name, made if need be. `file` is a file below it.
    pub(super) fn directory(&mut self, text: &Text, parent: u32, name: Slice, file: usize) -> u32 {
        let (hash, found) = self.look(text, parent, text.slice(name));
        if let Some(Node::Directory(number)) = found {
            return number;
        }
        let number = narrow(self.directories.len());
        self.directories.push((parent, file));
        self.insert(Entry { hash, parent, name, node: Node::Directory(number) });
        number
    }

    /// Enters a file unless its name is taken; tells whether it was free.
    pub(super) fn add_file(&mut self, text: &Text, parent: u32, name: Slice, file: usize) -> bool {
        let (hash, found) = self.look(text, parent, text.slice(name));
        if found.is_none() {
            self.insert(Entry { hash, parent, name, node: Node::File(narrow(file)) });
        }
        found.is_none()
    }

    pub(super) fn find(&self, text: &Text, parent: u32, name: &str) -> Option<Node> {
        self.look(text, parent, name).1
    }

    /// A file below the directory, and how many directories lie above it, itself counted.
    pub(super) fn place(&self, directory: u32) -> Option<(usize, usize)> {
        let (mut parent, file) = *self.directories.get(directory as usize)?;
        let mut depth = usize::from(directory != ROOT);
        while parent != ROOT {
            depth += 1;
            parent = self.directories.get(parent as usize)?.0;
        }
        Some((file, depth))
    }

    fn look(&self, text: &Text, parent: u32, name: &str) -> (u32, Option<Node>) {
        let hash = self.hash(parent, name.as_bytes());
        let same = |entry: &Entry| {
            let other = || text.slice(entry.name);
            let equal = || if self.fold { other().eq_ignore_ascii_case(name) } else { other() == name };
            entry.hash == hash && entry.parent == parent && equal()
        };
        let found = self.probe(hash).map_while(|slot| self.entry(slot)).find(|entry| same(entry));
        (hash, found.map(|entry| entry.node))
    }

    /// Every slot, from the one that the hash asks for.
    fn probe(&self, hash: u32) -> impl Iterator<Item = usize> + use<> {
        let mask = self.slots.len() - 1;
        (0..=mask).map(move |step| (hash as usize + step) & mask)
    }

    /// The entry of a slot, if it is in use.
    fn entry(&self, slot: usize) -> Option<&Entry> {
        let index = self.slots.get(slot)?.checked_sub(1)?;
        self.entries.get(index as usize)
    }

    fn insert(&mut self, entry: Entry) {
        let hash = entry.hash;
        self.entries.push(entry);
        if self.entries.len() > self.slots.len() / 2 {
            self.slots = vec![0; self.slots.len() * 2];
            for index in 0..self.entries.len() {
                self.link(self.entries[index].hash, index);
            }
        } else {
            self.link(hash, self.entries.len() - 1);
        }
    }

    fn link(&mut self, hash: u32, index: usize) {
        let free = self.probe(hash).find(|&slot| self.entry(slot).is_none());
        if let Some(slot) = free.and_then(|slot| self.slots.get_mut(slot)) {
            *slot = narrow(index + 1);
        }
    }

    /// Multiplies eight bytes at a time with a key and folds the halves of the product together.
    fn hash(&self, parent: u32, name: &[u8]) -> u32 {
        let [start, factor] = self.keys;
        let word = |bytes: [u8; 8]| {
            u64::from_le_bytes(if self.fold { bytes.map(|byte| byte.to_ascii_lowercase()) } else { bytes })
        };
        let mix = |state: u64, word: u64| {
            let product = u128::from(state ^ word) * u128::from(factor);
            (product as u64) ^ ((product >> 64) as u64)
        };
        let (words, rest) = name.as_chunks::<8>();
        let state = mix(start, u64::from(parent) << 32 | u64::from(narrow(name.len())));
        let state = words.iter().fold(state, |state, &bytes| mix(state, word(bytes)));
        let mut last = [0; 8];
        last[..rest.len()].copy_from_slice(rest);
        mix(mix(state, word(last)), start) as u32
    }
}

/// Files and directories are limited far below what 32 bits can count.
fn narrow(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
