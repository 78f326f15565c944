//! Records that the office moves to another unit: they leave the devices of the old one, whatever waits, and a server
//! that forgot a move is not told of it without end.

use std::sync::Arc;

use jisr_client_sdk::local::Local;
use jisr_client_sdk::store::AsideOrigin;
use jisr_client_sdk::store::kv::KvStore;
use jisr_client_sdk::testing::ModelServer;
use jisr_client_sdk::transport::faulty::Fault;
use jisr_client_sdk::{Client, Query};
use jisr_sync_core::codes::Risk;
use jisr_sync_core::id::{DeviceId, DocumentId, ScopeId};
use jisr_sync_core::record::Encounter;
use rand::SeedableRng;
use rand::rngs::StdRng;

use crate::support::{Device, URL, encounter, server, unit};

fn other() -> ScopeId {
    "unit/azilal-2".parse().unwrap()
}

/// A device of each of the two units.
async fn two_units(server: &Arc<ModelServer>) -> [Client; 2] {
    let (here, there) = (Device::new(server, 1).enrolled().await, Device::new(server, 2).open(0).await);
    there.enrol(URL, "MODEL:azilal-2").await.unwrap();
    [here, there]
}

async fn holds(client: &Client, id: DocumentId) -> bool {
    client.encounters().get(id).await.unwrap().is_some()
}

/// The exchanges of a sync in which there is nothing to do.
async fn at_rest(client: &Client) {
    client.sync_now().await.unwrap();
    let report = client.sync_now().await.unwrap();
    assert_eq!((report.exchanges, report.sent, client.status().waiting), (1, 0, 0), "{report:?}");
}

/// Found by the simulator: the device offered what it held and delivered it to a server that had it, elsewhere, for ever.
#[tokio::test]
async fn a_record_whose_move_a_server_forgot_leaves_the_devices_it_had_come_to() {
    let server = server();
    let [here, there] = two_units(&server).await;
    let id = here.encounters().add(encounter("Souk")).await.unwrap();
    let stays = there.encounters().add(encounter("Gare")).await.unwrap();
    here.sync_now().await.unwrap();
    there.sync_now().await.unwrap();
    let backup = server.backup();
    assert!(server.relocate(id, &other()));
    there.sync_now().await.unwrap();
    there.encounters().update(id, |record: &mut Encounter| record.risk = Some(Risk::High)).await.unwrap();
    there.sync_now().await.unwrap();
    here.sync_now().await.unwrap();
    assert!(!holds(&here, id).await && holds(&there, id).await);

    server.restore(backup);
    there.sync_now().await.unwrap();
    here.sync_now().await.unwrap();

    assert_eq!(server.scope_of(id), Some(unit()));
    at_rest(&there).await;
    at_rest(&here).await;
    assert!(!holds(&there, id).await && holds(&there, stays).await && holds(&here, id).await);
    assert_eq!(there.status().set_aside, 1, "what was written after the move is kept aside, and shown");
    assert!(server.relocate(id, &other()));
    assert_eq!(server.release_all(), 1);
    there.sync_now().await.unwrap();
    at_rest(&there).await;
    let back = there.encounters().get(id).await.unwrap().unwrap().value;
    assert_eq!((back.risk, there.status().set_aside), (Some(Risk::High), 0), "moved and let in once more, all is back");
}

#[tokio::test]
async fn a_device_of_both_units_finds_the_record_where_a_server_that_forgot_its_move_has_it() {
    let server = server();
    let [here, both] = two_units(&server).await;
    server.grant(both.device().unwrap(), unit());
    let earlier = here.encounters().add(encounter("Gare")).await.unwrap();
    here.sync_now().await.unwrap();
    let id = here.encounters().add(encounter("Souk")).await.unwrap();
    here.sync_now().await.unwrap();
    both.sync_now().await.unwrap();
    let backup = server.backup();
    assert!(server.relocate(id, &other()));
    both.sync_now().await.unwrap();
    both.encounters().update(id, |record: &mut Encounter| record.risk = Some(Risk::High)).await.unwrap();
    both.sync_now().await.unwrap();
    assert!(holds(&both, id).await);

    server.restore(backup);
    both.sync_now().await.unwrap();

    at_rest(&both).await;
    assert!(holds(&both, id).await && holds(&both, earlier).await);
    assert_eq!((server.scope_of(id), server.set_aside(), both.status().set_aside), (Some(unit()), 1, 1));
}

