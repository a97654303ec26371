//! What a person or a program is told about the torrent that was made.

use std::collections::BTreeMap;
use std::io::Write as _;

use serde::Serialize;

use crate::config::{self, Settings};
use crate::content::disk::{self, Access};
use crate::content::driver::FileDigests;
use crate::content::walk::Skipped;
use crate::env::Env;
use crate::exit::CommandError;
use crate::id::{InfoHashV1, InfoHashV2};
use crate::magnet::Magnet;
use crate::metainfo::{Lint, Metainfo, PRIVATE_WITHOUT_TRACKER, Severity, Version, private_without_tracker};
use crate::ui::style::Style;
use crate::ui::{self, json, text};

use super::plan::Plan;
use super::policy::Policy;
use super::request::{Request, Target};

/// The document `ccbt.create-torrent/1`. In a dry run nothing was hashed, and what follows from the
/// digests is null.
#[derive(Debug, Serialize)]
struct Report<'a> {
    schema: &'static str,
    path: Option<String>,
    name: &'a str,
    version: Version,
    info_hash_v1: Option<InfoHashV1>,
    info_hash_v2: Option<InfoHashV2>,
    piece_length: u64,
    piece_length_rule: &'static str,
    piece_count: usize,
    total_size: u64,
    file_count: usize,
    magnet: Option<String>,
    torrent_size: Option<usize>,
    private: bool,
    entropy: Option<&'a str>,
    policy: Option<&'static str>,
    /// The program whose rules it follows.
    like: Option<String>,
    creation_date: Option<String>,
    dry_run: bool,
    skipped: Vec<Left<'a>>,
    /// What patterns and ignore files left out.
    left_out_count: usize,
    lints: &'a [&'a Lint],
    #[serde(skip_serializing_if = "Option::is_none")]
    upgraded_from: Option<Old<'a>>,
    /// The rule for the length of pieces in a sentence, for people.
    #[serde(skip)]
    rule: String,
    /// How much was left out and why, for people; empty where nothing was.
    #[serde(skip)]
    left_out: String,
}

/// The v1 torrent that a hybrid was made of.
#[derive(Debug, Serialize)]
struct Old<'a> {
    torrent: &'a str,
    info_hash_v1: InfoHashV1,
    not_taken_over: &'a [String],
}

/// Something left out.
#[derive(Debug, Serialize)]
struct Left<'a> {
    path: std::borrow::Cow<'a, str>,
    reason: &'static str,
}

/// Prints the report: with `--json` one document, else aligned fields. It goes to standard error when
/// the torrent itself goes to standard output.
pub(super) fn print(
    env: &mut Env,
    settings: &Settings,
    request: &Request,
    plan: &Plan,
    made: Option<&Metainfo>,
    lints: &[&Lint],
) -> Result<(), CommandError> {
    let to_stdout = request.target == Target::Stdout;
    let report = Report::new(request, plan, made, lints);
    match (settings.json, to_stdout) {
        (true, false) => json::print(env, &report),
        (true, true) => json::print_err(env, &report),
        (false, false) => {
            let lines = report.lines(Style::new(settings.color.out));
            env.out.write_all(lines.as_bytes())?;
            Ok(())
        }
        (false, true) => {
            if !settings.quiet {
                env.err.line(report.lines(Style::new(settings.color.err)).trim_end());
            }
            Ok(())
        }
    }
}

