//! `ccbt create-torrent`: arguments, and the order of what is done.
//!
//! What would fail at the end fails before hashing: the settings are settled ([`request`]), the tree is
//! walked and laid out ([`plan`]), and the output is opened ([`output`]) before the first byte is read.
//! What was written is read back and checked ([`check`]) before it gets its name.

mod also;
mod batch;
mod carry;
mod check;
mod extra;
mod hash;
mod input;
mod keys;
mod like;
mod output;
mod pieces;
mod plan;
mod policy;
mod report;
mod request;
mod sign;
mod sort;
mod stdin;
mod table;
mod together;
mod upgrade;

use std::ffi::OsString;
use std::num::{NonZeroU64, NonZeroUsize};
use std::path::PathBuf;

use crate::both::Both as _;
use crate::commands::beside::Beside;
use crate::commands::number;
use crate::config::{CreateLayer, Format, Machine, Settings, Sort, Symlinks};
use crate::content::driver::Hashes;
use crate::content::stream::FirstPiece;
use crate::content::walk::Walk;
use crate::env::Env;
use crate::exit::{CommandError, ErrorKind, ExitStatus};
use crate::metainfo::{Lint, Metainfo, path};
use input::Input;
use output::{Output, Written};
use plan::Plan;
use request::Request;

/// Make a torrent of a file or a directory
///
/// Files are taken in the order of their paths, component by component in bytes, so that v1 and v2
/// agree. Hidden files, files that only a file manager cares for, and symbolic links are left out
/// unless asked for. Without --piece-length, pieces are the smallest power of two from 16 KiB that
/// gives at most 2048 of them, but no larger than 16 MiB while they stay under 2^21.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct CreateTorrent {
    /// File or directory to make a torrent of, or `-` for standard input; with several, each under its own name
    /// in a directory called --name
    #[arg(value_name = "PATH", required_unless_present_any = ["batch", "piece_length_table", "upgrade"])]
    paths: Vec<PathBuf>,
    /// Where to write it: a file, a directory, or `-` for standard output [default: NAME.torrent]
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Replace an existing file
    #[arg(long, short)]
    force: bool,
    /// Tell what would be made, read nothing and write nothing
    #[arg(long, short = 'n')]
    dry_run: bool,
    /// Settings under a name: a section `[profile.NAME]` of `ccbt.toml`
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
    /// Many torrents: a path or a JSON object with `path` and settings on each line of a file, or `-`
    ///
    /// An object may have `path`, `output`, `name`, `profile` and the keys of `[create-torrent]`, such as
    /// `{"path": "album", "format": "hybrid", "tracker": ["http://a.example/announce"]}`. The keys win over the
    /// settings, and flags win over the keys. A line that cannot be read is an error before anything is made;
    /// after a torrent that cannot be made the others follow, and the exit status is the highest of all.
    /// Torrents of the same paths are made together, when the first of them has its turn: their content is read
    /// once, however they are cut.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["paths", "name"])]
    batch: Option<PathBuf>,
    /// One more torrent of the same content, from the same read: `piece-length=4MiB,source=B,output=b.torrent`
    ///
    /// The keys are those of a line of --batch but for `path`: `output`, `name`, `profile` and the keys of
    /// `[create-torrent]`; each wins over the flag of its name, and what has no key is as in the torrent of the
    /// flags. A comma before something that is no key belongs to the value, so that `tracker=URL,URL` is a tier, and
    /// a further `tracker=` the next one; a JSON object does as well. Can be given more than once.
    #[arg(long, value_name = "KEY=VALUE,…", conflicts_with_all = ["batch", "piece_length_table"])]
    also: Vec<String>,
    /// Make a hybrid of this v1 torrent and its content, which is verified by the same read
    ///
    /// PATH is then the content, as `ccbt verify` takes it: the file or directory itself, by default the torrent's
    /// name beside the torrent. Where content differs from the torrent, the files and byte ranges are told, nothing
    /// is written, and the exit status is 1. The hybrid has the name, trackers, seeds, DHT nodes, comment, source,
    /// private flag, further keys and attributes of files of the old torrent, and its piece length where that is a
    /// power of two from 16 KiB; flags win, and what is not taken over is told. Both info-hashes are new, and the
    /// old one is named as similar (BEP 38). Without --output it goes to NAME.hybrid.torrent.
    #[arg(long, value_name = "TORRENT", conflicts_with_all = [
        "batch", "also", "piece_length_table", "v1", "v2", "reproducible", "md5", "sha1", "include", "exclude",
        "hidden", "junk", "gitignore", "symlinks", "files_from", "sort", "align", "attributes", "mtime", "cache",
    ])]
    upgrade: Option<OsString>,
    /// With --upgrade, do not name the old torrent as similar
    #[arg(long, requires = "upgrade")]
    no_similar: bool,
    #[command(flatten)]
    format: FormatArgs,
    #[command(flatten)]
    metadata: MetadataArgs,
    #[command(flatten)]
    files: FileArgs,
    #[command(flatten)]
    signature: sign::SignArgs,
    #[command(flatten)]
    work: WorkArgs,
}

