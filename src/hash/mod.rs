//! Hashing many independent messages at once.
//!
//! Owns SHA-1 and SHA-256 over many messages side by side, the choice of kernel at run time,
//! and the merkle tree of BEP 52. Does not read files and does not know what a piece is.

mod kernel;
mod lanes;
pub mod merkle;
#[cfg(test)]
mod tests;
#[cfg(target_arch = "x86_64")]
mod x86;

use sha1::Digest as _;

pub use kernel::{Choice, Kernel, UnknownKernel};
use kernel::{Plan, Sha1Data, Sha256Data, digest_of};
use lanes::{Block, Jobs, ZeroBlocks, longest_first};

/// A SHA-1 digest.
pub type Sha1Digest = [u8; 20];
/// A SHA-256 digest.
pub type Sha256Digest = [u8; 32];

/// Bytes of one block of SHA-1 and SHA-256.
pub const BLOCK: usize = 64;

/// The initial state of SHA-1 (FIPS 180-4, 5.3.1).
const SHA1_IV: [u32; 5] = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0];

/// The initial state of SHA-256 (FIPS 180-4, 5.3.3).
const SHA256_IV: [u32; 8] =
    [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19];

/// Messages whose ends are padded and hashed together, at 136 bytes of stack each: as many as the widest kernel
/// has lanes.
const GROUP: usize = 16;

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
        Self { words: SHA1_IV, bytes: 0 }
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
#[derive(Clone, Copy, Debug)]
pub struct Engine {
    sha1: Plan,
    sha256: Plan,
}

impl Default for Engine {
    fn default() -> Self {
        Self::detect()
    }
}

impl Engine {
    /// Moves every message on by its blocks, in any order. It is fastest with sixteen or more of them, at best
    /// of similar length.
    ///
    /// # Panics
    /// When data is not a whole number of blocks, which is a bug of the caller.
    pub fn sha1_advance(&self, work: &mut [Sha1Work<'_>]) {
        for item in work.iter_mut() {
            item.state.bytes += match item.blocks {
                Blocks::Data(data) => {
                    assert!(data.len().is_multiple_of(BLOCK), "a whole number of blocks");
                    data.len() as u64
                }
                Blocks::Zeros(count) => count * BLOCK as u64,
            };
        }
        longest_first(&mut DataWork(work), |jobs, queue| self.sha1.run(Sha1Data, jobs, queue));
        longest_first(&mut ZeroWork(work), |jobs, queue| self.sha1.run_zeros(jobs, queue));
    }

    /// Ends every message with its tail (any length below one block) and gives the digests, in order.
    ///
    /// # Panics
    /// When a tail is a block or more, or when there are not as many digests as messages.
    pub fn sha1_finish(&self, messages: &[(&Sha1State, &[u8])], digests: &mut [Sha1Digest]) {
        assert_eq!(messages.len(), digests.len());
        for (messages, digests) in messages.chunks(GROUP).zip(digests.chunks_mut(GROUP)) {
            let mut tails = [Tail::EMPTY; GROUP];
            for (((state, bytes), digest), tail) in messages.iter().zip(digests.iter_mut()).zip(&mut tails) {
                *digest = digest_of(state.words);
                tail.pad(bytes, state.bytes + bytes.len() as u64);
            }
            longest_first::<5, _>(&mut Tails { digests, tails: &tails }, |jobs, queue| {
                self.sha1.run(Sha1Data, jobs, queue);
            });
        }
    }

    /// SHA-256 of every message, in order.
    ///
    /// # Panics
    /// When there are not as many digests as messages.
    pub fn sha256_many(&self, messages: &[&[u8]], digests: &mut [Sha256Digest]) {
        assert_eq!(messages.len(), digests.len());
        // A digest holds the state of its message until that has ended.
        digests.fill(digest_of(SHA256_IV));
        longest_first(&mut Bodies { digests, messages }, |jobs, queue| {
            self.sha256.run(Sha256Data, jobs, queue);
        });
        for (messages, digests) in messages.chunks(GROUP).zip(digests.chunks_mut(GROUP)) {
            let mut tails = [Tail::EMPTY; GROUP];
            for (message, tail) in messages.iter().zip(&mut tails) {
                tail.pad(message.as_chunks::<BLOCK>().1, message.len() as u64);
            }
            longest_first::<8, _>(&mut Tails { digests, tails: &tails }, |jobs, queue| {
                self.sha256.run(Sha256Data, jobs, queue);
            });
        }
    }

    /// SHA-256 of neighbouring pairs of digests: one level of a merkle tree.
    /// `nodes` holds twice as many as `parents`.
    ///
    /// # Panics
    /// When it does not.
    pub fn sha256_pairs(&self, nodes: &[Sha256Digest], parents: &mut [Sha256Digest]) {
        assert_eq!(nodes.len(), parents.len() * 2);
        self.sha256.pairs(nodes.as_flattened().as_chunks::<BLOCK>().0, parents);
    }
}

/// The works of a list that continue with data.
struct DataWork<'w, 'a>(&'w mut [Sha1Work<'a>]);

