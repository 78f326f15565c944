//! Opening a store in a process that starts others. One that a test beside is just starting holds a copy of every open
//! file until it runs its program, the lock of a store that was closed here among them: that passes.

use std::path::Path;
use std::time::Duration;

use jisr_client_sdk::Client;
use jisr_client_sdk::store::StoreError;
use jisr_durable_kv::{KvError, SledKv, SledOptions};

/// How often a store that is in use is tried again, and after how long each time.
const TRIES: u32 = 300;
const PAUSE: Duration = Duration::from_millis(10);

/// Opens a store of keys and values.
pub fn store(folder: &Path, options: impl Fn() -> SledOptions) -> Result<SledKv, KvError> {
    for _ in 0..TRIES {
        match SledKv::open(folder, options()) {
            Err(KvError::InUse) => std::thread::sleep(PAUSE),
            opened => return opened,
        }
    }
    SledKv::open(folder, options())
}

/// Opens a device's store.
pub async fn client(folder: &Path) -> jisr_client_sdk::Result<Client> {
    for _ in 0..TRIES {
        match Client::at(folder).open().await {
            Err(jisr_client_sdk::Error::Store(StoreError::InUse)) => tokio::time::sleep(PAUSE).await,
            opened => return opened,
        }
    }
    Client::at(folder).open().await
}
