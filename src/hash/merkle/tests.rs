//! Roots and proofs against the plain definition, and against published vectors.

use std::path::PathBuf;

use proptest::prelude::*;
use serde_json::Value;

use super::*;

/// The root by the definition: every leaf of the full width, hashed level by level.
fn plain_root(nodes: &[Sha256Digest], height: u32, width: usize) -> Sha256Digest {
    let mut level = nodes.to_vec();
    level.resize(width, pad_hash(height));
    while level.len() > 1 {
        level = level.chunks(2).map(|pair| sha256(pair.as_flattened())).collect();
    }
    level[0]
}

fn nodes(count: usize) -> Vec<Sha256Digest> {
    (0..count).map(|i| sha256(&i.to_le_bytes())).collect()
}

/// The corpus, or nothing where no corpus is asked for.
fn vectors(test: &str) -> Option<Value> {
    let Some(corpus) = std::env::var_os("CCBT_CORPUS") else {
        // Past the capture of the test harness, which would hide it behind an "ok".
        let line = format!("skipped: {test}: CCBT_CORPUS is not set\n");
        std::io::Write::write_all(&mut std::io::stderr(), line.as_bytes()).unwrap();
        return None;
    };
    let path = PathBuf::from(corpus).join("vectors.json");
    let text = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let document: Value = serde_json::from_slice(&text).unwrap();
    Some(document["vectors"].clone())
}

fn digest(value: &Value) -> Sha256Digest {
    let text = value.as_str().unwrap();
    std::array::from_fn(|i| u8::from_str_radix(&text[2 * i..2 * i + 2], 16).unwrap())
}

fn digests(value: &Value) -> Vec<Sha256Digest> {
    value.as_array().unwrap().iter().map(digest).collect()
}

fn leaves_of(engine: &Engine, length: usize) -> Vec<Sha256Digest> {
    let payload: Vec<u8> = (0..length).map(|i| (i % 251) as u8).collect();
    let blocks: Vec<&[u8]> = payload.chunks(LEAF).collect();
    let mut leaves = vec![[0; 32]; blocks.len()];
    engine.sha256_many(&blocks, &mut leaves);
    leaves
}

#[test]
fn roots_of_the_corpus() {
    let Some(vectors) = vectors("roots_of_the_corpus") else { return };
    let engine = Engine::detect();
    let vector = &vectors["bep52_merkle"];
    for (height, expected) in digests(&vector["pad_hashes"]["by_height"]).iter().enumerate() {
        assert_eq!(pad_hash(height as u32), *expected, "padding at {height}");
    }
    for case in vector["cases"].as_array().unwrap() {
        let length = case["length"].as_u64().unwrap() as usize;
        let leaves = leaves_of(&engine, length);
        let expected = (!case["pieces_root"].is_null()).then(|| digest(&case["pieces_root"]));
        assert_eq!(root(&engine, &leaves, 0), expected, "root of {length}");
        if case["leaf_hashes"].is_array() {
            assert_eq!(leaves, digests(&case["leaf_hashes"]), "leaves of {length}");
        }
        for (piece_length, layer) in case["piece_layers"].as_object().into_iter().flatten() {
            if layer.is_null() {
                continue;
            }
            let width = piece_length.parse::<usize>().unwrap() / LEAF;
            let pieces: Vec<_> =
                leaves.chunks(width).map(|leaves| root_of_width(&engine, leaves, 0, width)).collect();
            assert_eq!(sha256(pieces.as_flattened()), digest(&layer["sha256_of_concatenation"]));
            assert_eq!(root(&engine, &pieces, width.trailing_zeros()), expected);
        }
    }
}

#[test]
fn proof_of_the_corpus() {
    let Some(vectors) = vectors("proof_of_the_corpus") else { return };
    let engine = Engine::detect();
    let vector = &vectors["bep52_proof"];
    let number = |key: &str| vector[key].as_u64().unwrap();
    let tree = Tree::new(&engine, leaves_of(&engine, number("payload_length") as usize), 0).unwrap();
    let root = digest(&vector["pieces_root"]);
    assert_eq!(tree.root(), root);
    let range = HashRange {
        base_layer: number("base_layer") as u32,
        index: number("index") as u32,
        length: number("length") as u32,
        proof_layers: number("proof_layers") as u32,
    };
    let mut expected = digests(&vector["hashes"]);
    let nodes = expected.len();
    expected.extend(digests(&vector["uncle_hashes_bottom_up"]));
    // The vector names every uncle up to the root, and a number of proof layers that sends one of them.
    assert_eq!(tree.proof(&range).unwrap(), expected[..nodes + 1]);
    let whole = HashRange { proof_layers: 4, ..range };
    assert_eq!(whole.ancestor(), (5, 0));
    assert_eq!(tree.proof(&whole).unwrap(), expected);
    verify_proof(&engine, &whole, &expected, &root).unwrap();
}

