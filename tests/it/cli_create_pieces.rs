//! `create-torrent`: the rules for the length of pieces, and the table of them.

use std::path::Path;

use ccbt::env::testing::{Outcome, TestEnv};
use ccbt::exit::ExitStatus;

use crate::{schema, tree};

fn run(root: &Path, args: &[&str]) -> Outcome {
    TestEnv::new(root).args(["create-torrent"].iter().chain(args).copied()).run()
}

/// A file without blocks on the disk.
fn sparse(root: &Path, name: &str, length: u64) {
    std::fs::File::create(root.join(name)).unwrap().set_len(length).unwrap();
}

fn planned(root: &Path, args: &[&str]) -> (u64, String) {
    let document = run(root, &[args, &["-n", "--json"]].concat()).expect(ExitStatus::Success).json();
    schema::check(&document);
    let length = document["piece_length"].as_u64().unwrap();
    (length, document["piece_length_rule"].as_str().unwrap().to_owned())
}

#[test]
fn each_rule_chooses_and_says_so() {
    let root = tempfile::tempdir().unwrap();
    sparse(root.path(), "f", 1 << 30);
    let is = |args: &[&str], length: u64, rule: &str| {
        let found = planned(root.path(), &[&["f"], args].concat());
        assert_eq!(found, (length, rule.to_owned()), "{args:?}");
    };
    is(&[], 512 << 10, "auto");
    is(&["-l", "auto"], 512 << 10, "auto");
    is(&["-l", "1MiB"], 1 << 20, "given");
    is(&["-l", "1000000"], 1_000_000, "given");
    is(&["-l", "20"], 1 << 20, "given");
    is(&["--max-piece-length", "300KiB"], 256 << 10, "auto");
    is(&["--max-piece-length", "16MiB"], 512 << 10, "auto");
    is(&["--piece-count", "1000"], 2 << 20, "piece-count");
    is(&["--piece-count", "1024"], 1 << 20, "piece-count");
    is(&["--piece-count", "10", "--max-piece-length", "20"], 1 << 20, "piece-count");
    is(&["--max-torrent-size", "100KiB"], 256 << 10, "max-torrent-size");
    let person = run(root.path(), &["f", "-n", "--piece-count", "1000"]).text();
    assert!(person.contains("the smallest that give at most 1,000 pieces"), "{person}");
    let person = run(root.path(), &["f", "-n"]).text();
    assert!(person.contains("automatic: the smallest that give at most 2,048 pieces"), "{person}");
    tree::write(root.path(), "ccbt.toml", b"[create-torrent]\npiece-length = \"4MiB\"\n");
    is(&[], 4 << 20, "given");
    is(&["--piece-count", "1024"], 1 << 20, "piece-count");
}

#[test]
fn a_torrent_keeps_within_its_size_and_half_the_pieces_would_not() {
    let root = tree::golden();
    for format in ["--v1", "--v2", "--hybrid"] {
        let size = |args: &[&str]| {
            let fixed = ["t", "-f", "--json", format, "--md5", "--sha1", "--comment", "about"];
            let document = run(root.path(), &[&fixed, args].concat()).expect(ExitStatus::Success).json();
            (document["torrent_size"].as_u64().unwrap(), document["piece_length"].as_u64().unwrap())
        };
        for limit in [3_000, 4_000, 5_000, 8_000] {
            let (found, length) = size(&["--max-torrent-size", &limit.to_string()]);
            assert!(found <= limit, "{format} {limit}: {found}");
            if length > 16 << 10 {
                let (larger, _) = size(&["-l", &(length / 2).to_string()]);
                assert!(larger > limit, "{format} {limit}: {larger} with pieces of {}", length / 2);
            }
        }
    }
}

#[test]
fn rules_that_cannot_be_kept_are_usage_errors() {
    let root = tree::golden();
    for (args, word) in [
        (
            &["--max-torrent-size", "200"][..],
            "no torrent of this content fits into 200 B: even with the largest pieces",
        ),
        (&["--max-piece-length", "1KiB"], "at least 16KiB"),
        (&["--piece-count", "0"], "0"),
        (&["--piece-count", "5", "-l", "20"], "cannot be used with"),
        (&["--max-torrent-size", "1MiB", "-l", "20"], "cannot be used with"),
        (&["--max-piece-length", "1MiB", "-l", "20"], "cannot be used with"),
    ] {
        let outcome = run(root.path(), &[&["t"], args].concat()).expect(ExitStatus::Usage);
        assert!(outcome.stderr.contains(word), "{args:?}: {}", outcome.stderr);
    }
    let settings = b"[create-torrent]\npiece-length = \"4MiB\"\npiece-count = 5\n";
    tree::write(root.path(), "ccbt.toml", settings);
    let outcome = run(root.path(), &["t"]).expect(ExitStatus::Usage);
    assert!(outcome.stderr.contains("more than one rule"), "{}", outcome.stderr);
    sparse(root.path(), "huge", 1 << 40);
    let outcome = run(root.path(), &["huge", "-l", "auto", "--max-piece-length", "64KiB"]);
    let outcome = outcome.expect(ExitStatus::Usage);
    assert!(outcome.stderr.contains("cannot be used with"), "{}", outcome.stderr);
    std::fs::remove_file(root.path().join("ccbt.toml")).unwrap();
    let outcome = run(root.path(), &["huge", "--max-piece-length", "64KiB"]).expect(ExitStatus::Usage);
    assert!(outcome.stderr.contains("leave --max-piece-length out"), "{}", outcome.stderr);
}

#[test]
fn the_table_is_what_a_dry_run_chooses() {
    let root = tempfile::tempdir().unwrap();
    for args in [&[][..], &["--piece-count", "500"], &["--max-piece-length", "1MiB"]] {
        let table = run(root.path(), &[&["--piece-length-table", "--json"], args].concat());
        let table = table.expect(ExitStatus::Success).json();
        schema::check(&table);
        for row in table["rows"].as_array().unwrap().iter().take(15) {
            sparse(root.path(), "f", row["content_size"].as_u64().unwrap());
            let (length, rule) = planned(root.path(), &[&["f"], args].concat());
            assert_eq!(
                (length, rule.as_str()),
                (row["piece_length"].as_u64().unwrap(), table["piece_length_rule"].as_str().unwrap())
            );
        }
    }
    let person = run(root.path(), &["--piece-length-table"]).expect(ExitStatus::Success).text();
    assert!(person.lines().any(|line| line.trim_start().starts_with("1.00 GiB    512.00 KiB")), "{person}");
    run(root.path(), &[]).expect(ExitStatus::Usage);
}
