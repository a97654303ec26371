//! `--upgrade`: a hybrid of a v1 torrent and its content, which is verified by the same read.
//!
//! The files come by in the order of the old torrent: its pieces are checked while the digests of the hybrid are
//! made. Where content does not match, what `ccbt verify` would tell is told and nothing is written.
//!
//! Both info-hashes of the hybrid are new, always: `file tree` and `meta version` stand inside the info dictionary
//! (BEP 52, "Upgrade Path"), over all of which both are taken. So the swarms stay apart, and BEP 38 (`similar`)
//! is what lets a client use for one what it has of the other.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::path::PathBuf;

use anyhow::anyhow;

use crate::commands::content_check::content::{self, Content, Extra, Names, Place};
use crate::commands::content_check::hashing::Hashing;
use crate::commands::content_check::report::Report;
use crate::commands::content_check::verdict::{Evidence, Verdict};
use crate::commands::{failure, source};
use crate::config::Settings;
use crate::content::cuts::Cut;
use crate::content::digest::Wanted;
use crate::content::driver::{self, FileDigests, Hashes, Together};
use crate::content::open::ContentError;
use crate::content::walk::{Found, Sources, Walk};
use crate::env::Env;
use crate::exit::{CommandError, ErrorKind, ExitStatus};
use crate::id::InfoHashV1;
use crate::metainfo::{Metainfo, Version, order, path};
use crate::ui::{self, text};

use super::carry::{self, Carried};
use super::input::Input;
use super::output::{self, Output};
use super::plan::Plan;
use super::request::Request;
use super::{CreateTorrent, finish, report, usage};

/// What a torrent was made of.
#[derive(Debug)]
pub(super) struct Upgraded {
    /// As it was named.
    pub(super) torrent: String,
    pub(super) info_hash: InfoHashV1,
    /// What was not taken over, and why.
    pub(super) dropped: Vec<String>,
}

/// Upgrades a torrent.
pub(super) fn run(
    args: CreateTorrent,
    named: &OsStr,
    env: &mut Env,
    settings: &Settings,
) -> Result<ExitStatus, CommandError> {
    if args.paths.len() > 1 {
        return Err(usage("--upgrade takes the content of one torrent, a file or a directory"));
    }
    if args.paths.first().is_some_and(|path| path.as_os_str() == "-") {
        return Err(usage("the content of a torrent cannot come from standard input"));
    }
    let torrent = source::load_torrent(env, settings, named)?;
    let info_hash = v1_alone(&torrent, named)?;
    let resolved = content::resolve(&torrent)?;
    let names = Names { maps: &[], lenient: false };
    let place = Place { content: args.paths.first().map(PathBuf::as_path), base: None };
    let root = content::locate(env, named, place, &torrent, &resolved, &names);
    let mut content = Content::find(&torrent, &resolved, root, &names)?;
    if let Some(odd) = content.odd_root(&torrent, false) {
        ui::warn(env, settings, &odd);
    }
    let mut carried = carry::carry(&torrent);
    let files = Files::of(&torrent, &resolved, &content, &mut carried.dropped)?;
    let (threads, reader) = (args.work.threads, args.work.reader);
    let named = named.to_string_lossy().into_owned();
    let old = Upgraded { torrent: named, info_hash, dropped: Vec::new() };
    let request = request(args, env, settings, (&torrent, &resolved, &content), carried, old)?;
    let (plan, old_places) = files.plan(&request, &torrent)?;
    tell(env, settings, &request, &plan, &torrent);
    if request.dry_run {
        output::check_free(&request)?;
        report::print(env, settings, &request, &plan, None, &[])?;
        return Ok(ExitStatus::Success);
    }
    let output = Output::open(&request)?;
    let hashing = Hashing::new(threads, reader, env, settings, &torrent, &resolved, &content);
    let progress = hashing.progress(env, settings, "verifying and hashing", content.readable);
    let (old_hashes, new_hashes) =
        hash(&hashing, &mut content, &plan, &old_places, request.file_digests).map_err(failure::content)?;
    drop(progress);
    let verdict = Verdict::reach(&torrent, &content, &old_hashes, &Evidence::new(), settings);
    let Some(hashes) = new_hashes.filter(|_| verdict.complete) else {
        let named = request.upgraded.as_ref().map_or("", |old| &old.torrent);
        Report::new(named, &torrent, &content, &Extra::new(), &verdict, None, false)
            .print(env, settings, false, false)?;
        ui::warn(env, settings, "no torrent was made: the content is not that of the old one");
        return Ok(if content.failures.is_empty() { ExitStatus::No } else { ExitStatus::Io });
    };
    finish(env, settings, &request, &plan, output, &hashes, None)
}

