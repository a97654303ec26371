//! Our binary beside programs that others wrote.
//!
//! Owns finding the peers and what each must agree on. A peer that this machine does not have is
//! reported as `skipped: TEST: PEER not found`; with `CCBT_INTEROP=required` it fails the test.
//! Nothing here talks to anything but this machine.

mod contents;
mod edited;
mod files;
mod keys;
mod libtorrent;
mod like;
mod makers;
mod ours_read_by_others;
mod peers;
mod rebuilt;
mod theirs_read_by_us;

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

/// The three versions `create-torrent` makes, as its flags name them.
const VERSIONS: [&str; 3] = ["v1", "v2", "hybrid"];

/// Our binary, shielded from settings of the machine it runs on.
fn ccbt(cwd: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ccbt"));
    for (name, _) in std::env::vars_os() {
        let setting = name.to_string_lossy().starts_with("CCBT_") && name != "CCBT_HASH_KERNEL";
        if setting || name == "SOURCE_DATE_EPOCH" {
            command.env_remove(name);
        }
    }
    command.current_dir(cwd).env("XDG_CONFIG_HOME", cwd.join("no-settings"));
    command
}

/// Runs a command to its end.
fn run(command: &mut Command) -> Output {
    command.output().unwrap_or_else(|error| panic!("{command:?} does not start: {error}"))
}

/// Runs a command that must succeed and gives its standard output.
fn succeed(command: &mut Command) -> Vec<u8> {
    let output = run(command);
    assert!(output.status.success(), "{command:?} ends with {}:\n{}", output.status, both(&output));
    output.stdout
}

/// What a command wrote, for the message of a failed assertion.
fn both(output: &Output) -> String {
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    format!("--- standard output\n{out}\n--- standard error\n{err}")
}

/// The one JSON document that a command wrote to standard output, checked for its schema.
fn document(output: &[u8], schema: &str) -> Value {
    let text = String::from_utf8_lossy(output);
    let value: Value = serde_json::from_slice(output)
        .unwrap_or_else(|error| panic!("not one JSON document: {error}: {text}"));
    assert_eq!(value["schema"], schema, "{text}");
    value
}
