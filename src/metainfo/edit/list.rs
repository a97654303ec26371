//! Keys outside `info` that hold a list: web seeds, HTTP seeds, nodes.

use super::{Draft, FieldValue, NOTHING_TO_REMOVE};
use crate::bencode::{Kind, Value, Writer};
use crate::metainfo::{Severity, Text, urls};

/// What is to become of a list: first all of it is replaced, then items go, then items come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListEdits<T> {
    /// In place of all that is there; empty for none.
    pub all: Option<Vec<T>>,
    /// Items to take out.
    pub remove: Vec<T>,
    /// Items to put at the end, unless they are there.
    pub add: Vec<T>,
}

impl<T> Default for ListEdits<T> {
    fn default() -> Self {
        Self { all: None, remove: Vec::new(), add: Vec::new() }
    }
}

/// How the items of one key are read, written and told.
pub(super) struct Field<T> {
    key: &'static str,
    /// Name of the field in the JSON document of a torrent.
    name: &'static str,
    /// What one item is called.
    item: &'static str,
    /// Whether a string stands for a list of one.
    bare: bool,
    shown: fn(Value<'_, '_>) -> Option<Text>,
    encode: fn(&T) -> Item,
    /// Whether two items name the same thing although they are written differently.
    alike: fn(&Text, &Text) -> bool,
}

/// `url-list`: one URL is written as a string, which every reader knows.
pub(super) const WEB_SEEDS: Field<String> = Field {
    key: "url-list",
    name: "web_seeds",
    item: "web seed",
    bare: true,
    shown: shown_url,
    encode: encode_url,
    alike: alike_urls,
};

/// `httpseeds`: always a list (BEP 17).
pub(super) const HTTP_SEEDS: Field<String> =
    Field { key: "httpseeds", name: "http_seeds", item: "HTTP seed", bare: false, ..WEB_SEEDS };

/// `nodes`: pairs of host and port (BEP 5).
pub(super) const NODES: Field<(String, u16)> = Field {
    key: "nodes",
    name: "nodes",
    item: "node",
    bare: false,
    shown: shown_node,
    encode: encode_node,
    alike: |one, other| one.0.eq_ignore_ascii_case(&other.0),
};

/// One item: its bencoding, which for one that was there is as found, and how it is told.
#[derive(Clone, Debug)]
pub(super) struct Item {
    raw: Vec<u8>,
    shown: Text,
}

impl<T: PartialEq> ListEdits<T> {
    pub(super) fn apply(&self, draft: &mut Draft<'_, '_>, field: &Field<T>) {
        if *self == Self::default() {
            return;
        }
        let before = read(draft.old(field.key), field);
        let mut items = before.clone();
        if let Some(all) = &self.all {
            items.clear();
            add(&mut items, all, field);
        }
        for gone in &self.remove {
            let gone = (field.encode)(gone).shown;
            let exact = items.iter().any(|item| item.shown == gone);
            let count = items.len();
            // Only where none is written alike may another form of it be meant.
            items.retain(|item| item.shown != gone && (exact || !(field.alike)(&item.shown, &gone)));
            if items.len() == count {
                let message = format!("there is no {} `{}` to remove", field.item, gone.lossy());
                draft.note(NOTHING_TO_REMOVE, Severity::Info, message);
            }
        }
        add(&mut items, &self.add, field);
        let told = |items: &[Item]| -> Vec<Text> { items.iter().map(|item| item.shown.clone()).collect() };
        let (told_before, told_after) = (told(&before), told(&items));
        if told_before == told_after {
            return;
        }
        draft.set(field.key, encode(&items, field));
        draft.changed(field.name, FieldValue::List(told_before), FieldValue::List(told_after));
    }
}

fn add<T>(items: &mut Vec<Item>, new: &[T], field: &Field<T>) {
    for item in new.iter().map(field.encode) {
        if items.iter().all(|there| there.shown != item.shown) {
            items.push(item);
        }
    }
}

/// The items as found; those that cannot be read are kept too, and told by their bytes.
fn read<T>(value: Option<Value<'_, '_>>, field: &Field<T>) -> Vec<Item> {
    let Some(value) = value else { return Vec::new() };
    let single = (field.bare && value.kind() == Kind::Bytes).then_some(value);
    let items = single.into_iter().chain(value.list().into_iter().flatten());
    // An empty string is a way to say that there are none.
    let items = items.filter(|item| item.as_bytes().is_none_or(|text| !text.trim_ascii().is_empty()));
    let item = |value: Value<'_, '_>| Item {
        raw: value.raw().to_vec(),
        shown: (field.shown)(value).unwrap_or_else(|| Text(value.raw().to_vec())),
    };
    items.map(item).collect()
}

fn encode<T>(items: &[Item], field: &Field<T>) -> Option<Vec<u8>> {
    match items {
        [] => None,
        // What is no string would not be read outside a list.
        [one] if field.bare && one.raw.first().is_some_and(u8::is_ascii_digit) => Some(one.raw.clone()),
        many => {
            let mut to = Writer::new();
            to.begin_list();
            for item in many {
                to.raw(&item.raw);
            }
            to.end();
            Some(to.finish())
        }
    }
}

fn shown_url(value: Value<'_, '_>) -> Option<Text> {
    value.as_bytes().map(|url| Text(url.trim_ascii().to_vec()))
}

fn encode_url(url: &String) -> Item {
    Item { raw: super::string(url.as_bytes()), shown: Text(url.clone().into_bytes()) }
}

/// URLs may be seen escaped and with the slash at the end that BEP 19 wants for directories.
fn alike_urls(one: &Text, other: &Text) -> bool {
    let plain = |url: &Text| urls::escaped(&url.0).trim_end_matches('/').to_owned();
    plain(one) == plain(other)
}

fn shown_node(value: Value<'_, '_>) -> Option<Text> {
    urls::node(value).map(|(host, port)| host_and_port(&host, port))
}

fn encode_node((host, port): &(String, u16)) -> Item {
    let mut to = Writer::new();
    to.begin_list().bytes(host.as_bytes()).int(*port).end();
    Item { raw: to.finish(), shown: host_and_port(host, *port) }
}

/// IPv6 addresses in brackets, everything else as it is.
fn host_and_port(host: &str, port: u16) -> Text {
    let address = host.parse::<std::net::Ipv6Addr>();
    let text = address.map_or_else(|_| format!("{host}:{port}"), |address| format!("[{address}]:{port}"));
    Text(text.into_bytes())
}
