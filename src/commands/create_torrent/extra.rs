//! `--set` and `--set-info`: keys that no flag knows, with values of every type that bencoding has.
//!
//! `KEY=VALUE` or `KEY:TYPE=VALUE`, where TYPE is `text` (as without one), `int`, `hex` or `json`. Keys that
//! have a flag, or that say what the content is, are refused: a torrent says each thing once.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};

use crate::bencode::{MAX_DEPTH, Writer};
use crate::exit::CommandError;
use crate::hex::hex_digit;
use crate::metainfo::builder::{Extra, RESERVED, RESERVED_INFO};

use super::usage;

/// Deepest nesting of a value: the torrent and its info dictionary lie around it.
const DEEPEST: usize = MAX_DEPTH - 2;

/// Where a key stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Top,
    Info,
}

impl Place {
    fn flag(self) -> &'static str {
        match self {
            Self::Top => "--set",
            Self::Info => "--set-info",
        }
    }

    fn reserved(self) -> &'static [&'static str] {
        match self {
            Self::Top => &RESERVED,
            Self::Info => &RESERVED_INFO,
        }
    }
}

/// The keys of several `KEY=VALUE`.
pub(super) fn keys(texts: &[String], place: Place) -> Result<Extra, CommandError> {
    let mut keys = Extra::new();
    for text in texts {
        let (key, value) = parse(text, place)?;
        if keys.insert(key.as_bytes().to_vec(), value).is_some() {
            return Err(usage(format!("the key `{key}` is given twice with `{}`", place.flag())));
        }
    }
    Ok(keys)
}

fn parse(text: &str, place: Place) -> Result<(&str, Vec<u8>), CommandError> {
    let flag = place.flag();
    let syntax = "write `KEY=TEXT`, `KEY:int=5`, `KEY:hex=00ff` or `KEY:json={\"a\":[1]}`";
    let Some((key, value)) = text.split_once('=') else {
        return Err(usage(format!("`{flag} {text}` has no `=`")).hint(syntax));
    };
    let (key, kind) = key.rsplit_once(':').unwrap_or((key, "text"));
    if key.is_empty() {
        return Err(usage(format!("`{flag} {text}` has no key")).hint(syntax));
    }
    if place.reserved().contains(&key) {
        return Err(reserved(key, place));
    }
    let item = match kind {
        "text" => Ok(Item::Bytes(value.as_bytes().to_vec())),
        "int" => int(value).map(Item::Int),
        "hex" => hex(value).map(Item::Bytes),
        "json" => serde_json::from_str(value).map_err(|error| error.to_string()),
        other => {
            return Err(usage(format!("`{flag} {text}`: there is no type `{other}`")).hint(format!(
                "types are `text`, `int`, `hex` and `json`; a key with a colon needs one: `{key}:{other}:text=…`"
            )));
        }
    };
    let mut to = Writer::new();
    match item.and_then(|item: Item| item.write(&mut to, 0)) {
        Ok(()) => Ok((key, to.finish())),
        Err(why) => Err(usage(format!("`{flag} {text}`: {why}")).hint(syntax)),
    }
}

fn int(text: &str) -> Result<i128, String> {
    text.trim().parse::<i64>().map(Into::into).map_err(|_| format!("`{text}` is no whole number of 64 bits"))
}

fn hex(text: &str) -> Result<Vec<u8>, String> {
    let digits: Option<Vec<u8>> = text.bytes().map(hex_digit).collect();
    let digits = digits.filter(|digits| digits.len().is_multiple_of(2));
    let digits = digits.ok_or_else(|| format!("`{text}` is no even number of hexadecimal digits"))?;
    Ok(digits.as_chunks::<2>().0.iter().map(|[high, low]| high << 4 | low).collect())
}

fn reserved(key: &str, place: Place) -> CommandError {
    let flag = match key {
        "announce" | "announce-list" => "--tracker",
        "collections" => "--collection",
        "comment" | "comment.utf-8" => "--comment",
        "created by" | "created by.utf-8" => "--created-by",
        "creation date" => "--creation-date",
        "httpseeds" => "--http-seed",
        "nodes" => "--node",
        "similar" => "--similar",
        "url-list" => "--web-seed",
        "name" | "name.utf-8" => "--name",
        "piece length" => "--piece-length",
        "private" => "--private",
        "source" => "--source",
        "ssl-cert" => "--root-certificate",
        "update-url" => "--update-url",
        "x_cross_seed" => "--entropy",
        "md5" | "md5sum" => "--md5",
        "sha1" => "--sha1",
        "info" => "--set-info",
        _ => "",
    };
    let error = usage(format!("`{}` can't set `{key}`", place.flag()));
    match flag {
        "" => error.hint("it says what the content is, and follows from the content"),
        flag => error.hint(format!("{flag} sets it")),
    }
}

