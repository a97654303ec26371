use proptest::prelude::*;

use super::path::{Link, resolve};
use super::*;
use crate::bencode::Writer;
use crate::hash::{Engine, merkle, sha256};

const PIECE: u64 = 16384;

/// A file to put into a torrent made for a test; its content is never needed.
#[derive(Clone, Debug)]
struct Entry {
    path: Vec<Vec<u8>>,
    length: u64,
    attr: &'static str,
    target: Option<Vec<&'static str>>,
}

fn entry(path: &str, length: u64) -> Entry {
    let path = path.split('/').map(|part| part.as_bytes().to_vec()).collect();
    Entry { path, length, attr: "", target: None }
}

fn link(path: &str, target: &[&'static str]) -> Entry {
    Entry { attr: "l", target: Some(target.to_vec()), ..entry(path, 0) }
}

fn pad(length: u64) -> Entry {
    Entry { attr: "p", ..entry(&format!(".pad/{length}"), length) }
}

fn fields(writer: &mut Writer, entry: &Entry) {
    if !entry.attr.is_empty() {
        writer.bytes(b"attr").bytes(entry.attr.as_bytes());
    }
    writer.bytes(b"length").int(entry.length);
}

fn target(writer: &mut Writer, entry: &Entry) {
    if let Some(target) = &entry.target {
        writer.bytes(b"symlink path").begin_list();
        for part in target {
            writer.bytes(part.as_bytes());
        }
        writer.end();
    }
}

fn list(writer: &mut Writer, entries: &[Entry]) {
    writer.bytes(b"files").begin_list();
    for entry in entries {
        writer.begin_dict();
        fields(writer, entry);
        writer.bytes(b"path").begin_list();
        for part in &entry.path {
            writer.bytes(part);
        }
        writer.end();
        target(writer, entry);
        writer.end();
    }
    writer.end();
}

/// The root of a file whose piece hashes are all the same made-up value.
fn layer(length: u64) -> (Vec<u8>, [u8; 32]) {
    let pieces = usize::try_from(length.div_ceil(PIECE)).unwrap();
    let hashes = vec![sha256(&length.to_be_bytes()); pieces];
    let root = merkle::root(&Engine::detect(), &hashes, 0).unwrap();
    (hashes.as_flattened().to_vec(), root)
}

/// Writes entries, sorted by path, as a tree.
fn tree(writer: &mut Writer, entries: &[Entry]) {
    writer.bytes(b"file tree").begin_dict();
    let mut open: Vec<Vec<u8>> = Vec::new();
    for entry in entries {
        let (name, directory) = entry.path.split_last().unwrap();
        let common = open.iter().zip(directory).take_while(|(a, b)| a == b).count();
        while open.len() > common {
            writer.end();
            open.pop();
        }
        for part in &directory[common..] {
            writer.bytes(part).begin_dict();
            open.push(part.clone());
        }
        writer.bytes(name).begin_dict().bytes(b"").begin_dict();
        fields(writer, entry);
        if entry.length > 0 {
            writer.bytes(b"pieces root").bytes(&layer(entry.length).1);
        }
        target(writer, entry);
        writer.end().end();
    }
    for _ in open {
        writer.end();
    }
    writer.end();
}

fn layers(writer: &mut Writer, entries: &[Entry]) {
    let mut layers: Vec<_> = entries
        .iter()
        .filter(|entry| entry.length > PIECE)
        .map(|entry| layer(entry.length))
        .map(|(layer, root)| (root, layer))
        .collect();
    layers.sort();
    layers.dedup();
    writer.bytes(b"piece layers").begin_dict();
    for (root, layer) in &layers {
        writer.bytes(root).bytes(layer);
    }
    writer.end();
}

fn rest_of_info(writer: &mut Writer, name: &str, space: Option<u64>, version: Option<u8>) {
    if let Some(version) = version {
        writer.bytes(b"meta version").int(version);
    }
    writer.bytes(b"name").bytes(name.as_bytes());
    writer.bytes(b"piece length").int(PIECE);
    if let Some(space) = space {
        writer.bytes(b"pieces").bytes(&vec![7; usize::try_from(space.div_ceil(PIECE) * 20).unwrap()]);
    }
}

fn v1(name: &str, entries: &[Entry]) -> Vec<u8> {
    let mut writer = Writer::new();
    writer.begin_dict().bytes(b"info").begin_dict();
    list(&mut writer, entries);
    rest_of_info(&mut writer, name, Some(space(entries)), None);
    writer.end().end();
    writer.finish()
}

fn space(entries: &[Entry]) -> u64 {
    entries.iter().filter(|entry| entry.target.is_none()).map(|entry| entry.length).sum()
}

fn v2(name: &str, entries: &[Entry]) -> Vec<u8> {
    let mut writer = Writer::new();
    writer.begin_dict().bytes(b"info").begin_dict();
    tree(&mut writer, entries);
    rest_of_info(&mut writer, name, None, Some(2));
    writer.end();
    layers(&mut writer, entries);
    writer.end();
    writer.finish()
}

fn hybrid(name: &str, v1: &[Entry], v2: &[Entry]) -> Vec<u8> {
    let mut writer = Writer::new();
    writer.begin_dict().bytes(b"info").begin_dict();
    tree(&mut writer, v2);
    list(&mut writer, v1);
    rest_of_info(&mut writer, name, Some(space(v1)), Some(2));
    writer.end();
    layers(&mut writer, v2);
    writer.end();
    writer.finish()
}

fn parse(raw: Vec<u8>) -> Result<Metainfo, Error> {
    Metainfo::parse(raw, &Limits::default())
}

fn lints(metainfo: &Metainfo) -> Vec<&'static str> {
    metainfo.lints.iter().map(|lint| lint.name).collect()
}

