//! A record is moved to another unit while a phone holds unsent edits of it.

use jisr_client_sdk::Client;
use jisr_sync_core::record::Encounter;
use jisr_tests::fleet::Fleet;
use jisr_tests::rogue::Rogue;

use crate::support::{last_night, met};

#[tokio::test(flavor = "multi_thread")]
async fn a_record_moved_while_a_phone_holds_an_edit_leaves_it_and_the_edit_is_kept_aside_on_both_sides() {
    let fleet = Fleet::of(&["azilal-1", "azilal-2"]).await.unwrap();
    let (old, new) = (&fleet.vans[0], &fleet.vans[1]);
    let (id, stays) = (met(old, "Souk").await, met(old, "Gare").await);
    fleet.settle().await.unwrap();
    let edit = |encounter: &mut Encounter| encounter.place_text = Some("Souk el Had".into());
    assert!(old.edit_at(last_night().end, Client::encounters, id, edit).await.unwrap());

    fleet.service.order(&["move", &id.to_string(), "--to", "unit/azilal-2"]).unwrap();
    fleet.settle().await.unwrap();

    let aside = fleet.service.set_aside().unwrap();
    let aside = aside.as_array().unwrap();
    assert_eq!(
        aside.iter().map(|line| (line["record"].as_str(), line["reason"].as_str())).collect::<Vec<_>>(),
        [(Some(id.to_string().as_str()), Some("not-granted"))]
    );
    assert_eq!(old.client.status().set_aside, aside.len(), "phone and supervisor see the same count");
    assert_eq!(old.client.status().waiting, 0);
    assert_eq!(old.client.kind_of(id).unwrap(), None, "the record has left the phone of the old unit");
    assert!(old.client.kind_of(stays).unwrap().is_some());
    let there = new.client.encounters().get(id).await.unwrap().unwrap();
    assert_eq!(there.value.place_text.as_ref().map(|text| text.reveal().as_str()), Some("Souk"));
    assert_eq!(fleet.service.verify().unwrap()["findings"], serde_json::json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_was_moved_by_mistake_and_back_returns_to_the_phone_that_wrote_it() {
    let fleet = Fleet::of(&["azilal-1", "azilal-2"]).await.unwrap();
    let author = &fleet.vans[0];
    let id = met(author, "Souk").await;
    fleet.settle().await.unwrap();

    fleet.service.order(&["move", &id.to_string(), "--to", "unit/azilal-2"]).unwrap();
    fleet.settle().await.unwrap();
    assert_eq!(author.client.kind_of(id).unwrap(), None);
    fleet.service.order(&["move", &id.to_string(), "--to", "unit/azilal-1"]).unwrap();
    fleet.settle().await.unwrap();

    assert!(author.client.encounters().get(id).await.unwrap().is_some());
    assert_eq!(fleet.vans[1].client.kind_of(id).unwrap(), None);
    let edit = |encounter: &mut Encounter| encounter.place_text = Some("Souk el Had".into());
    assert!(author.edit_at(last_night().end, Client::encounters, id, edit).await.unwrap());
    fleet.settle().await.unwrap();
    assert_eq!((author.client.status().waiting, author.client.status().set_aside), (0, 0));
    assert_eq!(fleet.service.verify().unwrap()["findings"], serde_json::json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_who_reads_the_old_unit_from_its_start_receives_a_byte_of_what_was_moved_away() {
    let fleet = Fleet::of(&["azilal-1", "azilal-2"]).await.unwrap();
    let id = met(&fleet.vans[0], "Douar Aït Moulay").await;
    fleet.settle().await.unwrap();
    fleet.service.order(&["move", &id.to_string(), "--to", "unit/azilal-2"]).unwrap();

    let mut here = Rogue::join(&fleet.service, "azilal-1").await.unwrap();
    let mut there = Rogue::join(&fleet.service, "azilal-2").await.unwrap();
    let (received, control) = (here.exchange(&[]).await.unwrap(), there.exchange(&[]).await.unwrap());

    let text = "Aït Moulay".as_bytes();
    assert!(control.came(text) && !received.came(text));
}
