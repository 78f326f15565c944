//! Cuts at every place, damaged changes, a restored server, copies, erasure, revocation: nothing is lost.

use jisr_client_sdk::store::kv::KvStore;
use jisr_client_sdk::store::{AsideOrigin, Store, StoreBatch};
use jisr_client_sdk::transport::faulty::Fault;
use jisr_client_sdk::{Error, Phase, Query, RecordSync};
use jisr_durable_kv::{Batch, Kv};
use jisr_sync_core::codes::Risk;
use jisr_sync_core::id::DocumentId;
use jisr_sync_core::record::Encounter;
use jisr_sync_core::sync::ReasonCode;
use jisr_sync_core::sync::limits::OFFER_FINGERPRINTS_MAX;

use crate::support::{Device, encounter, revoked, server, unit};

#[tokio::test]
async fn a_cut_at_any_byte_loses_and_doubles_nothing() {
    for cut in (0..1_600).step_by(97) {
        for fault in [Fault::CutRequestAt(cut), Fault::CutAnswerAt(cut), Fault::Duplicate] {
            let server = server();
            let writer = Device::new(&server, 1);
            let client = writer.enrolled().await;
            for n in 0..5 {
                client.encounters().add(encounter(&format!("Place {n}"))).await.unwrap();
            }
            writer.suffers(fault);

            let _ = client.sync_now().await;
            client.sync_now().await.unwrap();

            assert_eq!((server.documents(), server.log_length(&unit())), (5, 5), "{fault:?}");
            assert_eq!(client.status().waiting, 0, "{fault:?}");
        }
    }
}

#[tokio::test]
async fn an_answer_cut_at_any_byte_is_read_on_from_there() {
    for cut in (0..2_000).step_by(131) {
        let server = server();
        let writer = Device::new(&server, 1).enrolled().await;
        for n in 0..8 {
            writer.encounters().add(encounter(&format!("Place {n}"))).await.unwrap();
        }
        writer.sync_now().await.unwrap();
        let reader = Device::new(&server, 2);
        let client = reader.enrolled().await;
        reader.suffers(Fault::CutAnswerAt(cut));

        let _ = client.sync_now().await;
        client.sync_now().await.unwrap();

        assert_eq!(client.encounters().find(Query::all()).await.unwrap().len(), 8, "{cut}");
        assert_eq!(client.status().waiting, 0, "{cut}");
    }
}

#[tokio::test]
async fn a_damaged_change_is_kept_aside_and_blocks_nothing() {
    let server = server();
    let writer = Device::new(&server, 1).enrolled().await;
    let reader = Device::new(&server, 2).enrolled().await;
    let bad = DocumentId::from_bytes([9; 16]);
    writer.encounters().add(encounter("Before")).await.unwrap();
    writer.sync_now().await.unwrap();
    server.append_unchecked(&unit(), bad, b"\x85\x6f\x4a\x83not a change at all".to_vec());
    writer.encounters().add(encounter("After")).await.unwrap();
    writer.sync_now().await.unwrap();

    let report = reader.sync_now().await.unwrap();

    assert_eq!(report.refused, 1);
    assert_eq!(reader.encounters().find(Query::all()).await.unwrap().len(), 2);
    let aside = reader.set_aside().unwrap();
    assert_eq!((aside.len(), aside[0].key.document, aside[0].aside.origin), (1, bad, AsideOrigin::Received));
    assert_eq!(reader.status().set_aside, 1);
}

