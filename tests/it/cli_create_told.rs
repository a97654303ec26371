//! `create-torrent`: what it warns of, what it says it left out, and what `--verbose` adds.

use std::path::Path;

use ccbt::env::testing::{Outcome, TestEnv};
use ccbt::exit::ExitStatus;

use crate::torrents::{made, paths};
use crate::{schema, tree};

fn run(root: &Path, args: &[&str]) -> Outcome {
    TestEnv::new(root).args(["create-torrent"].iter().chain(args).copied()).run()
}

#[test]
fn a_private_torrent_without_a_tracker_is_warned_of_before_it_is_made() {
    let root = tree::golden();
    for more in [&[][..], &["--dry-run"]] {
        let outcome = run(root.path(), &[&["t", "-f", "--private"], more].concat());
        let outcome = outcome.expect(ExitStatus::Success);
        assert_eq!(outcome.stderr.matches("has no tracker").count(), 1, "{}", outcome.stderr);
    }
    let outcome = run(root.path(), &["t", "-f", "--private", "-t", "http://a.example/"]);
    assert!(!outcome.stderr.contains("tracker"), "{}", outcome.stderr);
    let document = run(root.path(), &["t", "-f", "--private", "--json"]).json();
    assert_eq!(document["lints"][0]["name"], "private-without-tracker");
}

#[test]
fn more_pieces_than_asked_for_are_warned_of() {
    let root = tree::golden();
    for (args, why) in [
        (&["one.bin", "--piece-count", "2", "--max-piece-length", "16KiB"][..], "they are 16.00 KiB at most"),
        (&["t", "--hybrid", "--piece-count", "2"], "each file begins a piece"),
    ] {
        let outcome = run(root.path(), &[args, &["-n"]].concat()).expect(ExitStatus::Success);
        assert!(outcome.stderr.contains("more than the 2 asked for"), "{}", outcome.stderr);
        assert!(outcome.stderr.contains(why), "{}", outcome.stderr);
    }
    let kept = run(root.path(), &["one.bin", "--piece-count", "1", "-n"]).expect(ExitStatus::Success);
    assert_eq!(kept.stderr, "");
    assert!(kept.text().contains("the smallest that give a single piece"), "{}", kept.text());
}

#[test]
fn a_number_that_cannot_be_is_told_in_plain_words() {
    let root = tree::golden();
    for args in [
        &["create-torrent", "t", "--piece-count", "0"][..],
        &["create-torrent", "t", "--threads", "none"],
        &["verify", "t.torrent", "--threads", "0"],
        &["edit", "t.torrent", "--remove-tier", "0"],
    ] {
        let outcome = TestEnv::new(root.path()).args(args.to_vec()).run().expect(ExitStatus::Usage);
        assert!(outcome.stderr.contains("expected a whole number, at least 1"), "{}", outcome.stderr);
    }
}

#[test]
fn globs_of_the_flag_come_on_top_of_those_of_the_settings() {
    let root = tree::golden();
    tree::write(
        root.path(),
        "ccbt.toml",
        b"[create-torrent]\nexclude = [\"*.TXT\", \"sub\"]\ninclude = \"a*\"\n",
    );
    let taken = |args: &[&str]| {
        run(root.path(), &[&["t", "-f"], args].concat()).expect(ExitStatus::Success);
        paths(&made(root.path(), "t.torrent"))
    };
    assert_eq!(taken(&[]), ["a/b", "a.txt"]);
    assert_eq!(taken(&["--exclude", "a.*"]), ["a/b"]);
    assert_eq!(taken(&["--include", "*"]), ["a/b", "a.txt", "empty.dat", "exact.bin"]);
    assert_eq!(taken(&["--include", "*.TXT", "--include", "file2", "--exclude", ""]), ["A.TXT", "sub/file2"]);
    assert_eq!(
        taken(&["--include", "*", "--exclude", "", "--exclude", "*.*"]),
        ["a/b", "sub/file10", "sub/file2"]
    );
}

#[test]
fn what_was_left_out_is_counted_and_listed_with_verbose() {
    let root = tree::golden();
    tree::write(root.path(), "t/.hidden", b"x");
    tree::write(root.path(), "t/Thumbs.db", b"x");
    tree::write(root.path(), "t/.ignore", b"exact.*\n");
    let args = ["t", "-f", "--exclude", "sub", "--include", "a*", "--include", ".*", "--include", "*.db"];
    let args = [&args[..], &["--include", "exact.bin", "--gitignore"]].concat();
    let outcome = run(root.path(), &args).expect(ExitStatus::Success);
    let line = outcome.text().lines().find(|line| line.contains("Left out")).unwrap().trim().to_owned();
    assert_eq!(line, "Left out  1 excluded, 2 hidden, 1 ignored, 1 junk, 2 not-included");
    assert!(!outcome.stderr.contains("exact.bin"), "{}", outcome.stderr);
    let verbose = run(root.path(), &[&args[..], &["-v"]].concat()).expect(ExitStatus::Success);
    for line in [
        "left out: .hidden (hidden)",
        "left out: Thumbs.db (junk)",
        "left out: sub (excluded)",
        "left out: exact.bin (ignored)",
        "left out: empty.dat (not-included)",
        "piece length: 16.00 KiB, automatic: ",
        "reader: ",
    ] {
        assert!(verbose.stderr.lines().any(|told| told.starts_with(line)), "{line}: {}", verbose.stderr);
    }
    let threads = run(root.path(), &["t", "-f", "-v", "--threads", "1", "--reader", "sequential"]).stderr;
    assert!(threads.contains("hashing: 1 thread; "), "{threads}");
    assert!(threads.contains("reader: one, from the first byte to the last"), "{threads}");
    let document = run(root.path(), &[&args[..], &["--json"]].concat()).json();
    schema::check(&document);
    assert_eq!(document["left_out_count"], 4);
    assert_eq!(document["skipped"].as_array().unwrap().len(), 3);
    let plain = run(root.path(), &["one.bin", "-f"]).expect(ExitStatus::Success);
    assert!(!plain.text().contains("Left out"));
}

