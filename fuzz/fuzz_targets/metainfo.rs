//! Feeds arbitrary bytes to `bodies::metainfo`.
#![no_main]

#[path = "../../tests/it/fuzz_bodies.rs"]
#[expect(dead_code, reason = "each target runs one of the bodies")]
mod bodies;

libfuzzer_sys::fuzz_target!(|data: &[u8]| bodies::metainfo(data));
