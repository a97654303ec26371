//! `--like TOOL[@VERSION]`: the info-hash that another program would give for the same content.
//!
//! What the rules of each program are stands in [`makers`]; this applies them. A flag beside it acts as the
//! program's own option would, and one that the program has no option for is refused, as is content that it would
//! fail at or make something of that can't be made here. `created by` stays ours: it is no part of the info-hash.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use clap::builder::{PossibleValue, StringValueParser, TypedValueParser};
use walkdir::{DirEntry, WalkDir};

use crate::bencode::Writer;
use crate::content::walk::{Found, Order, Skipped, SortKey, Symlinks, Walk};
use crate::env::Env;
use crate::exit::{CommandError, ErrorKind};
use crate::metainfo::Version;
use crate::metainfo::makers::{self, Empty, Fate, Flaw, Hidden, Junk, Links, MAKERS, Maker, Opt, Private};
use crate::ui::text;

use super::pieces::{Pieces, Rule};
use super::request::Request;
use super::{CreateTorrent, usage};

const EXCLUDE: &str = "--exclude leaves it out";

/// A program to be followed, and what its options say.
#[derive(Clone, Debug)]
pub(super) struct Like {
    maker: &'static Maker,
    /// Where the program is run.
    cwd: PathBuf,
    /// Whether its option takes the junk it leaves out.
    junk: bool,
}

/// Takes every text, as a version may be any, and offers the names to completions.
#[derive(Clone, Debug)]
pub(super) struct Names;

impl TypedValueParser for Names {
    type Value = String;

    fn parse_ref(
        &self,
        command: &clap::Command,
        arg: Option<&clap::Arg>,
        value: &std::ffi::OsStr,
    ) -> Result<String, clap::Error> {
        StringValueParser::new().parse_ref(command, arg, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(MAKERS.iter().map(|maker| PossibleValue::new(maker.name))))
    }
}

/// The program that a text names.
pub(super) fn maker(text: &str) -> Result<&'static Maker, CommandError> {
    Maker::named(text).ok_or_else(|| {
        let known = MAKERS.iter().filter(|maker| text.split('@').next() == Some(maker.name));
        let known: Vec<String> = known.map(Maker::title).collect();
        let why = match known.as_slice() {
            [] => format!("nothing is known of `{text}`"),
            versions => format!("nothing is known of `{text}`, only of {}", versions.join(", ")),
        };
        let all: Vec<String> = MAKERS.iter().map(Maker::id).collect();
        usage(format!("following another program: {why}")).hint(format!("--like takes {}", all.join(", ")))
    })
}

impl Like {
    /// The program that the flag names, if it is there.
    pub(super) fn settle(args: &CreateTorrent, env: &Env) -> Result<Option<Self>, CommandError> {
        let Some(text) = &args.format.like else { return Ok(None) };
        Ok(Some(Self { maker: maker(text)?, cwd: env.cwd.clone(), junk: false }))
    }

    /// How people and documents call it.
    pub(super) fn name(&self) -> String {
        self.maker.id()
    }

    /// What `private` becomes in `info`.
    pub(super) fn private(&self, private: bool) -> Option<bool> {
        (private || self.maker.private != Private::WhenAsked).then_some(private)
    }

    /// Settles what the program decides, and refuses what a flag, a profile or a job asks for against it.
    pub(super) fn apply(mut self, request: &mut Request, args: &CreateTorrent) -> Result<(), CommandError> {
        self.check_options(request, args)?;
        self.check_keys(request)?;
        request.pieces = self.pieces(request.pieces)?;
        let maker = self.maker;
        self.junk = request.rules.junk;
        let rules = &mut request.rules;
        if rules.order.is_tree_order() && request.version == Version::V1 {
            rules.order = Order { key: sort_key(maker.order), descending: false };
        }
        rules.junk = true;
        rules.hidden |= matches!(maker.hidden, Hidden::Taken | Hidden::NeverBelowCommon);
        if let Links::Followed { directories, .. } = maker.links {
            if rules.symlinks == Symlinks::Skip {
                rules.symlinks = Symlinks::Follow;
            }
            rules.no_linked_directories = !directories;
        }
        if maker.private == Private::AlwaysAndByDefault && !args.metadata.no_private {
            request.private = true;
        }
        request.attributes |= maker.has(Opt::Attributes);
        if maker.has(Opt::CommentInInfo)
            && let Some(comment) = request.comment.take()
        {
            let mut value = Writer::new();
            value.bytes(comment.as_bytes());
            if request.extra_info.insert(b"comment".to_vec(), value.finish()).is_some() {
                return Err(self.refused("`comment` in `info` is given twice").hint(
                    "leave out --comment, which stands there in the torrents of torrentfile, or --set-info",
                ));
            }
        }
        request.like = Some(self);
        Ok(())
    }

