//! Old records leave a device once a real backup has them, and come back whole from the real server.

use jisr_client_sdk::{Client, Error, KeepRule};
use jisr_sync_core::id::DocumentId;
use jisr_sync_core::record::Encounter;
use jisr_sync_core::time::UnixMillis;
use jisr_tests::fleet::Fleet;
use jisr_tests::service::Service;
use jisr_tests::van::Van;

use crate::support::{encounter, held_by_server, now};

const UNIT: &str = "azilal-1";

/// Long enough ago.
fn long_ago() -> UnixMillis {
    UnixMillis(now().0 - 100 * 24 * 60 * 60 * 1_000)
}

/// Syncs as if it were long ago: what comes was here ever since.
async fn sync_long_ago(van: &Van) {
    van.clock.set(long_ago());
    van.deliver().await.unwrap();
    van.clock.set_right();
}

fn back_up(fleet: &Fleet) {
    let file = fleet.service.folder().join("jisr-{now}.jisr");
    fleet.service.order(&["backup", file.to_str().unwrap(), "--keep", "3"]).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_left_a_device_by_rule_is_on_the_server_in_a_backup_and_comes_back_whole() {
    let fleet = Fleet::with(Service::start().unwrap(), &[UNIT, UNIT]).await.unwrap();
    let (one, two) = (&fleet.vans[0], &fleet.vans[1]);
    let mut ids: Vec<DocumentId> = Vec::new();
    for place in ["Souk", "Gare", "Pont"] {
        ids.push(one.add_at(long_ago(), Client::encounters, encounter(place)).await.unwrap());
    }
    let edit = |encounter: &mut Encounter| encounter.place_text = Some("Souk, porte sud".into());
    one.edit_at(long_ago(), Client::encounters, ids[0], edit).await.unwrap();
    sync_long_ago(one).await;
    sync_long_ago(two).await;
    one.deliver().await.unwrap();
    assert_eq!(one.client.holdings().unwrap().records, 3, "no backup has them");
    let before = held_by_server(&fleet, UNIT).await;
    back_up(&fleet);

    one.deliver().await.unwrap();

    let holdings = one.client.holdings().unwrap();
    assert_eq!((holdings.records, holdings.bytes, holdings.left), (0, 0, 3));
    assert_eq!(held_by_server(&fleet, UNIT).await, before);
    let gone = one.client.encounters().get(ids[0]).await;
    assert!(matches!(gone, Err(Error::Left(id)) if id == ids[0]));
    let later = |encounter: &mut Encounter| encounter.place_text = Some("Bab Doukkala".into());
    assert!(two.client.encounters().update(ids[0], later).await.unwrap());
    two.deliver().await.unwrap();
    one.client.recall(ids[1]).await.unwrap();
    one.deliver().await.unwrap();
    let place = |id| async move { one.client.encounters().get(id).await.unwrap().unwrap().value.place_text.unwrap() };
    assert_eq!(place(ids[0]).await, "Bab Doukkala".into(), "what was edited elsewhere");
    assert_eq!(place(ids[1]).await, "Gare".into(), "what somebody asked for");
    let state = one.state().await.unwrap();
    assert_eq!(state[&ids[0]].len(), 3, "with all that was done to it");
    assert_eq!(one.client.holdings().unwrap().left, 1);
    let report = one.client.sync_now().await.unwrap();
    assert_eq!((report.exchanges, report.received), (1, 0), "nothing is missing, nothing comes twice");
    one.client.set_keep_rule(KeepRule::new(3_650, 500).unwrap()).await.unwrap();
    assert_eq!(one.client.holdings().unwrap().rule.days(), 3_650);
}
