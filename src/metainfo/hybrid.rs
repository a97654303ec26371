//! The two halves of a hybrid torrent must describe the same files (BEP 52, "Upgrade Path"):
//! names, order, sizes and alignment.

use super::error::{Error, shown_path};
use super::file_list::{self, Entry, FileList, Totals};
use super::file_tree::FileTree;
use super::limits::Limits;
use super::lint::Lints;
use super::{File, Rare, Severity};
use crate::bencode::Value;

/// Checks `files` against the tree, entry by entry without copying it, and adds to the files of the
/// tree what the list alone knows of them.
///
/// The list may or may not have a pad behind the last file; both are about.
pub(super) fn reconcile(
    raw: &[u8],
    list: Value<'_, '_>,
    tree: &mut FileTree,
    piece_length: u64,
    limits: &Limits,
    lints: &mut Lints,
) -> Result<Totals, Error> {
    let mut differ = 0;
    let count = tree.files.len();
    let components = &tree.components;
    let shown = |file: &File| shown_path(components.path(raw, file));
    let mut files = tree.files.iter_mut();
    let totals = file_list::walk(list, limits, lints, |v1| {
        let Some(v2) = files.next() else {
            return fault(format!("more files in `files` than the {count} in `file tree`"));
        };
        let mut parts = components.path(raw, v2);
        let mut same = true;
        for part in v1.path()? {
            let part = part?.as_bytes();
            same &= parts.next().is_some_and(|other| Some(other) == part);
        }
        if !same || parts.next().is_some() {
            return fault(format!("file{} of v1 is `{}` in v2", v1.shown(), shown(v2)));
        }
        differ += usize::from(v1.attr != v2.attr);
        merge(&v1, v2, shown)
    })?;
    if files.next().is_some() {
        return fault(format!("{} files in `files`, {count} in `file tree`", totals.files));
    }
    if differ > 0 {
        let message = format!("{differ} files have other attributes (BEP 47) in v1 than in v2");
        lints.push("attributes-differ", Severity::Warning, message);
    }
    let padded = tree.space.next_multiple_of(piece_length);
    if totals.space != tree.space && totals.space != padded {
        return fault(format!(
            "{} bytes with pad files in v1, {} or {padded} in v2",
            totals.space, tree.space
        ));
    }
    Ok(totals)
}

/// The same for a single file, whose v1 name is that of the torrent.
pub(super) fn reconcile_single(raw: &[u8], list: FileList, tree: &mut FileTree) -> Result<Totals, Error> {
    let ([v1], [v2]) = (&list.files[..], &mut tree.files[..]) else {
        return fault(format!("one file in v1, {} in `file tree`", tree.files.len()));
    };
    let (in_list, in_tree) = (list.components.path(raw, v1), tree.components.path(raw, v2));
    if !in_list.clone().eq(in_tree.clone()) {
        let (v1, v2) = (shown_path(in_list), shown_path(in_tree));
        return fault(format!("the file is `{v1}` in v1 and `{v2}` in v2"));
    }
    if v1.length != v2.length {
        let name = shown_path(in_list);
        return fault(format!("`{name}` has length {} in v1 and {} in v2", v1.length, v2.length));
    }
    add_hints(v1.rare.clone(), v2);
    Ok(list.totals)
}

fn merge(v1: &Entry<'_, '_>, v2: &mut File, shown: impl Fn(&File) -> String) -> Result<(), Error> {
    if v1.length != v2.length {
        return fault(format!("`{}` has length {} in v1 and {} in v2", shown(v2), v1.length, v2.length));
    }
    if v1.symlink.as_deref() != v2.symlink() {
        return fault(format!("`{}` has another symlink target in v1 than in v2", shown(v2)));
    }
    if v1.length > 0 && v1.offset != v2.offset {
        return fault(format!(
            "`{}` begins at {} in v1 and at {} in v2: a pad file is missing or has the wrong length",
            shown(v2),
            v1.offset,
            v2.offset
        ));
    }
    v2.attr.executable |= v1.attr.executable;
    v2.attr.hidden |= v1.attr.hidden;
    add_hints(v1.fields.rare(None), v2);
    Ok(())
}

/// Adds what only the v1 half says of a file.
fn add_hints(v1: Option<Box<Rare>>, v2: &mut File) {
    let Some(v1) = v1 else { return };
    let v2 = v2.rare.get_or_insert_default();
    v2.sha1 = v2.sha1.or(v1.sha1);
    v2.md5 = v2.md5.or(v1.md5);
    v2.mtime = v2.mtime.or(v1.mtime);
}

fn fault<T>(reason: String) -> Result<T, Error> {
    Err(Error::HybridMismatch { reason })
}
