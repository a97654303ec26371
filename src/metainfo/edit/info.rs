//! The two keys inside `info` that can be edited: `source` and `private` (BEP 27).

use super::{Change, Draft, Edits, FieldValue, string};
use crate::bencode::Value;
use crate::metainfo::{Metainfo, Severity, Text};

/// Puts `info` together anew where one of the two is to mean something else than it does. What would only
/// be written differently stays: a `private` of 0 is no reason for a new info-hash.
pub(super) fn apply(draft: &mut Draft<'_, '_>, edits: &Edits, torrent: &Metainfo) {
    let Some(old) = draft.old("info") else { return };
    let mut pairs = Pairs::of(old);
    source(draft, &mut pairs, &edits.source);
    if let Some(private) = edits.private
        && private != torrent.info.private
    {
        pairs.set(b"private", private.then(|| b"i1e".to_vec()));
        draft.changed("private", FieldValue::Flag(!private), FieldValue::Flag(private));
    }
    if !pairs.changed {
        return;
    }
    draft.set("info", Some(pairs.encode()));
    let message = "`info` changes and with it the info-hash: it is another torrent to peers and trackers";
    draft.note("new-info-hash", Severity::Warning, message);
    if draft.old("signatures").is_some() {
        draft.set("signatures", None);
        let before =
            FieldValue::List(torrent.signatures.iter().map(|signature| signature.signer.clone()).collect());
        draft.changed("signatures", before, FieldValue::Absent);
        let message = "the signatures (BEP 35) were over the old `info` and are dropped";
        draft.note("signatures-dropped", Severity::Warning, message);
    }
}

fn source(draft: &mut Draft<'_, '_>, pairs: &mut Pairs<'_, '_>, change: &Change<String>) {
    const KEY: &[u8] = b"source";
    let old = pairs.get(KEY);
    let text = |value: &[u8]| FieldValue::Text(Text(value.to_vec()));
    let before = match old {
        None => FieldValue::Absent,
        // Of a value that is no string at least its bytes can be told.
        Some(value) => text(value.as_bytes().unwrap_or_else(|| value.raw())),
    };
    match change {
        Change::Set(to) if old.and_then(Value::as_bytes) != Some(to.as_bytes()) => {
            pairs.set(KEY, Some(string(to.as_bytes())));
            draft.changed("source", before, text(to.as_bytes()));
        }
        Change::Remove if old.is_some() => {
            pairs.set(KEY, None);
            draft.changed("source", before, FieldValue::Absent);
        }
        _ => {}
    }
}

/// The pairs of `info` in their order, whatever that is.
struct Pairs<'d, 'a> {
    list: Vec<Pair<'d, 'a>>,
    changed: bool,
}

enum Pair<'d, 'a> {
    /// Key and value as found.
    Raw(Value<'d, 'a>, Value<'d, 'a>),
    /// A key and its bencoded value.
    New(&'static [u8], Vec<u8>),
}

impl<'d, 'a> Pairs<'d, 'a> {
    fn of(info: Value<'d, 'a>) -> Self {
        let mut list = Vec::new();
        let mut entries = info.dict();
        while let Some((key, value)) = entries.as_mut().and_then(|entries| entries.next_entry()) {
            list.push(Pair::Raw(key, value));
        }
        Self { list, changed: false }
    }

    /// The value as found; of a key that occurs twice the first, as in reading.
    fn get(&self, wanted: &[u8]) -> Option<Value<'d, 'a>> {
        self.list.iter().find_map(|pair| match pair {
            Pair::Raw(key, value) if key.as_bytes() == Some(wanted) => Some(*value),
            _ => None,
        })
    }

    /// Puts a bencoded value in place of every one that the key has, or none.
    fn set(&mut self, key: &'static [u8], value: Option<Vec<u8>>) {
        self.changed = true;
        self.list.retain(|pair| pair.key() != key);
        if let Some(value) = value {
            // In order where the others are: a v2 torrent must be canonical (BEP 52).
            let at = self.list.iter().position(|pair| pair.key() > key).unwrap_or(self.list.len());
            self.list.insert(at, Pair::New(key, value));
        }
    }

    /// The dictionary. [`crate::bencode::Writer`] would not take keys that are out of order, and these
    /// may be.
    fn encode(&self) -> Vec<u8> {
        let mut out = vec![b'd'];
        for pair in &self.list {
            match pair {
                Pair::Raw(key, value) => {
                    out.extend_from_slice(key.raw());
                    out.extend_from_slice(value.raw());
                }
                Pair::New(key, value) => {
                    out.extend_from_slice(&string(key));
                    out.extend_from_slice(value);
                }
            }
        }
        out.push(b'e');
        out
    }
}

impl<'a> Pair<'_, 'a> {
    fn key(&self) -> &'a [u8] {
        match self {
            Self::Raw(key, _) => key.as_bytes().unwrap_or_default(),
            Self::New(key, _) => key,
        }
    }
}
