use std::fs;

use super::*;
use crate::content::cuts::Cut;
use crate::content::plan::Extent;

struct World {
    directory: tempfile::TempDir,
    space: Space,
    sources: Vec<Source>,
    contents: Vec<Vec<u8>>,
}

/// Files of these lengths, of bytes that differ from file to file.
fn world(lengths: &[u64], piece_length: u64, aligned: bool, tail: bool) -> World {
    let directory = tempfile::tempdir().unwrap();
    let (mut end, mut extents) = (0u64, Vec::new());
    let (mut sources, mut contents) = (Vec::new(), Vec::new());
    for (file, &length) in lengths.iter().enumerate() {
        let bytes: Vec<u8> = (0..length).map(|i| (i % 251) as u8 ^ file as u8).collect();
        let path = directory.path().join(file.to_string());
        fs::write(&path, &bytes).unwrap();
        let stamp = crate::content::open::Stamp::of(&fs::metadata(&path).unwrap());
        sources.push(Source { path, stamp, follow: false });
        contents.push(bytes);
        if length > 0 {
            end = if aligned { end.next_multiple_of(piece_length) } else { end };
            extents.push(Extent { file, offset: end, length });
            end += length;
        }
    }
    let length = if tail { end.next_multiple_of(piece_length) } else { end };
    World { directory, space: Space::new(piece_length, length, extents).unwrap(), sources, contents }
}

impl World {
    fn hash(&self, wanted: Wanted, access: Access, threads: usize) -> Result<Hashes, ContentError> {
        hash(&Job {
            space: &self.space,
            sources: &self.sources,
            wanted,
            files: FileDigests::default(),
            skip: &[],
            engine: Engine::detect(),
            threads,
            access,
            meter: &Meter::default(),
            stop: &AtomicBool::new(false),
        })
    }

    /// The space as bytes.
    fn bytes(&self) -> Vec<u8> {
        let pieces = self.space.pieces();
        let mut bytes = vec![0; self.space.piece(pieces - 1).end as usize];
        for extent in self.space.extents() {
            let at = extent.offset as usize;
            bytes[at..at + extent.length as usize].copy_from_slice(&self.contents[extent.file]);
        }
        bytes
    }

    fn check(&self, wanted: Wanted) {
        let parallel = Access::Parallel { ahead: false };
        let ahead = Access::Parallel { ahead: true };
        for (access, threads) in [(parallel, 1), (parallel, 3), (ahead, 2), (Access::Sequential, 1)] {
            let hashes = self.hash(wanted, access, threads).unwrap();
            if wanted.v1 {
                let bytes = self.bytes();
                let expected: Vec<Sha1Digest> =
                    bytes.chunks(self.space.piece_length() as usize).map(crate::hash::sha1).collect();
                assert!(hashes.v1 == expected, "{access:?} with {threads} threads");
            }
            if wanted.v2 {
                assert!(hashes.v2 == self.subtrees(), "{access:?} with {threads} threads");
            }
        }
    }

    /// BEP 52 the slow way: leaf by leaf, pair by pair.
    fn subtrees(&self) -> Vec<Sha256Digest> {
        let piece_length = self.space.piece_length() as usize;
        let mut roots = Vec::new();
        for piece in 0..self.space.pieces() {
            let extent = self.space.owner(piece).unwrap();
            let start = self.space.piece(piece).start - extent.offset;
            let content = &self.contents[extent.file][start as usize..];
            let data = &content[..content.len().min(piece_length)];
            let mut nodes: Vec<Sha256Digest> = data.chunks(LEAF).map(crate::hash::sha256).collect();
            let whole = extent.length as usize > piece_length;
            let width = if whole { piece_length / LEAF } else { nodes.len().next_power_of_two() };
            nodes.resize(width, [0; 32]);
            while nodes.len() > 1 {
                nodes = nodes.chunks(2).map(|pair| crate::hash::sha256(pair.as_flattened())).collect();
            }
            roots.push(nodes[0]);
        }
        roots
    }
}

const V1: Wanted = Wanted { v1: true, v2: false };
const V2: Wanted = Wanted { v1: false, v2: true };
const BOTH: Wanted = Wanted { v1: true, v2: true };

#[test]
fn v1_pieces_run_across_files_of_any_length() {
    world(&[1, 0, 63, 64, 65, 100_000, 7], 1 << 14, false, false).check(V1);
    world(&[10, 20, 3], 1, false, false).check(V1);
    world(&[1000, 501], 333, false, false).check(V1);
    world(&[5_000_000, 1, 4_000_000], 300_001, false, false).check(V1);
    world(&[20_000_003], 1 << 20, false, false).check(V1);
}

#[test]
fn gaps_are_hashed_as_zeros() {
    world(&[1, 64, 63, 65, 16_383, 16_384, 16_385], 1 << 15, true, true).check(BOTH);
    world(&[1, 100, 200_000], 1 << 17, true, false).check(BOTH);
}

