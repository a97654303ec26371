//! Settings: what a command runs with, resolved once from defaults, `ccbt.toml`, the environment and
//! flags, the later winning.
//!
//! Owns the keys ([`layer`], [`keys`]), where they may come from ([`file`], [`vars`]) and the defaults (here).
//! Reads one file and nothing else of the world; knows nothing of the commands, which see only
//! [`Settings`] and their own arguments.

mod file;
mod kernel;
mod keys;
mod layer;
mod profile;
pub(crate) mod size;
mod vars;

use std::num::{NonZeroU64, NonZeroUsize};
use std::path::PathBuf;
use std::time::Duration;

use crate::env::Env;
use crate::exit::CommandError;
use crate::hash::Engine;

pub(crate) use file::explain;
pub(crate) use kernel::describe as describe_kernels;
pub(crate) use keys::{KEYS, Key};
pub(crate) use layer::{
    CreateTorrent as CreateLayer, Format, Layer, List, PieceLength, ProgressWhen, Sort, Symlinks, TextOrFlag,
    Tiers, When,
};
pub(crate) use profile::{CreateLayers, Machine};

/// `created by` of a torrent when nobody says otherwise.
pub(crate) const CREATED_BY: &str = concat!("ccbt/", env!("CARGO_PKG_VERSION"));
/// A server that says nothing for so long is not worth waiting for.
const NETWORK_TIMEOUT: Duration = Duration::from_secs(30);
/// The largest torrent or magnet metadata read: as large as the metainfo codec accepts.
const NETWORK_MAX_SIZE: u64 = 64 << 20;

/// What every command runs with.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// Results as JSON.
    pub(crate) json: bool,
    /// Which streams get colour.
    pub(crate) color: Color,
    /// How progress is shown.
    pub(crate) progress: ProgressMode,
    /// No notes, no warnings.
    pub(crate) quiet: bool,
    /// More about what is done and why.
    pub(crate) verbose: bool,
    /// Threads that hash; none leaves the choice to the work.
    pub(crate) threads: Option<NonZeroUsize>,
    /// The hash kernels.
    pub(crate) engine: Engine,
    /// What `create-torrent` takes where no flag says otherwise.
    pub(crate) create: CreateDefaults,
    /// Where those came from, for profiles.
    pub(crate) create_layers: CreateLayers,
    /// What is waited for and taken from servers.
    pub(crate) network: NetworkLimits,
}

/// Which streams get colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Color {
    pub(crate) out: bool,
    pub(crate) err: bool,
}

/// How progress is shown on standard error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ProgressMode {
    /// Not at all.
    Off,
    /// A bar that is drawn over and over.
    Bar,
    /// A line now and then, for a log.
    Lines,
    /// One JSON object a line.
    Json,
}