/// Which halves the torrent gets, and how it is cut.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Format")]
struct FormatArgs {
    /// BEP 3, which every program reads (the default)
    #[arg(long, group = "halves")]
    v1: bool,
    /// BEP 52: a merkle tree for each file
    #[arg(long, group = "halves")]
    v2: bool,
    /// Both over the same data
    #[arg(long, group = "halves")]
    hybrid: bool,
    /// Bytes, a size such as `1MiB`, the exponent of a power of two, or `auto`
    #[arg(long, short = 'l', value_name = "SIZE", group = "rule")]
    piece_length: Option<String>,
    /// Largest piece that is chosen, where the choice is not yours; written as --piece-length
    #[arg(long, value_name = "SIZE", conflicts_with = "piece_length")]
    max_piece_length: Option<String>,
    /// At most so many pieces: the smallest power of two that does it
    #[arg(long, value_name = "N", group = "rule", value_parser = number::at_least_one::<NonZeroU64>)]
    piece_count: Option<NonZeroU64>,
    /// The smallest pieces that keep the torrent itself within this size
    #[arg(long, value_name = "SIZE", group = "rule")]
    max_torrent_size: Option<String>,
    /// Print which piece length is chosen for which size of the content, and nothing else
    #[arg(long, conflicts_with_all = ["paths", "batch", "piece_length", "max_torrent_size"])]
    piece_length_table: bool,
    /// The same bytes on every machine, by a policy that never changes [default policy: ccbt-1]
    ///
    /// `ccbt-1`: files in the order of their paths, component by component in bytes; no hidden files, no junk,
    /// no symbolic links; the smallest power of two from 16 KiB that gives at most 2048 pieces, up to 16 MiB and
    /// beyond only to stay under 2^21 of them; `created by` is `ccbt-1`; no date but that of SOURCE_DATE_EPOCH.
    /// Settings of the machine do not count, only flags, --profile and --batch. What would break the policy is
    /// an error.
    #[arg(long, value_name = "POLICY", num_args = 0..=1, require_equals = true, default_missing_value = "ccbt-1", hide_possible_values = true)]
    reproducible: Option<policy::Policy>,
    /// The info-hash that another program would give: its order, its pieces, what it leaves out
    ///
    /// TOOL is mktorrent, imdl, torf, transmission, libtorrent, torrentfile, py3createtorrent or mkbrr (by its
    /// source, not tried), with @VERSION for another than the newest that is known; `docs/LIKE.md` has the rules
    /// of each. Flags act as the program's own options would, and what it has no option for is refused, as is
    /// content that it fails at. Without --v2 or --hybrid, which libtorrent and torrentfile have, the torrent is v1.
    /// Settings of the machine do not count. `created by` stays as it is: it is no part of the info-hash.
    #[arg(long, value_name = "TOOL[@VERSION]", value_parser = like::Names, hide_possible_values = true, conflicts_with = "reproducible")]
    like: Option<String>,
}

