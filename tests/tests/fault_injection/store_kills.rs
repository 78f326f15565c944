//! `kill -9` at any moment, while opening too, loses no acknowledged batch and leaves no half of one.
//!
//! `JISR_KILLS` sets how often (50 in every run of the tests).

use std::thread;
use std::time::{Duration, Instant};

use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};

use crate::child::{Writer, acknowledged, check, times};
use crate::tally::Tally;

#[test]
fn nothing_acknowledged_is_lost_when_the_process_is_killed() {
    let kills = times("JISR_KILLS", 50);
    let folder = tempfile::tempdir().expect("a folder");
    let (store, acks) = (folder.path().join("store"), folder.path().join("acks"));
    let mut random = SmallRng::seed_from_u64(9);
    let (mut tally, start) = (Tally::default(), Instant::now());

    while tally.faults < kills && !tally.is_bad() {
        tally.faults += 1;
        let mut writer = Writer::start(&store, &acks, true);
        // One in five is killed while it opens.
        let most = if tally.faults % 5 == 0 { 15 } else { 150 };
        thread::sleep(Duration::from_millis(random.random_range(1..most)));
        writer.kill();

        let acknowledged = acknowledged(&acks);
        let found = check(&store, acknowledged);
        tally.acknowledged = usize::try_from(acknowledged).unwrap_or(usize::MAX);
        tally.judge(tally.acknowledged, &found);
    }
    tally.print("store", "kills", "batches", start.elapsed());
    assert!(!tally.is_bad(), "{tally:?}");
    assert!(tally.acknowledged as u64 > kills, "the writer came to write: {tally:?}");
}
