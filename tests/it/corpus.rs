//! Where the conformance corpus lies.

use std::path::PathBuf;

use serde_json::Value as Json;

use crate::skip::skipped;

/// The corpus directory, when the environment names one. Named, it is required to be there.
pub fn directory(test: &str) -> Option<PathBuf> {
    let Some(directory) = std::env::var_os("CCBT_CORPUS") else {
        skipped(test, "CCBT_CORPUS is not set");
        return None;
    };
    let directory = PathBuf::from(directory);
    assert!(directory.is_dir(), "CCBT_CORPUS names no directory: {}", directory.display());
    Some(directory)
}

/// The cases of a file that holds one JSON object a line.
pub fn lines(path: PathBuf) -> Vec<Json> {
    let text = std::fs::read_to_string(&path).expect("a readable corpus file");
    let cases: Vec<_> = text.lines().filter(|line| !line.is_empty()).map(parse).collect();
    assert!(!cases.is_empty(), "{} has cases", path.display());
    cases
}

/// The entries of an `index.json`.
pub fn entries(path: PathBuf) -> Vec<Json> {
    let text = std::fs::read_to_string(&path).expect("a readable corpus file");
    let entries = parse(&text)["entries"].as_array().cloned().unwrap_or_default();
    assert!(!entries.is_empty(), "{} has entries", path.display());
    entries
}

/// Checks every case and fails with all that went wrong.
pub fn check_all(cases: &[Json], name: &str, check: impl Fn(&Json) -> Result<(), String>) {
    let failures: Vec<String> = cases
        .iter()
        .filter_map(|case| check(case).err().map(|why| format!("{}: {why}", case[name])))
        .collect();
    assert!(
        failures.is_empty(),
        "{} of {} cases fail:\n{}",
        failures.len(),
        cases.len(),
        failures.join("\n")
    );
}

/// The known answers of `vectors.json`.
pub fn vectors(test: &str) -> Option<Json> {
    let path = directory(test)?.join("vectors.json");
    let text = std::fs::read_to_string(path).expect("a readable corpus file");
    Some(parse(&text)["vectors"].clone())
}

pub fn unhex(text: &str) -> Vec<u8> {
    let digits: Option<Vec<u8>> = text.bytes().map(ccbt::hex::hex_digit).collect();
    let digits = digits.expect("hexadecimal");
    digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

fn parse(text: &str) -> Json {
    serde_json::from_str(text).expect("the corpus is JSON")
}
