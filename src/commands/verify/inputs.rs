//! Which torrents are meant, and which content.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use anyhow::anyhow;
use walkdir::WalkDir;

use crate::content::walk::DEPTH;
use crate::env::Env;
use crate::exit::{CommandError, ErrorKind};

use super::Verify;

/// One torrent, and its content where it was named.
#[derive(Debug)]
pub(super) struct Item {
    pub(super) torrent: OsString,
    pub(super) content: Option<PathBuf>,
}

/// The torrents of the command line, those in directories in the order of their paths.
pub(super) fn items(env: &Env, request: &Verify) -> Result<Vec<Item>, CommandError> {
    let directories = request.base_directory.iter().map(|base| ("--base-directory", base));
    for (flag, directory) in directories.chain(request.find.iter().map(|find| ("--find", find))) {
        if !env.path(directory).is_dir() {
            let why = anyhow!("there is no such directory").context(flag);
            return Err(CommandError::new(ErrorKind::Read, why).at(directory));
        }
    }
    let first = &request.torrent;
    let is_directory = |input: &OsStr| env.path(Path::new(input)).is_dir();
    if let Some(content) = &request.content
        && request.more.is_empty()
        && request.base_directory.is_none()
        && !is_directory(first)
        && !is_torrent(env, content)
    {
        return Ok(vec![Item { torrent: first.clone(), content: Some(content.into()) }]);
    }
    let inputs = || [first].into_iter().chain(&request.content).chain(&request.more);
    if inputs().filter(|input| *input == "-").count() > 1 {
        let why = anyhow!("standard input (`-`) is given twice, but can be read only once");
        return Err(CommandError::new(ErrorKind::Usage, why));
    }
    let mut items = Vec::new();
    for input in inputs() {
        if is_directory(input) {
            let found = torrents_below(env, Path::new(input))?;
            items.extend(found.into_iter().map(|path| Item { torrent: path.into(), content: None }));
        } else {
            items.push(Item { torrent: input.clone(), content: None });
        }
    }
    Ok(items)
}

/// Whether the second argument is one more torrent, and not the content of the first.
fn is_torrent(env: &Env, input: &OsStr) -> bool {
    let is_url =
        input.to_str().is_some_and(|text| text.starts_with("http://") || text.starts_with("https://"));
    is_url || (has_suffix(Path::new(input)) && env.path(Path::new(input)).is_file())
}

fn has_suffix(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("torrent"))
}

/// The torrents in a directory and those below it.
fn torrents_below(env: &Env, directory: &Path) -> Result<Vec<PathBuf>, CommandError> {
    let root = env.path(directory);
    let mut found = Vec::new();
    for entry in WalkDir::new(&root).max_depth(DEPTH).sort_by_file_name() {
        let entry = entry.map_err(|error| {
            let path = error.path().map(Path::to_owned);
            let failed = CommandError::new(ErrorKind::Read, anyhow!(error).context("looking for torrents"));
            match path {
                Some(path) => failed.at(path),
                None => failed.at(directory),
            }
        })?;
        if has_suffix(entry.path()) && entry.path().is_file() {
            let below = entry.path().strip_prefix(&root).unwrap_or(entry.path());
            // `./a.torrent` says no more than `a.torrent`.
            let here = directory == Path::new(".");
            found.push(if here { below.to_owned() } else { directory.join(below) });
        }
    }
    if found.is_empty() {
        let why = anyhow!("no file in it is called *.torrent").context("looking for torrents");
        return Err(CommandError::new(ErrorKind::BadInput, why)
            .at(directory)
            .hint("name the torrent first, then the directory of its content"));
    }
    Ok(found)
}
