//! Why a torrent is refused.

use crate::bencode;

/// Why a metainfo file was refused. The text names the key at fault; names that come from the torrent
/// are shown escaped and cut.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Not bencoding at all, or past a limit.
    #[error(transparent)]
    Bencode(#[from] bencode::Error),
    /// The file is no dictionary.
    #[error("bencode: the file is {found}, not a dictionary")]
    NotADictionary {
        /// What it is.
        found: &'static str,
    },
    /// BEP 52 wants canonical metadata.
    #[error("`info` of a v2 torrent must be canonical: {0}")]
    NotCanonical(bencode::Error),
    /// `info` is missing or no dictionary.
    #[error("`info` {reason}")]
    Info {
        /// What is wrong with it.
        reason: String,
    },
    /// A format of the future, or of nobody.
    #[error("`meta version` {found} is not supported, only 2 is (BEP 52)")]
    MetaVersion {
        /// The version as found.
        found: String,
    },
    /// A torrent of BEP 30.
    #[error("`root hash`: a Merkle torrent (BEP 30) has no `pieces`; this kind is not supported")]
    MerkleTorrent,
    /// `name` or a file's path cannot be used.
    #[error("`name` {reason}")]
    Name {
        /// What is wrong with it.
        reason: String,
    },
    /// The path of one file cannot be used.
    #[error("invalid name of file {index}: `path` {reason}")]
    Path {
        /// Place of the file in `files`, from 0.
        index: usize,
        /// What is wrong with it.
        reason: String,
    },
    /// `piece length` is missing or out of range.
    #[error("`piece length` {reason}")]
    PieceLength {
        /// What is wrong with it.
        reason: String,
    },
    /// A length is missing or out of range, or there is no content.
    #[error("`length` {reason}")]
    Length {
        /// What is wrong with it.
        reason: String,
    },
    /// `files` has no files, or things that are no files.
    #[error("`files` {reason}")]
    Files {
        /// What is wrong with it.
        reason: String,
    },
    /// `file tree` is malformed.
    #[error("`file tree` (files of v2): {reason}")]
    FileTree {
        /// What is wrong with it.
        reason: String,
    },
    /// A path with too many components.
    #[error("path depth: `{path}` has more than {limit} components")]
    Depth {
        /// How the path begins.
        path: String,
        /// The limit.
        limit: usize,
    },
    /// More files, or longer paths, than a torrent may have.
    #[error("`files`: more than {limit} {what} in all")]
    TooManyFiles {
        /// The limit.
        limit: usize,
        /// What there is too much of.
        what: &'static str,
    },
    /// `pieces` does not fit the content.
    #[error("`pieces` {reason}")]
    Pieces {
        /// What is wrong with it.
        reason: String,
    },
    /// More pieces than a torrent may have.
    #[error(
        "too many pieces: a total `length` of {length} with a `piece length` of {piece_length} makes {count}, at most {limit} are taken"
    )]
    TooManyPieces {
        /// Bytes so far.
        length: u64,
        /// Bytes of a piece.
        piece_length: u64,
        /// Pieces that makes.
        count: u64,
        /// The limit.
        limit: u64,
    },
    /// A file of the v2 tree without a usable root.
    #[error("`pieces root` of `{path}` {reason}")]
    PiecesRoot {
        /// The file.
        path: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// `piece layers` does not fit the files.
    #[error("`piece layers`: invalid piece layer: {reason}")]
    PieceLayer {
        /// What is wrong with it.
        reason: String,
    },
    /// A pad file in a v2 tree, where files are aligned without.
    #[error("`file tree`: `{path}` has `attr` p, but a v2 torrent has no pad files")]
    PadAttr {
        /// The file.
        path: String,
    },
    /// The halves of a hybrid do not describe the same content.
    #[error("hybrid mismatch between the v1 and v2 halves: {reason}")]
    HybridMismatch {
        /// Where they differ.
        reason: String,
    },
}

/// Bytes from a torrent for an error or a lint: control characters escaped, long ones cut.
pub(super) fn shown(bytes: &[u8]) -> String {
    const MOST: usize = 80;
    let text = String::from_utf8_lossy(bytes.get(..MOST * 4).unwrap_or(bytes));
    let mut out: String = text.chars().take(MOST).flat_map(char::escape_debug).collect();
    if text.chars().nth(MOST).is_some() || bytes.len() > MOST * 4 {
        out.push('…');
    }
    out
}

/// Path components for an error or a lint.
pub(super) fn shown_path<'a>(components: impl Iterator<Item = &'a [u8]>) -> String {
    let mut joined = Vec::new();
    for (index, component) in components.take(20).enumerate() {
        if index > 0 {
            joined.push(b'/');
        }
        joined.extend_from_slice(component.get(..400).unwrap_or(component));
    }
    shown(&joined)
}
