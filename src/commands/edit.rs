//! `ccbt edit`: changes to torrents that keep their info-hash, and the two that do not.
//!
//! Owns the order of work over many torrents. What is asked for stands in [`request`], what an edit does
//! to the bytes in [`crate::metainfo::edit`], where they go in [`output`], and what is told in [`report`].

mod attributes;
mod output;
mod report;
mod request;

use std::ffi::{OsStr, OsString};
use std::num::NonZeroUsize;
use std::path::PathBuf;

use anyhow::anyhow;

use super::url::Purpose;
use super::{number, source};
use crate::config::Settings;
use crate::env::Env;
use crate::exit::{CommandError, ErrorKind, ExitStatus};
use crate::magnet::Endpoint;
use crate::metainfo::edit::{Edited, FieldValue};
use crate::metainfo::{Limits, Lint, Metainfo, PRIVATE_WITHOUT_TRACKER};
use crate::ui;

use output::{Output, Target};
use report::Report;
use request::Request;

/// Change trackers, web seeds, comment and more of torrents
///
/// Everything that is not edited stays as it is, byte for byte, and so does the info-hash. Only `source`
/// and `private` are part of it: they are changed with --allow-new-info-hash and not without. Each file
/// is replaced in one step by one that was checked; with several, the command goes on after one that
/// cannot be edited and ends with the highest exit status of them all.
///
/// What --replace- and --remove- options name may be missing from some torrents, which a note tells. Where it is
/// in none of them and nothing else changed either, the command ends with 1. What --no- options remove need not
/// be there.
#[derive(Debug, clap::Args)]
pub(crate) struct Edit {
    /// Torrent files, `-` for standard input, or with --output an http or https URL
    #[arg(required = true, value_name = "TORRENT")]
    inputs: Vec<OsString>,
    /// Write to this file, or `-` for standard output, and leave TORRENT as it is
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Let --output replace an existing file
    #[arg(long, short, requires = "output")]
    force: bool,
    /// Show what would change, write nothing
    #[arg(long, short = 'n')]
    dry_run: bool,
    /// Change `source` and `private` although that makes another torrent of it
    #[arg(long)]
    allow_new_info_hash: bool,
    #[command(flatten)]
    trackers: TrackerArgs,
    #[command(flatten)]
    seeds: SeedArgs,
    #[command(flatten)]
    metadata: MetadataArgs,
}

/// Where peers are found; carried out in this order.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Trackers")]
struct TrackerArgs {
    /// Tracker in place of all that are there; commas make a tier, each further --tracker the next tier
    #[arg(
        long,
        short = 't',
        visible_alias = "announce",
        value_name = "URL[,URL]",
        conflicts_with = "no_trackers"
    )]
    tracker: Vec<String>,
    /// Remove all trackers
    #[arg(long)]
    no_trackers: bool,
    /// Remove a tier, counted from 1 as `ccbt inspect` shows them
    #[arg(long, value_name = "N", value_parser = number::at_least_one::<NonZeroUsize>)]
    remove_tier: Vec<NonZeroUsize>,
    /// Put a tracker in the place of another, in the same tier
    #[arg(long, num_args = 2, value_names = ["OLD", "NEW"])]
    replace_tracker: Vec<String>,
    /// Replace a text, such as a host or a passkey, in the URLs of all trackers
    #[arg(long, num_args = 2, value_names = ["OLD", "NEW"])]
    replace_in_trackers: Vec<String>,
    /// Remove a tracker from its tier
    #[arg(long, value_name = "URL[,URL]")]
    remove_tracker: Vec<String>,
    /// Add a tier before the others; commas put several trackers in it
    #[arg(long, value_name = "URL[,URL]")]
    prepend_tracker: Vec<String>,
    /// Add a tier behind the others; commas put several trackers in it
    #[arg(long, value_name = "URL[,URL]")]
    add_tracker: Vec<String>,
    /// Let --add-tracker add to this tier, counted from 1; one that is not there becomes the last
    #[arg(long, value_name = "N", requires = "add_tracker", value_parser = number::at_least_one::<NonZeroUsize>)]
    add_to_tier: Option<NonZeroUsize>,
}

