//! `ccbt inspect`, run in-process.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::Path;

use serde_json::{Value, json};

use ccbt::env::testing::{Outcome, TestEnv};
use ccbt::exit::ExitStatus;

use crate::torrents::{dict, hybrid, int, list, single, single_info, text, tree};
use crate::{corpus, schema};

const CD: &str = "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd";

/// Runs `ccbt inspect` with a torrent on standard input.
fn inspect(torrent: Vec<u8>, args: &[&str]) -> Outcome {
    TestEnv::new("/").stdin(torrent).args(["inspect", "-"]).args(args.iter().copied()).run()
}

fn document(torrent: Vec<u8>) -> Value {
    let document = inspect(torrent, &["--json"]).expect(ExitStatus::Success).json();
    schema::check(&document);
    document
}

#[test]
fn a_hybrid_has_both_hashes_and_no_pads() {
    let torrent = hybrid("t", &[("a", b"one"), ("b", b"three"), ("c", b"five!")]);
    let document = document(torrent.clone());
    assert_eq!(document["version"], "hybrid");
    assert_eq!(document["info_hash_v1"].as_str().map(str::len), Some(40));
    assert_eq!(document["info_hash_v2"].as_str().map(str::len), Some(64));
    assert_eq!(document["total_size"], 13);
    assert_eq!(document["file_count"], 3);
    assert_eq!(document["pad_count"], 2);
    assert_eq!(document["piece_count"], 3);
    let second = &document["files"][1];
    assert_eq!(second["path"], "b");
    assert_eq!(second["offset"], 16384);
    assert_eq!((&second["first_piece"], &second["last_piece"]), (&json!(1), &json!(1)));
    // Of a file within one block the root is its hash (BEP 52, "pieces root").
    assert_eq!(second["pieces_root"], ccbt::hex::encode(&ccbt::hash::sha256(b"three")));
    assert_eq!(document["piece_stats"]["files_sharing_pieces"], 0);
    let magnet = document["magnet"].as_str().unwrap();
    assert!(magnet.contains("xt=urn:btih:") && magnet.contains("&xt=urn:btmh:1220"), "{magnet}");
    let shown = inspect(torrent, &[]).expect(ExitStatus::Success).text();
    assert!(shown.contains("\nVersion         hybrid (v1 and v2)\n"), "{shown}");
    assert!(shown.contains("└─ c  5 B\n"), "{shown}");
}

#[test]
fn every_key_is_shown() {
    let signature = dict([("certificate", text("c")), ("signature", text("s"))]);
    let info = dict([
        ("collections", list([text("shelf")])),
        ("length", int(5)),
        ("mystery", text("42")),
        ("name", text("file")),
        ("piece length", int(16384)),
        ("pieces", text([7; 20])),
        ("private", int(1)),
        ("similar", list([text([0xab; 20])])),
        ("source", text("HERE")),
        ("update-url", text("http://u.example/")),
    ]);
    let torrent = dict([
        ("announce", text("http://a.example/announce")),
        (
            "announce-list",
            list([
                list([text("http://a.example/announce"), text("udp://b.example:1")]),
                list([text("wss://c.example")]),
            ]),
        ),
        ("comment", text("two\nlines")),
        ("created by", text("hand")),
        ("creation date", int(86_400)),
        ("encoding", text("UTF-8")),
        ("httpseeds", list([text("http://h.example/seed")])),
        ("info", info),
        ("nodes", list([list([text("::1"), int(6881)]), list([text("n.example"), int(1)])])),
        ("signatures", dict([("signer.example", signature)])),
        ("url-list", text("http://w.example/")),
        ("zebra", dict([("stripes", int(3))])),
    ]);
    let document = document(torrent.clone());
    for (field, value) in [
        ("private", json!(true)),
        ("source", json!("-")),
        ("source_tag", json!("HERE")),
        ("comment", json!("two\nlines")),
        ("created_by", json!("hand")),
        ("creation_date", json!("1970-01-02T00:00:00Z")),
        ("creation_timestamp", json!(86_400)),
        ("encoding", json!("UTF-8")),
        ("trackers", json!([["http://a.example/announce", "udp://b.example:1"], ["wss://c.example"]])),
        ("web_seeds", json!(["http://w.example/"])),
        ("http_seeds", json!(["http://h.example/seed"])),
        ("nodes", json!(["[::1]:6881", "n.example:1"])),
        ("update_url", json!("http://u.example/")),
        ("similar", json!(["ab".repeat(20)])),
        ("collections", json!(["shelf"])),
        ("signers", json!(["signer.example"])),
        ("torrent_size", json!(torrent.len())),
        ("disk_name", json!("file")),
    ] {
        assert_eq!(document[field], value, "{field}");
    }
    let unknown = json!([
        {"dictionary": "torrent", "key": "zebra", "type": "dictionary", "size": 14, "value": null},
        {"dictionary": "info", "key": "mystery", "type": "string", "size": 4, "value": "42"},
    ]);
    assert_eq!(document["unknown_keys"], unknown);
    let shown = inspect(torrent, &[]).expect(ExitStatus::Success).text();
    for line in [
        "Name            file",
        "Private         yes",
        "Source          HERE",
        "Comment         two",
        "                lines",
        "Created         1970-01-02T00:00:00Z",
        "Trackers        tier 1  http://a.example/announce",
        "                tier 2  wss://c.example",
        "Nodes           [::1]:6881",
        "Signed by       signer.example (unknown, its certificate is not X.509)",
        "Unknown keys    zebra (dictionary, 14 bytes)",
        "                info.mystery = \"42\"",
    ] {
        assert!(shown.lines().any(|shown| shown == line), "{line:?} in\n{shown}");
    }
}