/// What `create-torrent` takes where no flag says otherwise.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CreateDefaults {
    /// Which halves; v1, which every program reads.
    pub(crate) format: Format,
    /// Bytes of a piece; none leaves the choice to the policy.
    pub(crate) piece_length: Option<u64>,
    /// The largest piece that is chosen.
    pub(crate) max_piece_length: Option<u64>,
    /// At most so many pieces.
    pub(crate) piece_count: Option<u64>,
    /// Bytes of the torrent, at most.
    pub(crate) max_torrent_size: Option<u64>,
    /// Tiers of tracker URLs.
    pub(crate) trackers: Vec<Vec<String>>,
    /// `url-list`.
    pub(crate) web_seeds: Vec<String>,
    /// `httpseeds`.
    pub(crate) http_seeds: Vec<String>,
    /// `nodes`, `HOST:PORT` each.
    pub(crate) nodes: Vec<String>,
    /// `similar`, info-hashes as text.
    pub(crate) similar: Vec<String>,
    /// `collections`.
    pub(crate) collections: Vec<String>,
    /// `update-url`.
    pub(crate) update_url: Option<String>,
    /// File with the `ssl-cert`.
    pub(crate) root_certificate: Option<String>,
    /// `x_cross_seed`.
    pub(crate) entropy: Option<Entropy>,
    /// Further keys outside `info`, `KEY=VALUE` each.
    pub(crate) set: Vec<String>,
    /// Further keys inside `info`, `KEY=VALUE` each.
    pub(crate) set_info: Vec<String>,
    /// BEP 27.
    pub(crate) private: bool,
    /// `source`.
    pub(crate) source: Option<String>,
    /// `comment`.
    pub(crate) comment: Option<String>,
    /// `created by`; none leaves the key out.
    pub(crate) created_by: Option<String>,
    /// Whether the torrent tells when it was made.
    pub(crate) creation_date: bool,
    /// Globs of what is taken; empty takes all.
    pub(crate) include: Vec<String>,
    /// Globs of what is left out.
    pub(crate) exclude: Vec<String>,
    /// Whether hidden files are taken.
    pub(crate) hidden: bool,
    /// Whether files are taken that only a file manager cares for.
    pub(crate) junk: bool,
    /// What becomes of symbolic links.
    pub(crate) symlinks: Symlinks,
    /// Whether ignore files are honoured.
    pub(crate) gitignore: bool,
    /// The order of the files in a v1 torrent.
    pub(crate) sort: Sort,
    /// Whether a v1 torrent is padded so that each file begins a piece.
    pub(crate) align: bool,
    /// Whether it tells what is executable or hidden.
    pub(crate) attributes: bool,
    /// Whether it tells when each file was last changed.
    pub(crate) mtime: bool,
    /// Whether it has the MD5 of every file.
    pub(crate) md5: bool,
    /// Whether it has the SHA-1 of every file.
    pub(crate) sha1: bool,
}

/// What makes the info-hash of equal content another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Entropy {
    /// A new text each time.
    Random,
    /// This one.
    Text(String),
}

/// What is waited for and taken from servers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NetworkLimits {
    /// How long a server may stay silent.
    pub(crate) timeout: Duration,
    /// Bytes of a torrent read from a URL, at most.
    pub(crate) max_size: u64,
}

/// What the flags of the frame say.
#[derive(Clone, Debug, Default)]
pub(crate) struct Flags {
    pub(crate) json: bool,
    pub(crate) quiet: bool,
    pub(crate) verbose: bool,
    pub(crate) color: Option<When>,
    pub(crate) progress: Option<ProgressWhen>,
    pub(crate) config: Option<PathBuf>,
}

/// Settings, and what should be told about how they came to be.
#[derive(Debug)]
pub(crate) struct Resolved {
    pub(crate) settings: Settings,
    pub(crate) warnings: Vec<String>,
    pub(crate) details: Vec<String>,
}

/// Resolves the settings of this run.
///
/// # Errors
///
/// A usage error that names the file and line, or the variable, of a key that does not exist or a
/// value that cannot be; a read error for a file that cannot be read.
pub(crate) fn resolve(env: &Env, flags: &Flags) -> Result<Resolved, CommandError> {
    let mut details = Vec::new();
    let mut layer = Layer::default();
    if let Some(path) = file::locate(env, flags.config.as_deref()) {
        layer = file::read(&path)?;
        details.push(format!("settings: {}", path.display()));
    }
    let (vars, warnings) = vars::read(&env.vars)?;
    let create_layers = CreateLayers {
        file: layer.create_torrent.clone(),
        profiles: std::mem::take(&mut layer.profile),
        vars: vars.create_torrent.clone(),
    };
    let mut layer = vars.over(layer);
    layer.color = flags.color.or(layer.color);
    layer.progress = flags.progress.or(layer.progress);
    let settings = Settings { create_layers, ..settle(env, flags, layer)? };
    Ok(Resolved { settings, warnings, details })
}

/// Colour as the flag and the terminal have it, for errors met before there are settings.
pub(crate) fn color(env: &Env, when: Option<When>) -> Color {
    let stream = |is_terminal| match when.unwrap_or_default() {
        When::Always => true,
        When::Never => false,
        // The order of no-color.org and bixense.com/clicolors.
        When::Auto if env.var("NO_COLOR").is_some() => false,
        When::Auto if env.var("CLICOLOR_FORCE").is_some_and(|value| value != "0") => true,
        When::Auto if env.var("CLICOLOR").is_some_and(|value| value == "0") => false,
        When::Auto => is_terminal && env.var("TERM").is_none_or(|value| value != "dumb"),
    };
    Color { out: stream(env.out_is_terminal), err: stream(env.err_is_terminal) }
}

