//! What `create-torrent` says of files beside their bytes, and files from elsewhere: libtorrent loads all of it,
//! finds the content complete, and gives the same info-hash where it makes the same.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, SystemTime};

use serde_json::Value;

use super::contents::{CONTENTS, Content, PIECE};
use super::libtorrent::Libtorrent;
use super::{VERSIONS, ccbt, document, succeed};

/// The content that has directories of directories, with one file that can be executed and times in the past.
fn marked(data: &Path) -> (&'static Content, PathBuf) {
    let content = CONTENTS.iter().find(|content| content.shape == "tree").expect("a tree among the contents");
    let root = content.write(data);
    let run = content.path(data, "disc 1/02.flac");
    fs::set_permissions(run, fs::Permissions::from_mode(0o755)).expect("a mode can be set");
    for (seconds, (path, _)) in (1_600_000_000u64..).zip(content.files) {
        let file = fs::File::options().write(true).open(content.path(data, path)).expect("a file to date");
        file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)).expect("a date can be set");
    }
    (content, root)
}

fn make(dir: &Path, torrent: &Path, args: &[&str]) -> Value {
    let mut create = ccbt(dir);
    create.args(["create-torrent", "--json", "--piece-length", &PIECE.to_string()]).args(args);
    document(&succeed(create.arg("--output").arg(torrent)), "ccbt.create-torrent/1")
}

#[test]
fn libtorrent_says_the_same_of_attributes_times_and_pads() {
    let test = "libtorrent_says_the_same_of_attributes_times_and_pads";
    let Some(libtorrent) = Libtorrent::find(test) else { return };
    let dir = tempfile::tempdir().expect("a directory to work in");
    let (_, root) = marked(&dir.path().join("data"));
    let single = root.join("disc 1/02.flac");
    for (content, name) in [(&root, "tree"), (&single, "single")] {
        for version in VERSIONS {
            let (ours, theirs) = (dir.path().join("ours"), dir.path().join("theirs"));
            let path = content.to_str().expect("UTF-8");
            // In v1 its order is that of the paths only with pads.
            let args = [path, &format!("--{version}"), "--attributes", "--mtime", "--align", "--force"];
            let report = make(dir.path(), &ours, &args);
            let mut create = libtorrent.create(content, &theirs, version, PIECE);
            succeed(create.args(["modification_time", "canonical_files"]));
            let described = libtorrent.describe(&[theirs]);
            for field in ["info_hash_v1", "info_hash_v2"] {
                assert_eq!(report[field], described[0][field], "{field} of the {version} {name}");
            }
        }
    }
}

#[test]
fn libtorrent_finds_links_orders_pads_and_sources_complete() {
    let test = "libtorrent_finds_links_orders_pads_and_sources_complete";
    let Some(libtorrent) = Libtorrent::find(test) else { return };
    let dir = tempfile::tempdir().expect("a directory to work in");
    let data = dir.path().join("data");
    let (content, root) = marked(&data);
    symlink("disc 1/01.flac", root.join("first")).expect("a link to a file");
    symlink("../disc 2/02.flac", root.join("disc 1/other")).expect("a link upwards");
    symlink("disc 2", root.join("second")).expect("a link to a directory");
    fs::write(root.join(".hidden"), "hidden").expect("a hidden file");
    let path = root.to_str().expect("UTF-8");
    let mut jobs: Vec<(PathBuf, PathBuf)> = Vec::new();
    let mut add = |name: String, args: &[&str]| {
        let torrent = dir.path().join(name);
        let report = make(dir.path(), &torrent, args);
        jobs.push((torrent, data.clone()));
        report
    };
    let all = ["--hidden", "--symlinks", "preserve", "--attributes", "--mtime", "--md5", "--sha1"];
    for version in VERSIONS {
        let version = format!("--{version}");
        add(format!("all{version}"), &[&[path, &version], &all[..]].concat());
        let disc = |name: &str| root.join(name).to_str().expect("UTF-8").to_owned();
        let (cover, first, second) = (disc("cover.jpg"), disc("disc 1"), disc("disc 2"));
        let several = [&cover, &first, &second, "--name", content.name, &version];
        add(format!("several{version}"), &several);
    }
    for order in ["size", "size:desc", "natural", "given", "path:desc"] {
        add(format!("sorted {order}"), &[path, "--sort", order]);
        let padded = [&[path, "--sort", order, "--align"], &all[..]].concat();
        add(format!("padded {order}"), &padded);
    }
    for (job, answer) in jobs.iter().zip(libtorrent.check(&jobs)) {
        assert_eq!(answer["error"], Value::Null, "{}", job.0.display());
        assert_eq!(answer["complete"], true, "{}: {answer}", job.0.display());
    }
    for (torrent, _) in &jobs {
        succeed(ccbt(dir.path()).arg("verify").arg(torrent).arg(&root));
    }
}

#[test]
fn libtorrent_finds_what_came_through_a_pipe_complete() {
    let test = "libtorrent_finds_what_came_through_a_pipe_complete";
    let Some(libtorrent) = Libtorrent::find(test) else { return };
    let dir = tempfile::tempdir().expect("a directory to work in");
    let data = dir.path().join("data");
    let mut jobs: Vec<(PathBuf, PathBuf)> = Vec::new();
    for content in CONTENTS.iter().filter(|content| content.is_single()) {
        let file = content.write(&data);
        for version in VERSIONS {
            for length in [&["--piece-length", "32KiB"][..], &[]] {
                let torrent = dir.path().join(format!("{} {version} {}", content.name, length.len()));
                let mut create = ccbt(dir.path());
                create.args(["create-torrent", "-", "--name", content.name]).args(length);
                create.arg(format!("--{version}")).arg("--output").arg(&torrent);
                create.stdin(Stdio::from(fs::File::open(&file).expect("the content")));
                succeed(&mut create);
                jobs.push((torrent, data.clone()));
            }
        }
    }
    for (job, answer) in jobs.iter().zip(libtorrent.check(&jobs)) {
        assert_eq!(answer["complete"], true, "{}: {answer}", job.0.display());
    }
}

#[test]
fn libtorrent_finds_what_was_upgraded_complete() {
    let test = "libtorrent_finds_what_was_upgraded_complete";
    let Some(libtorrent) = Libtorrent::find(test) else { return };
    let dir = tempfile::tempdir().expect("a directory to work in");
    let data = dir.path().join("data");
    let mut jobs: Vec<(PathBuf, PathBuf)> = Vec::new();
    for content in CONTENTS {
        let root = content.write(&data);
        let path = root.to_str().expect("UTF-8");
        for (index, how) in
            [&["--sort", "size"][..], &["--align", "--attributes", "--md5"]].iter().enumerate()
        {
            let (old, new) = (dir.path().join("old"), dir.path().join(format!("{} {index}", content.name)));
            make(dir.path(), &old, &[&[path, "--force"], *how].concat());
            let mut upgrade = ccbt(dir.path());
            upgrade.args(["create-torrent", "--upgrade"]).arg(&old).arg(&root).arg("--output").arg(&new);
            succeed(&mut upgrade);
            jobs.push((new, data.clone()));
        }
    }
    for (job, answer) in jobs.iter().zip(libtorrent.check(&jobs)) {
        assert_eq!(answer["error"], Value::Null, "{}", job.0.display());
        assert_eq!(answer["complete"], true, "{}: {answer}", job.0.display());
    }
}
