//! Sixteen messages side by side in the 32-bit lanes of AVX-512 registers.
#![allow(unsafe_code, reason = "loads and stores by pointer, and calls into `#[target_feature]` functions")]

use std::arch::asm;
use std::arch::x86_64::*;

use super::super::SHA256_IV;
use super::super::lanes::{Block, Multi};
use super::rounds::*;

/// Lanes of this kernel.
pub(in crate::hash) const N: usize = 16;

type V = __m512i;

/// Proof that this processor and its system have AVX-512 F and BW.
#[derive(Clone, Copy, Debug)]
pub(in crate::hash) struct Avx512(());

impl Avx512 {
    /// The kernel, where the processor has it.
    pub(in crate::hash) fn new() -> Option<Self> {
        (is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512bw")).then_some(Self(()))
    }
}

impl Multi<N> for Avx512 {
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

impl Avx512 {
    /// SHA-1 of `blocks` blocks of zeros in twice as many lanes. Without a message schedule each round waits for
    /// the one before it; two chains side by side fill the gaps.
    pub(in crate::hash) fn sha1_zeros_twice(self, states: &mut [[u32; 2 * N]; 5], blocks: u64) {
        // SAFETY: as above.
        unsafe { sha1_zeros_twice(states, blocks) }
    }
}

sha1_lanes!("avx512f,avx512bw");
sha256_lanes!("avx512f,avx512bw");

#[target_feature(enable = "avx512f,avx512bw")]
fn sha1_zeros_twice(states: &mut [[u32; 2 * N]; 5], blocks: u64) {
    let [k0, k1, k2, k3] = SHA1_K.map(|k| splat(k));
    let halves = states.each_mut().map(|words| words.as_chunks_mut::<N>().0);
    let [mut s, mut t] = [0, 1].map(|half: usize| [0, 1, 2, 3, 4].map(|i: usize| load(&halves[i][half])));
    for _ in 0..blocks {
        let before = (s, t);
        for _ in 0..20 {
            sha1_round!(s, choose, k0);
            sha1_round!(t, choose, k0);
        }
        for _ in 0..20 {
            sha1_round!(s, xor3, k1);
            sha1_round!(t, xor3, k1);
        }
        for _ in 0..20 {
            sha1_round!(s, majority, k2);
            sha1_round!(t, majority, k2);
        }
        for _ in 0..20 {
            sha1_round!(s, xor3, k3);
            sha1_round!(t, xor3, k3);
        }
        s = [0, 1, 2, 3, 4].map(|i: usize| add(s[i], before.0[i]));
        t = [0, 1, 2, 3, 4].map(|i: usize| add(t[i], before.1[i]));
    }
    for (i, words) in states.iter_mut().enumerate() {
        for (words, vector) in words.as_chunks_mut::<N>().0.iter_mut().zip([s[i], t[i]]) {
            store(words, vector);
        }
    }
}

transpose_lanes!("avx512f,avx512bw");

#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn splat(word: u32) -> V {
    _mm512_set1_epi32(word.cast_signed())
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn load(words: &[u32; N]) -> V {
    // SAFETY: the array is 64 readable bytes, and the load needs no alignment.
    unsafe { _mm512_loadu_si512(words.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn store(words: &mut [u32; N], vector: V) {
    // SAFETY: the array is 64 writable bytes, and the store needs no alignment.
    unsafe { _mm512_storeu_si512(words.as_mut_ptr().cast(), vector) }
}

/// Sixteen bytes (`column`) of the lanes `row`, `row` + 4, `row` + 8 and `row` + 12.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn quads(lanes: &[&Block; N], row: usize, column: usize) -> V {
    let [first, second, third, fourth] =
        [0, 4, 8, 12].map(|group| quad(&lanes[row + group].as_chunks::<16>().0[column]));
    let vector = _mm512_castsi128_si512(first);
    let vector = _mm512_inserti32x4::<1>(vector, second);
    let vector = _mm512_inserti32x4::<2>(vector, third);
    _mm512_inserti32x4::<3>(vector, fourth)
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn quad(bytes: &[u8; 16]) -> __m128i {
    // SAFETY: the array is 16 readable bytes, and the load needs no alignment.
    unsafe { _mm_loadu_si128(bytes.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn swap_bytes(x: V) -> V {
    let order = _mm_set_epi8(12, 13, 14, 15, 8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3);
    _mm512_shuffle_epi8(x, _mm512_broadcast_i32x4(order))
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn low32(x: V, y: V) -> V {
    _mm512_unpacklo_epi32(x, y)
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn high32(x: V, y: V) -> V {
    _mm512_unpackhi_epi32(x, y)
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn low64(x: V, y: V) -> V {
    _mm512_unpacklo_epi64(x, y)
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn high64(x: V, y: V) -> V {
    _mm512_unpackhi_epi64(x, y)
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn add(x: V, y: V) -> V {
    _mm512_add_epi32(x, y)
}

/// The same value, which the compiler takes for another: what is added to it is added after what it is the sum of.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn settled(mut x: V) -> V {
    // SAFETY: no instruction, and so nothing is touched but the register that holds the value.
    unsafe { asm!("/* {0} */", inout(zmm_reg) x, options(pure, nomem, nostack, preserves_flags)) };
    x
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn xor(x: V, y: V) -> V {
    _mm512_xor_si512(x, y)
}

/// The truth table of x ^ y ^ z.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn xor3(x: V, y: V, z: V) -> V {
    _mm512_ternarylogic_epi32::<0x96>(x, y, z)
}

/// The truth table of x ? y : z.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn choose(x: V, y: V, z: V) -> V {
    _mm512_ternarylogic_epi32::<0xca>(x, y, z)
}

/// The truth table of "two or three of x, y, z".
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn majority(x: V, y: V, z: V) -> V {
    _mm512_ternarylogic_epi32::<0xe8>(x, y, z)
}

/// Rotates left by `LEFT`, where `RIGHT` is 32 - `LEFT`.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn rotl<const LEFT: i32, const RIGHT: i32>(x: V) -> V {
    const { assert!(LEFT + RIGHT == 32) };
    _mm512_rol_epi32::<LEFT>(x)
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn shr<const COUNT: u32>(x: V) -> V {
    _mm512_srli_epi32::<COUNT>(x)
}
