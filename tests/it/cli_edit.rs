//! `ccbt edit`, run in-process.

use std::path::Path;

use serde_json::json;

use ccbt::env::testing::{Outcome, TestEnv};
use ccbt::exit::ExitStatus;

use crate::schema;
use crate::torrents::{dict, hybrid, int, list, single, single_info, text};

fn run(cwd: &Path, args: &[&str]) -> Outcome {
    TestEnv::new(cwd).args(["edit"]).args(args.iter().copied()).run()
}

/// A directory with these torrents in it.
fn with(torrents: &[(&str, Vec<u8>)]) -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    for (name, bytes) in torrents {
        std::fs::write(directory.path().join(name), bytes).unwrap();
    }
    directory
}

fn torrent() -> Vec<u8> {
    dict([
        ("announce", text("http://a.example/announce")),
        ("comment", text("old")),
        ("info", single_info("a", 300)),
        ("x-own", list([int(1)])),
    ])
}

fn names(directory: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(directory).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_torrent_is_changed_in_place() {
    let directory = with(&[("a.torrent", torrent())]);
    let args =
        ["a.torrent", "--add-tracker", "udp://b:1,udp://c:2", "--comment", "new", "--web-seed", "http://w"];
    let outcome = run(directory.path(), &args).expect(ExitStatus::Success);
    let expected = dict([
        ("announce", text("http://a.example/announce")),
        (
            "announce-list",
            list([list([text("http://a.example/announce")]), list([text("udp://b:1"), text("udp://c:2")])]),
        ),
        ("comment", text("new")),
        ("info", single_info("a", 300)),
        ("url-list", text("http://w")),
        ("x-own", list([int(1)])),
    ]);
    assert_eq!(std::fs::read(directory.path().join("a.torrent")).unwrap(), expected);
    assert_eq!(names(directory.path()), ["a.torrent"]);
    let lines = outcome.text();
    for line in [
        "a.torrent: 3 fields changed",
        "  info hash v1",
        "  trackers",
        "      http://a.example/announce",
        "    + udp://b:1, udp://c:2",
        "  comment",
        "    - old",
        "    + new",
        "  web seeds",
        "    + http://w",
    ] {
        assert!(lines.lines().any(|shown| shown == line), "{line:?} in\n{lines}");
    }
    assert_eq!(outcome.stderr, "");
}

#[test]
fn the_document_names_every_change() {
    let directory = with(&[("a.torrent", hybrid("t", &[("a", b"1"), ("b", b"2")]))]);
    let args = ["--json", "a.torrent", "--node", "[::1]:5", "--creation-date", "1970-01-02", "--no-comment"];
    let outcome = run(directory.path(), &args).expect(ExitStatus::Success);
    let document = outcome.json();
    schema::check(&document);
    assert_eq!(
        document["changes"],
        json!([
            {"field": "nodes", "before": [], "after": ["[::1]:5"]},
            {"field": "creation_date", "before": null, "after": "1970-01-02T00:00:00Z"},
        ])
    );
    assert_eq!((&document["path"], &document["written"]), (&json!("a.torrent"), &json!(true)));
    let inspected = TestEnv::new(directory.path()).args(["inspect", "--json", "a.torrent"]).run().json();
    for version in ["v1", "v2"] {
        let field = format!("info_hash_{version}");
        assert!(document[&field].is_string());
        assert_eq!(document[&field], document[format!("{field}_before")]);
        assert_eq!(document[&field], inspected[&field]);
    }
    assert_eq!(inspected["nodes"], json!(["[::1]:5"]));
}

#[test]
fn a_dry_run_shows_the_difference_and_writes_nothing() {
    let directory = with(&[("a.torrent", torrent())]);
    let outcome = run(directory.path(), &["-n", "a.torrent", "--no-trackers", "--source", "X"]);
    let shown = outcome.expect(ExitStatus::Success);
    let text = shown.text();
    assert!(text.starts_with("a.torrent: 2 fields would change, nothing is written (dry run)\n"), "{text}");
    assert!(text.contains("  trackers\n    - http://a.example/announce\n"), "{text}");
    assert!(text.contains("  info hash v1\n    - ") && text.contains("\n    + X\n"), "{text}");
    assert!(shown.stderr.contains("warning: a.torrent: `info` changes"), "{}", shown.stderr);
    assert_eq!(std::fs::read(directory.path().join("a.torrent")).unwrap(), torrent());
    let document = run(directory.path(), &["-n", "--json", "a.torrent", "--private"]).json();
    schema::check(&document);
    assert_eq!(document["changes"], json!([{"field": "private", "before": false, "after": true}]));
    assert_ne!(document["info_hash_v1"], document["info_hash_v1_before"]);
    assert_eq!((&document["written"], &document["dry_run"]), (&json!(false), &json!(true)));
}

#[test]
fn what_changes_the_info_hash_needs_to_be_allowed() {
    let directory = with(&[("a.torrent", torrent()), ("b.torrent", torrent())]);
    for (args, field) in [
        (&["--source", "X"][..], "`source`"),
        (&["--no-source"], "`source`"),
        (&["--private"], "`private`"),
        (&["--no-private", "--comment", "x"], "`private`"),
        (&["--private", "--no-source"], "`source` and `private`"),
    ] {
        let outcome = run(directory.path(), &[&["a.torrent", "b.torrent"], args].concat());
        let outcome = outcome.expect(ExitStatus::Usage);
        assert!(outcome.stderr.contains(field) && outcome.stderr.contains("change the info-hash"));
        assert!(outcome.stderr.contains("hint: --allow-new-info-hash"), "{}", outcome.stderr);
        assert_eq!(std::fs::read(directory.path().join("b.torrent")).unwrap(), torrent());
    }
    let args = ["a.torrent", "b.torrent", "--json", "--private", "--source", "X", "--allow-new-info-hash"];
    let outcome = run(directory.path(), &args).expect(ExitStatus::Success);
    for document in outcome.json_lines() {
        schema::check(&document);
        assert_ne!(document["info_hash_v1"], document["info_hash_v1_before"]);
        assert_eq!(document["notes"][0]["name"], "new-info-hash");
    }
    let inspected = TestEnv::new(directory.path()).args(["inspect", "--json", "b.torrent"]).run().json();
    assert_eq!((&inspected["private"], &inspected["source_tag"]), (&json!(true), &json!("X")));
    // The same again changes nothing, but still has to be allowed: whether it does is known too late.
    run(directory.path(), &["a.torrent", "--private"]).expect(ExitStatus::Usage);
    let again = run(directory.path(), &["a.torrent", "--private", "--allow-new-info-hash"]);
    assert_eq!(again.expect(ExitStatus::Success).text(), "a.torrent: nothing to change\n");
}

#[test]
fn nothing_to_change_is_told_and_leaves_the_file_alone() {
    // Out of order and with bytes behind, which only an edit puts right.
    let odd = [&b"d4:info"[..], &single_info("a", 1), b"7:comment3:olde\n"].concat();
    let directory = with(&[("a.torrent", odd.clone())]);
    let args = ["a.torrent", "--comment", "old", "--remove-tracker", "http://x"];
    let outcome = run(directory.path(), &args).expect(ExitStatus::No);
    assert_eq!(outcome.text(), "a.torrent: nothing to change\n");
    assert_eq!(outcome.stderr, "note: a.torrent: there is no tracker `http://x` to remove\n");
    assert_eq!(std::fs::read(directory.path().join("a.torrent")).unwrap(), odd);
    let document = run(directory.path(), &["--json", "a.torrent", "--comment", "old"]).json();
    schema::check(&document);
    assert_eq!((&document["changes"], &document["written"]), (&json!([]), &json!(false)));

    let outcome = run(directory.path(), &["a.torrent", "--comment", "new"]).expect(ExitStatus::Success);
    let warnings = outcome.stderr;
    assert!(warnings.contains("out of order") && warnings.contains("1 byte after the end"), "{warnings}");
    let expected = dict([("comment", text("new")), ("info", single_info("a", 1))]);
    assert_eq!(std::fs::read(directory.path().join("a.torrent")).unwrap(), expected);
}

#[test]
fn an_edit_that_leaves_a_private_torrent_without_a_tracker_is_warned_of() {
    let directory = with(&[("a.torrent", torrent())]);
    let private = ["a.torrent", "--private", "--allow-new-info-hash"];
    let outcome = run(directory.path(), &private).expect(ExitStatus::Success);
    assert!(!outcome.stderr.contains("has no tracker"), "{}", outcome.stderr);
    for (args, warned) in [(&["--no-trackers"][..], true), (&["--no-comment"], false)] {
        let outcome = run(directory.path(), &[&["a.torrent"], args].concat()).expect(ExitStatus::Success);
        assert_eq!(outcome.stderr.contains("has no tracker"), warned, "{args:?}: {}", outcome.stderr);
    }
}

#[test]
fn what_is_named_and_found_nowhere_is_the_answer_no() {
    let other = dict([("announce", text("http://b.example/announce")), ("info", single_info("b", 1))]);
    let directory = with(&[("a.torrent", torrent()), ("b.torrent", other.clone())]);
    for missing in [
        &["--remove-tracker", "http://x"][..],
        &["--replace-tracker", "http://x", "http://y"],
        &["--replace-in-trackers", "nowhere", "x"],
        &["--remove-tier", "7"],
        &["--remove-web-seed", "http://x"],
        &["--remove-http-seed", "http://x"],
        &["--remove-node", "x:1"],
    ] {
        for more in [&[][..], &["--dry-run"]] {
            let args = [&["a.torrent", "b.torrent"], missing, more].concat();
            let outcome = run(directory.path(), &args).expect(ExitStatus::No);
            let notes = outcome.stderr.lines().filter(|line| line.contains("note: ")).count();
            assert_eq!(notes, 2, "{args:?}: {}", outcome.stderr);
        }
    }
    assert_eq!(std::fs::read(directory.path().join("b.torrent")).unwrap(), other);
    // In one of two is enough, and so is another change; what is to be gone may be gone already.
    let args = ["b.torrent", "a.torrent", "--replace-in-trackers", "a.example", "c.example"];
    let outcome = run(directory.path(), &args).expect(ExitStatus::Success);
    assert!(outcome.stderr.contains("note: b.torrent: there is no `a.example`"), "{}", outcome.stderr);
    let args = ["b.torrent", "--remove-tracker", "http://x", "--comment", "new"];
    run(directory.path(), &args).expect(ExitStatus::Success);
    run(directory.path(), &["b.torrent", "--no-web-seeds", "--no-created-by"]).expect(ExitStatus::Success);
    // An error is worse than nothing found.
    run(directory.path(), &["b.torrent", "none", "--remove-tracker", "http://x"]).expect(ExitStatus::Io);
}

#[test]
fn a_batch_goes_on_and_ends_with_the_highest_code() {
    let directory =
        with(&[("a.torrent", torrent()), ("bad.torrent", b"junk".to_vec()), ("b.torrent", torrent())]);
    let args = ["--json", "a.torrent", "bad.torrent", "missing.torrent", "b.torrent", "--no-comment"];
    let outcome = run(directory.path(), &args).expect(ExitStatus::Io);
    let documents = outcome.json_lines();
    documents.iter().for_each(schema::check);
    let schemas: Vec<_> = documents.iter().map(|document| document["schema"].as_str().unwrap()).collect();
    assert_eq!(schemas, ["ccbt.edit/1", "ccbt.error/1", "ccbt.error/1", "ccbt.edit/1"]);
    assert_eq!((&documents[1]["code"], &documents[2]["code"]), (&json!(3), &json!(4)));
    for name in ["a.torrent", "b.torrent"] {
        let bytes = std::fs::read(directory.path().join(name)).unwrap();
        assert!(!bytes.windows(7).any(|window| window == b"comment"), "{name}");
    }
    assert_eq!(std::fs::read(directory.path().join("bad.torrent")).unwrap(), b"junk");
}

#[test]
fn a_batch_whose_reports_nobody_reads_is_finished() {
    let directory = with(&[("a.torrent", torrent()), ("b.torrent", torrent())]);
    let args = ["edit", "--json", "a.torrent", "b.torrent", "--no-comment"];
    TestEnv::new(directory.path()).closed_stdout().args(args).run().expect(ExitStatus::Success);
    for name in ["a.torrent", "b.torrent"] {
        assert_ne!(std::fs::read(directory.path().join(name)).unwrap(), torrent(), "{name}");
    }
}

#[test]
fn standard_input_goes_to_standard_output() {
    let edit = |args: &[&str]| {
        let env = TestEnv::new("/").stdin(torrent()).args(["edit", "-"]);
        env.args(args.iter().copied()).run().expect(ExitStatus::Success)
    };
    let outcome = edit(&["--no-comment"]);
    let expected = dict([
        ("announce", text("http://a.example/announce")),
        ("info", single_info("a", 300)),
        ("x-own", list([int(1)])),
    ]);
    assert_eq!(outcome.stdout, expected);
    assert!(outcome.stderr.starts_with("-: 1 field changed\n"), "{}", outcome.stderr);
    assert_eq!(edit(&["--no-comment", "--quiet"]).stderr, "");
    // A pipeline gets its torrent also where nothing changes.
    assert_eq!(edit(&["--comment", "old"]).stdout, torrent());
    let document: serde_json::Value =
        serde_json::from_str(&edit(&["--json", "--no-comment"]).stderr).unwrap();
    schema::check(&document);
    assert_eq!((&document["output"], &document["written"]), (&json!(null), &json!(true)));
    let dry = edit(&["--no-comment", "--dry-run"]);
    assert!(dry.text().starts_with("-: 1 field would change"), "{}", dry.text());
}

#[test]
fn another_file_is_written_and_none_is_overwritten_unasked() {
    let directory = with(&[("a.torrent", torrent()), ("there", b"x".to_vec())]);
    let to = |output: &str, more: &[&str]| {
        run(directory.path(), &[&["a.torrent", "--no-comment", "--output", output], more].concat())
    };
    to("b.torrent", &[]).expect(ExitStatus::Success);
    let read = |name: &str| std::fs::read(directory.path().join(name)).unwrap();
    assert_eq!(read("a.torrent"), torrent());
    assert_ne!(read("b.torrent"), torrent());
    let refused = to("there", &[]).expect(ExitStatus::Io).stderr;
    assert!(refused.contains("it exists") && refused.contains("hint: replace it with --force"), "{refused}");
    assert_eq!(read("there"), b"x");
    to("there", &["--force"]).expect(ExitStatus::Success);
    assert_eq!(read("there"), read("b.torrent"));
    assert_eq!(to("-", &[]).expect(ExitStatus::Success).stdout, read("b.torrent"));
    to("no/such/file", &[]).expect(ExitStatus::Io);
    to(".", &["--force"]).expect(ExitStatus::Io);
    assert_eq!(names(directory.path()), ["a.torrent", "b.torrent", "there"]);
}

/// The attributes of the file that is replaced, its access control list among them, and none of the directory's.
#[cfg(target_os = "linux")]
#[test]
fn extended_attributes_stay() {
    use rustix::fs::{XattrFlags, getxattr, listxattr, setxattr};
    const TEST: &str = "extended_attributes_stay";
    let directory = with(&[("a.torrent", torrent()), ("b.torrent", torrent())]);
    let path = directory.path().join("a.torrent");
    // acl(5) as the kernel has it: version 2, then tag, rights and id of each entry. Read and write for the owner,
    // read for user 65534, nothing for the group, read as the most for both, nothing for others.
    let entry = |tag: u16, rights: u16, id: u32| {
        [&tag.to_le_bytes()[..], &rights.to_le_bytes(), &id.to_le_bytes()].concat()
    };
    let none = u32::MAX;
    let list = [(1, 6, none), (2, 4, 65534), (4, 0, none), (0x10, 4, none), (0x20, 0, none)];
    let list = list.map(|(tag, rights, id)| entry(tag, rights, id)).concat();
    let acl = [&2u32.to_le_bytes()[..], &list].concat();
    for (path, name, value) in [
        (&path, "user.origin", &b"http://a.example/"[..]),
        (&path, "system.posix_acl_access", &acl),
        (&directory.path().to_owned(), "system.posix_acl_default", &acl),
    ] {
        if let Err(error) = setxattr(path, name, value, XattrFlags::empty()) {
            return crate::skip::skipped(TEST, &format!("{name}: {error}"));
        }
    }
    run(directory.path(), &["a.torrent", "b.torrent", "--no-comment"]).expect(ExitStatus::Success);
    let mut room = [0; 100];
    let length = getxattr(&path, "user.origin", &mut room[..]).unwrap();
    assert_eq!(&room[..length], b"http://a.example/");
    let length = getxattr(&path, "system.posix_acl_access", &mut room[..]).unwrap();
    assert_eq!(room[..length], acl);
    let other = directory.path().join("b.torrent");
    let length = listxattr(&other, &mut room[..]).unwrap();
    assert_eq!(String::from_utf8_lossy(&room[..length]), "");
}

#[cfg(unix)]
#[test]
fn links_and_permissions_stay() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let directory = with(&[("real", torrent())]);
    let real = directory.path().join("real");
    std::fs::set_permissions(&real, std::fs::Permissions::from_mode(0o604)).unwrap();
    symlink("real", directory.path().join("link")).unwrap();
    run(directory.path(), &["link", "--no-comment"]).expect(ExitStatus::Success);
    assert!(directory.path().join("link").symlink_metadata().unwrap().is_symlink());
    assert_eq!(real.metadata().unwrap().permissions().mode() & 0o7777, 0o604);
    assert_ne!(std::fs::read(&real).unwrap(), torrent());
    assert_eq!(names(directory.path()), ["link", "real"]);
}

