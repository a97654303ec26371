//! `verify` beyond one torrent and its directory: batches, mappings, leniency, blame, `--find` and `--rebuild`.

use std::fs;
use std::path::Path;

use ccbt::env::testing::{Outcome, TestEnv};
use ccbt::exit::ExitStatus;
use serde_json::{Value, json};

use crate::{schema, tree};

const FORMATS: [&str; 3] = ["--v1", "--v2", "--hybrid"];

fn run(root: &Path, args: &[&str]) -> Outcome {
    TestEnv::new(root).args(args.iter().copied()).run()
}

fn create(root: &Path, args: &[&str]) {
    run(root, &[&["create-torrent"], args].concat()).expect(ExitStatus::Success);
}

fn verify(root: &Path, args: &[&str], status: ExitStatus) -> Value {
    let document = run(root, &[&["verify", "--json"], args].concat()).expect(status).json();
    schema::check(&document);
    document
}

fn file<'a>(document: &'a Value, path: &str) -> &'a Value {
    let files = document["files"].as_array().unwrap();
    files.iter().find(|file| file["path"] == path).unwrap_or_else(|| panic!("{path} in {document}"))
}

/// Torrents of `t` and `one.bin` in `torrents/` and one below it.
fn batch() -> tempfile::TempDir {
    let root = tree::golden();
    fs::create_dir_all(root.path().join("torrents/more")).unwrap();
    create(root.path(), &["--v1", "t", "--output", "torrents/t.torrent"]);
    create(root.path(), &["--hybrid", "one.bin", "--output", "torrents/more/one.torrent"]);
    root
}

#[test]
fn many_torrents_are_checked_below_a_base_directory() {
    let root = batch();
    tree::write(root.path(), "torrents/notes.txt", b"no torrent");
    let lines: [&[&str]; 4] = [
        &["torrents/t.torrent", "torrents/more/one.torrent", "--base-directory", "."],
        &["torrents", "--base-directory", "."],
        &["torrents/more", "torrents/t.torrent", "--base-directory", "."],
        &["torrents/more/one.torrent", "torrents/t.torrent", "--base-directory", "."],
    ];
    for args in lines {
        let outcome = run(root.path(), &[&["verify", "--json"], args].concat()).expect(ExitStatus::Success);
        let documents = outcome.json_lines();
        assert_eq!(documents.len(), 2, "{args:?}");
        for document in &documents {
            schema::check(document);
            assert_eq!(document["complete"], true, "{args:?}");
        }
    }
}

#[test]
fn a_batch_goes_on_and_ends_with_the_highest_code() {
    let root = batch();
    tree::write(root.path(), "torrents/broken.torrent", b"d4:infoe");
    tree::write(root.path(), "t/a.txt", b"bad");
    let outcome = run(root.path(), &["verify", "--json", "torrents", "--base-directory", "."]);
    let documents = outcome.expect(ExitStatus::BadInput).json_lines();
    let schemas: Vec<&str> = documents.iter().map(|document| document["schema"].as_str().unwrap()).collect();
    assert_eq!(schemas, ["ccbt.error/1", "ccbt.verify/1", "ccbt.verify/1"]);
    assert_eq!((&documents[1]["complete"], &documents[2]["complete"]), (&json!(true), &json!(false)));
    let outcome = run(root.path(), &["verify", "torrents", "--base-directory", "."]);
    let outcome = outcome.expect(ExitStatus::BadInput);
    assert!(outcome.text().contains("torrents/t.torrent\n"), "{}", outcome.text());
    assert!(outcome.text().ends_with("\n1 of 3 torrents are complete\n"), "{}", outcome.text());
}

#[test]
fn two_arguments_are_a_torrent_and_its_content_unless_the_second_is_a_torrent() {
    let root = tree::golden();
    create(root.path(), &["--v1", "t"]);
    create(root.path(), &["--v1", "one.bin"]);
    let documents = run(root.path(), &["verify", "--json", "t.torrent", "one.bin.torrent"]);
    assert_eq!(documents.expect(ExitStatus::Success).json_lines().len(), 2);
    verify(root.path(), &["t.torrent", "t"], ExitStatus::Success);
    // A directory is content, even if there are torrents in it.
    fs::copy(root.path().join("t.torrent"), root.path().join("t/t.torrent")).unwrap();
    verify(root.path(), &["t.torrent", "t"], ExitStatus::Success);
}

