//! Changing a metainfo file without making it anew.
//!
//! Owns what an edit means and the bytes that come of it. The new top level is put together from the raw
//! bytes of the old one: `info`, the piece layers, keys that nobody knows and everything else that is not
//! edited stay as they are, byte for byte, so that the info-hash stays too. Only `source` and `private`
//! stand inside `info`; where they change, every other pair of it is still kept raw. The top level
//! comes out in canonical order. Does not judge URLs and does not touch files.

mod info;
mod list;
mod trackers;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use super::lint::Lints;
use super::{Lint, Metainfo, Severity, Text};
use crate::bencode::{self, Document, Value, Writer};

pub use list::ListEdits;
pub use trackers::TierEdits;

/// What is to become of a torrent. The default changes nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Edits {
    /// `announce` and `announce-list` (BEP 12), which are kept consistent.
    pub trackers: TierEdits,
    /// `url-list` (BEP 19).
    pub web_seeds: ListEdits<String>,
    /// `httpseeds` (BEP 17).
    pub http_seeds: ListEdits<String>,
    /// `nodes` (BEP 5): host, without brackets, and port.
    pub nodes: ListEdits<(String, u16)>,
    /// `comment`.
    pub comment: Change<String>,
    /// `created by`.
    pub created_by: Change<String>,
    /// `creation date`, seconds since 1970.
    pub creation_date: Change<i64>,
    /// `source` of `info`; changes the info-hash.
    pub source: Change<String>,
    /// `private` of `info` (BEP 27), to be there or not; changes the info-hash.
    pub private: Option<bool>,
}

/// The note on something to remove that is not there.
const NOTHING_TO_REMOVE: &str = "nothing-to-remove";
/// The note on something to replace that is not there.
const NOTHING_TO_REPLACE: &str = "nothing-to-replace";

/// What is to become of one value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Change<T> {
    /// It stays.
    #[default]
    Keep,
    /// It goes.
    Remove,
    /// It becomes this.
    Set(T),
}

/// A torrent as an edit leaves it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edited {
    /// The metainfo file; where nothing changed, the old one as it was.
    pub bytes: Vec<u8>,
    /// What is different, by field; empty when nothing is.
    pub changes: Vec<FieldChange>,
    /// What else a reader of the changes should know, such as keys that were put in order.
    pub notes: Vec<Lint>,
}

impl Edited {
    /// Whether `info` is another, and so the info-hash.
    pub fn new_info_hash(&self) -> bool {
        self.changes.iter().any(|change| matches!(change.field, "source" | "private"))
    }

    /// Whether what was to be replaced or removed by name is not there, and nothing else changed either.
    pub fn found_nothing(&self) -> bool {
        let missed = |note: &Lint| matches!(note.name, NOTHING_TO_REMOVE | NOTHING_TO_REPLACE);
        self.changes.is_empty() && self.notes.iter().any(missed)
    }
}

/// One field that is different.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldChange {
    /// Its name as in the JSON document of a torrent.
    pub field: &'static str,
    /// What it was.
    pub before: FieldValue,
    /// What it is.
    pub after: FieldValue,
}

/// The value of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldValue {
    /// A single value that is not there.
    Absent,
    /// `private`.
    Flag(bool),
    /// A number.
    Number(i64),
    /// A text.
    Text(Text),
    /// Texts in their order; empty when the key is not there.
    List(Vec<Text>),
    /// Tiers of URLs; empty when there are none.
    Tiers(Vec<Vec<Text>>),
}

impl Edits {
    /// Whether nothing is asked for.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Carries the edits out on a torrent.
    ///
    /// # Errors
    /// When the bytes of the torrent cannot be read again, which those of a parsed one can.
    pub fn apply(&self, torrent: &Metainfo) -> Result<Edited, bencode::Error> {
        let document = bencode::decode(torrent.raw(), &bencode::Limits::default())?;
        let mut draft = Draft::of(&document);
        self.trackers.apply(&mut draft);
        self.web_seeds.apply(&mut draft, &list::WEB_SEEDS);
        self.http_seeds.apply(&mut draft, &list::HTTP_SEEDS);
        self.nodes.apply(&mut draft, &list::NODES);
        text(&mut draft, &self.comment, ["comment", "comment.utf-8"], "comment");
        text(&mut draft, &self.created_by, ["created by", "created by.utf-8"], "created_by");
        creation_date(&mut draft, &self.creation_date);
        info::apply(&mut draft, self, torrent);
        Ok(draft.finish(torrent))
    }
}

/// A torrent whose top level is being changed.
struct Draft<'d, 'a> {
    document: &'d Document<'a>,
    /// What was there; of keys that occur twice the first, which is the one that is read.
    old: BTreeMap<&'a [u8], Value<'d, 'a>>,
    /// Bencoded values in place of the old ones; none for a key that goes.
    new: BTreeMap<&'static [u8], Option<Vec<u8>>>,
    changes: Vec<FieldChange>,
    notes: Lints,
    unsorted: bool,
    repeated: bool,
}