/// What the torrent says beside its files.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Metadata")]
struct MetadataArgs {
    /// Name of the torrent [default: the last part of PATH]
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Tracker; commas make a tier, each further --tracker the next tier
    #[arg(long, short = 't', visible_alias = "announce", value_name = "URL[,URL]")]
    tracker: Vec<String>,
    /// Web seed (BEP 19)
    #[arg(long, short = 'w', value_name = "URL")]
    web_seed: Vec<String>,
    /// HTTP seed: a script that serves pieces (BEP 17)
    #[arg(long, value_name = "URL")]
    http_seed: Vec<String>,
    /// DHT node to begin with where there is no tracker (BEP 5)
    #[arg(long, value_name = "HOST:PORT")]
    node: Vec<String>,
    /// Info-hash of a torrent that shares files with this one (BEP 38)
    #[arg(long, value_name = "INFOHASH")]
    similar: Vec<String>,
    /// Collection the torrent belongs to: those in one may share files (BEP 38)
    #[arg(long, value_name = "NAME")]
    collection: Vec<String>,
    /// Where a newer version of the torrent is found (BEP 39)
    #[arg(long, value_name = "URL")]
    update_url: Option<String>,
    /// Certificate (PEM) that peers must be signed by: an SSL torrent, as libtorrent knows it
    #[arg(long, value_name = "FILE")]
    root_certificate: Option<PathBuf>,
    /// Another info-hash for the same content: a random text as `x_cross_seed`, or this one
    #[arg(long, short = 'x', value_name = "TEXT", num_args = 0..=1, require_equals = true)]
    entropy: Option<Option<String>>,
    /// Further key outside the info dictionary: `KEY=TEXT`, `KEY:int=5`, `KEY:hex=00ff`, `KEY:json={"a":[1]}`
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// The same inside the info dictionary, which changes the info-hash
    #[arg(long, value_name = "KEY=VALUE")]
    set_info: Vec<String>,
    /// Peers from the trackers only (BEP 27)
    #[arg(long, short = 'p', overrides_with = "no_private")]
    private: bool,
    /// Not private, whatever the settings say
    #[arg(long, overrides_with = "private")]
    no_private: bool,
    /// Text that gives the torrent of each tracker an info-hash of its own
    #[arg(long, short = 's', value_name = "TEXT")]
    source: Option<String>,
    /// Comment
    #[arg(long, short = 'c', value_name = "TEXT")]
    comment: Option<String>,
    /// Program that made it
    #[arg(long, value_name = "TEXT", overrides_with = "no_created_by")]
    created_by: Option<String>,
    /// Leave the program out
    #[arg(long, overrides_with = "created_by")]
    no_created_by: bool,
    /// Date: seconds since 1970, or RFC 3339 such as `2026-01-31T12:00:00Z` [default: SOURCE_DATE_EPOCH, or now]
    #[arg(long, value_name = "DATE", overrides_with = "no_creation_date")]
    creation_date: Option<String>,
    /// Leave the date out
    #[arg(long, overrides_with = "creation_date")]
    no_creation_date: bool,
    /// Add the MD5 of every file
    #[arg(long)]
    md5: bool,
    /// Add the SHA-1 of every file (BEP 47)
    #[arg(long)]
    sha1: bool,
}

