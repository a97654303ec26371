//! The world a command runs in: arguments, directory, variables, streams, clock.
//!
//! Everything a command takes from outside comes through [`Env`], so that tests run commands
//! in-process ([`testing::TestEnv`]). Does not interpret anything.

mod streams;
pub mod testing;

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::io::{BufWriter, IsTerminal as _, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::SystemTime;

pub use streams::ErrStream;

/// Bytes of results held back before they go to standard output.
const OUT_BUFFER: usize = 64 * 1024;

/// A source of random bytes.
pub type Random = Box<dyn Fn(&mut [u8]) -> std::io::Result<()> + Send>;

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
    /// Standard error: progress, warnings, errors. Clones write to the same stream.
    pub err: ErrStream,
    /// Whether standard output is a terminal.
    pub out_is_terminal: bool,
    /// Whether standard error is a terminal.
    pub err_is_terminal: bool,
    /// Columns of the terminal, if one is known.
    pub width: Option<usize>,
    /// Set once the user asked to stop (SIGINT, SIGTERM, or SIGHUP of a closed terminal).
    pub interrupted: Arc<AtomicBool>,
    /// The time of day when asked.
    pub now: fn() -> SystemTime,
    /// Fills memory with bytes that nobody can foresee.
    pub random: Random,
}

impl Env {
    /// The world of this process: its arguments, streams and signals.
    ///
    /// From here on the first SIGINT, SIGTERM or SIGHUP only sets [`Env::interrupted`]; a second one ends the
    /// process at once with 130.
    pub fn system() -> Self {
        let interrupted = Arc::new(AtomicBool::new(false));
        let mut err = ErrStream::new(std::io::stderr());
        if let Err(error) = catch_signals(&interrupted) {
            err.line(&format!("warning: signals cannot be caught: {error}"));
        }
        Self {
            args: std::env::args_os().collect(),
            // A working directory that was deleted fails later, and only for who needs it.
            cwd: std::env::current_dir().unwrap_or_else(|_| PathBuf::from(".")),
            vars: std::env::vars_os().collect(),
            stdin: streams::stdin(&interrupted),
            out: Box::new(BufWriter::with_capacity(OUT_BUFFER, std::io::stdout())),
            err,
            out_is_terminal: std::io::stdout().is_terminal(),
            err_is_terminal: std::io::stderr().is_terminal(),
            width: terminal_size::terminal_size().map(|(width, _)| usize::from(width.0)),
            interrupted,
            now: wall_clock,
            random: Box::new(|bytes| getrandom::fill(bytes).map_err(std::io::Error::other)),
        }
    }

    /// A path of the command line, against the working directory and without `.` in it, which says nothing.
    pub fn path(&self, path: &Path) -> PathBuf {
        let joined = self.cwd.join(path);
        let bytes = joined.as_os_str().as_encoded_bytes();
        if !joined.is_absolute() || !bytes.windows(2).any(|two| two == b"/.") {
            return joined;
        }
        // Components leave out `.`, and the slash at the end as well, which does say something.
        let slash = bytes.ends_with(b"/");
        let mut clean: PathBuf = joined.components().collect();
        if slash {
            clean.push("");
        }
        clean
    }

    /// An environment variable; one that is set to nothing counts as not set.
    pub fn var(&self, name: &str) -> Option<&OsStr> {
        self.vars.get(OsStr::new(name)).map(OsString::as_os_str).filter(|value| !value.is_empty())
    }

    /// Whether the user asked to stop.
    pub fn is_interrupted(&self) -> bool {
        self.interrupted.load(Ordering::Relaxed)
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads the time of day")]
fn wall_clock() -> SystemTime {
    SystemTime::now()
}

/// The order matters: the shutdown must see the flag as the first signal left it.
fn catch_signals(interrupted: &Arc<AtomicBool>) -> std::io::Result<()> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    // A terminal that closes ends the work as well.
    for signal in [SIGHUP, SIGINT, SIGTERM] {
        let status = i32::from(crate::exit::ExitStatus::Interrupted.code());
        signal_hook::flag::register_conditional_shutdown(signal, status, Arc::clone(interrupted))?;
        signal_hook::flag::register(signal, Arc::clone(interrupted))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #[cfg(unix)]
    use super::*;

    #[cfg(unix)]
    #[test]
    fn dots_that_say_nothing_are_left_out_of_paths() {
        let env = testing::TestEnv::new("/here").env();
        let path = |typed: &str| env.path(Path::new(typed)).into_os_string().into_string().unwrap();
        for (typed, clean) in [
            ("./a", "/here/a"),
            (".", "/here"),
            ("a/./b/.", "/here/a/b"),
            ("./a/", "/here/a/"),
            ("a/", "/here/a/"),
            ("../.a/..b", "/here/../.a/..b"),
            ("/x/./y", "/x/y"),
            ("", "/here/"),
        ] {
            assert_eq!(path(typed), clean, "{typed}");
        }
    }
}
