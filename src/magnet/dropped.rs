//! What reading a magnet left out, and why.
//!
//! Owns how much of it is kept. Text is as written, only shortened: to make it safe for a terminal is
//! the affair of whoever shows it.

use super::{InvalidEndpoint, MAX_LIST, MAX_SELECT};

/// Most parameters kept that were left out; the others are counted. They are there to be read by a
/// person, who has seen enough after a screen of them.
pub const MAX_DROPPED: usize = 16;

/// Longest name of a parameter kept, in characters; those of the standards have two or four.
const MAX_NAME: usize = 20;

/// Longest value kept, in characters: enough to find it in the URI.
const MAX_VALUE: usize = 100;

/// Parameters left out, and items of `so`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dropped {
    /// The first of them, [`MAX_DROPPED`] at most, in the order of the URI.
    pub first: Vec<DroppedParameter>,
    /// How many there are in all.
    pub count: usize,
}

/// A parameter left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DroppedParameter {
    /// Its name as written, shortened.
    pub name: String,
    /// Its value as written, or the item of it that was left out; shortened.
    pub value: String,
    /// Why it says nothing here.
    pub why: Reason,
}

/// Why a parameter is left out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// No parameter of a name that is read.
    #[error("no such parameter is read")]
    Unknown,
    /// A topic (`xt`) of another network.
    #[error("it names something of another network")]
    Topic,
    /// A `%` that begins no escape, or bytes that are no text.
    #[error("it is not well escaped UTF-8")]
    Escape,
    /// No URL that a tracker can have.
    #[error("it is no http, https, udp, ws or wss URL with a host")]
    Tracker,
    /// No URL that a web seed can have.
    #[error("it is no http, https or ftp URL with a host")]
    WebSeed,
    /// No address of a peer or node.
    #[error(transparent)]
    Endpoint(#[from] InvalidEndpoint),
    /// No selection of files.
    #[error("it is neither a file index from 0 to {MAX_SELECT} nor a range of them such as `2-4`")]
    Selection,
    /// No size.
    #[error("it is no number of bytes")]
    Length,
    /// Beyond the longest list kept.
    #[error("there are more than {MAX_LIST} of them")]
    TooMany,
}

impl Dropped {
    /// Notes a parameter. Text is copied only while there is room, so that a URI of nothing else costs no
    /// more than reading it.
    pub(super) fn add(&mut self, name: &str, value: &str, why: Reason) {
        self.count += 1;
        if self.first.len() < MAX_DROPPED {
            let (name, value) = (shortened(name, MAX_NAME), shortened(value, MAX_VALUE));
            self.first.push(DroppedParameter { name, value, why });
        }
    }
}

fn shortened(text: &str, longest: usize) -> String {
    match text.char_indices().nth(longest) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", text.split_at(end).0),
    }
}
