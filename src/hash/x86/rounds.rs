//! The rounds of SHA-1 and SHA-256 (FIPS 180-4) over lanes, written once for every vector width.
//!
//! A kernel file defines a vector type `V` of `N` words and a dozen primitives (`add`, `xor3`, `rotl`, …),
//! each behind its `#[target_feature]`, and then expands these macros. Generic code over a trait would read
//! better, but a trait method cannot carry a target feature, so its primitives would all be `unsafe`. What is
//! `unsafe` here stands in macros, and is allowed, with its reason, in the files that expand them.

/// The round constants of SHA-1 (FIPS 180-4, 4.2.1).
pub(in crate::hash) const SHA1_K: [u32; 4] = [0x5a82_7999, 0x6ed9_eba1, 0x8f1b_bcdc, 0xca62_c1d6];

/// The round constants of SHA-256 (FIPS 180-4, 4.2.2).
pub(in crate::hash) const SHA256_K: [u32; 64] = [
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
];

/// Round constant plus message word for the block that pads a message of 64 bytes: the bit 1, zeros, and the
/// length of 512 bits. It is the same for every pair of a merkle tree, so its schedule is computed here.
pub(in crate::hash) const SHA256_PAIR_PAD: [u32; 64] = {
    let mut words = [0u32; 64];
    words[0] = 0x8000_0000;
    words[15] = 512;
    let mut t = 16;
    while t < 64 {
        let (x, y) = (words[t - 15], words[t - 2]);
        let s0 = x.rotate_right(7) ^ x.rotate_right(18) ^ (x >> 3);
        let s1 = y.rotate_right(17) ^ y.rotate_right(19) ^ (y >> 10);
        words[t] = words[t - 16].wrapping_add(s0).wrapping_add(words[t - 7]).wrapping_add(s1);
        t += 1;
    }
    t = 0;
    while t < 64 {
        words[t] = words[t].wrapping_add(SHA256_K[t]);
        t += 1;
    }
    words
};

/// One round of SHA-1: `$kw` is the round constant plus the message word.
macro_rules! sha1_round {
    ($s:ident, $f:ident, $kw:expr) => {{
        let [a, b, c, d, e] = $s;
        let rest = settled(add(settled(add(e, $kw)), $f(b, c, d)));
        $s = [add(rest, rotl::<5, 27>(a)), a, rotl::<30, 2>(b), c, d];
    }};
}

/// Rounds whose message words are still the block's own.
macro_rules! sha1_first {
    ($s:ident, $w:ident, $f:ident, $k:ident; $($t:literal)*) => {
        $( sha1_round!($s, $f, add($w[$t], $k)); )*
    };
}

/// Rounds that expand their message word first (FIPS 180-4, 6.1.2).
macro_rules! sha1_rest {
    ($s:ident, $w:ident, $f:ident, $k:ident; $($t:literal)*) => {
        $(
            let word = xor3($w[($t + 13) % 16], $w[($t + 8) % 16], xor($w[($t + 2) % 16], $w[$t % 16]));
            $w[$t % 16] = rotl::<1, 31>(word);
            sha1_round!($s, $f, add($w[$t % 16], $k));
        )*
    };
}

/// Rounds of a block of zeros, whose message words are all zero.
macro_rules! sha1_zero {
    ($s:ident, $f:ident, $k:ident; $($t:literal)*) => {
        $( { let _: u8 = $t; sha1_round!($s, $f, $k); } )*
    };
}

/// Defines `sha1_data` and `sha1_zeros` over the primitives in scope.
macro_rules! sha1_lanes {
    ($feature:literal) => {
        #[target_feature(enable = $feature)]
        fn sha1_data(states: &mut [[u32; N]; 5], lanes: &[&[Block]; N], blocks: usize) {
            assert!(lanes.iter().all(|lane| lane.len() >= blocks), "a lane ends before its step");
            let constants = SHA1_K.map(|k| splat(k));
            let [k0, k1, k2, k3] = constants;
            let mut s = [0, 1, 2, 3, 4].map(|i: usize| load(&states[i]));
            for block in 0..blocks {
                // SAFETY: every lane has more than `block` blocks, asserted above.
                let mut w = transpose(&lanes.map(|lane| unsafe { lane.get_unchecked(block) }));
                let before = s;
                sha1_first!(s, w, choose, k0; 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15);
                sha1_rest!(s, w, choose, k0; 16 17 18 19);
                sha1_rest!(s, w, xor3, k1; 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36 37 38 39);
                sha1_rest!(s, w, majority, k2; 40 41 42 43 44 45 46 47 48 49 50 51 52 53 54 55 56 57 58 59);
                sha1_rest!(s, w, xor3, k3; 60 61 62 63 64 65 66 67 68 69 70 71 72 73 74 75 76 77 78 79);
                s = [0, 1, 2, 3, 4].map(|i: usize| add(s[i], before[i]));
            }
            for (words, vector) in states.iter_mut().zip(s) {
                store(words, vector);
            }
        }

        #[target_feature(enable = $feature)]
        fn sha1_zeros(states: &mut [[u32; N]; 5], blocks: u64) {
            let constants = SHA1_K.map(|k| splat(k));
            let [k0, k1, k2, k3] = constants;
            let mut s = [0, 1, 2, 3, 4].map(|i: usize| load(&states[i]));
            for _ in 0..blocks {
                let before = s;
                sha1_zero!(s, choose, k0; 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19);
                sha1_zero!(s, xor3, k1; 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36 37 38 39);
                sha1_zero!(s, majority, k2; 40 41 42 43 44 45 46 47 48 49 50 51 52 53 54 55 56 57 58 59);
                sha1_zero!(s, xor3, k3; 60 61 62 63 64 65 66 67 68 69 70 71 72 73 74 75 76 77 78 79);
                s = [0, 1, 2, 3, 4].map(|i: usize| add(s[i], before[i]));
            }
            for (words, vector) in states.iter_mut().zip(s) {
                store(words, vector);
            }
        }
    };
}

