//! Everything the device holds, and the rules by which it changes.
//!
//! ```text
//!   an edit:    read the document ─▶ gate-clean change ─▶ one commit {document, row, outbox entry} ─▶ memory ─▶ return
//!   a frame:    inspect each change ─▶ admit ─▶ one commit {documents, rows, set aside, cursor} ─▶ memory
//!   an answer:  one commit {entries leave, set aside} ─▶ memory
//! ```
//!
//! **Invariants:** memory changes only after the commit has returned, so nothing is shown that a power cut could
//! take; reads are served from memory and never wait for a write; after a commit whose outcome is not known the
//! store is read again before anything is written.
//!
//! **Never here:** the network, a timer, a runtime. All is synchronous; the façade calls it off its own threads.

mod carrying;
mod edit;
mod enrolling;
mod fates;
mod grants;
mod held;
pub(crate) mod kinds;
mod met;
mod parcels;
mod prune;
mod read;
mod reapply;
mod receive;
mod repair;
mod sending;
mod withdrawn;

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, RwLock, RwLockReadGuard};

use jisr_sync_core::id::ActorId;
use jisr_sync_core::sync::Incarnation;
use jisr_sync_core::time::{ServiceZone, UnixMillis};
use rand::RngExt;
use rand::rngs::StdRng;

use crate::clock::Clock;
use crate::error::{Error, Result};
use crate::store::{Counters, Enrolment, Identity, Progress, Store, StoreBatch, StoreError};
use held::Held;

#[cfg(feature = "client")]
pub(crate) use carrying::groups;
pub use carrying::{HandedIn, OfferSource, Offerable};
pub use edit::Finished;
pub use kinds::FieldRecord;
pub use prune::{Holdings, KeepRule};
pub use read::{AsideView, DraftView, Stored};
pub use receive::Taken;

/// The device's records, durable and in memory.
pub struct Local {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    zone: ServiceZone,
    writer: Mutex<Writer>,
    held: RwLock<Held>,
    on_change: OnceLock<Box<dyn Fn() + Send + Sync>>,
}

/// What only one writer at a time may touch.
struct Writer {
    rng: StdRng,
    /// The outcome of the last commit is not known: what is in memory may not be what is stored.
    stale: bool,
    /// This opening is not counted yet: the disk was full. The next commit counts it.
    boot_owed: bool,
}

impl Local {
    /// Opens what `store` holds. A new store gets an identity first. On a full disk one that has an identity opens all
    /// the same, so that its records can be read and sent; the opening is counted once there is room.
    ///
    /// # Errors
    /// When the store cannot be read, or written for the first time.
    pub fn open(store: Arc<dyn Store>, clock: Arc<dyn Clock>, rng: StdRng) -> Result<Self> {
        let zone =
            ServiceZone::morocco().map_err(|missing| Error::Store(StoreError::Io { what: missing.to_string() }))?;
        let held = Held::of(store.load()?);
        let local = Self {
            store,
            clock,
            zone,
            writer: Mutex::new(Writer { rng, stale: false, boot_owed: false }),
            held: RwLock::new(held),
            on_change: OnceLock::new(),
        };
        let opened = local.write(|writer, held| {
            let mut batch = StoreBatch { counters: Some(counted(held.counters)), ..StoreBatch::default() };
            if held.identity.is_none() {
                let incarnation = Incarnation::random(&mut writer.rng);
                batch.identity = Some(Identity::new(incarnation, writer.rng.random(), &mut writer.rng));
            }
            Ok((batch, ()))
        });
        match opened {
            Err(Error::Store(StoreError::Full)) if local.identity().is_ok() => {
                local.writer.lock().unwrap_or_else(PoisonError::into_inner).boot_owed = true;
            }
            opened => opened?,
        }
        Ok(local)
    }

    /// Calls `listener` after each change of what is held. The first one given stays.
    pub fn on_change(&self, listener: impl Fn() + Send + Sync + 'static) {
        let _ = self.on_change.set(Box::new(listener));
    }

    /// The time now, by the device's clock.
    pub fn now(&self) -> UnixMillis {
        self.clock.now()
    }

    /// The zone whose dates count.
    pub const fn zone(&self) -> &ServiceZone {
        &self.zone
    }

    /// Who this device is.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when the store has lost it.
    pub fn identity(&self) -> Result<Identity> {
        identity_of(&self.read_held())
    }

    /// Its place in a service.
    ///
    /// # Errors
    /// [`Error::NotEnrolled`] when it has none.
    pub fn enrolment(&self) -> Result<Enrolment> {
        self.identity()?.enrolment.ok_or(Error::NotEnrolled)
    }

    /// The server has said that this device is enrolled no more, or again.
    ///
    /// # Errors
    /// When the store fails.
    pub fn set_revoked(&self, revoked: bool) -> Result<()> {
        self.write(|_, held| {
            let mut identity = identity_of(held)?;
            let changed = identity.enrolment.as_mut().is_some_and(|enrolment| {
                let changed = enrolment.revoked != revoked;
                enrolment.revoked = revoked;
                changed
            });
            Ok((StoreBatch { identity: changed.then_some(identity), ..StoreBatch::default() }, ()))
        })
    }

