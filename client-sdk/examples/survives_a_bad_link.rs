//! Sends over a link that is cut again and again: nothing is lost, nothing is doubled.
//!
//! `cargo run -p jisr-client-sdk --example survives_a_bad_link`

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use jisr_client_sdk::testing::{MODEL_CODE, ModelServer};
use jisr_client_sdk::transport::faulty::{Fault, FaultyTransport};
use jisr_client_sdk::{Client, Error};
use jisr_sync_core::record::Person;
use jisr_sync_core::time::UnixMillis;

#[tokio::main]
async fn main() -> Result<(), Error> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis());
    let server = Arc::new(ModelServer::new(UnixMillis(i64::try_from(now).unwrap_or(0))));
    let faults = [Fault::Unreachable, Fault::CutRequestAt(900), Fault::CutAnswerAt(10), Fault::Duplicate];
    let link = Arc::new(FaultyTransport::new(server.clone(), faults));
    let client = Client::in_memory().transport(link).open().await?;
    client.enrol("https://jisr.example.org", MODEL_CODE).await?;
    for _ in 0..20 {
        client.persons().add(Person::default()).await?;
    }

    while client.status().waiting > 0 {
        match client.sync_now().await {
            Ok(report) => println!("sent {}", report.sent),
            Err(error) if error.is_transient() => {
                println!("{error}: {} records wait, {} arrived", client.status().waiting, server.documents());
            }
            Err(error) => return Err(error),
        }
    }
    println!("the server holds {} records", server.documents());
    client.close().await
}
