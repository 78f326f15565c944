//! Nobody sees what they need not see.

use jisr_client_sdk::Client;
use jisr_sync_core::id::EntryId;
use jisr_sync_core::record::{Alias, Person};
use jisr_tests::browser::Browser;
use jisr_tests::fleet::Fleet;
use jisr_tests::rogue::Rogue;

use crate::support::{last_night, met};

const NAME: &str = "La dame de Khouribga";

async fn written_in_khouribga(fleet: &Fleet) -> [jisr_sync_core::id::DocumentId; 2] {
    let van = &fleet.vans[1];
    let mut person = Person::default();
    person.aliases.insert(EntryId::random(&mut rand::rng()), Alias { text: Some(NAME.into()) });
    let person = van.add_at(last_night().start, Client::persons, person).await.unwrap();
    let encounter = met(van, "Souk de Khouribga").await;
    fleet.settle().await.unwrap();
    [person, encounter]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_supervisor_of_one_province_sees_neither_records_nor_figures_of_another() {
    let fleet = Fleet::of(&["azilal-1", "khouribga-1"]).await.unwrap();
    let theirs = written_in_khouribga(&fleet).await;
    let own = met(&fleet.vans[0], "Souk d'Azilal").await;
    fleet.settle().await.unwrap();
    let password = fleet.service.add_user("superviseur.azilal", "province/azilal").unwrap();
    let browser = Browser::sign_in(&fleet.service.url(), "superviseur.azilal", &password).await.unwrap();
    let day = last_night().day;

    for id in theirs {
        for path in [format!("/records/{id}"), format!("/api/v1/records/{id}")] {
            assert_eq!(browser.get(&path).await.unwrap().status, 404, "{path}");
        }
    }
    for filter in ["unit=khouribga-1", "province=khouribga"] {
        for path in [format!("/activity/{day}?{filter}"), format!("/api/v1/activity?day={day}&{filter}")] {
            assert_eq!(browser.get(&path).await.unwrap().status, 403, "{path}");
        }
    }
    let shown = browser.activity(day).await.unwrap();
    assert_eq!(shown.by_unit.iter().map(|unit| unit.unit.as_str()).collect::<Vec<_>>(), ["azilal-1"]);
    assert_eq!(shown.total.encounters, 1);
    let page = browser.day_page(day).await.unwrap();
    assert!(!page.contains("khouribga"), "the page of the day names no unit of another province");
    assert_eq!(browser.record(own).await.unwrap()["id"], own.to_string());
    let everything = fleet.service.sign_in().await.unwrap();
    assert_eq!(everything.activity(day).await.unwrap().total.encounters, 2, "it is all there for the region");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_of_one_province_never_receives_a_byte_of_another() {
    let fleet = Fleet::of(&["azilal-1", "khouribga-1"]).await.unwrap();
    let theirs = written_in_khouribga(&fleet).await;
    let own = met(&fleet.vans[0], "Souk d'Azilal").await;
    fleet.settle().await.unwrap();

    let mut here = Rogue::join(&fleet.service, "azilal-1").await.unwrap();
    let mut there = Rogue::join(&fleet.service, "khouribga-1").await.unwrap();
    let (received, control) = (here.exchange(&[]).await.unwrap(), there.exchange(&[]).await.unwrap());

    assert!(received.came(own.as_bytes()) && control.came(NAME.as_bytes()), "the search finds what is there");
    for id in theirs {
        assert!(control.came(id.as_bytes()));
        assert!(!received.came(id.as_bytes()), "the id of a record of Khouribga");
        assert_eq!(fleet.vans[0].client.kind_of(id).unwrap(), None);
    }
    for text in [NAME, "Souk de Khouribga", "khouribga"] {
        assert!(!received.came(text.as_bytes()), "{text}");
    }
    assert_eq!(fleet.vans[0].state().await.unwrap(), received.state());
}