    /// What would take other files, or list them otherwise.
    fn check_options(&self, request: &Request, args: &CreateTorrent) -> Result<(), CommandError> {
        let (maker, rules) = (self.maker, &request.rules);
        let only = maker.versions.iter().map(|version| version.name()).collect::<Vec<_>>().join(", ");
        if !maker.versions.contains(&request.version) {
            let format = request.version.name();
            return Err(self
                .refused(format!("a {format} torrent can't be made like one of that program"))
                .hint(format!("--like {} makes {only}", maker.name)));
        }
        let by_path = rules.order == Order::default();
        let sorted = by_path || (maker.has(Opt::SortBySize) && is_path_or_size(rules.order));
        let follows = matches!(maker.links, Links::Followed { .. });
        let skips = args.files.symlinks == Some(crate::config::Symlinks::Skip);
        let hidden = matches!(maker.hidden, Hidden::Never | Hidden::NeverBelowCommon);
        let refused = [
            (!sorted, "`--sort`"),
            (rules.hidden && hidden, "`--hidden`"),
            (rules.junk && matches!(maker.junk, Junk::Endings(..)), "`--junk`"),
            (rules.symlinks == Symlinks::Preserve, "`--symlinks preserve`"),
            (follows && skips, "`--symlinks skip`"),
            (request.align, "`--align`"),
            (request.attributes && !maker.has(Opt::Attributes), "`--attributes`"),
            (request.mtime && !maker.has(Opt::Mtime), "`--mtime`"),
            (request.file_digests.sha1, "`--sha1`"),
            (request.file_digests.md5 && !maker.has(Opt::Md5), "`--md5`"),
        ];
        self.refuse_first(&refused)
    }

    /// Keys of `info` that the program has no option for. `--set-info` says in so many words what is wanted.
    fn check_keys(&self, request: &Request) -> Result<(), CommandError> {
        let has = |option| self.maker.has(option);
        let refused = [
            (request.source.is_some() && !has(Opt::Source), "`--source`"),
            (request.entropy.is_some(), "`--entropy`"),
            (request.update_url.is_some() && !has(Opt::UpdateUrl), "`--update-url`"),
            (!request.similar.is_empty() && !has(Opt::Links38), "`--similar`"),
            (!request.collections.is_empty() && !has(Opt::Links38), "`--collection`"),
            (request.root_certificate.is_some() && !has(Opt::Links38), "`--root-certificate`"),
        ];
        self.refuse_first(&refused)
    }

    /// The program's own rule for the length of pieces, unless one that it can be told is asked for.
    pub(super) fn pieces(&self, pieces: Pieces) -> Result<Pieces, CommandError> {
        let max = pieces.max.is_some() && !self.maker.has(Opt::MaxPieceLength);
        self.refuse_first(&[
            (matches!(pieces.rule, Rule::Count(_)), "`--piece-count`"),
            (matches!(pieces.rule, Rule::TorrentSize(_)), "`--max-torrent-size`"),
            (max, "`--max-piece-length`"),
        ])?;
        let (least, most) = self.maker.exponents;
        match pieces.rule {
            Rule::Exact(length) if !length.is_power_of_two() || !(least..=most).contains(&length.ilog2()) => {
                let [least, most] = [least, most].map(|exponent| text::size(1 << exponent));
                let length = text::size(length);
                Err(self
                    .refused(format!("a piece length of {length} is none of those it is taken to make"))
                    .hint(format!("use a power of two from {least} to {most}, or leave --piece-length out")))
            }
            Rule::Auto => Ok(Pieces { rule: Rule::Maker(self.maker), ..pieces }),
            _ => Ok(pieces),
        }
    }

    fn refuse_first(&self, refused: &[(bool, &str)]) -> Result<(), CommandError> {
        match refused.iter().find(|(asked, _)| *asked) {
            Some((_, what)) => Err(self
                .refused(format!("{what} is nothing that program can be told"))
                .hint("leave it out, or make a torrent without --like")),
            None => Ok(()),
        }
    }

    fn refused(&self, why: impl std::fmt::Display) -> CommandError {
        usage(format!("following `{}`: {why}", self.name()))
    }

