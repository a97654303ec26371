//! Stamps of the files found, taken on other cores while the walk goes on.
//!
//! On a warm cache the system call is all there is to a stamp, and twenty thousand of them would be a
//! noticeable part of hashing as many small files.

use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use super::{Found, WalkError};
use crate::content::open::{ContentError, Directory};

/// Files handed on together: fewer are not worth waking a thread for.
pub(super) const PART: usize = 256;

/// Takes files in parts, in order.
pub(super) struct Stamper<'a> {
    parts: Sender<Part>,
    handed_on: usize,
    /// Starts the threads; called before the first part goes to one.
    start: Option<Box<dyn FnOnce() + 'a>>,
}

impl Stamper<'_> {
    pub(super) fn hand_on(&mut self, files: Vec<Found>) {
        if files.len() == PART
            && let Some(start) = self.start.take()
        {
            start();
        }
        // The other end lives as long as this one.
        drop(self.parts.send((self.handed_on, files)));
        self.handed_on += 1;
    }
}

/// Files handed on together, and where among all parts they belong.
type Part = (usize, Vec<Found>);
/// A part with its stamps, or the first file that has none.
type Stamped = (usize, Result<Vec<Found>, WalkError>);

/// What threads that take stamps share.
struct Shared {
    parts: Mutex<Receiver<Part>>,
    stamped: Mutex<Vec<Stamped>>,
}

impl Shared {
    /// Takes stamps until there is no part left and none will come.
    fn work(&self) {
        let mut directory = Directory::default();
        loop {
            let part = self.parts.lock().map(|parts| parts.recv());
            let Ok(Ok((index, files))) = part else { return };
            let result = stamp(files, &mut directory);
            if let Ok(mut stamped) = self.stamped.lock() {
                stamped.push((index, result));
            }
        }
    }
}

/// Runs `find`, and gives the files it handed on, in that order and with their stamps.
pub(super) fn take_beside(
    find: impl FnOnce(&mut Stamper<'_>) -> Result<(), WalkError>,
) -> Result<Vec<Found>, WalkError> {
    let (parts, receiver) = channel();
    let shared = Shared { parts: Mutex::new(receiver), stamped: Mutex::new(Vec::new()) };
    let cores = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        let shared = &shared;
        let start = move || {
            // Where the system has no thread to spare, this one does the work at the end.
            let start = |_| thread::Builder::new().spawn_scoped(scope, || shared.work()).ok();
            (1..cores).map_while(start).for_each(drop);
        };
        let mut stamper = Stamper { parts, handed_on: 0, start: Some(Box::new(start)) };
        let found = find(&mut stamper);
        let handed_on = stamper.handed_on;
        drop(stamper);
        shared.work();
        found.map(|()| handed_on)
    })
    .and_then(|handed_on| {
        let mut stamped = shared.stamped.into_inner().map_err(|_| ContentError::Worker)?;
        if stamped.len() != handed_on {
            return Err(ContentError::Worker.into());
        }
        stamped.sort_unstable_by_key(|(index, _)| *index);
        let mut files = Vec::with_capacity(handed_on * PART);
        for (_, part) in stamped {
            files.append(&mut part?);
        }
        Ok(files)
    })
}

fn stamp(mut files: Vec<Found>, directory: &mut Directory) -> Result<Vec<Found>, WalkError> {
    for file in &mut files {
        let path = &file.source.path;
        let entry = directory.look(path, file.source.follow);
        let entry = entry.map_err(|source| ContentError::Walk { path: path.clone(), source })?;
        file.source.stamp = entry.stamp;
        if file.link.is_some() {
            // A link holds no bytes (BEP 47, "Symlinks"); what its metadata counts is the text of its target.
            file.source.stamp.length = 0;
        } else {
            file.executable = entry.executable;
        }
    }
    Ok(files)
}
