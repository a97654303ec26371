//! `ccbt magnet`: from a torrent to its magnet URI, and from a URI to its fields.
//!
//! Owns the choice of what the URI says. Reading and writing it is the work of [`crate::magnet`];
//! nothing is asked of a swarm here.

use std::borrow::Cow;
use std::ffi::OsString;
use std::io::Write as _;

use anyhow::anyhow;
use serde::Serialize;

use super::source::{self, Source};
use crate::config::Settings;
use crate::env::Env;
use crate::exit::{CommandError, ErrorKind, ExitStatus};
use crate::id::{InfoHashV1, InfoHashV2};
use crate::magnet::{self, Dropped, Endpoint, InvalidSelection};
use crate::metainfo::Text;
use crate::ui::fields::Fields;
use crate::ui::style::Style;
use crate::ui::text::{count, size};
use crate::{hex, ui};

/// Print the magnet URI of a torrent, or the fields of a magnet URI
///
/// For a torrent the result is one line, the URI: with the info-hashes of all its versions, its name,
/// size, trackers and web seeds. For a magnet URI the result is what it says; parameters that
/// cannot be used are left out, with a warning. The options change the URI in either case.
#[derive(Debug, clap::Args)]
pub(crate) struct Magnet {
    /// Torrent file, magnet URI, http or https URL, or `-` for standard input
    #[arg(value_name = "INPUT")]
    input: OsString,
    /// Only the v1 info-hash
    #[arg(long, conflicts_with = "v2")]
    v1: bool,
    /// Only the v2 info-hash
    #[arg(long)]
    v2: bool,
    /// Leave out the name
    #[arg(long)]
    no_name: bool,
    /// Leave out the trackers of the input
    #[arg(long)]
    no_trackers: bool,
    /// Leave out the web seeds
    #[arg(long)]
    no_web_seeds: bool,
    /// Add trackers; several with commas between
    #[arg(long, value_name = "URL", value_delimiter = ',')]
    tracker: Vec<String>,
    /// Add the address of a peer, so that the metadata can come from it directly
    #[arg(long, value_name = "HOST:PORT")]
    peer: Vec<Endpoint>,
    /// Select files by index, such as `0,2-4`
    ///
    /// Indices are those that `ccbt inspect --files` shows: from 0, pad files not counted.
    #[arg(long, value_name = "INDICES", value_parser = selection)]
    select: Option<Selection>,
}

/// Indices of files, rising.
#[derive(Clone, Debug)]
struct Selection(Vec<u32>);

fn selection(text: &str) -> Result<Selection, InvalidSelection> {
    magnet::parse_selection(text).map(Selection)
}

impl Magnet {
    pub(crate) fn run(self, env: &mut Env, settings: &Settings) -> Result<ExitStatus, CommandError> {
        self.check_trackers()?;
        let (mut magnet, dropped, is_torrent) = match source::load(env, settings, &self.input)? {
            Source::Magnet(magnet, dropped) => (*magnet, dropped, false),
            Source::Torrent(torrent) => {
                self.check_selection(torrent.info.files.len())?;
                (magnet::Magnet::of(&torrent), Dropped::default(), true)
            }
        };
        self.change(&mut magnet)?;
        tell_dropped(env, settings, &dropped);
        if settings.json {
            ui::json::print(env, &Report::of(&magnet, &dropped))?;
        } else if is_torrent {
            writeln!(env.out, "{magnet}")?;
        } else {
            print(env, settings, &magnet)?;
        }
        Ok(ExitStatus::Success)
    }

    fn check_trackers(&self) -> Result<(), CommandError> {
        match self.tracker.iter().find(|url| magnet::tracker_url(url).is_none()) {
            None => Ok(()),
            Some(url) => {
                let why = anyhow!("`--tracker {url}` is no tracker URL");
                let schemes = "the URL of a tracker begins with http, https, udp, ws or wss and names a host";
                Err(CommandError::new(ErrorKind::Usage, why).hint(schemes))
            }
        }
    }

    fn check_selection(&self, files: usize) -> Result<(), CommandError> {
        let last = self.select.as_ref().and_then(|selection| selection.0.last());
        match last.filter(|&&last| usize::try_from(last).is_ok_and(|last| last >= files)) {
            None => Ok(()),
            Some(last) => {
                let why = anyhow!("`--select`: there is no file {last} among {files} counted from 0");
                let hint = "`ccbt inspect --files` shows the indices";
                Err(CommandError::new(ErrorKind::Usage, why).at(&self.input).hint(hint))
            }
        }
    }

