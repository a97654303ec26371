//! What the torrent is made of: one source, several, a list of files, or standard input.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::io::Read;
use std::path::{Component, Path, PathBuf};

use crate::content::walk::Sources;
use crate::env::Env;
use crate::exit::{CommandError, ErrorKind};

use super::{CreateTorrent, usage};

/// Longest list of files read: more than the paths of any torrent that readers take.
const MAX_LIST: u64 = 64 << 20;

/// What the torrent is made of.
#[derive(Clone, Debug)]
pub(super) enum Input {
    /// Files and directories.
    Disk(Sources),
    /// Standard input.
    Stdin,
}

impl Input {
    /// Settles what is meant; reads the list of files, where there is one.
    pub(super) fn settle(args: &CreateTorrent, env: &mut Env) -> Result<Self, CommandError> {
        let is_stdin = |path: &PathBuf| path.as_os_str() == "-";
        let named = args.metadata.name.is_some();
        let paths = &args.paths;
        match paths.as_slice() {
            [one] if is_stdin(one) => {
                if args.files.files_from.is_some() {
                    return Err(usage("standard input has no files to choose from")
                        .hint("give the directory that --files-from is about"));
                }
                if !named {
                    return Err(
                        usage("what comes from standard input has no name").hint("give one with --name")
                    );
                }
                if args.files.mtime {
                    return Err(usage("what comes from standard input was changed at no time")
                        .hint("leave --mtime out"));
                }
                if args.work.cache {
                    return Err(usage("nothing tells whether standard input is what it was before")
                        .hint("leave --cache out, or write the content to a file"));
                }
                Ok(Self::Stdin)
            }
            [base] => match &args.files.files_from {
                Some(list) => listed(list, args.files.null, env.path(base), env).map(Self::Disk),
                None => Ok(Self::Disk(Sources::One(env.path(base)))),
            },
            _ if paths.iter().any(is_stdin) => Err(usage("standard input can only be the whole content")
                .hint("write it to a file first, or call that file `./-`")),
            _ if args.files.files_from.is_some() => {
                Err(usage("--files-from is about one directory").hint("give that directory alone"))
            }
            _ if !named => Err(usage("several sources have no name together").hint("give one with --name")),
            _ => several(paths, env).map(Self::Disk),
        }
    }

    /// The path that errors about all of it name.
    pub(super) fn root(&self) -> PathBuf {
        match self {
            Self::Disk(Sources::One(root) | Sources::Listed { base: root, .. }) => root.clone(),
            Self::Disk(Sources::Several(named)) => {
                named.first().map(|(_, path)| path.clone()).unwrap_or_default()
            }
            Self::Stdin => PathBuf::from("-"),
        }
    }

    /// Every path that was named as content.
    pub(super) fn paths(&self) -> Vec<&Path> {
        match self {
            Self::Disk(Sources::One(root)) => vec![root],
            Self::Disk(Sources::Listed { base, .. }) => vec![base],
            Self::Disk(Sources::Several(named)) => named.iter().map(|(_, path)| path.as_path()).collect(),
            Self::Stdin => Vec::new(),
        }
    }
}

/// Each source under its own name; two of one name can't lie in one directory.
fn several(paths: &[PathBuf], env: &Env) -> Result<Sources, CommandError> {
    let mut named: Vec<(String, PathBuf)> = Vec::with_capacity(paths.len());
    let mut taken: HashMap<String, &Path> = HashMap::with_capacity(paths.len());
    for path in paths {
        let full = env.path(path);
        let name = own_name(&full)?;
        match taken.entry(name.clone()) {
            Entry::Vacant(free) => free.insert(path),
            Entry::Occupied(other) => {
                let (one, other) = (other.get().display(), path.display());
                return Err(usage(format!("`{one}` and `{other}` would both be `{name}` in the torrent"))
                    .hint("rename one of them, or make the torrent of a directory that holds both"));
            }
        };
        named.push((name, full));
    }
    Ok(Sources::Several(named))
}

