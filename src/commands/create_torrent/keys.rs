//! What the keys of a torrent hold, from the text of flags and settings: nodes, info-hashes, a certificate,
//! entropy.

use std::io::Read as _;
use std::path::Path;

use crate::config::{Entropy, Settings};
use crate::env::Env;
use crate::exit::{CommandError, ErrorKind};
use crate::hex;
use crate::id::InfoHashV2;
use crate::magnet::{Endpoint, Host};

use super::{MetadataArgs, usage};

/// Bytes of entropy: as many as no two torrents will ever share.
const ENTROPY: usize = 16;
/// Bytes of a certificate file, at most: one takes one or two thousand.
const LARGEST_CERTIFICATE: u64 = 64 * 1024;
const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const END: &str = "-----END CERTIFICATE-----";

/// The flag's values where there are any, else the settings'.
pub(super) fn chosen<'a>(given: &'a [String], default: &'a [String]) -> &'a [String] {
    if given.is_empty() { default } else { given }
}

/// `nodes` (BEP 5): host and port.
pub(super) fn nodes(texts: &[String]) -> Result<Vec<(String, u16)>, CommandError> {
    let node = |text: &String| {
        let endpoint: Endpoint = text.trim().parse().map_err(|why| {
            usage(format!("`{text}` is no DHT node: {why}"))
                .hint("write `HOST:PORT`, an IPv6 address in brackets: `[2001:db8::1]:6881`")
        })?;
        let host = match endpoint.host {
            Host::V4(address) => address.to_string(),
            Host::V6(address) => address.to_string(),
            Host::Name(name) => name,
        };
        Ok((host, endpoint.port))
    };
    texts.iter().map(node).collect()
}

/// `similar` (BEP 38): info-hashes of 20 bytes; those of v2 are cut, as they are wherever 20 bytes are
/// needed (BEP 52, "infohash").
pub(super) fn similar(texts: &[String]) -> Result<Vec<[u8; 20]>, CommandError> {
    let hash = |text: &String| {
        let bytes = text.trim().as_bytes();
        let v1 = hex::decode(bytes).or_else(|| hex::decode_base32(bytes));
        v1.or_else(|| hex::decode(bytes).map(|hash| InfoHashV2(hash).truncated())).ok_or_else(|| {
            usage(format!("`{text}` is no info-hash"))
                .hint("an info-hash has 40 hexadecimal digits (v1) or 64 (v2); `ccbt inspect` shows it")
        })
    };
    let mut all: Vec<[u8; 20]> = Vec::new();
    for text in texts {
        let hash = hash(text)?;
        if !all.contains(&hash) {
            all.push(hash);
        }
    }
    Ok(all)
}

/// `collections` (BEP 38).
pub(super) fn collections(texts: &[String]) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for text in texts.iter().filter(|text| !text.is_empty()) {
        if !all.contains(text) {
            all.push(text.clone());
        }
    }
    all
}

/// `ssl-cert`: the one certificate of a file, line ends made the same everywhere.
pub(super) fn certificate(
    args: &MetadataArgs,
    env: &Env,
    settings: &Settings,
) -> Result<Option<String>, CommandError> {
    let default = settings.create.root_certificate.as_deref().map(Path::new);
    let given = args.root_certificate.as_deref().or(default).filter(|path| !path.as_os_str().is_empty());
    let Some(path) = given.map(|path| env.path(path)) else { return Ok(None) };
    let mut text = String::new();
    let read = std::fs::File::open(&path)
        .and_then(|file| file.take(LARGEST_CERTIFICATE + 1).read_to_string(&mut text));
    match read {
        Ok(_) => {}
        Err(error) if error.kind() == std::io::ErrorKind::InvalidData => {
            return Err(no_certificate(&path, NOT_PEM));
        }
        Err(error) => {
            let error = anyhow::Error::new(error).context("reading a certificate");
            return Err(CommandError::new(ErrorKind::Read, error).at(path));
        }
    }
    if text.len() as u64 > LARGEST_CERTIFICATE {
        return Err(no_certificate(&path, "it is larger than 64 KiB"));
    }
    pem(&text).map(Some).map_err(|why| no_certificate(&path, why))
}

const NOT_PEM: &str = "it holds no certificate in PEM";

fn no_certificate(path: &Path, why: &str) -> CommandError {
    let error = anyhow::anyhow!("reading a certificate: `{}`: {why}", path.display());
    CommandError::new(ErrorKind::BadInput, error)
        .at(path)
        .hint("PEM is text between `-----BEGIN CERTIFICATE-----` and `-----END CERTIFICATE-----`")
}

