//! The document `ccbt.inspect/1`: one shape for torrents and magnets.
//!
//! Every field is always there: null or an empty list for what a torrent does not have or a magnet
//! cannot tell. Only those named `..._hex` appear where text is not UTF-8, and nowhere else.

use std::borrow::Cow;

use serde::Serialize;

use super::files::Files;
use crate::bencode;
use crate::id::{InfoHashV1, InfoHashV2};
use crate::magnet::{Endpoint, Host, Magnet};
use crate::metainfo::path::{RelPath, Resolved};
use crate::metainfo::signature::{Checked, Signature, State};
use crate::metainfo::{Lint, Metainfo, Text, Version};
use crate::{hex, ui};

/// Longest value of an unknown key that is told, bytes: what is larger is hardly meant to be read.
const MAX_UNKNOWN_VALUE: usize = 1000;

/// Names of all fields that are always there, for suggestions.
pub(super) const FIELDS: [&str; 41] = [
    "schema",
    "source",
    "kind",
    "name",
    "disk_name",
    "version",
    "info_hash_v1",
    "info_hash_v2",
    "total_size",
    "piece_length",
    "piece_count",
    "piece_stats",
    "file_count",
    "pad_count",
    "private",
    "source_tag",
    "comment",
    "created_by",
    "creation_date",
    "creation_timestamp",
    "encoding",
    "trackers",
    "web_seeds",
    "http_seeds",
    "nodes",
    "peers",
    "select_only",
    "update_url",
    "originator",
    "similar",
    "collections",
    "signers",
    "signatures",
    "torrent_size",
    "info_size",
    "piece_layers_complete",
    "unknown_keys",
    "lints",
    "magnet",
    "files",
    "name_hex",
];

/// Whether the input was a torrent or only named one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Kind {
    Torrent,
    Magnet,
}

/// `ccbt.inspect/1`.
#[derive(Debug, Serialize)]
pub(super) struct Report<'a> {
    schema: &'static str,
    /// The input as given.
    source: &'a str,
    kind: Kind,
    pub(super) name: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name_hex: Option<String>,
    /// The directory or file it becomes on disk.
    pub(super) disk_name: Option<&'a str>,
    pub(super) version: Option<Version>,
    pub(super) info_hash_v1: Option<InfoHashV1>,
    pub(super) info_hash_v2: Option<InfoHashV2>,
    /// Bytes, pads not counted.
    pub(super) total_size: Option<u64>,
    pub(super) piece_length: Option<u64>,
    pub(super) piece_count: Option<usize>,
    pub(super) piece_stats: Option<PieceStats>,
    pub(super) file_count: Option<usize>,
    /// Pad files of the v1 list.
    pub(super) pad_count: Option<usize>,
    pub(super) private: Option<bool>,
    /// `source` of the info dictionary.
    pub(super) source_tag: Option<Cow<'a, str>>,
    pub(super) comment: Option<Cow<'a, str>>,
    pub(super) created_by: Option<Cow<'a, str>>,
    pub(super) creation_date: Option<Date>,
    /// Seconds since 1970, whatever they mean.
    pub(super) creation_timestamp: Option<i64>,
    pub(super) encoding: Option<Cow<'a, str>>,
    pub(super) trackers: Cow<'a, [Vec<String>]>,
    pub(super) web_seeds: &'a [String],
    pub(super) http_seeds: &'a [String],
    /// `HOST:PORT` of DHT nodes.
    pub(super) nodes: Vec<String>,
    /// `HOST:PORT` of peers that a magnet names.
    pub(super) peers: &'a [Endpoint],
    /// Files that a magnet selects.
    pub(super) select_only: &'a [u32],
    pub(super) update_url: Option<&'a str>,
    /// Whether an `originator` certificate is there (BEP 39).
    originator: Option<bool>,
    pub(super) similar: Vec<String>,
    pub(super) collections: Vec<Cow<'a, str>>,
    pub(super) signers: Vec<Cow<'a, str>>,
    /// What was found out about the signature of each.
    pub(super) signatures: Vec<SignatureEntry<'a>>,
    /// Bytes of the torrent file.
    pub(super) torrent_size: Option<usize>,
    /// Bytes of its info dictionary.
    info_size: Option<usize>,
    /// Whether a v2 half has all its hashes; null without one.
    pub(super) piece_layers_complete: Option<bool>,
    pub(super) unknown_keys: Vec<UnknownKey<'a>>,
    /// Worst first; those about names, which only their resolving finds, among them.
    pub(super) lints: Vec<&'a Lint>,
    pub(super) magnet: String,
    pub(super) files: Files<'a>,
}

/// When a torrent says it was made.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Date {
    /// RFC 3339 in UTC.
    Calendar(String),
    /// Seconds since 1970 that no calendar holds.
    Number(i64),
}

impl From<i64> for Date {
    fn from(seconds: i64) -> Self {
        ui::text::unix_time(seconds).map_or(Self::Number(seconds), Self::Calendar)
    }
}

