//! How a test says that it did not run.

use std::io::Write as _;

/// Reports that `test` did not run. Goes past the capture of the test harness, which would hide it
/// behind an "ok".
pub fn skipped(test: &str, why: &str) {
    let line = format!("skipped: {test}: {why}\n");
    std::io::stderr().write_all(line.as_bytes()).expect("standard error takes a line");
}