/// The certificate in a text of RFC 7468. A private key beside it would become public with the torrent, so a
/// file that has one is refused and not merely cut.
fn pem(text: &str) -> Result<String, &'static str> {
    if text.contains("PRIVATE KEY-----") {
        return Err("it holds a private key, which must stay out of a torrent");
    }
    let (_, rest) = text.split_once(BEGIN).ok_or(NOT_PEM)?;
    let (body, rest) = rest.split_once(END).ok_or(NOT_PEM)?;
    if rest.contains(BEGIN) {
        return Err("it holds more than one certificate");
    }
    let lines: Vec<&str> = body.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let base64 = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte);
    // DER begins with a sequence whose length takes more than a byte: `0x30 0x8?`, in base 64 `MI`.
    let whole = lines.first().is_some_and(|line| line.starts_with("MI"))
        && lines.iter().all(|line| line.bytes().all(base64))
        && lines.iter().map(|line| line.len()).sum::<usize>().is_multiple_of(4);
    if !whole {
        return Err("what stands in it as a certificate is none");
    }
    Ok(format!("{BEGIN}\n{}\n{END}\n", lines.join("\n")))
}

/// `x_cross_seed`: the text that was given, or a new one. An empty text leaves the key out.
pub(super) fn entropy(
    args: &MetadataArgs,
    env: &Env,
    settings: &Settings,
) -> Result<Option<String>, CommandError> {
    let asked = match &args.entropy {
        None => settings.create.entropy.clone(),
        Some(None) => Some(Entropy::Random),
        Some(Some(text)) => Some(Entropy::Text(text.clone())).filter(|_| !text.is_empty()),
    };
    match asked {
        None => Ok(None),
        Some(Entropy::Text(text)) => Ok(Some(text)),
        Some(Entropy::Random) => {
            let mut bytes = [0; ENTROPY];
            (env.random)(&mut bytes).map_err(|error| {
                let error = anyhow::Error::new(error).context("taking random bytes from the system");
                CommandError::new(ErrorKind::Read, error).hint("give the text: --entropy=TEXT")
            })?;
            Ok(Some(format!("ccbt-{}", hex::encode(&bytes))))
        }
    }
}

/// Whether entropy is random.
pub(super) fn is_random(args: &MetadataArgs, settings: &Settings) -> bool {
    match &args.entropy {
        Some(given) => given.is_none(),
        None => settings.create.entropy == Some(Entropy::Random),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts<const N: usize>(texts: [&str; N]) -> Vec<String> {
        texts.map(str::to_owned).into()
    }

    #[test]
    fn nodes_are_hosts_and_ports() {
        let given = texts(["router.example:6881", "127.0.0.1:1", "[2001:db8::1]:65535"]);
        let expected = [("router.example", 6881), ("127.0.0.1", 1), ("2001:db8::1", 65535)];
        assert_eq!(nodes(&given).unwrap(), expected.map(|(host, port)| (host.to_owned(), port)));
        for bad in ["router.example", "x:0", ":1", "::1:80", "a b:1"] {
            assert!(nodes(&texts([bad])).is_err(), "{bad}");
        }
    }

    #[test]
    fn info_hashes_of_both_versions() {
        let (v1, v2) = ("0123456789abcdef0123456789ABCDEF01234567", "ab".repeat(32));
        let found = similar(&texts([v1, &v2, v1])).unwrap();
        assert_eq!(found, [hex::decode(v1.as_bytes()).unwrap(), [0xab; 20]]);
        assert!(similar(&texts(["0123"])).is_err());
    }

    #[test]
    fn one_certificate_and_no_key() {
        let good = format!("text before\r\n{BEGIN}\r\nMIIB\r\nAAA=\r\n{END}\r\n");
        assert_eq!(pem(&good).unwrap(), format!("{BEGIN}\nMIIB\nAAA=\n{END}\n"));
        let twice = good.repeat(2);
        let key = format!("{good}-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n");
        let (torn, odd) = (good.replace(END, ""), good.replace("MIIB", "MI!B"));
        for (bad, word) in [(twice, "more than one"), (key, "private key"), (torn, "PEM"), (odd, "none")] {
            assert!(pem(&bad).unwrap_err().contains(word), "{bad}");
        }
    }
}
