//! Small torrents for the tests of commands, put together byte by byte.

use std::path::Path;

use ccbt::hash::sha256;
use ccbt::metainfo::{Limits, Metainfo};

/// The torrent of this name in a directory, read.
pub fn made(root: &Path, name: &str) -> Metainfo {
    Metainfo::parse(std::fs::read(root.join(name)).unwrap(), &Limits::default()).unwrap()
}

/// The paths of a torrent's files, its directory not counted.
pub fn paths(torrent: &Metainfo) -> Vec<String> {
    let path = |file| torrent.path(file).map(String::from_utf8_lossy).collect::<Vec<_>>().join("/");
    torrent.info.files.iter().map(path).collect()
}

/// A bencoded string.
pub fn text(bytes: impl AsRef<[u8]>) -> Vec<u8> {
    let bytes = bytes.as_ref();
    [format!("{}:", bytes.len()).as_bytes(), bytes].concat()
}

/// A bencoded integer.
pub fn int(value: i64) -> Vec<u8> {
    format!("i{value}e").into_bytes()
}

/// A bencoded list.
pub fn list(items: impl IntoIterator<Item = Vec<u8>>) -> Vec<u8> {
    let items: Vec<u8> = items.into_iter().flatten().collect();
    [&b"l"[..], &items, b"e"].concat()
}

/// A bencoded dictionary; keys are sorted here.
pub fn dict<K: AsRef<[u8]>>(entries: impl IntoIterator<Item = (K, Vec<u8>)>) -> Vec<u8> {
    let mut entries: Vec<_> = entries.into_iter().collect();
    entries.sort_by(|a, b| a.0.as_ref().cmp(b.0.as_ref()));
    let entries: Vec<u8> = entries.into_iter().flat_map(|(key, value)| [text(key), value].concat()).collect();
    [&b"d"[..], &entries, b"e"].concat()
}

/// A v1 torrent of one file.
pub fn single(name: impl AsRef<[u8]>, length: u32) -> Vec<u8> {
    dict([("info", single_info(name, length))])
}

/// The info dictionary of [`single`].
pub fn single_info(name: impl AsRef<[u8]>, length: u32) -> Vec<u8> {
    dict([
        ("length", int(length.into())),
        ("name", text(name)),
        ("piece length", int(16384)),
        ("pieces", text(vec![7; 20 * length.div_ceil(16384) as usize])),
    ])
}

/// A v1 torrent of a directory `name` with files given by path, with `/` between components, and length.
pub fn tree(name: impl AsRef<[u8]>, files: &[(&[u8], u32)]) -> Vec<u8> {
    let file = |(path, length): &(&[u8], u32)| {
        let components = path.split(|byte| *byte == b'/').map(text);
        dict([("length", int((*length).into())), ("path", list(components))])
    };
    let total: u32 = files.iter().map(|(_, length)| length).sum();
    let info = dict([
        ("files", list(files.iter().map(file))),
        ("name", text(name)),
        ("piece length", int(16384)),
        ("pieces", text(vec![7; 20 * total.div_ceil(16384) as usize])),
    ]);
    dict([("info", info)])
}

/// A hybrid torrent of a directory `name` with files of one block at most, in order.
pub fn hybrid(name: &str, files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut v1 = Vec::new();
    for (index, (path, content)) in files.iter().enumerate() {
        assert!(content.len() <= 16384 && !content.is_empty());
        v1.push(dict([("length", int(content.len() as i64)), ("path", list([text(path)]))]));
        let pad = 16384 - content.len();
        if index + 1 < files.len() && pad > 0 {
            let path = list([text(".pad"), text(pad.to_string())]);
            v1.push(dict([("attr", text("p")), ("length", int(pad as i64)), ("path", path)]));
        }
    }
    let leaf = |content: &[u8]| {
        let entry = dict([("length", int(content.len() as i64)), ("pieces root", text(sha256(content)))]);
        dict([("", entry)])
    };
    let info = dict([
        ("file tree", dict(files.iter().map(|(path, content)| (*path, leaf(content))))),
        ("files", list(v1)),
        ("meta version", int(2)),
        ("name", text(name)),
        ("piece length", int(16384)),
        ("pieces", text(vec![7; 20 * files.len()])),
    ]);
    dict([("info", info), ("piece layers", dict::<&str>([]))])
}
