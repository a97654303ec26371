//! `create-torrent`: the keys a torrent has beside its files.

use std::path::Path;

use ccbt::bencode;
use ccbt::env::testing::{Outcome, TestEnv};
use ccbt::exit::ExitStatus;

use crate::torrents::made;
use crate::{schema, tree};

/// A certificate as `openssl req -x509` makes it: its text is never judged, only its form.
const CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----\nMIIBCgKCAQEA\nAAAA\n-----END CERTIFICATE-----\n";

fn run(root: &Path, args: &[&str]) -> Outcome {
    TestEnv::new(root).args(["create-torrent"].iter().chain(args).copied()).run()
}

fn inspected(root: &Path, name: &str) -> serde_json::Value {
    let document =
        TestEnv::new(root).args(["inspect", "--json", name]).run().expect(ExitStatus::Success).json();
    schema::check(&document);
    document
}

#[test]
fn every_further_key_lands_where_its_bep_says() {
    let root = tree::golden();
    tree::write(root.path(), "root.pem", CERTIFICATE.replace('\n', "\r\n").as_bytes());
    let similar = "0123456789abcdef0123456789abcdef01234567";
    for format in ["--v1", "--v2", "--hybrid"] {
        let args = [
            "t",
            "-f",
            format,
            "--http-seed",
            "http://h.example/seed.php",
            "--http-seed",
            "https://i.example/",
            "--node",
            "router.example:6881",
            "--node",
            "[2001:db8::1]:6882",
            "--similar",
            similar,
            "--collection",
            "org.example.a",
            "--collection",
            "b",
            "--update-url",
            "http://u.example/feed",
            "--root-certificate",
            "root.pem",
            "--entropy=fixed",
            "--source",
            "S",
            "--private",
            "--set",
            "publisher=me",
            "--set",
            "zz:json={\"b\":[1],\"a\":\"x\"}",
            "--set-info",
            "lang=en",
            "--set-info",
            "raw:hex=00ff",
        ];
        run(root.path(), &args).expect(ExitStatus::Success);
        let torrent = made(root.path(), "t.torrent");
        assert_eq!(torrent.http_seeds, ["http://h.example/seed.php", "https://i.example/"]);
        let nodes = [("router.example".to_owned(), 6881), ("2001:db8::1".to_owned(), 6882)];
        assert_eq!(torrent.nodes, nodes);
        assert_eq!(torrent.similar, [ccbt::hex::decode(similar.as_bytes()).unwrap()]);
        assert_eq!(
            torrent.collections.iter().map(|name| name.lossy()).collect::<Vec<_>>(),
            ["org.example.a", "b"]
        );
        assert_eq!(torrent.update_url.as_deref(), Some("http://u.example/feed"));
        assert_eq!(torrent.root_certificate.as_ref().unwrap().lossy(), CERTIFICATE);
        assert_eq!(torrent.entropy.as_ref().unwrap().lossy(), "fixed");
        // Strict: the order of keys is canonical in both dictionaries.
        let document = bencode::decode_strict(torrent.raw(), &bencode::Limits::default()).unwrap();
        let info = document.root().get(b"info").unwrap();
        for key in ["similar", "collections", "update-url", "ssl-cert", "x_cross_seed"] {
            assert!(info.get(key.as_bytes()).is_some(), "{key}");
        }
        assert_eq!(document.root().get(b"publisher").unwrap().as_str(), Some("me"));
        assert_eq!(document.root().get(b"zz").unwrap().raw(), b"d1:a1:x1:bli1eee");
        assert_eq!(info.get(b"raw").unwrap().as_bytes(), Some(&[0, 255][..]));
        let shown = inspected(root.path(), "t.torrent");
        assert_eq!(shown["http_seeds"][1], "https://i.example/");
        assert_eq!(shown["nodes"][1], "[2001:db8::1]:6882");
        assert_eq!(shown["similar"][0], similar);
        assert_eq!(shown["collections"][1], "b");
        assert_eq!(shown["update_url"], "http://u.example/feed");
        assert_eq!(shown["entropy"], "fixed");
        assert_eq!(shown["root_certificate"], CERTIFICATE);
        assert_eq!(shown["unknown_keys"].as_array().unwrap().len(), 4, "{}", shown["unknown_keys"]);
        let lints = shown["lints"].as_array().unwrap();
        let expected = ["colliding-names", "pad-files", "private-without-tracker"];
        assert!(lints.iter().all(|lint| expected.contains(&lint["name"].as_str().unwrap())), "{lints:?}");
    }
    let person = TestEnv::new(root.path()).args(["inspect", "t.torrent"]).run().text();
    assert!(person.contains("Entropy") && person.contains("Certificate"), "{person}");
}

