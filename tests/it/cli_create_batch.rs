//! `create-torrent --batch`: many torrents from one command line.

use std::path::Path;

use ccbt::env::testing::{Outcome, TestEnv};
use ccbt::exit::ExitStatus;

use crate::torrents::made;
use crate::{schema, tree};

fn run(root: &Path, batch: &str, args: &[&str]) -> Outcome {
    let env = TestEnv::new(root).args(["create-torrent", "--batch", "-"]).args(args.iter().copied());
    env.stdin(batch).run()
}

#[test]
fn paths_and_objects_each_become_a_torrent() {
    let root = tree::golden();
    std::fs::create_dir(root.path().join("out")).unwrap();
    let settings = "[create-torrent]\ncomment = \"file\"\n[profile.p]\nprivate = true\n";
    tree::write(root.path(), "ccbt.toml", settings.as_bytes());
    let batch = "t\n\n{\"path\": \"one.bin\", \"output\": \"two.torrent\", \"name\": \"two\", \"profile\": \"p\", \
        \"format\": \"hybrid\", \"comment\": \"job\", \"set\": [\"a=b\"]}\n";
    let outcome = run(root.path(), batch, &["--json", "-o", "out"]).expect(ExitStatus::Success);
    let documents = outcome.json_lines();
    documents.iter().for_each(schema::check);
    assert_eq!(documents.len(), 2);
    assert_eq!((&documents[0]["name"], &documents[1]["name"]), (&"t".into(), &"two".into()));
    let (first, second) = (made(root.path(), "out/t.torrent"), made(root.path(), "out/two.torrent"));
    assert_eq!(first.comment.unwrap().0, b"file");
    assert!(second.info.private && second.info_hash_v2.is_some());
    assert_eq!(second.comment.unwrap().0, b"job");
    // Flags win over what a line says.
    run(root.path(), batch, &["-o", "out", "-f", "--v1", "--comment", "flag"]).expect(ExitStatus::Success);
    let second = made(root.path(), "out/two.torrent");
    assert_eq!((second.info_hash_v2, second.comment.unwrap().0), (None, b"flag".to_vec()));
    // Each gets entropy of its own.
    let outcome = run(root.path(), batch, &["-o", "out", "-f", "-x", "--json"]).expect(ExitStatus::Success);
    let documents = outcome.json_lines();
    assert_ne!(documents[0]["entropy"], documents[1]["entropy"]);
}

#[test]
fn a_batch_goes_on_after_a_failure_and_ends_with_the_highest_code() {
    let root = tree::golden();
    let batch = "missing\n{\"path\": \"one.bin\", \"tracker\": \"file:///x\"}\nt/empty.dat\nt\n";
    let outcome = run(root.path(), batch, &["--json"]).expect(ExitStatus::Io);
    let documents = outcome.json_lines();
    documents.iter().for_each(schema::check);
    let codes: Vec<_> = documents.iter().map(|document| document["code"].as_u64()).collect();
    assert_eq!(codes, [Some(4), Some(2), Some(3), None]);
    assert!(documents[0]["path"].as_str().unwrap().ends_with("missing"));
    assert!(outcome.stderr.contains("line 2: `file:///x` is no tracker"), "{}", outcome.stderr);
    assert_eq!(made(root.path(), "t.torrent").info.files.len(), 8);
    let person = run(root.path(), "t\none.bin\n", &["-f"]).expect(ExitStatus::Success).text();
    assert_eq!(person.matches("Torrent  ").count(), 2, "{person}");
}

#[test]
fn a_batch_that_cannot_be_read_makes_nothing() {
    let root = tree::golden();
    for (batch, word) in [
        ("t\n{\"path\": \"one.bin\", \"privat\": true}\n", "line 2: unknown key `privat`"),
        ("t\n{\"path\"\n", "line 2"),
        ("t\n{\"name\": \"x\"}\n", "line 2: there is no `path`"),
        ("t\nt\n", "line 2: `"),
        ("t\n{\"path\": \"one.bin\", \"name\": \"t\"}\n", "is what line 1 makes already"),
    ] {
        let outcome = run(root.path(), batch, &[]).expect(ExitStatus::Usage);
        assert!(outcome.stderr.contains(word), "{batch}: {}", outcome.stderr);
        assert!(!root.path().join("t.torrent").exists(), "{batch}");
    }
    run(root.path(), "t\n", &["-o", "file.torrent"]).expect(ExitStatus::Usage);
    run(root.path(), "t\n", &["t"]).expect(ExitStatus::Usage);
    let missing = TestEnv::new(root.path()).args(["create-torrent", "--batch", "none.jsonl"]);
    missing.run().expect(ExitStatus::Io);
}

#[test]
fn a_batch_of_nothing_is_told() {
    let root = tree::golden();
    for batch in ["", "\n \n"] {
        let outcome = run(root.path(), batch, &[]).expect(ExitStatus::BadInput);
        assert!(outcome.stderr.contains("there is nothing in it"), "{}", outcome.stderr);
        assert!(outcome.stderr.contains("hint: "), "{}", outcome.stderr);
    }
}

#[test]
fn an_interrupt_ends_a_batch() {
    let root = tree::golden();
    let env = TestEnv::new(root.path()).args(["create-torrent", "--batch", "-"]).stdin("t\none.bin\n");
    env.interrupted().run().expect(ExitStatus::Interrupted);
}

/// How often the content was hashed: its progress comes to an end each time.
fn hashed(outcome: &Outcome) -> usize {
    let events =
        outcome.stderr.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    events.filter(|event| event["done"] == 100_000 && event["done"] == event["total"]).count()
}

#[test]
fn torrents_of_the_same_files_are_hashed_once() {
    let root = tree::golden();
    let line = |more: &str| format!("{{\"path\": \"one.bin\", {more}}}\n");
    let (a, b) = (
        line("\"output\": \"a.torrent\", \"source\": \"A\""),
        line("\"output\": \"b.torrent\", \"source\": \"B\""),
    );
    let (v2, cut) = (
        line("\"output\": \"c.torrent\", \"format\": \"v2\""),
        line("\"output\": \"d.torrent\", \"piece-length\": 15"),
    );
    let make =
        |batch: &str| run(root.path(), batch, &["--progress", "json", "-f"]).expect(ExitStatus::Success);
    assert_eq!(hashed(&make(&a)), 1);
    assert_eq!(hashed(&make(&format!("{a}{b}"))), 1);
    assert_eq!(hashed(&make(&format!("{a}{v2}{cut}"))), 1);
    assert_eq!(hashed(&make(&format!("{a}t\n{v2}{cut}"))), 1, "another between them");
    assert_eq!(made(root.path(), "d.torrent").info.piece_length, 1 << 15);
    let (a, b) = (made(root.path(), "a.torrent"), made(root.path(), "b.torrent"));
    assert_ne!(a.info_hash_v1, b.info_hash_v1);
    assert_eq!(a.piece_hash(0), b.piece_hash(0));
    run(root.path(), "one.bin\n", &["--source", "B"]).expect(ExitStatus::Success);
    assert_eq!(made(root.path(), "one.bin.torrent").info_hash_v1, b.info_hash_v1);
}
