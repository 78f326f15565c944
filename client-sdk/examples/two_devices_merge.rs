//! Two devices change one record apart: different fields merge, one field keeps both values until somebody settles.
//!
//! `cargo run -p jisr-client-sdk --example two_devices_merge`

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use jisr_client_sdk::testing::{MODEL_CODE, ModelServer};
use jisr_client_sdk::{Client, Error};
use jisr_sync_core::codes::{ContactOutcome, ObservedGroup, Risk, ServiceType};
use jisr_sync_core::record::Encounter;
use jisr_sync_core::time::UnixMillis;

async fn device(server: &Arc<ModelServer>) -> Result<Client, Error> {
    let client = Client::in_memory().transport(server.clone()).open().await?;
    client.enrol("https://jisr.example.org", MODEL_CODE).await?;
    Ok(client)
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis());
    let server = Arc::new(ModelServer::new(UnixMillis(i64::try_from(now).unwrap_or(0))));
    let (amina, brahim) = (device(&server).await?, device(&server).await?);

    let mut encounter = Encounter { outcome: Some(ContactOutcome::Engaged), ..Encounter::default() };
    encounter.place_unknown = Some(true);
    encounter.observed.insert(ObservedGroup::Girls, 1);
    let id = amina.encounters().add(encounter).await?;
    amina.sync_now().await?;
    brahim.sync_now().await?;

    amina.encounters().update(id, |e: &mut Encounter| e.risk = Some(Risk::High)).await?;
    brahim
        .encounters()
        .update(id, |e: &mut Encounter| {
            e.risk = Some(Risk::Medium);
            e.needs.insert(ServiceType::Shelter);
        })
        .await?;
    for client in [&amina, &brahim, &amina] {
        client.sync_now().await?;
    }

    for (id, _, conflicts) in amina.conflicts().await? {
        for conflict in conflicts {
            let values: Vec<String> = conflict.values.iter().map(|value| value.value.to_string()).collect();
            println!("{id}: {} was set to {}", conflict.field, values.join(" and to "));
        }
    }
    amina.settle(id, "risk", "high".into()).await?;
    amina.sync_now().await?;
    brahim.sync_now().await?;
    if let Some(merged) = brahim.encounters().get(id).await? {
        println!("on both devices: risk {:?}, needs {:?}", merged.value.risk, merged.value.needs);
    }
    Ok(())
}