/// What is taken and what is left.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Files")]
struct FileArgs {
    /// Take only what matches; a glob without a slash is for names, with one for paths in the torrent
    ///
    /// Can be given more than once; takes the place of `include` in the settings.
    #[arg(long, value_name = "GLOB")]
    include: Vec<String>,
    /// Leave out what matches; wins over --include
    ///
    /// Can be given more than once, and comes on top of `exclude` in the settings; an empty GLOB leaves that out.
    #[arg(long, value_name = "GLOB")]
    exclude: Vec<String>,
    /// Take hidden files
    #[arg(long)]
    hidden: bool,
    /// Take files that only a file manager cares for, such as `Thumbs.db`
    #[arg(long)]
    junk: bool,
    /// Leave out what the `.gitignore` and `.ignore` files in the directory say, and `.git`
    #[arg(long, visible_alias = "ignore")]
    gitignore: bool,
    /// What becomes of symbolic links
    #[arg(long, value_name = "HOW")]
    symlinks: Option<Symlinks>,
    /// Take only the files in this list, one path below PATH a line; `-` reads it from standard input
    #[arg(long, value_name = "LIST", conflicts_with = "gitignore")]
    files_from: Option<PathBuf>,
    /// The paths in the list end with NUL, as `find -print0` and `git ls-files -z` write them
    #[arg(long, short = '0', requires = "files_from")]
    null: bool,
    /// Order of the files in a v1 torrent; `:desc` behind it turns it round [default: path]
    #[arg(long, visible_alias = "sort-by", value_name = "ORDER")]
    sort: Option<Sort>,
    /// Pad a v1 torrent so that each file begins a piece (BEP 47); v2 and hybrid ones always do
    #[arg(long)]
    align: bool,
    /// Tell which files are executable or hidden (BEP 47); this changes the info-hash
    #[arg(long)]
    attributes: bool,
    /// Tell when each file was last changed; this changes the info-hash
    #[arg(long)]
    mtime: bool,
}

/// How the work is done.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Work")]
struct WorkArgs {
    /// Hashing threads [default: one a core]
    #[arg(long, value_name = "N", value_parser = number::at_least_one::<NonZeroUsize>)]
    threads: Option<NonZeroUsize>,
    /// How the disk is read
    ///
    /// Several torrents of the same content, and --upgrade, have one reader in any case.
    #[arg(long, value_name = "HOW", default_value = "auto")]
    reader: crate::commands::reader::Reader,
    /// Keep digests: an interrupted run goes on, and unchanged files are not read again
    ///
    /// A file counts as unchanged while its identity, its size and its times of modification and change
    /// are the same. Files that were changed within the last seconds are not kept. What is done is saved about every
    /// second, but for several torrents from one read: theirs at the end, and when the run is interrupted.
    #[arg(long, conflicts_with_all = ["md5", "sha1"])]
    cache: bool,
    /// Where digests are kept [default: the directory `ccbt` in that of XDG for caches]
    #[arg(long, value_name = "DIR", requires = "cache")]
    cache_dir: Option<PathBuf>,
}

impl CreateTorrent {
    pub(crate) fn run(self, env: &mut Env, settings: &Settings) -> Result<ExitStatus, CommandError> {
        if self.format.piece_length_table {
            return table::print(&self, env, settings);
        }
        if let Some(file) = self.batch.clone() {
            return batch::run(&self, &file, env, settings);
        }
        if let Some(old) = self.upgrade.clone() {
            return upgrade::run(self, &old, env, settings);
        }
        if !self.also.is_empty() {
            return also::run(&self, env, settings);
        }
        let request = self.settle(env, settings, CreateLayer::default(), None)?;
        make(env, settings, &request)
    }

    /// What is asked for, over the settings of a profile and a job; `input` where it was settled before.
    fn settle(
        self,
        env: &mut Env,
        settings: &Settings,
        job: CreateLayer,
        input: Option<Input>,
    ) -> Result<Request, CommandError> {
        let settings = self.settings(settings, job)?;
        Request::settle(self, env, &settings, input)
    }

    fn settings(&self, settings: &Settings, job: CreateLayer) -> Result<Settings, CommandError> {
        let follows = self.format.reproducible.is_some() || self.format.like.is_some();
        let machine = if follows { Machine::Ignored } else { Machine::Counts };
        settings.creating(self.profile.as_deref(), job, machine)
    }
}

