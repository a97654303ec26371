//! BEP 35: signatures made by `create-torrent`, checked by `inspect` and by OpenSSL.

use std::path::Path;
use std::process::Command;

use ccbt::env::testing::{Outcome, TestEnv};
use ccbt::exit::ExitStatus;
use ccbt::metainfo::{Limits, Metainfo};
use serde_json::Value;

use crate::{schema, skip, tree};

/// The golden tree, and beside it keys and certificates by OpenSSL: `ca`, and `me` signed by it. None where
/// OpenSSL is missing.
fn world(test: &str) -> Option<tempfile::TempDir> {
    let root = tree::golden();
    let openssl = |args: &str| {
        let mut openssl = Command::new("openssl");
        openssl.args(args.split(' ')).current_dir(root.path()).output().ok()
    };
    if openssl("version").is_none() {
        skip::missing(test, "openssl");
        return None;
    }
    for line in [
        "req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 2 -subj /CN=org.example.ca",
        "req -x509 -newkey rsa:2048 -nodes -keyout other.key -out other.pem -days 2 -subj /CN=org.example.other",
        "req -newkey rsa:2048 -nodes -keyout me.key -out me.csr -subj /CN=com.example.me",
        "x509 -req -in me.csr -CA ca.pem -CAkey ca.key -set_serial 7 -days 2 -out me.pem",
        "rsa -in me.key -traditional -out me.pkcs1.key",
        "rsa -in me.key -aes128 -passout pass:secret -out me.locked.key",
        "x509 -in me.pem -outform DER -out me.der",
    ] {
        let output = openssl(line).unwrap();
        assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
    }
    Some(root)
}

fn run(root: &Path, args: &[&str]) -> Outcome {
    TestEnv::new(root).args(args).run()
}

fn sign(root: &Path, more: &[&str]) -> Outcome {
    run(root, &[&["create-torrent", "t", "--force", "--no-creation-date"], more].concat())
}

/// The only entry of `signatures`.
fn signature(root: &Path, args: &[&str], status: ExitStatus) -> Value {
    let document = run(root, &[&["inspect", "--json", "t.torrent"], args].concat()).expect(status).json();
    schema::check(&document);
    document["signatures"][0].clone()
}

