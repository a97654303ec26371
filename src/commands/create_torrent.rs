//! skeleton

use crate::config::Settings;
use crate::env::Env;
use crate::exit::{CommandError, ErrorKind, ExitStatus};

/// Make a torrent
#[derive(Debug, clap::Args)]
pub(crate) struct CreateTorrent {
    /// The torrent
    torrent: Vec<std::path::PathBuf>,
}

impl CreateTorrent {
    pub(crate) fn run(self, env: &mut Env, settings: &Settings) -> Result<ExitStatus, CommandError> {
        crate::ui::note(env, settings, "skeleton");
        let path = self.torrent.into_iter().next().unwrap_or_default();
        Err(CommandError::new(ErrorKind::BadInput, anyhow::anyhow!("not a torrent")).at(path))
    }
}
