use proptest::prelude::*;

use super::{Change, Edited, Edits, FieldValue, ListEdits, TierEdits};
use crate::metainfo::{Limits, Metainfo, Severity, Text};

const INFO: &[u8] = b"d6:lengthi5e4:name1:a12:piece lengthi16384e6:pieces20:aaaaaaaaaaaaaaaaaaaae";
/// Keys out of order, one of them twice, and a number with a zero in front.
const ODD_INFO: &[u8] =
    b"d4:name1:a6:lengthi05e4:name1:b6:pieces20:aaaaaaaaaaaaaaaaaaaa12:piece lengthi16384e7:privatei1ee";

/// A torrent of raw pairs, in this order.
fn torrent(pairs: &[(&str, &[u8])]) -> Vec<u8> {
    let mut raw = vec![b'd'];
    for (key, value) in pairs {
        raw.extend_from_slice(format!("{}:{key}", key.len()).as_bytes());
        raw.extend_from_slice(value);
    }
    raw.push(b'e');
    raw
}

fn parse(raw: &[u8]) -> Metainfo {
    Metainfo::parse(raw.to_vec(), &Limits::default()).unwrap()
}

/// Edits and reads the result; what is no change leaves the bytes alone.
fn edit(raw: &[u8], edits: &Edits) -> (Edited, Metainfo) {
    let before = parse(raw);
    let edited = edits.apply(&before).unwrap();
    let after = parse(&edited.bytes);
    assert_eq!(edited.changes.is_empty(), edited.bytes == raw);
    if !edited.new_info_hash() {
        assert_eq!(after.info_bytes(), before.info_bytes());
    }
    (edited, after)
}

fn trackers(edits: TierEdits) -> Edits {
    Edits { trackers: edits, ..Edits::default() }
}

fn tiers(tiers: &[&[&str]]) -> Vec<Vec<String>> {
    tiers.iter().map(|tier| tier.iter().map(|url| (*url).to_owned()).collect()).collect()
}

