//! `--batch`: many torrents, one a line.
//!
//! A line is a path, or a JSON object with `path` and what a profile may hold. All lines are read before
//! anything is made; each torrent is then made as if it were the only one, and one that cannot be made does
//! not keep the others from it.

use std::collections::HashMap;
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::anyhow;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::config::{self, CreateLayer, Settings};
use crate::env::Env;
use crate::exit::{CommandError, ErrorKind, ExitStatus};
use crate::ui;

use super::request::{Request, Target};
use super::together::{self, Item};
use super::{CreateTorrent, usage};

/// Bytes of a batch, at most: a hundred thousand lines with their keys.
const LARGEST: u64 = 64 << 20;

/// One line.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Job {
    /// Where it stands, counted from 1.
    line: usize,
    path: PathBuf,
    pub(super) output: Option<PathBuf>,
    pub(super) name: Option<String>,
    pub(super) profile: Option<String>,
    pub(super) keys: CreateLayer,
}

/// Makes the torrents of a batch.
pub(super) fn run(
    args: &CreateTorrent,
    file: &Path,
    env: &mut Env,
    settings: &Settings,
) -> Result<ExitStatus, CommandError> {
    if args.output.as_ref().is_some_and(|output| !env.path(output).is_dir()) {
        return Err(usage("with --batch, --output is a directory that exists")
            .hint("a file for one of the torrents is the `output` of its line"));
    }
    let text = read(file, env)?;
    let jobs = parse(&text).map_err(|(line, error)| at_line(error, file, line))?;
    if jobs.is_empty() {
        let error =
            CommandError::new(ErrorKind::BadInput, anyhow!("reading a batch: there is nothing in it"));
        return Err(error.at(file).hint("write a path or a JSON object on each line"));
    }
    let mut requests = Vec::with_capacity(jobs.len());
    for job in jobs {
        let (line, path) = (job.line, job.path.clone());
        requests.push((line, path, request(args, job, env, settings)));
    }
    let settled = requests.iter().map(|(line, _, request)| (*line, request.as_ref().ok()));
    check_targets(settled, |line| format!("line {line}"))
        .map_err(|(line, error)| at_line(error, file, line))?;
    let item = |(line, path, request): (usize, PathBuf, Result<Request, CommandError>)| Item {
        path,
        request: request.map_err(|error| at_line(error, file, line)),
    };
    together::make_all(env, settings, requests.into_iter().map(item).collect())
}

fn request(
    args: &CreateTorrent,
    job: Job,
    env: &mut Env,
    settings: &Settings,
) -> Result<Request, CommandError> {
    let mut args = args.clone();
    args.paths = vec![job.path];
    args.output = output(args.output, job.output);
    args.metadata.name = job.name;
    args.profile = args.profile.or(job.profile);
    args.settle(env, settings, job.keys, None)
}

/// Where a torrent goes: a directory that a flag names holds what the job names by itself.
pub(super) fn output(directory: Option<PathBuf>, named: Option<PathBuf>) -> Option<PathBuf> {
    match (directory, named) {
        (Some(directory), Some(named)) if named.as_os_str() != "-" => Some(directory.join(named)),
        (directory, named) => named.or(directory),
    }
}

/// Refuses two torrents under one name, of which the second would take the place of the first; gives the number of
/// the second.
pub(super) fn check_targets<'a>(
    requests: impl Iterator<Item = (usize, Option<&'a Request>)>,
    name: impl Fn(usize) -> String,
) -> Result<(), (usize, CommandError)> {
    let mut numbers: HashMap<&Target, usize> = HashMap::new();
    for (number, request) in requests {
        let Some(request) = request else { continue };
        let Some(first) = numbers.insert(&request.target, number) else { continue };
        let error = match &request.target {
            Target::Stdout => usage("standard output takes one torrent, and there are two"),
            Target::File(path) => {
                usage(format!("`{}` is what {} makes already", path.display(), name(first)))
            }
        };
        return Err((number, error.hint("give each an `output` or a `name` of its own")));
    }
    Ok(())
}

fn at_line(mut error: CommandError, file: &Path, line: usize) -> CommandError {
    let file = if file.as_os_str() == "-" { "standard input".to_owned() } else { file.display().to_string() };
    error.source = anyhow!("reading a batch: {file}, line {line}: {:#}", error.source);
    error
}

