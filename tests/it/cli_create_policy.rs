//! `create-torrent --reproducible` and profiles: where what is made comes from.

use std::path::Path;

use ccbt::env::testing::{Outcome, TestEnv};
use ccbt::exit::ExitStatus;
use ccbt::metainfo::{Limits, Metainfo};

use crate::{schema, tree};

fn run(root: &Path, args: &[&str]) -> Outcome {
    TestEnv::new(root).args(["create-torrent"].iter().chain(args).copied()).run()
}

/// The files that the policy is held to: every kind of thing it decides about.
const FILES: [(&str, usize); 16] = [
    ("a/b", 50_000),
    ("a.txt", 100),
    ("B.TXT", 300),
    ("empty", 0),
    ("sub/deep/big.bin", 1_145_745),
    ("sub/file10", 10),
    ("sub/file2", 20),
    (".hidden", 5),
    ("Thumbs.db", 6),
    ("sub/.DS_Store", 7),
    // What counted as junk when the policy was named, whatever else does today.
    (".directory", 8),
    ("sub/@eaDir/x", 9),
    ("Desktop.ini", 10),
    ("sub/desktop.ini", 11),
    ("ehthumbs.db", 12),
    ("a.txt:Zone.Identifier", 13),
];

/// Writes them in one of many orders, and with times of their own in every order but the first.
pub fn write(root: &Path, order: u64) {
    let mut files: Vec<_> = FILES.iter().collect();
    if order > 0 {
        // Which digest comes first is as good as chance, and the same everywhere.
        files.sort_by_key(|(path, _)| ccbt::hash::sha1(format!("{order} {path}").as_bytes()));
    }
    for (path, length) in files {
        tree::write(root, &format!("album/{path}"), &tree::payload(*length));
    }
    if order > 0 {
        let old = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000_000);
        let file = std::fs::File::options().write(true).open(root.join("album/a.txt")).unwrap();
        file.set_modified(old).unwrap();
    }
    #[cfg(unix)]
    std::os::unix::fs::symlink("a.txt", root.join("album/link")).unwrap();
}

/// The same torrent everywhere.
pub const POLICY: [&str; 4] = ["create-torrent", "album", "--reproducible", "--hybrid"];

/// The same bytes wherever they are made; imdl gives the same v1 hash for these files. A new vector would be
/// another policy with another name.
#[test]
fn the_policy_is_frozen() {
    let root = tempfile::tempdir().unwrap();
    write(root.path(), 0);
    for (format, hash, expected) in [
        ("--v1", "info_hash_v1", "ff6615bd8e08735a75f2a767d72becba61fc11a4"),
        ("--v2", "info_hash_v2", "f099621d466a14cad184018724100c4c7c61cce1d10f4e056049d9508d0571db"),
        ("--hybrid", "info_hash_v1", "8ddb4b789da965b4343e52d149a9b49c8158fa59"),
    ] {
        let document = run(root.path(), &["album", "-f", "--reproducible", format, "--json"]);
        let document = document.expect(ExitStatus::Success).json();
        schema::check(&document);
        assert_eq!(document["policy"], "ccbt-1");
        assert_eq!(document[hash], expected, "{format}");
    }
    let bytes = std::fs::read(root.path().join("album.torrent")).unwrap();
    assert_eq!(
        ccbt::hex::encode(&ccbt::hash::sha256(&bytes)),
        "03d503a2679dffe1984c568fc7bed300f0c5b3ae4f6bf7240659870e6eb5928d"
    );
    let torrent = Metainfo::parse(bytes, &Limits::default()).unwrap();
    assert_eq!(torrent.created_by.unwrap().0, b"ccbt-1");
    assert_eq!((torrent.creation_date, torrent.info.files.len()), (None, 7));
}

#[cfg(unix)]
#[test]
fn the_same_bytes_from_every_file_system_order_locale_and_time_zone() {
    let places = [Some("/dev/shm"), None, Some(env!("CARGO_TARGET_TMPDIR")), Some("/dev/shm"), None];
    let mut all: Vec<Vec<u8>> = Vec::new();
    for (index, place) in places.into_iter().enumerate() {
        // Where the system has no memory of this kind, the disk is taken twice.
        let place = place.filter(|place| Path::new(place).is_dir());
        let root = place.map_or_else(tempfile::tempdir, tempfile::tempdir_in).unwrap();
        write(root.path(), index as u64);
        for (language, zone) in [("C", "UTC"), ("tr_TR.UTF-8", "Pacific/Kiritimati")] {
            let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_ccbt"));
            command.args(POLICY).args(["-o", "-"]).current_dir(root.path());
            command.env("LANG", language).env("LC_ALL", language).env("TZ", zone);
            command.env("CCBT_CREATE_TORRENT_COMMENT", "of this machine").env_remove("SOURCE_DATE_EPOCH");
            let output = command.output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            all.push(output.stdout);
        }
    }
    assert_eq!(all.len(), 10);
    assert!(
        all.iter().all(|torrent| *torrent == all[0]),
        "{:?}",
        all.iter().map(Vec::len).collect::<Vec<_>>()
    );
}