#[tokio::test]
async fn a_server_put_back_to_an_older_backup_is_filled_again_by_the_devices() {
    let server = server();
    let one = Device::new(&server, 1).enrolled().await;
    let two = Device::new(&server, 2).enrolled().await;
    for n in 0..6 {
        one.encounters().add(encounter(&format!("Before {n}"))).await.unwrap();
        one.sync_now().await.unwrap();
    }
    two.sync_now().await.unwrap();
    let backup = server.backup();
    let late = one.encounters().add(encounter("After the backup")).await.unwrap();
    one.sync_now().await.unwrap();
    two.sync_now().await.unwrap();
    two.encounters().update(late, |e: &mut Encounter| e.risk = Some(Risk::High)).await.unwrap();
    two.sync_now().await.unwrap();

    server.restore(backup);
    assert!(server.document(late).is_none());
    two.sync_now().await.unwrap();
    one.sync_now().await.unwrap();

    let restored: Encounter = server.document(late).unwrap().read().unwrap();
    assert_eq!(restored.risk, Some(Risk::High));
    assert_eq!((server.documents(), server.log_length(&unit())), (7, 8));
    assert_eq!((one.status().waiting, two.status().waiting), (0, 0));
}

#[tokio::test]
async fn what_a_restored_server_lost_of_a_device_that_is_gone_comes_back_from_another_under_its_name() {
    let server = server();
    let gone = Device::new(&server, 1).enrolled().await;
    let other = Device::new(&server, 2).enrolled().await;
    other.sync_now().await.unwrap();
    let backup = server.backup();
    let late = gone.encounters().add(encounter("After the backup")).await.unwrap();
    gone.encounters().update(late, |e: &mut Encounter| e.risk = Some(Risk::High)).await.unwrap();
    gone.sync_now().await.unwrap();
    other.sync_now().await.unwrap();
    other.encounters().update(late, |e: &mut Encounter| e.commune = Some("Afourar".into())).await.unwrap();

    server.restore(backup);
    server.forget(gone.device().unwrap());
    let report = other.sync_now().await.unwrap();

    let restored: Encounter = server.document(late).unwrap().read().unwrap();
    assert_eq!((restored.risk, restored.commune.as_deref()), (Some(Risk::High), Some("Afourar")));
    let (gone, own) = (gone.device().unwrap(), other.device().unwrap());
    assert_eq!(server.authors(late), [gone, gone, own]);
    assert_eq!((other.status().waiting, other.status().set_aside), (0, 0), "{report:?}");
}

#[tokio::test]
async fn an_edit_of_what_the_server_lost_waits_until_that_is_back_and_is_never_set_aside() {
    let server = server();
    let one = Device::new(&server, 1).enrolled().await;
    let backup = server.backup();
    let id = one.encounters().add(encounter("Souk")).await.unwrap();
    one.sync_now().await.unwrap();
    server.restore(backup);
    one.encounters().update(id, |e: &mut Encounter| e.risk = Some(Risk::High)).await.unwrap();

    let report = one.sync_now().await.unwrap();

    assert_eq!(server.document(id).unwrap().read::<Encounter>().unwrap().risk, Some(Risk::High), "{report:?}");
    assert_eq!((one.status().waiting, one.status().set_aside), (0, 0));
    assert_eq!(server.log_length(&unit()), 2, "each change once");
}

/// The acknowledgement comes before the frames of the same answer, whose cursors are below the acknowledged change's own
/// number: one of them is where a restored server and the device agree.
#[tokio::test]
async fn what_was_acknowledged_before_a_long_answer_was_read_comes_back_to_a_restored_server() {
    let server = server();
    let one = Device::new(&server, 1).enrolled().await;
    let two = Device::new(&server, 2).enrolled().await;
    one.sync_now().await.unwrap();
    for n in 0..70 {
        two.encounters().add(encounter(&format!("Long enough a name for a place, number {n}"))).await.unwrap();
    }
    two.sync_now().await.unwrap();
    let backup = server.backup();
    let last = one.encounters().add(encounter("After the backup")).await.unwrap();
    let report = one.sync_now().await.unwrap();
    assert_eq!((report.sent, report.received), (1, 70));

    server.restore(backup);
    one.sync_now().await.unwrap();

    assert!(server.document(last).is_some());
    assert_eq!((server.log_length(&unit()), one.status().waiting), (71, 0));
}

