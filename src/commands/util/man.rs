//! Man pages: one for ccbt, one for each subcommand.
//!
//! The title is `clap_mangen`'s. Its other sections are not used: `mandoc -Tlint` objects to how they
//! break lines and nest lists, and their synopsis does not tell what may be repeated.

use clap::Command;
use clap::builder::StyledStr;

use super::markdown::{flag_forms, visible_arguments, visible_subcommands};
use super::{Document, examples};
use crate::config::KEYS;
use crate::exit::{CommandError, ExitStatus};

/// When this version's documents were made: pages must not depend on the day they are generated.
const DATE: &str = "2026-11-23";
/// Bytes of an input line that `mandoc -Tlint` puts up with.
const LONGEST_LINE: usize = 80;
/// Columns of an example: those of a terminal less the indentation, and a backslash.
const LONGEST_EXAMPLE: usize = 66;
const MANUAL: &str = "ccbt manual";

/// Every page.
pub(super) fn pages() -> Result<Vec<Document>, CommandError> {
    let mut root = crate::cli::documented();
    root.build();
    let names: Vec<String> = visible_subcommands(&root).map(page_name).collect();
    let mut documents = vec![page(&root, &names)?];
    for subcommand in visible_subcommands(&root) {
        documents.push(page(subcommand, &["ccbt".to_owned()])?);
    }
    Ok(documents)
}

fn page_name(command: &Command) -> String {
    command.get_display_name().unwrap_or(command.get_name()).to_owned()
}

fn page(command: &Command, see_also: &[String]) -> Result<Document, CommandError> {
    let name = page_name(command);
    let man = clap_mangen::Man::new(command.clone())
        .title(name.to_uppercase())
        .date(DATE)
        .source(concat!("ccbt ", env!("CARGO_PKG_VERSION")))
        .manual(MANUAL);
    let mut head = Vec::new();
    man.render_title(&mut head)?;
    let mut page = Page { text: String::from_utf8_lossy(&head).into_owned() };
    page.section("NAME");
    page.line(&format!("{} \\- {}", escape(&name), escape(&plain(command.get_about()))));
    page.section("SYNOPSIS");
    page.synopsis(command);
    page.section("DESCRIPTION");
    page.paragraphs(&plain(command.get_long_about().or(command.get_about())));
    page.commands(command);
    page.options(command);
    page.examples(command);
    page.exit_status();
    if command.get_name() == "ccbt" {
        page.settings();
    }
    page.section("SEE ALSO");
    let references: Vec<String> =
        see_also.iter().map(|name| format!("\\fB{}\\fR(1)", escape(name))).collect();
    page.line(&references.join(",\n"));
    Ok(Document { name: format!("{name}.1"), bytes: page.text.into_bytes() })
}

/// A page that grows from top to bottom (man(7)).
struct Page {
    text: String,
}

impl Page {
    fn synopsis(&mut self, command: &Command) {
        let usage = command.clone().render_usage().to_string();
        for (index, form) in usage.trim_start_matches("Usage:").lines().enumerate() {
            if index > 0 {
                self.line(".br");
            }
            let form = form.trim();
            let name = command.get_bin_name().unwrap_or(command.get_name());
            match form.strip_prefix(name) {
                Some(rest) => self.line(&format!("{}{}", bold(name), escape(rest))),
                None => self.line(&escape(form)),
            }
        }
    }

    fn commands(&mut self, command: &Command) {
        let mut subcommands = visible_subcommands(command).peekable();
        if subcommands.peek().is_none() {
            return;
        }
        self.section("COMMANDS");
        for subcommand in subcommands {
            let tag = format!("\\fB{}\\fR(1)", escape(&page_name(subcommand)));
            self.entry(&tag, &plain(subcommand.get_about()));
        }
    }

    fn options(&mut self, command: &Command) {
        let mut heading = None;
        for argument in visible_arguments(command) {
            let wanted = match (argument.is_positional(), argument.get_help_heading()) {
                (true, _) => "ARGUMENTS".to_owned(),
                (false, None) => "OPTIONS".to_owned(),
                (false, Some(heading)) => heading.to_uppercase(),
            };
            if heading.as_ref() != Some(&wanted) {
                self.section(&wanted);
                heading = Some(wanted);
            }
            let tag: Vec<String> = flag_forms(argument).iter().map(|form| bold(form)).collect();
            let help = plain(argument.get_long_help().or(argument.get_help()));
            self.entry(&tag.join(", "), &help);
            self.possible_values(argument);
        }
    }

    fn possible_values(&mut self, argument: &clap::Arg) {
        let values = argument.get_possible_values();
        if values.is_empty() || argument.is_hide_possible_values_set() {
            return;
        }
        self.line(".RS");
        for value in values.iter().filter(|value| !value.is_hide_set()) {
            self.entry(&bold(value.get_name()), &plain(value.get_help()));
        }
        self.line(".RE");
    }

    /// Each as a line to be typed, below what it does.
    fn examples(&mut self, command: &Command) {
        self.section("EXAMPLES");
        for (index, example) in examples::of(command.get_name()).iter().enumerate() {
            if index > 0 {
                self.line(".PP");
            }
            self.line(&escape(example.does));
            self.line(".PP");
            self.line(".RS 4");
            self.line(".nf");
            // Nothing in it is markup, and words stay where they are.
            for line in continued(&example.line) {
                self.text.push_str(&literal(&line));
                self.text.push('\n');
            }
            self.line(".fi");
            self.line(".RE");
        }
    }