/// Makes one torrent.
fn make(env: &mut Env, settings: &Settings, request: &Request) -> Result<ExitStatus, CommandError> {
    let Prepared { plan, output, content } = prepare(env, settings, request)?;
    report::tell_plan(env, settings, request, &plan);
    let Some(output) = output else {
        report::print(env, settings, request, &plan, None, &[])?;
        return Ok(ExitStatus::Success);
    };
    let (hashes, first) = match content {
        Some(stdin::Content::Hashed(streamed)) => (streamed.hashes, Some(streamed.first)),
        // What lies in a temporary file stays there until the end, as the check reads it again.
        _ => (hash::hash(env, settings, request, &plan)?, None),
    };
    finish(env, settings, request, &plan, output, &hashes, first.as_ref())
}

/// Writes, checks and reports a torrent whose digests are there.
fn finish(
    env: &mut Env,
    settings: &Settings,
    request: &Request,
    plan: &Plan,
    output: Output,
    hashes: &Hashes,
    first: Option<&FirstPiece>,
) -> Result<ExitStatus, CommandError> {
    let mut draft = plan.draft(request, &settings.engine, hashes);
    if let Some(signer) = &request.signer {
        sign::sign(&mut draft, signer)?;
    }
    let torrent = draft.encode();
    let written = output.write(&torrent)?;
    let (metainfo, names) = check_beside_sync(&written, request, plan, first)?;
    written.name(env, request.force)?;
    let lints: Vec<&Lint> = metainfo.lints.iter().chain(&names).collect();
    report::tell_lints(env, settings, &lints);
    report::print(env, settings, request, plan, Some(&metainfo), &lints)?;
    Ok(ExitStatus::Success)
}

/// What is there before the hashing.
struct Prepared {
    plan: Plan,
    /// None in a dry run.
    output: Option<Output>,
    /// What came from standard input; a temporary file lasts as long as this.
    content: Option<stdin::Content>,
}

impl Prepared {
    /// For files that were found, with the output opened.
    fn of(request: &Request, found: Walk) -> Result<Self, CommandError> {
        let plan = Plan::of(request, found)?;
        Ok(Self { plan, output: Some(Output::open(request)?), content: None })
    }
}

/// Finds the files and opens the output; of content that takes long to come, the output first.
fn prepare(env: &mut Env, settings: &Settings, request: &Request) -> Result<Prepared, CommandError> {
    match &request.input {
        Input::Disk(sources) => {
            let plan = Plan::make(request, sources)?;
            let output = if request.dry_run {
                output::check_free(request)?;
                None
            } else {
                Some(Output::open(request)?)
            };
            Ok(Prepared { plan, output, content: None })
        }
        Input::Stdin if request.dry_run => {
            Err(usage("what comes from standard input has no size before it is read")
                .hint("leave --dry-run out, or write the content to a file"))
        }
        Input::Stdin => {
            let output = Output::open(request)?;
            let content = stdin::read(env, settings, request)?;
            let plan = Plan::of(request, content.found()?)?;
            Ok(Prepared { plan, output: Some(output), content: Some(content) })
        }
    }
}

/// Reads the torrent back and checks it while the disk takes it; what is odd about its names comes along.
fn check_beside_sync(
    written: &Written<'_>,
    request: &Request,
    plan: &Plan,
    first: Option<&FirstPiece>,
) -> Result<(Metainfo, Vec<Lint>), CommandError> {
    let (checked, synced) = Beside.both(
        || {
            let metainfo = check::read(written.read_back()?)?;
            let names = || path::resolve(&metainfo).map(|paths| paths.lints).unwrap_or_default();
            let (checked, names) = Beside.both(|| check::check(&metainfo, request, plan, first), names);
            checked.map(|()| (metainfo, names))
        },
        || written.sync(),
    );
    synced?;
    checked
}

impl FormatArgs {
    fn format(&self) -> Option<Format> {
        let flags = [(self.v1, Format::V1), (self.v2, Format::V2), (self.hybrid, Format::Hybrid)];
        flags.into_iter().find_map(|(given, format)| given.then_some(format))
    }
}

fn usage(message: impl std::fmt::Display) -> CommandError {
    CommandError::new(ErrorKind::Usage, anyhow::anyhow!("{message}"))
}
