//! Sixteen messages side by side: their schedules in AVX-512 registers, their rounds on the SHA extensions.
//!
//! On Zen 4 the SHA extensions are held up by their own schedule: `sha256rnds2` starts every cycle, and a block
//! has 32 of them, but each of its twelve `sha256msg2` takes two. Here the extensions do the rounds only, and the
//! other vector units make the schedule of the next block meanwhile: on leaves 4.2 GB/s instead of 3.45.
//!
//! The vectors are of 256 bits. As soon as one of the first sixteen registers has bits above these, every SHA
//! instruction of Zen 4 (whose encoding has to keep them) takes a second pipe.
#![allow(unsafe_code, reason = "loads and stores by pointer, and calls into `#[target_feature]` functions")]

use std::arch::asm;
use std::arch::x86_64::*;

use super::super::lanes::{Block, Multi};
use super::avx512::{Avx512, N};
use super::rounds::SHA256_K;
use super::shani::{Sha256Words, ShaNi, sha256_load, sha256_store};

/// Lanes of a vector.
const HALF: usize = N / 2;
/// Messages whose rounds are interleaved.
const STREAMS: usize = 4;

type V = __m256i;

/// Proof that this processor and its system have what [`Avx512`] and [`ShaNi`] need, and AVX-512 VL.
#[derive(Clone, Copy, Debug)]
pub(in crate::hash) struct Mixed {
    /// For what is not done here.
    avx512: Avx512,
}

impl Mixed {
    /// The kernel, where the processor has it.
    pub(in crate::hash) fn new() -> Option<Self> {
        let both = ShaNi::new().and(Avx512::new());
        both.filter(|_| is_x86_feature_detected!("avx2") && is_x86_feature_detected!("avx512vl"))
            .map(|avx512| Self { avx512 })
    }
}

/// Only SHA-256 of data has a schedule worth taking off the SHA extensions.
impl Multi<N> for Mixed {
    fn sha1(self, states: &mut [[u32; N]; 5], lanes: &[&[Block]; N], blocks: usize) {
        self.avx512.sha1(states, lanes, blocks);
    }

    fn sha1_zeros(self, states: &mut [[u32; N]; 5], blocks: u64) {
        self.avx512.sha1_zeros(states, blocks);
    }

    fn sha256(self, states: &mut [[u32; N]; 8], lanes: &[&[Block]; N], blocks: usize) {
        // SAFETY: `self` exists only where the features were detected.
        unsafe { sha256_data(states, lanes, blocks) }
    }

    fn sha256_pairs(self, pairs: &[&Block; N]) -> [[u32; N]; 8] {
        self.avx512.sha256_pairs(pairs)
    }
}

/// Round constants plus message words of one block of every lane: the four of lane 8 `h` + 4 `g` + `r` for the
/// quad `q` of rounds are at `[h][q][r]`, the first half of it where `g` is 0.
#[repr(align(64))]
struct Schedule([[[[u32; HALF]; 4]; 16]; 2]);

impl Schedule {
    const EMPTY: Self = Self([[[[0; HALF]; 4]; 16]; 2]);
}

/// A quad of rounds of two of the streams: streams 0 and 1 where the number `$step` is even, 2 and 3 where it is
/// odd, so that the quads of a group take 32 steps.
macro_rules! rounds {
    ($s:ident, $now:ident, $half:expr, $group:expr; $step:expr) => {{
        let step: usize = $step;
        for row in [2 * (step % 2), 2 * (step % 2) + 1] {
            let [low, high] = &$now.0[$half][step / 2][row].as_chunks::<2>().0.as_chunks::<2>().0[$group];
            let Sha256Words { abef, cdgh } = $s[row];
            // The instruction looks at the low half only, and a second load is free where a shuffle is not.
            let cdgh = _mm_sha256rnds2_epu32(cdgh, abef, pair(low));
            let abef = _mm_sha256rnds2_epu32(abef, cdgh, pair(high));
            $s[row] = Sha256Words { abef, cdgh };
        }
    }};
}

/// Stands in for `rounds` where there are none to do.
macro_rules! no_rounds {
    ($($rest:tt)*) => {};
}

/// The message words of a block, between them rounds of the block before. All of a lane's block is read in one
/// go: lanes that are a multiple of 4 KiB apart displace each other from the nearest cache.
macro_rules! first_words {
    ($next:ident, $lanes:ident, $half:ident, $rounds:ident, $s:ident, $now:ident) => {{
        let mut w = [_mm256_setzero_si256(); 16];
        first_words!($next, $lanes, $half, $rounds, $s, $now, w; 0 1 2 3);
        for column in w.as_chunks_mut::<4>().0 {
            *column = turned(*column);
        }
        w
    }};
    (
        $next:ident, $lanes:ident, $half:ident, $rounds:ident, $s:ident, $now:ident, $w:ident;
        $($row:literal)*
    ) => {
        $(
            for column in 0..4 {
                let words = quads(&$lanes, HALF * $half + $row, column);
                store(&mut $next.0[$half][column][$row], add(words, constants(column)));
                $w[4 * column + $row] = words;
                $rounds!($s, $now, $half, 0; 4 * $row + column);
            }
        )*
    };
}

