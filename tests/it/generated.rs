//! Completions, man pages and the reference are what the program generates, and work.
//!
//! `CCBT_REGEN=1 cargo test --test it generated` rewrites them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use ccbt::env::testing::TestEnv;
use ccbt::exit::ExitStatus;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn files(directory: &Path) -> BTreeMap<String, Vec<u8>> {
    let Ok(entries) = std::fs::read_dir(directory) else { return BTreeMap::new() };
    let paths = entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_file());
    paths
        .map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), std::fs::read(path).unwrap()))
        .collect()
}

/// Generates with `what` into an empty directory and compares with (or rewrites) `checked_in`.
fn compare(what: &str, checked_in: &str) {
    let directory = tempfile::tempdir().unwrap();
    TestEnv::new(directory.path()).args(["util", what, "out"]).run().expect(ExitStatus::Success);
    let generated = files(&directory.path().join("out"));
    let checked_in = root().join(checked_in);
    if std::env::var_os("CCBT_REGEN").is_some_and(|value| value == "1") {
        std::fs::create_dir_all(&checked_in).unwrap();
        for stale in files(&checked_in).keys().filter(|name| !generated.contains_key(*name)) {
            std::fs::remove_file(checked_in.join(stale)).unwrap();
        }
        for (name, bytes) in &generated {
            std::fs::write(checked_in.join(name), bytes).unwrap();
        }
    }
    let found = files(&checked_in);
    assert_eq!(found.keys().collect::<Vec<_>>(), generated.keys().collect::<Vec<_>>());
    for (name, bytes) in &generated {
        assert!(
            found[name] == *bytes,
            "{name} is stale: `CCBT_REGEN=1 cargo test --test it generated` rewrites it"
        );
    }
}

#[test]
fn completions_are_current() {
    compare("completions", "completions");
}

#[test]
fn man_pages_are_current() {
    compare("man", "man");
}

#[test]
fn the_reference_is_current() {
    let generated = TestEnv::new(".").args(["util", "markdown-help", "-"]).run().expect(ExitStatus::Success);
    let path = root().join("docs/CLI.md");
    if std::env::var_os("CCBT_REGEN").is_some_and(|value| value == "1") {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &generated.stdout).unwrap();
    }
    let found = std::fs::read(&path).unwrap_or_default();
    assert!(found == generated.stdout, "docs/CLI.md is stale: `CCBT_REGEN=1 cargo test --test it generated`");
}

/// Nothing generated depends on where, when or by whom.
#[test]
fn documents_do_not_depend_on_the_machine() {
    let plain = TestEnv::new(".").args(["util", "markdown-help", "-"]).run();
    let other = TestEnv::new("/").terminal(40).var("HOME", "/nowhere").var("CCBT_THREADS", "7");
    assert_eq!(other.args(["util", "markdown-help", "-"]).run().stdout, plain.stdout);
}

#[test]
fn every_man_page_has_the_exit_codes() {
    let pages = files(&root().join("man"));
    assert!(pages.contains_key("ccbt.1") && pages.contains_key("ccbt-verify.1"));
    for (name, bytes) in pages {
        let text = String::from_utf8(bytes).unwrap();
        assert!(text.contains(".SH \"EXIT STATUS\"") && text.contains("\\fB130\\fR"), "{name}");
    }
}

/// Runs a program over a checked-in file; says so and gives nothing when it is not installed.
fn run(test: &str, program: &str, args: &[&str]) -> Option<Output> {
    match Command::new(program).args(args).current_dir(root()).output() {
        Ok(output) => Some(output),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            crate::skip::missing(test, program);
            None
        }
        Err(error) => panic!("{program}: {error}"),
    }
}

#[track_caller]
fn assert_quiet(output: &Output, wanted: &str) {
    let out = String::from_utf8_lossy(&output.stdout);
    let err = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && err.is_empty() && out.contains(wanted), "{out}\n{err}");
}

#[test]
fn bash_loads_the_completions() {
    let script = "source completions/ccbt.bash && complete -p ccbt && \
        COMP_WORDS=(ccbt ver) COMP_CWORD=1 && _ccbt ccbt ver ccbt && echo \"${COMPREPLY[@]}\"";
    if let Some(output) = run("bash_loads_the_completions", "bash", &["--norc", "--noprofile", "-c", script])
    {
        assert_quiet(&output, "verify");
    }
}

#[test]
fn zsh_loads_the_completions() {
    // As a user has it: found through fpath by its first line, then loaded whole.
    let dump = tempfile::tempdir().unwrap();
    let script = format!(
        "fpath=($PWD/completions $fpath); autoload -Uz compinit; compinit -u -d {}/dump; \
         print -r -- $_comps[ccbt]; autoload +X _ccbt && print -r -- loaded",
        dump.path().display()
    );
    if let Some(output) = run("zsh_loads_the_completions", "zsh", &["-f", "-c", &script]) {
        assert_quiet(&output, "_ccbt\nloaded");
    }
}

#[test]
fn fish_loads_the_completions() {
    let script = "source completions/ccbt.fish; complete -C 'ccbt ver'";
    if let Some(output) = run("fish_loads_the_completions", "fish", &["--no-config", "-c", script]) {
        assert_quiet(&output, "verify");
    }
}

#[test]
fn mandoc_finds_nothing_in_the_man_pages() {
    let pages: Vec<PathBuf> =
        files(&root().join("man")).into_keys().map(|name| root().join("man").join(name)).collect();
    let mut args = vec!["-Tlint"];
    args.extend(pages.iter().map(|path| path.to_str().unwrap()));
    if let Some(output) = run("mandoc_finds_nothing_in_the_man_pages", "mandoc", &args) {
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && said.is_empty(), "{said}");
    }
}
