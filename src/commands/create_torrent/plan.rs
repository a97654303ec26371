//! The torrent before its digests: files found, laid out and cut into pieces.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::commands::failure;
use crate::content::driver::{FileDigests, Hashes};
use crate::content::open::Source;
use crate::content::plan::{Extent, Space};
use crate::content::walk::{self, Found, LeftOut, Skipped, Sources, Walk, WalkError};
use crate::exit::{CommandError, ErrorKind};
use crate::hash::{Engine, merkle};
use crate::metainfo::builder::{self, Draft, DraftFile, Layout};
use crate::metainfo::{self, Attr, Version};

use super::pieces::Rule;
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
    /// What the torrent says of each beside its path and its bytes, in the same order.
    pub(super) marks: Vec<Marks>,
    pub(super) layout: Layout,
    pub(super) space: Space,
    pub(super) piece_length: u64,
    /// Bytes of all files.
    pub(super) total: u64,
    pub(super) skipped: Vec<(Skipped, std::path::PathBuf)>,
    pub(super) left_out: LeftOut,
}

/// What a torrent says of a file beside its path and its bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Marks {
    pub(super) attr: Attr,
    /// Where a link leads to: components joined by `/`.
    pub(super) symlink: Option<String>,
    /// Last modification, seconds since 1970.
    pub(super) mtime: Option<i64>,
}

impl Marks {
    /// Those of a file that is called so in the torrent.
    fn of(request: &Request, path: &str, file: &mut Found) -> Self {
        let symlink = file.link.take();
        let mut attr = Attr { symlink: symlink.is_some(), ..Attr::default() };
        if request.attributes {
            // The mode of a link says nothing.
            attr.executable = file.executable && symlink.is_none();
            // libtorrent, the one that is followed with attributes, knows nothing of hidden files where a dot hides
            // them.
            attr.hidden =
                request.like.is_none() && path.rsplit('/').next().is_some_and(|name| name.starts_with('.'));
        }
        let modified = file.source.stamp.modified.filter(|_| request.mtime);
        Self { attr, symlink, mtime: modified.and_then(seconds) }
    }
}

/// Whole seconds since 1970, rounded down as `stat` does.
fn seconds(time: SystemTime) -> Option<i64> {
    match time.duration_since(UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_secs()).ok(),
        Err(before) => {
            let before = before.duration();
            let whole = i64::try_from(before.as_secs()).ok()?;
            whole.checked_add(i64::from(before.subsec_nanos() > 0)).map(|seconds| -seconds)
        }
    }
}

impl Plan {
    /// Finds the files and lays them out.
    pub(super) fn make(request: &Request, sources: &Sources) -> Result<Self, CommandError> {
        let mut found = walk::walk_sources(sources, &request.rules).map_err(walk_failed)?;
        if let Some(like) = &request.like {
            like.sift(&mut found, &request.input.root())?;
            like.check_tree(request, &found)?;
        }
        Self::of(request, found)
    }

    /// Lays out files that were found.
    pub(super) fn of(request: &Request, found: Walk) -> Result<Self, CommandError> {
        let mut paths = Vec::with_capacity(found.files.len());
        let mut sources = Vec::with_capacity(found.files.len());
        let mut marks = Vec::with_capacity(found.files.len());
        for mut file in found.files {
            // A single file goes by the name of the torrent, whatever it is called on disk.
            let path = if found.directory { std::mem::take(&mut file.path) } else { request.name.clone() };
            marks.push(Marks::of(request, &path, &mut file));
            paths.push(path);
            sources.push(file.source);
        }
        let lengths: Vec<u64> = sources.iter().map(|source| source.stamp.length).collect();
        let total = lengths.iter().try_fold(0u64, |sum, &length| sum.checked_add(length));
        let total = total.filter(|&total| total > 0).ok_or_else(|| empty(request, paths.len()))?;
        let candidates = request.pieces.candidates(total);
        // The last one gives the fewest pieces: where it gives too many, all do.
        let piece_length = candidates.last().copied().unwrap_or(builder::MIN_PIECE_LENGTH);
        check_piece_length(request, piece_length)?;
        if let Some(like) = &request.like {
            like.check_cut(found.directory, total, piece_length)?;
        }
        let (layout, space) = cut(request, &lengths, piece_length, total)?;
        let (directory, skipped, left_out) = (found.directory, found.skipped, found.left_out);
        let mut plan =
            Self { directory, paths, sources, marks, layout, space, piece_length, total, skipped, left_out };
        if let Some(size) = request.pieces.torrent_size() {
            plan.cut_to_fit(request, &lengths, &candidates, size)?;
        }
        plan.check_limits(request)?;
        Ok(plan)
    }

