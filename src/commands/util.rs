//! `ccbt util`: what the documents of the repository are made with.

use crate::config::Settings;
use crate::env::Env;
use crate::exit::{CommandError, ExitStatus};

/// Generate the documents that are made from the command line itself
#[derive(Debug, clap::Args)]
pub(crate) struct Util {}

impl Util {
    pub(crate) fn run(self, _env: &mut Env, _settings: &Settings) -> Result<ExitStatus, CommandError> {
        let _shape = crate::cli::documented();
        Ok(ExitStatus::Success)
    }
}
