//! `cargo xtask bench`: Jisr's workloads through real clients, a real server and a counting link, and what they took.
//!
//! Everything is on one machine: clients, link and server share its processors. Bytes are those at the link, with HTTP
//! and without TLS. What is measured stands beside what was promised, or beside what a peer took in the same run; no
//! time on the wall passes or fails anything.

mod measure;
mod meeting;
mod repair;
mod report;
mod restored;
mod rounds;
mod weak;
mod workload;

use anyhow::{Result, bail};

use report::Report;

/// What can be measured by itself.
const WORKLOADS: [&str; 5] = ["sync", "weak", "repair", "restored", "meeting"];

#[tokio::main]
async fn main() -> Result<()> {
    let (mut json, mut only) = (false, Vec::new());
    for argument in std::env::args().skip(1) {
        match argument.as_str() {
            "--json" => json = true,
            name if WORKLOADS.contains(&name) => only.push(name.to_owned()),
            other => {
                bail!("{other:?} is no workload; there are {} (all without a name), and --json", WORKLOADS.join(", "))
            }
        }
    }
    let mut report = Report::default();
    for name in WORKLOADS.iter().filter(|name| only.is_empty() || only.iter().any(|only| only == *name)) {
        measure(name, &mut report).await?;
    }
    if json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        report.print();
    }
    Ok(())
}

async fn measure(workload: &str, report: &mut Report) -> Result<()> {
    match workload {
        "sync" => rounds::measure(report).await,
        "weak" => weak::measure(report).await,
        "repair" => repair::measure(report).await,
        "restored" => restored::measure(report).await,
        _ => meeting::measure(report).await,
    }
}
