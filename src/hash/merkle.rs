//! The merkle tree of BEP 52: SHA-256, two children, leaves of 16 KiB, padded with zero leaves.
//!
//! A layer is given as its nodes from the left, the padding on the right left out. Owns roots, proofs, and roots
//! of subtrees whose leaves come piecemeal. Does not know files or pieces: which layer the pieces make up is the
//! caller's business.

mod accumulator;
mod proof;
#[cfg(test)]
mod tests;

use std::sync::LazyLock;

pub use accumulator::MerkleAccumulator;
pub use proof::{HashRange, ProofError, Tree, verify_proof};

use super::{Engine, Sha256Digest, sha256};

/// Bytes under one leaf (BEP 52, "pieces root").
pub const LEAF: usize = 16 * 1024;

/// Heights whose padding is kept: a tree over all bytes that a bencoded 64-bit length can count is 49 high.
const HEIGHTS: usize = 64;

/// The padding at every height.
static PADDING: LazyLock<[Sha256Digest; HEIGHTS]> = LazyLock::new(|| {
    let mut padding = [[0; 32]; HEIGHTS];
    for height in 1..HEIGHTS {
        padding[height] = parent(&padding[height - 1], &padding[height - 1]);
    }
    padding
});

/// The root over `nodes` that stand at `height` above the leaves, padded on the right to a power
/// of two with the roots of zero leaves. An empty list has no root.
pub fn root(engine: &Engine, nodes: &[Sha256Digest], height: u32) -> Option<Sha256Digest> {
    let width = nodes.len().checked_next_power_of_two()?;
    (!nodes.is_empty()).then(|| root_of_width(engine, nodes, height, width))
}

/// The same for a subtree of exactly `width` nodes, a power of two, of which the right ones may be missing.
///
/// # Panics
/// When `width` is no power of two, or there are more nodes.
pub fn root_of_width(engine: &Engine, nodes: &[Sha256Digest], height: u32, width: usize) -> Sha256Digest {
    assert!(width.is_power_of_two() && nodes.len() <= width, "a tree is as wide as its nodes");
    let top = height + width.trailing_zeros();
    let Some(lone) = nodes.first() else { return pad_hash(top) };
    if width == 1 {
        return *lone;
    }
    // Two buffers, every layer going from one to the other.
    let mut layer = layer_above(engine, nodes, height, Vec::new());
    let mut spare = Vec::new();
    for height in height + 1..top {
        let above = layer_above(engine, &layer, height, spare);
        spare = std::mem::replace(&mut layer, above);
    }
    layer[0]
}

/// The parents of a layer at `height`, in the memory of `parents`.
fn layer_above(
    engine: &Engine,
    layer: &[Sha256Digest],
    height: u32,
    mut parents: Vec<Sha256Digest>,
) -> Vec<Sha256Digest> {
    let (pairs, last) = layer.split_at(layer.len() & !1);
    parents.clear();
    parents.resize(pairs.len() / 2, [0; 32]);
    engine.sha256_pairs(pairs, &mut parents);
    parents.extend(last.iter().map(|node| parent(node, &pad_hash(height))));
    parents
}

/// The node over two nodes.
fn parent(left: &Sha256Digest, right: &Sha256Digest) -> Sha256Digest {
    sha256([*left, *right].as_flattened())
}

/// The root of a subtree of 2^height zero leaves.
pub fn pad_hash(height: u32) -> Sha256Digest {
    let kept = (height as usize).min(HEIGHTS - 1);
    (kept..height as usize).fold(PADDING[kept], |node, _| parent(&node, &node))
}
