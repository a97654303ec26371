//! `--also`: further torrents of the same content.
//!
//! Owns the form of the argument, and that its keys win over the flags. What the keys mean is what they mean in a
//! line of a batch.

use serde_json::{Map, Value};

use crate::config::{CreateLayer, Key, Settings};
use crate::env::Env;
use crate::exit::{CommandError, ExitStatus};

use super::batch::{self, Job};
use super::request::Request;
use super::together::{self, Item};
use super::{CreateTorrent, usage};

/// Makes the torrent of the flags, and those beside it.
pub(super) fn run(
    args: &CreateTorrent,
    env: &mut Env,
    settings: &Settings,
) -> Result<ExitStatus, CommandError> {
    let jobs: Vec<Job> = args.also.iter().map(|text| parse(text)).collect::<Result<_, _>>()?;
    let first = args.clone().settle(env, settings, CreateLayer::default(), None)?;
    let input = first.input.clone();
    let mut requests = vec![first];
    for (job, text) in jobs.into_iter().zip(&args.also) {
        let request = beside(args, job, env)
            .and_then(|(args, keys)| args.settle(env, settings, keys, Some(input.clone())));
        requests.push(request.map_err(|error| at(error, text))?);
    }
    let name = |number: usize| match number {
        0 => "the torrent of the flags".to_owned(),
        number => format!("--also number {number}"),
    };
    let numbered = requests.iter().enumerate().map(|(number, request)| (number, Some(request)));
    batch::check_targets(numbered, name).map_err(|(number, error)| match number.checked_sub(1) {
        Some(index) => at(error, &args.also[index]),
        None => error,
    })?;
    let root = input.root();
    let item = |request: Request| Item { path: root.clone(), request: Ok(request) };
    together::make_all(env, settings, requests.into_iter().map(item).collect())
}

fn at(mut error: CommandError, text: &str) -> CommandError {
    error.source = anyhow::anyhow!("reading `--also {text}`: {:#}", error.source);
    error
}

/// The flags of a further torrent, without those that its keys are about, and the keys.
fn beside(args: &CreateTorrent, job: Job, env: &Env) -> Result<(CreateTorrent, CreateLayer), CommandError> {
    let mut args = args.clone();
    let directory = args.output.take().filter(|output| env.path(output).is_dir());
    args.output = batch::output(directory, job.output);
    args.metadata.name = job.name.or(args.metadata.name);
    args.profile = job.profile.or(args.profile);
    give_way(&mut args, &job.keys);
    Ok((args, job.keys))
}

/// Takes back the flags of keys that are given.
fn give_way(args: &mut CreateTorrent, keys: &CreateLayer) {
    let CreateTorrent { format, metadata, files, .. } = args;
    if keys.format.is_some() {
        (format.v1, format.v2, format.hybrid) = (false, false, false);
    }
    if keys.piece_length.is_some() || keys.piece_count.is_some() || keys.max_torrent_size.is_some() {
        (format.piece_length, format.piece_count, format.max_torrent_size) = (None, None, None);
    }
    if keys.max_piece_length.is_some() {
        format.max_piece_length = None;
    }
    let lists = [
        (keys.tracker.is_some(), &mut metadata.tracker),
        (keys.web_seed.is_some(), &mut metadata.web_seed),
        (keys.http_seed.is_some(), &mut metadata.http_seed),
        (keys.node.is_some(), &mut metadata.node),
        (keys.similar.is_some(), &mut metadata.similar),
        (keys.collection.is_some(), &mut metadata.collection),
        (keys.set.is_some(), &mut metadata.set),
        (keys.set_info.is_some(), &mut metadata.set_info),
        (keys.include.is_some(), &mut files.include),
        (keys.exclude.is_some(), &mut files.exclude),
    ];
    lists.into_iter().filter(|(given, _)| *given).for_each(|(_, flag)| flag.clear());
    let texts = [
        (keys.update_url.is_some(), &mut metadata.update_url),
        (keys.source.is_some(), &mut metadata.source),
        (keys.comment.is_some(), &mut metadata.comment),
        (keys.created_by.is_some(), &mut metadata.created_by),
        (keys.creation_date.is_some(), &mut metadata.creation_date),
    ];
    texts.into_iter().filter(|(given, _)| *given).for_each(|(_, flag)| *flag = None);
    let flags = [
        (keys.private.is_some(), &mut metadata.private),
        (keys.private.is_some(), &mut metadata.no_private),
        (keys.created_by.is_some(), &mut metadata.no_created_by),
        (keys.creation_date.is_some(), &mut metadata.no_creation_date),
        (keys.md5.is_some(), &mut metadata.md5),
        (keys.sha1.is_some(), &mut metadata.sha1),
        (keys.hidden.is_some(), &mut files.hidden),
        (keys.junk.is_some(), &mut files.junk),
        (keys.gitignore.is_some(), &mut files.gitignore),
        (keys.align.is_some(), &mut files.align),
        (keys.attributes.is_some(), &mut files.attributes),
        (keys.mtime.is_some(), &mut files.mtime),
    ];
    flags.into_iter().filter(|(given, _)| *given).for_each(|(_, flag)| *flag = false);
    if keys.root_certificate.is_some() {
        metadata.root_certificate = None;
    }
    if keys.entropy.is_some() {
        metadata.entropy = None;
    }
    if keys.symlinks.is_some() {
        files.symlinks = None;
    }
    if keys.sort.is_some() {
        files.sort = None;
    }
}

