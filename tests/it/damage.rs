//! Random trees, damaged, renamed and moved: `verify` names exactly what is wrong, and `--rebuild` puts the
//! layout together again byte for byte. A failure prints its seed.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use ccbt::env::testing::{Outcome, TestEnv};
use ccbt::exit::ExitStatus;
use serde_json::Value;

use crate::random::Random;
use crate::{schema, tree};

const FORMATS: [&str; 3] = ["--v1", "--v2", "--hybrid"];
/// Trees of each format and kind of damage.
const TREES: u64 = 12;
const PIECE: u64 = 16 * 1024;

struct World {
    root: tempfile::TempDir,
    files: BTreeMap<String, Vec<u8>>,
    /// First and last byte of each file in the piece space.
    offsets: BTreeMap<String, u64>,
    label: String,
}

impl World {
    fn new(format: &str, random: &mut Random, seed: u64) -> Self {
        let root = tempfile::tempdir().unwrap();
        let mut files = BTreeMap::new();
        for index in 0..3 + random.below(8) {
            let directory = ["", "a/", "a/b/", "c/"][random.below(4)];
            let length = match random.below(6) {
                0 => 0,
                // Of some lengths there are several.
                1 => 40,
                2 => 1 + random.below(300),
                3 => PIECE as usize - 1 + random.below(3),
                4 => 20_000,
                _ => 1 + random.below(90_000),
            };
            files.insert(format!("{directory}file {index}"), random.bytes(length));
        }
        files.insert("never empty".into(), random.bytes(10));
        for (path, bytes) in &files {
            tree::write(root.path(), &format!("t/{path}"), bytes);
        }
        let args = ["create-torrent", format, "--piece-length", "16KiB", "t"];
        TestEnv::new(root.path()).args(args).run().expect(ExitStatus::Success);
        let inspected = TestEnv::new(root.path()).args(["inspect", "--json", "t.torrent"]).run().json();
        let listed = inspected["files"].as_array().unwrap().iter();
        let offsets =
            listed.map(|file| (text(&file["path"]), file["offset"].as_u64().unwrap_or_default())).collect();
        Self { root, files, offsets, label: format!("{format} of seed {seed}") }
    }

    fn verify(&self, args: &[&str]) -> (Outcome, Value) {
        let outcome = TestEnv::new(self.root.path())
            .args(["verify", "--json", "t.torrent", "t"].iter().chain(args))
            .run();
        let document = outcome.json();
        schema::check(&document);
        (outcome, document)
    }

    fn path(&self, file: &str) -> std::path::PathBuf {
        self.root.path().join("t").join(file)
    }

    /// The pieces that hold some bytes of a file.
    fn pieces(&self, file: &str, bytes: std::ops::Range<u64>) -> BTreeSet<u64> {
        let offset = self.offsets[file];
        bytes.map(|byte| (offset + byte) / PIECE).collect()
    }

    fn all_pieces(&self, file: &str) -> BTreeSet<u64> {
        self.pieces(file, 0..self.files[file].len() as u64)
    }

    fn pick(&self, random: &mut Random) -> (String, u64) {
        let filled: Vec<_> = self.files.iter().filter(|(_, bytes)| !bytes.is_empty()).collect();
        let (path, bytes) = filled[random.below(filled.len())];
        (path.clone(), bytes.len() as u64)
    }

