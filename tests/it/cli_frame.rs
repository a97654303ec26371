//! The frame around every command: streams, errors, settings, names, signals.

use std::process::{Command, Stdio};

use ccbt::env::testing::TestEnv;
use ccbt::exit::ExitStatus;

use crate::schema;

fn here() -> TestEnv {
    // A directory that no settings file lies in or above.
    TestEnv::new("/nonexistent")
}

#[test]
fn help_goes_to_standard_output() {
    let help = here().args(["--help"]).run().expect(ExitStatus::Success);
    assert!(help.text().contains("create-torrent") && help.stderr.is_empty());
    assert!(!help.text().contains("util"), "hidden commands stay hidden");
    let verify = here().args(["verify", "-h"]).run().expect(ExitStatus::Success);
    assert!(verify.text().contains("Usage: ccbt verify"));
}

#[test]
fn help_is_as_wide_as_the_terminal() {
    let help = here().terminal(60).var("NO_COLOR", "1").args(["--help"]).run();
    let widest = help.text().lines().map(|line| line.chars().count()).max();
    assert!(widest <= Some(60), "{widest:?}");
}

#[test]
fn help_has_colour_only_where_asked() {
    assert!(!here().args(["--help"]).run().text().contains('\x1b'));
    assert!(here().terminal(80).args(["--help"]).run().text().contains('\x1b'));
    assert!(!here().terminal(80).args(["--color=never", "--help"]).run().text().contains('\x1b'));
    assert!(!here().terminal(80).var("NO_COLOR", "1").args(["--help"]).run().text().contains('\x1b'));
}

#[test]
fn no_command_is_a_usage_error() {
    let outcome = here().run().expect(ExitStatus::Usage);
    assert!(outcome.stdout.is_empty() && outcome.stderr.contains("Usage: ccbt"));
}

