//! Torrents that we edited: others see what was changed, and the same info-hash as before.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::contents::{CONTENTS, PIECE};
use super::libtorrent::Libtorrent;
use super::peers::{Peer, need};
use super::{VERSIONS, ccbt, document, succeed};

const TIERS: [&str; 2] =
    ["http://one.example/announce,udp://two.example:6969/announce", "udp://three.example:80"];
const TRACKERS: [(&str, u64); 3] = [
    ("http://one.example/announce", 0),
    ("udp://two.example:6969/announce", 0),
    ("udp://three.example:80", 1),
];

/// Makes a torrent of the first content with another tracker and edits it.
fn edited(dir: &Path, version: &str) -> (PathBuf, Value) {
    let source = CONTENTS[0].write(&dir.join("data"));
    let torrent = dir.join(format!("{version}.torrent"));
    let mut create = ccbt(dir);
    create.arg("create-torrent").arg(&source).arg(format!("--{version}"));
    create.args(["--tracker", "http://old.example/", "--comment", "old", "--piece-length"]);
    succeed(create.arg(PIECE.to_string()).arg("--output").arg(&torrent));
    let mut edit = ccbt(dir);
    edit.args(["edit", "--json"]).arg(&torrent).args(["--remove-tracker", "http://old.example/"]);
    edit.args(["--comment", "new", "--web-seed", "http://seed.example/", "--node", "node.example:6881"]);
    for tier in TIERS {
        edit.args(["--add-tracker", tier]);
    }
    let report = document(&succeed(&mut edit), "ccbt.edit/1");
    for hash in ["info_hash_v1", "info_hash_v2"] {
        assert_eq!(report[hash], report[format!("{hash}_before")]);
    }
    (torrent, report)
}

#[test]
fn libtorrent_sees_what_was_edited() {
    let Some(libtorrent) = Libtorrent::find("libtorrent_sees_what_was_edited") else { return };
    let dir = tempfile::tempdir().expect("a directory to work in");
    let (torrents, reports): (Vec<_>, Vec<_>) =
        VERSIONS.iter().map(|version| edited(dir.path(), version)).unzip();
    for (report, theirs) in reports.iter().zip(libtorrent.describe(&torrents)) {
        assert_eq!(theirs["error"], Value::Null, "{report}");
        for hash in ["info_hash_v1", "info_hash_v2"] {
            assert_eq!(report[hash], theirs[hash]);
        }
        let mut trackers: Vec<(String, u64)> = theirs["trackers"]
            .as_array()
            .expect("a list of trackers")
            .iter()
            .map(|tracker| {
                let url = tracker["url"].as_str().expect("a URL").to_owned();
                (url, tracker["tier"].as_u64().expect("a tier"))
            })
            .collect();
        // Within a tier they come in any order (BEP 12).
        trackers.sort_by(|one, other| (one.1, &one.0).cmp(&(other.1, &other.0)));
        let expected: Vec<(String, u64)> =
            TRACKERS.iter().map(|(url, tier)| ((*url).to_owned(), *tier)).collect();
        assert_eq!(trackers, expected);
        assert_eq!(theirs["comment"], "new");
        assert_eq!(theirs["web_seeds"], serde_json::json!([["http://seed.example/", 0]]));
        assert_eq!(theirs["nodes"], serde_json::json!([["node.example", 6881]]));
    }
}

/// Keys of `info` out of order: what encodes them anew gives the torrent another info-hash.
#[test]
fn libtorrent_sees_the_same_odd_info() {
    let Some(libtorrent) = Libtorrent::find("libtorrent_sees_the_same_odd_info") else { return };
    let dir = tempfile::tempdir().expect("a directory to work in");
    let (before, after) = (dir.path().join("before.torrent"), dir.path().join("after.torrent"));
    let raw =
        b"d4:infod4:name1:a12:piece lengthi16384e6:pieces20:aaaaaaaaaaaaaaaaaaaa6:lengthi5ee7:comment3:olde";
    std::fs::write(&before, raw).expect("a torrent");
    succeed(ccbt(dir.path()).arg("edit").arg(&before).args(["--no-comment", "--output"]).arg(&after));
    let [before, after] = &libtorrent.describe(&[before, after])[..] else { panic!("two answers") };
    assert!(before["info_hash_v1"].is_string(), "{before}");
    assert_eq!(before["info_hash_v1"], after["info_hash_v1"]);
    assert_eq!((&before["comment"], &after["comment"]), (&Value::from("old"), &Value::from("")));
}

#[test]
fn imdl_sees_what_was_edited() {
    let Some(program) = need("imdl_sees_what_was_edited", Peer::Program("imdl")) else { return };
    is_shown(Command::new(program).args(["torrent", "show", "--json", "--input"]));
}

#[test]
fn torf_sees_what_was_edited() {
    let Some(program) = need("torf_sees_what_was_edited", Peer::Program("torf")) else { return };
    is_shown(Command::new(program).args(["--noconfig", "--json", "--in"]));
}

/// Asks a program that reads v1; its answer must hold the info-hash, the trackers and the comment.
fn is_shown(command: &mut Command) {
    let dir = tempfile::tempdir().expect("a directory to work in");
    let (torrent, report) = edited(dir.path(), "v1");
    command.arg(torrent).current_dir(dir.path()).env("HOME", dir.path()).env("LC_ALL", "C.UTF-8");
    let shown = String::from_utf8_lossy(&succeed(command.env("PYTHONUTF8", "1"))).into_owned();
    let hash = report["info_hash_v1"].as_str().expect("a v1 torrent has a v1 hash");
    for text in [hash, "\"new\""].into_iter().chain(TRACKERS.iter().map(|(url, _)| *url)) {
        assert!(shown.contains(text), "no {text} in\n{shown}");
    }
    assert!(!shown.contains("old.example"), "{shown}");
}