fn read(file: &Path, env: &mut Env) -> Result<String, CommandError> {
    let mut text = String::new();
    let read = if file.as_os_str() == "-" {
        (&mut env.stdin).take(LARGEST + 1).read_to_string(&mut text)
    } else {
        std::fs::File::open(env.path(file)).and_then(|from| from.take(LARGEST + 1).read_to_string(&mut text))
    };
    read.map_err(|error| {
        let kind = match error.kind() {
            std::io::ErrorKind::InvalidData => ErrorKind::BadInput,
            _ => ErrorKind::Read,
        };
        CommandError::new(kind, anyhow::Error::new(error).context("reading a batch")).at(file)
    })?;
    if text.len() as u64 > LARGEST {
        let error = anyhow!("reading a batch: it is larger than {}", ui::text::size(LARGEST));
        return Err(CommandError::new(ErrorKind::BadInput, error).at(file));
    }
    Ok(text)
}

/// The jobs of a text; the first line that cannot be read is an error.
fn parse(text: &str) -> Result<Vec<Job>, (usize, CommandError)> {
    let lines = text.lines().zip(1..).filter(|(line, _)| !line.trim().is_empty());
    lines.map(|(line, number)| parse_line(line, number).map_err(|error| (number, error))).collect()
}

fn parse_line(text: &str, line: usize) -> Result<Job, CommandError> {
    if !text.trim_start().starts_with('{') {
        return Ok(Job { line, path: text.into(), ..Job::default() });
    }
    let mut object: Map<String, Value> = serde_json::from_str(text).map_err(|error| wrong(&error))?;
    let path = take(&mut object, "path")?.ok_or_else(|| {
        usage("there is no `path`").hint("write `{\"path\": \"album\"}`, or the path alone without braces")
    })?;
    Ok(Job { line, path: path.into(), ..job(object)? })
}

/// What an object says, but for the path.
pub(super) fn job(mut object: Map<String, Value>) -> Result<Job, CommandError> {
    let (output, name) = (take(&mut object, "output")?, take(&mut object, "name")?);
    let profile = take(&mut object, "profile")?;
    let keys = CreateLayer::deserialize(Value::Object(object)).map_err(|error| wrong(&error))?;
    Ok(Job { output: output.map(Into::into), name, profile, keys, ..Job::default() })
}

/// A key that is a text.
fn take(object: &mut Map<String, Value>, key: &str) -> Result<Option<String>, CommandError> {
    match object.remove(key) {
        None => Ok(None),
        Some(Value::String(text)) if !text.is_empty() => Ok(Some(text)),
        Some(_) => Err(usage(format!("`{key}` is no text, or an empty one"))),
    }
}

/// The error of an object that cannot be read.
pub(super) fn wrong(error: &serde_json::Error) -> CommandError {
    let (message, hint) = config::explain(&error.to_string());
    hint.into_iter().fold(usage(message), CommandError::hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_path_or_an_object() {
        let jobs = parse("a b\n\n  \n{\"path\": \"c\", \"output\": \"d\", \"private\": true}\n").unwrap();
        assert_eq!(jobs[0], Job { line: 1, path: "a b".into(), ..Job::default() });
        assert_eq!((jobs[1].line, jobs[1].path.to_str(), jobs[1].keys.private), (4, Some("c"), Some(true)));
    }

    #[test]
    fn a_line_that_cannot_be_read_is_named() {
        for (text, line, word, hint) in [
            ("a\n{", 2, "EOF", ""),
            ("{}", 1, "no `path`", "without braces"),
            ("{\"path\": 1}", 1, "`path` is no text", ""),
            ("{\"path\": \"a\", \"privat\": true}", 1, "unknown key `privat`", "did you mean `private`?"),
            ("{\"path\": \"a\", \"piece-length\": \"x\"}", 1, "no size", ""),
        ] {
            let (at, error) = parse(text).unwrap_err();
            assert_eq!(at, line, "{text}");
            assert!(error.source.to_string().contains(word), "{text}: {}", error.source);
            assert!(error.hints.join("").contains(hint), "{text}: {:?}", error.hints);
        }
    }
}