#[test]
fn a_date_that_no_calendar_holds_is_the_number() {
    let torrent = dict([("creation date", int(i64::MAX)), ("info", single_info("a", 1))]);
    assert_eq!(document(torrent.clone())["creation_date"], i64::MAX);
    let shown = inspect(torrent, &[]).expect(ExitStatus::Success).text();
    assert!(shown.contains("\nCreated         9223372036854775807 "), "{shown}");
}

#[test]
fn names_that_are_not_utf8_keep_their_bytes() {
    let document = document(tree(b"d\xff", &[(b"x/\xfe", 1), (b"../\x1b[2J", 2), (b"plain", 3)]));
    assert_eq!(document["name"], "d\u{fffd}");
    assert_eq!(document["name_hex"], "64ff");
    assert_eq!(document["disk_name"], "d_");
    let files = document["files"].as_array().unwrap();
    assert_eq!(files[0]["path"], "x/_");
    assert_eq!(files[0]["path_hex"], "782ffe");
    assert_eq!(files[0]["path_in_torrent"], json!(["x", "\u{fffd}"]));
    assert_eq!(files[1]["path"], "_/_[2J");
    assert_eq!(files[1]["path_in_torrent"], json!(["..", "\x1b[2J"]));
    assert_eq!(files[1].get("path_hex"), None);
    assert_eq!((files[2].get("path_hex"), files[2].get("path_in_torrent")), (None, None));
}

#[test]
fn nothing_in_a_torrent_acts_on_the_terminal() {
    let evil = "\x1b]52;c;ZXZpbA==\x07\u{202e}\u{200b}\u{9b}\r";
    let mut info = single_info(evil, 1);
    info.truncate(info.len() - 1);
    info.extend([text(evil), text(evil), b"e".to_vec()].concat());
    let mystery = text(evil);
    let torrent = dict([
        ("comment", text(evil)),
        ("created by", text(evil)),
        ("encoding", text(evil)),
        ("info", info),
        ("nodes", list([list([text(evil), int(1)])])),
        ("url-list", list([text(evil)])),
        ("zzz", mystery),
    ]);
    let uri = format!("magnet:?xt=urn:btih:{CD}&dn=%1b%5b2J&tr=http://a/%E2%80%AE&ws=http://a/%E2%80%8B");
    for outcome in [
        inspect(torrent.clone(), &[]),
        inspect(torrent.clone(), &["--field", "nope\x1b[2J"]),
        TestEnv::new("/").terminal(80).stdin(torrent).args(["inspect", "-", "--field", "comment"]).run(),
        TestEnv::new("/").args(["inspect", &uri]).run(),
    ] {
        let shown = format!("{}{}", outcome.text(), outcome.stderr);
        let harmless = |c: char| c == '\n' || !(c.is_control() || "\u{202e}\u{200b}".contains(c));
        assert!(!shown.is_empty() && shown.replace("\x1b[0m", "").chars().all(harmless), "{shown:?}");
    }
}