    /// The directory holds every file of the torrent with its bytes, and nothing else.
    fn assert_restored(&self, directory: &Path) {
        let mut found = BTreeMap::new();
        for entry in walkdir::WalkDir::new(directory).into_iter().map(Result::unwrap) {
            if !entry.file_type().is_dir() {
                let below = entry.path().strip_prefix(directory).unwrap().to_str().unwrap().to_owned();
                found.insert(below, fs::read(entry.path()).unwrap());
            }
        }
        assert_eq!(found.keys().collect::<Vec<_>>(), self.files.keys().collect::<Vec<_>>(), "{}", self.label);
        assert!(found == self.files, "{}: bytes differ", self.label);
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn entries(document: &Value) -> BTreeMap<String, Value> {
    let files = document["files"].as_array().unwrap();
    files.iter().map(|file| (text(&file["path"]), file.clone())).collect()
}

fn bad_pieces(entry: &Value) -> BTreeSet<u64> {
    entry["bad_pieces"].as_array().unwrap().iter().map(|piece| piece.as_u64().unwrap()).collect()
}

fn flip(path: &Path, at: u64) {
    let mut bytes = fs::read(path).unwrap();
    bytes[at as usize] ^= 0x10;
    fs::write(path, bytes).unwrap();
}

/// Every format with many seeds.
fn each(kind: u64, test: impl Fn(&World, &mut Random)) {
    for format in FORMATS {
        for seed in (0..TREES).map(|seed| kind * 1000 + seed) {
            let mut random = Random::new(seed);
            let world = World::new(format, &mut random, seed);
            test(&world, &mut random);
        }
    }
}

#[test]
fn flipped_bytes_are_named_by_their_pieces_and_no_others() {
    each(1, |world, random| {
        let mut damaged = BTreeSet::new();
        for _ in 0..1 + random.below(4) {
            let (path, length) = world.pick(random);
            let at = random.next() % length;
            let piece = world.pieces(&path, at..at + 1);
            // Twice at the same place would be no damage.
            if damaged.is_disjoint(&piece) {
                flip(&world.path(&path), at);
                damaged.extend(piece);
            }
        }
        let (outcome, document) = world.verify(&[]);
        outcome.expect(ExitStatus::No);
        let label = &world.label;
        let count = if document["pieces_v2_bad"].is_u64() { "pieces_v2_bad" } else { "pieces_bad" };
        assert_eq!(document[count], damaged.len(), "{label}");
        assert_eq!(document["pieces_missing"], 0, "{label}");
        let mut verified = 0;
        for (path, entry) in entries(&document) {
            let expected: BTreeSet<u64> = world.all_pieces(&path).intersection(&damaged).copied().collect();
            assert_eq!(bad_pieces(&entry), expected, "{label}: {path}");
            assert_eq!(entry["state"] == "ok", expected.is_empty(), "{label}: {path}");
            verified += entry["verified_size"].as_u64().unwrap();
        }
        assert_eq!(document["verified_size"], verified, "{label}");
    });
}

#[test]
fn truncated_grown_and_missing_files_touch_only_who_shares_a_piece_with_them() {
    each(2, |world, random| {
        let (path, length) = world.pick(random);
        let bytes = &world.files[&path];
        let keep = random.below(bytes.len());
        match random.below(3) {
            0 => fs::write(world.path(&path), &bytes[..keep]).unwrap(),
            1 => fs::write(world.path(&path), [&bytes[..keep], b"more", &bytes[keep..]].concat()).unwrap(),
            _ => fs::remove_file(world.path(&path)).unwrap(),
        }
        let touched = world.all_pieces(&path);
        let (outcome, document) = world.verify(&[]);
        outcome.expect(ExitStatus::No);
        for (other, entry) in entries(&document) {
            let label = format!("{}: {path} ({length}) and {other}: {entry}", world.label);
            if other == path {
                assert!(entry["state"] == "bad" || entry["state"] == "missing", "{label}");
            } else if world.all_pieces(&other).is_disjoint(&touched) {
                assert_eq!(entry["state"], "ok", "{label}");
            } else {
                // What is wrong with the other file is known: its length. No one else is blamed.
                assert!(entry["state"] == "ok" || entry["state"] == "partial", "{label}");
            }
        }
    });
}

#[test]
fn renamed_and_moved_files_are_found_and_rebuilt() {
    each(3, |world, random| {
        let mut moved = BTreeSet::new();
        for index in 0..1 + random.below(5) {
            let (path, _) = world.pick(random);
            if moved.insert(path.clone()) {
                let target = ["renamed", "new/place", "a/elsewhere"][random.below(3)];
                let target = world.path(&format!("{target} {index}"));
                fs::create_dir_all(target.parent().unwrap()).unwrap();
                fs::rename(world.path(&path), target).unwrap();
            }
        }
        let (outcome, document) = world.verify(&["--rebuild", "new"]);
        let label = &world.label;
        for (path, entry) in entries(&document) {
            let expected = if moved.contains(&path) { "moved" } else { "ok" };
            assert_eq!(entry["state"], expected, "{label}: {path}: {document}");
            assert_eq!(entry["found_at"].is_string(), moved.contains(&path), "{label}: {path}");
        }
        assert_eq!(document["complete"], false, "{label}");
        assert_eq!(document["verified_size"], document["total_size"], "{label}");
        assert_eq!(document["rebuild"]["complete"], true, "{label}: {document}");
        outcome.expect(ExitStatus::Success);
        world.assert_restored(&world.root.path().join("new/t"));
        let args = ["verify", "t.torrent", "new/t", "--strict"];
        TestEnv::new(world.root.path()).args(args).run().expect(ExitStatus::Success);
    });
}

#[test]
fn swapped_files_are_told_apart_where_they_are_looked_for() {
    each(4, |world, random| {
        let (one, _) = world.pick(random);
        let (other, _) = world.pick(random);
        if world.files[&one] == world.files[&other] {
            return;
        }
        fs::rename(world.path(&one), world.path("between")).unwrap();
        fs::rename(world.path(&other), world.path(&one)).unwrap();
        fs::rename(world.path("between"), world.path(&other)).unwrap();
        let (outcome, document) = world.verify(&[]);
        outcome.expect(ExitStatus::No);
        let touched: BTreeSet<u64> =
            [&one, &other].into_iter().flat_map(|file| world.all_pieces(file)).collect();
        for (path, entry) in entries(&document) {
            let swapped = path == one || path == other;
            assert!(!swapped || entry["state"] == "bad", "{}: {path}: {document}", world.label);
            let apart = world.all_pieces(&path).is_disjoint(&touched);
            assert!(!apart || entry["state"] == "ok", "{}: {path}: {document}", world.label);
        }
        let (outcome, document) = world.verify(&["--find", "t", "--rebuild", "new", "--link", "copy"]);
        assert_eq!(document["rebuild"]["complete"], true, "{}: {document}", world.label);
        outcome.expect(ExitStatus::Success);
        world.assert_restored(&world.root.path().join("new/t"));
    });
}

#[test]
fn a_scattered_tree_is_put_together_again() {
    each(5, |world, _| {
        // Every file under a number, all in one directory elsewhere, among others.
        let stray = world.root.path().join("stray");
        fs::create_dir(&stray).unwrap();
        for (index, (path, bytes)) in world.files.iter().enumerate() {
            fs::rename(world.path(path), stray.join(format!("{index:03}"))).unwrap();
            fs::write(stray.join(format!("decoy {index}")), vec![b'x'; bytes.len()]).unwrap();
        }
        fs::remove_dir_all(world.root.path().join("t")).unwrap();
        let (outcome, document) = world.verify(&["--find", "stray", "--rebuild", "new"]);
        assert_eq!(document["verified_size"], document["total_size"], "{}: {document}", world.label);
        outcome.expect(ExitStatus::Success);
        world.assert_restored(&world.root.path().join("new/t"));
    });
}