#[tokio::test]
async fn what_a_restored_server_no_longer_keeps_aside_is_offered_again_and_may_be_let_in_by_then() {
    let server = server();
    let one = Device::new(&server, 1).enrolled().await;
    one.encounters().add(encounter("Before")).await.unwrap();
    one.sync_now().await.unwrap();
    let backup = server.backup();
    server.revoke(one.device().unwrap());
    let aside = one.encounters().add(encounter("Set aside")).await.unwrap();
    assert!(matches!(one.sync_now().await, Err(Error::Revoked)));
    assert_eq!((one.status().waiting, one.status().set_aside), (0, 1));

    server.restore(backup);
    server.reinstate(one.device().unwrap());
    one.sync_now().await.unwrap();

    assert!(server.document(aside).is_some());
    assert_eq!((one.status().waiting, one.status().set_aside), (0, 0));
}

#[tokio::test]
async fn what_a_server_forgot_that_it_had_set_aside_is_offered_again_although_its_log_still_fits() {
    let server = server();
    let one = Device::new(&server, 1).enrolled().await;
    one.encounters().add(encounter("Before")).await.unwrap();
    one.sync_now().await.unwrap();
    let backup = server.backup();
    server.revoke(one.device().unwrap());
    let aside = one.encounters().add(encounter("Set aside")).await.unwrap();
    assert!(matches!(one.sync_now().await, Err(Error::Revoked)));
    server.reinstate(one.device().unwrap());
    // The restored server lost nothing but what was aside, and nobody is asked about the log.
    one.sync_now().await.unwrap();
    assert_eq!((one.status().waiting, one.status().set_aside), (0, 1));

    server.restore(backup);
    one.sync_now().await.unwrap();

    assert!(server.document(aside).is_some());
    assert_eq!((one.status().waiting, one.status().set_aside), (0, 0));
}

#[tokio::test]
async fn one_record_that_does_not_read_any_more_keeps_out_no_other_and_comes_again() {
    let server = server();
    let device = Device::new(&server, 1);
    let client = device.enrolled().await;
    let other = Device::new(&server, 2).enrolled().await;
    let id = client.encounters().add(encounter("Souk")).await.unwrap();
    client.sync_now().await.unwrap();
    client.encounters().update(id, |e: &mut Encounter| e.risk = Some(Risk::High)).await.unwrap();
    drop(client);
    other.sync_now().await.unwrap();
    other.encounters().update(id, |e: &mut Encounter| e.health_urgent = Some(true)).await.unwrap();
    let new = other.encounters().add(encounter("Gare")).await.unwrap();
    other.sync_now().await.unwrap();
    let saved = |(key, value): &(Vec<u8>, Vec<u8>)| {
        key.ends_with(id.as_bytes()) && value.starts_with(&[0x85, 0x6f, 0x4a, 0x83])
    };
    let pairs = device.kv.scan(&[], &[0xFF], usize::MAX).unwrap();
    let (key, mut value) = pairs.into_iter().find(saved).unwrap();
    value.truncate(20);
    let mut batch = Batch::new();
    batch.put(key, value);
    device.kv.commit(batch).unwrap();

    let client = device.open(1).await;
    client.sync_now().await.unwrap();

    assert!(client.encounters().get(new).await.unwrap().is_some());
    let record = client.encounters().get(id).await.unwrap().unwrap();
    assert_eq!((record.value.risk, record.value.health_urgent), (Some(Risk::High), Some(true)));
    assert_eq!((record.sync, client.status().waiting, client.status().set_aside), (RecordSync::OnServer, 0, 0));
}

