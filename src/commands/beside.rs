//! A second thread for code that starts none itself.

use std::thread;

use crate::both::Both;

/// Does two things at once; where the system has no thread to spare, one after the other.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Beside;

impl Both for Beside {
    fn both<A, B: Send>(&self, one: impl FnOnce() -> A, other: impl Fn() -> B + Sync) -> (A, B) {
        let (one, joined) = thread::scope(|scope| {
            let thread = thread::Builder::new().spawn_scoped(scope, &other);
            let one = one();
            (one, thread.ok().and_then(|thread| thread.join().ok()))
        });
        (one, joined.unwrap_or_else(other))
    }
}
