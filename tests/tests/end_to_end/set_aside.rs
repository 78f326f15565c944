//! What is not let in: nothing of it is lost, both sides see it and count the same, and a supervisor's decision reaches
//! the phone that wrote it.

use jisr_client_sdk::store::{Store, StoreBatch, Waiting, kv};
use jisr_client_sdk::{Client, Query};
use jisr_locales::{Lang, label};
use jisr_sync_core::codes::ContactOutcome;
use jisr_sync_core::document::{Author, Document};
use jisr_sync_core::id::DocumentId;
use jisr_sync_core::record::Encounter;
use jisr_sync_core::sync::limits::CHANGE_BYTES_MAX;
use jisr_tests::fleet::Fleet;
use jisr_tests::rogue::{Rogue, Sent};
use jisr_tests::service::Service;
use jisr_tests::van::Van;

use crate::support::{encounter, last_night, met, now, scope};

/// The hashes of what the server keeps aside, and the records it is of.
fn on_server(service: &Service) -> Vec<(String, String)> {
    let text = |line: &serde_json::Value, name: &str| line[name].as_str().unwrap().to_owned();
    let listed = service.set_aside().unwrap();
    listed.as_array().unwrap().iter().map(|line| (text(line, "hash"), text(line, "record"))).collect()
}

/// How many records each side says are set aside: the server, the phone.
fn counts(service: &Service, van: &Van) -> (usize, usize) {
    let records: std::collections::BTreeSet<_> = on_server(service).into_iter().map(|(_, record)| record).collect();
    (records.len(), van.client.status().set_aside)
}

async fn ids(van: &Van) -> Vec<DocumentId> {
    let mut ids: Vec<_> =
        van.client.encounters().find(Query::all()).await.unwrap().into_iter().map(|stored| stored.id).collect();
    ids.sort();
    ids
}

#[tokio::test(flavor = "multi_thread")]
async fn when_a_person_is_reassigned_unsent_edits_are_set_aside_counted_alike_and_released_whole() {
    let mut fleet = Fleet::of(&["azilal-1", "azilal-1", "azilal-2"]).await.unwrap();
    let known = met(&fleet.vans[0], "Souk").await;
    fleet.settle().await.unwrap();
    let refuse = |encounter: &mut Encounter| encounter.outcome = Some(ContactOutcome::Refused);
    fleet.vans[0].edit_at(last_night().at(1, 2), Client::encounters, known, refuse).await.unwrap();
    let fresh = met(&fleet.vans[0], "Gare").await;
    fleet.service.move_device(fleet.vans[0].client.device().unwrap(), "azilal-2").unwrap();

    fleet.vans[0].deliver().await.unwrap();

    assert_eq!(counts(&fleet.service, &fleet.vans[0]), (2, 2), "both sides count the same records");
    let why: Vec<_> = fleet.vans[0].client.set_aside().unwrap().into_iter().map(|view| view.aside.reason).collect();
    assert_eq!(why, ["not-granted", "not-granted"]);
    let browser = fleet.service.sign_in().await.unwrap();
    let seen: serde_json::Value = serde_json::from_str(&browser.page("/api/v1/aside").await.unwrap()).unwrap();
    assert_eq!(seen["asides"].as_array().unwrap().len(), 2, "and so does a supervisor: {seen}");
    assert_eq!(fleet.vans[0].unit().unwrap().as_str(), "azilal-2");
    let next = met(&fleet.vans[0], "Douar").await;
    fleet.service.stop().unwrap();
    fleet.service.start_again().unwrap();
    for (hash, _) in on_server(&fleet.service) {
        assert_eq!(fleet.service.decide("release", &hash[..12]).unwrap(), "let-in");
    }
    fleet.settle().await.unwrap();

    assert_eq!(counts(&fleet.service, &fleet.vans[0]), (0, 0));
    assert!(fleet.vans[0].client.set_aside().unwrap().is_empty());
    let mut both = vec![known, fresh];
    both.sort();
    assert_eq!(ids(&fleet.vans[1]).await, both, "the record is whole on the unit's other device");
    let stored = fleet.vans[1].client.encounters().get(known).await.unwrap().unwrap();
    assert_eq!(stored.value.outcome, Some(ContactOutcome::Refused));
    assert_eq!(ids(&fleet.vans[2]).await, [next], "and the new work goes to the new unit");
    assert_eq!(fleet.service.verify().unwrap()["findings"], serde_json::json!([]));
}

