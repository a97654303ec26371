//! How large a torrent may be, and why.

use crate::bencode;

/// Most pieces of a torrent. 2^21, as in the most widespread engines: 40 MiB of v1 hashes, and with
/// pieces of 16 MiB 32 TiB of content. Larger counts are bait: a length takes ten digits.
pub const MAX_PIECES: u64 = 1 << 21;

/// Longest piece in bytes: 32767 blocks of 16 KiB, the largest number of blocks whose count and byte
/// length fit the signed integers that other programs use.
pub const MAX_PIECE_LENGTH: u64 = 32767 * BLOCK;

/// Longest file in bytes: 2^48 - 1, 256 TiB.
pub const MAX_FILE_LENGTH: u64 = (1 << 48) - 1;

/// Bytes of a block, and the shortest piece that BEP 52 allows ("piece length").
pub const BLOCK: u64 = 16 * 1024;

/// Most components of one path below the torrent's directory. Real trees stay below 30; a path of 100
/// components of one letter is what other engines still take.
pub const MAX_PATH_COMPONENTS: usize = 100;

/// Most attempts to find a free name for a file whose path collides with others.
pub const MAX_RENAMES: u32 = 500;

/// Most files, pads counted. Half a million is over twice the largest torrents seen and takes
/// about 150 MB as values.
pub const MAX_FILES: usize = 500_000;

/// Most path components of all files together: in a v2 tree thousands of files share one deep
/// directory, whose components a small input repeats for each of them.
pub const MAX_COMPONENTS: usize = 2_000_000;

/// Most bytes of all paths together, for the same reason: 300 bytes a file for 200,000 files.
pub const MAX_PATH_BYTES: usize = 64 << 20;

/// Named limits of a metainfo file; the defaults are the constants of this module.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Size, depth and tokens of the file.
    pub bencode: bencode::Limits,
    /// Most pieces.
    pub pieces: u64,
    /// Most files, pads counted.
    pub files: usize,
    /// Most path components of all files together.
    pub components: usize,
    /// Most bytes of all paths together.
    pub path_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bencode: bencode::Limits::default(),
            pieces: MAX_PIECES,
            files: MAX_FILES,
            components: MAX_COMPONENTS,
            path_bytes: MAX_PATH_BYTES,
        }
    }
}
