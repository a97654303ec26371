//! Layouts that `verify --rebuild` put together: libtorrent finds them complete.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use super::contents::{CONTENTS, PIECE};
use super::libtorrent::Libtorrent;
use super::{VERSIONS, ccbt, document, succeed};

#[test]
fn libtorrent_finds_a_rebuilt_layout_complete() {
    let Some(libtorrent) = Libtorrent::find("libtorrent_finds_a_rebuilt_layout_complete") else { return };
    let dir = tempfile::tempdir().expect("a directory to work in");
    let mut jobs: Vec<(PathBuf, PathBuf)> = Vec::new();
    let mut labels = Vec::new();
    for (number, content) in CONTENTS.iter().enumerate() {
        let data = dir.path().join("data");
        let source = content.write(&data);
        let torrents: Vec<PathBuf> =
            VERSIONS.iter().map(|version| dir.path().join(format!("{number} {version}.torrent"))).collect();
        for (version, torrent) in VERSIONS.iter().zip(&torrents) {
            let mut create = ccbt(dir.path());
            create.arg("create-torrent").arg(&source).arg(format!("--{version}"));
            succeed(create.args(["--piece-length", &PIECE.to_string(), "--output"]).arg(torrent));
        }
        // Every file under a number that says nothing, in one directory with those of the other contents.
        let stray = dir.path().join("stray");
        fs::create_dir_all(&stray).expect("a directory for the files");
        for (index, (path, _)) in content.files.iter().enumerate() {
            let scattered = stray.join(format!("{number} {index}"));
            fs::rename(content.path(&data, path), scattered).expect("a file that was just written");
        }
        for (version, torrent) in VERSIONS.iter().zip(torrents) {
            let rebuilt = dir.path().join(format!("rebuilt {version}"));
            let mut verify = ccbt(dir.path());
            verify.args(["verify", "--json"]).arg(&torrent).arg("nowhere").arg("--find").arg(&stray);
            let report = document(&succeed(verify.arg("--rebuild").arg(&rebuilt)), "ccbt.verify/1");
            assert_eq!(report["rebuild"]["complete"], true, "{version} of {}: {report}", content.shape);
            jobs.push((torrent, rebuilt));
            labels.push(format!("{version} of {}", content.shape));
        }
    }
    for (label, answer) in labels.iter().zip(libtorrent.check(&jobs)) {
        assert_eq!(answer["error"], Value::Null, "{label}");
        assert_eq!(answer["complete"], true, "{label}: {answer}");
    }
}
