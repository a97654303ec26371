//! How a test says that it did not run.

use std::io::Write as _;

/// Reports that `test` did not run. Goes past the capture of the test harness, which would hide it
/// behind an "ok".
pub fn skipped(test: &str, why: &str) {
    let line = format!("skipped: {test}: {why}\n");
    std::io::stderr().write_all(line.as_bytes()).expect("standard error takes a line");
}

/// Reports that `test` did not run because a program is missing.
///
/// # Panics
/// With `CCBT_INTEROP=required`, where every program has to be there.
pub fn missing(test: &str, program: &str) {
    let required = std::env::var_os("CCBT_INTEROP").is_some_and(|value| value == "required");
    assert!(!required, "{test}: {program} not found, and CCBT_INTEROP=required");
    skipped(test, &format!("{program} not found"));
}
