//! Hashing the plan, with what is known from earlier runs if the user wants a cache.

use std::ops::{Range, RangeInclusive};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::commands::failure;
use crate::config::Settings;
use crate::content::cache::{self, Cache};
use crate::content::cuts::Cut;
use crate::content::digest::Wanted;
use crate::content::disk;
use crate::content::driver::{self, FileDigests, Hashes, Job, Together};
use crate::content::open::{ContentError, Source};
use crate::content::plan::Space;
use crate::env::Env;
use crate::exit::{CommandError, ErrorKind};
use crate::meter::Meter;
use crate::ui::{self, progress::Progress};

use super::plan::Plan;
use super::request::Request;
use super::usage;

/// How long what was done may stay out of the cache: what a run loses that is killed. Only what was hashed since
/// is looked at, so that saving costs little however many pieces there are.
const SAVED_EVERY: Duration = Duration::from_secs(1);
/// Bytes hashed before the first save, when nothing is known of the speed: less than a second of work, whatever
/// the disk.
const SAVED_FIRST: u64 = 64 << 20;
/// Bytes hashed between two saves: a few buffers of the readers, and more than are hashed in that time.
const SAVED_TOGETHER: RangeInclusive<u64> = 16 << 20..=64 << 30;

/// The digests of all pieces.
pub(super) fn hash(
    env: &mut Env,
    settings: &Settings,
    request: &Request,
    plan: &Plan,
) -> Result<Hashes, CommandError> {
    let cache = open_wanted(request)?;
    let meter = Arc::new(Meter::default());
    meter.set_total(plan.total);
    let progress = Progress::start(env, settings, "hashing", Arc::clone(&meter));
    let access = request.reader.access().unwrap_or_else(|| disk::detect(&plan.sources));
    let job = Job {
        space: &plan.space,
        sources: &plan.sources,
        wanted: request.wanted(),
        files: request.file_digests,
        skip: &[],
        engine: settings.engine,
        threads: request.threads,
        access,
        meter: &meter,
        stop: &env.interrupted,
    };
    let Some(mut cache) = cache else {
        let hashes = driver::hash(&job);
        drop(progress);
        return hashes.map_err(failure::content);
    };
    let now = (env.now)();
    let identities: Vec<_> = plan.sources.iter().map(|source| cache::identity(source, now)).collect();
    let keys = job.keys(&identities);
    let mut hashes = Hashes::of(&job);
    let recalled = cache.recall(&keys, &mut hashes);
    let known: u64 = recalled.iter().map(|&piece| data(&job, piece)).sum();
    meter.add(known);
    let result = hash_in_parts(&job, &mut hashes, env.now, |part, hashes| cache.keep(part, &keys, hashes));
    drop(progress);
    tell_known(env, settings, known);
    let saved = match result {
        Ok(saved) => saved.and_then(|()| cache.replace(&[(&keys, &hashes)])),
        Err(error) => {
            let saved = cache.keep(0..keys.len(), &keys, &hashes);
            return Err(failed(error, saved.is_ok()));
        }
    };
    warn_unsaved(env, settings, saved);
    Ok(hashes)
}

/// Content that several torrents are made of.
pub(super) struct Shared<'a> {
    /// The files in the order in which they are read.
    pub(super) sources: &'a [Source],
    pub(super) cuts: &'a [(Space, Wanted)],
    pub(super) files: FileDigests,
}

