//! Errors as people and programs read them.
//!
//! `error: what failed: which thing: why`, causes beneath, then `hint: what to do`; with `--json` one
//! object on standard output as well.

use std::borrow::Cow;
use std::ffi::OsString;
use std::fmt::Write as _;

use serde::Serialize;

use super::{json, style::Style, text};
use crate::env::Env;
use crate::exit::{CommandError, ErrorKind, ExitStatus};

/// What is told of an error.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Report {
    schema: &'static str,
    code: u8,
    kind: &'static str,
    path: Option<String>,
    message: String,
    causes: Vec<String>,
    hint: Option<String>,
}

/// Tells of an error and gives the status that goes with it: on standard error for people and, with
/// `as_json`, on standard output for programs. A closed pipe is told to nobody.
pub(crate) fn report(env: &mut Env, as_json: bool, color: bool, error: &CommandError) -> ExitStatus {
    let status = error.status();
    if error.kind != ErrorKind::ClosedPipe {
        tell(env, as_json, color, &Report::new(error), "");
    }
    status
}

/// Tells of a command line that cannot be understood, with the usage line of its command.
pub(crate) fn report_usage(
    env: &mut Env,
    as_json: bool,
    color: bool,
    args: &[OsString],
    error: &clap::Error,
) -> ExitStatus {
    let (report, usage) = Report::of_usage(&one_line_arguments(error.render().to_string(), args));
    tell(env, as_json, color, &report, &usage);
    ExitStatus::Usage
}

/// What was typed may hold line ends, which would pass for paragraphs of the parser's own text.
fn one_line_arguments(mut rendered: String, args: &[OsString]) -> String {
    for arg in args {
        let arg = arg.to_string_lossy();
        for part in std::iter::once(&*arg).chain(arg.split(['=', ','])) {
            if let Cow::Owned(harmless) = text::visible(part) {
                rendered = rendered.replace(part, &harmless);
            }
        }
    }
    rendered
}

fn tell(env: &mut Env, as_json: bool, color: bool, report: &Report, usage: &str) {
    let mut shown = report.human(Style::new(color));
    if !usage.is_empty() {
        shown.push('\n');
        for line in usage.lines() {
            shown.push('\n');
            shown.push_str(&text::visible(line));
        }
    }
    env.err.line(&shown);
    if as_json
        && let Err(again) = json::print(env, report)
        && again.kind != ErrorKind::ClosedPipe
    {
        env.err.line(&Report::new(&again).human(Style::new(color)));
    }
}

impl Report {
    fn new(error: &CommandError) -> Self {
        let path = error.path.as_ref().map(|path| path.display().to_string());
        let mut causes = distinct_causes(&error.source);
        let top = error.source.to_string();
        // The path stands between what failed and why, unless the text names it already.
        let missing = path
            .as_deref()
            .filter(|path| !top.contains(path) && !causes.iter().any(|cause| cause.contains(path)));
        let message = match (missing, causes.is_empty()) {
            (None, true) => top,
            (None, false) => format!("{top}: {}", causes.remove(0)),
            (Some(path), true) => format!("{path}: {top}"),
            (Some(path), false) => format!("{top}: {path}: {}", causes.remove(0)),
        };
        let hint = (!error.hints.is_empty()).then(|| error.hints.join("\n"));
        Self {
            schema: "ccbt.error/1",
            code: error.status().code(),
            kind: error.kind.name(),
            path,
            message,
            causes,
            hint,
        }
    }