    /// Leaves out of what was found what the program leaves out, and refuses what it would fail at.
    pub(super) fn sift(&self, found: &mut Walk, root: &Path) -> Result<(), CommandError> {
        self.check_links(found, root)?;
        let name = root.file_name().unwrap_or_default();
        let maker = self.maker;
        let common = match maker.hidden {
            Hidden::NeverBelowCommon if found.directory => common(&found.files),
            _ => 0,
        };
        let mut seen = HashSet::new();
        let mut skipped = Vec::new();
        let (directory, links) = (found.directory, maker.links);
        found.files.retain(|file| {
            let hidden = || file.path.split('/').skip(common).any(|name| name.starts_with('.'));
            let why = if maker.hidden == Hidden::NeverBelowCommon && directory && hidden() {
                Some(Skipped::Hidden)
            } else if !self.junk && maker.junk.covers(&file.path) {
                Some(Skipped::Junk)
            } else if self.leaves_out_empty(file, name) {
                Some(Skipped::Empty)
            } else if matches!(links, Links::Followed { twice: false, .. }) && !seen.insert(real(file)) {
                Some(Skipped::Twice)
            } else {
                None
            };
            skipped.extend(why.map(|why| (why, PathBuf::from(&file.path))));
            why.is_none()
        });
        found.skipped.append(&mut skipped);
        if maker.has(Opt::Attributes) {
            // libtorrent asks for the mode of the link itself, which lets everybody execute it.
            found.files.iter_mut().filter(|file| file.source.follow && directory).for_each(|file| {
                file.executable = true;
            });
        }
        Ok(())
    }

    /// Whether a file has no bytes and is left out for that.
    fn leaves_out_empty(&self, file: &Found, root: &OsStr) -> bool {
        match self.maker.empty {
            Empty::Taken => false,
            Empty::LeftOut => file.source.stamp.length == 0,
            Empty::LeftOutHere => {
                let here = self.cwd.join(root).join(&file.path);
                std::fs::metadata(here).is_ok_and(|metadata| metadata.len() == 0)
            }
        }
    }

    /// Symlinks that were not followed, though the program follows them or fails at them.
    fn check_links(&self, found: &Walk, root: &Path) -> Result<(), CommandError> {
        let (broken, circular) = match self.maker.links {
            Links::LeftOut => (Fate::Fails, Fate::Fails),
            Links::Followed { broken, circular, .. } => (broken, circular),
        };
        for (why, below) in &found.skipped {
            let path = root.join(below);
            let link = format!("the link `{}`", below.display());
            let (what, hint) = match why {
                Skipped::SymlinkOutside => (
                    format!("{link} leads out of the directory, where it follows it"),
                    "--symlinks follow-outside follows it as well, --exclude leaves it out",
                ),
                Skipped::SymlinkBroken if std::fs::metadata(&path).is_ok() && circular == Fate::Fails => {
                    (format!("{link} leads in a circle, which it follows until the system stops it"), EXCLUDE)
                }
                Skipped::SymlinkBroken if std::fs::metadata(&path).is_err() && broken == Fate::Fails => {
                    (format!("{link} leads nowhere, where it gives up"), EXCLUDE)
                }
                _ => continue,
            };
            let error = anyhow::anyhow!("following `{}`: {what}", self.name());
            return Err(CommandError::new(ErrorKind::BadInput, error).at(path).hint(hint));
        }
        Ok(())
    }

    /// Refuses what torrentfile says otherwise in v2 and hybrid torrents: directories without a file stand in its
    /// tree, a single file has the `length` of v1 and in a hybrid a padded last piece, and the one file of a
    /// hybrid's directory has a pad after it.
    pub(super) fn check_tree(&self, request: &Request, found: &Walk) -> Result<(), CommandError> {
        if !self.maker.has_flaw(Flaw::OddTree) || request.version == Version::V1 {
            return Ok(());
        }
        let refused = |why: String| self.refused(why).hint("--v1 can be made like one of that program");
        let format = request.version.name();
        if !found.directory || (request.version == Version::Hybrid && found.files.len() == 1) {
            return Err(refused(format!("a {format} torrent of one file has what readers take amiss")));
        }
        match request.input.paths().into_iter().find_map(barren) {
            Some(path) => {
                let path = path.display();
                Err(refused(format!(
                    "`{path}` holds no file, and that program lists it in a {format} torrent"
                )))
            }
            None => Ok(()),
        }
    }

    /// Refuses what the program makes a torrent of that no content fits.
    pub(super) fn check_cut(
        &self,
        directory: bool,
        total: u64,
        piece_length: u64,
    ) -> Result<(), CommandError> {
        if self.maker.has_flaw(Flaw::DigestTooMany) && directory && total.is_multiple_of(piece_length) {
            let why = "of a directory that fills its last piece it makes a torrent with a digest too many";
            return Err(self
                .refused(why)
                .hint("no content fits that torrent; choose another --piece-length"));
        }
        Ok(())
    }
}