fn name_lints(metainfo: &Metainfo) -> Vec<&'static str> {
    resolve(metainfo).unwrap().lints.iter().map(|lint| lint.name).collect()
}

fn paths(metainfo: &Metainfo) -> Vec<String> {
    resolve(metainfo).unwrap().files().map(|file| file.path.to_string()).collect()
}

/// A single-file torrent with these keys in `info` and these outside, bencoded.
fn single(before: &str, inside: &str, after: &str) -> Vec<u8> {
    let pieces = "x".repeat(20);
    format!("d{before}4:infod6:lengthi5e4:name1:a12:piece lengthi16384e6:pieces20:{pieces}{inside}e{after}e")
        .into_bytes()
}

#[test]
fn a_single_file() {
    let metainfo = parse(single("", "", "")).unwrap();
    assert_eq!(metainfo.info.version, Version::V1);
    assert!(!metainfo.info.directory && metainfo.lints.is_empty());
    assert_eq!(metainfo.piece_hash(0), Some(b"xxxxxxxxxxxxxxxxxxxx"));
    assert_eq!(metainfo.piece_hash(1), None);
    assert_eq!(metainfo.info_hash_v1.unwrap().0, crate::hash::sha1(metainfo.info_bytes()));
    assert_eq!(paths(&metainfo), ["a"]);
}

#[test]
fn files_lie_behind_their_pads() {
    let metainfo =
        parse(v1("t", &[entry("a", 10), pad(PIECE - 10), entry("b/c", 20), entry("d", 0)])).unwrap();
    let info = &metainfo.info;
    let offsets: Vec<_> = info.files.iter().map(|file| (file.offset, file.length)).collect();
    assert_eq!(offsets, [(0, 10), (PIECE, 20), (PIECE + 20, 0)]);
    assert_eq!((info.pads, info.total_size, info.space, info.piece_count), (1, 30, PIECE + 20, 2));
    assert_eq!(paths(&metainfo), ["t/a", "t/b/c", "t/d"]);
    assert_eq!(lints(&metainfo), ["pad-files"]);
}

