//! Profiles: `[profile.NAME]` holds the keys of `[create-torrent]` under a name, for those who make torrents
//! in more than one way.
//!
//! Owns where a profile stands among the other places: above the file, below the environment. Does not know
//! what the keys mean.

use std::collections::BTreeMap;

use super::{CreateDefaults, Settings, file, layer::CreateTorrent};
use crate::exit::{CommandError, ErrorKind};

/// The places that settings of `create-torrent` come from, apart.
#[derive(Clone, Debug, Default)]
pub(crate) struct CreateLayers {
    pub(super) file: CreateTorrent,
    pub(super) profiles: BTreeMap<String, CreateTorrent>,
    pub(super) vars: CreateTorrent,
}

/// Which settings of this machine count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Machine {
    /// All of them.
    Counts,
    /// Only what was asked for by name: a profile and a job.
    Ignored,
}

impl Settings {
    /// The settings with a profile and the keys of a job in their places: defaults, file, profile,
    /// environment, job, the later winning.
    ///
    /// # Errors
    ///
    /// A usage error for a profile that does not exist, with what was meant.
    pub(crate) fn creating(
        &self,
        profile: Option<&str>,
        job: CreateTorrent,
        machine: Machine,
    ) -> Result<Self, CommandError> {
        let layers = &self.create_layers;
        let profile = match profile {
            None => CreateTorrent::default(),
            Some(name) => layers.profiles.get(name).ok_or_else(|| self.unknown(name))?.clone(),
        };
        let layer = match machine {
            Machine::Counts => job.over(layers.vars.clone()).over(profile).over(layers.file.clone()),
            Machine::Ignored => job.over(profile),
        };
        Ok(Self { create: CreateDefaults::from(layer), ..self.clone() })
    }

    fn unknown(&self, name: &str) -> CommandError {
        let profiles = &self.create_layers.profiles;
        let error = CommandError::new(ErrorKind::Usage, anyhow::anyhow!("there is no profile `{name}`"));
        error.hint(if profiles.is_empty() {
            "a profile is a section `[profile.NAME]` of `ccbt.toml` with keys of `[create-torrent]`"
                .to_owned()
        } else {
            file::suggestion(name, profiles.keys().map(String::as_str))
        })
    }
}
