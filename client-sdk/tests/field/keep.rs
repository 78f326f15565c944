//! How much a device keeps, on the command line, and what it says of a record that has left.

use std::sync::Arc;

use jisr_client_sdk::clock::SetClock;
use jisr_client_sdk::testing::{MODEL_CODE, ModelServer};
use jisr_client_sdk::{Client, Query};
use jisr_sync_core::codes::{ContactOutcome, ObservedGroup};
use jisr_sync_core::record::Encounter;
use jisr_sync_core::time::UnixMillis;
use serde_json::Value;

use crate::support::Field;

const THEN: UnixMillis = UnixMillis(1_786_000_000_000);

/// A store out of which one encounter has left.
async fn left() -> (Field, String) {
    let field = Field::new();
    let (server, clock) = (Arc::new(ModelServer::new(THEN)), Arc::new(SetClock::at(THEN)));
    let client = Client::at(field.store()).transport(server.clone()).clock(clock.clone()).open().await.unwrap();
    client.enrol("https://127.0.0.1:9", MODEL_CODE).await.unwrap();
    let met = Encounter {
        outcome: Some(ContactOutcome::Engaged),
        place_unknown: Some(true),
        observed: [(ObservedGroup::Boys, 1)].into(),
        ..Encounter::default()
    };
    let id = client.encounters().add(met).await.unwrap();
    client.sync_now().await.unwrap();
    server.backup();
    let later = UnixMillis(THEN.0 + 100 * 86_400_000);
    server.set_now(later);
    clock.set(later);
    client.sync_now().await.unwrap();
    assert!(client.encounters().find(Query::all()).await.unwrap().is_empty());
    client.close().await.unwrap();
    (field, id.to_string())
}

fn kept(field: &Field, args: &[&str]) -> Value {
    serde_json::from_str(&field.lines(&[&["keep", "--json"], args].concat())[0]).unwrap()
}

#[tokio::test]
async fn the_rule_is_told_set_in_any_digits_and_kept_within_its_bounds() {
    let field = Field::enrolled().await;
    assert_eq!((&kept(&field, &[])["keep_days"], &kept(&field, &[])["keep_records"]), (&90.into(), &10_000.into()));

    let set = kept(&field, &["--days", "٣٠", "--records", "۵۰۰"]);

    assert_eq!((&set["keep_days"], &set["keep_records"]), (&30.into(), &500.into()));
    for (name, value, bound) in [("--days", "6", "3650"), ("--records", "499", "100000"), ("--days", "x", "3650")] {
        let told = field.refused(3, &["--lang", "en", "keep", name, value]);
        assert!(told.contains(name) && told.contains(bound), "{told}");
    }
    assert_eq!(kept(&field, &[]), set);
}

#[tokio::test]
async fn a_record_that_has_left_is_told_from_one_that_never_was_and_can_be_asked_for() {
    let (field, id) = left().await;

    let told = field.refused(4, &["--lang", "en", "show", &id]);
    assert!(told.contains("has left this device") && told.contains("jisr recall"), "{told}");
    let day = "2026-08-06";
    let figures: Value = serde_json::from_str(&field.lines(&["day", day, "--json"])[0]).unwrap();
    assert_eq!(figures["left_device"], 1);
    assert!(field.lines(&["--lang", "en", "day", day]).iter().any(|line| line.contains("has left this device")));
    assert_eq!((&kept(&field, &[])["left"], &kept(&field, &[])["wanted"]), (&1.into(), &0.into()));

    field.lines(&["recall", &id[..20]]);

    assert_eq!(kept(&field, &[])["wanted"], 1);
    field.refused(4, &["recall", "0123"]);
}
