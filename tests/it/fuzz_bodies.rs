//! What must hold for any input at all. Shared by the fuzz targets and by the replay of their corpus.

use ccbt::bencode::{self, Kind, Value, Writer};

/// Bencoding: what is read lies within the input; canonical input comes back byte for byte, and an
/// independent decoder calls it canonical too.
pub fn bencode(data: &[u8]) {
    let limits = bencode::Limits::default();
    let strict = bencode::decode_strict(data, &limits);
    let lenient = match bencode::decode(data, &limits) {
        Ok(document) => document,
        Err(error) => {
            assert!(error.offset <= data.len(), "an error lies in the input: {error:?}");
            assert!(strict.is_err(), "what is read strictly is read");
            return;
        }
    };
    assert!(lenient.consumed() <= data.len());
    visit(lenient.root(), 0..lenient.consumed());
    assert_eq!(strict.is_ok(), lenient.violations().is_empty(), "canonical is what violates nothing");
    assert_eq!(lenient.violations().is_empty(), lenient.violations().total() == 0);
    let Ok(strict) = strict else { return };
    assert_eq!(strict.consumed(), data.len(), "nothing follows canonical input");
    let mut writer = Writer::new();
    rewrite(strict.root(), &mut writer);
    assert!(writer.finish() == data, "canonical input comes back");
    bencode::check_canonical(data).expect("another decoder agrees that the input is canonical");
}

/// Asks every value everything; each lies within the one around it.
fn visit(value: Value<'_, '_>, within: std::ops::Range<usize>) {
    let span = value.span();
    assert!(within.start <= span.start && span.start < span.end && span.end <= within.end);
    assert!(span.start <= value.content_span().start && value.content_span().end <= span.end);
    assert_eq!(value.raw().len(), span.len());
    for item in value.list().into_iter().flatten() {
        visit(item, span.clone());
    }
    for (key, item) in value.dict().into_iter().flatten() {
        assert!(key.len() < span.len());
        visit(item, span.clone());
    }
    let kinds = [value.list().is_some(), value.dict().is_some(), value.as_bytes().is_some()];
    assert_eq!(kinds.into_iter().filter(|is| *is).count(), usize::from(value.kind() != Kind::Int));
    assert!(value.as_int().is_none() || value.kind() == Kind::Int);
}

/// Writes a canonical value again, piece by piece.
fn rewrite(value: Value<'_, '_>, writer: &mut Writer) {
    match value.kind() {
        // An integer beyond 64 bits has no other form than its bytes.
        Kind::Int => match value.as_int() {
            Some(number) => writer.int(number),
            None => writer.raw(value.raw()),
        },
        Kind::Bytes => writer.bytes(value.as_bytes().unwrap_or_default()),
        Kind::List => {
            writer.begin_list();
            value.list().into_iter().flatten().for_each(|item| rewrite(item, writer));
            writer.end()
        }
        Kind::Dict => {
            writer.begin_dict();
            for (key, item) in value.dict().into_iter().flatten() {
                writer.bytes(key);
                rewrite(item, writer);
            }
            writer.end()
        }
    };
}

/// Metainfo.
pub fn metainfo(data: &[u8]) {
    let _unused = data;
}

/// Magnets.
pub fn magnet(data: &[u8]) {
    let _unused = data;
}
