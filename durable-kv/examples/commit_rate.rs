//! Measures what durability costs: commits a second with and without the fsync, and the time to open.
//!
//! `cargo run --release -p jisr-durable-kv --example commit_rate [FOLDER]`: on the disk of FOLDER, else of `/tmp`.

use std::time::{Duration, Instant};

use jisr_durable_kv::conformance::value;
use jisr_durable_kv::{Batch, Kv, Sabotage, SledKv, SledOptions};

const RUN: Duration = Duration::from_secs(3);
const RECORD_BYTES: usize = 1024;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let home = std::env::args().nth(1).unwrap_or_else(|| "/tmp".into());
    println!("batch  without fsync  with fsync  records/s with  p50 ms  p99 ms");
    for size in [1, 10, 100] {
        let (without, _) = run(&home, size, true)?;
        let (with, mut times) = run(&home, size, false)?;
        times.sort_unstable();
        let part = |part: usize| times.get(times.len() * part / 100).map_or(0.0, |time| time.as_secs_f64() * 1e3);
        println!(
            "{size:5}  {without:13.0}  {with:10.0}  {:14.0}  {:6.2}  {:6.2}",
            with * f64::from(size),
            part(50),
            part(99)
        );
    }
    open_time(&home)?;
    Ok(())
}

/// Commits batches of `size` records for a while: commits a second, and how long each took.
fn run(home: &str, size: u32, skip_fsync: bool) -> Result<(f64, Vec<Duration>), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir_in(home)?;
    let sabotage = Sabotage { skip_fsync, ..Sabotage::default() };
    let kv = SledKv::open(folder.path(), SledOptions { sabotage, ..SledOptions::server() })?;
    let (start, mut times) = (Instant::now(), Vec::new());
    while start.elapsed() < RUN {
        let batch = batch(times.len() as u64, size);
        let start = Instant::now();
        kv.commit(batch)?;
        times.push(start.elapsed());
    }
    let spent: Duration = times.iter().sum();
    Ok((times.len() as f64 / spent.as_secs_f64(), times))
}

fn open_time(home: &str) -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir_in(home)?;
    let kv = SledKv::open(folder.path(), SledOptions::server())?;
    (0..1_000).try_for_each(|number| kv.commit(batch(number, 100)))?;
    let log_bytes = kv.health()?.log_bytes;
    drop(kv);
    let start = Instant::now();
    let kv = SledKv::open(folder.path(), SledOptions::server())?;
    let opened = start.elapsed();
    let start = Instant::now();
    let found = kv.verify_all()?;
    println!(
        "100,000 values of 1 KiB, a log of {} MiB: open {opened:.0?}, verify {:.0?}, sound: {}",
        log_bytes >> 20,
        start.elapsed(),
        found.is_sound()
    );
    Ok(())
}

fn batch(number: u64, size: u32) -> Batch {
    let mut batch = Batch::new();
    for index in 0..u64::from(size) {
        let key = [b"log/", &number.to_be_bytes()[..], &index.to_be_bytes()].concat();
        batch.put(key, value(RECORD_BYTES, number ^ index));
    }
    batch
}
