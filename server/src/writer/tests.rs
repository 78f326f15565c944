//! The writer over stores that count, wait and fail.

use std::sync::Arc;

use jisr_durable_kv::fault::{Fault, FaultyKv};
use jisr_durable_kv::{Kv, MemoryKv};
use jisr_sync_core::codes::ContactOutcome;
use jisr_sync_core::id::DocumentId;
use jisr_sync_core::record::Encounter;

use super::{WriteError, Writer, WriterThread};
use crate::kit_for_tests::{EVENING, GatedKv, TestDevice, over, unit, zone};
use crate::merge::{Delivered, Outcome};
use crate::progress::Unwatched;
use crate::storage::{DeviceMark, KvStorage, Storage};
use crate::verify::verify;

fn start(kv: Arc<dyn Kv>) -> (Arc<KvStorage>, Writer, WriterThread) {
    let storage = Arc::new(over(kv));
    let (writer, thread) = Writer::start(storage.clone(), zone()).unwrap();
    (storage, writer, thread)
}

fn pushes(device: &mut TestDevice, count: usize) -> Vec<(DocumentId, Delivered)> {
    let mut pushes = Vec::new();
    for _ in 0..count {
        let (id, made) = device.create(&Encounter { occurred_at: Some(device.now), ..Encounter::default() });
        let edit = device.edit::<Encounter>(id, |encounter| encounter.outcome = Some(ContactOutcome::Brief));
        pushes.push((id, device.delivers(&[made, edit])));
    }
    pushes
}

#[tokio::test]
async fn pushes_that_come_while_a_commit_runs_are_one_commit() {
    let kv = Arc::new(GatedKv::new());
    let (storage, writer, thread) = start(kv.clone());
    let mut devices = [TestDevice::new(1), TestDevice::new(2), TestDevice::new(3)];
    let mut jobs: Vec<_> = devices.iter_mut().map(|device| pushes(device, 1).remove(0).1).collect();
    let before = kv.commits();
    kv.close();

    let first = tokio::spawn({
        let (writer, job) = (writer.clone(), jobs.remove(0));
        async move { writer.deliver(job).await }
    });
    let waiting = kv.clone();
    tokio::task::spawn_blocking(move || waiting.until_one_waits()).await.unwrap();
    let rest: Vec<_> = jobs.into_iter().map(|job| Box::pin(writer.deliver(job))).collect();
    let mut rest = futures_util::future::join_all(rest);
    // Polled once, the rest stand in the queue behind the commit that waits.
    assert!(futures_util::poll!(&mut rest).is_pending());
    assert!(!first.is_finished(), "nothing is answered before its commit returns");
    assert_eq!(storage.head(&unit()).unwrap().number, 0, "and nothing is read from a log before");
    kv.open();

    assert_eq!(first.await.unwrap().unwrap(), [Outcome::Appended, Outcome::Appended]);
    assert!(rest.await.into_iter().all(|answer| answer.is_ok()));
    assert_eq!(kv.commits() - before, 2);
    assert_eq!(storage.head(&unit()).unwrap().number, 6);
    thread.shut_down();
}

#[tokio::test]
async fn whichever_call_of_the_store_fails_nothing_is_acknowledged_that_a_restart_does_not_hold() {
    for fault in Fault::ALL {
        for fail_at in 1.. {
            let kv = Arc::new(FaultyKv::new(MemoryKv::new(), fail_at, fault));
            let Ok(storage) = KvStorage::open(kv.clone(), &mut rand::rng()) else { continue };
            let storage = Arc::new(storage);
            let (writer, thread) = Writer::start(storage, zone()).unwrap();
            let mut device = TestDevice::new(1);
            let pushes = pushes(&mut device, 3);
            let mut acknowledged = Vec::new();
            for (id, push) in &pushes {
                if writer.deliver(push.clone()).await.is_ok() {
                    acknowledged.push(*id);
                }
            }
            thread.shut_down();
            let calls = kv.calls();
            let restarted = Arc::new(restart(&kv));

            for id in &acknowledged {
                assert!(restarted.row(id).unwrap().is_some(), "{fault:?} at call {fail_at}: {id} was acknowledged");
            }
            push_again(&restarted, &pushes).await;
            if calls < fail_at {
                assert_eq!(acknowledged.len(), 3, "without a fault everything is acknowledged");
                break;
            }
        }
    }
}

/// The store as a new process finds it.
fn restart(kv: &FaultyKv<MemoryKv>) -> KvStorage {
    let copy = MemoryKv::new();
    let mut batch = jisr_durable_kv::Batch::new();
    for (key, value) in kv.inner().scan(b"", &[0xFF; 8], usize::MAX).unwrap() {
        batch.put(key, value);
    }
    copy.commit(batch).unwrap();
    over(Arc::new(copy))
}

/// Devices send again what was not acknowledged, and what was: all of it is there once.
async fn push_again(storage: &Arc<KvStorage>, pushes: &[(DocumentId, Delivered)]) {
    let (writer, thread) = Writer::start(storage.clone(), zone()).unwrap();
    for (_, push) in pushes {
        writer.deliver(push.clone()).await.unwrap();
    }
    thread.shut_down();
    assert_eq!(storage.head(&unit()).unwrap().number, 6);
    assert_eq!(verify(&**storage, &zone(), &Unwatched).unwrap().faults, []);
}

