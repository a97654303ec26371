//! Errors of the library as commands report them.

use crate::content::open::ContentError;
use crate::exit::{CommandError, ErrorKind};

/// An error while reading content.
pub(crate) fn content(error: ContentError) -> CommandError {
    let path = error.path().map(std::path::Path::to_owned);
    let (kind, hint) = match &error {
        ContentError::Interrupted => (ErrorKind::Interrupted, None),
        ContentError::Changed { .. } => {
            (ErrorKind::Read, Some("wait until nothing writes to the content, then run the command again"))
        }
        _ => (ErrorKind::Read, None),
    };
    let mut error = CommandError::new(kind, error);
    error.path = path;
    error.hints.extend(hint.map(str::to_owned));
    error
}
