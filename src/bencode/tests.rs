use proptest::prelude::*;

use super::*;

/// A value in memory, as an oracle for the tape.
#[derive(Clone, Debug, PartialEq)]
enum Tree {
    Int(i64),
    Bytes(Vec<u8>),
    List(Vec<Tree>),
    Dict(std::collections::BTreeMap<Vec<u8>, Tree>),
}

fn tree() -> impl Strategy<Value = Tree> {
    let leaf = prop_oneof![
        any::<i64>().prop_map(Tree::Int),
        prop::collection::vec(any::<u8>(), 0..40).prop_map(Tree::Bytes)
    ];
    leaf.prop_recursive(6, 64, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Tree::List),
            prop::collection::btree_map(prop::collection::vec(any::<u8>(), 0..6), inner, 0..8)
                .prop_map(Tree::Dict)
        ]
    })
}

fn write(writer: &mut Writer, tree: &Tree) {
    match tree {
        Tree::Int(value) => {
            writer.int(*value);
        }
        Tree::Bytes(bytes) => {
            writer.bytes(bytes);
        }
        Tree::List(items) => {
            writer.begin_list();
            items.iter().for_each(|item| write(writer, item));
            writer.end();
        }
        Tree::Dict(pairs) => {
            writer.begin_dict();
            for (key, value) in pairs {
                writer.bytes(key);
                write(writer, value);
            }
            writer.end();
        }
    }
}

fn encode(tree: &Tree) -> Vec<u8> {
    let mut writer = Writer::new();
    write(&mut writer, tree);
    writer.finish()
}

fn read(value: Value<'_, '_>) -> Tree {
    match value.kind() {
        Kind::Int => Tree::Int(value.as_int().expect("fits")),
        Kind::Bytes => Tree::Bytes(value.as_bytes().expect("a string").to_vec()),
        Kind::List => Tree::List(value.list().expect("a list").map(read).collect()),
        Kind::Dict => Tree::Dict(
            value.dict().expect("a dictionary").map(|(key, value)| (key.to_vec(), read(value))).collect(),
        ),
    }
}

const PARTS: &[&[u8]] = &[b"i", b"l", b"d", b"e", b"0", b"1", b"2", b"-", b":", b"1:a", b"1:b", b"i3e"];

fn lenient(input: &[u8]) -> Result<Document<'_>, Error> {
    decode(input, &Limits::default())
}

fn strict(input: &[u8]) -> Result<Document<'_>, Error> {
    decode_strict(input, &Limits::default())
}

fn kinds(input: &[u8]) -> Vec<&'static str> {
    let document = lenient(input).expect("readable");
    document.violations().first().iter().map(|violation| violation.kind.name()).collect()
}

proptest! {
    #[test]
    fn there_and_back(tree in tree()) {
        let raw = encode(&tree);
        let document = strict(&raw).expect("canonical");
        prop_assert_eq!(read(document.root()), tree);
        prop_assert_eq!(document.root().raw(), &raw[..]);
        prop_assert_eq!(document.consumed(), raw.len());
        prop_assert!(check_canonical(&raw).is_ok());
    }

    #[test]
    fn every_truncation_is_an_error(tree in tree()) {
        let raw = encode(&tree);
        for end in 0..raw.len() {
            prop_assert!(lenient(&raw[..end]).is_err());
        }
    }

    #[test]
    fn arbitrary_bytes_never_panic(raw in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(document) = lenient(&raw) {
            prop_assert!(document.consumed() <= raw.len());
        }
    }

    /// Bytes that look like bencoding get deep into the decoder, and both strict decoders must agree.
    #[test]
    fn strictness_agrees_with_bendy(
        raw in prop::collection::vec(
            prop::sample::select(PARTS),
            0..16,
        ).prop_map(|parts| parts.concat())
    ) {
        prop_assert_eq!(strict(&raw).is_ok(), check_canonical(&raw).is_ok(), "{:?}", raw.escape_ascii().to_string());
        if let Ok(document) = lenient(&raw) {
            prop_assert_eq!(document.violations().is_empty(), strict(&raw).is_ok());
        }
    }

    #[test]
    fn strictness_agrees_with_bendy_on_damage(tree in tree(), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut raw = encode(&tree);
        let at = at.index(raw.len());
        raw[at] = byte;
        prop_assert_eq!(strict(&raw).is_ok(), check_canonical(&raw).is_ok());
    }
}

#[test]
fn spans_of_every_kind() {
    let raw = b"d1:ai-7e1:b3:xyz1:cl1:q1:reee";
    let document = strict(raw).err().map(|error| error.kind);
    assert_eq!(document, Some(ErrorKind::NotCanonical(ViolationKind::TrailingData)));
    let document = lenient(raw).unwrap();
    assert_eq!(document.consumed(), raw.len() - 1);
    let root = document.root();
    assert_eq!(root.span(), 0..raw.len() - 1);
    assert_eq!(root.get(b"a").unwrap().raw(), b"i-7e");
    assert_eq!(root.get(b"a").unwrap().as_int(), Some(-7));
    let b = root.get(b"b").unwrap();
    assert_eq!((b.raw(), &raw[b.content_span()], b.as_str()), (&b"3:xyz"[..], &b"xyz"[..], Some("xyz")));
    assert_eq!(root.get(b"c").unwrap().raw(), b"l1:q1:re");
    assert!(root.get(b"d").is_none());
}