/// Found by the simulator: it went on counting as part of a log that had lost it, and the sums never agreed again.
#[tokio::test]
async fn what_was_not_let_in_here_and_a_restored_server_has_lost_is_not_kept_aside_any_more() {
    let server = server();
    let [one, other] = [Device::new(&server, 1).enrolled().await, Device::new(&server, 2).enrolled().await];
    one.encounters().add(encounter("Before")).await.unwrap();
    one.sync_now().await.unwrap();
    let backup = server.backup();
    server.append_unchecked(&unit(), DocumentId::from_bytes([9; 16]), vec![7; 80]);
    let later = other.encounters().add(encounter("After")).await.unwrap();
    for client in [&other, &one] {
        client.sync_now().await.unwrap();
    }
    assert_eq!(one.set_aside().unwrap().len(), 1);

    server.restore(backup);
    one.sync_now().await.unwrap();
    let report = one.sync_now().await.unwrap();

    assert!(server.document(later).is_some(), "what it has of others is given back");
    assert_eq!((one.set_aside().unwrap().len(), report.exchanges), (0, 1), "and all agrees: {report:?}");
}

#[tokio::test]
async fn a_device_that_is_put_off_has_delivered_and_keeps_all_it_holds() {
    let server = server();
    let one = Device::new(&server, 1).enrolled().await;
    let kept = one.encounters().add(encounter("Souk")).await.unwrap();
    one.sync_now().await.unwrap();
    let new = one.encounters().add(encounter("Gare")).await.unwrap();

    server.put_off_reading(Some(12));
    let error = one.sync_now().await.unwrap_err();

    assert!(matches!(error, Error::RetryAfter(delay) if delay.as_secs() == 12), "{error:?}");
    assert!(server.document(new).is_some() && one.status().waiting == 0);
    assert!(one.encounters().get(kept).await.unwrap().is_some());
    server.put_off_reading(None);
    one.sync_now().await.unwrap();
}

#[tokio::test]
async fn an_erased_record_leaves_the_device_and_does_not_come_back() {
    let server = server();
    let one = Device::new(&server, 1).enrolled().await;
    let two = Device::new(&server, 2).enrolled().await;
    let id = one.encounters().add(encounter("Souk")).await.unwrap();
    one.sync_now().await.unwrap();
    two.sync_now().await.unwrap();
    let change = server.document(id).unwrap().changes()[0].bytes().to_vec();

    server.erase(id);
    server.append_unchecked(&unit(), id, change);
    two.sync_now().await.unwrap();

    assert!(two.encounters().get(id).await.unwrap().is_none());
    assert!(matches!(two.history(id).await, Err(Error::NotFound(_))));
}

#[tokio::test]
async fn what_a_supervisor_decides_reaches_the_device_that_wrote_it() {
    for release in [true, false] {
        let server = server();
        let client = Device::new(&server, 1).enrolled().await;
        let device = client.device().unwrap();
        // It has read the log once: who reads it for the first time offers again whatever it holds.
        client.sync_now().await.unwrap();
        server.revoke(device);
        let id = client.encounters().add(encounter("Gare")).await.unwrap();
        assert!(matches!(client.sync_now().await, Err(Error::Revoked)));
        assert_eq!((client.status().set_aside, server.set_aside()), (1, 1), "both sides count the same");
        server.reinstate(device);
        client.sync_now().await.unwrap();
        assert_eq!(client.status().set_aside, 1, "nobody has decided yet");

        if release {
            assert_eq!(server.release_all(), 1);
        } else {
            server.discard_all();
        }
        client.sync_now().await.unwrap();

        assert_eq!((client.status().set_aside, server.set_aside()), (0, 0));
        let kept = client.encounters().get(id).await.unwrap().unwrap();
        let expected =
            if release { RecordSync::OnServer } else { RecordSync::SetAside(ReasonCode::DISCARDED.to_owned()) };
        assert_eq!(kept.sync, expected);
        assert_eq!(client.set_aside().unwrap().len(), usize::from(!release), "what is discarded is kept here");
        let before = server.log_length(&unit());
        client.sync_now().await.unwrap();
        assert_eq!(server.log_length(&unit()), before, "and is not sent again");
    }
}