#[test]
fn version_tells_the_kernels_when_asked() {
    let version = format!("ccbt {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(here().args(["--version"]).run().expect(ExitStatus::Success).text(), version);
    assert_eq!(here().args(["-V"]).run().text(), version);
    assert_eq!(here().program("ccbt-verify").args(["--version"]).run().text(), version);
    for args in [["--version", "--verbose"], ["--verbose", "--version"], ["-v", "-V"]] {
        let text = here().args(args).run().expect(ExitStatus::Success).text();
        assert!(text.starts_with(&version) && text.contains("hash kernels: "), "{text}");
    }
    let forced = here().var("CCBT_HASH_KERNEL", "portable").args(["--version", "--verbose"]).run();
    assert!(forced.expect(ExitStatus::Success).text().contains("portable"));
}

#[test]
fn an_unknown_kernel_names_those_there_are() {
    let outcome = here().var("CCBT_HASH_KERNEL", "abacus").args(["verify", "x"]).run();
    let outcome = outcome.expect(ExitStatus::Usage);
    assert!(outcome.stderr.contains("abacus") && outcome.stderr.contains("hint:"), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("portable"), "{}", outcome.stderr);
}

/// Each code by a command that ends with it; the README and the man pages have the same table.
#[test]
fn every_exit_code_means_what_the_readme_says() {
    let root = crate::tree::golden();
    let run = |args: &[&str]| TestEnv::new(root.path()).args(args.to_vec()).run();
    run(&["create-torrent", "t"]).expect(ExitStatus::Success);
    run(&["verify", "t.torrent", "t"]).expect(ExitStatus::Success);
    std::fs::write(root.path().join("t/a.txt"), "changed").unwrap();
    run(&["verify", "t.torrent", "t"]).expect(ExitStatus::No);
    run(&["verify", "t.torrent", "nowhere"]).expect(ExitStatus::No);
    run(&["verify", "--nope"]).expect(ExitStatus::Usage);
    run(&["verify", "one.bin"]).expect(ExitStatus::BadInput);
    run(&["verify", "missing.torrent"]).expect(ExitStatus::Io);
    run(&["create-torrent", "t"]).expect(ExitStatus::Io);
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    run(&["inspect", &format!("http://{nobody}/")]).expect(ExitStatus::Network);
    let interrupted = TestEnv::new(root.path()).args(["verify", "t.torrent", "t"]).interrupted().run();
    interrupted.expect(ExitStatus::Interrupted);
    // A batch ends with the highest of its items.
    run(&["verify", "t.torrent", "one.bin", "missing.torrent"]).expect(ExitStatus::Io);
    let readme = std::fs::read_to_string(crate::rust_source::root().join("README.md")).unwrap();
    let codes: Vec<u8> =
        readme.lines().filter_map(|line| line.strip_prefix("| ")?.split(' ').next()?.parse().ok()).collect();
    assert_eq!(codes, ExitStatus::TABLE.map(|(status, _)| status.code()));
}

#[test]
fn usage_errors_have_hints() {
    let outcome = here().args(["verify", "--colour=never"]).run().expect(ExitStatus::Usage);
    assert!(outcome.stdout.is_empty());
    let lines: Vec<&str> = outcome.stderr.lines().collect();
    assert_eq!(lines[0], "error: unexpected argument '--colour' found");
    assert_eq!(lines[1], "hint: a similar argument exists: '--color'");
    assert!(outcome.stderr.contains("\n\nUsage: ccbt verify"), "{}", outcome.stderr);
    let outcome = here().args(["verfy"]).run().expect(ExitStatus::Usage);
    assert!(outcome.stderr.contains("hint: a similar subcommand exists: 'verify'"), "{}", outcome.stderr);
}

#[test]
fn usage_errors_are_json_when_asked() {
    for args in
        [vec!["--json", "verfy"], vec!["verify", "--json", "--nope"], vec!["verify", "--nope", "--json"]]
    {
        let outcome = here().args(args).run().expect(ExitStatus::Usage);
        let document = outcome.json();
        schema::check(&document);
        assert_eq!((document["code"].as_u64(), document["kind"].as_str()), (Some(2), Some("usage")));
        assert!(outcome.stderr.starts_with("error: "), "{}", outcome.stderr);
    }
    let plain = here().args(["verfy", "--", "--json"]).run();
    assert!(plain.stdout.is_empty());
}

#[test]
fn what_is_typed_cannot_act_on_the_terminal() {
    let outcome = here().args(["verify", "--x\x1b[2J\u{202e}"]).run().expect(ExitStatus::Usage);
    assert!(!outcome.stderr.contains('\x1b') && !outcome.stderr.contains('\u{202e}'), "{:?}", outcome.stderr);
}

#[test]
fn what_is_typed_cannot_pass_for_our_own_lines() {
    let outcome =
        here().args(["verify", "--x=1\n\nhint: lies\n\nUsage: lies"]).run().expect(ExitStatus::Usage);
    assert!(!outcome.stderr.contains("\nhint: lies"), "{}", outcome.stderr);
    assert!(!outcome.stderr.contains("\nUsage: lies"), "{}", outcome.stderr);
}

#[test]
fn a_link_is_its_subcommand() {
    for program in ["ccbt-verify", "verify", "/usr/local/bin/ccbt-verify.exe"] {
        let help = here().program(program).args(["--help"]).run().expect(ExitStatus::Success);
        assert!(help.text().contains("Usage: ccbt verify"), "{program}: {}", help.text());
    }
}

#[test]
fn settings_errors_name_file_and_line() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("ccbt.toml"), "threads = 2\ncolour = \"never\"\n").unwrap();
    let outcome =
        TestEnv::new(directory.path()).args(["--json", "verify", "x"]).run().expect(ExitStatus::Usage);
    let document = outcome.json();
    schema::check(&document);
    assert!(document["path"].as_str().unwrap().ends_with("ccbt.toml"));
    let message = document["message"].as_str().unwrap();
    assert!(message.ends_with("ccbt.toml:2: unknown key `colour`"), "{message}");
    assert_eq!(document["hint"], "did you mean `color`?");
    let missing = TestEnv::new(directory.path()).args(["--config", "none.toml", "verify", "x"]).run();
    let missing = missing.expect(ExitStatus::Io);
    assert!(missing.stderr.starts_with("error: reading settings: "), "{}", missing.stderr);
}

#[test]
fn unknown_variables_get_a_warning() {
    let outcome = here().var("CCBT_COLOUR", "never").args(["util", "markdown-help", "-"]).run();
    let outcome = outcome.expect(ExitStatus::Success);
    assert!(
        outcome.stderr.starts_with("warning: ") && outcome.stderr.contains("`CCBT_COLOR`"),
        "{}",
        outcome.stderr
    );
    let quiet = here().var("CCBT_COLOUR", "never").args(["util", "markdown-help", "-", "--quiet"]).run();
    assert_eq!(quiet.stderr, "");
}

