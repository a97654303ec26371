//! URLs of trackers (BEP 3, 12, 15) and web seeds (BEP 17, 19), and `nodes` (BEP 5).
//!
//! Decides only what can be used at all. Which addresses may be contacted is the affair of whoever
//! connects.

use std::collections::HashSet;

use super::Severity;
use super::error::shown;
use super::lint::Lints;
use crate::bencode::{Kind, Value};

/// Schemes of trackers: BEP 3, BEP 15, and the web sockets of WebTorrent.
const TRACKER_SCHEMES: [&str; 5] = ["http", "https", "udp", "ws", "wss"];
/// Schemes of web seeds (BEP 19).
const SEED_SCHEMES: [&str; 3] = ["http", "https", "ftp"];

/// The tiers of `announce-list`, or `announce` alone when that names no usable tracker (BEP 12).
pub(super) fn trackers(
    announce: Option<Value<'_, '_>>,
    announce_list: Option<Value<'_, '_>>,
    lints: &mut Lints,
) -> Vec<Vec<String>> {
    let mut tiers = Vec::new();
    if let Some(list) = announce_list {
        if list.list().is_none() && list.as_bytes() != Some(b"") {
            ignored("announce-list", list, lints);
        }
        for tier in list.list().into_iter().flatten() {
            let Some(urls) = tier.list() else {
                ignored("announce-list", tier, lints);
                continue;
            };
            let tier: Vec<_> = urls.filter_map(|url| tracker(url, "announce-list", lints)).collect();
            if !tier.is_empty() {
                tiers.push(tier);
            }
        }
    }
    if tiers.is_empty() {
        tiers.extend(announce.and_then(|url| tracker(url, "announce", lints)).map(|url| vec![url]));
    }
    tiers
}

fn tracker(value: Value<'_, '_>, key: &'static str, lints: &mut Lints) -> Option<String> {
    let Some(raw) = value.as_bytes() else {
        ignored(key, value, lints);
        return None;
    };
    let url = raw.trim_ascii();
    if url.is_empty() {
        return None;
    }
    let usable = usable(url, &TRACKER_SCHEMES);
    let text = std::str::from_utf8(url).ok().filter(|_| usable.is_ok());
    if text.is_none() {
        let reason = usable.err().unwrap_or("it is not UTF-8");
        dropped("dropped-tracker", key, url, reason, lints);
    }
    text.map(str::to_owned)
}

/// `url-list` or `httpseeds`: a string or a list of strings, escaped, without repeats. With
/// `directory` each gets the slash at its end that BEP 19 asks for.
pub(super) fn seeds(
    value: Option<Value<'_, '_>>,
    key: &'static str,
    directory: bool,
    lints: &mut Lints,
) -> Vec<String> {
    let Some(value) = value else { return Vec::new() };
    let mut urls = Vec::new();
    let mut seen = HashSet::new();
    let single = (value.kind() == Kind::Bytes).then_some(value);
    if single.is_none() && value.kind() != Kind::List {
        ignored(key, value, lints);
    }
    for item in single.into_iter().chain(value.list().into_iter().flatten()) {
        let Some(raw) = item.as_bytes() else {
            ignored(key, item, lints);
            continue;
        };
        let raw = raw.trim_ascii();
        if raw.is_empty() {
            continue;
        }
        if let Err(reason) = usable(raw, &SEED_SCHEMES) {
            dropped("dropped-web-seed", key, raw, reason, lints);
            continue;
        }
        let mut url = escaped(raw);
        if directory && !url.ends_with('/') {
            url.push('/');
        }
        if seen.insert(url.clone()) {
            urls.push(url);
        }
    }
    urls
}

/// `nodes` (BEP 5, "Torrent File Extensions"): pairs of host and port, malformed ones left out.
pub(super) fn nodes(value: Option<Value<'_, '_>>, lints: &mut Lints) -> Vec<(String, u16)> {
    let Some(value) = value else { return Vec::new() };
    if value.kind() != Kind::List {
        ignored("nodes", value, lints);
    }
    let mut nodes = Vec::new();
    for item in value.list().into_iter().flatten() {
        match node(item) {
            Some(node) => nodes.push(node),
            None => ignored("nodes", item, lints),
        }
    }
    nodes
}