    fn change(self, magnet: &mut magnet::Magnet) -> Result<(), CommandError> {
        let missing = |version: &str| {
            let why = anyhow!("there is no {version} info-hash");
            CommandError::new(ErrorKind::BadInput, why).at(&self.input)
        };
        if self.v1 {
            magnet.info_hash_v2 = None;
            magnet.info_hash_v1.ok_or_else(|| missing("v1"))?;
        }
        if self.v2 {
            magnet.info_hash_v1 = None;
            magnet.info_hash_v2.ok_or_else(|| missing("v2"))?;
        }
        if self.no_name {
            magnet.name = None;
        }
        if self.no_trackers {
            magnet.trackers.clear();
        }
        if self.no_web_seeds {
            magnet.web_seeds.clear();
        }
        magnet.add_trackers(self.tracker.iter().map(String::as_str));
        for peer in self.peer {
            if !magnet.peers.contains(&peer) {
                magnet.peers.push(peer);
            }
        }
        if let Some(Selection(indices)) = self.select {
            magnet.select_only = indices;
        }
        Ok(())
    }
}

/// `ccbt.magnet/1`.
#[derive(Debug, Serialize)]
struct Report<'a> {
    schema: &'static str,
    uri: String,
    info_hash_v1: Option<InfoHashV1>,
    info_hash_v2: Option<InfoHashV2>,
    name: Option<Cow<'a, str>>,
    /// Only where the name is not UTF-8.
    #[serde(skip_serializing_if = "Option::is_none")]
    name_hex: Option<String>,
    exact_length: Option<u64>,
    trackers: &'a [String],
    web_seeds: &'a [String],
    peers: &'a [Endpoint],
    dht_nodes: &'a [Endpoint],
    select_only: &'a [u32],
    /// The first parameters of a URI that were left out.
    dropped: Vec<DroppedEntry<'a>>,
    /// How many were left out in all.
    dropped_count: usize,
}

/// A parameter that was left out.
#[derive(Debug, Serialize)]
struct DroppedEntry<'a> {
    parameter: &'a str,
    value: &'a str,
    why: String,
}

impl<'a> Report<'a> {
    fn of(magnet: &'a magnet::Magnet, dropped: &'a Dropped) -> Self {
        let name = magnet.name.as_ref();
        let entries = dropped.first.iter().map(|dropped| DroppedEntry {
            parameter: &dropped.name,
            value: &dropped.value,
            why: dropped.why.to_string(),
        });
        Self {
            schema: "ccbt.magnet/1",
            uri: magnet.to_string(),
            info_hash_v1: magnet.info_hash_v1,
            info_hash_v2: magnet.info_hash_v2,
            name: name.map(Text::lossy),
            name_hex: name.filter(|name| name.utf8().is_none()).map(|name| hex::encode(&name.0)),
            exact_length: magnet.exact_length,
            trackers: &magnet.trackers,
            web_seeds: &magnet.web_seeds,
            peers: &magnet.peers,
            dht_nodes: &magnet.dht_nodes,
            select_only: &magnet.select_only,
            dropped: entries.collect(),
            dropped_count: dropped.count,
        }
    }
}

fn tell_dropped(env: &mut Env, settings: &Settings, dropped: &Dropped) {
    for parameter in &dropped.first {
        let message = format!("`{}={}` is left out: {}", parameter.name, parameter.value, parameter.why);
        ui::warn(env, settings, &message);
    }
    let more = dropped.count.saturating_sub(dropped.first.len());
    match more {
        0 => {}
        1 => ui::warn(env, settings, "1 more parameter is left out"),
        _ => ui::warn(env, settings, &format!("{} more parameters are left out", count(more as u64))),
    }
}

/// Prints the fields for a person.
fn print(env: &mut Env, settings: &Settings, magnet: &magnet::Magnet) -> Result<(), CommandError> {
    let mut page = Vec::new();
    let mut fields = Fields::new(&mut page, Style::new(settings.color.out));
    fields.maybe("Name", magnet.name.as_ref().map(Text::lossy).as_deref())?;
    fields.maybe("Info hash v1", magnet.info_hash_v1.map(|hash| hash.to_string()).as_deref())?;
    fields.maybe("Info hash v2", magnet.info_hash_v2.map(|hash| hash.to_string()).as_deref())?;
    let length = magnet.exact_length.map(|length| format!("{} ({} bytes)", size(length), count(length)));
    fields.maybe("Size", length.as_deref())?;
    fields.rows("Trackers", &magnet.trackers)?;
    fields.rows("Web seeds", &magnet.web_seeds)?;
    fields.rows("Peers", magnet.peers.iter().map(Endpoint::to_string))?;
    fields.rows("Nodes", magnet.dht_nodes.iter().map(Endpoint::to_string))?;
    if !magnet.select_only.is_empty() {
        fields.row("Files", &magnet::Ranges(&magnet.select_only).to_string())?;
    }
    fields.row("URI", &magnet.to_string())?;
    env.out.write_all(&page)?;
    Ok(())
}