fn strings(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

fn note_names(edited: &Edited) -> Vec<&str> {
    edited.notes.iter().map(|note| note.name).collect()
}

/// The tiers that an edit of `a`, then `b` and `c` leaves.
fn edited_tiers(edits: TierEdits) -> Vec<Vec<String>> {
    let list = b"ll8:http://ael8:http://b8:http://cee";
    let raw = torrent(&[("announce", b"8:http://a"), ("announce-list", list), ("info", INFO)]);
    edit(&raw, &trackers(edits)).1.trackers
}

#[test]
fn the_bytes_of_an_edited_torrent() {
    let edits = Edits {
        trackers: TierEdits { all: Some(tiers(&[&["udp://t:1"]])), ..TierEdits::default() },
        web_seeds: ListEdits { add: strings(&["http://w"]), ..ListEdits::default() },
        http_seeds: ListEdits { add: strings(&["http://h"]), ..ListEdits::default() },
        nodes: ListEdits { add: vec![("::1".into(), 6881)], ..ListEdits::default() },
        comment: Change::Set("c".into()),
        created_by: Change::Remove,
        creation_date: Change::Set(7),
        ..Edits::default()
    };
    let raw = torrent(&[
        ("created by", b"1:x"),
        ("info", INFO),
        ("piece layers", b"d1:zi1e1:ai2ee"),
        ("x-own", b"l1:ae"),
    ]);
    let (edited, _) = edit(&raw, &edits);
    let expected = torrent(&[
        ("announce", b"9:udp://t:1"),
        ("comment", b"1:c"),
        ("creation date", b"i7e"),
        ("httpseeds", b"l8:http://he"),
        ("info", INFO),
        ("nodes", b"ll3:::1i6881eee"),
        ("piece layers", b"d1:zi1e1:ai2ee"),
        ("url-list", b"8:http://w"),
        ("x-own", b"l1:ae"),
    ]);
    assert_eq!(String::from_utf8_lossy(&edited.bytes), String::from_utf8_lossy(&expected));
    let fields: Vec<&str> = edited.changes.iter().map(|change| change.field).collect();
    assert_eq!(
        fields,
        ["trackers", "web_seeds", "http_seeds", "nodes", "comment", "created_by", "creation_date"]
    );
    assert_eq!(note_names(&edited), [""; 0]);
}

#[test]
fn tiers_are_edited_in_their_order() {
    let own = TierEdits::default;
    let (a, b, c, d) = ("http://a", "http://b", "http://c", "http://d");
    let pair = |old: &str, new: &str| vec![(old.to_owned(), new.to_owned())];
    for (edits, expected) in [
        (TierEdits { all: Some(tiers(&[&[d], &[c, d]])), ..own() }, tiers(&[&[d], &[c]])),
        (TierEdits { all: Some(Vec::new()), ..own() }, tiers(&[])),
        (TierEdits { all: Some(Vec::new()), add: tiers(&[&[d]]), ..own() }, tiers(&[&[d]])),
        (TierEdits { remove_tiers: vec![1, 7], ..own() }, tiers(&[&[b, c]])),
        (TierEdits { remove_tiers: vec![1, 2], ..own() }, tiers(&[])),
        (TierEdits { replace: pair(b, d), ..own() }, tiers(&[&[a], &[d, c]])),
        // What is there already is not there twice.
        (TierEdits { replace: pair(b, a), ..own() }, tiers(&[&[a], &[c]])),
        (
            TierEdits { replace_text: pair("http://", "udp://x:1/"), ..own() },
            tiers(&[&["udp://x:1/a"], &["udp://x:1/b", "udp://x:1/c"]]),
        ),
        (TierEdits { remove: strings(&[a, c]), ..own() }, tiers(&[&[b]])),
        (
            TierEdits { prepend: tiers(&[&[d, b], &["http://e"]]), ..own() },
            tiers(&[&[d], &["http://e"], &[a], &[b, c]]),
        ),
        (TierEdits { add: tiers(&[&[d, a]]), ..own() }, tiers(&[&[a], &[b, c], &[d]])),
        (TierEdits { add: tiers(&[&[d]]), add_to: Some(1), ..own() }, tiers(&[&[a, d], &[b, c]])),
        (TierEdits { add: tiers(&[&[d]]), add_to: Some(9), ..own() }, tiers(&[&[a], &[b, c], &[d]])),
    ] {
        assert_eq!(edited_tiers(edits.clone()), expected, "{edits:?}");
    }
}

#[test]
fn announce_is_the_first_tracker_and_the_list_says_more_or_is_not_there() {
    let raw = torrent(&[("announce-list", b"ll8:http://a8:http://bee"), ("info", INFO)]);
    let gone = TierEdits { remove: strings(&["http://a"]), ..TierEdits::default() };
    let (edited, _) = edit(&raw, &trackers(gone));
    assert_eq!(edited.bytes, torrent(&[("announce", b"8:http://b"), ("info", INFO)]));

    // `announce` is in no tier: programs that know tiers do not use it (BEP 12).
    let raw = torrent(&[("announce", b"8:http://x"), ("announce-list", b"ll8:http://aee"), ("info", INFO)]);
    let more = TierEdits { add: tiers(&[&["http://b"]]), ..TierEdits::default() };
    let (edited, after) = edit(&raw, &trackers(more.clone()));
    assert_eq!(after.trackers, tiers(&[&["http://a"], &["http://b"]]));
    let told: Vec<_> = edited.changes.iter().map(|change| (change.field, change.before.clone())).collect();
    let text = |text: &str| Text(text.as_bytes().to_vec());
    assert_eq!(
        told,
        [
            ("trackers", FieldValue::Tiers(vec![vec![text("http://a")]])),
            ("announce", FieldValue::Text(text("http://x")))
        ]
    );
    let same = TierEdits { all: Some(tiers(&[&["http://a"]])), ..TierEdits::default() };
    assert_eq!(edit(&raw, &trackers(same)).0.bytes, torrent(&[("announce", b"8:http://a"), ("info", INFO)]));

    // A list that names nobody usable does not hide `announce`, so neither does an edit.
    let raw = torrent(&[
        ("announce", b"8:http://x"),
        ("announce-list", b"ll10:gopher://ae1:xli1eee"),
        ("info", INFO),
    ]);
    let (edited, after) = edit(&raw, &trackers(more));
    assert_eq!(after.trackers, tiers(&[&["http://x"], &["http://b"]]));
    assert_eq!(note_names(&edited), ["unreadable-trackers-dropped"]);
}

#[test]
fn trackers_that_nobody_can_use_stay_until_they_are_removed() {
    let raw = torrent(&[("announce-list", b"ll8:http://ael9: dht://x ee"), ("info", INFO)]);
    let more = TierEdits { add: tiers(&[&["http://b"]]), ..TierEdits::default() };
    let (edited, _) = edit(&raw, &trackers(more));
    let list = b"ll8:http://ael7:dht://xel8:http://bee";
    assert_eq!(
        edited.bytes,
        torrent(&[("announce", b"8:http://a"), ("announce-list", list), ("info", INFO)])
    );
}

#[test]
fn lists_keep_what_is_not_edited() {
    let nodes = b"ll1:hi1eeli5e1:xe1:jl1:ki2eee";
    let raw = torrent(&[("info", INFO), ("nodes", nodes), ("url-list", b"l9:http://w/0:i7e8:http://ve")]);
    let edits = Edits {
        nodes: ListEdits { remove: vec![("K".into(), 2)], ..ListEdits::default() },
        // As `inspect` shows it, or without the slash.
        web_seeds: ListEdits { remove: strings(&["http://w", "http://u"]), ..ListEdits::default() },
        ..Edits::default()
    };
    let (edited, _) = edit(&raw, &edits);
    let nodes = b"ll1:hi1eeli5e1:xe1:je";
    assert_eq!(edited.bytes, torrent(&[("info", INFO), ("nodes", nodes), ("url-list", b"li7e8:http://ve")]));
    assert_eq!(note_names(&edited), ["nothing-to-remove"]);
    let none = ListEdits { all: Some(Vec::new()), ..ListEdits::default() };
    let edits = Edits { web_seeds: none.clone(), http_seeds: none, ..Edits::default() };
    assert_eq!(edit(&raw, &edits).1.web_seeds, [""; 0]);
}

#[test]
fn of_two_web_seeds_that_differ_by_a_slash_the_one_named_goes() {
    let raw = torrent(&[("info", INFO), ("url-list", b"l9:http://w/8:http://we")]);
    let gone = ListEdits { remove: strings(&["http://w"]), ..ListEdits::default() };
    let (edited, _) = edit(&raw, &Edits { web_seeds: gone, ..Edits::default() });
    assert_eq!(edited.bytes, torrent(&[("info", INFO), ("url-list", b"9:http://w/")]));
}

#[test]
fn texts_are_set_where_they_are_read() {
    let comment = |to: &str| Edits { comment: Change::Set(to.into()), ..Edits::default() };
    let raw = torrent(&[("comment", b"1:\xff"), ("comment.utf-8", b"2:\xc3\xbf"), ("info", INFO)]);
    let (edited, after) = edit(&raw, &comment("new"));
    assert_eq!(after.comment, Some(Text(b"new".to_vec())));
    assert_eq!(edited.bytes, torrent(&[("comment", b"3:new"), ("comment.utf-8", b"3:new"), ("info", INFO)]));
    assert!(edit(&raw, &comment("\u{ff}")).0.changes.is_empty());
    let gone = Edits { comment: Change::Remove, ..Edits::default() };
    assert_eq!(edit(&raw, &gone).0.bytes, torrent(&[("info", INFO)]));

    let foreign = torrent(&[("encoding", b"3:GBK"), ("info", INFO)]);
    let keys =
        |text: &str| edit(&foreign, &comment(text)).0.bytes.windows(13).any(|at| at == b"comment.utf-8");
    assert!(keys("\u{ff}") && !keys("plain"));
}

#[test]
fn a_date_of_another_type_can_be_removed_and_set() {
    let raw = torrent(&[("creation date", b"3:now"), ("info", INFO)]);
    let date = |change| edit(&raw, &Edits { creation_date: change, ..Edits::default() }).0;
    assert_eq!(date(Change::Remove).bytes, torrent(&[("info", INFO)]));
    assert_eq!(date(Change::Set(5)).bytes, torrent(&[("creation date", b"i5e"), ("info", INFO)]));
}

#[test]
fn the_top_level_becomes_canonical_and_info_stays() {
    let raw = torrent(&[("x", b"i1e"), ("info", ODD_INFO), ("comment", b"1:a"), ("x", b"i2e")]);
    let raw = [&raw[..], b"\r\n"].concat();
    let (edited, _) = edit(&raw, &Edits { comment: Change::Set("b".into()), ..Edits::default() });
    assert_eq!(edited.bytes, torrent(&[("comment", b"1:b"), ("info", ODD_INFO), ("x", b"i1e")]));
    let mut names = note_names(&edited);
    names.sort_unstable();
    assert_eq!(names, ["keys-reordered", "repeated-keys-dropped", "trailing-data-dropped"]);
    // Where nothing changes, nothing else does either.
    assert_eq!(edit(&raw, &Edits { comment: Change::Set("a".into()), ..Edits::default() }).0.bytes, raw);
}

#[test]
fn source_and_private_change_and_the_rest_of_info_does_not() {
    let raw = torrent(&[("info", ODD_INFO), ("signatures", b"d3:orgd9:signature1:xee")]);
    let edits = Edits { source: Change::Set("S".into()), private: Some(false), ..Edits::default() };
    let (edited, after) = edit(&raw, &edits);
    let info =
        b"d4:name1:a6:lengthi05e4:name1:b6:pieces20:aaaaaaaaaaaaaaaaaaaa12:piece lengthi16384e6:source1:Se";
    // Behind what sorts before it there is no place that keeps the order: it is put before what sorts behind.
    let expected = [&b"d4:name1:a6:lengthi05e4:name1:b6:pieces20:aaaaaaaaaaaaaaaaaaaa"[..]].concat();
    assert!(after.info_bytes().starts_with(&expected) && after.info_bytes().len() == info.len());
    assert_eq!((after.info.private, after.info.source.clone()), (false, Some(Text(b"S".to_vec()))));
    assert!(edited.new_info_hash());
    let mut names = note_names(&edited);
    names.sort_unstable();
    assert_eq!(names, ["new-info-hash", "signatures-dropped"]);
    assert!(edited.notes.iter().all(|note| note.severity == Severity::Warning));
    assert!(after.signatures.is_empty());
    assert_eq!(edited.changes.last().map(|change| change.field), Some("signatures"));

    let back = Edits { source: Change::Remove, private: Some(true), ..Edits::default() };
    let (_, again) = edit(&edited.bytes, &back);
    assert_eq!(again.info_bytes(), ODD_INFO);
}

#[test]
fn what_means_the_same_is_no_reason_for_a_new_info_hash() {
    let with = |private: &[u8]| {
        let info = [&INFO[..INFO.len() - 1], b"7:private", private, b"e"].concat();
        torrent(&[("info", &info)])
    };
    let edits = |private| Edits { private: Some(private), ..Edits::default() };
    for (value, private) in [(&b"i0e"[..], false), (b"i1e", true), (b"i2e", true)] {
        assert!(edit(&with(value), &edits(private)).0.changes.is_empty());
        assert!(edit(&with(value), &edits(!private)).0.new_info_hash());
    }
    let (edited, _) = edit(&with(b"i0e"), &edits(true));
    assert_eq!(edited.bytes, with(b"i1e"));
    assert!(edit(&torrent(&[("info", INFO)]), &edits(false)).0.changes.is_empty());
}

#[test]
fn signatures_outlive_edits_outside_info() {
    let raw = torrent(&[("info", INFO), ("signatures", b"d3:orgd9:signature1:xee")]);
    let (_, after) = edit(&raw, &Edits { comment: Change::Set("b".into()), ..Edits::default() });
    assert_eq!(after.signatures.len(), 1);
    assert_eq!(after.signatures[0].signer, Text(b"org".to_vec()));
}

/// A bencoded value.
fn value() -> impl Strategy<Value = Vec<u8>> {
    let string = |bytes: Vec<u8>| [format!("{}:", bytes.len()).into_bytes(), bytes].concat();
    let leaf = prop_oneof![
        any::<i64>().prop_map(|number| format!("i{number}e").into_bytes()),
        prop::collection::vec(any::<u8>(), 0..12).prop_map(string),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop::collection::vec(inner, 0..4).prop_map(|items| [&b"l"[..], &items.concat(), b"e"].concat())
    })
}

