//! Progress of a long piece of work, shown by a thread of its own.
//!
//! Owns when and how often something is shown. Does not know what is done: it reads a [`Meter`].

use std::io;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, SystemTime};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle, TermLike};
use serde::Serialize;

use crate::config::{ProgressMode, Settings};
use crate::env::{Env, ErrStream};
use crate::meter::Meter;
use crate::ui::text;

/// Work that takes less shows no bar: it would only flicker.
const QUIET_TIME: Duration = Duration::from_secs(1);
/// Between two frames of a bar.
const FRAME: Duration = Duration::from_millis(100);
/// Between two JSON objects: five a second are enough for any reader.
const EVENT: Duration = Duration::from_millis(200);
/// Between two plain lines: a log should stay readable.
const LINE: Duration = Duration::from_secs(5);
/// What a bar shows.
const TEMPLATE: &str = "{prefix} [{wide_bar}] {percent:>3}% {binary_bytes} of {binary_total_bytes}, {binary_bytes_per_sec}, {eta} left";
/// Terminals whose width nobody knows.
const USUAL_COLUMNS: u16 = 80;

/// Progress while it lives; ends and clears what it drew when dropped.
pub(crate) struct Progress {
    running: Option<(Sender<()>, JoinHandle<()>)>,
}

impl Progress {
    /// Shows how far `meter` is, as the settings ask; `label` says what is done, such as `hashing`.
    pub(crate) fn start(env: &Env, settings: &Settings, label: &str, meter: Arc<Meter>) -> Self {
        if settings.progress == ProgressMode::Off {
            return Self { running: None };
        }
        let shown = view(env, settings, label, meter);
        let (stop, stopped) = mpsc::channel();
        let thread = std::thread::Builder::new().name("progress".into());
        let running = thread.spawn(move || shown.run(&stopped)).ok().map(|thread| (stop, thread));
        // Without a thread to spare the work goes on unseen.
        Self { running }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some((stop, thread)) = self.running.take() {
            drop(stop);
            if thread.join().is_err() {
                // It panicked: only the view is lost, and the panic has told of itself.
            }
        }
    }
}

/// One object of `--progress json`.
#[derive(Serialize)]
struct Event<'a> {
    schema: &'static str,
    time: Option<String>,
    label: &'a str,
    done: u64,
    total: u64,
    rate: u64,
    eta_seconds: Option<u64>,
}

struct Shown {
    mode: ProgressMode,
    err: ErrStream,
    now: fn() -> SystemTime,
    label: String,
    bar: ProgressBar,
    meter: Arc<Meter>,
}

impl Shown {
    fn run(mut self, stopped: &mpsc::Receiver<()>) {
        let (first, then) = match self.mode {
            ProgressMode::Json => (EVENT, EVENT),
            ProgressMode::Lines => (LINE, LINE),
            ProgressMode::Bar | ProgressMode::Off => (QUIET_TIME, FRAME),
        };
        let mut wait = first;
        while stopped.recv_timeout(wait) == Err(RecvTimeoutError::Timeout) {
            wait = then;
            self.show();
        }
        if self.mode == ProgressMode::Json {
            self.show();
        }
        if self.err.erase().is_err() {
            // Standard error is gone, and the bar with it.
        }
    }

    fn show(&mut self) {
        let (done, total) = self.meter.read();
        // Draws one frame when there is a view, and moves the estimates on in any case.
        self.bar.update(|state| {
            state.set_len(total);
            state.set_pos(done);
        });
        match self.mode {
            ProgressMode::Off | ProgressMode::Bar => {}
            ProgressMode::Lines => {
                let line = self.line(done, total);
                self.err.line(&line);
            }
            ProgressMode::Json => {
                let line = serde_json::to_string(&self.event(done, total));
                self.err.line(&line.unwrap_or_default());
            }
        }
    }

    fn event(&self, done: u64, total: u64) -> Event<'_> {
        let rate = self.bar.per_sec();
        let rate = if rate.is_finite() { rate as u64 } else { 0 };
        Event {
            schema: "ccbt.progress/1",
            time: text::time((self.now)()),
            label: &self.label,
            done,
            total,
            rate,
            eta_seconds: (rate > 0).then(|| total.saturating_sub(done).div_ceil(rate)),
        }
    }

    fn line(&self, done: u64, total: u64) -> String {
        let event = self.event(done, total);
        let percent = (u128::from(done) * 100).checked_div(u128::from(total)).unwrap_or(0).min(100);
        let left = event.eta_seconds.map(|eta| text::duration(Duration::from_secs(eta)));
        format!(
            "{}: {percent}%, {} of {}, {}/s, {} left",
            self.label,
            text::size(done),
            text::size(total),
            text::size(event.rate),
            left.as_deref().unwrap_or("?"),
        )
    }
}

fn view(env: &Env, settings: &Settings, label: &str, meter: Arc<Meter>) -> Shown {
    let columns = env.width.and_then(|width| u16::try_from(width).ok()).unwrap_or(USUAL_COLUMNS);
    let label = text::visible(label).into_owned();
    Shown {
        mode: settings.progress,
        err: env.err.clone(),
        now: env.now,
        bar: bar(settings, &env.err, columns).with_prefix(label.clone()),
        label,
        meter,
    }
}

