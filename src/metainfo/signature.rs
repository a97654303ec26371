//! Signatures of torrents (BEP 35): made, and checked.
//!
//! Owns which bytes are signed (the raw `info` dictionary, then the signature's own `info` if it has one), the
//! choice of the certificate and what makes it a trusted one. RSA is that of `ring`, X.509 that of `x509-cert`.
//! Does not read files, and looks at no clock: that a certificate has expired since says nothing about a
//! signature that was made while it held.
//!
//! BEP 35 names RSA and no hash. SHA-256 is what is written; SHA-1, which the first signing tools used, and the
//! longer hashes of SHA-2 are read as well.

use std::ops::Range;

use ring::signature::{self, RsaKeyPair, UnparsedPublicKey, VerificationAlgorithm};
use x509_cert::Certificate as X509;
use x509_cert::der::{Decode as _, Encode as _, SecretDocument};

use super::{Metainfo, Text};
use crate::bencode::Writer;

/// Most certificates in one file of them: a bundle of all public authorities has about 150.
pub const MAX_CERTIFICATES: usize = 1000;

/// Signatures of one torrent that are checked: each takes a fraction of a millisecond, and nobody has more than a
/// handful of signers.
const MAX_CHECKED: usize = 64;

/// An entry of `signatures`, by its places in [`Metainfo::raw`].
#[derive(Clone, Debug)]
pub struct Signature {
    /// Who signed: a name in reverse-DNS notation.
    pub signer: Text,
    /// The bytes of the certificate, DER.
    pub(super) certificate: Option<Range<usize>>,
    /// The raw dictionary of extensions, which is signed as well.
    pub(super) info: Option<Range<usize>>,
    /// The bytes of the signature.
    pub(super) signature: Range<usize>,
}

/// What is known of a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It was made over these bytes with the key of the certificate.
    Valid,
    /// It was not.
    Invalid,
    /// There is no certificate to check it with.
    Unknown,
}

/// The result of checking one signature.
#[derive(Clone, Debug)]
pub struct Checked {
    /// Whether it holds.
    pub state: State,
    /// The hash it was made with, when it holds.
    pub hash: Option<&'static str>,
    /// Whether its certificate is one of the given ones or signed by one of them, and is for the signer.
    pub trusted: bool,
    /// Whom the certificate is for.
    pub subject: Option<String>,
    /// Why it does not hold, can't be checked or can't be trusted.
    pub problem: Option<String>,
}

/// An X.509 certificate.
#[derive(Clone, Debug)]
pub struct Certificate {
    parsed: X509,
    der: Vec<u8>,
}

/// Why a certificate or a key can't be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// Neither PEM nor DER of a certificate.
    #[error("not an X.509 certificate")]
    Certificate,
    /// More than [`MAX_CERTIFICATES`].
    #[error("more than {MAX_CERTIFICATES} certificates")]
    TooMany,
    /// Neither PEM nor DER of an RSA key.
    #[error("not an RSA private key in PKCS #8 or PKCS #1")]
    Key,
    /// The key asks for a passphrase.
    #[error("the private key is encrypted")]
    Encrypted,
    /// `ring` refuses it.
    #[error("the private key is refused: {0}")]
    Refused(String),
    /// The certificate is for another key.
    #[error("the certificate is not one of this private key")]
    Mismatch,
    /// The certificate names nobody.
    #[error("the certificate has no common name")]
    NoName,
}

impl Certificate {
    /// The certificates of a file: PEM, one or more, or DER.
    ///
    /// # Errors
    /// When there is none in it, or one is none.
    pub fn read(bytes: &[u8]) -> Result<Vec<Self>, KeyError> {
        if !bytes.trim_ascii_start().starts_with(b"-----BEGIN") {
            return Ok(vec![Self::from_der(bytes)?]);
        }
        let parsed = X509::load_pem_chain(bytes).map_err(|_| KeyError::Certificate)?;
        if parsed.len() > MAX_CERTIFICATES {
            return Err(KeyError::TooMany);
        }
        let with_der = |parsed: X509| match parsed.to_der() {
            Ok(der) => Ok(Self { parsed, der }),
            Err(_) => Err(KeyError::Certificate),
        };
        let all: Vec<Self> = parsed.into_iter().map(with_der).collect::<Result<_, _>>()?;
        if all.is_empty() { Err(KeyError::Certificate) } else { Ok(all) }
    }

