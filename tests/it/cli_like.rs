//! `create-torrent --like`: what it takes, what it refuses, and the rules without the programs they are of.

use std::path::Path;

use ccbt::env::testing::{Outcome, TestEnv};
use ccbt::exit::ExitStatus;
use ccbt::metainfo::{Limits, Metainfo};
use serde_json::Value;

use crate::torrents::paths;
use crate::{schema, tree};

fn run(root: &Path, args: &[&str]) -> Outcome {
    TestEnv::new(root).args(["create-torrent"].iter().chain(args).copied()).run()
}

/// The document and the torrent that a flag gives for the golden tree.
fn make(root: &Path, args: &[&str]) -> (Value, Metainfo) {
    let outcome = run(root, &[&["t", "--json", "--force", "--output", "like.torrent"], args].concat());
    let document = outcome.expect(ExitStatus::Success).json();
    schema::check(&document);
    let bytes = std::fs::read(root.join("like.torrent")).unwrap();
    (document, Metainfo::parse(bytes, &Limits::default()).unwrap())
}

/// The vectors that the programs themselves gave, with pieces of 32 KiB.
#[test]
fn the_golden_tree_has_the_info_hash_of_each_program() {
    let root = tree::golden();
    for (tool, hash) in [
        ("imdl", "6220091a44e13ae4be3519fa72c7f140f111b111"),
        ("mktorrent", "04e8c522abb59edbdab7126494d3c49cf966698a"),
        ("torrentfile@0.9.2", "04e8c522abb59edbdab7126494d3c49cf966698a"),
    ] {
        let (document, _) = make(root.path(), &["--like", tool, "--piece-length", "32KiB"]);
        assert_eq!(document["info_hash_v1"], hash, "{tool}");
        let name = tool.split('@').next().unwrap();
        assert!(document["like"].as_str().unwrap().starts_with(name), "{document}");
    }
}

#[test]
fn each_program_has_its_order_and_its_keys() {
    let root = tree::golden();
    tree::write(root.path(), "t/.hidden", b"h");
    tree::write(root.path(), "t/x.torrent", b"x");
    let like = |args: &[&str]| make(root.path(), args).1;
    let torrent = like(&["--like", "transmission"]);
    // What differs in case alone comes as the file system has it.
    assert_eq!(paths(&torrent)[..3].concat().to_lowercase(), "a.txta.txta/b");
    assert!(!paths(&torrent).iter().any(|path| path == ".hidden" || path == "empty.dat"));
    assert!(torrent.lints.iter().any(|lint| lint.name == "private-zero"));
    assert_eq!(torrent.info.piece_length, 32 << 10);
    assert!(
        !like(&["--like", "transmission", "--private"]).lints.iter().any(|lint| lint.name == "private-zero")
    );
    // torf takes files without bytes unless it is run beside the content, as this is.
    assert!(!paths(&like(&["--like", "torf"])).contains(&"empty.dat".to_owned()));
    let py3 = paths(&like(&["--like", "py3createtorrent", "--exclude", "A.TXT"]));
    assert_eq!(py3[..4], [".hidden", "a/b", "a.txt", "empty.dat"].map(str::to_owned));
    let mkbrr = like(&["--like", "mkbrr"]);
    assert!(mkbrr.info.private && !paths(&mkbrr).contains(&"x.torrent".to_owned()));
    assert!(like(&["--like", "mkbrr", "--no-private"]).lints.iter().any(|lint| lint.name == "private-zero"));
    let comment = like(&["--like", "torrentfile", "--comment", "c"]);
    assert!(comment.comment.is_none() && comment.info.unknown.iter().any(|(key, _)| key.0 == b"comment"));
    let imdl = like(&["--like", "imdl", "--hidden", "--sort", "size:desc"]);
    assert_eq!(paths(&imdl)[0], "sub/deep/big.bin");
    assert!(paths(&imdl).contains(&".hidden".to_owned()));
    let libtorrent = make(root.path(), &["--like", "libtorrent", "--hybrid"]).0;
    assert_eq!(
        (&libtorrent["version"], &libtorrent["like"]),
        (&"hybrid".into(), &"libtorrent@2.0.15".into())
    );
}

