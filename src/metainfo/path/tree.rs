//! Directories and files as a tree of names: linear in the bytes of all components, however deep or
//! however often shared.

use std::collections::HashMap;

/// The directory that everything lies in.
pub(super) const ROOT: u32 = 0;

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Node {
    Directory(u32),
    File(usize),
}

/// Names by directory. A map for each directory would cost hundreds of bytes for each one.
#[derive(Debug)]
pub(super) struct Tree {
    /// Directory number, little-endian, and name.
    nodes: HashMap<Box<[u8]>, Node>,
    /// Parent and first file below each directory, by number.
    directories: Vec<(u32, usize)>,
    /// Whether names are compared without ASCII case.
    fold: bool,
    key: Vec<u8>,
}

impl Tree {
    pub(super) fn new(fold: bool, files: usize) -> Self {
        Self { nodes: HashMap::with_capacity(files), directories: vec![(ROOT, 0)], fold, key: Vec::new() }
    }

    /// The directory of that name, made if need be. `file` is a file below it.
    pub(super) fn directory(&mut self, parent: u32, name: &str, file: usize) -> u32 {
        if let Some(Node::Directory(number)) = self.find(parent, name) {
            return number;
        }
        let number = u32::try_from(self.directories.len()).unwrap_or(u32::MAX);
        self.directories.push((parent, file));
        self.nodes.insert(self.key.as_slice().into(), Node::Directory(number));
        number
    }

    /// Enters a file unless its name is taken; tells whether it was free.
    pub(super) fn add_file(&mut self, parent: u32, name: &str, file: usize) -> bool {
        if self.find(parent, name).is_some() {
            return false;
        }
        self.nodes.insert(self.key.as_slice().into(), Node::File(file));
        true
    }

    pub(super) fn find(&mut self, parent: u32, name: &str) -> Option<Node> {
        self.key.clear();
        self.key.extend_from_slice(&parent.to_le_bytes());
        self.key.extend_from_slice(name.as_bytes());
        if self.fold {
            self.key[4..].make_ascii_lowercase();
        }
        self.nodes.get(self.key.as_slice()).copied()
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
}
