//! What torrents are made of here: small trees whose shapes are known to part programs.

use std::fs;
use std::path::{Path, PathBuf};

/// The piece length of every torrent made here: small, so that little data has many pieces.
pub(super) const PIECE: u64 = 32 * 1024;

/// One file or tree.
pub(super) struct Content {
    /// What is special about it.
    pub(super) shape: &'static str,
    /// The name of the file or directory.
    pub(super) name: &'static str,
    /// Paths below the directory and lengths; one empty path for a single file.
    pub(super) files: &'static [(&'static str, u64)],
}

/// Sizes around piece edges, and names that order or encode differently from program to program.
pub(super) const CONTENTS: &[Content] = &[
    Content { shape: "single file", name: "film.bin", files: &[("", 11 * PIECE + 12_345)] },
    Content { shape: "single file below one block", name: "note.txt", files: &[("", 1_001)] },
    Content { shape: "single file of whole pieces", name: "even.bin", files: &[("", 8 * PIECE)] },
    Content { shape: "one-file directory", name: "alone", files: &[("only.bin", 5 * PIECE + 1)] },
    Content {
        shape: "tree",
        name: "album",
        files: &[
            ("cover.jpg", 70_001),
            ("disc 1/01.flac", 9 * PIECE + 77),
            ("disc 1/02.flac", 3 * PIECE),
            ("disc 2/01.flac", 16_384),
            ("disc 2/02.flac", 16_385),
            ("z.nfo", 1),
        ],
    },
    Content {
        shape: "tree of whole pieces",
        name: "even tree",
        files: &[("a", PIECE), ("b", 7 * PIECE), ("c/d", 2 * PIECE), ("e", 16 * 1024)],
    },
    Content {
        shape: "empty files",
        name: "hollow",
        files: &[("0", 0), ("a/0", 0), ("a/data.bin", 6 * PIECE + 5), ("m", 0), ("n", 100), ("z", 0)],
    },
    Content {
        shape: "a sibling between a directory and its slash",
        name: "siblings",
        files: &[
            ("Season 1/x", 6 * PIECE + 3),
            ("Season 1 Extras/y", 40_000),
            ("a/b", 33_000),
            ("a.txt", 12),
            ("a!", 13),
            ("a0", 14),
        ],
    },
    Content {
        shape: "names of every kind",
        name: "Größe – 大きさ",
        files: &[
            ("-dash", 10),
            ("#hash & 'quote' \"double\"", 11),
            ("emoji 🎬/ça va.txt", 6 * PIECE + 9),
            ("sp ace/ leading", 12),
            ("%41", 13),
            ("x=1;y=$HOME`", 14),
            ("Ω/ω/ο/deep/er/file", 15),
            ("日本語/文書.txt", 20_000),
        ],
    },
];

impl Content {
    /// Writes it below `parent`.
    pub(super) fn write(&self, parent: &Path) -> PathBuf {
        let root = parent.join(self.name);
        for (index, (path, length)) in self.files.iter().enumerate() {
            let path = self.path(parent, path);
            let folder = path.parent().expect("a file lies in a directory");
            fs::create_dir_all(folder).expect("a directory for the content");
            fs::write(&path, bytes(index as u64 + 1, *length)).expect("a file of the content");
        }
        root
    }

    /// Where a file of it lies below `parent`.
    pub(super) fn path(&self, parent: &Path, file: &str) -> PathBuf {
        let root = parent.join(self.name);
        if file.is_empty() { root } else { root.join(file) }
    }

    /// Its path as a torrent shows it: below the directory, or the name of a single file.
    pub(super) fn shown(&self, file: &str) -> String {
        String::from(if file.is_empty() { self.name } else { file })
    }

    /// Its largest file and that file's length.
    pub(super) fn largest(&self) -> (&'static str, u64) {
        *self.files.iter().max_by_key(|(_, length)| length).expect("a content has files")
    }

    /// Whether it is a file and not a directory.
    pub(super) fn is_single(&self) -> bool {
        self.files.iter().all(|(path, _)| path.is_empty())
    }

    /// Whether libtorrent takes a directory for a single file: a v2 torrent alone does not say whether
    /// the one file of its tree lies in a directory (BEP 52, "file tree"), and libtorrent then goes by
    /// the tree alone and leaves `name` unused.
    pub(super) fn is_single_to_libtorrent(&self, version: &str) -> bool {
        version == "v2" && self.files.len() == 1 && !self.is_single()
    }
}

/// Inverts one byte in the middle of the largest file and gives its offset. The piece around it lies
/// within that file, so that no other file may be blamed.
pub(super) fn flip(content: &Content, parent: &Path) -> u64 {
    let (file, length) = content.largest();
    let path = content.path(parent, file);
    let mut data = fs::read(&path).expect("the largest file can be read");
    let middle = data.len() / 2;
    data[middle] ^= 0xff;
    fs::write(path, data).expect("the largest file can be written");
    length / 2
}

/// Bytes without a pattern that differ from seed to seed (xorshift64*).
fn bytes(seed: u64, length: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mut next = || {
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        state.wrapping_mul(0x2545_f491_4f6c_dd1d).to_be_bytes()[0]
    };
    (0..length).map(|_| next()).collect()
}
