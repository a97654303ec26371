//! Several torrents from one command: those of the same content are hashed from one read of it.
//!
//! Owns which torrents share a read, and that one which cannot be made does not keep the others from it. Torrents
//! of the same paths are made together, when the first of them has its turn: all are planned and their outputs
//! opened, then the files are read once, then each is written, checked and reported in its turn.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use anyhow::anyhow;

use crate::commands::failure;
use crate::config::Settings;
use crate::content::cuts;
use crate::content::digest::Wanted;
use crate::content::driver::{FileDigests, Hashes};
use crate::content::open::{ContentError, Source};
use crate::content::plan::Space;
use crate::env::Env;
use crate::exit::{CommandError, ErrorKind, ExitStatus};
use crate::metainfo::Version;
use crate::ui;

use super::input::Input;
use super::output::Output;
use super::plan::Plan;
use super::request::Request;
use super::{Prepared, finish, hash, make, prepare, stdin};

/// Torrents that share one read at most: each has its output open, and some systems let a process have no more than
/// 256 files.
const TOGETHER: usize = 128;
/// Files of plans that are kept while the content is read: some tens of megabytes. Other plans are made again.
const PLANNED: usize = 100_000;

/// A torrent to be made, or why not.
pub(super) struct Item {
    /// What errors are about that name nothing else.
    pub(super) path: PathBuf,
    pub(super) request: Result<Request, CommandError>,
}

/// Makes all torrents, as far as they can be made; gives the highest status.
pub(super) fn make_all(
    env: &mut Env,
    settings: &Settings,
    items: Vec<Item>,
) -> Result<ExitStatus, CommandError> {
    let mut series = Series { worst: ExitStatus::Success, shown: false };
    for group in groups(items) {
        check_interrupt(env)?;
        let dry_run = |item: &Item| item.request.as_ref().is_ok_and(|request| request.dry_run);
        if group.len() > 1 && !group.iter().any(dry_run) {
            make_group(env, settings, group, &mut series)?;
            continue;
        }
        for Item { path, request } in group {
            check_interrupt(env)?;
            series.next(env, settings, &path, |env| make(env, settings, &request?))?;
        }
    }
    Ok(series.worst)
}

fn check_interrupt(env: &Env) -> Result<(), CommandError> {
    match env.is_interrupted() {
        true => Err(CommandError::new(ErrorKind::Interrupted, anyhow!("interrupted"))),
        false => Ok(()),
    }
}

/// Torrents of the same paths, in the order of the first of each.
fn groups(items: Vec<Item>) -> Vec<Vec<Item>> {
    let mut groups: Vec<Vec<Item>> = Vec::new();
    let mut known: HashMap<Vec<PathBuf>, usize> = HashMap::new();
    let real = |path: &Path| std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    for item in items {
        let Ok(request) = &item.request else {
            groups.push(vec![item]);
            continue;
        };
        let paths: Vec<PathBuf> = request.input.paths().into_iter().map(real).collect();
        let place = known.entry(paths).or_insert(groups.len());
        match groups.get_mut(*place).filter(|group| group.len() < TOGETHER) {
            Some(group) => group.push(item),
            None => {
                *place = groups.len();
                groups.push(vec![item]);
            }
        }
    }
    groups
}

/// How the torrents of one command are told of.
struct Series {
    worst: ExitStatus,
    shown: bool,
}

impl Series {
    /// Makes and tells one; only what ends the command is an error.
    fn next(
        &mut self,
        env: &mut Env,
        settings: &Settings,
        path: &Path,
        make: impl FnOnce(&mut Env) -> Result<ExitStatus, CommandError>,
    ) -> Result<(), CommandError> {
        if self.shown && !settings.json {
            env.out.write_all(b"\n")?;
        }
        let made = make(env);
        self.shown = made.is_ok();
        let status = match made {
            Err(error) if error.kind == ErrorKind::ClosedPipe || env.is_interrupted() => return Err(error),
            Err(mut error) => {
                error.path.get_or_insert(path.to_owned());
                env.out.flush()?;
                ui::error::report(env, settings.json, settings.color.err, &error)
            }
            Ok(status) => status,
        };
        self.worst = self.worst.max(status);
        Ok(())
    }
}

