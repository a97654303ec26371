//! Reading and hashing for one torrent: the pieces of its content, and going on after a file that can't be
//! read.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::thread;

use crate::commands::reader::Reader;
use crate::config::Settings;
use crate::content::digest::Wanted;
use crate::content::disk::{self, Access};
use crate::content::driver::{self, FileDigests, Hashes, Job};
use crate::content::open::{ContentError, Source};
use crate::content::plan::Space;
use crate::env::Env;
use crate::hash::Engine;
use crate::metainfo::{Metainfo, path};
use crate::meter::Meter;
use crate::ui::progress::Progress;

use super::content::Content;

/// What stays the same while one torrent is checked.
pub(crate) struct Hashing<'a> {
    pub(crate) torrent: &'a Metainfo,
    pub(crate) resolved: &'a path::Resolved,
    pub(crate) engine: Engine,
    pub(crate) threads: usize,
    pub(crate) access: Access,
    pub(crate) meter: Arc<Meter>,
    pub(crate) stop: Arc<AtomicBool>,
}

impl<'a> Hashing<'a> {
    pub(crate) fn new(
        threads: Option<NonZeroUsize>,
        reader: Reader,
        env: &Env,
        settings: &Settings,
        torrent: &'a Metainfo,
        resolved: &'a path::Resolved,
        content: &Content,
    ) -> Self {
        let threads = threads.or(settings.threads).or(thread::available_parallelism().ok());
        Self {
            torrent,
            resolved,
            engine: settings.engine,
            threads: threads.map_or(1, usize::from),
            access: reader.access().unwrap_or_else(|| disk::detect(&content.sources)),
            meter: Arc::default(),
            stop: Arc::clone(&env.interrupted),
        }
    }

    /// Shows how far the work has come while it lives; `more` bytes are to be read.
    pub(crate) fn progress(&self, env: &Env, settings: &Settings, label: &str, more: u64) -> Progress {
        self.meter.set_total(self.meter.read().0 + more);
        Progress::start(env, settings, label, Arc::clone(&self.meter))
    }

    /// A job over a piece space and its files.
    pub(crate) fn job<'j>(
        &'j self,
        space: &'j Space,
        sources: &'j [Source],
        wanted: Wanted,
        skip: &'j [bool],
    ) -> Job<'j> {
        Job {
            space,
            sources,
            wanted,
            files: FileDigests::default(),
            skip,
            engine: self.engine,
            threads: self.threads,
            access: self.access,
            meter: &self.meter,
            stop: &self.stop,
        }
    }

    /// The digests that the torrent has.
    pub(crate) fn wanted(&self) -> Wanted {
        Wanted { v1: self.torrent.info_hash_v1.is_some(), v2: self.torrent.info_hash_v2.is_some() }
    }

    /// Hashes the pieces that are not done, up to the first file that is not as it should be.
    pub(crate) fn pieces(&self, content: &Content, hashes: &mut Hashes) -> Result<(), ContentError> {
        let job = self.job(&content.space, &content.sources, self.wanted(), &content.unreadable);
        if hashes.done.is_empty() {
            *hashes = Hashes::of(&job);
        }
        driver::hash_rest(&job, hashes)
    }

    /// Forgets what is known of the pieces of some files, which were found elsewhere.
    pub(crate) fn forget(&self, files: impl Iterator<Item = usize>, hashes: &mut Hashes) {
        let pieces =
            |index: usize| self.torrent.info.files.get(index)?.pieces(self.torrent.info.piece_length);
        for (first, last) in files.filter_map(pieces) {
            let done = hashes.done.get_mut(first as usize..=last as usize);
            done.into_iter().for_each(|done| done.fill(false));
        }
    }

    /// Goes on after a file that is not as it should be, until nothing is left that can be read.
    pub(crate) fn go_on(
        &self,
        mut result: Result<(), ContentError>,
        content: &mut Content,
        hashes: &mut Hashes,
    ) -> Result<(), ContentError> {
        while let Err(error) = result {
            content.learn(self.torrent, self.resolved, error)?;
            self.meter.set_total(content.readable);
            result = self.pieces(content, hashes);
        }
        Ok(())
    }
}
