//! Ignore files: what `.gitignore` and `.ignore` of the directories walked leave out (gitignore(5)).
//!
//! Owns which of them hold for an entry: those of the directories it lies in, the nearest first, within one
//! directory `.ignore` before `.gitignore`. Files outside the tree (of the user, of a directory above) do not count, so that
//! the same tree gives the same torrent everywhere.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

use super::WalkError;
use crate::content::open::ContentError;

/// The files, the one that counts more last.
const NAMES: [&str; 2] = [".gitignore", ".ignore"];
/// The directory git itself never looks into.
const GIT: &str = ".git";
/// Largest ignore file read: hundreds of times what people write.
const MAX_BYTES: u64 = 1 << 20;

/// The ignore files on the way down to where the walk is.
#[derive(Default)]
pub(super) struct Ignored {
    /// How deep the directory of each lies.
    stack: Vec<(usize, Gitignore)>,
}

impl Ignored {
    /// Reads the ignore files of a directory that lies so deep, whose entries come next.
    pub(super) fn enter(&mut self, directory: &Path, depth: usize) -> Result<(), WalkError> {
        self.leave(depth);
        let mut builder = GitignoreBuilder::new(directory);
        let mut any = false;
        for path in NAMES.map(|name| directory.join(name)) {
            let text = read(&path).map_err(|source| ContentError::Walk { path: path.clone(), source })?;
            for (index, line) in text.lines().enumerate() {
                any = true;
                builder.add_line(None, line).map_err(|error| WalkError::Ignore {
                    path: path.clone(),
                    line: index + 1,
                    reason: error.to_string(),
                })?;
            }
        }
        if any {
            let wrong = |error: ignore::Error| WalkError::Ignore {
                path: directory.join(NAMES[0]),
                line: 0,
                reason: error.to_string(),
            };
            self.stack.push((depth, builder.build().map_err(wrong)?));
        }
        Ok(())
    }

    /// Whether an entry that lies so deep is left out.
    pub(super) fn covers(&mut self, path: &Path, depth: usize, is_directory: bool) -> bool {
        self.leave(depth);
        if path.file_name().is_some_and(|name| name == GIT) {
            return true;
        }
        let matches = self.stack.iter().rev().map(|(_, rules)| rules.matched(path, is_directory));
        matches
            .into_iter()
            .find(|found| !found.is_none())
            .is_some_and(|found| matches!(found, Match::Ignore(_)))
    }

    /// Forgets the directories that what lies so deep is not in.
    fn leave(&mut self, depth: usize) {
        while self.stack.last().is_some_and(|(of, _)| *of >= depth) {
            self.stack.pop();
        }
    }
}

/// The text of a file; none where there is no regular file.
fn read(path: &Path) -> io::Result<String> {
    match path.symlink_metadata() {
        Ok(metadata) if metadata.is_file() => {}
        Ok(_) => return Ok(String::new()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(String::new()),
        Err(error) => return Err(error),
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(io::Error::other(format!("an ignore file of more than {MAX_BYTES} bytes")));
    }
    let text = String::from_utf8_lossy(&bytes);
    Ok(text.trim_start_matches('\u{feff}').to_owned())
}
