//! One file a subcommand: its arguments, what it does with the library, and its report.
//!
//! Commands see [`crate::config::Settings`], their own arguments and [`crate::env::Env`], and never
//! each other.

mod beside;
mod certificates;
mod content_check;
mod create_torrent;
mod date;
mod edit;
mod failure;
mod inspect;
mod magnet;
mod number;
mod reader;
mod source;
mod target;
mod url;
mod util;
mod verify;

pub(crate) use create_torrent::CreateTorrent;
pub(crate) use edit::Edit;
pub(crate) use inspect::Inspect;
pub(crate) use magnet::Magnet;
pub(crate) use util::Util;
#[cfg(test)]
pub(crate) use util::examples;
pub(crate) use verify::Verify;
