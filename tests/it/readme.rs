//! Runs the commands that README.md shows, in its order, as they stand there.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::rust_source::root;

/// A command of a `sh` block, and the code it must end with: `# exit N` behind it, or 0.
struct Example {
    line: usize,
    text: String,
    code: i32,
}

/// The commands of every `sh` block that the tests can run: not those of cargo, which run the tests.
fn examples(readme: &str) -> Vec<Example> {
    let mut examples = Vec::new();
    let mut inside = false;
    for (index, line) in readme.lines().enumerate() {
        if line.starts_with("```") {
            inside = line == "```sh";
            continue;
        }
        if !inside {
            continue;
        }
        let (text, code) = match line.rsplit_once("  # exit ") {
            Some((text, code)) => (text, code.parse().expect("an exit code")),
            None => (line, 0),
        };
        let steps = text.split(" && ").filter(|step| !step.starts_with("cargo "));
        examples.extend(steps.map(|step| Example { line: index + 1, text: String::from(step), code }));
    }
    examples
}

/// The files that the examples speak of.
fn prepare(directory: &Path) {
    let files = [
        ("docs/guide.md", 5_000),
        ("docs/images/logo.svg", 70_000),
        ("film.mkv", 300_000),
        ("photos/2024/a.jpg", 90_000),
        ("photos/2025/b.jpg", 120_001),
        ("album/01.flac", 400_000),
        ("album/02.flac", 200_000),
        ("album/notes.txt", 100),
    ];
    for (path, length) in files {
        let path = directory.join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder for the examples");
        let bytes: Vec<u8> =
            (0..length).map(|at: u32| (at.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
        fs::write(path, bytes).expect("a file for the examples");
    }
}

#[cfg(unix)]
#[test]
fn the_commands_in_the_readme_run() {
    let readme = fs::read_to_string(root().join("README.md")).expect("a readme");
    let examples = examples(&readme);
    assert!(examples.iter().filter(|example| example.text.starts_with("ccbt ")).count() > 10);
    let directory = tempfile::tempdir().expect("a directory for the examples");
    prepare(directory.path());
    let binary = Path::new(env!("CARGO_BIN_EXE_ccbt"));
    let mut path = std::ffi::OsString::from(binary.parent().expect("a folder"));
    path.push(":");
    path.push(std::env::var_os("PATH").unwrap_or_default());
    for example in examples {
        let mut command = Command::new("sh");
        command.args(["-c", &example.text]).current_dir(directory.path());
        command.env("PATH", &path).env("XDG_CONFIG_HOME", directory.path().join("no-settings"));
        let output = command.output().expect("a shell");
        assert_eq!(
            output.status.code(),
            Some(example.code),
            "README.md, line {}: {}\n{}{}",
            example.line,
            example.text,
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr),
        );
    }
}

/// The two commands that matter stand first, and continuous integration runs the second.
#[test]
fn the_readme_begins_with_what_matters() {
    let readme = fs::read_to_string(root().join("README.md")).expect("a readme");
    let first: Vec<&str> = readme
        .split("```sh\n")
        .skip(1)
        .take(2)
        .map(|block| block.split("\n```").next().unwrap_or_default())
        .collect();
    assert!(first[0].starts_with("cargo install --path . --locked && ccbt create-torrent --hybrid "));
    assert!(first[0].contains(" && ccbt verify "));
    assert_eq!(first[1], "cargo test --locked");
    for script in [".ci/run", "ci/check"] {
        let script = fs::read_to_string(root().join(script)).expect("a script");
        assert!(script.lines().any(|line| line.ends_with(first[1])), "the tests are run as README says");
    }
}
