//! Two pieces of work that need nothing of each other, for code that starts no threads itself.
//!
//! Owns the shape of the question only; whoever has threads to give implements [`Both`].

/// Does two things, at once if it can.
pub trait Both {
    /// What the two give. The second may be done on another thread.
    fn both<A, B: Send>(&self, one: impl FnOnce() -> A, other: impl Fn() -> B + Sync) -> (A, B);
}

/// One after the other.
#[derive(Clone, Copy, Debug)]
pub struct InTurn;

impl Both for InTurn {
    fn both<A, B: Send>(&self, one: impl FnOnce() -> A, other: impl Fn() -> B + Sync) -> (A, B) {
        (one(), other())
    }
}
