//! The keys that describe one file, wherever they stand: in an entry of `files`, in a leaf of
//! `file tree`, or in `info` itself.

use super::error::{Error, shown};
use super::limits::MAX_FILE_LENGTH;
use super::{Attr, Rare, Text};
use crate::bencode::{Kind, Value};

/// Value of each key that is there; of keys that occur twice the first.
#[derive(Clone, Copy, Default)]
pub(super) struct FileFields<'d, 'a> {
    pub(super) attr: Option<Value<'d, 'a>>,
    pub(super) length: Option<Value<'d, 'a>>,
    pub(super) md5: Option<Value<'d, 'a>>,
    pub(super) mtime: Option<Value<'d, 'a>>,
    pub(super) path: Option<Value<'d, 'a>>,
    pub(super) path_utf8: Option<Value<'d, 'a>>,
    pub(super) pieces_root: Option<Value<'d, 'a>>,
    pub(super) sha1: Option<Value<'d, 'a>>,
    pub(super) symlink: Option<Value<'d, 'a>>,
}

impl<'d, 'a> FileFields<'d, 'a> {
    pub(super) fn read(dictionary: impl Iterator<Item = (&'a [u8], Value<'d, 'a>)>) -> Self {
        let mut fields = Self::default();
        for (key, value) in dictionary {
            fields.take(key, value);
        }
        fields
    }

    /// Keeps the value of a key of a file; tells whether it is one.
    pub(super) fn take(&mut self, key: &[u8], value: Value<'d, 'a>) -> bool {
        let field = match key {
            b"attr" => &mut self.attr,
            b"length" => &mut self.length,
            b"md5sum" | b"md5" => &mut self.md5,
            b"mtime" => &mut self.mtime,
            b"path" => &mut self.path,
            b"path.utf-8" => &mut self.path_utf8,
            b"pieces root" => &mut self.pieces_root,
            b"sha1" => &mut self.sha1,
            b"symlink path" => &mut self.symlink,
            _ => return false,
        };
        field.get_or_insert(value);
        true
    }

    pub(super) fn flags(&self) -> Flags {
        let letters = self.attr.and_then(Value::as_bytes).unwrap_or_default();
        let has = |letter| letters.contains(&letter);
        Flags {
            pad: has(b'p'),
            link: has(b'l'),
            // The letter counts once there is a target, see `symlink_target`.
            attr: Attr { executable: has(b'x'), hidden: has(b'h'), symlink: false },
        }
    }

    /// Target of a link: a list of strings, not empty.
    pub(super) fn symlink_target(&self) -> Option<Vec<Text>> {
        let target: Option<Vec<_>> =
            self.symlink?.list()?.map(|part| part.as_bytes().map(|part| Text(part.to_vec()))).collect();
        target.filter(|target| !target.is_empty())
    }

    /// What few files have; `symlink` is [`Self::symlink_target`], where the file is a link.
    pub(super) fn rare(&self, symlink: Option<Vec<Text>>) -> Option<Box<Rare>> {
        let nothing = symlink.is_none() && self.sha1.or(self.md5).or(self.mtime).is_none();
        let all = || Rare { symlink, sha1: self.sha1(), md5: self.md5(), mtime: self.mtime() };
        if nothing { None } else { Some(Box::new(all())) }
    }

    /// `sha1`, 20 bytes (BEP 47) or 40 digits (as the Internet Archive writes it).
    fn sha1(&self) -> Option<[u8; 20]> {
        let bytes = self.sha1?.as_bytes()?;
        bytes.try_into().ok().or_else(|| crate::hex::decode(bytes))
    }

    /// `md5sum`, 32 digits or 16 bytes.
    fn md5(&self) -> Option<[u8; 16]> {
        let bytes = self.md5?.as_bytes()?;
        bytes.try_into().ok().or_else(|| crate::hex::decode(bytes))
    }

    /// `mtime`, an integer or its digits.
    fn mtime(&self) -> Option<i64> {
        let value = self.mtime?;
        value.as_int().or_else(|| value.as_str()?.parse().ok())
    }
}

/// What `attr` says.
pub(super) struct Flags {
    pub(super) pad: bool,
    pub(super) link: bool,
    pub(super) attr: Attr,
}

/// Bytes of a file; `shown` names it in the error.
pub(super) fn file_length(value: Option<Value<'_, '_>>, name: impl Fn() -> String) -> Result<u64, Error> {
    let fail = |reason: String| Err(Error::Length { reason: format!("of {} {reason}", name()) });
    let Some(value) = value else { return fail("is missing".into()) };
    match value.as_int() {
        None if value.kind() == Kind::Int => fail("is out of range".into()),
        None => fail(format!("is {}, not an integer", value.kind().name())),
        Some(length) => match u64::try_from(length) {
            Err(_) => fail(format!("is negative: {length}")),
            Ok(length) if length > MAX_FILE_LENGTH => {
                fail(format!("is {length}, more than {MAX_FILE_LENGTH} bytes"))
            }
            Ok(length) => Ok(length),
        },
    }
}

/// A string that names something in an error.
pub(super) fn quoted(bytes: &[u8]) -> String {
    format!("`{}`", shown(bytes))
}
