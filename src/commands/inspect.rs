//! `ccbt inspect`: everything in torrents and magnets, for people and for programs.
//!
//! Owns the order of work over many inputs. What is told stands in [`report`]; how it looks stands in
//! [`human`] and [`field`].

mod field;
mod files;
mod human;
mod report;

use std::ffi::{OsStr, OsString};
use std::io::Write as _;

use anyhow::anyhow;

use super::source::{self, Source};
use crate::config::Settings;
use crate::env::Env;
use crate::exit::{CommandError, ErrorKind, ExitStatus};
use crate::metainfo::{Metainfo, path};
use crate::ui;

use report::Report;

/// Show what is in torrents and magnets
///
/// Everything that a torrent holds: its info-hashes, what it weighs, where peers are found, its files
/// and what is odd about it. With several inputs the command goes on after one that cannot be read and
/// ends with the highest exit status of them all.
#[derive(Debug, clap::Args)]
pub(crate) struct Inspect {
    /// Torrent files, magnet URIs, http or https URLs, or `-` for standard input
    #[arg(required = true, value_name = "INPUT")]
    inputs: Vec<OsString>,
    /// Only the files, tab-separated: index, length, offset, first piece, last piece, path
    ///
    /// One line a file, without a heading. Lengths and offsets are bytes; an empty file has `-` for its
    /// pieces. Pad files are neither listed nor counted.
    #[arg(long, conflicts_with = "field")]
    files: bool,
    /// Only this field of the JSON document, such as `info_hash_v1` or `files.path`
    ///
    /// A text is printed as it is, a list one item a line, and nothing for what is not there; with
    /// --json the value as JSON. A dot leads into objects and lists: `files.0.length` is the length of
    /// the first file, `files.path` lists all paths.
    #[arg(long, value_name = "NAME")]
    field: Option<String>,
}

impl Inspect {
    pub(crate) fn run(self, env: &mut Env, settings: &Settings) -> Result<ExitStatus, CommandError> {
        if self.inputs.iter().filter(|input| *input == "-").count() > 1 {
            let why = anyhow!("standard input (`-`) is given twice, but can be read only once");
            return Err(CommandError::new(ErrorKind::Usage, why));
        }
        if let Some(name) = &self.field {
            field::check(name)?;
        }
        let mut worst = ExitStatus::Success;
        for (index, input) in self.inputs.iter().enumerate() {
            if env.is_interrupted() {
                return Err(CommandError::new(ErrorKind::Interrupted, anyhow!("interrupted")));
            }
            let status = match self.one(env, settings, input, index > 0) {
                Err(error) if matches!(error.kind, ErrorKind::ClosedPipe | ErrorKind::Write) => {
                    return Err(error);
                }
                Err(error) if self.inputs.len() == 1 || env.is_interrupted() => return Err(error),
                Err(error) => {
                    env.out.flush()?;
                    ui::error::report(env, settings.json, settings.color.err, &error)
                }
                Ok(status) => status,
            };
            worst = worst.max(status);
        }
        Ok(worst)
    }

    fn one(
        &self,
        env: &mut Env,
        settings: &Settings,
        input: &OsStr,
        further: bool,
    ) -> Result<ExitStatus, CommandError> {
        let name = input.to_string_lossy();
        match source::load(env, settings, input)? {
            Source::Torrent(torrent) => {
                let paths = resolve(input, &torrent)?;
                self.show(env, settings, Report::of_torrent(&name, &torrent, &paths), further)
            }
            Source::Magnet(magnet, _) => self.show(env, settings, Report::of_magnet(&name, &magnet), further),
        }
    }

    fn show(
        &self,
        env: &mut Env,
        settings: &Settings,
        report: Report<'_>,
        further: bool,
    ) -> Result<ExitStatus, CommandError> {
        if let Some(name) = &self.field {
            field::print(env, settings, report, name)?;
        } else if settings.json {
            ui::json::print(env, &report)?;
        } else if self.files {
            if !report.is_torrent() {
                ui::note(env, settings, "a magnet holds no list of files");
                return Ok(ExitStatus::No);
            }
            files::print(env, &report.files)?;
        } else {
            human::print(env, settings, &report, further)?;
        }
        Ok(ExitStatus::Success)
    }
}

fn resolve(input: &OsStr, torrent: &Metainfo) -> Result<path::Resolved, CommandError> {
    path::resolve(torrent).map_err(|error| {
        let error = anyhow::Error::new(error).context("invalid torrent");
        CommandError::new(ErrorKind::BadInput, error).at(input)
    })
}