/// Found by the simulator: the device went on counting where the record that came back left off, and two changes had one
/// actor and number.
#[tokio::test]
async fn what_is_written_on_a_record_that_left_and_came_back_with_less_bars_nothing_that_others_hold_of_it() {
    let server = server();
    let here = Device::new(&server, 1).enrolled().await;
    let peer = Device::new(&server, 2).enrolled().await;
    let id = here.encounters().add(encounter("Souk")).await.unwrap();
    here.sync_now().await.unwrap();
    let backup = server.backup();
    here.encounters().update(id, |record: &mut Encounter| record.risk = Some(Risk::High)).await.unwrap();
    here.sync_now().await.unwrap();
    peer.sync_now().await.unwrap();
    assert!(server.relocate(id, &other()));
    here.sync_now().await.unwrap();
    assert!(!holds(&here, id).await);
    server.restore(backup);
    here.sync_now().await.unwrap();
    assert!(holds(&here, id).await);

    here.encounters().update(id, |record: &mut Encounter| record.place_unknown = Some(true)).await.unwrap();
    here.sync_now().await.unwrap();
    peer.sync_now().await.unwrap();
    here.sync_now().await.unwrap();

    for client in [&here, &peer] {
        at_rest(client).await;
        let record = client.encounters().get(id).await.unwrap().unwrap().value;
        assert_eq!((record.risk, record.place_unknown), (Some(Risk::High), Some(true)));
        assert_eq!(client.status().set_aside, 0);
    }
    assert_eq!(server.set_aside(), 0);
}

/// Both the author's phone and the server are put back, so that neither notices the other; a third one holds what both forgot.
#[tokio::test]
async fn what_a_device_holds_gives_way_to_another_change_of_its_number_that_the_server_let_in_and_is_kept_aside() {
    let server = server();
    let author = Device::new(&server, 1);
    let first = author.enrolled().await;
    let holder = Device::new(&server, 2).enrolled().await;
    let id = first.encounters().add(encounter("Souk")).await.unwrap();
    first.sync_now().await.unwrap();
    let (backup, image) = (server.backup(), Device::new(&server, 1));
    image.restore_from(&author);
    first.encounters().update(id, |record: &mut Encounter| record.risk = Some(Risk::High)).await.unwrap();
    first.sync_now().await.unwrap();
    holder.sync_now().await.unwrap();
    holder.encounters().update(id, |record: &mut Encounter| record.health_urgent = Some(true)).await.unwrap();
    drop(first);

    server.restore(backup);
    let second = image.open(1).await;
    second.encounters().update(id, |record: &mut Encounter| record.place_unknown = Some(true)).await.unwrap();
    second.sync_now().await.unwrap();
    holder.sync_now().await.unwrap();
    second.sync_now().await.unwrap();

    for client in [&second, &holder] {
        at_rest(client).await;
        let record = client.encounters().get(id).await.unwrap().unwrap().value;
        assert_eq!((record.risk, record.place_unknown, record.health_urgent), (None, Some(true), Some(true)));
    }
    let kept = holder.set_aside().unwrap();
    assert!(kept.len() == 1 && kept[0].aside.origin == AsideOrigin::Sent, "{kept:?}");
    assert_eq!((server.set_aside(), second.status().set_aside), (2, 0), "what clashed is kept, and what built on it");
}

#[tokio::test]
async fn what_is_newly_granted_counts_from_the_first_word_of_an_answer_that_is_cut() {
    let server = server();
    let [_here, there] = two_units(&server).await;
    let device = Device::new(&server, 3);
    let client = device.enrolled().await;
    client.sync_now().await.unwrap();
    for n in 0..400 {
        there.encounters().add(encounter(&format!("Douar {n} of the other unit"))).await.unwrap();
    }
    there.sync_now().await.unwrap();
    server.grant(client.device().unwrap(), other());

    device.suffers(Fault::CutAnswerAt(9_000));
    assert!(client.sync_now().await.is_err());

    assert!(client.enrolment().unwrap().unwrap().scopes.contains(&other()));
    let before = client.encounters().find(Query::all()).await.unwrap().len();
    let report = client.sync_now().await.unwrap();
    assert_eq!((before > 0, before + report.received), (true, 400), "it goes on where it was cut: {report:?}");
}

