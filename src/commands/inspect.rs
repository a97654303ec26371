//! `ccbt inspect`: everything in torrents and magnets, for people and for programs.
//!
//! Owns the order of work over many inputs. What is told stands in [`report`]; how it looks stands in
//! [`human`] and [`field`].

mod differ;
mod field;
mod files;
mod human;
mod judge;
mod raw;
mod report;

use std::ffi::{OsStr, OsString};
use std::io::Write as _;
use std::path::PathBuf;

use anyhow::anyhow;

use super::certificates;
use super::source::{self, Source};
use crate::config::Settings;
use crate::env::Env;
use crate::exit::{CommandError, ErrorKind, ExitStatus};
use crate::metainfo::signature::{self, Certificate};
use crate::metainfo::{Lint, Metainfo, Severity, path};
use crate::ui;

use judge::Judge;
use report::Report;

/// Show what is in torrents and magnets
///
/// Everything that a torrent holds: its info-hashes, what it weighs, where peers are found, its files
/// and what is odd about it. With several inputs the command goes on after one that cannot be read and
/// ends with the highest exit status of them all.
#[derive(Debug, clap::Args)]
pub(crate) struct Inspect {
    /// Torrent files, magnet URIs, http or https URLs, or `-` for standard input
    #[arg(required_unless_present = "list_lints", value_name = "INPUT")]
    inputs: Vec<OsString>,
    /// Only the files, tab-separated: index, length, offset, first piece, last piece, path
    ///
    /// One line a file, without a heading. Lengths and offsets are bytes; an empty file has `-` for its
    /// pieces. Pad files are neither listed nor counted.
    #[arg(long, group = "view")]
    files: bool,
    /// Only this field of the JSON document, such as `info_hash_v1` or `files.path`
    ///
    /// `source` is the input as given; the key `source` of a torrent is `source_tag`.
    ///
    /// A text is printed as it is, a list one item a line, and nothing for what is not there; with
    /// --json the value as JSON. A dot leads into objects and lists: `files.0.length` is the length of
    /// the first file, `files.path` lists all paths.
    #[arg(long, value_name = "NAME", group = "view")]
    field: Option<String>,
    /// The bencoding itself as JSON, with every key and value
    ///
    /// Text stays text; bytes that are not UTF-8 become an object with their hexadecimal digits under
    /// `hex`, and such keys begin with `hex:`.
    #[arg(long, group = "view")]
    raw: bool,
    /// Explain why two torrents have different info-hashes; ends with 0 when they have the same
    ///
    /// Takes two torrents and names each choice that was made differently: name, piece length, order of
    /// the files, files left out, padding, attributes, private flag, source, further keys, content. Where
    /// a choice is that of a program whose rules are known, it says of which.
    #[arg(long, group = "view")]
    why_differ: bool,
    /// Certificates whose signatures (BEP 35) are to be trusted, PEM or DER
    #[arg(long, value_name = "FILE")]
    trust: Vec<PathBuf>,
    /// Do not mention this lint: a name, `info`, `warning`, `error` or `all`
    #[arg(long, value_name = "LINT", value_delimiter = ',')]
    allow: Vec<String>,
    /// End with 1 when this lint is found: a name, `info`, `warning`, `error` (each with what is worse) or `all`
    #[arg(long, value_name = "LINT", value_delimiter = ',')]
    deny: Vec<String>,
    /// Show the names of all lints and what they are about
    #[arg(long, conflicts_with_all = ["inputs", "view"])]
    list_lints: bool,
}

