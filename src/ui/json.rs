//! JSON documents: one compact line each.

use std::io::Write;

use serde::Serialize;

use crate::env::Env;
use crate::exit::{CommandError, ErrorKind};

/// Writes one document to standard output, as one line, and sends it on its way: who reads a batch
/// gets each result when it is known.
///
/// # Errors
///
/// [`ErrorKind::ClosedPipe`] when nobody reads any more, [`ErrorKind::Write`] for any other failure.
pub(crate) fn print(env: &mut Env, document: &impl Serialize) -> Result<(), CommandError> {
    write_line(&mut env.out, document)
}

/// The same over many lines, for people.
///
/// # Errors
///
/// As [`print`].
pub(crate) fn print_indented(env: &mut Env, document: &impl Serialize) -> Result<(), CommandError> {
    write(&mut env.out, serde_json::to_vec_pretty(document))
}

/// The same to standard error: for when standard output carries a torrent or its content.
///
/// # Errors
///
/// As [`print`].
pub(crate) fn print_err(env: &mut Env, document: &impl Serialize) -> Result<(), CommandError> {
    write_line(&mut env.err, document)
}

/// The document is complete before its first byte is written: no half document for lack of memory or
/// because a value cannot be told.
fn write_line(to: &mut impl Write, document: &impl Serialize) -> Result<(), CommandError> {
    write(to, serde_json::to_vec(document))
}

fn write(to: &mut impl Write, document: serde_json::Result<Vec<u8>>) -> Result<(), CommandError> {
    let mut line = document.map_err(|error| {
        CommandError::new(ErrorKind::Write, anyhow::Error::new(error).context("writing JSON"))
    })?;
    line.push(b'\n');
    to.write_all(&line)?;
    to.flush()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::env::testing::TestEnv;

    #[test]
    fn a_document_is_one_line() {
        let test = TestEnv::new(".");
        let (out, _) = test.captured();
        let mut env = test.env();
        print(&mut env, &["a\nb"]).unwrap();
        assert_eq!(out.text(), "[\"a\\nb\"]\n");
    }

    #[test]
    fn a_closed_pipe_is_told_apart() {
        let mut env = TestEnv::new(".").closed_stdout().env();
        assert_eq!(print(&mut env, &[1]).unwrap_err().kind, ErrorKind::ClosedPipe);
    }
}