/// A torrent that is planned, and whose output is open.
struct Held {
    request: Request,
    output: Output,
    /// None where it takes too much memory until its turn.
    plan: Option<Plan>,
}

/// Makes the torrents of the same paths.
fn make_group(
    env: &mut Env,
    settings: &Settings,
    items: Vec<Item>,
    series: &mut Series,
) -> Result<(), CommandError> {
    let of_stdin =
        |item: &Item| item.request.as_ref().is_ok_and(|request| matches!(request.input, Input::Stdin));
    let spooled = match items.iter().any(of_stdin) {
        true => Some(stdin::spooled(env, settings)),
        false => None,
    };
    let spooled = match spooled.transpose() {
        Err(error) if env.is_interrupted() => return Err(error),
        spooled => spooled,
    };
    let mut held: Vec<(PathBuf, Result<Held, CommandError>)> = Vec::with_capacity(items.len());
    for Item { path, request } in items {
        check_interrupt(env)?;
        let prepared = request.and_then(|request| {
            let prepared = match &spooled {
                Ok(Some(content)) => Prepared::of(&request, content.found()?),
                Ok(None) => prepare(env, settings, &request),
                Err(error) => Err(again(error)),
            };
            let Prepared { plan, output, .. } = prepared?;
            // It is no dry run.
            let output = output.ok_or_else(|| super::usage("there is no output"))?;
            Ok(Held { request, output, plan: Some(plan) })
        });
        held.push((path, prepared));
    }
    let sets = join(&held);
    let mut files = 0;
    for held in held.iter_mut().filter_map(|(_, held)| held.as_mut().ok()) {
        files += held.plan.as_ref().map_or(0, |plan| plan.paths.len());
        // What came through a pipe can't be walked again, and digests of files are told apart by the plan.
        let needed = spooled.as_ref().is_ok_and(Option::is_some)
            || held.request.file_digests != FileDigests::default();
        held.plan.take_if(|_| files > PLANNED && !needed);
    }
    let mut results: HashMap<usize, Result<Rc<Hashes>, CommandError>> = HashMap::new();
    for set in &sets {
        set.clone().hash(env, settings, &held, &mut results)?;
    }
    for (index, (path, held)) in held.into_iter().enumerate() {
        check_interrupt(env)?;
        series.next(env, settings, &path, |env| {
            let Held { request, output, plan } = held?;
            let none = || Err(failure::content(ContentError::Worker));
            let hashes = results.remove(&index).unwrap_or_else(none)?;
            let plan = match plan {
                Some(plan) => plan,
                None => planned_again(&request, &sets, index)?,
            };
            super::report::tell_plan(env, settings, &request, &plan);
            finish(env, settings, &request, &plan, output, &hashes, None)
        })?;
    }
    Ok(())
}

/// The same error for one more torrent.
fn again(error: &CommandError) -> CommandError {
    let mut same = CommandError::new(error.kind, anyhow!("{:#}", error.source));
    same.path.clone_from(&error.path);
    same.hints.clone_from(&error.hints);
    same
}

/// Makes a plan again, which has to be what it was.
fn planned_again(request: &Request, sets: &[Set], index: usize) -> Result<Plan, CommandError> {
    let Input::Disk(sources) = &request.input else { return Err(failure::content(ContentError::Worker)) };
    let plan = Plan::make(request, sources)?;
    let same = sets.iter().any(|set| {
        let cut = set.members.iter().find(|(member, _)| *member == index).map(|(_, cut)| *cut);
        let placed = set.place(&plan);
        cut.is_some_and(|cut| placed.is_some_and(|(space, new)| new.is_empty() && space == set.cuts[cut].0))
    });
    if same {
        return Ok(plan);
    }
    let what = "files came, went or changed since it was planned".to_owned();
    Err(failure::content(ContentError::Changed { path: request.input.root(), what }))
}