/// Sixteen words more (FIPS 180-4, 6.2.2), a quarter of the schedule, and between them rounds of the block before.
macro_rules! more_words {
    ($w:ident, $next:ident, $half:ident, $quarter:literal, $rounds:ident, $s:ident, $now:ident) => {
        more_words!($w, $next, $half, $quarter, $rounds, $s, $now; 0 1 2 3);
    };
    (
        $w:ident, $next:ident, $half:ident, $quarter:literal, $rounds:ident, $s:ident, $now:ident;
        $($column:literal)*
    ) => {
        $(
            for i in 0..4 {
                let t = 4 * $column + i;
                let (x, y) = ($w[(t + 1) % 16], $w[(t + 14) % 16]);
                let s0 = xor3(rotr::<7>(x), rotr::<18>(x), shr::<3>(x));
                let s1 = xor3(rotr::<17>(y), rotr::<19>(y), shr::<10>(y));
                $w[t] = add(add(add($w[t], s0), $w[(t + 9) % 16]), s1);
                $rounds!($s, $now, $half, $quarter / 2; 16 * ($quarter % 2) + t);
            }
            let k = constants(4 * $quarter + $column);
            let rows = turned($w.as_chunks::<4>().0[$column]);
            for (to, row) in $next.0[$half][4 * $quarter + $column].iter_mut().zip(rows) {
                store(to, add(row, k));
            }
        )*
    };
}

#[target_feature(enable = "avx2,avx512f,avx512vl,sha,sse2,ssse3,sse4.1")]
fn sha256_data(states: &mut [[u32; N]; 8], lanes: &[&[Block]; N], blocks: usize) {
    assert!(lanes.iter().all(|lane| lane.len() >= blocks), "a lane ends before its step");
    if blocks == 0 {
        return;
    }
    // SAFETY: every lane has more than `block` blocks, asserted above.
    let at = |block| lanes.map(|lane| unsafe { lane.get_unchecked::<usize>(block) });
    let mut s = sha256_load(states);
    let [mut now, mut next] = [&mut Schedule::EMPTY, &mut Schedule::EMPTY];
    schedule_alone(now, at(0));
    for block in 1..blocks {
        // Whatever the caller or the compiler has moved through longer registers.
        _mm256_zeroupper();
        step(&mut s, now, next, at(block));
        std::mem::swap(&mut now, &mut next);
    }
    rounds_alone(&mut s, now);
    sha256_store(states, s);
}

/// The rounds of one block and the schedule of the next one.
#[inline]
#[target_feature(enable = "avx2,avx512f,avx512vl,sha,sse2,ssse3,sse4.1")]
fn step(states: &mut [Sha256Words; N], now: &Schedule, next: &mut Schedule, lanes: [&Block; N]) {
    for half in 0..2 {
        let mut s = streams(states, 2 * half);
        let mut w = first_words!(next, lanes, half, rounds, s, now);
        more_words!(w, next, half, 1, rounds, s, now);
        chain(states, 2 * half, s);
        let mut s = streams(states, 2 * half + 1);
        more_words!(w, next, half, 2, rounds, s, now);
        more_words!(w, next, half, 3, rounds, s, now);
        chain(states, 2 * half + 1, s);
    }
}

/// The schedule of the first block of a step.
#[target_feature(enable = "avx2,avx512f,avx512vl,sha,sse2,ssse3,sse4.1")]
fn schedule_alone(next: &mut Schedule, lanes: [&Block; N]) {
    for half in 0..2 {
        let mut w = first_words!(next, lanes, half, no_rounds, s, now);
        more_words!(w, next, half, 1, no_rounds, s, now);
        more_words!(w, next, half, 2, no_rounds, s, now);
        more_words!(w, next, half, 3, no_rounds, s, now);
    }
}

/// The rounds of the last block of a step.
#[target_feature(enable = "avx2,avx512f,avx512vl,sha,sse2,ssse3,sse4.1")]
fn rounds_alone(states: &mut [Sha256Words; N], now: &Schedule) {
    for group in 0..N / STREAMS {
        let mut s = streams(states, group);
        for quad in 0..16 {
            rounds!(s, now, group / 2, group % 2; 2 * quad);
            rounds!(s, now, group / 2, group % 2; 2 * quad + 1);
        }
        chain(states, group, s);
    }
}

/// The messages of a group.
#[inline]
#[target_feature(enable = "avx2,avx512f,avx512vl,sha,sse2,ssse3,sse4.1")]
fn streams(states: &[Sha256Words; N], group: usize) -> [Sha256Words; STREAMS] {
    states.as_chunks().0[group]
}