/// Refuses what has a v2 half already.
fn v1_alone(torrent: &Metainfo, named: &OsStr) -> Result<InfoHashV1, CommandError> {
    match (torrent.info.version, torrent.info_hash_v1) {
        (Version::V1, Some(hash)) => Ok(hash),
        (version, _) => {
            let what = if version == Version::V2 { "a v2 torrent" } else { "a hybrid torrent already" };
            let error = anyhow!("it is {what}").context("upgrading a v1 torrent to a hybrid");
            Err(CommandError::new(ErrorKind::BadInput, error)
                .at(named)
                .hint("--hybrid makes a hybrid of the content itself"))
        }
    }
}

/// The files of the hybrid.
struct Files {
    found: Vec<Found>,
    /// Which file of the old torrent each is.
    old: Vec<usize>,
}

impl Files {
    /// The files of the old torrent as they are called on disk, in the order of a hybrid.
    fn of(
        torrent: &Metainfo,
        resolved: &path::Resolved,
        content: &Content,
        dropped: &mut Vec<String>,
    ) -> Result<Self, CommandError> {
        let mut files = Vec::with_capacity(content.sources.len());
        let mut renamed = Vec::new();
        let all =
            torrent.info.files.iter().zip(resolved.files()).zip(content.paths.iter().zip(&content.sources));
        for (index, ((file, safe), (path, source))) in all.enumerate() {
            if torrent.info.directory && source.path.to_str().is_none() {
                let error =
                    anyhow!("the name is not UTF-8, as names of v2 are").context("upgrading a torrent");
                let safe = content::below(safe, resolved);
                return Err(CommandError::new(ErrorKind::BadInput, error)
                    .at(&source.path)
                    .hint(format!("rename the file to `{safe}`, as this program calls it")));
            }
            let link = match (file.attr.symlink, safe.link) {
                (true, Some(path::Link::To(target))) => {
                    // Below the torrent's own directory, as in the torrent (BEP 47, "symlink path").
                    Some(
                        target
                            .as_str()
                            .split_once('/')
                            .map_or(target.as_str(), |(_, below)| below)
                            .to_owned(),
                    )
                }
                (true, _) => {
                    dropped.push(format!("link `{path}`: it leads to nothing in the torrent"));
                    continue;
                }
                (false, _) => None,
            };
            if torrent.info.directory && !torrent.path(file).eq(path.split('/').map(str::as_bytes)) {
                renamed.push(path);
            }
            files
                .push((index, Found { path: path.clone(), source: source.clone(), executable: false, link }));
        }
        if let Some(first) = renamed.first() {
            let more = match renamed.len() {
                1 => String::new(),
                many => format!(" and of {} more", text::count(many as u64 - 1)),
            };
            dropped.push(format!("name of `{first}`{more}: it was not safe, and is what it is on disk"));
        }
        // Component by component in bytes, as the tree of v2 has them (BEP 52, "file tree").
        files.sort_by(|(_, one), (_, other)| order::components(one.path.as_bytes(), other.path.as_bytes()));
        let mut seen = HashSet::new();
        if let Some((_, twice)) = files.iter().find(|(_, file)| !seen.insert(&file.path)) {
            let error = anyhow!("upgrading a torrent: two of its files are `{}` on disk", twice.path);
            return Err(CommandError::new(ErrorKind::BadInput, error).at(&twice.source.path));
        }
        let (old, found) = files.into_iter().unzip();
        Ok(Self { found, old })
    }

    /// The files laid out, with what the old torrent says of each, and which of its files each is.
    fn plan(self, request: &Request, torrent: &Metainfo) -> Result<(Plan, Vec<usize>), CommandError> {
        let walk = Walk { directory: torrent.info.directory, files: self.found, ..Walk::default() };
        let mut plan = Plan::of(request, walk)?;
        for (marks, &old) in plan.marks.iter_mut().zip(&self.old) {
            let Some(file) = torrent.info.files.get(old) else { continue };
            marks.attr = file.attr;
            marks.mtime = file.mtime();
        }
        Ok((plan, self.old))
    }
}