#[test]
fn attributes_and_hints_of_files_are_told() {
    let file = |path: &str, length, more: Vec<(&str, Vec<u8>)>| {
        let own = [("length", int(length)), ("path", list([text(path)]))];
        dict(own.into_iter().chain(more))
    };
    let files = list([
        file(
            "run",
            1,
            vec![("attr", text("xh")), ("sha1", text([0xab; 20])), ("md5sum", text("cd".repeat(16)))],
        ),
        file("link", 0, vec![("attr", text("l")), ("symlink path", list([text("run")]))]),
        file("lost", 0, vec![("attr", text("l")), ("symlink path", list([text(".."), text("etc")]))]),
        file("old", 1, vec![("mtime", int(12))]),
    ]);
    let info =
        [("name", text("t")), ("piece length", int(16384)), ("pieces", text([7; 20])), ("files", files)];
    let document = document(dict([("info", dict(info))]));
    let field = |index: usize, name: &str| document["files"][index][name].clone();
    assert_eq!(
        (field(0, "attr"), field(1, "attr"), field(3, "attr")),
        (json!("xh"), json!("l"), json!(null))
    );
    assert_eq!((field(0, "sha1"), field(0, "md5")), (json!("ab".repeat(20)), json!("cd".repeat(16))));
    assert_eq!((field(1, "symlink"), field(2, "symlink")), (json!("run"), json!(null)));
    assert_eq!((field(3, "mtime"), document["files"][3].get("symlink")), (json!(12), None));
}

#[test]
fn pieces_that_files_share_are_counted() {
    let files: &[(&[u8], u32)] = &[
        (b"a", 10_000),
        (b"b", 10_000),
        (b"empty", 0),
        (b"c", 12_768),
        (b"d", 16_384),
        (b"e", 1),
        (b"f", 1),
    ];
    let stats = document(tree("t", files))["piece_stats"].clone();
    let expected = json!({
        "last_piece_length": 2,
        "shared_pieces": 3,
        "files_sharing_pieces": 5,
        "empty_files": 1,
        "largest_file": 16_384,
        "padding": 0,
    });
    assert_eq!(stats, expected);
}

#[test]
fn files_are_listed_with_tabs() {
    let outcome = inspect(tree("t", &[(b"x/a", 20_000), (b"x/b", 0), (b"c d", 1)]), &["--files"]);
    assert_eq!(
        outcome.expect(ExitStatus::Success).text(),
        "0\t20000\t0\t0\t1\tx/a\n1\t0\t20000\t-\t-\tx/b\n2\t1\t20000\t1\t1\tc d\n"
    );
    let uri = format!("magnet:?xt=urn:btih:{CD}");
    TestEnv::new("/").args(["inspect", &uri, "--files"]).run().expect(ExitStatus::No);
}

#[test]
fn one_field_is_printed_raw() {
    let field = |name: &str, more: &[&str]| {
        let torrent = tree("t", &[(b"x/a", 20_000), (b"b", 0)]);
        inspect(torrent, &[&["--field", name], more].concat()).expect(ExitStatus::Success).text()
    };
    assert_eq!(field("name", &[]), "t\n");
    assert_eq!(field("total_size", &[]), "20000\n");
    assert_eq!(field("private", &[]), "false\n");
    assert_eq!(field("comment", &[]), "");
    assert_eq!(field("files.path", &[]), "x/a\nb\n");
    assert_eq!(field("files.1.length", &[]), "0\n");
    assert_eq!(field("files.7.length", &[]), "");
    assert_eq!(field("piece_stats.empty_files", &[]), "1\n");
    assert_eq!(field("name_hex", &[]), "");
    assert_eq!(field("files.path_hex", &[]), "");
    assert_eq!(field("files.path", &["--json"]), "[\"x/a\",\"b\"]\n");
    assert_eq!(field("comment", &["--json"]), "null\n");
}

#[test]
fn unknown_fields_are_usage_errors_with_a_suggestion() {
    for (name, hint) in [
        ("info_hash", "did you mean `info_hash_v1`?"),
        ("tracker", "did you mean `trackers`?"),
        ("files.lenght", "did you mean `length`?"),
        ("name.x", "holds no fields"),
        ("zzz", "there is `schema`, "),
    ] {
        let outcome = inspect(single("a", 1), &["--field", name]).expect(ExitStatus::Usage);
        assert!(outcome.stderr.contains(hint), "{name}: {}", outcome.stderr);
    }
}

