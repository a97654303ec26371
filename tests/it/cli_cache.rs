//! `create-torrent --cache`: what is read again, and that the torrent is the same whatever was remembered.

use std::path::Path;
use std::time::{Duration, SystemTime};

use ccbt::env::testing::TestEnv;
use ccbt::exit::ExitStatus;

use crate::tree;

/// Makes `t.torrent` at a time when all files have long been left alone; what it told on standard error.
fn make(root: &Path, args: &[&str], interrupted: bool) -> (ExitStatus, String) {
    let test =
        TestEnv::new(root).args(["create-torrent", "t", "--force", "--no-creation-date"]).args(args.to_vec());
    let (_, err) = test.captured();
    let mut env = if interrupted { test.interrupted().env() } else { test.env() };
    env.now = || SystemTime::UNIX_EPOCH + Duration::from_secs(4_102_444_800);
    let status = ccbt::run(env);
    (status, err.text())
}

/// The torrent made with the cache, what was told, and the one made without it.
fn both(root: &Path, format: &str) -> (Vec<u8>, String, Vec<u8>) {
    let read = || std::fs::read(root.join("t.torrent")).unwrap();
    let (status, told) = make(root, &[format, "--cache", "--cache-dir", "cache", "-l", "32KiB"], false);
    assert_eq!(status, ExitStatus::Success, "{told}");
    let cached = read();
    assert_eq!(make(root, &[format, "-l", "32KiB"], false).0, ExitStatus::Success);
    (cached, told, read())
}

#[test]
fn unchanged_files_are_not_read_again_and_changed_ones_are() {
    for format in ["--v1", "--v2", "--hybrid"] {
        let root = tree::golden();
        let root = root.path();
        let (cached, told, fresh) = both(root, format);
        assert!(cached == fresh && !told.contains("hashed before"), "{told}");
        let (cached, told, fresh) = both(root, format);
        assert!(cached == fresh && told.contains("3.11 MiB were hashed before"), "{told}");
        // As much as a program can do to hide a change: the same size and the same time of modification.
        let path = root.join("t/a/b");
        let modified = path.metadata().unwrap().modified().unwrap();
        let length = path.metadata().unwrap().len() as usize;
        std::fs::write(&path, vec![9; length]).unwrap();
        std::fs::File::options().write(true).open(&path).unwrap().set_modified(modified).unwrap();
        let (cached, told, fresh) = both(root, format);
        assert!(cached == fresh && told.contains("were hashed before"), "{format}: {told}");
        let verified = TestEnv::new(root).args(["verify", "t.torrent", "t"]).run();
        verified.expect(ExitStatus::Success);
    }
}

#[test]
fn files_that_were_just_changed_are_not_remembered() {
    let root = tree::golden();
    let args = ["create-torrent", "t", "--force", "--cache", "--cache-dir", "cache"];
    for _ in 0..2 {
        let outcome = TestEnv::new(root.path()).args(args).run().expect(ExitStatus::Success);
        assert!(!outcome.stderr.contains("hashed before"), "{}", outcome.stderr);
    }
}

#[test]
fn an_interrupted_run_says_how_it_goes_on() {
    let root = tree::golden();
    let args = ["--cache", "--cache-dir", "cache"];
    let (status, told) = make(root.path(), &args, true);
    assert_eq!(status, ExitStatus::Interrupted);
    assert!(told.contains("hint: the same command goes on where this one ended"), "{told}");
    assert_eq!(make(root.path(), &args, false).0, ExitStatus::Success);
}

#[test]
fn a_cache_of_garbage_is_no_cache() {
    let root = tree::golden();
    let root = root.path();
    both(root, "--v1");
    let cache = std::fs::read_dir(root.join("cache")).unwrap().next().unwrap().unwrap().path();
    std::fs::write(&cache, b"something else").unwrap();
    let (cached, told, fresh) = both(root, "--v1");
    assert!(cached == fresh && !told.contains("hashed before"), "{told}");
    std::fs::remove_file(&cache).unwrap();
    std::fs::create_dir(&cache).unwrap();
    let (status, told) = make(root, &["--cache", "--cache-dir", "cache"], false);
    assert_eq!(status, ExitStatus::Io, "{told}");
}

#[test]
fn a_cache_within_the_content_is_refused() {
    let root = tree::golden();
    for directory in ["t", "t/new/deep"] {
        let (status, told) = make(root.path(), &["--cache", "--cache-dir", directory], false);
        assert_eq!(status, ExitStatus::Usage, "{told}");
    }
    assert!(!root.path().join("t/new").exists());
}

/// What is known of some torrents is not read again for the others, and in the end all is known.
#[test]
fn torrents_of_one_read_share_what_is_known() {
    let root = tree::golden();
    let root = root.path();
    let also = ["--also", "format=v2,output=b", "--also", "format=hybrid,piece-length=64KiB,output=c"];
    let read = || ["a", "b", "c"].map(|name| std::fs::read(root.join(name)).unwrap());
    let run = |more: &[&str]| {
        let (status, told) = make(root, &[&["-o", "a"], more].concat(), false);
        assert_eq!(status, ExitStatus::Success, "{told}");
        told
    };
    run(&also);
    let before = read();
    let cached = |also: &[&str]| run(&[&["--cache", "--cache-dir", "cache"], also].concat());
    for also in [&[][..], &also[..2], &also[..]] {
        assert!(!cached(also).contains("3.11 MiB were hashed before"), "{also:?}");
        std::fs::remove_file(root.join("a")).unwrap();
    }
    assert!(cached(&also).contains("3.11 MiB were hashed before"));
    assert!(before == read());
}
