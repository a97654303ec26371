//! Hashing many independent messages at once.
//!
//! Owns SHA-1 and SHA-256 over many messages side by side, the choice of kernel at run time,
//! and the merkle tree of BEP 52. Does not read files and does not know what a piece is.

pub mod merkle;

use sha1::Digest as _;

/// A SHA-1 digest.
pub type Sha1Digest = [u8; 20];
/// A SHA-256 digest.
pub type Sha256Digest = [u8; 32];

/// Bytes of one block of SHA-1 and SHA-256.
pub const BLOCK: usize = 64;

/// SHA-1 of one message.
pub fn sha1(message: &[u8]) -> Sha1Digest {
    sha1::Sha1::digest(message).into()
}

/// SHA-256 of one message.
pub fn sha256(message: &[u8]) -> Sha256Digest {
    sha2::Sha256::digest(message).into()
}

/// A SHA-1 computation between two blocks: it has taken a whole number of blocks so far.
#[derive(Clone, Debug)]
pub struct Sha1State {
    pub(crate) words: [u32; 5],
    pub(crate) bytes: u64,
}

impl Default for Sha1State {
    fn default() -> Self {
        Self { words: [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0], bytes: 0 }
    }
}

/// What a message continues with.
#[derive(Clone, Copy, Debug)]
pub enum Blocks<'a> {
    /// These bytes, a whole number of blocks.
    Data(&'a [u8]),
    /// So many blocks of zeros, which take no memory and no message schedule.
    Zeros(u64),
}

/// One message to move on, beside others.
#[derive(Debug)]
pub struct Sha1Work<'a> {
    /// The message so far.
    pub state: &'a mut Sha1State,
    /// What comes next.
    pub blocks: Blocks<'a>,
}

/// The kernels chosen for this machine; cheap to copy, free of state.
#[derive(Clone, Copy, Debug, Default)]
pub struct Engine {}

impl Engine {
    /// The fastest kernels this processor has.
    pub fn detect() -> Self {
        Self {}
    }

    /// Stand-in.
    pub fn available() -> Vec<Kernel> {
        vec![Kernel::Portable]
    }

    /// Whether this is the portable path.
    pub fn is_portable(&self) -> bool {
        true
    }

    /// Moves every message on by its blocks, in any order. Data whose length is not a whole
    /// number of blocks is a bug of the caller (panics).
    pub fn sha1_advance(&self, work: &mut [Sha1Work<'_>]) {
        for item in work {
            match item.blocks {
                Blocks::Data(data) => {
                    let (blocks, rest) = data.as_chunks::<BLOCK>();
                    assert!(rest.is_empty(), "a whole number of blocks");
                    sha1::block_api::compress(&mut item.state.words, blocks);
                    item.state.bytes += data.len() as u64;
                }
                Blocks::Zeros(count) => {
                    for _ in 0..count {
                        sha1::block_api::compress(&mut item.state.words, &[[0; BLOCK]]);
                    }
                    item.state.bytes += count * BLOCK as u64;
                }
            }
        }
    }

    /// Ends every message with its tail (any length below one block) and gives the digests, in order.
    pub fn sha1_finish(&self, messages: &[(&Sha1State, &[u8])], digests: &mut [Sha1Digest]) {
        assert_eq!(messages.len(), digests.len());
        for ((state, tail), digest) in messages.iter().zip(digests) {
            assert!(tail.len() < BLOCK);
            let mut end = [0u8; 2 * BLOCK];
            end[..tail.len()].copy_from_slice(tail);
            end[tail.len()] = 0x80;
            let used = if tail.len() + 9 > BLOCK { 2 * BLOCK } else { BLOCK };
            let bits = (state.bytes + tail.len() as u64) * 8;
            end[used - 8..used].copy_from_slice(&bits.to_be_bytes());
            let mut words = state.words;
            sha1::block_api::compress(&mut words, end[..used].as_chunks::<BLOCK>().0);
            for (bytes, word) in digest.chunks_exact_mut(4).zip(words) {
                bytes.copy_from_slice(&word.to_be_bytes());
            }
        }
    }

    /// SHA-256 of every message, in order.
    pub fn sha256_many(&self, messages: &[&[u8]], digests: &mut [Sha256Digest]) {
        assert_eq!(messages.len(), digests.len());
        for (message, digest) in messages.iter().zip(digests) {
            *digest = sha256(message);
        }
    }

    /// SHA-256 of neighbouring pairs of digests: one level of a merkle tree.
    /// `nodes` holds twice as many as `parents`.
    pub fn sha256_pairs(&self, nodes: &[Sha256Digest], parents: &mut [Sha256Digest]) {
        assert_eq!(nodes.len(), parents.len() * 2);
        for (pair, parent) in nodes.chunks_exact(2).zip(parents) {
            *parent = sha256(pair.as_flattened());
        }
    }
}

/// Stand-in.
#[derive(Clone, Copy, Debug)]
pub enum Kernel {
    /// The crates.
    Portable,
}

impl Kernel {
    /// Its name.
    pub fn name(self) -> &'static str {
        "portable"
    }
}