#[test]
fn integers_at_the_edges() {
    let int = |text: &str| lenient(text.as_bytes()).unwrap().root().as_int();
    assert_eq!(int("i9223372036854775807e"), Some(i64::MAX));
    assert_eq!(int("i-9223372036854775808e"), Some(i64::MIN));
    assert_eq!(int("i9223372036854775808e"), None);
    assert_eq!(int("i-9223372036854775809e"), None);
    assert_eq!(int("i007e"), Some(7));
}

#[test]
fn violations_are_named() {
    assert_eq!(kinds(b"d1:bi1e1:ai2ee"), ["unsorted-key"]);
    assert_eq!(kinds(b"d1:ai1e1:ai2ee"), ["duplicate-key"]);
    assert_eq!(kinds(b"d1:ai1e1:bi2e1:ai2ee"), ["unsorted-key", "duplicate-key"]);
    assert_eq!(kinds(b"d1:bdee"), ["trailing-data"; 0]);
    assert_eq!(kinds(b"i-0e"), ["negative-zero"]);
    assert_eq!(kinds(b"i-00e"), ["leading-zero-int"]);
    assert_eq!(kinds(b"03:abc\n"), ["leading-zero-length", "trailing-data"]);
}

#[test]
fn of_equal_keys_the_first_counts() {
    let document = lenient(b"d1:ai1e1:ai2ee").unwrap();
    assert_eq!(document.root().get(b"a").unwrap().as_int(), Some(1));
}

#[test]
fn many_violations_are_counted_and_a_few_kept() {
    let raw = format!("l{}e", "i00e".repeat(1000));
    let document = lenient(raw.as_bytes()).unwrap();
    assert_eq!(document.violations().total(), 1000);
    assert_eq!(document.violations().count(ViolationKind::LeadingZeroInt), 1000);
    assert_eq!(document.violations().first().len(), 64);
}

#[test]
fn errors_carry_their_place() {
    let error = |raw: &[u8]| lenient(raw).map(|_| ()).unwrap_err();
    let at = |offset, kind| Error { offset, kind };
    assert_eq!(error(b""), at(0, ErrorKind::UnexpectedEnd));
    assert_eq!(error(b"<html>"), at(0, ErrorKind::UnexpectedByte(b'<')));
    assert_eq!(error(b"di1ei2ee"), at(1, ErrorKind::KeyNotString));
    assert_eq!(error(b"d1:ae"), at(4, ErrorKind::KeyWithoutValue));
    assert_eq!(error(b"l18446744073709551615:ae"), at(1, ErrorKind::LengthPastEnd));
    assert_eq!(error(b"l99999999999999999999999:ae"), at(1, ErrorKind::LengthPastEnd));
    assert_eq!(error(b"ie"), at(1, ErrorKind::ExpectedDigit));
    assert_eq!(error(b"i1.5e"), at(2, ErrorKind::ExpectedEnd));
    assert_eq!(error(b"1a:"), at(1, ErrorKind::ExpectedColon));
    assert_eq!(error(&b"l".repeat(200)), at(MAX_DEPTH, ErrorKind::TooDeep(MAX_DEPTH)));
}

#[test]
fn limits_hold() {
    let limits = Limits { depth: 2, tokens: 6, bytes: 20 };
    assert!(decode(b"llelee", &limits).is_ok());
    assert!(decode(b"llleee", &limits).is_err_and(|error| error.kind == ErrorKind::TooDeep(2)));
    assert!(decode(b"li1ei1ei1ei1ee", &limits).is_ok());
    assert!(
        decode(b"li1ei1ei1ei1ei1ee", &limits).is_err_and(|error| error.kind == ErrorKind::TooManyTokens(6))
    );
    assert!(decode(&[b'0'; 21], &limits).is_err_and(|error| error.kind == ErrorKind::TooLong(20)));
}

#[test]
#[should_panic(expected = "sorted")]
fn the_writer_refuses_unsorted_keys() {
    Writer::new().begin_dict().bytes(b"b").int(1).bytes(b"a");
}

#[test]
#[should_panic(expected = "a key is a string")]
fn the_writer_refuses_a_key_that_is_an_integer() {
    Writer::new().begin_dict().int(1);
}

#[test]
fn the_writer_splices_raw_bytes() {
    let mut writer = Writer::new();
    writer.begin_dict().bytes(b"info").raw(b"d1:ai1ee").bytes(b"n").int(u64::MAX).end();
    assert_eq!(writer.finish(), b"d4:infod1:ai1ee1:ni18446744073709551615ee");
}
