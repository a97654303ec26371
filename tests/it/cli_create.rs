//! `create-torrent` against its contract.

use std::path::Path;

use ccbt::env::testing::{Outcome, TestEnv};
use ccbt::exit::ExitStatus;
use ccbt::metainfo::{Limits, Metainfo};

use crate::torrents::made;
use crate::{schema, tree};

fn run(root: &Path, args: &[&str]) -> Outcome {
    TestEnv::new(root).args(["create-torrent"].iter().chain(args).copied()).run()
}

#[test]
fn the_documented_lines_work_as_typed() {
    let root = tree::golden();
    let document = run(root.path(), &["--hybrid", "t", "--json"]).expect(ExitStatus::Success).json();
    schema::check(&document);
    assert_eq!(document["version"], "hybrid");
    assert_eq!(document["file_count"], 8);
    assert_eq!(document["total_size"], 3_261_711);
    assert!(document["path"].as_str().unwrap().ends_with("/t.torrent"));
    let torrent = made(root.path(), "t.torrent");
    assert_eq!(document["info_hash_v1"], torrent.info_hash_v1.unwrap().to_string());
    assert_eq!(document["piece_count"], torrent.info.piece_count);
    let tracker = "http://tracker.example.com/announce";
    let line = ["one.bin", "--v2", "--output", "file.torrent", "--tracker", tracker];
    let outcome = run(root.path(), &line).expect(ExitStatus::Success);
    assert!(outcome.text().contains("Info hash v2"), "{}", outcome.text());
    assert_eq!(made(root.path(), "file.torrent").trackers, [[tracker]]);
}

#[test]
fn v1_is_made_when_none_is_asked_for_and_the_settings_may_say_otherwise() {
    let root = tree::golden();
    let version = |root: &Path| {
        run(root, &["one.bin", "--force", "--json"]).expect(ExitStatus::Success).json()["version"].clone()
    };
    assert_eq!(version(root.path()), "v1");
    tree::write(root.path(), "ccbt.toml", b"[create-torrent]\nformat = \"hybrid\"\n");
    assert_eq!(version(root.path()), "hybrid");
    let v2 = run(root.path(), &["one.bin", "--force", "--json", "--v2"]).json();
    assert_eq!(v2["version"], "v2");
}

#[test]
fn every_key_lands_where_its_bep_says() {
    let root = tree::golden();
    let args = [
        "t",
        "-o",
        "x.torrent",
        "--name",
        "other name",
        "-l",
        "16",
        "--private",
        "--source",
        "SRC",
        "--comment",
        "hello",
        "--created-by",
        "me",
        "--creation-date",
        "2026-01-31T00:00:00Z",
        "--tracker",
        "http://a.example/announce,udp://b.example:1",
        "--tracker",
        "wss://c.example",
        "--web-seed",
        "http://w.example/",
        "--web-seed",
        "https://v.example/d/",
        "--md5",
        "--sha1",
    ];
    run(root.path(), &args).expect(ExitStatus::Success);
    let torrent = made(root.path(), "x.torrent");
    assert_eq!(torrent.info.name.0, b"other name");
    assert_eq!(torrent.info.piece_length, 65_536);
    assert!(torrent.info.private);
    assert_eq!(torrent.info.source.unwrap().0, b"SRC");
    assert_eq!(torrent.comment.unwrap().0, b"hello");
    assert_eq!(torrent.created_by.unwrap().0, b"me");
    assert_eq!(torrent.creation_date, Some(1_769_817_600));
    let tiers = [vec!["http://a.example/announce", "udp://b.example:1"], vec!["wss://c.example"]];
    assert_eq!(torrent.trackers, tiers);
    assert_eq!(torrent.web_seeds, ["http://w.example/", "https://v.example/d/"]);
    let content = vec![b'A'; 300];
    assert_eq!(torrent.info.files[0].sha1(), Some(&ccbt::hash::sha1(&content)));
    assert!(torrent.info.files.iter().all(|file| file.md5().is_some()));
}

#[test]
fn the_same_input_gives_the_same_bytes_and_keys_can_be_left_out() {
    let root = tree::golden();
    let make = |name: &str| {
        let args = ["create-torrent", "t", "--hybrid", "-o", name];
        let env = TestEnv::new(root.path()).args(args).var("SOURCE_DATE_EPOCH", "1234567890");
        env.run().expect(ExitStatus::Success);
        std::fs::read(root.path().join(name)).unwrap()
    };
    assert_eq!(make("a.torrent"), make("b.torrent"));
    assert_eq!(made(root.path(), "a.torrent").creation_date, Some(1_234_567_890));
    run(root.path(), &["t", "--no-created-by", "--no-creation-date"]).expect(ExitStatus::Success);
    let bare = made(root.path(), "t.torrent");
    assert_eq!((bare.created_by, bare.creation_date), (None, None));
    let env = TestEnv::new(root.path()).args(["create-torrent", "t", "-f"]).var("SOURCE_DATE_EPOCH", "soon");
    env.run().expect(ExitStatus::Usage);
}

