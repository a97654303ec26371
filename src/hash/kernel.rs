//! Which kernels there are, which this machine has, and which one a piece of work goes to.

use std::fmt;

use super::lanes::{Block, Jobs, Multi, Portable, Queue, ZeroBlocks, fill, take};
#[cfg(target_arch = "x86_64")]
use super::x86::{Avx2, Avx512, Mixed, ShaNi};
use super::{Engine, Sha256Digest};

/// An implementation of the two hashes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kernel {
    /// The `sha1` and `sha2` crates, one message after the other.
    Portable,
    /// The same crates where they run on the crypto extensions of Armv8.
    Armv8,
    /// A few messages interleaved on the SHA extensions of x86.
    ShaNi,
    /// Eight messages side by side in AVX2 registers.
    Avx2,
    /// Sixteen messages side by side in AVX-512 registers.
    Avx512,
    /// Sixteen messages side by side, their schedules in AVX-512 registers and their rounds on the SHA
    /// extensions of x86. For SHA-256 only; SHA-1 is AVX-512's.
    Mixed,
}

impl Kernel {
    /// Every kernel, the plainest first.
    const ALL: [Self; 6] = [Self::Portable, Self::Armv8, Self::ShaNi, Self::Avx2, Self::Avx512, Self::Mixed];

    /// The name, as [`Engine::with_kernel`] takes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Portable => "portable",
            Self::Armv8 => "armv8",
            Self::ShaNi => "sha-ni",
            Self::Avx2 => "avx2",
            Self::Avx512 => "avx512",
            Self::Mixed => "mixed",
        }
    }

    /// Messages it moves at once.
    pub fn lanes(self) -> usize {
        match self {
            Self::Portable | Self::Armv8 => 1,
            Self::ShaNi => STREAMS,
            Self::Avx2 => 8,
            Self::Avx512 | Self::Mixed => 16,
        }
    }

    /// Whether this machine has it.
    fn is_available(self) -> bool {
        match self {
            Self::Portable => true,
            #[cfg(target_arch = "aarch64")]
            Self::Armv8 => std::arch::is_aarch64_feature_detected!("sha2"),
            #[cfg(target_arch = "x86_64")]
            Self::ShaNi => ShaNi::new().is_some(),
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => Avx2::new().is_some(),
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => Avx512::new().is_some(),
            #[cfg(target_arch = "x86_64")]
            Self::Mixed => Mixed::new().is_some(),
            #[allow(unreachable_patterns, reason = "which kernels are left depends on the architecture")]
            _ => false,
        }
    }
}

impl fmt::Display for Kernel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A kernel was asked for by a name that this machine has none of.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no hash kernel `{name}` on this machine, which has {}", list(.available))]
pub struct UnknownKernel {
    /// The name asked for.
    pub name: String,
    /// The kernels that can be asked for here.
    pub available: Vec<Kernel>,
}

fn list(kernels: &[Kernel]) -> String {
    kernels.iter().map(|kernel| format!("`{kernel}`")).collect::<Vec<_>>().join(", ")
}

/// The kernel an engine uses for one algorithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice {
    /// `SHA-1` or `SHA-256`.
    pub algorithm: &'static str,
    /// The kernel for many messages.
    pub kernel: Kernel,
    /// The kernel for the few that would leave most lanes of the former empty.
    pub few: Kernel,
}

impl Choice {
    /// Messages side by side in the kernel for many.
    pub fn lanes(&self) -> usize {
        self.kernel.lanes()
    }
}

impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { algorithm, kernel, few } = self;
        let lanes = self.lanes();
        write!(f, "{algorithm}: {kernel} ({lanes} {})", if lanes == 1 { "lane" } else { "lanes" })?;
        if few != kernel {
            write!(f, ", {few} for few messages")?;
        }
        Ok(())
    }
}

impl Engine {
    /// The fastest kernels this processor has.
    pub fn detect() -> Self {
        Self { sha1: Plan::fastest_sha1(), sha256: Plan::fastest_sha256() }
    }