#[tokio::test]
async fn a_revoked_device_delivers_what_it_has_and_keeps_it_readable() {
    let server = server();
    let client = Device::new(&server, 1).enrolled().await;
    let id = client.encounters().add(encounter("Souk")).await.unwrap();
    server.revoke(client.device().unwrap());

    assert!(matches!(client.sync_now().await, Err(Error::Revoked)));

    assert_eq!(client.status().phase, Phase::Revoked);
    let kept = client.encounters().get(id).await.unwrap().unwrap();
    assert_eq!(kept.sync, RecordSync::SetAside("revoked".to_owned()));

    client.enrol(crate::support::URL, "MODEL").await.unwrap();
    client.sync_now().await.unwrap();
    assert!(server.document(id).is_some(), "enrolled again, it is offered again");
    assert_eq!(client.encounters().get(id).await.unwrap().unwrap().sync, RecordSync::OnServer);
}

#[tokio::test]
async fn what_was_set_aside_is_here_again_when_it_is_let_in_although_its_record_had_left() {
    let server = server();
    let client = Device::new(&server, 1).enrolled().await;
    let known = client.encounters().add(encounter("Souk")).await.unwrap();
    client.sync_now().await.unwrap();
    server.revoke(client.device().unwrap());
    client.encounters().update(known, |e: &mut Encounter| e.risk = Some(Risk::High)).await.unwrap();
    let new = client.encounters().add(encounter("Gare")).await.unwrap();
    assert!(matches!(client.sync_now().await, Err(Error::Revoked)));
    client.enrol(crate::support::URL, "MODEL:azilal-2").await.unwrap();
    client.sync_now().await.unwrap();
    let left = client.encounters().find(Query::all()).await.unwrap();
    assert_eq!((left.len(), client.status().set_aside), (0, 2), "the records are another unit's");
    revoked(&server, &client).await;

    client.enrol(crate::support::URL, "MODEL").await.unwrap();
    client.sync_now().await.unwrap();

    let known = client.encounters().get(known).await.unwrap().unwrap();
    assert_eq!((known.value.risk, known.sync), (Some(Risk::High), RecordSync::OnServer));
    let new = client.encounters().get(new).await.unwrap().unwrap();
    assert_eq!(new.sync, RecordSync::OnServer);
    assert_eq!((client.status().waiting, client.status().set_aside), (0, 0));
}

#[tokio::test]
async fn what_is_offered_again_and_builds_on_what_nobody_has_any_more_is_set_aside_and_not_offered_without_end() {
    let server = server();
    let client = Device::new(&server, 1).enrolled().await;
    let id = client.encounters().add(encounter("Souk")).await.unwrap();
    client.sync_now().await.unwrap();
    let backup = server.backup();
    client.encounters().update(id, |e: &mut Encounter| e.risk = Some(Risk::High)).await.unwrap();
    client.sync_now().await.unwrap();
    server.revoke(client.device().unwrap());
    client.encounters().update(id, |e: &mut Encounter| e.risk = Some(Risk::Low)).await.unwrap();
    assert!(matches!(client.sync_now().await, Err(Error::Revoked)));
    client.enrol(crate::support::URL, "MODEL:azilal-2").await.unwrap();
    client.sync_now().await.unwrap();
    // With the record, what the last edit builds on has left the only device that had it.
    server.restore(backup.clone());
    revoked(&server, &client).await;
    client.enrol(crate::support::URL, "MODEL").await.unwrap();
    client.sync_now().await.unwrap();
    assert!(client.encounters().get(id).await.unwrap().is_some());

    // Now the record is here, without that.
    server.restore(backup);
    let report = client.sync_now().await.unwrap();

    assert_eq!((client.status().waiting, client.status().set_aside, server.set_aside()), (0, 1, 1), "{report:?}");
}

