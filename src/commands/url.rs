//! URLs of trackers and web seeds as they go into a torrent.
//!
//! Stricter than reading: a torrent that is there is taken for what it is worth, but one that is made
//! should not bring a URL which nobody can use. Does not look up or contact anything.

use std::net::Ipv6Addr;

use crate::magnet::{TRACKER_SCHEMES, WEB_SEED_SCHEMES};

/// Schemes of HTTP seeds (BEP 17).
const HTTP_SEED_SCHEMES: [&str; 2] = ["http", "https"];

/// What a URL is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    Tracker,
    WebSeed,
    HttpSeed,
    Update,
}

/// Why a URL is of no use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unusable {
    /// It could end a request line and begin another.
    #[error("it holds a control character")]
    Control,
    /// RFC 3986 has no place for one, and programs do not agree on what becomes of it.
    #[error("it holds a blank")]
    Blank,
    #[error("it does not begin with a scheme and `://`")]
    NoScheme,
    #[error("its scheme cannot be used for that")]
    Scheme,
    #[error("it names no host")]
    NoHost,
    #[error("what stands in brackets is no IPv6 address")]
    Ipv6,
    #[error("its port is no number from 1 to 65535")]
    Port,
    /// Unlike those of HTTP, UDP trackers have no usual port (BEP 15).
    #[error("a UDP tracker needs a port")]
    NoPort,
}

impl Purpose {
    /// The URL without blanks around it.
    ///
    /// # Errors
    /// When programs that read the torrent could not use it.
    pub(crate) fn url(self, text: &str) -> Result<String, Unusable> {
        let url = text.trim();
        if url.contains(char::is_control) {
            return Err(Unusable::Control);
        }
        if url.contains(char::is_whitespace) {
            return Err(Unusable::Blank);
        }
        let (scheme, rest) = url.split_once("://").ok_or(Unusable::NoScheme)?;
        if !self.schemes().iter().any(|known| scheme.eq_ignore_ascii_case(known)) {
            return Err(Unusable::Scheme);
        }
        let port = port(rest)?;
        if scheme.eq_ignore_ascii_case("udp") && port.is_none() {
            return Err(Unusable::NoPort);
        }
        Ok(url.to_owned())
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Tracker => "tracker",
            Self::WebSeed => "web seed",
            Self::HttpSeed => "HTTP seed",
            Self::Update => "update URL",
        }
    }

    /// What to do about a URL that is of no use.
    pub(crate) fn hint(self, why: Unusable) -> &'static str {
        match (why, self) {
            (Unusable::Blank, Self::Tracker) => {
                "write commas between several trackers, and a blank within a URL as `%20`"
            }
            (Unusable::Blank, Self::WebSeed) => {
                "give each web seed a flag of its own, and write a blank within a URL as `%20`"
            }
            (Unusable::Blank, Self::HttpSeed) => {
                "give each HTTP seed a flag of its own, and write a blank within a URL as `%20`"
            }
            (Unusable::Blank, Self::Update) => "write a blank within a URL as `%20`",
            (Unusable::Control, _) => "look for a line end or a tab where the URL was copied from",
            (Unusable::NoHost | Unusable::Ipv6, _) => {
                "the host stands after `://`, an IPv6 address in brackets: `http://[2001:db8::1]:80/`"
            }
            (Unusable::NoPort, _) => "write it after the host, as in `udp://tracker.example.com:6969`",
            (Unusable::NoScheme | Unusable::Scheme | Unusable::Port, Self::Tracker) => {
                "a tracker is an http, https, udp, ws or wss URL"
            }
            (Unusable::NoScheme | Unusable::Scheme | Unusable::Port, Self::WebSeed) => {
                "a web seed is an http, https or ftp URL"
            }
            (Unusable::NoScheme | Unusable::Scheme | Unusable::Port, Self::HttpSeed) => {
                "an HTTP seed is an http or https URL"
            }
            (Unusable::NoScheme | Unusable::Scheme | Unusable::Port, Self::Update) => {
                "an update URL is an http or https URL"
            }
        }
    }

    fn schemes(self) -> &'static [&'static str] {
        match self {
            Self::Tracker => &TRACKER_SCHEMES,
            Self::WebSeed => &WEB_SEED_SCHEMES,
            Self::HttpSeed | Self::Update => &HTTP_SEED_SCHEMES,
        }
    }
}

