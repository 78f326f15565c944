//! A device that sends what it should not, and one that may no longer.

use jisr_client_sdk::{Client, Error, Phase, Query};
use jisr_sync_core::document::{Author, Document};
use jisr_sync_core::id::{ActorId, DocumentId};
use jisr_sync_core::record::Encounter;
use jisr_sync_core::sync::Status;
use jisr_tests::fleet::Fleet;
use jisr_tests::processes::run;
use jisr_tests::rogue::{Rogue, Sent};
use jisr_tests::service::Service;

use crate::support::{encounter, met, now, scope};

/// A new encounter, sent into a scope under an actor.
fn made(actor: ActorId, into: &str, place: &str) -> Sent {
    let author = Author { actor, staff: None, at: now() };
    let (_, change) = Document::create::<Encounter>(&encounter(place), &author).unwrap();
    let document = DocumentId::new(now(), &mut rand::rng());
    Sent { scope: scope(into), document, change: change.bytes().to_vec() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_change_is_set_aside_with_its_reason_and_every_other_arrives() {
    let fleet = Fleet::of(&["azilal-1", "khouribga-1"]).await.unwrap();
    let van = &fleet.vans[0];
    let theirs = met(van, "Souk").await;
    van.deliver().await.unwrap();
    let victim = van.client.history(theirs).await.unwrap()[0].actor;
    let mut rogue = Rogue::join(&fleet.service, "azilal-1").await.unwrap();
    let own = |place: &str| made(rogue.actor, "unit/azilal-1", place);
    let (first, last) = (own("Gare"), own("Douar"));
    let bad = |change: Vec<u8>| Sent { change, ..own("Pont") };

    let sent = [
        first.clone(),
        bad(b"not a change at all".to_vec()),
        bad({
            let mut damaged = own("Pont").change;
            damaged[60] ^= 1;
            damaged
        }),
        bad(vec![0x85; 300_000]),
        made(victim, "unit/azilal-1", "Pont"),
        made(rogue.actor, "unit/khouribga-1", "Pont"),
        last.clone(),
    ];
    let answer = rogue.exchange(&sent).await.unwrap();

    assert_eq!((answer.status, answer.acknowledged), (Some(Status::Ok), 7));
    let reasons: Vec<_> = answer.set_aside.iter().map(|(place, why)| (*place, why.as_str())).collect();
    assert_eq!(
        reasons,
        [(1, "not-a-change"), (2, "checksum"), (3, "too-large"), (4, "foreign-actor"), (5, "not-granted")]
    );
    let listed = fleet.service.set_aside().unwrap();
    let mut listed: Vec<_> = listed.as_array().unwrap().iter().map(|line| line["reason"].as_str().unwrap()).collect();
    let mut expected: Vec<_> = answer.set_aside.iter().map(|(_, why)| why.as_str()).collect();
    listed.sort_unstable();
    expected.sort_unstable();
    assert_eq!(listed, expected, "the server lists each with its reason");
    let again = met(van, "Souk").await;
    fleet.settle().await.unwrap();
    let mut held: Vec<_> =
        van.client.encounters().find(Query::all()).await.unwrap().into_iter().map(|stored| stored.id).collect();
    let mut expected = vec![theirs, again, first.document, last.document];
    held.sort();
    expected.sort();
    assert_eq!(held, expected, "the victim of the forgery writes on, and the good changes are there");
    assert!(fleet.vans[1].client.encounters().find(Query::all()).await.unwrap().is_empty());
    assert_eq!(fleet.service.verify().unwrap()["findings"], serde_json::json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_knows_the_actor_of_a_phone_that_never_met_the_server_cannot_have_it() {
    let fleet = Fleet::of(&["azilal-1"]).await.unwrap();
    let van = &fleet.vans[0];
    let theirs = met(van, "Souk").await;
    let victim = van.client.history(theirs).await.unwrap()[0].actor;
    let mut rogue = Rogue::join(&fleet.service, "azilal-1").await.unwrap();

    let answer = rogue.exchange(&[made(victim, "unit/azilal-1", "Pont")]).await.unwrap();
    van.deliver().await.unwrap();

    let reasons: Vec<_> = answer.set_aside.iter().map(|(_, why)| why.as_str()).collect();
    assert_eq!(reasons, ["foreign-actor"]);
    assert_eq!((van.client.status().waiting, van.client.set_aside().unwrap().len()), (0, 0), "all of it is in");
    assert_eq!(van.client.history(theirs).await.unwrap()[0].actor, victim, "under the actor it was written under");
    assert_eq!(fleet.service.verify().unwrap()["findings"], serde_json::json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_device_receives_nothing_and_what_it_delivers_is_kept_aside() {
    let fleet = Fleet::of(&["azilal-1", "azilal-1"]).await.unwrap();
    let mut lost = Rogue::join(&fleet.service, "azilal-1").await.unwrap();
    let [van, revoked] = &fleet.vans[..] else { panic!("two devices") };
    fleet.settle().await.unwrap();
    let secret = met(van, "Souk").await;
    van.deliver().await.unwrap();
    fleet.service.revoke(lost.device).unwrap();
    fleet.service.revoke(revoked.client.device().unwrap()).unwrap();

    let unsent = made(lost.actor, "unit/azilal-1", "Pont");
    let answer = lost.exchange(std::slice::from_ref(&unsent)).await.unwrap();
    let kept = met(revoked, "Gare").await;
    let refused = revoked.client.sync_now().await;

    assert_eq!((answer.status, answer.acknowledged), (Some(Status::Revoked), 1));
    assert_eq!(answer.set_aside, [(0, "revoked".to_owned())]);
    assert!(answer.pulled.is_empty() && answer.scopes.is_empty());
    assert!(!answer.came(secret.as_bytes()), "not even an id of a record");
    assert!(matches!(refused, Err(Error::Revoked)), "{refused:?}");
    assert_eq!(revoked.client.status().phase, Phase::Revoked);
    let aside = revoked.client.set_aside().unwrap();
    assert_eq!(aside.iter().map(|view| view.aside.reason.as_str()).collect::<Vec<_>>(), ["revoked"]);
    assert_eq!(fleet.service.set_aside().unwrap().as_array().unwrap().len(), 2, "both are kept on the server");
    assert!(Client::encounters(&revoked.client).get(kept).await.unwrap().is_some(), "its work stays readable on it");
    assert!(revoked.client.encounters().get(secret).await.unwrap().is_none());
    van.deliver().await.unwrap();
    assert_eq!(van.client.encounters().find(Query::all()).await.unwrap().len(), 1, "what is aside is nobody's yet");
}

/// Whoever starts the server a second time is told that it runs, on whichever port it was to listen.
#[test]
fn a_server_that_runs_is_not_started_twice_and_goes_on() {
    let service = Service::start().unwrap();
    let data = service.data();
    let data = data.to_str().unwrap();

    for listen in [service.address().to_string(), "127.0.0.1:0".to_owned()] {
        let again = run("jisr-server", &["serve", "--data", data, "--listen", &listen, "--lang", "en"], None).unwrap();

        let told = String::from_utf8_lossy(&again.stderr);
        assert_eq!(again.status.code(), Some(4), "{told}");
        assert!(told.contains("already"), "{told}");
    }

    service.order(&["unit", "list"]).unwrap();
}