    /// Takes a new incarnation and a new actor, because this device turned out to be a copy. What waits is sent
    /// again; the server knows it by its hashes.
    ///
    /// # Errors
    /// When the store fails.
    pub fn take_new_incarnation(&self) -> Result<()> {
        self.write(|writer, held| {
            let identity = identity_of(held)?;
            Ok((new_life(identity, writer, held), ()))
        })
    }

    /// How syncing has gone, as it was last stored.
    pub fn progress(&self) -> Progress {
        self.read_held().progress.clone()
    }

    /// Stores how syncing has gone.
    ///
    /// # Errors
    /// When the store fails.
    pub fn set_progress(&self, progress: Progress) -> Result<()> {
        self.write(|_, held| {
            let changed = held.progress != progress;
            Ok((StoreBatch { progress: changed.then_some(progress), ..StoreBatch::default() }, ()))
        })
    }

    /// A setting, or `None` when it was never set.
    pub fn setting(&self, name: &str) -> Option<String> {
        self.read_held().settings.get(name).cloned()
    }

    /// Stores a setting; `None` removes it.
    ///
    /// # Errors
    /// When the store fails.
    pub fn set_setting(&self, name: &str, value: Option<String>) -> Result<()> {
        let settings = [(name.to_owned(), value)].into();
        self.write(|_, _| Ok((StoreBatch { settings, ..StoreBatch::default() }, ())))
    }

    /// Runs one write: `plan` says what is to change, one commit changes it, memory follows.
    fn write<T>(&self, plan: impl FnOnce(&mut Writer, &Held) -> Result<(StoreBatch, T)>) -> Result<T> {
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        self.refresh(&mut writer)?;
        let (mut batch, answer) = plan(&mut writer, &self.read_held())?;
        if batch.documents.values().any(Option::is_none) {
            // With a record goes how far this device had counted in it, and what comes back of it may be less.
            fresh_actor(&mut writer, &self.read_held(), &mut batch)?;
        }
        if !batch.is_empty() {
            if writer.boot_owed {
                batch.counters = Some(counted(batch.counters.unwrap_or(self.read_held().counters)));
            }
            self.commit(&mut writer, batch)?;
            writer.boot_owed = false;
        }
        Ok(answer)
    }

    fn commit(&self, writer: &mut MutexGuard<'_, Writer>, batch: StoreBatch) -> Result<()> {
        let kept = batch.clone();
        if let Err(error) = self.store.commit(batch) {
            writer.stale = !matches!(error, StoreError::Full | StoreError::TooLong { .. });
            return Err(error.into());
        }
        self.held.write().unwrap_or_else(PoisonError::into_inner).apply(kept);
        self.tell();
        Ok(())
    }

    /// After a commit whose outcome is not known, takes into memory what the store really holds.
    fn refresh(&self, writer: &mut MutexGuard<'_, Writer>) -> Result<()> {
        if writer.stale {
            let held = Held::of(self.store.load()?);
            *self.held.write().unwrap_or_else(PoisonError::into_inner) = held;
            writer.stale = false;
            self.tell();
        }
        Ok(())
    }

    fn tell(&self) {
        if let Some(listener) = self.on_change.get() {
            listener();
        }
    }

    fn read_held(&self) -> RwLockReadGuard<'_, Held> {
        self.held.read().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One more opening.
const fn counted(counters: Counters) -> Counters {
    Counters { boot: counters.boot.saturating_add(1), ..counters }
}

/// A new incarnation and a new actor: nobody else writes under them.
fn new_life(mut identity: Identity, writer: &mut Writer, held: &Held) -> StoreBatch {
    identity.incarnation = Incarnation::random(&mut writer.rng);
    #[cfg(feature = "testing")]
    let kept = identity.actor;
    identity.actor = ActorId::draw(&identity.device, &mut writer.rng);
    #[cfg(feature = "testing")]
    if jisr_sync_core::planted::is_planted(jisr_sync_core::planted::Bug::KeepActorOfCopy) {
        identity.actor = kept;
    }
    let counters = Counters { boot: 1, ..held.counters };
    StoreBatch { identity: Some(identity), counters: Some(counters), ..StoreBatch::default() }
}

/// Draws a new actor for this device, under which it writes once `batch` is committed.
fn fresh_actor(writer: &mut Writer, held: &Held, batch: &mut StoreBatch) -> Result<ActorId> {
    let mut identity = batch.identity.take().map_or_else(|| identity_of(held), Ok)?;
    identity.actor = ActorId::draw(&identity.device, &mut writer.rng);
    Ok(batch.identity.insert(identity).actor)
}

fn identity_of(held: &Held) -> Result<Identity> {
    let lost = || Error::Store(StoreError::Damaged { what: "the device's identity".to_owned() });
    held.identity.clone().ok_or_else(lost)
}
