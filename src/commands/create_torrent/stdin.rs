//! Content from standard input, which comes once and whose length nobody knows before its end.
//!
//! With a piece length it is hashed while it is read, and nothing of it is kept. Without one, the piece length
//! follows from the length, so that the content is written to a temporary file first.

use std::io::{Read, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tempfile::NamedTempFile;

use crate::commands::failure;
use crate::config::Settings;
use crate::content::open::{ContentError, Source, Stamp};
use crate::content::stream::{self, Cut, StreamError, Streamed};
use crate::content::walk::{Found, Walk};
use crate::env::Env;
use crate::exit::{CommandError, ErrorKind};
use crate::metainfo::builder;
use crate::meter::Meter;
use crate::ui::progress::Progress;
use crate::ui::{self, text};

use super::pieces::Rule;
use super::plan;
use super::request::Request;
use super::usage;

/// Bytes copied at once.
const COPIED: usize = 1 << 20;

/// Content that was read.
pub(super) enum Content {
    /// It was hashed and is gone.
    Hashed(Streamed),
    /// It lies in a temporary file.
    Spooled(NamedTempFile),
}

/// Reads all of standard input.
pub(super) fn read(env: &mut Env, settings: &Settings, request: &Request) -> Result<Content, CommandError> {
    let meter = Arc::new(Meter::default());
    let Rule::Exact(piece_length) = request.pieces.rule else {
        ui::note(
            env,
            settings,
            "the content is kept in a temporary file until it is hashed; --piece-length makes that needless",
        );
        return spool(env, settings, &meter).map(Content::Spooled);
    };
    plan::check_piece_length(request, piece_length)?;
    let progress = Progress::start(env, settings, "hashing", Arc::clone(&meter));
    let cut = Cut {
        piece_length,
        max_pieces: builder::MAX_PIECES,
        wanted: request.wanted(),
        files: request.file_digests,
        engine: settings.engine,
        meter: &meter,
        stop: &env.interrupted,
    };
    let streamed = stream::hash(&mut env.stdin, &cut);
    drop(progress);
    streamed.map(Content::Hashed).map_err(|error| match error {
        StreamError::Content(error) => failure::content(error),
        StreamError::TooLong(limit) => usage(format!(
            "there are more than {} pieces in standard input, and readers take no more",
            builder::MAX_PIECES
        ))
        .hint(format!("with this --piece-length it may have {}", text::size(limit))),
    })
}

/// Standard input for several torrents: it comes once, and each of them is checked against it.
pub(super) fn spooled(env: &mut Env, settings: &Settings) -> Result<Content, CommandError> {
    ui::note(env, settings, "the content is kept in a temporary file until the torrents are made");
    spool(env, settings, &Arc::new(Meter::default())).map(Content::Spooled)
}

impl Content {
    /// The content as a walk would have found it.
    pub(super) fn found(&self) -> Result<Walk, CommandError> {
        let (path, stamp) = match self {
            Self::Hashed(streamed) => (PathBuf::from("-"), Stamp::expected(streamed.length)),
            Self::Spooled(file) => {
                let metadata = file.as_file().metadata().map_err(|error| spooling(file.path(), error))?;
                (file.path().to_owned(), Stamp::of(&metadata))
            }
        };
        let source = Source { path, stamp, follow: false };
        let file = Found { path: String::new(), source, executable: false, link: None };
        Ok(Walk { files: vec![file], ..Walk::default() })
    }
}

fn spool(env: &mut Env, settings: &Settings, meter: &Arc<Meter>) -> Result<NamedTempFile, CommandError> {
    let directory = spool_directory(env);
    let mut file = tempfile::Builder::new()
        .prefix("ccbt-content-")
        .tempfile_in(&directory)
        .map_err(|error| spooling(&directory, error))?;
    let progress = Progress::start(env, settings, "reading", Arc::clone(meter));
    let mut buffer = vec![0; COPIED];
    let mut length = 0;
    loop {
        let result = env.stdin.read(&mut buffer);
        if env.is_interrupted() {
            return Err(failure::content(ContentError::Interrupted));
        }
        match result {
            Ok(0) => break,
            Ok(count) => {
                file.write_all(&buffer[..count]).map_err(|error| spooling(&directory, error))?;
                length += count as u64;
                meter.add(count as u64);
            }
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(source) => {
                let path = PathBuf::from("-");
                return Err(failure::content(ContentError::Read { path, offset: length, source }));
            }
        }
    }
    drop(progress);
    Ok(file)
}

/// `TMPDIR`, else where files may be larger than memory (file-hierarchy(7), "/var/tmp"), else the working
/// directory.
fn spool_directory(env: &Env) -> PathBuf {
    let named = env.var("TMPDIR").or_else(|| env.var("TEMP")).map(|path| env.path(Path::new(path)));
    let usual = || Some(PathBuf::from("/var/tmp")).filter(|path| path.is_dir());
    named.or_else(usual).unwrap_or_else(|| env.cwd.clone())
}

fn spooling(directory: &Path, error: std::io::Error) -> CommandError {
    let error = anyhow::Error::new(error)
        .context(format!("keeping standard input in a temporary file in `{}`", directory.display()));
    CommandError::new(ErrorKind::Write, error)
        .at(directory)
        .hint("name a directory with room in TMPDIR, or give --piece-length, which needs no file")
}