pub(super) fn node(pair: Value<'_, '_>) -> Option<(String, u16)> {
    let mut pair = pair.list()?;
    let host = pair.next()?.as_str()?.trim();
    let port = u16::try_from(pair.next()?.as_int()?).ok().filter(|&port| port != 0)?;
    let clean = !host.is_empty() && !host.contains(|c: char| c.is_control() || c.is_whitespace());
    clean.then(|| (host.to_owned(), port))
}

/// Whether a URL, without blanks around it, is one of a tracker that can be used.
pub(super) fn is_tracker(url: &[u8]) -> bool {
    usable(url, &TRACKER_SCHEMES).is_ok() && std::str::from_utf8(url).is_ok()
}

/// Whether a URL has one of the schemes and a host, and no control characters that would end up in a
/// request.
fn usable(url: &[u8], schemes: &[&str]) -> Result<(), &'static str> {
    if url.iter().any(u8::is_ascii_control) {
        return Err("it holds control characters");
    }
    let Some(colon) = url.iter().position(|&byte| byte == b':') else { return Err("it has no scheme") };
    let (scheme, rest) = url.split_at(colon);
    if !schemes.iter().any(|known| scheme.eq_ignore_ascii_case(known.as_bytes())) {
        return Err("its scheme cannot be used here");
    }
    let Some(rest) = rest.strip_prefix(b"://") else { return Err("it has no host") };
    let authority = rest.split(|byte| matches!(byte, b'/' | b'?' | b'#')).next().unwrap_or_default();
    let host = authority.rsplit(|&byte| byte == b'@').next().unwrap_or_default();
    if host.is_empty() || host.starts_with(b":") {
        return Err("it has no host");
    }
    Ok(())
}

/// Percent-encodes what may not stand in a URL; what is escaped already stays.
pub(super) fn escaped(url: &[u8]) -> String {
    let mut out = String::with_capacity(url.len() + 1);
    for &byte in url {
        match byte {
            b'!'..=b'~' if !b"\"<>\\^`{|}".contains(&byte) => out.push(char::from(byte)),
            _ => {
                out.push('%');
                out.push_str(&crate::hex::encode(&[byte]).to_ascii_uppercase());
            }
        }
    }
    out
}

/// Notes a URL that cannot be used, without the credentials it may carry.
fn dropped(name: &'static str, key: &str, url: &[u8], reason: &str, lints: &mut Lints) {
    lints.count(name, Severity::Warning, || {
        let credentials = url.iter().rposition(|&byte| byte == b'@').map_or(0, |at| at + 1);
        let hidden = if credentials > 0 { "…@" } else { "" };
        let rest = url.get(credentials..).unwrap_or_default();
        format!("`{key}`: `{hidden}{}` is left out, {reason}", shown(rest))
    });
}

/// Notes a value of the wrong type in a place that may be left out.
pub(super) fn ignored(key: &str, value: Value<'_, '_>, lints: &mut Lints) {
    lints.count("ignored-value", Severity::Warning, || {
        format!(
            "{} in `{key}` at byte {} cannot be used and is left out",
            value.kind().name(),
            value.span().start
        )
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usable_urls() {
        for url in ["http://t.example/announce", "UDP://t.example:80", "wss://t.example", "http://[::1]:80/a"]
        {
            assert_eq!(usable(url.as_bytes(), &TRACKER_SCHEMES), Ok(()), "{url}");
        }
        for url in
            ["file:///etc/passwd", "http:///x", "http://u@/x", "http://:80/", "t.example", "http:x", "://x"]
        {
            assert!(usable(url.as_bytes(), &TRACKER_SCHEMES).is_err(), "{url}");
        }
    }

    #[test]
    fn escaping_keeps_what_is_escaped() {
        assert_eq!(escaped(b"http://a/b%20c d\xc3\xa9|?x=[1]"), "http://a/b%20c%20d%C3%A9%7C?x=[1]");
    }

    #[test]
    fn credentials_stay_out_of_lints() {
        let mut lints = Lints::default();
        dropped("dropped-tracker", "announce", b"gopher://user:secret@h/", "no", &mut lints);
        let lints = lints.finish();
        assert_eq!(lints.first().map(|lint| lint.message.contains("secret")), Some(false));
    }
}