impl<'a> Report<'a> {
    fn new(request: &'a Request, plan: &'a Plan, made: Option<&'a Metainfo>, lints: &'a [&'a Lint]) -> Self {
        let left = |(why, path): &'a (Skipped, std::path::PathBuf)| Left {
            path: path.to_string_lossy(),
            reason: reason(*why),
        };
        Self {
            schema: "ccbt.create-torrent/1",
            path: match &request.target {
                Target::Stdout => None,
                Target::File(path) => Some(path.to_string_lossy().into_owned()),
            },
            name: &request.name,
            version: request.version,
            info_hash_v1: made.and_then(|made| made.info_hash_v1),
            info_hash_v2: made.and_then(|made| made.info_hash_v2),
            piece_length: plan.piece_length,
            piece_length_rule: request.pieces.name(),
            piece_count: plan.space.pieces(),
            total_size: plan.total,
            file_count: plan.paths.len(),
            magnet: made.map(|made| Magnet::of(made).to_string()),
            torrent_size: made.map(|made| made.raw().len()),
            private: request.private,
            entropy: request.entropy.as_deref(),
            policy: request.policy.map(Policy::name),
            like: request.like.as_ref().map(|like| like.name()),
            creation_date: request.creation_date.and_then(text::unix_time),
            dry_run: request.dry_run,
            skipped: plan.skipped.iter().chain(&plan.left_out.listed).map(left).collect(),
            left_out_count: plan.left_out.counts.values().sum(),
            lints,
            upgraded_from: request.upgraded.as_ref().map(|old| Old {
                torrent: &old.torrent,
                info_hash_v1: old.info_hash,
                not_taken_over: &old.dropped,
            }),
            rule: request.pieces.sentence(),
            left_out: left_out(plan),
        }
    }

    fn lines(&self, style: Style) -> String {
        let version = match self.version {
            Version::V1 => "v1",
            Version::V2 => "v2",
            Version::Hybrid => "hybrid (v1 and v2)",
        };
        let files = match self.file_count {
            1 => "1 file".to_owned(),
            many => format!("{} files", text::count(many as u64)),
        };
        let pieces = text::count(self.piece_count as u64);
        let mut fields = vec![
            ("Torrent", self.path.clone().unwrap_or_else(|| "standard output".to_owned())),
            ("Name", self.name.to_owned()),
            ("Version", version.to_owned()),
            ("Size", format!("{} in {files}", text::size(self.total_size))),
            ("Pieces", format!("{pieces} of {}", text::size(self.piece_length))),
        ];
        let old = self.upgraded_from.as_ref();
        fields.extend(old.map(|old| ("Upgraded from", format!("{} ({})", old.torrent, old.info_hash_v1))));
        if self.dry_run {
            fields.push(("Piece length", self.rule.clone()));
        }
        if !self.left_out.is_empty() {
            fields.push(("Left out", self.left_out.clone()));
        }
        fields.extend(self.entropy.map(|entropy| ("Entropy", entropy.to_owned())));
        fields.extend(self.policy.map(|policy| ("Policy", policy.to_owned())));
        fields.extend(self.like.clone().map(|like| ("Like", like)));
        let hash = |label, hash: Option<String>| hash.map(|hash| (label, hash));
        fields.extend(hash("Info hash v1", self.info_hash_v1.map(|hash| hash.to_string())));
        fields.extend(hash("Info hash v2", self.info_hash_v2.map(|hash| hash.to_string())));
        fields.extend(hash("Magnet", self.magnet.clone()));
        if self.dry_run {
            fields.push(("Dry run", "nothing was read or written".to_owned()));
        }
        let width = fields.iter().map(|(label, _)| label.len()).max().unwrap_or(0);
        let line = |(label, value): &(&str, String)| {
            format!("{}  {}\n", style.bold(format_args!("{label:>width$}")), text::visible(value))
        };
        fields.iter().map(line).collect()
    }
}

/// Tells what is odd about the torrent before it is made, what was left out though nobody named it, and with
/// `--verbose` how the work is done.
pub(super) fn tell_plan(env: &mut Env, settings: &Settings, request: &Request, plan: &Plan) {
    if let Some(message) = private_without_tracker(request.private, &request.trackers) {
        ui::warn(env, settings, message);
    }
    if let Some(excess) = request.pieces.excess(plan.space.pieces() as u64, plan.piece_length) {
        ui::warn(env, settings, &excess);
    }
    let mut groups: BTreeMap<Skipped, Vec<&std::path::Path>> = BTreeMap::new();
    for (why, path) in &plan.skipped {
        groups.entry(*why).or_default().push(path);
    }
    for (why, paths) in groups {
        let first = paths.first().map(|path| path.display().to_string()).unwrap_or_default();
        let others = match paths.len() {
            1 => String::new(),
            many => format!(" and {} more", text::count(many as u64 - 1)),
        };
        ui::note(env, settings, &format!("left out `{first}`{others}: {}", explanation(why)));
    }
    if settings.verbose {
        tell_details(env, settings, request, plan);
    }
}