#[test]
fn a_batch_that_cannot_be_is_refused_before_anything_is_read() {
    let root = batch();
    fs::create_dir(root.path().join("empty")).unwrap();
    run(root.path(), &["verify", "empty"]).expect(ExitStatus::BadInput);
    run(root.path(), &["verify", "torrents", "--base-directory", "nowhere"]).expect(ExitStatus::Io);
    run(root.path(), &["verify", "torrents", "--find", "nowhere"]).expect(ExitStatus::Io);
    run(root.path(), &["verify", "-", "-", "torrents"]).expect(ExitStatus::Usage);
    run(root.path(), &["verify", "torrents", "--strict", "--lenient"]).expect(ExitStatus::Usage);
    run(root.path(), &["verify", "torrents", "--dry-run"]).expect(ExitStatus::Usage);
    run(root.path(), &["verify", "torrents", "--map", "a"]).expect(ExitStatus::Usage);
}

#[test]
fn mapped_files_and_directories_are_read_where_they_are() {
    for format in FORMATS {
        let root = tree::golden();
        create(root.path(), &[format, "t"]);
        let at = |path: &str| root.path().join(path);
        fs::rename(at("t/sub"), at("other=place")).unwrap();
        fs::rename(at("other=place/file2"), at("t/second")).unwrap();
        verify(root.path(), &["t.torrent", "--map", "sub=other=place"], ExitStatus::No);
        let maps = ["t.torrent", "--strict", "--map", "sub=other=place", "--map", "sub/file2=./t/second"];
        let document = verify(root.path(), &maps, ExitStatus::Success);
        assert_eq!(document["complete"], true, "{format}");
        let outcome =
            run(root.path(), &["verify", "t.torrent", "--map", "su=other"]).expect(ExitStatus::Usage);
        assert!(outcome.stderr.contains("`su=other`"), "{}", outcome.stderr);
    }
}

#[test]
fn a_mapping_that_fits_no_torrent_of_a_batch_is_told() {
    let root = batch();
    let args = ["verify", "torrents", "--base-directory", ".", "--map", "nothing=x", "--map", "a=t/a"];
    let outcome = run(root.path(), &args).expect(ExitStatus::Success);
    assert!(outcome.stderr.contains("`nothing=x` fits no file"), "{}", outcome.stderr);
    assert!(!outcome.stderr.contains("`a=t/a`"), "{}", outcome.stderr);
}

#[test]
fn leniency_is_for_empty_files_and_blanks_at_the_ends_of_names() {
    for format in FORMATS {
        let root = tempfile::tempdir().unwrap();
        for (path, bytes) in [(" t /b /c ", &b"content"[..]), (" t /empty", b""), (" t /plain", b"x")] {
            tree::write(root.path(), path, bytes);
        }
        create(root.path(), &[format, " t ", "--output", "t.torrent"]);
        fs::rename(root.path().join(" t /b /c "), root.path().join(" t /c")).unwrap();
        fs::remove_dir(root.path().join(" t /b ")).unwrap();
        fs::create_dir(root.path().join(" t /b")).unwrap();
        fs::rename(root.path().join(" t /c"), root.path().join(" t /b/c")).unwrap();
        fs::remove_file(root.path().join(" t /empty")).unwrap();
        fs::rename(root.path().join(" t "), root.path().join("t")).unwrap();
        verify(root.path(), &["t.torrent"], ExitStatus::No);
        let document = verify(root.path(), &["t.torrent", "--lenient"], ExitStatus::Success);
        assert_eq!(document["complete"], true, "{format}");
        assert!(document["files"].as_array().unwrap().iter().all(|file| file["state"] == "ok"));
        fs::write(root.path().join("t/empty"), "no longer").unwrap();
        verify(root.path(), &["t.torrent", "--lenient"], ExitStatus::No);
    }
}

#[test]
fn renamed_files_are_found_among_the_extra_ones() {
    for format in FORMATS {
        let root = tree::golden();
        create(root.path(), &[format, "t", "--piece-length", "32KiB"]);
        let content = root.path().join("t");
        fs::rename(content.join("exact.bin"), content.join("other name")).unwrap();
        fs::rename(content.join("A.TXT"), content.join("sub/deep/moved")).unwrap();
        fs::write(content.join("extra"), [b'x'; 300]).unwrap();
        let document = verify(root.path(), &["t.torrent"], ExitStatus::No);
        assert_eq!(document["verified_size"], document["total_size"], "{format}");
        assert_eq!(document["pieces_ok"], document["pieces_total"], "{format}");
        for (path, at) in [("exact.bin", "t/other name"), ("A.TXT", "t/sub/deep/moved")] {
            assert_eq!(file(&document, path)["state"], "moved", "{format}: {path}");
            assert_eq!(file(&document, path)["found_at"], root.path().join(at).to_str().unwrap());
        }
        assert_eq!(file(&document, "extra")["state"], "extra");
        let shown = document["files"].as_array().unwrap().len();
        assert_eq!(shown, 9, "what was found is no extra file");
        let text = run(root.path(), &["verify", "t.torrent"]).expect(ExitStatus::No).text();
        assert!(text.contains("moved    exact.bin: found at `"), "{text}");
    }
}

