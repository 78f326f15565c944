//! Stops a process of this test where it is, with every thread of it, as a cut of the power would.
//!
//! A frozen process is only ever killed afterwards: nothing here lets one go on.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use rustix::process::{Pid, Signal, kill_process};

/// How long threads may take to stop: one that waits for the disk stops when the disk has answered.
const STOP_MAX: Duration = Duration::from_secs(30);

/// Stops the process `id` and returns when none of its threads runs any more.
///
/// # Errors
/// When there is no such process, or a thread of it goes on.
pub fn freeze(id: u32) -> Result<()> {
    let pid = i32::try_from(id).ok().and_then(Pid::from_raw).context("a process has an id")?;
    kill_process(pid, Signal::STOP).context("the process cannot be stopped")?;
    let end = Instant::now() + STOP_MAX;
    // Signals take effect a moment after they were sent.
    while !is_stopped(id) {
        ensure!(Instant::now() < end, "process {id} does not stop");
        thread::sleep(Duration::from_millis(1));
    }
    Ok(())
}

fn is_stopped(id: u32) -> bool {
    let stopped = |task: std::io::Result<fs::DirEntry>| {
        let stat = task.and_then(|task| fs::read_to_string(task.path().join("stat"))).unwrap_or_default();
        // A thread that has ended meanwhile has no state.
        stat.is_empty() || stat.rsplit(')').next().is_some_and(|rest| rest.trim_start().starts_with(['T', 'Z']))
    };
    fs::read_dir(format!("/proc/{id}/task")).map_or(true, |mut tasks| tasks.all(stopped))
}
