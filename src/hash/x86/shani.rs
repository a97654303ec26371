//! A few messages interleaved on the SHA extensions: while one waits for its round, another one starts.
#![allow(unsafe_code, reason = "loads by pointer, and calls into `#[target_feature]` functions")]

use std::arch::x86_64::*;

use super::super::SHA256_IV;
use super::super::lanes::{Block, Multi};
use super::rounds::{SHA256_K, SHA256_PAIR_PAD};

/// Proof that this processor has the SHA extensions, and the SSE that goes with them.
#[derive(Clone, Copy, Debug)]
pub(in crate::hash) struct ShaNi(());

impl ShaNi {
    /// The kernel, where the processor has it.
    pub(in crate::hash) fn new() -> Option<Self> {
        (is_x86_feature_detected!("sha")
            && is_x86_feature_detected!("ssse3")
            && is_x86_feature_detected!("sse4.1"))
        .then_some(Self(()))
    }
}

impl<const N: usize> Multi<N> for ShaNi {
    fn sha1(self, states: &mut [[u32; N]; 5], lanes: &[&[Block]; N], blocks: usize) {
        // SAFETY: `self` exists only where the features were detected.
        unsafe { sha1_data(states, lanes, blocks) }
    }

    fn sha1_zeros(self, states: &mut [[u32; N]; 5], blocks: u64) {
        // SAFETY: as above.
        unsafe { sha1_zeros(states, blocks) }
    }

    fn sha256(self, states: &mut [[u32; N]; 8], lanes: &[&[Block]; N], blocks: usize) {
        // SAFETY: as above.
        unsafe { sha256_data(states, lanes, blocks) }
    }

    fn sha256_pairs(self, pairs: &[&Block; N]) -> [[u32; N]; 8] {
        // SAFETY: as above.
        unsafe { sha256_pairs(pairs) }
    }
}

/// The words of one SHA-1 message as the instructions want them: `abcd` from the high word down, `e` in the
/// high word of its own register.
#[derive(Clone, Copy)]
struct Sha1Words {
    abcd: __m128i,
    e: __m128i,
}

#[inline]
#[target_feature(enable = "sha,sse2,ssse3,sse4.1")]
fn sha1_load<const N: usize>(states: &[[u32; N]; 5]) -> [Sha1Words; N] {
    std::array::from_fn(|lane| {
        let [a, b, c, d, e] = states.map(|words| words[lane].cast_signed());
        Sha1Words { abcd: _mm_set_epi32(a, b, c, d), e: _mm_set_epi32(e, 0, 0, 0) }
    })
}

#[inline]
#[target_feature(enable = "sha,sse2,ssse3,sse4.1")]
fn sha1_store<const N: usize>(states: &mut [[u32; N]; 5], s: [Sha1Words; N]) {
    for (lane, s) in s.into_iter().enumerate() {
        let words = [
            _mm_extract_epi32::<3>(s.abcd),
            _mm_extract_epi32::<2>(s.abcd),
            _mm_extract_epi32::<1>(s.abcd),
            _mm_extract_epi32::<0>(s.abcd),
            _mm_extract_epi32::<3>(s.e),
        ];
        for (state, word) in states.iter_mut().zip(words) {
            state[lane] = word.cast_unsigned();
        }
    }
}

/// Four rounds of every message: `$i` is the number of the quad of rounds, `$f` its function.
macro_rules! sha1_quads {
    ($s:ident, $w:ident, $f:literal; $($i:literal)*) => {
        $(
            for lane in 0..N {
                if $i >= 4 {
                    let w = &mut $w[lane];
                    let mixed = _mm_xor_si128(_mm_sha1msg1_epu32(w[$i % 4], w[($i + 1) % 4]), w[($i + 2) % 4]);
                    w[$i % 4] = _mm_sha1msg2_epu32(mixed, w[($i + 3) % 4]);
                }
                let Sha1Words { abcd, e } = $s[lane];
                let word = $w[lane][$i % 4];
                let e = if $i == 0 { _mm_add_epi32(e, word) } else { _mm_sha1nexte_epu32(e, word) };
                $s[lane] = Sha1Words { abcd: _mm_sha1rnds4_epu32::<$f>(abcd, e), e: abcd };
            }
        )*
    };
}