#[test]
fn wrong_command_lines_are_usage_errors() {
    let directory = with(&[("a.torrent", torrent()), ("b.torrent", torrent())]);
    for (args, why) in [
        (&["a.torrent"][..], "nothing to change was asked for"),
        (&["a.torrent", "--dry-run"], "nothing to change was asked for"),
        (&["--no-comment"], "required"),
        (&["a.torrent", "-", "--no-comment"], "can only be edited alone"),
        (&["a.torrent", "b.torrent", "--no-comment", "-o", "x"], "takes one torrent"),
        (&["a.torrent", "--no-comment", "--force"], "--output"),
        (&["a.torrent", "--comment", "x", "--no-comment"], "cannot be used with"),
        (&["a.torrent", "--tracker", "http://x", "--no-trackers"], "cannot be used with"),
        (&["a.torrent", "--add-tracker", "gopher://x"], "is no tracker"),
        (&["a.torrent", "--add-tracker", ""], "names no tracker"),
        (&["a.torrent", "--replace-tracker", "http://a"], "2 values required"),
        (&["a.torrent", "--replace-tracker", "http://a", "x"], "is no tracker"),
        (&["a.torrent", "--replace-in-trackers", "", "x"], "is empty"),
        (&["a.torrent", "--replace-in-trackers", "/announce", " x"], "is no tracker"),
        (&["a.torrent", "--remove-tier", "0"], "invalid value"),
        (&["a.torrent", "--add-to-tier", "1"], "--add-tracker"),
        (&["a.torrent", "--http-seed", "ftp://x"], "is no HTTP seed"),
        (&["a.torrent", "--web-seed", "udp://x:1"], "is no web seed"),
        (&["a.torrent", "--node", "nowhere"], "invalid value"),
        (&["a.torrent", "--creation-date", "yesterday"], "is no date"),
        (&["https://x.invalid/a.torrent", "--no-comment"], "in place"),
    ] {
        let outcome = run(directory.path(), args).expect(ExitStatus::Usage);
        assert!(outcome.stderr.contains(why), "{args:?}: {}", outcome.stderr);
        assert!(outcome.stdout.is_empty());
    }
    assert_eq!(std::fs::read(directory.path().join("a.torrent")).unwrap(), torrent());
}

