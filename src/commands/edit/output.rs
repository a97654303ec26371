//! Where an edited torrent goes: in the place of the old one, to another file, or to standard output.
//!
//! A file gets its name by a rename, once its bytes were read back, checked and are on the disk: whatever
//! happens meanwhile, under the name stands the old torrent or the new one, whole.

use std::ffi::OsStr;
use std::fs::{File, Metadata};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::anyhow;
use tempfile::NamedTempFile;

use super::attributes;
use super::request::Request;
use crate::commands::target::{self, check_free, failed, is_special};
use crate::env::Env;
use crate::exit::{CommandError, ErrorKind};

/// Where the torrent goes.
#[derive(Debug)]
pub(super) enum Target {
    /// The file it came from, links followed, and what was known of it before it was read.
    InPlace(PathBuf, Metadata),
    File(PathBuf),
    Stdout,
}

/// A target that can be written, as far as is known before.
#[derive(Debug)]
pub(super) struct Output {
    pub(super) target: Target,
}

/// A torrent that was written but not yet named.
pub(super) struct Written<'a> {
    torrent: &'a [u8],
    target: &'a Target,
    /// None where nothing can be renamed: standard output, devices.
    file: Option<NamedTempFile>,
}

impl Output {
    /// Finds out where the torrent of `input` goes. In a dry run nothing has to be writable.
    pub(super) fn choose(request: &Request, env: &Env, input: &OsStr) -> Result<Self, CommandError> {
        let target = match &request.output {
            Some(path) if path.as_os_str() == "-" => Target::Stdout,
            None if input == "-" => Target::Stdout,
            Some(path) => {
                check_free(path, request.force || request.dry_run)?;
                Target::File(path.clone())
            }
            None => in_place(env, input, request.dry_run)?,
        };
        Ok(Self { target })
    }

    /// Whether there is something to write: what was asked for by name is written in any case.
    pub(super) fn is_wanted(&self, changed: bool) -> bool {
        changed || !matches!(self.target, Target::InPlace(..))
    }

    /// The file that is written, if it is one.
    pub(super) fn path(&self) -> Option<&Path> {
        match &self.target {
            Target::InPlace(path, _) | Target::File(path) => Some(path),
            Target::Stdout => None,
        }
    }

    /// Writes the torrent under a temporary name.
    pub(super) fn write<'a>(&'a self, torrent: &'a [u8]) -> Result<Written<'a>, CommandError> {
        let file = match &self.target {
            Target::Stdout => None,
            Target::File(path) if is_special(path) => None,
            Target::File(path) => Some(temporary(path, None, torrent).map_err(|error| failed(path, error))?),
            Target::InPlace(path, old) => {
                let file = temporary(path, Some(old), torrent).map_err(|error| failed(path, error))?;
                attributes::keep(path, file.as_file()).map_err(|error| failed(path, error))?;
                Some(file)
            }
        };
        Ok(Written { torrent, target: &self.target, file })
    }
}

impl Written<'_> {
    /// The torrent as it was written.
    pub(super) fn read_back(&self) -> Result<Vec<u8>, CommandError> {
        let (Some(file), Target::InPlace(path, _) | Target::File(path)) = (&self.file, self.target) else {
            return Ok(self.torrent.to_vec());
        };
        target::read_back(file, path, self.torrent.len())
    }

    /// Gives the file its name, or sends the bytes where they cannot be renamed to.
    pub(super) fn finish(self, env: &mut Env, force: bool) -> Result<(), CommandError> {
        match (self.target, self.file) {
            (Target::Stdout, _) => env.out.write_all(self.torrent).map_err(CommandError::from),
            (Target::File(path), Some(file)) => {
                file.as_file().sync_all().map_err(|error| failed(path, error))?;
                target::name(file, path, force)?;
                sync_directory(path)
            }
            (Target::InPlace(path, old), Some(file)) => {
                file.as_file().sync_all().map_err(|error| failed(path, error))?;
                let now = path.metadata().map_err(|error| failed(path, error))?;
                if is_another(old, &now) {
                    let error = anyhow!("writing `{}`: it was changed meanwhile", path.display());
                    return Err(CommandError::new(ErrorKind::Write, error)
                        .at(path)
                        .hint("wait until nothing else writes to it, then run the command again"));
                }
                file.persist(path).map(drop).map_err(|error| failed(path, error.error))?;
                sync_directory(path)
            }
            (Target::File(path) | Target::InPlace(path, _), None) => {
                let mut file = File::options().write(true).open(path).map_err(|error| failed(path, error))?;
                file.write_all(self.torrent).map_err(|error| failed(path, error))
            }
        }
    }
}

