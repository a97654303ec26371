//! What the user names as the thing to look at: a torrent file, `-`, a magnet URI, or a URL.
//!
//! Owns getting the bytes, bounded in size and time, and telling torrents from magnets. Does not
//! resolve magnets: that takes a swarm.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use anyhow::anyhow;

use crate::commands::beside::Beside;
use crate::config::{NetworkLimits, Settings};
use crate::env::Env;
use crate::exit::{CommandError, ErrorKind};
use crate::magnet::{self, Dropped, Magnet};
use crate::metainfo::{Limits, Metainfo};

/// Longest that a whole download may take: a server that trickles must not hold a pipeline for ever.
const FETCH_TIME: Duration = Duration::from_mins(10);

/// Redirects followed; as many as a download site with a mirror and a login page needs.
const MAX_REDIRECTS: u32 = 5;

/// How soon an interruption is seen while a server is waited for.
const INTERRUPT_POLL: Duration = Duration::from_millis(50);

/// What an argument turned out to name.
#[derive(Debug)]
pub(crate) enum Source {
    /// A metainfo file.
    Torrent(Box<Metainfo>),
    /// A magnet URI, and what of it was left out.
    Magnet(Box<Magnet>, Dropped),
}

/// Reads what `input` names. A file that holds a magnet URI counts as the magnet.
///
/// # Errors
/// A read or network error when the bytes cannot be had; bad input when they are neither.
pub(crate) fn load(env: &mut Env, settings: &Settings, input: &OsStr) -> Result<Source, CommandError> {
    if let Some(uri) = input.to_str().and_then(magnet_uri) {
        return parse_magnet(input, uri);
    }
    let bytes = match input.to_str() {
        Some("-") => read_stdin(env)?,
        Some(url) if is_url(url) => fetch(env, &settings.network, url)?,
        _ => read_file(env, Path::new(input))?,
    };
    match as_magnet(&bytes) {
        Some(uri) => parse_magnet(input, uri),
        None => parse_torrent(input, bytes),
    }
}

/// The same, for who needs a torrent and nothing less.
///
/// # Errors
/// As [`load`], and bad input for a magnet.
pub(crate) fn load_torrent(
    env: &mut Env,
    settings: &Settings,
    input: &OsStr,
) -> Result<Metainfo, CommandError> {
    match load(env, settings, input)? {
        Source::Torrent(torrent) => Ok(*torrent),
        Source::Magnet(..) => {
            let why = anyhow!("a magnet names a torrent but holds neither its files nor its hashes");
            Err(CommandError::new(ErrorKind::BadInput, why).at(input).hint("give the torrent file itself"))
        }
    }
}

fn is_url(input: &str) -> bool {
    ["http://", "https://"]
        .iter()
        .any(|scheme| input.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)))
}

/// The URI in text that is one: blanks and line ends around it come from copying.
fn magnet_uri(text: &str) -> Option<&str> {
    const SCHEME: &str = "magnet:";
    let uri = text.trim();
    uri.get(..SCHEME.len()).is_some_and(|start| start.eq_ignore_ascii_case(SCHEME)).then_some(uri)
}

/// Bencoding begins with another letter, so that no torrent is taken for a magnet. Larger input is
/// not looked through.
fn as_magnet(bytes: &[u8]) -> Option<&str> {
    if bytes.len() > magnet::MAX_URI || bytes.first() == Some(&b'd') {
        return None;
    }
    magnet_uri(std::str::from_utf8(bytes).ok()?)
}

fn parse_magnet(input: &OsStr, uri: &str) -> Result<Source, CommandError> {
    let (magnet, dropped) = Magnet::read(uri).map_err(|error| {
        let error = CommandError::new(ErrorKind::BadInput, anyhow::Error::new(error).context("bad magnet"));
        // A URI as argument is the whole of what failed, and as a path would be pages long.
        if input.to_str().and_then(magnet_uri).is_some() { error } else { error.at(input) }
    })?;
    Ok(Source::Magnet(Box::new(magnet), dropped))
}

fn parse_torrent(input: &OsStr, bytes: Vec<u8>) -> Result<Source, CommandError> {
    let what = if bytes.first() == Some(&b'd') { "invalid torrent" } else { "not a torrent" };
    let torrent = Metainfo::parse_with(bytes, &Limits::default(), &Beside).map_err(|error| {
        CommandError::new(ErrorKind::BadInput, anyhow::Error::new(error).context(what)).at(input)
    })?;
    Ok(Source::Torrent(Box::new(torrent)))
}

fn read_stdin(env: &mut Env) -> Result<Vec<u8>, CommandError> {
    read_bounded(&mut env.stdin, 0)
        .map_err(|error| read_error(Path::new("-"), error))?
        .ok_or_else(|| too_large(OsStr::new("-")))
}

fn read_file(env: &Env, path: &Path) -> Result<Vec<u8>, CommandError> {
    let open = || {
        let file = File::open(env.path(path))?;
        let length = file.metadata()?.len();
        read_bounded(file, length)
    };
    open().map_err(|error| read_error(path, error))?.ok_or_else(|| too_large(path.as_os_str()))
}

