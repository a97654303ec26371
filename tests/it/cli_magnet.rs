//! `ccbt magnet`, run in-process.

use serde_json::json;

use ccbt::env::testing::{Outcome, TestEnv};
use ccbt::exit::ExitStatus;

use crate::schema;
use crate::torrents::{dict, hybrid, list, single, single_info, text};

const CD: &str = "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd";

fn of_torrent(torrent: Vec<u8>, args: &[&str]) -> Outcome {
    TestEnv::new("/").stdin(torrent).args(["magnet", "-"]).args(args.iter().copied()).run()
}

fn of_uri(rest: &str, args: &[&str]) -> Outcome {
    let uri = format!("magnet:?xt=urn:btih:{CD}{rest}");
    TestEnv::new("/").args(["magnet", &uri]).args(args.iter().copied()).run()
}

fn with_urls() -> Vec<u8> {
    dict([
        ("announce", text("http://a.example/announce?k=1&x=2")),
        ("info", single_info("a b&c", 300)),
        ("url-list", list([text("http://w.example/")])),
    ])
}

#[test]
fn a_torrent_becomes_one_line() {
    let outcome = of_torrent(with_urls(), &[]).expect(ExitStatus::Success);
    let uri = outcome.text();
    let rest = "&dn=a%20b%26c&xl=300&tr=http%3A%2F%2Fa.example%2Fannounce%3Fk%3D1%26x%3D2&ws=http%3A%2F%2Fw.example%2F\n";
    assert!(uri.starts_with("magnet:?xt=urn:btih:") && uri.ends_with(rest), "{uri}");
    assert_eq!(outcome.stderr, "");
}

#[test]
fn a_hybrid_has_both_topics_or_the_chosen_one() {
    let torrent = || hybrid("t", &[("a", b"1"), ("b", b"2")]);
    let both = of_torrent(torrent(), &[]).expect(ExitStatus::Success).text();
    assert!(both.contains("xt=urn:btih:") && both.contains("&xt=urn:btmh:1220"), "{both}");
    assert!(!of_torrent(torrent(), &["--v1"]).text().contains("btmh"));
    let v2 = of_torrent(torrent(), &["--v2"]).expect(ExitStatus::Success).text();
    assert!(v2.starts_with("magnet:?xt=urn:btmh:1220") && !v2.contains("btih"), "{v2}");
    of_torrent(torrent(), &["--v1", "--v2"]).expect(ExitStatus::Usage);
    let outcome = of_torrent(single("a", 1), &["--v2"]).expect(ExitStatus::BadInput);
    assert!(outcome.stderr.contains("there is no v2 info-hash"), "{}", outcome.stderr);
}

#[test]
fn options_change_what_the_uri_says() {
    let args = ["--no-name", "--no-trackers", "--no-web-seeds", "--peer", "h.example:1", "--peer", "[::1]:2"];
    let args = [&args[..], &["--tracker", "udp://x:1,udp://y:2", "--tracker", "udp://x:1", "--select", "0"]]
        .concat();
    let uri = of_torrent(with_urls(), &args).expect(ExitStatus::Success).text();
    let rest = "&xl=300&tr=udp%3A%2F%2Fx%3A1&tr=udp%3A%2F%2Fy%3A2&x.pe=h.example:1&x.pe=[::1]:2&so=0\n";
    assert!(uri.ends_with(rest) && !uri.contains("dn="), "{uri}");
}

#[test]
fn wrong_options_are_usage_errors() {
    for args in [
        &["--peer", "nowhere"][..],
        &["--peer", "a:0"],
        &["--select", "3-1"],
        &["--select", "1"],
        &["--select", "0-10001"],
        &["--tracker", "gopher://x"],
        &["--tracker", "udp://x\n"],
    ] {
        of_torrent(single("a", 1), args).expect(ExitStatus::Usage);
    }
    let hint = of_torrent(single("a", 1), &["--select", "0,4-5"]).stderr;
    assert!(hint.contains("there is no file 5 among 1 counted from 0"), "{hint}");
}

