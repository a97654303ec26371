//! Comparisons of paths, by which makers of torrents order their files.
//!
//! Pure. A path has its components joined by `/`, which none of them holds.

use std::cmp::Ordering;

/// A comparison of paths.
pub type Comparison = fn(&[u8], &[u8]) -> Ordering;

/// Component by component in bytes: the order of a v2 tree (BEP 52, "file tree").
pub fn components(one: &[u8], other: &[u8]) -> Ordering {
    parts(one).cmp(parts(other))
}

/// The whole path in bytes, so that `a.txt` comes before `a/b`.
pub fn whole(one: &[u8], other: &[u8]) -> Ordering {
    one.cmp(other)
}

/// The whole path in bytes, with the letters of ASCII alike, as `evutil_ascii_strcasecmp` compares it where `char`
/// has a sign: what is not ASCII comes first, even before the end of the path.
pub fn folded(one: &[u8], other: &[u8]) -> Ordering {
    chars(one).cmp(chars(other))
}

fn chars(path: &[u8]) -> impl Iterator<Item = i8> {
    path.iter().map(|byte| byte.to_ascii_lowercase().cast_signed()).chain([0])
}

/// Component by component, each in lower case.
pub fn lowered(one: &[u8], other: &[u8]) -> Ordering {
    let lower = |part: &[u8]| String::from_utf8_lossy(part).to_lowercase();
    parts(one).map(lower).cmp(parts(other).map(lower))
}

/// Component by component, runs of digits by what they count.
pub fn natural(one: &[u8], other: &[u8]) -> Ordering {
    let (mut ones, mut others) = (parts(one), parts(other));
    loop {
        match (ones.next(), others.next()) {
            (Some(one), Some(other)) => match natural_component(one, other) {
                Ordering::Equal => {}
                unequal => return unequal,
            },
            (one, other) => return one.is_some().cmp(&other.is_some()),
        }
    }
}

fn parts(path: &[u8]) -> impl Iterator<Item = &[u8]> {
    path.split(|&byte| byte == b'/')
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

    fn sorted<'a>(paths: &[&'a str], by: Comparison) -> Vec<&'a str> {
        let mut paths = paths.to_vec();
        paths.sort_by(|one, other| by(one.as_bytes(), other.as_bytes()));
        paths
    }

    #[test]
    fn each_order_has_its_own_idea_of_case_and_slashes() {
        let paths = ["b", "a.txt", "a/b", "A/c", "a b/x", "Ä", "ä", "A"];
        assert_eq!(sorted(&paths, components), ["A", "A/c", "a/b", "a b/x", "a.txt", "b", "Ä", "ä"]);
        assert_eq!(sorted(&paths, whole), ["A", "A/c", "a b/x", "a.txt", "a/b", "b", "Ä", "ä"]);
        assert_eq!(sorted(&paths, folded), ["Ä", "ä", "A", "a b/x", "a.txt", "a/b", "A/c", "b"]);
        assert_eq!(sorted(&["a", "aa", "aé"], folded), ["aé", "a", "aa"]);
        assert_eq!(sorted(&paths, lowered), ["A", "a/b", "A/c", "a b/x", "a.txt", "b", "Ä", "ä"]);
    }

    #[test]
    fn digits_count_as_numbers_in_the_natural_order() {
        let paths = ["10", "2", "a/10", "a/9x", "a b", "f002", "f01"];
        assert_eq!(sorted(&paths, natural), ["2", "10", "a/9x", "a/10", "a b", "f01", "f002"]);
    }
}