/// The port of an authority (RFC 3986, section 3.2), if it has one, in the text after `://`. One that is
/// empty stands for the usual one.
fn port(after_scheme: &str) -> Result<Option<u16>, Unusable> {
    let authority = after_scheme.split(['/', '?', '#']).next().unwrap_or_default();
    let place = authority.rsplit('@').next().unwrap_or_default();
    let port = match place.strip_prefix('[') {
        Some(bracketed) => {
            let (address, port) = bracketed.split_once(']').ok_or(Unusable::Ipv6)?;
            address.parse::<Ipv6Addr>().map_err(|_| Unusable::Ipv6)?;
            match port.strip_prefix(':') {
                None if !port.is_empty() => return Err(Unusable::Port),
                port => port,
            }
        }
        None => {
            let (host, port) = place.split_once(':').map_or((place, None), |(host, port)| (host, Some(port)));
            if host.is_empty() {
                return Err(Unusable::NoHost);
            }
            port
        }
    };
    let Some(port) = port.filter(|port| !port.is_empty()) else { return Ok(None) };
    // `+80` would parse.
    let digits = port.bytes().all(|byte| byte.is_ascii_digit());
    port.parse().ok().filter(|&port| digits && port != 0).map(Some).ok_or(Unusable::Port)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_that_programs_can_use() {
        for url in [
            "http://t.example/announce",
            "HTTPS://user:pass@t.example:443/announce?passkey=a:b@c#x",
            "udp://t.example:6969",
            "UDP://[::1]:80/announce",
            "http://[2001:db8::1]/announce",
            "http://[::1]:80",
            "http://t.example:/announce",
            "ws://t.example",
            "wss://t.example:443/?a=%20",
            "http://trücker.example",
        ] {
            assert_eq!(Purpose::Tracker.url(url).as_deref(), Ok(url));
        }
        for url in ["http://w.example/a%20b,c/", "https://w.example", "ftp://u@w.example:21/d"] {
            assert_eq!(Purpose::WebSeed.url(url).as_deref(), Ok(url));
        }
        assert_eq!(Purpose::Tracker.url(" udp://t:1\n").as_deref(), Ok("udp://t:1"));
    }

    #[test]
    fn urls_that_nobody_can_use() {
        for (url, why) in [
            ("http://t.example/a\nHost: b", Unusable::Control),
            ("http://t\u{7f}/", Unusable::Control),
            ("http://a.example http://b.example", Unusable::Blank),
            ("http://t.example/a\u{a0}b", Unusable::Blank),
            ("", Unusable::NoScheme),
            ("t.example:80", Unusable::NoScheme),
            ("http:/t.example", Unusable::NoScheme),
            ("://t.example", Unusable::Scheme),
            ("ftp://t.example", Unusable::Scheme),
            ("file:///etc/passwd", Unusable::Scheme),
            ("http://", Unusable::NoHost),
            ("http:///announce", Unusable::NoHost),
            ("http://u@/announce", Unusable::NoHost),
            ("udp://:80", Unusable::NoHost),
            ("udp://::1:80", Unusable::NoHost),
            ("http://?x", Unusable::NoHost),
            ("http://[]:80", Unusable::Ipv6),
            ("http://[::1", Unusable::Ipv6),
            ("http://[::g]/", Unusable::Ipv6),
            ("http://[::1]80/", Unusable::Port),
            ("http://2001:db8::1/", Unusable::Port),
            ("http://t:0/", Unusable::Port),
            ("http://t:+80/", Unusable::Port),
            ("udp://t:65536", Unusable::Port),
            ("udp://t.example", Unusable::NoPort),
            ("udp://t.example:/announce", Unusable::NoPort),
            ("udp://[::1]", Unusable::NoPort),
            ("udp://a:1@t.example/announce:80", Unusable::NoPort),
        ] {
            assert_eq!(Purpose::Tracker.url(url), Err(why), "{url}");
        }
        for url in ["udp://w.example:80", "ws://w.example", "wss://w.example"] {
            assert_eq!(Purpose::WebSeed.url(url), Err(Unusable::Scheme), "{url}");
        }
        assert_eq!(Purpose::HttpSeed.url("ftp://w.example"), Err(Unusable::Scheme));
    }
}