#[test]
fn torf_sees_empty_files_only_beside_the_content() {
    let root = tree::golden();
    std::fs::create_dir(root.path().join("elsewhere")).unwrap();
    for (cwd, path, taken) in [("", "t", false), ("elsewhere", "../t", true)] {
        let args = ["create-torrent", path, "--like", "torf", "--dry-run", "--json"];
        let document =
            TestEnv::new(root.path().join(cwd)).args(args).run().expect(ExitStatus::Success).json();
        schema::check(&document);
        let left_out = document["skipped"].as_array().unwrap().iter().any(|left| left["reason"] == "empty");
        assert_eq!(left_out, !taken, "{cwd}: {document}");
    }
}

#[test]
fn what_the_program_cannot_be_told_is_refused() {
    let root = tree::golden();
    for args in [
        &["--like", "mktorrent", "--hybrid"][..],
        &["--like", "imdl", "--v2"],
        &["--like", "mktorrent", "--sort", "size"],
        &["--like", "imdl", "--sort", "natural"],
        &["--like", "torf", "--hidden"],
        &["--like", "mkbrr", "--junk"],
        &["--like", "mktorrent", "--symlinks", "skip"],
        &["--like", "libtorrent", "--symlinks", "preserve"],
        &["--like", "libtorrent", "--align"],
        &["--like", "imdl", "--attributes"],
        &["--like", "imdl", "--mtime"],
        &["--like", "imdl", "--sha1"],
        &["--like", "torf", "--md5"],
        &["--like", "transmission", "--source", "X"],
        &["--like", "torf", "--entropy"],
        &["--like", "torf", "--update-url", "http://a.example/"],
        &["--like", "torf", "--collection", "c"],
        &["--like", "torf", "--piece-count", "5"],
        &["--like", "imdl", "--max-torrent-size", "5KiB"],
        &["--like", "imdl", "--max-piece-length", "1MiB"],
        &["--like", "mktorrent", "--piece-length", "16KiB"],
        &["--like", "mktorrent", "--piece-length", "100000"],
        &["--like", "torrentfile", "--comment", "c", "--set-info", "comment=d"],
        &["--like", "mktorrent", "--reproducible"],
    ] {
        let outcome = run(root.path(), &[&["t"], args].concat()).expect(ExitStatus::Usage);
        assert!(outcome.stderr.contains("hint: "), "{args:?}: {}", outcome.stderr);
    }
    let unknown = run(root.path(), &["t", "--like", "mktorrent@9"]).expect(ExitStatus::Usage);
    assert!(unknown.stderr.contains("only of mktorrent 1.1"), "{}", unknown.stderr);
    let unknown = run(root.path(), &["t", "--like", "rtorrent"]).expect(ExitStatus::Usage);
    assert!(unknown.stderr.contains("torf@5.2.1, transmission@3.00"), "{}", unknown.stderr);
    assert!(!root.path().join("t.torrent").exists());
}

#[test]
fn settings_of_the_machine_do_not_count_and_the_table_follows() {
    let root = tree::golden();
    tree::write(root.path(), "ccbt.toml", b"[create-torrent]\nformat = \"hybrid\"\nprivate = true\n");
    let (document, torrent) = make(root.path(), &["--like", "mktorrent"]);
    assert_eq!((&document["version"], &document["piece_length_rule"]), (&"v1".into(), &"like".into()));
    assert!(!torrent.info.private);
    let table = run(root.path(), &["--piece-length-table", "--like", "mktorrent", "--json"]);
    let table = table.expect(ExitStatus::Success).json();
    schema::check(&table);
    let rows = table["rows"].as_array().unwrap();
    assert!(rows.iter().all(|row| row["piece_length"] == 256 << 10), "{table}");
    // Torrents of a batch follow as well, each with its own options.
    let jobs = "{\"path\": \"t\", \"source\": \"A\", \"output\": \"a.torrent\"}\n";
    tree::write(root.path(), "jobs", jobs.as_bytes());
    let batch = run(root.path(), &["--batch", "jobs", "--like", "imdl", "--json"]);
    assert_eq!(batch.expect(ExitStatus::Success).json()["like"], "imdl@0.1.16");
    tree::write(root.path(), "jobs", b"{\"path\": \"t\", \"source\": \"A\", \"output\": \"b.torrent\"}\n");
    run(root.path(), &["--batch", "jobs", "--like", "transmission"]).expect(ExitStatus::Usage);
}

