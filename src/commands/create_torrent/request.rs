//! What is asked for: flags over settings, checked.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::UNIX_EPOCH;

use crate::config::{Format, Settings};
use crate::content::digest::Wanted;
use crate::content::driver::FileDigests;
use crate::content::walk::{Order, Patterns, Rules, Symlinks};
use crate::env::Env;
use crate::exit::{CommandError, ErrorKind};
use crate::metainfo::Version;
use crate::metainfo::builder::Extra;
use crate::metainfo::signature::Signer;

use super::extra::{self, Place};
use super::input::Input;
use super::keys::{self, chosen};
use super::like::Like;
use super::pieces::Pieces;
use super::policy::Policy;
use super::upgrade::Upgraded;
use super::{CreateTorrent, hash, usage};
use crate::commands::date;
use crate::commands::reader::Reader;
use crate::commands::url::Purpose;

/// A torrent to be made, as asked for.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) input: Input,
    pub(super) name: String,
    pub(super) target: Target,
    pub(super) force: bool,
    pub(super) dry_run: bool,
    pub(super) version: Version,
    pub(super) pieces: Pieces,
    pub(super) policy: Option<Policy>,
    /// The program whose rules it follows, if any.
    pub(super) like: Option<Like>,
    pub(super) trackers: Vec<Vec<String>>,
    pub(super) web_seeds: Vec<String>,
    pub(super) http_seeds: Vec<String>,
    pub(super) nodes: Vec<(String, u16)>,
    pub(super) similar: Vec<[u8; 20]>,
    pub(super) collections: Vec<String>,
    pub(super) update_url: Option<String>,
    pub(super) root_certificate: Option<String>,
    pub(super) entropy: Option<String>,
    pub(super) extra: Extra,
    pub(super) extra_info: Extra,
    pub(super) private: bool,
    pub(super) source: Option<String>,
    pub(super) comment: Option<String>,
    pub(super) created_by: Option<String>,
    pub(super) creation_date: Option<i64>,
    pub(super) file_digests: FileDigests,
    pub(super) rules: Rules,
    /// Whether a v1 torrent is padded so that each file begins a piece.
    pub(super) align: bool,
    /// Whether it tells what is executable or hidden.
    pub(super) attributes: bool,
    /// Whether it tells when each file was last changed.
    pub(super) mtime: bool,
    pub(super) threads: usize,
    pub(super) reader: Reader,
    /// Where digests are kept, if they are.
    pub(super) cache: Option<PathBuf>,
    /// The torrent that it is made of, if it is.
    pub(super) upgraded: Option<Upgraded>,
    /// Who signs the torrent, if anybody does.
    pub(super) signer: Option<Signer>,
}

/// Where the torrent goes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Target {
    Stdout,
    File(PathBuf),
}

impl Request {
    pub(super) fn settle(
        args: CreateTorrent,
        env: &mut Env,
        settings: &Settings,
        input: Option<Input>,
    ) -> Result<Self, CommandError> {
        let defaults = &settings.create;
        let input = input.map_or_else(|| Input::settle(&args, env), Ok)?;
        let name = name(args.metadata.name.clone(), &input.root())?;
        let target = target(args.output.clone(), &name, env);
        let version = match args.format.format().unwrap_or(defaults.format) {
            Format::V1 => Version::V1,
            Format::V2 => Version::V2,
            Format::Hybrid => Version::Hybrid,
        };
        let policy = args.format.reproducible;
        let metadata = &args.metadata;
        let private = if metadata.no_private { false } else { metadata.private || defaults.private };
        let created_by = match (&metadata.created_by, metadata.no_created_by) {
            (_, true) => None,
            (Some(text), false) => filled(text),
            (None, false) => defaults.created_by.clone(),
        };
        let rules = rules(&args, settings, &target)?;
        check_order(rules.order, version)?;
        let threads = args.work.threads.or(settings.threads).or(std::thread::available_parallelism().ok());
        if let Some(policy) = policy.filter(|_| keys::is_random(metadata, settings)) {
            return Err(policy.broken("a random `entropy`").hint("give the text: --entropy=TEXT"));
        }
        let update_url = metadata.update_url.as_deref().or(defaults.update_url.as_deref()).and_then(filled);
        let mut request = Self {
            pieces: Pieces::settle(&args.format, defaults)?,
            policy,
            like: None,
            trackers: trackers(&metadata.tracker, settings)?,
            web_seeds: urls(Purpose::WebSeed, &metadata.web_seed, &defaults.web_seeds)?,
            http_seeds: urls(Purpose::HttpSeed, &metadata.http_seed, &defaults.http_seeds)?,
            nodes: keys::nodes(chosen(&metadata.node, &defaults.nodes))?,
            similar: keys::similar(chosen(&metadata.similar, &defaults.similar))?,
            collections: keys::collections(chosen(&metadata.collection, &defaults.collections)),
            update_url: update_url.map(|url| checked_url(Purpose::Update, &url)).transpose()?,
            root_certificate: keys::certificate(metadata, env, settings)?,
            entropy: keys::entropy(metadata, env, settings)?,
            extra: extra::keys(chosen(&metadata.set, &defaults.set), Place::Top)?,
            extra_info: extra::keys(chosen(&metadata.set_info, &defaults.set_info), Place::Info)?,
            source: metadata.source.as_deref().map_or_else(|| defaults.source.clone(), filled),
            comment: metadata.comment.as_deref().map_or_else(|| defaults.comment.clone(), filled),
            creation_date: creation_date(&args, env, settings)?,
            signer: args.signature.read(env)?,
            cache: match args.work.cache {
                true => Some(hash::directory(env, args.work.cache_dir.as_deref())?),
                false => None,
            },
            file_digests: file_digests(metadata, defaults),
            align: args.files.align || defaults.align,
            attributes: args.files.attributes || defaults.attributes,
            mtime: args.files.mtime || defaults.mtime,
            upgraded: None,
            input,
            name,
            target,
            force: args.force,
            dry_run: args.dry_run,
            version,
            private,
            created_by,
            rules,
            threads: threads.map_or(1, usize::from),
            reader: args.work.reader,
        };
        if let Some(policy) = policy {
            policy.apply(&mut request, &args)?;
        }
        if let Some(like) = Like::settle(&args, env)? {
            like.apply(&mut request, &args)?;
        }
        check_cache(&request)?;
        Ok(request)
    }

