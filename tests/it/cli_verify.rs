//! `verify` against its contract.

use std::path::Path;

use ccbt::env::testing::{Outcome, TestEnv};
use ccbt::exit::ExitStatus;
use serde_json::{Value, json};

use crate::{schema, tree};

const FORMATS: [&str; 3] = ["--v1", "--v2", "--hybrid"];

/// The golden tree with `t.torrent` and `one.bin.torrent` of one format beside it.
fn world(format: &str) -> tempfile::TempDir {
    let root = tree::golden();
    for input in ["t", "one.bin"] {
        let args = ["create-torrent", format, "-l", "32KiB", input];
        TestEnv::new(root.path()).args(args).run().expect(ExitStatus::Success);
    }
    root
}

fn verify(root: &Path, args: &[&str]) -> Outcome {
    TestEnv::new(root).args(["verify", "--json"].iter().chain(args).copied()).run()
}

/// The entry of one file.
fn file<'a>(document: &'a Value, path: &str) -> &'a Value {
    let files = document["files"].as_array().unwrap();
    files.iter().find(|file| file["path"] == path).unwrap_or_else(|| panic!("{path} in {document}"))
}

fn flip(path: &Path, at: usize) {
    let mut bytes = std::fs::read(path).unwrap();
    bytes[at] ^= 1;
    std::fs::write(path, bytes).unwrap();
}

#[test]
fn complete_content_is_complete_however_it_is_named() {
    for format in FORMATS {
        let root = world(format);
        let lines: [&[&str]; 6] = [
            &["t.torrent"],
            &["t.torrent", "t"],
            &["t.torrent", "."],
            &["one.bin.torrent", "one.bin"],
            &["one.bin.torrent", "."],
            &["t.torrent", "t", "--reader", "sequential", "--threads", "1"],
        ];
        for args in lines {
            let document = verify(root.path(), args).expect(ExitStatus::Success).json();
            schema::check(&document);
            assert_eq!(document["complete"], true, "{format} {args:?}");
            assert_eq!(document["verified_size"], document["total_size"]);
            assert_eq!(document["pieces_ok"], document["pieces_total"]);
            assert_eq!(document["pieces_v2_total"].is_u64(), format == "--hybrid");
        }
    }
}

#[test]
fn a_flipped_byte_is_blamed_on_its_file_and_range() {
    for format in FORMATS {
        let root = world(format);
        flip(&root.path().join("t/sub/deep/big.bin"), 1_000_000);
        let document = verify(root.path(), &["t.torrent", "t"]).expect(ExitStatus::No).json();
        schema::check(&document);
        assert_eq!((&document["pieces_bad"], &document["pieces_missing"]), (&1.into(), &0.into()));
        let bad = file(&document, "sub/deep/big.bin");
        assert_eq!(bad["state"], "bad");
        let range = bad["bad_ranges"][0].as_array().unwrap();
        let (start, end) = (range[0].as_u64().unwrap(), range[1].as_u64().unwrap());
        assert!((start..end).contains(&1_000_000) && end - start == 32_768, "{format}: {bad}");
        let others = document["files"].as_array().unwrap().iter().filter(|file| file["state"] == "ok");
        assert_eq!(others.count(), 7);
    }
}

#[test]
fn missing_short_long_and_extra_files_are_told_apart() {
    for format in FORMATS {
        let root = world(format);
        let content = root.path().join("t");
        std::fs::remove_file(content.join("exact.bin")).unwrap();
        std::fs::write(content.join("a/b"), vec![b'b'; 40_000]).unwrap();
        std::fs::write(content.join("sub/file2"), [b'2'; 23]).unwrap();
        std::fs::write(content.join("new"), "new").unwrap();
        let document = verify(root.path(), &["t.torrent", "t"]).expect(ExitStatus::No).json();
        assert_eq!(file(&document, "exact.bin")["state"], "missing");
        let short = file(&document, "a/b");
        assert_eq!((&short["state"], &short["bad_ranges"]), (&json!("bad"), &json!([[40_000, 50_000]])));
        let long = file(&document, "sub/file2");
        assert_eq!((&long["state"], &long["bad_ranges"]), (&json!("bad"), &json!([[20, 23]])));
        assert_eq!(file(&document, "new")["state"], "extra");
        // In v1 a file shares its pieces with neighbours that are not there.
        let neighbour = if format == "--v1" { "partial" } else { "ok" };
        assert_eq!(file(&document, "a.txt")["state"], neighbour, "{format}");
        assert_eq!(file(&document, "sub/file10")["state"], "ok");
    }
}

#[test]
fn extra_files_fail_only_when_asked() {
    let root = world("--v1");
    std::fs::write(root.path().join("t/new"), "new").unwrap();
    verify(root.path(), &["t.torrent"]).expect(ExitStatus::Success);
    let document = verify(root.path(), &["t.torrent", "--strict"]).expect(ExitStatus::No).json();
    assert_eq!(document["complete"], false);
}

#[test]
fn content_of_another_kind_is_told_in_plain_words() {
    for format in FORMATS {
        let root = world(format);
        let outcome = verify(root.path(), &["t.torrent", "one.bin"]).expect(ExitStatus::No);
        let document = outcome.json();
        schema::check(&document);
        assert!(outcome.stderr.contains("of a directory, and `"), "{}", outcome.stderr);
        // It is no file of the torrent, and has a name.
        assert_eq!(file(&document, "one.bin")["state"], "extra");
        let outcome = verify(root.path(), &["one.bin.torrent", "t"]).expect(ExitStatus::No);
        assert!(outcome.stderr.contains("there is no `one.bin` in the directory `"), "{}", outcome.stderr);
        // One file of the torrent is still found for what it is.
        let moved = verify(root.path(), &["t.torrent", "t/sub/deep/big.bin"]).expect(ExitStatus::No).json();
        assert_eq!(file(&moved, "sub/deep/big.bin")["state"], "moved", "{format}: {moved}");
    }
}

