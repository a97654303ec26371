//! Magnet URIs (BEP 9), with v2 topics (BEP 52) and file selection (BEP 53).
//!
//! Owns reading and writing them: `xt` (btih in hexadecimal or base 32, btmh), `dn`, `xl`, `tr`,
//! `ws`, `x.pe`, `so`, and `dht` as several clients write it. What other parameters say (`xs`, `as`,
//! `kt`, ...) is left out: it is no help in finding the torrent without leaving BitTorrent.
//! Deliberately does not contact anything, judge addresses, or make text safe for a terminal.
//!
//! Wrong topics make a magnet invalid, because another torrent than the meant one would be found;
//! everything else that is malformed is skipped, because the torrent is found without it, and noted as
//! [`Dropped`].

mod dropped;
mod endpoint;
mod escape;
mod selection;
#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::fmt;
use std::hash::Hash;

use crate::hex;
use crate::id::{InfoHashV1, InfoHashV2};
use crate::metainfo::{Metainfo, Text};

pub use dropped::{Dropped, DroppedParameter, MAX_DROPPED, Reason};
pub use endpoint::{Endpoint, Host, InvalidEndpoint};
pub use selection::{InvalidSelection, Ranges, parse_selection};

/// Longest URI read, bytes. Real ones stay below 10 kB; reading is linear, so this only bounds
/// memory, and it leaves room for tens of thousands of parameters.
pub const MAX_URI: usize = 8 << 20;

/// Most trackers, web seeds, peers and nodes kept, of each. Nobody could use more, and each kept one
/// may later cost a connection.
pub const MAX_LIST: usize = 10_000;

/// Highest file index that `so` may name: a range is written in a few bytes and must not become
/// millions of indices. libtorrent draws the line at the same number.
pub const MAX_SELECT: u32 = 10_000;

/// Multihash prefix of SHA2-256 with 32 bytes (BEP 9, "tagged-info-hash").
const SHA2_256: &str = "1220";

/// Schemes of trackers: BEP 3, BEP 15, and WebSocket trackers.
pub const TRACKER_SCHEMES: [&str; 5] = ["http", "https", "udp", "ws", "wss"];

/// Schemes of web seeds (BEP 19).
pub const WEB_SEED_SCHEMES: [&str; 3] = ["http", "https", "ftp"];

/// What a magnet URI says. One of the two info-hashes is always there in a magnet that was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Magnet {
    /// `xt=urn:btih:`.
    pub info_hash_v1: Option<InfoHashV1>,
    /// `xt=urn:btmh:1220`.
    pub info_hash_v2: Option<InfoHashV2>,
    /// `dn`, the name to show until the metadata is there; any bytes.
    pub name: Option<Text>,
    /// `xl`, the size in bytes.
    pub exact_length: Option<u64>,
    /// `tr`, without repeats.
    pub trackers: Vec<String>,
    /// `ws`, without repeats.
    pub web_seeds: Vec<String>,
    /// `x.pe`, without repeats.
    pub peers: Vec<Endpoint>,
    /// `dht`, without repeats: nodes to enter the DHT by.
    pub dht_nodes: Vec<Endpoint>,
    /// `so`, indices of the files wanted, rising. Pad files (BEP 47) are not counted.
    pub select_only: Vec<u32>,
}