/// A value as bencoding has it; from JSON as far as that goes.
#[derive(Debug)]
enum Item {
    Int(i128),
    Bytes(Vec<u8>),
    List(Vec<Item>),
    Dict(BTreeMap<String, Item>),
}

impl Item {
    /// Keys in the order of their bytes, which is that of the map.
    fn write(&self, to: &mut Writer, depth: usize) -> Result<(), String> {
        if depth >= DEEPEST {
            return Err(format!("the value is nested more than {DEEPEST} deep"));
        }
        match self {
            Self::Int(number) => {
                to.int(*number);
            }
            Self::Bytes(bytes) => {
                to.bytes(bytes);
            }
            Self::List(items) => {
                to.begin_list();
                items.iter().try_for_each(|item| item.write(to, depth + 1))?;
                to.end();
            }
            Self::Dict(items) => {
                to.begin_dict();
                for (key, item) in items {
                    to.bytes(key.as_bytes());
                    item.write(to, depth + 1)?;
                }
                to.end();
            }
        }
        Ok(())
    }
}

impl<'de> Deserialize<'de> for Item {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(ItemVisitor)
    }
}

struct ItemVisitor;

impl<'de> Visitor<'de> for ItemVisitor {
    type Value = Item;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text, a whole number, a list or an object: bencoding has nothing else")
    }

    fn visit_i64<E>(self, number: i64) -> Result<Item, E> {
        Ok(Item::Int(number.into()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Item, E> {
        Ok(Item::Int(number.into()))
    }

    fn visit_str<E>(self, text: &str) -> Result<Item, E> {
        Ok(Item::Bytes(text.as_bytes().to_vec()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Item, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element()? {
            items.push(item);
        }
        Ok(Item::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Item, A::Error> {
        let mut items = BTreeMap::new();
        while let Some((key, item)) = object.next_entry::<String, Item>()? {
            if items.contains_key(&key) {
                return Err(A::Error::custom(format!("the key `{key}` stands there twice")));
            }
            items.insert(key, item);
        }
        Ok(Item::Dict(items))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Vec<u8> {
        parse(text, Place::Top).unwrap().1
    }

    #[test]
    fn values_of_every_type() {
        assert_eq!(value("a=b=c"), b"3:b=c");
        assert_eq!(value("a="), b"0:");
        assert_eq!(value("a:text=5"), b"1:5");
        assert_eq!(value("a:int=-5"), b"i-5e");
        assert_eq!(value("a:hex=00fF"), b"2:\x00\xff");
        let json = value(r#"a:json={"z":[1,"x",{}],"b":18446744073709551615}"#);
        assert_eq!(json, b"d1:bi18446744073709551615e1:zli1e1:xdeee");
        assert_eq!(parse("a:b:int=1", Place::Info).unwrap().0, "a:b");
    }

    #[test]
    fn what_bencoding_does_not_have_is_refused() {
        for bad in [
            "a",
            "=b",
            ":int=5",
            "a:int=",
            "a:int=1.5",
            "a:int=9223372036854775808",
            "a:hex=0",
            "a:hex=0g",
            "a:float=1",
            "a:json=",
            "a:json=null",
            "a:json=[true]",
            "a:json=1.5",
            "a:json={} x",
            r#"a:json={"b":1,"b":2}"#,
        ] {
            assert!(parse(bad, Place::Top).is_err(), "{bad}");
        }
        let deep = |depth: usize| format!("a:json={}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(parse(&deep(DEEPEST), Place::Info).is_ok());
        assert!(parse(&deep(DEEPEST + 1), Place::Info).is_err());
    }

    #[test]
    fn reserved_keys_name_their_flag() {
        let hint = |text: &str, place| parse(text, place).unwrap_err().hints[0].clone();
        assert_eq!(hint("comment=x", Place::Top), "--comment sets it");
        assert_eq!(hint("private:int=1", Place::Info), "--private sets it");
        assert!(hint("pieces:hex=00", Place::Info).contains("follows from the content"));
        assert!(parse("comment=x", Place::Info).is_ok());
        assert!(keys(&["a=1".into(), "a:int=2".into()], Place::Top).is_err());
    }
}
