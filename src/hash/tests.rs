//! Every kernel of this machine against the crates.

use proptest::prelude::*;

use super::kernel::{Narrow, Plan};
use super::*;

/// An engine for every kernel this machine has, and the one it would choose.
fn engines() -> Vec<(&'static str, Engine)> {
    let forced = Engine::available().into_iter().map(|kernel| {
        let engine = Engine::with_kernel(kernel.name()).unwrap_or_else(|error| panic!("{error}"));
        (kernel.name(), engine)
    });
    let mut engines: Vec<_> = std::iter::once(("detected", Engine::detect())).chain(forced).collect();
    // Beside the portable kernel the wide ones also run with most of their lanes unused.
    let alone: Vec<_> = engines
        .iter()
        .filter(|(_, engine)| engine.sha1.wide.is_some() || engine.sha256.wide.is_some())
        .map(|&(name, engine)| {
            let [sha1, sha256] =
                [engine.sha1, engine.sha256].map(|plan| Plan { narrow: Narrow::Portable, ..plan });
            (name, Engine { sha1, sha256 })
        })
        .collect();
    engines.extend(alone);
    engines
}

/// Bytes that differ from place to place; kernels that mix lanes up or lose bytes cannot get them right.
fn noise(length: usize, seed: u64) -> Vec<u8> {
    let mut state = seed | 1;
    let mut step = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    };
    (0..length).map(|_| step()).collect()
}

#[test]
fn kernels_are_known_by_their_names() {
    for kernel in Engine::available() {
        let engine = Engine::with_kernel(kernel.name()).unwrap();
        for choice in engine.choices() {
            let alias = match kernel {
                Kernel::Portable => choice.kernel == Kernel::Armv8,
                Kernel::Mixed => (choice.kernel, choice.algorithm) == (Kernel::Avx512, "SHA-1"),
                _ => false,
            };
            assert!(choice.kernel == kernel || alias, "{choice}");
            assert_eq!(choice.lanes(), kernel.lanes());
        }
    }
    let error = Engine::with_kernel("mmx").unwrap_err();
    assert_eq!((error.name.as_str(), &error.available), ("mmx", &Engine::available()));
    assert!(error.to_string().starts_with("no hash kernel `mmx` on this machine, which has `portable`"));
}