/// Torrents whose pieces come together from one read.
#[derive(Clone, Default)]
struct Set {
    /// The files in the order in which they are read.
    order: Vec<Source>,
    places: HashMap<PathBuf, usize>,
    /// The cuts there are; extents refer to the order.
    cuts: Vec<(Space, Wanted)>,
    files: FileDigests,
    /// The torrents by their index, each with its cut.
    members: Vec<(usize, usize)>,
}

/// Puts plans into as few sets as do. A v1 torrent without padding decides about the order of the files, so such
/// come first, and those with more files before those with less.
fn join(held: &[(PathBuf, Result<Held, CommandError>)]) -> Vec<Set> {
    let mut order: Vec<(usize, &Plan, &Request)> = Vec::with_capacity(held.len());
    for (index, (_, held)) in held.iter().enumerate() {
        if let Ok(Held { request, plan: Some(plan), .. }) = held {
            order.push((index, plan, request));
        }
    }
    let mut sets: Vec<Set> = Vec::new();
    let aligned = |request: &Request| request.version != Version::V1 || request.align;
    order.sort_by_key(|(_, plan, request)| (aligned(request), Reverse(plan.paths.len())));
    for (index, plan, request) in order {
        let joined = sets.iter_mut().any(|set| set.join(index, plan, request));
        if !joined {
            let mut set = Set::default();
            set.join(index, plan, request);
            sets.push(set);
        }
    }
    sets
}

impl Set {
    /// Takes a torrent in, unless its pieces do not come together from this read.
    fn join(&mut self, index: usize, plan: &Plan, request: &Request) -> bool {
        let Some((space, new)) = self.place(plan) else { return false };
        // What has nothing in common gains nothing from one read, and loses the threads that read beside.
        if !self.order.is_empty() && new.len() == plan.sources.len() {
            return false;
        }
        for source in new {
            self.places.insert(source.path.clone(), self.order.len());
            self.order.push(source);
        }
        self.files.md5 |= request.file_digests.md5;
        self.files.sha1 |= request.file_digests.sha1;
        let cut = (space, request.wanted());
        let known = self.cuts.iter().position(|known| *known == cut);
        if known.is_none() {
            self.cuts.push(cut);
        }
        self.members.push((index, known.unwrap_or(self.cuts.len() - 1)));
        true
    }

    /// The plan's space over the files of the set, and files that would be new in it; none if it does not fit.
    fn place(&self, plan: &Plan) -> Option<(Space, Vec<Source>)> {
        let mut new = Vec::new();
        let mut seen = HashSet::with_capacity(plan.sources.len());
        let mut places = Vec::with_capacity(plan.sources.len());
        for source in &plan.sources {
            let place = match self.places.get(&source.path) {
                Some(&place) if self.order[place].stamp == source.stamp => place,
                Some(_) => return None,
                None => {
                    new.push(source.clone());
                    self.order.len() + new.len() - 1
                }
            };
            if !seen.insert(&source.path) {
                return None;
            }
            places.push(place);
        }
        let space = plan.space.with_files(|file| places[file]);
        // Alone it is hashed as it is.
        (self.order.is_empty() || cuts::fits(&space)).then_some((space, new))
    }