/// The file that `input` names, when it can be replaced.
fn in_place(env: &Env, input: &OsStr, dry_run: bool) -> Result<Target, CommandError> {
    let given = Path::new(input);
    if input.to_str().is_some_and(is_address) && !env.path(given).exists() {
        let error = anyhow!("`{}` is no file that could be changed in place", given.display());
        let hint = "download a torrent by its URL to a file first, or give --output";
        return Err(CommandError::new(ErrorKind::Usage, error).at(given).hint(hint));
    }
    let unreadable = |error: std::io::Error| {
        let error = anyhow::Error::new(error).context("reading the torrent");
        CommandError::new(ErrorKind::Read, error).at(given)
    };
    // A link is followed: it stays, and what it points to is replaced.
    let path = env.path(given).canonicalize().map_err(unreadable)?;
    let metadata = path.metadata().map_err(unreadable)?;
    if metadata.is_dir() {
        return Err(unreadable(std::io::ErrorKind::IsADirectory.into()));
    }
    if !metadata.is_file() && !dry_run {
        let error = anyhow!("writing `{}`: it is no regular file", given.display());
        let error = CommandError::new(ErrorKind::Write, error).at(given);
        return Err(error.hint("give a file with --output"));
    }
    if !dry_run {
        // A rename would go past the protection of a file that may not be written.
        File::options().write(true).open(&path).map_err(|error| failed(given, error))?;
    }
    Ok(Target::InPlace(path, metadata))
}

/// Whether an input names a torrent elsewhere.
fn is_address(input: &str) -> bool {
    ["http://", "https://", "magnet:"]
        .iter()
        .any(|scheme| input.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)))
}

/// A temporary file beside `path` with the torrent in it.
fn temporary(path: &Path, old: Option<&Metadata>, torrent: &[u8]) -> std::io::Result<NamedTempFile> {
    let mut file = target::temporary(path, old.is_none())?;
    file.write_all(torrent)?;
    if let Some(old) = old {
        #[cfg(unix)]
        {
            use std::os::unix::fs::{MetadataExt as _, fchown};
            let new = file.as_file().metadata()?;
            // First, since it takes bits from the mode. Who may not give files away, or to somebody this
            // system does not know, becomes the owner.
            if (new.uid(), new.gid()) != (old.uid(), old.gid())
                && let Err(error) = fchown(file.as_file(), Some(old.uid()), Some(old.gid()))
                && !matches!(
                    error.kind(),
                    std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::InvalidInput
                )
            {
                return Err(error);
            }
        }
        file.as_file().set_permissions(old.permissions())?;
    }
    Ok(file)
}

/// Waits until the directory of a file holds its name: before that a power cut may bring the old one back.
fn sync_directory(path: &Path) -> Result<(), CommandError> {
    use std::io::ErrorKind as Io;
    // Windows opens no directories as files, and keeps names by itself.
    if cfg!(not(unix)) {
        return Ok(());
    }
    let directory = target::directory(path).unwrap_or(Path::new("."));
    match File::open(directory).and_then(|directory| directory.sync_all()) {
        Ok(()) => Ok(()),
        // Some file systems have no such thing, and a directory may be one that can be written but not read.
        Err(error) if matches!(error.kind(), Io::InvalidInput | Io::Unsupported | Io::PermissionDenied) => {
            Ok(())
        }
        Err(error) => Err(failed(path, error)),
    }
}

/// Whether a file is another one, or has other bytes, than when it was looked at.
fn is_another(old: &Metadata, now: &Metadata) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        if (old.dev(), old.ino()) != (now.dev(), now.ino()) {
            return true;
        }
    }
    old.len() != now.len() || old.modified().ok() != now.modified().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::env::testing::TestEnv;
    use crate::metainfo::edit::Edits;

    #[test]
    fn what_somebody_else_changed_meanwhile_is_not_overwritten() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.torrent");
        std::fs::write(&path, "old").unwrap();
        let mut env = TestEnv::new(directory.path()).env();
        let request = Request { edits: Edits::default(), output: None, force: false, dry_run: false };
        let output = Output::choose(&request, &env, OsStr::new("a.torrent")).unwrap();
        let written = output.write(b"ours").unwrap();
        std::fs::write(&path, "theirs").unwrap();
        let error = written.finish(&mut env, false).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Write);
        assert_eq!(std::fs::read(&path).unwrap(), b"theirs");
        // The temporary file is gone.
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1);
    }
}
