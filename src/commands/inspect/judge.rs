//! Which lints are told, and which of them make the answer no.

use std::io::Write as _;

use anyhow::anyhow;
use serde::Serialize;

use crate::config::Settings;
use crate::env::Env;
use crate::exit::{CommandError, ErrorKind};
use crate::metainfo::{LINTS, Lint, Severity};
use crate::ui::{self, text};

/// What `--allow` and `--deny` say.
#[derive(Debug)]
pub(super) struct Judge<'a> {
    allowed: &'a [String],
    denied: &'a [String],
}

impl<'a> Judge<'a> {
    /// Fails for a name that no lint has.
    pub(super) fn new(allowed: &'a [String], denied: &'a [String]) -> Result<Self, CommandError> {
        allowed.iter().chain(denied).try_for_each(|name| check(name))?;
        Ok(Self { allowed, denied })
    }

    /// Whether the lint is told.
    pub(super) fn tells(&self, lint: &Lint) -> bool {
        !matches(self.allowed, lint) || self.denied.iter().any(|name| name == lint.name)
    }

    /// Whether a lint that is told makes the answer no.
    pub(super) fn denies(&self, lint: &Lint) -> bool {
        matches(self.denied, lint)
    }
}

/// Names of groups: a severity stands for itself and what is worse.
const GROUPS: [(&str, Severity); 4] = [
    ("all", Severity::Info),
    ("info", Severity::Info),
    ("warning", Severity::Warning),
    ("error", Severity::Error),
];

/// The document `ccbt.inspect.lints/1`.
#[derive(Debug, Serialize)]
struct List {
    schema: &'static str,
    lints: Vec<Known>,
}

#[derive(Debug, Serialize)]
struct Known {
    name: &'static str,
    about: &'static str,
}

/// Shows all names, and what they are about.
pub(super) fn list(env: &mut Env, settings: &Settings) -> Result<(), CommandError> {
    if settings.json {
        let lints = LINTS.iter().map(|&(name, about)| Known { name, about }).collect();
        return ui::json::print(env, &List { schema: "ccbt.inspect.lints/1", lints });
    }
    let width = LINTS.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
    for (name, about) in LINTS {
        writeln!(env.out, "{name:width$}  {about}")?;
    }
    Ok(())
}

fn matches(names: &[String], lint: &Lint) -> bool {
    names.iter().any(|name| {
        let group = GROUPS.iter().find(|(group, _)| group == name);
        group.map_or(name == lint.name, |(_, least)| lint.severity >= *least)
    })
}

fn check(name: &str) -> Result<(), CommandError> {
    let known = || LINTS.iter().map(|(lint, _)| *lint).chain(GROUPS.iter().map(|(group, _)| *group));
    if known().any(|lint| lint == name) {
        return Ok(());
    }
    let error = CommandError::new(ErrorKind::Usage, anyhow!("no lint is called `{name}`"));
    Err(match text::nearest(name, known()) {
        Some(meant) => error.hint(format!("did you mean `{meant}`?")),
        None => error.hint(format!(
            "`--list-lints` shows them; {} stand for many",
            text::choices(GROUPS.iter().map(|(group, _)| *group))
        )),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lint(name: &'static str, severity: Severity) -> Lint {
        Lint { name, severity, message: String::new() }
    }

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn names_and_severities_deny() {
        let (allowed, denied) = (names(&["pad-files"]), names(&["warning", "private-zero"]));
        let judge = Judge::new(&allowed, &denied).unwrap();
        assert!(judge.denies(&lint("unsorted-keys", Severity::Error)));
        assert!(judge.denies(&lint("not-utf8", Severity::Warning)));
        assert!(judge.denies(&lint("private-zero", Severity::Info)));
        assert!(!judge.denies(&lint("pad-files", Severity::Info)));
        assert!(!judge.tells(&lint("pad-files", Severity::Info)));
    }

    #[test]
    fn what_is_denied_by_name_is_told_although_its_group_is_allowed() {
        let (allowed, denied) = (names(&["all"]), names(&["not-utf8"]));
        let judge = Judge::new(&allowed, &denied).unwrap();
        assert!(judge.tells(&lint("not-utf8", Severity::Warning)));
        assert!(!judge.tells(&lint("unsorted-keys", Severity::Error)));
    }

    #[test]
    fn a_name_that_is_no_lint_is_refused_with_a_suggestion() {
        let error = Judge::new(&names(&["unsorted-key"]), &[]).unwrap_err();
        assert_eq!((error.kind, error.hints), (ErrorKind::Usage, names(&["did you mean `unsorted-keys`?"])));
        assert!(Judge::new(&[], &names(&["zzz"])).is_err());
    }

    #[test]
    fn the_table_is_in_order() {
        assert!(LINTS.is_sorted());
    }
}