#[test]
fn every_tracker_flag_does_its_part() {
    let tiers = |args: &[&str]| {
        let directory = with(&[("a.torrent", single("a", 1))]);
        let start = ["a.torrent", "--tracker", "http://a?k=1,http://b", "--tracker", "http://c"];
        run(directory.path(), &start).expect(ExitStatus::Success);
        run(directory.path(), &[&["a.torrent"], args].concat()).expect(ExitStatus::Success);
        TestEnv::new(directory.path()).args(["inspect", "--json", "a.torrent"]).run().json()["trackers"]
            .clone()
    };
    let (a, b, c, d) = ("http://a?k=1", "http://b", "http://c", "http://d");
    assert_eq!(tiers(&["--announce", d]), json!([[d]]));
    assert_eq!(tiers(&["--no-trackers"]), json!([]));
    assert_eq!(tiers(&["--remove-tier", "1"]), json!([[c]]));
    assert_eq!(tiers(&["--replace-tracker", a, "http://d?k=1=2"]), json!([["http://d?k=1=2", b], [c]]));
    assert_eq!(tiers(&["--replace-in-trackers", "k=1", "k=2"]), json!([["http://a?k=2", b], [c]]));
    assert_eq!(tiers(&["--remove-tracker", "http://b,http://c"]), json!([[a]]));
    assert_eq!(tiers(&["--prepend-tracker", d]), json!([[d], [a, b], [c]]));
    assert_eq!(tiers(&["--add-tracker", d]), json!([[a, b], [c], [d]]));
    assert_eq!(tiers(&["--add-tracker", d, "--add-to-tier", "2"]), json!([[a, b], [c, d]]));
}

