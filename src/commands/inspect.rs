//! skeleton

use crate::config::Settings;
use crate::env::Env;
use crate::exit::{CommandError, ErrorKind, ExitStatus};

/// Show what is in torrents
#[derive(Debug, clap::Args)]
pub(crate) struct Inspect {
    /// The torrent
    torrent: Vec<std::path::PathBuf>,
}

impl Inspect {
    pub(crate) fn run(self, env: &mut Env, settings: &Settings) -> Result<ExitStatus, CommandError> {
        crate::ui::note(env, settings, "skeleton");
        if self.torrent.iter().any(|path| path.as_os_str() == "-") {
            let mut bytes = Vec::new();
            let read = std::io::Read::read_to_end(&mut env.stdin, &mut bytes);
            read.map_err(|error| CommandError::new(ErrorKind::Read, error).at("-"))?;
        }
        let path = self.torrent.into_iter().next().unwrap_or_default();
        Err(CommandError::new(ErrorKind::BadInput, anyhow::anyhow!("not a torrent")).at(path))
    }
}
