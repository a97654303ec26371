//! The integration tests: one binary, a module a subject.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "tests may panic and say what they skipped"
)]

mod cli_frame;
mod generated;
mod schema;