/// What the chaining adds at the end of a block: `e` comes out of the last quad one rotation short.
#[inline]
#[target_feature(enable = "sha,sse2,ssse3,sse4.1")]
fn sha1_chain(after: Sha1Words, before: Sha1Words) -> Sha1Words {
    Sha1Words { abcd: _mm_add_epi32(after.abcd, before.abcd), e: _mm_sha1nexte_epu32(after.e, before.e) }
}

#[target_feature(enable = "sha,sse2,ssse3,sse4.1")]
fn sha1_data<const N: usize>(states: &mut [[u32; N]; 5], lanes: &[&[Block]; N], blocks: usize) {
    assert!(lanes.iter().all(|lane| lane.len() >= blocks), "a lane ends before its step");
    let order = _mm_set_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    let mut s = sha1_load(states);
    for block in 0..blocks {
        let before = s;
        let mut w: [[__m128i; 4]; N] = std::array::from_fn(|lane| {
            // SAFETY: every lane has more than `block` blocks, asserted above.
            let block = unsafe { lanes[lane].get_unchecked(block) };
            words(block).map(|quad| _mm_shuffle_epi8(quad, order))
        });
        sha1_quads!(s, w, 0; 0 1 2 3 4);
        sha1_quads!(s, w, 1; 5 6 7 8 9);
        sha1_quads!(s, w, 2; 10 11 12 13 14);
        sha1_quads!(s, w, 3; 15 16 17 18 19);
        s = std::array::from_fn(|lane| sha1_chain(s[lane], before[lane]));
    }
    sha1_store(states, s);
}

/// Four rounds of every message over words of zero.
macro_rules! sha1_zero_quads {
    ($s:ident, $f:literal; $($i:literal)*) => {
        $(
            for s in &mut $s {
                let Sha1Words { abcd, e } = *s;
                let e = if $i == 0 { e } else { _mm_sha1nexte_epu32(e, _mm_setzero_si128()) };
                *s = Sha1Words { abcd: _mm_sha1rnds4_epu32::<$f>(abcd, e), e: abcd };
            }
        )*
    };
}

#[target_feature(enable = "sha,sse2,ssse3,sse4.1")]
fn sha1_zeros<const N: usize>(states: &mut [[u32; N]; 5], blocks: u64) {
    let mut s = sha1_load(states);
    for _ in 0..blocks {
        let before = s;
        sha1_zero_quads!(s, 0; 0 1 2 3 4);
        sha1_zero_quads!(s, 1; 5 6 7 8 9);
        sha1_zero_quads!(s, 2; 10 11 12 13 14);
        sha1_zero_quads!(s, 3; 15 16 17 18 19);
        s = std::array::from_fn(|lane| sha1_chain(s[lane], before[lane]));
    }
    sha1_store(states, s);
}

/// The words of one SHA-256 message as the instructions want them, from the high word down.
#[derive(Clone, Copy)]
pub(super) struct Sha256Words {
    pub(super) abef: __m128i,
    pub(super) cdgh: __m128i,
}

#[inline]
#[target_feature(enable = "sha,sse2,ssse3,sse4.1")]
pub(super) fn sha256_load<const N: usize>(states: &[[u32; N]; 8]) -> [Sha256Words; N] {
    std::array::from_fn(|lane| {
        let [a, b, c, d, e, f, g, h] = states.map(|words| words[lane].cast_signed());
        Sha256Words { abef: _mm_set_epi32(a, b, e, f), cdgh: _mm_set_epi32(c, d, g, h) }
    })
}

#[inline]
#[target_feature(enable = "sha,sse2,ssse3,sse4.1")]
pub(super) fn sha256_store<const N: usize>(states: &mut [[u32; N]; 8], s: [Sha256Words; N]) {
    for (lane, s) in s.into_iter().enumerate() {
        let words = [
            _mm_extract_epi32::<3>(s.abef),
            _mm_extract_epi32::<2>(s.abef),
            _mm_extract_epi32::<3>(s.cdgh),
            _mm_extract_epi32::<2>(s.cdgh),
            _mm_extract_epi32::<1>(s.abef),
            _mm_extract_epi32::<0>(s.abef),
            _mm_extract_epi32::<1>(s.cdgh),
            _mm_extract_epi32::<0>(s.cdgh),
        ];
        for (state, word) in states.iter_mut().zip(words) {
            state[lane] = word.cast_unsigned();
        }
    }
}

