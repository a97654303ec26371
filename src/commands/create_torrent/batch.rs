//! `--batch`: many torrents, one a line.
//!
//! A line is a path, or a JSON object with `path` and what a profile may hold. All lines are read before
//! anything is made; each torrent is then made as if it were the only one, and one that cannot be made does
//! not keep the others from it.

use std::collections::HashMap;
use std::io::{Read, Write as _};
use std::path::{Path, PathBuf};

use anyhow::anyhow;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::config::{self, CreateLayer, Settings};
use crate::env::Env;
use crate::exit::{CommandError, ErrorKind, ExitStatus};
use crate::ui;

use super::request::{Request, Target};
use super::reuse::Last;
use super::{CreateTorrent, make, usage};

/// Bytes of a batch, at most: a hundred thousand lines with their keys.
const LARGEST: u64 = 64 << 20;

/// One line.
#[derive(Debug, Default, PartialEq)]
struct Job {
    /// Where it stands, counted from 1.
    line: usize,
    path: PathBuf,
    output: Option<PathBuf>,
    name: Option<String>,
    profile: Option<String>,
    keys: CreateLayer,
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
    check_targets(&requests).map_err(|(line, error)| at_line(error, file, line))?;
    let mut worst = ExitStatus::Success;
    let mut shown = false;
    let mut last = Last::default();
    for (line, path, request) in requests {
        if env.is_interrupted() {
            return Err(CommandError::new(ErrorKind::Interrupted, anyhow!("interrupted")));
        }
        if shown && !settings.json {
            env.out.write_all(b"\n")?;
        }
        let made = match request {
            Ok(request) => make(env, settings, &request, Some(&mut last)),
            Err(error) => Err(at_line(error, file, line)),
        };
        shown = made.is_ok();
        let status = match made {
            Err(error) if error.kind == ErrorKind::ClosedPipe || env.is_interrupted() => return Err(error),
            Err(mut error) => {
                error.path.get_or_insert(path);
                env.out.flush()?;
                ui::error::report(env, settings.json, settings.color.err, &error)
            }
            Ok(status) => status,
        };
        worst = worst.max(status);
    }
    Ok(worst)
}

fn request(
    args: &CreateTorrent,
    job: Job,
    env: &mut Env,
    settings: &Settings,
) -> Result<Request, CommandError> {
    let mut args = args.clone();
    args.paths = vec![job.path];
    // The directory of the flag holds what the line names by itself.
    args.output = match (args.output, job.output) {
        (Some(directory), Some(output)) if output.as_os_str() != "-" => Some(directory.join(output)),
        (directory, output) => output.or(directory),
    };
    args.metadata.name = job.name;
    args.profile = args.profile.or(job.profile);
    args.settle(env, settings, job.keys)
}

/// Refuses two torrents under one name, of which the second would take the place of the first.
fn check_targets(
    requests: &[(usize, PathBuf, Result<Request, CommandError>)],
) -> Result<(), (usize, CommandError)> {
    let mut lines: HashMap<&Target, usize> = HashMap::new();
    for (line, _, request) in requests {
        let Ok(request) = request else { continue };
        let Some(first) = lines.insert(&request.target, *line) else { continue };
        let error = match &request.target {
            Target::Stdout => usage("standard output takes one torrent, and there are two"),
            Target::File(path) => usage(format!("`{}` is what line {first} makes already", path.display())),
        };
        return Err((*line, error.hint("give each an `output` or a `name` of its own")));
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
    let wrong = |error: serde_json::Error| {
        let (message, hint) = config::explain(&error.to_string());
        let error = usage(message);
        hint.into_iter().fold(error, CommandError::hint)
    };
    let mut object: Map<String, Value> = serde_json::from_str(text).map_err(wrong)?;
    let mut take = |key: &str| match object.remove(key) {
        None => Ok(None),
        Some(Value::String(text)) if !text.is_empty() => Ok(Some(text)),
        Some(_) => Err(usage(format!("`{key}` is no text, or an empty one"))),
    };
    let path = take("path")?.ok_or_else(|| {
        usage("there is no `path`").hint("write `{\"path\": \"album\"}`, or the path alone without braces")
    })?;
    let (output, name, profile) = (take("output")?, take("name")?, take("profile")?);
    let keys = CreateLayer::deserialize(Value::Object(object)).map_err(wrong)?;
    Ok(Job { line, path: path.into(), output: output.map(Into::into), name, profile, keys })
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