/// Adds what the rounds made of a group.
#[inline]
#[target_feature(enable = "avx2,avx512f,avx512vl,sha,sse2,ssse3,sse4.1")]
fn chain(states: &mut [Sha256Words; N], group: usize, after: [Sha256Words; STREAMS]) {
    for (state, after) in states.as_chunks_mut::<STREAMS>().0[group].iter_mut().zip(after) {
        state.abef = _mm_add_epi32(state.abef, after.abef);
        state.cdgh = _mm_add_epi32(state.cdgh, after.cdgh);
    }
}

/// Two words, in the low half.
#[inline]
#[target_feature(enable = "avx2,avx512f,avx512vl,sha,sse2,ssse3,sse4.1")]
fn pair(words: &[u32; 2]) -> __m128i {
    // SAFETY: the array is 8 readable bytes, and the load needs no alignment.
    unsafe { _mm_loadu_si64(words.as_ptr().cast()) }
}

/// The `i`th four of the round constants, once for every four lanes.
#[inline]
#[target_feature(enable = "avx2,avx512f,avx512vl,sha,sse2,ssse3,sse4.1")]
fn constants(i: usize) -> V {
    let four = &SHA256_K.as_chunks::<4>().0[i];
    // SAFETY: the array is 16 readable bytes, and the load needs no alignment.
    _mm256_broadcastsi128_si256(unsafe { _mm_loadu_si128(four.as_ptr().cast()) })
}

/// Four words (`column`) of the lanes `lane` and `lane` + 4, from big endian.
#[inline]
#[target_feature(enable = "avx2,avx512f,avx512vl,sha,sse2,ssse3,sse4.1")]
fn quads(lanes: &[&Block; N], lane: usize, column: usize) -> V {
    let [first, second] = [lane, lane + 4].map(|lane| {
        let bytes = &lanes[lane].as_chunks::<16>().0[column];
        // SAFETY: the array is 16 readable bytes, and the load needs no alignment.
        unsafe { _mm_loadu_si128(bytes.as_ptr().cast()) }
    });
    let order = _mm_set_epi8(12, 13, 14, 15, 8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3);
    _mm256_shuffle_epi8(_mm256_set_m128i(second, first), _mm256_broadcastsi128_si256(order))
}

/// Between four words each of lanes and lanes of four words each: 4 x 4 transposed within each 128 bits.
#[inline]
#[target_feature(enable = "avx2,avx512f,avx512vl,sha,sse2,ssse3,sse4.1")]
fn turned([p, q, r, s]: [V; 4]) -> [V; 4] {
    let (p, q) = (_mm256_unpacklo_epi32(p, q), _mm256_unpackhi_epi32(p, q));
    let (r, s) = (_mm256_unpacklo_epi32(r, s), _mm256_unpackhi_epi32(r, s));
    [
        _mm256_unpacklo_epi64(p, r),
        _mm256_unpackhi_epi64(p, r),
        _mm256_unpacklo_epi64(q, s),
        _mm256_unpackhi_epi64(q, s),
    ]
}

#[inline]
#[target_feature(enable = "avx2,avx512f,avx512vl,sha,sse2,ssse3,sse4.1")]
fn store(words: &mut [u32; HALF], vector: V) {
    // SAFETY: the array is 32 writable bytes, and the store needs no alignment.
    unsafe { _mm256_storeu_si256(words.as_mut_ptr().cast(), vector) }
}

#[inline]
#[target_feature(enable = "avx2,avx512f,avx512vl,sha,sse2,ssse3,sse4.1")]
fn add(x: V, y: V) -> V {
    _mm256_add_epi32(x, y)
}

/// Two instructions, and not the one for three operands that the compiler would make of them: that one gets in
/// the way of the rounds.
#[inline]
#[target_feature(enable = "avx2,avx512f,avx512vl,sha,sse2,ssse3,sse4.1")]
fn xor3(x: V, y: V, z: V) -> V {
    let mut xy = _mm256_xor_si256(x, y);
    // SAFETY: no instruction, and so nothing is touched but the register that holds the value.
    unsafe { asm!("/* {0:y} */", inout(zmm_reg) xy, options(pure, nomem, nostack, preserves_flags)) };
    _mm256_xor_si256(xy, z)
}

#[inline]
#[target_feature(enable = "avx2,avx512f,avx512vl,sha,sse2,ssse3,sse4.1")]
fn rotr<const COUNT: i32>(x: V) -> V {
    _mm256_ror_epi32::<COUNT>(x)
}

#[inline]
#[target_feature(enable = "avx2,avx512f,avx512vl,sha,sse2,ssse3,sse4.1")]
fn shr<const COUNT: i32>(x: V) -> V {
    _mm256_srli_epi32::<COUNT>(x)
}
