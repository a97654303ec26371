//! Digests of pieces kept from one run to the next.
//!
//! Owns the file they are kept in: a header, then records of a fixed size, each with a checksum. Records are
//! appended while the work goes on, so that a run that is killed loses no more than what it did since; at the end
//! the file is written anew with what is still of use. A record that is torn, or of another make, is not there.
//! What a record is found by stands in [`super::recall`].

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::driver::Hashes;
use super::open::Source;
use super::recall::{Identity, Key};
use crate::hash::{Sha1Digest, Sha256Digest, sha256};

/// How the file begins.
const MAGIC: &[u8; 8] = b"ccbtpc1\n";
/// Key, both digests, checksum.
const RECORD: usize = 20 + 20 + 32 + 4;
/// Most records read: twice the pieces of the largest torrent, so that one layout can follow another.
const MAX_RECORDS: usize = 1 << 22;
/// How long a file must have been left alone before its times tell it from what it was: some file systems count
/// in steps of two seconds.
const SETTLED: Duration = Duration::from_secs(3);

/// Digests known from earlier runs.
#[derive(Debug)]
pub struct Cache {
    path: PathBuf,
    /// What is in the file.
    known: HashMap<Key, (Sha1Digest, Sha256Digest)>,
}

impl Cache {
    /// Reads what is known; nothing, if the file is not there or of another make.
    ///
    /// # Errors
    /// When the file can't be read or made.
    pub fn open(path: &Path) -> io::Result<Self> {
        if let Some(directory) = path.parent() {
            std::fs::create_dir_all(directory)?;
        }
        let mut bytes = Vec::new();
        match File::open(path) {
            Ok(file) => {
                let most = MAGIC.len() + MAX_RECORDS * RECORD;
                file.take(most as u64).read_to_end(&mut bytes)?;
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        let known = match bytes.strip_prefix(MAGIC) {
            Some(records) => records.as_chunks::<RECORD>().0.iter().filter_map(parse).collect(),
            None => {
                write_new(path, [].into_iter())?;
                HashMap::new()
            }
        };
        Ok(Self { path: path.to_owned(), known })
    }

    /// Fills in the digests of pieces that are known, and tells which these are.
    pub fn recall(&self, keys: &[Option<Key>], hashes: &mut Hashes) -> Vec<usize> {
        let mut recalled = Vec::new();
        for (piece, key) in keys.iter().enumerate() {
            let Some((v1, v2)) = key.as_ref().and_then(|key| self.known.get(key)) else { continue };
            if let Some(digest) = hashes.v1.get_mut(piece) {
                *digest = *v1;
            }
            if let Some(digest) = hashes.v2.get_mut(piece) {
                *digest = *v2;
            }
            hashes.done[piece] = true;
            recalled.push(piece);
        }
        recalled
    }

    /// Appends what was done of these pieces since.
    ///
    /// # Errors
    /// When the file can't be written.
    pub fn keep(&mut self, pieces: Range<usize>, keys: &[Option<Key>], hashes: &Hashes) -> io::Result<()> {
        let mut records = Vec::new();
        for piece in pieces {
            if let (Some(Some(key)), true) = (keys.get(piece), hashes.done[piece])
                && !self.known.contains_key(key)
            {
                records.extend_from_slice(&record(key, hashes, piece));
                let digests = (hashes.v1.get(piece).copied(), hashes.v2.get(piece).copied());
                self.known.insert(*key, (digests.0.unwrap_or([0; 20]), digests.1.unwrap_or([0; 32])));
            }
        }
        if records.is_empty() {
            return Ok(());
        }
        let mut file = OpenOptions::new().append(true).open(&self.path)?;
        // A record that a crash tore must not shift those that follow.
        let length = file.metadata()?.len();
        let torn = length.saturating_sub(MAGIC.len() as u64) % RECORD as u64;
        file.set_len(length - torn)?;
        file.write_all(&records)
    }

    /// Writes the file anew with the pieces of this run alone, in the place of the old one: of each torrent its
    /// keys and its digests.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn replace(&self, torrents: &[(&[Option<Key>], &Hashes)]) -> io::Result<()> {
        let records = torrents.iter().flat_map(|(keys, hashes)| {
            let done = keys.iter().enumerate().filter(|(piece, _)| hashes.done[*piece]);
            done.filter_map(|(piece, key)| Some(record(key.as_ref()?, hashes, piece)))
        });
        write_new(&self.path, records)
    }
}

fn write_new(path: &Path, records: impl Iterator<Item = [u8; RECORD]>) -> io::Result<()> {
    // Of two processes that write at once the later one wins, whole.
    let beside = path.with_extension(format!("{}.tmp", std::process::id()));
    let written = write_records(&beside, records).and_then(|()| std::fs::rename(&beside, path));
    if written.is_err() && beside.exists() {
        std::fs::remove_file(&beside)?;
    }
    written
}

fn write_records(path: &Path, records: impl Iterator<Item = [u8; RECORD]>) -> io::Result<()> {
    let mut to = io::BufWriter::new(File::create(path)?);
    to.write_all(MAGIC)?;
    for record in records {
        to.write_all(&record)?;
    }
    to.flush()
}

fn record(key: &Key, hashes: &Hashes, piece: usize) -> [u8; RECORD] {
    let mut record = [0; RECORD];
    record[..20].copy_from_slice(key);
    if let Some(digest) = hashes.v1.get(piece) {
        record[20..40].copy_from_slice(digest);
    }
    if let Some(digest) = hashes.v2.get(piece) {
        record[40..72].copy_from_slice(digest);
    }
    let check = checksum(&record);
    record[72..].copy_from_slice(&check);
    record
}

fn parse(record: &[u8; RECORD]) -> Option<(Key, (Sha1Digest, Sha256Digest))> {
    let (key, rest) = record.split_first_chunk::<20>()?;
    let (v1, rest) = rest.split_first_chunk::<20>()?;
    let (v2, check) = rest.split_first_chunk::<32>()?;
    (check == checksum(record)).then_some((*key, (*v1, *v2)))
}

fn checksum(record: &[u8; RECORD]) -> [u8; 4] {
    let digest = sha256(&record[..72]);
    [digest[0], digest[1], digest[2], digest[3]]
}

/// What identifies the source, unless it is not what it was when the work was planned, or was changed too
/// shortly before `now` to be told from what it may become.
#[cfg(unix)]
pub fn identity(source: &Source, now: SystemTime) -> Option<Identity> {
    use std::os::unix::fs::MetadataExt as _;
    let metadata = std::fs::metadata(&source.path).ok()?;
    if super::open::Stamp::of(&metadata) != source.stamp {
        return None;
    }
    let nanoseconds = u32::try_from(metadata.ctime_nsec()).ok()?;
    let changed = Duration::new(u64::try_from(metadata.ctime()).ok()?, nanoseconds);
    let settled = SystemTime::UNIX_EPOCH.checked_add(changed)?.checked_add(SETTLED)? <= now;
    settled.then_some(Identity {
        device: metadata.dev(),
        inode: metadata.ino(),
        length: metadata.len(),
        modified: (metadata.mtime(), metadata.mtime_nsec()),
        changed: (metadata.ctime(), metadata.ctime_nsec()),
    })
}

/// Nothing tells a file from what it was where the time of its last change is not kept.
#[cfg(not(unix))]
pub fn identity(_source: &Source, _now: SystemTime) -> Option<Identity> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hashes(done: &[bool]) -> Hashes {
        let digest = |piece: usize| [piece as u8 + 1; 20];
        let v1 = (0..done.len()).map(digest).collect();
        let v2 = (0..done.len()).map(|piece| [piece as u8 + 101; 32]).collect();
        Hashes { v1, v2, done: done.to_vec(), ..Hashes::default() }
    }