#[test]
fn a_file_that_was_moved_and_damaged_is_found_and_its_damage_named() {
    for format in FORMATS {
        let root = tree::golden();
        tree::write(root.path(), "t/long", &tree::payload(200_000));
        create(root.path(), &[format, "t", "--piece-length", "32KiB"]);
        let moved = root.path().join("t/elsewhere");
        fs::rename(root.path().join("t/long"), &moved).unwrap();
        let mut bytes = fs::read(&moved).unwrap();
        bytes[100_000] ^= 1;
        fs::write(&moved, bytes).unwrap();
        let document = verify(root.path(), &["t.torrent"], ExitStatus::No);
        let long = file(&document, "long");
        assert_eq!(long["state"], "bad", "{format}: {long}");
        assert_eq!(long["found_at"], moved.to_str().unwrap());
        assert_eq!(long["bad_pieces"].as_array().unwrap().len(), 1, "{format}: {long}");
    }
}

#[test]
fn a_better_copy_elsewhere_is_taken_and_a_worse_one_is_not() {
    for format in FORMATS {
        let root = tree::golden();
        tree::write(root.path(), "t/long", &tree::payload(200_000));
        create(root.path(), &[format, "t", "--piece-length", "32KiB"]);
        let flip = |path: &str, at: usize| {
            let mut bytes = fs::read(root.path().join(path)).unwrap();
            bytes[at] ^= 1;
            tree::write(root.path(), path, &bytes);
        };
        tree::write(root.path(), "backup/x", &tree::payload(200_000));
        flip("t/long", 50_000);
        let find = ["t.torrent", "--find", "backup", "--find", "t"];
        let document = verify(root.path(), &find, ExitStatus::No);
        assert_eq!(file(&document, "long")["state"], "moved", "{format}");
        flip("backup/x", 1);
        flip("backup/x", 70_000);
        flip("backup/x", 150_000);
        let document = verify(root.path(), &find, ExitStatus::No);
        let long = file(&document, "long");
        assert_eq!((&long["state"], long["found_at"].is_null()), (&json!("bad"), true), "{format}: {long}");
        assert_eq!(long["bad_pieces"].as_array().unwrap().len(), 1);
    }
}

/// A v1 torrent of `t/a` and `t/b` in one piece, with digests of the files as given.
fn shared_piece(root: &Path, keys: [&str; 2]) {
    let mut torrent = b"d4:infod5:filesl".to_vec();
    for (name, key) in ["a", "b"].into_iter().zip(keys) {
        torrent.extend_from_slice(format!("d6:lengthi4e{key}4:pathl1:{name}ee").as_bytes());
    }
    torrent.extend_from_slice(b"e4:name1:t12:piece lengthi16384e6:pieces20:");
    torrent.extend_from_slice(&ccbt::hash::sha1(b"aaaabbbb"));
    torrent.extend_from_slice(b"ee");
    tree::write(root, "t.torrent", &torrent);
}

#[test]
fn digests_of_files_say_which_of_two_in_a_bad_piece_it_is() {
    let root = tempfile::tempdir().unwrap();
    let states = |content: [&str; 2]| {
        tree::write(root.path(), "t/a", content[0].as_bytes());
        tree::write(root.path(), "t/b", content[1].as_bytes());
        let document = verify(root.path(), &["t.torrent"], ExitStatus::No);
        ["a", "b"].map(|name| file(&document, name)["state"].as_str().unwrap().to_owned())
    };
    // MD5 of `aaaa` and `bbbb`.
    let a = "6:md5sum32:74b87337454200d4d33f80c4663dc5e5";
    let b = "6:md5sum32:65ba841e01d6db7733e90a5b7f9e6f80";
    shared_piece(root.path(), ["", ""]);
    assert_eq!(states(["aaaa", "bbxb"]), ["bad", "bad"]);
    // A file that matches is cleared, and the rest is left.
    shared_piece(root.path(), [a, ""]);
    assert_eq!(states(["aaaa", "bbxb"]), ["ok", "bad"]);
    // A file that differs is to blame, and of the other nothing is known.
    assert_eq!(states(["axaa", "bbbb"]), ["bad", "partial"]);
    shared_piece(root.path(), [a, b]);
    assert_eq!(states(["axaa", "bbbb"]), ["bad", "ok"]);
    assert_eq!(states(["axaa", "bxbb"]), ["bad", "bad"]);
    // So is one of the wrong length.
    shared_piece(root.path(), ["", ""]);
    assert_eq!(states(["axaaa", "bbbb"]), ["bad", "partial"]);
    // A file whose neighbour is missing can still be known.
    shared_piece(root.path(), [a, b]);
    fs::write(root.path().join("t/a"), "aaaa").unwrap();
    fs::remove_file(root.path().join("t/b")).unwrap();
    let document = verify(root.path(), &["t.torrent"], ExitStatus::No);
    assert_eq!(file(&document, "a")["state"], "ok");
    assert_eq!(document["verified_size"], 4);
}