/// Why text is not a magnet URI of a torrent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Longer than [`MAX_URI`].
    #[error("the URI has {length} bytes, more than {MAX_URI}")]
    TooLong {
        /// Its length in bytes.
        length: usize,
    },
    /// Another kind of text.
    #[error("it does not begin with `magnet:?`")]
    NotMagnet,
    /// No topic at all, or none of BitTorrent.
    #[error("no BitTorrent info-hash: neither `xt=urn:btih:` nor `xt=urn:btmh:` is in it")]
    NoInfoHash,
    /// The value of `xt` is not well escaped.
    #[error("parameter `xt`: `{topic}` holds a `%` without two hexadecimal digits")]
    Escape {
        /// The value, shortened and printable.
        topic: String,
    },
    /// A v1 topic that is no hash.
    #[error("parameter `xt`: v1 info-hash `{topic}` is neither 40 hexadecimal digits nor 32 of base 32")]
    InfoHashV1 {
        /// What stands in its place, shortened and printable.
        topic: String,
    },
    /// A v2 topic that is no hash.
    #[error("parameter `xt`: v2 info-hash `{topic}` is not `1220` and 64 hexadecimal digits")]
    InfoHashV2 {
        /// What stands in its place, shortened and printable.
        topic: String,
    },
    /// Several torrents at once.
    #[error("parameter `xt`: two different info-hashes of one version, `{first}` and `{second}`")]
    TwoTorrents {
        /// The first, in hexadecimal.
        first: String,
        /// The second, in hexadecimal.
        second: String,
    },
}

impl Magnet {
    /// Reads a magnet URI. Blanks around it are the caller's to trim.
    ///
    /// # Errors
    /// When it is no magnet URI, or when its topics do not name exactly one torrent.
    pub fn parse(uri: &str) -> Result<Self, Error> {
        Self::read(uri).map(|(magnet, _)| magnet)
    }

    /// Reads a magnet URI, and tells what of it was left out. A parameter without a value says nothing, and
    /// nothing is left out with it or with a repeat.
    ///
    /// # Errors
    /// As [`Magnet::parse`].
    pub fn read(uri: &str) -> Result<(Self, Dropped), Error> {
        if uri.len() > MAX_URI {
            return Err(Error::TooLong { length: uri.len() });
        }
        let mut reader = Reader::default();
        for parameter in query(uri).ok_or(Error::NotMagnet)?.split('&') {
            match parameter.split_once('=') {
                Some((name, value)) if !value.is_empty() => reader.parameter(name, value)?,
                _ => {}
            }
        }
        let Reader { mut magnet, selection, dropped, .. } = reader;
        if magnet.info_hash_v1.is_none() && magnet.info_hash_v2.is_none() {
            return Err(Error::NoInfoHash);
        }
        magnet.select_only = selection::indices(selection);
        Ok((magnet, dropped))
    }

    /// The magnet of a torrent: every topic it has, name, size, trackers and web seeds.
    pub fn of(torrent: &Metainfo) -> Self {
        let mut magnet = Self {
            info_hash_v1: torrent.info_hash_v1,
            info_hash_v2: torrent.info_hash_v2,
            name: Some(torrent.info.name.clone()).filter(|name| !name.0.is_empty()),
            exact_length: Some(torrent.info.total_size),
            ..Self::default()
        };
        magnet.add_trackers(torrent.trackers.iter().flatten().map(String::as_str));
        let mut seen = HashSet::new();
        for url in torrent.web_seeds.iter().filter_map(|url| web_seed_url(url)) {
            push_new(&mut magnet.web_seeds, &mut seen, url);
        }
        magnet
    }

    /// Adds trackers that are not there yet; what is no tracker URL is left out.
    pub fn add_trackers<'a>(&mut self, urls: impl IntoIterator<Item = &'a str>) {
        let mut seen = self.trackers.iter().cloned().collect();
        for url in urls.into_iter().filter_map(tracker_url) {
            push_new(&mut self.trackers, &mut seen, url);
        }
    }
}

/// What is after the `?`, for text that begins as a magnet URI. The scheme may be of either case
/// (RFC 3986, section 3.1), and URI libraries that insist on an authority write `magnet:///?`.
fn query(uri: &str) -> Option<&str> {
    const SCHEME: &str = "magnet:";
    let scheme = uri.get(..SCHEME.len())?;
    let rest = uri.get(SCHEME.len()..)?;
    if !scheme.eq_ignore_ascii_case(SCHEME) {
        return None;
    }
    rest.trim_start_matches('/').strip_prefix('?')
}

/// The name of a parameter without a numeric suffix (`tr.1`), which has no meaning.
fn without_number(name: &str) -> &str {
    match name.rsplit_once('.') {
        Some((stem, number)) if !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()) => {
            stem
        }
        _ => name,
    }
}

