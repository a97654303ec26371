//! `create-torrent`: which files go in, in which order, and what is said of each.

use std::path::Path;

use ccbt::env::testing::{Outcome, TestEnv};
use ccbt::exit::ExitStatus;
use ccbt::metainfo::{File, Metainfo};

use crate::torrents::{made, paths};
use crate::{schema, tree};

const VERSIONS: [&str; 3] = ["--v1", "--v2", "--hybrid"];

fn env(root: &Path, args: &[&str]) -> TestEnv {
    TestEnv::new(root).args(["create-torrent", "--force"].iter().chain(args).copied())
}

fn run(root: &Path, args: &[&str]) -> Outcome {
    env(root, args).run()
}

fn path(torrent: &Metainfo, file: &File) -> String {
    let parts: Vec<&str> = torrent.path(file).map(|part| std::str::from_utf8(part).unwrap()).collect();
    parts.join("/")
}

fn file<'t>(torrent: &'t Metainfo, name: &str) -> &'t File {
    torrent.info.files.iter().find(|file| path(torrent, file) == name).unwrap()
}

/// `verify` finds the content complete.
fn verified(root: &Path, torrent: &str, content: &str) {
    let args = ["verify", "--strict", torrent, content];
    TestEnv::new(root).args(args).run().expect(ExitStatus::Success);
}

#[test]
fn several_sources_share_a_directory() {
    let root = tree::golden();
    tree::write(root.path(), "other/x", b"x");
    for version in VERSIONS {
        let document = run(root.path(), &[version, "t/sub", "one.bin", "other", "--name", "all", "--json"]);
        let document = document.expect(ExitStatus::Success).json();
        schema::check(&document);
        assert_eq!(document["name"], "all");
        let expected = ["one.bin", "other/x", "sub/deep/big.bin", "sub/file10", "sub/file2"];
        assert_eq!(paths(&made(root.path(), "all.torrent")), expected, "{version}");
    }
    // The same as of a directory that holds them.
    let parent = root.path().join("parent");
    std::fs::create_dir(&parent).unwrap();
    for name in ["one.bin", "other"] {
        std::fs::rename(root.path().join(name), parent.join(name)).unwrap();
    }
    let hash =
        |args: &[&str]| run(root.path(), args).expect(ExitStatus::Success).json()["info_hash_v1"].clone();
    let together = hash(&["parent/other", "parent/one.bin", "--name", "parent", "--json"]);
    assert_eq!(together, hash(&["parent", "--json"]));
    verified(root.path(), "parent.torrent", "parent");
}

#[test]
fn several_sources_that_do_not_fit_together_are_refused() {
    let root = tree::golden();
    tree::write(root.path(), "u/sub", b"x");
    tree::write(root.path(), "list", b"x");
    let cases: [(&[&str], ExitStatus, &str); 6] = [
        (&["t/sub", "u/sub", "--name", "n"], ExitStatus::Usage, "`t/sub` and `u/sub` would both be `sub`"),
        (&["t", "t", "--name", "n"], ExitStatus::Usage, "would both be `t`"),
        (&["t", "u"], ExitStatus::Usage, "--name"),
        (&["t", "missing", "--name", "n"], ExitStatus::Io, "missing"),
        (&["t", "-", "--name", "n"], ExitStatus::Usage, "standard input"),
        (&["t", "u", "--name", "n", "--files-from", "list"], ExitStatus::Usage, "one directory"),
    ];
    for (args, status, word) in cases {
        let outcome = run(root.path(), args);
        assert_eq!(outcome.status, status, "{args:?}: {}", outcome.stderr);
        assert!(outcome.stderr.contains(word), "{args:?}: {}", outcome.stderr);
    }
}

