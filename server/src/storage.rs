//! What the server keeps, in words of the domain: logs, documents, rows of the day, what was set aside, marks.
//!
//! The logs are the truth. Saved documents, rows and the ways to find them follow from the logs and can be dropped and
//! built again ([`crate::verify`]). The contract is small, synchronous and fallible, so that it can stand on an
//! embedded store today and on PostgreSQL tomorrow without change: reads go by key and by range, and the only way to
//! write is one atomic act, [`Storage::append`].
//!
//! **Invariants.** Numbers in a scope's log have no gap and are visible only once they would survive a power cut, so a
//! reader at number n is never overtaken by a smaller number that comes later. Every chain value follows from the
//! record before it. Nothing read is other than what was written: damage is an error.
//!
//! **Never here:** who may write what, what merges, what counts for which day. The caller decides; storage keeps.

mod aside;
mod carried;
mod codec;
mod epochs;
mod key;
mod kv;
mod left_out;
mod record;
mod row;
mod walk;

use std::collections::BTreeSet;

use jisr_durable_kv::KvError;
use jisr_sync_core::id::{ActorId, ChangeHash, DeviceId, DocumentId, ScopeId};
use jisr_sync_core::sync::{Chain, Cursor, Fingerprint};
use jisr_sync_core::time::UnixMillis;

pub use carried::{Carried, CarriedKind};
pub use kv::KvStorage;
pub use left_out::{
    ADMINISTRATOR, AsideName, AsidePlace, Discarded, HashStart, ParseAsideError, SetAside, is_unproven,
};
pub use record::{
    Append, AsideTally, ChangePlace, DeviceMark, EnvelopeId, LogAppend, ReadLimit, SavedDocument, StoredRecord, Tail,
};
pub use row::{Find, Found, Index, Row, RowState, Subject, Term, day_number, day_of_number};

/// What the server keeps. See the module for what every implementation promises.
///
/// Any thread may read while one appends. A read sees an append wholly or not at all, except that rows may be seen
/// before they would survive a power cut; logs and heads never are.
pub trait Storage: Send + Sync {
    /// Every scope that has a log, in ascending order.
    fn scopes(&self) -> Result<Vec<ScopeId>, StorageError>;

    /// The durable end of a scope's log with the sums up to just there. The epoch of a log stays the same from before
    /// its first record on.
    fn tail(&self, scope: &ScopeId) -> Result<Tail, StorageError>;

    /// The last durable record of a scope's log; the start of its log while nothing was appended.
    fn head(&self, scope: &ScopeId) -> Result<Cursor, StorageError> {
        Ok(self.tail(scope)?.head)
    }

    /// The chain value after the record of this number, or `None` beyond the head.
    fn chain_at(&self, scope: &ScopeId, number: u64) -> Result<Option<Chain>, StorageError> {
        if number == 0 {
            return Ok(Some(Chain::START));
        }
        Ok(self.record_at(scope, number)?.map(|record| record.log.chain))
    }

    /// The record of this number, which count from 1, or `None` beyond the head.
    fn record_at(&self, scope: &ScopeId, number: u64) -> Result<Option<StoredRecord>, StorageError> {
        let one = ReadLimit { records: 1, bytes: 0 };
        Ok(self.log_after(scope, number.saturating_sub(1), one)?.into_iter().next())
    }

    /// Up to which number a backup holds a scope's log; 0 without a backup.
    fn backed_up(&self, scope: &ScopeId) -> Result<u64, StorageError>;

    /// The records after `number`, in order and without a gap, as many as `limit` allows but at least one when there
    /// is one. Empty only at the head.
    fn log_after(&self, scope: &ScopeId, number: u64, limit: ReadLimit) -> Result<Vec<StoredRecord>, StorageError>;

    /// Where a document's change stands, if it does. The same change bytes in two documents are two changes.
    fn change(&self, hash: &ChangeHash, document: &DocumentId) -> Result<Option<ChangePlace>, StorageError>;

    /// Where changes of this fingerprint durably stand: in one place, but for chance or a copy.
    fn changes_like(&self, fingerprint: &Fingerprint) -> Result<Vec<ChangePlace>, StorageError>;

    /// Whether a scope's log durably holds a change of this fingerprint.
    fn has_change(&self, scope: &ScopeId, fingerprint: &Fingerprint) -> Result<bool, StorageError> {
        Ok(self.changes_like(fingerprint)?.iter().any(|place| place.scope == *scope))
    }

    /// The device an actor is registered to.
    fn actor(&self, actor: &ActorId) -> Result<Option<DeviceId>, StorageError>;

