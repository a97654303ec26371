//! Aligned `label  value` lines for people.
//!
//! Everything shown is made harmless for a terminal here. Knows nothing of what is shown.

use std::io::{self, Write};

use super::style::Style;
use super::text;

/// Columns of the labels, the two blanks after them included.
const LABEL: usize = 16;

/// Columns of a value, at most: a name of 200 kB tells no more than its beginning.
const MAX_VALUE: usize = 2000;

/// Bytes of a value that are looked at, for the same reason. No character has more than four.
const MAX_BYTES: usize = 4 * MAX_VALUE;

/// Lines of one text shown, at most; the rest is counted.
const MAX_LINES: usize = 40;

/// Writes fields one after the other.
pub(crate) struct Fields<W> {
    out: W,
    style: Style,
}

impl<W: Write> Fields<W> {
    pub(crate) fn new(out: W, style: Style) -> Self {
        Self { out, style }
    }

    /// One value.
    pub(crate) fn row(&mut self, label: &str, value: &str) -> io::Result<()> {
        let width = LABEL - 2;
        write!(self.out, "{}  ", self.style.bold(format_args!("{label:<width$}")))?;
        self.value(value)
    }

    /// A value that may be missing.
    pub(crate) fn maybe(&mut self, label: &str, value: Option<&str>) -> io::Result<()> {
        value.map_or(Ok(()), |value| self.row(label, value))
    }

    /// Several values beneath each other; nothing when there are none.
    pub(crate) fn rows<V: AsRef<str>>(
        &mut self,
        label: &str,
        values: impl IntoIterator<Item = V>,
    ) -> io::Result<()> {
        let mut label = Some(label);
        for value in values {
            match label.take() {
                Some(label) => self.row(label, value.as_ref())?,
                None => {
                    write!(self.out, "{:LABEL$}", "")?;
                    self.value(value.as_ref())?;
                }
            }
        }
        Ok(())
    }

    /// A text of one or more lines. Each stays behind the labels, so that none looks like a field.
    pub(crate) fn text(&mut self, label: &str, text: &str) -> io::Result<()> {
        let lines = text.lines().count();
        self.rows(label, text.lines().take(MAX_LINES))?;
        match lines.checked_sub(MAX_LINES) {
            None | Some(0) => Ok(()),
            Some(more) => self.rows("", [format!("({more} more lines)")]),
        }
    }

    fn value(&mut self, value: &str) -> io::Result<()> {
        let end = value.floor_char_boundary(MAX_BYTES);
        let (start, rest) = value.split_at(end);
        let shown = text::visible(start);
        let fitting = text::fit(&shown, MAX_VALUE);
        // `fit` marks what it cut itself.
        let mark = if rest.is_empty() || fitting.len() < shown.len() { "" } else { "…" };
        writeln!(self.out, "{fitting}{mark}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(write: impl FnOnce(&mut Fields<&mut Vec<u8>>) -> io::Result<()>) -> String {
        let mut out = Vec::new();
        write(&mut Fields::new(&mut out, Style::new(false))).expect("memory");
        String::from_utf8(out).expect("UTF-8")
    }

    #[test]
    fn values_are_aligned() {
        let text = shown(|fields| {
            fields.row("Name", "a")?;
            fields.rows("Trackers", ["b", "c"])?;
            fields.rows("Nodes", [""; 0])?;
            fields.maybe("Source", None)
        });
        assert_eq!(text, "Name            a\nTrackers        b\n                c\n");
    }

    #[test]
    fn texts_cannot_pose_as_fields() {
        let text = shown(|fields| fields.text("Comment", "one\r\nSize  lie\x1b[2J"));
        assert_eq!(text, "Comment         one\n                Size  lie\\u{1b}[2J\n");
        let long = shown(|fields| fields.text("Comment", &"x\n".repeat(MAX_LINES + 2)));
        assert!(long.ends_with(" (2 more lines)\n"), "{long}");
    }

    #[test]
    fn long_values_are_cut() {
        let text = shown(|fields| fields.row("Name", &"ü".repeat(100_000)));
        assert!(text.ends_with("ü…\n") && text.len() < 5000, "{}", text.len());
        let zero_width = shown(|fields| fields.row("Name", &"e\u{301}".repeat(100_000)));
        assert!(zero_width.len() < MAX_BYTES + 100);
    }
}
