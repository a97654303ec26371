//! Our own source, read as text: enough of Rust's lexical rules to tell code from comments, strings
//! and tests, and to find paths and functions. Does not parse Rust.

use std::fs;
use std::path::{Path, PathBuf};

/// One source file.
pub struct Source {
    /// Path from the repository's root, with `/` between components.
    pub path: String,
    /// As written.
    pub text: String,
    /// With comments, strings and characters blanked; line breaks stay.
    pub code: String,
    /// The same without the items under `#[cfg(test)]`.
    pub shipped: String,
}

/// A function and how long it is.
pub struct Function {
    /// Its name.
    pub name: String,
    /// The line it begins on, from 1.
    pub line: usize,
    /// From `fn` to its closing brace.
    pub lines: usize,
}

/// The repository's root.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every `.rs` file below a folder of the repository, sorted by path.
pub fn below(folder: &str) -> Vec<Source> {
    let mut paths = Vec::new();
    collect(&root().join(folder), &mut paths);
    paths.sort();
    paths.iter().map(|path| Source::read(path)).collect()
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder of the repository") {
        let path = entry.expect("an entry of the folder").path();
        if path.is_dir() {
            collect(&path, paths);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            paths.push(path);
        }
    }
}

impl Source {
    fn read(path: &Path) -> Self {
        let text = fs::read_to_string(path).expect("a source file is UTF-8");
        let relative = path.strip_prefix(root()).expect("below the root");
        let path = relative.to_str().expect("our own names are UTF-8").replace('\\', "/");
        let code = blanked(&text);
        let shipped = if is_test_file(&path) { String::new() } else { without_tests(&code) };
        Self { path, text, code, shipped }
    }

    /// The module this file is, from the crate's root: `src/content/walk.rs` is `content::walk`.
    pub fn module(&self) -> Vec<&str> {
        let inside = self.path.strip_prefix("src/").unwrap_or(&self.path);
        let mut parts: Vec<&str> = inside.trim_end_matches(".rs").split('/').collect();
        if matches!(parts.last(), Some(&("mod" | "lib" | "main"))) {
            parts.pop();
        }
        parts
    }

    /// Every path of the shipped code that begins with this crate, absolute: `super` is resolved, and
    /// groups in braces are spelled out.
    pub fn own_paths(&self) -> Vec<Vec<String>> {
        let mut paths = Vec::new();
        for (_, mut path) in paths_from(&self.shipped, "crate") {
            path.remove(0);
            paths.push(path);
        }
        let module: Vec<String> = self.module().into_iter().map(String::from).collect();
        for (_, path) in paths_from(&self.shipped, "super") {
            let up = path.iter().take_while(|part| *part == "super").count();
            let mut absolute = module[..module.len().saturating_sub(up)].to_vec();
            absolute.extend_from_slice(&path[up..]);
            paths.push(absolute);
        }
        paths
    }

    /// The functions of the shipped code.
    pub fn functions(&self) -> Vec<Function> {
        let code = self.shipped.as_bytes();
        let name_at = |at: usize| ident(&self.shipped, at + 3).filter(|name| !name.is_empty());
        words(&self.shipped, "fn")
            .filter_map(|at| {
                let name = name_at(at)?;
                let end = item_end(code, at)?;
                let line_of = |at: usize| code[..at].iter().filter(|byte| **byte == b'\n').count() + 1;
                let (line, last) = (line_of(at), line_of(end));
                Some(Function { name, line, lines: last - line + 1 })
            })
            .collect()
    }
}

/// Whether a file holds tests or what they stand on, and nothing that ships.
pub fn is_test_file(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name == "tests.rs" || name == "testing.rs" || path.contains("/tests/") || path.starts_with("tests/")
}

/// The paths of `code` that begin with the word `first`, each with its place, groups spelled out.
pub fn paths_from(code: &str, first: &str) -> Vec<(usize, Vec<String>)> {
    let mut found = Vec::new();
    for at in words(code, first) {
        if !code[..at].ends_with(':') && code[at + first.len()..].starts_with("::") {
            let mut paths = Vec::new();
            expand(code, at, &[], &mut paths);
            found.extend(paths.into_iter().map(|path| (at, path)));
        }
    }
    found
}

/// Reads a path at `at`, adds what it stands for to `paths`, and gives the place behind it.
fn expand(code: &str, mut at: usize, before: &[String], paths: &mut Vec<Vec<String>>) -> usize {
    let skip = |at: usize| at + code[at..].len() - code[at..].trim_start().len();
    let mut path = before.to_vec();
    loop {
        at = skip(at);
        match code.as_bytes().get(at) {
            Some(b'{') => {
                at = skip(at + 1);
                while !matches!(code.as_bytes().get(at), None | Some(b'}')) {
                    at = expand(code, at, &path, paths);
                    let comma = code[at..].find([',', '}']).map_or(code.len(), |found| at + found);
                    at = skip(comma + usize::from(code[comma..].starts_with(',')));
                }
                return (at + 1).min(code.len());
            }
            Some(b'*') => {
                path.push(String::from("*"));
                paths.push(path);
                return at + 1;
            }
            _ => {}
        }
        let Some(part) = ident(code, at).filter(|part| !part.is_empty()) else { break };
        at += part.len();
        path.push(part);
        if !code[at..].starts_with("::") {
            break;
        }
        at += 2;
    }
    paths.push(path);
    at
}

/// Where `word` stands in `code` as a word of its own.
pub fn words<'c>(code: &'c str, word: &'c str) -> impl Iterator<Item = usize> + 'c {
    let part = |char: char| char.is_alphanumeric() || char == '_';
    code.match_indices(word).map(|(at, _)| at).filter(move |at| {
        !code[..*at].chars().next_back().is_some_and(part)
            && !code[at + word.len()..].chars().next().is_some_and(part)
    })
}

