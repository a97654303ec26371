//! The integration tests, linked into one binary.

mod corpus_bencode;
mod corpus_magnet;
