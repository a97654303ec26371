//! What is asked for, checked.

use std::ffi::OsString;
use std::path::PathBuf;

use anyhow::anyhow;

use super::{Edit, MetadataArgs, SeedArgs, TrackerArgs};
use crate::commands::date;
use crate::commands::url::Purpose;
use crate::env::Env;
use crate::exit::{CommandError, ErrorKind};
use crate::magnet::{Endpoint, Host};
use crate::metainfo::edit::{Change, Edits, ListEdits, TierEdits};

/// Edits, and what becomes of the result.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) edits: Edits,
    /// As typed; none in place.
    pub(super) output: Option<PathBuf>,
    pub(super) force: bool,
    pub(super) dry_run: bool,
}

impl Request {
    /// The torrents to edit and how, or the reason why nothing is begun.
    pub(super) fn settle(args: Edit, env: &Env) -> Result<(Vec<OsString>, Self), CommandError> {
        if args.inputs.len() > 1 && args.inputs.iter().any(|input| input == "-") {
            return Err(usage("standard input (`-`) can only be edited alone"));
        }
        if args.inputs.len() > 1 && args.output.is_some() {
            return Err(usage("--output takes one torrent, and several are given")
                .hint("without --output each torrent is changed in place"));
        }
        let edits = Edits {
            trackers: trackers(&args.trackers)?,
            web_seeds: seeds(
                Purpose::WebSeed,
                [&args.seeds.web_seed, &args.seeds.remove_web_seed, &args.seeds.add_web_seed],
                args.seeds.no_web_seeds,
            )?,
            http_seeds: seeds(
                Purpose::HttpSeed,
                [&args.seeds.http_seed, &args.seeds.remove_http_seed, &args.seeds.add_http_seed],
                args.seeds.no_http_seeds,
            )?,
            nodes: nodes(&args.seeds),
            comment: text(args.metadata.comment.as_deref(), args.metadata.no_comment),
            created_by: text(args.metadata.created_by.as_deref(), args.metadata.no_created_by),
            creation_date: creation_date(&args.metadata)?,
            source: text(args.metadata.source.as_deref(), args.metadata.no_source),
            private: args.metadata.private.then_some(true).or(args.metadata.no_private.then_some(false)),
        };
        if edits.is_empty() {
            return Err(usage("nothing to change was asked for")
                .hint("name what to change, such as --add-tracker URL; `ccbt edit --help` lists all of it"));
        }
        if !args.allow_new_info_hash && !args.dry_run {
            keeps_info_hash(&edits)?;
        }
        let output = args.output.map(|path| if path.as_os_str() == "-" { path } else { env.path(&path) });
        let (force, dry_run) = (args.force, args.dry_run);
        Ok((args.inputs, Self { edits, output, force, dry_run }))
    }
}

/// Refuses what changes `info`, before any torrent is looked at.
fn keeps_info_hash(edits: &Edits) -> Result<(), CommandError> {
    let inside = [("source", edits.source != Change::Keep), ("private", edits.private.is_some())];
    let named: Vec<&str> = inside.iter().filter(|(_, asked)| *asked).map(|(name, _)| *name).collect();
    let what = match named[..] {
        [] => return Ok(()),
        [one] => format!("`{one}` is part of `info`: changing it"),
        _ => "`source` and `private` are part of `info`: changing them".to_owned(),
    };
    Err(usage(format!("{what} would change the info-hash, so that nothing was done"))
        .hint("--allow-new-info-hash does it all the same, --dry-run shows what would change"))
}

