//! The integration tests, linked into one binary.

mod corpus;
mod corpus_bencode;
mod corpus_magnet;
mod corpus_metainfo;
mod corpus_paths;
