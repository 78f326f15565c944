//! What was measured, beside what was promised.

use serde::Serialize;

use crate::measure::Taken;

/// One figure, and what it is held against.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Line {
    /// What was done.
    pub workload: String,
    /// What was measured of it, with its unit.
    pub figure: &'static str,
    /// What came out.
    pub measured: f64,
    /// What it may be at most, or what the peer took; `None` where it stands alone.
    pub beside: Option<f64>,
    /// Measured over what stands beside it: up to 1 a promise is kept.
    pub ratio: Option<f64>,
}

/// Everything.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Report {
    /// What was promised, and what was measured besides.
    pub lines: Vec<Line>,
    /// Every run as it was.
    pub runs: Vec<(String, Taken)>,
}

/// What is promised of a workload, or what its peer took in the same run.
#[derive(Debug, Clone, Copy, Default)]
pub struct Limits {
    /// Bytes up.
    pub up: Option<f64>,
    /// Bytes down.
    pub down: Option<f64>,
    /// Bytes up and down together.
    pub bytes: Option<f64>,
    /// Seconds.
    pub seconds: Option<f64>,
    /// Requests.
    pub requests: Option<f64>,
    /// Microseconds of the server's processor time.
    pub server_cpu_us: Option<f64>,
}

impl Report {
    /// Adds what one workload took: of several runs the one with the median time, and the median processor time, which
    /// scatters by itself.
    pub fn add(&mut self, workload: &str, mut runs: Vec<Taken>, limits: Limits) {
        runs.sort_by(|a, b| a.seconds.total_cmp(&b.seconds));
        self.runs.extend(runs.iter().map(|taken| (workload.to_owned(), *taken)));
        let Some(median) = runs.get(runs.len() / 2) else { return };
        let mut cpu: Vec<u64> = runs.iter().map(|taken| taken.server_cpu_us).collect();
        cpu.sort_unstable();
        let cpu = cpu[cpu.len() / 2];
        let mut line = |figure, measured: f64, beside: Option<f64>| self.note(workload, figure, measured, beside);
        line("bytes up", median.bytes_up as f64, limits.up);
        line("bytes down", median.bytes_down as f64, limits.down);
        if limits.bytes.is_some() {
            line("bytes both ways", median.bytes() as f64, limits.bytes);
        }
        line("seconds", median.seconds, limits.seconds);
        // Not every workload can tell these two.
        if median.requests > 0 {
            line("requests", median.requests as f64, limits.requests);
        }
        line("connections", median.connections as f64, None);
        if cpu > 0 {
            line("server CPU, µs", cpu as f64, limits.server_cpu_us);
        }
    }

    /// Notes one figure, beside what is promised or what a peer took.
    pub fn note(&mut self, workload: &str, figure: &'static str, measured: f64, beside: Option<f64>) {
        let ratio = beside.map(|limit| measured / limit);
        self.lines.push(Line { workload: workload.to_owned(), figure, measured, beside, ratio });
    }

    /// Prints it as a table.
    pub fn print(&self) {
        println!("{:<58} {:<20} {:>12} {:>10} {:>7}", "workload", "figure", "measured", "beside", "ratio");
        let mut last = "";
        for line in &self.lines {
            let name = if line.workload == last { "" } else { &line.workload };
            last = &line.workload;
            let number = |value: f64| if value.fract() == 0.0 { format!("{value:.0}") } else { format!("{value:.3}") };
            let (limit, ratio) = (line.beside.map(number), line.ratio.map(|ratio| format!("{ratio:.2}")));
            let dash = || "–".to_owned();
            println!(
                "{name:<58} {:<20} {:>12} {:>10} {:>7}",
                line.figure,
                number(line.measured),
                limit.unwrap_or_else(dash),
                ratio.unwrap_or_else(dash)
            );
        }
    }
}
