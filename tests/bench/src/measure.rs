//! What is measured of one run: bytes and connections at the link, time, and the server process's own account.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use jisr_tests::proxy::Counters;
use jisr_tests::service::Service;
use serde::Serialize;

/// For how long no thread of the server may have run before it counts as at rest.
const REST: Duration = Duration::from_millis(40);

/// After so many looks it is measured as it is: something in the server may tick by itself.
const LOOKS_MAX: usize = 25;

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
    /// Processor time of all threads of the server, in microseconds.
    pub server_cpu_us: u64,
}

impl Taken {
    /// Bytes up and down together.
    pub const fn bytes(&self) -> u64 {
        self.bytes_up + self.bytes_down
    }
}

/// A measurement under way.
pub struct Meter<'a> {
    counters: &'a Counters,
    service: &'a Service,
    started: Instant,
    before: (u64, u64, u64),
    threads: Threads,
}

impl<'a> Meter<'a> {
    /// Starts measuring, when the server is at rest.
    ///
    /// # Errors
    /// When the server does not run.
    pub async fn start(counters: &'a Counters, service: &'a Service) -> Result<Self> {
        let threads = threads_at_rest(service).await?;
        Ok(Self { counters, service, started: Instant::now(), before: read(counters), threads })
    }

    /// What it took until now, in `requests` requests; of the server's processor time also what still follows.
    ///
    /// # Errors
    /// When the server does not run.
    pub async fn stop(self, requests: usize) -> Result<Taken> {
        let seconds = self.started.elapsed().as_secs_f64();
        let now = read(self.counters);
        let threads = threads_at_rest(self.service).await?;
        Ok(Taken {
            seconds,
            bytes_up: now.0 - self.before.0,
            bytes_down: now.1 - self.before.1,
            requests,
            connections: now.2 - self.before.2,
            server_cpu_us: ran_us(&self.threads, &threads),
        })
    }
}

/// What has passed a link so far: bytes up, bytes down, connections.
pub fn read(counters: &Counters) -> (u64, u64, u64) {
    let of = |counter: &std::sync::atomic::AtomicU64| counter.load(Ordering::Relaxed);
    (of(&counters.up), of(&counters.down), of(&counters.connections))
}

/// What each thread of the server has run so far, in nanoseconds, by the scheduler's own account.
type Threads = BTreeMap<u32, u64>;

fn threads(service: &Service) -> Result<Threads> {
    let mut threads = Threads::new();
    for task in std::fs::read_dir(format!("/proc/{}/task", process(service)?))? {
        let task = task?;
        // A thread may end between the list and the look.
        let Ok(stat) = std::fs::read_to_string(task.path().join("schedstat")) else { continue };
        let ran = stat.split_whitespace().next().context("the scheduler counts nanoseconds")?.parse()?;
        threads.insert(task.file_name().to_string_lossy().parse()?, ran);
    }
    Ok(threads)
}

/// The threads once none of them runs any more: an answer is out before all that follows from it is done.
async fn threads_at_rest(service: &Service) -> Result<Threads> {
    let mut last = threads(service)?;
    for _ in 0..LOOKS_MAX {
        tokio::time::sleep(REST).await;
        let now = threads(service)?;
        if now == last {
            break;
        }
        last = now;
    }
    Ok(last)
}

/// What was run between two looks, in microseconds. A thread that ended meanwhile counts for nothing: the server's
/// threads end after ten idle seconds, and what is measured here to the microsecond takes less.
fn ran_us(before: &Threads, after: &Threads) -> u64 {
    let of = |(thread, ran): (&u32, &u64)| ran.saturating_sub(before.get(thread).copied().unwrap_or(0));
    after.iter().map(of).sum::<u64>() / 1_000
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_that_came_meanwhile_count_and_those_that_ended_do_not() {
        let (before, after) = ([(1, 5_000_000), (2, 1_000_000)].into(), [(1, 7_000_500), (3, 2_000_700)].into());

        assert_eq!(ran_us(&before, &after), 4_001);
    }
}
