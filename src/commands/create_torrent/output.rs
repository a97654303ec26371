//! Where the torrent goes: a temporary file that gets its name once it was checked, or standard output.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::content::walk;
use crate::env::Env;
use crate::exit::{CommandError, ErrorKind};

use super::request::{Request, Target};

/// An output that is known to be writable.
pub(super) enum Output {
    Stdout,
    /// To be renamed.
    Temporary(NamedTempFile, PathBuf),
    /// A device or FIFO, which keeps its place.
    Special(File, PathBuf),
}

/// A torrent that was written but not yet named.
pub(super) struct Written<'a> {
    torrent: &'a [u8],
    place: Output,
}

impl Output {
    /// Opens the output, so that one that can't be written fails before anything is hashed.
    pub(super) fn open(request: &Request) -> Result<Self, CommandError> {
        let Target::File(path) = &request.target else { return Ok(Self::Stdout) };
        check_free(request)?;
        if is_special(path) {
            let file = File::options().write(true).open(path);
            return file.map(|file| Self::Special(file, path.clone())).map_err(|error| failed(path, error));
        }
        let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty());
        let mut builder = tempfile::Builder::new();
        builder.prefix(walk::TEMPORARY.0).suffix(walk::TEMPORARY.1);
        #[cfg(unix)]
        {
            // As for any new file, less what the process's mask takes away.
            use std::os::unix::fs::PermissionsExt as _;
            builder.permissions(std::fs::Permissions::from_mode(0o666));
        }
        let file = builder.tempfile_in(directory.unwrap_or(Path::new("."))).map_err(|error| {
            // The name of the temporary file, which the error holds, says nothing to anybody.
            failed(path, error.raw_os_error().map_or(error, std::io::Error::from_raw_os_error))
        })?;
        Ok(Self::Temporary(file, path.clone()))
    }

    /// Writes the torrent; to standard output it goes once it was checked.
    pub(super) fn write<'a>(mut self, torrent: &'a [u8]) -> Result<Written<'a>, CommandError> {
        if let Self::Temporary(file, path) = &mut self {
            let file = file.as_file_mut();
            file.write_all(torrent).map_err(|error| failed(path, error))?;
        }
        Ok(Written { torrent, place: self })
    }
}

impl Written<'_> {
    /// The torrent as it was written.
    pub(super) fn read_back(&self) -> Result<Vec<u8>, CommandError> {
        let Output::Temporary(file, path) = &self.place else { return Ok(self.torrent.to_vec()) };
        let mut bytes = Vec::with_capacity(self.torrent.len());
        let mut file = file.as_file();
        let read = file.seek(SeekFrom::Start(0)).and_then(|_| file.read_to_end(&mut bytes));
        read.map_err(|error| failed(path, error))?;
        Ok(bytes)
    }

    /// Waits until the bytes are on the disk: the name must not come to stand for a file whose bytes a power
    /// cut can still take.
    pub(super) fn sync(&self) -> Result<(), CommandError> {
        match &self.place {
            Output::Temporary(file, path) => file.as_file().sync_data().map_err(|error| failed(path, error)),
            Output::Stdout | Output::Special(..) => Ok(()),
        }
    }

    /// Gives the file its name, or sends the bytes where they can't be renamed to.
    pub(super) fn name(self, env: &mut Env, force: bool) -> Result<(), CommandError> {
        match self.place {
            Output::Stdout => env.out.write_all(self.torrent).map_err(CommandError::from),
            Output::Special(mut file, path) => {
                file.write_all(self.torrent).map_err(|error| failed(&path, error))
            }
            Output::Temporary(file, path) => {
                let named = if force { file.persist(&path) } else { file.persist_noclobber(&path) };
                named.map(drop).map_err(|error| match error.error.kind() {
                    std::io::ErrorKind::AlreadyExists => exists(&path),
                    _ => failed(&path, error.error),
                })
            }
        }
    }
}

/// Checks that nothing lies where the torrent goes, or may be replaced.
pub(super) fn check_free(request: &Request) -> Result<(), CommandError> {
    let Target::File(path) = &request.target else { return Ok(()) };
    let is_content = |path: PathBuf| {
        request.input.paths().iter().any(|root| std::fs::canonicalize(root).is_ok_and(|root| root == path))
    };
    if std::fs::canonicalize(path).is_ok_and(is_content) {
        let error = anyhow::anyhow!("writing `{}`: it is the content itself", path.display());
        return Err(CommandError::new(ErrorKind::Usage, error).at(path).hint("choose another with --output"));
    }
    match path.symlink_metadata() {
        Ok(_) if !request.force && !is_special(path) => return Err(exists(path)),
        // A name too long, a file where a directory should be: what the rename would only find at the end.
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(failed(path, error)),
        _ => {}
    }
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    match directory.map(std::fs::metadata) {
        Some(Err(error)) => Err(failed(path, error).hint("make the directory first")),
        _ => Ok(()),
    }
}

fn is_special(path: &Path) -> bool {
    path.metadata().is_ok_and(|metadata| !metadata.is_file() && !metadata.is_dir())
}

fn exists(path: &Path) -> CommandError {
    let error = anyhow::anyhow!("writing `{}`: it exists", path.display());
    CommandError::new(ErrorKind::Write, error)
        .at(path)
        .hint("replace it with --force, or choose another with --output")
}

fn failed(path: &Path, error: std::io::Error) -> CommandError {
    let error = anyhow::Error::new(error).context(format!("writing `{}`", path.display()));
    CommandError::new(ErrorKind::Write, error).at(path)
}
