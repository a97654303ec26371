//! The torrent before its digests: files found, laid out and cut into pieces.

use crate::commands::failure;
use crate::content::driver::Hashes;
use crate::content::open::Source;
use crate::content::plan::{Extent, Space};
use crate::content::walk::{self, Skipped, WalkError};
use crate::exit::{CommandError, ErrorKind};
use crate::hash::{Engine, merkle};
use crate::metainfo::builder::{self, Draft, DraftFile, Layout};
use crate::metainfo::{self, Version};

use super::request::Request;
use super::usage;
use crate::ui::text;

/// Everything that is known before the first byte is read.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) directory: bool,
    /// Components of each file below the root, joined by `/`.
    pub(super) paths: Vec<String>,
    /// The files themselves, in the same order.
    pub(super) sources: Vec<Source>,
    pub(super) layout: Layout,
    pub(super) space: Space,
    pub(super) piece_length: u64,
    /// Bytes of all files.
    pub(super) total: u64,
    pub(super) skipped: Vec<(Skipped, std::path::PathBuf)>,
}

impl Plan {
    pub(super) fn make(request: &Request) -> Result<Self, CommandError> {
        let found = walk::walk(&request.root, &request.rules).map_err(walk_failed)?;
        let mut paths = Vec::with_capacity(found.files.len());
        let mut sources = Vec::with_capacity(found.files.len());
        for file in found.files {
            // A single file goes by the name of the torrent, whatever it is called on disk.
            paths.push(if found.directory { file.path } else { request.name.clone() });
            sources.push(file.source);
        }
        let lengths: Vec<u64> = sources.iter().map(|source| source.stamp.length).collect();
        let total = lengths.iter().try_fold(0u64, |sum, &length| sum.checked_add(length));
        let total = total.filter(|&total| total > 0).ok_or_else(|| empty(request, paths.len()))?;
        let piece_length = piece_length(request, total)?;
        let layout = builder::layout(&lengths, piece_length, request.version);
        let pieces = layout.space.div_ceil(piece_length);
        if pieces > builder::MAX_PIECES {
            return Err(too_many_pieces(request, pieces, total));
        }
        let extent = |(file, (&offset, &length))| Extent { file, offset, length };
        let extents = layout.offsets.iter().zip(&lengths).enumerate().map(extent);
        let extents = extents.filter(|extent| extent.length > 0).collect();
        let space = Space::new(piece_length, layout.space, extents)
            .map_err(|error| CommandError::new(ErrorKind::BadInput, error).at(&request.root))?;
        let directory = found.directory;
        let plan =
            Self { directory, paths, sources, layout, space, piece_length, total, skipped: found.skipped };
        plan.check_limits(request)?;
        Ok(plan)
    }

    /// Refuses what no reader, and not this program either, would read back: before it is hashed.
    fn check_limits(&self, request: &Request) -> Result<(), CommandError> {
        let limits = metainfo::limits::Limits::default();
        let gaps = self.layout.offsets.iter().zip(&self.sources).fold((0u64, 0usize), |(end, pads), item| {
            let (&offset, source) = item;
            (offset + source.stamp.length, pads + usize::from(offset > end))
        });
        let listed = self.paths.len() + if request.version == Version::Hybrid { gaps.1 + 1 } else { 0 };
        if listed > metainfo::limits::MAX_FILES {
            let limit = metainfo::limits::MAX_FILES;
            return Err(usage(format!("the torrent would list {listed} files, and readers take {limit}"))
                .hint("make several torrents of it"));
        }
        if self.size_bound() <= limits.bencode.bytes {
            return Ok(());
        }
        let size = self.draft(request, &Engine::detect(), &self.stand_ins()).encode().len();
        if size > limits.bencode.bytes {
            let (size, limit) = (text::size(size as u64), text::size(limits.bencode.bytes as u64));
            return Err(usage(format!(
                "the torrent would have {size}, and this program reads up to {limit}"
            ))
            .hint("use larger pieces, or make several torrents of it"));
        }
        Ok(())
    }

    /// Digests of the right number and all different, so that no two files seem to be equal.
    fn stand_ins(&self) -> Hashes {
        let different = |piece: usize| {
            let mut digest = [0; 32];
            digest[..8].copy_from_slice(&(piece as u64).to_le_bytes());
            digest
        };
        let pieces = self.space.pieces();
        let v2 = (0..pieces).map(different).collect();
        Hashes { v1: vec![[0; 20]; pieces], v2, ..Hashes::default() }
    }

