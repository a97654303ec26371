//! Lints: what is odd about a torrent that can still be read.
//!
//! The names are stable. A kind that many files suffer from gives one lint with a count.

use super::path::{ChangeKind, Resolved, is_portable};
use super::{Info, Lint, Metainfo, Severity};
use crate::bencode::{Document, Value, ViolationKind, Writer};

/// The name of every lint and what it is about, in the order of their names.
pub const LINTS: [(&str, &str); 34] = [
    ("attributes-differ", "the halves of a hybrid give a file other attributes"),
    ("colliding-names", "two paths would be one on disk, so that one of them is renamed"),
    ("comment-in-info", "a comment lies in `info`, where it changes the info-hash"),
    ("dropped-tracker", "a tracker's URL cannot be used"),
    ("dropped-web-seed", "a web seed's URL cannot be used"),
    ("duplicate-keys", "a dictionary has a key twice, and programs differ in which they take"),
    ("empty-directory", "the v2 tree has a directory without files, which is not created"),
    ("ignored-value", "a value is of the wrong type and left out"),
    ("incomplete-v1-half", "a v2 torrent has some keys of v1, but not all"),
    ("info-hash-differs-reencoded", "programs that encode `info` anew see another info-hash"),
    ("invalid-signature", "a signature (BEP 35) does not hold for this torrent"),
    ("leading-zeros", "numbers are written with leading zeros"),
    ("length-and-files", "the torrent says that it is a single file and several"),
    ("missing-piece-layers", "hashes of large v2 files are missing"),
    ("negative-zero", "zero is written as `-0`"),
    ("non-nfc-names", "a name is not in NFC, so that some systems see another name than others"),
    ("non-portable-names", "a name cannot be created on Windows"),
    ("not-utf8", "a name is not UTF-8"),
    ("oversized", "the torrent is larger than some programs read"),
    ("pad-files", "the v1 list has pad files (BEP 47)"),
    ("pad-only", "the only file is marked as a pad file"),
    ("piece-length-not-power-of-two", "the piece length is not a power of two"),
    ("private-not-one", "`private` is neither 0 nor 1"),
    ("private-without-tracker", "peers may come from the trackers alone, and there is none"),
    ("private-zero", "`private` is there although it is 0"),
    ("sanitised-paths", "a path gets another name on disk, as it would be unsafe"),
    ("single-file-ambiguous", "v2 does not tell a single file from a directory with one"),
    ("symlink-outside", "a symlink leads out of the torrent and is not created"),
    ("symlink-without-target", "a symlink has no target"),
    ("trailing-data", "there are bytes after the end of the torrent"),
    ("unsigned", "--trust is given, and nobody signed the torrent"),
    ("unsorted-keys", "keys of a dictionary are out of order"),
    ("untrusted-signature", "--trust is given, and a signature is by none of its certificates"),
    ("unusual-piece-length", "the piece length is one that some programs refuse"),
];

/// The lint that a maker of torrents hears of before anything is hashed.
pub const PRIVATE_WITHOUT_TRACKER: &str = "private-without-tracker";

/// Largest torrent that every program reads: libtorrent's limit for files, unless it is told otherwise.
const COMMON_SIZE: usize = 10_000_000;

/// The lints of one torrent in the making.
#[derive(Default)]
pub(super) struct Lints {
    found: Vec<(Lint, usize)>,
}

impl Lints {
    pub(super) fn push(&mut self, name: &'static str, severity: Severity, message: impl Into<String>) {
        self.found.push((Lint { name, severity, message: message.into() }, 1));
    }

    /// Counts one more of a kind; the message is that of the first.
    pub(super) fn count(&mut self, name: &'static str, severity: Severity, message: impl FnOnce() -> String) {
        match self.found.iter_mut().find(|(lint, _)| lint.name == name) {
            Some((_, count)) => *count += 1,
            None => self.push(name, severity, message()),
        }
    }