#[test]
fn a_magnet_is_inspected_as_far_as_it_is_known() {
    let uri = format!(
        "magnet:?xt=urn:btih:{CD}&dn=a+b&xl=7&tr=udp://t:1&tr=udp://u:1&x.pe=1.2.3.4:5&dht=n:6&so=0,2-3&ws=http://w/"
    );
    let outcome = TestEnv::new("/").args(["--json", "inspect", &uri]).run().expect(ExitStatus::Success);
    let document = outcome.json();
    schema::check(&document);
    for (field, value) in [
        ("source", json!(uri)),
        ("kind", json!("magnet")),
        ("name", json!("a b")),
        ("version", json!(null)),
        ("info_hash_v1", json!(CD)),
        ("info_hash_v2", json!(null)),
        ("total_size", json!(7)),
        ("piece_length", json!(null)),
        ("private", json!(null)),
        ("trackers", json!([["udp://t:1"], ["udp://u:1"]])),
        ("web_seeds", json!(["http://w/"])),
        ("nodes", json!(["n:6"])),
        ("peers", json!(["1.2.3.4:5"])),
        ("select_only", json!([0, 2, 3])),
        ("files", json!([])),
    ] {
        assert_eq!(document[field], value, "{field}");
    }
    // From standard input, as it is copied and pasted.
    let pasted = inspect(format!("  {uri}\n").into_bytes(), &[]).expect(ExitStatus::Success).text();
    assert!(pasted.starts_with("Name            a b\nInfo hash v1    cdcd"), "{pasted}");
    assert!(pasted.contains("\nSelected        3 files\n"), "{pasted}");
}

#[test]
fn fields_of_torrents_and_magnets_are_the_same() {
    let keys = |document: &Value| document.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    let uri = format!("magnet:?xt=urn:btih:{CD}");
    let magnet = TestEnv::new("/").args(["--json", "inspect", &uri]).run().json();
    let torrent = document(single("a", 1));
    assert_eq!(keys(&magnet), keys(&torrent));
    for key in keys(&torrent) {
        inspect(single("a", 1), &["--field", &key]).expect(ExitStatus::Success);
    }
}

#[test]
fn a_batch_goes_on_and_ends_with_the_highest_code() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("good.torrent"), single("a", 1)).unwrap();
    std::fs::write(directory.path().join("bad.torrent"), "<html>").unwrap();
    let run =
        |args: &[&str]| TestEnv::new(directory.path()).args(["inspect"]).args(args.iter().copied()).run();
    let outcome = run(&["--json", "bad.torrent", "good.torrent", "gone.torrent", "good.torrent"]);
    let lines = outcome.expect(ExitStatus::Io).json_lines();
    lines.iter().for_each(schema::check);
    let schemas: Vec<_> = lines.iter().map(|line| line["schema"].as_str().unwrap()).collect();
    assert_eq!(schemas, ["ccbt.error/1", "ccbt.inspect/1", "ccbt.error/1", "ccbt.inspect/1"]);
    assert_eq!((&lines[0]["code"], &lines[2]["code"]), (&json!(3), &json!(4)));
    let outcome = run(&["good.torrent", "bad.torrent", "good.torrent"]).expect(ExitStatus::BadInput);
    assert_eq!(outcome.text().matches("Name            a\n").count(), 2);
    assert!(outcome.text().contains("\n\nName"), "reports stand apart: {}", outcome.text());
    run(&["good.torrent", "good.torrent"]).expect(ExitStatus::Success);
    run(&["-", "good.torrent", "-"]).expect(ExitStatus::Usage);
    run(&[]).expect(ExitStatus::Usage);
}

#[test]
fn what_cannot_be_read_is_told_apart_from_what_is_no_torrent() {
    let directory = tempfile::tempdir().unwrap();
    let run =
        |args: &[&str]| TestEnv::new(directory.path()).args(["inspect"]).args(args.iter().copied()).run();
    let outcome = run(&["gone.torrent"]).expect(ExitStatus::Io);
    assert!(outcome.stderr.starts_with("error: reading the torrent: gone.torrent: "), "{}", outcome.stderr);
    assert!(run(&["."]).expect(ExitStatus::Io).stderr.contains("hint: `ccbt create-torrent`"));
    for bytes in [&b""[..], b"d", b"le", b"magnet:?xt=urn:btih:1", b"d4:infoi1ee"] {
        inspect(bytes.to_vec(), &[]).expect(ExitStatus::BadInput);
    }
    run(&["magnet:?dn=x"]).expect(ExitStatus::BadInput);
    let sparse = std::fs::File::create(directory.path().join("large.torrent")).unwrap();
    sparse.set_len((64 << 20) + 1).unwrap();
    let outcome = run(&["large.torrent"]).expect(ExitStatus::BadInput);
    assert!(outcome.stderr.contains("larger than 67108864 bytes"), "{}", outcome.stderr);
}

#[test]
fn a_closed_pipe_and_an_interruption_end_quietly() {
    let closed = TestEnv::new("/").closed_stdout().stdin(single("a", 1)).args(["inspect", "-"]).run();
    assert_eq!(closed.expect(ExitStatus::Success).stderr, "");
    TestEnv::new("/")
        .interrupted()
        .stdin(single("a", 1))
        .args(["inspect", "-"])
        .run()
        .expect(ExitStatus::Interrupted);
}