#[test]
fn standard_input_makes_the_torrent_of_the_same_file() {
    let root = tree::golden();
    let content = std::fs::read(root.path().join("one.bin")).unwrap();
    for version in VERSIONS {
        for length in [&["-l", "32KiB"][..], &["-l", "1MiB"], &[]] {
            let fixed = ["--name", "one.bin", "--json", "--md5", "--sha1", version];
            let args: Vec<&str> = length.iter().chain(&fixed).copied().collect();
            let from_file = run(root.path(), &[&args[..], &["one.bin"]].concat());
            let expected = std::fs::read(root.path().join("one.bin.torrent")).unwrap();
            let args = [&args[..], &["-"]].concat();
            let piped = env(root.path(), &args).stdin(content.clone()).run().expect(ExitStatus::Success);
            schema::check(&piped.json());
            assert_eq!(piped.json(), from_file.expect(ExitStatus::Success).json());
            assert_eq!(std::fs::read(root.path().join("one.bin.torrent")).unwrap(), expected);
            // Only without a piece length is the content kept, and then that is told.
            assert_eq!(piped.stderr.contains("temporary file"), length.is_empty(), "{}", piped.stderr);
        }
    }
    verified(root.path(), "one.bin.torrent", "one.bin");
}

#[test]
fn standard_input_that_can_be_no_torrent_is_refused() {
    let root = tree::golden();
    let cases: [(&[&str], ExitStatus, &str); 8] = [
        (&["-", "--name", "x", "--cache", "--cache-dir", "c"], ExitStatus::Usage, "--cache"),
        (&["-"], ExitStatus::Usage, "--name"),
        (&["-", "--name", "x", "--dry-run"], ExitStatus::Usage, "no size"),
        (&["-", "--name", "x", "--mtime"], ExitStatus::Usage, "--mtime"),
        (&["-", "--name", "x", "-l", "24KiB", "--v2"], ExitStatus::Usage, "power of two"),
        (&["-", "--name", "x", "-o", "no/dir/x"], ExitStatus::Io, "no/dir"),
        (&["-", "--name", "x"], ExitStatus::BadInput, "empty"),
        (&["-", "--name", "x", "-l", "16KiB"], ExitStatus::BadInput, "empty"),
    ];
    for (args, status, word) in cases {
        let outcome = run(root.path(), args);
        assert_eq!(outcome.status, status, "{args:?}: {}", outcome.stderr);
        assert!(outcome.stderr.contains(word), "{args:?}: {}", outcome.stderr);
    }
    let nowhere = env(root.path(), &["-", "--name", "x"]).stdin("x").var("TMPDIR", "no/dir").run();
    assert!(nowhere.stderr.contains("in TMPDIR, or give --piece-length"), "{}", nowhere.stderr);
    nowhere.expect(ExitStatus::Io);
    let interrupted = env(root.path(), &["-", "--name", "x", "-l", "16KiB"]).stdin("x").interrupted().run();
    interrupted.expect(ExitStatus::Interrupted);
    assert_eq!(std::fs::read_dir(root.path()).unwrap().count(), 2);
}

#[test]
fn a_v1_list_has_the_order_asked_for() {
    let root = tree::golden();
    let order = |args: &[&str]| {
        run(root.path(), &[&["t"], args].concat()).expect(ExitStatus::Success);
        verified(root.path(), "t.torrent", "t");
        paths(&made(root.path(), "t.torrent"))
    };
    let default = order(&[]);
    assert_eq!(order(&["--sort", "path"]), default);
    let turned: Vec<String> = default.iter().rev().cloned().collect();
    assert_eq!(order(&["--sort-by", "path:desc"]), turned);
    let by_size =
        ["empty.dat", "sub/file10", "sub/file2", "a.txt", "A.TXT", "a/b", "exact.bin", "sub/deep/big.bin"];
    assert_eq!(order(&["--sort", "size"]), by_size);
    let largest_first: Vec<&str> = by_size.iter().rev().copied().collect();
    assert_eq!(order(&["--sort", "size:desc"]), largest_first);
    let natural = order(&["--sort", "natural"]);
    assert_eq!(natural[6..], ["sub/file2", "sub/file10"]);
    let mut given = order(&["--sort", "given", "--align"]);
    given.sort_by(|one, other| one.split('/').cmp(other.split('/')));
    assert_eq!(given, default);
    let args = ["one.bin", "t/a.txt", "--name", "n", "--sort", "given"];
    run(root.path(), &args).expect(ExitStatus::Success);
    assert_eq!(paths(&made(root.path(), "n.torrent")), ["one.bin", "a.txt"]);
    for version in ["--v2", "--hybrid"] {
        let outcome = run(root.path(), &["t", "--sort", "size", version]).expect(ExitStatus::Usage);
        assert!(outcome.stderr.contains("hint: give --sort path"), "{}", outcome.stderr);
        run(root.path(), &["t", "--sort", "path", version]).expect(ExitStatus::Success);
    }
    run(root.path(), &["t", "--sort", "colour"]).expect(ExitStatus::Usage);
}