#[test]
fn v2_files_are_aligned_and_bring_their_layers() {
    let entries = [entry("a", 10), entry("b/c", 3 * PIECE + 1), entry("b/d", 0), entry("b/e", 3 * PIECE + 1)];
    let metainfo = parse(v2("t", &entries)).unwrap();
    let info = &metainfo.info;
    let offsets: Vec<_> = info.files.iter().map(|file| file.offset).collect();
    assert_eq!(offsets, [0, PIECE, 4 * PIECE + 1, 5 * PIECE]);
    assert_eq!((info.piece_count, info.space), (9, 8 * PIECE + 1));
    assert!(info.layers_complete && info.directory && info.v1.is_none());
    assert_eq!(metainfo.piece_layer(&info.files[1]).unwrap().len(), 4);
    assert_eq!(metainfo.piece_layer(&info.files[1]), metainfo.piece_layer(&info.files[3]));
    assert!(metainfo.piece_layer(&info.files[0]).is_none());
    assert_eq!(metainfo.info_hash_v2.unwrap().0, sha256(metainfo.info_bytes()));
}

#[test]
fn hybrids_with_and_without_a_pad_at_the_end() {
    let v2 = [entry("a", 10), entry("b", 0), entry("c", PIECE), entry("d", 20)];
    let [a, b, c, d] = v2.clone();
    let mut v1 = vec![a, b, pad(PIECE - 10), c, d];
    for _ in 0..2 {
        let metainfo = parse(hybrid("t", &v1, &v2)).unwrap();
        assert_eq!(metainfo.info.version, Version::Hybrid);
        assert_eq!(metainfo.info.piece_count, 3);
        assert_eq!(
            metainfo.info.files.iter().map(|file| file.offset).collect::<Vec<_>>(),
            [0, 10, PIECE, 2 * PIECE]
        );
        v1.push(pad(PIECE - 20));
    }
    v1.push(pad(PIECE));
    assert!(matches!(parse(hybrid("t", &v1, &v2)), Err(Error::HybridMismatch { .. })));
}

#[test]
fn hybrids_that_disagree() {
    let halves = [
        (vec![entry("a", 10)], vec![entry("a", 11)]),
        (vec![entry("b", 10)], vec![entry("a", 10)]),
        (vec![entry("a", 10), entry("b", 1)], vec![entry("a", 10), entry("b", 1)]),
        (vec![entry("a", 10), pad(5), entry("b", 1)], vec![entry("a", 10), entry("b", 1)]),
        (vec![entry("a", 10)], vec![entry("a", 10), entry("b", 1)]),
        (vec![entry("b", PIECE), entry("a", PIECE)], vec![entry("a", PIECE), entry("b", PIECE)]),
        (vec![entry("a", 10), link("l", &["a"])], vec![entry("a", 10), link("l", &["l"])]),
    ];
    for (v1, v2) in halves {
        let result = parse(hybrid("t", &v1, &v2));
        assert!(matches!(result, Err(Error::HybridMismatch { .. })), "{v1:?} {v2:?} {:?}", result.err());
    }
}

#[test]
fn a_wrong_layer_is_refused_and_a_missing_one_named() {
    let entries = [entry("a", 3 * PIECE)];
    let raw = v2("t", &entries);
    let (hashes, _) = layer(3 * PIECE);
    let at = raw.windows(hashes.len()).position(|window| window == hashes).unwrap();
    let mut wrong = raw.clone();
    wrong[at] ^= 1;
    assert!(matches!(parse(wrong), Err(Error::PieceLayer { .. })));
    let start = raw.windows(15).position(|window| window == b"12:piece layers").unwrap();
    let mut missing = raw[..start].to_vec();
    missing.push(b'e');
    let metainfo = parse(missing).unwrap();
    assert!(!metainfo.info.layers_complete);
    assert_eq!(metainfo.lints[0].name, "missing-piece-layers");
}

#[test]
fn the_meta_version_is_judged_first() {
    let error = parse(b"d4:infod12:meta versioni3e4:namei5eee".to_vec()).unwrap_err();
    assert_eq!(error.to_string(), "`meta version` 3 is not supported, only 2 is (BEP 52)");
}

