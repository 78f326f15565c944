//! `cargo xtask bench`: Jisr's workloads through real clients, a real server and a counting link, and what they took.
//!
//! Everything is on one machine: clients, link and server share its processors. Bytes are those at the link, with HTTP
//! and without TLS.

mod measure;
mod report;
mod rounds;
mod workload;

use anyhow::Result;
use jisr_tests::proxy::Pace;

use report::{Limits, Report};
use rounds::Bench;

/// How often the reconnect is measured; the median counts.
const ROUNDS: usize = 9;

#[tokio::main]
async fn main() -> Result<()> {
    let json = std::env::args().any(|argument| argument == "--json");
    let report = measure().await?;
    if json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        report.print();
    }
    Ok(())
}

async fn measure() -> Result<Report> {
    let mut report = Report { lines: Vec::new(), runs: Vec::new(), server_peak_memory_bytes: 0 };
    eprintln!("bench: {} documents are written and uploaded ...", rounds::DOCUMENTS);
    let (mut bench, upload) = Bench::set_up().await?;
    report.add("upload of 2,000 documents", vec![upload], Limits::default());
    eprintln!("bench: first syncs ...");
    let first = bench.first_sync().await?;
    let whole = Limits { down: Some(500_000.0), ..Limits::default() };
    report.add("first sync of 2,000 documents", vec![first], whole);
    let cut = bench.first_sync_cut().await?;
    let twice = Limits { down: Some(2.0 * first.bytes_down as f64), ..Limits::default() };
    report.add("first sync, cut every 64 KiB", vec![cut], twice);
    eprintln!("bench: reconnects ...");
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        rounds.push(bench.reconnect(Pace::default()).await?);
    }
    let reconnect = Limits {
        up: Some(16_384.0),
        down: Some(16_384.0),
        requests: Some(1.0),
        seconds: None,
        server_cpu_us: Some(5_000.0),
    };
    report.add("reconnect, 60 changes on each side", rounds, reconnect);
    let edge = bench.reconnect(Pace::EDGE).await?;
    report.add("the same over EDGE", vec![edge], Limits { seconds: Some(4.0), ..Limits::default() });
    let idle = bench.idle().await?;
    let little = Limits { up: Some(400.0), down: Some(400.0), requests: Some(1.0), ..Limits::default() };
    report.add("idle reconnect", vec![idle], little);
    report.server_peak_memory_bytes = measure::peak_memory_bytes(&bench.service)?;
    Ok(report)
}