fn settle(env: &Env, flags: &Flags, layer: Layer) -> Result<Settings, CommandError> {
    Ok(Settings {
        json: flags.json,
        color: color(env, layer.color),
        progress: progress(env, flags.quiet, layer.progress.unwrap_or_default()),
        quiet: flags.quiet,
        verbose: flags.verbose,
        threads: layer.threads,
        engine: kernel::engine(layer.hash_kernel.as_deref())?,
        network: NetworkLimits {
            timeout: layer.network.timeout.map_or(NETWORK_TIMEOUT, Into::into),
            max_size: layer.network.max_size.map_or(NETWORK_MAX_SIZE, |size| size.0),
        },
        create: CreateDefaults::from(layer.create_torrent),
        create_layers: CreateLayers::default(),
    })
}

fn progress(env: &Env, quiet: bool, when: ProgressWhen) -> ProgressMode {
    match when {
        ProgressWhen::Never => ProgressMode::Off,
        ProgressWhen::Json => ProgressMode::Json,
        ProgressWhen::Auto if quiet || !env.err_is_terminal => ProgressMode::Off,
        ProgressWhen::Auto | ProgressWhen::Always if env.err_is_terminal => ProgressMode::Bar,
        ProgressWhen::Auto | ProgressWhen::Always => ProgressMode::Lines,
    }
}

impl From<layer::CreateTorrent> for CreateDefaults {
    fn from(layer: layer::CreateTorrent) -> Self {
        let list = |list: Option<layer::List>| list.map(|list| list.0).unwrap_or_default();
        let filled = |text: Option<String>| text.filter(|text| !text.is_empty());
        Self {
            format: layer.format.unwrap_or_default(),
            piece_length: layer.piece_length.and_then(|length| length.0),
            max_piece_length: layer.max_piece_length.and_then(|length| length.0),
            piece_count: layer.piece_count.map(NonZeroU64::get),
            max_torrent_size: layer.max_torrent_size.map(|size| size.0),
            trackers: layer.tracker.map(|tiers| tiers.0).unwrap_or_default(),
            web_seeds: list(layer.web_seed),
            http_seeds: list(layer.http_seed),
            nodes: list(layer.node),
            similar: list(layer.similar),
            collections: list(layer.collection),
            update_url: filled(layer.update_url),
            root_certificate: filled(layer.root_certificate),
            entropy: match layer.entropy {
                None | Some(TextOrFlag::Flag(false)) => None,
                Some(TextOrFlag::Flag(true)) => Some(Entropy::Random),
                Some(TextOrFlag::Text(text)) => filled(Some(text)).map(Entropy::Text),
            },
            set: list(layer.set),
            set_info: list(layer.set_info),
            private: layer.private.unwrap_or(false),
            source: filled(layer.source),
            comment: filled(layer.comment),
            created_by: match layer.created_by {
                None | Some(TextOrFlag::Flag(true)) => Some(CREATED_BY.to_owned()),
                Some(TextOrFlag::Flag(false)) => None,
                Some(TextOrFlag::Text(text)) => filled(Some(text)),
            },
            creation_date: layer.creation_date.unwrap_or(true),
            include: list(layer.include),
            exclude: list(layer.exclude),
            hidden: layer.hidden.unwrap_or(false),
            junk: layer.junk.unwrap_or(false),
            symlinks: layer.symlinks.unwrap_or_default(),
            gitignore: layer.gitignore.unwrap_or(false),
            sort: layer.sort.unwrap_or_default(),
            align: layer.align.unwrap_or(false),
            attributes: layer.attributes.unwrap_or(false),
            mtime: layer.mtime.unwrap_or(false),
            md5: layer.md5.unwrap_or(false),
            sha1: layer.sha1.unwrap_or(false),
        }
    }
}

#[cfg(test)]
impl Settings {
    /// Settings for tests: nothing set, no terminal.
    pub(crate) fn for_tests() -> Self {
        let env = crate::env::testing::TestEnv::new(".").env();
        settle(&env, &Flags::default(), Layer::default()).expect("the defaults are valid")
    }
}

#[cfg(test)]
mod tests;