    /// The lints of a torrent that was read, worst first.
    pub(super) fn finish_reading(self) -> Vec<Lint> {
        let lints = self.finish();
        let is_known = |lint: &Lint| LINTS.iter().any(|(known, _)| *known == lint.name);
        debug_assert!(lints.iter().all(is_known), "not all of {lints:?} are in the table");
        lints
    }

    /// The lints, worst first.
    pub(super) fn finish(self) -> Vec<Lint> {
        let mut lints: Vec<Lint> = self
            .found
            .into_iter()
            .map(|(mut lint, count)| {
                if count > 1 {
                    lint.message.push_str(&format!(" (and {} more)", count - 1));
                }
                lint
            })
            .collect();
        lints.sort_by_key(|lint| std::cmp::Reverse(lint.severity));
        lints
    }
}

/// What is not canonical about the file. Inside `info` it is worse: programs that encode `info`
/// anew get another info-hash.
pub(super) fn violations(document: &Document<'_>, info: Value<'_, '_>, lints: &mut Lints) {
    let span = info.span();
    let found = document.violations();
    for kind in ViolationKind::ALL {
        let (count, first) = (found.count(kind), found.first_of(kind));
        if count == 0 {
            continue;
        }
        let inside = found.first().iter().any(|one| one.kind == kind && span.contains(&one.offset));
        let (name, what) = match kind {
            ViolationKind::UnsortedKey => ("unsorted-keys", "keys out of order"),
            ViolationKind::DuplicateKey => ("duplicate-keys", "keys that occur twice"),
            ViolationKind::LeadingZeroInt => ("leading-zeros", "integers with leading zeros"),
            ViolationKind::LeadingZeroLength => ("leading-zeros", "string lengths with leading zeros"),
            ViolationKind::NegativeZero => ("negative-zero", "integers written as `-0`"),
            ViolationKind::TrailingData => {
                trailing_data(document, lints);
                continue;
            }
        };
        let severity =
            if inside || kind == ViolationKind::DuplicateKey { Severity::Error } else { Severity::Warning };
        let place = first.map(|offset| format!(", first at byte {offset}")).unwrap_or_default();
        let inside = if inside { ", some of them in `info`" } else { "" };
        lints.push(name, severity, format!("{what}: {count}{place}{inside}"));
    }
    if !found.is_empty() {
        reencoded(info, lints);
    }
}

fn trailing_data(document: &Document<'_>, lints: &mut Lints) {
    let rest = document.trailing();
    let severity = if rest.iter().all(u8::is_ascii_whitespace) { Severity::Info } else { Severity::Warning };
    lints.push("trailing-data", severity, format!("{} bytes after the end of the torrent", rest.len()));
}

/// Programs that encode `info` anew instead of hashing its bytes get another info-hash.
fn reencoded(info: Value<'_, '_>, lints: &mut Lints) {
    let mut writer = Writer::new();
    canonical(info, &mut writer);
    let anew = writer.finish();
    if anew != info.raw() {
        let hash = crate::hex::encode(&crate::hash::sha1(&anew));
        let message = format!("`info` is not canonical: programs that encode it anew see info-hash {hash}");
        lints.push("info-hash-differs-reencoded", Severity::Error, message);
    }
}

/// Writes a value canonically, of equal keys the first. The decoder has limited the depth.
fn canonical(value: Value<'_, '_>, writer: &mut Writer) {
    if let Some(pairs) = value.dict() {
        let mut pairs: Vec<_> = pairs.collect();
        pairs.sort_by_key(|(key, _)| *key);
        pairs.dedup_by_key(|(key, _)| *key);
        writer.begin_dict();
        for (key, value) in pairs {
            writer.bytes(key);
            canonical(value, writer);
        }
        writer.end();
    } else if let Some(items) = value.list() {
        writer.begin_list();
        items.for_each(|item| canonical(item, writer));
        writer.end();
    } else if let Some(bytes) = value.as_bytes() {
        writer.bytes(bytes);
    } else if let Some(number) = value.as_int() {
        writer.int(number);
    } else {
        // An integer that does not fit stays as it is.
        writer.raw(value.raw());
    }
}

