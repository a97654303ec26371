//! The JSON Schema files, and the part of JSON Schema (draft 2020-12) they are written in.
//!
//! Other tests hold real output against them with [`check`].

use std::path::{Path, PathBuf};

use serde_json::Value;

/// The schema file of a document such as `ccbt.verify/1`.
pub fn load(name: &str) -> Value {
    let path = directory().join(format!("{}.json", name.replace('/', ".")));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap()
}

/// Holds a document against the schema it names.
///
/// # Panics
///
/// When it names none or does not match; the message lists where.
#[track_caller]
pub fn check(document: &Value) {
    let name = document["schema"].as_str().unwrap_or_else(|| panic!("no schema in {document}"));
    let problems = validate(&load(name), document);
    assert!(problems.is_empty(), "{name}: {problems:#?}\n{document:#}");
}

/// What in `value` does not match `schema`: one line each, with its place.
pub fn validate(schema: &Value, value: &Value) -> Vec<String> {
    let mut problems = Vec::new();
    visit(schema, value, "$", &mut problems);
    problems
}

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas")
}

fn visit(schema: &Value, value: &Value, place: &str, problems: &mut Vec<String>) {
    for (keyword, wanted) in schema.as_object().expect("a schema is an object") {
        let mut problem = |what: String| problems.push(format!("{place}: {what}: {value}"));
        match keyword.as_str() {
            "$schema" | "$id" | "title" | "description" => {}
            "type" if !has_type(wanted, value) => problem(format!("not of type {wanted}")),
            "const" if wanted != value => problem(format!("not {wanted}")),
            "enum" if !wanted.as_array().unwrap().contains(value) => problem(format!("none of {wanted}")),
            "minimum" if value.as_f64().is_some_and(|number| number < wanted.as_f64().unwrap()) => {
                problem(format!("less than {wanted}"));
            }
            "minItems"
                if value.as_array().is_some_and(|list| (list.len() as u64) < wanted.as_u64().unwrap()) =>
            {
                problem(format!("fewer items than {wanted}"));
            }
            "maxItems"
                if value.as_array().is_some_and(|list| list.len() as u64 > wanted.as_u64().unwrap()) =>
            {
                problem(format!("more items than {wanted}"));
            }
            "pattern" if value.as_str().is_some_and(|text| !matches(wanted.as_str().unwrap(), text)) => {
                problem(format!("does not match {wanted}"));
            }
            "required" => {
                for name in wanted.as_array().unwrap().iter().map(|name| name.as_str().unwrap()) {
                    if value.as_object().is_some_and(|object| !object.contains_key(name)) {
                        problems.push(format!("{place}: `{name}` is missing"));
                    }
                }
            }
            "properties" => {
                for (name, schema) in wanted.as_object().unwrap() {
                    if let Some(value) = value.get(name) {
                        visit(schema, value, &format!("{place}.{name}"), problems);
                    }
                }
            }
            "items" => {
                for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                    visit(wanted, item, &format!("{place}[{index}]"), problems);
                }
            }
            "anyOf" | "oneOf" => {
                let fits =
                    wanted.as_array().unwrap().iter().filter(|schema| validate(schema, value).is_empty());
                let fits = fits.count();
                if fits == 0 || (keyword == "oneOf" && fits > 1) {
                    problem(format!("{keyword} fits {fits} times"));
                }
            }
            "type" | "const" | "enum" | "minimum" | "minItems" | "maxItems" | "pattern" => {}
            other => panic!("the validator does not know `{other}`"),
        }
    }
}

fn has_type(wanted: &Value, value: &Value) -> bool {
    let is = |name: &Value| match name.as_str().unwrap() {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("no type is called `{other}`"),
    };
    wanted.as_array().map_or_else(|| is(wanted), |names| names.iter().any(is))
}

/// Patterns as the schemas use them: literals, classes, `?`, `*`, `+`, `{n}`, `{n,m}`, `^` and `$`; no
/// groups, no alternatives.
fn matches(pattern: &str, text: &str) -> bool {
    let pattern: Vec<char> = pattern.strip_prefix('^').expect("patterns are anchored").chars().collect();
    matches_here(&pattern, &text.chars().collect::<Vec<_>>())
}