/// The order of a walk that gives a maker's.
fn sort_key(order: makers::Order) -> SortKey {
    match order {
        makers::Order::Components => SortKey::Path,
        makers::Order::Whole => SortKey::Whole,
        makers::Order::Folded => SortKey::Folded,
        makers::Order::Lowered => SortKey::Lowered,
        makers::Order::Raw => SortKey::Given,
    }
}

fn is_path_or_size(order: Order) -> bool {
    matches!(order.key, SortKey::Path | SortKey::Size)
}

/// How many directories all files lie in; of a single one all of its path, as Python's `commonpath` has it.
fn common(files: &[Found]) -> usize {
    let Some((first, others)) = files.split_first() else { return 0 };
    let shared = |path: &str, most: usize| {
        let pairs = first.path.split('/').zip(path.split('/')).take(most);
        pairs.take_while(|(one, other)| one == other).count()
    };
    others.iter().fold(first.path.split('/').count(), |most, file| shared(&file.path, most))
}

/// A directory below, in which nothing lies.
fn barren(root: &Path) -> Option<PathBuf> {
    let directories = WalkDir::new(root).follow_links(true).into_iter().filter_map(Result::ok);
    let empty = |path: &PathBuf| std::fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_none());
    directories.filter(|entry| entry.file_type().is_dir()).map(DirEntry::into_path).find(empty)
}

/// Where a file really lies; what can't be found out is told when it is read.
fn real(file: &Found) -> PathBuf {
    std::fs::canonicalize(&file.source.path).unwrap_or_else(|_| file.source.path.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::open::{Source, Stamp};

    fn found(paths: &[(&str, u64)]) -> Walk {
        let file = |&(path, length): &(&str, u64)| Found {
            path: path.to_owned(),
            source: Source { path: path.into(), stamp: Stamp::expected(length), follow: false },
            executable: false,
            link: None,
        };
        Walk { directory: true, files: paths.iter().map(file).collect(), ..Walk::default() }
    }

    fn sifted(tool: &str, paths: &[(&str, u64)]) -> Vec<String> {
        let mut walk = found(paths);
        let like = Like { maker: maker(tool).unwrap(), cwd: PathBuf::new(), junk: false };
        like.sift(&mut walk, Path::new("")).unwrap();
        walk.files.into_iter().map(|file| file.path).collect()
    }

    #[test]
    fn each_program_leaves_out_what_it_leaves_out() {
        let files = [("a", 1), ("b/empty", 0), ("c/.h/x", 1), ("d/Thumbs.db", 1), ("d/x.torrent", 1)];
        assert_eq!(sifted("mktorrent", &files).len(), 5);
        assert_eq!(sifted("transmission", &files), ["a", "c/.h/x", "d/Thumbs.db", "d/x.torrent"]);
        assert_eq!(sifted("torf", &files), ["a", "b/empty", "d/Thumbs.db", "d/x.torrent"]);
        assert_eq!(sifted("imdl", &files), ["a", "b/empty", "c/.h/x", "d/x.torrent"]);
        assert_eq!(sifted("mkbrr", &files), ["a", "b/empty", "c/.h/x"]);
        assert_eq!(sifted("mkbrr", &[("@eaDir/x", 1), ("a/DESKTOP.INI", 1), ("a", 1)]), ["a"]);
    }

    #[test]
    fn torf_takes_hidden_directories_that_everything_lies_in() {
        assert_eq!(sifted("torf", &[(".a/.b/x", 1), (".a/.b/.c/y", 1), (".a/.b/.z", 1)]), [".a/.b/x"]);
        assert_eq!(sifted("torf", &[(".a/.b/x", 1)]), [".a/.b/x"]);
        assert_eq!(sifted("torf", &[(".x", 1), ("y", 1)]), ["y"]);
    }

    #[test]
    fn names_and_versions_are_known_or_listed() {
        for (text, title) in [
            ("torf", "torf 5.2.1"),
            ("torf@5", "torf 5.2.1"),
            ("torf@5.2", "torf 5.2.1"),
            ("transmission-create@3.00", "transmission 3.00"),
        ] {
            assert_eq!(maker(text).unwrap().title(), title, "{text}");
        }
        for text in ["torff", "torf@5.2.10", "torf@5.", "torf@", "", "@1"] {
            let error = maker(text).unwrap_err();
            assert_eq!(error.kind, ErrorKind::Usage);
            assert!(error.hints[0].contains("imdl@0.1.16"), "{text}: {:?}", error.hints);
        }
    }
}
