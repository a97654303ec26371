//! Torrents that others make: inspected right, verified complete, and not complete after one byte
//! has changed.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::contents::{CONTENTS, Content, PIECE, flip};
use super::libtorrent::Libtorrent;
use super::makers::{MAKERS, Maker};
use super::{both, ccbt, document, run, succeed};

/// One torrent made by a program, and the content it was made of.
struct Made {
    maker: Maker,
    content: &'static Content,
    torrent: PathBuf,
}

impl Made {
    fn label(&self) -> String {
        format!("{} {} of {}", self.maker.name, self.maker.version, self.content.shape)
    }
}

#[test]
fn torrents_of_every_program_are_read_and_checked_right() {
    let test = "torrents_of_every_program_are_read_and_checked_right";
    let Some(libtorrent) = Libtorrent::find(test) else { return };
    let dir = tempfile::tempdir().expect("a directory to work in");
    let data = dir.path().join("data");
    for content in CONTENTS {
        content.write(&data);
    }
    let made = make_all(test, &libtorrent, dir.path(), &data);
    let torrents: Vec<PathBuf> = made.iter().map(|made| made.torrent.clone()).collect();
    for (made, truth) in made.iter().zip(libtorrent.describe(&torrents)) {
        assert_eq!(truth["error"], Value::Null, "libtorrent refuses {}", made.label());
        inspected_right(dir.path(), made, &truth);
        if made.maker.pads_the_last_v1_piece(made.content) {
            continue;
        }
        verified_complete(dir.path(), made, &data);
    }
    let broken = dir.path().join("broken");
    for content in CONTENTS {
        content.write(&broken);
        let offset = flip(content, &broken);
        let of_content = made.iter().filter(|made| made.content.name == content.name);
        for made in of_content.filter(|made| !made.maker.pads_the_last_v1_piece(content)) {
            found_broken(dir.path(), made, &broken, offset);
        }
    }
}

/// Lets every program that is here make a torrent of every content.
fn make_all(test: &str, libtorrent: &Libtorrent, dir: &Path, data: &Path) -> Vec<Made> {
    let mut all = Vec::new();
    for maker in MAKERS {
        let Some(program) = maker.find(test) else { continue };
        for content in CONTENTS {
            let torrent = dir.join(format!("{} {} {}.torrent", maker.name, maker.version, content.name));
            let source = data.join(content.name);
            succeed(&mut maker.command(&program, &source, &torrent, dir, libtorrent));
            all.push(Made { maker: *maker, content, torrent });
        }
    }
    all
}

fn inspected_right(cwd: &Path, made: &Made, truth: &Value) {
    let label = made.label();
    let output = succeed(ccbt(cwd).args(["inspect", "--json"]).arg(&made.torrent));
    let ours = document(&output, "ccbt.inspect/1");
    assert_eq!(ours["version"], made.maker.version, "{label}");
    for field in ["name", "info_hash_v1", "info_hash_v2", "piece_length", "piece_count"] {
        if field == "name" && made.content.is_single_to_libtorrent(made.maker.version) {
            assert_eq!(ours[field], made.content.name, "{label}");
        } else if field == "info_hash_v1" && made.maker.writes_a_v1_length_into_v2(made.content) {
            assert_eq!(ours[field], Value::Null, "{label}");
        } else {
            assert_eq!(ours[field], truth[field], "{label}: {field}");
        }
    }
    assert_eq!(paths_and_lengths(&ours["files"], ""), libtorrents_files(truth), "{label}");
}

fn verified_complete(cwd: &Path, made: &Made, data: &Path) {
    let output =
        run(ccbt(cwd).args(["verify", "--json"]).arg(&made.torrent).arg(data.join(made.content.name)));
    assert_eq!(output.status.code(), Some(0), "{}: {}", made.label(), both(&output));
    let report = document(&output.stdout, "ccbt.verify/1");
    assert_eq!(report["complete"], true, "{}: {report}", made.label());
    assert_eq!(report["verified_size"], report["total_size"], "{}: {report}", made.label());
}

/// The one broken file is named, with a range that holds the broken byte, and no other is blamed.
fn found_broken(cwd: &Path, made: &Made, broken: &Path, offset: u64) {
    let label = made.label();
    let output =
        run(ccbt(cwd).args(["verify", "--json"]).arg(&made.torrent).arg(broken.join(made.content.name)));
    assert_eq!(output.status.code(), Some(1), "{label}: {}", both(&output));
    let report = document(&output.stdout, "ccbt.verify/1");
    assert_eq!(report["complete"], false, "{label}: {report}");
    let (largest, _) = made.content.largest();
    let culprit = made.content.shown(largest);
    for file in report["files"].as_array().expect("a list of files") {
        if file["path"] != culprit.as_str() {
            assert!(file["state"] == "ok" || file["state"] == "extra", "{label}: {file}");
            continue;
        }
        assert_eq!(file["state"], "bad", "{label}: {file}");
        let ranges: Vec<(u64, u64)> =
            serde_json::from_value(file["bad_ranges"].clone()).expect("a list of pairs of numbers");
        assert!(ranges.iter().any(|(start, end)| (*start..*end).contains(&offset)), "{label}: {file}");
        let blamed: u64 = ranges.iter().map(|(start, end)| end - start).sum();
        assert!(blamed <= PIECE, "{label}: one piece is bad: {file}");
    }
}

/// Path and length of each file of a JSON list, with `prefix` taken from the front of each path.
pub(super) fn paths_and_lengths(files: &Value, prefix: &str) -> Vec<(String, u64)> {
    let files = files.as_array().expect("a list of files").iter();
    let pair = |file: &Value| {
        let path = file["path"].as_str().expect("a path");
        let path = path.strip_prefix(prefix).unwrap_or(path);
        (String::from(path), file["length"].as_u64().expect("a length"))
    };
    files.map(pair).collect()
}

/// libtorrent's list, which begins every path of a directory with the torrent's name.
pub(super) fn libtorrents_files(truth: &Value) -> Vec<(String, u64)> {
    let name = truth["name"].as_str().expect("a name");
    paths_and_lengths(&truth["files"], &format!("{name}/"))
}
