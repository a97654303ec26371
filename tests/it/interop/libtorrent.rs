//! libtorrent, asked through its Python module.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::peers::{Peer, need};
use super::succeed;

const SCRIPT: &str = include_str!("ask_libtorrent.py");

/// A Python that has libtorrent 2.0.
pub(super) struct Libtorrent {
    python: PathBuf,
}

impl Libtorrent {
    /// The one on this machine, or none and a report that `test` skips it.
    pub(super) fn find(test: &str) -> Option<Self> {
        need(test, Peer::Libtorrent).map(|python| Self { python })
    }

    /// What it reads in each torrent: `info_hash_v1`, `info_hash_v2`, `files` and so on, or `error`.
    pub(super) fn describe(&self, torrents: &[PathBuf]) -> Vec<Value> {
        let answers = self.ask("describe", |command| {
            command.args(torrents);
        });
        assert_eq!(answers.len(), torrents.len());
        answers
    }

    /// Whether it finds the content of each torrent, below a directory, complete: `complete`, `error`.
    pub(super) fn check(&self, jobs: &[(PathBuf, PathBuf)]) -> Vec<Value> {
        let answers = self.ask("check", |command| {
            for (torrent, directory) in jobs {
                command.args([torrent, directory]);
            }
        });
        assert_eq!(answers.len(), jobs.len());
        answers
    }

    /// The command that makes a torrent of `content`.
    pub(super) fn create(&self, content: &Path, torrent: &Path, version: &str, piece_length: u64) -> Command {
        let mut command = self.command("create");
        let parent = content.parent().expect("content lies in a directory");
        command.args([content, parent, torrent]).args([version, &piece_length.to_string()]);
        command
    }

    fn ask(&self, action: &str, with: impl FnOnce(&mut Command)) -> Vec<Value> {
        let mut command = self.command(action);
        with(&mut command);
        let lines = String::from_utf8(succeed(&mut command)).expect("libtorrent's script writes UTF-8");
        lines.lines().map(|line| serde_json::from_str(line).expect("one JSON object a line")).collect()
    }

    fn command(&self, action: &str) -> Command {
        let mut command = Command::new(&self.python);
        command.env("PYTHONUTF8", "1").args(["-c", SCRIPT, action]);
        command
    }
}
