//! The merkle tree of BEP 52: SHA-256, two children, leaves of 16 KiB, padded with zero leaves.

use super::{Engine, Sha256Digest};

/// Bytes under one leaf (BEP 52, "pieces root").
pub const LEAF: usize = 16 * 1024;

/// The root over `nodes` that stand at `height` above the leaves, padded on the right to a power
/// of two with the roots of zero leaves. An empty list has no root.
pub fn root(engine: &Engine, nodes: &[Sha256Digest], height: u32) -> Option<Sha256Digest> {
    let width = nodes.len().checked_next_power_of_two()?;
    (!nodes.is_empty()).then(|| root_of_width(engine, nodes, height, width))
}

/// The same for a subtree of exactly `width` nodes, a power of two, of which the right ones may be missing.
pub fn root_of_width(engine: &Engine, nodes: &[Sha256Digest], height: u32, width: usize) -> Sha256Digest {
    assert!(width.is_power_of_two() && nodes.len() <= width);
    let mut level: Vec<Sha256Digest> = nodes.to_vec();
    let mut pad = pad_hash(height);
    let mut left = width;
    if level.is_empty() {
        return pad_hash(height + width.trailing_zeros());
    }
    while left > 1 {
        if level.len() % 2 == 1 {
            level.push(pad);
        }
        let mut parents = vec![[0; 32]; level.len() / 2];
        engine.sha256_pairs(&level, &mut parents);
        level = parents;
        pad = super::sha256([pad, pad].as_flattened());
        left /= 2;
    }
    level[0]
}

/// The root of a subtree of 2^height zero leaves.
pub fn pad_hash(height: u32) -> Sha256Digest {
    (0..height).fold([0; 32], |node, _| super::sha256([node, node].as_flattened()))
}

/// A stand-in until the engine's own.
#[derive(Clone, Debug, Default)]
pub struct MerkleAccumulator {
    leaves: Vec<Sha256Digest>,
}

impl MerkleAccumulator {
    /// The root of `width` leaves.
    pub fn finish(&self, engine: &Engine, width: usize) -> Sha256Digest {
        root_of_width(engine, &self.leaves, 0, width)
    }
}

/// Pushes leaves.
pub fn push_many(_engine: &Engine, pushes: &mut [(&mut MerkleAccumulator, &[Sha256Digest])]) {
    for (to, leaves) in pushes {
        to.leaves.extend_from_slice(leaves);
    }
}
