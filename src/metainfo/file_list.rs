//! The v1 half (BEP 3, "info dictionary"): `files`, or `length` of a single file.

use super::components::{Components, Run, Span};
use super::error::{Error, shown_path};
use super::fields::{FileFields, Flags, file_length, quoted};
use super::limits::{Limits, MAX_PATH_COMPONENTS};
use super::lint::Lints;
use super::{Attr, File, Severity, Text};
use crate::bencode::{Kind, Value};

/// The files of the v1 half.
#[derive(Default)]
pub(super) struct FileList {
    pub(super) files: Vec<File>,
    pub(super) components: Components,
    pub(super) totals: Totals,
}

/// What an entry of `files` says of one file that is no pad.
pub(super) struct Entry<'d, 'a> {
    /// Place in `files`.
    pub(super) index: usize,
    pub(super) length: u64,
    /// Where it begins, pads counted.
    pub(super) offset: u64,
    pub(super) attr: Attr,
    pub(super) symlink: Option<Vec<Text>>,
    pub(super) fields: FileFields<'d, 'a>,
}

/// What all entries of `files` come to.
#[derive(Default)]
pub(super) struct Totals {
    pub(super) files: usize,
    pub(super) pads: usize,
    /// Bytes of everything, pads counted.
    pub(super) space: u64,
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
pub(super) fn single(name: Span, fields: &FileFields<'_, '_>, lints: &mut Lints) -> Result<FileList, Error> {
    let flags = fields.flags();
    if flags.pad {
        lints.push("pad-only", Severity::Warning, "the only file is marked as a pad file (BEP 47)");
    }
    let entry = entry(0, *fields, &flags, 0, lints)?;
    let totals = Totals { files: 1, pads: 0, space: entry.length };
    let mut components = Components::default();
    components.push(name);
    Ok(FileList { files: vec![entry.into_file(components.since(0))], components, totals })
}

/// A torrent of many files.
pub(super) fn multiple(list: Value<'_, '_>, limits: &Limits, lints: &mut Lints) -> Result<FileList, Error> {
    let mut budget = Budget::new(limits);
    // Each of them stands in the input already.
    let count = list.list().into_iter().flatten().take(limits.files).count();
    let mut files = Vec::with_capacity(count);
    // Most files lie in a directory or two.
    let mut components = Components::with_capacity(2 * count);
    let totals = walk(list, limits, lints, |entry| {
        let path = path(&entry, &mut components, &mut budget)?;
        files.push(entry.into_file(path));
        Ok(())
    })?;
    Ok(FileList { files, components, totals })
}

/// Goes through `files`, pads left out, and adds everything up.
pub(super) fn walk<'d, 'a>(
    list: Value<'d, 'a>,
    limits: &Limits,
    lints: &mut Lints,
    mut take: impl FnMut(Entry<'d, 'a>) -> Result<(), Error>,
) -> Result<Totals, Error> {
    let mut totals = Totals::default();
    let mut budget = Budget::new(limits);
    for (index, item) in list.list().into_iter().flatten().enumerate() {
        budget.file()?;
        let Some(dictionary) = item.dict() else {
            let reason = format!("holds {} at {index}, not a dictionary", item.kind().name());
            return Err(Error::Files { reason });
        };
        let fields = FileFields::read(dictionary);
        let flags = fields.flags();
        if flags.pad {
            // The path of a pad is never used, and may be left out (BEP 47, "Padding files").
            let length = file_length(fields.length, || format!("pad file {index}"))?;
            totals.pads += 1;
            totals.advance(length)?;
            continue;
        }
        let entry = entry(index, fields, &flags, totals.space, lints)?;
        totals.files += 1;
        totals.advance(entry.length)?;
        take(entry)?;
    }
    if totals.files == 0 {
        let reason = if totals.pads == 0 { "is an empty list" } else { "holds nothing but pad files" };
        return Err(Error::Files { reason: reason.into() });
    }
    Ok(totals)
}

impl Totals {
    fn advance(&mut self, length: u64) -> Result<(), Error> {
        let space = self.space.checked_add(length).filter(|&space| i64::try_from(space).is_ok());
        self.space =
            space.ok_or_else(|| Error::Length { reason: "of all files exceeds 2^63 bytes".into() })?;
        Ok(())
    }
}

impl<'d, 'a> Entry<'d, 'a> {
    fn into_file(self, path: Run) -> File {
        File {
            path,
            length: self.length,
            offset: self.offset,
            attr: self.attr,
            root: None,
            layer: None,
            rare: self.fields.rare(self.symlink),
        }
    }

