//! Content against a torrent: what lies on disk, what its digests say, and how that is told. Shared by the commands
//! that read the content of a torrent that is there.

pub(crate) mod content;
pub(crate) mod hashing;
pub(crate) mod mapping;
pub(crate) mod report;
pub(crate) mod verdict;
