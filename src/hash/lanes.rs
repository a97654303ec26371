//! Keeping lanes full: which message goes on in which lane of which kernel, and for how long.
//!
//! Pure bookkeeping, without allocation: the state of a message lives with its owner (`States`) and is in a lane
//! only while it moves.

use std::cmp::Reverse;

use super::{BLOCK, SHA256_IV};

/// One block of a message.
pub(super) type Block = [u8; BLOCK];

/// Messages queued in one go, longest first; more of them are taken in windows of so many, so that the queue
/// stays on the stack (4 KiB). Each window costs one drain of the lanes, about 1 % at this size.
const WINDOW: usize = 1024;

/// Messages that get by with a short queue, which is cheaper to set up than a lone block is to hash.
const FEW: usize = 32;

/// A kernel over `N` messages side by side. Word `i` of the state of lane `l` is `states[i][l]`.
pub(super) trait Multi<const N: usize>: Copy {
    /// SHA-1 of the first `blocks` blocks of every lane; panics where a lane has fewer.
    fn sha1(self, states: &mut [[u32; N]; 5], lanes: &[&[Block]; N], blocks: usize);

    /// SHA-1 of `blocks` blocks of zeros in every lane.
    fn sha1_zeros(self, states: &mut [[u32; N]; 5], blocks: u64);

    /// SHA-256 of the first `blocks` blocks of every lane; panics where a lane has fewer.
    fn sha256(self, states: &mut [[u32; N]; 8], lanes: &[&[Block]; N], blocks: usize);

    /// The SHA-256 of messages of 64 bytes, complete with their padding.
    fn sha256_pairs(self, pairs: &[&Block; N]) -> [[u32; N]; 8];
}

/// The `sha1` and `sha2` crates, one message after the other.
#[derive(Clone, Copy, Debug)]
pub(super) struct Portable;

impl Multi<1> for Portable {
    fn sha1(self, states: &mut [[u32; 1]; 5], &[lane]: &[&[Block]; 1], blocks: usize) {
        let mut words = states.map(|[word]| word);
        sha1::block_api::compress(&mut words, &lane[..blocks]);
        *states = words.map(|word| [word]);
    }

    fn sha1_zeros(self, states: &mut [[u32; 1]; 5], blocks: u64) {
        let mut words = states.map(|[word]| word);
        for _ in 0..blocks {
            sha1::block_api::compress(&mut words, &[[0; BLOCK]]);
        }
        *states = words.map(|word| [word]);
    }

    fn sha256(self, states: &mut [[u32; 1]; 8], &[lane]: &[&[Block]; 1], blocks: usize) {
        let mut words = states.map(|[word]| word);
        sha2::block_api::compress256(&mut words, &lane[..blocks]);
        *states = words.map(|word| [word]);
    }

    fn sha256_pairs(self, &[pair]: &[&Block; 1]) -> [[u32; 1]; 8] {
        let mut padding = [0; BLOCK];
        padding[0] = 0x80;
        padding[BLOCK - 2..].copy_from_slice(&(BLOCK as u16 * 8).to_be_bytes());
        let mut words = SHA256_IV;
        sha2::block_api::compress256(&mut words, &[*pair, padding]);
        words.map(|word| [word])
    }
}

/// The messages of one call: what each is fed, and where its state lives.
pub(super) trait Jobs<const W: usize> {
    /// What a lane is fed with.
    type Feed: Feed;
    /// Messages, whether or not they are fed anything.
    fn count(&self) -> usize;
    /// What message `index` is to be fed.
    fn feed(&self, index: usize) -> Self::Feed;
    /// The words of message `index`.
    fn load(&self, index: usize) -> [u32; W];
    /// Takes the words of message `index` back.
    fn store(&mut self, index: usize, words: [u32; W]);
}

/// What a lane is fed with.
pub(super) trait Feed: Copy {
    /// Blocks left.
    fn blocks(self) -> u64;
    /// What is left after `blocks` of them.
    fn after(self, blocks: u64) -> Self;
}

impl Feed for &[Block] {
    fn blocks(self) -> u64 {
        self.len() as u64
    }

    fn after(self, blocks: u64) -> Self {
        // No more than `self.len()`, so it fits.
        &self[blocks as usize..]
    }
}

/// So many blocks of zeros.
#[derive(Clone, Copy, Debug)]
pub(super) struct ZeroBlocks(pub(super) u64);

impl Feed for ZeroBlocks {
    fn blocks(self) -> u64 {
        self.0
    }

    fn after(self, blocks: u64) -> Self {
        Self(self.0 - blocks)
    }
}

/// A message and what it is still to be fed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Flight<F> {
    pub(super) index: usize,
    pub(super) feed: F,
}

