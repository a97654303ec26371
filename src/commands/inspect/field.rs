//! `--field`: one value of the document, for scripts.

use std::io::Write as _;

use anyhow::anyhow;
use serde_json::Value;

use super::files::Files;
use super::report::{FIELDS, Report};
use crate::config::Settings;
use crate::env::Env;
use crate::exit::{CommandError, ErrorKind};
use crate::ui;

/// Fails for a field that no document has, before anything is read.
pub(super) fn check(name: &str) -> Result<(), CommandError> {
    let top = top(name);
    if FIELDS.contains(&top) { Ok(()) } else { Err(unknown(name, top, FIELDS)) }
}

fn top(name: &str) -> &str {
    name.split('.').next().unwrap_or(name)
}

/// Prints the value: as JSON, or raw.
pub(super) fn print(
    env: &mut Env,
    settings: &Settings,
    mut report: Report<'_>,
    name: &str,
) -> Result<(), CommandError> {
    if top(name) != "files" {
        // Half a million of them are not told for the sake of one hash.
        report.files = Files::default();
    }
    let document = serde_json::to_value(report).map_err(|error| {
        CommandError::new(ErrorKind::Write, anyhow::Error::new(error).context("writing JSON"))
    })?;
    let value = select(document, name)?;
    if settings.json {
        return ui::json::print(env, &value);
    }
    let mut text = String::new();
    write_raw(&value, &mut text);
    if env.out_is_terminal {
        text = text.split_inclusive('\n').map(shown).collect();
    }
    env.out.write_all(text.as_bytes())?;
    Ok(())
}

/// A line as a terminal may have it.
fn shown(line: &str) -> String {
    match line.strip_suffix('\n') {
        Some(text) => format!("{}\n", ui::text::visible(text)),
        None => ui::text::visible(line).into_owned(),
    }
}

/// Follows the parts of a name into the document.
fn select(document: Value, name: &str) -> Result<Value, CommandError> {
    name.split('.').try_fold(document, |value, part| step(value, part, name))
}

fn step(value: Value, part: &str, name: &str) -> Result<Value, CommandError> {
    match value {
        Value::Object(mut fields) => match fields.remove(part) {
            Some(value) => Ok(value),
            // Fields that stand only where they have something to tell.
            None if part.ends_with("_hex") || OPTIONAL.contains(&part) => Ok(Value::Null),
            None => Err(unknown(name, part, fields.keys().map(String::as_str))),
        },
        Value::Array(mut items) => match part.parse::<usize>() {
            Ok(index) if index < items.len() => Ok(items.swap_remove(index)),
            Ok(_) => Ok(Value::Null),
            Err(_) => items.into_iter().map(|item| step(item, part, name)).collect(),
        },
        Value::Null => Ok(Value::Null),
        _ => Err(unknown(name, part, [])),
    }
}

/// Fields of files that most files do not have.
const OPTIONAL: [&str; 5] = ["path_in_torrent", "symlink", "sha1", "md5", "mtime"];

/// Lists one item a line, whatever they lie in; objects as JSON; nothing for null.
fn write_raw(value: &Value, text: &mut String) {
    match value {
        Value::Null => {}
        Value::Array(items) => items.iter().for_each(|item| write_raw(item, text)),
        Value::String(line) => {
            text.push_str(line);
            text.push('\n');
        }
        other => {
            text.push_str(&other.to_string());
            text.push('\n');
        }
    }
}

fn unknown<'a>(name: &str, part: &str, known: impl IntoIterator<Item = &'a str>) -> CommandError {
    let known: Vec<&str> = known.into_iter().collect();
    let why = match name == part {
        true => anyhow!("unknown field `{name}`"),
        false => anyhow!("unknown field `{name}`: there is no `{part}`"),
    };
    let error = CommandError::new(ErrorKind::Usage, why);
    match ui::text::nearest(part, known.iter().copied()) {
        Some(meant) => error.hint(format!("did you mean `{meant}`?")),
        None if known.is_empty() => error.hint("the value before the dot holds no fields"),
        None => error.hint(format!("there is {}", ui::text::choices(known.iter().copied()))),
    }
}
