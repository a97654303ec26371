//! What a person or a program is told of an edit: the difference, field by field.

use std::borrow::Cow;
use std::ffi::OsStr;
use std::io::Write as _;

use serde::Serialize;

use super::output::Output;
use crate::config::Settings;
use crate::env::Env;
use crate::exit::CommandError;
use crate::hex;
use crate::id::{InfoHashV1, InfoHashV2};
use crate::metainfo::edit::{Edited, FieldChange, FieldValue};
use crate::metainfo::{Lint, Metainfo, Severity, Text};
use crate::ui::style::Style;
use crate::ui::{self, json, text};

/// Lines of one field shown to a person, at most: a torrent may have thousands of web seeds.
const SHOWN_LINES: usize = 60;
/// Columns of one line shown to a person, at most.
const SHOWN_COLUMNS: usize = 2000;

/// The document `ccbt.edit/1`.
#[derive(Debug, Serialize)]
pub(super) struct Report<'a> {
    schema: &'static str,
    /// The torrent as given.
    path: Cow<'a, str>,
    /// The file that is written; null for standard output.
    output: Option<String>,
    info_hash_v1_before: Option<InfoHashV1>,
    info_hash_v2_before: Option<InfoHashV2>,
    info_hash_v1: Option<InfoHashV1>,
    info_hash_v2: Option<InfoHashV2>,
    changes: Vec<Change<'a>>,
    notes: &'a [Lint],
    dry_run: bool,
    written: bool,
}

/// One field that is different.
#[derive(Debug, Serialize)]
struct Change<'a> {
    field: &'static str,
    before: Shown<'a>,
    /// Only where the text is not UTF-8.
    #[serde(skip_serializing_if = "Option::is_none")]
    before_hex: Option<String>,
    after: Shown<'a>,
}

