//! The kernels of x86-64: AVX-512, AVX2, the SHA extensions, and AVX-512 beside these.
//!
//! Each kernel is a token that exists only where the processor has the features, so calling it is safe.

mod avx2;
mod avx512;
mod mixed;
mod rounds;
mod shani;

pub(super) use avx2::Avx2;
pub(super) use avx512::Avx512;
pub(super) use mixed::Mixed;
pub(super) use shani::ShaNi;
