//! Signing a torrent (BEP 35): the arguments, and the key that is read before anything is hashed.

use std::path::PathBuf;

use ring::rand::SystemRandom;

use crate::commands::certificates;
use crate::env::Env;
use crate::exit::{CommandError, ErrorKind};
use crate::metainfo::builder::Draft;
use crate::metainfo::signature::Signer;

/// Who vouches for the torrent.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Signature")]
pub(super) struct SignArgs {
    /// Sign the torrent with this RSA key (BEP 35), PEM or DER, without a passphrase
    #[arg(long, value_name = "FILE", requires = "certificate")]
    sign_key: Option<PathBuf>,
    /// The certificate for that key, PEM or DER, which goes into the torrent
    #[arg(long = "sign-certificate", value_name = "FILE", requires = "sign_key", id = "certificate")]
    certificate: Option<PathBuf>,
    /// Who signs, in reverse-DNS notation; another name than that of the certificate is not trusted [default: the
    /// common name of the certificate]
    #[arg(long, value_name = "NAME", requires = "sign_key")]
    signer: Option<String>,
}

impl SignArgs {
    /// Reads the key and its certificate, if they are given.
    pub(super) fn read(&self, env: &Env) -> Result<Option<Signer>, CommandError> {
        let (Some(key), Some(certificate)) = (&self.sign_key, &self.certificate) else { return Ok(None) };
        let (key_bytes, certificate_bytes) =
            (certificates::read(env, key)?, certificates::read(env, certificate)?);
        let refused = |error| {
            use crate::metainfo::signature::KeyError;
            let of_key = matches!(error, KeyError::Key | KeyError::Encrypted | KeyError::Refused(_));
            certificates::refused(if of_key { key } else { certificate }, error)
        };
        Signer::read(&key_bytes, &certificate_bytes, self.signer.clone()).map(Some).map_err(refused)
    }
}

/// Signs the draft.
pub(super) fn sign(draft: &mut Draft<'_>, signer: &Signer) -> Result<(), CommandError> {
    let signed = signer.sign(&draft.info(), &SystemRandom::new());
    let failed = |error| CommandError::new(ErrorKind::Write, anyhow::Error::new(error).context("signing"));
    draft.signatures = Some(signed.map_err(failed)?);
    Ok(())
}