#[test]
fn settings_hold_the_same_keys() {
    let root = tree::golden();
    tree::write(root.path(), "root.pem", CERTIFICATE.as_bytes());
    let settings = "[create-torrent]\nhttp-seed = \"http://h/\"\nnode = [\"n.example:1\"]\nsimilar = \
        \"0123456789abcdef0123456789abcdef01234567\"\ncollection = \"c\"\nupdate-url = \"http://u/\"\n\
        root-certificate = \"root.pem\"\nentropy = \"e\"\nset = [\"a=b\"]\nset-info = [\"c:int=1\"]\n";
    tree::write(root.path(), "ccbt.toml", settings.as_bytes());
    run(root.path(), &["one.bin"]).expect(ExitStatus::Success);
    let shown = inspected(root.path(), "one.bin.torrent");
    assert_eq!((&shown["nodes"][0], &shown["collections"][0]), (&"n.example:1".into(), &"c".into()));
    assert_eq!((&shown["entropy"], &shown["root_certificate"]), (&"e".into(), &CERTIFICATE.into()));
    assert_eq!(shown["unknown_keys"].as_array().unwrap().len(), 2);
    // A flag wins, and an empty one leaves the key out.
    run(root.path(), &["one.bin", "-f", "--entropy=", "--update-url", "", "--node", "m.example:2"])
        .expect(ExitStatus::Success);
    let shown = inspected(root.path(), "one.bin.torrent");
    assert_eq!(
        (&shown["entropy"], &shown["update_url"]),
        (&serde_json::Value::Null, &serde_json::Value::Null)
    );
    assert_eq!(shown["nodes"], serde_json::json!(["m.example:2"]));
}

#[test]
fn entropy_changes_the_info_hash_and_nothing_else() {
    let root = tree::golden();
    let make = |args: &[&str]| {
        let fixed = ["one.bin", "-f", "--no-creation-date", "--json"];
        run(root.path(), &[&fixed, args].concat()).expect(ExitStatus::Success).json()
    };
    let (plain, random, text) = (make(&[]), make(&["-x"]), make(&["--entropy=a"]));
    schema::check(&random);
    assert_eq!(plain["entropy"], serde_json::Value::Null);
    assert_eq!(random["entropy"], "ccbt-00000000000000000000000000000000");
    assert_ne!(plain["info_hash_v1"], random["info_hash_v1"]);
    assert_ne!(text["info_hash_v1"], random["info_hash_v1"]);
    assert_eq!(text["info_hash_v1"], make(&["--entropy=a"])["info_hash_v1"]);
    assert_eq!(
        random["info_hash_v1"],
        make(&[&format!("--entropy={}", random["entropy"].as_str().unwrap())])["info_hash_v1"]
    );
}

#[test]
fn what_cannot_be_written_is_refused_before_anything_is_read() {
    let root = tree::golden();
    let key = format!("{CERTIFICATE}-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n");
    tree::write(root.path(), "key.pem", key.as_bytes());
    tree::write(root.path(), "der.pem", &[0x30, 0x82, 0xff]);
    let cases: [(&[&str], ExitStatus, &str); 14] = [
        (&["--node", "router.example"], ExitStatus::Usage, "HOST:PORT"),
        (&["--similar", "0123"], ExitStatus::Usage, "40 hexadecimal digits"),
        (&["--update-url", "udp://u:1"], ExitStatus::Usage, "update URL"),
        (&["--http-seed", "ftp://h.example/"], ExitStatus::Usage, "HTTP seed"),
        (&["--root-certificate", "key.pem"], ExitStatus::BadInput, "private key"),
        (&["--root-certificate", "der.pem"], ExitStatus::BadInput, "PEM"),
        (&["--root-certificate", "none.pem"], ExitStatus::Io, "none.pem"),
        (&["--set", "comment=x"], ExitStatus::Usage, "--comment sets it"),
        (&["--set", "info:json={}"], ExitStatus::Usage, "--set-info"),
        (&["--set-info", "pieces:hex="], ExitStatus::Usage, "follows from the content"),
        (&["--set-info", "private:int=0"], ExitStatus::Usage, "--private sets it"),
        (&["--set", "a:float=1"], ExitStatus::Usage, "`text`, `int`, `hex` and `json`"),
        (&["--set", "a:json={\"x\":null}"], ExitStatus::Usage, "bencoding has nothing else"),
        (&["--set", "a=1", "--set", "a=2"], ExitStatus::Usage, "twice"),
    ];
    for (args, status, word) in cases {
        let outcome = run(root.path(), &[&["missing"], args].concat());
        assert_eq!(outcome.status, status, "{args:?}: {}", outcome.stderr);
        assert!(outcome.stderr.contains(word), "{args:?}: {}", outcome.stderr);
    }
}