fn trackers(args: &TrackerArgs) -> Result<TierEdits, CommandError> {
    let all = all(tiers(&args.tracker)?, args.no_trackers);
    let mut replace = Vec::new();
    for [old, new] in args.replace_tracker.as_chunks().0 {
        replace.push((old.trim().to_owned(), checked(Purpose::Tracker, new)?));
    }
    let mut replace_text = Vec::new();
    for [old, new] in args.replace_in_trackers.as_chunks().0 {
        if old.is_empty() {
            return Err(usage("--replace-in-trackers: the text to replace is empty"));
        }
        replace_text.push((old.clone(), new.clone()));
    }
    Ok(TierEdits {
        all,
        remove_tiers: args.remove_tier.iter().map(|number| number.get()).collect(),
        replace,
        replace_text,
        remove: args.remove_tracker.iter().flat_map(|urls| split(urls)).map(str::to_owned).collect(),
        prepend: tiers(&args.prepend_tracker)?,
        add: tiers(&args.add_tracker)?,
        add_to: args.add_to_tier.map(|number| number.get()),
    })
}

fn split(urls: &str) -> impl Iterator<Item = &str> {
    urls.split(',').map(str::trim).filter(|url| !url.is_empty())
}

/// Commas make a tier.
fn tiers(given: &[String]) -> Result<Vec<Vec<String>>, CommandError> {
    let tier = |urls: &String| -> Result<Vec<String>, CommandError> {
        let tier: Vec<String> =
            split(urls).map(|url| checked(Purpose::Tracker, url)).collect::<Result<_, _>>()?;
        // An empty one, which a variable that is not set leaves, is not taken for a wish to have none.
        if tier.is_empty() { Err(usage(format!("`{urls}` names no tracker"))) } else { Ok(tier) }
    };
    given.iter().map(tier).collect()
}

fn seeds(
    purpose: Purpose,
    [set, remove, add]: [&Vec<String>; 3],
    none: bool,
) -> Result<ListEdits<String>, CommandError> {
    let checked = |urls: &[String]| urls.iter().map(|url| checked(purpose, url)).collect::<Result<_, _>>();
    let remove = remove.iter().map(|url| url.trim().to_owned()).collect();
    Ok(ListEdits { all: all(checked(set)?, none), remove, add: checked(add)? })
}

fn nodes(args: &SeedArgs) -> ListEdits<(String, u16)> {
    // In a torrent an IPv6 address has no brackets: the port stands beside it (BEP 5).
    let node = |node: &Endpoint| match &node.host {
        Host::V4(address) => (address.to_string(), node.port),
        Host::V6(address) => (address.to_string(), node.port),
        Host::Name(name) => (name.clone(), node.port),
    };
    let nodes = |given: &[Endpoint]| given.iter().map(node).collect();
    ListEdits {
        all: all(nodes(&args.node), args.no_nodes),
        remove: nodes(&args.remove_node),
        add: nodes(&args.add_node),
    }
}

/// What replaces a list: the values given, or nothing.
fn all<T>(given: Vec<T>, none: bool) -> Option<Vec<T>> {
    (none || !given.is_empty()).then_some(given)
}

/// An empty text removes its key.
fn text(given: Option<&str>, none: bool) -> Change<String> {
    match given {
        Some("") => Change::Remove,
        Some(text) => Change::Set(text.to_owned()),
        None if none => Change::Remove,
        None => Change::Keep,
    }
}

fn creation_date(args: &MetadataArgs) -> Result<Change<i64>, CommandError> {
    match &args.creation_date {
        None if args.no_creation_date => Ok(Change::Remove),
        None => Ok(Change::Keep),
        Some(text) => date::seconds(text)
            .map(Change::Set)
            .ok_or_else(|| usage(format!("`{text}` is no date")).hint(date::HINT)),
    }
}

/// A URL that programs can use.
pub(super) fn checked(purpose: Purpose, url: &str) -> Result<String, CommandError> {
    purpose
        .url(url)
        .map_err(|why| usage(format!("`{url}` is no {}: {why}", purpose.name())).hint(purpose.hint(why)))
}

fn usage(message: impl std::fmt::Display) -> CommandError {
    CommandError::new(ErrorKind::Usage, anyhow!("{message}"))
}
