//! Shows what a status strip shows while records are made and sent by themselves.
//!
//! `cargo run -p jisr-client-sdk --example watch_status`

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use futures_util::StreamExt;
use jisr_client_sdk::testing::{MODEL_CODE, ModelServer};
use jisr_client_sdk::{Client, Error, StripState, strip};
use jisr_sync_core::record::Person;
use jisr_sync_core::time::UnixMillis;

#[tokio::main]
async fn main() -> Result<(), Error> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis());
    let server = Arc::new(ModelServer::new(UnixMillis(i64::try_from(now).unwrap_or(0))));
    let client = Client::in_memory().transport(server).auto_sync(Duration::from_secs(60)).open().await?;
    client.enrol("https://jisr.example.org", MODEL_CODE).await?;
    client.persons().add(Person::default()).await?;
    client.persons().add(Person::default()).await?;

    let mut statuses = client.status_changes();
    let mut shown = None;
    while let Some(status) = statuses.next().await {
        let state = strip(&status);
        if shown != Some(state) {
            println!("{state:?}");
            shown = Some(state);
        }
        if state == StripState::AllSent {
            break;
        }
    }
    client.close().await
}
