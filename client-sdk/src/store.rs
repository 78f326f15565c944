//! What a device keeps, and the one way it is changed.
//!
//! A store answers four questions and takes one kind of write: [`Store::load`] reads everything but the bodies of
//! documents and changes, once, when the device starts; [`Store::document`] and [`Store::outbox`] read bodies;
//! [`Store::commit`] changes any number of things in one atomic, durable step. Lists, searches and the status are
//! served from memory, out of what `load` gave and the commits since.
//!
//! **How an asynchronous store fits** (IndexedDB in a browser): `load` runs before the first answer and may as well
//! be awaited; `commit` is one read-write transaction of strict durability; the two body reads are called only from
//! functions that the façade already awaits. Nothing else touches a store, so a browser keeps this file's types and
//! awaits these four calls; the rules in [`crate::local`] stay as they are.
//!
//! **Never here:** what a record means, what may be sent, when to try again.

mod carried;
#[cfg(any(test, feature = "suites"))]
pub mod conformance;
mod cursors;
mod kept;
mod key;
pub mod kv;
mod pruned;

use std::collections::{BTreeMap, BTreeSet};

use jisr_sync_core::id::{ChangeHash, DeviceId, DocumentId, ScopeId};
use jisr_sync_core::sync::{Fingerprint, Question, Vouched, change_hash};
use jisr_sync_core::time::UnixMillis;

pub use carried::{Carried, CarriedMark, PARCELS_MAX};
pub use cursors::{CURSORS_MAX, CursorHistory, KeptCursor, Remedy};
pub use kept::{
    Aside, AsideKey, AsideOrigin, Counters, Doubt, Draft, Enrolment, Identity, KeptDocument, LastError, Progress,
    RecordCode, Row, Waiting,
};
pub use pruned::{Pruned, PrunedKey};

/// The server's word for who wrote the changes of a document that came from it, by their hashes. Other changes are this
/// device's own.
pub type Vouchers = BTreeMap<ChangeHash, Vouched>;

/// A device's store.
///
/// Implementations promise:
/// - **atomic**: after a crash at any moment, all of a [`StoreBatch`] is there or none of it;
/// - **durable**: [`Store::commit`] returns `Ok` only when the batch would survive a power cut;
/// - **in order**: no batch survives without those committed before it;
/// - **honest**: what was put comes back exactly, or [`StoreError::Damaged`] does;
/// - **numbers are never used twice**: [`Image::next_index`] is above every outbox index ever committed, also after
///   the entries have left.
pub trait Store: Send + Sync {
    /// Everything but the bodies of documents and waiting changes.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], or [`StoreError::Io`] when it cannot be read.
    fn load(&self) -> Result<Image, StoreError>;

    /// The saved form of a document, or `None` when it is not held.
    ///
    /// # Errors
    /// As [`Store::load`].
    fn document(&self, id: &DocumentId) -> Result<Option<Vec<u8>>, StoreError>;

    /// At most `limit` waiting changes with an index of at least `from`, in commit order.
    ///
    /// # Errors
    /// As [`Store::load`].
    fn outbox(&self, from: u64, limit: usize) -> Result<Vec<Waiting>, StoreError>;

    /// The bytes of a change that was set aside, or `None` when it is not held.
    ///
    /// # Errors
    /// As [`Store::load`].
    fn aside_bytes(&self, key: &AsideKey) -> Result<Option<Vec<u8>>, StoreError>;

    /// Who wrote the changes of a document; empty when nothing of it came from the server.
    ///
    /// # Errors
    /// As [`Store::load`].
    fn vouchers(&self, id: &DocumentId) -> Result<Vouchers, StoreError>;

    /// An envelope of another device, or `None` when it is not carried.
    ///
    /// # Errors
    /// As [`Store::load`].
    fn carried(&self, index: u64) -> Result<Option<Carried>, StoreError>;

    /// A sealed file that is taken along, or `None` when it is not here.
    ///
    /// # Errors
    /// As [`Store::load`].
    fn parcel(&self, index: u64) -> Result<Option<Vec<u8>>, StoreError>;

    /// Makes all changes of `batch`, or none, and returns when they would survive a power cut.
    ///
    /// # Errors
    /// [`StoreError::Full`] when there is no room and nothing was changed; [`StoreError::Uncertain`] when it is not
    /// known whether the batch survives: the caller says so and reads the store again before it writes again.
    fn commit(&self, batch: StoreBatch) -> Result<(), StoreError>;
}

/// What a store holds, without the bodies of documents and changes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Image {
    /// Who this device is; `None` before its first start has ended.
    pub identity: Option<Identity>,
    /// One row for each document.
    pub rows: BTreeMap<DocumentId, Row>,
    /// Which changes wait, by outbox index: for which document, and since when.
    pub waiting: BTreeMap<u64, WaitingMark>,
    /// The index the next waiting change is to have.
    pub next_index: u64,
    /// The cursors of each scope, newest first.
    pub cursors: BTreeMap<ScopeId, CursorHistory>,
    /// Changes that were set aside, here or by the server, without their bytes.
    pub asides: BTreeMap<AsideKey, Aside>,
    /// Records not finished yet.
    pub drafts: BTreeMap<DocumentId, Draft>,
    /// While a scope is read again after a fork: the changes of each document that the new log was seen to have.
    pub seen: BTreeMap<DocumentId, Vec<ChangeHash>>,
    /// Envelopes of other devices, without their bodies.
    pub carried: BTreeMap<u64, CarriedMark>,
    /// To which devices a waiting change was handed over, by outbox index.
    pub handed: BTreeMap<u64, Vec<DeviceId>>,
    /// Changes that came from other devices and not from the server, by their documents: not this device's own work.
    pub foreign: BTreeMap<DocumentId, Vec<ChangeHash>>,
    /// Sealed files that are taken along: how many bytes each has.
    pub parcels: BTreeMap<u64, u64>,
    /// Documents that were erased and are refused for ever.
    pub erased: BTreeSet<DocumentId>,
    /// What is remembered of records that have left by the rule.
    pub pruned: BTreeMap<PrunedKey, Vec<Pruned>>,
    /// How syncing has gone.
    pub progress: Progress,
    /// Numbers that an exchange needs and leaves behind.
    pub counters: Counters,
    /// Settings by name.
    pub settings: BTreeMap<String, String>,
}

