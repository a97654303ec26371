//! The two halves of a hybrid torrent must describe the same files (BEP 52, "Upgrade Path"):
//! names, order, sizes and alignment.

use super::error::{Error, shown_path};
use super::file_list::{self, Entry, FileList, Totals};
use super::file_tree::FileTree;
use super::limits::Limits;
use super::lint::Lints;
use super::{File, Severity};
use crate::bencode::Value;

/// Checks `files` against the tree, entry by entry without copying it, and adds to the files of the
/// tree what the list alone knows of them.
///
/// The list may or may not have a pad behind the last file; both are about.
pub(super) fn reconcile(
    list: Value<'_, '_>,
    tree: &mut FileTree,
    piece_length: u64,
    limits: &Limits,
    lints: &mut Lints,
) -> Result<Totals, Error> {
    let mut differ = 0;
    let count = tree.files.len();
    let mut files = tree.files.iter_mut();
    let totals = file_list::walk(list, limits, lints, |v1| {
        let Some(v2) = files.next() else {
            return fault(format!("more files in `files` than the {count} in `file tree`"));
        };
        let mut parts = v2.path.iter();
        let mut same = true;
        for part in v1.path()? {
            let part = part?;
            same &= parts.next().is_some_and(|other| other.0 == part);
        }
        if !same || parts.next().is_some() {
            return fault(format!("file{} of v1 is `{}` in v2", v1.shown(), shown(v2)));
        }
        differ += usize::from(v1.attr != v2.attr);
        merge(&v1, v2)
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
pub(super) fn reconcile_single(list: FileList, tree: &mut FileTree) -> Result<Totals, Error> {
    let ([v1], [v2]) = (&list.files[..], &mut tree.files[..]) else {
        return fault(format!("one file in v1, {} in `file tree`", tree.files.len()));
    };
    if v1.path != v2.path {
        return fault(format!("the file is `{}` in v1 and `{}` in v2", shown(v1), shown(v2)));
    }
    if v1.length != v2.length {
        return fault(format!("`{}` has length {} in v1 and {} in v2", shown(v1), v1.length, v2.length));
    }
    v2.sha1 = v2.sha1.or(v1.sha1);
    v2.md5 = v2.md5.or(v1.md5);
    v2.mtime = v2.mtime.or(v1.mtime);
    Ok(list.totals)
}

fn merge(v1: &Entry<'_, '_>, v2: &mut File) -> Result<(), Error> {
    if v1.length != v2.length {
        return fault(format!("`{}` has length {} in v1 and {} in v2", shown(v2), v1.length, v2.length));
    }
    if v1.symlink != v2.symlink {
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
    v2.sha1 = v2.sha1.or_else(|| v1.fields.sha1());
    v2.md5 = v2.md5.or_else(|| v1.fields.md5());
    v2.mtime = v2.mtime.or_else(|| v1.fields.mtime());
    Ok(())
}

fn fault<T>(reason: String) -> Result<T, Error> {
    Err(Error::HybridMismatch { reason })
}

fn shown(file: &File) -> String {
    shown_path(file.path.iter().map(|part| &part.0[..]))
}
