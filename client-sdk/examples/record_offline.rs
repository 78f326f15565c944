//! Records a night with no network: each call returns when the record would survive a power cut.
//!
//! `cargo run -p jisr-client-sdk --example record_offline`

use std::sync::Arc;

use jisr_client_sdk::testing::{MODEL_CODE, ModelServer};
use jisr_client_sdk::{Client, Error, Query};
use jisr_sync_core::codes::{ContactOutcome, ObservedGroup, ServiceType};
use jisr_sync_core::record::{Encounter, ServiceKey, ServiceTarget, Shift};
use jisr_sync_core::time::UnixMillis;

#[tokio::main]
async fn main() -> Result<(), Error> {
    let server = Arc::new(ModelServer::new(UnixMillis(1_795_000_000_000)));
    let client = Client::in_memory().transport(server).open().await?;
    client.enrol("https://jisr.example.org", MODEL_CODE).await?;

    let started_at = Some(UnixMillis(1_795_000_000_000));
    let shift = client.shifts().add(Shift { started_at, ..Shift::default() }).await?;
    let mut encounter = Encounter {
        outcome: Some(ContactOutcome::Engaged),
        place_text: Some("درب السلطان".into()),
        ..Encounter::default()
    };
    encounter.observed.insert(ObservedGroup::Boys, 2);
    let id = client.encounters().add(encounter).await?;

    let meal = ServiceKey { service: ServiceType::Meal, target: ServiceTarget::Group };
    client.encounters().update(id, move |e: &mut Encounter| *e.given.entry(meal).or_default() += 2).await?;

    for stored in client.encounters().find(Query::all().about(shift)).await? {
        println!("{} {:?}", stored.id, stored.sync);
    }
    println!("{} records wait", client.status().waiting);
    client.close().await
}
