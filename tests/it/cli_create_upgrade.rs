//! `create-torrent --upgrade`: a hybrid of a v1 torrent and its content. A failure prints its seed.

use std::fs;
use std::path::Path;

use ccbt::env::testing::{Outcome, TestEnv};
use ccbt::exit::ExitStatus;
use ccbt::hash::sha1;
use ccbt::metainfo::Version;
use serde_json::json;

use crate::random::{self, Random};
use crate::torrents::{dict, int, list, made, paths, text};
use crate::{schema, tree};

fn create(root: &Path, args: &[&str]) -> Outcome {
    TestEnv::new(root).args(["create-torrent"]).args(args.iter().copied()).run()
}

/// The v1 torrent `old.torrent` of a directory `t`: files and pads by path and bytes, in this order.
fn old(
    root: &Path,
    files: &[(&str, &str, &[u8])],
    piece_length: usize,
    top: &[(&str, Vec<u8>)],
    more: &[(&str, Vec<u8>)],
) {
    let bytes: Vec<u8> = files.iter().flat_map(|(_, _, bytes)| bytes.iter().copied()).collect();
    let pieces: Vec<u8> = bytes.chunks(piece_length).flat_map(sha1).collect();
    let entry = |(path, attr, bytes): &(&str, &str, &[u8])| {
        let path = list(path.split('/').map(text));
        let mut keys = vec![("length", int(bytes.len() as i64)), ("path", path)];
        if !attr.is_empty() {
            keys.push(("attr", text(attr)));
        }
        if attr.contains('l') {
            keys.push(("symlink path", list([text("b")])));
        }
        dict(keys)
    };
    let mut info = vec![
        ("files", list(files.iter().map(entry))),
        ("name", text("t")),
        ("piece length", int(piece_length as i64)),
        ("pieces", text(pieces)),
    ];
    info.extend(more.iter().cloned());
    let mut keys = vec![("info", dict(info))];
    keys.extend(top.iter().cloned());
    fs::write(root.join("old.torrent"), dict(keys)).unwrap();
    for (path, _, bytes) in files.iter().filter(|(_, attr, _)| !attr.contains(['p', 'l'])) {
        tree::write(root, &format!("t/{path}"), bytes);
    }
}

/// However the old torrent is ordered, padded and cut, the hybrid is the one that is made of the content itself.
#[test]
fn a_hybrid_of_an_old_torrent_is_that_of_its_content() {
    let seed = random::seed();
    let mut random = Random::new(seed);
    for round in 0..12 {
        let root = tempfile::tempdir().unwrap();
        for index in 0..1 + random.below(8) {
            let directory = ["", "a/", "a.b/", "a/b/"][random.below(4)];
            let length = [0, 1, 300, 16_384, 40_000, 200_001][random.below(6)];
            tree::write(root.path(), &format!("t/{directory}f{index}"), &random.bytes(length));
        }
        let length = 1 + random.below(70_000);
        tree::write(root.path(), "t/z", &random.bytes(length));
        let sort = ["path", "size", "size:desc", "natural", "path:desc"][random.below(5)];
        let pieces = ["16KiB", "64KiB", "1MiB", "30000"][random.below(4)];
        let mut args = vec![
            "t",
            "-o",
            "old.torrent",
            "--sort",
            sort,
            "-l",
            pieces,
            "-s",
            "S",
            "-t",
            "http://a.example/x,udp://b.example:1",
        ];
        if random.below(2) == 0 {
            args.push("--align");
        }
        create(root.path(), &args).expect(ExitStatus::Success);
        let before = made(root.path(), "old.torrent").info_hash_v1.unwrap().to_string();
        let outcome =
            create(root.path(), &["--upgrade", "old.torrent", "--json"]).expect(ExitStatus::Success);
        let document = outcome.json();
        schema::check(&document);
        assert_eq!(document["upgraded_from"]["info_hash_v1"], json!(before));
        let mut args = vec![
            "t",
            "--hybrid",
            "-o",
            "new",
            "-s",
            "S",
            "-t",
            "http://a.example/x,udp://b.example:1",
            "--similar",
            &before,
        ];
        if pieces != "30000" {
            args.extend(["-l", pieces]);
        }
        create(root.path(), &args).expect(ExitStatus::Success);
        let read = |name: &str| fs::read(root.path().join(name)).unwrap();
        assert!(read("t.hybrid.torrent") == read("new"), "seed {seed}, round {round}: {sort}, {pieces}");
        assert_eq!(outcome.stderr.contains("pieces have"), pieces == "30000", "{}", outcome.stderr);
        TestEnv::new(root.path()).args(["verify", "t.hybrid.torrent", "t"]).run().expect(ExitStatus::Success);
    }
}

