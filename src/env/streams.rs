//! The streams of the process.
//!
//! Owns the rule that text and a progress bar never mix on one line of standard error, and that
//! waiting for standard input ends when the user asks to stop. Does not decide what is written.

use std::io::{self, Read, Write};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Puts the cursor at the beginning of the line and empties it (ECMA-48 CR, EL).
const ERASE_LINE: &[u8] = b"\r\x1b[2K";

/// A stream that clones share. What a progress bar draws gives way to whatever is written.
#[derive(Clone)]
pub struct ErrStream {
    inner: Arc<Mutex<Inner>>,
}

struct Inner {
    writer: Box<dyn Write + Send>,
    /// Whether the cursor stands on a line that was drawn and not ended.
    drawn: bool,
}

impl ErrStream {
    /// A stream over a writer, which should not buffer.
    pub fn new(writer: impl Write + Send + 'static) -> Self {
        Self { inner: Arc::new(Mutex::new(Inner { writer: Box::new(writer), drawn: false })) }
    }

    /// Writes one line, whole. That nobody can be told any more is no reason to stop, so failures to
    /// write are dropped here and nowhere else.
    pub fn line(&mut self, text: &str) {
        if self.write_all(format!("{text}\n").as_bytes()).and_then(|()| self.flush()).is_err() {
            // Standard error is gone: the exit status still speaks.
        }
    }

    /// Puts a frame of a progress bar in place of the one drawn before.
    pub(crate) fn draw(&self, frame: &str) -> io::Result<()> {
        let mut inner = self.lock();
        inner.drawn = true;
        inner.writer.write_all(frame.as_bytes())?;
        inner.writer.flush()
    }

    /// Takes the drawn line away, if there is one.
    pub(crate) fn erase(&self) -> io::Result<()> {
        let mut inner = self.lock();
        inner.erase()?;
        inner.writer.flush()
    }

    /// A thread that panicked while writing left at worst half a line.
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn erase(&mut self) -> io::Result<()> {
        if std::mem::take(&mut self.drawn) { self.writer.write_all(ERASE_LINE) } else { Ok(()) }
    }
}

impl Write for ErrStream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut inner = self.lock();
        inner.erase()?;
        inner.writer.write(bytes)
    }

    /// One text under one lock, so that no frame comes between its parts.
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut inner = self.lock();
        inner.erase()?;
        inner.writer.write_all(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.lock().writer.flush()
    }
}

/// Standard input, unbuffered; a read fails soon after `interrupted` is set, even when nothing comes.
#[cfg(unix)]
pub(super) fn stdin(interrupted: &Arc<AtomicBool>) -> Box<dyn Read + Send> {
    use std::os::fd::AsFd as _;
    match io::stdin().as_fd().try_clone_to_owned() {
        Ok(input) => {
            Box::new(InterruptibleInput { input: input.into(), interrupted: Arc::clone(interrupted) })
        }
        Err(_) => Box::new(io::stdin()),
    }
}

/// Standard input. A read that waits goes on waiting after the first signal; a second one ends it.
#[cfg(not(unix))]
pub(super) fn stdin(_interrupted: &Arc<AtomicBool>) -> Box<dyn Read + Send> {
    Box::new(io::stdin())
}

/// Waits with `poll`, which a signal ends, where `read` would go on waiting.
#[cfg(unix)]
struct InterruptibleInput {
    input: std::fs::File,
    interrupted: Arc<AtomicBool>,
}

#[cfg(unix)]
impl Read for InterruptibleInput {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        use rustix::event::{PollFd, PollFlags, Timespec, poll};
        // A signal between the look at the flag and the call is seen after this long.
        const LOOK_AGAIN: Timespec = Timespec { tv_sec: 0, tv_nsec: 100_000_000 };
        loop {
            if self.interrupted.load(std::sync::atomic::Ordering::Relaxed) {
                return Err(io::Error::other("interrupted"));
            }
            match poll(&mut [PollFd::new(&self.input, PollFlags::IN)], Some(&LOOK_AGAIN)) {
                Ok(0) | Err(rustix::io::Errno::INTR) => {}
                Ok(_) => return self.input.read(buffer),
                Err(error) => return Err(error.into()),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::env::testing::Captured;

    #[test]
    fn text_takes_the_place_of_a_drawn_bar() {
        let captured = Captured::default();
        let mut stream = ErrStream::new(captured.clone());
        stream.draw("[==  ]").unwrap();
        stream.line("warning: odd");
        stream.line("more");
        assert_eq!(captured.text(), "[==  ]\r\x1b[2Kwarning: odd\nmore\n");
    }

    #[test]
    fn erasing_nothing_writes_nothing() {
        let captured = Captured::default();
        ErrStream::new(captured.clone()).erase().unwrap();
        assert_eq!(captured.text(), "");
    }
}
