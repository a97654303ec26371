//! `--version`: the version and, with `--verbose`, what this machine will hash with.

use std::path::PathBuf;

use crate::config::{self, Flags};
use crate::env::Env;
use crate::exit::CommandError;

/// The text of `--version`.
///
/// # Errors
///
/// As [`config::resolve`]: the settings may name a kernel there is not.
pub(super) fn text(env: &Env, verbose: bool, config: Option<PathBuf>) -> Result<String, CommandError> {
    let mut text = format!("ccbt {}\n", env!("CARGO_PKG_VERSION"));
    if verbose {
        let settings = config::resolve(env, &Flags { config, ..Flags::default() })?.settings;
        text.push_str(&format!("hash kernels: {}\n", config::describe_kernels(settings.engine)));
        text.push_str(&format!("target: {}-{}\n", std::env::consts::ARCH, std::env::consts::OS));
    }
    Ok(text)
}
