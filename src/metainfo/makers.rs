//! What other programs decide where nobody tells them: the order of files, what is left out, the length of
//! pieces, and keys of `info` that nobody asked for.
//!
//! One table, which `create-torrent --like` follows and [`super::differ`] explains with. Pure: it says what a
//! rule is and applies nothing. `docs/LIKE.md` tells it to people, and which rows were held against the program itself.

use super::Version;
use super::builder::piece_length_for;

/// A program of one version, and its rules.
#[derive(Debug)]
pub struct Maker {
    /// As it is called on the command line.
    pub name: &'static str,
    /// The version that the rules are those of.
    pub version: &'static str,
    /// What it can make.
    pub versions: &'static [Version],
    /// The order of its v1 list.
    pub order: Order,
    /// What becomes of hidden files.
    pub hidden: Hidden,
    /// What it leaves out as junk.
    pub junk: Junk,
    /// What becomes of files without bytes.
    pub empty: Empty,
    /// What becomes of symlinks.
    pub links: Links,
    /// The length of pieces for so many bytes.
    pub piece_length: fn(u64) -> u64,
    /// The lengths it can be told, as powers of two.
    pub exponents: (u32, u32),
    /// When `private` stands in `info`.
    pub private: Private,
    /// Keys of `info` that it has options for.
    pub options: &'static [Opt],
    /// What it gets wrong in some torrents.
    pub flaws: &'static [Flaw],
}

impl PartialEq for Maker {
    fn eq(&self, other: &Self) -> bool {
        (self.name, self.version) == (other.name, other.version)
    }
}

impl Eq for Maker {}

/// How a v1 list is ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// [`super::order::components`].
    Components,
    /// [`super::order::whole`].
    Whole,
    /// [`super::order::folded`]; what is alike, in the order in which the file system lists it, backwards.
    Folded,
    /// [`super::order::lowered`]; what is alike, in the order in which the file system lists it.
    Lowered,
    /// As the file system lists each directory.
    Raw,
}

/// What becomes of files and directories whose names begin with a dot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hidden {
    /// They are taken.
    Taken,
    /// They are left out, and an option takes them.
    LeftOut,
    /// They are left out, and nothing takes them.
    Never,
    /// As `Never`, but the directories that all files lie in do not count.
    NeverBelowCommon,
}

/// What becomes of files without bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Empty {
    /// They are taken.
    Taken,
    /// They are left out.
    LeftOut,
    /// They are left out only where the working directory is the one that the content lies in: elsewhere, torf
    /// looks for them in the wrong place and takes them.
    LeftOutHere,
}

/// What is left out as junk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Junk {
    /// Nothing.
    None,
    /// Files of these names; an option takes them.
    Names(&'static [&'static str]),
    /// Files whose paths end so, and directories called so, whatever the case; nothing takes them.
    Endings(&'static [&'static str], &'static [&'static str]),
}

/// What becomes of symlinks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Links {
    /// They are left out, and an option follows them; it fails at those that lead nowhere or in a circle.
    LeftOut,
    /// They are followed.
    Followed {
        /// What becomes of those that lead nowhere.
        broken: Fate,
        /// What becomes of those that lead in a circle.
        circular: Fate,
        /// Whether a file or directory that was met before is taken again.
        twice: bool,
        /// Whether links to directories are followed.
        directories: bool,
    },
}

/// What happens at something that can't be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is left out.
    LeftOut,
    /// The program fails, or does what nobody would want.
    Fails,
}

/// When `private` stands in `info`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Private {
    /// As 1, when asked for.
    WhenAsked,
    /// Always: as 1 when asked for, else as 0.
    Always,
    /// Always: as 0 when asked for, else as 1.
    AlwaysAndByDefault,
}

/// What a program gets wrong in some torrents, so that nothing here can make the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// Its trees of v2 list directories without a file, and single files otherwise than BEP 52 has them.
    OddTree,
    /// A directory that fills its last piece gets a digest too many.
    DigestTooMany,
}