/// How the files lie in the pieces.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct PieceStats {
    /// Bytes of the last piece.
    pub(super) last_piece_length: u64,
    /// Pieces that hold bytes of more than one file.
    pub(super) shared_pieces: u64,
    /// Files that have a piece in common with another.
    pub(super) files_sharing_pieces: u64,
    /// Files without a byte.
    pub(super) empty_files: u64,
    /// Bytes of the largest file.
    pub(super) largest_file: u64,
    /// Bytes between the files that belong to none.
    pub(super) padding: u64,
}

/// A signature (BEP 35).
#[derive(Debug, Serialize)]
pub(super) struct SignatureEntry<'a> {
    pub(super) signer: Cow<'a, str>,
    /// `valid`, `invalid` or `unknown`.
    pub(super) state: &'static str,
    /// The hash it was made with, when it is valid.
    pub(super) hash: Option<&'static str>,
    /// Whether its certificate is a given one or signed by one.
    pub(super) trusted: bool,
    /// Whom its certificate is for.
    pub(super) subject: Option<&'a str>,
    pub(super) problem: Option<&'a str>,
}

fn signature_entries<'a>(torrent: &'a Metainfo, checked: &'a [Checked]) -> Vec<SignatureEntry<'a>> {
    let entry = |(signature, checked): (&'a Signature, &'a Checked)| SignatureEntry {
        signer: signature.signer.lossy(),
        state: match checked.state {
            State::Valid => "valid",
            State::Invalid => "invalid",
            State::Unknown => "unknown",
        },
        hash: checked.hash,
        trusted: checked.trusted,
        subject: checked.subject.as_deref(),
        problem: checked.problem.as_deref(),
    };
    torrent.signatures.iter().zip(checked).map(entry).collect()
}

/// A key that no BEP names.
#[derive(Debug, Serialize)]
pub(super) struct UnknownKey<'a> {
    /// `info`, or `torrent` for the top level.
    pub(super) dictionary: &'static str,
    pub(super) key: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    key_hex: Option<String>,
    /// `integer`, `string`, `list` or `dictionary`.
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    /// Bytes of the bencoded value.
    pub(super) size: usize,
    /// A number, or a text that is short and UTF-8.
    pub(super) value: Option<UnknownValue<'a>>,
}

/// The value of a key that no BEP names.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum UnknownValue<'a> {
    Integer(i64),
    Text(&'a str),
}

fn all_lints<'a>(torrent: &'a Metainfo, paths: &'a Resolved) -> Vec<&'a Lint> {
    let mut lints: Vec<&Lint> = torrent.lints.iter().chain(&paths.lints).collect();
    lints.sort_by_key(|lint| std::cmp::Reverse(lint.severity));
    lints
}

impl<'a> Report<'a> {
    pub(super) fn of_torrent(
        source: &'a str,
        torrent: &'a Metainfo,
        paths: &'a Resolved,
        checked: &'a [Checked],
    ) -> Self {
        let info = &torrent.info;
        let first = || paths.files().next().map(|file| file.path.as_str());
        let outside = torrent.unknown.iter().map(|key| ("torrent", key));
        let inside = info.unknown.iter().map(|key| ("info", key));
        Self {
            schema: "ccbt.inspect/1",
            source,
            kind: Kind::Torrent,
            name: Some(info.name.lossy()),
            name_hex: not_utf8(&info.name),
            disk_name: paths.root.as_ref().map(RelPath::as_str).or_else(first),
            version: Some(info.version),
            info_hash_v1: torrent.info_hash_v1,
            info_hash_v2: torrent.info_hash_v2,
            total_size: Some(info.total_size),
            piece_length: Some(info.piece_length),
            piece_count: Some(info.piece_count),
            piece_stats: Some(PieceStats::of(torrent)),
            file_count: Some(info.files.len()),
            pad_count: Some(info.pads),
            private: Some(info.private),
            source_tag: info.source.as_ref().map(Text::lossy),
            comment: torrent.comment.as_ref().map(Text::lossy),
            created_by: torrent.created_by.as_ref().map(Text::lossy),
            creation_date: torrent.creation_date.map(Date::from),
            creation_timestamp: torrent.creation_date,
            encoding: torrent.encoding.as_ref().map(Text::lossy),
            trackers: Cow::Borrowed(&torrent.trackers),
            web_seeds: &torrent.web_seeds,
            http_seeds: &torrent.http_seeds,
            nodes: torrent.nodes.iter().map(|(host, port)| host_and_port(host, *port)).collect(),
            peers: &[],
            select_only: &[],
            update_url: torrent.update_url.as_deref(),
            originator: Some(torrent.originator.is_some()),
            similar: torrent.similar.iter().map(|hash| hex::encode(hash)).collect(),
            collections: torrent.collections.iter().map(Text::lossy).collect(),
            signers: torrent.signatures.iter().map(|signature| signature.signer.lossy()).collect(),
            signatures: signature_entries(torrent, checked),
            torrent_size: Some(torrent.raw().len()),
            info_size: Some(torrent.info_bytes().len()),
            piece_layers_complete: torrent.info_hash_v2.map(|_| info.layers_complete),
            unknown_keys: outside.chain(inside).map(|(of, key)| UnknownKey::new(torrent, of, key)).collect(),
            lints: all_lints(torrent, paths),
            magnet: Magnet::of(torrent).to_string(),
            files: Files::new(torrent, paths),
        }
    }

