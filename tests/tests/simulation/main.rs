//! The whole system in a simulated world: what it promises holds under every fault, and the simulator would notice.

#![allow(clippy::unwrap_used, clippy::expect_used)] // The whole program is a test; a panic is its way to fail.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Instant;

use jisr_sync_core::planted::Bug;
use jisr_tests::simulation::{Plan, Run, run};

/// How many runs every test of the project plays.
const RUNS: u64 = 60;

/// How many runs a planted bug may stay unnoticed: what is played in every test of the project.
const RUNS_WITH_BUG: u64 = RUNS;

/// Plays `seeds` on as many threads as there are processors; gives those that broke a promise, in the order of seeds.
/// With a bug planted it is enough that one does.
fn play(seeds: std::ops::Range<u64>, plan: &Plan, bug: Option<Bug>) -> Vec<Run> {
    let (next, enough, broken) = (AtomicU64::new(seeds.start), AtomicBool::new(false), Mutex::new(Vec::new()));
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::SeqCst);
                    if seed >= seeds.end || enough.load(Ordering::SeqCst) {
                        return;
                    }
                    let run = run(seed, plan, bug);
                    if run.broken.is_some() {
                        enough.store(bug.is_some(), Ordering::SeqCst);
                        broken.lock().unwrap().push(run);
                    }
                }
            });
        }
    });
    let mut broken = broken.into_inner().unwrap();
    broken.sort_by_key(|run| run.seed);
    broken
}

#[test]
fn whatever_fails_nothing_is_lost_and_all_agree_in_the_end() {
    let seeds = match std::env::var("JISR_SIM_SEED") {
        Ok(seed) => {
            let seed = seed.parse().expect("JISR_SIM_SEED is a number");
            seed..seed + 1
        }
        Err(_) => 0..RUNS,
    };

    let broken = play(seeds, &Plan::small(), None);

    let reports: Vec<String> = broken.iter().map(Run::report).collect();
    assert!(broken.is_empty(), "{} runs broke a promise\n\n{}", broken.len(), reports.join("\n\n"));
}

#[test]
fn one_seed_is_played_twice_event_by_event_alike() {
    let (first, second) = (run(7, &Plan::small(), None), run(7, &Plan::small(), None));

    assert!(first.events > 100);
    assert_eq!((first.sum, first.events, first.counts), (second.sum, second.events, second.counts));
}

#[test]
fn each_planted_bug_is_found_by_the_runs_of_every_test() {
    for bug in Bug::ALL {
        let began = Instant::now();

        let broken = play(0..RUNS_WITH_BUG, &Plan::small(), Some(bug));

        let found = broken.first().unwrap_or_else(|| panic!("{bug:?} was not found in {RUNS_WITH_BUG} runs"));
        let what = found.broken.as_deref().unwrap_or_default();
        println!("{bug:?}: seed {}, {:.1} s: {what}", found.seed, began.elapsed().as_secs_f64());
    }
}
