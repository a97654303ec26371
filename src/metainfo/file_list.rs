//! The v1 half (BEP 3, "info dictionary"): `files`, or `length` of a single file.

use super::error::{Error, shown_path};
use super::fields::{FileFields, file_length, quoted};
use super::limits::{Limits, MAX_PATH_COMPONENTS};
use super::lint::Lints;
use super::{File, Severity, Text};
use crate::bencode::{Kind, Value};

/// The v1 list of files.
#[derive(Default)]
pub(super) struct FileList {
    pub(super) files: Vec<File>,
    pub(super) pads: usize,
    /// Bytes of everything, pads counted.
    pub(super) space: u64,
    /// Whether the files lie in a directory.
    pub(super) directory: bool,
}

/// How much the paths of a torrent may still take.
pub(super) struct Budget {
    limits: Limits,
    files: usize,
    components: usize,
    bytes: usize,
}

impl Budget {
    pub(super) fn new(limits: &Limits) -> Self {
        Self { limits: *limits, files: 0, components: 0, bytes: 0 }
    }

    pub(super) fn file(&mut self) -> Result<(), Error> {
        self.files += 1;
        Self::check(self.files, self.limits.files, "files")
    }

    pub(super) fn component(&mut self, bytes: usize) -> Result<(), Error> {
        self.components += 1;
        Self::check(self.components, self.limits.components, "path components")?;
        self.bytes = self.bytes.saturating_add(bytes);
        Self::check(self.bytes, self.limits.path_bytes, "bytes of paths")
    }

    fn check(used: usize, limit: usize, what: &'static str) -> Result<(), Error> {
        if used > limit { Err(Error::TooManyFiles { limit, what }) } else { Ok(()) }
    }
}

/// A torrent of one file called `name`, whose keys stand in `info`.
pub(super) fn single(name: &[u8], fields: &FileFields<'_, '_>, lints: &mut Lints) -> Result<FileList, Error> {
    let (file, pad) = file(vec![Text(name.to_vec())], fields, 0, lints)?;
    if pad {
        lints.push("pad-only", Severity::Warning, "the only file is marked as a pad file (BEP 47)");
    }
    let space = file.length;
    Ok(FileList { files: vec![file], pads: 0, space, directory: false })
}

/// A torrent of many files.
pub(super) fn multiple(
    list: Value<'_, '_>,
    budget: &mut Budget,
    lints: &mut Lints,
) -> Result<FileList, Error> {
    let mut all = FileList { directory: true, ..FileList::default() };
    let items = list.list().into_iter().flatten();
    for (index, item) in items.enumerate() {
        budget.file()?;
        let Some(dictionary) = item.dict() else {
            let reason = format!("holds {} at {index}, not a dictionary", item.kind().name());
            return Err(Error::Files { reason });
        };
        let fields = FileFields::read(dictionary);
        if fields.flags().pad {
            // The path of a pad is never used, and may be left out (BEP 47, "Padding files").
            let length = file_length(fields.length, || format!("pad file {index}"))?;
            all.pads += 1;
            all.advance(length)?;
            continue;
        }
        let path = path(index, &fields, budget)?;
        let (file, _) = file(path, &fields, all.space, lints)?;
        all.advance(file.length)?;
        all.files.push(file);
    }
    if all.files.is_empty() {
        let reason = if all.pads == 0 { "is an empty list" } else { "holds nothing but pad files" };
        return Err(Error::Files { reason: reason.into() });
    }
    Ok(all)
}

impl FileList {
    fn advance(&mut self, length: u64) -> Result<(), Error> {
        let space = self.space.checked_add(length).filter(|&space| i64::try_from(space).is_ok());
        self.space =
            space.ok_or_else(|| Error::Length { reason: "of all files exceeds 2^63 bytes".into() })?;
        Ok(())
    }
}

fn file(
    path: Vec<Text>,
    fields: &FileFields<'_, '_>,
    offset: u64,
    lints: &mut Lints,
) -> Result<(File, bool), Error> {
    let flags = fields.flags();
    let mut attr = flags.attr;
    let symlink = if flags.link { fields.symlink_target() } else { None };
    attr.symlink = symlink.is_some();
    // A link holds no bytes, whatever its length says (BEP 47, "Symlinks"), and need not have one.
    let length = match symlink {
        Some(_) => 0,
        None => file_length(fields.length, || shown_path(path.iter().map(|part| &part.0[..])))?,
    };
    if flags.link && symlink.is_none() {
        lints.count("symlink-without-target", Severity::Warning, || {
            format!(
                "{} is marked as a symlink but has no list as `symlink path`: read as a file",
                shown_file(&path)
            )
        });
    }
    let file = File {
        path,
        length,
        offset,
        attr,
        symlink,
        pieces_root: None,
        piece_layer: None,
        sha1: fields.sha1(),
        md5: fields.md5(),
        mtime: fields.mtime(),
    };
    Ok((file, flags.pad))
}

fn shown_file(path: &[Text]) -> String {
    format!("`{}`", shown_path(path.iter().map(|part| &part.0[..])))
}

/// `path.utf-8`, where it is a list of strings, else `path`.
fn path(index: usize, fields: &FileFields<'_, '_>, budget: &mut Budget) -> Result<Vec<Text>, Error> {
    let fail = |reason: String| Err(Error::Path { index, reason });
    let usable = |value: &Value<'_, '_>| {
        value.list().is_some_and(|mut parts| parts.all(|part| part.kind() == Kind::Bytes))
            && value.list().is_some_and(|mut parts| parts.next().is_some())
    };
    let Some(value) = fields.path_utf8.filter(usable).or(fields.path) else {
        return fail("is missing".into());
    };
    let Some(parts) = value.list() else {
        return fail(format!("is {}, not a list", value.kind().name()));
    };
    let mut path = Vec::with_capacity(4);
    for part in parts {
        let Some(bytes) = part.as_bytes() else {
            return fail(format!("holds {}, not a string", part.kind().name()));
        };
        if path.len() == MAX_PATH_COMPONENTS {
            let path = shown_path(path.iter().map(|part: &Text| &part.0[..]));
            return Err(Error::Depth { path, limit: MAX_PATH_COMPONENTS });
        }
        budget.component(bytes.len())?;
        path.push(Text(bytes.to_vec()));
    }
    if path.is_empty() {
        return fail("is an empty list".into());
    }
    Ok(path)
}

/// The name of the torrent: `name.utf-8`, where it is a string, else `name`.
pub(super) fn name<'a>(
    name: Option<Value<'_, 'a>>,
    name_utf8: Option<Value<'_, 'a>>,
) -> Result<&'a [u8], Error> {
    let utf8 = name_utf8.and_then(Value::as_bytes).filter(|name| !name.is_empty());
    let Some(value) = name else {
        return utf8.ok_or_else(|| Error::Name { reason: "is missing".into() });
    };
    match utf8.or(value.as_bytes()) {
        None => Err(Error::Name { reason: format!("is {}, not a string", value.kind().name()) }),
        Some([]) => Err(Error::Name { reason: "is empty".into() }),
        Some(name) if name.len() > super::limits::MAX_PATH_BYTES / 16 => {
            Err(Error::Name { reason: format!("is too long: {}", quoted(name)) })
        }
        Some(name) => Ok(name),
    }
}
