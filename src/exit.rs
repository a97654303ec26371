//! How a command ends: the table of exit codes and the one error type of the application layer.

use std::path::PathBuf;

/// The exit codes of every command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum ExitStatus {
    /// Done; verified; complete.
    Success = 0,
    /// The answer is no: content does not match, incomplete, torrents differ, nothing found.
    No = 1,
    /// The command line is wrong.
    Usage = 2,
    /// Bad input: not a torrent, bad magnet, unsafe path.
    BadInput = 3,
    /// Reading or writing failed.
    Io = 4,
    /// The network failed.
    Network = 5,
    /// Interrupted before it was done.
    Interrupted = 130,
}

impl ExitStatus {
    /// Every status and what it means, as man pages tell it.
    pub const TABLE: [(Self, &'static str); 7] = [
        (Self::Success, "done; verified; complete"),
        (Self::No, "the answer is no: content does not match, incomplete, torrents differ, nothing found"),
        (Self::Usage, "usage error"),
        (Self::BadInput, "bad input: not a torrent, bad magnet, unsafe path, corrupt checkpoint"),
        (Self::Io, "reading or writing failed: permission, disk full, missing file"),
        (Self::Network, "network failure: no tracker, no peer, timed out"),
        (Self::Interrupted, "interrupted before it was done"),
    ];

    /// The number the process ends with.
    pub fn code(self) -> u8 {
        self as u8
    }
}

impl From<ExitStatus> for std::process::ExitCode {
    fn from(status: ExitStatus) -> Self {
        Self::from(status.code())
    }
}

/// What went wrong, for the exit code and the `kind` of the JSON error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// Exit code 2.
    Usage,
    /// Exit code 3.
    BadInput,
    /// Exit code 4: reading.
    Read,
    /// Exit code 4: writing.
    Write,
    /// Exit code 5.
    Network,
    /// Exit code 130.
    Interrupted,
    /// Standard output was closed: success, quietly.
    ClosedPipe,
}

impl ErrorKind {
    /// The `kind` of the JSON error object: kebab-case, stable.
    pub fn name(self) -> &'static str {
        match self {
            Self::Usage => "usage",
            Self::BadInput => "bad-input",
            Self::Read => "read",
            Self::Write => "write",
            Self::Network => "network",
            Self::Interrupted => "interrupted",
            Self::ClosedPipe => "closed-pipe",
        }
    }
}

/// An error as a command reports it: `error: what failed: which thing: why`, then hints.
#[derive(Debug)]
pub struct CommandError {
    /// Its class.
    pub kind: ErrorKind,
    /// The file or URL it is about.
    pub path: Option<PathBuf>,
    /// What failed and why, with its causes.
    pub source: anyhow::Error,
    /// What to do.
    pub hints: Vec<String>,
}

impl CommandError {
    /// An error of a class.
    pub fn new(kind: ErrorKind, source: impl Into<anyhow::Error>) -> Self {
        Self { kind, path: None, source: source.into(), hints: Vec::new() }
    }

    /// Names the file or URL it is about.
    #[must_use]
    pub fn at(mut self, path: impl Into<PathBuf>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// Adds a hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// The exit status this error ends the process with.
    pub fn status(&self) -> ExitStatus {
        match self.kind {
            ErrorKind::Usage => ExitStatus::Usage,
            ErrorKind::BadInput => ExitStatus::BadInput,
            ErrorKind::Read | ErrorKind::Write => ExitStatus::Io,
            ErrorKind::Network => ExitStatus::Network,
            ErrorKind::Interrupted => ExitStatus::Interrupted,
            ErrorKind::ClosedPipe => ExitStatus::Success,
        }
    }
}

/// An error while writing a result to standard output; a closed pipe is no failure.
impl From<std::io::Error> for CommandError {
    fn from(error: std::io::Error) -> Self {
        let kind = if error.kind() == std::io::ErrorKind::BrokenPipe {
            ErrorKind::ClosedPipe
        } else {
            ErrorKind::Write
        };
        Self::new(kind, anyhow::Error::new(error).context("writing the result"))
    }
}
