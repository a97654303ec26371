//! Hashes with a proof that they belong to a tree: what BEP 52's `hash request` asks for and `hashes` brings.

use super::{Engine, Sha256Digest, layer_above, pad_hash, parent, root_of_width};

/// The most hashes one range may have. BEP 52 says a length SHOULD NOT exceed 512; clients are seen to ask for
/// up to 8192, the leaves of a piece of 128 MiB.
const MAX_LENGTH: u32 = 8192;

/// The most layers a tree has above its leaves: one over all bytes that a 64-bit length can count has 49.
const MAX_LAYERS: u32 = 50;

/// What a `hash request` asks for (BEP 52): neighbouring nodes of one layer, and a proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HashRange {
    /// The layer of the nodes, counted from the leaves (0).
    pub base_layer: u32,
    /// The first node in its layer, a multiple of `length`.
    pub index: u32,
    /// Nodes, a power of two.
    pub length: u32,
    /// Layers of ancestors the proof covers. The first log2(`length`) - 1 of them follow from the nodes
    /// themselves and count without being sent.
    pub proof_layers: u32,
}

/// What is wrong with a range, or with the hashes sent for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// The length is not a power of two within the limits.
    #[error("{length} hashes asked for, not a power of two from {least} to {MAX_LENGTH}")]
    Length {
        /// Hashes asked for.
        length: u32,
        /// Fewest that can be asked for.
        least: u32,
    },
    /// The index is not a multiple of the length.
    #[error("hashes asked for from {index}, not a multiple of {length}")]
    Index {
        /// First hash asked for.
        index: u32,
        /// Hashes asked for.
        length: u32,
    },
    /// The tree has no such layer, or the layer no such nodes.
    #[error("no {length} hashes from {index} in layer {base_layer} of the tree")]
    OutsideTree {
        /// Layer of the hashes, from the leaves.
        base_layer: u32,
        /// First hash asked for.
        index: u32,
        /// Hashes asked for.
        length: u32,
    },
    /// The proof would reach beyond the root.
    #[error("{proof_layers} proof layers above layer {base_layer} reach beyond the root")]
    ProofLayers {
        /// Layer of the hashes, from the leaves.
        base_layer: u32,
        /// Layers of uncles asked for.
        proof_layers: u32,
    },
    /// Not as many hashes as the range has.
    #[error("{found} hashes sent where {expected} belong")]
    Count {
        /// Hashes that the range has.
        expected: usize,
        /// Hashes that were sent.
        found: usize,
    },
    /// The hashes do not lead to the ancestor.
    #[error("the hashes do not lead to their ancestor in the tree")]
    Mismatch,
}

impl HashRange {
    /// The node that a proof leads to: its layer, counted from the leaves, and its index there. The one who
    /// asks chooses `proof_layers` so that it is one whose hash is known, the root at the latest.
    pub fn ancestor(&self) -> (u32, u32) {
        let above = self.subtree_layers().max(self.proof_layers.saturating_add(1).min(u32::BITS));
        let above = if self.uncle_layers().is_empty() { self.subtree_layers() } else { above };
        (self.base_layer.saturating_add(above), self.index.checked_shr(above).unwrap_or(0))
    }

    /// Hashes in the answer: the nodes and their uncles.
    pub fn hash_count(&self) -> usize {
        self.length as usize + self.uncle_layers().len()
    }

    /// Layers from the nodes to the root of the subtree they fill.
    fn subtree_layers(&self) -> u32 {
        self.length.checked_ilog2().unwrap_or(0)
    }

    /// The layers above `base_layer` in which an uncle is sent. Layer 1 is the first that a proof can have, so
    /// that a lone node comes without its sibling.
    fn uncle_layers(&self) -> std::ops::Range<u32> {
        self.subtree_layers().max(1)..self.proof_layers.saturating_add(1)
    }

    /// The rules that hold for any tree.
    fn check(&self, least: u32) -> Result<(), ProofError> {
        let &Self { base_layer, index, length, proof_layers } = self;
        if !length.is_power_of_two() || !(least..=MAX_LENGTH).contains(&length) {
            return Err(ProofError::Length { length, least });
        }
        if index % length != 0 {
            return Err(ProofError::Index { index, length });
        }
        if base_layer > MAX_LAYERS || proof_layers > MAX_LAYERS {
            return Err(ProofError::ProofLayers { base_layer, proof_layers });
        }
        Ok(())
    }
}

