//! A caller that acknowledges only what was committed comes through every single failed call.
//!
//! The script makes 200 calls. It is run again and again; in run n its n-th call fails, until no call is left to fail.

use std::sync::Arc;

use jisr_durable_kv::conformance::{Model, all, apply, random_batch};
use jisr_durable_kv::fault::{Fault, FaultyKv};
use jisr_durable_kv::{Kv, KvError, MemoryKv, SledKv, SledOptions};

const CALLS: u64 = 200;

/// What the caller knows after the script.
struct Told {
    /// All batches acknowledged, made in order.
    acknowledged: Model,
    /// The batches of which the store could not say whether they are there. Later ones were made on top.
    possible: Vec<Model>,
    failed: u64,
}

/// 100 commits, each followed by a read; goes on after a failed call, as a server does with the next request.
fn script(kv: &impl Kv) -> Told {
    let mut told = Told { acknowledged: Model::new(), possible: Vec::new(), failed: 0 };
    for seed in 0..CALLS / 2 {
        let batch = random_batch(seed);
        let mut with = told.acknowledged.clone();
        apply(&mut with, &batch);
        for possible in &mut told.possible {
            apply(possible, &batch);
        }
        match kv.commit(batch) {
            Ok(()) => told.acknowledged = with,
            Err(KvError::Full) => told.failed += 1,
            Err(_) => {
                told.failed += 1;
                told.possible.push(with);
            }
        }
        let read = match seed % 3 {
            0 => kv.get(b"key/07").map(drop),
            1 => kv.scan(b"key/1", b"key/3", 10).map(drop),
            _ => kv.scan_back(b"", b"\xFF", 3).map(drop),
        };
        told.failed += u64::from(read.is_err());
    }
    told
}

fn run(inner: Arc<dyn Kv>, fail_at: u64, fault: Fault) -> u64 {
    let kv = FaultyKv::new(inner, fail_at, fault);
    let told = script(&kv);
    let state = all(kv.inner());

    assert_eq!(kv.calls(), CALLS);
    let explained = state == told.acknowledged || told.possible.contains(&state);
    assert!(explained, "call {fail_at}, {fault:?}: the store is neither what was acknowledged nor that and one batch");
    if fault != Fault::LoseAnswer {
        assert!(state == told.acknowledged, "call {fail_at}, {fault:?}: a refused batch was made");
    }
    told.failed
}

#[test]
fn every_single_failed_call_leaves_what_was_acknowledged_in_memory() {
    for fault in Fault::ALL {
        let mut fail_at = 1;
        while run(Arc::new(MemoryKv::new()), fail_at, fault) > 0 {
            fail_at += 1;
        }
        assert_eq!(fail_at, CALLS + 1, "{fault:?}: every call of the script was made to fail once");
    }
}

#[test]
fn failed_calls_leave_what_was_acknowledged_on_the_disk() {
    for (fault, fail_at) in Fault::ALL.into_iter().flat_map(|fault| (1..=CALLS).step_by(23).map(move |n| (fault, n))) {
        let folder = tempfile::tempdir().expect("a folder");
        let kv = SledKv::open(folder.path(), SledOptions::device()).expect("opens");
        assert!(run(Arc::new(kv), fail_at, fault) > 0);
    }
}