    /// The kernel of that name for both algorithms, except that `mixed` has no SHA-1 and goes with `avx512` for
    /// it. What is left in too few of its lanes goes the same way as with [`Engine::detect`].
    ///
    /// # Errors
    /// When there is no such kernel, or this machine does not have it.
    pub fn with_kernel(name: &str) -> Result<Self, UnknownKernel> {
        let unknown = || UnknownKernel { name: name.to_owned(), available: Self::available() };
        let kernel = Kernel::ALL.into_iter().find(|kernel| kernel.name() == name).ok_or_else(unknown)?;
        let sha256 = Plan::forced(kernel).ok_or_else(unknown)?;
        let sha1 = match kernel {
            Kernel::Mixed => Plan::forced(Kernel::Avx512).ok_or_else(unknown)?,
            _ => sha256,
        };
        Ok(Self { sha1, sha256 })
    }

    /// The kernels this machine has, the plainest first.
    pub fn available() -> Vec<Kernel> {
        Kernel::ALL.into_iter().filter(|kernel| kernel.is_available()).collect()
    }

    /// What this engine uses, per algorithm.
    pub fn choices(&self) -> [Choice; 2] {
        [("SHA-1", self.sha1), ("SHA-256", self.sha256)].map(|(algorithm, plan)| {
            let few = plan.narrow.kernel();
            Choice { algorithm, kernel: plan.wide.map_or(few, Wide::kernel), few }
        })
    }
}

/// Messages interleaved on the SHA extensions. On Zen 3, SHA-1 of 2, 3, 4, 5, 6 and 8 messages at once makes
/// 2.9, 3.5, 4.0, 3.8, 3.5 and 3.0 GB/s, one message 1.7; SHA-256 has its peak at four as well.
const STREAMS: usize = 4;

/// Kernels that need many messages to pay.
#[derive(Clone, Copy, Debug)]
pub(super) enum Wide {
    #[cfg(target_arch = "x86_64")]
    Avx2(Avx2),
    #[cfg(target_arch = "x86_64")]
    Avx512(Avx512),
    #[cfg(target_arch = "x86_64")]
    Mixed(Mixed),
}

/// Kernels that are at their best with few messages.
#[derive(Clone, Copy, Debug)]
pub(super) enum Narrow {
    Portable,
    #[cfg(target_arch = "x86_64")]
    ShaNi(ShaNi),
}

/// The kernels for one algorithm.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plan {
    pub(super) wide: Option<Wide>,
    pub(super) narrow: Narrow,
}

impl Wide {
    #[cfg(target_arch = "x86_64")]
    fn widest() -> Option<Self> {
        Avx512::new().map(Self::Avx512).or_else(|| Avx2::new().map(Self::Avx2))
    }

    fn kernel(self) -> Kernel {
        match self {
            #[cfg(target_arch = "x86_64")]
            Self::Avx2(_) => Kernel::Avx2,
            #[cfg(target_arch = "x86_64")]
            Self::Avx512(_) => Kernel::Avx512,
            #[cfg(target_arch = "x86_64")]
            Self::Mixed(_) => Kernel::Mixed,
        }
    }
}

impl Narrow {
    fn detect() -> Self {
        #[cfg(target_arch = "x86_64")]
        if let Some(kernel) = ShaNi::new() {
            return Self::ShaNi(kernel);
        }
        Self::Portable
    }

    fn kernel(self) -> Kernel {
        match self {
            Self::Portable if Kernel::Armv8.is_available() => Kernel::Armv8,
            Self::Portable => Kernel::Portable,
            #[cfg(target_arch = "x86_64")]
            Self::ShaNi(_) => Kernel::ShaNi,
        }
    }
}

impl Plan {
    /// For SHA-1 AVX-512, or the SHA extensions, or AVX2. Sixteen lanes of AVX-512 beat four streams on the SHA
    /// extensions (on Zen 4 6.5 against 4.5 GB/s), and these beat eight in AVX2 registers, which have no rotation
    /// (on Zen 3 4.0 against 3.4).
    fn fastest_sha1() -> Self {
        let narrow = Narrow::detect();
        #[cfg(target_arch = "x86_64")]
        let wide = match narrow {
            Narrow::ShaNi(_) => Avx512::new().map(Wide::Avx512),
            Narrow::Portable => Wide::widest(),
        };
        #[cfg(not(target_arch = "x86_64"))]
        let wide = None;
        Self { wide, narrow }
    }

