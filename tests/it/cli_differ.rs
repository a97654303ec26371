//! `inspect --why-differ`, `--raw`, `--allow` and `--deny` against their contract.

use std::path::Path;

use ccbt::env::testing::{Outcome, TestEnv};
use ccbt::exit::ExitStatus;
use serde_json::Value;

use crate::torrents::{dict, int, list, text};
use crate::{schema, tree};

fn run(root: &Path, args: &[&str]) -> Outcome {
    TestEnv::new(root).args(args).run()
}

/// The golden tree with `one` made as `how` says.
fn make(root: &Path, torrent: &str, how: &[&str]) {
    let args = ["create-torrent", "t", "--no-creation-date", "-o", torrent];
    run(root, &[&args[..], how].concat()).expect(ExitStatus::Success);
}

/// Names of the rules that differ between two torrents.
fn rules(root: &Path, one: &str, other: &str) -> Vec<String> {
    let outcome = run(root, &["inspect", "--json", "--why-differ", one, other]);
    let document = outcome.json();
    schema::check(&document);
    let rules: Vec<String> = document["differences"]
        .as_array()
        .unwrap()
        .iter()
        .map(|difference| difference["rule"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(document["same"], rules.is_empty());
    outcome.expect(if rules.is_empty() { ExitStatus::Success } else { ExitStatus::No });
    rules
}

#[test]
fn each_choice_of_the_maker_is_named() {
    let root = tree::golden();
    let root = root.path();
    make(root, "a.torrent", &[]);
    let cases: [(&[&str], &[&str]); 8] = [
        (&["--tracker", "http://a.example/", "--comment", "x"], &[]),
        (&["--piece-length", "64KiB"], &["piece-length"]),
        (&["--private"], &["private"]),
        (&["--source", "X"], &["source"]),
        (&["--name", "other"], &["name"]),
        (&["--exclude", "empty.dat"], &["files"]),
        (&["--hybrid"], &["version"]),
        (&["--md5"], &["file-keys"]),
    ];
    for (how, expected) in cases {
        make(root, "b.torrent", &[how, &["--force"]].concat());
        assert_eq!(rules(root, "a.torrent", "b.torrent"), expected, "{how:?}");
    }
    tree::write(&root.join("t"), "sub/file2", b"changed, with another length");
    make(root, "c.torrent", &[]);
    assert_eq!(rules(root, "a.torrent", "c.torrent"), ["file-size"]);
}

#[test]
fn content_order_and_encoding_are_told_apart() {
    let root = tree::golden();
    let root = root.path();
    for format in ["--v1", "--v2", "--hybrid"] {
        make(root, "a.torrent", &[format, "--force"]);
        let path = root.join("t/sub/file2");
        let before = std::fs::read(&path).unwrap();
        std::fs::write(&path, vec![7; before.len()]).unwrap();
        make(root, "b.torrent", &[format, "--force"]);
        std::fs::write(&path, before).unwrap();
        assert_eq!(rules(root, "a.torrent", "b.torrent"), ["content"], "{format}");
        let told = run(root, &["inspect", "--why-differ", "a.torrent", "b.torrent"]);
        let told = told.expect(ExitStatus::No).text();
        assert!(told.contains("sub/file2"), "{told}");
    }
    let file = |name: &str, length| dict([("length", int(length)), ("path", list([text(name)]))]);
    let info = |files: Vec<Vec<u8>>| {
        let files = ("files", list(files));
        let pieces = ("pieces", text(vec![1; 20]));
        dict([("info", dict([files, ("name", text("n")), ("piece length", int(16384)), pieces]))])
    };
    tree::write(root, "one.torrent", &info(vec![file("A", 1), file("b", 1), file("C", 1)]));
    tree::write(root, "two.torrent", &info(vec![file("A", 1), file("C", 1), file("b", 1)]));
    assert_eq!(rules(root, "one.torrent", "two.torrent"), ["order"]);
    let mut unsorted = b"d4:infod4:name1:n6:lengthi1e12:piece lengthi16384e6:pieces20:".to_vec();
    let mut sorted = b"d4:infod6:lengthi1e4:name1:n12:piece lengthi16384e6:pieces20:".to_vec();
    for torrent in [&mut unsorted, &mut sorted] {
        torrent.extend([1; 20]);
        torrent.extend(b"ee");
    }
    tree::write(root, "unsorted.torrent", &unsorted);
    tree::write(root, "sorted.torrent", &sorted);
    assert_eq!(rules(root, "sorted.torrent", "unsorted.torrent"), ["encoding"]);
}

/// Two programs, flags for both, the rules that part them, and words that tell of them.
type Case<'a> = (&'a str, &'a str, &'a [&'a str], &'a [&'a str], &'a [&'a str]);

/// The same content by the rules of two programs: each rule that parts them is named, and whose it is.
#[test]
fn rules_of_other_programs_are_named() {
    let root = tree::golden();
    tree::write(root.path(), "t/.hidden", b"h");
    tree::write(root.path(), "t/Thumbs.db", b"t");
    let root = root.path();
    let like = |tool: &str, torrent: &str, how: &[&str]| {
        make(root, torrent, &[&["--like", tool, "--force"], how].concat());
    };
    let told = || {
        let told = run(root, &["inspect", "--why-differ", "a.torrent", "b.torrent"]);
        told.expect(ExitStatus::No).text()
    };
    let same = &["-l", "32KiB"][..];
    let cases: [Case; 8] = [
        ("mktorrent", "torrentfile", &[], &["piece-length"], &["262144 (which mktorrent", "torrentfile"]),
        ("mktorrent", "imdl", same, &["files", "order"], &["by whole path (mktorrent", "by component (imdl"]),
        (
            "mktorrent",
            "transmission",
            &["-l", "32KiB", "--exclude", ".hidden"],
            &["private", "files", "order"],
            &["no, as 0", "transmission, mkbrr write", "all of them empty: torf, transmission"],
        ),
        ("mktorrent", "mkbrr", &["-l", "64KiB"], &["private", "files"], &["all of them junk: imdl, mkbrr"]),
        (
            "mktorrent",
            "transmission",
            &["-l", "32KiB", "--exclude", "{empty.dat,A.TXT}"],
            &["private", "files", "order"],
            &["all of them hidden: imdl, torf, transmission"],
        ),
        (
            "torrentfile",
            "mktorrent",
            &["-l", "32KiB", "--comment", "c"],
            &["info-key"],
            &["torrentfile puts"],
        ),
        (
            "mktorrent",
            "py3createtorrent",
            &["-l", "32KiB", "--exclude", "a.txt"],
            &["order"],
            &["in lower case (py3createtorrent"],
        ),
        ("libtorrent", "libtorrent", &["--mtime"], &[], &[]),
    ];
    for (one, other, how, expected, words) in cases {
        like(one, "a.torrent", how);
        like(other, "b.torrent", how);
        assert_eq!(rules(root, "a.torrent", "b.torrent"), expected, "{one} {other} {how:?}");
        let told = if expected.is_empty() { String::new() } else { told() };
        for word in words {
            assert!(told.contains(word), "{one} {other} {how:?}: {word}\n{told}");
        }
    }
    for (how, word) in [
        (&["--entropy=x"][..], "`x_cross_seed`"),
        (&["--update-url", "http://a.example/"], "BEP 39"),
        (&["--collection", "c"], "BEP 38"),
    ] {
        make(root, "a.torrent", &["--force"]);
        make(root, "b.torrent", &[how, &["--force"]].concat());
        assert_eq!(rules(root, "a.torrent", "b.torrent"), ["info-key"], "{how:?}");
        assert!(told().contains(word), "{}", told());
    }
    make(root, "b.torrent", &["--align", "--force"]);
    assert_eq!(rules(root, "a.torrent", "b.torrent"), ["pads"]);
}

#[test]
fn two_torrents_are_compared_and_no_more() {
    let root = tree::golden();
    make(root.path(), "a.torrent", &[]);
    let one = run(root.path(), &["inspect", "--why-differ", "a.torrent"]).expect(ExitStatus::Usage);
    assert!(one.stderr.contains("compares two torrents, and 1 is given"), "{}", one.stderr);
    run(root.path(), &["inspect", "--why-differ", "a.torrent", "none.torrent"]).expect(ExitStatus::Io);
}

#[test]
fn raw_shows_every_key_and_value() {
    let root = tree::golden();
    make(root.path(), "a.torrent", &["--hybrid", "--tracker", "http://a.example/", "-l", "32KiB"]);
    let document =
        run(root.path(), &["inspect", "--raw", "--json", "a.torrent"]).expect(ExitStatus::Success).json();
    schema::check(&document);
    let torrent = &document["torrent"];
    assert_eq!(torrent["announce"], "http://a.example/");
    assert_eq!(torrent["info"]["meta version"], 2);
    assert_eq!(torrent["info"]["pieces"]["hex"].as_str().unwrap().len() % 40, 0);
    let layers = torrent["piece layers"].as_object().unwrap();
    assert!(layers.keys().all(|root| root.starts_with("hex:") && root.len() == 4 + 64));
    let indented = run(root.path(), &["inspect", "--raw", "a.torrent"]).expect(ExitStatus::Success).text();
    assert_eq!(serde_json::from_str::<Value>(&indented).unwrap(), document);
    run(root.path(), &["inspect", "--raw", "magnet:?xt=urn:btih:0123456789abcdef0123456789abcdef01234567"])
        .expect(ExitStatus::BadInput);
}

#[test]
fn lints_are_allowed_and_denied_by_name() {
    let root = tree::golden();
    // Its name differs from another in case alone, which is a lint of its own.
    make(root.path(), "a.torrent", &["--hybrid", "--exclude", "A.TXT"]);
    let lints = |args: &[&str], status| {
        let document =
            run(root.path(), &[&["inspect", "--json", "a.torrent"], args].concat()).expect(status).json();
        let lints = document["lints"].as_array().unwrap();
        lints.iter().map(|lint| lint["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(lints(&[], ExitStatus::Success), ["pad-files"]);
    assert_eq!(lints(&["--deny", "warning"], ExitStatus::Success), ["pad-files"]);
    assert_eq!(lints(&["--deny", "pad-files"], ExitStatus::No), ["pad-files"]);
    assert_eq!(lints(&["--deny", "all", "--allow", "pad-files"], ExitStatus::Success), [""; 0]);
    run(root.path(), &["inspect", "a.torrent", "--deny", "pad-file"]).expect(ExitStatus::Usage);
    let all = run(root.path(), &["inspect", "--list-lints", "--json"]).expect(ExitStatus::Success).json();
    schema::check(&all);
    assert!(all["lints"].as_array().unwrap().iter().any(|lint| lint["name"] == "pad-files"));
}