/// Puts bytes into the outbox of a closed device, as a damaged memory would.
fn spoil(van: &Van, bytes: Vec<u8>) {
    let store = kv::open(van.folder()).unwrap();
    let index = store.load().unwrap().next_index;
    let document = DocumentId::new(now(), &mut rand::rng());
    let waiting = Waiting::new(index, scope("unit/azilal-1"), document, bytes, now());
    store.commit(StoreBatch { queued: vec![waiting], ..StoreBatch::default() }).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn one_malformed_record_holds_nothing_up_and_reads_in_arabic_and_french_on_both_sides() {
    let mut fleet = Fleet::of(&["azilal-1", "azilal-1"]).await.unwrap();
    let mut written = vec![met(&fleet.vans[0], "Souk").await];
    fleet.vans[0].client.clone().close().await.unwrap();
    spoil(&fleet.vans[0], b"\x85oJ\x83 spoiled".to_vec());
    fleet.vans[0] = Van::open(fleet.vans[0].folder()).await.unwrap();
    written.push(met(&fleet.vans[0], "Gare").await);
    written.sort();

    fleet.settle().await.unwrap();

    assert_eq!(ids(&fleet.vans[1]).await, written, "every other record arrives");
    assert_eq!(counts(&fleet.service, &fleet.vans[0]), (1, 1));
    let reason = fleet.vans[0].client.set_aside().unwrap().remove(0).aside.reason;
    let browser = fleet.service.sign_in().await.unwrap();
    for (lang, tag) in [(Lang::Ar, "ar"), (Lang::Fr, "fr")] {
        let words = label(lang, "refusal", &reason).replace('\'', "&#39;");
        assert_ne!(words, reason, "{tag}: the phone has words for it");
        let page = browser.page(&format!("/aside?lang={tag}")).await.unwrap();
        assert!(page.contains(&words), "{tag}: {words}");
    }

    let (hash, _) = on_server(&fleet.service).remove(0);
    assert_eq!(fleet.service.decide("release", &hash).unwrap(), "refused", "nobody lifts what the gate refuses");
    assert_eq!(fleet.service.decide("discard", &hash).unwrap(), "discarded");
    fleet.settle().await.unwrap();

    assert_eq!(counts(&fleet.service, &fleet.vans[0]), (0, 0));
    let kept = fleet.vans[0].client.set_aside().unwrap();
    assert_eq!(kept.iter().map(|view| view.aside.reason.as_str()).collect::<Vec<_>>(), ["discarded"]);
}

/// Nobody can write such a record: it is refused at once. If one is there all the same, no server would take it.
#[tokio::test(flavor = "multi_thread")]
async fn an_oversized_record_holds_nothing_up_and_both_sides_say_that_it_still_waits() {
    let mut fleet = Fleet::of(&["azilal-1", "azilal-1"]).await.unwrap();
    fleet.service.plan(&["azilal-1"], last_night().day, "20:00", "04:30").unwrap();
    let mut written = vec![met(&fleet.vans[0], "Souk").await];
    fleet.vans[0].client.clone().close().await.unwrap();
    spoil(&fleet.vans[0], vec![0x85; CHANGE_BYTES_MAX + 1]);
    fleet.vans[0] = Van::open(fleet.vans[0].folder()).await.unwrap();
    written.push(met(&fleet.vans[0], "Gare").await);
    written.sort();

    fleet.vans[0].client.sync_now().await.unwrap();
    fleet.vans[1].client.sync_now().await.unwrap();

    assert_eq!(ids(&fleet.vans[1]).await, written, "every other record arrives");
    assert_eq!(fleet.vans[0].client.status().waiting, 1, "the phone does not say that all is sent");
    let browser = fleet.service.sign_in().await.unwrap();
    let day = browser.activity(last_night().day).await.unwrap();
    assert_eq!(day.by_unit[0].freshness.waiting, Some(1), "nor does the page");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_discarded_does_not_come_back_and_what_joined_by_itself_is_not_released_twice() {
    let mut fleet = Fleet::of(&["azilal-1", "khouribga-1"]).await.unwrap();
    let mut rogue = Rogue::join(&fleet.service, "azilal-1").await.unwrap();
    let author = Author { actor: rogue.actor, staff: None, at: now() };
    let (_, first) = Document::create::<Encounter>(&encounter("Gare"), &author).unwrap();
    let id = DocumentId::new(now(), &mut rand::rng());
    let sent = |into: &str, change: &jisr_sync_core::change::RawChange| Sent {
        scope: scope(into),
        document: id,
        change: change.bytes().to_vec(),
    };
    rogue.exchange(&[sent("unit/khouribga-1", &first)]).await.unwrap();
    let (hash, _) = on_server(&fleet.service).remove(0);

    assert_eq!(fleet.service.decide("discard", &hash).unwrap(), "discarded");
    fleet.service.kill();
    fleet.service.start_again().unwrap();
    let again = rogue.exchange(&[sent("unit/khouribga-1", &first)]).await.unwrap();

    assert_eq!(again.set_aside, [(0, "discarded".to_owned())]);
    assert!(on_server(&fleet.service).is_empty());

    let (mut other, opened) = Document::create::<Encounter>(&encounter("Souk"), &author).unwrap();
    let closed = other.edit(&encounter("Douar"), &author).unwrap().unwrap();
    let id = DocumentId::new(now(), &mut rand::rng());
    let change = |change: &jisr_sync_core::change::RawChange| Sent {
        scope: scope("unit/azilal-1"),
        document: id,
        change: change.bytes().to_vec(),
    };
    rogue.exchange(&[change(&closed)]).await.unwrap();
    let (hash, _) = on_server(&fleet.service).remove(0);
    assert_eq!(fleet.service.decide("release", &hash).unwrap(), "waits", "it lacks what it builds on");
    rogue.exchange(&[change(&opened)]).await.unwrap();
    assert!(on_server(&fleet.service).is_empty(), "it joined by itself");
    assert!(fleet.service.decide("release", &hash).is_err(), "there is nothing to release any more");
    let held = rogue.exchange(&[change(&opened), change(&closed)]).await.unwrap();
    assert_eq!((held.acknowledged, held.set_aside.len()), (2, 0));
    assert_eq!(fleet.service.verify().unwrap()["findings"], serde_json::json!([]));
}
