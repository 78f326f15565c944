//! Plays simulated fleets for as long as it is told to, and says what it played and what broke.
//!
//! `cargo xtask simulate --minutes 10` runs it optimised.

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use clap::Parser;
use jisr_sync_core::planted::Bug;
use jisr_tests::simulation::{Counts, Fault, Plan, Run, run};

/// How many broken runs are told in full.
const TOLD_MAX: usize = 5;

/// Plays simulated fleets and reports what broke.
#[derive(Parser)]
struct Arguments {
    /// For how many hours.
    #[arg(long, default_value_t = 0)]
    hours: u64,
    /// For how many minutes.
    #[arg(long, default_value_t = 0)]
    minutes: u64,
    /// How many runs at most.
    #[arg(long)]
    runs: Option<u64>,
    /// The first seed; without a length of time or a number of runs, the only one.
    #[arg(long)]
    seed: Option<u64>,
    /// Only these kinds of faults, such as `PhonePower,CutAnswer`.
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// Not these kinds.
    #[arg(long, value_delimiter = ',')]
    without: Vec<String>,
    /// How many phones a fleet has.
    #[arg(long)]
    phones: Option<usize>,
    /// How many days a run lasts.
    #[arg(long)]
    days: Option<u32>,
    /// A bug to plant, such as `DropWhenSent`.
    #[arg(long)]
    bug: Option<String>,
}

/// What was played.
#[derive(Default)]
struct Total {
    runs: u64,
    events: u64,
    device_days: u64,
    counts: Counts,
    broken: Vec<Run>,
}

impl Arguments {
    fn plan(&self) -> Plan {
        let named = |names: &[String]| -> Vec<Fault> {
            Fault::ALL.into_iter().filter(|fault| names.contains(&fault.to_string())).collect()
        };
        let mut plan = Plan::small();
        if !self.only.is_empty() {
            plan = plan.only(&named(&self.only));
        }
        named(&self.without).iter().for_each(|fault| _ = plan.faults.remove(fault));
        plan.phones = self.phones.unwrap_or(plan.phones).max(2);
        plan.days = self.days.unwrap_or(plan.days);
        plan
    }

    fn runs(&self) -> u64 {
        let timed = self.hours + self.minutes > 0;
        self.runs.unwrap_or(if timed { u64::MAX } else { 1 })
    }

    fn until(&self) -> Option<Instant> {
        let minutes = self.hours * 60 + self.minutes;
        (minutes > 0).then(|| Instant::now() + Duration::from_secs(minutes * 60))
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let plan = arguments.plan();
    let bug = Bug::ALL.into_iter().find(|bug| Some(format!("{bug:?}")) == arguments.bug);
    let first = arguments.seed.unwrap_or(0);
    let (next, total) = (AtomicU64::new(0), Mutex::new(Total::default()));
    let (runs, until, began) = (arguments.runs(), arguments.until(), Instant::now());
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::SeqCst);
                    if number >= runs || until.is_some_and(|until| Instant::now() >= until) {
                        return;
                    }
                    take(&total, run(first.wrapping_add(number), &plan, bug));
                }
            });
        }
    });
    let total = total.into_inner().unwrap_or_default();
    tell(&total, began.elapsed());
    if total.broken.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn take(total: &Mutex<Total>, run: Run) {
    let Ok(mut total) = total.lock() else { return };
    total.runs += 1;
    total.events += run.events;
    total.device_days += run.device_days;
    for (what, count) in &run.counts {
        *total.counts.entry(what.clone()).or_default() += count;
    }
    if run.broken.is_some() {
        if total.broken.len() < TOLD_MAX {
            eprintln!("{}\n", run.report());
        }
        total.broken.push(run);
    }
}

fn tell(total: &Total, took: Duration) {
    let a_second = |count: u64| count as f64 / took.as_secs_f64();
    println!(
        "{} runs, {} device-days, {} events in {:.0} s: {:.1} device-days a second",
        total.runs,
        total.device_days,
        total.events,
        took.as_secs_f64(),
        a_second(total.device_days)
    );
    for (what, count) in &total.counts {
        println!("  {what}: {count}");
    }
    println!("{} runs broke a promise", total.broken.len());
    let mut kinds: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    for run in &total.broken {
        kinds.entry(kind(run.broken.as_deref().unwrap_or_default())).or_default().push(run.seed);
    }
    for (kind, mut seeds) in kinds {
        seeds.sort_unstable();
        let few: Vec<String> = seeds.iter().take(12).map(u64::to_string).collect();
        println!("  {} x {kind}: seeds {}", seeds.len(), few.join(" "));
    }
}

/// A sentence without the ids and numbers in it, so that like ones stand together.
fn kind(broken: &str) -> String {
    let words = broken.split(' ').filter(|word| !word.chars().any(|c| c.is_ascii_digit()));
    words.collect::<Vec<_>>().join(" ")
}
