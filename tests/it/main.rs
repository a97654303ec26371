//! Integration tests, all in one binary.

mod corpus_magnet;
