//! The command line's root: flags of the frame, the subcommands, and how a run begins and ends.
//!
//! Owns parsing, dispatch by program name, and the way from an error to an exit status. Does not know
//! what a command does.

mod version;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::error::ErrorKind as ClapKind;
use clap::{Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use crate::commands::{CreateTorrent, Edit, Inspect, Magnet, Util, Verify};
use crate::config::{self, Flags, ProgressWhen, When};
use crate::env::Env;
use crate::exit::{CommandError, ErrorKind, ExitStatus};
use crate::ui;

/// The name of the program, whatever it was started as.
pub(crate) const NAME: &str = "ccbt";
/// What it is, in a line.
const ABOUT: &str = "Every BitTorrent tool in one binary";
/// Columns of help text where no terminal says otherwise.
const USUAL_COLUMNS: usize = 100;

/// A command line as typed.
#[derive(Debug, Parser)]
#[command(name = NAME, about = ABOUT, long_about = None, version, propagate_version = true, arg_required_else_help = true)]
#[command(subcommand_required = true, infer_long_args = false)]
struct Cli {
    #[command(flatten)]
    global: GlobalArgs,
    #[command(subcommand)]
    command: Root,
}

// Flags that every command takes; a doc comment here would become the description of ccbt.
#[derive(Debug, Args)]
#[command(next_help_heading = "Global options")]
struct GlobalArgs {
    /// Results, and the error if there is one, as JSON on standard output
    #[arg(long, global = true)]
    json: bool,
    /// When to use colour
    #[arg(long, global = true, value_name = "WHEN")]
    color: Option<When>,
    /// When and how to show progress on standard error
    #[arg(long, global = true, value_name = "WHEN")]
    progress: Option<ProgressWhen>,
    /// Settings file, instead of a `ccbt.toml` in or above the working directory
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// No notes, no warnings, no progress bar
    #[arg(long, short, global = true, conflicts_with = "verbose")]
    quiet: bool,
    /// More about what is done and why; with --version, the hash kernels of this machine
    #[arg(long, short, global = true)]
    verbose: bool,
}

#[derive(Debug, Subcommand)]
enum Root {
    #[command(flatten)]
    Command(Command),
    #[command(hide = true)]
    Util(Util),
}

// The subcommands people see; a doc comment here would become the description of ccbt.
#[derive(Debug, Subcommand)]
enum Command {
    CreateTorrent(Box<CreateTorrent>),
    Edit(Box<Edit>),
    Inspect(Inspect),
    Magnet(Magnet),
    Verify(Verify),
}

/// Runs the command line of `env` and gives the exit status.
pub fn run(mut env: Env) -> ExitStatus {
    let args = dispatch(&env.args);
    let status = match parse(&args, env.width) {
        Ok(cli) => execute(&mut env, cli),
        Err(error) => unparsed(&mut env, &args, &error),
    };
    finish(&mut env, &args, status)
}

/// The command tree as documents describe it: without what is hidden, the same on every machine.
pub(crate) fn documented() -> clap::Command {
    let root = clap::Command::new(NAME)
        .version(env!("CARGO_PKG_VERSION"))
        .about(ABOUT)
        .propagate_version(true)
        .subcommand_required(true);
    Command::augment_subcommands(GlobalArgs::augment_args(root)).term_width(USUAL_COLUMNS)
}

/// Started through a link or a copy named `ccbt-verify` or `verify`, the program is that subcommand.
fn dispatch(args: &[OsString]) -> Vec<OsString> {
    let mut dispatched = vec![OsString::from(NAME)];
    if let Some(name) = args.first().and_then(|program| subcommand_of(Path::new(program))) {
        dispatched.push(name.into());
    }
    dispatched.extend(args.iter().skip(1).cloned());
    dispatched
}

fn subcommand_of(program: &Path) -> Option<String> {
    let name = program.file_name()?.to_str()?;
    let name = match name.len().checked_sub(4).and_then(|end| name.split_at_checked(end)) {
        Some((stem, extension)) if extension.eq_ignore_ascii_case(".exe") => stem,
        _ => name,
    };
    if name == NAME {
        // The usual name; to look it up would build the command tree twice at every start.
        return None;
    }
    let name = name.strip_prefix("ccbt-").unwrap_or(name);
    let mut known =
        documented().get_subcommands().map(|command| command.get_name().to_owned()).collect::<Vec<_>>();
    known.retain(|known| known == name);
    known.pop()
}

fn parse(args: &[OsString], width: Option<usize>) -> Result<Cli, clap::Error> {
    let command = Cli::command().term_width(width.unwrap_or(USUAL_COLUMNS));
    let mut matches = command.try_get_matches_from(args)?;
    Cli::from_arg_matches_mut(&mut matches)
}

/// Runs a command that could be parsed.
fn execute(env: &mut Env, cli: Cli) -> Result<ExitStatus, CommandError> {
    let flags = Flags::from(cli.global);
    let resolved = config::resolve(env, &flags)?;
    let settings = resolved.settings;
    for warning in &resolved.warnings {
        ui::warn(env, &settings, warning);
    }
    for detail in &resolved.details {
        ui::detail(env, &settings, detail);
    }
    match cli.command {
        Root::Command(Command::CreateTorrent(command)) => command.run(env, &settings),
        Root::Command(Command::Edit(command)) => command.run(env, &settings),
        Root::Command(Command::Inspect(command)) => command.run(env, &settings),
        Root::Command(Command::Magnet(command)) => command.run(env, &settings),
        Root::Command(Command::Verify(command)) => command.run(env, &settings),
        Root::Util(command) => command.run(env, &settings),
    }
}

/// Help and version, which people asked for, or a command line that cannot be understood.
fn unparsed(env: &mut Env, args: &[OsString], error: &clap::Error) -> Result<ExitStatus, CommandError> {
    match error.kind() {
        ClapKind::DisplayHelp => {
            let color = config::color(env, raw_color(args)).out;
            let help = error.render();
            let help = if color { help.ansi().to_string() } else { help.to_string() };
            env.out.write_all(help.as_bytes())?;
            Ok(ExitStatus::Success)
        }
        ClapKind::DisplayVersion => {
            let verbose = raw_short(args, 'v') || raw_long(args, "--verbose");
            let config = raw_value(args, "--config").map(PathBuf::from);
            let version = version::text(env, verbose, config)?;
            env.out.write_all(version.as_bytes())?;
            Ok(ExitStatus::Success)
        }
        ClapKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            let help = error.render().to_string();
            env.err.line(help.trim_end());
            Ok(ExitStatus::Usage)
        }
        _ => {
            let color = config::color(env, raw_color(args)).err;
            Ok(ui::error::report_usage(env, raw_long(args, "--json"), color, args, error))
        }
    }
}

