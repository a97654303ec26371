//! The keys beside the files, read back by others.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use super::libtorrent::Libtorrent;
use super::peers::{Peer, need};
use super::{VERSIONS, ccbt, succeed};

const SIMILAR: &str = "0123456789abcdef0123456789abcdef01234567";
const PEM: &str = "-----BEGIN CERTIFICATE-----\nMIIBCgKCAQEA\n-----END CERTIFICATE-----\n";

/// A torrent with every key.
fn make(dir: &Path, version: &str) -> PathBuf {
    std::fs::write(dir.join("content"), [7; 40_000]).expect("content");
    std::fs::write(dir.join("root.pem"), PEM).expect("a certificate");
    let torrent = dir.join(format!("{version}.torrent"));
    let mut create = ccbt(dir);
    create.args(["create-torrent", "content", &format!("--{version}"), "--output"]).arg(&torrent);
    create.args(["--node", "router.example:6881", "--node", "127.0.0.1:6882"]);
    create.args(["--web-seed", "http://127.0.0.1:1/w/", "--http-seed", "http://127.0.0.1:1/h"]);
    create.args([
        "--similar",
        SIMILAR,
        "--collection",
        "org.example.c",
        "--update-url",
        "http://127.0.0.1:1/u",
    ]);
    create.args(["--root-certificate", "root.pem", "--entropy=x", "--set", "zz:int=1", "--set-info", "aa=b"]);
    create.args(["--tracker", "http://127.0.0.1:1/announce"]);
    succeed(&mut create);
    torrent
}

fn hash(dir: &Path, torrent: &Path, field: &str) -> String {
    let out = succeed(ccbt(dir).args(["inspect", "--field", field]).arg(torrent));
    String::from_utf8(out).expect("UTF-8").trim().to_owned()
}

#[test]
fn libtorrent_reads_every_key() {
    let Some(libtorrent) = Libtorrent::find("libtorrent_reads_every_key") else { return };
    let dir = tempfile::tempdir().expect("a directory to work in");
    let torrents: Vec<PathBuf> = VERSIONS.iter().map(|version| make(dir.path(), version)).collect();
    for (torrent, theirs) in torrents.iter().zip(libtorrent.describe(&torrents)) {
        assert_eq!(theirs.get("error"), None, "{theirs}");
        assert_eq!(theirs["nodes"], json!([["router.example", 6881], ["127.0.0.1", 6882]]));
        // Its number for seeds of BEP 19 is 0, of BEP 17 it is 1.
        let mut seeds = theirs["web_seeds"].as_array().expect("a list").clone();
        seeds.sort_by_key(|seed| seed[1].as_u64());
        assert_eq!(seeds, [json!(["http://127.0.0.1:1/w/", 0]), json!(["http://127.0.0.1:1/h", 1])]);
        assert_eq!(theirs["similar"], json!([SIMILAR]));
        assert_eq!(theirs["collections"], json!(["org.example.c"]));
        assert_eq!(theirs["ssl_cert"], PEM);
        for field in ["info_hash_v1", "info_hash_v2"] {
            let ours = hash(dir.path(), torrent, field);
            assert_eq!(theirs[field].as_str().unwrap_or_default(), ours, "{field}");
        }
    }
}

#[test]
fn imdl_reads_nodes_and_the_update_url() {
    let Some(program) = need("imdl_reads_nodes_and_the_update_url", Peer::Program("imdl")) else { return };
    let dir = tempfile::tempdir().expect("a directory to work in");
    let torrent = make(dir.path(), "v1");
    let shown = succeed(Command::new(program).args(["torrent", "show", "--json", "--input"]).arg(&torrent));
    let shown: Value = serde_json::from_slice(&shown).expect("JSON");
    assert_eq!(shown["dht_nodes"], json!(["router.example:6881", "127.0.0.1:6882"]), "{shown}");
    assert_eq!(shown["update_url"], "http://127.0.0.1:1/u", "{shown}");
    assert_eq!(shown["info_hash"], hash(dir.path(), &torrent, "info_hash_v1"), "{shown}");
}

#[test]
fn torf_reads_the_keys_of_others_as_they_are() {
    let Some(program) = need("torf_reads_the_keys_of_others_as_they_are", Peer::Program("torf")) else {
        return;
    };
    let dir = tempfile::tempdir().expect("a directory to work in");
    let torrent = make(dir.path(), "v1");
    let mut command = Command::new(program);
    command.args(["--noconfig", "--metainfo", "--verbose", "--verbose", "--in"]).arg(&torrent);
    command.current_dir(dir.path()).env("HOME", dir.path()).env("LC_ALL", "C.UTF-8").env("PYTHONUTF8", "1");
    let shown: Value = serde_json::from_slice(&succeed(&mut command)).expect("JSON");
    assert_eq!(shown["httpseeds"], json!(["http://127.0.0.1:1/h"]), "{shown}");
    assert_eq!(shown["nodes"], json!([["router.example", 6881], ["127.0.0.1", 6882]]), "{shown}");
    assert_eq!((&shown["info"]["aa"], &shown["zz"]), (&json!("b"), &json!(1)), "{shown}");
    assert_eq!(shown["info"]["x_cross_seed"], "x", "{shown}");
}