#[test]
fn a_torrent_goes_to_standard_output_and_the_document_beside_it() {
    let root = tree::golden();
    let outcome = run(root.path(), &["one.bin", "-o", "-", "--json"]).expect(ExitStatus::Success);
    let torrent = Metainfo::parse(outcome.stdout.clone(), &Limits::default()).unwrap();
    let document: serde_json::Value = serde_json::from_str(outcome.stderr.trim()).unwrap();
    schema::check(&document);
    assert_eq!(document["path"], serde_json::Value::Null);
    assert_eq!(document["info_hash_v1"], torrent.info_hash_v1.unwrap().to_string());
}

#[test]
fn what_would_fail_at_the_end_fails_first_and_leaves_nothing_behind() {
    let root = tree::golden();
    let list = || std::fs::read_dir(root.path()).unwrap().count();
    let before = list();
    tree::write(root.path(), "taken.torrent", b"precious");
    let long = "n".repeat(300);
    let cases: [(&[&str], ExitStatus, &str); 14] = [
        (&["one.bin", "-o", "taken.torrent"], ExitStatus::Io, "--force"),
        (&["one.bin", "-o", "no/such/dir/x.torrent"], ExitStatus::Io, "no/such/dir"),
        (&["missing"], ExitStatus::Io, "missing"),
        (&["t/empty.dat"], ExitStatus::BadInput, "empty"),
        (&["t", "--include", "*.none"], ExitStatus::BadInput, "no file"),
        (&["t", "--v2", "-l", "24KiB"], ExitStatus::Usage, "power of two"),
        (&["t", "-l", "1GiB"], ExitStatus::Usage, "256MiB"),
        (&["t", "-l", "1 B"], ExitStatus::Usage, "pieces"),
        (&["t", "--name", "a/b"], ExitStatus::Usage, "a/b"),
        (&["t", "--name", &long], ExitStatus::Usage, "255 bytes"),
        (&["t", "-n", "-o", "no/such/dir/x.torrent"], ExitStatus::Io, "no/such/dir"),
        (&["t", "--tracker", "file:///etc/passwd"], ExitStatus::Usage, "tracker"),
        (&["t", "--exclude", "a[b"], ExitStatus::Usage, "glob"),
        (&["one.bin", "-o", "one.bin", "--force"], ExitStatus::Usage, "content itself"),
    ];
    for (args, status, word) in cases {
        let outcome = run(root.path(), args);
        assert_eq!(outcome.status, status, "{args:?}: {}", outcome.stderr);
        assert!(outcome.stderr.contains(word), "{args:?}: {}", outcome.stderr);
        assert!(outcome.stderr.starts_with("error: "), "{args:?}: {}", outcome.stderr);
    }
    assert_eq!(std::fs::read(root.path().join("taken.torrent")).unwrap(), b"precious");
    assert_eq!(list(), before + 1);
    run(root.path(), &["one.bin", "-o", "taken.torrent", "-f"]).expect(ExitStatus::Success);
}

#[test]
fn urls_that_nobody_could_use_are_refused_before_anything_is_read() {
    let root = tree::golden();
    for (flag, url, why, hint) in [
        ("-t", "http://a.example http://b.example", "it holds a blank", "commas between"),
        ("-t", "http://a.example/\tx", "control character", "copied"),
        ("-t", "ftp://a.example", "its scheme", "http, https, udp, ws or wss"),
        ("-t", "a.example:80", "scheme and `://`", "http, https, udp, ws or wss"),
        ("-t", "http://a.example,udp://b.example/announce", "needs a port", "udp://tracker.example.com:6969"),
        ("-t", "udp://:80", "names no host", "in brackets"),
        ("-w", "http://w.example/a b/", "it holds a blank", "`%20`"),
        ("-w", "udp://w.example:80", "its scheme", "http, https or ftp"),
        ("-w", "https:///x", "names no host", "in brackets"),
    ] {
        // The content does not exist, so that looking for it would be another error.
        let outcome = run(root.path(), &["missing", flag, url]).expect(ExitStatus::Usage);
        let (error, rest) = outcome.stderr.split_once("\nhint: ").unwrap();
        let what = if flag == "-t" { "is no tracker: " } else { "is no web seed: " };
        assert!(error.contains(what) && error.contains(why) && rest.contains(hint), "{}", outcome.stderr);
    }
    tree::write(root.path(), "ccbt.toml", b"[create-torrent]\ntracker = [\"udp://a.example\"]\n");
    let outcome = run(root.path(), &["one.bin"]).expect(ExitStatus::Usage);
    assert!(outcome.stderr.contains("`udp://a.example` is no tracker: "), "{}", outcome.stderr);
}

#[test]
fn ipv6_trackers_are_taken() {
    let root = tree::golden();
    let args = ["one.bin", "-t", "udp://[::1]:80, http://[2001:db8::1]/announce", "-w", "http://[::1]:80/"];
    run(root.path(), &args).expect(ExitStatus::Success);
    let torrent = made(root.path(), "one.bin.torrent");
    assert_eq!(torrent.trackers, [["udp://[::1]:80", "http://[2001:db8::1]/announce"]]);
    assert_eq!(torrent.web_seeds, ["http://[::1]:80/"]);
}