    /// For SHA-256 the SHA extensions, with AVX-512 beside them for many messages (on Zen 4 4.2 GB/s on leaves); or
    /// AVX-512, or AVX2. Four streams are level with sixteen lanes of AVX-512 alone on leaves (3.45 against 3.35),
    /// ahead of them on pairs (2.1 against 1.5), and need not be sixteen.
    fn fastest_sha256() -> Self {
        let narrow = Narrow::detect();
        #[cfg(target_arch = "x86_64")]
        let wide = match narrow {
            Narrow::ShaNi(_) => Mixed::new().map(Wide::Mixed),
            Narrow::Portable => Wide::widest(),
        };
        #[cfg(not(target_arch = "x86_64"))]
        let wide = None;
        Self { wide, narrow }
    }

    fn forced(kernel: Kernel) -> Option<Self> {
        match kernel {
            Kernel::Portable => Some(Self { wide: None, narrow: Narrow::Portable }),
            Kernel::Armv8 => kernel.is_available().then_some(Self { wide: None, narrow: Narrow::Portable }),
            #[cfg(target_arch = "x86_64")]
            Kernel::ShaNi => ShaNi::new().map(|kernel| Self { wide: None, narrow: Narrow::ShaNi(kernel) }),
            #[cfg(target_arch = "x86_64")]
            Kernel::Avx2 => {
                Avx2::new().map(|kernel| Self { wide: Some(Wide::Avx2(kernel)), narrow: Narrow::detect() })
            }
            #[cfg(target_arch = "x86_64")]
            Kernel::Avx512 => Avx512::new()
                .map(|kernel| Self { wide: Some(Wide::Avx512(kernel)), narrow: Narrow::detect() }),
            #[cfg(target_arch = "x86_64")]
            Kernel::Mixed => {
                Mixed::new().map(|kernel| Self { wide: Some(Wide::Mixed(kernel)), narrow: Narrow::detect() })
            }
            #[allow(unreachable_patterns, reason = "which kernels are left depends on the architecture")]
            _ => None,
        }
    }

    /// The fewest messages in flight for which the wide kernel still is the faster one: `avx512` is that number
    /// for AVX-512 beside the SHA extensions.
    #[cfg(target_arch = "x86_64")]
    fn least(self, avx512: usize) -> usize {
        match (self.wide, self.narrow) {
            (_, Narrow::Portable) => LEAST_BESIDE_PORTABLE,
            (Some(Wide::Avx512(_)), Narrow::ShaNi(_)) => avx512,
            (Some(Wide::Mixed(_)), Narrow::ShaNi(_)) => LEAST_MIXED,
            // AVX2 is used beside the SHA extensions only when it is forced, and then at its best.
            (_, Narrow::ShaNi(_)) => 8,
        }
    }

    /// Moves the queued messages to their ends.
    pub(super) fn run<const W: usize, O: Op<W, J::Feed>, J: Jobs<W>>(
        self,
        op: O,
        jobs: &mut J,
        queue: &mut impl Queue<W, J>,
    ) {
        match self.wide {
            None => self.run_narrow(op, jobs, queue),
            #[cfg(target_arch = "x86_64")]
            Some(Wide::Avx2(kernel)) => {
                let least = self.least(O::LEAST_AVX512);
                let mut rest =
                    fill::<8, W, J>(jobs, queue, least, |w, feeds, n| op.step(kernel, w, feeds, n));
                self.run_narrow(op, jobs, &mut rest);
            }
            #[cfg(target_arch = "x86_64")]
            Some(Wide::Avx512(kernel)) => {
                let least = self.least(O::LEAST_AVX512);
                let mut rest =
                    fill::<16, W, J>(jobs, queue, least, |w, feeds, n| op.step(kernel, w, feeds, n));
                self.run_narrow(op, jobs, &mut rest);
            }
            #[cfg(target_arch = "x86_64")]
            Some(Wide::Mixed(kernel)) => {
                let least = self.least(O::LEAST_AVX512);
                let mut rest =
                    fill::<16, W, J>(jobs, queue, least, |w, feeds, n| op.step(kernel, w, feeds, n));
                self.run_narrow(op, jobs, &mut rest);
            }
        }
    }

