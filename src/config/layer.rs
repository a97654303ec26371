//! The keys: one layer of settings, as the file, the environment or the flags give it.
//!
//! Every key may be missing. Names and meanings are a contract with people's files: keys are added,
//! never renamed.

use std::collections::BTreeMap;
use std::num::{NonZeroU64, NonZeroUsize};
use std::time::Duration;

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

use super::size;

/// A server that is waited for longer than a day is a mistake in the file.
const LONGEST_TIMEOUT: f64 = 86_400.0;

/// One layer of settings: the top level of `ccbt.toml`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(crate) struct Layer {
    /// Colour: `auto` (a terminal), `always`, `never`.
    pub(crate) color: Option<When>,
    /// Progress on standard error: `auto` (a terminal), `always`, `never`, `json`.
    pub(crate) progress: Option<ProgressWhen>,
    /// Threads that hash, at least 1. Default: as many as the work can use.
    pub(crate) threads: Option<NonZeroUsize>,
    /// The hash kernel by name; `auto` takes the fastest.
    pub(crate) hash_kernel: Option<String>,
    /// `[create-torrent]`
    pub(crate) create_torrent: CreateTorrent,
    /// `[network]`
    pub(crate) network: Network,
    /// `[profile.NAME]`: what `[create-torrent]` may hold, used where `--profile NAME` asks for it.
    pub(crate) profile: BTreeMap<String, CreateTorrent>,
}

/// `[create-torrent]`: what its flags default to.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(crate) struct CreateTorrent {
    /// `v1`, `v2` or `hybrid`. Default: `v1`.
    pub(crate) format: Option<Format>,
    /// Bytes, a size such as `1MiB`, the exponent of a power of two, or `auto`. Default: `auto`.
    pub(crate) piece_length: Option<PieceLength>,
    /// The largest piece that the automatic choice and `piece-count` take. Default: `auto`.
    pub(crate) max_piece_length: Option<PieceLength>,
    /// At most so many pieces.
    pub(crate) piece_count: Option<NonZeroU64>,
    /// The smallest pieces that keep the torrent within this size.
    pub(crate) max_torrent_size: Option<Size>,
    /// Tiers of trackers: each a URL, several with commas between, or a list.
    pub(crate) tracker: Option<Tiers>,
    /// URLs of web seeds (BEP 19).
    pub(crate) web_seed: Option<List>,
    /// URLs of HTTP seeds (BEP 17).
    pub(crate) http_seed: Option<List>,
    /// DHT nodes (BEP 5): `HOST:PORT` each.
    pub(crate) node: Option<List>,
    /// Info-hashes of torrents that share files (BEP 38).
    pub(crate) similar: Option<List>,
    /// Collections the torrent belongs to (BEP 38).
    pub(crate) collection: Option<List>,
    /// Where a newer torrent is found (BEP 39).
    pub(crate) update_url: Option<String>,
    /// File with the certificate, in PEM, that peers must be signed by.
    pub(crate) root_certificate: Option<String>,
    /// Text that gives equal content another info-hash; true takes a random one. Default: false.
    pub(crate) entropy: Option<TextOrFlag>,
    /// Further keys outside `info`: `KEY=VALUE` each.
    pub(crate) set: Option<List>,
    /// Further keys inside `info`: `KEY=VALUE` each.
    pub(crate) set_info: Option<List>,
    /// Peers from the trackers only (BEP 27). Default: false.
    pub(crate) private: Option<bool>,
    /// `source`, which gives the torrent of each tracker an info-hash of its own.
    pub(crate) source: Option<String>,
    /// `comment`.
    pub(crate) comment: Option<String>,
    /// `created by`; false leaves it out. Default: `ccbt/VERSION`.
    pub(crate) created_by: Option<TextOrFlag>,
    /// Whether the torrent tells when it was made. Default: true.
    pub(crate) creation_date: Option<bool>,
    /// Globs: only what matches is taken. Default: everything.
    pub(crate) include: Option<List>,
    /// Globs: what matches is left out.
    pub(crate) exclude: Option<List>,
    /// Whether hidden files are taken. Default: false.
    pub(crate) hidden: Option<bool>,
    /// Whether files such as `Thumbs.db` and `.DS_Store` are taken. Default: false.
    pub(crate) junk: Option<bool>,
    /// `skip`, `follow` (inside the directory), `follow-outside` or `preserve`. Default: `skip`.
    pub(crate) symlinks: Option<Symlinks>,
    /// Whether `.gitignore` and `.ignore` files are honoured. Default: false.
    pub(crate) gitignore: Option<bool>,
    /// Order of the files in a v1 torrent. Default: `path`.
    pub(crate) sort: Option<Sort>,
    /// Whether a v1 torrent is padded so that each file begins a piece (BEP 47). Default: false.
    pub(crate) align: Option<bool>,
    /// Whether it tells which files are executable or hidden (BEP 47). Default: false.
    pub(crate) attributes: Option<bool>,
    /// Whether it tells when each file was last changed. Default: false.
    pub(crate) mtime: Option<bool>,
    /// Whether it has the MD5 of every file. Default: false.
    pub(crate) md5: Option<bool>,
    /// Whether it has the SHA-1 of every file (BEP 47). Default: false.
    pub(crate) sha1: Option<bool>,
}