#[test]
fn merkle_subtrees_of_large_and_small_files() {
    world(&[1], 1 << 14, true, false).check(V2);
    world(&[1 << 14, (1 << 14) + 1, 3 << 14, 1 << 20, (1 << 20) + 1], 1 << 16, true, false).check(BOTH);
    world(&[9_000_000, 9 << 20], 1 << 23, true, true).check(BOTH);
    let many: Vec<u64> = (0..600).map(|i| (i * i * 7) % 70_000).collect();
    world(&many, 1 << 15, true, true).check(BOTH);
    world(&many, 1 << 15, false, false).check(V1);
}

#[test]
fn whole_file_digests_come_from_the_same_read() {
    use sha1::Digest as _;
    let world = world(&[100_000, 0, 9_000_000, 5], 1 << 18, false, false);
    let hashes = hash(&Job {
        space: &world.space,
        sources: &world.sources,
        wanted: V1,
        files: FileDigests { md5: true, sha1: true },
        skip: &[],
        engine: Engine::detect(),
        threads: 2,
        access: Access::Parallel { ahead: false },
        meter: &Meter::default(),
        stop: &AtomicBool::new(false),
    })
    .unwrap();
    for (file, content) in world.contents.iter().enumerate() {
        assert_eq!(hashes.file_sha1[file], crate::hash::sha1(content));
        let expected: [u8; 16] = md5::Md5::digest(content).into();
        assert_eq!(hashes.file_md5[file], expected);
    }
}

#[test]
fn a_file_that_changed_is_named() {
    type Change = fn(&std::path::Path);
    let changes: [(&str, Change); 3] = [
        ("gone", |path| fs::remove_file(path).unwrap()),
        ("ends at", |path| fs::write(path, "short").unwrap()),
        ("written to", |path| {
            let file = fs::File::options().write(true).open(path).unwrap();
            file.set_modified(std::time::SystemTime::UNIX_EPOCH).unwrap();
        }),
    ];
    for (what, change) in changes {
        for access in [Access::Parallel { ahead: false }, Access::Sequential] {
            let world = world(&[50_000, 200_000, 50_000], 1 << 14, false, false);
            change(&world.directory.path().join("1"));
            let error = world.hash(V1, access, 2).unwrap_err().to_string();
            assert!(error.contains("/1`") && error.contains(what), "{error}");
        }
    }
}

#[test]
fn skipped_pieces_are_not_read_and_a_stop_ends_the_work() {
    let world = world(&[1 << 15, 1 << 15], 1 << 15, false, false);
    fs::remove_file(world.directory.path().join("1")).unwrap();
    let stop = AtomicBool::new(false);
    let meter = Meter::default();
    let mut job = Job {
        space: &world.space,
        sources: &world.sources,
        wanted: V1,
        files: FileDigests::default(),
        skip: &[false, true],
        engine: Engine::detect(),
        threads: 2,
        access: Access::Parallel { ahead: false },
        meter: &meter,
        stop: &stop,
    };
    for access in [Access::Parallel { ahead: false }, Access::Sequential] {
        job.access = access;
        let hashes = hash(&job).unwrap();
        assert_eq!(hashes.v1, [crate::hash::sha1(&world.contents[0]), [0; 20]]);
    }
    stop.store(true, Ordering::Relaxed);
    assert!(matches!(hash(&job), Err(ContentError::Interrupted)));
}

#[test]
fn padding_is_not_hashed_piece_by_piece() {
    // 2^40 bytes of padding, as a hostile torrent may promise.
    let piece_length = 1 << 28;
    let extent = Extent { file: 0, offset: 0, length: 3 };
    let mut world = world(&[3], 1 << 14, false, false);
    world.space = Space::new(piece_length, 1 << 40, vec![extent]).unwrap();
    for access in [Access::Parallel { ahead: false }, Access::Sequential] {
        let hashes = world.hash(V1, access, 2).unwrap();
        assert_eq!(hashes.v1.len(), 1 << 12);
        assert!(hashes.v1[0] != hashes.v1[1] && hashes.v1[1..].iter().all(|digest| *digest == hashes.v1[1]));
    }
}

#[test]
fn work_that_ended_early_goes_on_to_the_same_digests() {
    use std::collections::hash_map::DefaultHasher;
    use std::hash::{Hash as _, Hasher as _};
    let lengths: Vec<u64> = (0..60).map(|i| (i * i * 13) % 50_000).collect();
    let world = world(&lengths, 1 << 14, true, true);
    for seed in 0..20u64 {
        let access = if seed % 2 == 0 { Access::Parallel { ahead: false } } else { Access::Sequential };
        let whole = world.hash(BOTH, access, 2).unwrap();
        let random = |piece: usize| {
            let mut hasher = DefaultHasher::new();
            (seed, piece).hash(&mut hasher);
            hasher.finish().is_multiple_of(3)
        };
        let (meter, stop) = (Meter::default(), AtomicBool::new(false));
        let skip: Vec<bool> = (0..world.space.pieces()).map(random).collect();
        let job = Job {
            space: &world.space,
            sources: &world.sources,
            wanted: BOTH,
            files: FileDigests::default(),
            skip: &skip,
            engine: Engine::detect(),
            threads: 2,
            access,
            meter: &meter,
            stop: &stop,
        };
        let mut hashes = Hashes::of(&job);
        hash_rest(&job, &mut hashes).unwrap();
        assert!(hashes.done.iter().zip(&skip).all(|(done, skip)| done != skip), "seed {seed}");
        hash_rest(&Job { skip: &[], ..job }, &mut hashes).unwrap();
        assert!(hashes.v1 == whole.v1 && hashes.v2 == whole.v2, "seed {seed}");
    }
}

