//! Why two torrents have different info-hashes: which of the choices that a maker has differ.
//!
//! Pure. Looks only at what lies in `info`; trackers, comments and dates are in no info-hash. Where a choice is that
//! of a program whose rules are known (`makers.rs`), it says of which.

mod known;

use std::collections::HashMap;

use super::{File, Metainfo, RawPath, error::shown, error::shown_path};
use crate::bencode::{self, Document, Limits};

/// Files named for one difference, at most; the others are counted.
const NAMED: usize = 3;

/// One choice that was made differently.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Stable kebab-case name, such as `piece-length`.
    pub rule: &'static str,
    /// What it is in the one torrent, and in the other.
    pub values: [String; 2],
    /// One sentence for people.
    pub message: String,
}

/// What differs between the info dictionaries of two torrents; empty when they are the same, and also never
/// empty when their bytes differ.
pub fn differences(one: &Metainfo, other: &Metainfo) -> Vec<Difference> {
    if one.info_bytes() == other.info_bytes() {
        return Vec::new();
    }
    let limits = Limits::default();
    let infos = [one, other].map(|torrent| bencode::decode(torrent.info_bytes(), &limits).ok());
    let mut found = Found { pair: [one, other], infos, differences: Vec::new() };
    found.shape();
    let common = found.lists();
    found.orders(&common);
    found.per_file(&common);
    found.contents(&common);
    found.keys();
    if found.differences.is_empty() {
        found.encoding();
    }
    found.differences
}