#[test]
fn a_person_reads_how_much_was_verified() {
    let root = tree::golden();
    create(root.path(), &["--v2", "t", "--piece-length", "32KiB"]);
    fs::write(root.path().join("t/a/b"), vec![b'b'; 40_000]).unwrap();
    let text = run(root.path(), &["verify", "t.torrent"]).expect(ExitStatus::No).text();
    assert!(text.contains("bad      a/b: bytes 40000-49999, 65.5% verified\n"), "{text}");
    assert!(text.contains("verified (99.4%)"), "{text}");
}

#[test]
fn the_layout_is_rebuilt_by_every_kind_of_link_and_never_over_another_file() {
    for (link, counted) in [("hard", "hard_links"), ("copy", "copies"), ("symlink", "symlinks")] {
        let root = tree::golden();
        create(root.path(), &["--hybrid", "t"]);
        fs::rename(root.path().join("t/exact.bin"), root.path().join("t/moved")).unwrap();
        let args = ["t.torrent", "t", "--rebuild", "new", "--link", link];
        let planned = verify(root.path(), &[&args[..], &["--dry-run"]].concat(), ExitStatus::Success);
        assert_eq!(
            (&planned["rebuild"]["planned"], &planned["rebuild"]["complete"]),
            (&8.into(), &true.into())
        );
        assert!(!root.path().join("new").exists());
        let document = verify(root.path(), &args, ExitStatus::Success);
        let rebuild = &document["rebuild"];
        // The empty file is made anew in any case.
        let made = rebuild[counted].as_u64().unwrap() + u64::from(link != "copy");
        assert_eq!((made, &rebuild["complete"]), (8, &json!(true)), "{rebuild}");
        verify(root.path(), &["t.torrent", "new/t"], ExitStatus::Success);
        let again = verify(root.path(), &args, ExitStatus::Success);
        assert_eq!(again["rebuild"]["kept"], 8, "{again}");
        // Another file of the same length in one place.
        fs::remove_file(root.path().join("new/t/sub/file2")).unwrap();
        fs::write(root.path().join("new/t/sub/file2"), [b'3'; 20]).unwrap();
        let refused = verify(root.path(), &args, ExitStatus::Io);
        assert_eq!(file(&refused, "sub/file2")["rebuilt"], "failed");
        assert_eq!(fs::read(root.path().join("new/t/sub/file2")).unwrap(), [b'3'; 20]);
        // One of another length is noticed before anything is read.
        fs::write(root.path().join("new/t/sub/file2"), "short").unwrap();
        let outcome = run(root.path(), &[&["verify"], &args[..]].concat()).expect(ExitStatus::Io);
        assert!(outcome.stderr.contains("hint: nothing is overwritten"), "{}", outcome.stderr);
    }
}

#[cfg(unix)]
#[test]
fn a_link_that_cannot_be_fails_before_anything_is_read() {
    let root = tree::golden();
    create(root.path(), &["--v1", "t"]);
    // `/dev/shm` is another file system than the directory of the tests on most machines.
    let Ok(other) = tempfile::tempdir_in("/dev/shm") else { return };
    use std::os::unix::fs::MetadataExt as _;
    let device = |path: &Path| fs::metadata(path).unwrap().dev();
    if device(other.path()) == device(root.path()) {
        return;
    }
    let new = other.path().join("new");
    let args = |link| ["verify", "t.torrent", "t", "--rebuild", new.to_str().unwrap(), "--link", link];
    let outcome = run(root.path(), &args("hard")).expect(ExitStatus::Io);
    assert!(outcome.text().is_empty() && outcome.stderr.contains("--link auto"), "{}", outcome.stderr);
    assert_eq!(fs::read_dir(&new).unwrap().count(), 0);
    let text = run(root.path(), &args("auto")).expect(ExitStatus::Success).text();
    assert!(text.contains("is complete: 8 copied"), "{text}");
}