    /// Takes apart what clap says: the first paragraph is the message, tips are hints, and the usage
    /// line stands for itself.
    fn of_usage(rendered: &str) -> (Self, String) {
        let mut message = String::new();
        let mut hints = Vec::new();
        let mut usage = String::new();
        for (index, paragraph) in rendered.split("\n\n").enumerate() {
            let lines = paragraph.lines().map(str::trim).filter(|line| !line.is_empty());
            if index == 0 {
                let text = lines.collect::<Vec<_>>().join(" ");
                message = text.strip_prefix("error: ").unwrap_or(&text).to_owned();
            } else if paragraph.trim_start().starts_with("Usage:") {
                usage = paragraph.trim().to_owned();
            } else if let Some(command) = paragraph.trim().strip_prefix("For more information, try '") {
                if hints.is_empty() {
                    hints.push(format!("`{}` tells more", command.trim_end_matches("'.")));
                }
            } else {
                hints.extend(lines.map(|line| line.strip_prefix("tip: ").unwrap_or(line).to_owned()));
            }
        }
        let report = Self {
            schema: "ccbt.error/1",
            code: ExitStatus::Usage.code(),
            kind: ErrorKind::Usage.name(),
            path: None,
            message,
            causes: Vec::new(),
            hint: (!hints.is_empty()).then(|| hints.join("\n")),
        };
        (report, usage)
    }

    /// The lines for a terminal, the last without its end. Everything in them may come from outside.
    fn human(&self, style: Style) -> String {
        let mut shown = format!("{} {}", style.alarm("error:"), text::visible(&self.message));
        let mut line = |label: &dyn std::fmt::Display, text: &str| {
            if write!(shown, "\n{label} {}", text::visible(text)).is_err() {
                unreachable!("a String takes any text");
            }
        };
        for cause in &self.causes {
            line(&" ", &format!("caused by: {cause}"));
        }
        for hint in self.hint.iter().flat_map(|hint| hint.lines()) {
            line(&style.cyan("hint:"), hint);
        }
        shown
    }
}

/// The causes beneath an error. Many errors tell their cause in their own text: such a cause is left
/// out.
fn distinct_causes(error: &anyhow::Error) -> Vec<String> {
    let mut told = error.to_string();
    let mut causes = Vec::new();
    for cause in error.chain().skip(1) {
        let text = cause.to_string();
        if !told.ends_with(&text) {
            causes.push(text.clone());
            told = text;
        }
    }
    causes
}

#[cfg(test)]
mod tests {
    use anyhow::anyhow;

    use super::*;

    fn human(error: &CommandError) -> String {
        Report::new(error).human(Style::new(false))
    }

    #[test]
    fn an_error_says_what_failed_which_thing_and_why() {
        let why = anyhow!("permission denied").context("reading the torrent");
        let error = CommandError::new(ErrorKind::Read, why).at("a.torrent").hint("ask the owner");
        assert_eq!(
            human(&error),
            "error: reading the torrent: a.torrent: permission denied\nhint: ask the owner"
        );
    }

    #[test]
    fn a_path_is_named_once() {
        let error = CommandError::new(ErrorKind::Read, anyhow!("no file `a.torrent`")).at("a.torrent");
        assert_eq!(human(&error), "error: no file `a.torrent`");
        let error = CommandError::new(ErrorKind::BadInput, anyhow!("not a torrent")).at("a.torrent");
        assert_eq!(human(&error), "error: a.torrent: not a torrent");
    }

    #[test]
    fn deeper_causes_stand_beneath_and_repeated_ones_nowhere() {
        let error = anyhow!("deepest").context("deep").context("why").context("what");
        assert_eq!(
            human(&CommandError::new(ErrorKind::Write, error)),
            "error: what: why\n  caused by: deep\n  caused by: deepest"
        );
        let error = anyhow!("why").context("what: why");
        assert_eq!(human(&CommandError::new(ErrorKind::Write, error)), "error: what: why");
    }

    #[test]
    fn names_cannot_act_on_the_terminal() {
        let error = CommandError::new(ErrorKind::Read, anyhow!("gone")).at("a\x1b[2J\nhint: lies");
        assert_eq!(human(&error), "error: a\\u{1b}[2J\\nhint: lies: gone");
    }

    #[test]
    fn colour_marks_the_labels() {
        let error = CommandError::new(ErrorKind::Read, anyhow!("gone")).hint("look");
        let shown = Report::new(&error).human(Style::new(true));
        assert_eq!(shown, "\x1b[1;31merror:\x1b[0m gone\n\x1b[36mhint:\x1b[0m look");
    }
}
