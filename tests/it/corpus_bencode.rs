//! The bencode cases of the conformance corpus.

use std::path::PathBuf;

use ccbt::bencode::{self, Kind, Limits, Value};
use serde_json::{Value as Json, json};

/// The corpus directory, when the environment names one. Named, it is required to be there.
fn corpus(test: &str) -> Option<PathBuf> {
    let Some(directory) = std::env::var_os("CCBT_CORPUS") else {
        eprintln!("skipped: {test}: CCBT_CORPUS is not set");
        return None;
    };
    let directory = PathBuf::from(directory);
    assert!(directory.is_dir(), "CCBT_CORPUS names no directory: {}", directory.display());
    Some(directory)
}

#[test]
fn bencode_cases() {
    let Some(corpus) = corpus("corpus_bencode::bencode_cases") else { return };
    let text = std::fs::read_to_string(corpus.join("bencode.jsonl")).expect("bencode.jsonl");
    let mut failures = Vec::new();
    let mut count = 0;
    for line in text.lines().filter(|line| !line.is_empty()) {
        let case: Json = serde_json::from_str(line).expect("a case is JSON");
        count += 1;
        if let Err(why) = check(&case) {
            failures.push(format!("{}: {why}", case["id"]));
        }
    }
    assert!(failures.is_empty(), "{} of {count} cases fail:\n{}", failures.len(), failures.join("\n"));
    assert!(count > 0, "the corpus has cases");
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

fn unhex(text: &str) -> Vec<u8> {
    text.as_bytes()
        .chunks_exact(2)
        .map(|pair| std::str::from_utf8(pair).ok().and_then(|pair| u8::from_str_radix(pair, 16).ok()))
        .collect::<Option<_>>()
        .expect("hexadecimal")
}
