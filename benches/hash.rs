//! Gigabytes a second of every hash kernel this machine has, on one thread.
//!
//! `cargo bench --bench hash` prints one line per kernel and load; `cargo bench --bench hash -- sha-1` only those
//! whose name contains the word. The `sha1` and `sha2` crates, one message after the other, are measured in
//! turns with the kernels. Where the system tells (Linux), time is what the thread ran, not what the clock says,
//! so that a machine that is busy with other things disturbs little.
#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a benchmark reads the clock and tells what it read"
)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use ccbt::hash::{BLOCK, Blocks, Engine, Sha1State, Sha1Work};

/// Rounds of measuring; the best one counts, because whatever else runs only ever slows a kernel down.
const ROUNDS: usize = 7;
/// The least time one measurement takes.
const SPAN: Duration = Duration::from_millis(40);

/// One thing to measure: it hashes `bytes` bytes each time it is called.
struct Load<'a> {
    name: String,
    bytes: usize,
    run: Box<dyn FnMut() + 'a>,
    best: f64,
}

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let data: Vec<u8> = (0..64 << 20).map(|i: u32| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let mut loads = loads(&data);
    loads.retain(|load| wanted.is_empty() || wanted.iter().any(|word| load.name.contains(word)));
    for _ in 0..ROUNDS {
        for load in &mut loads {
            load.best = load.best.max(measure(load));
        }
    }
    for load in &loads {
        println!("{:<44} {:>7.2} GB/s", load.name, load.best);
    }
}

fn measure(load: &mut Load<'_>) -> f64 {
    let (begun, ran) = (Instant::now(), thread_time());
    let mut bytes = 0;
    while begun.elapsed() < SPAN {
        (load.run)();
        bytes += load.bytes;
    }
    let took = match (ran, thread_time()) {
        (Some(before), Some(after)) => after - before,
        _ => begun.elapsed(),
    };
    bytes as f64 / took.as_secs_f64() / 1e9
}

/// What this thread has run so far.
fn thread_time() -> Option<Duration> {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    Some(Duration::from_nanos(stat.split(' ').next()?.parse().ok()?))
}

fn loads(data: &[u8]) -> Vec<Load<'_>> {
    let kernels = Engine::available()
        .into_iter()
        .filter_map(|kernel| Some((kernel.name(), Engine::with_kernel(kernel.name()).ok()?)));
    let engines: Vec<_> = std::iter::once(("detected", Engine::detect())).chain(kernels).collect();
    let mut loads = Vec::new();
    for &(name, engine) in &engines {
        for count in [1, 2, 4, 6, 8, 12, 16, 64] {
            loads.push(sha1_data(
                format!("sha-1 data {name} {count} x 64 KiB"),
                engine,
                data,
                count,
                64 << 10,
            ));
        }
        loads.push(sha1_data(format!("sha-1 data {name} 64 x 1 MiB"), engine, data, 64, 1 << 20));
        for count in [1, 2, 4, 16, 512] {
            loads.push(sha1_zeros(format!("sha-1 zeros {name} {count} x 240 KiB"), engine, count, 240 << 10));
        }
        for count in [1, 2, 4, 8, 12, 16, 256] {
            loads.push(sha256_many(format!("sha-256 data {name} {count} x 16 KiB"), engine, data, count));
        }
        for count in [1, 16, 1024] {
            loads.push(sha256_pairs(format!("sha-256 pairs {name} {count} x 64"), engine, data, count));
        }
    }
    loads
}

fn sha1_data(name: String, engine: Engine, data: &[u8], count: usize, length: usize) -> Load<'_> {
    let mut states = vec![Sha1State::default(); count];
    let mut at = 0;
    let run = move || {
        // Through all of the data before any of it comes again, as a file passes.
        at = if at + 2 * count * length > data.len() { 0 } else { at + count * length };
        let mut work: Vec<_> = states
            .iter_mut()
            .zip(data[at..].chunks_exact(length))
            .map(|(state, data)| Sha1Work { state, blocks: Blocks::Data(data) })
            .collect();
        engine.sha1_advance(black_box(&mut work));
    };
    Load { name, bytes: count * length, run: Box::new(run), best: 0.0 }
}

fn sha1_zeros<'a>(name: String, engine: Engine, count: usize, length: usize) -> Load<'a> {
    let mut states = vec![Sha1State::default(); count];
    let run = move || {
        let mut work: Vec<_> = states
            .iter_mut()
            .map(|state| Sha1Work { state, blocks: Blocks::Zeros((length / BLOCK) as u64) })
            .collect();
        engine.sha1_advance(black_box(&mut work));
    };
    Load { name, bytes: count * length, run: Box::new(run), best: 0.0 }
}

fn sha256_many(name: String, engine: Engine, data: &[u8], count: usize) -> Load<'_> {
    const LEAF: usize = ccbt::hash::merkle::LEAF;
    let mut digests = vec![[0; 32]; count];
    let mut at = 0;
    let run = move || {
        at = if at + 2 * count * LEAF > data.len() { 0 } else { at + count * LEAF };
        let messages: Vec<_> = data[at..].chunks_exact(LEAF).take(count).collect();
        engine.sha256_many(&messages, black_box(&mut digests));
    };
    Load { name, bytes: count * LEAF, run: Box::new(run), best: 0.0 }
}

fn sha256_pairs(name: String, engine: Engine, data: &[u8], count: usize) -> Load<'_> {
    let nodes = &data.as_chunks::<32>().0[..2 * count];
    let mut parents = vec![[0; 32]; count];
    let run = move || engine.sha256_pairs(black_box(nodes), black_box(&mut parents));
    Load { name, bytes: count * BLOCK, run: Box::new(run), best: 0.0 }
}