#[test]
fn content_that_does_not_match_is_told_and_nothing_is_written() {
    let root = tree::golden();
    create(root.path(), &["t", "-l", "16KiB", "--align"]).expect(ExitStatus::Success);
    let upgrade =
        |args: &[&str]| create(root.path(), &[&["--upgrade", "t.torrent", "--json"], args].concat());
    let path = root.path().join("t/a/b");
    let whole = fs::read(&path).unwrap();
    let mut bad = whole.clone();
    bad[20_000] ^= 1;
    fs::write(&path, bad).unwrap();
    let outcome = upgrade(&[]).expect(ExitStatus::No);
    let document = outcome.json();
    schema::check(&document);
    let file =
        document["files"].as_array().unwrap().iter().find(|file| file["path"] == "a/b").unwrap().clone();
    assert_eq!((&file["state"], &file["bad_ranges"]), (&json!("bad"), &json!([[16_384, 32_768]])));
    assert!(outcome.stderr.contains("no torrent was made"), "{}", outcome.stderr);
    fs::write(&path, &whole[..40_000]).unwrap();
    let document = upgrade(&[]).expect(ExitStatus::No).json();
    assert_eq!(document["files"][1]["state"], "bad", "{document}");
    fs::write(&path, &whole).unwrap();
    fs::remove_file(root.path().join("t/empty.dat")).unwrap();
    upgrade(&[]).expect(ExitStatus::No);
    fs::write(root.path().join("t/empty.dat"), []).unwrap();
    upgrade(&["nowhere"]).expect(ExitStatus::No);
    let names: Vec<_> = fs::read_dir(root.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names.len(), 3, "{names:?}");
    upgrade(&["t"]).expect(ExitStatus::Success);
    let outcome = upgrade(&["t"]).expect(ExitStatus::Io);
    assert!(outcome.stderr.contains("it exists"), "{}", outcome.stderr);
}

#[test]
fn what_the_old_torrent_says_is_taken_over_and_flags_win() {
    let root = tempfile::tempdir().unwrap();
    let top = [
        (
            "announce-list",
            list([list([text("http://a.example/"), text("dht://x")]), list([text("udp://b.example:1")])]),
        ),
        ("comment", text("c")),
        ("httpseeds", list([text("http://h.example/")])),
        ("libtorrent_resume", dict([("x", int(1))])),
        ("nodes", list([list([text("2001:db8::1"), int(6881)])])),
        ("publisher", text("me")),
        ("url-list", text("http://w.example/")),
        ("encoding", text("UTF-8")),
    ];
    let more = [
        ("file-media", list([int(1)])),
        ("private", int(1)),
        ("rating", int(5)),
        ("source", text("S")),
        ("x_cross_seed", text("e")),
    ];
    old(root.path(), &[("b", "x", &[1; 20_000]), ("a", "h", &[2; 70_000])], 32_768, &top, &more);
    let outcome = create(root.path(), &["--upgrade", "old.torrent", "--json"]).expect(ExitStatus::Success);
    for word in ["announce-list", "libtorrent_resume", "file-media"] {
        assert!(outcome.json()["upgraded_from"]["not_taken_over"].to_string().contains(word), "{word}");
        assert!(outcome.stderr.contains(word), "{}", outcome.stderr);
    }
    let (before, new) = (made(root.path(), "old.torrent"), made(root.path(), "t.hybrid.torrent"));
    assert_eq!(new.trackers, [["http://a.example/"], ["udp://b.example:1"]]);
    assert_eq!((&new.web_seeds, &new.http_seeds), (&before.web_seeds, &before.http_seeds));
    assert_eq!((&new.nodes, &new.comment, &new.entropy), (&before.nodes, &before.comment, &before.entropy));
    assert_eq!((new.info.private, &new.info.source), (true, &before.info.source));
    assert_eq!(new.similar, [before.info_hash_v1.unwrap().0]);
    assert!(new.unknown.iter().any(|(key, _)| key.0 == b"publisher"));
    assert!(new.info.unknown.iter().any(|(key, _)| key.0 == b"rating"));
    assert_eq!((new.info.version, new.info.piece_length), (Version::Hybrid, 32_768));
    assert_eq!(paths(&new), ["a", "b"]);
    assert!(new.info.files[0].attr.hidden && new.info.files[1].attr.executable);
    let flags = [
        "--upgrade",
        "old.torrent",
        "-f",
        "-s",
        "T",
        "-t",
        "http://t.example/",
        "--no-private",
        "-l",
        "16KiB",
        "--no-similar",
    ];
    create(root.path(), &flags).expect(ExitStatus::Success);
    let new = made(root.path(), "t.hybrid.torrent");
    assert_eq!(new.trackers, [["http://t.example/"]]);
    assert_eq!((new.info.private, new.info.piece_length, new.similar.len()), (false, 16_384, 0));
    assert_eq!(new.info.source.unwrap().0, b"T");
}

