//! `ccbt util`: the documents that are made from the command line itself.
//!
//! Completions, man pages and the reference are generated, checked in, and compared by a test
//! (`tests/it/generated.rs`); nothing in them depends on the machine or the day.

pub(crate) mod examples;
mod man;
mod markdown;

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum as _};
use clap_complete::{Generator as _, Shell};

use crate::config::Settings;
use crate::env::Env;
use crate::exit::{CommandError, ErrorKind, ExitStatus};

/// Generate what is made from the command line itself
#[derive(Debug, Args)]
pub(crate) struct Util {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Completions for every shell
    Completions {
        /// Directory to write them to
        directory: PathBuf,
    },
    /// Man pages, one per subcommand
    Man {
        /// Directory to write them to
        directory: PathBuf,
    },
    /// Reference of all commands, flags and settings
    MarkdownHelp {
        /// File to write, or - for standard output
        file: PathBuf,
    },
}

/// A file and what is in it.
struct Document {
    name: String,
    bytes: Vec<u8>,
}

impl Util {
    pub(crate) fn run(self, env: &mut Env, _settings: &Settings) -> Result<ExitStatus, CommandError> {
        match self.what {
            What::Completions { directory } => write_all(&env.path(&directory), completions()?)?,
            What::Man { directory } => write_all(&env.path(&directory), man::pages()?)?,
            What::MarkdownHelp { file } if file == Path::new("-") => {
                env.out.write_all(markdown::reference().as_bytes())?;
            }
            What::MarkdownHelp { file } => write(&env.path(&file), markdown::reference().as_bytes())?,
        }
        Ok(ExitStatus::Success)
    }
}

fn completions() -> Result<Vec<Document>, CommandError> {
    let mut documents = Vec::new();
    for shell in Shell::value_variants() {
        let mut command = crate::cli::documented();
        command.set_bin_name(crate::cli::NAME);
        command.build();
        let mut bytes = Vec::new();
        shell.try_generate(&command, &mut bytes)?;
        documents.push(Document { name: shell.file_name(command.get_name()), bytes });
    }
    Ok(documents)
}

fn write_all(directory: &Path, documents: Vec<Document>) -> Result<(), CommandError> {
    fs::create_dir_all(directory).map_err(|error| writing(directory, error))?;
    documents.iter().try_for_each(|document| write(&directory.join(&document.name), &document.bytes))
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), CommandError> {
    fs::write(path, bytes).map_err(|error| writing(path, error))
}

fn writing(path: &Path, error: std::io::Error) -> CommandError {
    CommandError::new(ErrorKind::Write, anyhow::Error::new(error).context("writing a document")).at(path)
}