    /// The digests each piece needs.
    pub(super) fn wanted(&self) -> Wanted {
        Wanted { v1: self.version != Version::V2, v2: self.version != Version::V1 }
    }
}

fn file_digests(metadata: &super::MetadataArgs, defaults: &crate::config::CreateDefaults) -> FileDigests {
    FileDigests { md5: metadata.md5 || defaults.md5, sha1: metadata.sha1 || defaults.sha1 }
}

/// Longest name in bytes: what file systems take.
const MAX_NAME: usize = 255;

/// An empty text leaves its key out.
fn filled(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

/// The last part of a path; `.` and `..` have a name of their own once resolved, and a missing path is told of
/// later.
pub(super) fn file_name(path: &std::path::Path) -> Option<OsString> {
    match path.file_name() {
        Some(name) if !path.ends_with("..") => Some(name.to_owned()),
        _ => std::fs::canonicalize(path).ok().and_then(|path| path.file_name().map(Into::into)),
    }
}

/// The name of the torrent; one that readers could not use as a file name is refused.
fn name(given: Option<String>, root: &std::path::Path) -> Result<String, CommandError> {
    let name = match given {
        Some(name) => name,
        None => {
            let Some(named) = file_name(root) else {
                return Err(usage(format!("`{}` has no name to call the torrent", root.display()))
                    .hint("give one with --name"));
            };
            named.into_string().map_err(|named| {
                let named = named.display();
                let error = anyhow::anyhow!("naming the torrent: `{named}`: the name is not UTF-8");
                CommandError::new(ErrorKind::BadInput, error).hint("give another with --name")
            })?
        }
    };
    if matches!(name.as_str(), "" | "." | "..") || name.contains(['/', '\0']) {
        return Err(usage(format!("`{name}` can't be the name of a torrent"))
            .hint("a name is one path component: not empty, not `.` or `..`, and without `/`"));
    }
    if name.len() > MAX_NAME {
        return Err(usage(format!("a name of {} bytes is too long for a file", name.len()))
            .hint("file systems take 255 bytes"));
    }
    Ok(name)
}

fn target(output: Option<PathBuf>, name: &str, env: &Env) -> Target {
    let file = format!("{name}.torrent");
    match output {
        None => Target::File(env.path(file.as_ref())),
        Some(path) if path.as_os_str() == "-" => Target::Stdout,
        Some(path) => {
            let path = env.path(&path);
            Target::File(if path.is_dir() { path.join(file) } else { path })
        }
    }
}

fn rules(args: &CreateTorrent, settings: &Settings, target: &Target) -> Result<Rules, CommandError> {
    let defaults = &settings.create;
    let patterns =
        |globs: &[String]| Patterns::new(globs).map_err(|error| usage(format!("reading a glob: {error}")));
    let excluded = &args.files.exclude;
    // What nobody wants in any torrent stands in the settings; an empty glob takes leave of it.
    let settled = if excluded.iter().any(String::is_empty) { &[] } else { defaults.exclude.as_slice() };
    let exclude: Vec<String> =
        settled.iter().chain(excluded).filter(|glob| !glob.is_empty()).cloned().collect();
    let symlinks = match args.files.symlinks.unwrap_or(defaults.symlinks) {
        crate::config::Symlinks::Skip => Symlinks::Skip,
        crate::config::Symlinks::Follow => Symlinks::Follow,
        crate::config::Symlinks::FollowOutside => Symlinks::FollowOutside,
        crate::config::Symlinks::Preserve => Symlinks::Preserve,
    };
    let output = match target {
        Target::Stdout => None,
        Target::File(path) => Some(path.clone()),
    };
    Ok(Rules {
        hidden: args.files.hidden || defaults.hidden,
        junk: args.files.junk || defaults.junk,
        symlinks,
        include: patterns(chosen(&args.files.include, &defaults.include))?,
        exclude: patterns(&exclude)?,
        gitignore: args.files.gitignore || defaults.gitignore,
        order: args.files.sort.unwrap_or(defaults.sort).into(),
        list_left_out: settings.verbose,
        output,
        ..Rules::default()
    })
}

/// Refuses a cache that could not be used, or would become a part of the content.
fn check_cache(request: &Request) -> Result<(), CommandError> {
    let Some(cache) = &request.cache else { return Ok(()) };
    if request.file_digests != FileDigests::default() {
        return Err(usage("digests of whole files, which the settings ask for, are not kept in a cache")
            .hint("leave --cache out, or `md5` and `sha1` in the settings"));
    }
    hash::check_outside(cache, &request.input.paths())
}

/// The tree of v2 has one order, and in a hybrid the list has to agree with it (BEP 52, "Upgrade Path").
fn check_order(order: Order, version: Version) -> Result<(), CommandError> {
    if version == Version::V1 || order.is_tree_order() {
        return Ok(());
    }
    Err(usage("v2 and hybrid torrents list their files by path, and no other way")
        .hint("give --sort path, or make a torrent with --v1"))
}

fn trackers(given: &[String], settings: &Settings) -> Result<Vec<Vec<String>>, CommandError> {
    let tiers: Vec<Vec<String>> = if given.is_empty() {
        settings.create.trackers.clone()
    } else {
        let split = |tier: &String| tier.split(',').map(|url| url.trim().to_owned()).collect();
        given.iter().map(split).collect()
    };
    let checked = |tier: Vec<String>| -> Result<Vec<String>, CommandError> {
        let urls = tier.iter().filter(|url| !url.is_empty());
        urls.map(|url| checked_url(Purpose::Tracker, url)).collect()
    };
    let tiers: Vec<Vec<String>> = tiers.into_iter().map(checked).collect::<Result<_, _>>()?;
    Ok(tiers.into_iter().filter(|tier| !tier.is_empty()).collect())
}

fn urls(purpose: Purpose, given: &[String], default: &[String]) -> Result<Vec<String>, CommandError> {
    chosen(given, default).iter().map(|url| checked_url(purpose, url)).collect()
}

fn checked_url(purpose: Purpose, url: &str) -> Result<String, CommandError> {
    purpose
        .url(url)
        .map_err(|why| usage(format!("`{url}` is no {}: {why}", purpose.name())).hint(purpose.hint(why)))
}

/// The flag, else `SOURCE_DATE_EPOCH`, else now, unless it is to be the same tomorrow; none when not wanted.
fn creation_date(args: &CreateTorrent, env: &Env, settings: &Settings) -> Result<Option<i64>, CommandError> {
    if let Some(text) = &args.metadata.creation_date {
        return date::seconds(text)
            .map(Some)
            .ok_or_else(|| usage(format!("`{text}` is no date")).hint(date::HINT));
    }
    if args.metadata.no_creation_date || !settings.create.creation_date {
        return Ok(None);
    }
    if let Some(epoch) = env.var("SOURCE_DATE_EPOCH") {
        let seconds = epoch.to_str().and_then(|text| text.parse().ok()).filter(|&seconds: &i64| seconds >= 0);
        return seconds.map(Some).ok_or_else(|| {
            let epoch = epoch.display();
            usage(format!("SOURCE_DATE_EPOCH is `{epoch}`, which is no number of seconds since 1970"))
        });
    }
    if args.format.reproducible.is_some() {
        return Ok(None);
    }
    let since = (env.now)().duration_since(UNIX_EPOCH).ok();
    Ok(since.and_then(|since| i64::try_from(since.as_secs()).ok()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_one_component() {
        let root = std::path::Path::new("/some/where/");
        assert_eq!(name(None, root).unwrap(), "where");
        assert_eq!(name(Some("x y".into()), root).unwrap(), "x y");
        for bad in ["", ".", "..", "a/b", "a\0b"] {
            assert_eq!(name(Some(bad.into()), root).unwrap_err().kind, ErrorKind::Usage, "{bad}");
        }
    }
}
