//! Where the torrent goes: a temporary file that gets its name once it was checked, or standard output.

use std::fs::File;
use std::io::Write as _;
use std::path::PathBuf;

use tempfile::NamedTempFile;

use crate::commands::target::{self, failed, is_special};
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
        let file = target::temporary(path, true).map_err(|error| failed(path, error))?;
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
        target::read_back(file, path, self.torrent.len())
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
            Output::Temporary(file, path) => target::name(file, &path, force),
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
    target::check_free(path, request.force)
}
