//! Files of certificates and keys that the user names.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::anyhow;

use crate::env::Env;
use crate::exit::{CommandError, ErrorKind};
use crate::metainfo::signature::{Certificate, KeyError};

/// Largest file of certificates or of a key: a bundle of all public authorities has a quarter of it.
const MAX_FILE: u64 = 1024 * 1024;

/// The certificates of all files.
pub(crate) fn read_all(env: &Env, paths: &[PathBuf]) -> Result<Vec<Certificate>, CommandError> {
    let mut all = Vec::new();
    for path in paths {
        all.extend(Certificate::read(&read(env, path)?).map_err(|error| refused(path, error))?);
    }
    Ok(all)
}

/// The bytes of such a file.
pub(crate) fn read(env: &Env, path: &Path) -> Result<Vec<u8>, CommandError> {
    let mut bytes = Vec::new();
    let mut open = || File::open(env.path(path))?.take(MAX_FILE + 1).read_to_end(&mut bytes);
    open().map_err(|error| {
        let error = anyhow::Error::new(error).context("reading a certificate or key");
        CommandError::new(ErrorKind::Read, error).at(path)
    })?;
    if bytes.len() as u64 > MAX_FILE {
        let why = anyhow!("larger than any certificate or key").context("reading a certificate or key");
        return Err(CommandError::new(ErrorKind::BadInput, why).at(path));
    }
    Ok(bytes)
}

/// What is wrong with such a file, and what to do about it.
pub(crate) fn refused(path: &Path, error: KeyError) -> CommandError {
    let hint = match &error {
        KeyError::Encrypted => Some("decrypt it first: `openssl rsa -in KEY -out PLAIN`"),
        KeyError::NoName => Some("give the signer a name, such as com.example"),
        KeyError::Key | KeyError::Refused(_) => {
            Some("BEP 35 takes RSA keys, of 2048 bits at least: `openssl genrsa 2048`")
        }
        _ => None,
    };
    let error = CommandError::new(ErrorKind::BadInput, anyhow::Error::new(error)).at(path);
    match hint {
        Some(hint) => error.hint(hint),
        None => error,
    }
}