#[test]
fn v2_must_be_canonical_and_v1_need_not() {
    let unsorted = b"d4:infod12:meta versioni2e4:name1:a9:file treed1:ad0:d6:lengthi0eeeeee".to_vec();
    assert!(matches!(parse(unsorted), Err(Error::NotCanonical(_))));
    let metainfo = parse([single("", "4:name1:b", ""), b"\n".to_vec()].concat()).unwrap();
    assert_eq!(metainfo.info.name.utf8(), Some("a"));
    assert_eq!(
        lints(&metainfo),
        ["unsorted-keys", "duplicate-keys", "info-hash-differs-reencoded", "trailing-data"]
    );
}

#[test]
fn merkle_torrents_are_refused_by_name() {
    let raw =
        b"d4:infod6:lengthi5e4:name1:a12:piece lengthi16384e9:root hash20:xxxxxxxxxxxxxxxxxxxxee".to_vec();
    assert_eq!(parse(raw).unwrap_err(), Error::MerkleTorrent);
}

#[test]
fn everything_beside_info() {
    let before = "8:announce3:bad13:announce-listll12: http://t/a el4:junkel10:udp://u:80ee\
                  11:collectionsl1:x1:ye7:comment2:hi13:creation datei-5e9:httpseeds8:http://h";
    let inside = "7:privatei1e7:similarl20:aaaaaaaaaaaaaaaaaaaa3:bade6:source1:s3:zzzi1e";
    let after = "5:nodesll1:hi6881eel1:hi0eee10:signaturesd3:orgd9:signature1:xee8:url-listl11:http://w/ x11:http://w/ xe3:xyzi1e";
    let metainfo = parse(single(before, inside, after)).unwrap();
    assert_eq!(metainfo.trackers, [vec!["http://t/a".to_owned()], vec!["udp://u:80".to_owned()]]);
    assert_eq!(metainfo.web_seeds, ["http://w/%20x"]);
    assert_eq!(metainfo.http_seeds, ["http://h"]);
    assert_eq!(metainfo.nodes, [("h".to_owned(), 6881)]);
    assert_eq!(metainfo.collections.len(), 2);
    assert_eq!(metainfo.similar, [*b"aaaaaaaaaaaaaaaaaaaa"]);
    assert_eq!(metainfo.creation_date, Some(-5));
    assert_eq!(metainfo.signatures.len(), 1);
    assert_eq!(metainfo.signatures[0].signer, Text(b"org".to_vec()));
    assert!(metainfo.info.private);
    assert_eq!(metainfo.info.source, Some(Text(b"s".to_vec())));
    assert_eq!(metainfo.info.unknown.iter().map(|(key, _)| key.lossy()).collect::<Vec<_>>(), ["zzz"]);
    let (key, span) = &metainfo.unknown[0];
    assert_eq!((key.lossy().as_ref(), &metainfo.raw()[span.clone()]), ("xyz", &b"i1e"[..]));
    assert_eq!(lints(&metainfo), ["dropped-tracker", "ignored-value"]);
}

#[test]
fn paths_end_at_a_hundred_components() {
    let deep = |depth: usize| vec![entry(&vec!["d"; depth].join("/"), 1), entry("e", 1)];
    for make in [v1, v2] {
        assert!(parse(make("t", &deep(100))).is_ok());
        let error = parse(make("t", &deep(101))).unwrap_err();
        assert!(matches!(error, Error::Depth { .. }), "{error}");
        assert!(parse(make("t", &deep(300))).unwrap_err().to_string().contains("depth"));
    }
}

/// Thousands of files in one deep directory with a long name take little room in a tree, but not as paths.
#[test]
fn shared_directories_do_not_multiply_without_bound() {
    let directory = vec!["d".repeat(2000); 90].join("/");
    let entries: Vec<_> = (0..2000).map(|number| entry(&format!("{directory}/{number:05}"), 0)).collect();
    let raw = v2("t", &entries);
    assert!(raw.len() < 1 << 20);
    assert!(matches!(parse(raw), Err(Error::TooManyFiles { .. })));
}

#[test]
fn too_many_equal_names_are_refused_in_no_time() {
    let same = |count| vec![entry("same.txt", 1); count];
    let metainfo = parse(v1("t", &same(501))).unwrap();
    assert_eq!(paths(&metainfo)[500], "t/same.500.txt");
    for count in [502, 100_000] {
        assert!(resolve(&parse(v1("t", &same(count))).unwrap()).is_err());
    }
}