/// Sends the last of the results on their way and tells of what went wrong.
fn finish(env: &mut Env, args: &[OsString], status: Result<ExitStatus, CommandError>) -> ExitStatus {
    let status = status.and_then(|status| {
        let flushed = env.out.flush();
        match flushed.map_err(CommandError::from) {
            // The answer was found before its reader went away.
            Err(error) if error.kind == ErrorKind::ClosedPipe => Ok(status),
            Err(error) => Err(error),
            Ok(()) => Ok(status),
        }
    });
    status.unwrap_or_else(|mut error| {
        // A read that was given up because the user asked to stop did not fail.
        if error.kind == ErrorKind::Read && env.is_interrupted() {
            error.kind = ErrorKind::Interrupted;
        }
        let color = config::color(env, raw_color(args)).err;
        ui::error::report(env, raw_long(args, "--json"), color, &error)
    })
}

impl From<GlobalArgs> for Flags {
    fn from(args: GlobalArgs) -> Self {
        Self {
            json: args.json,
            quiet: args.quiet,
            verbose: args.verbose,
            color: args.color,
            progress: args.progress,
            config: args.config,
        }
    }
}

/// The arguments that may be flags, where a command line could not be parsed.
fn raw(args: &[OsString]) -> impl Iterator<Item = &str> {
    args.iter().skip(1).map_while(|arg| (arg != "--").then(|| arg.to_str().unwrap_or_default()))
}

fn raw_long(args: &[OsString], flag: &str) -> bool {
    raw(args).any(|arg| arg == flag)
}

fn raw_short(args: &[OsString], flag: char) -> bool {
    raw(args).any(|arg| arg.starts_with('-') && !arg.starts_with("--") && arg.contains(flag))
}

