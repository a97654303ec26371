//! Programs that make torrents, and how each is told to.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::contents::{Content, PIECE};
use super::libtorrent::Libtorrent;
use super::peers::{Peer, need, node};

/// How a program is told to make a torrent.
#[derive(Clone, Copy, Debug)]
enum How {
    Mktorrent,
    TransmissionCreate,
    Imdl,
    Torf,
    Torrentfile,
    Py3createtorrent,
    CreateTorrent,
    Libtorrent,
}

/// A program that makes torrents of one version.
#[derive(Clone, Copy, Debug)]
pub(super) struct Maker {
    /// Names it in messages.
    pub(super) name: &'static str,
    /// What it makes: `v1`, `v2` or `hybrid`.
    pub(super) version: &'static str,
    how: How,
}

/// Every program, once for each version it makes.
pub(super) const MAKERS: &[Maker] = &[
    Maker { name: "mktorrent", version: "v1", how: How::Mktorrent },
    Maker { name: "transmission-create", version: "v1", how: How::TransmissionCreate },
    Maker { name: "imdl", version: "v1", how: How::Imdl },
    Maker { name: "torf", version: "v1", how: How::Torf },
    Maker { name: "torrentfile", version: "v1", how: How::Torrentfile },
    Maker { name: "torrentfile", version: "v2", how: How::Torrentfile },
    Maker { name: "torrentfile", version: "hybrid", how: How::Torrentfile },
    Maker { name: "py3createtorrent", version: "v1", how: How::Py3createtorrent },
    Maker { name: "create-torrent", version: "v1", how: How::CreateTorrent },
    Maker { name: "libtorrent", version: "v1", how: How::Libtorrent },
    Maker { name: "libtorrent", version: "v2", how: How::Libtorrent },
    Maker { name: "libtorrent", version: "hybrid", how: How::Libtorrent },
];

/// create-torrent from npm. The announce list is ours: without one it names eight public trackers.
const CREATE_TORRENT: &str = r"
import createTorrent from 'create-torrent';
import { writeFileSync } from 'node:fs';
const [content, torrent, pieceLength] = process.argv.slice(2);
const options = { pieceLength: Number(pieceLength), announceList: [['http://127.0.0.1:1/announce']] };
createTorrent(content, options, (error, bytes) => {
  if (error) throw error;
  writeFileSync(torrent, bytes);
});
";

impl Maker {
    /// The program, or none and a report that `test` skips it.
    pub(super) fn find(&self, test: &str) -> Option<PathBuf> {
        match self.how {
            How::Mktorrent => need(test, Peer::Program("mktorrent")),
            How::TransmissionCreate => need(test, Peer::Program("transmission-create")),
            How::Imdl => need(test, Peer::Program("imdl")),
            How::Torf => need(test, Peer::Program("torf")),
            How::Torrentfile => need(test, Peer::Program("torrentfile")),
            How::Py3createtorrent => need(test, Peer::Program("py3createtorrent")),
            How::CreateTorrent => need(test, Peer::Node("create-torrent")),
            How::Libtorrent => need(test, Peer::Libtorrent),
        }
    }

    /// torrentfile pads the last v1 piece of a single-file hybrid with zeros, where BEP 3 hashes what is
    /// there: no content can match both halves.
    pub(super) fn pads_the_last_v1_piece(&self, content: &Content) -> bool {
        matches!(self.how, How::Torrentfile)
            && self.version == "hybrid"
            && content.is_single()
            && !content.largest().1.is_multiple_of(PIECE)
    }

    /// torrentfile leaves `length` of BEP 3 in a v2 torrent of a single file, without `pieces`:
    /// libtorrent gives such a torrent a v1 info-hash, which nothing could be checked against.
    pub(super) fn writes_a_v1_length_into_v2(&self, content: &Content) -> bool {
        matches!(self.how, How::Torrentfile) && self.version == "v2" && content.is_single()
    }

    /// The command that makes `torrent` of `content`, run in `scratch`.
    pub(super) fn command(
        &self,
        program: &Path,
        content: &Path,
        torrent: &Path,
        scratch: &Path,
        libtorrent: &Libtorrent,
    ) -> Command {
        let mut command = Command::new(program);
        let exponent = PIECE.ilog2().to_string();
        let kib = (PIECE / 1024).to_string();
        match self.how {
            How::Mktorrent => {
                command
                    .args(["-l", &exponent, "-a", "http://127.0.0.1:1/announce", "-o"])
                    .args([torrent, content]);
            }
            How::TransmissionCreate => {
                command.args(["-s", &kib, "-o"]).args([torrent, content]);
            }
            How::Imdl => {
                command.args(["torrent", "create", "--include-hidden", "--include-junk", "--piece-length"]);
                command.arg(format!("{kib}KiB")).arg("--input").arg(content).arg("--output").arg(torrent);
            }
            How::Torf => {
                command.args(["--noconfig", "--yes", "--out"]).args([torrent, content]);
            }
            How::Torrentfile => {
                let version = ["v1", "v2", "hybrid"].iter().position(|version| *version == self.version);
                let version = (version.expect("one of the three") + 1).to_string();
                command.args([
                    "create",
                    "--prog",
                    "0",
                    "--meta-version",
                    &version,
                    "--piece-length",
                    &exponent,
                ]);
                command.arg("-o").args([torrent, content]);
            }
            How::Py3createtorrent => {
                command.args(["-q", "-f", "-p", &kib, "-o"]).args([torrent, content]);
            }
            How::CreateTorrent => {
                command = node(program, scratch, CREATE_TORRENT);
                command.args([content, torrent]).arg(PIECE.to_string());
            }
            How::Libtorrent => command = libtorrent.create(content, torrent, self.version, PIECE),
        }
        command.current_dir(scratch).env("HOME", scratch).env("LC_ALL", "C.UTF-8").env("PYTHONUTF8", "1");
        command
    }
}