/// Answers each of `answers` to one connection and gives the URL; `{url}` in them is that URL.
fn serve(answers: Vec<Vec<u8>>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/x.torrent", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for answer in answers {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = [0; 4096];
            let read = stream.read(&mut request).unwrap();
            assert!(read > 0);
            // The client may have had enough before it is all said.
            drop(stream.write_all(&answer));
        }
    });
    url
}

fn response(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n{headers}\r\n");
    [head.as_bytes(), body].concat()
}

fn get(url: &str, vars: &[(&str, &str)]) -> Outcome {
    let test = vars.iter().fold(TestEnv::new("/"), |test, (name, value)| test.var(*name, *value));
    test.args(["--json", "inspect", url]).run()
}

#[test]
fn a_url_is_downloaded() {
    let url = serve(vec![response("200 OK", "", &single("a", 1))]);
    let document = get(&url, &[]).expect(ExitStatus::Success).json();
    assert_eq!((&document["name"], &document["source"]), (&json!("a"), &json!(url)));
    let redirect = response("302 Found", "Location: /y\r\n", b"");
    get(&serve(vec![redirect.clone(), response("200 OK", "", &single("a", 1))]), &[])
        .expect(ExitStatus::Success);
    get(&serve(vec![redirect; 20]), &[]).expect(ExitStatus::Network);
}

#[test]
fn a_server_that_fails_is_a_network_failure() {
    let outcome = get(&serve(vec![response("404 Not Found", "", b"gone")]), &[]).expect(ExitStatus::Network);
    schema::check(&outcome.json());
    assert!(outcome.stderr.contains("404"), "{}", outcome.stderr);
    let cut = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nd4:".to_vec();
    get(&serve(vec![cut]), &[]).expect(ExitStatus::Network);
    get(&serve(vec![b"nonsense\r\n\r\n".to_vec()]), &[]).expect(ExitStatus::Network);
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    get(&format!("http://{closed}/"), &[]).expect(ExitStatus::Network);
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", silent.local_addr().unwrap());
    get(&url, &[("CCBT_NETWORK_TIMEOUT", "0.1")]).expect(ExitStatus::Network);
    get("http://", &[]).expect(ExitStatus::Network);
}

#[test]
fn a_download_is_bounded_and_may_be_no_torrent() {
    let url = serve(vec![response("200 OK", "", b"<html>")]);
    get(&url, &[]).expect(ExitStatus::BadInput);
    let url = serve(vec![response("200 OK", "", &single("a".repeat(2000), 1))]);
    let outcome = get(&url, &[("CCBT_NETWORK_MAX_SIZE", "1000")]).expect(ExitStatus::BadInput);
    assert!(outcome.stderr.contains("more than 1000 bytes"), "{}", outcome.stderr);
}

/// The server never sends a byte of what it promises, so that waiting for one would fail in another way.
#[test]
fn a_download_that_is_said_to_be_too_large_is_not_begun() {
    for (length, vars) in [
        ("1001", &[("CCBT_NETWORK_MAX_SIZE", "1000")][..]),
        ("67108865", &[("CCBT_NETWORK_MAX_SIZE", "1GiB")]),
        ("1000000000000", &[]),
    ] {
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n");
        let outcome = get(&serve(vec![head.into_bytes()]), vars).expect(ExitStatus::BadInput);
        assert!(outcome.stderr.contains("the server sends more than "), "{}", outcome.stderr);
    }
}

/// Nothing of the corpus panics, hangs or says anything a terminal acts on, and every document is as
/// its schema says.
#[test]
fn every_torrent_of_the_corpus_is_shown() {
    let Some(corpus) = corpus::directory("every_torrent_of_the_corpus_is_shown") else { return };
    let mut shown = 0;
    for folder in ["torrents", "hostile"] {
        for entry in std::fs::read_dir(corpus.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "torrent") {
                show(&path);
                shown += 1;
            }
        }
    }
    assert!(shown > 100, "{shown} torrents");
}

fn show(path: &Path) {
    let run =
        |args: &[&str]| TestEnv::new("/").args(["inspect"]).args([path]).args(args.iter().copied()).run();
    let document = run(&["--json"]);
    schema::check(&document.json());
    let human = run(&[]);
    assert_eq!(human.status, document.status, "{}", path.display());
    assert!(matches!(human.status, ExitStatus::Success | ExitStatus::BadInput), "{}", path.display());
    let text = human.text() + &human.stderr;
    assert!(!text.contains(|c: char| c.is_control() && c != '\n'), "{}: {text:?}", path.display());
}
