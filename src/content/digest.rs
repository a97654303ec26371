//! The digests of many pieces at once, from their bytes.
//!
//! Pure. Bytes of a piece come in order and in any number of parts; parts of different pieces are
//! hashed side by side, so that the lanes of the kernels stay full. Holds a few hundred bytes to two
//! kilobytes a piece whatever the piece length: the v1 state and the open nodes of the merkle tree.

use crate::hash::merkle::{LEAF, MerkleAccumulator};
use crate::hash::{BLOCK, Blocks, Engine, Sha1Digest, Sha1State, Sha1Work, Sha256Digest};

/// Which digests of a piece are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// SHA-1 of the piece (BEP 3).
    pub v1: bool,
    /// Root of the piece's merkle subtree (BEP 52).
    pub v2: bool,
}

/// One piece on its way to its digests.
#[derive(Clone, Debug)]
pub struct PieceState {
    sha1: Sha1State,
    /// Bytes past the last whole SHA-1 block.
    tail: [u8; BLOCK],
    tail_length: usize,
    merkle: MerkleAccumulator,
    /// Zeros after the data, which only the v1 digest covers.
    zeros: u64,
    /// Leaves of the merkle subtree, a power of two.
    width: usize,
}

impl PieceState {
    /// Zeros that are still to be hashed after the data.
    pub fn zeros(&self) -> u64 {
        self.zeros
    }

    /// Makes the subtree narrower, down to the leaves there are: for a piece that turns out to be a whole file.
    pub fn narrow(&mut self, width: usize) {
        self.width = width;
    }

    /// A piece with so many trailing zeros and a subtree of `width` leaves (ignored without v2).
    pub fn new(zeros: u64, width: usize) -> Self {
        Self {
            sha1: Sha1State::default(),
            tail: [0; BLOCK],
            tail_length: 0,
            merkle: MerkleAccumulator::default(),
            zeros,
            width,
        }
    }
}

/// The next bytes of a piece.
#[derive(Debug)]
pub struct Feed<'a> {
    /// The piece.
    pub state: &'a mut PieceState,
    /// Its bytes: a whole number of leaves (of 16 KiB), unless these are the last.
    pub data: &'a [u8],
}

/// Digests of finished pieces, in the order of the states.
#[derive(Debug, Default)]
pub struct Digests {
    /// SHA-1 of each piece, if wanted.
    pub v1: Vec<Sha1Digest>,
    /// Merkle root of each piece, if wanted.
    pub v2: Vec<Sha256Digest>,
}

/// Hashes parts of pieces; keeps its scratch space between calls.
#[derive(Debug)]
pub struct Hasher {
    engine: Engine,
    wanted: Wanted,
    leaves: Vec<Sha256Digest>,
}

impl Hasher {
    /// A hasher for these digests.
    pub fn new(engine: Engine, wanted: Wanted) -> Self {
        Self { engine, wanted, leaves: Vec::new() }
    }

    /// Moves every piece on by its bytes.
    pub fn advance(&mut self, feeds: &mut [Feed<'_>]) {
        if self.wanted.v1 {
            self.advance_v1(feeds);
        }
        if self.wanted.v2 {
            self.advance_v2(feeds);
        }
    }

    fn advance_v1(&self, feeds: &mut [Feed<'_>]) {
        let mut works: Vec<Sha1Work<'_>> = Vec::with_capacity(feeds.len());
        for feed in feeds.iter_mut() {
            debug_assert!(feed.state.tail_length == 0, "only the last part may end inside a block");
            let whole = feed.data.len() - feed.data.len() % BLOCK;
            let (blocks, rest) = feed.data.split_at(whole);
            feed.state.tail[..rest.len()].copy_from_slice(rest);
            feed.state.tail_length = rest.len();
            if !blocks.is_empty() {
                works.push(Sha1Work { state: &mut feed.state.sha1, blocks: Blocks::Data(blocks) });
            }
        }
        self.engine.sha1_advance(&mut works);
    }

    /// Hashes the zeros that follow the data of pieces: first the block both share, then the blocks that need
    /// no bytes. What is left of them stays in the tail.
    fn pad_v1(&self, states: &mut [PieceState]) {
        let mut shared: Vec<Sha1Work<'_>> = Vec::new();
        for state in states.iter_mut().filter(|state| state.zeros > 0 && state.tail_length > 0) {
            let filled = state.zeros.min((BLOCK - state.tail_length) as u64);
            state.zeros -= filled;
            state.tail[state.tail_length..].fill(0);
            // No more than a block.
            state.tail_length += filled as usize;
            if state.tail_length == BLOCK {
                state.tail_length = 0;
                shared.push(Sha1Work { state: &mut state.sha1, blocks: Blocks::Data(&state.tail) });
            }
        }
        self.engine.sha1_advance(&mut shared);
        let mut blank: Vec<Sha1Work<'_>> = Vec::new();
        for state in states.iter_mut().filter(|state| state.zeros > 0) {
            state.tail.fill(0);
            state.tail_length = (state.zeros % BLOCK as u64) as usize;
            let blocks = Blocks::Zeros(state.zeros / BLOCK as u64);
            blank.push(Sha1Work { state: &mut state.sha1, blocks });
            state.zeros = 0;
        }
        self.engine.sha1_advance(&mut blank);
    }

    fn advance_v2(&mut self, feeds: &mut [Feed<'_>]) {
        let messages: Vec<&[u8]> = feeds.iter().flat_map(|feed| feed.data.chunks(LEAF)).collect();
        self.leaves.resize(messages.len(), [0; 32]);
        self.engine.sha256_many(&messages, &mut self.leaves);
        let mut rest: &[Sha256Digest] = &self.leaves;
        let mut pushes: Vec<(&mut MerkleAccumulator, &[Sha256Digest])> = Vec::with_capacity(feeds.len());
        for feed in feeds.iter_mut() {
            let (own, others) = rest.split_at(feed.data.len().div_ceil(LEAF));
            rest = others;
            pushes.push((&mut feed.state.merkle, own));
        }
        MerkleAccumulator::push_many(&self.engine, &mut pushes);
    }

    /// The digests of pieces whose last bytes were fed. Their trailing zeros are hashed here, which is fastest
    /// with many pieces at once.
    pub fn finish(&self, states: &mut [PieceState]) -> Digests {
        let mut digests = Digests::default();
        if self.wanted.v1 {
            self.pad_v1(states);
            let ends: Vec<(&Sha1State, &[u8])> =
                states.iter().map(|state| (&state.sha1, &state.tail[..state.tail_length])).collect();
            digests.v1.resize(states.len(), [0; 20]);
            self.engine.sha1_finish(&ends, &mut digests.v1);
        }
        if self.wanted.v2 {
            digests.v2 = states.iter().map(|state| state.merkle.finish(state.width)).collect();
        }
        digests
    }
}
