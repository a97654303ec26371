//! The integration tests: one binary, a module a subject.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "tests may panic and say what they skipped"
)]

mod cli_create;
mod cli_frame;
mod cli_inspect;
mod cli_magnet;
mod cli_verify;
mod corpus;
mod corpus_bencode;
mod corpus_magnet;
mod corpus_metainfo;
mod corpus_paths;
mod generated;
mod golden;
mod schema;
mod torrents;
mod tree;
