//! Content on disk and the digests a torrent makes of it.
//!
//! Owns the map from pieces to files ([`plan`]), the digests of pieces ([`digest`]), the walk over a
//! directory ([`walk`]), how the disk wants to be read ([`disk`]), the threads that read and hash
//! ([`driver`]), what hashes content that comes through a pipe ([`stream`]) and digests kept from one run to the
//! next ([`recall`], [`cache`]). Does not know metainfo: making and checking a torrent both hand it a [`plan::Space`]
//! and compare or write the digests themselves (BEP 3 `pieces`, BEP 52 `pieces root`).

pub mod cache;
pub mod cuts;
pub mod digest;
pub mod disk;
pub mod driver;
pub mod open;
pub mod plan;
pub mod recall;
pub mod stream;
pub mod walk;