/// Every setting about files does what its flag does, from the file, from a profile and from the environment.
#[test]
fn settings_about_files_do_what_their_flags_do() {
    let root = tree::golden();
    tree::write(root.path(), "t/.gitignore", b"*.dat\n");
    let torrent = |args: &[&str], var: Option<(&str, &str)>| {
        let test = TestEnv::new(root.path()).args(["create-torrent", "t", "-o", "-", "--no-creation-date"]);
        let test = test.args(args.to_vec());
        let test = match var {
            Some((name, value)) => test.var(name, value),
            None => test,
        };
        test.run().expect(ExitStatus::Success).stdout
    };
    let plain = torrent(&[], None);
    for (flag, key) in [
        (&["--gitignore"][..], "gitignore = true"),
        (&["--sort", "size:desc"], "sort = \"size:desc\""),
        (&["--align"], "align = true"),
        (&["--hidden", "--attributes"], "hidden = true\nattributes = true"),
        (&["--mtime"], "mtime = true"),
        (&["--md5"], "md5 = true"),
        (&["--sha1"], "sha1 = true"),
    ] {
        let by_flag = torrent(flag, None);
        assert_ne!(by_flag, plain, "{flag:?}");
        tree::write(root.path(), "ccbt.toml", format!("[create-torrent]\n{key}\n").as_bytes());
        assert!(torrent(&[], None) == by_flag, "{key}");
        tree::write(root.path(), "ccbt.toml", format!("[profile.p]\n{key}\n").as_bytes());
        assert!(torrent(&["--profile", "p"], None) == by_flag, "{key} in a profile");
        std::fs::remove_file(root.path().join("ccbt.toml")).unwrap();
        if let [name] = flag {
            let variable =
                format!("CCBT_CREATE_TORRENT_{}", name.trim_start_matches('-').to_ascii_uppercase());
            assert!(torrent(&[], Some((&variable, "true"))) == by_flag, "{variable}");
        }
    }
    // What the settings turn on, a variable turns off for once.
    tree::write(root.path(), "ccbt.toml", b"[create-torrent]\nmd5 = true\nsort = \"size\"\n");
    let off = ("CCBT_CREATE_TORRENT_MD5", "false");
    assert!(torrent(&["--sort", "path"], Some(off)) == plain);
    // The cache keeps no digests of whole files, and v2 knows one order.
    let cache = run(root.path(), &["t", "-f", "--sort", "path", "--cache", "--cache-dir", "c"]);
    assert!(cache.expect(ExitStatus::Usage).stderr.contains("`md5` and `sha1` in the settings"));
    let order = run(root.path(), &["t", "-f", "--hybrid"]).expect(ExitStatus::Usage);
    assert!(order.stderr.contains("--sort path"), "{}", order.stderr);
}

#[test]
fn paths_are_shown_without_dots_that_say_nothing() {
    let root = tree::golden();
    let document =
        run(root.path(), &["./t", "-o", "./out.torrent", "--json"]).expect(ExitStatus::Success).json();
    let expected = root.path().join("out.torrent");
    assert_eq!(document["path"], expected.to_str().unwrap());
    let verify = |args: &[&str]| TestEnv::new(root.path()).args(["verify"]).args(args.to_vec()).run();
    for args in [&["./out.torrent", "./t"][..], &["./out.torrent", "."], &["out.torrent", "./t/."]] {
        let text = verify(args).expect(ExitStatus::Success).text();
        assert!(text.contains(&format!("`{}` is complete", root.path().join("t").display())), "{text}");
    }
    let rebuilt = verify(&["out.torrent", "t", "--rebuild", "./new"]).expect(ExitStatus::Success).text();
    assert!(rebuilt.contains(&format!("`{}`", root.path().join("new").display())), "{rebuilt}");
    run(root.path(), &["one.bin"]).expect(ExitStatus::Success);
    let batch = verify(&["--strict", ".", "--base-directory", "."]).text();
    assert!(batch.starts_with("one.bin.torrent\n"), "{batch}");
}