    fn from_der(der: &[u8]) -> Result<Self, KeyError> {
        let parsed = X509::from_der(der).map_err(|_| KeyError::Certificate)?;
        Ok(Self { parsed, der: der.to_vec() })
    }

    /// Its bytes, DER.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// Its common name, which is that of the signer (BEP 35).
    pub fn common_name(&self) -> Option<String> {
        let name = self.parsed.tbs_certificate().subject().common_name().ok()??;
        Some(name.value().into_owned())
    }

    fn subject(&self) -> String {
        self.parsed.tbs_certificate().subject().to_string()
    }

    /// The RSA key, as PKCS #1 has it.
    fn key(&self) -> &[u8] {
        self.parsed.tbs_certificate().subject_public_key_info().subject_public_key.raw_bytes()
    }

    /// Whether the key of `issuer` signed this one.
    fn is_signed_by(&self, issuer: &Self) -> bool {
        let of = self.parsed.tbs_certificate();
        if of.issuer() != issuer.parsed.tbs_certificate().subject() {
            return false;
        }
        let (Ok(signed), Some(signature)) = (of.to_der(), self.parsed.signature().as_bytes()) else {
            return false;
        };
        matching_hash(issuer.key(), &signed, signature).is_some()
    }
}

/// Hashes that a signature may be made with, the likeliest first.
const HASHES: [(&str, &dyn VerificationAlgorithm); 4] = [
    ("SHA-256", &signature::RSA_PKCS1_2048_8192_SHA256),
    ("SHA-1", &signature::RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY),
    ("SHA-384", &signature::RSA_PKCS1_2048_8192_SHA384),
    ("SHA-512", &signature::RSA_PKCS1_2048_8192_SHA512),
];

/// The hash with which the signature holds.
fn matching_hash(key: &[u8], message: &[u8], signature: &[u8]) -> Option<&'static str> {
    let holds = |(_, algorithm): &&(&str, &'static dyn VerificationAlgorithm)| {
        UnparsedPublicKey::new(*algorithm, key).verify(message, signature).is_ok()
    };
    HASHES.iter().find(holds).map(|(name, _)| *name)
}

/// Checks every signature of the torrent, in their order: against its own certificate, or without one against
/// those of the given ones that are for its signer.
pub fn check(metainfo: &Metainfo, given: &[Certificate]) -> Vec<Checked> {
    let check = |(index, signature)| match index {
        0..MAX_CHECKED => check_one(metainfo, signature, given),
        _ => unknown("there are too many signatures to check them all"),
    };
    metainfo.signatures.iter().enumerate().map(check).collect()
}

fn unknown(problem: &str) -> Checked {
    Checked {
        state: State::Unknown,
        hash: None,
        trusted: false,
        subject: None,
        problem: Some(problem.to_owned()),
    }
}

fn check_one(metainfo: &Metainfo, signature: &Signature, given: &[Certificate]) -> Checked {
    let raw = |range: &Range<usize>| metainfo.raw.get(range.clone()).unwrap_or_default();
    let own = match signature.certificate.as_ref().map(|range| Certificate::from_der(raw(range))) {
        Some(Ok(own)) => Some(own),
        Some(Err(_)) => return unknown("its certificate is not X.509"),
        None => None,
    };
    let signer = signature.signer.lossy();
    let named = |certificate: &&Certificate| certificate.common_name().is_some_and(|name| name == signer);
    let candidates: Vec<&Certificate> = match &own {
        Some(own) => vec![own],
        None => given.iter().filter(named).collect(),
    };
    let message = signed_bytes(metainfo.info_bytes(), signature.info.as_ref().map(raw));
    let bytes = raw(&signature.signature);
    for certificate in &candidates {
        if let Some(hash) = matching_hash(certificate.key(), &message, bytes) {
            // Who is trusted with one name is not with another: BEP 35 takes the signer for the common name.
            let is_signer = named(certificate);
            let known = |other: &Certificate| other.der == certificate.der || certificate.is_signed_by(other);
            let trusted = is_signer && given.iter().any(known);
            let subject = Some(certificate.subject());
            let problem = (!is_signer).then(|| "its certificate is for another name".to_owned());
            return Checked { state: State::Valid, hash: Some(hash), trusted, subject, problem };
        }
    }
    match candidates.first() {
        None => unknown("it brings no certificate, and none for its signer was given"),
        Some(certificate) => Checked {
            state: State::Invalid,
            hash: None,
            trusted: false,
            subject: Some(certificate.subject()),
            problem: Some("it was not made over this `info` with the key of its certificate".to_owned()),
        },
    }
}