/// What is odd about sizes; `bytes` is that of the torrent itself.
pub(super) fn sizes(info: &Info, bytes: usize, lints: &mut Lints) {
    if bytes > COMMON_SIZE {
        let message =
            format!("{bytes} bytes of torrent are more than some programs read, which stop at {COMMON_SIZE}");
        lints.push("oversized", Severity::Warning, message);
    }
    let length = info.piece_length;
    if !length.is_power_of_two() {
        let message = format!("`piece length` {length} is not a power of two");
        lints.push("piece-length-not-power-of-two", Severity::Warning, message);
    } else if length < super::limits::BLOCK {
        let message = format!("`piece length` {length} is less than a block of 16 KiB");
        lints.push("unusual-piece-length", Severity::Warning, message);
    } else if length > 64 << 20 {
        let message = format!("`piece length` {length} is more than 64 MiB, which some programs refuse");
        lints.push("unusual-piece-length", Severity::Warning, message);
    }
    if info.pads > 0 {
        let message = format!("the v1 list has {} pad files (BEP 47)", info.pads);
        lints.push("pad-files", Severity::Info, message);
    }
}

/// What is odd about names, and about what they become. All names but those of `odd` files, given in order,
/// are plain.
pub(super) fn names(metainfo: &Metainfo, resolved: &Resolved, odd: &[usize]) -> Vec<Lint> {
    let mut lints = Lints::default();
    for change in &resolved.changes {
        let raw = || super::error::shown_path(change.raw.iter().map(|part| &part.0[..]));
        match change.kind {
            ChangeKind::Sanitised => lints.count("sanitised-paths", Severity::Warning, || {
                format!("`{}` becomes `{}` on disk", raw(), change.safe)
            }),
            ChangeKind::Renamed => lints.count("colliding-names", Severity::Warning, || {
                format!("`{}` collides with another path and becomes `{}` on disk", raw(), change.safe)
            }),
        }
    }
    let mut left = odd.iter().copied().peekable();
    for (index, file) in resolved.files().enumerate() {
        let is_odd = left.next_if_eq(&index).is_some();
        if is_odd && !file.path.components().all(is_portable) {
            lints.count("non-portable-names", Severity::Info, || {
                format!("`{}` cannot be created under this name on Windows", file.path)
            });
        }
        if matches!(file.link, Some(super::path::Link::Nowhere)) {
            lints.count("symlink-outside", Severity::Warning, || {
                format!("the target of symlink `{}` is not in the torrent: it is not created", file.path)
            });
        }
    }
    if metainfo.info.directory {
        unicode(&metainfo.info.name.0, &mut lints);
    }
    for file in odd.iter().filter_map(|&index| metainfo.info.files.get(index)) {
        metainfo.path(file).for_each(|part| unicode(part, &mut lints));
    }
    lints.finish_reading()
}

/// What is odd about the text of one name. File systems that bring names into a form of Unicode, or compare them
/// in one (HFS+, APFS, ZFS), do not find a name that another system spelled differently.
fn unicode(name: &[u8], lints: &mut Lints) {
    if name.is_ascii() {
        return;
    }
    match std::str::from_utf8(name) {
        Err(_) => lints.count("not-utf8", Severity::Warning, || {
            format!("the name `{}` is not UTF-8", super::error::shown(name))
        }),
        Ok(text) if !unicode_normalization::is_nfc(text) => {
            lints.count("non-nfc-names", Severity::Info, || {
                format!(
                    "`{}` is not in NFC: some systems, such as macOS, may see it as another name",
                    super::error::shown(name)
                )
            });
        }
        Ok(_) => {}
    }
}

/// What is odd about a private torrent without a tracker: nobody tells its peers of each other (BEP 27).
pub fn private_without_tracker(is_private: bool, trackers: &[Vec<String>]) -> Option<&'static str> {
    (is_private && trackers.is_empty())
        .then_some("the torrent is private and has no tracker, so that peers cannot find each other")
}
