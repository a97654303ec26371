//! Files that torrents are written to: a temporary file beside the target, which takes its name once what was
//! written has been checked.

use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::Path;

use anyhow::anyhow;
use tempfile::NamedTempFile;

use crate::content::walk;
use crate::exit::{CommandError, ErrorKind};

/// Checks that nothing lies where a torrent goes, or may be replaced, and that something can lie there: what the
/// rename would only find at the end.
pub(crate) fn check_free(path: &Path, force: bool) -> Result<(), CommandError> {
    match path.symlink_metadata() {
        Ok(metadata) if metadata.is_dir() => {
            let error = anyhow!("writing `{}`: it is a directory", path.display());
            return Err(CommandError::new(ErrorKind::Write, error).at(path).hint("name a file in it"));
        }
        Ok(_) if !force && !is_special(path) => return Err(exists(path)),
        // A name too long, or a file where a directory should be.
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(path, error)),
        _ => {}
    }
    match directory(path).map(std::fs::metadata) {
        Some(Err(error)) => Err(failed(path, error).hint("make the directory first")),
        _ => Ok(()),
    }
}

/// A temporary file beside `path`: with the rights of any new file where it will be one, else for its owner
/// alone until it gets those of the old one.
pub(crate) fn temporary(path: &Path, is_new: bool) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(walk::TEMPORARY.0).suffix(walk::TEMPORARY.1);
    #[cfg(unix)]
    if is_new {
        // Less what the process's mask takes away.
        use std::os::unix::fs::PermissionsExt as _;
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    #[cfg(not(unix))]
    let _ = is_new;
    builder.tempfile_in(directory(path).unwrap_or(Path::new("."))).map_err(|error| {
        // The name of the temporary file, which the error holds, says nothing to anybody.
        error.raw_os_error().map_or(error, io::Error::from_raw_os_error)
    })
}

/// What was written, about `length` bytes.
pub(crate) fn read_back(file: &NamedTempFile, path: &Path, length: usize) -> Result<Vec<u8>, CommandError> {
    let mut bytes = Vec::with_capacity(length);
    let mut file = file.as_file();
    let read = file.seek(SeekFrom::Start(0)).and_then(|_| file.read_to_end(&mut bytes));
    read.map(|_| bytes).map_err(|error| failed(path, error))
}

/// Gives the file its name; in the place of another only with `force`.
pub(crate) fn name(file: NamedTempFile, path: &Path, force: bool) -> Result<(), CommandError> {
    let named = if force { file.persist(path) } else { file.persist_noclobber(path) };
    named.map(drop).map_err(|error| match error.error.kind() {
        io::ErrorKind::AlreadyExists => exists(path),
        _ => failed(path, error.error),
    })
}

/// A device or FIFO, which keeps its place.
pub(crate) fn is_special(path: &Path) -> bool {
    path.metadata().is_ok_and(|metadata| !metadata.is_file() && !metadata.is_dir())
}

/// The error of a write that failed.
pub(crate) fn failed(path: &Path, error: io::Error) -> CommandError {
    let error = anyhow::Error::new(error).context(format!("writing `{}`", path.display()));
    CommandError::new(ErrorKind::Write, error).at(path)
}

fn exists(path: &Path) -> CommandError {
    let error = anyhow!("writing `{}`: it exists", path.display());
    let error = CommandError::new(ErrorKind::Write, error).at(path);
    error.hint("replace it with --force, or choose another with --output")
}

/// The directory that a file lies in, where its path names one.
pub(crate) fn directory(path: &Path) -> Option<&Path> {
    path.parent().filter(|parent| !parent.as_os_str().is_empty())
}
