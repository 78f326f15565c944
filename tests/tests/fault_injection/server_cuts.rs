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
use crate::night::Night;
use crate::tally::Tally;

/// A service and its devices are given up for new ones after so many cuts.
const CUTS_OF_ONE_NIGHT: u64 = 15;

/// Cuts the power `cuts` times, or until the first night in which something was lost.
async fn cut_again_and_again(cuts: u64, fsync: bool) -> Tally {
    let mut random = SmallRng::seed_from_u64(7);
    let mut tally = Tally::default();
    while tally.faults < cuts && !tally.is_bad() {
        let mut night = Night::begin_on_a_disk(fsync).await;
        let end = cuts.min(tally.faults + CUTS_OF_ONE_NIGHT);
        while tally.faults < end && !tally.is_bad() {
            tally.faults += 1;
            night.cut(tally.faults, &mut random).await;
            let found = night.found().await;
            tally.judge(night.acknowledged(), &found);
        }
        tally.acknowledged += night.acknowledged();
        if !tally.is_bad() {
            night.end().await;
        }
    }
    tally
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_a_device_was_told_is_on_the_server_is_lost_when_its_power_is_cut() {
    if let Some(reason) = LoopDisk::unavailable() {
        println!("SKIPPED: {reason}");
        return;
    }
    let start = Instant::now();
    let tally = cut_again_and_again(times("JISR_SERVER_CUTS", 60), true).await;

    tally.print("power of the server", "cuts", "changes", start.elapsed());
    assert!(!tally.is_bad(), "{tally:?}");
    assert!(tally.acknowledged as u64 > tally.faults, "the vans came to deliver: {tally:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_fsync_the_same_cuts_under_the_server_lose_data() {
    if let Some(reason) = LoopDisk::unavailable() {
        println!("SKIPPED: {reason}");
        return;
    }
    let start = Instant::now();
    let tally = cut_again_and_again(times("JISR_CUTS_WITHOUT_FSYNC", 12), false).await;

    tally.print("power of the server, without fsync", "cuts", "changes", start.elapsed());
    assert!(tally.is_bad(), "the harness does not notice a missing fsync: {tally:?}");
}