/// The digests of all pieces of several torrents from one read, and those of whole files. How it is done is what
/// one of their requests says.
pub(super) fn hash_together(
    env: &mut Env,
    settings: &Settings,
    request: &Request,
    content: &Shared<'_>,
) -> Result<(Vec<Hashes>, Hashes), CommandError> {
    let mut cache = open_wanted(request)?;
    let access = request.reader.access().unwrap_or_else(|| disk::detect(content.sources));
    let meter = Arc::new(Meter::default());
    let total = content.sources.iter().map(|source| source.stamp.length).sum();
    meter.set_total(total);
    let progress = Progress::start(env, settings, "hashing", Arc::clone(&meter));
    let cuts: Vec<Cut<'_>> =
        content.cuts.iter().map(|(space, wanted)| Cut { space, wanted: *wanted }).collect();
    let mut hashes: Vec<Hashes> = cuts.iter().map(|cut| Hashes::new(cut.space, cut.wanted)).collect();
    let mut keys = Vec::new();
    if let Some(cache) = &cache {
        let now = (env.now)();
        let identities: Vec<_> = content.sources.iter().map(|source| cache::identity(source, now)).collect();
        for (cut, hashes) in cuts.iter().zip(&mut hashes) {
            let of_cut = driver::keys(cut.space, cut.wanted, &identities);
            cache.recall(&of_cut, hashes);
            keys.push(of_cut);
        }
    }
    let job = Together {
        sources: content.sources,
        cuts: &cuts,
        files: content.files,
        engine: settings.engine,
        threads: request.threads,
        ahead: access.reads_ahead(),
        meter: &meter,
        stop: &env.interrupted,
    };
    let result = driver::hash_together(&job, &mut hashes);
    drop(progress);
    let known = total.saturating_sub(meter.read().0);
    let Some(cache) = &mut cache else {
        return result.map(|files| (hashes, files)).map_err(failure::content);
    };
    let mut parts = keys.iter().map(Vec::as_slice).zip(&hashes);
    match result {
        Ok(files) => {
            tell_known(env, settings, known);
            warn_unsaved(env, settings, cache.replace(&parts.collect::<Vec<_>>()));
            Ok((hashes, files))
        }
        Err(error) => {
            let saved = parts.try_for_each(|(keys, hashes)| cache.keep(0..keys.len(), keys, hashes));
            Err(failed(error, saved.is_ok()))
        }
    }
}

/// The error of a run whose digests went into the cache, if they did.
fn failed(error: ContentError, saved: bool) -> CommandError {
    let interrupted = matches!(error, ContentError::Interrupted);
    let error = failure::content(error);
    match saved && interrupted {
        true => error.hint("the same command goes on where this one ended"),
        false => error,
    }
}

fn tell_known(env: &mut Env, settings: &Settings, bytes: u64) {
    if bytes > 0 {
        let known = ui::text::size(bytes);
        ui::note(env, settings, &format!("{known} were hashed before and not read again"));
    }
}

fn warn_unsaved(env: &mut Env, settings: &Settings, saved: std::io::Result<()>) {
    if let Err(error) = saved {
        ui::warn(env, settings, &format!("the cache could not be written: {error}"));
    }
}

/// Hashes what is left, and saves from time to time. A cache that can't be written ends nothing; its first
/// failure is told.
fn hash_in_parts(
    job: &Job<'_>,
    hashes: &mut Hashes,
    now: fn() -> SystemTime,
    mut save: impl FnMut(Range<usize>, &Hashes) -> std::io::Result<()>,
) -> Result<std::io::Result<()>, ContentError> {
    let pieces = job.space.pieces();
    let mut skip = vec![true; pieces];
    let (mut saved, mut bytes, mut start) = (Ok(()), SAVED_FIRST, 0);
    while start < pieces {
        let together = usize::try_from(bytes / job.space.piece_length()).unwrap_or(usize::MAX).max(1);
        let part = start..start.saturating_add(together).min(pieces);
        let began = now();
        skip[part.clone()].fill(false);
        driver::hash_rest(&Job { skip: &skip, ..*job }, hashes)?;
        skip[part.clone()].fill(true);
        if saved.is_ok() && part.end < pieces {
            saved = save(part.clone(), hashes);
        }
        // A clock that was set back says nothing.
        bytes = next_part(bytes, now().duration_since(began).unwrap_or(SAVED_EVERY));
        start = part.end;
    }
    Ok(saved)
}

