//! In which order a torrent lists its files.
//!
//! Pure comparisons. v2 knows one order, that of its tree (BEP 52, "file tree"): by path, component by component
//! in bytes. A v1 list may have any (BEP 3, "files").

use std::cmp::Ordering;

use super::Found;
use crate::metainfo::order as paths;

/// What files are ordered by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SortKey {
    /// Component by component in bytes: the order of a v2 tree.
    #[default]
    Path,
    /// Bytes of the file, then the path.
    Size,
    /// As `Path`, but digits count as numbers: `2` before `10`.
    Natural,
    /// As named, and within a directory as the file system lists it.
    Given,
    /// By the bytes of the whole path, so that `a.txt` comes before `a/b`.
    Whole,
    /// As `Whole` with the letters of ASCII alike; what is alike, as `Given` backwards.
    Folded,
    /// As `Path` with each name in lower case; what is alike, as `Given`.
    Lowered,
}

impl SortKey {
    /// How the names in one directory are sorted before anything below them is looked at; none where the file
    /// system's own order counts. Only names that differ are handed to it, and what it finds alike stays as it is.
    pub(super) fn of_names(self) -> Option<paths::Comparison> {
        match self {
            Self::Path | Self::Size | Self::Natural | Self::Whole => Some(paths::whole),
            Self::Lowered => Some(paths::lowered),
            Self::Given | Self::Folded => None,
        }
    }

    /// Whether what the file system or the user lists first counts.
    pub(super) fn is_given(self) -> bool {
        matches!(self, Self::Given | Self::Folded | Self::Lowered)
    }
}

/// An order of files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Order {
    /// What counts.
    pub key: SortKey,
    /// From the last to the first.
    pub descending: bool,
}

impl Order {
    /// Whether a v2 tree has this order.
    pub fn is_tree_order(self) -> bool {
        self == Self::default()
    }
}

/// Puts files that were found in the order of their paths, or as given where that is asked for, in the order
/// wanted.
pub(super) fn sort(files: &mut [Found], order: Order) {
    let by_path = |one: &Found, other: &Found| components(&one.path, &other.path);
    match order.key {
        SortKey::Path | SortKey::Given if order.descending => files.reverse(),
        SortKey::Path | SortKey::Given | SortKey::Lowered => {}
        SortKey::Size => files.sort_by(|one, other| {
            let sizes = one.source.stamp.length.cmp(&other.source.stamp.length);
            directed(sizes, order).then_with(|| by_path(one, other))
        }),
        SortKey::Natural => files.sort_by(|one, other| {
            let natural = paths::natural(one.path.as_bytes(), other.path.as_bytes());
            directed(natural.then_with(|| by_path(one, other)), order)
        }),
        SortKey::Whole => files.sort_by(|one, other| one.path.cmp(&other.path)),
        SortKey::Folded => {
            files.reverse();
            files.sort_by(|one, other| paths::folded(one.path.as_bytes(), other.path.as_bytes()));
        }
    }
}

fn directed(ordering: Ordering, order: Order) -> Ordering {
    if order.descending { ordering.reverse() } else { ordering }
}

/// Component by component in bytes.
pub(super) fn components(one: &str, other: &str) -> Ordering {
    paths::components(one.as_bytes(), other.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::open::{Source, Stamp};

    fn sorted(paths: &[(&str, u64)], key: SortKey, descending: bool) -> Vec<String> {
        let found = |&(path, length): &(&str, u64)| Found {
            path: path.to_owned(),
            source: Source { path: path.into(), stamp: Stamp::expected(length), follow: false },
            executable: false,
            link: None,
        };
        let mut files: Vec<Found> = paths.iter().map(found).collect();
        sort(&mut files, Order { key, descending });
        files.into_iter().map(|file| file.path).collect()
    }

    #[test]
    fn sizes_come_with_the_path_between_equals() {
        let files = [("a", 2), ("b", 1), ("c", 2)];
        assert_eq!(sorted(&files, SortKey::Size, false), ["b", "a", "c"]);
        assert_eq!(sorted(&files, SortKey::Size, true), ["a", "c", "b"]);
    }

    #[test]
    fn digits_count_as_numbers_in_the_natural_order() {
        let files = [("10", 0), ("2", 0), ("a/10", 0), ("a/9x", 0), ("a b", 0), ("f002", 0), ("f01", 0)];
        assert_eq!(
            sorted(&files, SortKey::Natural, false),
            ["2", "10", "a/9x", "a/10", "a b", "f01", "f002"]
        );
        assert_eq!(sorted(&[("01", 0), ("1", 0)], SortKey::Natural, true), ["1", "01"]);
        assert_eq!(sorted(&[("a", 0), ("b", 0)], SortKey::Given, true), ["b", "a"]);
    }

    #[test]
    fn what_is_alike_keeps_the_order_of_the_file_system_or_turns_it_round() {
        let files = [("a", 0), ("A", 0), ("a/x", 0), ("a.b", 0)];
        assert_eq!(sorted(&files, SortKey::Whole, false), ["A", "a", "a.b", "a/x"]);
        assert_eq!(sorted(&files, SortKey::Folded, false), ["A", "a", "a.b", "a/x"]);
        let files = [("A", 0), ("a", 0)];
        assert_eq!(sorted(&files, SortKey::Folded, false), ["a", "A"]);
        assert_eq!(sorted(&files, SortKey::Lowered, false), ["A", "a"]);
    }
}