    /// As [`Plan::run`], for messages of zeros.
    pub(super) fn run_zeros<J: Jobs<5, Feed = ZeroBlocks>>(self, jobs: &mut J, queue: &mut impl Queue<5, J>) {
        match self.wide {
            #[cfg(target_arch = "x86_64")]
            Some(Wide::Avx512(kernel)) => {
                let step = |words: &mut _, _: &_, blocks| kernel.sha1_zeros_twice(words, blocks);
                let mut rest = fill::<32, 5, J>(jobs, queue, TWICE_LEAST, step);
                self.run(Sha1Zeros, jobs, &mut rest);
            }
            _ => self.run(Sha1Zeros, jobs, queue),
        }
    }

    fn run_narrow<const W: usize, O: Op<W, J::Feed>, J: Jobs<W>>(
        self,
        op: O,
        jobs: &mut J,
        queue: &mut impl Queue<W, J>,
    ) {
        match self.narrow {
            Narrow::Portable => {
                fill::<1, W, J>(jobs, queue, 1, |w, feeds, n| op.step(Portable, w, feeds, n));
            }
            #[cfg(target_arch = "x86_64")]
            Narrow::ShaNi(kernel) => {
                let mut rest =
                    fill::<STREAMS, W, J>(jobs, queue, STREAMS, |w, feeds, n| op.step(kernel, w, feeds, n));
                let mut rest =
                    fill::<3, W, J>(jobs, &mut rest, 3, |w, feeds, n| op.step(kernel, w, feeds, n));
                let mut rest =
                    fill::<2, W, J>(jobs, &mut rest, 2, |w, feeds, n| op.step(kernel, w, feeds, n));
                fill::<1, W, J>(jobs, &mut rest, 1, |w, feeds, n| op.step(kernel, w, feeds, n));
            }
        }
    }

    /// SHA-256 of every block of the list as a whole message.
    pub(super) fn pairs(self, pairs: &[Block], parents: &mut [Sha256Digest]) {
        let (pairs, parents) = match self.wide {
            None => (pairs, parents),
            #[cfg(target_arch = "x86_64")]
            Some(Wide::Avx2(kernel)) => pairs_of(kernel, pairs, parents, self.least(PAIRS_LEAST_AVX512)),
            #[cfg(target_arch = "x86_64")]
            Some(Wide::Avx512(kernel)) => pairs_of(kernel, pairs, parents, self.least(PAIRS_LEAST_AVX512)),
            // A pair is two blocks, and the second one has its schedule ready: nothing to be mixed.
            #[cfg(target_arch = "x86_64")]
            Some(Wide::Mixed(_)) => (pairs, parents),
        };
        match self.narrow {
            Narrow::Portable => {
                pairs_of::<1, _>(Portable, pairs, parents, 1);
            }
            #[cfg(target_arch = "x86_64")]
            Narrow::ShaNi(kernel) => {
                let (pairs, parents) = pairs_of::<STREAMS, _>(kernel, pairs, parents, STREAMS);
                let (pairs, parents) = pairs_of::<2, _>(kernel, pairs, parents, 2);
                pairs_of::<1, _>(kernel, pairs, parents, 1);
            }
        }
    }
}

/// Hashes `N` pairs at a time as long as at least `least` are left, and hands the others back.
fn pairs_of<'a, const N: usize, M: Multi<N>>(
    kernel: M,
    mut pairs: &'a [Block],
    mut parents: &'a mut [Sha256Digest],
    least: usize,
) -> (&'a [Block], &'a mut [Sha256Digest]) {
    while pairs.len() >= least
        && let Some(first) = pairs.first()
    {
        let count = pairs.len().min(N);
        // Unused lanes repeat the first one.
        let states = kernel.sha256_pairs(&std::array::from_fn(|lane| pairs.get(lane).unwrap_or(first)));
        let (done, rest) = std::mem::take(&mut parents).split_at_mut(count);
        for (lane, digest) in done.iter_mut().enumerate() {
            *digest = digest_of(take(&states, lane));
        }
        (pairs, parents) = (&pairs[count..], rest);
    }
    (pairs, parents)
}

