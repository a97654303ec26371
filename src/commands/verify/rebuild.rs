//! `--rebuild DIR`: the torrent's layout anew, of the files that were found.
//!
//! Owns which file gets which place. How it gets there is [`place`](super::place).

use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::anyhow;

use crate::commands::content_check::content::Content;
use crate::commands::content_check::report::{Placed, Rebuilt};
use crate::commands::content_check::verdict::{State, Verdict};
use crate::content::open::Source;
use crate::env::Env;
use crate::exit::{CommandError, ErrorKind};
use crate::metainfo::{Metainfo, path};

use super::Verify;
use super::place::{Link, Placer};

/// A layout to be made.
pub(super) struct Rebuild {
    directory: PathBuf,
    dry_run: bool,
    /// Where each file goes, below the directory.
    targets: Vec<PathBuf>,
    placer: Placer,
    link: Link,
}

const OTHER_PLACE: &str = "nothing is overwritten: choose another directory, or move what is there away";

fn failed(path: &Path, error: io::Error, hint: &str) -> CommandError {
    let error = anyhow::Error::new(error).context("rebuilding");
    CommandError::new(ErrorKind::Write, error).at(path).hint(hint)
}

impl Rebuild {
    /// Plans the layout; what can fail before the content is read fails here.
    pub(super) fn new(
        request: &Verify,
        env: &Env,
        torrent: &Metainfo,
        resolved: &path::Resolved,
    ) -> Result<Option<Self>, CommandError> {
        let Some(directory) = request.rebuild.as_ref().map(|directory| env.path(directory)) else {
            return Ok(None);
        };
        if !request.dry_run {
            // That it can be written to shows only when it is.
            std::fs::create_dir_all(&directory)
                .and_then(|()| tempfile::tempfile_in(&directory).map(drop))
                .map_err(|error| failed(&directory, error, OTHER_PLACE))?;
        }
        let targets = targets(resolved);
        let mut placer = Placer::new(directory.clone(), request.link);
        let mut needed = 0;
        for (file, target) in torrent.info.files.iter().zip(&targets) {
            let checked = placer.check_parents(target).and_then(|()| match file.attr.symlink {
                true => Ok(false),
                false => placer.check_free(target, file.length),
            });
            let is_free = checked.map_err(|error| failed(&directory.join(target), error, OTHER_PLACE))?;
            needed += if is_free { file.length } else { 0 };
        }
        if request.link == Link::Copy {
            check_room(&directory, needed)?;
        }
        Ok(Some(Self { directory, dry_run: request.dry_run, targets, placer, link: request.link }))
    }

    /// Tries whether a kind of link that nothing else may take the place of works at all, before the content
    /// is read.
    pub(super) fn probe(&self, sources: &[Source]) -> Result<(), CommandError> {
        if self.dry_run || !matches!(self.link, Link::Hard | Link::Reflink) {
            return Ok(());
        }
        let Some(source) = sources.iter().find(|source| source.path.is_file()) else { return Ok(()) };
        let try_one = || {
            let directory = tempfile::tempdir_in(&self.directory)?;
            Placer::new(directory.path().to_owned(), self.link).place(&source.path, Path::new("probe"))
        };
        let hint = "`--link auto` takes what works";
        try_one().map(drop).map_err(|error| failed(&self.directory, error, hint))
    }

    /// Places every file that is whole, or of which nothing is known to differ.
    pub(super) fn carry_out(
        mut self,
        env: &Env,
        torrent: &Metainfo,
        resolved: &path::Resolved,
        content: &Content,
        verdict: &Verdict,
    ) -> Result<Rebuilt, CommandError> {
        let directory = self.directory.to_string_lossy().into_owned();
        let mut rebuilt = Rebuilt { directory, dry_run: self.dry_run, ..Rebuilt::default() };
        let files = torrent.info.files.iter().zip(resolved.files()).zip(&verdict.files);
        for (index, ((file, safe), state)) in files.enumerate() {
            if env.is_interrupted() {
                return Err(CommandError::new(ErrorKind::Interrupted, anyhow!("interrupted")));
            }
            let target = &self.targets[index];
            let source = &content.sources[index].path;
            let placed = match (&safe.link, state.state) {
                (Some(path::Link::Nowhere), _) => None,
                (Some(path::Link::To(_)), _) | (None, _) if self.dry_run && file.length == 0 => {
                    Some(Ok(Placed::Planned))
                }
                (Some(path::Link::To(to)), _) => Some(self.placer.place_link(&to.to_path_buf(), target)),
                (None, _) if file.length == 0 => Some(self.placer.place_empty(target)),
                (None, State::Ok | State::Moved | State::Partial) => Some(match self.dry_run {
                    true => self.placer.plan(source, target),
                    false => self.placer.place(source, target),
                }),
                (None, State::Bad | State::Missing | State::Extra) => None,
            };
            rebuilt.count(placed);
        }
        rebuilt.complete = verdict.whole && rebuilt.failed == 0;
        Ok(rebuilt)
    }
}

/// Where each file goes: as the torrent has it. Names that differ only by case, which are told apart by
/// numbers for file systems that would take them for one, keep their own.
fn targets(resolved: &path::Resolved) -> Vec<PathBuf> {
    let mut targets: Vec<PathBuf> = resolved.files().map(|file| file.path.to_path_buf()).collect();
    let renamed = resolved.changes.iter().filter(|change| change.kind == path::ChangeKind::Renamed);
    let mut taken: Option<HashSet<PathBuf>> = None;
    for change in renamed {
        let taken = taken.get_or_insert_with(|| {
            targets.iter().flat_map(|target| target.ancestors().map(Path::to_owned)).collect()
        });
        let own = path::RelPath::from_raw(change.raw.iter().map(|name| &name.0[..]));
        let Some(own) = own.map(|own| own.to_path_buf()) else { continue };
        let below_file = own.ancestors().skip(1).any(|above| targets.iter().any(|target| target == above));
        if !below_file && taken.insert(own.clone()) {
            targets[change.file] = own;
        }
    }
    targets
}

/// Whether copies of all files fit.
fn check_room(directory: &Path, needed: u64) -> Result<(), CommandError> {
    #[cfg(unix)]
    {
        let there = directory.ancestors().find(|above| above.is_dir());
        let Some(stat) = there.and_then(|there| rustix::fs::statvfs(there).ok()) else { return Ok(()) };
        let room = stat.f_bavail.saturating_mul(stat.f_frsize);
        if room < needed {
            let why = anyhow!("{needed} bytes are needed and {room} free").context("rebuilding");
            let hint = "`--link hard` and `--link reflink` need no room";
            return Err(CommandError::new(ErrorKind::Write, why).at(directory).hint(hint));
        }
    }
    #[cfg(not(unix))]
    let (_, _) = (directory, needed);
    Ok(())
}