/// FIPS 180 examples, so that a fault of the crates would not go unseen either.
#[test]
fn known_answers() {
    let hex = |digest: &[u8]| digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let long = b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
    let sha1_answers = [
        ("", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
        ("abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "84983e441c3bd26ebaae4aa1f95129e5e54670f1",
        ),
    ];
    let sha256_answers = [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    ];
    for (name, engine) in engines() {
        for (message, answer) in sha1_answers {
            let state = Sha1State::default();
            let mut digests = [[0; 20]; 17];
            engine.sha1_finish(&[(&state, message.as_bytes()); 17], &mut digests);
            assert!(digests.iter().all(|digest| hex(digest) == answer), "{name}: {message}");
        }
        for (message, answer) in sha256_answers {
            let mut digests = [[0; 32]; 17];
            engine.sha256_many(&[message.as_bytes(); 17], &mut digests);
            assert!(digests.iter().all(|digest| hex(digest) == answer), "{name}: {message}");
        }
        let mut digests = [[0; 32]];
        engine.sha256_many(&[long], &mut digests);
        assert_eq!(hex(&digests[0]), "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    }
}

/// More messages than the queue takes in one go, and of all lengths.
#[test]
fn more_messages_than_a_window() {
    let bytes = noise(4000, 7);
    let messages: Vec<&[u8]> = (0..2500).map(|i| &bytes[i % 37..i % 37 + i * 7 % 3900]).collect();
    for (name, engine) in engines() {
        let mut digests = vec![[0; 32]; messages.len()];
        engine.sha256_many(&messages, &mut digests);
        for (message, digest) in messages.iter().zip(&digests) {
            assert_eq!(*digest, sha256(message), "{name}");
        }
    }
}

#[test]
#[should_panic(expected = "a whole number of blocks")]
fn data_within_a_block_is_a_bug_of_the_caller() {
    let state = &mut Sha1State::default();
    Engine::detect().sha1_advance(&mut [Sha1Work { state, blocks: Blocks::Data(&[0; 65]) }]);
}

/// A message cut into runs of data and of zeros, and where in its memory it begins.
#[derive(Clone, Debug)]
struct Message {
    /// Blocks, and whether they are zeros.
    runs: Vec<(u8, bool)>,
    tail: usize,
    offset: usize,
    seed: u64,
}

fn message() -> impl Strategy<Value = Message> {
    (prop::collection::vec((0..9u8, any::<bool>()), 0..5), 0..BLOCK, 0..70usize, any::<u64>())
        .prop_map(|(runs, tail, offset, seed)| Message { runs, tail, offset, seed })
}

fn bytes_of(message: &Message) -> Vec<u8> {
    let blocks: usize = message.runs.iter().map(|&(blocks, _)| usize::from(blocks)).sum();
    let mut bytes = noise(message.offset + blocks * BLOCK + message.tail, message.seed);
    let mut at = message.offset;
    for &(blocks, zeros) in &message.runs {
        let length = usize::from(blocks) * BLOCK;
        if zeros {
            bytes[at..at + length].fill(0);
        }
        at += length;
    }
    bytes
}

fn sha1_in_runs(engine: &Engine, messages: &[Message], bytes: &[Vec<u8>]) -> Vec<Sha1Digest> {
    let mut states = vec![Sha1State::default(); messages.len()];
    let most = messages.iter().map(|message| message.runs.len()).max().unwrap_or(0);
    let mut at: Vec<usize> = messages.iter().map(|message| message.offset).collect();
    for run in 0..most {
        let mut work = Vec::new();
        for (i, state) in states.iter_mut().enumerate() {
            let Some(&(blocks, zeros)) = messages[i].runs.get(run) else { continue };
            let length = usize::from(blocks) * BLOCK;
            let blocks = if zeros {
                Blocks::Zeros(u64::from(blocks))
            } else {
                Blocks::Data(&bytes[i][at[i]..at[i] + length])
            };
            at[i] += length;
            work.push(Sha1Work { state, blocks });
        }
        engine.sha1_advance(&mut work);
    }
    let ends: Vec<_> =
        states.iter().zip(bytes).zip(&at).map(|((state, bytes), &at)| (state, &bytes[at..])).collect();
    let mut digests = vec![[0; 20]; messages.len()];
    engine.sha1_finish(&ends, &mut digests);
    digests
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn sha1_of_any_mixture(messages in prop::collection::vec(message(), 0..80)) {
        let bytes: Vec<_> = messages.iter().map(bytes_of).collect();
        let expected: Vec<_> =
            messages.iter().zip(&bytes).map(|(message, bytes)| sha1(&bytes[message.offset..])).collect();
        for (name, engine) in engines() {
            prop_assert_eq!(&sha1_in_runs(&engine, &messages, &bytes), &expected, "{}", name);
        }
    }

    #[test]
    fn sha256_of_any_lengths(
        shapes in prop::collection::vec((0..70usize, 0..1200usize), 0..100),
        seed: u64,
    ) {
        let bytes = noise(70 + 1200 + shapes.len(), seed);
        let messages: Vec<&[u8]> = shapes
            .iter()
            .enumerate()
            .map(|(i, &(offset, length))| &bytes[i + offset..i + offset + length])
            .collect();
        let expected: Vec<_> = messages.iter().map(|message| sha256(message)).collect();
        for (name, engine) in engines() {
            let mut digests = vec![[0; 32]; messages.len()];
            engine.sha256_many(&messages, &mut digests);
            prop_assert_eq!(&digests, &expected, "{}", name);
        }
    }

    #[test]
    fn sha256_of_any_pairs(count in 0..70usize, seed: u64) {
        let bytes = noise(count * BLOCK, seed);
        let nodes = bytes.as_chunks::<32>().0;
        let expected: Vec<_> = bytes.chunks(BLOCK).map(sha256).collect();
        for (name, engine) in engines() {
            let mut parents = vec![[0; 32]; count];
            engine.sha256_pairs(nodes, &mut parents);
            prop_assert_eq!(&parents, &expected, "{}", name);
        }
    }
}