#[tokio::test]
async fn what_the_server_has_of_a_unit_that_is_not_ours_any_more_is_not_taken_in_again() {
    let server = server();
    let client = Device::new(&server, 1).enrolled().await;
    let id = client.encounters().add(encounter("Souk")).await.unwrap();
    client.sync_now().await.unwrap();
    server.revoke(client.device().unwrap());
    client.encounters().update(id, |e: &mut Encounter| e.risk = Some(Risk::High)).await.unwrap();
    assert!(matches!(client.sync_now().await, Err(Error::Revoked)));
    client.enrol(crate::support::URL, "MODEL:azilal-2").await.unwrap();
    client.sync_now().await.unwrap();
    assert_eq!(server.release_all(), 1);
    revoked(&server, &client).await;

    client.enrol(crate::support::URL, "MODEL:azilal-2").await.unwrap();
    client.sync_now().await.unwrap();

    assert!(client.encounters().get(id).await.unwrap().is_none());
    assert_eq!((client.status().waiting, client.status().set_aside), (0, 0));
    assert_eq!(client.set_aside().unwrap().len(), 0);
}

#[tokio::test]
async fn a_device_that_a_restored_server_does_not_know_is_enrolled_again_under_its_id() {
    let server = server();
    let backup = server.backup();
    let client = Device::new(&server, 1).enrolled().await;
    let device = client.device().unwrap();
    let early = client.encounters().add(encounter("Souk")).await.unwrap();
    client.sync_now().await.unwrap();
    server.restore(backup);
    server.forget(device);
    let late = client.encounters().add(encounter("Gare")).await.unwrap();

    assert!(matches!(client.sync_now().await, Err(Error::Revoked)));
    client.enrol(crate::support::URL, "MODEL").await.unwrap();
    client.sync_now().await.unwrap();

    assert_eq!(client.device().unwrap(), device);
    assert_eq!(client.status().waiting, 0);
    for id in [early, late] {
        assert!(server.document(id).is_some(), "{id} is on the server");
        assert_eq!(server.authors(id), [device]);
    }
}

#[tokio::test]
async fn a_wrong_clock_costs_one_more_round_trip_and_is_remembered() {
    let server = server();
    let device = Device::new(&server, 1);
    let client = device.enrolled().await;
    device.clock.advance(2 * 24 * 3_600 * 1_000);
    client.encounters().add(encounter("Souk")).await.unwrap();

    let first = client.sync_now().await.unwrap();
    let second = client.sync_now().await.unwrap();

    assert_eq!((first.exchanges, second.exchanges), (2, 1));
    assert_eq!(server.documents(), 1);
}

#[tokio::test]
async fn a_store_restored_from_an_old_image_is_told_and_its_own_work_arrives() {
    let server = server();
    let device = Device::new(&server, 1);
    let client = device.enrolled().await;
    let id = client.encounters().add(encounter("Souk")).await.unwrap();
    client.sync_now().await.unwrap();
    let copy = Device::new(&server, 7);
    copy.restore_from(&device);
    for boot in 1..=3 {
        let client = device.open(boot).await;
        client.encounters().update(id, move |e: &mut Encounter| e.commune = Some(boot.to_string())).await.unwrap();
        client.sync_now().await.unwrap();
    }

    let old = copy.open(1).await;
    old.encounters().update(id, |e: &mut Encounter| e.risk = Some(Risk::High)).await.unwrap();
    let report = old.sync_now().await.unwrap();
    let other = old.encounters().add(encounter("Douar")).await.unwrap();
    old.sync_now().await.unwrap();

    assert_eq!(report.exchanges, 3, "told to be a copy, refused, written again");
    assert!(server.document(other).is_some());
    assert_eq!((old.status().waiting, old.status().set_aside), (0, 0));
    let merged: Encounter = server.document(id).unwrap().read().unwrap();
    assert_eq!((merged.commune.as_deref(), merged.risk), (Some("3"), Some(Risk::High)));
    assert_eq!(old.encounters().get(id).await.unwrap().unwrap().value.commune.as_deref(), Some("3"));
}

