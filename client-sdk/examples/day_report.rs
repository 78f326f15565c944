//! Counts a day offline, by the same fold as on the server.
//!
//! `cargo run -p jisr-client-sdk --example day_report`

use std::sync::Arc;

use jisr_client_sdk::testing::{MODEL_CODE, ModelServer};
use jisr_client_sdk::{Client, Error};
use jisr_sync_core::codes::{ContactOutcome, Sex};
use jisr_sync_core::id::EntryId;
use jisr_sync_core::record::{Encounter, PersonSlot};
use jisr_sync_core::time::UnixMillis;

#[tokio::main]
async fn main() -> Result<(), Error> {
    let server = Arc::new(ModelServer::new(UnixMillis(1_795_000_000_000)));
    let client = Client::in_memory().transport(server).open().await?;
    client.enrol("https://jisr.example.org", MODEL_CODE).await?;
    for (age, sex) in [("8", Sex::Female), ("10-14", Sex::Male), ("18+", Sex::Female)] {
        let mut encounter = Encounter { outcome: Some(ContactOutcome::Engaged), ..Encounter::default() };
        encounter.place_unknown = Some(true);
        let slot = PersonSlot { sex: Some(sex), age: age.parse().ok(), ..PersonSlot::default() };
        encounter.persons.insert(EntryId::random(&mut rand::rng()), slot);
        client.encounters().add(encounter).await?;
    }

    let day = client.day(client.today()?).await?;

    println!("{}: {} encounters, stamp {}", day.day, day.total.encounters, day.stamp);
    println!("persons {:?}, minors {:?}", day.total.persons_met, day.total.minors);
    client.close().await
}