    /// More bytes than the torrent can have: its digests in both forms, and for every file its path twice
    /// and 256 bytes of keys, sizes, root and padding.
    fn size_bound(&self) -> usize {
        let path = |path: &String| path.split('/').map(|part| 2 * part.len() + 16).sum::<usize>() + 256;
        self.space.pieces() * (20 + 32) + self.paths.iter().map(path).sum::<usize>() + 64 * 1024
    }

    /// The torrent, once the digests are there.
    pub(super) fn draft<'a>(&'a self, request: &Request, engine: &Engine, hashes: &'a Hashes) -> Draft<'a> {
        let mut files: Vec<DraftFile<'_>> = Vec::with_capacity(self.paths.len());
        for (index, (path, source)) in self.paths.iter().zip(&self.sources).enumerate() {
            files.push(DraftFile {
                path,
                length: source.stamp.length,
                md5: hashes.file_md5.get(index).copied(),
                sha1: hashes.file_sha1.get(index).copied(),
                ..DraftFile::default()
            });
        }
        if request.version != Version::V1 {
            let height = (self.piece_length / merkle::LEAF as u64).trailing_zeros();
            for extent in self.space.extents() {
                let first = (extent.offset / self.piece_length) as usize;
                let count = extent.length.div_ceil(self.piece_length) as usize;
                let layer = &hashes.v2[first..first + count];
                let file = &mut files[extent.file];
                file.pieces_root = merkle::root(engine, layer, height);
                if count > 1 {
                    file.piece_layer = layer;
                }
            }
        }
        Draft {
            version: request.version,
            name: request.name.clone().into_bytes(),
            directory: self.directory,
            piece_length: self.piece_length,
            files,
            layout: &self.layout,
            pieces: &hashes.v1,
            private: request.private,
            source: request.source.clone(),
            trackers: request.trackers.clone(),
            web_seeds: request.web_seeds.clone(),
            comment: request.comment.clone(),
            created_by: request.created_by.clone(),
            creation_date: request.creation_date,
            signatures: None,
        }
    }
}

fn piece_length(request: &Request, total: u64) -> Result<u64, CommandError> {
    let Some(length) = request.piece_length else {
        return Ok(builder::auto_piece_length(total));
    };
    let shown = text::size(length);
    if request.version != Version::V1 && (!length.is_power_of_two() || length < builder::MIN_PIECE_LENGTH) {
        return Err(usage(format!(
            "a piece length of {shown} does not fit a {} torrent",
            name(request.version)
        ))
        .hint("BEP 52 wants a power of two of at least 16KiB"));
    }
    if length == 0 || length > builder::MAX_PIECE_LENGTH {
        return Err(usage(format!("a piece length of {shown} is out of range"))
            .hint("use at most 256MiB, the largest that other programs read"));
    }
    Ok(length)
}

/// How messages call a version.
fn name(version: Version) -> &'static str {
    match version {
        Version::V1 => "v1",
        Version::V2 => "v2",
        Version::Hybrid => "hybrid",
    }
}

fn too_many_pieces(request: &Request, pieces: u64, total: u64) -> CommandError {
    let limit = builder::MAX_PIECES;
    let error = usage(format!("there would be {pieces} pieces, and readers take no more than {limit}"));
    match request.piece_length {
        Some(_) => error.hint(format!(
            "leave --piece-length out, or use at least {}",
            text::size(builder::auto_piece_length(total))
        )),
        None => error.hint("make several torrents of it, or one of v1"),
    }
}

fn empty(request: &Request, files: usize) -> CommandError {
    let root = request.root.display();
    let what = match files {
        0 => "there is no file to share",
        _ => "all files are empty, and no program can share a torrent without bytes",
    };
    let error = anyhow::anyhow!("making a torrent: `{root}`: {what}");
    let error = CommandError::new(ErrorKind::BadInput, error).at(&request.root);
    if files == 0 { error.hint("look at --include, --exclude, --hidden and --symlinks") } else { error }
}

fn walk_failed(error: WalkError) -> CommandError {
    match error {
        WalkError::Content(error) => failure::content(error),
        WalkError::TooDeep(ref path) => {
            let path = path.clone();
            CommandError::new(ErrorKind::BadInput, error).at(path).hint("leave it out with --exclude")
        }
        WalkError::NotAFile(ref path) => {
            let path = path.clone();
            CommandError::new(ErrorKind::BadInput, error).at(path)
        }
        WalkError::NotUtf8(ref path) => {
            let path = path.clone();
            CommandError::new(ErrorKind::BadInput, error)
                .at(path)
                .hint("rename the file, or leave it out with --exclude")
        }
    }
}