#[test]
fn a_torrent_with_a_digest_too_many_is_not_made() {
    let root = tempfile::tempdir().unwrap();
    tree::write(root.path(), "t/a", &tree::payload(32 << 10));
    let refused = run(root.path(), &["t", "--like", "py3createtorrent"]).expect(ExitStatus::Usage);
    assert!(refused.stderr.contains("digest too many"), "{}", refused.stderr);
    run(root.path(), &["t", "--like", "py3createtorrent", "-l", "64KiB"]).expect(ExitStatus::Success);
    // A single file it does right.
    run(root.path(), &["t/a", "--like", "py3createtorrent"]).expect(ExitStatus::Success);
}

#[test]
fn torrentfile_is_followed_in_v2_where_its_torrents_are_right() {
    let root = tree::golden();
    // The golden vectors, by that program as well.
    for (format, hash, expected) in [
        ("--v2", "info_hash_v2", "9df907f47e158e342854d00820ab1dd61f7864a608302cbcd84ef5a9abcec7f0"),
        ("--hybrid", "info_hash_v1", "fcba7e1263733b399f9d2b9863401e288099b93b"),
    ] {
        let (document, _) = make(root.path(), &["--like", "torrentfile", format, "-l", "32KiB"]);
        assert_eq!(document[hash], expected, "{format}");
    }
    let refused = |content: &str, format: &str, word: &str| {
        let outcome = run(root.path(), &[content, "-n", "--like", "torrentfile", format]);
        let outcome = outcome.expect(ExitStatus::Usage);
        assert!(outcome.stderr.contains(word), "{}", outcome.stderr);
    };
    refused("one.bin", "--v2", "of one file");
    refused("t/a", "--hybrid", "of one file");
    std::fs::create_dir(root.path().join("t/sub/hollow")).unwrap();
    refused("t", "--v2", "holds no file");
    run(root.path(), &["t", "-n", "--like", "torrentfile"]).expect(ExitStatus::Success);
}

#[cfg(unix)]
#[test]
fn links_are_followed_as_far_as_anybody_was_told() {
    use std::os::unix::fs::symlink;
    let root = tree::golden();
    let link = |target: &str, name: &str| symlink(target, root.path().join("t").join(name)).unwrap();
    let refused = |args: &[&str], word: &str| {
        let outcome = run(root.path(), &[&["t", "-n"], args].concat()).expect(ExitStatus::BadInput);
        assert!(outcome.stderr.contains(word) && outcome.stderr.contains("hint: "), "{}", outcome.stderr);
    };
    link("sub", "dlink");
    link("a.txt", "link");
    assert!(paths(&make(root.path(), &["--like", "mktorrent"]).1).contains(&"dlink/file2".to_owned()));
    assert!(!paths(&make(root.path(), &["--like", "mkbrr"]).1).contains(&"dlink/file2".to_owned()));
    assert!(!paths(&make(root.path(), &["--like", "imdl"]).1).contains(&"link".to_owned()));
    let imdl = make(root.path(), &["--like", "imdl", "--symlinks", "follow"]).1;
    assert!(paths(&imdl).contains(&"link".to_owned()));
    let once = paths(&make(root.path(), &["--like", "py3createtorrent"]).1);
    assert!(once.contains(&"dlink/file2".to_owned()) && !once.contains(&"sub/file2".to_owned()), "{once:?}");
    link("nowhere", "broken");
    refused(&["--like", "mktorrent"], "leads nowhere");
    make(root.path(), &["--like", "transmission"]);
    make(root.path(), &["--like", "mktorrent", "--exclude", "broken"]);
    link(".", "circle");
    refused(&["--like", "transmission"], "in a circle");
    make(root.path(), &["--like", "mkbrr"]);
    link("/etc/hostname", "outside");
    let without = ["--like", "mktorrent", "--exclude", "broken", "--exclude", "circle"];
    refused(&without, "out of the directory");
    make(root.path(), &[&without[..], &["--symlinks", "follow-outside"]].concat());
}