    /// A stored proof of authorship, in the form it was put.
    fn envelope(&self, id: &EnvelopeId) -> Result<Option<Vec<u8>>, StorageError>;

    /// A document as it was last saved.
    fn document(&self, id: &DocumentId) -> Result<Option<SavedDocument>, StorageError>;

    /// A record's row.
    fn row(&self, id: &DocumentId) -> Result<Option<Row>, StorageError>;

    /// The rows under one index and subject, by their ordinal and then by document.
    fn find(&self, find: &Find) -> Result<Vec<Found>, StorageError>;

    /// What was set aside of a document's change, if it was.
    fn set_aside(&self, hash: &ChangeHash, document: &DocumentId) -> Result<Option<SetAside>, StorageError>;

    /// What was set aside of one document since it lacked this change, after the change `after`, at most `limit`.
    fn set_aside_lacking(
        &self,
        document: &DocumentId,
        lacks: &ChangeHash,
        after: Option<&ChangeHash>,
        limit: usize,
    ) -> Result<Vec<SetAside>, StorageError>;

    /// What was set aside before `before`, newest first, at most `limit`. `None` for the newest of all.
    fn set_aside_list(&self, before: Option<&AsidePlace>, limit: usize) -> Result<Vec<SetAside>, StorageError>;

    /// What was set aside with a hash of this beginning, at most `limit`.
    fn set_aside_starting(&self, start: &HashStart, limit: usize) -> Result<Vec<SetAside>, StorageError>;

    /// The documents of which something that `author` wrote was set aside since `since`. It costs what is set aside of
    /// it, which the caller keeps bounded.
    fn set_aside_by(&self, author: &DeviceId, since: UnixMillis) -> Result<BTreeSet<DocumentId>, StorageError>;

    /// How much is set aside at the moment that `device` is charged with ([`SetAside::charged_to`]).
    fn set_aside_tally(&self, device: &DeviceId) -> Result<AsideTally, StorageError>;

    /// How much is set aside at the moment.
    fn set_aside_count(&self) -> Result<u64, StorageError>;

    /// The decision not to take a document's change in, if there is one.
    fn discarded(&self, hash: &ChangeHash, document: &DocumentId) -> Result<Option<Discarded>, StorageError>;

    /// The decisions not to take in a change of this fingerprint.
    fn discarded_like(&self, fingerprint: &Fingerprint) -> Result<Vec<Discarded>, StorageError>;

    /// What a device last told about itself.
    fn device_mark(&self, device: &DeviceId) -> Result<Option<DeviceMark>, StorageError>;

    /// What every device last told, by device.
    fn device_marks(&self) -> Result<Vec<DeviceMark>, StorageError>;

    /// Makes one append, wholly or not at all, and returns when it would survive a power cut.
    ///
    /// # Errors
    /// [`StorageError::Moved`] when a log's head is not the one the caller built on: nothing was changed.
    /// [`StorageError::Uncertain`] when it is not known whether the append survives: nothing of it may be acknowledged,
    /// and nothing more appended by this process. Any other: nothing was changed.
    fn append(&self, append: &Append) -> Result<(), StorageError>;

    /// Whether there is room for an append at the moment. `false` foretells [`StorageError::Full`].
    fn has_room(&self) -> Result<bool, StorageError>;
}

/// Walks through what is kept, for checks and repairs. Costs the store, so no page or sync uses it.
pub trait Walk: Storage {
    /// The documents after `after` in order of their ids, at most `limit`.
    fn documents_after(&self, after: Option<&DocumentId>, limit: usize) -> Result<Vec<SavedDocument>, StorageError>;

    /// The rows after `after` in order of their ids, at most `limit`.
    fn rows_after(&self, after: Option<&DocumentId>, limit: usize) -> Result<Vec<Row>, StorageError>;

    /// The index of changes after `after`, at most `limit`.
    fn changes_after(
        &self,
        after: Option<(ChangeHash, DocumentId)>,
        limit: usize,
    ) -> Result<Vec<(ChangeHash, DocumentId, ChangePlace)>, StorageError>;

    /// What was set aside after `after`, in order of hash and document, at most `limit`.
    fn set_aside_after(
        &self,
        after: Option<(ChangeHash, DocumentId)>,
        limit: usize,
    ) -> Result<Vec<SetAside>, StorageError>;

    /// The ends of all logs at one moment, by scope: an append is in them wholly or not at all.
    fn heads(&self) -> Result<Vec<(ScopeId, Cursor)>, StorageError>;

