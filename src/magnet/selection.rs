//! Lists of file indices such as `0,2,4,6-8` (BEP 53).

use std::fmt;
use std::ops::RangeInclusive;

use super::MAX_SELECT;

/// Neighbouring indices, both ends included.
pub(super) type Span = RangeInclusive<u32>;

/// An item of a list of indices that is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{item}` is neither a file index from 0 to {MAX_SELECT} nor a range of them such as `2-4`")]
pub struct InvalidSelection {
    /// The item as written.
    pub item: String,
}

/// Reads a list of indices and ranges strictly; the indices come out rising and without repeats.
///
/// # Errors
/// Names the first item that is neither an index nor a range.
pub fn parse_selection(text: &str) -> Result<Vec<u32>, InvalidSelection> {
    let items = text.split(',').map(|item| {
        let item = item.trim();
        span(item).ok_or_else(|| InvalidSelection { item: item.to_owned() })
    });
    items.collect::<Result<_, _>>().map(indices)
}

/// Adds the spans of an `so` value. The value is not percent-decoded; one with other characters is
/// skipped whole, and of a well-written one the items that make no sense are skipped. `skipped` is told of
/// them.
pub(super) fn read(value: &str, spans: &mut Vec<Span>, mut skipped: impl FnMut(&str)) {
    if !value.bytes().all(|byte| byte.is_ascii_digit() || b",-".contains(&byte)) {
        return skipped(value);
    }
    // Nothing between two commas says nothing.
    for item in value.split(',').filter(|item| !item.is_empty()) {
        match span(item) {
            Some(span) => spans.push(span),
            None => skipped(item),
        }
    }
}

fn span(item: &str) -> Option<Span> {
    let (first, last) = item.split_once('-').unwrap_or((item, item));
    let (first, last) = (index(first)?, index(last)?);
    (first <= last).then_some(first..=last)
}

fn index(text: &str) -> Option<u32> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|&index| digits && index <= MAX_SELECT)
}

/// Every index of the spans, rising, once. Costs no more than sorting the spans: they are walked in
/// order, and what an earlier one gave is not given again.
pub(super) fn indices(mut spans: Vec<Span>) -> Vec<u32> {
    spans.sort_unstable_by_key(|span| *span.start());
    let mut indices = Vec::new();
    let mut next = 0;
    for span in spans {
        indices.extend((*span.start()).max(next)..=*span.end());
        next = next.max(span.end() + 1);
    }
    indices
}

/// Writes rising indices, neighbours as ranges: `0,2-4`.
#[derive(Clone, Copy, Debug)]
pub struct Ranges<'a>(pub &'a [u32]);

impl fmt::Display for Ranges<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        for run in self.0.chunk_by(|a, b| a.checked_add(1) == Some(*b)) {
            match run {
                [first, .., last] => write!(f, "{separator}{first}-{last}")?,
                [only] => write!(f, "{separator}{only}")?,
                [] => {}
            }
            separator = ",";
        }
        Ok(())
    }
}