impl<'d, 'a> Draft<'d, 'a> {
    fn of(document: &'d Document<'a>) -> Self {
        let mut old = BTreeMap::new();
        let (mut unsorted, mut repeated) = (false, false);
        let mut last: Option<&[u8]> = None;
        for (key, value) in document.root().dict().into_iter().flatten() {
            unsorted |= last.replace(key).is_some_and(|last| last > key);
            match old.entry(key) {
                std::collections::btree_map::Entry::Vacant(free) => {
                    free.insert(value);
                }
                std::collections::btree_map::Entry::Occupied(_) => repeated = true,
            }
        }
        let (new, changes, notes) = (BTreeMap::new(), Vec::new(), Lints::default());
        Self { document, old, new, changes, notes, unsorted, repeated }
    }

    fn old(&self, key: &str) -> Option<Value<'d, 'a>> {
        self.old.get(key.as_bytes()).copied()
    }

    /// Sets a key to a bencoded value, or removes it.
    fn set(&mut self, key: &'static str, value: Option<Vec<u8>>) {
        self.new.insert(key.as_bytes(), value);
    }

    fn changed(&mut self, field: &'static str, before: FieldValue, after: FieldValue) {
        self.changes.push(FieldChange { field, before, after });
    }

    fn note(&mut self, name: &'static str, severity: Severity, message: impl Into<String>) {
        self.notes.push(name, severity, message);
    }

    fn finish(mut self, torrent: &Metainfo) -> Edited {
        if self.changes.is_empty() {
            let notes = self.notes.finish();
            return Edited { bytes: torrent.raw().to_vec(), changes: Vec::new(), notes };
        }
        if self.unsorted {
            let message = "keys outside `info` were out of order and are put in order";
            self.note("keys-reordered", Severity::Warning, message);
        }
        if self.repeated {
            let message = "of keys outside `info` that occurred twice only the first is kept";
            self.note("repeated-keys-dropped", Severity::Warning, message);
        }
        let trailing = self.document.trailing().len();
        if trailing > 0 {
            let message = match trailing {
                1 => "1 byte after the end of the torrent is dropped".to_owned(),
                many => format!("{many} bytes after the end of the torrent are dropped"),
            };
            self.note("trailing-data-dropped", Severity::Warning, message);
        }
        let raw = self.old.iter().map(|(key, value)| (*key, value.raw()));
        let mut pairs: BTreeMap<&[u8], &[u8]> = raw.collect();
        for (key, value) in &self.new {
            match value {
                Some(value) => pairs.insert(key, value),
                None => pairs.remove(key),
            };
        }
        let added: usize = self.new.values().flatten().map(|value| value.len() + 32).sum();
        let mut to = Writer::with_capacity(torrent.raw().len() + added);
        to.begin_dict();
        for (key, value) in pairs {
            to.bytes(key).raw(value);
        }
        to.end();
        Edited { bytes: to.finish(), changes: self.changes, notes: self.notes.finish() }
    }
}

/// One bencoded string.
fn string(text: &[u8]) -> Vec<u8> {
    let mut to = Writer::new();
    to.bytes(text);
    to.finish()
}

/// A text whose UTF-8 form may stand beside it under a key of its own, which wins in reading.
fn text(draft: &mut Draft<'_, '_>, change: &Change<String>, keys: [&'static str; 2], field: &'static str) {
    let [plain, utf8] = keys;
    let old = draft.old(utf8).or_else(|| draft.old(plain));
    let before = old.and_then(Value::as_bytes);
    let value =
        |text: Option<&[u8]>| text.map_or(FieldValue::Absent, |text| FieldValue::Text(Text(text.to_vec())));
    match change {
        Change::Keep => {}
        Change::Remove => {
            if old.is_some() {
                draft.set(plain, None);
                draft.set(utf8, None);
                draft.changed(field, value(before), FieldValue::Absent);
            }
        }
        Change::Set(text) => {
            let text = text.as_bytes();
            if before == Some(text) {
                return;
            }
            // A torrent that names another encoding is read in that one, save for keys that say UTF-8.
            let encoding = draft.old("encoding").and_then(Value::as_bytes).unwrap_or(b"UTF-8");
            let foreign = !encoding.eq_ignore_ascii_case(b"utf-8") && !encoding.eq_ignore_ascii_case(b"utf8");
            if draft.old(utf8).is_some() || (foreign && !text.is_ascii()) {
                draft.set(utf8, Some(string(text)));
            }
            draft.set(plain, Some(string(text)));
            draft.changed(field, value(before), value(Some(text)));
        }
    }
}

fn creation_date(draft: &mut Draft<'_, '_>, change: &Change<i64>) {
    const KEY: &str = "creation date";
    let old = draft.old(KEY);
    let before = old.and_then(Value::as_int);
    let after = match *change {
        Change::Keep => return,
        Change::Remove => None,
        Change::Set(seconds) => Some(seconds),
    };
    // A value of another type goes as well.
    if before == after && (after.is_some() || old.is_none()) {
        return;
    }
    let encoded = after.map(|seconds| {
        let mut to = Writer::new();
        to.int(seconds);
        to.finish()
    });
    draft.set(KEY, encoded);
    let value = |seconds: Option<i64>| seconds.map_or(FieldValue::Absent, FieldValue::Number);
    draft.changed("creation_date", value(before), value(after));
}