struct Found<'a> {
    pair: [&'a Metainfo; 2],
    /// Their info dictionaries, to look at keys as they were written.
    infos: [Option<Document<'a>>; 2],
    differences: Vec<Difference>,
}

/// Files that both torrents have under the same path, in the order of the first: indices in each.
type Common = Vec<[usize; 2]>;

impl<'a> Found<'a> {
    fn push(&mut self, rule: &'static str, values: [String; 2], message: impl Into<String>) {
        self.differences.push(Difference { rule, values, message: message.into() });
    }

    /// Adds a difference unless both values are the same.
    fn compare(&mut self, rule: &'static str, values: [String; 2], what: &str) {
        let [one, other] = &values;
        if one != other {
            let message = format!("{what}: {one} in the first, {other} in the second");
            self.push(rule, values, message);
        }
    }

    fn shape(&mut self) {
        let info = self.pair.map(|torrent| &torrent.info);
        self.compare("version", info.map(|info| info.version.name().to_owned()), "other halves");
        self.compare("name", info.map(|info| format!("`{}`", shown(&info.name.0))), "another name");
        let kind = |directory| if directory { "a directory" } else { "a single file" };
        self.compare(
            "directory",
            info.map(|info| kind(info.directory).to_owned()),
            "another kind of content",
        );
        self.piece_lengths();
        self.private();
        let source = info.map(|info| match &info.source {
            Some(source) => format!("`{}`", shown(&source.0)),
            None => "none".to_owned(),
        });
        self.compare("source", source, "another `source`");
    }

    /// The length of pieces, and who would have chosen it.
    fn piece_lengths(&mut self) {
        let info = self.pair.map(|torrent| &torrent.info);
        let [one, other] = info.map(|info| info.piece_length);
        if one == other {
            return;
        }
        let choosers = info.map(|info| known::choosers(info.piece_length, info.total_size));
        let explained = |length: u64, choosers: &Option<String>| match choosers {
            Some(choosers) => format!("{length} (which {choosers} would choose)"),
            None => format!("{length} (which none of the known programs would choose)"),
        };
        let message = format!(
            "another piece length: {} in the first, {} in the second",
            explained(one, &choosers[0]),
            explained(other, &choosers[1])
        );
        self.push("piece-length", [one, other].map(|length| length.to_string()), message);
    }

    /// `private`, where no key and 0 say the same to readers and not to the info-hash.
    fn private(&mut self) {
        let written = [0, 1].map(|index| self.value(index, b"private").is_some());
        let values = [0, 1].map(|index: usize| match (self.pair[index].info.private, written[index]) {
            (true, _) => "yes",
            (false, true) => "no, as 0",
            (false, false) => "no",
        });
        if values[0] == values[1] {
            return;
        }
        let zero = if values.contains(&"no, as 0") {
            format!("; {} write the key where nobody asked for it", known::private_zero())
        } else {
            String::new()
        };
        let message =
            format!("another private flag: {} in the first, {} in the second{zero}", values[0], values[1]);
        self.push("private", values.map(str::to_owned), message);
    }

    /// A value of one of the info dictionaries as it was written.
    fn value(&self, index: usize, key: &[u8]) -> Option<Vec<u8>> {
        Some(self.infos.get(index)?.as_ref()?.root().get(key)?.raw().to_vec())
    }

    /// Which files are in one torrent alone.
    fn lists(&mut self) -> Common {
        let [one, other] = self.pair;
        let mut left: HashMap<Vec<u8>, usize> = files(other).map(|(index, path, _)| (path, index)).collect();
        let (mut common, mut missing) = (Common::new(), Vec::new());
        for (index, path, _) in files(one) {
            match left.remove(&path) {
                Some(partner) => common.push([index, partner]),
                None => missing.push(index),
            }
        }
        let mut extra: Vec<usize> = left.into_values().collect();
        extra.sort_unstable();
        // The name of a single file is the name of its torrent, of which was told already.
        let named = one.info.directory || other.info.directory;
        if named && !(missing.is_empty() && extra.is_empty()) {
            let told = [listed(one, &missing), listed(other, &extra)];
            let left_out = |torrent: &'a Metainfo, all: &[usize]| {
                let files = all.iter().map(|&index| &torrent.info.files[index]);
                known::left_out(files.map(|file| (file, joined(torrent.path(file)))))
            };
            let hint: String = [left_out(one, &missing), left_out(other, &extra)]
                .into_iter()
                .flatten()
                .map(|why| format!("; {why}"))
                .collect();
            let message =
                format!("other files: only in the first {}, only in the second {}{hint}", told[0], told[1]);
            self.push("files", told, message);
        }
        if !named && common.is_empty() && !missing.is_empty() && !extra.is_empty() {
            common.push([missing[0], extra[0]]);
        }
        common
    }

    /// The order of the files that both have, and the padding between them.
    fn orders(&mut self, common: &Common) {
        if !common.is_sorted_by_key(|[_, other]| other) {
            let listing = |indices: Vec<usize>, torrent: &Metainfo| -> known::Listing {
                let files = indices.into_iter().map(|index| &torrent.info.files[index]);
                files.map(|file| (joined(torrent.path(file)), file.length)).collect()
            };
            let [one, other] = self.pair;
            let mut second: Vec<usize> = common.iter().map(|[_, index]| *index).collect();
            second.sort_unstable();
            let first = common.iter().map(|[index, _]| *index).collect();
            let orders = known::orders(&[listing(first, one), listing(second, other)]);
            let message = format!(
                "the files come in another order: {} in the first, {} in the second",
                orders[0], orders[1]
            );
            self.push("order", orders, message);
        }
        // A hybrid has its pads by definition, and the other halves were told.
        if self.pair[0].info.version == self.pair[1].info.version {
            let [one, other] = self.pair.map(|torrent| &torrent.info);
            let tail = [one, other].map(|info| {
                info.pads > 0 && info.files.last().is_some_and(|file| file.offset + file.length < info.space)
            });
            let what = match tail[0] != tail[1] && one.pads.abs_diff(other.pads) == 1 {
                true => "another number of pad files, as one alone has them after the last file too",
                false => "another number of pad files, which let each file begin a piece",
            };
            self.compare("pads", self.pair.map(|torrent| torrent.info.pads.to_string()), what);
        }
    }

    /// Sizes, attributes and hints of the files that both have.
    fn per_file(&mut self, common: &Common) {
        self.per_file_rule("file-size", "another size of", common, |file| file.length.to_string());
        let attr = |file: &File| {
            let flags = [(file.attr.executable, 'x'), (file.attr.hidden, 'h'), (file.attr.symlink, 'l')];
            let flags: String = flags.iter().filter(|(set, _)| *set).map(|(_, flag)| *flag).collect();
            if flags.is_empty() { "none".to_owned() } else { flags }
        };
        self.per_file_rule(
            "attributes",
            "other attributes (BEP 47), which libtorrent writes unasked, of",
            common,
            attr,
        );
        let hints = |file: &File| {
            let hints = [
                (file.md5().is_some(), "md5sum"),
                (file.sha1().is_some(), "sha1"),
                (file.mtime().is_some(), "mtime"),
            ];
            let hints: Vec<&str> = hints.iter().filter(|(there, _)| *there).map(|(_, name)| *name).collect();
            if hints.is_empty() { "none".to_owned() } else { hints.join(", ") }
        };
        self.per_file_rule("file-keys", "other keys beside", common, hints);
    }

    fn per_file_rule(
        &mut self,
        rule: &'static str,
        what: &str,
        common: &Common,
        value: impl Fn(&File) -> String,
    ) {
        let [one, other] = self.pair;
        let values = |[first, second]: &[usize; 2]| {
            [value(&one.info.files[*first]), value(&other.info.files[*second])]
        };
        let differing: Vec<&[usize; 2]> =
            common.iter().filter(|pair| matches!(values(pair), [one, other] if one != other)).collect();
        if let Some(first) = differing.first() {
            let indices: Vec<usize> = differing.iter().map(|[index, _]| *index).collect();
            let told = values(first);
            let message = format!(
                "{what} {}: {} in the first, {} in the second",
                listed(one, &indices),
                told[0],
                told[1]
            );
            self.push(rule, told, message);
        }
    }

    /// Whether the same layout holds other bytes; that can be told only where it is the same.
    fn contents(&mut self, common: &Common) {
        let [one, other] = self.pair;
        let root =
            |torrent: &Metainfo, index: usize| torrent.pieces_root(&torrent.info.files[index]).copied();
        let changed: Vec<usize> = common
            .iter()
            .filter(|[a, b]| matches!((root(one, *a), root(other, *b)), (Some(a), Some(b)) if a != b))
            .map(|[index, _]| *index)
            .collect();
        if !changed.is_empty() {
            let count = changed.len().to_string();
            let message = format!("other content (by `pieces root`) of {}", listed(one, &changed));
            return self.push("content", [count.clone(), count], message);
        }
        let layout = |torrent: &Metainfo| {
            let place = |file: &File| (file.offset, file.length);
            (torrent.info.piece_length, torrent.info.files.iter().map(place).collect::<Vec<_>>())
        };
        let told = !self.differences.iter().all(|difference| NOT_LAYOUT.contains(&difference.rule));
        if told || one.info.v1.is_none() || other.info.v1.is_none() || layout(one) != layout(other) {
            return;
        }
        let differs = |&piece: &usize| one.piece_hash(piece) != other.piece_hash(piece);
        let pieces: Vec<usize> = (0..one.info.piece_count).filter(differs).collect();
        let Some(&first) = pieces.first() else { return };
        let holds = |file: &File| {
            file.pieces(one.info.piece_length)
                .is_some_and(|(from, to)| pieces.iter().any(|&piece| (from..=to).contains(&(piece as u64))))
        };
        let files: Vec<usize> = match pieces.len() {
            // Many pieces in many files would take a look at each pair of them.
            0..=64 => (0..one.info.files.len()).filter(|&index| holds(&one.info.files[index])).collect(),
            _ => Vec::new(),
        };
        let within = if files.is_empty() { String::new() } else { format!(", in {}", listed(one, &files)) };
        let message = format!(
            "other content: {} of {} pieces differ, the first is {first}{within}",
            pieces.len(),
            one.info.piece_count
        );
        let count = pieces.len().to_string();
        self.push("content", [count.clone(), count], message);
    }

    /// Further keys of `info`, and whether their values are the same.
    fn keys(&mut self) {
        let [one, other] = self.pair;
        let unknown = one.info.unknown.iter().chain(&other.info.unknown).map(|(key, _)| &key.0[..]);
        let mut keys: Vec<&[u8]> = unknown.chain(FURTHER).collect();
        keys.sort_unstable();
        keys.dedup();
        for key in keys {
            let values = [0, 1].map(|index| self.value(index, key));
            if values[0] != values[1] {
                let told = values.map(|value| match value {
                    Some(value) => format!("{} bytes", value.len()),
                    None => "absent".to_owned(),
                });
                let who = known::writers(key).map_or_else(String::new, |who| format!("; {who}"));
                let key = shown(key);
                let message = format!(
                    "another value of `{key}` in `info`: {} in the first, {} in the second{who}",
                    told[0], told[1]
                );
                self.push("info-key", told, message);
            }
        }
    }

    /// The same values in other bytes, or a key that was looked at by none of the rules.
    fn encoding(&mut self) {
        let sizes = self.pair.map(|torrent| torrent.info_bytes().len().to_string());
        let canonical = self.pair.map(|torrent| {
            let odd = ["unsorted-keys", "duplicate-keys", "leading-zeros", "negative-zero"];
            !torrent.lints.iter().any(|lint| odd.contains(&lint.name))
        });
        let message = match canonical {
            [true, true] => "`info` says the same in other words, such as keys in two spellings",
            [false, true] => "the first `info` is not canonical bencoding",
            [true, false] => "the second `info` is not canonical bencoding",
            [false, false] => "neither `info` is canonical bencoding",
        };
        self.push("encoding", sizes, message);
    }
}

