//! The one integration binary, a module a subject: what no single module can test about itself.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "tests may panic and say what they skipped"
)]

mod architecture;
mod cli_cache;
mod cli_create;
mod cli_create_batch;
mod cli_create_files;
mod cli_create_keys;
mod cli_create_pieces;
mod cli_create_policy;
mod cli_create_together;
mod cli_create_told;
mod cli_create_upgrade;
mod cli_differ;
mod cli_edit;
mod cli_frame;
mod cli_inspect;
mod cli_like;
mod cli_magnet;
mod cli_signature;
mod cli_verify;
mod cli_verify_many;
mod comparison;
mod corpus;
mod corpus_bencode;
mod corpus_magnet;
mod corpus_metainfo;
mod corpus_paths;
mod damage;
#[cfg(target_os = "linux")]
mod filesystems;
mod fuzz_bodies;
mod fuzz_corpus;
mod generated;
mod golden;
mod interop;
#[cfg(target_os = "linux")]
mod process;
mod random;
mod readme;
mod rust_source;
mod schema;
mod skip;
mod torrents;
mod tree;