#[test]
fn names_in_another_case_collide() {
    let metainfo =
        parse(v1("t", &[entry("README", 1), entry("readme", 1), entry("Dir/x", 1), entry("dir", 1)]))
            .unwrap();
    assert_eq!(paths(&metainfo), ["t/README", "t/readme.1", "t/Dir/x", "t/dir.1"]);
    assert_eq!(name_lints(&metainfo), ["colliding-names"]);
}

#[test]
fn links_end_inside_the_torrent_or_nowhere() {
    let metainfo = parse(v1(
        "t",
        &[
            entry("d/f", 1),
            link("one", &["d", "f"]),
            link("two", &["one"]),
            link("dir", &["d"]),
            link("through", &["dir", "f"]),
            link("loop", &["pool"]),
            link("pool", &["loop"]),
            link("up", &["..", "..", "etc"]),
            link("self", &["self"]),
        ],
    ))
    .unwrap();
    let resolved = resolve(&metainfo).unwrap();
    let links: Vec<_> = resolved.files().filter_map(|file| file.link).collect();
    let shown: Vec<_> = links
        .iter()
        .map(|link| match link {
            Link::To(path) => path.as_str(),
            Link::Nowhere => "-",
        })
        .collect();
    assert_eq!(shown, ["t/d/f", "t/d/f", "t/d", "t/d/f", "-", "-", "-", "-"]);
}

#[test]
fn a_file_below_a_link_gets_a_directory_of_its_own() {
    let metainfo = parse(v1("t", &[link("up", &["d"]), entry("up/x", 1), entry("d/f", 1)])).unwrap();
    let resolved = resolve(&metainfo).unwrap();
    assert_eq!(paths(&metainfo), ["t/up.1", "t/up/x", "t/d/f"]);
    assert_eq!(resolved.files().next().unwrap().link.map(|link| matches!(link, Link::To(_))), Some(true));
}

#[test]
fn a_directory_of_one_file_is_ambiguous_in_v2() {
    let metainfo = parse(v2("name", &[entry("other", 5)])).unwrap();
    assert_eq!(
        (paths(&metainfo), lints(&metainfo)),
        (vec!["other".to_owned()], vec!["single-file-ambiguous"])
    );
    assert!(parse(v2("same", &[entry("same", 5)])).unwrap().lints.is_empty());
}

fn names() -> impl Strategy<Value = Vec<Vec<u8>>> {
    let name = prop_oneof![
        prop::sample::select(vec![
            "a", "A", "b", "..", ".", "", "a.txt", "A.TXT", "a.1.txt", "x/y", "\u{202e}", "_"
        ])
        .prop_map(|name| name.as_bytes().to_vec()),
        prop::collection::vec(any::<u8>(), 0..300),
    ];
    prop::collection::vec(name, 1..4)
}

proptest! {
    #[test]
    fn paths_are_safe_and_distinct(files in prop::collection::vec(names(), 1..30)) {
        let entries: Vec<_> = files.into_iter().map(|path| Entry { path, ..entry("", 1) }).collect();
        let metainfo = parse(v1("root", &entries)).unwrap();
        let resolved = resolve(&metainfo).unwrap();
        let mut seen = std::collections::HashSet::new();
        for file in resolved.files() {
            let path = file.path.as_str();
            prop_assert!(seen.insert(path.to_ascii_lowercase()), "{path} twice");
            for part in file.path.components() {
                prop_assert!(!matches!(part, "" | "." | "..") && part.len() <= 255);
                prop_assert!(!part.contains(|c: char| c.is_control() || c == '\\'));
            }
        }
        for file in resolved.files() {
            let below = format!("{}/", file.path.as_str().to_ascii_lowercase());
            prop_assert!(!seen.iter().any(|other| other.starts_with(&below)), "{below} is a file");
        }
    }

    #[test]
    fn damage_never_panics(at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<prop::sample::Index>()) {
        let v2 = [entry("a", 10), entry("b/c", 2 * PIECE), link("d", &["a"])];
        let [a, c, d] = v2.clone();
        let mut raw = hybrid("t", &[a, pad(PIECE - 10), c, d], &v2);
        prop_assert!(parse(raw.clone()).is_ok());
        let at = at.index(raw.len());
        raw[at] = byte;
        if let Ok(metainfo) = parse(raw.clone()) {
            prop_assert!(resolve(&metainfo).is_ok());
        }
        raw.truncate(cut.index(raw.len()));
        prop_assert!(parse(raw).is_err());
    }
}