/// An option that changes `info`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opt {
    /// The tracker's mark.
    Source,
    /// A bound for the length of pieces.
    MaxPieceLength,
    /// `md5sum` of each file.
    Md5,
    /// Order by size.
    SortBySize,
    /// `update-url`.
    UpdateUrl,
    /// `similar`, `collections` and `ssl-cert`.
    Links38,
    /// `mtime` of each file.
    Mtime,
    /// `attr` of each file, which it always writes.
    Attributes,
    /// `comment`, which stands in `info`.
    CommentInInfo,
}

const KIB: u64 = 1 << 10;
const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;

/// Links as most programs take them.
const FOLLOWED: Links =
    Links::Followed { broken: Fate::Fails, circular: Fate::Fails, twice: true, directories: true };
/// The same, but for those that lead nowhere.
const FOLLOWED_IF_THERE: Links =
    Links::Followed { broken: Fate::LeftOut, circular: Fate::Fails, twice: true, directories: true };

/// Every program, each in the versions that differ, the newest first.
pub static MAKERS: [Maker; 8] = [
    Maker {
        name: "mktorrent",
        version: "1.1",
        versions: &[Version::V1],
        order: Order::Whole,
        hidden: Hidden::Taken,
        junk: Junk::None,
        empty: Empty::Taken,
        links: FOLLOWED,
        piece_length: |_| 256 * KIB,
        exponents: (15, 28),
        private: Private::WhenAsked,
        options: &[Opt::Source],
        flaws: &[],
    },
    Maker {
        name: "imdl",
        version: "0.1.16",
        versions: &[Version::V1],
        order: Order::Components,
        hidden: Hidden::LeftOut,
        junk: Junk::Names(&["Thumbs.db", "Desktop.ini"]),
        empty: Empty::Taken,
        links: Links::LeftOut,
        piece_length: imdl,
        exponents: (14, 28),
        private: Private::WhenAsked,
        options: &[Opt::Source, Opt::Md5, Opt::SortBySize, Opt::UpdateUrl],
        flaws: &[],
    },
    Maker {
        name: "torf",
        version: "5.2.1",
        versions: &[Version::V1],
        order: Order::Components,
        hidden: Hidden::NeverBelowCommon,
        junk: Junk::None,
        empty: Empty::LeftOutHere,
        links: FOLLOWED,
        piece_length: torf,
        exponents: (14, 24),
        private: Private::WhenAsked,
        options: &[Opt::Source, Opt::MaxPieceLength],
        flaws: &[],
    },
    Maker {
        name: "transmission",
        version: "3.00",
        versions: &[Version::V1],
        order: Order::Folded,
        hidden: Hidden::Never,
        junk: Junk::None,
        empty: Empty::LeftOut,
        links: FOLLOWED_IF_THERE,
        piece_length: transmission,
        exponents: (14, 25),
        private: Private::Always,
        options: &[],
        flaws: &[],
    },
    Maker {
        name: "libtorrent",
        version: "2.0.15",
        versions: &[Version::V1, Version::V2, Version::Hybrid],
        order: Order::Raw,
        hidden: Hidden::Taken,
        junk: Junk::None,
        empty: Empty::Taken,
        links: FOLLOWED_IF_THERE,
        piece_length: libtorrent,
        exponents: (14, 27),
        private: Private::WhenAsked,
        options: &[Opt::Links38, Opt::Mtime, Opt::Attributes],
        flaws: &[],
    },
    Maker {
        name: "torrentfile",
        version: "0.9.2",
        versions: &[Version::V1, Version::V2, Version::Hybrid],
        order: Order::Whole,
        hidden: Hidden::Taken,
        junk: Junk::None,
        empty: Empty::Taken,
        links: FOLLOWED,
        piece_length: |total| piece_length_for(total, 1000, 16 * MIB),
        exponents: (14, 25),
        private: Private::WhenAsked,
        options: &[Opt::Source, Opt::CommentInInfo],
        flaws: &[Flaw::OddTree],
    },
    Maker {
        name: "py3createtorrent",
        version: "1.2.1",
        versions: &[Version::V1],
        order: Order::Lowered,
        hidden: Hidden::Taken,
        junk: Junk::None,
        empty: Empty::Taken,
        links: Links::Followed {
            broken: Fate::Fails,
            circular: Fate::LeftOut,
            twice: false,
            directories: true,
        },
        piece_length: py3createtorrent,
        exponents: (14, 28),
        private: Private::WhenAsked,
        options: &[Opt::Source, Opt::Md5],
        flaws: &[Flaw::DigestTooMany],
    },
    Maker {
        name: "mkbrr",
        version: "2026-07",
        versions: &[Version::V1],
        order: Order::Whole,
        hidden: Hidden::Taken,
        junk: Junk::Endings(
            &[".torrent", ".ds_store", "thumbs.db", "desktop.ini", "zone.identifier"],
            &["@eadir"],
        ),
        empty: Empty::Taken,
        links: Links::Followed {
            broken: Fate::LeftOut,
            circular: Fate::LeftOut,
            twice: true,
            directories: false,
        },
        piece_length: mkbrr,
        exponents: (16, 27),
        private: Private::AlwaysAndByDefault,
        options: &[Opt::Source, Opt::MaxPieceLength],
        flaws: &[],
    },
];