impl Inspect {
    pub(crate) fn run(self, env: &mut Env, settings: &Settings) -> Result<ExitStatus, CommandError> {
        if self.inputs.iter().filter(|input| *input == "-").count() > 1 {
            let why = anyhow!("standard input (`-`) is given twice, but can be read only once");
            return Err(CommandError::new(ErrorKind::Usage, why));
        }
        if self.list_lints {
            return judge::list(env, settings).map(|()| ExitStatus::Success);
        }
        if let Some(name) = &self.field {
            field::check(name)?;
        }
        let judge = Judge::new(&self.allow, &self.deny)?;
        let trusted = certificates::read_all(env, &self.trust)?;
        if self.why_differ {
            return self.why_differ(env, settings);
        }
        let mut worst = ExitStatus::Success;
        for (index, input) in self.inputs.iter().enumerate() {
            if env.is_interrupted() {
                return Err(CommandError::new(ErrorKind::Interrupted, anyhow!("interrupted")));
            }
            let status = match self.one(env, settings, (&judge, &trusted), input, index > 0) {
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

    fn why_differ(&self, env: &mut Env, settings: &Settings) -> Result<ExitStatus, CommandError> {
        let [one, other] = self.inputs.as_slice() else {
            let given = match self.inputs.len() {
                1 => "1 is given".to_owned(),
                many => format!("{many} are given"),
            };
            let why = anyhow!("--why-differ compares two torrents, and {given}");
            return Err(CommandError::new(ErrorKind::Usage, why));
        };
        let torrents =
            (source::load_torrent(env, settings, one)?, source::load_torrent(env, settings, other)?);
        let names = (one.to_string_lossy(), other.to_string_lossy());
        differ::print(env, settings, [(&names.0, &torrents.0), (&names.1, &torrents.1)])
    }

    fn one(
        &self,
        env: &mut Env,
        settings: &Settings,
        (judge, trusted): (&Judge<'_>, &[Certificate]),
        input: &OsStr,
        further: bool,
    ) -> Result<ExitStatus, CommandError> {
        let name = input.to_string_lossy();
        match source::load(env, settings, input)? {
            Source::Torrent(torrent) if self.raw => {
                raw::print(env, settings, &name, &torrent)?;
                let paths = resolve(input, &torrent)?;
                let mut lints = torrent.lints.iter().chain(&paths.lints);
                Ok(answer(lints.any(|lint| judge.denies(lint))))
            }
            Source::Torrent(torrent) => {
                let paths = resolve(input, &torrent)?;
                let checked = signature::check(&torrent, trusted);
                let about_signatures = signature_lints(&torrent, &checked, !trusted.is_empty());
                let mut report = Report::of_torrent(&name, &torrent, &paths, &checked);
                report.lints.splice(0..0, &about_signatures);
                report.lints.retain(|lint| judge.tells(lint));
                let denied = report.lints.iter().any(|lint| judge.denies(lint));
                Ok(self.show(env, settings, report, further)?.max(answer(denied)))
            }
            Source::Magnet(..) if self.raw => {
                let why = anyhow!("a magnet is not bencoded");
                Err(CommandError::new(ErrorKind::BadInput, why).at(input))
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

/// What is odd about the signatures; where certificates were given, those of others and none at all as well.
fn signature_lints(torrent: &Metainfo, checked: &[signature::Checked], given: bool) -> Vec<Lint> {
    let lint = |name, severity, message| Lint { name, severity, message };
    let about = |(signature, checked): (&signature::Signature, &signature::Checked)| {
        let signer = signature.signer.lossy();
        match checked.state {
            signature::State::Invalid => {
                let message = format!("the signature of `{signer}` does not hold for this torrent");
                Some(lint("invalid-signature", Severity::Error, message))
            }
            _ if given && !checked.trusted => {
                let message = format!("the signature of `{signer}` is by none of the certificates given");
                Some(lint("untrusted-signature", Severity::Warning, message))
            }
            _ => None,
        }
    };
    let mut lints: Vec<Lint> = torrent.signatures.iter().zip(checked).filter_map(about).collect();
    if given && torrent.signatures.is_empty() {
        lints.push(lint("unsigned", Severity::Warning, "nobody signed the torrent".to_owned()));
    }
    lints
}

fn answer(denied: bool) -> ExitStatus {
    if denied { ExitStatus::No } else { ExitStatus::Success }
}

fn resolve(input: &OsStr, torrent: &Metainfo) -> Result<path::Resolved, CommandError> {
    path::resolve(torrent).map_err(|error| {
        let error = anyhow::Error::new(error).context("invalid torrent");
        CommandError::new(ErrorKind::BadInput, error).at(input)
    })
}