/// The bar, or in the other modes the same without a view: it estimates rate and time left.
fn bar(settings: &Settings, err: &ErrStream, columns: u16) -> ProgressBar {
    if settings.progress != ProgressMode::Bar {
        return ProgressBar::hidden();
    }
    let terminal = Terminal { err: err.clone(), columns, frame: Mutex::default() };
    let target = ProgressDrawTarget::term_like_with_hz(Box::new(terminal), 20);
    let bar = ProgressBar::with_draw_target(None, target);
    // A template that does not parse is caught by a test of this module.
    match ProgressStyle::with_template(TEMPLATE) {
        Ok(style) => bar.with_style(style.progress_chars("=> ")),
        Err(_) => bar,
    }
}

/// Gathers what a frame writes and draws it in one go on the shared stream.
struct Terminal {
    err: ErrStream,
    columns: u16,
    frame: Mutex<String>,
}

impl std::fmt::Debug for Terminal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Terminal").field("columns", &self.columns).finish_non_exhaustive()
    }
}

impl Terminal {
    fn push(&self, text: &str) -> io::Result<()> {
        self.frame.lock().unwrap_or_else(PoisonError::into_inner).push_str(text);
        Ok(())
    }

    /// ECMA-48 cursor movement; moving by nothing would move by one.
    fn cursor(&self, by: usize, code: char) -> io::Result<()> {
        if by == 0 { Ok(()) } else { self.push(&format!("\x1b[{by}{code}")) }
    }
}

impl TermLike for Terminal {
    /// One column less than there are: a full line would wrap on some terminals.
    fn width(&self) -> u16 {
        self.columns.saturating_sub(1).max(1)
    }

    fn move_cursor_up(&self, n: usize) -> io::Result<()> {
        self.cursor(n, 'A')
    }

    fn move_cursor_down(&self, n: usize) -> io::Result<()> {
        self.cursor(n, 'B')
    }

    fn move_cursor_right(&self, n: usize) -> io::Result<()> {
        self.cursor(n, 'C')
    }

    fn move_cursor_left(&self, n: usize) -> io::Result<()> {
        self.cursor(n, 'D')
    }

    fn write_line(&self, s: &str) -> io::Result<()> {
        self.push(s)?;
        self.push("\n")
    }

    fn write_str(&self, s: &str) -> io::Result<()> {
        self.push(s)
    }

    fn clear_line(&self) -> io::Result<()> {
        self.push("\r\x1b[2K")
    }

    fn flush(&self) -> io::Result<()> {
        let frame = std::mem::take(&mut *self.frame.lock().unwrap_or_else(PoisonError::into_inner));
        if frame.is_empty() { Ok(()) } else { self.err.draw(&frame) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::env::testing::TestEnv;

    fn shown(mode: ProgressMode, work: impl FnOnce(&Meter)) -> String {
        let test = TestEnv::new(".").terminal(80);
        let (_, err) = test.captured();
        let env = test.env();
        let settings = Settings { progress: mode, ..Settings::for_tests() };
        let meter = Arc::new(Meter::default());
        meter.set_total(1 << 20);
        let progress = Progress::start(&env, &settings, "hashing", Arc::clone(&meter));
        work(&meter);
        drop(progress);
        err.text()
    }

    #[test]
    fn short_work_shows_no_bar() {
        assert_eq!(shown(ProgressMode::Bar, |meter| meter.add(1 << 20)), "");
        assert_eq!(shown(ProgressMode::Off, |meter| meter.add(1 << 20)), "");
        assert_eq!(shown(ProgressMode::Lines, |meter| meter.add(1 << 20)), "");
    }

    #[test]
    fn json_has_a_last_object() {
        let text = shown(ProgressMode::Json, |meter| meter.add(1 << 20));
        let last: serde_json::Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
        assert_eq!(last["schema"], "ccbt.progress/1");
        assert_eq!(last["label"], "hashing");
        assert_eq!(last["done"], 1 << 20);
        assert_eq!(last["total"], 1 << 20);
        assert_eq!(last["time"], "2023-11-14T22:13:20Z");
    }

    /// Draws without waiting for the thread's first frame.
    #[test]
    fn a_bar_is_one_line_that_is_cleared() {
        let test = TestEnv::new(".").terminal(80);
        let (_, captured) = test.captured();
        let env = test.env();
        let settings = Settings { progress: ProgressMode::Bar, ..Settings::for_tests() };
        let meter = Arc::new(Meter::default());
        meter.set_total(4 << 20);
        meter.add(1 << 20);
        let mut view = view(&env, &settings, "hashing", meter);
        view.show();
        let frame = captured.text();
        assert!(frame.contains("hashing [=") && frame.contains(" 25% 1.00 MiB of 4.00 MiB"), "{frame:?}");
        assert!(!frame.contains('\n') && text::columns(&frame) < 80, "{frame:?}");
        env.err.erase().unwrap();
        assert!(captured.text().ends_with("\r\x1b[2K"));
    }

    #[test]
    fn a_plain_line_says_how_far() {
        let test = TestEnv::new(".");
        let (_, captured) = test.captured();
        let env = test.env();
        let settings = Settings { progress: ProgressMode::Lines, ..Settings::for_tests() };
        let meter = Arc::new(Meter::default());
        meter.set_total(4 << 20);
        meter.add(1 << 20);
        view(&env, &settings, "hashing", meter).show();
        assert!(captured.text().starts_with("hashing: 25%, 1.00 MiB of 4.00 MiB, "), "{}", captured.text());
    }
}