/// Four rounds of one message: `kw` is round constants plus message words.
#[inline]
#[target_feature(enable = "sha,sse2,ssse3,sse4.1")]
fn sha256_quad(s: Sha256Words, kw: __m128i) -> Sha256Words {
    let cdgh = _mm_sha256rnds2_epu32(s.cdgh, s.abef, kw);
    let abef = _mm_sha256rnds2_epu32(s.abef, cdgh, _mm_shuffle_epi32::<0x0e>(kw));
    Sha256Words { abef, cdgh }
}

/// Four rounds of every message: `$i` is the number of the quad of rounds.
macro_rules! sha256_quads {
    ($s:ident, $w:ident; $($i:literal)*) => {
        $(
            for lane in 0..N {
                if $i >= 4 {
                    let w = &mut $w[lane];
                    let older = _mm_sha256msg1_epu32(w[$i % 4], w[($i + 1) % 4]);
                    let newer = _mm_alignr_epi8::<4>(w[($i + 3) % 4], w[($i + 2) % 4]);
                    w[$i % 4] = _mm_sha256msg2_epu32(_mm_add_epi32(older, newer), w[($i + 3) % 4]);
                }
                $s[lane] = sha256_quad($s[lane], _mm_add_epi32($w[lane][$i % 4], constants(&SHA256_K, $i)));
            }
        )*
    };
}

#[inline]
#[target_feature(enable = "sha,sse2,ssse3,sse4.1")]
fn sha256_block<const N: usize>(before: [Sha256Words; N], lanes: [&Block; N]) -> [Sha256Words; N] {
    let order = _mm_set_epi8(12, 13, 14, 15, 8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3);
    let mut w: [[__m128i; 4]; N] =
        std::array::from_fn(|lane| words(lanes[lane]).map(|quad| _mm_shuffle_epi8(quad, order)));
    let mut s = before;
    sha256_quads!(s, w; 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15);
    sha256_chain(s, before)
}

#[inline]
#[target_feature(enable = "sha,sse2,ssse3,sse4.1")]
fn sha256_chain<const N: usize>(after: [Sha256Words; N], before: [Sha256Words; N]) -> [Sha256Words; N] {
    std::array::from_fn(|lane| Sha256Words {
        abef: _mm_add_epi32(after[lane].abef, before[lane].abef),
        cdgh: _mm_add_epi32(after[lane].cdgh, before[lane].cdgh),
    })
}

#[target_feature(enable = "sha,sse2,ssse3,sse4.1")]
fn sha256_data<const N: usize>(states: &mut [[u32; N]; 8], lanes: &[&[Block]; N], blocks: usize) {
    assert!(lanes.iter().all(|lane| lane.len() >= blocks), "a lane ends before its step");
    let mut s = sha256_load(states);
    for block in 0..blocks {
        // SAFETY: every lane has more than `block` blocks, asserted above.
        s = sha256_block(s, lanes.map(|lane| unsafe { lane.get_unchecked(block) }));
    }
    sha256_store(states, s);
}

#[target_feature(enable = "sha,sse2,ssse3,sse4.1")]
fn sha256_pairs<const N: usize>(lanes: &[&Block; N]) -> [[u32; N]; 8] {
    let mut states = SHA256_IV.map(|word| [word; N]);
    let before = sha256_block(sha256_load(&states), *lanes);
    let mut s = before;
    for i in 0..16 {
        s = s.map(|s| sha256_quad(s, constants(&SHA256_PAIR_PAD, i)));
    }
    sha256_store(&mut states, sha256_chain(s, before));
    states
}

/// The `i`th four of a table of constants.
#[inline]
#[target_feature(enable = "sha,sse2,ssse3,sse4.1")]
fn constants(table: &[u32; 64], i: usize) -> __m128i {
    let four = &table.as_chunks::<4>().0[i];
    // SAFETY: the array is 16 readable bytes, and the load needs no alignment.
    unsafe { _mm_loadu_si128(four.as_ptr().cast()) }
}

/// The block as four registers, its bytes in order.
#[inline]
#[target_feature(enable = "sha,sse2,ssse3,sse4.1")]
fn words(block: &Block) -> [__m128i; 4] {
    // SAFETY: the block is 64 readable bytes, and the loads need no alignment.
    [0, 1, 2, 3].map(|i: usize| unsafe { _mm_loadu_si128(block.as_ptr().cast::<__m128i>().add(i)) })
}
