//! What a hybrid takes over from the v1 torrent that it is made of: everything that is said of the content, but for
//! what only holds of the old torrent or of a client that had it.
//!
//! Flags win over it, and it wins over the settings.

use crate::bencode::check_canonical;
use crate::commands::url::Purpose;
use crate::config::{CreateLayer, Format, List, PieceLength, TextOrFlag, Tiers};
use crate::hex;
use crate::metainfo::builder::{self, Extra, RESERVED, RESERVED_INFO};
use crate::metainfo::{Metainfo, Text};

/// Keys that clients keep their own state in.
const STATE: [&str; 5] =
    ["azureus_private_properties", "azureus_properties", "libtorrent_resume", "rtorrent", "resume"];
/// Lints about values that are left out.
const UNREAD: [&str; 3] = ["dropped-tracker", "dropped-web-seed", "ignored-value"];
/// Keys that tell of files by their place in the old list.
const BY_PLACE: [&str; 2] = ["file-duration", "file-media"];

/// What is taken over.
#[derive(Debug, Default)]
pub(super) struct Carried {
    /// What settings can say.
    pub(super) keys: CreateLayer,
    /// `ssl-cert`.
    pub(super) root_certificate: Option<String>,
    /// Keys outside `info` that have no flag.
    pub(super) extra: Extra,
    /// The same inside `info`.
    pub(super) extra_info: Extra,
    /// What is not taken over: each thing, and why.
    pub(super) dropped: Vec<String>,
}

/// Takes over what a hybrid can say as well.
pub(super) fn carry(torrent: &Metainfo) -> Carried {
    let mut carried = Carried::default();
    let tiers = torrent.trackers.iter().map(|tier| carried.urls(Purpose::Tracker, tier));
    let tiers: Vec<Vec<String>> = tiers.filter(|tier| !tier.is_empty()).collect();
    let web_seeds = carried.urls(Purpose::WebSeed, &torrent.web_seeds);
    let http_seeds = carried.urls(Purpose::HttpSeed, &torrent.http_seeds);
    let update_url = carried.urls(Purpose::Update, torrent.update_url.as_slice()).pop();
    let nodes = torrent.nodes.iter().filter_map(|(host, port)| carried.node(host, *port)).collect();
    let collections =
        torrent.collections.iter().filter_map(|text| carried.text("collections", text)).collect();
    let optional = |carried: &mut Carried, key, text: &Option<Text>| {
        text.as_ref().and_then(|text| carried.text(key, text)).unwrap_or_default()
    };
    let source = optional(&mut carried, "source", &torrent.info.source);
    let comment = optional(&mut carried, "comment", &torrent.comment);
    let entropy = optional(&mut carried, "x_cross_seed", &torrent.entropy);
    carried.root_certificate =
        Some(optional(&mut carried, "ssl-cert", &torrent.root_certificate)).filter(|text| !text.is_empty());
    // What the old torrent does not say is not said either: an empty text leaves a key out.
    carried.keys = CreateLayer {
        format: Some(Format::Hybrid),
        piece_length: kept_piece_length(torrent).map(|length| PieceLength(Some(length))),
        tracker: Some(Tiers(tiers)),
        web_seed: Some(List(web_seeds)),
        http_seed: Some(List(http_seeds)),
        node: Some(List(nodes)),
        similar: Some(List(torrent.similar.iter().map(|hash| hex::encode(hash)).collect())),
        collection: Some(List(collections)),
        update_url: Some(update_url.unwrap_or_default()),
        root_certificate: Some(String::new()),
        entropy: Some(match entropy.is_empty() {
            true => TextOrFlag::Flag(false),
            false => TextOrFlag::Text(entropy),
        }),
        set: Some(List(Vec::new())),
        set_info: Some(List(Vec::new())),
        private: Some(torrent.info.private),
        source: Some(source),
        comment: Some(comment),
        ..CreateLayer::default()
    };
    // What could not be read stands in no field.
    let unread = torrent.lints.iter().filter(|lint| UNREAD.contains(&lint.name));
    carried.dropped.extend(unread.map(|lint| lint.message.clone()));
    carried.unknown(torrent);
    carried
}

