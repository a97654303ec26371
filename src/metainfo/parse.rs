//! Reading a metainfo file: skeleton.

use super::Metainfo;

/// Named limits of a metainfo file.
#[derive(Clone, Copy, Debug, Default)]
pub struct Limits {}

/// Why a metainfo file was refused.
#[derive(Debug, thiserror::Error)]
#[error("not implemented")]
pub struct Error {}

impl Metainfo {
    /// Reads a metainfo file.
    ///
    /// # Errors
    /// Names the first thing that makes the torrent invalid.
    pub fn parse(raw: Vec<u8>, limits: &Limits) -> Result<Self, Error> {
        let (_, _) = (raw, limits);
        Err(Error {})
    }
}