#[test]
fn globs_hidden_and_junk_choose_the_files() {
    let root = tree::golden();
    tree::write(root.path(), "t/.hidden", b"x");
    tree::write(root.path(), "t/.dir/inside", b"x");
    tree::write(root.path(), "t/Thumbs.db", b"x");
    let taken = |args: &[&str]| {
        run(root.path(), &[&["t"], args].concat()).expect(ExitStatus::Success);
        paths(&made(root.path(), "t.torrent"))
    };
    assert_eq!(taken(&[]).len(), 8);
    assert_eq!(taken(&["--include", "*.bin"]), ["exact.bin", "sub/deep/big.bin"]);
    assert_eq!(taken(&["--include", "*.bin", "--exclude", "deep"]), ["exact.bin"]);
    assert_eq!(taken(&["--exclude", "/sub/**", "--exclude", "*.{txt,TXT,dat}"]), ["a/b", "exact.bin"]);
    assert_eq!(taken(&["--include", "sub/file?", "--include", "[Aa].*"]), ["A.TXT", "a.txt", "sub/file2"]);
    assert_eq!(taken(&["--hidden", "--include", ".*"]), [".dir/inside", ".hidden"]);
    assert_eq!(taken(&["--junk", "--include", "*.db"]), ["Thumbs.db"]);
    let outcome = run(root.path(), &["t", "--include", "["]).expect(ExitStatus::Usage);
    assert!(outcome.stderr.contains("reading a glob"), "{}", outcome.stderr);
}

#[test]
fn ignore_files_are_honoured_when_asked_for() {
    let root = tree::golden();
    tree::write(root.path(), "t/.gitignore", b"*.bin\n!exact.bin\n");
    tree::write(root.path(), "t/sub/.ignore", b"file2\n");
    run(root.path(), &["t", "--ignore"]).expect(ExitStatus::Success);
    let expected = ["A.TXT", "a/b", "a.txt", "empty.dat", "exact.bin", "sub/file10"];
    assert_eq!(paths(&made(root.path(), "t.torrent")), expected);
    tree::write(root.path(), "t/sub/.ignore", b"[z-a]\n");
    let outcome = run(root.path(), &["t", "--gitignore"]).expect(ExitStatus::BadInput);
    assert!(outcome.stderr.contains("t/sub/.ignore`: line 1"), "{}", outcome.stderr);
}

#[test]
fn files_are_taken_from_a_list() {
    let root = tree::golden();
    tree::write(root.path(), "t/.hid", b"h");
    tree::write(root.path(), "list", b"sub/file2\n./a.txt\r\n\nsub\n.hid\na.txt\n");
    run(root.path(), &["t", "--files-from", "list", "--hybrid"]).expect(ExitStatus::Success);
    assert_eq!(paths(&made(root.path(), "t.torrent")), [".hid", "a.txt", "sub/file2"]);
    verified_lenient(root.path());
    let listed = env(root.path(), &["t", "--files-from", "-", "-0", "--sort", "given"]);
    listed.stdin("sub/file2\0a.txt\0").run().expect(ExitStatus::Success);
    assert_eq!(paths(&made(root.path(), "t.torrent")), ["sub/file2", "a.txt"]);
    for (list, status, word) in [
        ("../one.bin\n", ExitStatus::BadInput, "leads out"),
        ("/etc/passwd\n", ExitStatus::BadInput, "does not lie"),
        ("nothing\n", ExitStatus::Io, "nothing"),
        ("\n", ExitStatus::BadInput, "no file"),
    ] {
        let outcome = env(root.path(), &["t", "--files-from", "-"]).stdin(list).run();
        assert_eq!(outcome.status, status, "{list}: {}", outcome.stderr);
        assert!(outcome.stderr.contains(word), "{list}: {}", outcome.stderr);
    }
}