    /// Cuts the files into the smallest pieces that keep the torrent within so many bytes.
    fn cut_to_fit(
        &mut self,
        request: &Request,
        lengths: &[u64],
        candidates: &[u64],
        size: u64,
    ) -> Result<(), CommandError> {
        let mut least = None;
        for &length in candidates {
            // What the hashes of the content alone take, so that no torrent of a gigabyte is written to learn
            // that it is too large. A v2 torrent has none for files of one piece, and equal files share theirs.
            let pieces = self.total / length;
            let hashes = if request.version == Version::V2 { 0 } else { pieces.saturating_mul(20) };
            if pieces > builder::MAX_PIECES || hashes > size {
                continue;
            }
            let Ok((layout, space)) = cut(request, lengths, length, self.total) else { continue };
            (self.layout, self.space, self.piece_length) = (layout, space, length);
            let whole = self.encoded_size(request);
            if whole as u64 <= size {
                return Ok(());
            }
            least = Some(whole);
        }
        let limit = text::size(size);
        let least = least.map_or_else(String::new, |least| {
            format!(": even with the largest pieces it has {}", text::size(least as u64))
        });
        let error = usage(format!("no torrent of this content fits into {limit}{least}"));
        Err(error.hint(match request.pieces.max {
            Some(_) => "allow a larger --max-torrent-size or --max-piece-length",
            None => "allow a larger --max-torrent-size, or make several torrents of it",
        }))
    }

    /// Bytes of the torrent, known before anything is hashed. A little less where files turn out to be equal.
    fn encoded_size(&self, request: &Request) -> usize {
        self.draft(request, &Engine::detect(), &self.stand_ins(request)).encode().len()
    }

    /// Refuses what no reader, and not this program either, would read back: before it is hashed.
    fn check_limits(&self, request: &Request) -> Result<(), CommandError> {
        let limits = metainfo::limits::Limits::default();
        let gaps = self.layout.offsets.iter().zip(&self.sources).fold((0u64, 0usize), |(end, pads), item| {
            let (&offset, source) = item;
            (offset + source.stamp.length, pads + usize::from(offset > end))
        });
        let listed = self.paths.len() + if self.is_padded(request) { gaps.1 + 1 } else { 0 };
        if listed > metainfo::limits::MAX_FILES {
            let limit = metainfo::limits::MAX_FILES;
            return Err(usage(format!("the torrent would list {listed} files, and readers take {limit}"))
                .hint("make several torrents of it"));
        }
        if self.size_bound(request) <= limits.bencode.bytes {
            return Ok(());
        }
        let size = self.encoded_size(request);
        if size > limits.bencode.bytes {
            let (size, limit) = (text::size(size as u64), text::size(limits.bencode.bytes as u64));
            return Err(usage(format!(
                "the torrent would have {size}, and this program reads up to {limit}"
            ))
            .hint("use larger pieces, or make several torrents of it"));
        }
        Ok(())
    }

    /// Whether the v1 list may have pad files.
    fn is_padded(&self, request: &Request) -> bool {
        request.version == Version::Hybrid || (request.version == Version::V1 && request.align)
    }

    /// Digests of the right number and all different, so that no two files seem to be equal.
    fn stand_ins(&self, request: &Request) -> Hashes {
        let different = |piece: usize| {
            let mut digest = [0; 32];
            digest[..8].copy_from_slice(&(piece as u64).to_le_bytes());
            digest
        };
        let pieces = self.space.pieces();
        let v2 = (0..pieces).map(different).collect();
        let files = |wanted: bool| if wanted { self.paths.len() } else { 0 };
        Hashes {
            v1: vec![[0; 20]; pieces],
            v2,
            file_md5: vec![[0; 16]; files(request.file_digests.md5)],
            file_sha1: vec![[0; 20]; files(request.file_digests.sha1)],
            ..Hashes::default()
        }
    }

    /// More bytes than the torrent can have: its digests in both forms, and for every file its path twice, each
    /// with the lengths of as many components as it can have, and 256 bytes of keys, sizes, root and padding, as
    /// many again for what few torrents tell of a file; for a link its target twice.
    fn size_bound(&self, request: &Request) -> usize {
        let plain = request.file_digests == FileDigests::default() && !request.attributes && !request.mtime;
        let keys = if plain { 256 } else { 512 };
        let path = |path: &String| 10 * path.len() + 16 + keys;
        let target = |marks: &Marks| marks.symlink.as_ref().map_or(0, path);
        self.space.pieces() * (20 + 32)
            + self.paths.iter().map(path).sum::<usize>()
            + self.marks.iter().map(target).sum::<usize>()
            + 64 * 1024
    }

