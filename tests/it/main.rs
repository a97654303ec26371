//! The one integration binary: what no single module can test about itself.

mod architecture;
mod corpus_bencode;
mod corpus_magnet;
mod interop;
mod readme;
mod rust_source;
mod skip;