#[test]
fn settings_of_the_machine_do_not_count_but_what_was_asked_for_does() {
    let root = tempfile::tempdir().unwrap();
    write(root.path(), 0);
    let make = |args: &[&str]| {
        let outcome = TestEnv::new(root.path()).args(POLICY).args(["-o", "-"]).args(args.iter().copied());
        outcome.var("CCBT_CREATE_TORRENT_SOURCE", "variable").run().expect(ExitStatus::Success).stdout
    };
    let plain = make(&[]);
    let settings = "[create-torrent]\nhidden = true\ncomment = \"x\"\n[profile.p]\ncomment = \"p\"\n";
    tree::write(root.path(), "ccbt.toml", settings.as_bytes());
    assert_eq!(make(&[]), plain);
    let profile = Metainfo::parse(make(&["--profile", "p"]), &Limits::default()).unwrap();
    assert_eq!(profile.comment.unwrap().0, b"p");
    assert_eq!(profile.info.source, None);
    let dated = TestEnv::new(root.path()).args(POLICY).args(["-o", "-"]).var("SOURCE_DATE_EPOCH", "12").run();
    assert_eq!(Metainfo::parse(dated.stdout, &Limits::default()).unwrap().creation_date, Some(12));
}

#[test]
fn what_would_break_the_policy_is_a_usage_error() {
    let root = tempfile::tempdir().unwrap();
    write(root.path(), 0);
    for args in [
        &["--hidden"][..],
        &["--junk"],
        &["--symlinks", "follow"],
        &["-l", "1MiB"],
        &["--max-piece-length", "1MiB"],
        &["--piece-count", "9"],
        &["--max-torrent-size", "1MiB"],
        &["--created-by", "me"],
        &["--no-created-by"],
        &["--creation-date", "0"],
        &["--entropy"],
    ] {
        let outcome =
            run(root.path(), &[&["album", "--reproducible"], args].concat()).expect(ExitStatus::Usage);
        assert!(outcome.stderr.contains("does not go with policy `ccbt-1`"), "{args:?}: {}", outcome.stderr);
        assert!(outcome.stderr.contains("hint: "), "{args:?}: {}", outcome.stderr);
    }
    let fine = ["album", "--reproducible=ccbt-1", "--entropy=a", "-t", "http://a.example/", "--private"];
    run(root.path(), &fine).expect(ExitStatus::Success);
    run(root.path(), &["album", "--reproducible=ccbt-0"]).expect(ExitStatus::Usage);
    tree::write(root.path(), "ccbt.toml", b"[profile.p]\nhidden = true\n");
    run(root.path(), &["album", "-f", "--reproducible", "--profile", "p"]).expect(ExitStatus::Usage);
}

#[test]
fn a_profile_gives_what_no_flag_does() {
    let root = tree::golden();
    let settings = "[create-torrent]\nsource = \"file\"\n[profile.hd]\nformat = \"hybrid\"\nprivate = true\n\
        tracker = [\"http://hd.example/announce\"]\nsource = \"HD\"\n";
    tree::write(root.path(), "ccbt.toml", settings.as_bytes());
    let make = |args: &[&str]| {
        run(root.path(), &[&["one.bin", "-f"], args].concat()).expect(ExitStatus::Success);
        let bytes = std::fs::read(root.path().join("one.bin.torrent")).unwrap();
        Metainfo::parse(bytes, &Limits::default()).unwrap()
    };
    let plain = make(&[]);
    assert_eq!((plain.info.private, plain.info.source.unwrap().0), (false, b"file".to_vec()));
    let profile = make(&["--profile", "hd"]);
    assert!(profile.info.private && profile.info_hash_v2.is_some());
    assert_eq!(profile.trackers, [["http://hd.example/announce"]]);
    let flags = make(&["--profile", "hd", "--v1", "--source", "flag"]);
    assert_eq!((flags.info_hash_v2, flags.info.source.unwrap().0), (None, b"flag".to_vec()));
    let outcome = run(root.path(), &["one.bin", "--profile", "h"]).expect(ExitStatus::Usage);
    assert!(outcome.stderr.contains("there is no profile `h`"), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("hint: "), "{}", outcome.stderr);
}
