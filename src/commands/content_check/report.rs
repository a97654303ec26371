//! The result of a verification, for a person or a program.

use std::io::Write as _;

use serde::Serialize;

use crate::config::Settings;
use crate::env::Env;
use crate::exit::{CommandError, ExitStatus};
use crate::metainfo::Metainfo;
use crate::ui::style::Style;
use crate::ui::{json, text};

use super::content::{Content, Extra};
use super::verdict::{State, Tally, Verdict};

/// Files shown to a person one by one: as many as fit a few screens.
const SHOWN: usize = 200;
/// Bad ranges of one file shown to a person.
const SHOWN_RANGES: usize = 8;

/// The document `ccbt.verify/1`.
#[derive(Debug, Serialize)]
pub(crate) struct Report<'a> {
    schema: &'static str,
    torrent: &'a str,
    content: String,
    complete: bool,
    total_size: u64,
    verified_size: u64,
    pieces_total: usize,
    pieces_ok: usize,
    pieces_bad: usize,
    pieces_missing: usize,
    #[serde(flatten)]
    v2: Option<PiecesV2>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rebuild: Option<&'a Rebuilt>,
    files: Vec<Entry<'a>>,
}

/// The v2 half of a hybrid, beside the v1 pieces.
#[derive(Debug, Serialize)]
struct PiecesV2 {
    pieces_v2_total: usize,
    pieces_v2_ok: usize,
    pieces_v2_bad: usize,
    pieces_v2_missing: usize,
}

#[derive(Debug, Serialize)]
struct Entry<'a> {
    path: &'a str,
    length: u64,
    verified_size: u64,
    state: State,
    bad_ranges: Vec<[u64; 2]>,
    bad_pieces: &'a [u64],
    /// Where it was found, if not where the torrent has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    found_at: Option<String>,
    /// Why a file that is there could not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
    /// What `--rebuild` did for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    rebuilt: Option<Placed>,
    /// Why that failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    rebuild_error: Option<&'a str>,
}

impl<'a> Report<'a> {
    pub(crate) fn new(
        torrent: &'a str,
        metainfo: &Metainfo,
        content: &'a Content,
        extra: &'a Extra,
        verdict: &'a Verdict,
        rebuilt: Option<&'a Rebuilt>,
        complete: bool,
    ) -> Self {
        let tally = verdict.v1.or(verdict.v2).unwrap_or_default();
        let beside = verdict.v2.filter(|_| verdict.v1.is_some());
        let of_torrent = content.paths.iter().zip(&metainfo.info.files).zip(&verdict.files);
        let placed = |index: usize| rebuilt?.files.get(index)?.as_ref();
        let mut files: Vec<Entry<'a>> = of_torrent
            .enumerate()
            .map(|(index, ((path, file), verdict))| Entry {
                path,
                length: file.length,
                verified_size: verdict.verified,
                state: verdict.state,
                bad_ranges: verdict.bad.iter().map(|range| [range.start, range.end]).collect(),
                bad_pieces: &verdict.bad_pieces,
                found_at: content.moved.get(&index).map(|path| path.to_string_lossy().into_owned()),
                error: content.failures.get(&index).map(String::as_str),
                rebuilt: placed(index).map(|(placed, _)| *placed),
                rebuild_error: placed(index).and_then(|(_, error)| error.as_deref()),
            })
            .collect();
        files.extend(extra.iter().map(|stray| Entry {
            path: &stray.below,
            length: stray.length,
            verified_size: 0,
            state: State::Extra,
            bad_ranges: Vec::new(),
            bad_pieces: &[],
            found_at: None,
            error: None,
            rebuilt: None,
            rebuild_error: None,
        }));
        Self {
            schema: "ccbt.verify/1",
            torrent,
            content: content.root.to_string_lossy().into_owned(),
            complete,
            total_size: metainfo.info.total_size,
            verified_size: verdict.verified,
            pieces_total: tally.total,
            pieces_ok: tally.ok,
            pieces_bad: tally.bad,
            pieces_missing: tally.missing,
            v2: beside.map(PiecesV2::from),
            rebuild: rebuilt,
            files,
        }
    }

    /// Shows the result as the settings ask for; among others under the name of its torrent. With `strays`, extra
    /// files count as a difference, and there are some.
    pub(crate) fn print(
        &self,
        env: &mut Env,
        settings: &Settings,
        in_batch: bool,
        strays: bool,
    ) -> Result<(), CommandError> {
        if settings.json {
            return json::print(env, self);
        }
        let style = Style::new(settings.color.out);
        if in_batch {
            env.out.write_all(format!("{}\n", style.bold(&text::visible(self.torrent))).as_bytes())?;
        }
        env.out.write_all(self.lines(style, settings.verbose, strays).as_bytes())?;
        env.out.flush()?;
        Ok(())
    }

