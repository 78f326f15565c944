//! The power is cut under the whole server while vans deliver: what any device was told is there is there, once.
//!
//! A real `jisr-server` has its data on a disk of its own; devices record, edit and deliver over HTTP. At a random
//! moment the server is stopped where it is and its disk copied; a fresh server opens the copy at the old address, and
//! the devices go on with that one. In half of the cuts parts of the log reach the disk before they were asked to; the
//! journal of the file system is written every 5 or 300 seconds in turns; one in three follows a killed server, one in
//! five falls while the server opens its store. `JISR_SERVER_CUTS` sets how often (60 in every run of the tests). Needs
//! root; says so and passes where that is not given.

use std::time::Instant;

use jisr_tests::loop_disk::LoopDisk;
use rand::SeedableRng;
use rand::rngs::SmallRng;

use crate::child::times;
use crate::night::{Found, Night};

/// A service and its devices are given up for new ones after so many cuts.
const CUTS_OF_ONE_NIGHT: u64 = 15;

#[derive(Debug, Default, PartialEq, Eq)]
struct Outcome {
    cuts: u64,
    /// Changes that some device was told are on the server.
    acknowledged: usize,
    lost: u64,
    unsound: u64,
    unopenable: u64,
}

impl Outcome {
    const fn bad(&self) -> u64 {
        self.lost + self.unsound + self.unopenable
    }

    /// Counts what a cut left.
    fn judge(&mut self, acknowledged: usize, found: &Found) {
        let count = match found {
            Found::Whole => return,
            Found::Lost(_) => &mut self.lost,
            Found::Unsound(_) => &mut self.unsound,
            Found::Unopenable(_) => &mut self.unopenable,
        };
        *count += 1;
        println!("cut {}, {acknowledged} changes acknowledged: {found:?}", self.cuts);
    }
}

/// Cuts the power `cuts` times, or until the first night in which something was lost.
async fn cut_again_and_again(cuts: u64, fsync: bool) -> Outcome {
    let mut random = SmallRng::seed_from_u64(7);
    let mut outcome = Outcome::default();
    while outcome.cuts < cuts && outcome.bad() == 0 {
        let mut night = Night::begin(fsync).await;
        let end = cuts.min(outcome.cuts + CUTS_OF_ONE_NIGHT);
        while outcome.cuts < end && outcome.bad() == 0 {
            outcome.cuts += 1;
            night.cut(outcome.cuts, &mut random).await;
            let found = night.found().await;
            outcome.judge(night.acknowledged(), &found);
        }
        outcome.acknowledged += night.acknowledged();
        if outcome.bad() == 0 {
            night.end().await;
        }
    }
    outcome
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_a_device_was_told_is_on_the_server_is_lost_when_its_power_is_cut() {
    if let Some(reason) = LoopDisk::unavailable() {
        println!("SKIPPED: {reason}");
        return;
    }
    let start = Instant::now();
    let outcome = cut_again_and_again(times("JISR_SERVER_CUTS", 60), true).await;

    println!("{outcome:?} in {} s", start.elapsed().as_secs());
    assert_eq!(outcome.bad(), 0, "{outcome:?}");
    assert!(outcome.acknowledged as u64 > outcome.cuts, "the vans came to deliver: {outcome:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_fsync_the_same_cuts_under_the_server_lose_data() {
    if let Some(reason) = LoopDisk::unavailable() {
        println!("SKIPPED: {reason}");
        return;
    }
    let start = Instant::now();
    let outcome = cut_again_and_again(times("JISR_CUTS_WITHOUT_FSYNC", 12), false).await;

    println!("without fsync: {outcome:?} in {} s", start.elapsed().as_secs());
    assert!(outcome.bad() > 0, "the harness does not notice a missing fsync: {outcome:?}");
}