#[test]
fn ranges_against_the_rules_are_refused() {
    let engine = Engine::detect();
    let tree = Tree::new(&engine, nodes(13), 3).unwrap();
    let good = HashRange { base_layer: 3, index: 4, length: 4, proof_layers: 3 };
    let hashes = tree.proof(&good).unwrap();
    verify_proof(&engine, &good, &hashes, &tree.root()).unwrap();
    let refused = |range: HashRange| tree.proof(&range).unwrap_err();
    for length in [0, 3, 16_384] {
        assert_eq!(refused(HashRange { length, ..good }), ProofError::Length { length, least: 1 });
    }
    assert_eq!(refused(HashRange { index: 6, ..good }), ProofError::Index { index: 6, length: 4 });
    for range in [
        HashRange { index: 16, ..good },
        HashRange { index: u32::MAX - 3, ..good },
        HashRange { length: 32, index: 0, ..good },
        HashRange { base_layer: 2, ..good },
        HashRange { base_layer: 8, ..good },
    ] {
        assert!(matches!(refused(range), ProofError::OutsideTree { .. }), "{range:?}");
    }
    for range in [
        HashRange { proof_layers: 4, ..good },
        HashRange { proof_layers: u32::MAX, ..good },
        HashRange { base_layer: u32::MAX, ..good },
    ] {
        assert!(matches!(refused(range), ProofError::ProofLayers { .. }), "{range:?}");
    }
    let verify = |range: &HashRange, hashes: &[_]| verify_proof(&engine, range, hashes, &tree.root());
    assert_eq!(verify(&good, &hashes[1..]), Err(ProofError::Count { expected: 6, found: 5 }));
    assert_eq!(verify(&good, &[]), Err(ProofError::Count { expected: 6, found: 0 }));
    assert!(matches!(verify(&HashRange { length: 1, ..good }, &hashes), Err(ProofError::Length { .. })));
    assert!(Tree::new(&engine, Vec::new(), 0).is_none());
    assert!(Tree::new(&engine, nodes(2), 50).is_none());
    // A lone node is answered without its sibling.
    let lone = HashRange { length: 1, index: 12, ..good };
    assert_eq!(tree.proof(&lone).unwrap().len(), 1 + 3);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn roots_follow_the_definition(count in 0..150usize, height in 0..4u32, wider in 0..3u32) {
        let engine = Engine::detect();
        let nodes = nodes(count);
        let width = count.next_power_of_two() << wider;
        prop_assert_eq!(root_of_width(&engine, &nodes, height, width), plain_root(&nodes, height, width));
        let expected = (count > 0).then(|| plain_root(&nodes, height, count.next_power_of_two()));
        prop_assert_eq!(root(&engine, &nodes, height), expected);
    }

    #[test]
    fn accumulated_roots_are_the_same(
        trees in prop::collection::vec(prop::collection::vec(0..40usize, 0..6), 0..20),
        wider in 0..3u32,
    ) {
        let engine = Engine::detect();
        let all = nodes(240);
        let mut accumulators = vec![MerkleAccumulator::new(); trees.len()];
        for run in 0..6 {
            let mut pushes: Vec<(&mut MerkleAccumulator, &[Sha256Digest])> = Vec::new();
            for (runs, accumulator) in trees.iter().zip(&mut accumulators) {
                let from = accumulator.leaves() as usize;
                let length = runs.get(run).copied().unwrap_or(0);
                pushes.push((accumulator, &all[from..from + length]));
            }
            MerkleAccumulator::push_many(&engine, &mut pushes);
        }
        for (runs, accumulator) in trees.iter().zip(&mut accumulators) {
            let count: usize = runs.iter().sum();
            let width = count.next_power_of_two() << wider;
            prop_assert_eq!(accumulator.finish(width), plain_root(&all[..count], 0, width));
            accumulator.clear();
            accumulator.push(&engine, &all[..5]);
            prop_assert_eq!(accumulator.finish(8), plain_root(&all[..5], 0, 8));
        }
    }

    #[test]
    fn proofs_lead_to_their_ancestor(
        count in 2..70usize,
        height in 0..3u32,
        base in 0..7u32,
        length in 1..7u32,
        place in 0..64u32,
        layers in 0..8u32,
        spoilt: prop::sample::Index,
    ) {
        let engine = Engine::detect();
        let tree = Tree::new(&engine, nodes(count), height).unwrap();
        let above = count.next_power_of_two().trailing_zeros();
        prop_assume!(base + length <= above);
        let range = HashRange {
            base_layer: height + base,
            index: (place % (1 << (above - base - length))) << length,
            length: 1 << length,
            proof_layers: layers.min(above - base - 1),
        };
        let mut hashes = tree.proof(&range).unwrap();
        let (layer, index) = range.ancestor();
        let ancestor = {
            let width = 1 << (layer - height);
            let from = index as usize * width;
            let nodes = nodes(count);
            plain_root(&nodes[from.min(count)..(from + width).min(count)], height, width)
        };
        prop_assert_eq!(verify_proof(&engine, &range, &hashes, &ancestor), Ok(()));
        let spoilt = spoilt.index(hashes.len());
        hashes[spoilt][7] ^= 1;
        prop_assert_eq!(verify_proof(&engine, &range, &hashes, &ancestor), Err(ProofError::Mismatch));
    }
}
