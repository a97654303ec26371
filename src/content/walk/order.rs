//! In which order a torrent lists its files.
//!
//! Pure comparisons. v2 knows one order, that of its tree (BEP 52, "file tree"): by path, component by component
//! in bytes. A v1 list may have any (BEP 3, "files").

use std::cmp::Ordering;

use super::Found;

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
        SortKey::Path | SortKey::Given => {}
        SortKey::Size => files.sort_by(|one, other| {
            let sizes = one.source.stamp.length.cmp(&other.source.stamp.length);
            directed(sizes, order).then_with(|| by_path(one, other))
        }),
        SortKey::Natural => files.sort_by(|one, other| {
            directed(natural(&one.path, &other.path).then_with(|| by_path(one, other)), order)
        }),
    }
}

fn directed(ordering: Ordering, order: Order) -> Ordering {
    if order.descending { ordering.reverse() } else { ordering }
}

/// Component by component in bytes.
pub(super) fn components(one: &str, other: &str) -> Ordering {
    one.split('/').cmp(other.split('/'))
}

/// Component by component, runs of digits by what they count.
fn natural(one: &str, other: &str) -> Ordering {
    let (mut ones, mut others) = (one.split('/'), other.split('/'));
    loop {
        match (ones.next(), others.next()) {
            (Some(one), Some(other)) => match natural_component(one.as_bytes(), other.as_bytes()) {
                Ordering::Equal => {}
                unequal => return unequal,
            },
            (one, other) => return one.is_some().cmp(&other.is_some()),
        }
    }
}

fn natural_component(mut one: &[u8], mut other: &[u8]) -> Ordering {
    loop {
        let (Some(a), Some(b)) = (one.first(), other.first()) else { return one.len().cmp(&other.len()) };
        if !(a.is_ascii_digit() && b.is_ascii_digit()) {
            if a != b {
                return a.cmp(b);
            }
            (one, other) = (&one[1..], &other[1..]);
            continue;
        }
        let (number, rest) = digits(one);
        let (against, after) = digits(other);
        // Without their leading zeros, the longer number is the larger one.
        match number.len().cmp(&against.len()).then_with(|| number.cmp(against)) {
            Ordering::Equal => (one, other) = (rest, after),
            unequal => return unequal,
        }
    }
}

/// The run of digits at the beginning, without leading zeros, and what follows it.
fn digits(text: &[u8]) -> (&[u8], &[u8]) {
    let end = text.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
    let (run, rest) = text.split_at(end);
    let zeros = run.iter().take_while(|&&byte| byte == b'0').count();
    (&run[zeros..], rest)
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
}
