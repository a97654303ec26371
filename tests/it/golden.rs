//! Info-hashes that other programs agree on, made by `create-torrent` with every kernel there is.
//!
//! The vectors of directory `t` were computed with the program that accompanies BEP 52, libtorrent
//! 2.0.15 and torrentfile 0.9.2, and for v1 with imdl 0.1.16.

use ccbt::env::testing::TestEnv;
use ccbt::exit::ExitStatus;
use ccbt::hash::Engine;
use serde_json::Value;

use crate::tree;

fn create(root: &std::path::Path, kernel: &str, args: &[&str]) -> Value {
    let fixed = ["create-torrent", "--json", "--force", "--no-created-by", "--no-creation-date"];
    TestEnv::new(root)
        .args(fixed.iter().chain(args).copied())
        .var("CCBT_HASH_KERNEL", kernel)
        .run()
        .expect(ExitStatus::Success)
        .json()
}

fn kernels() -> Vec<String> {
    Engine::available().iter().map(|kernel| kernel.name().to_owned()).collect()
}

#[test]
fn the_golden_tree() {
    let root = tree::golden();
    for kernel in kernels() {
        for reader in ["parallel", "sequential"] {
            let make = |format, input| {
                create(root.path(), &kernel, &[format, "-l", "32768", "--reader", reader, input])
            };
            let hybrid = make("--hybrid", "t");
            assert_eq!(hybrid["info_hash_v1"], "fcba7e1263733b399f9d2b9863401e288099b93b");
            let v2 = "35275e90e1258888864ec2dc81394c4e2b7f0ac67db431cf56c15635234cc137";
            assert_eq!(hybrid["info_hash_v2"], v2);
            let v2 = "9df907f47e158e342854d00820ab1dd61f7864a608302cbcd84ef5a9abcec7f0";
            assert_eq!(make("--v2", "t")["info_hash_v2"], v2);
            assert_eq!(make("--v1", "t")["info_hash_v1"], "6220091a44e13ae4be3519fa72c7f140f111b111");
            // As libtorrent makes v1 with `canonical_files`: padded, the last file too.
            let padded = ["-l", "32768", "--reader", reader, "--align", "--sort", "path", "t"];
            let padded = create(root.path(), &kernel, &padded);
            assert_eq!(padded["info_hash_v1"], "e76682a364ad2172679301afaaa50906f753cdce");
            let hybrid = make("--hybrid", "one.bin");
            assert_eq!(hybrid["info_hash_v1"], "c35ffd59de728d9054163530e5b4b45dfc89a463");
            let v2 = "25167de6d99a9e57d2b6b97c532006807d5caf87526edf35a4745e091920e1fe";
            assert_eq!(hybrid["info_hash_v2"], v2);
            let v2 = "5b5b35f2a2aeb1a15a40559787e546bdf8b8d04e44e84f1b3cf5fdc2ac81e8cd";
            assert_eq!(make("--v2", "one.bin")["info_hash_v2"], v2);
        }
    }
}

#[test]
fn single_files_of_the_corpus() {
    let Some(vectors) = crate::corpus::vectors("single_files_of_the_corpus") else { return };
    let root = tempfile::tempdir().unwrap();
    let cases = vectors["create_single_file"]["cases"].as_array().unwrap();
    assert!(!cases.is_empty());
    for case in cases {
        let name = case["name"].as_str().unwrap();
        let length = case["payload_length"].as_u64().unwrap() as usize;
        tree::write(root.path(), name, &tree::payload(length));
        let piece_length = case["piece_length"].to_string();
        let make =
            |extra: &[&str]| create(root.path(), "portable", &[&["-l", &piece_length, name], extra].concat());
        assert_eq!(make(&["--v1"])["info_hash_v1"], case["v1"]["info_hash"]);
        assert_eq!(make(&["--v2"])["info_hash_v2"], case["v2"]["info_hash"]);
        assert_eq!(make(&["--v1", "--private"])["info_hash_v1"], case["v1_private"]["info_hash"]);
        let hybrid = make(&["--hybrid"]);
        assert_eq!(hybrid["info_hash_v1"], case["hybrid"]["info_hash_v1"]);
        assert_eq!(hybrid["info_hash_v2"], case["hybrid"]["info_hash_v2"]);
    }
}

#[test]
fn a_hybrid_of_the_corpus_byte_for_byte() {
    let Some(vectors) = crate::corpus::vectors("a_hybrid_of_the_corpus_byte_for_byte") else { return };
    let case = &vectors["create_hybrid_multi_file"];
    let root = tempfile::tempdir().unwrap();
    for file in case["files"].as_array().unwrap() {
        let (path, length) = (file["path"].as_str().unwrap(), file["length"].as_u64().unwrap());
        tree::write(root.path(), &format!("dir/{path}"), &tree::payload(length as usize));
    }
    let piece_length = case["piece_length"].to_string();
    let made = create(root.path(), "portable", &["--hybrid", "-l", &piece_length, "dir"]);
    assert_eq!(made["info_hash_v1"], case["info_hash_v1"]);
    assert_eq!(made["info_hash_v2"], case["info_hash_v2"]);
    let written = std::fs::read(root.path().join("dir.torrent")).unwrap();
    assert_eq!(ccbt::hex::encode(&written), case["torrent_hex"].as_str().unwrap());
}