/// A value as it is told.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Shown<'a> {
    Absent,
    Flag(bool),
    Number(i64),
    Text(Cow<'a, str>),
    List(Vec<Cow<'a, str>>),
    Tiers(Vec<Vec<Cow<'a, str>>>),
}

impl<'a> Report<'a> {
    pub(super) fn new(
        input: &'a OsStr,
        output: &Output,
        [before, after]: [&Metainfo; 2],
        edited: &'a Edited,
        written: bool,
        dry_run: bool,
    ) -> Self {
        Self {
            schema: "ccbt.edit/1",
            path: input.to_string_lossy(),
            output: output.path().map(|path| path.to_string_lossy().into_owned()),
            info_hash_v1_before: before.info_hash_v1,
            info_hash_v2_before: before.info_hash_v2,
            info_hash_v1: after.info_hash_v1,
            info_hash_v2: after.info_hash_v2,
            changes: edited.changes.iter().map(Change::new).collect(),
            notes: &edited.notes,
            dry_run,
            written,
        }
    }

    /// Tells of the edit: on standard error when the torrent itself goes to standard output.
    pub(super) fn print(
        &self,
        env: &mut Env,
        settings: &Settings,
        to_stdout: bool,
    ) -> Result<(), CommandError> {
        for note in self.notes {
            match note.severity {
                Severity::Info => ui::note(env, settings, &format!("{}: {}", self.path, note.message)),
                _ => ui::warn(env, settings, &format!("{}: {}", self.path, note.message)),
            }
        }
        match (settings.json, to_stdout) {
            (true, false) => json::print(env, self),
            (true, true) => json::print_err(env, self),
            (false, false) => {
                let lines = self.lines(Style::new(settings.color.out));
                env.out.write_all(lines.as_bytes())?;
                Ok(())
            }
            (false, true) => {
                if !settings.quiet {
                    env.err.line(self.lines(Style::new(settings.color.err)).trim_end());
                }
                Ok(())
            }
        }
    }

    fn lines(&self, style: Style) -> String {
        let path = text::visible(&self.path);
        let outcome = match (self.changes.len(), self.dry_run) {
            (0, _) => "nothing to change".to_owned(),
            (1, true) => "1 field would change, nothing is written (dry run)".to_owned(),
            (many, true) => format!("{many} fields would change, nothing is written (dry run)"),
            (1, false) => "1 field changed".to_owned(),
            (many, false) => format!("{many} fields changed"),
        };
        let mut shown = format!("{}: {outcome}\n", style.bold(path));
        if self.changes.is_empty() {
            return shown;
        }
        let hash = |hash: Option<String>| hash.into_iter().collect::<Vec<_>>();
        let hashes = [
            (
                "info hash v1",
                self.info_hash_v1_before.map(|h| h.to_string()),
                self.info_hash_v1.map(|h| h.to_string()),
            ),
            (
                "info hash v2",
                self.info_hash_v2_before.map(|h| h.to_string()),
                self.info_hash_v2.map(|h| h.to_string()),
            ),
        ];
        for (label, before, after) in
            hashes.into_iter().filter(|(_, before, after)| before.is_some() || after.is_some())
        {
            difference(&mut shown, style, label, &hash(before), &hash(after));
        }
        for change in &self.changes {
            let label = change.field.replace('_', " ");
            difference(&mut shown, style, &label, &change.before.lines(), &change.after.lines());
        }
        shown
    }
}

impl<'a> Change<'a> {
    fn new(change: &'a FieldChange) -> Self {
        let raw = match &change.before {
            FieldValue::Text(text) if text.utf8().is_none() => Some(hex::encode(&text.0)),
            _ => None,
        };
        Self {
            field: change.field,
            before: Shown::new(&change.before),
            before_hex: raw,
            after: Shown::new(&change.after),
        }
    }
}

impl<'a> Shown<'a> {
    fn new(value: &'a FieldValue) -> Self {
        let list = |list: &'a [Text]| list.iter().map(Text::lossy).collect();
        match value {
            FieldValue::Absent => Self::Absent,
            FieldValue::Flag(flag) => Self::Flag(*flag),
            // The only number is a date; one that no calendar holds stays a number.
            FieldValue::Number(seconds) => match text::unix_time(*seconds) {
                Some(date) => Self::Text(Cow::Owned(date)),
                None => Self::Number(*seconds),
            },
            FieldValue::Text(text) => Self::Text(text.lossy()),
            FieldValue::List(texts) => Self::List(list(texts)),
            FieldValue::Tiers(tiers) => Self::Tiers(tiers.iter().map(|tier| list(tier)).collect()),
        }
    }

    /// The value as lines of which each is the same or another.
    fn lines(&self) -> Vec<String> {
        match self {
            Self::Absent => Vec::new(),
            Self::Flag(flag) => vec![if *flag { "yes" } else { "no" }.to_owned()],
            Self::Number(number) => vec![number.to_string()],
            // An empty text is not the same as none.
            Self::Text(text) if text.is_empty() => vec![String::new()],
            Self::Text(text) => text.lines().map(str::to_owned).collect(),
            Self::List(list) => list.iter().map(|text| text.clone().into_owned()).collect(),
            Self::Tiers(tiers) => tiers.iter().map(|tier| tier.join(", ")).collect(),
        }
    }
}

/// A heading and beneath it the lines that went (`-`), those that came (`+`), and those around them that
/// stayed.
fn difference(shown: &mut String, style: Style, label: &str, before: &[String], after: &[String]) {
    let shared = before.iter().zip(after).take_while(|(one, other)| one == other).count();
    let (head, before) = before.split_at(shared);
    let after = after.get(shared..).unwrap_or_default();
    let shared = before.iter().rev().zip(after.iter().rev()).take_while(|(one, other)| one == other).count();
    let (gone, tail) = before.split_at(before.len() - shared);
    let come = after.get(..after.len() - shared).unwrap_or_default();
    shown.push_str(&format!("  {label}\n"));
    let marked =
        |mark: char, lines: &[String]| lines.iter().map(move |line| (mark, line.clone())).collect::<Vec<_>>();
    let all = [marked(' ', head), marked('-', gone), marked('+', come), marked(' ', tail)].concat();
    for (mark, line) in all.iter().take(SHOWN_LINES) {
        let line = text::visible(line);
        let line = format!("{mark} {}", text::fit(&line, SHOWN_COLUMNS));
        match mark {
            '-' => shown.push_str(&format!("    {}\n", style.red(line))),
            '+' => shown.push_str(&format!("    {}\n", style.green(line))),
            _ => shown.push_str(&format!("    {}\n", style.dim(line))),
        }
    }
    if let Some(more) = all.len().checked_sub(SHOWN_LINES).filter(|&more| more > 0) {
        shown.push_str(&format!("    ({} more lines)\n", text::count(more as u64)));
    }
}
