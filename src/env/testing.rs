//! A world for tests: runs a command line in-process and keeps what it writes.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{self, Cursor, Write};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use super::{Env, ErrStream};
use crate::exit::ExitStatus;

/// The time of day in tests, seconds since 1970: 2023-11-14T22:13:20Z.
pub const TEST_TIME: u64 = 1_700_000_000;

/// A writer whose bytes can be looked at; clones share them.
#[derive(Clone, Debug, Default)]
pub struct Captured {
    bytes: Arc<Mutex<Vec<u8>>>,
    closed: Arc<AtomicBool>,
}

impl Captured {
    /// What was written so far.
    pub fn bytes(&self) -> Vec<u8> {
        self.bytes.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The same as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes()).into_owned()
    }

    /// Lets every further write fail as a pipe whose reader has gone.
    pub fn close(&self) {
        self.closed.store(true, Ordering::Relaxed);
    }
}

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.closed.load(Ordering::Relaxed) {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        self.bytes.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.closed.load(Ordering::Relaxed) { Err(io::ErrorKind::BrokenPipe.into()) } else { Ok(()) }
    }
}

/// Random bytes of tests: each request gets another number, the same in every run.
fn counting() -> super::Random {
    let count = AtomicU8::new(0);
    Box::new(move |bytes| {
        bytes.fill(count.fetch_add(1, Ordering::Relaxed));
        Ok(())
    })
}

/// How a command line ended and what it wrote.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The exit status.
    pub status: ExitStatus,
    /// Standard output, raw.
    pub stdout: Vec<u8>,
    /// Standard error.
    pub stderr: String,
}

impl Outcome {
    /// Standard output as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }

    /// Standard output as one JSON document.
    ///
    /// # Panics
    ///
    /// When it is not one.
    pub fn json(&self) -> serde_json::Value {
        match serde_json::from_slice(&self.stdout) {
            Ok(value) => value,
            Err(error) => panic!("not JSON: {error}: {:?}, stderr: {}", self.text(), self.stderr),
        }
    }

    /// Standard output as JSON documents, one a line.
    ///
    /// # Panics
    ///
    /// When a line is not one.
    pub fn json_lines(&self) -> Vec<serde_json::Value> {
        let parse = |line: &str| match serde_json::from_str(line) {
            Ok(value) => value,
            Err(error) => panic!("not JSON: {error}: {line}"),
        };
        self.text().lines().map(parse).collect()
    }

    /// The outcome itself, when the status is the expected one.
    ///
    /// # Panics
    ///
    /// When it is another; the message holds both streams.
    #[track_caller]
    pub fn expect(self, status: ExitStatus) -> Self {
        assert_eq!(self.status, status, "stdout: {}\nstderr: {}", self.text(), self.stderr);
        self
    }
}

/// Builds an [`Env`] that no process stands behind: no variables, no terminal, a fixed time.
#[derive(Debug)]
pub struct TestEnv {
    args: Vec<OsString>,
    cwd: std::path::PathBuf,
    vars: BTreeMap<OsString, OsString>,
    stdin: Vec<u8>,
    terminal: Option<usize>,
    interrupted: Arc<AtomicBool>,
    out: Captured,
    err: Captured,
}

impl TestEnv {
    /// A world whose working directory is `cwd`.
    pub fn new(cwd: impl AsRef<Path>) -> Self {
        Self {
            args: vec!["ccbt".into()],
            cwd: cwd.as_ref().to_owned(),
            vars: BTreeMap::new(),
            stdin: Vec::new(),
            terminal: None,
            interrupted: Arc::default(),
            out: Captured::default(),
            err: Captured::default(),
        }
    }

    /// Adds arguments after the program name.
    #[must_use]
    pub fn args<A: Into<OsString>>(mut self, args: impl IntoIterator<Item = A>) -> Self {
        self.args.extend(args.into_iter().map(Into::into));
        self
    }

    /// Runs under another program name.
    #[must_use]
    pub fn program(mut self, name: impl Into<OsString>) -> Self {
        if let Some(program) = self.args.first_mut() {
            *program = name.into();
        }
        self
    }

    /// Sets an environment variable.
    #[must_use]
    pub fn var(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.vars.insert(name.into(), value.into());
        self
    }

    /// Gives standard input.
    #[must_use]
    pub fn stdin(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.stdin = bytes.into();
        self
    }

    /// Makes both streams a terminal of so many columns.
    #[must_use]
    pub fn terminal(mut self, columns: usize) -> Self {
        self.terminal = Some(columns);
        self
    }

    /// As if the user had already asked to stop.
    #[must_use]
    pub fn interrupted(self) -> Self {
        self.interrupted.store(true, Ordering::Relaxed);
        self
    }

    /// As if the reader of standard output had gone.
    #[must_use]
    pub fn closed_stdout(self) -> Self {
        self.out.close();
        self
    }

    /// Standard output and standard error, to be looked at while a command runs.
    pub fn captured(&self) -> (Captured, Captured) {
        (self.out.clone(), self.err.clone())
    }

    /// The world, for calling a part of a command alone.
    pub fn env(self) -> Env {
        Env {
            args: self.args,
            cwd: self.cwd,
            vars: self.vars,
            stdin: Box::new(Cursor::new(self.stdin)),
            out: Box::new(self.out),
            err: ErrStream::new(self.err),
            out_is_terminal: self.terminal.is_some(),
            err_is_terminal: self.terminal.is_some(),
            width: self.terminal,
            interrupted: self.interrupted,
            random: counting(),
            now: || SystemTime::UNIX_EPOCH + Duration::from_secs(TEST_TIME),
        }
    }

    /// Runs the command line.
    pub fn run(self) -> Outcome {
        let (out, err) = self.captured();
        let status = crate::run(self.env());
        Outcome { status, stdout: out.bytes(), stderr: err.text() }
    }
}