    /// What a person reads: every file that is not as it should be, then the sum.
    fn lines(&self, style: Style, verbose: bool, strays: bool) -> String {
        let shown = |entry: &&Entry<'_>| verbose || entry.state != State::Ok;
        let limit = if verbose { usize::MAX } else { SHOWN };
        let notable = self.files.iter().filter(shown).count();
        let mut lines: String =
            self.files.iter().filter(shown).take(limit).map(|entry| entry.line(style)).collect();
        if notable > limit {
            let more = text::count((notable - limit) as u64);
            lines.push_str(&format!("    ... and {more} more (--verbose shows all)\n"));
        }
        let (verified, total) = (text::size(self.verified_size), text::size(self.total_size));
        let pieces = format!(
            "{} of {} pieces match",
            text::count(self.pieces_ok as u64),
            text::count(self.pieces_total as u64)
        );
        let halves = match &self.v2 {
            Some(v2) => format!("v1: {pieces}, v2: {} of {}", v2.pieces_v2_ok, v2.pieces_v2_total),
            None => pieces,
        };
        let content = text::visible(&self.content);
        let sum = match self.complete {
            true if self.rebuild.is_some() => format!("`{content}` is complete: {total}, {halves}\n"),
            true => format!("{} `{content}` is complete: {total}, {halves}\n", style.green("ok")),
            false => {
                let percent = percent(self.verified_size, self.total_size);
                // The judgement is about the new layout, where one was asked for.
                let place = match self.rebuild {
                    Some(_) => format!("`{content}` as it is"),
                    None => format!("{} `{content}`", style.red("not ok")),
                };
                format!("{place} does not match: {verified} of {total} verified ({percent}), {halves}\n")
            }
        };
        lines.push_str(&sum);
        let failed = |entry: &&Entry<'_>| entry.rebuild_error.is_some();
        for entry in self.files.iter().filter(failed).take(limit) {
            let (path, error) = (text::visible(entry.path), entry.rebuild_error.unwrap_or_default());
            lines.push_str(&format!(
                "{}  {path}: can't be placed: {}\n",
                style.red("failed"),
                text::visible(error)
            ));
        }
        if let Some(rebuilt) = self.rebuild {
            let label = match rebuilt.complete && !strays {
                true => style.green("ok"),
                false => style.red("not ok"),
            };
            let strays = match rebuilt.complete && strays {
                true => "; there are extra files in the old place (--strict)",
                false => "",
            };
            lines.push_str(&format!("{label} {}{strays}\n", text::visible(&rebuilt.summary())));
        }
        lines
    }
}

impl Entry<'_> {
    fn line(&self, style: Style) -> String {
        let path = text::visible(self.path);
        let length = text::size(self.length);
        if let Some(error) = self.error {
            return format!("{}  {path}: can't be read: {error}\n", style.red("unread"));
        }
        let found = self.found_at.as_deref().map(|path| format!("found at `{}`", text::visible(path)));
        let found = |before: &str| found.as_ref().map_or(String::new(), |found| format!("{before}{found}"));
        match self.state {
            State::Moved => {
                let unsure = match self.verified_size == self.length {
                    true => String::new(),
                    false => format!(", {} could be checked", percent(self.verified_size, self.length)),
                };
                format!("{}    {path}: {}{unsure}\n", style.yellow("moved"), found(""))
            }
            State::Ok => format!("{}       {path}\n", style.green("ok")),
            State::Missing => format!("{}  {path} ({length})\n", style.red("missing")),
            State::Extra => format!("{}    {path} ({length})\n", style.yellow("extra")),
            State::Partial => {
                let verified = text::size(self.verified_size);
                let percent = percent(self.verified_size, self.length);
                format!(
                    "{}  {path} ({verified} of {length} could be checked, {percent})\n",
                    style.yellow("partial")
                )
            }
            State::Bad => {
                let verified = match self.verified_size {
                    some if some == 0 || some == self.length => String::new(),
                    some => format!(", {} verified", percent(some, self.length)),
                };
                format!("{}      {path}: {}{verified}{}\n", style.red("bad"), self.differences(), found(", "))
            }
        }
    }

    /// What differs, for people. Bytes behind the end that the file should have are only counted: the torrent
    /// knows nothing of them.
    fn differences(&self) -> String {
        let inside = self.bad_ranges.iter().map(|&[start, end]| [start, end.min(self.length)]);
        let inside: Vec<[u64; 2]> = inside.filter(|[start, end]| start < end).collect();
        let over = self.bad_ranges.last().map_or(0, |&[_, end]| end.saturating_sub(self.length));
        let unit = if over == 1 { "byte" } else { "bytes" };
        let too_long = format!("{} {unit} too long", text::count(over));
        match (inside.is_empty(), over) {
            (true, _) => too_long,
            (false, 0) => format!("bytes {}", ranges(&inside)),
            (false, _) => format!("bytes {}, {too_long}", ranges(&inside)),
        }
    }
}