/// A magnet being read, and what was seen: repeats are found by hash, not by search, so that tens of
/// thousands of parameters take linear time.
#[derive(Default)]
struct Reader {
    magnet: Magnet,
    selection: Vec<selection::Span>,
    trackers: HashSet<String>,
    web_seeds: HashSet<String>,
    peers: HashSet<Endpoint>,
    dht_nodes: HashSet<Endpoint>,
    dropped: Dropped,
}

impl Reader {
    fn parameter(&mut self, name: &str, value: &str) -> Result<(), Error> {
        let plain = without_number(name);
        let is = |known: &str| plain.eq_ignore_ascii_case(known);
        let read = if is("xt") {
            match self.topic(value)? {
                true => Ok(()),
                false => Err(Reason::Topic),
            }
        } else if is("tr") {
            url(value, tracker_url, Reason::Tracker)
                .and_then(|url| push_if_room(&mut self.magnet.trackers, &mut self.trackers, url))
        } else if is("ws") {
            url(value, web_seed_url, Reason::WebSeed)
                .and_then(|url| push_if_room(&mut self.magnet.web_seeds, &mut self.web_seeds, url))
        } else if is("x.pe") {
            endpoint(value).and_then(|peer| push_if_room(&mut self.magnet.peers, &mut self.peers, peer))
        } else if is("dht") {
            let (list, seen) = (&mut self.magnet.dht_nodes, &mut self.dht_nodes);
            endpoint(value).and_then(|node| push_if_room(list, seen, node))
        } else if is("so") {
            let dropped = &mut self.dropped;
            selection::read(value, &mut self.selection, |item| dropped.add(name, item, Reason::Selection));
            Ok(())
        } else if is("dn") {
            self.magnet.name = Some(Text(escape::decode_name(value)));
            Ok(())
        } else if is("xl") {
            length(value).map(|length| self.magnet.exact_length = Some(length))
        } else {
            Err(Reason::Unknown)
        };
        if let Err(why) = read {
            self.dropped.add(name, value, why);
        }
        Ok(())
    }

    /// Takes an exact topic; false for those of other networks (`urn:ed2k:`, ...), which say nothing here.
    fn topic(&mut self, value: &str) -> Result<bool, Error> {
        let topic = escape::decode(value).ok_or_else(|| Error::Escape { topic: excerpt(value) })?;
        if let Some(hash) = strip_prefix_of_any_case(&topic, "urn:btih:") {
            let bytes = match hash.len() {
                32 => hex::decode_base32(hash.as_bytes()),
                _ => hex::decode(hash.as_bytes()),
            };
            let bytes = bytes.ok_or_else(|| Error::InfoHashV1 { topic: excerpt(hash) })?;
            set_topic(&mut self.magnet.info_hash_v1, InfoHashV1(bytes))?;
        } else if let Some(hash) = strip_prefix_of_any_case(&topic, "urn:btmh:") {
            let digits = hash.strip_prefix(SHA2_256);
            let bytes = digits.and_then(|digits| hex::decode(digits.as_bytes()));
            let bytes = bytes.ok_or_else(|| Error::InfoHashV2 { topic: excerpt(hash) })?;
            set_topic(&mut self.magnet.info_hash_v2, InfoHashV2(bytes))?;
        } else {
            return Ok(false);
        }
        Ok(true)
    }
}

/// Sets an info-hash once; the same one again is no contradiction.
fn set_topic<H: Copy + PartialEq + fmt::Display>(slot: &mut Option<H>, hash: H) -> Result<(), Error> {
    match *slot {
        Some(first) if first != hash => {
            Err(Error::TwoTorrents { first: first.to_string(), second: hash.to_string() })
        }
        _ => {
            *slot = Some(hash);
            Ok(())
        }
    }
}

/// URN schemes and namespaces are not case sensitive (RFC 8141, section 2).
fn strip_prefix_of_any_case<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let start = text.get(..prefix.len())?;
    if start.eq_ignore_ascii_case(prefix) { text.get(prefix.len()..) } else { None }
}

