//! `ccbt verify`: content against torrents.
//!
//! Owns the arguments and the order of what is done. Which torrents are meant is found out by [`inputs`],
//! which files there are, what the digests say of each and how that is told by [`super::content_check`].

mod combine;
mod evidence;
mod inputs;
mod moved;
mod place;
mod rebuild;
mod search;

use std::ffi::OsString;
use std::num::NonZeroUsize;
use std::path::PathBuf;

use anyhow::anyhow;

use crate::both::Both as _;
use crate::commands::beside::Beside;
use crate::commands::content_check::content::{self, Content, Extra, Names};
use crate::commands::content_check::hashing::Hashing;
use crate::commands::content_check::mapping;
use crate::commands::content_check::report::{Batch, Report};
use crate::commands::content_check::verdict::{Evidence, Verdict};
use crate::commands::{failure, number, source};
use crate::config::Settings;
use crate::content::driver::Hashes;
use crate::content::open::ContentError;
use crate::env::Env;
use crate::exit::{CommandError, ErrorKind, ExitStatus};
use crate::ui;
use inputs::Item;
use rebuild::Rebuild;

/// Check content against torrents
///
/// Ends with 0 when every byte matches and with 1 when not; names the files and the byte ranges that
/// differ. Both halves of a hybrid are checked.
///
/// With several torrents, or a directory of them, the command goes on after one that cannot be read and ends
/// with the highest exit status of them all. Two arguments are a torrent and its content, unless the second is
/// a file whose name ends in `.torrent` or a URL, the first is a directory, or --base-directory is given: then,
/// as with three or more, all are torrents.
#[derive(Debug, clap::Args)]
pub(crate) struct Verify {
    /// Torrent: a file, a URL, `-` for standard input, or a directory with torrents in it
    #[arg(value_name = "TORRENT")]
    torrent: OsString,
    /// The file or directory itself [default: the torrent's name beside the torrent]
    #[arg(value_name = "CONTENT")]
    content: Option<OsString>,
    /// Further torrents, or directories of them; the second argument is then one as well
    #[arg(value_name = "TORRENT")]
    more: Vec<OsString>,
    /// Look for each torrent's content in this directory, under the torrent's name
    #[arg(long, value_name = "DIR")]
    base_directory: Option<PathBuf>,
    /// Look for a file or directory of the torrent elsewhere: `TORRENT_PATH=DISK_PATH`
    ///
    /// TORRENT_PATH is written as this command shows it, below the torrent's own directory. Of several that
    /// fit a file the longest counts. Can be given more than once.
    #[arg(long = "map", value_name = "PATH=PATH", value_parser = mapping::Argument::parse)]
    maps: Vec<mapping::Argument>,
    /// Files that are not in the torrent count as a difference
    #[arg(long)]
    strict: bool,
    /// Missing empty files and names without blanks at their ends are no difference
    ///
    /// Some programs make no empty files, and leave out the blanks that names begin or end with.
    #[arg(long, conflicts_with = "strict")]
    lenient: bool,
    /// Look for files that are missing or damaged in this directory as well, whatever they are called
    ///
    /// Files are known by their content: in v2 by their merkle root, in v1 by their length and their pieces.
    /// Missing files are looked for among the extra files of the content directory in any case. Can be given
    /// more than once.
    #[arg(long, value_name = "DIR")]
    find: Vec<PathBuf>,
    /// Make the torrent's layout anew in this directory, of the files that are there or were found
    ///
    /// Files that are missing or damaged are left out; nothing is overwritten. The last line and the exit status
    /// tell of the new layout, whatever is missing in the old place: 0 when all of the torrent lies in DIR (with
    /// --dry-run: would), 1 when not. A client that is given DIR as its download directory finds it complete.
    #[arg(long, value_name = "DIR")]
    rebuild: Option<PathBuf>,
    /// How files get into the new layout
    #[arg(long, value_name = "HOW", default_value = "auto", requires = "rebuild")]
    link: place::Link,
    /// Only say what --rebuild would do
    #[arg(long, requires = "rebuild")]
    dry_run: bool,
    /// Hashing threads [default: one a core]
    #[arg(long, value_name = "N", value_parser = number::at_least_one::<NonZeroUsize>)]
    threads: Option<NonZeroUsize>,
    /// How the disk is read
    #[arg(long, value_name = "HOW", default_value = "auto")]
    reader: crate::commands::reader::Reader,
}

/// What lies on disk for one torrent, and its digests.
struct Checked {
    content: Content,
    hashes: Hashes,
    extra: Extra,
}