/// Reads to the end, `None` when that is beyond the largest torrent. `expected` is only a hint: what
/// is no regular file has no length.
fn read_bounded(from: impl Read, expected: u64) -> io::Result<Option<Vec<u8>>> {
    let limit = max_size();
    let capacity = expected.min(limit);
    let mut bytes = Vec::new();
    // One byte more, so that the end of the file is seen without growing the buffer.
    bytes.reserve_exact(usize::try_from(capacity).unwrap_or(0) + 1);
    from.take(limit + 1).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 <= limit).then_some(bytes))
}

fn max_size() -> u64 {
    Limits::default().bencode.bytes as u64
}

fn read_error(path: &Path, error: io::Error) -> CommandError {
    let is_directory = error.kind() == io::ErrorKind::IsADirectory;
    let error = anyhow::Error::new(error).context("reading the torrent");
    let error = CommandError::new(ErrorKind::Read, error).at(path);
    if is_directory { error.hint("`ccbt create-torrent` makes a torrent of a directory") } else { error }
}

fn too_large(input: &OsStr) -> CommandError {
    let why = anyhow!("larger than {} bytes, the most that a torrent may have", max_size());
    CommandError::new(ErrorKind::BadInput, why.context("not a torrent")).at(input)
}

/// Downloads from a thread of its own, so that an interruption need not wait for the server.
fn fetch(env: &Env, limits: &NetworkLimits, url: &str) -> Result<Vec<u8>, CommandError> {
    let (done, result) = mpsc::channel();
    let (address, limits) = (url.to_owned(), *limits);
    let thread = std::thread::Builder::new().name("fetch".into());
    let started = thread.spawn(move || {
        if done.send(download(&address, &limits)).is_err() {
            // The user asked to stop, and nobody waits for this any more.
        }
    });
    if let Err(error) = started {
        return Err(network_error(url, anyhow::Error::new(error)));
    }
    loop {
        match result.recv_timeout(INTERRUPT_POLL) {
            Ok(Ok(bytes)) => return Ok(bytes),
            Ok(Err(ureq::Error::BodyExceedsLimit(limit))) => {
                let why = anyhow!("the server sends more than {limit} bytes").context("not a torrent");
                return Err(CommandError::new(ErrorKind::BadInput, why).at(url));
            }
            // Its own text would only say that it is one of input and output.
            Ok(Err(ureq::Error::Io(error))) => return Err(network_error(url, error.into())),
            Ok(Err(error)) => return Err(network_error(url, error.into())),
            Err(RecvTimeoutError::Disconnected) => {
                return Err(network_error(url, anyhow!("the download ended unexpectedly")));
            }
            Err(RecvTimeoutError::Timeout) if env.is_interrupted() => {
                return Err(CommandError::new(ErrorKind::Interrupted, anyhow!("interrupted")).at(url));
            }
            Err(RecvTimeoutError::Timeout) => {}
        }
    }
}

fn network_error(url: &str, error: anyhow::Error) -> CommandError {
    CommandError::new(ErrorKind::Network, error.context("downloading the torrent")).at(url)
}

fn download(url: &str, limits: &NetworkLimits) -> Result<Vec<u8>, ureq::Error> {
    let agent = ureq::Agent::config_builder()
        .timeout_global(Some(FETCH_TIME))
        .timeout_resolve(Some(limits.timeout))
        .timeout_connect(Some(limits.timeout))
        .timeout_recv_response(Some(limits.timeout))
        .timeout_per_read(Some(limits.timeout))
        .max_redirects(MAX_REDIRECTS)
        // Variables of the environment reach commands through `Env` alone.
        .proxy(None)
        .user_agent(concat!("ccbt/", env!("CARGO_PKG_VERSION")))
        .build()
        .new_agent();
    let mut response = agent.get(url).call()?;
    let limit = limits.max_size.min(max_size());
    // Only what the server says; reading stays bounded whatever comes.
    if response.body().content_length().is_some_and(|length| length > limit) {
        return Err(ureq::Error::BodyExceedsLimit(limit));
    }
    response.body_mut().with_config().limit(limit).read_to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_of_input_are_told_apart() {
        assert!(is_url("HTTPS://a.example/x") && is_url("http://a") && !is_url("http:/a") && !is_url("é"));
        assert_eq!(magnet_uri(" Magnet:?x\n"), Some("Magnet:?x"));
        assert_eq!(magnet_uri("magnets.torrent"), None);
        assert_eq!(as_magnet(b"d8:announce"), None);
        assert_eq!(as_magnet(b"\nmagnet:?\xff"), None);
        assert_eq!(as_magnet(b"\nmagnet:?a\n"), Some("magnet:?a"));
    }

    #[test]
    fn reading_is_bounded() {
        assert_eq!(read_bounded(io::repeat(b'd'), u64::MAX).expect("readable"), None);
        assert_eq!(read_bounded(&b"de"[..], 2).expect("readable"), Some(b"de".to_vec()));
    }

    #[test]
    fn an_interruption_does_not_wait_for_the_server() {
        let silent = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}/", silent.local_addr().expect("an address"));
        let mut env = crate::env::testing::TestEnv::new("/").interrupted().env();
        let error = load(&mut env, &Settings::for_tests(), OsStr::new(&url)).expect_err("nothing was sent");
        assert_eq!(error.kind, ErrorKind::Interrupted);
    }
}
