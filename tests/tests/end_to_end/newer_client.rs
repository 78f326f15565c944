//! A device of a later version writes fields that this one does not know.

use automerge::transaction::Transactable;
use automerge::{Automerge, Change, ROOT, ReadDoc};
use jisr_client_sdk::Client;
use jisr_sync_core::record::Encounter;
use jisr_tests::fleet::Fleet;
use jisr_tests::rogue::{Exchanged, Rogue, Sent};

use crate::support::{last_night, met, scope};

fn document(read: &Exchanged, id: jisr_sync_core::id::DocumentId) -> Automerge {
    let changes = read.pulled.iter().filter(|record| record.document == id);
    let changes: Vec<_> = changes.map(|record| Change::from_bytes(record.body.to_vec()).unwrap()).collect();
    let mut document = Automerge::new();
    document.apply_changes(changes).unwrap();
    document
}

#[tokio::test(flavor = "multi_thread")]
async fn a_field_that_only_a_newer_client_knows_survives_an_edit_by_an_older_one() {
    let fleet = Fleet::of(&["azilal-1"]).await.unwrap();
    let van = &fleet.vans[0];
    let id = met(van, "Souk").await;
    van.deliver().await.unwrap();
    let mut newer = Rogue::join(&fleet.service, "azilal-1").await.unwrap();

    let read = newer.exchange(&[]).await.unwrap();
    let mut theirs = document(&read, id).with_actor(automerge::ActorId::from(*newer.actor.as_bytes()));
    let mut tx = theirs.transaction();
    tx.put(ROOT, "_schema", 9).unwrap();
    tx.put(ROOT, "weather_felt", "قارس").unwrap();
    tx.commit();
    let change = theirs.get_last_local_change().unwrap().raw_bytes().to_vec();
    let sent = newer.exchange(&[Sent { scope: scope("unit/azilal-1"), document: id, change }]).await.unwrap();
    assert_eq!((sent.acknowledged, &sent.set_aside[..]), (1, &[][..]));
    van.deliver().await.unwrap();
    let edit = |encounter: &mut Encounter| encounter.place_text = Some("Souk el Had".into());
    assert!(van.edit_at(last_night().end, Client::encounters, id, edit).await.unwrap());
    van.deliver().await.unwrap();

    // Its own change is not sent back to the newer client, so another device reads what came of it.
    let mut reader = Rogue::join(&fleet.service, "azilal-1").await.unwrap();
    let merged = document(&reader.exchange(&[]).await.unwrap(), id);
    let text = |field: &str| merged.get(ROOT, field).unwrap().map(|(value, _)| value.into_string().unwrap());
    assert_eq!(text("weather_felt").as_deref(), Some("قارس"));
    assert_eq!(text("place_text").as_deref(), Some("Souk el Had"));
    assert_eq!(merged.get(ROOT, "_schema").unwrap().unwrap().0.as_i64(), Some(9));
    assert_eq!(fleet.service.verify().unwrap()["findings"], serde_json::json!([]));
}
