//! Several torrents from one read: `create-torrent --also`, and torrents of one content in a batch. Each is byte for
//! byte what it is when it is made alone. A failure prints its seed.

use std::fs;
use std::path::Path;

use ccbt::env::testing::{Outcome, TestEnv};
use ccbt::exit::ExitStatus;
use ccbt::metainfo::{Metainfo, Version};
use serde_json::{Value, json};

use crate::random::{self, Random};
use crate::torrents::made;
use crate::{schema, tree};

fn create(root: &Path, args: &[&str]) -> Outcome {
    TestEnv::new(root).args(["create-torrent"]).args(args.iter().copied()).run()
}

/// A directory `t` of files around the sizes where pieces, leaves and files meet.
fn random_tree(root: &Path, random: &mut Random) {
    let count = 1 + random.below(12);
    for index in 0..count {
        let directory = ["", "a/", "a/b/", "a.b/", "c/"][random.below(5)];
        let length = match random.below(7) {
            0 => 0,
            1 => 1 + random.below(100),
            2 => 16_384 * (1 + random.below(6)),
            3 => 16_383 + random.below(3),
            4 => 65_535 + random.below(3),
            5 => 300_000 + random.below(900_000),
            _ => random.below(70_000),
        };
        tree::write(root, &format!("t/{directory}f{index}"), &random.bytes(length));
    }
    let length = 1 + random.below(40_000);
    tree::write(root, "t/z", &random.bytes(length));
}

const KEYS: [&str; 12] = [
    r#""format": "v1", "piece-length": "16KiB""#,
    r#""format": "v1", "piece-length": 50001"#,
    r#""format": "v1", "piece-length": 1000, "source": "A""#,
    r#""format": "v1", "piece-length": "1MiB", "exclude": ["f1"]"#,
    r#""format": "v2", "piece-length": "16KiB""#,
    r#""format": "v2", "piece-length": "64KiB", "include": ["f*", "z"]"#,
    r#""format": "v2", "piece-length": "4MiB""#,
    r#""format": "hybrid", "piece-length": "32KiB", "tracker": ["http://a.example/announce"]"#,
    r#""format": "hybrid", "piece-length": "1MiB", "private": true"#,
    r#""format": "hybrid", "piece-length": "64KiB", "exclude": ["f2", "f3"]"#,
    r#""format": "v1", "piece-length": "16KiB", "source": "B""#,
    r#""format": "v1", "piece-count": 3"#,
];

#[test]
fn torrents_of_one_read_are_what_they_are_alone() {
    let seed = random::seed();
    let mut random = Random::new(seed);
    for round in 0..8 {
        let root = tempfile::tempdir().unwrap();
        random_tree(root.path(), &mut random);
        let flags: Vec<&str> = match round {
            0..4 => vec![],
            4 => vec!["--align"],
            5 => vec!["--md5", "--sha1"],
            6 => vec!["--md5", "--align"],
            _ => vec!["--threads", "1"],
        };
        let line = |(index, keys): (usize, &&str), directory: &str| {
            format!("{{\"path\": \"t\", \"output\": \"{directory}/{index}\", {keys}}}\n")
        };
        fs::create_dir(root.path().join("all")).unwrap();
        fs::create_dir(root.path().join("one")).unwrap();
        let all: String = KEYS.iter().enumerate().map(|keys| line(keys, "all")).collect();
        let batch = |text: String| {
            let env = TestEnv::new(root.path()).args(["create-torrent", "--batch", "-", "--json"]);
            env.args(flags.iter().copied()).args(["--progress", "json"]).stdin(text).run()
        };
        let outcome = batch(all).expect(ExitStatus::Success);
        outcome.json_lines().iter().for_each(schema::check);
        let hashed = outcome
            .stderr
            .lines()
            .filter_map(|line| serde_json::from_str::<Value>(line).ok())
            .filter(|event| event["done"] == event["total"])
            .count();
        assert_eq!(hashed, 1, "seed {seed}, round {round}: {}", outcome.stderr);
        for keys in KEYS.iter().enumerate() {
            batch(line(keys, "one")).expect(ExitStatus::Success);
            let read =
                |directory: &str| fs::read(root.path().join(directory).join(keys.0.to_string())).unwrap();
            assert!(read("all") == read("one"), "seed {seed}, round {round}, {}", keys.1);
        }
    }
}