/// The piece length, where BEP 52 allows for it ("piece length").
pub(super) fn kept_piece_length(torrent: &Metainfo) -> Option<u64> {
    let length = torrent.info.piece_length;
    let range = builder::MIN_PIECE_LENGTH..=builder::MAX_PIECE_LENGTH;
    (length.is_power_of_two() && range.contains(&length)).then_some(length)
}

impl Carried {
    fn drop_key(&mut self, what: &str, why: &str) {
        self.dropped.push(format!("`{what}`: {why}"));
    }

    fn urls(&mut self, purpose: Purpose, urls: &[String]) -> Vec<String> {
        let mut usable = Vec::with_capacity(urls.len());
        for url in urls {
            match purpose.url(url) {
                Ok(url) => usable.push(url),
                // Not the URL itself, which may hold a passkey.
                Err(why) => self.dropped.push(format!("a {}: {why}", purpose.name())),
            }
        }
        usable
    }

    /// A node as it is typed, if it can be.
    fn node(&mut self, host: &str, port: u16) -> Option<String> {
        let typed = if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") };
        let usable = super::keys::nodes(std::slice::from_ref(&typed)).is_ok();
        if !usable {
            self.dropped.push(format!("DHT node `{typed}`: it has no host or no port"));
        }
        usable.then_some(typed)
    }

    fn text(&mut self, key: &str, text: &Text) -> Option<String> {
        let utf8 = text.utf8().map(str::to_owned);
        if utf8.is_none() {
            self.drop_key(key, "it is not UTF-8");
        }
        utf8
    }

    /// Keys that have no flag.
    fn unknown(&mut self, torrent: &Metainfo) {
        match torrent.encoding.as_ref().map(Text::lossy) {
            None => {}
            Some(name) if name.eq_ignore_ascii_case("utf-8") || name.eq_ignore_ascii_case("utf8") => {
                self.extra.insert(b"encoding".to_vec(), b"5:UTF-8".to_vec());
            }
            Some(_) => self.drop_key("encoding", "v2 names are UTF-8"),
        }
        if !torrent.signatures.is_empty() {
            self.drop_key("signatures", "they are those of the old info dictionary");
        }
        if torrent.originator.is_some() {
            self.drop_key("originator", "what it vouches for is the old torrent");
        }
        for (key, span) in &torrent.unknown {
            let value = torrent.raw().get(span.clone()).unwrap_or_default();
            match self.checked(key, value, &RESERVED) {
                Ok(value) => drop(self.extra.insert(key.0.clone(), value)),
                Err(why) => self.drop_key(&key.lossy(), why),
            }
        }
        for (key, span) in &torrent.info.unknown {
            let value = torrent.raw().get(span.clone()).unwrap_or_default();
            match self.checked(key, value, &RESERVED_INFO) {
                Ok(value) => drop(self.extra_info.insert(key.0.clone(), value)),
                Err(why) => self.drop_key(&key.lossy(), why),
            }
        }
    }

    /// The value of a key, if it still makes sense.
    fn checked(&self, key: &Text, value: &[u8], reserved: &[&str]) -> Result<Vec<u8>, &'static str> {
        let among = |keys: &[&str]| keys.iter().any(|known| known.as_bytes() == key.0);
        if among(&STATE) {
            return Err("it is the state of a client");
        }
        if among(&BY_PLACE) {
            return Err("it tells of files by their place in the old list");
        }
        if among(reserved) || self.extra.contains_key(&key.0) {
            return Err("it is said otherwise");
        }
        check_canonical(value).map(|()| value.to_vec()).map_err(|_| "its bencoding is not canonical")
    }
}