impl Junk {
    /// Whether a file of this path is left out.
    pub fn covers(self, path: &str) -> bool {
        match self {
            Self::None => false,
            Self::Names(names) => path.rsplit('/').next().is_some_and(|name| names.contains(&name)),
            Self::Endings(endings, directories) => {
                let path = path.to_lowercase();
                endings.iter().any(|ending| path.ends_with(ending))
                    || path.split('/').any(|name| directories.contains(&name))
            }
        }
    }
}

impl Maker {
    /// `mktorrent 1.1`.
    pub fn title(&self) -> String {
        format!("{} {}", self.name, self.version)
    }

    /// `mktorrent@1.1`, as the command line has it.
    pub fn id(&self) -> String {
        format!("{}@{}", self.name, self.version)
    }

    /// Whether the program gets something wrong.
    pub fn has_flaw(&self, flaw: Flaw) -> bool {
        self.flaws.contains(&flaw)
    }

    /// Whether the program has an option of its own for something.
    pub fn has(&self, option: Opt) -> bool {
        self.options.contains(&option)
    }

    /// The one that is meant by `NAME` or `NAME@VERSION`: of several versions the newest, and of a version
    /// whose last numbers are left out the newest that begins so. `transmission-create` is transmission.
    pub fn named(text: &str) -> Option<&'static Self> {
        let (name, version) = match text.split_once('@') {
            Some((name, version)) => (name, Some(version)),
            None => (text, None),
        };
        let name = if name == "transmission-create" { "transmission" } else { name };
        let fits = |known: &str| match version {
            Some(version) => known.strip_prefix(version).is_some_and(|r| r.is_empty() || r.starts_with('.')),
            None => true,
        };
        MAKERS.iter().find(|maker| maker.name == name && fits(maker.version))
    }
}

/// 2^(⌈log₂ n⌉ / 2 + 4), from 16 KiB to 16 MiB.
fn imdl(total: u64) -> u64 {
    let exponent = total.max(1).checked_next_power_of_two().map_or(64, u64::ilog2);
    (1u64 << (exponent / 2 + 4)).clamp(16 * KIB, 16 * MIB)
}

/// At most 512 pieces up to 1 GiB, 1024 up to 8 GiB, 1536 up to 16 GiB and 2048 beyond, up to 16 MiB.
fn torf(total: u64) -> u64 {
    let steps = [(GIB, 512), (8 * GIB, 1024), (16 * GIB, 1536)];
    piece_length_for(total, step(total, &steps, 2048), 16 * MIB)
}

/// A table from 32 KiB to 2 MiB, each step from its lower bound.
fn transmission(total: u64) -> u64 {
    let steps = [
        (50 * MIB - 1, 32 * KIB),
        (150 * MIB - 1, 64 * KIB),
        (350 * MIB - 1, 128 * KIB),
        (512 * MIB - 1, 256 * KIB),
        (GIB - 1, 512 * KIB),
        (2 * GIB - 1, MIB),
    ];
    step(total, &steps, 2 * MIB)
}

