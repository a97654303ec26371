//! Torrents that we make: loaded, agreed upon and found complete by others.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::contents::{CONTENTS, Content, PIECE};
use super::libtorrent::Libtorrent;
use super::peers::{Peer, need, node};
use super::theirs_read_by_us::{libtorrents_files, paths_and_lengths};
use super::{VERSIONS, ccbt, document, succeed};

/// A torrent we made, with the report of `create-torrent` and of `inspect`.
struct Ours {
    content: &'static Content,
    version: &'static str,
    torrent: PathBuf,
    report: Value,
    inspected: Value,
}

impl Ours {
    fn label(&self) -> String {
        format!("{} of {}", self.version, self.content.shape)
    }
}

/// Makes torrents of every content, of each of these versions.
fn make_ours(dir: &Path, versions: &[&'static str]) -> Vec<Ours> {
    let data = dir.join("data");
    let mut all = Vec::new();
    for content in CONTENTS {
        let source = content.write(&data);
        for version in versions {
            let torrent = dir.join(format!("{} {version}.torrent", content.name));
            let mut create = ccbt(dir);
            create.arg("create-torrent").arg(&source).arg(format!("--{version}")).arg("--json");
            create.args(["--piece-length", &PIECE.to_string(), "--output"]).arg(&torrent);
            let report = document(&succeed(&mut create), "ccbt.create-torrent/1");
            let inspected = succeed(ccbt(dir).args(["inspect", "--json"]).arg(&torrent));
            let inspected = document(&inspected, "ccbt.inspect/1");
            all.push(Ours { content, version, torrent, report, inspected });
        }
    }
    all
}

#[test]
fn libtorrent_loads_ours_and_agrees() {
    let Some(libtorrent) = Libtorrent::find("libtorrent_loads_ours_and_agrees") else { return };
    let dir = tempfile::tempdir().expect("a directory to work in");
    let ours = make_ours(dir.path(), &VERSIONS);
    let torrents: Vec<PathBuf> = ours.iter().map(|ours| ours.torrent.clone()).collect();
    for (ours, theirs) in ours.iter().zip(libtorrent.describe(&torrents)) {
        let label = ours.label();
        assert_eq!(theirs["error"], Value::Null, "libtorrent refuses our {label}");
        for field in ["info_hash_v1", "info_hash_v2", "piece_length", "piece_count"] {
            assert_eq!(ours.report[field], theirs[field], "{label}: {field} of the report");
            assert_eq!(ours.inspected[field], theirs[field], "{label}: {field} as inspected");
        }
        assert_eq!(ours.report["version"], ours.version, "{label}");
        assert_eq!(ours.report["name"], ours.content.name, "{label}");
        assert_eq!(ours.inspected["name"], ours.content.name, "{label}");
        if !ours.content.is_single_to_libtorrent(ours.version) {
            assert_eq!(theirs["name"], ours.content.name, "{label}");
        }
        let files = libtorrents_files(&theirs);
        assert_eq!(paths_and_lengths(&ours.inspected["files"], ""), files, "{label}");
        same_files_as_on_disk(ours.content, files, &label);
    }
}

/// Every file of the content is there, empty ones too, and nothing else.
fn same_files_as_on_disk(content: &Content, mut listed: Vec<(String, u64)>, label: &str) {
    let mut expected: Vec<(String, u64)> =
        content.files.iter().map(|(path, length)| (content.shown(path), *length)).collect();
    expected.sort();
    listed.sort();
    assert_eq!(listed, expected, "{label}");
}

#[test]
fn libtorrent_finds_our_content_complete() {
    let Some(libtorrent) = Libtorrent::find("libtorrent_finds_our_content_complete") else { return };
    let dir = tempfile::tempdir().expect("a directory to work in");
    let ours = make_ours(dir.path(), &VERSIONS);
    let data = dir.path().join("data");
    let parent = |ours: &Ours| {
        if ours.content.is_single_to_libtorrent(ours.version) {
            data.join(ours.content.name)
        } else {
            data.clone()
        }
    };
    let jobs: Vec<(PathBuf, PathBuf)> =
        ours.iter().map(|ours| (ours.torrent.clone(), parent(ours))).collect();
    for (ours, answer) in ours.iter().zip(libtorrent.check(&jobs)) {
        assert_eq!(answer["error"], Value::Null, "{}", ours.label());
        assert_eq!(answer["complete"], true, "{}: {answer}", ours.label());
    }
}

#[test]
fn transmission_show_reads_our_v1() {
    let Some(program) = need("transmission_show_reads_our_v1", Peer::Program("transmission-show")) else {
        return;
    };
    each_v1_is_shown(|torrent, _| {
        let mut command = Command::new(&program);
        command.arg(torrent);
        command
    });
}

#[test]
fn aria2_reads_our_v1() {
    let Some(program) = need("aria2_reads_our_v1", Peer::Program("aria2c")) else { return };
    each_v1_is_shown(|torrent, _| {
        let mut command = Command::new(&program);
        command.args(["--no-conf", "-S"]).arg(torrent);
        command
    });
}

#[test]
fn imdl_reads_our_v1() {
    let Some(program) = need("imdl_reads_our_v1", Peer::Program("imdl")) else { return };
    each_v1_is_shown(|torrent, _| {
        let mut command = Command::new(&program);
        command.args(["torrent", "show", "--json", "--input"]).arg(torrent);
        command
    });
}

#[test]
fn torf_reads_our_v1() {
    let Some(program) = need("torf_reads_our_v1", Peer::Program("torf")) else { return };
    each_v1_is_shown(|torrent, _| {
        let mut command = Command::new(&program);
        command.args(["--noconfig", "--json", "--in"]).arg(torrent);
        command
    });
}

#[test]
fn parse_torrent_reads_our_v1() {
    let script = r"
import parseTorrent from 'parse-torrent';
import { readFileSync } from 'node:fs';
const { infoHash, files } = await parseTorrent(readFileSync(process.argv[2]));
console.log(JSON.stringify({ infoHash, files: files.map(file => file.path) }));
";
    let Some(program) = need("parse_torrent_reads_our_v1", Peer::Node("parse-torrent")) else { return };
    each_v1_is_shown(|torrent, scratch| {
        let mut command = node(&program, scratch, script);
        command.arg(torrent);
        command
    });
}

/// Asks a program about each v1 torrent of ours; its answer must hold the info-hash and the last
/// component of every path that needs no escape in any notation.
fn each_v1_is_shown(ask: impl Fn(&Path, &Path) -> Command) {
    let dir = tempfile::tempdir().expect("a directory to work in");
    for ours in make_ours(dir.path(), &["v1"]) {
        let mut command = ask(&ours.torrent, dir.path());
        command
            .current_dir(dir.path())
            .env("HOME", dir.path())
            .env("LC_ALL", "C.UTF-8")
            .env("PYTHONUTF8", "1");
        let shown = String::from_utf8_lossy(&succeed(&mut command)).into_owned();
        let hash = ours.report["info_hash_v1"].as_str().expect("a v1 torrent has a v1 hash");
        assert!(shown.to_lowercase().contains(hash), "{}: no {hash} in\n{shown}", ours.label());
        for (path, _) in ours.content.files {
            let path = ours.content.shown(path);
            // transmission-show leaves blanks at the edges of a name out.
            let last = path.rsplit('/').next().expect("a path has a last component").trim();
            let plain = last.chars().all(|char| char.is_ascii_alphanumeric() || " .-!".contains(char));
            // transmission 3.00 trims what it shows, as it does what it writes.
            let plain = plain && last.trim() == last;
            assert!(!plain || shown.contains(last), "{}: no {last} in\n{shown}", ours.label());
        }
    }
}
