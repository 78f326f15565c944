//! Devices as crews have them: a store in memory, enrolled, with records of their own.
//!
//! The same number makes the same device, byte for byte.

use std::collections::BTreeMap;
use std::sync::Arc;

use ed25519_dalek::SigningKey;
use jisr_client_sdk::Query;
use jisr_client_sdk::clock::SetClock;
use jisr_client_sdk::local::Local;
use jisr_client_sdk::store::Enrolment;
use jisr_client_sdk::store::kv::KvStore;
use jisr_sync_core::id::{DeviceId, DocumentId};
use jisr_sync_core::record::Encounter;
use jisr_sync_core::sync::{Certificate, Certified, Credentials, Envelope, Incarnation, ServerId};
use rand::SeedableRng;
use rand::rngs::StdRng;

use crate::samples::{NOW, encounter, province, unit};

/// A device.
pub struct Device {
    /// Its client, without a runtime.
    pub local: Arc<Local>,
    store: Arc<KvStore>,
}

/// Everything that may not change but by what somebody signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holdings {
    /// Its encounters, as JSON.
    pub encounters: BTreeMap<DocumentId, String>,
    /// The indexes and changes that wait.
    pub waiting: Vec<(u64, Vec<u8>)>,
    /// What it carries for others.
    pub carried: Vec<Envelope>,
    /// How many of its records it believes to be with others, too.
    pub handed_over: usize,
    /// The sealed files it takes along.
    pub parcels: Vec<Vec<u8>>,
}

/// What the service of the harness signs with.
pub fn service_key() -> SigningKey {
    SigningKey::from_bytes(&[0x43; 32])
}

impl Device {
    /// Device `number` of the service `server`, with so many encounters. `seal_to` is where its files are sealed to.
    pub fn new(number: u8, server: ServerId, seal_to: [u8; 32], encounters: usize) -> Self {
        let store = Arc::new(KvStore::in_memory().expect("an empty store opens"));
        let local = opened(&store, number);
        let identity = local.identity().expect("it has one");
        let key = identity.signing_key().expect("it has a key");
        let scopes = vec![unit(), province()];
        let (unit, province) = ("azilal-1".parse().expect("a unit"), "azilal".parse().expect("a province"));
        let mut enrolment =
            Enrolment::new("https://jisr.example.org".to_owned(), server, unit, province, scopes.clone());
        let unit = enrolment.unit.clone();
        let certified = Certified::new(server, identity.device, &key.verifying_key(), unit, scopes, NOW);
        let certificate = certified.sign(&service_key());
        enrolment.credentials = Some(Credentials::new(certificate, &service_key().verifying_key(), seal_to));
        local.enrol(enrolment).expect("it is enrolled");
        for _ in 0..encounters {
            local.add(Encounter { unit: None, ..encounter() }).expect("a record is kept");
        }
        Self { local, store }
    }

    /// Its id.
    pub fn id(&self) -> DeviceId {
        self.local.identity().expect("it has one").device
    }

    /// The life of its data.
    pub fn incarnation(&self) -> Incarnation {
        self.local.identity().expect("it has one").incarnation
    }

    /// Its key.
    pub fn key(&self) -> SigningKey {
        self.local.identity().expect("it has one").signing_key().expect("it has a key")
    }

    /// What the service says of it.
    pub fn certificate(&self) -> Certificate {
        self.local.enrolment().expect("it is enrolled").credentials.expect("it has them").certificate
    }

    /// What it holds.
    pub fn holdings(&self) -> Holdings {
        holdings(&self.local)
    }

    /// What it holds once it was closed and opened again.
    pub fn holdings_on_disk(&self) -> Holdings {
        holdings(&opened(&self.store, 99))
    }

    /// All of its own work that waits, in one envelope.
    pub fn signed_work(&self) -> Envelope {
        let indexes: Vec<u64> = self.local.waiting().iter().map(|(index, ..)| *index).collect();
        self.local.own_envelope(&indexes).expect("the store reads").expect("something waits")
    }
}

fn opened(store: &Arc<KvStore>, seed: u8) -> Arc<Local> {
    let clock = Arc::new(SetClock::at(NOW));
    Arc::new(Local::open(store.clone(), clock, StdRng::seed_from_u64(seed.into())).expect("the store opens"))
}

fn holdings(local: &Local) -> Holdings {
    let found = local.find::<Encounter>(&Query::all()).expect("the store reads");
    let json = |encounter: &Encounter| serde_json::to_string(encounter).expect("a record is JSON");
    let entry = |index: u64| local.waiting_entry(index).expect("the store reads").map(|entry| (index, entry.change));
    let carried = |index: u64| local.carried_envelope(index).expect("the store reads");
    Holdings {
        encounters: found.iter().map(|stored| (stored.id, json(&stored.value))).collect(),
        waiting: local.waiting().iter().filter_map(|(index, ..)| entry(*index)).collect(),
        carried: local
            .carried()
            .iter()
            .filter_map(|item| carried(item.index))
            .map(|carried| carried.envelope)
            .collect(),
        handed_over: local.status(false).handed_over,
        parcels: local
            .parcels()
            .into_iter()
            .filter_map(|index| local.parcel(index).expect("the store reads"))
            .collect(),
    }
}
