//! Files that were found elsewhere: what is wanted, where it may be, and whether it is the better file.

use std::collections::HashSet;
use std::path::PathBuf;

use crate::commands::content_check::content::{Stray, strays};
use crate::commands::content_check::hashing::Hashing;
use crate::commands::content_check::verdict::{Evidence, State, Verdict};
use crate::config::Settings;
use crate::content::open::ContentError;
use crate::env::Env;

use super::Checked;
use super::search::{self, Wanted};

/// Takes files from where they are found and hashes them; gives the verdict after that, if anything changed.
pub(super) fn find(
    env: &Env,
    settings: &Settings,
    hashing: &Hashing<'_>,
    directories: &[PathBuf],
    checked: &mut Checked,
    verdict: &Verdict,
) -> Result<Option<Verdict>, ContentError> {
    let wanted = wanted(hashing, verdict, !directories.is_empty());
    if wanted.is_empty() {
        return Ok(None);
    }
    let pool = pool(hashing, directories, verdict, checked);
    let lengths: HashSet<u64> = wanted.iter().map(|wanted| wanted.length).collect();
    let fitting = pool.iter().filter(|stray| lengths.contains(&stray.length));
    let _progress = hashing.progress(env, settings, "searching", fitting.map(|stray| stray.length).sum());
    let mut found = search::search(hashing, &checked.content, &wanted, &pool)?;
    found.retain(|(index, path)| checked.content.sources[*index].path != *path);
    if found.is_empty() {
        return Ok(None);
    }
    let mut before = Vec::with_capacity(found.len());
    for (index, path) in found {
        let length = hashing.torrent.info.files[index].length;
        before.push((index, checked.content.adopt(index, path, length)));
    }
    let after = rehash(settings, hashing, before.iter().map(|(index, _)| *index), checked)?;
    let verified = |verdict: &Verdict, index: usize| verdict.files.get(index).map_or(0, |file| file.verified);
    let mut undone = Vec::new();
    for (index, was) in before {
        // Only who is better than what is in place takes its place.
        if verified(&after, index) <= verified(verdict, index) {
            checked.content.restore(index, was);
            undone.push(index);
        }
    }
    let after = match undone.is_empty() {
        true => after,
        false => rehash(settings, hashing, undone.into_iter(), checked)?,
    };
    let taken: HashSet<&PathBuf> = checked.content.moved.values().collect();
    checked.extra.retain(|stray| !taken.contains(&stray.path));
    Ok(Some(after))
}

/// Hashes the pieces of some files anew.
fn rehash(
    settings: &Settings,
    hashing: &Hashing<'_>,
    files: impl Iterator<Item = usize>,
    checked: &mut Checked,
) -> Result<Verdict, ContentError> {
    let Checked { content, hashes, .. } = checked;
    content.mark_unreadable(hashing.torrent);
    hashing.forget(files, hashes);
    let result = hashing.pieces(content, hashes);
    hashing.go_on(result, content, hashes)?;
    Ok(Verdict::reach(hashing.torrent, content, hashes, &Evidence::new(), settings))
}

/// Files that are missing; damaged ones too when somebody says where better ones may be.
fn wanted(hashing: &Hashing<'_>, verdict: &Verdict, damaged: bool) -> Vec<Wanted> {
    let files = hashing.torrent.info.files.iter().zip(&verdict.files).enumerate();
    files
        .filter(|(_, (file, _))| file.length > 0 && !file.attr.symlink)
        .filter(|(_, (_, found))| match found.state {
            State::Missing => true,
            State::Bad => damaged,
            State::Ok | State::Partial | State::Moved | State::Extra => false,
        })
        .map(|(index, (file, found))| {
            let bad_pieces: Vec<usize> = found.bad_pieces.iter().map(|&piece| piece as usize).collect();
            let own = search::own_pieces(file, hashing.torrent.info.piece_length);
            let is_bad_itself = bad_pieces.iter().any(|piece| own.contains(&(*piece as u64)));
            Wanted { index, length: file.length, bad_pieces, is_bad_itself }
        })
        .collect()
}

/// Where the files may be: among those that are not in the torrent, in the places of damaged ones (two files
/// may have changed places), and wherever the user says.
fn pool(hashing: &Hashing<'_>, directories: &[PathBuf], verdict: &Verdict, checked: &Checked) -> Vec<Stray> {
    let Checked { content, extra, .. } = checked;
    let files = hashing.torrent.info.files.iter().zip(&verdict.files).enumerate();
    let damaged = files.filter(|(_, (file, found))| found.state == State::Bad && !file.attr.symlink);
    let in_place = damaged.filter_map(|(index, _)| {
        let path = content.sources[index].path.clone();
        let length = std::fs::metadata(&path).ok()?.len();
        Some(Stray { path, below: content.paths[index].clone(), length, regular: true })
    });
    let elsewhere = directories.iter().flat_map(|directory| strays(directory, |_| false));
    let mut seen = HashSet::new();
    let all = in_place.chain(extra.iter().cloned()).chain(elsewhere);
    all.filter(|stray| stray.regular && stray.length > 0 && seen.insert(stray.path.clone())).collect()
}