#[test]
fn content_that_is_not_there_is_an_answer_and_a_torrent_that_is_not_an_error() {
    let root = world("--hybrid");
    let outcome = verify(root.path(), &["t.torrent", "nowhere"]).expect(ExitStatus::No);
    assert!(outcome.stderr.contains("does not exist"), "{}", outcome.stderr);
    let document = outcome.json();
    assert_eq!(document["verified_size"], 0);
    assert_eq!(document["pieces_missing"], document["pieces_total"]);
    verify(root.path(), &["nowhere.torrent"]).expect(ExitStatus::Io);
    verify(root.path(), &["one.bin"]).expect(ExitStatus::BadInput);
    verify(root.path(), &[]).expect(ExitStatus::Usage);
}

#[test]
fn a_person_reads_what_is_wrong_and_the_sum() {
    let root = world("--hybrid");
    flip(&root.path().join("t/a.txt"), 0);
    let args = ["verify", "t.torrent", "t"];
    let outcome = TestEnv::new(root.path()).args(args).run().expect(ExitStatus::No);
    let text = outcome.text();
    assert!(text.contains("a.txt: bytes 0-99\n") && text.contains("does not match"), "{text}");
    assert!(!text.contains("file10"), "{text}");
}

#[test]
fn a_person_reads_how_much_too_long_a_file_is() {
    let root = world("--v2");
    let content = root.path().join("t");
    std::fs::write(content.join("sub/file2"), [b'2'; 21]).unwrap();
    std::fs::write(content.join("empty.dat"), [0; 1200]).unwrap();
    std::fs::write(content.join("a.txt"), [b'x'; 102]).unwrap();
    std::fs::write(content.join("a/b"), [b'b'; 49_999]).unwrap();
    let args = ["verify", "t.torrent", "t"];
    let text = TestEnv::new(root.path()).args(args).run().expect(ExitStatus::No).text();
    for line in [
        "bad      a.txt: bytes 0-99, 2 bytes too long",
        "bad      a/b: bytes 49999-49999, 65.5% verified",
        "bad      empty.dat: 1,200 bytes too long",
        "bad      sub/file2: 1 byte too long",
    ] {
        assert!(text.lines().any(|shown| shown == line), "{line} in\n{text}");
    }
}

#[test]
fn every_kernel_and_reader_finds_the_same() {
    let root = world("--hybrid");
    flip(&root.path().join("t/sub/deep/big.bin"), 3_145_744);
    let first = verify(root.path(), &["t.torrent"]).json();
    for kernel in ccbt::hash::Engine::available() {
        for reader in ["sequential", "parallel"] {
            let args = ["verify", "--json", "t.torrent", "--reader", reader, "--threads", "3"];
            let env = TestEnv::new(root.path()).args(args).var("CCBT_HASH_KERNEL", kernel.name());
            assert_eq!(env.run().expect(ExitStatus::No).json(), first);
        }
    }
}

#[test]
fn a_v2_torrent_of_a_one_file_directory_finds_its_directory() {
    let root = tree::golden();
    tree::write(root.path(), "alone/f", b"content");
    let args = ["create-torrent", "--v2", "alone"];
    TestEnv::new(root.path()).args(args).run().expect(ExitStatus::Success);
    verify(root.path(), &["alone.torrent"]).expect(ExitStatus::Success);
    verify(root.path(), &["alone.torrent", "alone"]).expect(ExitStatus::Success);
}

#[test]
fn names_that_differ_only_by_case_are_found_as_they_are() {
    let root = world("--v1");
    let document = verify(root.path(), &["t.torrent"]).expect(ExitStatus::Success).json();
    assert_eq!(
        (&file(&document, "A.TXT")["state"], &file(&document, "a.txt")["state"]),
        (&json!("ok"), &json!("ok"))
    );
}

#[cfg(unix)]
#[test]
fn a_symlink_of_the_torrent_must_lead_where_it_says() {
    use std::os::unix::fs::symlink;
    let root = tempfile::tempdir().unwrap();
    let hash = ccbt::hash::sha1(b"x");
    let mut torrent = b"d4:infod5:filesld6:lengthi1e4:pathl1:aeed4:attr1:l6:lengthi0e4:pathl4:linke\
        12:symlink pathl1:aeee4:name1:t12:piece lengthi16384e6:pieces20:"
        .to_vec();
    torrent.extend_from_slice(&hash);
    torrent.extend_from_slice(b"ee");
    tree::write(root.path(), "t.torrent", &torrent);
    tree::write(root.path(), "t/a", b"x");
    tree::write(root.path(), "t/link", b"");
    let state =
        |status| file(&verify(root.path(), &["t.torrent"]).expect(status).json(), "link")["state"].clone();
    assert_eq!(state(ExitStatus::No), "missing");
    for (target, status, found) in [
        ("/etc/passwd", ExitStatus::No, "missing"),
        ("a", ExitStatus::Success, "ok"),
        ("nowhere", ExitStatus::No, "missing"),
    ] {
        std::fs::remove_file(root.path().join("t/link")).unwrap();
        symlink(target, root.path().join("t/link")).unwrap();
        assert_eq!(state(status), found, "{target}");
    }
}