#[test]
fn a_dry_run_tells_what_would_be_made_and_makes_nothing() {
    let root = tree::golden();
    let document = run(root.path(), &["t", "--hybrid", "-n", "--json"]).expect(ExitStatus::Success).json();
    schema::check(&document);
    assert_eq!((&document["dry_run"], &document["piece_length"]), (&true.into(), &16_384.into()));
    assert!(!root.path().join("t.torrent").exists());
}

#[test]
fn what_is_left_out_is_told() {
    let root = tree::golden();
    tree::write(root.path(), "t/.hidden", b"x");
    tree::write(root.path(), "t/Thumbs.db", b"x");
    let outcome = run(root.path(), &["t", "-o", "t/out.torrent"]).expect(ExitStatus::Success);
    assert!(outcome.stderr.contains("--hidden") && outcome.stderr.contains("--junk"), "{}", outcome.stderr);
    assert_eq!(made(root.path(), "t/out.torrent").info.files.len(), 8);
    // Once it lies there, it is not taken into itself.
    let again = run(root.path(), &["t", "-o", "t/out.torrent", "-f"]).expect(ExitStatus::Success);
    assert!(again.stderr.contains("it is the torrent to be written"), "{}", again.stderr);
    assert_eq!(made(root.path(), "t/out.torrent").info.files.len(), 8);
    let quiet = run(root.path(), &["t", "-q", "-f"]).expect(ExitStatus::Success);
    assert_eq!(quiet.stderr, "");
}

#[test]
fn a_directory_named_by_dots_is_called_by_its_own_name() {
    let root = tree::golden();
    let inside = root.path().join("t/sub");
    run(&inside, &[".", "-o", "../../dot.torrent"]).expect(ExitStatus::Success);
    assert_eq!(made(root.path(), "dot.torrent").info.name.0, b"sub");
    run(&inside, &["..", "-o", "../../dots.torrent"]).expect(ExitStatus::Success);
    assert_eq!(made(root.path(), "dots.torrent").info.name.0, b"t");
}

#[test]
fn an_interrupt_leaves_nothing_behind() {
    let root = tree::golden();
    let env = TestEnv::new(root.path()).args(["create-torrent", "t"]).interrupted();
    env.run().expect(ExitStatus::Interrupted);
    assert_eq!(std::fs::read_dir(root.path()).unwrap().count(), 2);
}

#[test]
fn the_output_is_not_taken_into_itself_however_it_is_named() {
    let root = tree::golden();
    let name = root.path().file_name().unwrap().to_str().unwrap().to_owned();
    run(root.path(), &["t", "-o", "t/x.torrent"]).expect(ExitStatus::Success);
    for output in
        ["t/x.torrent".to_owned(), format!("../{name}/t/x.torrent"), "t/sub/../x.torrent".to_owned()]
    {
        run(root.path(), &["t", "-f", "-o", &output]).expect(ExitStatus::Success);
        assert_eq!(made(root.path(), "t/x.torrent").info.files.len(), 8, "{output}");
    }
}

#[test]
fn what_lies_too_deep_is_refused_and_not_forgotten() {
    let root = tree::golden();
    let deep = format!("t/{}file", "d/".repeat(105));
    tree::write(root.path(), &deep, b"x");
    let outcome = run(root.path(), &["t"]).expect(ExitStatus::BadInput);
    assert!(outcome.stderr.contains("100 directories"), "{}", outcome.stderr);
    run(root.path(), &["t", "--exclude", "/d"]).expect(ExitStatus::Success);
}

/// A file without blocks on the disk.
fn sparse(root: &Path, name: &str, length: u64) {
    std::fs::File::create(root.join(name)).unwrap().set_len(length).unwrap();
}

#[test]
fn a_torrent_that_nobody_would_read_is_refused_before_hashing() {
    let root = tree::golden();
    // 2^21 pieces of 16 KiB: the v1 and v2 digests alone are 104 MiB.
    sparse(root.path(), "huge", 1 << 35);
    let outcome = run(root.path(), &["huge", "--hybrid", "-l", "16KiB"]).expect(ExitStatus::Usage);
    assert!(outcome.stderr.contains("larger pieces"), "{}", outcome.stderr);
}

#[test]
fn progress_is_one_object_a_line() {
    let root = tree::golden();
    let outcome = run(root.path(), &["one.bin", "--progress", "json"]).expect(ExitStatus::Success);
    let lines: Vec<serde_json::Value> =
        outcome.stderr.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    lines.iter().for_each(schema::check);
    let last = lines.last().unwrap();
    assert_eq!((&last["done"], &last["total"]), (&100_000.into(), &100_000.into()));
}

#[test]
fn names_that_others_cannot_keep_apart_are_warned_of() {
    let root = tree::golden();
    // `A.TXT` and `a.txt` are one file where case does not count.
    let outcome = run(root.path(), &["t", "--json"]).expect(ExitStatus::Success);
    assert!(outcome.stderr.contains("warning: "), "{}", outcome.stderr);
    assert_eq!(outcome.json()["lints"][0]["name"], "colliding-names");
}