/// What became of a layout that was to be made anew.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Rebuilt {
    pub(crate) directory: String,
    pub(crate) dry_run: bool,
    /// Whether all of the torrent lies there now, or would.
    pub(crate) complete: bool,
    pub(crate) reflinks: usize,
    pub(crate) hard_links: usize,
    pub(crate) copies: usize,
    pub(crate) symlinks: usize,
    pub(crate) kept: usize,
    pub(crate) planned: usize,
    /// Files that are not there to be placed, or are damaged.
    pub(crate) left_out: usize,
    pub(crate) failed: usize,
    /// What was done for each file of the torrent, and why it was not.
    #[serde(skip)]
    pub(crate) files: Vec<Option<(Placed, Option<String>)>>,
}

/// What was done for a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Placed {
    Reflink,
    HardLink,
    Copy,
    Symlink,
    /// It was there already.
    Kept,
    /// A dry run: it would be placed.
    Planned,
    /// It could not be placed.
    Failed,
}

impl Rebuilt {
    /// Takes what became of one more file.
    pub(crate) fn count(&mut self, placed: Option<std::io::Result<Placed>>) {
        let placed = placed.map(|placed| match placed {
            Ok(placed) => (placed, None),
            Err(error) => (Placed::Failed, Some(error.to_string())),
        });
        let counter = match &placed {
            None => &mut self.left_out,
            Some((Placed::Reflink, _)) => &mut self.reflinks,
            Some((Placed::HardLink, _)) => &mut self.hard_links,
            Some((Placed::Copy, _)) => &mut self.copies,
            Some((Placed::Symlink, _)) => &mut self.symlinks,
            Some((Placed::Kept, _)) => &mut self.kept,
            Some((Placed::Planned, _)) => &mut self.planned,
            Some((Placed::Failed, _)) => &mut self.failed,
        };
        *counter += 1;
        self.files.push(placed);
    }

    /// What was done, for people.
    pub(crate) fn summary(&self) -> String {
        let counts = [
            (self.reflinks, "reflinked"),
            (self.hard_links, "hard-linked"),
            (self.copies, "copied"),
            (self.symlinks, "symlinked"),
            (self.planned, "to be placed"),
            (self.kept, "there already"),
            (self.left_out, "left out (missing or damaged)"),
            (self.failed, "failed"),
        ];
        let told: Vec<String> = counts
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, what)| format!("{count} {what}"))
            .collect();
        let what = match (self.dry_run, self.complete) {
            (true, true) => "would be complete",
            (true, false) => "would not be complete",
            (false, true) => "is complete",
            (false, false) => "is not complete",
        };
        format!("the layout in `{}` {what}: {}", self.directory, told.join(", "))
    }
}

/// How many torrents of a batch have complete content.
#[derive(Debug)]
pub(crate) struct Batch {
    torrents: usize,
    complete: usize,
}

impl Batch {
    pub(crate) fn new(torrents: usize) -> Self {
        Self { torrents, complete: 0 }
    }

    pub(crate) fn count(&mut self, status: ExitStatus) {
        self.complete += usize::from(status == ExitStatus::Success);
    }

    /// The sum for people; a program counts the documents.
    pub(crate) fn print(&self, env: &mut Env, settings: &Settings) -> Result<(), CommandError> {
        if !settings.json {
            let (complete, torrents) = (text::count(self.complete as u64), text::count(self.torrents as u64));
            env.out.write_all(format!("\n{complete} of {torrents} torrents are complete\n").as_bytes())?;
        }
        Ok(())
    }
}

/// A share in percent. What is not all of it never reads as 100.
fn percent(part: u64, of: u64) -> String {
    let tenths = (u128::from(part) * 1000).checked_div(u128::from(of)).unwrap_or(1000);
    format!("{}.{}%", tenths / 10, tenths % 10)
}

/// Ranges for people: first and last byte, both included.
fn ranges(ranges: &[[u64; 2]]) -> String {
    let range = |[start, end]: &[u64; 2]| format!("{start}-{}", end - 1);
    let shown: Vec<String> = ranges.iter().take(SHOWN_RANGES).map(range).collect();
    let more = ranges.len().saturating_sub(SHOWN_RANGES);
    let rest = if more > 0 { format!(" and {more} more ranges") } else { String::new() };
    format!("{}{rest}", shown.join(", "))
}

impl From<Tally> for PiecesV2 {
    fn from(tally: Tally) -> Self {
        Self {
            pieces_v2_total: tally.total,
            pieces_v2_ok: tally.ok,
            pieces_v2_bad: tally.bad,
            pieces_v2_missing: tally.missing,
        }
    }
}
