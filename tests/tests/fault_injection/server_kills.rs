//! The server is killed (SIGKILL) while vans deliver: what any device was told is there is there, once.
//!
//! A real `jisr-server`; devices record, edit and deliver over HTTP. At a random moment the server is killed, one in five
//! times again while it opens its store; a fresh server opens what is left at the old address, and the devices go on
//! with that one. `JISR_SERVER_KILLS` sets how often (30 in every run of the tests).

use std::time::Instant;

use rand::SeedableRng;
use rand::rngs::SmallRng;

use crate::child::times;
use crate::night::Night;
use crate::tally::Tally;

/// A service and its devices are given up for new ones after so many kills: after each everything is read, so that a
/// long night would be slow.
const KILLS_OF_ONE_NIGHT: u64 = 25;

/// Kills the server `kills` times, or until something was lost.
async fn kill_again_and_again(kills: u64) -> Tally {
    let mut random = SmallRng::seed_from_u64(5);
    let mut tally = Tally::default();
    while tally.faults < kills && !tally.is_bad() {
        let mut night = Night::begin().await;
        let end = kills.min(tally.faults + KILLS_OF_ONE_NIGHT);
        while tally.faults < end && !tally.is_bad() {
            tally.faults += 1;
            night.kill(tally.faults, &mut random).await;
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
async fn nothing_a_device_was_told_is_on_the_server_is_lost_when_it_is_killed_at_any_moment() {
    let start = Instant::now();
    let tally = kill_again_and_again(times("JISR_SERVER_KILLS", 30)).await;

    tally.print("server", "kills", "changes", start.elapsed());
    assert!(!tally.is_bad(), "{tally:?}");
    assert!(tally.acknowledged as u64 > tally.faults, "the vans came to deliver: {tally:?}");
}