fn signed_bytes(info: &[u8], extension: Option<&[u8]>) -> Vec<u8> {
    [info, extension.unwrap_or_default()].concat()
}

/// A private key and the certificate for it.
#[derive(Debug)]
pub struct Signer {
    key: RsaKeyPair,
    certificate: Certificate,
    /// Under which name it signs.
    pub name: String,
}

impl Signer {
    /// Reads the files of a key and of a certificate; the signer goes by `name`, or else by the common name of
    /// the certificate.
    ///
    /// # Errors
    /// When one of them can't be used, or they do not belong together.
    pub fn read(key: &[u8], certificate: &[u8], name: Option<String>) -> Result<Self, KeyError> {
        let key = read_key(key)?;
        let certificate = Certificate::read(certificate)?.swap_remove(0);
        if certificate.key() != key.public().as_ref() {
            return Err(KeyError::Mismatch);
        }
        let name = name.or_else(|| certificate.common_name()).ok_or(KeyError::NoName)?;
        Ok(Self { key, certificate, name })
    }

    /// The value of `signatures` for a torrent with this `info`, as the only entry. `random` hides the key from
    /// those who measure time; it does not show in the signature.
    ///
    /// # Errors
    /// When `random` fails.
    pub fn sign(&self, info: &[u8], random: &dyn ring::rand::SecureRandom) -> Result<Vec<u8>, KeyError> {
        let mut signed = vec![0; self.key.public().modulus_len()];
        self.key
            .sign(&signature::RSA_PKCS1_SHA256, random, &signed_bytes(info, None), &mut signed)
            .map_err(|_| KeyError::Refused("no random numbers".to_owned()))?;
        let mut to = Writer::new();
        to.begin_dict().bytes(self.name.as_bytes()).begin_dict();
        to.bytes(b"certificate").bytes(self.certificate.der());
        to.bytes(b"signature").bytes(&signed);
        to.end().end();
        Ok(to.finish())
    }
}

fn read_key(bytes: &[u8]) -> Result<RsaKeyPair, KeyError> {
    let refused = |error: ring::error::KeyRejected| KeyError::Refused(error.to_string());
    let text = std::str::from_utf8(bytes).ok().filter(|text| text.trim_start().starts_with("-----BEGIN"));
    let Some(pem) = text else {
        return RsaKeyPair::from_pkcs8(bytes)
            .or_else(|_| RsaKeyPair::from_der(bytes))
            .map_err(|_| KeyError::Key);
    };
    // As OpenSSL 1 wrote it: the label is that of a plain key, and the first line says otherwise.
    if pem.contains("Proc-Type: 4,ENCRYPTED") {
        return Err(KeyError::Encrypted);
    }
    let (label, der) = SecretDocument::from_pem(pem.trim()).map_err(|_| KeyError::Key)?;
    match label {
        "PRIVATE KEY" => RsaKeyPair::from_pkcs8(der.as_bytes()).map_err(refused),
        "RSA PRIVATE KEY" => RsaKeyPair::from_der(der.as_bytes()).map_err(refused),
        "ENCRYPTED PRIVATE KEY" => Err(KeyError::Encrypted),
        _ => Err(KeyError::Key),
    }
}