    /// The torrent, once the digests are there.
    pub(super) fn draft<'a>(&'a self, request: &Request, engine: &Engine, hashes: &'a Hashes) -> Draft<'a> {
        let mut files: Vec<DraftFile<'_>> = Vec::with_capacity(self.paths.len());
        for (index, (path, source)) in self.paths.iter().zip(&self.sources).enumerate() {
            let marks = &self.marks[index];
            // A link has no bytes to take a digest of.
            let has_bytes = marks.symlink.is_none();
            files.push(DraftFile {
                path,
                length: source.stamp.length,
                md5: hashes.file_md5.get(index).copied().filter(|_| has_bytes),
                sha1: hashes.file_sha1.get(index).copied().filter(|_| has_bytes),
                attr: marks.attr,
                symlink: marks.symlink.as_deref(),
                mtime: marks.mtime,
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
            private: match &request.like {
                Some(like) => like.private(request.private),
                None => request.private.then_some(true),
            },
            source: request.source.clone(),
            trackers: request.trackers.clone(),
            web_seeds: request.web_seeds.clone(),
            http_seeds: request.http_seeds.clone(),
            nodes: request.nodes.clone(),
            similar: request.similar.clone(),
            collections: request.collections.clone(),
            update_url: request.update_url.clone(),
            root_certificate: request.root_certificate.clone(),
            entropy: request.entropy.clone(),
            extra: request.extra.clone(),
            extra_info: request.extra_info.clone(),
            comment: request.comment.clone(),
            created_by: request.created_by.clone(),
            creation_date: request.creation_date,
            signatures: None,
        }
    }
}

/// Cuts files into pieces of a length.
fn cut(
    request: &Request,
    lengths: &[u64],
    piece_length: u64,
    total: u64,
) -> Result<(Layout, Space), CommandError> {
    let layout = builder::layout(lengths, piece_length, request.version, request.align);
    let pieces = layout.space.div_ceil(piece_length);
    if pieces > builder::MAX_PIECES {
        return Err(too_many_pieces(request, pieces, total));
    }
    let extent = |(file, (&offset, &length))| Extent { file, offset, length };
    let extents = layout.offsets.iter().zip(lengths).enumerate().map(extent);
    let extents = extents.filter(|extent| extent.length > 0).collect();
    let space = Space::new(piece_length, layout.space, extents)
        .map_err(|error| CommandError::new(ErrorKind::BadInput, error).at(request.input.root()))?;
    Ok((layout, space))
}

/// Refuses a length that somebody asked for and no torrent can have.
pub(super) fn check_piece_length(request: &Request, length: u64) -> Result<(), CommandError> {
    let shown = text::size(length);
    if request.version != Version::V1 && (!length.is_power_of_two() || length < builder::MIN_PIECE_LENGTH) {
        return Err(usage(format!(
            "a piece length of {shown} does not fit a {} torrent",
            request.version.name()
        ))
        .hint("BEP 52 wants a power of two of at least 16KiB"));
    }
    if length == 0 || length > builder::MAX_PIECE_LENGTH {
        return Err(usage(format!("a piece length of {shown} is out of range"))
            .hint("use at most 256MiB, the largest that other programs read"));
    }
    Ok(())
}

fn too_many_pieces(request: &Request, pieces: u64, total: u64) -> CommandError {
    let limit = builder::MAX_PIECES;
    let error = usage(format!("there would be {pieces} pieces, and readers take no more than {limit}"));
    let least = text::size(builder::auto_piece_length(total));
    match (request.pieces.rule, request.pieces.max) {
        (Rule::Exact(_), _) => error.hint(format!("leave --piece-length out, or use at least {least}")),
        (_, Some(_)) => error.hint(format!("leave --max-piece-length out, or use at least {least}")),
        (Rule::Maker(maker), None) => {
            error.hint(format!("{} can't make one of it either, unless told a --piece-length", maker.name))
        }
        (Rule::Count(_), None) => error.hint(format!("ask for at most {limit} with --piece-count")),
        _ => error.hint("make several torrents of it, or one of v1"),
    }
}

fn empty(request: &Request, files: usize) -> CommandError {
    let root = request.input.root();
    let what = match files {
        0 => "there is no file to share",
        _ => "all files are empty, and no program can share a torrent without bytes",
    };
    let error = anyhow::anyhow!("making a torrent: `{}`: {what}", root.display());
    let error = CommandError::new(ErrorKind::BadInput, error).at(root);
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
        WalkError::Ignore { ref path, .. } => {
            let path = path.clone();
            CommandError::new(ErrorKind::BadInput, error)
                .at(path)
                .hint("mend the line, or leave --gitignore out")
        }
        WalkError::NotUtf8(ref path) => {
            let path = path.clone();
            CommandError::new(ErrorKind::BadInput, error)
                .at(path)
                .hint("rename the file, or leave it out with --exclude")
        }
    }
}
