//! The v2 half (BEP 52, "file tree"): nested dictionaries, in canonical order.

use std::num::NonZeroU32;

use super::components::{Components, Span};
use super::error::{Error, shown_path};
use super::fields::{FileFields, file_length};
use super::file_list::Budget;
use super::limits::{Limits, MAX_PATH_COMPONENTS};
use super::lint::Lints;
use super::{File, Severity};
use crate::bencode::{Dict, Value};

/// The files of a tree, each aligned to a piece.
#[derive(Default)]
pub(super) struct FileTree {
    pub(super) files: Vec<File>,
    pub(super) components: Components,
    /// End of the last file.
    pub(super) space: u64,
    /// Whether it has anything but one file at its top.
    pub(super) directory: bool,
}

/// One name on the way down, and where it lies.
#[derive(Clone, Copy)]
struct Step<'a> {
    name: &'a [u8],
    span: Span,
}

/// Reads a tree that is known to be canonical. The walk keeps its own stack.
pub(super) fn read(
    tree: Value<'_, '_>,
    piece_length: u64,
    limits: &Limits,
    lints: &mut Lints,
) -> Result<FileTree, Error> {
    let mut budget = Budget::new(limits);
    let fault = |reason: String| Error::FileTree { reason };
    let top = tree.dict().ok_or_else(|| fault(format!("it is {}, not a dictionary", tree.kind().name())))?;
    let mut all = FileTree::default();
    let mut stack: Vec<Dict<'_, '_>> = vec![top];
    let mut path: Vec<Step<'_>> = Vec::new();
    while let Some(directory) = stack.last_mut() {
        let Some((key, node)) = directory.next_entry() else {
            stack.pop();
            path.pop();
            continue;
        };
        let name = key.as_bytes().unwrap_or_default();
        let shown = |path: &[Step<'_>]| shown_path(names(path).chain([name]));
        if name.is_empty() {
            return Err(fault(if path.is_empty() {
                "its root is a file, or a name is empty".into()
            } else {
                format!("`{}` is a file and a directory", shown_path(names(&path)))
            }));
        }
        let Some(mut entries) = node.dict() else {
            return Err(fault(format!("`{}` is {}, not a dictionary", shown(&path), node.kind().name())));
        };
        if path.len() >= MAX_PATH_COMPONENTS {
            return Err(Error::Depth { path: shown(&path), limit: MAX_PATH_COMPONENTS });
        }
        // The empty key sorts first: with it the node is a file.
        match entries.clone().next() {
            Some((b"", leaf)) => {
                entries.next();
                if entries.next().is_some() {
                    return Err(fault(format!("`{}` is a file and a directory", shown(&path))));
                }
                budget.file()?;
                path.push(Step { name, span: key.content_span().into() });
                all.add(leaf, &path, piece_length, &mut budget)?;
                path.pop();
            }
            Some(_) => {
                path.push(Step { name, span: key.content_span().into() });
                stack.push(entries);
            }
            None => lints.count("empty-directory", Severity::Info, || {
                format!("`{}` in `file tree` is a directory without files", shown(&path))
            }),
        }
    }
    if all.files.is_empty() {
        return Err(fault("it holds no files".into()));
    }
    all.directory = all.files.len() > 1 || all.files.iter().any(|file| file.path.len() > 1);
    Ok(all)
}

fn names<'a>(path: &[Step<'a>]) -> impl Iterator<Item = &'a [u8]> {
    path.iter().map(|step| step.name)
}

impl FileTree {
    fn add(
        &mut self,
        leaf: Value<'_, '_>,
        path: &[Step<'_>],
        piece_length: u64,
        budget: &mut Budget,
    ) -> Result<(), Error> {
        let shown = || shown_path(names(path));
        let Some(dictionary) = leaf.dict() else {
            let reason = format!("the entry of `{}` is {}, not a dictionary", shown(), leaf.kind().name());
            return Err(Error::FileTree { reason });
        };
        let fields = FileFields::read(dictionary);
        let flags = fields.flags();
        if flags.pad {
            return Err(Error::PadAttr { path: shown() });
        }
        let mut attr = flags.attr;
        let symlink = if flags.link { fields.symlink_target() } else { None };
        attr.symlink = symlink.is_some();
        let length = match (&symlink, fields.length) {
            (Some(_), None) => 0,
            _ => file_length(fields.length, shown)?,
        };
        if symlink.is_some() && length > 0 {
            let reason = format!("of {} is {length}, but it is a symlink", shown());
            return Err(Error::Length { reason });
        }
        let offset = if length > 0 { self.space.next_multiple_of(piece_length) } else { self.space };
        // Half a million files of 2^48 bytes are more than 64 bits hold.
        let end = offset.checked_add(length).filter(|&end| i64::try_from(end).is_ok());
        self.space =
            end.ok_or_else(|| Error::Length { reason: "of all files together is out of range".into() })?;
        let start = self.components.len();
        for step in path {
            budget.component(step.name.len())?;
            self.components.push(step.span);
        }
        let path = self.components.since(start);
        let root = pieces_root(&fields, length, shown)?;
        self.files.push(File { path, length, offset, attr, root, layer: None, rare: fields.rare(symlink) });
        Ok(())
    }
}

/// Where the root of a file lies; an empty one has none (BEP 52, "pieces root"), and one written is not looked at.
fn pieces_root(
    fields: &FileFields<'_, '_>,
    length: u64,
    shown: impl Fn() -> String,
) -> Result<Option<NonZeroU32>, Error> {
    if length == 0 {
        return Ok(None);
    }
    let fail = |reason| Err(Error::PiecesRoot { path: shown(), reason });
    let Some(value) = fields.pieces_root else { return fail("is missing") };
    match value.as_bytes() {
        None => fail("is not a string"),
        Some(root) if root.len() != 32 => fail("is not 32 bytes long"),
        Some(root) if root == [0; 32] => fail("is all zeros"),
        Some(_) => Ok(place(value)),
    }
}

/// Where a string lies in the torrent.
pub(super) fn place(string: Value<'_, '_>) -> Option<NonZeroU32> {
    u32::try_from(string.content_span().start).ok().and_then(NonZeroU32::new)
}