/// `[network]`: what is waited for and taken from servers.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(crate) struct Network {
    /// Seconds a server may stay silent. Default: 30.
    pub(crate) timeout: Option<Seconds>,
    /// The largest torrent read from a URL: bytes or a size. Default: `64MiB`.
    pub(crate) max_size: Option<Size>,
}

/// When something is done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum When {
    /// On a terminal
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// When and how progress is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum ProgressWhen {
    /// A bar, on a terminal only
    #[default]
    Auto,
    /// A bar on a terminal, else a line now and then
    Always,
    /// Nothing
    Never,
    /// One JSON object a line
    Json,
}

/// Which halves a torrent gets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Format {
    /// BEP 3
    #[default]
    V1,
    /// BEP 52
    V2,
    /// Both over the same data
    Hybrid,
}

/// What becomes of symbolic links.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Symlinks {
    /// Left out, with a note
    #[default]
    Skip,
    /// Followed, unless they lead out of the directory
    Follow,
    /// Followed wherever they lead
    FollowOutside,
    /// Kept as links (BEP 47) to what is in the torrent; others are left out, with a note
    Preserve,
}

/// The order of files; `:desc` turns one round.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Sort {
    /// Component by component in bytes, as v2 and hybrid torrents need it
    #[default]
    Path,
    #[serde(rename = "path:desc")]
    #[value(name = "path:desc", hide = true)]
    PathDescending,
    /// By size, then by path
    Size,
    #[serde(rename = "size:desc")]
    #[value(name = "size:desc", hide = true)]
    SizeDescending,
    /// By path, with digits as numbers: 2 before 10
    Natural,
    #[serde(rename = "natural:desc")]
    #[value(name = "natural:desc", hide = true)]
    NaturalDescending,
    /// As named, and within a directory as the file system lists it
    Given,
    #[serde(rename = "given:desc")]
    #[value(name = "given:desc", hide = true)]
    GivenDescending,
}

/// A text, or whether there is one.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(untagged, expecting = "expected a text, true or false")]
pub(crate) enum TextOrFlag {
    Text(String),
    Flag(bool),
}

/// Bytes of a piece; none is `auto`.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize)]
#[serde(try_from = "Number")]
pub(crate) struct PieceLength(pub(crate) Option<u64>);

/// Bytes.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize)]
#[serde(try_from = "Number")]
pub(crate) struct Size(pub(crate) u64);

/// Seconds, more than none and not more than a day.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize)]
#[serde(try_from = "f64", into = "f64")]
pub(crate) struct Seconds(Duration);

/// Several texts; one may stand without brackets.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(from = "OneOrMore")]
pub(crate) struct List(pub(crate) Vec<String>);

/// Tiers of URLs; each tier is a list, or a text with commas between.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(from = "TiersForm")]
pub(crate) struct Tiers(pub(crate) Vec<Vec<String>>);

#[derive(Deserialize)]
#[serde(untagged, expecting = "expected bytes, or a size such as \"1MiB\"")]
enum Number {
    Number(u64),
    Text(String),
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "expected a text or a list of texts")]
enum OneOrMore {
    One(String),
    More(Vec<String>),
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "expected a list of tiers, each a URL or a list of URLs")]
enum TiersForm {
    One(String),
    More(Vec<OneOrMore>),
}

impl TryFrom<Number> for PieceLength {
    type Error = size::Error;

    fn try_from(form: Number) -> Result<Self, size::Error> {
        match form {
            Number::Number(number) => Ok(Self(Some(size::piece_length(number)))),
            Number::Text(text) => size::parse_piece_length(&text).map(Self),
        }
    }
}

impl TryFrom<Number> for Size {
    type Error = size::Error;

    fn try_from(form: Number) -> Result<Self, size::Error> {
        match form {
            Number::Number(number) => Ok(Self(number)),
            Number::Text(text) => size::parse_bytes(&text).map(Self),
        }
    }
}