/// Keys of `info` that say nothing of the files and change the info-hash all the same.
const FURTHER: [&[u8]; 5] = [b"collections", b"similar", b"ssl-cert", b"update-url", b"x_cross_seed"];

/// Rules that leave every byte where it is.
const NOT_LAYOUT: [&str; 6] = ["name", "private", "source", "file-keys", "attributes", "info-key"];

/// Index, path with `/` between its components, and the file.
fn files(torrent: &Metainfo) -> impl Iterator<Item = (usize, Vec<u8>, &File)> {
    let files = torrent.info.files.iter().enumerate();
    files.map(|(index, file)| (index, joined(torrent.path(file)), file))
}

fn joined(path: RawPath<'_>) -> Vec<u8> {
    path.collect::<Vec<_>>().join(&b'/')
}

/// The first of some files by name, and how many there are besides.
fn listed(torrent: &Metainfo, indices: &[usize]) -> String {
    if indices.is_empty() {
        return "none".to_owned();
    }
    let name = |&index: &usize| format!("`{}`", shown_path(torrent.path(&torrent.info.files[index])));
    let names: Vec<String> = indices.iter().take(NAMED).map(name).collect();
    match indices.len().saturating_sub(NAMED) {
        0 => names.join(", "),
        more => format!("{} and {more} more", names.join(", ")),
    }
}