    /// The proofs of authorship after `after` in order of their ids, at most `limit`.
    fn envelopes_after(
        &self,
        after: Option<&EnvelopeId>,
        limit: usize,
    ) -> Result<Vec<(EnvelopeId, Vec<u8>)>, StorageError>;

    /// The actors after `after` in order, with the devices they are registered to, at most `limit`.
    fn actors_after(&self, after: Option<&ActorId>, limit: usize) -> Result<Vec<(ActorId, DeviceId)>, StorageError>;

    /// The decisions not to take changes in, after `after`, in order of hash and document, at most `limit`.
    fn discarded_after(
        &self,
        after: Option<(ChangeHash, DocumentId)>,
        limit: usize,
    ) -> Result<Vec<Discarded>, StorageError>;

    /// How many entries the ways to find rows have.
    fn count_terms(&self) -> Result<u64, StorageError>;

    /// Drops all that follows from the logs: documents, rows, ways to find them, the index of changes, digests.
    ///
    /// The logs, actors, envelopes, marks and what was set aside stay. Not atomic; repeat it after a crash.
    fn drop_derived(&self) -> Result<(), StorageError>;

    /// Drops the ways to find what was set aside, and its counts, and builds them anew. Not atomic; repeat it after a
    /// crash. What does not read stays, and is found by nothing.
    fn index_set_aside(&self) -> Result<(), StorageError>;

    /// Puts the index entries and digests of records that stand in a log already.
    fn index_records(&self, scope: &ScopeId, records: &[StoredRecord]) -> Result<(), StorageError>;
}

/// The epochs of the logs, and what notices that the store is an older copy of itself ([`crate::lease`]).
pub trait Epochs: Storage {
    /// The lease as it was last kept; `None` when there never was one.
    fn lease(&self) -> Result<Option<Vec<u8>>, StorageError>;

    /// Keeps a lease in place of the last one; durable when it returns.
    fn keep_lease(&self, lease: &[u8]) -> Result<(), StorageError>;

    /// Gives every log a new epoch, drawn from `seed`: numbers and chain values stay. One act, durable when it
    /// returns. Nobody may be reading or writing.
    fn renew_epochs(&self, seed: [u8; 32]) -> Result<(), StorageError>;
}

/// Ways storage can fail.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StorageError {
    /// A log's head is not the one the append builds on: the caller read before somebody else wrote. Nothing changed.
    #[error("the log of {scope} has moved on")]
    Moved {
        /// The scope.
        scope: ScopeId,
    },
    /// The records of an append do not follow one another: the caller's mistake. Nothing changed.
    #[error("the records to append to {scope} do not follow one another")]
    Broken {
        /// The scope.
        scope: ScopeId,
    },
    /// Records of a log are just being withheld: read it again in a moment.
    #[error("records of {scope} are being withheld")]
    InFlight {
        /// The scope.
        scope: ScopeId,
    },
    /// There is no room. Nothing changed, and what was kept before is safe.
    #[error("there is no room to store anything")]
    Full,
    /// Something stored does not read as it should. It was left as it is.
    #[error("a stored {what} does not read: {id}")]
    Damaged {
        /// What kind of thing.
        what: &'static str,
        /// Which one: its key, in hexadecimal.
        id: String,
    },
    /// A delivered change was left without an outcome: a defect. Nothing changed.
    #[error("a change was left undecided")]
    Undecided,
    /// The store underneath could not be read. Nothing changed.
    #[error("the store could not be read")]
    Store(#[source] KvError),
    /// A commit failed, and it is not known whether it survives.
    #[error("a commit failed and may or may not survive")]
    Uncertain(#[source] KvError),
}

impl StorageError {
    /// Whether it is certain that nothing was changed, so that the caller may go on.
    pub const fn nothing_changed(&self) -> bool {
        !matches!(self, Self::Uncertain(_))
    }

    /// Whether something stored does not read, while the store itself works.
    pub const fn is_damage(&self) -> bool {
        matches!(self, Self::Damaged { .. } | Self::Store(KvError::Damaged { .. }))
    }

    /// The failure of a commit.
    fn of_commit(error: KvError) -> Self {
        match error {
            KvError::Full => Self::Full,
            error @ KvError::TooLong { .. } => Self::Store(error),
            error => Self::Uncertain(error),
        }
    }
}

impl From<KvError> for StorageError {
    fn from(error: KvError) -> Self {
        match error {
            KvError::Full => Self::Full,
            other => Self::Store(other),
        }
    }
}

#[cfg(test)]
mod conformance;