/// How many bytes to hash until the next save, after so many took so long.
fn next_part(bytes: u64, took: Duration) -> u64 {
    // A part that was known already took no time and says little of the next one.
    let factor = (SAVED_EVERY.as_secs_f64() / took.as_secs_f64()).clamp(0.25, 4.0);
    let next = bytes as f64 * factor;
    (next as u64).clamp(*SAVED_TOGETHER.start(), *SAVED_TOGETHER.end())
}

/// Bytes of files in a piece.
fn data(job: &Job<'_>, piece: usize) -> u64 {
    use crate::content::plan::Run;
    let length = |run| match run {
        Run::File { length, .. } => length,
        Run::Zeros(_) => 0,
    };
    job.space.runs(job.space.piece(piece)).map(length).sum()
}

/// The cache of the content, where one is wanted.
fn open_wanted(request: &Request) -> Result<Option<Cache>, CommandError> {
    request.cache.as_ref().map(|directory| open(&request.input.paths(), directory)).transpose()
}

/// The cache of the content at `roots`.
fn open(roots: &[&Path], directory: &Path) -> Result<Cache, CommandError> {
    let real = |root: &&Path| std::fs::canonicalize(root).unwrap_or_else(|_| root.to_path_buf());
    let real: Vec<PathBuf> = roots.iter().map(real).collect();
    let bytes: Vec<&[u8]> = real.iter().map(|root| root.as_os_str().as_encoded_bytes()).collect();
    let name = crate::hash::sha1(&bytes.join(&0));
    let path = directory.join(format!("{}.pieces", crate::hex::encode(&name)));
    Cache::open(&path).map_err(|error| {
        let error = anyhow::Error::new(error).context("opening the cache of digests");
        CommandError::new(ErrorKind::Write, error).at(&path).hint("choose another with --cache-dir")
    })
}

/// Refuses a cache that would become a part of the content.
pub(super) fn check_outside(cache: &Path, sources: &[&Path]) -> Result<(), CommandError> {
    // What is not there yet lies where the nearest directory that is there does.
    let real = cache.ancestors().find_map(|part| {
        let real = std::fs::canonicalize(part).ok()?;
        Some(real.join(cache.strip_prefix(part).ok()?))
    });
    let within = |source: &&&Path| {
        let source = std::fs::canonicalize(source).ok();
        real.as_ref().zip(source).is_some_and(|(cache, source)| cache.starts_with(source))
    };
    match sources.iter().find(within) {
        Some(source) => {
            let (cache, source) = (cache.display(), source.display());
            Err(usage(format!("the cache `{cache}` lies in the content `{source}`"))
                .hint("choose another directory with --cache-dir"))
        }
        None => Ok(()),
    }
}

/// Where caches lie: as named, or in the directory of XDG.
pub(super) fn directory(env: &Env, named: Option<&Path>) -> Result<PathBuf, CommandError> {
    let absolute = |name: &str| env.var(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let standard = || absolute("XDG_CACHE_HOME").or_else(|| Some(absolute("HOME")?.join(".cache")));
    match (named, standard()) {
        (Some(named), _) => Ok(env.path(named)),
        (None, Some(standard)) => Ok(standard.join("ccbt")),
        (None, None) => {
            Err(usage("there is no home directory to keep a cache in").hint("name one with --cache-dir"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_take_as_long_as_may_be_lost() {
        const MIB: u64 = 1 << 20;
        let next = |bytes, milliseconds| next_part(bytes, Duration::from_millis(milliseconds));
        assert_eq!(next(64 * MIB, 500), 128 * MIB);
        assert_eq!(next(64 * MIB, 1000), 64 * MIB);
        assert_eq!(next(64 * MIB, 2000), 32 * MIB);
        assert_eq!(next(64 * MIB, 0), 256 * MIB);
        assert_eq!(next(64 * MIB, 60_000), 16 * MIB);
        assert_eq!(next(64 << 30, 0), 64 << 30);
    }
}
