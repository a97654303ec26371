//! The world a command runs in: arguments, directory, variables, streams, clock.
//!
//! Everything a command takes from outside comes through [`Env`], so that tests run commands
//! in-process. Does not interpret anything.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::SystemTime;

/// What a command may touch of the world outside it.
pub struct Env {
    /// The command line, program name first.
    pub args: Vec<OsString>,
    /// The working directory, against which relative paths resolve.
    pub cwd: PathBuf,
    /// Environment variables.
    pub vars: BTreeMap<OsString, OsString>,
    /// Standard input.
    pub stdin: Box<dyn Read + Send>,
    /// Standard output: results only. Buffered; flushed by `run`.
    pub out: Box<dyn Write + Send>,
    /// Standard error: progress, warnings, errors.
    pub err: Box<dyn Write + Send>,
    /// Whether standard output is a terminal.
    pub out_is_terminal: bool,
    /// Whether standard error is a terminal.
    pub err_is_terminal: bool,
    /// Columns of the terminal, if one is known.
    pub width: Option<usize>,
    /// Set once the user asked to stop (SIGINT, SIGTERM).
    pub interrupted: Arc<AtomicBool>,
    /// The time of day when asked.
    pub now: fn() -> SystemTime,
}

impl Env {
    /// A path of the command line, against the working directory.
    pub fn path(&self, path: &Path) -> PathBuf {
        self.cwd.join(path)
    }
}