#[test]
fn also_has_the_flags_and_its_own_keys() {
    let root = tree::golden();
    let outcome = create(
        root.path(),
        &[
            "t", "-l", "64KiB", "--source", "A", "-t", "http://a.example/announce", "--private", "-o", "a.torrent",
            "--also", "source=B,tracker=http://b.example/x?y=1,http://c.example/,tracker=udp://d.example:1,output=b.torrent",
            "--also", r#"{"format": "hybrid", "piece-length": "16KiB", "private": false, "output": "c.torrent"}"#,
            "--json",
        ],
    )
    .expect(ExitStatus::Success);
    let documents = outcome.json_lines();
    documents.iter().for_each(schema::check);
    let paths: Vec<_> = documents.iter().map(|document| document["piece_length"].clone()).collect();
    assert_eq!(paths, [json!(65_536), json!(65_536), json!(16_384)]);
    let [a, b, c] = ["a.torrent", "b.torrent", "c.torrent"].map(|name| made(root.path(), name));
    let source = |torrent: &Metainfo| torrent.info.source.clone().map(|source| source.lossy().into_owned());
    assert_eq!([&a, &b, &c].map(source), [Some("A".into()), Some("B".into()), Some("A".into())]);
    assert_eq!(a.trackers, [["http://a.example/announce"]]);
    assert_eq!(b.trackers, [vec!["http://b.example/x?y=1", "http://c.example/"], vec!["udp://d.example:1"]]);
    assert_eq!((a.info.private, b.info.private, c.info.private), (true, true, false));
    assert_eq!((b.info.version, c.info.version), (Version::V1, Version::Hybrid));
    assert_eq!(a.piece_hash(0), b.piece_hash(0));
}

#[test]
fn also_that_cannot_be_read_makes_nothing() {
    let root = tree::golden();
    for (keys, word) in [
        ("pice-length=1MiB", "pice-length"),
        ("hybrid", "no key"),
        ("path=x,output=y", "the command"),
        ("source=B", "makes already"),
        ("output=y,format=v2,piece-length=1000", "does not fit a v2 torrent"),
        ("output=y,tracker=file:///x", "file:///x"),
        ("output=y,source=a,source=b", "twice"),
        ("{\"output\": 1}", "`output`"),
    ] {
        let outcome = create(root.path(), &["t", "--also", keys]);
        let outcome = outcome.expect(ExitStatus::Usage);
        assert!(outcome.stderr.contains(word), "{keys}: {}", outcome.stderr);
        let kept = root.path().join("t.torrent").exists();
        // The others are made where only making one fails.
        assert_eq!(kept, word.contains("does not fit"), "{keys}");
        if kept {
            fs::remove_file(root.path().join("t.torrent")).unwrap();
        }
    }
}

#[test]
fn standard_input_makes_several_torrents() {
    let root = tempfile::tempdir().unwrap();
    let bytes = tree::payload(300_000);
    tree::write(root.path(), "content", &bytes);
    let also = ["--also", "format=v2,output=v2", "--also", "format=hybrid,piece-length=64KiB,output=hybrid"];
    let args = ["create-torrent", "-", "--name", "content", "-l", "16KiB", "-o", "v1"];
    let env = TestEnv::new(root.path()).args(args).args(also);
    let outcome = env.stdin(bytes).run().expect(ExitStatus::Success);
    assert!(outcome.stderr.contains("temporary file"), "{}", outcome.stderr);
    let names = ["v1", "v2", "hybrid"];
    let before = names.map(|name| fs::read(root.path().join(name)).unwrap());
    create(root.path(), &["content", "-f", "-l", "16KiB", "-o", "v1", also[0], also[1], also[2], also[3]])
        .expect(ExitStatus::Success);
    assert!(before == names.map(|name| fs::read(root.path().join(name)).unwrap()));
}

#[test]
fn a_dry_run_tells_of_all_and_makes_none() {
    let root = tree::golden();
    let outcome = create(root.path(), &["t", "-n", "--json", "--also", "output=b,format=v2"]);
    let documents = outcome.expect(ExitStatus::Success).json_lines();
    assert_eq!(
        documents.iter().map(|document| document["version"].clone()).collect::<Vec<_>>(),
        ["v1", "v2"]
    );
    assert!(!root.path().join("b").exists() && !root.path().join("t.torrent").exists());
}
