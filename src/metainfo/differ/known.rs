//! Which programs are known to make a choice: what the differences between two torrents are explained with.
//!
//! The rules are those of [`makers`]; this only finds out whose they look like.

use std::cmp::Ordering;

use super::super::makers::{self, Empty, Hidden, MAKERS, Maker, Private};
use super::super::{File, order};

/// A path with `/` between its components, and the bytes of the file.
type Entry = (Vec<u8>, u64);
/// Files in the order of a torrent.
pub(super) type Listing = Vec<Entry>;

/// An order that may be recognised.
struct Known {
    what: &'static str,
    /// The one of a maker, if it is.
    order: Option<makers::Order>,
    by: fn(&Entry, &Entry) -> Ordering,
}

const ORDERS: [Known; 7] = [
    Known {
        what: "by component",
        order: Some(makers::Order::Components),
        by: |one, other| order::components(&one.0, &other.0),
    },
    Known {
        what: "by whole path",
        order: Some(makers::Order::Whole),
        by: |one, other| order::whole(&one.0, &other.0),
    },
    Known {
        what: "by whole path without regard to case",
        order: Some(makers::Order::Folded),
        by: |one, other| order::folded(&one.0, &other.0),
    },
    Known {
        what: "by component in lower case",
        order: Some(makers::Order::Lowered),
        by: |one, other| order::lowered(&one.0, &other.0),
    },
    Known {
        what: "by component with digits as numbers",
        order: None,
        by: |one, other| order::natural(&one.0, &other.0),
    },
    Known {
        what: "by size",
        order: None,
        by: |one, other| one.1.cmp(&other.1).then_with(|| order::components(&one.0, &other.0)),
    },
    Known {
        what: "by size, the largest first",
        order: None,
        by: |one, other| other.1.cmp(&one.1).then_with(|| order::components(&one.0, &other.0)),
    },
];

/// How each of two lists of the same files is ordered: by a rule that the other does not follow, if there is one.
pub(super) fn orders(lists: &[Listing; 2]) -> [String; 2] {
    let follows =
        |list: &Listing, known: &Known| list.is_sorted_by(|a, b| (known.by)(a, b) != Ordering::Greater);
    [0, 1].map(|index| {
        let (own, other) = (&lists[index], &lists[1 - index]);
        let fitting = || ORDERS.iter().filter(|known| follows(own, known));
        let known = fitting().find(|known| !follows(other, known)).or_else(|| fitting().next());
        match known {
            Some(Known { what, order: Some(order), .. }) => {
                format!("{what} ({})", names(|maker| maker.order == *order))
            }
            Some(Known { what, .. }) => (*what).to_owned(),
            None => format!(
                "by no known rule, or as a file system listed it ({})",
                names(|maker| maker.order == makers::Order::Raw)
            ),
        }
    })
}

/// Who chooses a piece length for content of a size when nobody asks for one.
pub(super) fn choosers(piece_length: u64, total: u64) -> Option<String> {
    let chosen = names(|maker| (maker.piece_length)(total) == piece_length);
    let ours = super::super::builder::auto_piece_length(total) == piece_length;
    let all: Vec<&str> =
        [if ours { "ccbt" } else { "" }, &chosen].into_iter().filter(|n| !n.is_empty()).collect();
    (!all.is_empty()).then(|| all.join(", "))
}

/// Why programs leave out files, where one reason holds for all of them; and which programs.
pub(super) fn left_out<'f>(files: impl Iterator<Item = (&'f File, Vec<u8>)> + Clone) -> Option<String> {
    let all = |is: &dyn Fn(&File, &[u8]) -> bool| files.clone().all(|(file, path)| is(file, &path));
    let hidden = |_: &File, path: &[u8]| path.split(|&byte| byte == b'/').any(|name| name.starts_with(b"."));
    if files.clone().next().is_none() {
        None
    } else if all(&|file, _| file.length == 0) {
        let who = names(|maker| maker.empty != Empty::Taken);
        Some(format!("all of them empty: {who} leave such files out"))
    } else if all(&hidden) {
        let who = names(|maker| maker.hidden != Hidden::Taken);
        Some(format!("all of them hidden: {who} leave such files out"))
    } else if all(&|_, path| is_junk(path)) {
        let who =
            names(|maker| files.clone().all(|(_, path)| maker.junk.covers(&String::from_utf8_lossy(&path))));
        let who = if who.is_empty() { "some programs".to_owned() } else { who };
        Some(format!("all of them junk: {who} leave such files out"))
    } else {
        None
    }
}

fn is_junk(path: &[u8]) -> bool {
    let path = String::from_utf8_lossy(path);
    MAKERS.iter().any(|maker| maker.junk.covers(&path))
}

/// Who writes `private` where nobody asked for it.
pub(super) fn private_zero() -> String {
    names(|maker| maker.private != Private::WhenAsked)
}

/// Who writes a key of `info`, as far as that is known.
pub(super) fn writers(key: &[u8]) -> Option<&'static str> {
    Some(match key {
        b"comment" => "torrentfile puts comments there",
        b"entropy" => "torf and mkbrr put entropy there for cross-seeding",
        b"x_cross_seed" => "mktorrent and ccbt put entropy there for cross-seeding",
        b"similar" | b"collections" => "BEP 38 names it",
        b"update-url" => "BEP 39 names it",
        b"ssl-cert" => "the certificate of an SSL torrent, as libtorrent writes it",
        _ => return None,
    })
}

/// The programs for which something holds.
fn names(holds: impl Fn(&Maker) -> bool) -> String {
    let names: Vec<&str> = MAKERS.iter().filter(|maker| holds(maker)).map(|maker| maker.name).collect();
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(paths: &[&str]) -> Listing {
        paths.iter().map(|path| (path.as_bytes().to_vec(), path.len() as u64)).collect()
    }

    #[test]
    fn an_order_is_told_by_what_the_other_list_does_not_follow() {
        for (one, other, expected) in [
            (&["a/b", "a.txt"], &["a.txt", "a/b"], ["by component (imdl", "by whole path (mktorrent"]),
            (&["B", "a"], &["a", "B"], ["by component (imdl", "without regard to case (transmission"]),
            (&["10", "9"], &["9", "10"], ["by component (imdl", "digits as numbers"]),
            (&["b", "aa"], &["aa", "b"], ["by size", "by component (imdl"]),
        ] {
            let orders = orders(&[list(one), list(other)]);
            for (order, expected) in orders.iter().zip(expected) {
                assert!(order.contains(expected), "{one:?} {other:?}: {orders:?}");
            }
        }
        let orders = orders(&[list(&["b", "c", "a"]), list(&["a", "b", "c"])]);
        assert!(orders[0].contains("libtorrent"), "{orders:?}");
    }

    #[test]
    fn piece_lengths_have_choosers() {
        assert_eq!(choosers(256 << 10, 1 << 20).unwrap(), "mktorrent");
        assert_eq!(choosers(32 << 10, 1 << 20).unwrap(), "transmission, mkbrr");
        assert!(choosers(16 << 10, 1 << 20).unwrap().starts_with("ccbt, imdl"));
        assert_eq!(choosers(12345, 1 << 20), None);
    }
}
