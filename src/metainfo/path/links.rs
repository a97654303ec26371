//! Targets of symlinks (BEP 47): what a torrent's link may point at.
//!
//! A target is followed through the other links of the torrent, and what is written to disk is where
//! that ends: a file or directory of the torrent itself, never a path through a link, never a
//! place outside.

use super::resolve::{Link, directories};
use super::safe::{Place, Text};
use super::sanitise::sanitise_component_for;
use super::tree::{Node, ROOT, Tree};
use super::{Platform, RelPath};
use crate::metainfo::{self, File};

/// Links followed one after the other before a target counts as lost, as operating systems do.
const MAX_CHAIN: usize = 40;

/// For every file the place its link points at, `None` for files that are no links.
///
/// `wanted` are the sanitised paths, by which targets find their files; `places` what they are called
/// on disk.
pub(super) fn resolve_links(
    files: &[File],
    text: &Text,
    wanted: &[Place],
    places: &[Place],
    root: &str,
    platform: Platform,
) -> Vec<Option<Link>> {
    let mut tree = Tree::new(false, wanted.len());
    let parents = directories(&mut tree, text, wanted);
    for (index, (path, parent)) in wanted.iter().zip(parents).enumerate() {
        // Of equal paths the first one is the one meant; a directory comes before a file.
        tree.add_file(text, parent, path.name(), index);
    }
    let start = match (root, tree.find(text, ROOT, root)) {
        ("", _) => Some(ROOT),
        (_, Some(Node::Directory(number))) => Some(number),
        _ => None,
    };
    let Some(start) = start else { return files.iter().map(lost).collect() };
    let mut follow = Follow { files, text, tree, start, platform, known: vec![State::New; files.len()] };
    (0..files.len())
        .map(|index| {
            files.get(index)?.symlink()?;
            let target = follow.link(index, 0).and_then(|node| place(&follow, node, wanted, places));
            Some(target.map_or(Link::Nowhere, Link::To))
        })
        .collect()
}

fn lost(file: &File) -> Option<Link> {
    file.symlink().is_some().then_some(Link::Nowhere)
}

/// The path of a node on disk. A directory is called as in the first path through it.
fn place(follow: &Follow<'_>, node: Node, wanted: &[Place], places: &[Place]) -> Option<RelPath> {
    let text = follow.text;
    match node {
        Node::File(index) => places.get(index as usize).map(|&place| text.path(place).to_owned()),
        Node::Directory(ROOT) => None,
        Node::Directory(number) => {
            let (file, depth) = follow.tree.place(number)?;
            let path = text.path(*wanted.get(file)?).as_str();
            let end = path.match_indices('/').nth(depth - 1).map_or(path.len(), |(slash, _)| slash);
            path.get(..end).map(|directory| RelPath::new(directory.to_owned()))
        }
    }
}

#[derive(Clone, Copy)]
enum State {
    New,
    Under,
    Done(Option<Node>),
}

struct Follow<'a> {
    files: &'a [File],
    text: &'a Text,
    tree: Tree,
    start: u32,
    platform: Platform,
    known: Vec<State>,
}

impl Follow<'_> {
    /// What the link at `index` ends at. Each link is followed once; the depth of the recursion is the
    /// number of links in a row, which is limited.
    fn link(&mut self, index: usize, chain: usize) -> Option<Node> {
        match self.known.get(index)? {
            State::Done(node) => return *node,
            State::Under => return None,
            State::New if chain >= MAX_CHAIN => return None,
            State::New => {}
        }
        self.set(index, State::Under);
        let files = self.files;
        let target = files.get(index)?.symlink().unwrap_or_default();
        let node = self.walk(target, chain);
        self.set(index, State::Done(node));
        node
    }

    fn set(&mut self, index: usize, state: State) {
        if let Some(slot) = self.known.get_mut(index) {
            *slot = state;
        }
    }

    fn walk(&mut self, target: &[metainfo::Text], chain: usize) -> Option<Node> {
        let mut node = Node::Directory(self.start);
        let mut steps = 0;
        for component in target {
            // A target may not climb (BEP 47): steps that would are left out, and what remains must be
            // in the torrent.
            if matches!(&component.0[..], b"" | b"." | b"..") {
                continue;
            }
            let Node::Directory(directory) = node else { return None };
            let name = sanitise_component_for(&component.0, self.platform);
            node = match self.tree.find(self.text, directory, &name)? {
                Node::File(index) if self.files.get(index as usize)?.symlink().is_some() => {
                    self.link(index as usize, chain + 1)?
                }
                found => found,
            };
            steps += 1;
        }
        (steps > 0).then_some(node)
    }
}
