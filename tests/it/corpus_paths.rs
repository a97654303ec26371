//! The path cases of the conformance corpus.

use ccbt::metainfo::path::{Platform, is_portable, sanitise_component_for};
use serde_json::Value as Json;

use crate::corpus::{self, unhex};

#[test]
fn path_cases() {
    let Some(corpus) = corpus::directory("corpus_paths::path_cases") else { return };
    corpus::check_all(&corpus::lines(corpus.join("paths.jsonl")), "id", check);
}

fn check(case: &Json) -> Result<(), String> {
    let raw: Vec<Vec<u8>> = case["components_hex"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|part| unhex(part.as_str().unwrap_or_default()))
        .collect();
    let parts: Vec<_> = raw.iter().map(|part| sanitise_component_for(part, Platform::Posix)).collect();
    let found = parts.join("/");
    let expected = case["posix"].as_str().unwrap_or_default();
    let loose = case["underscore_runs_loose"] == true;
    if (loose && squeezed(&found) != squeezed(expected)) || (!loose && found != expected) {
        return Err(format!("{found:?} instead of {expected:?}"));
    }
    for part in &raw {
        let name = sanitise_component_for(part, Platform::Windows);
        if name.is_empty() || !is_portable(&name) {
            return Err(format!("{name:?} is no name on Windows"));
        }
    }
    match case["windows"].as_str() {
        Some(expected) => {
            let parts: Vec<_> =
                raw.iter().map(|part| sanitise_component_for(part, Platform::Windows)).collect();
            let found = parts.join("/");
            if found == expected {
                Ok(())
            } else {
                Err(format!("{found:?} on Windows instead of {expected:?}"))
            }
        }
        None => Ok(()),
    }
}

/// Runs of `_` count as one: how many bytes a malformed sequence swallows is not fixed.
pub fn squeezed(path: &str) -> String {
    let mut out = String::new();
    for character in path.chars() {
        if character != '_' || !out.ends_with('_') {
            out.push(character);
        }
    }
    out
}
