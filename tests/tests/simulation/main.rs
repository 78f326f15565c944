//! The whole system in a simulated world: what it promises holds under every fault, and the simulator would notice.

#![allow(clippy::unwrap_used, clippy::expect_used)] // The whole program is a test; a panic is its way to fail.

use jisr_sync_core::planted::Bug;
use jisr_tests::simulation::{Plan, RUNS, Run, hunt, play, run};

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
        let found = hunt(bug).unwrap_or_else(|| panic!("{bug:?} was not found in {RUNS} runs"));

        let what = found.run.broken.as_deref().unwrap_or_default();
        println!("{bug:?}: seed {}, {:.1} s: {what}", found.run.seed, found.took.as_secs_f64());
    }
}