#[test]
fn a_uri_becomes_its_fields() {
    let rest = "&dn=%1b%5b2Jx+y&xl=1234&tr=udp://t:1&ws=http://w/&x.pe=1.2.3.4:5&dht=n:6&so=4-6,0";
    let document = of_uri(rest, &["--json"]).expect(ExitStatus::Success).json();
    schema::check(&document);
    for (field, value) in [
        ("info_hash_v1", json!(CD)),
        ("info_hash_v2", json!(null)),
        ("name", json!("\x1b[2Jx y")),
        ("exact_length", json!(1234)),
        ("trackers", json!(["udp://t:1"])),
        ("web_seeds", json!(["http://w/"])),
        ("peers", json!(["1.2.3.4:5"])),
        ("dht_nodes", json!(["n:6"])),
        ("select_only", json!([0, 4, 5, 6])),
    ] {
        assert_eq!(document[field], value, "{field}");
    }
    let shown = of_uri(rest, &[]).expect(ExitStatus::Success).text();
    for line in
        ["Name            \\u{1b}[2Jx y", "Size            1.21 KiB (1,234 bytes)", "Files           0,4-6"]
    {
        assert!(shown.lines().any(|shown| shown == line), "{line:?} in\n{shown}");
    }
    let lossy = of_uri("&dn=%ff", &["--json"]).json();
    assert_eq!((&lossy["name"], &lossy["name_hex"]), (&json!("\u{fffd}"), &json!("ff")));
}

#[test]
fn a_torrent_as_json_and_a_uri_with_options() {
    let document = of_torrent(with_urls(), &["--json"]).expect(ExitStatus::Success).json();
    schema::check(&document);
    assert_eq!(document["trackers"], json!(["http://a.example/announce?k=1&x=2"]));
    let changed = of_uri("&tr=udp://t:1", &["--no-trackers", "--select", "1,2", "--json"]).json();
    assert_eq!(changed["uri"], format!("magnet:?xt=urn:btih:{CD}&so=1-2"));
}

#[test]
fn what_is_left_out_of_a_uri_is_told() {
    let rest = "&tr=gopher://t&tr=udp://t:1&x.pe=1.2.3.4&so=0,10001&kt=a\u{1b}[2Jb";
    let outcome = of_uri(rest, &[]).expect(ExitStatus::Success);
    let lines: Vec<&str> = outcome.stderr.lines().collect();
    assert_eq!(
        lines,
        [
            "warning: `tr=gopher://t` is left out: it is no http, https, udp, ws or wss URL with a host",
            "warning: `x.pe=1.2.3.4` is left out: no port from 1 to 65535 after a colon",
            "warning: `so=10001` is left out: it is neither a file index from 0 to 10000 nor a range of them such as `2-4`",
            "warning: `kt=a\\u{1b}[2Jb` is left out: no such parameter is read",
        ]
    );
    assert!(outcome.text().contains("\nTrackers        udp://t:1\n"), "{}", outcome.text());
    assert_eq!(of_uri(rest, &["--quiet"]).expect(ExitStatus::Success).stderr, "");
    let document = of_uri(rest, &["--json"]).expect(ExitStatus::Success).json();
    schema::check(&document);
    assert_eq!(document["dropped_count"], 4);
    let peer =
        json!({"parameter": "x.pe", "value": "1.2.3.4", "why": "no port from 1 to 65535 after a colon"});
    assert_eq!(document["dropped"][1], peer);
}

#[test]
fn of_much_that_is_left_out_the_rest_is_counted() {
    let rest = "&tr=x".repeat(5000);
    let outcome = of_uri(&rest, &["--json"]).expect(ExitStatus::Success);
    assert_eq!(outcome.stderr.lines().count(), 17);
    assert!(
        outcome.stderr.ends_with("\nwarning: 4,984 more parameters are left out\n"),
        "{}",
        outcome.stderr
    );
    let document = outcome.json();
    schema::check(&document);
    assert_eq!(
        (document["dropped"].as_array().unwrap().len(), &document["dropped_count"]),
        (16, &json!(5000))
    );
    let complete = of_torrent(with_urls(), &["--json"]).json();
    assert_eq!((&complete["dropped"], &complete["dropped_count"]), (&json!([]), &json!(0)));
}

#[test]
fn bad_input_has_its_codes() {
    let run = |input: &str| TestEnv::new("/").args(["magnet", input]).run();
    run("magnet:?xt=urn:btih:12").expect(ExitStatus::BadInput);
    run("magnet:?dn=x").expect(ExitStatus::BadInput);
    run("/nonexistent/x.torrent").expect(ExitStatus::Io);
    of_torrent(b"junk".to_vec(), &[]).expect(ExitStatus::BadInput);
    TestEnv::new("/").args(["magnet"]).run().expect(ExitStatus::Usage);
    let document = TestEnv::new("/").args(["--json", "magnet", "magnet:?xt=urn:btih:12"]).run().json();
    schema::check(&document);
    assert_eq!(document["kind"], "bad-input");
}