/// Other places that content and peers come from.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Seeds and nodes")]
struct SeedArgs {
    /// Web seed (BEP 19) in place of all that are there
    #[arg(long, short = 'w', value_name = "URL", conflicts_with = "no_web_seeds")]
    web_seed: Vec<String>,
    /// Remove all web seeds
    #[arg(long)]
    no_web_seeds: bool,
    /// Remove a web seed
    #[arg(long, value_name = "URL")]
    remove_web_seed: Vec<String>,
    /// Add a web seed
    #[arg(long, value_name = "URL")]
    add_web_seed: Vec<String>,
    /// HTTP seed (BEP 17) in place of all that are there
    #[arg(long, value_name = "URL", conflicts_with = "no_http_seeds")]
    http_seed: Vec<String>,
    /// Remove all HTTP seeds
    #[arg(long)]
    no_http_seeds: bool,
    /// Remove an HTTP seed
    #[arg(long, value_name = "URL")]
    remove_http_seed: Vec<String>,
    /// Add an HTTP seed
    #[arg(long, value_name = "URL")]
    add_http_seed: Vec<String>,
    /// DHT node (BEP 5) in place of all that are there
    #[arg(long, value_name = "HOST:PORT", conflicts_with = "no_nodes")]
    node: Vec<Endpoint>,
    /// Remove all DHT nodes
    #[arg(long)]
    no_nodes: bool,
    /// Remove a DHT node
    #[arg(long, value_name = "HOST:PORT")]
    remove_node: Vec<Endpoint>,
    /// Add a DHT node
    #[arg(long, value_name = "HOST:PORT")]
    add_node: Vec<Endpoint>,
}

/// What the torrent says of itself.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Metadata")]
struct MetadataArgs {
    /// Comment
    #[arg(long, short = 'c', value_name = "TEXT", conflicts_with = "no_comment")]
    comment: Option<String>,
    /// Remove the comment
    #[arg(long)]
    no_comment: bool,
    /// Program that made it
    #[arg(long, value_name = "TEXT", conflicts_with = "no_created_by")]
    created_by: Option<String>,
    /// Remove the program
    #[arg(long)]
    no_created_by: bool,
    /// Date: seconds since 1970, a day, or RFC 3339 such as `2026-01-31T12:00:00Z`
    #[arg(long, value_name = "DATE", conflicts_with = "no_creation_date")]
    creation_date: Option<String>,
    /// Remove the date
    #[arg(long)]
    no_creation_date: bool,
    /// Text that gives the torrent of each tracker an info-hash of its own; needs --allow-new-info-hash
    #[arg(long, short = 's', value_name = "TEXT", conflicts_with = "no_source")]
    source: Option<String>,
    /// Remove the source; needs --allow-new-info-hash
    #[arg(long)]
    no_source: bool,
    /// Peers from the trackers only (BEP 27); needs --allow-new-info-hash
    #[arg(long, short = 'p', conflicts_with = "no_private")]
    private: bool,
    /// Peers from anywhere; needs --allow-new-info-hash
    #[arg(long)]
    no_private: bool,
}