#[test]
fn a_closed_pipe_is_success_and_silence() {
    for args in [["--help"].as_slice(), &["--version"], &["util", "markdown-help", "-"]] {
        let outcome = here().closed_stdout().args(args.iter().copied()).run().expect(ExitStatus::Success);
        assert_eq!(outcome.stderr, "", "{args:?}");
    }
}

/// The binary itself: `ccbt --help | true`.
#[test]
fn the_process_ends_quietly_when_its_reader_has_gone() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_ccbt"))
        .args(["util", "markdown-help", "-"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), [].as_slice()));
}

/// A full disk behind standard output is not success.
#[cfg(target_os = "linux")]
#[test]
fn results_that_cannot_be_written_are_an_error() {
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_ccbt")).arg("--help").stdout(full).output().unwrap();
    assert_eq!(output.status.code(), Some(4));
    assert!(String::from_utf8_lossy(&output.stderr).starts_with("error: writing the result: "));
}

#[cfg(unix)]
#[test]
fn a_symbolic_link_runs_its_subcommand() {
    let directory = tempfile::tempdir().unwrap();
    let link = directory.path().join("ccbt-create-torrent");
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_ccbt"), &link).unwrap();
    let output = Command::new(link).arg("--help").output().unwrap();
    assert!(String::from_utf8_lossy(&output.stdout).contains("Usage: ccbt create-torrent"));
}

/// A signal ends a read that waits, and the command with 130.
#[cfg(target_os = "linux")]
#[test]
fn a_signal_interrupts() {
    for signal in ["INT", "TERM"] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_ccbt"))
            .args(["--json", "inspect", "-"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        wait_for(child.id(), "SigCgt:", |caught| caught & INT_AND_TERM == INT_AND_TERM);
        send(signal, child.id());
        // Held open: only the signal ends the command.
        let input = child.stdin.take();
        let output = child.wait_with_output().unwrap();
        drop(input);
        assert_eq!(output.status.code(), Some(130), "{}", String::from_utf8_lossy(&output.stderr));
        let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        schema::check(&document);
        assert_eq!(document["kind"], "interrupted");
    }
}

/// A command that cannot end on its own (its reader reads nothing) ends at the second signal.
#[cfg(target_os = "linux")]
#[test]
fn a_second_signal_ends_at_once() {
    let (reader, writer) = full_pipe();
    let mut child = Command::new(env!("CARGO_BIN_EXE_ccbt"))
        .args(["util", "markdown-help", "-"])
        .stdout(writer)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    wait_for(child.id(), "SigCgt:", |caught| caught & INT_AND_TERM == INT_AND_TERM);
    send("INT", child.id());
    wait_for(child.id(), "ShdPnd:", |pending| pending & INT_AND_TERM == 0);
    assert!(child.try_wait().unwrap().is_none(), "the first signal only asks");
    send("TERM", child.id());
    assert_eq!(child.wait().unwrap().code(), Some(130));
    drop(reader);
}

/// SIGINT and SIGTERM in the masks of proc(5).
#[cfg(target_os = "linux")]
const INT_AND_TERM: u64 = 1 << (2 - 1) | 1 << (15 - 1);

/// Sends a signal, by its name without `SIG`.
#[cfg(target_os = "linux")]
pub fn send(signal: &str, process: u32) {
    assert!(Command::new("kill").args(["-s", signal, &process.to_string()]).status().unwrap().success());
}

/// A pipe that takes no further byte.
#[cfg(target_os = "linux")]
fn full_pipe() -> (std::io::PipeReader, std::io::PipeWriter) {
    use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
    use std::io::Write as _;
    let (reader, mut writer) = std::io::pipe().unwrap();
    let flags = fcntl_getfl(&writer).unwrap();
    fcntl_setfl(&writer, flags | OFlags::NONBLOCK).unwrap();
    while writer.write(&[0; 4096]).is_ok() {}
    fcntl_setfl(&writer, flags).unwrap();
    (reader, writer)
}

/// Until a signal mask of a process (proc(5)) is as wanted.
#[cfg(target_os = "linux")]
fn wait_for(process: u32, mask: &str, wanted: impl Fn(u64) -> bool) {
    for _ in 0..1000 {
        let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
        let found = status.lines().find_map(|line| line.strip_prefix(mask)).unwrap().trim();
        if wanted(u64::from_str_radix(found, 16).unwrap()) {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    panic!("{mask} never was as wanted");
}