impl TryFrom<f64> for Seconds {
    type Error = &'static str;

    fn try_from(seconds: f64) -> Result<Self, &'static str> {
        // Written so that NaN is refused.
        if seconds > 0.0 && seconds <= LONGEST_TIMEOUT {
            Ok(Self(Duration::from_secs_f64(seconds)))
        } else {
            Err("expected more than 0 and at most 86400 seconds")
        }
    }
}

impl From<Seconds> for f64 {
    fn from(seconds: Seconds) -> Self {
        seconds.0.as_secs_f64()
    }
}

impl From<Seconds> for Duration {
    fn from(seconds: Seconds) -> Self {
        seconds.0
    }
}

impl From<OneOrMore> for List {
    fn from(form: OneOrMore) -> Self {
        match form {
            OneOrMore::One(text) => Self(vec![text]),
            OneOrMore::More(texts) => Self(texts),
        }
    }
}

impl From<TiersForm> for Tiers {
    fn from(form: TiersForm) -> Self {
        let tier = |form| match form {
            OneOrMore::One(text) => split_tier(&text),
            OneOrMore::More(urls) => urls.iter().flat_map(|text| split_tier(text)).collect(),
        };
        let tiers: Vec<Vec<String>> = match form {
            TiersForm::One(text) => vec![split_tier(&text)],
            TiersForm::More(tiers) => tiers.into_iter().map(tier).collect(),
        };
        Self(tiers.into_iter().filter(|tier| !tier.is_empty()).collect())
    }
}

/// One tier as a flag has it: URLs with commas between.
fn split_tier(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|url| !url.is_empty()).map(str::to_owned).collect()
}

impl Layer {
    /// This layer on top of another: what it does not say, the other does.
    pub(super) fn over(self, below: Self) -> Self {
        Self {
            color: self.color.or(below.color),
            progress: self.progress.or(below.progress),
            threads: self.threads.or(below.threads),
            hash_kernel: self.hash_kernel.or(below.hash_kernel),
            create_torrent: self.create_torrent.over(below.create_torrent),
            network: Network {
                timeout: self.network.timeout.or(below.network.timeout),
                max_size: self.network.max_size.or(below.network.max_size),
            },
            profile: if self.profile.is_empty() { below.profile } else { self.profile },
        }
    }
}

impl CreateTorrent {
    /// This layer on top of another. Of the rules for the length of pieces there is one: who names one does
    /// not get another from below beside it.
    pub(super) fn over(self, below: Self) -> Self {
        let rule = if self.has_piece_rule() { None } else { Some(&below) };
        Self {
            format: self.format.or(below.format),
            piece_length: self.piece_length.or(rule.and_then(|below| below.piece_length)),
            piece_count: self.piece_count.or(rule.and_then(|below| below.piece_count)),
            max_torrent_size: self.max_torrent_size.or(rule.and_then(|below| below.max_torrent_size)),
            max_piece_length: self.max_piece_length.or(below.max_piece_length),
            tracker: self.tracker.or(below.tracker),
            web_seed: self.web_seed.or(below.web_seed),
            http_seed: self.http_seed.or(below.http_seed),
            node: self.node.or(below.node),
            similar: self.similar.or(below.similar),
            collection: self.collection.or(below.collection),
            update_url: self.update_url.or(below.update_url),
            root_certificate: self.root_certificate.or(below.root_certificate),
            entropy: self.entropy.or(below.entropy),
            set: self.set.or(below.set),
            set_info: self.set_info.or(below.set_info),
            private: self.private.or(below.private),
            source: self.source.or(below.source),
            comment: self.comment.or(below.comment),
            created_by: self.created_by.or(below.created_by),
            creation_date: self.creation_date.or(below.creation_date),
            include: self.include.or(below.include),
            exclude: self.exclude.or(below.exclude),
            hidden: self.hidden.or(below.hidden),
            junk: self.junk.or(below.junk),
            symlinks: self.symlinks.or(below.symlinks),
            gitignore: self.gitignore.or(below.gitignore),
            sort: self.sort.or(below.sort),
            align: self.align.or(below.align),
            attributes: self.attributes.or(below.attributes),
            mtime: self.mtime.or(below.mtime),
            md5: self.md5.or(below.md5),
            sha1: self.sha1.or(below.sha1),
        }
    }

    fn has_piece_rule(&self) -> bool {
        self.piece_length.is_some() || self.piece_count.is_some() || self.max_torrent_size.is_some()
    }
}
