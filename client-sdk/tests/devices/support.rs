//! A van's devices and their server.

use std::sync::Arc;

use jisr_client_sdk::clock::SetClock;
use jisr_client_sdk::store::kv::KvStore;
use jisr_client_sdk::testing::{MODEL_CODE, ModelServer};
use jisr_client_sdk::transport::faulty::{Fault, FaultyTransport};
use jisr_client_sdk::{Client, ClientBuilder, Error};
use jisr_durable_kv::{Batch, Kv, MemoryKv};
use jisr_sync_core::codes::{ContactOutcome, ObservedGroup};
use jisr_sync_core::id::ScopeId;
use jisr_sync_core::record::Encounter;
use jisr_sync_core::time::UnixMillis;

pub const NOW: UnixMillis = UnixMillis(1_795_000_000_000);
pub const URL: &str = "https://jisr.example.org";

pub fn unit() -> ScopeId {
    "unit/azilal-1".parse().unwrap()
}

/// A device whose disk outlives its client.
pub struct Device {
    pub kv: Arc<MemoryKv>,
    pub link: Arc<FaultyTransport<ModelServer>>,
    pub clock: Arc<SetClock>,
    seed: u64,
}

impl Device {
    pub fn new(server: &Arc<ModelServer>, seed: u64) -> Self {
        Self {
            kv: Arc::new(MemoryKv::new()),
            link: Arc::new(FaultyTransport::new(Arc::clone(server), [])),
            clock: Arc::new(SetClock::at(NOW)),
            seed,
        }
    }

    pub fn builder(&self, boot: u64) -> ClientBuilder {
        let kv: Arc<dyn Kv> = self.kv.clone();
        Client::in_memory()
            .store(Arc::new(KvStore::new(kv).unwrap()))
            .transport(self.link.clone())
            .clock(self.clock.clone())
            .seed(self.seed * 1_000 + boot)
    }

    /// Puts another device's disk, as it is now, in place of this one's.
    pub fn restore_from(&self, other: &Self) {
        let mut batch = Batch::new();
        for (key, value) in other.kv.scan(&[], &[0xFF], usize::MAX).unwrap() {
            batch.put(key, value);
        }
        self.kv.commit(batch).unwrap();
    }

    /// Opens it as after a restart.
    pub async fn open(&self, boot: u64) -> Client {
        self.builder(boot).open().await.unwrap()
    }

    pub async fn enrolled(&self) -> Client {
        let client = self.open(0).await;
        client.enrol(URL, MODEL_CODE).await.unwrap();
        client
    }

    pub fn suffers(&self, fault: Fault) {
        self.link.push(fault);
    }
}

pub fn server() -> Arc<ModelServer> {
    Arc::new(ModelServer::new(NOW))
}

/// An encounter that lacks nothing.
pub fn encounter(place: &str) -> Encounter {
    let mut encounter =
        Encounter { outcome: Some(ContactOutcome::Engaged), place_text: Some(place.into()), ..Encounter::default() };
    encounter.observed.insert(ObservedGroup::Boys, 2);
    encounter
}

/// Ends a device's access; it is told so at its next exchange.
pub async fn revoked(server: &ModelServer, client: &Client) {
    server.revoke(client.device().unwrap());
    assert!(matches!(client.sync_now().await, Err(Error::Revoked)));
}