#[test]
fn strict_minds_extra_files_though_the_layout_was_rebuilt() {
    let root = tree::golden();
    create(root.path(), &["--v1", "t"]);
    fs::rename(root.path().join("t/a.txt"), root.path().join("t/moved")).unwrap();
    let args = ["t.torrent", "t", "--rebuild", "new", "--strict"];
    verify(root.path(), &args, ExitStatus::Success);
    fs::write(root.path().join("t/extra"), "extra").unwrap();
    verify(root.path(), &args, ExitStatus::No);
    let text = run(root.path(), &[&["verify"], &args[..]].concat()).expect(ExitStatus::No).text();
    let last = text.lines().last().unwrap();
    assert!(
        last.starts_with("not ok ") && last.ends_with("extra files in the old place (--strict)"),
        "{text}"
    );
}

/// The last line and the exit status are about what was asked for: the new layout.
#[test]
fn the_last_word_is_about_the_new_layout() {
    let root = tree::golden();
    create(root.path(), &["--hybrid", "t"]);
    fs::rename(root.path().join("t"), root.path().join("stray")).unwrap();
    let args = ["verify", "t.torrent", "--find", "stray", "--rebuild", "new"];
    for (more, word) in [(&["--dry-run"][..], "would be complete"), (&[], "is complete")] {
        let text = run(root.path(), &[&args[..], more].concat()).expect(ExitStatus::Success).text();
        assert!(!text.contains("not ok") && text.contains("does not match"), "{text}");
        let last = text.lines().last().unwrap();
        assert!(last.starts_with("ok ") && last.contains(word), "{text}");
    }
}

#[test]
fn one_file_stands_in_for_equal_ones_of_the_torrent() {
    for format in FORMATS {
        let root = tempfile::tempdir().unwrap();
        for name in ["a", "b", "c"] {
            tree::write(root.path(), &format!("t/{name}"), b"all the same");
        }
        tree::write(root.path(), "t/d", b"another one!");
        create(root.path(), &[format, "t"]);
        fs::rename(root.path().join("t"), root.path().join("stray")).unwrap();
        for name in ["a", "b"] {
            fs::remove_file(root.path().join("stray").join(name)).unwrap();
        }
        let args = ["t.torrent", "t", "--find", "stray", "--rebuild", "new"];
        verify(root.path(), &args, ExitStatus::Success);
        verify(root.path(), &["t.torrent", "new/t"], ExitStatus::Success);
    }
}

#[test]
fn what_is_damaged_or_missing_is_left_out_of_a_rebuilt_layout() {
    let root = tree::golden();
    create(root.path(), &["--v2", "t"]);
    fs::write(root.path().join("t/a.txt"), [b'x'; 100]).unwrap();
    fs::remove_file(root.path().join("t/exact.bin")).unwrap();
    let document = verify(root.path(), &["t.torrent", "t", "--rebuild", "new"], ExitStatus::No);
    assert_eq!(document["rebuild"]["left_out"], 2, "{document}");
    assert!(!root.path().join("new/t/a.txt").exists() && root.path().join("new/t/A.TXT").exists());
    let text = run(root.path(), &["verify", "t.torrent", "t", "--rebuild", "new"]).text();
    let last = text.lines().last().unwrap();
    assert!(last.starts_with("not ok ") && last.contains("is not complete"), "{text}");
    assert!(last.contains("2 left out (missing or damaged)"), "{text}");
}

#[cfg(unix)]
#[test]
fn a_layout_is_never_rebuilt_through_a_symlink() {
    let root = tree::golden();
    create(root.path(), &["--v1", "t"]);
    fs::create_dir_all(root.path().join("outside")).unwrap();
    fs::create_dir_all(root.path().join("new")).unwrap();
    std::os::unix::fs::symlink(root.path().join("outside"), root.path().join("new/t")).unwrap();
    let outcome = run(root.path(), &["verify", "t.torrent", "t", "--rebuild", "new"]).expect(ExitStatus::Io);
    assert!(outcome.stderr.contains("is a symlink, which may lead elsewhere"), "{}", outcome.stderr);
    assert_eq!(fs::read_dir(root.path().join("outside")).unwrap().count(), 0);
}
