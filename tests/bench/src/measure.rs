//! What is measured of one run: bytes and connections at the link, time, and the server process's own account.

use std::sync::atomic::Ordering;
use std::time::Instant;

use anyhow::{Context, Result};
use jisr_tests::proxy::Counters;
use jisr_tests::service::Service;
use serde::Serialize;

/// The system counts processor time in hundredths of a second.
const TICKS_PER_S: f64 = 100.0;

/// What something took.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Taken {
    /// Seconds until the device had everything and everything of its own was acknowledged.
    pub seconds: f64,
    /// Bytes from the device at the link, HTTP included.
    pub bytes_up: u64,
    /// Bytes to the device at the link, HTTP included.
    pub bytes_down: u64,
    /// Requests.
    pub requests: usize,
    /// Connections.
    pub connections: u64,
    /// Processor time of the server, in seconds; it is counted in hundredths.
    pub server_cpu_s: f64,
}

/// A measurement under way.
pub struct Meter<'a> {
    counters: &'a Counters,
    service: &'a Service,
    started: Instant,
    before: (u64, u64, u64, f64),
}

impl<'a> Meter<'a> {
    /// Starts measuring.
    ///
    /// # Errors
    /// When the server does not run.
    pub fn start(counters: &'a Counters, service: &'a Service) -> Result<Self> {
        let before = read(counters, service)?;
        Ok(Self { counters, service, started: Instant::now(), before })
    }

    /// What it took until now, in `requests` requests.
    ///
    /// # Errors
    /// When the server does not run.
    pub fn stop(self, requests: usize) -> Result<Taken> {
        let seconds = self.started.elapsed().as_secs_f64();
        let now = read(self.counters, self.service)?;
        Ok(Taken {
            seconds,
            bytes_up: now.0 - self.before.0,
            bytes_down: now.1 - self.before.1,
            requests,
            connections: now.2 - self.before.2,
            server_cpu_s: now.3 - self.before.3,
        })
    }
}

fn read(counters: &Counters, service: &Service) -> Result<(u64, u64, u64, f64)> {
    let of = |counter: &std::sync::atomic::AtomicU64| counter.load(Ordering::Relaxed);
    Ok((of(&counters.up), of(&counters.down), of(&counters.connections), cpu_s(service)?))
}

fn cpu_s(service: &Service) -> Result<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", process(service)?))?;
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks: u64 = after_name.split_whitespace().skip(11).take(2).filter_map(|word| word.parse::<u64>().ok()).sum();
    Ok(ticks as f64 / TICKS_PER_S)
}

/// The most memory the server has had at once, in bytes.
///
/// # Errors
/// When the server does not run.
pub fn peak_memory_bytes(service: &Service) -> Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", process(service)?))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("the system tells peak memory")?;
    Ok(line.trim().trim_end_matches("kB").trim().parse::<u64>()? * 1024)
}

fn process(service: &Service) -> Result<u32> {
    service.process().context("the server runs")
}