fn ident(code: &str, at: usize) -> Option<String> {
    let rest = code.get(at..)?;
    Some(rest.chars().take_while(|char| char.is_alphanumeric() || *char == '_').collect())
}

/// Where the item that begins at `at` ends: at its `;`, or at the brace that closes its body.
fn item_end(code: &[u8], at: usize) -> Option<usize> {
    let mut depth = 0usize;
    for (at, byte) in code.iter().enumerate().skip(at) {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' => depth = depth.saturating_sub(1),
            b'}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return Some(at);
                }
            }
            b';' if depth == 0 => return Some(at),
            _ => {}
        }
    }
    None
}

/// Blanks every item under `#[cfg(test)]`.
fn without_tests(code: &str) -> String {
    const MARK: &str = "#[cfg(test)]";
    let mut shipped = code.as_bytes().to_vec();
    for (at, _) in code.match_indices(MARK) {
        // Attributes between the mark and the item end in `]`, which is no end of an item.
        let end = item_end(code.as_bytes(), at + MARK.len()).unwrap_or(code.len() - 1);
        blank(&mut shipped, at, end + 1);
    }
    String::from_utf8(shipped).expect("whole characters were blanked")
}

/// Blanks comments, strings and characters.
fn blanked(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = bytes.to_vec();
    let mut at = 0;
    while at < bytes.len() {
        let end = match bytes[at] {
            b'/' if bytes[at..].starts_with(b"//") => line_end(bytes, at),
            b'/' if bytes[at..].starts_with(b"/*") => comment_end(bytes, at),
            b'"' => string_end(bytes, at),
            b'\'' => char_end(text, at),
            byte if byte.is_ascii_alphabetic() || byte == b'_' => {
                let word = word_end(bytes, at);
                if let Some(end) = raw_string_end(bytes, at, word) {
                    end
                } else {
                    at = word;
                    continue;
                }
            }
            _ => at,
        };
        blank(&mut out, at, end);
        at = end.max(at + 1);
    }
    String::from_utf8(out).expect("whole characters were blanked")
}

fn blank(out: &mut [u8], from: usize, to: usize) {
    for byte in &mut out[from..to] {
        if *byte != b'\n' {
            *byte = b' ';
        }
    }
}

fn line_end(bytes: &[u8], at: usize) -> usize {
    bytes[at..].iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |length| at + length)
}

fn comment_end(bytes: &[u8], mut at: usize) -> usize {
    let mut depth = 0usize;
    while at < bytes.len() {
        if bytes[at..].starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if bytes[at..].starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                break;
            }
        } else {
            at += 1;
        }
    }
    at
}

fn string_end(bytes: &[u8], at: usize) -> usize {
    let mut at = at + 1;
    while at < bytes.len() && bytes[at] != b'"' {
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    (at + 1).min(bytes.len())
}

/// A character ends at its second quote; a lifetime is no character and ends where it begins.
fn char_end(text: &str, at: usize) -> usize {
    let mut chars = text[at + 1..].char_indices();
    match chars.next() {
        Some((_, '\\')) => {
            let rest = &text[at + 3..];
            rest.find('\'').map_or(text.len(), |length| at + 3 + length + 1)
        }
        Some(_) => match chars.next() {
            Some((length, '\'')) => at + 1 + length + 1,
            _ => at,
        },
        None => at,
    }
}

fn word_end(bytes: &[u8], at: usize) -> usize {
    let part = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_' || *byte >= 0x80;
    bytes[at..].iter().position(|byte| !part(byte)).map_or(bytes.len(), |length| at + length)
}

/// The end of a raw string whose prefix is the word from `at` to `word`, if it is one.
fn raw_string_end(bytes: &[u8], at: usize, word: usize) -> Option<usize> {
    if !matches!(&bytes[at..word], b"r" | b"br" | b"cr") {
        return None;
    }
    let hashes = bytes[word..].iter().take_while(|byte| **byte == b'#').count();
    let start = word + hashes;
    if bytes.get(start) != Some(&b'"') {
        return None;
    }
    let close: Vec<u8> = std::iter::once(b'"').chain(std::iter::repeat_n(b'#', hashes)).collect();
    let length = bytes[start + 1..].windows(close.len()).position(|window| window == close)?;
    Some(start + 1 + length + close.len())
}

#[test]
fn code_is_told_from_what_is_not() {
    let text = "a /* b /* c */ */ 'd' '\\'' &'e \"f\\\"\" r#\"g\"# br\"h\" r#i // j\nk";
    let code = blanked(text);
    let left: Vec<&str> = code.split_whitespace().collect();
    assert_eq!(left, ["a", "&'e", "r#i", "k"]);
    assert_eq!(code.len(), text.len());
}

#[test]
fn paths_are_spelled_out() {
    let code = "use crate::{a, b::{self, c as d}, e::*}; mycrate::x; crate::f::g(h)";
    let paths: Vec<String> =
        paths_from(code, "crate").into_iter().map(|(_, path)| path[1..].join("::")).collect();
    assert_eq!(paths, ["a", "b::self", "b::c", "e::*", "f::g"]);
}

#[test]
fn tests_are_no_part_of_what_ships() {
    let code = "fn a() {}\n#[cfg(test)]\n#[x]\nmod tests { fn b() { [0; 1] } }\nfn c() {}";
    let shipped = without_tests(code);
    assert!(shipped.contains("a()") && !shipped.contains("b()") && shipped.contains("c()"));
}
