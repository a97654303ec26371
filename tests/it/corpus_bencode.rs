//! The bencode cases of the conformance corpus.

use ccbt::bencode::{self, Kind, Limits, Value};
use serde_json::{Value as Json, json};

use crate::corpus::{self, unhex};

#[test]
fn bencode_cases() {
    let Some(corpus) = corpus::directory("corpus_bencode::bencode_cases") else { return };
    corpus::check_all(&corpus::lines(corpus.join("bencode.jsonl")), "id", check);
}

fn check(case: &Json) -> Result<(), String> {
    let input = unhex(case["hex"].as_str().unwrap_or_default());
    let strict = bencode::decode_strict(&input, &Limits::default());
    let lenient = bencode::decode(&input, &Limits::default());
    for (mode, result) in [("strict", strict.as_ref().err()), ("lenient", lenient.as_ref().err())] {
        match (case[mode].as_str(), result) {
            (Some("ok"), Some(error)) => return Err(format!("{mode} fails: {error}")),
            (Some("error"), None) => return Err(format!("{mode} accepts it")),
            _ => {}
        }
    }
    let Ok(document) = lenient else { return Ok(()) };
    if let Some(consumed) = case["consumed"].as_u64()
        && document.consumed() as u64 != consumed
    {
        return Err(format!("consumed {}", document.consumed()));
    }
    if let Some(expected) = case["violations"].as_array() {
        let found: Vec<_> = document.violations().first().iter().map(|one| json!(one.kind.name())).collect();
        if &found != expected {
            return Err(format!("violations {found:?}"));
        }
    }
    if !case["value"].is_null() && !same(document.root(), &case["value"]) {
        return Err("another value".into());
    }
    Ok(())
}

fn same(value: Value<'_, '_>, expected: &Json) -> bool {
    match value.kind() {
        Kind::Int => match expected["i"].as_str().map(str::parse::<i64>) {
            Some(Ok(number)) => value.as_int() == Some(number),
            Some(Err(_)) => value.as_int().is_none(),
            None => false,
        },
        Kind::Bytes => expected["s"].as_str().map(unhex).as_deref() == value.as_bytes(),
        Kind::List => {
            let (Some(items), Some(expected)) = (value.list(), expected["l"].as_array()) else {
                return false;
            };
            let items: Vec<_> = items.collect();
            items.len() == expected.len() && items.iter().zip(expected).all(|(item, one)| same(*item, one))
        }
        Kind::Dict => {
            let (Some(pairs), Some(expected)) = (value.dict(), expected["d"].as_array()) else {
                return false;
            };
            let pairs: Vec<_> = pairs.collect();
            pairs.len() == expected.len()
                && pairs.iter().zip(expected).all(|((key, value), one)| {
                    one[0].as_str().map(unhex).as_deref() == Some(*key) && same(*value, &one[1])
                })
        }
    }
}