/// A device of the old unit that edited a record, handed the edit over to another device, and has not asked the server about
/// it yet when the record is moved; `delivered` says whether that device brought it before.
async fn moved_while_an_edit_waits(server: &Arc<ModelServer>, delivered: bool) -> (Device, Client, DocumentId) {
    let device = Device::new(server, 1);
    let here = device.enrolled().await;
    let id = here.encounters().add(encounter("Souk")).await.unwrap();
    here.sync_now().await.unwrap();
    here.encounters().update(id, |record: &mut Encounter| record.risk = Some(Risk::High)).await.unwrap();
    if delivered {
        device.suffers(Fault::CutAnswerAt(0));
        assert!(here.sync_now().await.is_err());
    }
    drop(here);
    let store = Arc::new(KvStore::new(device.kv.clone()).unwrap());
    let local = Local::open(store, device.clock.clone(), StdRng::seed_from_u64(9)).unwrap();
    let waiting: Vec<u64> = local.waiting().into_iter().map(|(index, ..)| index).collect();
    assert_eq!(waiting.len(), 1);
    local.handed_over(&waiting, DeviceId::from_bytes([2; 16])).unwrap();
    drop(local);
    let here = device.open(2).await;
    assert!(server.relocate(id, &other()));
    (device, here, id)
}

/// Found by the simulator: the server's word for what waited was counted as a number in the log of the old unit, so that
/// this log seemed to have lost something, for ever.
#[tokio::test]
async fn what_was_in_the_log_of_a_record_that_moved_away_is_no_number_in_the_log_it_left() {
    let server = server();
    let (_device, here, id) = moved_while_an_edit_waits(&server, true).await;

    let report = here.sync_now().await.unwrap();

    assert_eq!(
        (report.exchanges, report.sent, report.set_aside),
        (2, 1, 0),
        "asked about, then sent, once: {report:?}"
    );
    at_rest(&here).await;
    assert!(!holds(&here, id).await);
    assert_eq!((server.set_aside(), here.status().set_aside), (0, 0));
}

/// Found by the simulator: what was set aside of a record that has left was taken from a sum it was no part of.
#[tokio::test]
async fn what_is_set_aside_of_a_record_that_moved_away_is_not_taken_from_the_sum_over_the_scope_it_left() {
    let server = server();
    let (_device, here, id) = moved_while_an_edit_waits(&server, false).await;

    let report = here.sync_now().await.unwrap();

    assert_eq!(
        (report.exchanges, report.sent, report.set_aside),
        (2, 1, 1),
        "asked about, then sent, once: {report:?}"
    );
    at_rest(&here).await;
    assert!(!holds(&here, id).await);
    assert_eq!((server.set_aside(), here.status().set_aside), (1, 1), "the edit is kept aside on both sides");
}

/// Found by the simulator: what a device had not let in of a record was summed up for ever in the scope the record had left.
#[tokio::test]
async fn what_was_not_let_in_of_a_record_goes_from_the_device_when_the_record_moves_away() {
    let server = server();
    let [here, _] = two_units(&server).await;
    let id = here.encounters().add(encounter("Souk")).await.unwrap();
    here.sync_now().await.unwrap();
    server.append_unchecked(&unit(), id, b"\x85\x6f\x4a\x83not a change at all".to_vec());
    here.sync_now().await.unwrap();
    assert_eq!(here.status().set_aside, 1);

    assert!(server.relocate(id, &other()));
    let report = here.sync_now().await.unwrap();

    assert_eq!((report.exchanges, here.status().set_aside), (1, 0), "the sums agree at once: {report:?}");
    assert!(!holds(&here, id).await);
}