/// A list of hashes about as long as the square root of the content, from 16 KiB to 16 MiB.
fn libtorrent(total: u64) -> u64 {
    let bounds: [u64; 10] = [
        2_684_355,
        10_737_418,
        42_949_673,
        171_798_692,
        687_194_767,
        2_748_779_069,
        10_995_116_278,
        43_980_465_111,
        175_921_860_444,
        703_687_441_777,
    ];
    (16 * KIB) << bounds.iter().take_while(|&&bound| total > bound).count()
}

/// From 256 KiB upwards until there are at most 2000 pieces, or downwards until there are at least 8, from
/// 16 KiB to 64 MiB.
fn py3createtorrent(total: u64) -> u64 {
    let mut length = 256 * KIB;
    while length < 64 * MIB && total > 2000 * length {
        length *= 2;
    }
    while length > 16 * KIB && total < 8 * length {
        length /= 2;
    }
    length
}

/// 32 KiB up to 64 MiB, and twice as much for each doubling, up to 16 MiB. Trackers it knows have other tables.
fn mkbrr(total: u64) -> u64 {
    piece_length_for(total, 2048, 16 * MIB).max(32 * KIB)
}

/// What belongs to the first bound that is not passed.
fn step(total: u64, steps: &[(u64, u64)], beyond: u64) -> u64 {
    steps.iter().find(|(bound, _)| total <= *bound).map_or(beyond, |(_, value)| *value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(name: &str, total: u64) -> u64 {
        (Maker::named(name).unwrap().piece_length)(total)
    }

    /// What the programs chose, as they were run, or as their formulas were.
    #[test]
    fn piece_lengths_are_those_of_the_programs() {
        let sizes = [MIB, 100 * MIB, GIB, 8 * GIB, 50 * GIB, 1 << 40];
        for (name, kib) in [
            ("mktorrent", [256, 256, 256, 256, 256, 256]),
            ("imdl", [16, 128, 512, 1024, 4096, 16384]),
            ("torf", [16, 256, 2048, 8192, 16384, 16384]),
            ("transmission", [32, 64, 1024, 2048, 2048, 2048]),
            ("libtorrent", [16, 128, 512, 1024, 4096, 16384]),
            ("torrentfile", [16, 128, 2048, 16384, 16384, 16384]),
            ("py3createtorrent", [128, 256, 1024, 8192, 32768, 65536]),
            ("mkbrr", [32, 64, 512, 4096, 16384, 16384]),
        ] {
            for (size, kib) in sizes.into_iter().zip(kib) {
                assert_eq!(chosen(name, size), kib * KIB, "{name} for {size} bytes");
            }
        }
    }

    #[test]
    fn piece_lengths_change_where_the_programs_change_them() {
        for (name, last, kib) in [
            ("transmission", 50 * MIB - 1, 32),
            ("transmission", 150 * MIB - 1, 64),
            ("transmission", 350 * MIB - 1, 128),
            ("transmission", 512 * MIB - 1, 256),
            ("transmission", GIB - 1, 512),
            ("transmission", 2 * GIB - 1, 1024),
            ("libtorrent", 2_684_355, 16),
            ("libtorrent", 703_687_441_777, 8192),
            ("torrentfile", 1000 * 16 * KIB, 16),
            ("py3createtorrent", 2000 * 256 * KIB, 256),
            ("mkbrr", 64 * MIB, 32),
            ("imdl", 1 << 25, 64),
            ("torf", 8 * MIB, 16),
            ("torf", 16 * GIB, 16384),
        ] {
            assert_eq!(chosen(name, last), kib * KIB, "{name} for {last} bytes");
            let larger = if name == "torf" && last > GIB { kib } else { 2 * kib };
            assert_eq!(chosen(name, last + 1), larger * KIB, "{name} for a byte more than {last}");
        }
        assert_eq!(
            [1, 8 * 16 * KIB, 8 * 32 * KIB].map(|size| chosen("py3createtorrent", size)),
            [16, 16, 32].map(|kib| kib * KIB)
        );
        assert_eq!(chosen("imdl", u64::MAX), 16 * MIB);
    }

    #[test]
    fn names_are_those_of_the_command_line() {
        for maker in &MAKERS {
            assert_eq!(Maker::named(&maker.id()), Some(maker));
        }
    }
}