impl Verify {
    pub(crate) fn run(self, env: &mut Env, settings: &Settings) -> Result<ExitStatus, CommandError> {
        let items = inputs::items(env, &self)?;
        if let [item] = &items[..] {
            return self.one(env, settings, item, false).map(|(status, _)| status);
        }
        let mut batch = Batch::new(items.len());
        let mut worst = ExitStatus::Success;
        let mut mapped = vec![false; self.maps.len()];
        for item in &items {
            if env.is_interrupted() {
                return Err(CommandError::new(ErrorKind::Interrupted, anyhow!("interrupted")));
            }
            let status = match self.one(env, settings, item, true) {
                Err(error) if matches!(error.kind, ErrorKind::ClosedPipe | ErrorKind::Interrupted) => {
                    return Err(error);
                }
                Err(error) => {
                    env.out.flush()?;
                    ui::error::report(env, settings.json, settings.color.err, &error)
                }
                Ok((status, used)) => {
                    mapped.iter_mut().zip(used).for_each(|(mapped, used)| *mapped |= used);
                    status
                }
            };
            batch.count(status);
            worst = worst.max(status);
        }
        for (argument, _) in self.maps.iter().zip(mapped).filter(|(_, mapped)| !mapped) {
            ui::warn(env, settings, &format!("--map `{argument}` fits no file of any torrent"));
        }
        batch.print(env, settings)?;
        Ok(worst)
    }

    /// Checks one torrent; tells which of the mappings fit a file of it.
    fn one(
        &self,
        env: &mut Env,
        settings: &Settings,
        item: &Item,
        in_batch: bool,
    ) -> Result<(ExitStatus, Vec<bool>), CommandError> {
        let torrent = source::load_torrent(env, settings, &item.torrent)?;
        let resolved = content::resolve(&torrent)?;
        let rebuild = Rebuild::new(self, env, &torrent, &resolved)?;
        let (maps, used) = mapping::of_torrent(env, &self.maps, &torrent, &resolved, in_batch)?;
        let names = Names { maps: &maps, lenient: self.lenient };
        let place = content::Place { content: item.content.as_deref(), base: self.base_directory.as_deref() };
        let root = content::locate(env, &item.torrent, place, &torrent, &resolved, &names);
        let mut content = Content::find(&torrent, &resolved, root, &names)?;
        if let Some(odd) = content.odd_root(&torrent, !maps.is_empty()) {
            ui::warn(env, settings, &odd);
        }
        rebuild.as_ref().map_or(Ok(()), |rebuild| rebuild.probe(&content.sources))?;
        let hashing = Hashing::new(self.threads, self.reader, env, settings, &torrent, &resolved, &content);
        let (hashes, extra) = self.hash(env, settings, &hashing, &mut content)?;
        let mut checked = Checked { content, hashes, extra };
        let verdict = self.verdict(env, settings, &hashing, &mut checked).map_err(failure::content)?;
        let Checked { content, extra, .. } = checked;
        let complete = verdict.complete && (!self.strict || extra.is_empty());
        let carry_out = |rebuild: Rebuild| rebuild.carry_out(env, &torrent, &resolved, &content, &verdict);
        let rebuilt = rebuild.map(carry_out).transpose()?;
        let named = item.torrent.to_string_lossy();
        let report = Report::new(&named, &torrent, &content, &extra, &verdict, rebuilt.as_ref(), complete);
        let strays = self.strict && !extra.is_empty();
        report.print(env, settings, in_batch, strays)?;
        // Who asks for a new layout wants to know of that one, and not of the old place.
        let (answer, failed) = match &rebuilt {
            None => (complete, false),
            Some(rebuilt) => (rebuilt.complete && !strays, rebuilt.failed > 0),
        };
        let status = match answer {
            _ if failed || !content.failures.is_empty() => ExitStatus::Io,
            true => ExitStatus::Success,
            false => ExitStatus::No,
        };
        Ok((status, used))
    }

    /// What the digests say, after looking for what is missing and for who is to blame.
    fn verdict(
        &self,
        env: &Env,
        settings: &Settings,
        hashing: &Hashing<'_>,
        checked: &mut Checked,
    ) -> Result<Verdict, ContentError> {
        let reach = |checked: &Checked, evidence: &Evidence| {
            Verdict::reach(hashing.torrent, &checked.content, &checked.hashes, evidence, settings)
        };
        let mut verdict = reach(checked, &Evidence::new());
        if verdict.complete {
            return Ok(verdict);
        }
        let find: Vec<PathBuf> = self.find.iter().map(|directory| env.path(directory)).collect();
        verdict = moved::find(env, settings, hashing, &find, checked, &verdict)?.unwrap_or(verdict);
        let evidence = evidence::gather(hashing, &checked.content, &verdict)?;
        Ok(if evidence.is_empty() { verdict } else { reach(checked, &evidence) })
    }

    /// Hashes what can be read, and finds extra files meanwhile.
    fn hash(
        &self,
        env: &Env,
        settings: &Settings,
        hashing: &Hashing<'_>,
        content: &mut Content,
    ) -> Result<(Hashes, Extra), CommandError> {
        let progress = hashing.progress(env, settings, "verifying", content.readable);
        let mut hashes = Hashes::default();
        let directory = hashing.torrent.info.directory;
        let (result, extra) = Beside.both(
            || hashing.pieces(content, &mut hashes),
            || if directory { content.find_extra() } else { Extra::new() },
        );
        hashing.go_on(result, content, &mut hashes).map_err(failure::content)?;
        drop(progress);
        Ok((hashes, extra))
    }
}
