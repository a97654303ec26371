//! Colour and weight of text, or none.

use std::fmt::{self, Display};

/// Styles text when colour is on and leaves it alone otherwise.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Style {
    on: bool,
}

impl Style {
    /// Styles for a stream with colour or without.
    pub(crate) fn new(on: bool) -> Self {
        Self { on }
    }

    /// Whether it styles anything.
    pub(crate) fn is_on(self) -> bool {
        self.on
    }

    pub(crate) fn bold<T: Display>(self, text: T) -> Styled<T> {
        self.with("1", text)
    }

    pub(crate) fn dim<T: Display>(self, text: T) -> Styled<T> {
        self.with("2", text)
    }

    pub(crate) fn red<T: Display>(self, text: T) -> Styled<T> {
        self.with("31", text)
    }

    pub(crate) fn green<T: Display>(self, text: T) -> Styled<T> {
        self.with("32", text)
    }

    pub(crate) fn yellow<T: Display>(self, text: T) -> Styled<T> {
        self.with("33", text)
    }

    pub(crate) fn cyan<T: Display>(self, text: T) -> Styled<T> {
        self.with("36", text)
    }

    /// Red and bold, for the one word that must be seen.
    pub(crate) fn alarm<T: Display>(self, text: T) -> Styled<T> {
        self.with("1;31", text)
    }

    fn with<T: Display>(self, code: &'static str, text: T) -> Styled<T> {
        Styled { code: self.on.then_some(code), text }
    }
}

/// Text with the codes around it that its style asks for (ECMA-48 SGR).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Styled<T> {
    code: Option<&'static str>,
    text: T,
}

impl<T: Display> Display for Styled<T> {
    /// Width and alignment apply to the text, not to the codes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(code) = self.code else { return self.text.fmt(f) };
        write!(f, "\x1b[{code}m")?;
        self.text.fmt(f)?;
        f.write_str("\x1b[0m")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_colour_text_is_left_alone() {
        assert_eq!(Style::new(false).alarm("x").to_string(), "x");
        assert_eq!(Style::new(true).alarm("x").to_string(), "\x1b[1;31mx\x1b[0m");
    }

    #[test]
    fn padding_applies_to_the_text() {
        assert_eq!(format!("{:>3}", Style::new(true).bold("x")), "\x1b[1m  x\x1b[0m");
    }
}
