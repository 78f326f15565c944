//! Plays simulated fleets for as long as it is told to, and says what it played, what failed in it, what broke, and how
//! soon each planted bug is found.
//!
//! `cargo xtask simulate --minutes 10` runs it optimised. Runs that are not finished when the time is up are finished.

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use clap::Parser;
use jisr_sync_core::planted::Bug;
use jisr_tests::simulation::{Counts, Fault, Plan, RUNS, Run, hunt, run};

/// How many broken runs are told in full.
const TOLD_MAX: usize = 5;

/// The most phones of a small world.
const SMALL_MAX: usize = 16;

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
    /// How many phones a fleet has; more than 16 are a large service of two phones to a unit.
    #[arg(long)]
    phones: Option<usize>,
    /// How many days a run lasts.
    #[arg(long)]
    days: Option<u32>,
    /// A large service over three weeks: as --phones 200 --days 21.
    #[arg(long)]
    fleet: bool,
    /// Does not look for planted bugs in the end.
    #[arg(long)]
    no_hunt: bool,
    /// How many runs at once; as many as there are processors without it.
    #[arg(long)]
    threads: Option<usize>,
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
        let small = Plan::small();
        let (phones, days) = if self.fleet { (200, 21) } else { (small.phones, small.days) };
        let (phones, days) = (self.phones.unwrap_or(phones).max(2), self.days.unwrap_or(days));
        let mut plan = if phones > SMALL_MAX { Plan::fleet(phones, days) } else { Plan { phones, days, ..small } };
        if !self.only.is_empty() {
            plan = plan.only(&named(&self.only));
        }
        named(&self.without).iter().for_each(|fault| _ = plan.faults.remove(fault));
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
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        for _ in 0..arguments.threads.unwrap_or(threads).max(1) {
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
    let all_found = bug.is_some() || arguments.no_hunt || hunt_all();
    if total.broken.is_empty() && all_found { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Looks for each planted bug with the runs of every test; whether all were found.
fn hunt_all() -> bool {
    println!("planted bugs, each looked for in {RUNS} runs:");
    let found = Bug::ALL.map(|bug| {
        let found = hunt(bug);
        match &found {
            Some(found) => println!("  {bug:?}: seed {}, {:.1} s", found.run.seed, found.took.as_secs_f64()),
            None => println!("  {bug:?}: NOT FOUND"),
        }
        found.is_some()
    });
    found.iter().all(|found| *found)
}

/// The most memory this process ever had, in MiB.
fn memory_mib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().trim_end_matches(" kB").parse::<u64>().ok()? / 1024)
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
    println!("device-days: {} in {} runs, {} events", total.device_days, total.runs, total.events);
    println!("device-days a second: {:.1} over {:.0} s", a_second(total.device_days), took.as_secs_f64());
    if let Some(mib) = memory_mib() {
        println!("memory at most: {mib} MiB");
    }
    let is_fault = |what: &str| Fault::ALL.iter().any(|fault| fault.to_string() == what);
    let (faults, other): (Vec<_>, Vec<_>) = total.counts.iter().partition(|(what, _)| is_fault(what));
    println!("faults: {}", faults.iter().map(|(_, count)| **count).sum::<u64>());
    faults.iter().for_each(|(what, count)| println!("  {what}: {count}"));
    println!("what else happened:");
    other.iter().for_each(|(what, count)| println!("  {what}: {count}"));
    println!("violations: {} runs broke a promise", total.broken.len());
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