fn url() -> impl Strategy<Value = String> {
    "(http|udp)://[a-e]{1,2}:[1-9]/[a-z]{0,2}"
}

/// A torrent with any keys in any order, inside `info` too.
fn any_torrent() -> impl Strategy<Value = Vec<u8>> {
    let key = prop_oneof![
        "[a-z]{1,4}",
        Just("announce".to_owned()),
        Just("announce-list".to_owned()),
        Just("comment".to_owned()),
        Just("creation date".to_owned()),
        Just("httpseeds".to_owned()),
        Just("nodes".to_owned()),
        Just("url-list".to_owned()),
    ];
    let pairs = prop::collection::vec((key, value()), 0..8);
    let inside = prop::collection::vec(("[xyz]{1,3}", value()), 0..4);
    (pairs, inside, any::<prop::sample::Index>()).prop_map(|(mut pairs, inside, at)| {
        let mut info = INFO[..INFO.len() - 1].to_vec();
        for (key, value) in inside {
            info.extend_from_slice(format!("{}:{key}", key.len()).as_bytes());
            info.extend_from_slice(&value);
        }
        info.push(b'e');
        pairs.retain(|(key, _)| key != "info");
        pairs.insert(at.index(pairs.len() + 1), ("info".to_owned(), info));
        let pairs: Vec<(&str, &[u8])> =
            pairs.iter().map(|(key, value)| (key.as_str(), value.as_slice())).collect();
        torrent(&pairs)
    })
}

