//! `ccbt.toml`: where it lies and what is wrong with it.

use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use super::layer::Layer;
use crate::env::Env;
use crate::exit::{CommandError, ErrorKind};
use crate::ui::text;
pub(super) use crate::ui::text::nearest;

/// The name of the file, in a working directory, above it, or in the directory `ccbt` of XDG.
const NAME: &str = "ccbt.toml";
/// Settings are a few lines: a larger file is another file.
const LARGEST: u64 = 1 << 20;

/// The settings file of this run: the one named by the flag or by `CCBT_CONFIG`, else the first found
/// upward from the working directory, else the one of the XDG directories. Files are not merged.
pub(super) fn locate(env: &Env, named: Option<&Path>) -> Option<PathBuf> {
    if let Some(named) = named {
        return Some(env.path(named));
    }
    if let Some(named) = env.var("CCBT_CONFIG") {
        return Some(env.path(Path::new(named)));
    }
    let above = env.cwd.ancestors().map(|directory| directory.join(NAME));
    let user = user_directories(env).into_iter().map(|directory| directory.join("ccbt").join(NAME));
    above.chain(user).find(|path| path.is_file())
}

/// XDG Base Directory Specification; relative paths in its variables are to be ignored.
fn user_directories(env: &Env) -> Vec<PathBuf> {
    let absolute = |name| env.var(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let home = absolute("XDG_CONFIG_HOME").or_else(|| Some(absolute("HOME")?.join(".config")));
    let mut directories: Vec<PathBuf> = home.into_iter().chain(absolute("APPDATA")).collect();
    match env.var("XDG_CONFIG_DIRS") {
        Some(list) => directories.extend(std::env::split_paths(list).filter(|path| path.is_absolute())),
        None if cfg!(unix) => directories.push(PathBuf::from("/etc/xdg")),
        None => {}
    }
    directories
}

/// Reads the settings of a file.
///
/// # Errors
///
/// A read error, or a usage error that names the line.
pub(super) fn read(path: &Path) -> Result<Layer, CommandError> {
    let text = read_text(path).map_err(|error| {
        let error = anyhow::Error::new(error).context("reading settings");
        CommandError::new(ErrorKind::Read, error).at(path)
    })?;
    parse(&text).map_err(|problem| {
        let place = format!("{}:{}", text::visible(&path.display().to_string()), problem.line);
        let error = anyhow::anyhow!("reading settings: {place}: {}", problem.message);
        let error = CommandError::new(ErrorKind::Usage, error).at(path);
        problem.hint.into_iter().fold(error, CommandError::hint)
    })
}

fn read_text(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    let read = std::fs::File::open(path)?.take(LARGEST + 1).read_to_string(&mut text)?;
    if read as u64 > LARGEST {
        return Err(io::Error::other(format!("larger than {}", text::size(LARGEST))));
    }
    Ok(text)
}

/// What is wrong with settings, and where.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Problem {
    /// Counted from 1.
    pub(super) line: usize,
    pub(super) message: String,
    pub(super) hint: Option<String>,
}

/// Parses the text of a settings file.
pub(super) fn parse(text: &str) -> Result<Layer, Problem> {
    toml::from_str(text).map_err(|error| {
        let start = error.span().map_or(0, |span| span.start.min(text.len()));
        let line = 1 + text.as_bytes().iter().take(start).filter(|byte| **byte == b'\n').count();
        let (message, hint) = explain(error.message());
        Problem { line, message, hint }
    })
}

/// serde words an unknown key as "unknown field `x`, expected one of `a`, `b`"; people get a shorter
/// sentence and the name they meant. Its word for a number that may not be 0 is one of Rust's.
pub(crate) fn explain(message: &str) -> (String, Option<String>) {
    let message = message.lines().collect::<Vec<_>>().join(" ");
    let message = ["a nonzero usize", "a nonzero u64"]
        .iter()
        .fold(message, |message, rust| message.replace(rust, "a whole number, at least 1"));
    let quoted =
        |text: &str| -> Vec<String> { text.split('`').skip(1).step_by(2).map(str::to_owned).collect() };
    let (what, names) = if message.starts_with("unknown field `") {
        ("unknown key", quoted(&message))
    } else if message.starts_with("unknown variant `") {
        ("unknown value", quoted(&message))
    } else {
        return (message, None);
    };
    let Some((name, known)) = names.split_first() else { return (message, None) };
    (format!("{what} `{name}`"), Some(suggestion(name, known.iter().map(String::as_str))))
}

/// The name that was meant, or all there are.
pub(super) fn suggestion<'a>(name: &str, known: impl Iterator<Item = &'a str> + Clone) -> String {
    match nearest(name, known.clone()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("there is {}", text::choices(known)),
    }
}