/// Put back to an image of its present opening, a device shows no older number than before: nobody can tell. What it
/// wrote since is on the server, behind a place it has not read, and a server does not send back what a device wrote.
#[tokio::test]
async fn a_store_put_back_unnoticed_gets_its_own_later_work_again() {
    let server = server();
    let device = Device::new(&server, 1);
    let client = device.enrolled().await;
    let early = client.encounters().add(encounter("Souk")).await.unwrap();
    client.sync_now().await.unwrap();
    let image = Device::new(&server, 7);
    image.restore_from(&device);
    let late = client.encounters().add(encounter("Gare")).await.unwrap();
    client.encounters().update(early, |e: &mut Encounter| e.risk = Some(Risk::High)).await.unwrap();
    client.sync_now().await.unwrap();
    let requests = server.requests();

    let back = image.open(1).await;
    let report = back.sync_now().await.unwrap();

    assert!(back.encounters().get(late).await.unwrap().is_some(), "{report:?}");
    let edited = back.encounters().get(early).await.unwrap().unwrap();
    assert_eq!(edited.value.risk, Some(Risk::High));
    assert_eq!((server.requests() - requests, back.status().waiting), (2, 0), "read to the end, and again from before");
    back.sync_now().await.unwrap();
    assert_eq!(server.requests() - requests, 3, "and that is all");
}

/// What is missing lies before the place both sides last agreed on, as after a fault of the device: the months that
/// differ are found, what is held of them is offered, and only the rest travels.
#[tokio::test]
async fn what_is_missing_from_long_ago_comes_back_alone() {
    let server = server();
    let colleague = Device::new(&server, 1).enrolled().await;
    let mut ids = Vec::new();
    for n in 0..200 {
        ids.push(colleague.encounters().add(encounter(&format!("Place {n}"))).await.unwrap());
    }
    colleague.sync_now().await.unwrap();
    let device = Device::new(&server, 2);
    let client = device.enrolled().await;
    let whole = client.sync_now().await.unwrap();
    client.close().await.unwrap();
    let store = KvStore::new(device.kv.clone()).unwrap();
    let documents = [(ids[7], None), (ids[150], None)].into();
    store.commit(StoreBatch { documents, ..StoreBatch::default() }).unwrap();

    let client = device.open(1).await;
    let report = client.sync_now().await.unwrap();

    assert_eq!(client.encounters().find(Query::all()).await.unwrap().len(), 200, "{report:?}");
    assert_eq!((report.received, client.status().waiting), (2, 0), "{report:?}");
    assert!(report.bytes_down * 4 < whole.bytes_down, "{report:?} against {whole:?}");
}

/// More is held of the months that differ than one exchange can list: they are listed part by part, and nothing that is
/// held travels again.
#[tokio::test]
async fn what_is_missing_among_more_than_one_exchange_can_list_comes_back_alone() {
    let server = server();
    let writer = Device::new(&server, 1);
    let colleague = writer.enrolled().await;
    let mut ids = Vec::new();
    for records in [400, OFFER_FINGERPRINTS_MAX - 100] {
        for n in 0..records {
            ids.push(colleague.encounters().add(encounter(&format!("Place {n}"))).await.unwrap());
        }
        writer.clock.advance(31 * 24 * 3_600 * 1_000);
    }
    colleague.sync_now().await.unwrap();
    let device = Device::new(&server, 2);
    let client = device.enrolled().await;
    client.sync_now().await.unwrap();
    client.close().await.unwrap();
    let store = KvStore::new(device.kv.clone()).unwrap();
    let documents = [(ids[7], None), (ids[ids.len() - 7], None)].into();
    store.commit(StoreBatch { documents, ..StoreBatch::default() }).unwrap();

    let client = device.open(1).await;
    let report = client.sync_now().await.unwrap();

    assert_eq!(client.encounters().find(Query::all()).await.unwrap().len(), ids.len(), "{report:?}");
    assert_eq!((report.received, client.status().waiting), (2, 0), "{report:?}");
}
