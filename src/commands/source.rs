//! Loading a torrent: stand-in until the shared one.
use crate::config::Settings;
use crate::env::Env;
use crate::exit::{CommandError, ErrorKind};
use crate::metainfo::{Limits, Metainfo};

pub(crate) fn load(env: &mut Env, _settings: &Settings, input: &str) -> Result<Metainfo, CommandError> {
    let path = env.path(input.as_ref());
    let bytes = std::fs::read(&path).map_err(|e| CommandError::new(ErrorKind::Read, e).at(&path))?;
    Metainfo::parse(bytes, &Limits::default())
        .map_err(|e| CommandError::new(ErrorKind::BadInput, e).at(&path))
}