    /// The components of its path, each a string: `path.utf-8`, where it is a list of strings, else `path`.
    pub(super) fn path(&self) -> Result<impl Iterator<Item = Result<Value<'d, 'a>, Error>>, Error> {
        let index = self.index;
        let fail = move |reason: String| Error::Path { index, reason };
        let usable = |value: &Value<'_, '_>| {
            value.list().is_some_and(|mut parts| {
                parts.clone().next().is_some() && parts.all(|part| part.kind() == Kind::Bytes)
            })
        };
        let value = self.fields.path_utf8.filter(usable).or(self.fields.path);
        let value = value.ok_or_else(|| fail("is missing".into()))?;
        let parts = value.list().ok_or_else(|| fail(format!("is {}, not a list", value.kind().name())))?;
        if parts.clone().next().is_none() {
            return Err(fail("is an empty list".into()));
        }
        Ok(parts.map(move |part| {
            let kind = part.kind();
            if kind == Kind::Bytes {
                Ok(part)
            } else {
                Err(fail(format!("holds {}, not a string", kind.name())))
            }
        }))
    }

    /// Names it in an error.
    pub(super) fn shown(&self) -> String {
        shown_fields(&self.fields)
    }
}

fn entry<'d, 'a>(
    index: usize,
    fields: FileFields<'d, 'a>,
    flags: &Flags,
    offset: u64,
    lints: &mut Lints,
) -> Result<Entry<'d, 'a>, Error> {
    let symlink = if flags.link { fields.symlink_target() } else { None };
    // A link holds no bytes, whatever its length says (BEP 47, "Symlinks"), and need not have one.
    let length = match symlink {
        Some(_) => 0,
        None => file_length(fields.length, || format!("file {index}{}", shown_fields(&fields)))?,
    };
    if flags.link && symlink.is_none() {
        lints.count("symlink-without-target", Severity::Warning, || {
            format!("file {index} is marked as a symlink but has no list as `symlink path`: read as a file")
        });
    }
    let attr = Attr { symlink: symlink.is_some(), ..flags.attr };
    Ok(Entry { index, length, offset, attr, symlink, fields })
}

fn shown_fields(fields: &FileFields<'_, '_>) -> String {
    let Some(parts) = fields.path.and_then(Value::list) else { return String::new() };
    format!(" `{}`", shown_path(parts.filter_map(Value::as_bytes)))
}

/// Notes the path of an entry.
fn path(entry: &Entry<'_, '_>, components: &mut Components, budget: &mut Budget) -> Result<Run, Error> {
    let start = components.len();
    for part in entry.path()? {
        let span = part?.content_span();
        if components.len() - start == MAX_PATH_COMPONENTS {
            let parts = entry.path()?.map_while(Result::ok).filter_map(Value::as_bytes);
            let path = shown_path(parts.take(MAX_PATH_COMPONENTS));
            return Err(Error::Depth { path, limit: MAX_PATH_COMPONENTS });
        }
        budget.component(span.len())?;
        components.push(span.into());
    }
    Ok(components.since(start))
}

/// The name of the torrent: `name.utf-8`, where it is a string, else `name`.
pub(super) fn name<'a>(
    name: Option<Value<'_, 'a>>,
    name_utf8: Option<Value<'_, 'a>>,
) -> Result<(&'a [u8], Span), Error> {
    let usable = |value: &Value<'_, 'a>| value.as_bytes().is_some_and(|name| !name.is_empty());
    let utf8 = name_utf8.filter(usable);
    let value = utf8.or(name).ok_or_else(|| Error::Name { reason: "is missing".into() })?;
    match value.as_bytes() {
        None => Err(Error::Name { reason: format!("is {}, not a string", value.kind().name()) }),
        Some([]) => Err(Error::Name { reason: "is empty".into() }),
        Some(name) if name.len() > super::limits::MAX_PATH_BYTES / 16 => {
            Err(Error::Name { reason: format!("is too long: {}", quoted(name)) })
        }
        Some(name) => Ok((name, value.content_span().into())),
    }
}