/// Text for an error message: printable, and no longer than a line.
fn excerpt(text: &str) -> String {
    /// Room for a v2 hash with its prefix and a little more.
    const LONGEST: usize = 100;
    let mut shown: String = text.chars().take(LONGEST).flat_map(char::escape_debug).collect();
    if text.chars().nth(LONGEST).is_some() {
        shown.push('…');
    }
    shown
}

fn url(value: &str, usable: fn(&str) -> Option<String>, why: Reason) -> Result<String, Reason> {
    usable(&escape::decode(value).ok_or(Reason::Escape)?).ok_or(why)
}

fn endpoint(value: &str) -> Result<Endpoint, Reason> {
    Ok(escape::decode(value).ok_or(Reason::Escape)?.parse::<Endpoint>()?)
}

fn length(value: &str) -> Result<u64, Reason> {
    // `+3` would parse.
    let digits = value.bytes().all(|byte| byte.is_ascii_digit());
    value.parse().ok().filter(|_| digits).ok_or(Reason::Length)
}

/// The same as [`push_new`], where it matters that there is no room.
fn push_if_room<T: Clone + Eq + Hash>(
    list: &mut Vec<T>,
    seen: &mut HashSet<T>,
    item: T,
) -> Result<(), Reason> {
    if push_new(list, seen, item) { Ok(()) } else { Err(Reason::TooMany) }
}

/// Adds what is not there yet; false when it is new and there is no room.
fn push_new<T: Clone + Eq + Hash>(list: &mut Vec<T>, seen: &mut HashSet<T>, item: T) -> bool {
    if seen.contains(&item) {
        return true;
    }
    let room = list.len() < MAX_LIST;
    if room {
        seen.insert(item.clone());
        list.push(item);
    }
    room
}

/// A tracker URL without blanks around it; `None` for text that is none: of another scheme, without a
/// host, or with control characters, which could end a request line and begin another.
pub fn tracker_url(text: &str) -> Option<String> {
    url_of(text, &TRACKER_SCHEMES)
}

/// A web seed URL without blanks around it; `None` for text that is none.
pub fn web_seed_url(text: &str) -> Option<String> {
    url_of(text, &WEB_SEED_SCHEMES)
}

fn url_of(text: &str, schemes: &[&str]) -> Option<String> {
    let url = text.trim_matches(' ');
    let (scheme, rest) = url.split_once("://")?;
    let known = schemes.iter().any(|known| scheme.eq_ignore_ascii_case(known));
    let host = !rest.is_empty() && !rest.starts_with(['/', '?', '#', ':']);
    let clean = !url.chars().any(char::is_control);
    (known && host && clean).then(|| url.to_owned())
}

/// Writes the URI: topics first, v1 before v2, then the rest in the order of BEP 9.
impl fmt::Display for Magnet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "magnet:?";
        let mut next = || std::mem::replace(&mut separator, "&");
        if let Some(hash) = self.info_hash_v1 {
            write!(f, "{}xt=urn:btih:{hash}", next())?;
        }
        if let Some(hash) = self.info_hash_v2 {
            write!(f, "{}xt=urn:btmh:{SHA2_256}{hash}", next())?;
        }
        if let Some(name) = &self.name {
            write!(f, "{}dn={}", next(), escape::Escaped(&name.0))?;
        }
        if let Some(length) = self.exact_length {
            write!(f, "{}xl={length}", next())?;
        }
        for url in &self.trackers {
            write!(f, "{}tr={}", next(), escape::Escaped(url.as_bytes()))?;
        }
        for url in &self.web_seeds {
            write!(f, "{}ws={}", next(), escape::Escaped(url.as_bytes()))?;
        }
        for peer in &self.peers {
            write!(f, "{}x.pe={peer}", next())?;
        }
        for node in &self.dht_nodes {
            write!(f, "{}dht={node}", next())?;
        }
        if !self.select_only.is_empty() {
            write!(f, "{}so={}", next(), selection::Ranges(&self.select_only))?;
        }
        Ok(())
    }
}