/// One round of SHA-256: `$kw` is the round constant plus the message word.
macro_rules! sha256_round {
    ($s:ident, $kw:expr) => {{
        let [a, b, c, d, e, f, g, h] = $s;
        let s1 = xor3(rotl::<26, 6>(e), rotl::<21, 11>(e), rotl::<7, 25>(e));
        let s0 = xor3(rotl::<30, 2>(a), rotl::<19, 13>(a), rotl::<10, 22>(a));
        let t1 = add(settled(add(settled(add(h, $kw)), choose(e, f, g))), s1);
        $s = [add(t1, add(s0, majority(a, b, c))), a, b, c, add(d, t1), e, f, g];
    }};
}

/// Rounds whose message words are still the block's own.
macro_rules! sha256_first {
    ($s:ident, $w:ident; $($t:literal)*) => {
        $( sha256_round!($s, add($w[$t], splat(SHA256_K[$t]))); )*
    };
}

/// Sixteen rounds with the constants `$k` that expand their message words first (FIPS 180-4, 6.2.2).
macro_rules! sha256_rest {
    ($s:ident, $w:ident, $k:ident; $($t:literal)*) => {
        $(
            let (x, y) = ($w[($t + 1) % 16], $w[($t + 14) % 16]);
            let s0 = xor3(rotl::<25, 7>(x), rotl::<14, 18>(x), shr::<3>(x));
            let s1 = xor3(rotl::<15, 17>(y), rotl::<13, 19>(y), shr::<10>(y));
            $w[$t] = add(add($w[$t], s0), add($w[($t + 9) % 16], s1));
            sha256_round!($s, add($w[$t], splat($k[$t])));
        )*
    };
}

/// Sixteen rounds whose constants and message words are one table.
macro_rules! sha256_constant {
    ($s:ident, $kw:ident; $($t:literal)*) => {
        $( sha256_round!($s, splat($kw[$t])); )*
    };
}

/// One block in every lane. A macro and not a function, which the compiler would not inline at this size, and
/// then pass 24 vectors through memory. Sixteen rounds at a time, because all 64 in a row would not stay in the
/// cache of decoded instructions.
macro_rules! sha256_block {
    ($before:expr, $words:expr) => {{
        let (before, mut w) = ($before, $words);
        let mut s = before;
        sha256_first!(s, w; 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15);
        for k in &SHA256_K.as_chunks::<16>().0[1..] {
            sha256_rest!(s, w, k; 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15);
        }
        [0, 1, 2, 3, 4, 5, 6, 7].map(|i: usize| add(s[i], before[i]))
    }};
}

/// Defines `sha256_data` and `sha256_pairs` over the primitives in scope.
macro_rules! sha256_lanes {
    ($feature:literal) => {
        #[target_feature(enable = $feature)]
        fn sha256_data(states: &mut [[u32; N]; 8], lanes: &[&[Block]; N], blocks: usize) {
            assert!(lanes.iter().all(|lane| lane.len() >= blocks), "a lane ends before its step");
            let mut s = [0, 1, 2, 3, 4, 5, 6, 7].map(|i: usize| load(&states[i]));
            for block in 0..blocks {
                // SAFETY: every lane has more than `block` blocks, asserted above.
                s = sha256_block!(s, transpose(&lanes.map(|lane| unsafe { lane.get_unchecked(block) })));
            }
            for (words, vector) in states.iter_mut().zip(s) {
                store(words, vector);
            }
        }

        #[target_feature(enable = $feature)]
        fn sha256_pairs(lanes: &[&Block; N]) -> [[u32; N]; 8] {
            let before = sha256_block!(SHA256_IV.map(|word| splat(word)), transpose(lanes));
            let mut s = before;
            for kw in SHA256_PAIR_PAD.as_chunks::<16>().0 {
                sha256_constant!(s, kw; 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15);
            }
            let mut states = [[0; N]; 8];
            for (words, (after, before)) in states.iter_mut().zip(s.into_iter().zip(before)) {
                store(words, add(after, before));
            }
            states
        }
    };
}

/// Defines `transpose`: word `t` of the block of every lane, from big endian, side by side in vector `t`.
///
/// `quads` puts 16 bytes each of every fourth lane side by side, straight from memory, so that what is left is
/// a 4 x 4 transposition within each 128 bits: half the shuffles of transposing whole rows.
macro_rules! transpose_lanes {
    ($feature:literal) => {
        #[inline]
        #[target_feature(enable = $feature)]
        fn transpose(lanes: &[&Block; N]) -> [V; 16] {
            let mut w = [splat(0); 16];
            for column in 0..4 {
                let [p, q, r, s] = [0, 1, 2, 3].map(|row| swap_bytes(quads(lanes, row, column)));
                let (p, q, r, s) = (low32(p, q), high32(p, q), low32(r, s), high32(r, s));
                let words = [low64(p, r), high64(p, r), low64(q, s), high64(q, s)];
                w[4 * column..][..4].copy_from_slice(&words);
            }
            w
        }
    };
}

pub(super) use {
    sha1_first, sha1_lanes, sha1_rest, sha1_round, sha1_zero, sha256_block, sha256_constant, sha256_first,
    sha256_lanes, sha256_rest, sha256_round, transpose_lanes,
};