/// What an argument says.
fn parse(text: &str) -> Result<Job, CommandError> {
    let object = match text.trim_start().starts_with('{') {
        true => serde_json::from_str(text).map_err(|error| batch::wrong(&error)),
        false => pairs(text),
    };
    let job = object.and_then(|object| match object.contains_key("path") {
        true => {
            Err(usage("`path` is that of the command").hint("--batch makes torrents of several contents"))
        }
        false => batch::job(object),
    });
    job.map_err(|error| at(error, text))
}

/// The keys of `KEY=VALUE,KEY=VALUE`. A comma before what is no key belongs to the value.
fn pairs(text: &str) -> Result<Map<String, Value>, CommandError> {
    let is_key = |key: &str| {
        key.starts_with(|first: char| first.is_ascii_lowercase())
            && key
                .chars()
                .all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-')
    };
    let mut given: Vec<(&str, String)> = Vec::new();
    for part in text.split(',') {
        match (part.split_once('=').filter(|(key, _)| is_key(key)), given.last_mut()) {
            (Some((key, value)), _) => given.push((key, value.to_owned())),
            (None, Some((_, value))) => {
                value.push(',');
                value.push_str(part);
            }
            (None, None) => {
                return Err(usage(format!("`{part}` has no key"))
                    .hint("write `KEY=VALUE,KEY=VALUE`, such as `format=hybrid,output=b.torrent`"));
            }
        }
    }
    let mut object = Map::new();
    for (key, text) in given {
        let before = object.remove(key);
        let value = match (Key::of_torrents(key).is_some_and(Key::is_list), before) {
            (true, Some(Value::Array(mut values))) => {
                values.push(Value::String(text));
                Value::Array(values)
            }
            (true, _) => Value::Array(vec![Value::String(text)]),
            (false, Some(_)) => return Err(usage(format!("`{key}` is given twice"))),
            (false, None) => value(key, text),
        };
        object.insert(key.to_owned(), value);
    }
    Ok(object)
}

/// A value of the type that its key has; what does not fit it is told where the keys are read.
fn value(key: &str, text: String) -> Value {
    let known = Key::of_torrents(key);
    match text.as_str() {
        "true" | "false" if known.is_some_and(Key::is_switch) => Value::Bool(text == "true"),
        _ => match text.parse::<u64>() {
            Ok(number) if known.is_some_and(Key::is_number) => Value::from(number),
            _ => Value::String(text),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commas_before_what_is_no_key_belong_to_the_value() {
        let object =
            pairs("tracker=http://a/?x=1,http://b/,tracker=udp://c:1,source=S,private=true,piece-count=9");
        let expected = serde_json::json!({
            "tracker": ["http://a/?x=1,http://b/", "udp://c:1"],
            "source": "S",
            "private": true,
            "piece-count": 9,
        });
        assert_eq!(Value::Object(object.unwrap()), expected);
        for (bad, word) in [
            ("x", "no key"),
            ("source=a,source=b", "twice"),
            ("pice-length=1", "pice-length"),
            ("path=x", "path"),
        ] {
            let error = parse(bad).unwrap_err();
            assert!(error.source.to_string().contains(word), "{bad}: {}", error.source);
        }
    }

    /// A key that the settings get is one that works here.
    #[test]
    fn every_key_of_torrents_is_understood() {
        for key in crate::config::KEYS.iter().filter(|key| key.section == "create-torrent") {
            let value = match key.name {
                "format" => "hybrid",
                "sort" => "size:desc",
                "symlinks" => "follow",
                "piece-length" | "max-piece-length" | "max-torrent-size" => "4MiB",
                _ if key.is_switch() => "true",
                _ if key.is_number() => "7",
                _ => "text",
            };
            let argument = format!("{}={value}", key.name);
            assert!(parse(&argument).is_ok(), "{argument}");
        }
    }

    #[test]
    fn a_json_object_does_as_well() {
        let text = r#"{"piece-length": "4MiB", "output": "b.torrent"}"#;
        assert_eq!(parse(text).unwrap(), parse("piece-length=4MiB,output=b.torrent").unwrap());
    }
}
