//! The whole system in a simulated world: what it promises holds under every fault, and the simulator would notice.

#![allow(clippy::unwrap_used, clippy::expect_used)] // The whole program is a test; a panic is its way to fail.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use jisr_tests::simulation::{Plan, Run, run};

/// How many runs every test of the project plays.
const RUNS: u64 = 40;

/// Plays `seeds` on as many threads as there are processors; gives those that broke a promise.
fn play(seeds: std::ops::Range<u64>, plan: &Plan) -> Vec<Run> {
    let next = AtomicU64::new(seeds.start);
    let broken = Mutex::new(Vec::new());
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::SeqCst);
                    if seed >= seeds.end {
                        return;
                    }
                    let run = run(seed, plan, None);
                    if run.broken.is_some() {
                        broken.lock().unwrap().push(run);
                    }
                }
            });
        }
    });
    broken.into_inner().unwrap()
}

#[test]
fn whatever_fails_nothing_is_lost_and_all_agree_in_the_end() {
    let plan = Plan::small();
    let seeds = match std::env::var("JISR_SIM_SEED") {
        Ok(seed) => {
            let seed = seed.parse().expect("JISR_SIM_SEED is a number");
            seed..seed + 1
        }
        Err(_) => 0..RUNS,
    };

    let broken = play(seeds, &plan);

    let reports: Vec<String> = broken.iter().map(Run::report).collect();
    assert!(broken.is_empty(), "{} runs broke a promise\n\n{}", broken.len(), reports.join("\n\n"));
}

#[test]
fn one_seed_is_played_twice_event_by_event_alike() {
    let (first, second) = (run(7, &Plan::small(), None), run(7, &Plan::small(), None));

    assert!(first.events > 100);
    assert_eq!((first.sum, first.events, first.counts), (second.sum, second.events, second.counts));
}