    fn blank(pieces: usize) -> Hashes {
        Hashes {
            v1: vec![[0; 20]; pieces],
            v2: vec![[0; 32]; pieces],
            done: vec![false; pieces],
            ..Hashes::default()
        }
    }

    const KEYS: [Option<Key>; 4] = [Some([1; 20]), None, Some([3; 20]), Some([4; 20])];

    #[test]
    fn what_was_kept_is_recalled() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("deep/cache");
        let mut cache = Cache::open(&path).unwrap();
        assert!(cache.recall(&KEYS, &mut blank(4)).is_empty());
        cache.keep(0..4, &KEYS, &hashes(&[true, true, false, false])).unwrap();
        cache.keep(0..4, &KEYS, &hashes(&[true, true, true, false])).unwrap();
        let mut found = blank(4);
        assert_eq!(Cache::open(&path).unwrap().recall(&KEYS, &mut found), [0, 2]);
        assert_eq!((found.v1[2], found.v2[0], found.done[3]), ([3; 20], [101; 32], false));
        cache.replace(&[(&KEYS[2..], &hashes(&[true, true]))]).unwrap();
        assert_eq!(Cache::open(&path).unwrap().recall(&KEYS, &mut blank(4)), [2, 3]);
    }

    #[test]
    fn torn_and_damaged_records_are_not_there() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("cache");
        Cache::open(&path).unwrap().replace(&[(&KEYS, &hashes(&[true; 4]))]).unwrap();
        let whole = std::fs::read(&path).unwrap();
        for cut in 0..whole.len() {
            std::fs::write(&path, &whole[..cut]).unwrap();
            let recalled = Cache::open(&path).unwrap().recall(&KEYS, &mut blank(4)).len();
            assert_eq!(recalled, cut.saturating_sub(MAGIC.len()) / RECORD);
        }
        for at in 0..whole.len() {
            let mut bad = whole.clone();
            bad[at] ^= 1;
            std::fs::write(&path, bad).unwrap();
            let recalled = Cache::open(&path).unwrap().recall(&KEYS, &mut blank(4)).len();
            assert_eq!(recalled, if at < MAGIC.len() { 0 } else { 2 }, "byte {at}");
        }
        std::fs::write(&path, &whole[..whole.len() - 1]).unwrap();
        let mut cache = Cache::open(&path).unwrap();
        cache.recall(&KEYS, &mut blank(4));
        cache.keep(0..4, &KEYS, &hashes(&[true; 4])).unwrap();
        assert_eq!(Cache::open(&path).unwrap().recall(&KEYS, &mut blank(4)), [0, 2, 3]);
    }
}