/// Every layer of a tree, from a given one up, without the padding: 64 bytes for each node of the lowest.
#[derive(Clone, Debug)]
pub struct Tree {
    /// The layer of `layers[0]`, counted from the leaves.
    height: u32,
    layers: Vec<Vec<Sha256Digest>>,
}

impl Tree {
    /// The tree over `nodes` that stand at `height` above the leaves. There is none over no nodes.
    pub fn new(engine: &Engine, nodes: Vec<Sha256Digest>, height: u32) -> Option<Self> {
        let above = nodes.len().checked_next_power_of_two()?.trailing_zeros();
        if nodes.is_empty() || height.checked_add(above)? > MAX_LAYERS {
            return None;
        }
        let mut layers = vec![nodes];
        for layer in 0..above {
            let nodes = layer_above(engine, layers.last()?, height + layer, Vec::new());
            layers.push(nodes);
        }
        Some(Self { height, layers })
    }

    /// The root.
    pub fn root(&self) -> Sha256Digest {
        self.node(self.height + self.above(), 0)
    }

    /// The answer to a `hash request`: the nodes, then their uncles from the lowest to the one closest to the
    /// root. A length of 1, which BEP 52 forbids and some clients ask for, is answered.
    ///
    /// # Errors
    /// When the range breaks a rule of BEP 52 or does not lie within this tree.
    pub fn proof(&self, range: &HashRange) -> Result<Vec<Sha256Digest>, ProofError> {
        range.check(1)?;
        let &HashRange { base_layer, index, length, proof_layers } = range;
        let top = self.height + self.above();
        let width = 1u64 << top.saturating_sub(base_layer);
        if base_layer < self.height || base_layer > top || u64::from(index) + u64::from(length) > width {
            return Err(ProofError::OutsideTree { base_layer, index, length });
        }
        if proof_layers > 0 && proof_layers >= top - base_layer {
            return Err(ProofError::ProofLayers { base_layer, proof_layers });
        }
        let nodes = (index..index + length).map(|index| self.node(base_layer, index));
        let uncles = range.uncle_layers().map(|layer| self.node(base_layer + layer, (index >> layer) ^ 1));
        Ok(nodes.chain(uncles).collect())
    }

    /// Layers above the lowest.
    fn above(&self) -> u32 {
        // No more than `MAX_LAYERS`.
        self.layers.len() as u32 - 1
    }

    /// A node within the width of its layer, be it padding.
    fn node(&self, layer: u32, index: u32) -> Sha256Digest {
        let nodes = self.layers.get((layer - self.height) as usize);
        nodes.and_then(|nodes| nodes.get(index as usize)).copied().unwrap_or_else(|| pad_hash(layer))
    }
}

/// Whether the hashes sent for a range (nodes, then uncles) lead to `ancestor`, the hash of the node that
/// [`HashRange::ancestor`] names. The range is what was asked for, not what the sender says it was.
///
/// # Errors
/// When they do not, are not as many as the range has, or the range breaks a rule of BEP 52.
pub fn verify_proof(
    engine: &Engine,
    range: &HashRange,
    hashes: &[Sha256Digest],
    ancestor: &Sha256Digest,
) -> Result<(), ProofError> {
    range.check(2)?;
    let expected = range.hash_count();
    let (nodes, uncles) = hashes
        .split_at_checked(range.length as usize)
        .filter(|_| hashes.len() == expected)
        .ok_or(ProofError::Count { expected, found: hashes.len() })?;
    let subtree = root_of_width(engine, nodes, range.base_layer, nodes.len());
    let reached = range.uncle_layers().zip(uncles).fold(subtree, |node, (layer, uncle)| {
        let is_right = range.index.checked_shr(layer).is_some_and(|index| index % 2 == 1);
        if is_right { parent(uncle, &node) } else { parent(&node, uncle) }
    });
    if reached == *ancestor { Ok(()) } else { Err(ProofError::Mismatch) }
}