#[tokio::test]
async fn after_a_commit_whose_fate_is_open_nothing_more_is_written_or_acknowledged() {
    // Calls: the seed is read and put, the heads scanned; then the first delivery reads and commits.
    let mut device = TestDevice::new(1);
    let pushes = pushes(&mut device, 1);
    let counting = Arc::new(FaultyKv::new(MemoryKv::new(), 0, Fault::LoseAnswer));
    let (_, writer, thread) = start(counting.clone());
    writer.deliver(pushes[0].1.clone()).await.unwrap();
    thread.shut_down();
    let commit = counting.calls();
    let kv = Arc::new(FaultyKv::new(MemoryKv::new(), commit, Fault::LoseAnswer));
    let (_, writer, thread) = start(kv.clone());

    let first = writer.deliver(pushes[0].1.clone()).await;
    let again = writer.deliver(pushes[0].1.clone()).await;

    assert_eq!((first, again), (Err(WriteError::Stopped), Err(WriteError::Stopped)));
    assert!(writer.is_stopped());
    thread.shut_down();
}

#[tokio::test]
async fn a_full_disk_refuses_and_the_writer_goes_on_when_there_is_room() {
    let mut device = TestDevice::new(1);
    let pushes = pushes(&mut device, 2);
    let counting = Arc::new(FaultyKv::new(MemoryKv::new(), 0, Fault::Full));
    let (_, writer, thread) = start(counting.clone());
    writer.deliver(pushes[0].1.clone()).await.unwrap();
    thread.shut_down();
    let kv = Arc::new(FaultyKv::new(MemoryKv::new(), counting.calls(), Fault::Full));
    let (storage, writer, thread) = start(kv);

    let full = writer.deliver(pushes[0].1.clone()).await;
    let room = writer.deliver(pushes[0].1.clone()).await;

    assert_eq!(full, Err(WriteError::Full));
    assert_eq!(room.unwrap(), [Outcome::Appended, Outcome::Appended]);
    assert_eq!(storage.head(&unit()).unwrap().number, 2);
    thread.shut_down();
}

#[tokio::test]
async fn shutting_down_answers_what_waits_and_takes_nothing_more() {
    let kv = Arc::new(GatedKv::new());
    let (storage, writer, thread) = start(kv.clone());
    let mut device = TestDevice::new(1);
    let mut pushes = pushes(&mut device, 2);
    kv.close();
    let (last, first) = (pushes.remove(1).1, pushes.remove(0).1);
    let waits = tokio::spawn({
        let writer = writer.clone();
        async move { writer.deliver(first).await }
    });
    let waiting = kv.clone();
    tokio::task::spawn_blocking(move || waiting.until_one_waits()).await.unwrap();

    let ended = tokio::task::spawn_blocking(move || thread.shut_down());
    while !writer.room.is_closed() {
        tokio::task::yield_now().await;
    }
    let refused = writer.deliver(last).await;
    kv.open();

    assert_eq!(refused, Err(WriteError::Closed));
    assert!(waits.await.unwrap().is_ok());
    ended.await.unwrap();
    assert_eq!(storage.head(&unit()).unwrap().number, 2);
}

#[tokio::test]
async fn a_replay_costs_no_commit_and_a_mark_is_kept() {
    let kv = Arc::new(GatedKv::new());
    let (storage, writer, thread) = start(kv.clone());
    let mut device = TestDevice::new(1);
    let push = pushes(&mut device, 1).remove(0).1;
    writer.deliver(push.clone()).await.unwrap();
    let commits = kv.commits();

    let replayed = writer.deliver(push).await.unwrap();
    assert_eq!(kv.commits(), commits);
    writer.mark(DeviceMark { waiting: Some(3), ..DeviceMark::first_seen(device.id, EVENING) }).await.unwrap();

    assert_eq!(replayed, [Outcome::Known, Outcome::Known]);
    assert_eq!(storage.device_mark(&device.id).unwrap().unwrap().waiting, Some(3));
    thread.shut_down();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_reader_at_a_number_is_never_overtaken() {
    let (storage, writer, thread) = start(Arc::new(MemoryKv::new()));
    let writers: Vec<_> = (1..=6_u8)
        .map(|seed| {
            let writer = writer.clone();
            tokio::spawn(async move {
                let mut device = TestDevice::new(seed);
                for (_, push) in pushes(&mut device, 20) {
                    writer.deliver(push).await.unwrap();
                }
            })
        })
        .collect();
    let reader = tokio::task::spawn_blocking({
        let storage = storage.clone();
        move || {
            let (mut chain, mut number) = (jisr_sync_core::sync::Chain::START, 0);
            while number < 240 {
                let limit = crate::storage::ReadLimit { records: 7, bytes: 2_000 };
                for record in storage.log_after(&unit(), number, limit).unwrap() {
                    let log = record.log;
                    assert_eq!(log.number, number + 1);
                    chain = chain.next(log.kind, &log.document, &log.hash);
                    assert_eq!(log.chain, chain);
                    number = log.number;
                }
            }
            chain
        }
    });
    for writer in writers {
        writer.await.unwrap();
    }

    let read = reader.await.unwrap();

    assert_eq!(storage.head(&unit()).unwrap().chain, read);
    thread.shut_down();
}