fn matches_here(pattern: &[char], text: &[char]) -> bool {
    let Some(first) = pattern.first() else { return true };
    if *first == '$' {
        return text.is_empty();
    }
    let end = if *first == '[' { 1 + pattern.iter().position(|c| *c == ']').unwrap() } else { 1 };
    let (atom, rest) = pattern.split_at(end);
    let (least, most, rest) = quantifier(rest);
    let fits = text.iter().take(most).take_while(|character| in_atom(atom, **character)).count();
    (least..=fits).rev().any(|taken| matches_here(rest, &text[taken..]))
}

fn in_atom(atom: &[char], character: char) -> bool {
    let [class @ .., _] = atom.strip_prefix(&['[']).unwrap_or(&[]) else { return atom == [character] };
    let mut class = class;
    loop {
        class = match class {
            [low, '-', high, ..] if (*low..=*high).contains(&character) => return true,
            [_, '-', _, rest @ ..] => rest,
            [one, ..] if *one == character => return true,
            [_, rest @ ..] => rest,
            [] => return false,
        };
    }
}

fn quantifier(rest: &[char]) -> (usize, usize, &[char]) {
    match rest {
        ['?', rest @ ..] => (0, 1, rest),
        ['*', rest @ ..] => (0, usize::MAX, rest),
        ['+', rest @ ..] => (1, usize::MAX, rest),
        ['{', rest @ ..] => {
            let end = rest.iter().position(|c| *c == '}').unwrap();
            let inner: String = rest[..end].iter().collect();
            let (least, most) = inner.split_once(',').unwrap_or((&inner, &inner));
            (least.parse().unwrap(), most.parse().unwrap(), &rest[end + 1..])
        }
        _ => (1, 1, rest),
    }
}

#[test]
fn schema_files_are_named_for_their_documents() {
    let mut seen = 0;
    for entry in std::fs::read_dir(directory()).unwrap() {
        let path = entry.unwrap().path();
        let schema: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        let name = schema["properties"]["schema"]["const"].as_str().unwrap();
        assert_eq!(path.file_name().unwrap().to_str().unwrap(), format!("{}.json", name.replace('/', ".")));
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
        // Every keyword is one the validator knows, also where no document reaches.
        visit_keywords(&schema);
        seen += 1;
    }
    assert!(seen >= 6, "{seen} schemas");
}

fn visit_keywords(schema: &Value) {
    validate(schema, &Value::Null);
    let parts = ["properties"].into_iter().filter_map(|key| schema.get(key)?.as_object());
    parts.flat_map(|map| map.values()).for_each(visit_keywords);
    schema.get("items").into_iter().for_each(visit_keywords);
    let several = ["anyOf", "oneOf"].into_iter().filter_map(|key| schema.get(key)?.as_array());
    several.flatten().for_each(visit_keywords);
}

#[test]
fn the_validator_tells_good_from_bad() {
    let good = serde_json::json!({
        "schema": "ccbt.verify/1", "torrent": "a.torrent", "complete": false, "total_size": 2,
        "verified_size": 1, "pieces_total": 1, "pieces_ok": 0, "pieces_bad": 1, "pieces_missing": 0,
        "files": [{"path": "a", "length": 2, "verified_size": 1, "state": "bad", "bad_ranges": [[0, 1]]}],
        "beside": "more",
    });
    check(&good);
    let schema = load("ccbt.verify/1");
    let broken = |change: fn(&mut Value)| {
        let mut document = good.clone();
        change(&mut document);
        validate(&schema, &document)
    };
    assert_eq!(broken(|d| drop(d.as_object_mut().unwrap().remove("torrent"))), ["$: `torrent` is missing"]);
    for change in [
        (|d| d["complete"] = 1.into()) as fn(&mut Value),
        |d| d["total_size"] = (-1).into(),
        |d| d["total_size"] = 1.5.into(),
        |d| d["files"][0]["state"] = "odd".into(),
        |d| d["files"][0]["bad_ranges"][0] = serde_json::json!([1]),
        |d| d["schema"] = "ccbt.verify/2".into(),
    ] {
        assert_eq!(broken(change).len(), 1);
    }
}

#[test]
fn patterns_match_as_written() {
    assert!(matches("^[0-9a-f]{4}$", "09af"));
    assert!(!matches("^[0-9a-f]{4}$", "09ag"));
    assert!(!matches("^[0-9a-f]{4}$", "09af0"));
    assert!(matches("^magnet:", "magnet:?xt"));
    assert!(matches("^[a-z0-9-]+$", "a-b-1"));
    assert!(!matches("^[a-z0-9-]+$", ""));
    assert!(matches("^-?[0-9]{4,6}-[0-9]{2}-[0-9]{2}T", "-00123-01-02T"));
}