fn tell_details(env: &mut Env, settings: &Settings, request: &Request, plan: &Plan) {
    for (why, path) in plan.skipped.iter().chain(&plan.left_out.listed) {
        ui::detail(env, settings, &format!("left out: {} ({})", path.display(), reason(*why)));
    }
    let length = text::size(plan.piece_length);
    ui::detail(env, settings, &format!("piece length: {length}, {}", request.pieces.sentence()));
    let kernels = config::describe_kernels(settings.engine);
    let threads = match request.threads {
        1 => "1 thread".to_owned(),
        many => format!("{many} threads"),
    };
    ui::detail(env, settings, &format!("hashing: {threads}; {kernels}"));
    // A dry run opens no file.
    if !request.dry_run {
        let reader = match request.reader.access().unwrap_or_else(|| disk::detect(&plan.sources)) {
            _ if request.file_digests != FileDigests::default() => "one, for the digests of whole files",
            Access::Sequential => "one, from the first byte to the last",
            Access::Parallel { .. } => "each thread reads pieces of its own",
        };
        ui::detail(env, settings, &format!("reader: {reader}"));
    }
}

/// How many files and directories were left out, by reason.
fn left_out(plan: &Plan) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (why, _) in &plan.skipped {
        *counts.entry(reason(*why)).or_default() += 1;
    }
    counts.extend(plan.left_out.counts.iter().map(|(why, count)| (reason(*why), *count)));
    let counts: Vec<String> =
        counts.iter().map(|(why, count)| format!("{} {why}", text::count(*count as u64))).collect();
    counts.join(", ")
}

/// Warns of what other programs may stumble over, unless it was told before.
pub(super) fn tell_lints(env: &mut Env, settings: &Settings, lints: &[&Lint]) {
    let news = |lint: &&&Lint| lint.severity >= Severity::Warning && lint.name != PRIVATE_WITHOUT_TRACKER;
    for lint in lints.iter().filter(news) {
        ui::warn(env, settings, &lint.message);
    }
}

fn reason(why: Skipped) -> &'static str {
    match why {
        Skipped::Hidden => "hidden",
        Skipped::Junk => "junk",
        Skipped::Symlink => "symlink",
        Skipped::SymlinkOutside => "symlink-outside",
        Skipped::SymlinkBroken => "symlink-broken",
        Skipped::SymlinkTarget => "symlink-target",
        Skipped::Empty => "empty",
        Skipped::Twice => "twice",
        Skipped::Special => "special",
        Skipped::Output => "output",
        Skipped::Excluded => "excluded",
        Skipped::NotIncluded => "not-included",
        Skipped::Ignored => "ignored",
    }
}

fn explanation(why: Skipped) -> &'static str {
    match why {
        Skipped::Hidden => "hidden (--hidden takes it)",
        Skipped::Junk => "only a file manager cares for it (--junk takes it)",
        Skipped::Symlink => {
            "a symbolic link (--symlinks follow follows it, --symlinks preserve keeps it as a link)"
        }
        Skipped::SymlinkOutside => "a link out of the directory (--symlinks follow-outside follows it)",
        Skipped::SymlinkBroken => "a link to nothing, or in a circle",
        Skipped::SymlinkTarget => "a link to what is not in the torrent",
        Skipped::Empty => "without bytes",
        Skipped::Twice => "there already by another path",
        Skipped::Special => "neither a file nor a directory",
        Skipped::Output => "it is the torrent to be written",
        Skipped::Excluded => "--exclude says so",
        Skipped::NotIncluded => "--include names other files",
        Skipped::Ignored => "an ignore file says so",
    }
}