#[test]
fn what_was_signed_is_valid_here_and_for_openssl() {
    let Some(root) = world("what_was_signed_is_valid_here_and_for_openssl") else { return };
    let root = root.path();
    for (format, key, certificate) in
        [("--v1", "me.key", "me.pem"), ("--v2", "me.pkcs1.key", "me.der"), ("--hybrid", "me.key", "me.der")]
    {
        let how = [format, "--sign-key", key, "--sign-certificate", certificate];
        sign(root, &how).expect(ExitStatus::Success);
        let found = signature(root, &[], ExitStatus::Success);
        assert_eq!((&found["state"], &found["trusted"]), (&"valid".into(), &false.into()), "{found}");
        assert_eq!((&found["signer"], &found["hash"]), (&"com.example.me".into(), &"SHA-256".into()));
        for trust in ["ca.pem", "me.pem"] {
            assert_eq!(signature(root, &["--trust", trust], ExitStatus::Success)["trusted"], true, "{trust}");
        }
        let strict = ["--deny", "invalid-signature,untrusted-signature,unsigned"];
        signature(root, &[&["--trust", "ca.pem"], &strict[..]].concat(), ExitStatus::Success);
        signature(root, &[&["--trust", "other.pem"], &strict[..]].concat(), ExitStatus::No);
        let raw = run(root, &["inspect", "--raw", "--json", "t.torrent"]).json();
        let entry = &raw["torrent"]["signatures"]["com.example.me"];
        let bytes = |hex: &Value| -> Vec<u8> {
            let hex = hex["hex"].as_str().unwrap();
            (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
        };
        assert_eq!(bytes(&entry["certificate"]), std::fs::read(root.join("me.der")).unwrap());
        let torrent = std::fs::read(root.join("t.torrent")).unwrap();
        let metainfo = Metainfo::parse(torrent, &Limits::default()).unwrap();
        std::fs::write(root.join("info"), metainfo.info_bytes()).unwrap();
        std::fs::write(root.join("signature"), bytes(&entry["signature"])).unwrap();
        let public = "x509 -in me.pem -pubkey -noout -out me.pub";
        let verify = "dgst -sha256 -verify me.pub -signature signature info";
        for line in [public, verify] {
            let status =
                Command::new("openssl").args(line.split(' ')).current_dir(root).output().unwrap().status;
            assert!(status.success(), "{format}: {line}");
        }
    }
}

#[test]
fn a_certificate_vouches_for_no_other_name() {
    let Some(root) = world("a_certificate_vouches_for_no_other_name") else { return };
    let root = root.path();
    let how = ["--sign-key", "me.key", "--sign-certificate", "me.pem", "--signer", "com.example.you"];
    sign(root, &how).expect(ExitStatus::Success);
    for trust in ["ca.pem", "me.pem"] {
        let found = signature(root, &["--trust", trust, "--deny", "untrusted-signature"], ExitStatus::No);
        assert_eq!((&found["state"], &found["trusted"]), (&"valid".into(), &false.into()), "{found}");
        assert_eq!(found["problem"], "its certificate is for another name");
    }
}

#[test]
fn a_touched_torrent_signature_or_certificate_is_refused() {
    let Some(root) = world("a_touched_torrent_signature_or_certificate_is_refused") else { return };
    let root = root.path();
    sign(root, &["--sign-key", "me.key", "--sign-certificate", "me.der"]).expect(ExitStatus::Success);
    let good = std::fs::read(root.join("t.torrent")).unwrap();
    let at = |what: &[u8]| good.windows(what.len()).position(|window| window == what).unwrap() + what.len();
    // The first piece hash, the signature, and the key within the certificate.
    let key = std::fs::read(root.join("me.der")).unwrap();
    let places = [
        (at(b"6:pieces") + 10, "invalid"),
        (at(b"9:signature") + 10, "invalid"),
        (at(b"11:certificate") + key.len() / 2, "invalid"),
        (at(b"11:certificate") + 5, "unknown"),
    ];
    for (place, state) in places {
        let mut bad = good.clone();
        bad[place] ^= 1;
        std::fs::write(root.join("t.torrent"), bad).unwrap();
        let found = signature(root, &["--trust", "ca.pem"], ExitStatus::Success);
        assert_eq!(
            (&found["state"], &found["trusted"]),
            (&state.into(), &false.into()),
            "byte {place}: {found}"
        );
        if state == "invalid" {
            signature(root, &["--deny", "invalid-signature"], ExitStatus::No);
        }
    }
}

#[test]
fn the_first_tools_signed_with_sha1_and_without_a_certificate() {
    let Some(root) = world("the_first_tools_signed_with_sha1_and_without_a_certificate") else { return };
    let root = root.path();
    sign(root, &["--v1"]).expect(ExitStatus::Success);
    signature(root, &["--trust", "ca.pem", "--deny", "unsigned"], ExitStatus::No);
    let torrent = std::fs::read(root.join("t.torrent")).unwrap();
    let metainfo = Metainfo::parse(torrent.clone(), &Limits::default()).unwrap();
    std::fs::write(root.join("message"), [metainfo.info_bytes(), b"d1:xi1ee"].concat()).unwrap();
    let line = "dgst -sha1 -sign me.key -out signature message";
    assert!(Command::new("openssl").args(line.split(' ')).current_dir(root).status().unwrap().success());
    let signed = std::fs::read(root.join("signature")).unwrap();
    let mut with = torrent[..torrent.len() - 1].to_vec();
    with.extend(b"10:signaturesd14:com.example.med4:infod1:xi1ee9:signature256:");
    with.extend(signed);
    with.extend(b"eee");
    std::fs::write(root.join("t.torrent"), with).unwrap();
    assert_eq!(signature(root, &[], ExitStatus::Success)["state"], "unknown");
    signature(root, &["--trust", "ca.pem", "--deny", "untrusted-signature"], ExitStatus::No);
    let found = signature(root, &["--trust", "me.pem"], ExitStatus::Success);
    assert_eq!((&found["state"], &found["hash"]), (&"valid".into(), &"SHA-1".into()), "{found}");
    assert_eq!(found["trusted"], true);
}

#[test]
fn keys_that_can_not_sign_are_refused_before_anything_is_made() {
    let Some(root) = world("keys_that_can_not_sign_are_refused_before_anything_is_made") else { return };
    let root = root.path();
    let cases = [
        ("me.locked.key", "me.pem", ExitStatus::BadInput, "encrypted"),
        ("ca.key", "me.pem", ExitStatus::BadInput, "not one of this private key"),
        ("me.pem", "me.pem", ExitStatus::BadInput, "not an RSA private key"),
        ("me.key", "me.key", ExitStatus::BadInput, "not an X.509 certificate"),
        ("none.key", "me.pem", ExitStatus::Io, "none.key"),
    ];
    for (key, certificate, status, why) in cases {
        let outcome = sign(root, &["--sign-key", key, "--sign-certificate", certificate]).expect(status);
        assert!(outcome.stderr.contains(why), "{key}: {}", outcome.stderr);
        assert!(!root.join("t.torrent").exists());
    }
    sign(root, &["--sign-key", "me.key"]).expect(ExitStatus::Usage);
}
