//! `ccbt verify`: content against a torrent.
//!
//! Owns the arguments and the order of what is done. Which files there are is found out by
//! [`content`], what the digests say of each file by [`verdict`], and how it is told by [`report`].

mod content;
mod report;
mod verdict;

use std::ffi::OsString;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;

use crate::commands::{failure, source};
use crate::config::Settings;
use crate::content::digest::Wanted;
use crate::content::disk;
use crate::content::driver::{self, FileDigests, Hashes, Job};
use crate::env::Env;
use crate::exit::{CommandError, ExitStatus};
use crate::metainfo::{Metainfo, path};
use crate::meter::Meter;
use crate::ui::{self, progress::Progress};
use content::{Content, Extra};
use report::Report;
use verdict::Verdict;

/// Check content against a torrent
///
/// Ends with 0 when every byte matches and with 1 when not; names the files and the byte ranges that
/// differ. Both halves of a hybrid are checked.
#[derive(Debug, clap::Args)]
pub(crate) struct Verify {
    /// Torrent: a file, a URL, or `-` for standard input
    #[arg(value_name = "TORRENT")]
    torrent: OsString,
    /// The file or directory itself [default: the torrent's name beside the torrent]
    #[arg(value_name = "CONTENT")]
    content: Option<PathBuf>,
    /// Files that are not in the torrent count as a difference
    #[arg(long)]
    strict: bool,
    /// Hashing threads [default: one a core]
    #[arg(long, value_name = "N")]
    threads: Option<NonZeroUsize>,
    /// How the disk is read
    #[arg(long, value_name = "HOW", default_value = "auto")]
    reader: crate::commands::reader::Reader,
}

impl Verify {
    pub(crate) fn run(self, env: &mut Env, settings: &Settings) -> Result<ExitStatus, CommandError> {
        let torrent = source::load_torrent(env, settings, &self.torrent)?;
        let resolved = content::resolve(&torrent)?;
        let root = content::locate(env, &self.torrent, self.content.as_deref(), &torrent, &resolved);
        if !root.exists() {
            ui::warn(env, settings, &format!("`{}` does not exist: everything is missing", root.display()));
        }
        let mut content = Content::find(&torrent, &resolved, root)?;
        let (hashes, extra) = self.hash(env, settings, &torrent, &resolved, &mut content)?;
        let verdict = Verdict::reach(&torrent, &content, &hashes, settings);
        let complete = verdict.complete && (!self.strict || extra.is_empty());
        let named = self.torrent.to_string_lossy();
        Report::new(&named, &torrent, &content, &extra, &verdict, complete).print(env, settings)?;
        Ok(match complete {
            _ if !content.failures.is_empty() => ExitStatus::Io,
            true => ExitStatus::Success,
            false => ExitStatus::No,
        })
    }

    /// Hashes what can be read, and finds extra files meanwhile.
    fn hash(
        &self,
        env: &Env,
        settings: &Settings,
        torrent: &Metainfo,
        resolved: &path::Resolved,
        content: &mut Content,
    ) -> Result<(Hashes, Extra), CommandError> {
        let meter = Arc::new(Meter::default());
        meter.set_total(content.readable);
        let progress = Progress::start(env, settings, "verifying", Arc::clone(&meter));
        let threads = self.threads.or(settings.threads).or(thread::available_parallelism().ok());
        let access = self.reader.access().unwrap_or_else(|| disk::detect(&content.sources));
        let job = |content: &Content, hashes: &mut Hashes| {
            let job = Job {
                space: &content.space,
                sources: &content.sources,
                wanted: Wanted { v1: torrent.info_hash_v1.is_some(), v2: torrent.info_hash_v2.is_some() },
                files: FileDigests::default(),
                skip: &content.unreadable,
                engine: settings.engine,
                threads: threads.map_or(1, usize::from),
                access,
                meter: &meter,
                stop: &env.interrupted,
            };
            if hashes.done.is_empty() {
                *hashes = Hashes::of(&job);
            }
            driver::hash_rest(&job, hashes)
        };
        let mut hashes = Hashes::default();
        let (mut result, extra) = beside(
            || job(content, &mut hashes),
            || if torrent.info.directory { content.find_extra() } else { Extra::new() },
        );
        while let Err(error) = result {
            content.learn(torrent, resolved, error).map_err(failure::content)?;
            meter.set_total(content.readable);
            result = job(content, &mut hashes);
        }
        drop(progress);
        Ok((hashes, extra))
    }
}

/// Both results; the second is worked out on a thread of its own where there is one to be had.
fn beside<T, U: Send>(one: impl FnOnce() -> T, other: impl Fn() -> U + Sync) -> (T, U) {
    thread::scope(|scope| {
        let beside = thread::Builder::new().spawn_scoped(scope, &other).ok();
        let one = one();
        let other = beside.and_then(|beside| beside.join().ok()).unwrap_or_else(&other);
        (one, other)
    })
}
