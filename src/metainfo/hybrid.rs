//! The two halves of a hybrid torrent must describe the same files (BEP 52, "Upgrade Path"):
//! names, order, sizes and alignment.

use super::error::{Error, shown_path};
use super::file_list::FileList;
use super::file_tree::FileTree;
use super::lint::Lints;
use super::{File, Severity};

/// Checks the halves against each other and gives the files of the tree, with what the v1 list alone
/// knows of them.
///
/// The v1 list may or may not have a pad behind the last file; both are about.
pub(super) fn reconcile(
    list: &FileList,
    tree: FileTree,
    piece_length: u64,
    lints: &mut Lints,
) -> Result<Vec<File>, Error> {
    let fault = |reason: String| Err(Error::HybridMismatch { reason });
    let mut files = tree.files;
    if list.files.len() != files.len() {
        return fault(format!("{} files in `files`, {} in `file tree`", list.files.len(), files.len()));
    }
    for (index, (v1, v2)) in list.files.iter().zip(&mut files).enumerate() {
        if v1.path != v2.path {
            return fault(format!("file {index} is `{}` in v1 and `{}` in v2", shown(v1), shown(v2)));
        }
        if v1.length != v2.length {
            return fault(format!("`{}` has length {} in v1 and {} in v2", shown(v1), v1.length, v2.length));
        }
        if v1.symlink != v2.symlink {
            return fault(format!("`{}` has another symlink target in v1 than in v2", shown(v1)));
        }
        if v1.length > 0 && v1.offset != v2.offset {
            let (v1_offset, v2_offset) = (v1.offset, v2.offset);
            return fault(format!(
                "`{}` begins at {v1_offset} in v1 and at {v2_offset} in v2: a pad file is missing or has the wrong length",
                shown(v1)
            ));
        }
        if v1.attr != v2.attr {
            lints.count("attributes-differ", Severity::Warning, || {
                format!("`{}` has other attributes (BEP 47) in v1 than in v2", shown(v1))
            });
        }
        v2.attr.executable |= v1.attr.executable;
        v2.attr.hidden |= v1.attr.hidden;
        v2.sha1 = v2.sha1.or(v1.sha1);
        v2.md5 = v2.md5.or(v1.md5);
        v2.mtime = v2.mtime.or(v1.mtime);
    }
    let padded = tree.space.next_multiple_of(piece_length);
    if list.space != tree.space && list.space != padded {
        return fault(format!("{} bytes with pad files in v1, {} or {padded} in v2", list.space, tree.space));
    }
    Ok(files)
}

fn shown(file: &File) -> String {
    shown_path(file.path.iter().map(|part| &part.0[..]))
}