proptest! {
    /// Nothing asked for, nothing done.
    #[test]
    fn no_edit_is_the_identity(raw in any_torrent()) {
        let (edited, _) = edit(&raw, &Edits::default());
        prop_assert_eq!(edited.bytes, raw);
    }

    /// Whatever stands beside it, `info` stays, unknown keys stay, and what was asked for is there.
    #[test]
    fn edits_keep_info_and_do_what_they_say(
        raw in any_torrent(), urls in prop::collection::vec(url(), 1..4), seed in url(), comment in "\\PC{1,8}",
    ) {
        let edits = Edits {
            trackers: TierEdits { all: Some(vec![urls.clone()]), ..TierEdits::default() },
            http_seeds: ListEdits { all: Some(vec![seed.replace("udp", "http")]), ..ListEdits::default() },
            comment: Change::Set(comment.clone()),
            ..Edits::default()
        };
        let before = parse(&raw);
        let (edited, after) = edit(&raw, &edits);
        let mut distinct: Vec<String> = Vec::new();
        urls.iter().for_each(|url| if !distinct.contains(url) { distinct.push(url.clone()) });
        prop_assert_eq!(&after.trackers, &vec![distinct]);
        prop_assert_eq!(after.http_seeds.len(), 1);
        prop_assert_eq!(after.comment.clone(), Some(Text(comment.into_bytes())));
        for (key, span) in &after.unknown {
            let old = before.unknown.iter().find(|(old, _)| old == key).map(|(_, span)| span.clone());
            prop_assert_eq!(old.and_then(|span| raw.get(span)), edited.bytes.get(span.clone()));
        }
        // A second time there is nothing left to do.
        prop_assert!(edit(&edited.bytes, &edits).0.changes.is_empty());
    }

    /// What is added and removed again leaves the trackers, and the seeds, as they were.
    #[test]
    fn adding_and_removing_cancel_out(
        there in prop::collection::vec(prop::collection::vec(url(), 1..3), 0..3), new in url(),
    ) {
        let start = trackers(TierEdits { all: Some(there), ..TierEdits::default() });
        let raw = edit(&torrent(&[("info", INFO)]), &start).0.bytes;
        let before = parse(&raw);
        prop_assume!(!before.trackers.iter().flatten().any(|url| *url == new));
        let add = TierEdits { add: vec![vec![new.clone()]], ..TierEdits::default() };
        let seeds = |add: &[String], remove: &[String]| ListEdits {
            all: None, add: add.to_vec(), remove: remove.to_vec(),
        };
        let new = [new];
        let added = edit(&raw, &Edits { web_seeds: seeds(&new, &[]), ..trackers(add) }).0.bytes;
        prop_assert_ne!(&added, &raw);
        let remove = TierEdits { remove: new.to_vec(), ..TierEdits::default() };
        let removed = edit(&added, &Edits { web_seeds: seeds(&[], &new), ..trackers(remove) }).0.bytes;
        prop_assert_eq!(removed, raw);
    }
}