    /// Hashes all cuts; what goes wrong with a file fails the torrents it belongs to, and no others.
    fn hash(
        mut self,
        env: &mut Env,
        settings: &Settings,
        held: &[(PathBuf, Result<Held, CommandError>)],
        results: &mut HashMap<usize, Result<Rc<Hashes>, CommandError>>,
    ) -> Result<(), CommandError> {
        while let Some(&(first, _)) = self.members.first() {
            let Ok(leader) = &held[first].1 else { return Ok(()) };
            let whole_files = self.files != FileDigests::default();
            let alone = self.cuts.len() == 1 && !whole_files;
            let hashed = match (&leader.plan, alone) {
                // One cut is read on all threads.
                (Some(plan), true) => {
                    let hashed = hash::hash(env, settings, &leader.request, plan);
                    hashed.map(|hashes| (vec![hashes], Hashes::default()))
                }
                _ => {
                    let content = hash::Shared { sources: &self.order, cuts: &self.cuts, files: self.files };
                    hash::hash_together(env, settings, &leader.request, &content)
                }
            };
            match hashed {
                Ok((hashes, files)) => {
                    let hashes: Vec<Rc<Hashes>> = hashes.into_iter().map(Rc::new).collect();
                    for &(index, cut) in &self.members {
                        let Ok(held) = &held[index].1 else { continue };
                        let of_files =
                            whole_files.then(|| self.of_files(held, &hashes[cut], &files)).flatten();
                        results.insert(index, Ok(of_files.map_or_else(|| Rc::clone(&hashes[cut]), Rc::new)));
                    }
                    return Ok(());
                }
                Err(error) if env.is_interrupted() => return Err(error),
                Err(error) => self.fail(&error, results),
            }
        }
        Ok(())
    }

    /// The digests of a torrent with those of its files.
    fn of_files(&self, held: &Held, hashes: &Hashes, files: &Hashes) -> Option<Hashes> {
        let plan = held.plan.as_ref()?;
        let places: Vec<usize> =
            plan.sources.iter().filter_map(|source| self.places.get(&source.path).copied()).collect();
        let mut hashes = hashes.clone();
        hashes.take_files(files, &places, held.request.file_digests);
        Some(hashes)
    }

    /// Fails the torrents with the file that an error is about, or all where it is about none, and goes on with
    /// the others and their files alone.
    fn fail(&mut self, error: &CommandError, results: &mut HashMap<usize, Result<Rc<Hashes>, CommandError>>) {
        let bad = error.path.as_ref().and_then(|path| self.places.get(path)).copied();
        let concerns =
            |space: &Space| bad.is_none_or(|bad| space.extents().iter().any(|extent| extent.file == bad));
        let concerned: Vec<bool> = self.cuts.iter().map(|(space, _)| concerns(space)).collect();
        let all = !concerned.contains(&true);
        let members = std::mem::take(&mut self.members);
        let (failed, left): (Vec<_>, Vec<_>) =
            members.into_iter().partition(|&(_, cut)| all || concerned.get(cut).copied().unwrap_or(true));
        results.extend(failed.into_iter().map(|(index, _)| (index, Err(again(error)))));
        let mut kept = vec![None; self.cuts.len()];
        let mut spaces = Vec::new();
        for (cut, (space, wanted)) in std::mem::take(&mut self.cuts).into_iter().enumerate() {
            if !concerned[cut] {
                kept[cut] = Some(spaces.len());
                spaces.push((space, wanted));
            }
        }
        self.members = left.into_iter().filter_map(|(index, cut)| Some((index, kept[cut]?))).collect();
        let used: HashSet<usize> =
            spaces.iter().flat_map(|(space, _)| space.extents()).map(|extent| extent.file).collect();
        let order = std::mem::take(&mut self.order);
        let mut places = vec![0; order.len()];
        for (place, source) in order.into_iter().enumerate() {
            if used.contains(&place) || source.stamp.length == 0 {
                places[place] = self.order.len();
                self.order.push(source);
            }
        }
        self.places =
            self.order.iter().enumerate().map(|(place, source)| (source.path.clone(), place)).collect();
        self.cuts = spaces
            .into_iter()
            .map(|(space, wanted)| (space.with_files(|file| places[file]), wanted))
            .collect();
    }
}
