//! Addresses as magnets write them: `hostname:port`, `ipv4:port`, `[ipv6]:port` (BEP 9).

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// Longest host name, bytes (RFC 1035, section 3.1, in text form).
const MAX_NAME: usize = 253;

/// Longest label of a host name, bytes (RFC 1035, section 3.1).
const MAX_LABEL: usize = 63;

/// Where a peer or a node listens.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Endpoint {
    /// The machine.
    pub host: Host,
    /// The port, never 0.
    pub port: u16,
}

/// A machine, by name or by address.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Host {
    /// An IPv4 address.
    V4(Ipv4Addr),
    /// An IPv6 address.
    V6(Ipv6Addr),
    /// A name to look up: letters, digits, `-`, `_` and `.`, as written.
    Name(String),
}

/// Text that is no [`Endpoint`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidEndpoint {
    /// No colon before a port from 1 to 65535.
    #[error("no port from 1 to 65535 after a colon")]
    Port,
    /// Neither a name nor an address.
    #[error("neither a host name nor an IPv4 address nor an IPv6 address in brackets")]
    Host,
}

impl FromStr for Endpoint {
    type Err = InvalidEndpoint;

    fn from_str(text: &str) -> Result<Self, InvalidEndpoint> {
        let (host, port) = text.rsplit_once(':').ok_or(InvalidEndpoint::Port)?;
        if !port.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(InvalidEndpoint::Port); // `+80` would parse
        }
        let port = port.parse().ok().filter(|&port| port != 0).ok_or(InvalidEndpoint::Port)?;
        Ok(Self { host: host.parse()?, port })
    }
}

impl FromStr for Host {
    type Err = InvalidEndpoint;

    fn from_str(text: &str) -> Result<Self, InvalidEndpoint> {
        if let Some(inner) = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')) {
            return inner.parse().map(Self::V6).map_err(|_| InvalidEndpoint::Host);
        }
        if let Ok(address) = text.parse() {
            return Ok(Self::V4(address));
        }
        if is_name(text) { Ok(Self::Name(text.to_owned())) } else { Err(InvalidEndpoint::Host) }
    }
}

/// Whether text is a host name. One that ends in a number is a broken IPv4 address.
fn is_name(text: &str) -> bool {
    let labels = text.strip_suffix('.').unwrap_or(text);
    let label = |label: &str| {
        (1..=MAX_LABEL).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    };
    let number = |label: &str| label.bytes().all(|byte| byte.is_ascii_digit());
    labels.len() <= MAX_NAME && labels.split('.').all(label) && !labels.rsplit('.').next().is_some_and(number)
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.host {
            Host::V4(address) => write!(f, "{address}:{}", self.port),
            Host::V6(address) => write!(f, "[{address}]:{}", self.port),
            Host::Name(name) => write!(f, "{name}:{}", self.port),
        }
    }
}

impl serde::Serialize for Endpoint {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}
