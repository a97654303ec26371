//! ccbt: every BitTorrent tool a pipeline, a CI job or a person at a terminal needs.
//!
//! Layers, lowest first; a module imports only from its own layer and below
//! (`tests/it/architecture.rs` is the wall):
//!
//! | layer | modules |
//! |---|---|
//! | L0 vocabulary | `both`, `hex`, `id`, `meter` |
//! | L1 codecs | `bencode`, `hash`, `metainfo`, `magnet` |
//! | L3 adapters | `content` |
//! | L5 application | `cli`, `env`, `exit`, `config`, `ui`, `commands` |
#![deny(unsafe_code)]

pub mod bencode;
pub mod both;
pub mod content;
pub mod hash;
pub mod hex;
pub mod id;
pub mod magnet;
pub mod metainfo;
pub mod meter;

mod cli;
mod commands;
mod config;
pub mod env;
pub mod exit;
mod ui;

pub use cli::run;