/// What is asked for: flags over what the old torrent says.
fn request(
    mut args: CreateTorrent,
    env: &mut Env,
    settings: &Settings,
    (torrent, resolved, content): (&Metainfo, &path::Resolved, &Content),
    carried: Carried,
    mut old: Upgraded,
) -> Result<Request, CommandError> {
    let mut dropped = carried.dropped;
    let safe = content::name(resolved);
    if args.metadata.name.is_none() && torrent.info.name.0 != safe.as_bytes() {
        dropped.push(format!("name of the torrent: it was not safe, and is `{safe}` now"));
    }
    let name = args.metadata.name.get_or_insert_with(|| safe.to_owned());
    let file = PathBuf::from(format!("{name}.hybrid.torrent"));
    args.output = Some(match args.output.take() {
        None => file,
        Some(output) if env.path(&output).is_dir() => output.join(file),
        Some(output) => output,
    });
    let (certificate, no_similar) = (args.metadata.root_certificate.is_some(), args.no_similar);
    let input = Input::Disk(Sources::One(content.root.clone()));
    let mut request = args.settle(env, settings, carried.keys, Some(input))?;
    if !certificate {
        request.root_certificate = carried.root_certificate;
    }
    for (key, value) in carried.extra {
        request.extra.entry(key).or_insert(value);
    }
    for (key, value) in carried.extra_info {
        request.extra_info.entry(key).or_insert(value);
    }
    if !no_similar && !request.similar.contains(&old.info_hash.0) {
        request.similar.push(old.info_hash.0);
    }
    let files = &torrent.info.files;
    request.file_digests = FileDigests {
        md5: files.iter().any(|file| file.md5().is_some()),
        sha1: files.iter().any(|file| file.sha1().is_some()),
    };
    old.dropped = dropped;
    request.upgraded = Some(old);
    Ok(request)
}

/// Tells what is not as in the old torrent.
fn tell(env: &mut Env, settings: &Settings, request: &Request, plan: &Plan, torrent: &Metainfo) {
    for what in request.upgraded.iter().flat_map(|old| &old.dropped) {
        ui::note(env, settings, &format!("not taken over: {what}"));
    }
    if carry::kept_piece_length(torrent).is_none() {
        let (old, new) = (text::size(torrent.info.piece_length), text::size(plan.piece_length));
        let why = "BEP 52 wants a power of two from 16 KiB";
        ui::note(env, settings, &format!("pieces have {new} and not {old} any more: {why}"));
    }
    let similar =
        match request.upgraded.as_ref().is_some_and(|old| request.similar.contains(&old.info_hash.0)) {
            true => "; it names the old one as similar, so that clients can use what they have (BEP 38)",
            false => "",
        };
    ui::note(
        env,
        settings,
        &format!(
            "both info-hashes are new, as the v2 half stands in the info dictionary that they are taken over{similar}"
        ),
    );
}

/// The digests of the old torrent's pieces as far as there are any, and those of the hybrid if all could be read.
fn hash(
    hashing: &Hashing<'_>,
    content: &mut Content,
    plan: &Plan,
    old_places: &[usize],
    of_files: FileDigests,
) -> Result<(Hashes, Option<Hashes>), ContentError> {
    let mut old = Hashes::default();
    if content.unreadable.contains(&true) {
        let result = hashing.pieces(content, &mut old);
        hashing.go_on(result, content, &mut old)?;
        return Ok((old, None));
    }
    let place = |file: usize| old_places.get(file).copied().unwrap_or_default();
    let space = plan.space.with_files(place);
    let cuts = [
        Cut { space: &content.space, wanted: Wanted { v1: true, v2: false } },
        Cut { space: &space, wanted: Wanted { v1: true, v2: true } },
    ];
    let job = Together {
        sources: &content.sources,
        cuts: &cuts,
        files: of_files,
        engine: hashing.engine,
        threads: hashing.threads,
        ahead: hashing.access.reads_ahead(),
        meter: &hashing.meter,
        stop: &hashing.stop,
    };
    let mut hashes = cuts.map(|cut| Hashes::new(cut.space, cut.wanted));
    let result = driver::hash_together(&job, &mut hashes);
    let [mut old, mut new] = hashes;
    match result {
        Ok(whole) => {
            new.take_files(&whole, old_places, of_files);
            Ok((old, Some(new)))
        }
        Err(error) => {
            hashing.go_on(Err(error), content, &mut old)?;
            Ok((old, None))
        }
    }
}