    pub(super) fn of_magnet(source: &'a str, magnet: &'a Magnet) -> Self {
        // With one topic alone the torrent may still be a hybrid.
        let both = magnet.info_hash_v1.is_some() && magnet.info_hash_v2.is_some();
        Self {
            schema: "ccbt.inspect/1",
            source,
            kind: Kind::Magnet,
            name: magnet.name.as_ref().map(Text::lossy),
            name_hex: magnet.name.as_ref().and_then(not_utf8),
            disk_name: None,
            version: both.then_some(Version::Hybrid),
            info_hash_v1: magnet.info_hash_v1,
            info_hash_v2: magnet.info_hash_v2,
            total_size: magnet.exact_length,
            piece_length: None,
            piece_count: None,
            piece_stats: None,
            file_count: None,
            pad_count: None,
            private: None,
            source_tag: None,
            comment: None,
            created_by: None,
            creation_date: None,
            creation_timestamp: None,
            encoding: None,
            // Each tracker of a magnet is a tier of its own: BEP 9 knows no tiers.
            trackers: magnet.trackers.iter().map(|url| vec![url.clone()]).collect(),
            web_seeds: &magnet.web_seeds,
            http_seeds: &[],
            nodes: magnet.dht_nodes.iter().map(Endpoint::to_string).collect(),
            peers: &magnet.peers,
            select_only: &magnet.select_only,
            update_url: None,
            originator: None,
            similar: Vec::new(),
            collections: Vec::new(),
            signers: Vec::new(),
            signatures: Vec::new(),
            torrent_size: None,
            info_size: None,
            piece_layers_complete: None,
            unknown_keys: Vec::new(),
            lints: Vec::new(),
            magnet: magnet.to_string(),
            files: Files::default(),
        }
    }

    pub(super) fn is_torrent(&self) -> bool {
        self.kind == Kind::Torrent
    }
}

impl PieceStats {
    /// One pass over the files, which lie in the piece space in their order.
    fn of(torrent: &Metainfo) -> Self {
        let info = &torrent.info;
        let full = info.piece_length.saturating_mul((info.piece_count as u64).saturating_sub(1));
        let mut stats = Self {
            last_piece_length: info.space.saturating_sub(full),
            padding: info.space.saturating_sub(info.total_size),
            ..Self::default()
        };
        let (mut last_piece, mut last_shared, mut last_counted) = (None, None, true);
        for file in &info.files {
            stats.largest_file = stats.largest_file.max(file.length);
            let Some((first, last)) = file.pieces(info.piece_length) else {
                stats.empty_files += 1;
                continue;
            };
            let shares = last_piece == Some(first);
            if shares {
                stats.files_sharing_pieces += 1 + u64::from(!last_counted);
                stats.shared_pieces += u64::from(last_shared.replace(first) != Some(first));
            }
            (last_piece, last_counted) = (Some(last), shares);
        }
        stats
    }
}

impl<'a> UnknownKey<'a> {
    fn new(torrent: &'a Metainfo, dictionary: &'static str, key: &'a (Text, std::ops::Range<usize>)) -> Self {
        let (key, span) = key;
        let raw = torrent.raw().get(span.clone()).unwrap_or_default();
        let kind = match raw.first() {
            Some(b'i') => "integer",
            Some(b'l') => "list",
            Some(b'd') => "dictionary",
            _ => "string",
        };
        let value = if raw.len() <= MAX_UNKNOWN_VALUE { scalar(raw) } else { None };
        Self { dictionary, key: key.lossy(), key_hex: not_utf8(key), kind, size: raw.len(), value }
    }
}

fn scalar(raw: &[u8]) -> Option<UnknownValue<'_>> {
    let document = bencode::decode(raw, &bencode::Limits::default()).ok()?;
    let value = document.root();
    value.as_int().map(UnknownValue::Integer).or_else(|| value.as_str().map(UnknownValue::Text))
}

/// The raw bytes of a text, where its lossy form does not say them.
pub(super) fn not_utf8(text: &Text) -> Option<String> {
    text.utf8().is_none().then(|| hex::encode(&text.0))
}

/// IPv6 addresses in brackets, everything else as it is.
fn host_and_port(host: &str, port: u16) -> String {
    match host.parse() {
        Ok(address) => Endpoint { host: Host::V6(address), port }.to_string(),
        Err(_) => format!("{host}:{port}"),
    }
}
