//! Finding the programs of others.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::skip::missing;

/// A program that others wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Peer {
    /// libtorrent 2.0, as a module of the Python that `CCBT_PYTHON` names, or of `python3`. Not 2.1:
    /// its hybrids are invalid where a name sorts between a directory and its slash.
    Libtorrent,
    /// A module of the Python that `CCBT_PYTHON` names, or of `python3`.
    Module(&'static str),
    /// A program on `PATH`.
    Program(&'static str),
    /// A package below the directory that `CCBT_NODE_MODULES` names, run by `node`.
    Node(&'static str),
}

impl Peer {
    fn name(self) -> &'static str {
        match self {
            Self::Libtorrent => "libtorrent 2.0",
            Self::Module(name) | Self::Program(name) | Self::Node(name) => name,
        }
    }

    fn find(self) -> Option<PathBuf> {
        match self {
            Self::Libtorrent => {
                python("import libtorrent, sys; sys.exit(not libtorrent.__version__.startswith('2.0.'))")
            }
            Self::Module(name) => python(&format!("import {name}")),
            Self::Program(name) => on_path(name),
            Self::Node(package) => {
                let modules = node_modules()?;
                modules.join(package).join("package.json").is_file().then(|| on_path("node"))?
            }
        }
    }
}

/// The Python of the peers, if it ends well with this code.
fn python(code: &str) -> Option<PathBuf> {
    let python = env::var_os("CCBT_PYTHON").map_or_else(|| on_path("python3"), |path| Some(path.into()))?;
    let mut probe = Command::new(&python);
    probe.args(["-c", code]).stdout(Stdio::null()).stderr(Stdio::null());
    probe.status().is_ok_and(|status| status.success()).then_some(python)
}

/// The program of a peer, or none and a report that `test` skips it.
///
/// # Panics
/// When the peer is missing and `CCBT_INTEROP=required`.
pub(super) fn need(test: &str, peer: Peer) -> Option<PathBuf> {
    let found = peer.find();
    if found.is_none() {
        missing(test, peer.name());
    }
    found
}

/// A `node` that runs an ES module below `dir`, where the packages can be imported by name.
pub(super) fn node(node: &Path, dir: &Path, script: &str) -> Command {
    let link = dir.join("node_modules");
    if !link.exists() {
        let modules = node_modules().expect("found before").canonicalize().expect("the packages' directory");
        std::os::unix::fs::symlink(modules, &link).expect("a link to the packages");
    }
    let file = dir.join("peer.mjs");
    std::fs::write(&file, script).expect("a script for node");
    let mut command = Command::new(node);
    command.arg(file).current_dir(dir);
    command
}

fn node_modules() -> Option<PathBuf> {
    env::var_os("CCBT_NODE_MODULES").map(PathBuf::from)
}

fn on_path(name: &str) -> Option<PathBuf> {
    let path: OsString = env::var_os("PATH")?;
    env::split_paths(&path).map(|dir| dir.join(name)).find(|program| program.is_file())
}