/// The digest that state words stand for: big endian, one after the other.
pub(super) fn digest_of<const W: usize, const BYTES: usize>(words: [u32; W]) -> [u8; BYTES] {
    let mut digest = [0; BYTES];
    for (bytes, word) in digest.as_chunks_mut::<4>().0.iter_mut().zip(words) {
        *bytes = word.to_be_bytes();
    }
    digest
}

/// From how many messages in flight a wide kernel beats the portable one, which makes about as much of a lone
/// message as two lanes do of theirs.
#[cfg(target_arch = "x86_64")]
const LEAST_BESIDE_PORTABLE: usize = 3;

/// From how many messages in flight sixteen lanes of the mixed kernel beat the SHA extensions: on Zen 4 they make
/// 4.2 GB/s of sixteen and 3.6 of thirteen; the SHA extensions make 3.4 of any number.
#[cfg(target_arch = "x86_64")]
const LEAST_MIXED: usize = 13;

/// From how many messages of zeros in flight twice sixteen lanes beat sixteen: on Zen 4 they make 14.3 GB/s
/// instead of 11.5.
#[cfg(target_arch = "x86_64")]
const TWICE_LEAST: usize = 24;

/// As [`Op::LEAST_AVX512`], for pairs: only where AVX-512 is forced, and then at its best.
#[cfg(target_arch = "x86_64")]
const PAIRS_LEAST_AVX512: usize = 16;

/// What a step does with the lanes: a hash and a kind of feed.
pub(super) trait Op<const W: usize, F>: Copy {
    /// From how many messages in flight sixteen lanes of AVX-512 beat the SHA extensions.
    #[cfg_attr(not(target_arch = "x86_64"), expect(dead_code, reason = "there is no AVX-512 elsewhere"))]
    const LEAST_AVX512: usize;
    fn step<const N: usize>(
        self,
        kernel: impl Multi<N>,
        words: &mut [[u32; N]; W],
        feeds: &[F; N],
        blocks: u64,
    );
}

#[derive(Clone, Copy)]
pub(super) struct Sha1Data;
#[derive(Clone, Copy)]
pub(super) struct Sha1Zeros;
#[derive(Clone, Copy)]
pub(super) struct Sha256Data;

impl Op<5, &[Block]> for Sha1Data {
    /// On Zen 4 ten lanes make 4.1 GB/s beside 4.2 of the SHA extensions, twelve 4.9 beside 4.5.
    const LEAST_AVX512: usize = 11;

    fn step<const N: usize>(
        self,
        kernel: impl Multi<N>,
        words: &mut [[u32; N]; 5],
        feeds: &[&[Block]; N],
        blocks: u64,
    ) {
        // No more than the length of a slice, so it fits.
        kernel.sha1(words, feeds, blocks as usize);
    }
}

impl Op<5, ZeroBlocks> for Sha1Zeros {
    /// Sixteen lanes make 11.5 GB/s of zeros on Zen 4, the SHA extensions 4.0.
    const LEAST_AVX512: usize = 6;

    fn step<const N: usize>(
        self,
        kernel: impl Multi<N>,
        words: &mut [[u32; N]; 5],
        _: &[ZeroBlocks; N],
        blocks: u64,
    ) {
        kernel.sha1_zeros(words, blocks);
    }
}

impl Op<8, &[Block]> for Sha256Data {
    /// Only where AVX-512 is forced, and then at its best.
    const LEAST_AVX512: usize = 16;

    fn step<const N: usize>(
        self,
        kernel: impl Multi<N>,
        words: &mut [[u32; N]; 8],
        feeds: &[&[Block]; N],
        blocks: u64,
    ) {
        // No more than the length of a slice, so it fits.
        kernel.sha256(words, feeds, blocks as usize);
    }
}