    fn exit_status(&mut self) {
        self.section("EXIT STATUS");
        for (status, meaning) in ExitStatus::TABLE {
            self.entry(&bold(&status.code().to_string()), meaning);
        }
    }

    fn settings(&mut self) {
        self.section("SETTINGS");
        self.paragraphs(super::markdown::SETTINGS);
        for key in KEYS {
            let name = if key.section.is_empty() {
                key.name.to_owned()
            } else {
                format!("{}.{}", key.section, key.name)
            };
            let help = format!("{} Default: {}. Variable: {}.", key.meaning, key.default, key.variable());
            self.entry(&bold(&name), &help);
        }
        self.section("ENVIRONMENT");
        for (name, meaning) in super::markdown::ENVIRONMENT {
            self.entry(&bold(name), meaning);
        }
    }

    fn section(&mut self, title: &str) {
        self.line(&format!(".SH \"{}\"", escape(title)));
    }

    /// A tagged paragraph; further paragraphs of its text are indented as the first.
    fn entry(&mut self, tag: &str, help: &str) {
        self.line(".TP");
        self.line(tag);
        let mut first = true;
        for paragraph in paragraphs(help) {
            if !first {
                self.line(".IP");
            }
            self.line(&escape(&paragraph));
            first = false;
        }
        if first {
            self.line("\\&");
        }
    }

    fn paragraphs(&mut self, text: &str) {
        for (index, paragraph) in paragraphs(text).enumerate() {
            if index > 0 {
                self.line(".PP");
            }
            self.line(&escape(&paragraph));
        }
    }

    /// Adds one line of input, broken between words where it is long; requests are kept whole.
    fn line(&mut self, line: &str) {
        let limit = if line.starts_with('.') { usize::MAX } else { LONGEST_LINE };
        let mut used = 0;
        for word in line.split(' ').filter(|word| !word.is_empty()) {
            let fits = used + 1 + word.len() <= limit;
            match used {
                0 => {}
                _ if fits => self.text.push(' '),
                _ => self.text.push('\n'),
            }
            let guard = if used > 0 && !fits && word.starts_with('.') { "\\&" } else { "" };
            self.text.push_str(guard);
            self.text.push_str(word);
            used = guard.len() + word.len() + if used > 0 && fits { used + 1 } else { 0 };
        }
        self.text.push('\n');
    }
}

fn plain(text: Option<&StyledStr>) -> String {
    text.map(ToString::to_string).unwrap_or_default()
}

/// The paragraphs of a text, each on one line.
fn paragraphs(text: &str) -> impl Iterator<Item = String> {
    let joined =
        |paragraph: &str| paragraph.lines().map(str::trim).collect::<Vec<_>>().join(" ").trim().to_owned();
    text.split("\n\n").map(joined).filter(|paragraph| !paragraph.is_empty())
}

fn bold(text: &str) -> String {
    format!("\\fB{}\\fR", escape(text))
}

/// Text that roff takes as it is; backticks, which mark literals, become bold.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    let mut literal = false;
    for character in text.chars() {
        match character {
            '\\' => escaped.push_str("\\e"),
            '-' => escaped.push_str("\\-"),
            '`' => {
                literal = !literal;
                escaped.push_str(if literal { "\\fB" } else { "\\fR" });
            }
            '\'' => escaped.push_str("\\(aq"),
            '…' => escaped.push_str("..."),
            other => escaped.push(other),
        }
    }
    if escaped.starts_with('.') { format!("\\&{escaped}") } else { escaped }
}

/// A command line on as many lines as it takes, broken before options as a shell reads it.
fn continued(line: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for (index, part) in line.split(" --").enumerate() {
        let part = if index == 0 { part.to_owned() } else { format!("--{part}") };
        match lines.last_mut() {
            Some(last) if last.is_empty() => last.push_str(&part),
            Some(last) if last.len() + 1 + part.len() <= LONGEST_EXAMPLE => {
                last.push(' ');
                last.push_str(&part);
            }
            last => {
                last.into_iter().for_each(|last| last.push_str(" \\"));
                lines.push(format!("    {part}"));
            }
        }
    }
    lines
}

/// Text that is shown as it is, backticks and all.
fn literal(text: &str) -> String {
    text.replace('\\', "\\e").replace('-', "\\-").replace('\'', "\\(aq").replace('`', "\\(ga")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_become_a_request() {
        assert_eq!(escape(".SH x"), "\\&.SH x");
        assert_eq!(escape("a\\b --flag"), "a\\eb \\-\\-flag");
        assert_eq!(escape("'x' `-`"), "\\(aqx\\(aq \\fB\\-\\fR");
    }

    #[test]
    fn long_examples_are_continued_before_options() {
        assert_eq!(continued("ccbt verify a --strict"), ["ccbt verify a --strict"]);
        let long = format!("ccbt edit a --comment {} --private --source B", "x".repeat(60));
        let expected =
            ["ccbt edit a \\", &format!("    --comment {} \\", "x".repeat(60)), "    --private --source B"];
        assert_eq!(continued(&long), expected);
        assert_eq!(literal("a-'`\\"), "a\\-\\(aq\\(ga\\e");
    }

    #[test]
    fn paragraphs_are_one_line_each() {
        let found: Vec<_> = paragraphs("a\nb\n\n\n\n c ").collect();
        assert_eq!(found, ["a b", "c"]);
    }
}
