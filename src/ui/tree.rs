//! A file tree with sizes, drawn with lines.
//!
//! Takes paths in any order: a directory stands where its first file does. Paths are expected to be
//! relative and free of `.` and `..`; what they are made of is made harmless for a terminal here.

use std::collections::HashMap;
use std::io::{self, Write};

use super::style::Style;
use super::text;

/// Deepest directory that is drawn. Deeper ones are drawn as one name, so that neither the indentation
/// nor the recursion depends on a torrent.
const MAX_DEPTH: usize = 64;

/// The root of the tree.
const ROOT: u32 = 0;

/// No node.
const NONE: u32 = ROOT;

/// Draws files, given by path and size, beneath their directories.
///
/// # Errors
/// When they cannot be written.
pub(crate) fn draw<'a>(
    out: &mut impl Write,
    style: Style,
    files: impl Iterator<Item = (&'a str, u64)>,
) -> io::Result<()> {
    let tree = Tree::of(files);
    let mut drawing = Drawing { tree: &tree, style, indent: String::new(), out };
    drawing.children(ROOT)
}

/// Relations are indices, of which [`NONE`] is none: the root is nobody's child. Trees of half a
/// million files exist, and a person waits for them.
struct Node<'a> {
    name: &'a str,
    /// Bytes of a file.
    size: u64,
    is_directory: bool,
    first: u32,
    last: u32,
    next: u32,
}

struct Tree<'a> {
    nodes: Vec<Node<'a>>,
    directories: HashMap<(u32, &'a str), u32>,
}

impl<'a> Tree<'a> {
    fn of(files: impl Iterator<Item = (&'a str, u64)>) -> Self {
        let mut tree =
            Self { nodes: Vec::with_capacity(files.size_hint().0 + 1), directories: HashMap::new() };
        tree.nodes.push(Node::new("", None));
        let mut neighbour = ("", ROOT);
        for (path, size) in files {
            let (directory, name) = split(path);
            // Neighbours in a torrent mostly lie in one directory.
            if directory != neighbour.0 {
                let names = directory.split('/').filter(|name| !name.is_empty());
                neighbour = (directory, names.fold(ROOT, |parent, name| tree.directory(parent, name)));
            }
            tree.add(neighbour.1, name, Some(size));
        }
        tree
    }

    fn directory(&mut self, parent: u32, name: &'a str) -> u32 {
        if let Some(&node) = self.directories.get(&(parent, name)) {
            return node;
        }
        let node = self.add(parent, name, None);
        self.directories.insert((parent, name), node);
        node
    }

    fn add(&mut self, parent: u32, name: &'a str, size: Option<u64>) -> u32 {
        // More files than that are more than a metainfo file may have.
        let node = u32::try_from(self.nodes.len()).unwrap_or(u32::MAX);
        self.nodes.push(Node::new(name, size));
        match std::mem::replace(&mut self.nodes[parent as usize].last, node) {
            NONE => self.nodes[parent as usize].first = node,
            sibling => self.nodes[sibling as usize].next = node,
        }
        node
    }
}

impl<'a> Node<'a> {
    fn new(name: &'a str, size: Option<u64>) -> Self {
        let is_directory = size.is_none();
        Self { name, size: size.unwrap_or(0), is_directory, first: NONE, last: NONE, next: NONE }
    }
}

/// The directory and the name in it, which is more than one component where the tree is too deep.
fn split(path: &str) -> (&str, &str) {
    let deepest = path.match_indices('/').nth(MAX_DEPTH - 1).map(|(slash, _)| slash);
    match deepest.or_else(|| path.rfind('/')) {
        Some(slash) => {
            path.split_at_checked(slash).map_or(("", path), |(dir, name)| (dir, name.trim_start_matches('/')))
        }
        None => ("", path),
    }
}

struct Drawing<'t, 'a, W> {
    tree: &'t Tree<'a>,
    style: Style,
    indent: String,
    out: &'t mut W,
}

impl<W: Write> Drawing<'_, '_, W> {
    fn children(&mut self, parent: u32) -> io::Result<()> {
        let tree = self.tree;
        let mut child = tree.nodes[parent as usize].first;
        while child != NONE {
            let node = &tree.nodes[child as usize];
            let (branch, below) = if node.next != NONE { ("├─ ", "│  ") } else { ("└─ ", "   ") };
            let name = text::visible(node.name);
            // Piece by piece: a format string costs as much as everything else about a line.
            self.out.write_all(self.indent.as_bytes())?;
            self.out.write_all(branch.as_bytes())?;
            if node.is_directory {
                writeln!(self.out, "{}", self.style.bold(format_args!("{name}/")))?;
                let length = self.indent.len();
                self.indent.push_str(below);
                self.children(child)?;
                self.indent.truncate(length);
            } else {
                self.out.write_all(name.as_bytes())?;
                self.out.write_all(b"  ")?;
                let size = text::size(node.size);
                match self.style.is_on() {
                    true => write!(self.out, "{}", self.style.dim(size))?,
                    false => self.out.write_all(size.as_bytes())?,
                }
                self.out.write_all(b"\n")?;
            }
            child = node.next;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(files: &[(&str, u64)]) -> String {
        let mut out = Vec::new();
        draw(&mut out, Style::new(false), files.iter().copied()).expect("memory");
        String::from_utf8(out).expect("UTF-8")
    }

    #[test]
    fn directories_stand_where_their_first_file_does() {
        let tree = drawn(&[("b/x/1", 1), ("a", 2048), ("b/y", 0), ("b/x/2", 2), ("c\u{202e}", 3)]);
        let expected = concat!(
            "├─ b/\n",
            "│  ├─ x/\n",
            "│  │  ├─ 1  1 B\n",
            "│  │  └─ 2  2 B\n",
            "│  └─ y  0 B\n",
            "├─ a  2.00 KiB\n",
            "└─ c\\u{202e}  3 B\n",
        );
        assert_eq!(tree, expected);
    }

    #[test]
    fn nothing_draws_nothing() {
        assert_eq!(drawn(&[]), "");
    }

    #[test]
    fn depth_is_bounded() {
        let deep = "d/".repeat(10_000) + "f";
        let tree = drawn(&[(&deep, 1), ("d/g", 2)]);
        assert_eq!(tree.lines().count(), MAX_DEPTH + 2);
    }
}