impl Edit {
    pub(crate) fn run(self, env: &mut Env, settings: &Settings) -> Result<ExitStatus, CommandError> {
        let (inputs, request) = Request::settle(self, env)?;
        let mut worst = ExitStatus::Success;
        // Like a search: it found something unless it found nothing anywhere.
        let mut found_nothing = true;
        for input in &inputs {
            if env.is_interrupted() {
                return Err(CommandError::new(ErrorKind::Interrupted, anyhow!("interrupted")));
            }
            let status = match one(env, settings, &request, input) {
                // Who reads the reports has gone, but the other torrents are still to be edited.
                Err(error) if error.kind == ErrorKind::ClosedPipe && !request.dry_run => {
                    env.out = Box::new(std::io::sink());
                    found_nothing = false;
                    ExitStatus::Success
                }
                // Without a path it is standard output that failed, and would for the others.
                Err(error) if error.kind == ErrorKind::ClosedPipe || error.path.is_none() => {
                    return Err(error);
                }
                Err(error) if inputs.len() == 1 || env.is_interrupted() => return Err(error),
                Err(error) => {
                    env.out.flush()?;
                    ui::error::report(env, settings.json, settings.color.err, &error)
                }
                Ok(found) => {
                    found_nothing &= !found;
                    ExitStatus::Success
                }
            };
            worst = worst.max(status);
        }
        Ok(if found_nothing { worst.max(ExitStatus::No) } else { worst })
    }
}

/// Edits one torrent and tells of it; whether there was anything to edit.
fn one(env: &mut Env, settings: &Settings, request: &Request, input: &OsStr) -> Result<bool, CommandError> {
    let output = Output::choose(request, env, input)?;
    let before = source::load_torrent(env, settings, input)?;
    let mut edited = request.edits.apply(&before).map_err(|error| invalid(error.into(), input))?;
    usable_trackers(&edited).map_err(|error| error.at(input))?;
    let write = !request.dry_run && output.is_wanted(!edited.changes.is_empty());
    let after = if write {
        let written = output.write(&edited.bytes)?;
        let after = check(written.read_back()?, &before, &edited, input)?;
        written.finish(env, request.force)?;
        after
    } else {
        check(edited.bytes.clone(), &before, &edited, input)?
    };
    // What an edit brought about, and nobody may have thought of.
    let is_lonely = |lint: &&Lint| lint.name == PRIVATE_WITHOUT_TRACKER;
    if !before.lints.iter().any(|lint| is_lonely(&lint)) {
        edited.notes.extend(after.lints.iter().find(is_lonely).cloned());
    }
    let report = Report::new(input, &output, [&before, &after], &edited, write, request.dry_run);
    report.print(env, settings, matches!(output.target, Target::Stdout) && !request.dry_run)?;
    Ok(!edited.found_nothing())
}

/// A text replaced within URLs may leave one that nobody can use.
fn usable_trackers(edited: &Edited) -> Result<(), CommandError> {
    for change in &edited.changes {
        let (FieldValue::Tiers(before), FieldValue::Tiers(after)) = (&change.before, &change.after) else {
            continue;
        };
        for url in after.iter().flatten().filter(|url| !before.iter().flatten().any(|old| old == *url)) {
            request::checked(Purpose::Tracker, &url.lossy())?;
        }
    }
    Ok(())
}

/// Reads the new torrent as anybody would and compares: `info` is as it was, or as it was to be.
fn check(
    bytes: Vec<u8>,
    before: &Metainfo,
    edited: &Edited,
    input: &OsStr,
) -> Result<Metainfo, CommandError> {
    if bytes != edited.bytes {
        let error = anyhow!("what was read back is not what was written").context("checking the new torrent");
        return Err(CommandError::new(ErrorKind::Write, error).at(input).hint("look after the disk"));
    }
    let after = Metainfo::parse(bytes, &Limits::default()).map_err(|error| invalid(error.into(), input))?;
    let same = after.info_bytes() == before.info_bytes()
        && after.info_hash_v1 == before.info_hash_v1
        && after.info_hash_v2 == before.info_hash_v2;
    if same == edited.new_info_hash() {
        let what = if same { "stayed the same" } else { "became another" };
        let error = anyhow!("the info-hash {what}: nothing was written").context("checking the new torrent");
        let error = CommandError::new(ErrorKind::Write, error).at(input);
        return Err(error.hint("this is a bug of ccbt"));
    }
    Ok(after)
}

fn invalid(error: anyhow::Error, input: &OsStr) -> CommandError {
    CommandError::new(ErrorKind::BadInput, error.context("checking the new torrent")).at(input)
}
