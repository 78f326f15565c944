//! What two devices write apart comes together.

use jisr_client_sdk::{Query, RecordSync};
use jisr_sync_core::codes::{Risk, ServiceType};
use jisr_sync_core::record::{Encounter, ServiceKey, ServiceTarget};
use serde_json::json;

use crate::support::{Device, encounter, server};

fn meal() -> ServiceKey {
    ServiceKey { service: ServiceType::Meal, target: ServiceTarget::Group }
}

#[tokio::test]
async fn records_made_offline_reach_the_server_and_the_other_device() {
    let server = server();
    let (one, two) = (Device::new(&server, 1).enrolled().await, Device::new(&server, 2).enrolled().await);
    for n in 0..10 {
        one.encounters().add(encounter(&format!("Place {n}"))).await.unwrap();
    }
    assert_eq!(one.status().waiting, 10);

    let sent = one.sync_now().await.unwrap();
    let received = two.sync_now().await.unwrap();

    assert_eq!((sent.sent, received.received), (10, 10));
    assert_eq!(one.status().waiting, 0);
    let found = two.encounters().find(Query::all()).await.unwrap();
    assert_eq!(found.len(), 10);
    assert!(found.iter().all(|stored| stored.sync == RecordSync::OnServer));
}

#[tokio::test]
async fn two_devices_that_set_one_field_apart_both_keep_both_values_until_one_is_settled_on() {
    let server = server();
    let (one, two) = (Device::new(&server, 1).enrolled().await, Device::new(&server, 2).enrolled().await);
    let id = one.encounters().add(encounter("Souk")).await.unwrap();
    one.sync_now().await.unwrap();
    two.sync_now().await.unwrap();
    one.encounters().update(id, |e: &mut Encounter| e.risk = Some(Risk::High)).await.unwrap();
    two.encounters().update(id, |e: &mut Encounter| e.risk = Some(Risk::Low)).await.unwrap();

    one.sync_now().await.unwrap();
    two.sync_now().await.unwrap();
    one.sync_now().await.unwrap();

    let conflicts = one.conflicts().await.unwrap();
    assert_eq!(conflicts, two.conflicts().await.unwrap());
    assert_eq!(conflicts[0].2[0].values.len(), 2);

    two.encounters().settle(id, "risk", json!("high")).await.unwrap();
    two.sync_now().await.unwrap();
    one.sync_now().await.unwrap();
    assert!(one.conflicts().await.unwrap().is_empty());
    assert_eq!(one.encounters().get(id).await.unwrap().unwrap().value.risk, Some(Risk::High));
}

#[tokio::test]
async fn meals_that_colleagues_count_apart_add_up() {
    let server = server();
    let one = Device::new(&server, 1).enrolled().await;
    let colleagues = [Device::new(&server, 2).enrolled().await, Device::new(&server, 3).enrolled().await];
    let id = one.encounters().add(encounter("Souk")).await.unwrap();
    one.sync_now().await.unwrap();
    for client in &colleagues {
        client.sync_now().await.unwrap();
        for _ in 0..10 {
            let tap = |e: &mut Encounter| *e.given.entry(meal()).or_default() += 1;
            client.encounters().update(id, tap).await.unwrap();
        }
    }
    for _ in 0..10 {
        one.encounters().update(id, |e: &mut Encounter| *e.given.entry(meal()).or_default() += 1).await.unwrap();
    }

    for client in colleagues.iter().chain([&one]) {
        client.sync_now().await.unwrap();
    }

    let merged = one.encounters().get(id).await.unwrap().unwrap();
    assert_eq!(merged.value.given[&meal()], 30);
    assert!(merged.conflicts.is_empty());
}

#[tokio::test]
async fn a_device_of_another_unit_gets_no_encounter_and_shares_the_persons() {
    let server = server();
    let one = Device::new(&server, 1).enrolled().await;
    let other = Device::new(&server, 2).open(0).await;
    other.enrol(crate::support::URL, "MODEL:azilal-2").await.unwrap();
    one.encounters().add(encounter("Souk")).await.unwrap();
    one.persons().add(jisr_sync_core::record::Person::default()).await.unwrap();

    one.sync_now().await.unwrap();
    other.sync_now().await.unwrap();

    assert!(other.encounters().find(Query::all()).await.unwrap().is_empty());
    assert_eq!(other.persons().find(Query::all()).await.unwrap().len(), 1);
}

#[tokio::test]
async fn the_day_is_counted_offline_from_what_the_device_holds() {
    let server = server();
    let one = Device::new(&server, 1).enrolled().await;
    for _ in 0..3 {
        one.encounters().add(encounter("Souk")).await.unwrap();
    }

    let day = one.day(one.today().unwrap()).await.unwrap();

    let figures = serde_json::to_string(&day).unwrap();
    assert!(figures.contains("\"encounters\":3"), "{figures}");
}