#[cfg(unix)]
#[test]
fn pads_links_and_odd_names_of_the_old_torrent_are_understood() {
    let root = tempfile::tempdir().unwrap();
    // A pad in the middle of a piece, one of pieces on its own, a link, an empty file, and one at the end.
    let files: [(&str, &str, &[u8]); 8] = [
        ("sub/c", "", &[3; 1000]),
        (".pad/100", "p", &[0; 100]),
        ("b", "", &[4; 50_000]),
        (".pad/70000", "p", &[0; 70_000]),
        ("a", "", &[5; 16_384]),
        ("empty", "", &[]),
        ("link", "l", &[]),
        (".pad/7", "p", &[0; 7]),
    ];
    old(root.path(), &files, 16_384, &[], &[]);
    std::os::unix::fs::symlink("b", root.path().join("t/link")).unwrap();
    create(root.path(), &["--upgrade", "old.torrent"]).expect(ExitStatus::Success);
    let new = made(root.path(), "t.hybrid.torrent");
    assert_eq!(paths(&new), ["a", "b", "empty", "link", "sub/c"]);
    assert!(new.info.files[3].attr.symlink);
    assert_eq!(new.info.files[3].symlink().unwrap()[0].0, b"b");
    TestEnv::new(root.path()).args(["verify", "t.hybrid.torrent"]).run().expect(ExitStatus::Success);
    // A name that is not safe is what this program calls it on disk.
    let root = tempfile::tempdir().unwrap();
    tree::write(root.path(), "t/_/x", &[1; 10]);
    old(root.path(), &[("y", "", &[2; 5])], 16_384, &[], &[]);
    let bytes = fs::read(root.path().join("old.torrent")).unwrap();
    let unsafe_name = String::from_utf8_lossy(&bytes).contains("1:y");
    assert!(unsafe_name);
    let at = bytes.windows(3).position(|part| part == b"1:y").unwrap();
    let bytes = [&bytes[..at], b"3:y\x01z", &bytes[at + 3..]].concat();
    fs::write(root.path().join("old.torrent"), bytes).unwrap();
    let torrent = made(root.path(), "old.torrent");
    let resolved = ccbt::metainfo::path::resolve(&torrent).unwrap();
    let safe = resolved.files().next().unwrap().path.as_str().to_owned();
    fs::rename(root.path().join("t/y"), root.path().join(&safe)).unwrap();
    let outcome = create(root.path(), &["--upgrade", "old.torrent"]).expect(ExitStatus::Success);
    assert!(outcome.stderr.contains("was not safe"), "{}", outcome.stderr);
    let new = made(root.path(), "t.hybrid.torrent");
    assert_eq!(format!("t/{}", paths(&new)[0]), safe);
}

#[test]
fn a_single_file_stays_one() {
    let root = tree::golden();
    create(root.path(), &["one.bin", "-l", "16KiB", "--md5", "--comment", "c"]).expect(ExitStatus::Success);
    create(root.path(), &["--upgrade", "one.bin.torrent", "one.bin", "-o", "new"])
        .expect(ExitStatus::Success);
    let new = made(root.path(), "new");
    assert!(!new.info.directory && new.info.files[0].md5().is_some());
    TestEnv::new(root.path()).args(["verify", "new", "one.bin"]).run().expect(ExitStatus::Success);
}

#[test]
fn only_v1_torrents_are_upgraded() {
    let root = tree::golden();
    for (version, word) in [("--v2", "a v2 torrent"), ("--hybrid", "a hybrid torrent already")] {
        create(root.path(), &["t", "-f", version]).expect(ExitStatus::Success);
        let outcome = create(root.path(), &["--upgrade", "t.torrent"]).expect(ExitStatus::BadInput);
        assert!(outcome.stderr.contains(word), "{}", outcome.stderr);
    }
    create(root.path(), &["t", "-f"]).expect(ExitStatus::Success);
    create(root.path(), &["--upgrade", "t.torrent", "t", "one.bin"]).expect(ExitStatus::Usage);
    create(root.path(), &["--upgrade", "t.torrent", "-"]).expect(ExitStatus::Usage);
    create(root.path(), &["--upgrade", "t.torrent", "--v2"]).expect(ExitStatus::Usage);
    create(root.path(), &["--upgrade", "t.torrent", "-n"]).expect(ExitStatus::Success);
    assert!(!root.path().join("t.hybrid.torrent").exists());
}