fn verified_lenient(root: &Path) {
    TestEnv::new(root).args(["verify", "t.torrent", "t"]).run().expect(ExitStatus::Success);
}

#[test]
fn digests_of_whole_files_stand_in_every_version() {
    let root = tree::golden();
    let digests = |torrent: &Metainfo| -> Vec<([u8; 20], [u8; 16])> {
        let both = |file: &File| (*file.sha1().unwrap(), *file.md5().unwrap());
        torrent.info.files.iter().map(both).collect()
    };
    let mut all = Vec::new();
    for version in VERSIONS {
        for (content, count) in [("t", 8), ("one.bin", 1)] {
            run(root.path(), &[content, "--md5", "--sha1", version]).expect(ExitStatus::Success);
            let name = format!("{content}.torrent");
            let torrent = made(root.path(), &name);
            let digests = digests(&torrent);
            assert_eq!(digests.len(), count);
            for (file, (sha1, _)) in torrent.info.files.iter().zip(&digests) {
                let path = root.path().join(content).join(path(&torrent, file));
                let bytes = std::fs::read(if content == "t" { path } else { root.path().join(content) });
                assert_eq!(*sha1, ccbt::hash::sha1(&bytes.unwrap()));
            }
            all.push((content, digests));
            verified(root.path(), &name, content);
        }
    }
    let of = |content| all.iter().filter(move |(of, _)| *of == content).map(|(_, digests)| digests);
    assert!(of("t").all(|digests| Some(digests) == of("t").next()));
    let empty = of("t").next().unwrap()[3].1;
    assert_eq!(ccbt::hex::encode(&empty), "d41d8cd98f00b204e9800998ecf8427e");
}

#[cfg(unix)]
mod unix {
    use super::*;
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    use std::time::{Duration, SystemTime};

