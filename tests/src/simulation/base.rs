//! The server of a run: the real registry, storage, answers and committer, over a disk that fails.
//!
//! **Fault model.** The process ends between any two steps or during a commit, with the loss of all that was in
//! memory: what waited to be written, nonces, conversations. Its disk does what [`super::disk`] says.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use anyhow::{Context, Result};
use jisr_durable_kv::Kv;
use jisr_server::lease::{self, Found};
use jisr_server::registry::{CodeSecret, Device, DeviceKey, EnrolmentCode, Fleet, KvRegistry, NewDevice, Unit};
use jisr_server::storage::{KvStorage, Storage};
use jisr_server::sync::{Answers, Conversation};
use jisr_server::writer::{Committer, Work, WriteError, Written};
use jisr_sync_core::id::{ChangeHash, DeviceId, DocumentId, ScopeId, UnitId};
use jisr_sync_core::sync::server::DeliveryId;
use jisr_sync_core::sync::{ServerConfig, limits};
use jisr_sync_core::time::{ServiceZone, UnixMillis};
use rand::Rng;
use tempfile::TempDir;

use super::disk::SimDisk;
use crate::service::province_of;

/// Who waits for something to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Waiter {
    /// Nobody.
    Nobody,
    /// An exchange, for a delivery in it.
    Exchange(u64, DeliveryId),
    /// A carry file that is handed in.
    Parcel(u64),
    /// Whoever moves a document to this scope.
    Move(DocumentId, ScopeId),
}

/// What waits to be written, and which exchange waits for it.
pub struct Queued {
    /// Who waits.
    pub waiter: Waiter,
    /// The work.
    pub work: Work,
}

/// The parts of a server that runs.
pub struct Running {
    /// The records.
    pub storage: Arc<KvStorage>,
    /// Units and devices.
    pub fleet: Arc<KvRegistry>,
    /// What answers sessions.
    pub answers: Answers,
    /// What waits to be written.
    pub queue: Vec<Queued>,
    committer: Committer,
    stopped: Arc<AtomicBool>,
    zone: ServiceZone,
}

/// The server.
pub struct Base {
    /// Its disk.
    pub disk: Arc<SimDisk>,
    /// It, while it runs.
    pub running: Option<Running>,
    /// Raised by one whenever it ends.
    pub life: u64,
    /// The folder where its lease lies, and its backups: outside its store, and not put back with it.
    pub folder: TempDir,
    time: Arc<AtomicI64>,
    zone: ServiceZone,
}

impl Base {
    /// A server that was never started.
    ///
    /// # Errors
    /// When the system gives no folder.
    pub fn new(time: Arc<AtomicI64>, zone: ServiceZone) -> Result<Self> {
        // In memory where the system has such a place: what is synced there costs nothing.
        let folder = TempDir::new_in("/dev/shm").or_else(|_| TempDir::new())?;
        Ok(Self { disk: Arc::new(SimDisk::new()), running: None, life: 0, folder, time, zone })
    }

    /// Starts it; what its lease told.
    ///
    /// # Errors
    /// When its disk fails; it can be tried again.
    pub fn start(&mut self, rng: &mut impl Rng) -> Result<Found> {
        self.disk.turn_on();
        let kv: Arc<dyn Kv> = self.disk.clone();
        let storage = Arc::new(KvStorage::open(kv.clone(), rng)?);
        let found = lease::renew(self.folder.path(), &*storage, rng)?;
        let fleet = Arc::new(KvRegistry::open(kv, rng)?);
        let time = self.time.clone();
        let clock = Arc::new(move || UnixMillis(time.load(Ordering::SeqCst)));
        let answers = Answers::new(storage.clone(), fleet.clone(), clock);
        let stopped = Arc::new(AtomicBool::new(false));
        let committer = Committer::new(storage.clone(), self.zone.clone(), stopped.clone());
        let zone = self.zone.clone();
        self.running = Some(Running { storage, fleet, answers, queue: Vec::new(), committer, stopped, zone });
        Ok(found)
    }

    /// Takes its lease away, as somebody does who puts an image back that carries its own.
    pub fn lose_lease(&self) {
        let _ = std::fs::remove_file(lease::file_in(self.folder.path()));
    }

    /// Ends it, as a power cut does.
    pub fn cut_power(&mut self) {
        self.disk.arm(None);
        self.disk.cut_power();
        self.running = None;
        self.life += 1;
    }
}

impl Running {
    /// A conversation for a request that begins at `now`.
    pub fn conversation(&self, now: UnixMillis) -> Conversation {
        Conversation::new(ServerConfig {
            server: self.fleet.server_id(),
            now,
            app_version_min: None,
            request_bytes_max: limits::REQUEST_BYTES_MAX,
            voucher_key: self.fleet.voucher_key(),
        })
    }

    /// Writes all that waits as one group.
    pub fn commit(&mut self) -> Vec<(Waiter, Result<Written, WriteError>)> {
        let (waiters, group): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.queue).into_iter().map(|queued| (queued.waiter, queued.work)).unzip();
        waiters.into_iter().zip(self.committer.write(&group)).collect()
    }

    /// Adds a unit.
    ///
    /// # Errors
    /// When the registry refuses.
    pub fn add_unit(&self, id: &str) -> Result<()> {
        Ok(self.fleet.add_unit(&Unit {
            id: id.parse()?,
            name_ar: id.to_owned(),
            name_fr: id.to_owned(),
            province: province_of(id).parse()?,
            night: false,
        })?)
    }

    /// Enrols a device by its key.
    ///
    /// # Errors
    /// When the registry refuses, or its disk fails.
    pub fn enrol(&self, unit: &UnitId, key: [u8; 32], now: UnixMillis, rng: &mut impl Rng) -> Result<Device> {
        let code = EnrolmentCode {
            hash: CodeSecret::random(rng).hash(),
            unit: unit.clone(),
            device_name: "phone".to_owned(),
            issued_by: None,
            expires_at: UnixMillis(i64::MAX),
        };
        let id = DeviceId::of_key(&key);
        self.fleet.issue_code(&code)?;
        let key = DeviceKey::new(key).context("a key of a device")?;
        Ok(self.fleet.enrol(&code.hash, &NewDevice { key, name: None }, id, now)?.device)
    }

    /// Whether the server durably holds a change, in a log or aside. `None` when that cannot be read now.
    pub fn holds(&self, document: &DocumentId, hash: &ChangeHash) -> Option<bool> {
        let in_log = self.storage.change(hash, document).ok()?.is_some();
        Some(in_log || self.storage.set_aside(hash, document).ok()?.is_some())
    }

    /// Whether it says of itself that it must be started anew.
    pub fn has_stopped(&self) -> bool {
        self.stopped.load(Ordering::SeqCst)
    }

    /// The zone whose dates count.
    pub const fn zone(&self) -> &ServiceZone {
        &self.zone
    }
}