#[test]
fn every_seed_and_text_flag_does_its_part() {
    let directory = with(&[("a.torrent", single("a", 1))]);
    let inspect = || TestEnv::new(directory.path()).args(["inspect", "--json", "a.torrent"]).run().json();
    let edit = |args: &[&str]| {
        run(directory.path(), &[&["a.torrent"], args].concat()).expect(ExitStatus::Success);
    };
    edit(&["--web-seed", "http://w/1", "--http-seed", "http://h/1", "--node", "n:1"]);
    edit(&["--add-web-seed", "http://w/2", "--add-http-seed", "http://h/2", "--add-node", "n:2"]);
    edit(&["--remove-web-seed", "http://w/1", "--remove-http-seed", "http://h/1", "--remove-node", "n:1"]);
    edit(&["--comment", "c", "--created-by", "p", "--creation-date", "5"]);
    let found = inspect();
    for (field, value) in [
        ("web_seeds", json!(["http://w/2"])),
        ("http_seeds", json!(["http://h/2"])),
        ("nodes", json!(["n:2"])),
        ("comment", json!("c")),
        ("created_by", json!("p")),
        ("creation_timestamp", json!(5)),
    ] {
        assert_eq!(found[field], value, "{field}");
    }
    edit(&[
        "--no-web-seeds",
        "--no-http-seeds",
        "--no-nodes",
        "--no-comment",
        "--no-created-by",
        "--no-creation-date",
    ]);
    assert_eq!(std::fs::read(directory.path().join("a.torrent")).unwrap(), single("a", 1));
    edit(&["--source", "S", "--private", "--allow-new-info-hash"]);
    edit(&["--no-source", "--no-private", "--allow-new-info-hash"]);
    assert_eq!(std::fs::read(directory.path().join("a.torrent")).unwrap(), single("a", 1));
}