/// Every cut of one read is what it is alone, however the files are cut.
#[test]
fn cuts_of_one_read_are_what_they_are_alone() {
    let seed = random_seed();
    let mut random = SmallRandom(seed);
    for round in 0..12 {
        // Around the size of a buffer once, which is where pieces go on.
        let large = if round == 0 { 17 << 20 } else { 40_000 };
        let lengths: Vec<u64> = (0..1 + random.below(9))
            .map(|index| match random.below(5) {
                0 => random.below(3),
                1 => 16_384 * random.below(5),
                _ if index == 0 => large + random.below(100_000),
                _ => random.below(70_000),
            })
            .chain([1])
            .collect();
        let total: u64 = lengths.iter().sum();
        let mut spaces = Vec::new();
        for length in [16_384u64, 32_768, 262_144, 1 << 20] {
            spaces.push((laid_out(&lengths, length, true), Wanted { v1: true, v2: true }));
            spaces.push((laid_out(&lengths, length, true), Wanted { v1: false, v2: true }));
            spaces.push((laid_out(&lengths, length, false), Wanted { v1: true, v2: false }));
        }
        let odd = (total / 1000).max(1) + random.below(1000);
        spaces.push((laid_out(&lengths, odd, false), Wanted { v1: true, v2: false }));
        let world = world(&lengths, 16_384, false, false);
        let cuts: Vec<Cut<'_>> =
            spaces.iter().map(|(space, wanted)| Cut { space, wanted: *wanted }).collect();
        for threads in [1, 3] {
            let meter = Meter::default();
            let job = Together {
                sources: &world.sources,
                cuts: &cuts,
                files: FileDigests { md5: false, sha1: true },
                engine: Engine::detect(),
                threads,
                ahead: threads > 1,
                meter: &meter,
                stop: &AtomicBool::new(false),
            };
            let mut hashes: Vec<Hashes> = cuts.iter().map(|cut| Hashes::new(cut.space, cut.wanted)).collect();
            let files = hash_together(&job, &mut hashes).unwrap();
            assert_eq!(meter.read().0, total, "seed {seed}: every byte once");
            let sha1s: Vec<Sha1Digest> =
                world.contents.iter().map(|bytes| crate::hash::sha1(bytes)).collect();
            assert_eq!(files.file_sha1, sha1s, "seed {seed}");
            for (index, (cut, found)) in cuts.iter().zip(&hashes).enumerate() {
                let alone = World {
                    directory: tempfile::tempdir().unwrap(),
                    space: cut.space.clone(),
                    sources: world.sources.clone(),
                    contents: Vec::new(),
                };
                let expected = alone.hash(cut.wanted, Access::Parallel { ahead: false }, 2).unwrap();
                assert!(found.v1 == expected.v1, "seed {seed}, round {round}, cut {index}");
                assert!(found.v2 == expected.v2, "seed {seed}, round {round}, cut {index}");
                assert!(!found.done.contains(&false), "seed {seed}, round {round}, cut {index}");
            }
            // What is known is not read again, and what is not becomes known.
            let whole = hashes.clone();
            for hashes in &mut hashes {
                let bound = random.below(4) + 1;
                for piece in 0..hashes.done.len() {
                    if random.below(bound) == 0 {
                        hashes.done[piece] = false;
                        hashes.v1.get_mut(piece).into_iter().for_each(|digest| *digest = [0; 20]);
                        hashes.v2.get_mut(piece).into_iter().for_each(|digest| *digest = [0; 32]);
                    }
                }
            }
            hash_together(&Together { files: FileDigests::default(), ..job }, &mut hashes).unwrap();
            for (found, expected) in hashes.iter().zip(&whole) {
                assert!(
                    found.v1 == expected.v1 && found.v2 == expected.v2 && found.done == expected.done,
                    "seed {seed}"
                );
            }
        }
    }
}

fn laid_out(lengths: &[u64], piece_length: u64, aligned: bool) -> Space {
    let (mut end, mut extents) = (0u64, Vec::new());
    for (file, &length) in lengths.iter().enumerate().filter(|(_, length)| **length > 0) {
        end = if aligned { end.next_multiple_of(piece_length) } else { end };
        extents.push(Extent { file, offset: end, length });
        end += length;
    }
    Space::new(piece_length, end, extents).unwrap()
}

/// A generator that is good enough for lengths (splitmix64).
struct SmallRandom(u64);

impl SmallRandom {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % bound
    }
}

fn random_seed() -> u64 {
    use std::hash::{BuildHasher as _, Hasher as _};
    std::collections::hash_map::RandomState::new().build_hasher().finish()
}
