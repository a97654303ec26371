//! Every magnet of the corpus: its own file and the hostile ones.

use std::path::{Path, PathBuf};

use serde_json::Value;

use ccbt::hex;
use ccbt::magnet::{Endpoint, Magnet};

/// The corpus, when there is one to be tested with.
fn corpus(test: &str) -> Option<PathBuf> {
    let Some(directory) = std::env::var_os("CCBT_CORPUS").map(PathBuf::from) else {
        eprintln!("skipped: {test}: CCBT_CORPUS is not set");
        return None;
    };
    assert!(directory.is_dir(), "CCBT_CORPUS: {} is no directory", directory.display());
    Some(directory)
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn text<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get(key).and_then(Value::as_str)
}

fn texts(fields: &Value, key: &str) -> Vec<String> {
    let list = fields.get(key).and_then(Value::as_array).into_iter().flatten();
    list.map(|item| item.as_str().expect("text").to_owned()).collect()
}

/// A list is as stated when it holds the values in order, and besides only optional ones.
fn check_list(id: &str, fields: &Value, key: &str, found: &[String]) {
    let (stated, optional) = (texts(fields, key), texts(fields, &format!("{key}_optional")));
    let kept = |item: &&String| stated.contains(item) || !optional.contains(item);
    assert_eq!(
        found.iter().filter(kept).collect::<Vec<_>>(),
        stated.iter().collect::<Vec<_>>(),
        "{id}: {key}"
    );
}

fn shown(endpoints: &[Endpoint]) -> Vec<String> {
    endpoints.iter().map(Endpoint::to_string).collect()
}

fn check_fields(id: &str, fields: &Value, magnet: &Magnet) {
    let hashes = [magnet.info_hash_v1.map(|h| h.to_string()), magnet.info_hash_v2.map(|h| h.to_string())];
    assert_eq!(hashes.each_ref().map(Option::as_deref), [text(fields, "v1"), text(fields, "v2")], "{id}");
    let name = match text(fields, "name_hex") {
        Some(name) => Some(name.to_owned()),
        None => text(fields, "name").map(|name| hex::encode(name.as_bytes())),
    };
    assert_eq!(magnet.name.as_ref().map(|name| hex::encode(&name.0)), name, "{id}: name");
    check_list(id, fields, "trackers", &magnet.trackers);
    check_list(id, fields, "web_seeds", &magnet.web_seeds);
    check_list(id, fields, "peers", &shown(&magnet.peers));
    check_list(id, fields, "dht_nodes", &shown(&magnet.dht_nodes));
    let selected = fields.get("select_only").and_then(Value::as_array).into_iter().flatten();
    let selected: Vec<_> = selected.filter_map(Value::as_u64).collect();
    assert_eq!(
        magnet.select_only.iter().map(|&index| u64::from(index)).collect::<Vec<_>>(),
        selected,
        "{id}"
    );
}

#[test]
fn magnets_behave_as_their_index_says() {
    let Some(corpus) = corpus("magnets_behave_as_their_index_says") else { return };
    let mut cases = 0;
    for line in read(&corpus.join("magnets.jsonl")).lines() {
        let case: Value = serde_json::from_str(line).expect("a JSON object a line");
        let (id, uri) = (text(&case, "id").expect("id"), text(&case, "uri").expect("uri"));
        let result = Magnet::parse(uri);
        match (text(&case, "expect"), &result) {
            (Some("valid"), Ok(magnet)) => check_fields(id, &case["fields"], magnet),
            (Some("invalid"), Err(_)) => {}
            (Some("either"), Ok(magnet)) if case["fields"].get("v1").is_some() => {
                check_fields(id, &case["fields"], magnet);
            }
            (Some("either"), _) => {}
            (expected, result) => panic!("{id}: expected {expected:?}, got {result:?}"),
        }
        if let Ok(magnet) = &result {
            assert_eq!(
                Magnet::parse(&magnet.to_string()).as_ref(),
                Ok(magnet),
                "{id}: written and read again"
            );
        }
        if case["make"] == Value::Bool(true) {
            assert_eq!(result.map(|magnet| magnet.to_string()).as_deref(), Ok(uri), "{id}: the URI made");
        }
        cases += 1;
    }
    assert!(cases > 0, "no case in magnets.jsonl");
}

#[test]
fn hostile_magnets_are_read_or_refused_as_stated() {
    let Some(corpus) = corpus("hostile_magnets_are_read_or_refused_as_stated") else { return };
    let hostile = corpus.join("hostile");
    let index: Value = serde_json::from_str(&read(&hostile.join("index.json"))).expect("JSON");
    let entries = index["entries"].as_array().expect("entries");
    let magnets: Vec<_> = entries.iter().filter(|entry| text(entry, "kind") == Some("magnet")).collect();
    assert!(!magnets.is_empty(), "no magnet in hostile/index.json");
    for entry in magnets {
        let id = text(entry, "id").expect("id");
        let uri = read(&hostile.join(text(entry, "file").expect("file")));
        match (text(entry, "expect"), Magnet::parse(&uri)) {
            (Some("accept"), Ok(magnet)) => {
                assert_eq!(
                    magnet.info_hash_v1.map(|hash| hash.to_string()).as_deref(),
                    text(entry, "v1"),
                    "{id}"
                );
                if entry.get("trackers").is_some() {
                    check_list(id, entry, "trackers", &magnet.trackers);
                }
            }
            (Some("reject"), Err(_)) | (Some("either"), _) => {}
            (expected, result) => panic!("{id}: expected {expected:?}, got {result:?}"),
        }
    }
}