#[test]
fn the_info_of_a_hybrid_stays_canonical() {
    let raw = hybrid("t", &[("a", b"1"), ("b", b"2")]);
    let directory = with(&[("a.torrent", raw.clone())]);
    let args = ["--json", "a.torrent", "--source", "S", "--private", "--allow-new-info-hash"];
    let document = run(directory.path(), &args).expect(ExitStatus::Success).json();
    for hash in ["info_hash_v1", "info_hash_v2"] {
        assert_ne!(document[hash], document[format!("{hash}_before")]);
    }
    let inspected = TestEnv::new(directory.path()).args(["inspect", "--json", "a.torrent"]).run().json();
    assert_eq!((&inspected["private"], &inspected["source_tag"]), (&json!(true), &json!("S")));
    let back = ["a.torrent", "--no-source", "--no-private", "--allow-new-info-hash"];
    run(directory.path(), &back).expect(ExitStatus::Success);
    assert_eq!(std::fs::read(directory.path().join("a.torrent")).unwrap(), raw);
}

#[test]
fn an_interruption_leaves_the_file_alone() {
    let directory = with(&[("a.torrent", torrent())]);
    let args = ["edit", "a.torrent", "--no-comment"];
    TestEnv::new(directory.path()).interrupted().args(args).run().expect(ExitStatus::Interrupted);
    assert_eq!(std::fs::read(directory.path().join("a.torrent")).unwrap(), torrent());
}

#[test]
fn magnets_and_what_is_no_file_are_refused() {
    let directory =
        with(&[("link", b"magnet:?xt=urn:btih:cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd".to_vec())]);
    run(directory.path(), &["link", "--no-comment"]).expect(ExitStatus::BadInput);
    run(directory.path(), &["magnet:?xt=urn:btih:12", "--no-comment"]).expect(ExitStatus::Usage);
    run(directory.path(), &[".", "--no-comment"]).expect(ExitStatus::Io);
    run(directory.path(), &["missing", "--no-comment"]).expect(ExitStatus::Io);
}

#[test]
fn a_text_that_is_not_utf8_is_told_by_its_bytes() {
    let raw = dict([("comment", text(b"\xff\x1b[2J")), ("info", single_info("a", 1))]);
    let directory = with(&[("a.torrent", raw)]);
    let document = run(directory.path(), &["--json", "-n", "a.torrent", "--no-comment"]).json();
    schema::check(&document);
    assert_eq!(document["changes"][0]["before_hex"], "ff1b5b324a");
    let shown = run(directory.path(), &["-n", "a.torrent", "--no-comment"]).text();
    assert!(shown.contains("    - \u{fffd}\\u{1b}[2J\n"), "{shown}");
}