/// Prints how long large torrents take. Run with `cargo test --release -- --ignored --nocapture figures`.
#[test]
#[ignore = "measures; wants a release build"]
fn figures_of_large_torrents() {
    for count in [20_000u64, 200_000] {
        let v2: Vec<_> = (0..count)
            .map(|number| {
                entry(
                    &format!("dir-{:04}/part-{:02}/file-{number:06}.bin", number / 100, number % 100 / 20),
                    15_000 + number % 2000,
                )
            })
            .collect();
        let mut padded = Vec::new();
        for file in &v2 {
            padded.push(file.clone());
            padded.push(pad(PIECE * 2 - file.length));
            if file.length > PIECE {
                continue;
            }
            padded.pop();
            padded.push(pad(PIECE - file.length));
        }
        padded.retain(|entry| entry.length > 0);
        for (kind, raw) in
            [("v1", v1("t", &v2)), ("v2", super::tests::v2("t", &v2)), ("hybrid", hybrid("t", &padded, &v2))]
        {
            #[expect(clippy::disallowed_methods, reason = "it measures, and runs only when asked for")]
            let best = |run: &mut dyn FnMut()| {
                let mut times = Vec::new();
                for _ in 0..30 {
                    let start = std::time::Instant::now();
                    run();
                    times.push(start.elapsed());
                }
                times.into_iter().min().unwrap_or_default()
            };
            let limits = crate::bencode::Limits::default();
            let decode = best(&mut || assert!(crate::bencode::decode(&raw, &limits).is_ok()));
            let bendy = best(&mut || assert!(crate::bencode::check_canonical(&raw).is_ok()));
            let whole = best(&mut || assert!(parse(raw.clone()).is_ok()));
            let metainfo = parse(raw.clone()).unwrap();
            let paths = best(&mut || assert!(resolve(&metainfo).is_ok()));
            println!(
                "{count} files, {kind}, {} KB: decode {decode:?} (bendy {bendy:?}), parse {whole:?}, resolve {paths:?}",
                raw.len() / 1000
            );
        }
    }
}

/// Combining marks say little about NFC: many have no composed form, and what is not in NFC often has none.
#[test]
fn names_that_are_not_in_nfc_are_told() {
    for (name, is_nfc) in [
        ("é", true),
        ("e\u{301}", false),
        ("x\u{30c}", true),
        ("\u{212b}", false),
        ("\u{958}", false),
        ("가", true),
        ("\u{1100}\u{1161}", false),
        ("a\u{323}\u{307}", false),
        ("q\u{307}\u{323}", false),
        ("q\u{323}\u{307}", true),
    ] {
        let expected: &[&str] = if is_nfc { &[] } else { &["non-nfc-names"] };
        let metainfo = parse(v1("t", &[entry("plain", 1), entry(name, 1)])).unwrap();
        assert_eq!(name_lints(&metainfo), expected, "{}", name.escape_unicode());
        let metainfo = parse(v2(name, &[entry("a", 1), entry("b", 1)])).unwrap();
        assert_eq!(name_lints(&metainfo), expected, "as the directory: {}", name.escape_unicode());
    }
}

#[test]
fn a_private_torrent_needs_a_tracker() {
    let info =
        "4:infod6:lengthi1e4:name1:a12:piece lengthi16384e6:pieces20:aaaaaaaaaaaaaaaaaaaa7:privatei1ee";
    let torrent = |announce: &str| parse(format!("d{announce}{info}e").into_bytes()).unwrap();
    assert_eq!(lints(&torrent("")), ["private-without-tracker"]);
    assert_eq!(lints(&torrent("8:announce10:http://a/b")), [""; 0]);
}
