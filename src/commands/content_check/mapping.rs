//! `--map TORRENT_PATH=DISK_PATH`: files and directories of a torrent that lie elsewhere.

use std::fmt;
use std::path::{Path, PathBuf};

use anyhow::anyhow;

use crate::env::Env;
use crate::exit::{CommandError, ErrorKind};
use crate::metainfo::{Metainfo, path};

use super::content::below;

/// What was typed: at least one `=`, and something before it.
#[derive(Clone, Debug)]
pub(crate) struct Argument(String);

/// A file or directory of one torrent, and where it lies instead.
#[derive(Debug)]
pub(crate) struct Mapping {
    from: String,
    to: PathBuf,
}

impl Argument {
    /// Takes what can be split.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        match text.split_once('=') {
            Some((from, to)) if !from.trim_matches('/').is_empty() && !to.is_empty() => Ok(Self(text.into())),
            _ => Err("expected TORRENT_PATH=DISK_PATH, such as `Season 1=/media/s01`".into()),
        }
    }

    /// Every way to split it: names hold `=` as well.
    fn splits(&self) -> impl Iterator<Item = (&str, &str)> {
        let text = &self.0;
        text.match_indices('=').map(|(at, _)| (&text[..at], &text[at + 1..]))
    }
}

impl fmt::Display for Argument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Mapping {
    /// Where a file of the torrent lies, if this is about it, and how long a part of its path that took.
    pub(crate) fn apply(&self, path: &str) -> Option<(usize, PathBuf)> {
        let rest = path.strip_prefix(&self.from)?;
        let to = match rest.strip_prefix('/') {
            Some(inside) => self.to.join(inside.split('/').collect::<PathBuf>()),
            None if rest.is_empty() => self.to.clone(),
            None => return None,
        };
        Some((self.from.len(), to))
    }
}

/// The mappings that fit a file of a torrent, and for each argument whether it did. One that does not is an
/// error where there is only this torrent.
pub(crate) fn of_torrent(
    env: &Env,
    arguments: &[Argument],
    metainfo: &Metainfo,
    resolved: &path::Resolved,
    in_batch: bool,
) -> Result<(Vec<Mapping>, Vec<bool>), CommandError> {
    if arguments.is_empty() {
        return Ok((Vec::new(), Vec::new()));
    }
    let raw = |file| metainfo.path(file).map(String::from_utf8_lossy).collect::<Vec<_>>().join("/");
    let raw: Vec<String> = metainfo.info.files.iter().map(raw).collect();
    let safe = || resolved.files().map(|file| below(file, resolved));
    let mut maps = Vec::new();
    let mut used = Vec::new();
    for argument in arguments {
        let fitting = argument.splits().find_map(|(from, to)| {
            let from = from.trim_matches('/');
            let map = Mapping { from: from.to_owned(), to: env.path(Path::new(to)) };
            let fits = safe().chain(raw.iter().map(String::as_str)).any(|path| map.apply(path).is_some());
            (fits && !from.is_empty()).then_some(map)
        });
        if fitting.is_none() && !in_batch {
            let why = anyhow!("--map `{argument}`: the torrent has no such file or directory");
            let hint = "write the path as `ccbt verify --verbose` shows it, without the torrent's own name";
            return Err(CommandError::new(ErrorKind::Usage, why).hint(hint));
        }
        used.push(fitting.is_some());
        maps.extend(fitting);
    }
    Ok((maps, used))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mapping_moves_a_file_or_all_of_a_directory() {
        let map = Mapping { from: "a/b".into(), to: "/x".into() };
        assert_eq!(map.apply("a/b"), Some((3, "/x".into())));
        assert_eq!(map.apply("a/b/c/d"), Some((3, "/x/c/d".into())));
        assert_eq!(map.apply("a/bc"), None);
        assert_eq!(map.apply("a"), None);
    }

    #[test]
    fn arguments_are_split_at_any_equals_sign() {
        let argument = Argument::parse("a=b=c").expect("two ways");
        let splits: Vec<_> = argument.splits().collect();
        assert_eq!(splits, [("a", "b=c"), ("a=b", "c")]);
        for bad in ["a", "=b", "a=", "/=b"] {
            Argument::parse(bad).expect_err(bad);
        }
    }
}