    fn marked() -> tempfile::TempDir {
        let root = tree::golden();
        let t = root.path().join("t");
        tree::write(root.path(), "t/.hid", b"h");
        for name in ["a/b", ".hid"] {
            let mode = std::fs::Permissions::from_mode(0o755);
            std::fs::set_permissions(t.join(name), mode).unwrap();
        }
        symlink("sub/file2", t.join("link")).unwrap();
        symlink("../a", t.join("sub/dir")).unwrap();
        symlink("/etc/hostname", t.join("leak")).unwrap();
        for (name, seconds) in [("a.txt", 1_000_000_000), ("a/b", 1_500_000_000)] {
            let file = std::fs::File::options().write(true).open(t.join(name)).unwrap();
            file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_millis(seconds * 1000 + 999)).unwrap();
        }
        root
    }

    #[test]
    fn links_attributes_and_times_stand_in_every_version() {
        let root = marked();
        for version in VERSIONS {
            let flags = ["--symlinks", "preserve", "--attributes", "--hidden", "--mtime", "--md5", "--sha1"];
            let args = [&["t", version, "--json"], &flags[..]].concat();
            let outcome = run(root.path(), &args).expect(ExitStatus::Success);
            let document = outcome.json();
            schema::check(&document);
            assert_eq!(document["skipped"].as_array().unwrap().len(), 1, "{document}");
            assert_eq!(document["file_count"], 11);
            let torrent = made(root.path(), "t.torrent");
            let attr = |name: &str| {
                let attr = file(&torrent, name).attr;
                (attr.executable, attr.hidden, attr.symlink)
            };
            assert_eq!(attr("a/b"), (true, false, false), "{version}");
            assert_eq!(attr(".hid"), (true, true, false), "{version}");
            assert_eq!(attr("a.txt"), (false, false, false), "{version}");
            assert_eq!(attr("link"), (false, false, true), "{version}");
            let target = |name: &str| {
                let parts = file(&torrent, name).symlink().unwrap().iter();
                parts.map(|part| part.lossy().into_owned()).collect::<Vec<_>>()
            };
            assert_eq!(
                (target("link"), target("sub/dir")),
                (vec!["sub".into(), "file2".into()], vec!["a".into()])
            );
            assert_eq!(file(&torrent, "a.txt").mtime(), Some(1_000_000_000));
            assert_eq!(file(&torrent, "a/b").mtime(), Some(1_500_000_000));
            assert!(
                !torrent.lints.iter().any(|lint| lint.name == "attributes-differ"),
                "{:?}",
                torrent.lints
            );
            verified_lenient(root.path());
        }
        // In both halves of the hybrid that was made last: list and tree, byte for byte.
        let raw = made(root.path(), "t.torrent").raw().to_vec();
        let count = |what: &str| raw.windows(what.len()).filter(|part| *part == what.as_bytes()).count();
        assert_eq!(count("4:attr2:hx"), 2);
        assert_eq!(count("5:mtimei1500000000e"), 2);
        assert_eq!(count("12:symlink pathl3:sub5:file2e"), 2);
        // A link that leads elsewhere is a difference.
        std::fs::remove_file(root.path().join("t/link")).unwrap();
        symlink("sub/file10", root.path().join("t/link")).unwrap();
        TestEnv::new(root.path()).args(["verify", "t.torrent", "t"]).run().expect(ExitStatus::No);
    }

    #[test]
    fn symlinks_become_what_was_asked_for() {
        let root = marked();
        let elsewhere = tempfile::tempdir().unwrap();
        tree::write(elsewhere.path(), "secret", b"secret");
        std::fs::remove_file(root.path().join("t/leak")).unwrap();
        symlink(elsewhere.path().join("secret"), root.path().join("t/leak")).unwrap();
        let links = |how: &[&str]| {
            let outcome = run(root.path(), &[&["t", "--json"], how].concat()).expect(ExitStatus::Success);
            let torrent = made(root.path(), "t.torrent");
            let all = paths(&torrent);
            let taken: Vec<(&str, bool)> = ["leak", "link", "sub/dir", "sub/dir/b"]
                .into_iter()
                .filter(|name| all.iter().any(|path| path == name))
                .map(|name| (name, file(&torrent, name).attr.symlink))
                .collect();
            let left = outcome.json()["skipped"].as_array().unwrap().len();
            (taken.into_iter().map(|(name, link)| format!("{name} {link}")).collect::<Vec<_>>(), left)
        };
        // The hidden file is left out in any case.
        assert_eq!(links(&[]), (vec![], 4));
        assert_eq!(links(&["--symlinks", "skip"]), (vec![], 4));
        let inside = ["link false", "sub/dir/b false"].map(String::from);
        assert_eq!(links(&["--symlinks", "follow"]), (inside.to_vec(), 2));
        let all = ["leak false", "link false", "sub/dir/b false"].map(String::from);
        assert_eq!(links(&["--symlinks", "follow-outside"]), (all.to_vec(), 1));
        let kept = ["link true", "sub/dir true"].map(String::from);
        assert_eq!(links(&["--symlinks", "preserve"]), (kept.to_vec(), 2));
    }

    #[test]
    fn nothing_is_said_of_files_unless_asked_for() {
        let root = marked();
        let hash = |args: &[&str]| {
            let all = [&["t", "--hybrid", "--hidden", "--json"], args].concat();
            run(root.path(), &all).expect(ExitStatus::Success).json()["info_hash_v2"].clone()
        };
        let plain = hash(&[]);
        assert_ne!(plain, hash(&["--attributes"]));
        assert_ne!(plain, hash(&["--mtime"]));
        let torrent = made(root.path(), "t.torrent");
        assert!(torrent.info.files.iter().all(|file| !file.attr.executable && !file.attr.hidden));
    }

    #[test]
    fn the_attributes_of_a_single_file_stand_beside_its_length() {
        let root = marked();
        for version in VERSIONS {
            let args = ["t/a/b", version, "--attributes", "--mtime", "-o", "b.torrent"];
            run(root.path(), &args).expect(ExitStatus::Success);
            let torrent = made(root.path(), "b.torrent");
            let file = &torrent.info.files[0];
            assert!(file.attr.executable && !torrent.info.directory, "{version}");
            assert_eq!(file.mtime(), Some(1_500_000_000), "{version}");
            assert!(torrent.info.unknown.is_empty());
            verified(root.path(), "b.torrent", "t/a/b");
        }
    }
}
