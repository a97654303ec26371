//! By what a piece is recognised whose digests were worked out before: the files it is made of, as the file
//! system knows them.
//!
//! Pure. A key covers everything that the digests of a piece depend on, so that a file that changed, or another
//! layout, gives another key; what lies in other pieces does not matter. Content is never part of it: that a file
//! with the same identity, size and times has the same bytes is what whoever uses a cache relies on.

use super::digest::Wanted;
use super::plan::{Run, Space};
use crate::hash::{Sha256Digest, sha256};

/// What a file system tells of a file without reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The device it lies on.
    pub device: u64,
    /// Its number there.
    pub inode: u64,
    /// Bytes.
    pub length: u64,
    /// When its content was modified: seconds and nanoseconds since 1970.
    pub modified: (i64, i64),
    /// When anything about it was changed, which no program can set back.
    pub changed: (i64, i64),
}

/// What a piece is recognised by.
pub type Key = [u8; 20];

/// Begins what is hashed to a key, so that keys of another make never match.
const DOMAIN: &[u8] = b"ccbt piece 1";

/// The key of every piece; none for one with a file that has no identity. `width` is the number of leaves in
/// the subtree of a piece.
pub fn keys(
    space: &Space,
    identities: &[Option<Identity>],
    wanted: Wanted,
    width: impl Fn(usize) -> usize,
) -> Vec<Option<Key>> {
    let mut text = Vec::new();
    (0..space.pieces())
        .map(|piece| {
            text.clear();
            text.extend_from_slice(DOMAIN);
            text.extend([u8::from(wanted.v1), u8::from(wanted.v2)]);
            text.extend((width(piece) as u64).to_le_bytes());
            for run in space.runs(space.piece(piece)) {
                describe(run, identities, &mut text)?;
            }
            let digest: Sha256Digest = sha256(&text);
            digest.first_chunk().copied()
        })
        .collect()
}

fn describe(run: Run, identities: &[Option<Identity>], text: &mut Vec<u8>) -> Option<()> {
    match run {
        Run::Zeros(length) => {
            text.push(0);
            text.extend(length.to_le_bytes());
        }
        Run::File { file, offset, length } => {
            let identity = identities.get(file).copied().flatten()?;
            text.push(1);
            for number in [identity.device, identity.inode, identity.length, offset, length] {
                text.extend(number.to_le_bytes());
            }
            for (seconds, nanoseconds) in [identity.modified, identity.changed] {
                text.extend(seconds.to_le_bytes());
                text.extend(nanoseconds.to_le_bytes());
            }
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::plan::Extent;

    const BOTH: Wanted = Wanted { v1: true, v2: true };

    fn space() -> Space {
        let extents = vec![
            Extent { file: 0, offset: 0, length: 15 },
            Extent { file: 1, offset: 15, length: 10 },
            Extent { file: 2, offset: 30, length: 5 },
        ];
        Space::new(10, 40, extents).unwrap()
    }

    fn identity(inode: u64) -> Option<Identity> {
        Some(Identity { device: 1, inode, length: 15, modified: (5, 0), changed: (6, 0) })
    }

    #[test]
    fn a_file_that_changed_changes_the_keys_of_its_pieces_alone() {
        let before = keys(&space(), &[identity(1), identity(2), identity(3)], BOTH, |_| 1);
        let touched = identity(2).map(|identity| Identity { changed: (6, 1), ..identity });
        let after = keys(&space(), &[identity(1), touched, identity(3)], BOTH, |_| 1);
        let same: Vec<bool> = before.iter().zip(&after).map(|(before, after)| before == after).collect();
        assert_eq!(same, [true, false, false, true]);
    }

    #[test]
    fn what_digests_depend_on_is_in_the_key() {
        let files = [identity(1), identity(2), identity(3)];
        let all = keys(&space(), &files, BOTH, |_| 1);
        let distinct: std::collections::HashSet<_> = all.iter().collect();
        assert_eq!(distinct.len(), 4);
        assert!(all != keys(&space(), &files, Wanted { v1: true, v2: false }, |_| 1));
        assert!(all != keys(&space(), &files, BOTH, |_| 2));
        let other = Space::new(10, 40, vec![Extent { file: 0, offset: 1, length: 15 }]).unwrap();
        assert!(all[0] != keys(&other, &files, BOTH, |_| 1)[0]);
    }

    #[test]
    fn a_file_without_identity_leaves_its_pieces_without_keys() {
        let keys = keys(&space(), &[identity(1), None, identity(3)], BOTH, |_| 1);
        assert_eq!(keys.iter().map(Option::is_some).collect::<Vec<_>>(), [true, false, false, true]);
    }
}
