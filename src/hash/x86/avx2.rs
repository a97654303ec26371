//! Eight messages side by side in the 32-bit lanes of AVX2 registers.
#![allow(unsafe_code, reason = "loads and stores by pointer, and calls into `#[target_feature]` functions")]

use std::arch::asm;
use std::arch::x86_64::*;

use super::super::SHA256_IV;
use super::super::lanes::{Block, Multi};
use super::rounds::*;

/// Lanes of this kernel.
pub(in crate::hash) const N: usize = 8;

type V = __m256i;

/// Proof that this processor and its system have AVX2.
#[derive(Clone, Copy, Debug)]
pub(in crate::hash) struct Avx2(());

impl Avx2 {
    /// The kernel, where the processor has it.
    pub(in crate::hash) fn new() -> Option<Self> {
        is_x86_feature_detected!("avx2").then_some(Self(()))
    }
}

impl Multi<N> for Avx2 {
    fn sha1(self, states: &mut [[u32; N]; 5], lanes: &[&[Block]; N], blocks: usize) {
        // SAFETY: `self` exists only where the feature was detected.
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

sha1_lanes!("avx2");
sha256_lanes!("avx2");
transpose_lanes!("avx2");

#[inline]
#[target_feature(enable = "avx2")]
fn splat(word: u32) -> V {
    _mm256_set1_epi32(word.cast_signed())
}

#[inline]
#[target_feature(enable = "avx2")]
fn load(words: &[u32; N]) -> V {
    // SAFETY: the array is 32 readable bytes, and the load needs no alignment.
    unsafe { _mm256_loadu_si256(words.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx2")]
fn store(words: &mut [u32; N], vector: V) {
    // SAFETY: the array is 32 writable bytes, and the store needs no alignment.
    unsafe { _mm256_storeu_si256(words.as_mut_ptr().cast(), vector) }
}

/// Sixteen bytes (`column`) of the lanes `row` and `row` + 4.
#[inline]
#[target_feature(enable = "avx2")]
fn quads(lanes: &[&Block; N], row: usize, column: usize) -> V {
    let [first, second] = [0, 4].map(|group| quad(&lanes[row + group].as_chunks::<16>().0[column]));
    _mm256_inserti128_si256::<1>(_mm256_castsi128_si256(first), second)
}

#[inline]
#[target_feature(enable = "avx2")]
fn quad(bytes: &[u8; 16]) -> __m128i {
    // SAFETY: the array is 16 readable bytes, and the load needs no alignment.
    unsafe { _mm_loadu_si128(bytes.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx2")]
fn swap_bytes(x: V) -> V {
    let order = _mm_set_epi8(12, 13, 14, 15, 8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3);
    _mm256_shuffle_epi8(x, _mm256_broadcastsi128_si256(order))
}

#[inline]
#[target_feature(enable = "avx2")]
fn low32(x: V, y: V) -> V {
    _mm256_unpacklo_epi32(x, y)
}

#[inline]
#[target_feature(enable = "avx2")]
fn high32(x: V, y: V) -> V {
    _mm256_unpackhi_epi32(x, y)
}

#[inline]
#[target_feature(enable = "avx2")]
fn low64(x: V, y: V) -> V {
    _mm256_unpacklo_epi64(x, y)
}

#[inline]
#[target_feature(enable = "avx2")]
fn high64(x: V, y: V) -> V {
    _mm256_unpackhi_epi64(x, y)
}

#[inline]
#[target_feature(enable = "avx2")]
fn add(x: V, y: V) -> V {
    _mm256_add_epi32(x, y)
}

/// The same value, which the compiler takes for another: what is added to it is added after what it is the sum of.
#[inline]
#[target_feature(enable = "avx2")]
fn settled(mut x: V) -> V {
    // SAFETY: no instruction, and so nothing is touched but the register that holds the value.
    unsafe { asm!("/* {0} */", inout(ymm_reg) x, options(pure, nomem, nostack, preserves_flags)) };
    x
}

#[inline]
#[target_feature(enable = "avx2")]
fn xor(x: V, y: V) -> V {
    _mm256_xor_si256(x, y)
}

#[inline]
#[target_feature(enable = "avx2")]
fn xor3(x: V, y: V, z: V) -> V {
    xor(xor(x, y), z)
}

/// x ? y : z.
#[inline]
#[target_feature(enable = "avx2")]
fn choose(x: V, y: V, z: V) -> V {
    xor(_mm256_and_si256(xor(y, z), x), z)
}

/// Two or three of x, y, z.
#[inline]
#[target_feature(enable = "avx2")]
fn majority(x: V, y: V, z: V) -> V {
    xor(_mm256_and_si256(xor(x, y), xor(y, z)), y)
}

/// Rotates left by `LEFT`, where `RIGHT` is 32 - `LEFT`.
#[inline]
#[target_feature(enable = "avx2")]
fn rotl<const LEFT: i32, const RIGHT: i32>(x: V) -> V {
    const { assert!(LEFT + RIGHT == 32) };
    _mm256_or_si256(_mm256_slli_epi32::<LEFT>(x), _mm256_srli_epi32::<RIGHT>(x))
}

#[inline]
#[target_feature(enable = "avx2")]
fn shr<const COUNT: i32>(x: V) -> V {
    _mm256_srli_epi32::<COUNT>(x)
}