fn raw_value<'a>(args: &'a [OsString], flag: &str) -> Option<&'a str> {
    let mut words = raw(args);
    while let Some(word) = words.next() {
        match word.strip_prefix(flag) {
            Some("") => return words.next(),
            Some(joined) if joined.starts_with('=') => return joined.get(1..),
            _ => {}
        }
    }
    None
}

fn raw_color(args: &[OsString]) -> Option<When> {
    raw_value(args, "--color").and_then(|value| <When as clap::ValueEnum>::from_str(value, false).ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::examples;

    #[test]
    fn the_command_tree_is_sound() {
        Cli::command().debug_assert();
        documented().debug_assert();
    }

    /// The words of the part of a shell line that is ours: behind pipes, without quotes.
    fn words(line: &str) -> Vec<OsString> {
        let ours = line.rsplit(" | ").next().unwrap();
        let mut words: Vec<String> = Vec::new();
        for (index, part) in ours.split('\'').enumerate() {
            if index % 2 == 0 {
                let mut pieces = part.split(' ');
                // What touches a quote belongs to the word before it.
                let first = pieces.next().unwrap_or_default();
                match words.last_mut() {
                    Some(last) => last.push_str(first),
                    None => words.push(first.to_owned()),
                }
                words.extend(pieces.map(str::to_owned));
            } else if let Some(last) = words.last_mut() {
                last.push_str(part);
            }
        }
        words.into_iter().map(OsString::from).collect()
    }

    #[test]
    fn every_option_has_an_example_that_the_parser_takes() {
        let mut root = documented();
        root.build();
        let commands = root.get_subcommands().filter(|command| command.get_name() != "help");
        for command in commands.chain([&root]) {
            let lines: Vec<_> =
                examples::of(command.get_name()).iter().map(|example| words(&example.line)).collect();
            for line in &lines {
                assert_eq!(line[0], NAME, "{line:?}");
                if command.get_name() != NAME {
                    assert_eq!(line[1], command.get_name(), "{line:?}");
                }
                match parse(line, None) {
                    Ok(_) => {}
                    Err(error) => assert!(
                        matches!(error.kind(), ClapKind::DisplayHelp | ClapKind::DisplayVersion),
                        "{line:?}: {error}"
                    ),
                }
            }
            for argument in command.get_arguments().filter(|argument| !argument.is_positional()) {
                let long = format!("--{}", argument.get_long().expect("every option has a long form"));
                let with_value = format!("{long}=");
                let is_shown = |word: &OsString| {
                    word.to_str().is_some_and(|word| word == long || word.starts_with(&with_value))
                };
                assert!(
                    lines.iter().flatten().any(is_shown),
                    "{}: no example of {long} in src/commands/util/examples.rs",
                    command.get_name()
                );
            }
        }
    }

    #[test]
    fn links_are_subcommands() {
        let named = |program: &str| subcommand_of(Path::new(program));
        for program in ["ccbt-verify", "verify", "/usr/bin/ccbt-verify", "./verify.exe", "ccbt-verify.EXE"] {
            assert_eq!(named(program).as_deref(), Some("verify"), "{program}");
        }
        assert_eq!(named("ccbt-create-torrent").as_deref(), Some("create-torrent"));
        for program in ["ccbt", "ccbt.exe", "ccbt-1.0", "util", "ccbt-util", "verify-ccbt", "", "é.exe"] {
            assert_eq!(named(program), None, "{program}");
        }
    }

    #[test]
    fn documents_and_parser_know_the_same_commands() {
        let command = Cli::command();
        let visible: Vec<_> =
            command.get_subcommands().filter(|c| !c.is_hide_set()).map(|c| c.get_name()).collect();
        let documented = documented();
        let written: Vec<_> = documented.get_subcommands().map(|c| c.get_name()).collect();
        assert_eq!(visible, written);
    }

    #[test]
    fn flags_after_two_dashes_are_no_flags() {
        let args: Vec<OsString> = ["ccbt", "--color", "never", "--", "--json"].map(Into::into).into();
        assert!(!raw_long(&args, "--json"));
        assert_eq!(raw_color(&args), Some(When::Never));
        let args: Vec<OsString> = ["ccbt", "--colors=x", "--color=always", "--config"].map(Into::into).into();
        assert_eq!(raw_color(&args), Some(When::Always));
        assert_eq!(raw_value(&args, "--config"), None);
    }
}