/// What a source is called in the torrent's directory.
fn own_name(path: &Path) -> Result<String, CommandError> {
    let name = super::request::file_name(path)
        .ok_or_else(|| usage(format!("`{}` has no name of its own", path.display())))?;
    name.into_string().map_err(|name| {
        let error = anyhow::anyhow!("naming `{}` in the torrent: the name is not UTF-8", name.display());
        CommandError::new(ErrorKind::BadInput, error).at(path).hint("rename it")
    })
}

/// The files of a list.
fn listed(list: &Path, null: bool, base: PathBuf, env: &mut Env) -> Result<Sources, CommandError> {
    let bytes = read_list(list, env)?;
    let separator = if null { 0 } else { b'\n' };
    let mut below = Vec::new();
    let entries = bytes.split(|byte| *byte == separator);
    for entry in entries {
        let entry = if null { entry } else { entry.strip_suffix(b"\r").unwrap_or(entry) };
        if !entry.is_empty() {
            below.extend(path_below(entry, &base)?);
        }
    }
    if below.is_empty() {
        let error = anyhow::anyhow!("reading `{}`: there is no file in it", list.display());
        return Err(CommandError::new(ErrorKind::BadInput, error).at(list));
    }
    if base.metadata().is_ok_and(|metadata| !metadata.is_dir()) {
        return Err(usage(format!("`{}` is no directory to choose files from", base.display())));
    }
    Ok(Sources::Listed { base, below })
}

fn read_list(list: &Path, env: &mut Env) -> Result<Vec<u8>, CommandError> {
    let failed = |error: std::io::Error| {
        let error = anyhow::Error::new(error).context(format!("reading `{}`", list.display()));
        CommandError::new(ErrorKind::Read, error).at(list)
    };
    let mut bytes = Vec::new();
    let read = if list.as_os_str() == "-" {
        (&mut env.stdin).take(MAX_LIST + 1).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(env.path(list)).and_then(|file| file.take(MAX_LIST + 1).read_to_end(&mut bytes))
    };
    read.map_err(failed)?;
    if bytes.len() as u64 > MAX_LIST {
        return Err(usage(format!("`{}` is longer than {MAX_LIST} bytes", list.display())));
    }
    Ok(bytes)
}

/// An entry of a list as a path below the base; none for the base itself.
fn path_below(entry: &[u8], base: &Path) -> Result<Option<String>, CommandError> {
    let refused = |why: &str| {
        let shown = String::from_utf8_lossy(entry);
        let error = anyhow::anyhow!("reading the list of files: `{shown}`: {why}");
        CommandError::new(ErrorKind::BadInput, error)
    };
    let text = std::str::from_utf8(entry)
        .map_err(|_| refused("the name is not UTF-8").hint("rename the file, or leave it out of the list"))?;
    let path = Path::new(text);
    let path = if path.is_absolute() {
        path.strip_prefix(base).map_err(|_| {
            refused("it does not lie in the directory").hint("write paths below PATH, one a line")
        })?
    } else {
        path
    };
    let mut parts: Vec<&str> = Vec::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            // What was UTF-8 as a whole is so in its parts.
            Component::Normal(name) => parts.extend(name.to_str()),
            Component::ParentDir | Component::RootDir | Component::Prefix(_) => {
                return Err(
                    refused("it leads out of the directory").hint("write paths below PATH, without `..`")
                );
            }
        }
    }
    Ok((!parts.is_empty()).then(|| parts.join("/")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_of_a_list_stay_below_the_base() {
        let base = Path::new("/base");
        let below = |entry: &str| path_below(entry.as_bytes(), base).map_err(|error| error.kind);
        assert_eq!(below("a/b"), Ok(Some("a/b".into())));
        assert_eq!(below("./a//b/"), Ok(Some("a/b".into())));
        assert_eq!(below("/base/a"), Ok(Some("a".into())));
        assert_eq!(below("."), Ok(None));
        for bad in ["../a", "a/../b", "/etc/passwd"] {
            assert_eq!(below(bad), Err(ErrorKind::BadInput), "{bad}");
        }
        assert!(path_below(b"\xff", base).is_err());
    }
}
