//! Replays the fuzz corpus: every input kept in `fuzz/corpus/` through the body of its target.

use std::fs;

use ccbt::bencode::Writer;

use crate::fuzz_bodies;
use crate::rust_source::root;

/// Each target with its body and what a new corpus begins with. `CCBT_REGEN=1` writes the seeds.
type Target = (&'static str, fn(&[u8]), fn() -> Vec<(&'static str, Vec<u8>)>);

const TARGETS: &[Target] = &[
    ("bencode", fuzz_bodies::bencode, bencode_seeds),
    ("metainfo", fuzz_bodies::metainfo, metainfo_seeds),
    ("magnet", fuzz_bodies::magnet, magnet_seeds),
];

#[test]
fn the_corpus_holds() {
    for (target, body, _) in TARGETS {
        let folder = root().join("fuzz/corpus").join(target);
        let mut inputs = 0;
        for entry in fs::read_dir(&folder).expect("a corpus for each target") {
            let path = entry.expect("an input").path();
            let data = fs::read(&path).expect("an input can be read");
            inputs += 1;
            let outcome = std::panic::catch_unwind(|| body(&data));
            assert!(outcome.is_ok(), "{} breaks the target {target}", path.display());
        }
        assert!(inputs > 0, "the corpus of {target} is empty");
    }
}

#[test]
fn the_seeds_are_kept() {
    for (target, body, seeds) in TARGETS {
        for (name, seed) in seeds() {
            body(&seed);
            let path = root().join("fuzz/corpus").join(target).join(format!("seed-{name}"));
            if std::env::var_os("CCBT_REGEN").is_some() {
                fs::create_dir_all(path.parent().expect("a folder")).expect("the corpus' folder");
                fs::write(&path, &seed).expect("a seed can be written");
            }
            let kept = fs::read(&path).unwrap_or_default();
            assert_eq!(
                kept,
                seed,
                "{} is not what the test writes: CCBT_REGEN=1 rewrites it",
                path.display()
            );
        }
    }
}

#[test]
fn every_target_has_a_body_here() {
    let folder = fs::read_dir(root().join("fuzz/fuzz_targets")).expect("the targets");
    let mut targets: Vec<String> = folder
        .map(|entry| {
            entry.expect("a target").path().file_stem().expect("a name").to_string_lossy().into_owned()
        })
        .collect();
    targets.sort();
    let mut here: Vec<&str> = TARGETS.iter().map(|(name, ..)| *name).collect();
    here.sort_unstable();
    assert_eq!(targets, here);
}

fn bencode_seeds() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        (
            "every-kind",
            b"d4:dictd1:ai-1ee3:inti0e4:listli9223372036854775807e0:e6:string3:\x00\xffze".to_vec(),
        ),
        ("unsorted", b"d1:bi1e1:ai2ee".to_vec()),
        ("duplicate", b"d1:ai1e1:ai2ee".to_vec()),
        ("leading-zeros", b"li007e03:abce".to_vec()),
        ("trailing", b"i1e\n".to_vec()),
        ("deep", [b"l".repeat(100), b"e".repeat(100)].concat()),
        ("beyond-64-bits", b"i170141183460469231731687303715884105727e".to_vec()),
    ]
}

fn metainfo_seeds() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("v1-single", torrent(|info| v1_single(info, 3))),
        ("v1-tree", torrent(v1_tree)),
        ("v2-tree", torrent(v2_tree)),
        ("hybrid-single", torrent(hybrid_single)),
    ]
}

fn magnet_seeds() -> Vec<(&'static str, Vec<u8>)> {
    let v1 = "magnet:?xt=urn:btih:0123456789abcdef0123456789abcdef01234567";
    let v2 = "xt=urn:btmh:1220".to_owned() + &"0123456789abcdef".repeat(4);
    let rest = "dn=a+b%20c&xl=12&tr=http%3A%2F%2F127.0.0.1%2Fannounce&ws=http%3A%2F%2Flocalhost%2F&x.pe=[::1]:1&so=0,2-4";
    vec![
        ("v1", v1.into()),
        ("base32", b"magnet:?xt=urn:btih:ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".to_vec()),
        ("v2", format!("magnet:?{v2}").into()),
        ("all", format!("{v1}&{v2}&{rest}").into()),
    ]
}

/// A torrent around an info dictionary.
fn torrent(info: impl FnOnce(&mut Writer)) -> Vec<u8> {
    let mut writer = Writer::new();
    writer.begin_dict();
    writer.bytes(b"announce").bytes(b"http://127.0.0.1:1/announce");
    writer.bytes(b"info").begin_dict();
    info(&mut writer);
    writer.end().end();
    writer.finish()
}

fn v1_single(info: &mut Writer, pieces: usize) {
    info.bytes(b"length").int(16_384 * pieces as i64).bytes(b"name").bytes(b"a.bin");
    info.bytes(b"piece length").int(16_384).bytes(b"pieces").bytes(&vec![7; 20 * pieces]);
}

fn v1_tree(info: &mut Writer) {
    info.bytes(b"files").begin_list();
    for (length, path) in [(5, ["a", "b"]), (0, ["a", ".."]), (7, ["A", "B"])] {
        info.begin_dict().bytes(b"length").int(length).bytes(b"path").begin_list();
        for component in path {
            info.bytes(component.as_bytes());
        }
        info.end().end();
    }
    info.end().bytes(b"name").bytes(b"tree");
    info.bytes(b"piece length").int(16_384).bytes(b"pieces").bytes(&[7; 20]);
}

fn v2_tree(info: &mut Writer) {
    info.bytes(b"file tree").begin_dict();
    info.bytes(b"a").begin_dict();
    info.bytes(b"b").begin_dict().bytes(b"").begin_dict();
    info.bytes(b"length").int(9).bytes(b"pieces root").bytes(&[7; 32]).end().end().end();
    info.bytes(b"c").begin_dict().bytes(b"").begin_dict().bytes(b"length").int(0).end().end().end();
    info.bytes(b"meta version").int(2).bytes(b"name").bytes(b"tree").bytes(b"piece length").int(16_384);
}

fn hybrid_single(info: &mut Writer) {
    info.bytes(b"file tree").begin_dict().bytes(b"a.bin").begin_dict().bytes(b"").begin_dict();
    info.bytes(b"length").int(16_384).bytes(b"pieces root").bytes(&[7; 32]).end().end().end();
    info.bytes(b"length").int(16_384).bytes(b"meta version").int(2).bytes(b"name").bytes(b"a.bin");
    info.bytes(b"piece length").int(16_384).bytes(b"pieces").bytes(&[7; 20]);
}
