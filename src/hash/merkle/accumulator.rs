//! Roots of subtrees whose leaves come in runs: what is kept is one node a height.

use super::{Engine, Sha256Digest, pad_hash, parent};

/// The part of a merkle tree that its leaves so far determine: at every height at most one node, one that waits
/// for its right sibling. That is 32 bytes a height, half a kibibyte for a piece of 512 MiB.
#[derive(Clone, Debug, Default)]
pub struct MerkleAccumulator {
    leaves: u64,
    /// By height. A node is waiting where the bit of that height is set in `leaves`; the others are leftovers.
    waiting: Vec<Sha256Digest>,
}

impl MerkleAccumulator {
    /// A tree without leaves.
    pub fn new() -> Self {
        Self::default()
    }

    /// Leaves so far.
    pub fn leaves(&self) -> u64 {
        self.leaves
    }

    /// Forgets all leaves, and keeps the memory.
    pub fn clear(&mut self) {
        self.leaves = 0;
        self.waiting.clear();
    }

    /// Takes the next leaves.
    pub fn push(&mut self, engine: &Engine, leaves: &[Sha256Digest]) {
        Self::push_many(engine, &mut [(self, leaves)]);
    }

    /// Takes the next leaves of many trees, which rise one height at a time all together, so that the pairs of
    /// all of them fill the lanes of the engine.
    pub fn push_many(engine: &Engine, pushes: &mut [(&mut Self, &[Sha256Digest])]) {
        let total: usize = pushes.iter().map(|(_, leaves)| leaves.len() + 1).sum();
        let mut pairs = Vec::with_capacity(total);
        // How many of the parents are each tree's.
        let mut counts = Vec::with_capacity(pushes.len());
        for (tree, leaves) in pushes.iter_mut() {
            counts.push(tree.pair_up(0, leaves, &mut pairs));
        }
        let mut parents = Vec::with_capacity(total / 2);
        let mut height = 0;
        while !pairs.is_empty() {
            parents.resize(pairs.len() / 2, [0; 32]);
            engine.sha256_pairs(&pairs, &mut parents);
            pairs.clear();
            height += 1;
            let mut rest = parents.as_slice();
            for ((tree, _), count) in pushes.iter_mut().zip(&mut counts) {
                let (nodes, others) = rest.split_at(*count);
                *count = tree.pair_up(height, nodes, &mut pairs);
                rest = others;
            }
        }
        for (tree, leaves) in pushes {
            tree.leaves += leaves.len() as u64;
        }
    }

    /// The root of a subtree `width` leaves wide, the missing ones zero.
    ///
    /// # Panics
    /// When `width` is no power of two, or there are more leaves.
    pub fn finish(&self, width: usize) -> Sha256Digest {
        assert!(width.is_power_of_two() && self.leaves <= width as u64, "a tree is as wide as its leaves");
        let top = width.trailing_zeros();
        if let Some(root) = self.waiting(top) {
            return root;
        }
        let mut right: Option<Sha256Digest> = None;
        for height in 0..top {
            right = match (self.waiting(height), right) {
                (Some(left), right) => Some(parent(&left, &right.unwrap_or_else(|| pad_hash(height)))),
                (None, Some(left)) => Some(parent(&left, &pad_hash(height))),
                (None, None) => None,
            };
        }
        right.unwrap_or_else(|| pad_hash(top))
    }

    /// Appends to `pairs` the pairs that new nodes at `height` make with each other and with the one that waits
    /// there, keeps the odd one, and tells how many pairs there are.
    fn pair_up(&mut self, height: u32, nodes: &[Sha256Digest], pairs: &mut Vec<Sha256Digest>) -> usize {
        let Some((last, others)) = nodes.split_last() else { return 0 };
        let waiting = self.waiting(height);
        let count = nodes.len() + usize::from(waiting.is_some());
        pairs.extend(waiting);
        if count.is_multiple_of(2) {
            pairs.extend_from_slice(nodes);
        } else {
            pairs.extend_from_slice(others);
            self.wait(height, *last);
        }
        count / 2
    }

    /// The node that waits at `height`, as the leaves stood before this push.
    fn waiting(&self, height: u32) -> Option<Sha256Digest> {
        let waits = self.leaves.checked_shr(height).unwrap_or(0) & 1 == 1;
        if waits { self.waiting.get(height as usize).copied() } else { None }
    }

    fn wait(&mut self, height: u32, node: Sha256Digest) {
        let height = height as usize;
        if self.waiting.len() <= height {
            self.waiting.resize(height + 1, [0; 32]);
        }
        self.waiting[height] = node;
    }
}