impl<'a> Jobs<5> for DataWork<'_, 'a> {
    type Feed = &'a [Block];

    fn count(&self) -> usize {
        self.0.len()
    }

    fn feed(&self, index: usize) -> &'a [Block] {
        match self.0[index].blocks {
            Blocks::Data(data) => data.as_chunks::<BLOCK>().0,
            Blocks::Zeros(_) => &[],
        }
    }

    fn load(&self, index: usize) -> [u32; 5] {
        self.0[index].state.words
    }

    fn store(&mut self, index: usize, words: [u32; 5]) {
        self.0[index].state.words = words;
    }
}

/// The works of a list that continue with zeros.
struct ZeroWork<'w, 'a>(&'w mut [Sha1Work<'a>]);

impl Jobs<5> for ZeroWork<'_, '_> {
    type Feed = ZeroBlocks;

    fn count(&self) -> usize {
        self.0.len()
    }

    fn feed(&self, index: usize) -> ZeroBlocks {
        match self.0[index].blocks {
            Blocks::Data(_) => ZeroBlocks(0),
            Blocks::Zeros(count) => ZeroBlocks(count),
        }
    }

    fn load(&self, index: usize) -> [u32; 5] {
        self.0[index].state.words
    }

    fn store(&mut self, index: usize, words: [u32; 5]) {
        self.0[index].state.words = words;
    }
}

/// The whole blocks of messages whose states stand where their digests will.
struct Bodies<'d, 'a> {
    digests: &'d mut [Sha256Digest],
    messages: &'d [&'a [u8]],
}

impl<'a> Jobs<8> for Bodies<'_, 'a> {
    type Feed = &'a [Block];

    fn count(&self) -> usize {
        self.messages.len()
    }

    fn feed(&self, index: usize) -> &'a [Block] {
        self.messages[index].as_chunks::<BLOCK>().0
    }

    fn load(&self, index: usize) -> [u32; 8] {
        words_of(&self.digests[index])
    }

    fn store(&mut self, index: usize, words: [u32; 8]) {
        self.digests[index] = digest_of(words);
    }
}

/// The padded end of a message: one block, or two where the length does not fit in the first.
#[derive(Clone, Copy)]
struct Tail {
    blocks: [Block; 2],
    used: usize,
}

impl Tail {
    const EMPTY: Self = Self { blocks: [[0; BLOCK]; 2], used: 0 };

    /// Pads the last `bytes` of a message of `length` bytes in all (FIPS 180-4, 5.1.1).
    fn pad(&mut self, bytes: &[u8], length: u64) {
        assert!(bytes.len() < BLOCK, "a tail is shorter than a block");
        let [first, second] = &mut self.blocks;
        first[..bytes.len()].copy_from_slice(bytes);
        first[bytes.len()] = 0x80;
        let fits = bytes.len() < BLOCK - 8;
        let last = if fits { first } else { second };
        last[BLOCK - 8..].copy_from_slice(&(length * 8).to_be_bytes());
        self.used = if fits { 1 } else { 2 };
    }
}

/// The ends of messages whose states stand where their digests will.
struct Tails<'a, const BYTES: usize> {
    digests: &'a mut [[u8; BYTES]],
    tails: &'a [Tail],
}

impl<'a, const W: usize, const BYTES: usize> Jobs<W> for Tails<'a, BYTES> {
    type Feed = &'a [Block];

    fn count(&self) -> usize {
        self.digests.len()
    }

    fn feed(&self, index: usize) -> &'a [Block] {
        let tail = &self.tails[index];
        &tail.blocks[..tail.used]
    }

    fn load(&self, index: usize) -> [u32; W] {
        words_of(&self.digests[index])
    }

    fn store(&mut self, index: usize, words: [u32; W]) {
        self.digests[index] = digest_of(words);
    }
}

/// The state words in the place of a digest, as [`digest_of`] wrote them.
fn words_of<const W: usize, const BYTES: usize>(digest: &[u8; BYTES]) -> [u32; W] {
    const { assert!(BYTES == 4 * W) };
    let words = digest.as_chunks::<4>().0;
    std::array::from_fn(|i| u32::from_be_bytes(words[i]))
}
