//! What several people write about one record without a network.

use jisr_client_sdk::Client;
use jisr_sync_core::codes::{Risk, ServiceType, SleepingSituation};
use jisr_sync_core::id::DocumentId;
use jisr_sync_core::record::{Encounter, ServiceKey, ServiceTarget};
use jisr_tests::fleet::Fleet;
use jisr_tests::van::Van;
use serde_json::json;

use crate::support::{last_night, met, toured};

async fn edit(van: &Van, id: DocumentId, edit: impl FnOnce(&mut Encounter) + Send + 'static) {
    van.edit_at(last_night().at(2, 3), Client::encounters, id, edit).await.unwrap();
}

async fn held(van: &Van, id: DocumentId) -> jisr_client_sdk::Stored<Encounter> {
    van.client.encounters().get(id).await.unwrap().unwrap()
}

/// Two phones of one van that both hold one encounter of last night.
async fn two_phones() -> (Fleet, DocumentId) {
    let fleet = Fleet::of(&["azilal-1", "azilal-1"]).await.unwrap();
    toured(&fleet.vans[0], last_night()).await;
    let id = met(&fleet.vans[0], "Souk").await;
    fleet.settle().await.unwrap();
    (fleet, id)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_two_phones_wrote_differently_is_all_shown_and_the_choice_reaches_both() {
    let (fleet, id) = two_phones().await;
    let [one, other] = &fleet.vans[..] else { panic!("two phones") };
    one.client.set_staff(Some("am1".parse().unwrap())).await.unwrap();
    other.client.set_staff(Some("fz2".parse().unwrap())).await.unwrap();

    edit(one, id, |encounter| encounter.risk = Some(Risk::Low)).await;
    edit(other, id, |encounter| encounter.risk = Some(Risk::High)).await;
    fleet.settle().await.unwrap();

    // Nobody was stopped: both go on writing.
    edit(one, id, |encounter| encounter.place_text = Some("Souk el Had".into())).await;
    fleet.settle().await.unwrap();
    let browser = fleet.service.sign_in().await.unwrap();
    let page = browser.day_page(last_night().day).await.unwrap();
    for shown in ["Low", "High", "am1", "fz2"] {
        assert!(page.contains(shown), "the day's page shows {shown}");
    }
    let record = browser.record(id).await.unwrap();
    let conflict = &record["conflicts"][0];
    let mut values: Vec<_> = conflict["values"].as_array().unwrap().iter().map(|v| v["value"].clone()).collect();
    values.sort_by_key(ToString::to_string);
    assert_eq!((&conflict["field"], values), (&json!("risk"), vec![json!("high"), json!("low")]));
    assert_eq!(browser.activity(last_night().day).await.unwrap().total.quality.conflicted, 1);

    one.client.settle(id, "risk", json!("high")).await.unwrap();
    fleet.settle().await.unwrap();

    for van in [one, other] {
        let held = held(van, id).await;
        assert_eq!((held.value.risk, held.conflicts.len()), (Some(Risk::High), 0));
        assert_eq!(held.value.place_text, Some("Souk el Had".into()));
    }
    let record = browser.record(id).await.unwrap();
    assert_eq!((&record["fields"]["risk"], &record["conflicts"]), (&json!("high"), &json!([])));
}

#[tokio::test(flavor = "multi_thread")]
async fn different_fields_written_at_the_same_time_are_both_there_and_no_conflict_is_listed() {
    let (fleet, id) = two_phones().await;
    let [one, other] = &fleet.vans[..] else { panic!("two phones") };

    edit(one, id, |encounter| encounter.risk = Some(Risk::Medium)).await;
    edit(other, id, |encounter| encounter.sleeping_situation = Some(SleepingSituation::Station)).await;
    fleet.settle().await.unwrap();

    for van in [one, other] {
        let held = held(van, id).await;
        assert_eq!(held.value.risk, Some(Risk::Medium));
        assert_eq!(held.value.sleeping_situation, Some(SleepingSituation::Station));
        assert!(held.conflicts.is_empty());
    }
    let browser = fleet.service.sign_in().await.unwrap();
    let record = browser.record(id).await.unwrap();
    assert_eq!((&record["fields"]["risk"], &record["conflicts"]), (&json!("medium"), &json!([])));
    assert_eq!(browser.activity(last_night().day).await.unwrap().total.quality.conflicted, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_meals_on_each_of_three_phones_are_thirty_everywhere() {
    let meals = ServiceKey { service: ServiceType::Meal, target: ServiceTarget::Group };
    let mut fleet = Fleet::of(&["azilal-1", "azilal-1", "azilal-1"]).await.unwrap();
    toured(&fleet.vans[0], last_night()).await;
    let id = met(&fleet.vans[0], "Souk").await;
    fleet.settle().await.unwrap();

    for van in &fleet.vans {
        for _ in 0..10 {
            let key = meals.clone();
            edit(van, id, move |encounter| *encounter.given.entry(key).or_default() += 1).await;
        }
    }
    fleet.settle().await.unwrap();

    let newcomer = fleet.enrol("azilal-1").await.unwrap();
    newcomer.deliver().await.unwrap();
    for van in &fleet.vans {
        assert_eq!(held(van, id).await.value.given.get(&meals), Some(&30));
    }
    let browser = fleet.service.sign_in().await.unwrap();
    let activity = browser.activity(last_night().day).await.unwrap();
    assert_eq!(activity.total.items[&ServiceType::Meal].given, 30);
    let record = browser.record(id).await.unwrap();
    assert_eq!(record["fields"]["given"], json!({ meals.to_string(): 30 }));
    assert!(browser.page(&format!("/records/{id}")).await.unwrap().contains("30"));
}
