//! What a person or a program sees: lines on standard error, JSON on standard output.
//!
//! Owns wording of the frame's own lines (`warning:`, `note:`, `error:`, `hint:`), colour, numbers and
//! progress. Does not know what a torrent is.

pub(crate) mod error;
pub(crate) mod json;
pub(crate) mod progress;
pub(crate) mod style;
pub(crate) mod text;

use crate::config::Settings;
use crate::env::Env;

/// Tells that something is odd, though the work goes on. Silent with `--quiet`.
pub(crate) fn warn(env: &mut Env, settings: &Settings, message: &str) {
    if !settings.quiet {
        let label = style::Style::new(settings.color.err).yellow("warning:");
        env.err.line(&format!("{label} {}", text::visible(message)));
    }
}

/// Tells what a person may want to know, such as what was left out. Silent with `--quiet`.
pub(crate) fn note(env: &mut Env, settings: &Settings, message: &str) {
    if !settings.quiet {
        let label = style::Style::new(settings.color.err).cyan("note:");
        env.err.line(&format!("{label} {}", text::visible(message)));
    }
}

/// Tells what only somebody looking for the reason of something wants to know: with `--verbose`.
pub(crate) fn detail(env: &mut Env, settings: &Settings, message: &str) {
    if settings.verbose {
        env.err.line(&text::visible(message));
    }
}