/// Where the next message for a free lane comes from.
pub(super) trait Queue<const W: usize, J: Jobs<W>> {
    fn next(&mut self, jobs: &J) -> Option<Flight<J::Feed>>;
}

/// Messages that have not begun, by index.
pub(super) struct Order<'a>(std::slice::Iter<'a, u32>);

impl<const W: usize, J: Jobs<W>> Queue<W, J> for Order<'_> {
    fn next(&mut self, jobs: &J) -> Option<Flight<J::Feed>> {
        let index = *self.0.next()? as usize;
        Some(Flight { index, feed: jobs.feed(index) })
    }
}

/// Messages that were in the lanes when the queue ran dry and too few were left.
pub(super) struct Rest<F, const N: usize>([Option<Flight<F>>; N]);

impl<const N: usize, const W: usize, J: Jobs<W>> Queue<W, J> for Rest<J::Feed, N> {
    fn next(&mut self, _: &J) -> Option<Flight<J::Feed>> {
        self.0.iter_mut().find_map(Option::take)
    }
}

/// Runs the queue through `N` lanes. A lane whose message ends is refilled at once; when the queue is empty and
/// fewer than `least` lanes are in use, what they hold is handed back for a narrower kernel.
pub(super) fn fill<const N: usize, const W: usize, J: Jobs<W>>(
    jobs: &mut J,
    queue: &mut impl Queue<W, J>,
    least: usize,
    step: impl Fn(&mut [[u32; N]; W], &[J::Feed; N], u64),
) -> Rest<J::Feed, N> {
    let mut words = [[0; N]; W];
    let mut flights = [const { None::<Flight<J::Feed>> }; N];
    let mut used = 0;
    loop {
        while used < N
            && let Some(flight) = queue.next(jobs)
        {
            put(&mut words, used, jobs.load(flight.index));
            flights[used] = Some(flight);
            used += 1;
        }
        // Unused lanes repeat the work of the first one, and nobody looks at what they make of it.
        let Some(first) = flights[0].filter(|_| used >= least) else { break };
        let feeds = flights.map(|flight| flight.unwrap_or(first).feed);
        let blocks = feeds.iter().map(|feed| feed.blocks()).min().unwrap_or(0);
        step(&mut words, &feeds, blocks);
        // Backwards, so that the lane that takes the place of a finished one has been looked at.
        for lane in (0..used).rev() {
            let Some(flight) = &mut flights[lane] else { continue };
            flight.feed = flight.feed.after(blocks);
            if flight.feed.blocks() > 0 {
                continue;
            }
            jobs.store(flight.index, take(&words, lane));
            used -= 1;
            let last = take(&words, used);
            put(&mut words, lane, last);
            flights[lane] = flights[used];
            flights[used] = None;
        }
    }
    for (lane, flight) in flights.iter().enumerate() {
        if let Some(flight) = flight {
            jobs.store(flight.index, take(&words, lane));
        }
    }
    Rest(flights)
}

/// Calls `run` with a queue of every message that is fed something, a window at a time, the longest first: what
/// is left when a queue runs dry is then short, and of much the same length.
pub(super) fn longest_first<const W: usize, J: Jobs<W>>(jobs: &mut J, run: impl Fn(&mut J, &mut Order<'_>)) {
    if jobs.count() <= FEW {
        windows::<FEW, W, J>(jobs, run);
    } else {
        windows::<WINDOW, W, J>(jobs, run);
    }
}

fn windows<const LENGTH: usize, const W: usize, J: Jobs<W>>(
    jobs: &mut J,
    run: impl Fn(&mut J, &mut Order<'_>),
) {
    let mut order = [0u32; LENGTH];
    let mut from = 0;
    loop {
        let mut queued = 0;
        while from < jobs.count() && queued < LENGTH {
            if jobs.feed(from).blocks() > 0 {
                // An index that does not fit in 32 bits would need a list of more than 64 GiB.
                order[queued] = from as u32;
                queued += 1;
            }
            from += 1;
        }
        if queued == 0 {
            return;
        }
        let queue = &mut order[..queued];
        queue.sort_unstable_by_key(|&index| Reverse(jobs.feed(index as usize).blocks()));
        run(jobs, &mut Order(queue.iter()));
    }
}

/// The words of one lane.
pub(super) fn take<const N: usize, const W: usize>(words: &[[u32; N]; W], lane: usize) -> [u32; W] {
    words.map(|word| word[lane])
}

/// Sets the words of one lane.
fn put<const N: usize, const W: usize>(words: &mut [[u32; N]; W], lane: usize, message: [u32; W]) {
    for (words, word) in words.iter_mut().zip(message) {
        words[lane] = word;
    }
}