/// A waiting change without its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingMark {
    /// The record it belongs to.
    pub document: DocumentId,
    /// When it was committed, by the device's clock.
    pub queued_at: UnixMillis,
    /// How long the change is, in bytes.
    pub bytes: u32,
    /// What the server is asked before it is sent, when it may hold it already.
    pub ask: Option<Question>,
    /// As [`Waiting::offered_again`].
    pub offered_again: bool,
}

impl WaitingMark {
    /// What is kept in memory of a waiting change.
    pub fn of(entry: &Waiting) -> Self {
        let bytes = u32::try_from(entry.change.len()).unwrap_or(u32::MAX);
        let ask = (entry.doubt == Doubt::Ask).then(|| Question {
            scope: entry.scope.clone(),
            fingerprint: Fingerprint::of(&entry.document, &change_hash(&entry.change)),
        });
        Self { document: entry.document, queued_at: entry.queued_at, bytes, ask, offered_again: entry.offered_again }
    }
}

/// Changes to a store that are made together. What is absent stays as it is; `None` in a map removes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct StoreBatch {
    /// The device's identity, in place of what was there.
    pub identity: Option<Identity>,
    /// Documents with their rows; removing one removes its row with it.
    pub documents: BTreeMap<DocumentId, Option<KeptDocument>>,
    /// Changes that now wait for the server. Their indexes are [`Image::next_index`] and up.
    pub queued: Vec<Waiting>,
    /// Changes that wait already, in place of what was there under their indexes.
    pub requeued: Vec<Waiting>,
    /// Who wrote the changes of documents, in place of what was there. They go with their document.
    pub vouchers: BTreeMap<DocumentId, Option<Vouchers>>,
    /// Indexes of changes that the server has durably acknowledged or set aside: they leave the outbox.
    pub acknowledged: Vec<u64>,
    /// The cursors of scopes.
    pub cursors: BTreeMap<ScopeId, Option<CursorHistory>>,
    /// Changes set aside, with their bytes.
    pub asides: BTreeMap<AsideKey, Option<(Aside, Vec<u8>)>>,
    /// Records not finished yet.
    pub drafts: BTreeMap<DocumentId, Option<Draft>>,
    /// The changes of documents that a new log was seen to have, in place of what was there.
    pub seen: BTreeMap<DocumentId, Option<Vec<ChangeHash>>>,
    /// Envelopes of other devices.
    pub carried: BTreeMap<u64, Option<Carried>>,
    /// To which devices waiting changes were handed over. It goes with the change.
    pub handed: BTreeMap<u64, Vec<DeviceId>>,
    /// Changes of documents that came from other devices, in place of what was there. They go with their document.
    pub foreign: BTreeMap<DocumentId, Option<Vec<ChangeHash>>>,
    /// Sealed files that are taken along.
    pub parcels: BTreeMap<u64, Option<Vec<u8>>>,
    /// What is remembered of records that have left by the rule, in place of what was there; an empty list removes.
    pub pruned: BTreeMap<PrunedKey, Vec<Pruned>>,
    /// Documents to refuse for ever.
    pub erased: Vec<DocumentId>,
    /// Rows whose documents stay as they are.
    pub rows: BTreeMap<DocumentId, Row>,
    /// How syncing has gone, in place of what was there.
    pub progress: Option<Progress>,
    /// Numbers that an exchange needs and leaves behind, in place of what was there.
    pub counters: Option<Counters>,
    /// Settings by name.
    pub settings: BTreeMap<String, Option<String>>,
}

impl StoreBatch {
    /// Whether it changes nothing.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Ways a device's store can fail. In none of them is anything lost that a write has returned for.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Another process has the store open.
    #[error("another program has this store open")]
    InUse,
    /// The disk is full. Nothing was changed.
    #[error("the disk is full")]
    Full,
    /// What was stored does not read back as it was written.
    #[error("the store is damaged: {what}")]
    Damaged {
        /// What does not read.
        what: String,
    },
    /// The store was written by a newer version of this software.
    #[error("the store was written by a newer version (format {found}, this version reads up to {known})")]
    Newer {
        /// The format found.
        found: u32,
        /// The newest format this version reads.
        known: u32,
    },
    /// The batch holds something too long to store: nothing was changed.
    #[error("too long to store: {what} of {bytes} bytes, at most {max}")]
    TooLong {
        /// What is too long.
        what: &'static str,
        /// Its length.
        bytes: usize,
        /// The limit.
        max: usize,
    },
    /// It is not known whether the last batch survives.
    #[error("it is not known whether the last change reached the disk")]
    Uncertain(#[source] std::io::Error),
    /// This account may not use the folder, or it is none. Nothing was changed.
    #[error("the folder cannot be used: {0}")]
    NoAccess(#[source] std::io::Error),
    /// The store could not be read or opened. Nothing was changed.
    #[error("the store cannot be read: {what}")]
    Io {
        /// What the system or the engine said.
        what: String,
    },
}

impl StoreError {
    /// Whether the same call may succeed later without anybody's doing more than making room or closing a program.
    pub const fn is_transient(&self) -> bool {
        matches!(self, Self::InUse | Self::Full | Self::Uncertain(_) | Self::Io { .. })
    }
}
