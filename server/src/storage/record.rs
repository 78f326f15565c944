//! What is kept besides rows: log records, documents, what was set aside, marks, and the one act that writes them.

use std::collections::BTreeMap;
use std::fmt;

use data_encoding::HEXLOWER;
use jisr_sync_core::id::{ActorId, ChangeHash, DeviceId, DocumentId, ScopeId};
use jisr_sync_core::sync::{Cursor, Digest as Sum, LogKind, LogRecord, Month, Proof};
use jisr_sync_core::time::UnixMillis;
use sha2::{Digest, Sha256};

use super::{Discarded, Row, SetAside};

/// The SHA-256 of a stored proof of authorship.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EnvelopeId(pub [u8; 32]);

impl EnvelopeId {
    /// The id of a proof in its stored form.
    pub fn of(proof: &Proof) -> Self {
        Self::of_bytes(&proof.to_bytes())
    }

    /// The id of a proof's stored bytes, whatever they are.
    pub fn of_bytes(stored: &[u8]) -> Self {
        Self(Sha256::digest(stored).into())
    }
}

impl fmt::Debug for EnvelopeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EnvelopeId({})", HEXLOWER.encode(&self.0))
    }
}

/// A record of a log, with what the server knows about its coming.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRecord {
    /// The record.
    pub log: LogRecord,
    /// When the server took it in, by its own clock.
    pub received_at: UnixMillis,
    /// Whether the clock of the device that brought it was too far off to trust its times.
    pub clock_suspect: bool,
    /// The proof of who wrote it; `None` for what the server itself appended.
    pub envelope: Option<EnvelopeId>,
}

impl StoredRecord {
    /// The reader's place after this record.
    pub const fn cursor(&self, head: &Cursor) -> Cursor {
        Cursor { epoch: head.epoch, number: self.log.number, chain: self.log.chain }
    }
}

/// The end of a log, and what sums it up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tail {
    /// The last durable record.
    pub head: Cursor,
    /// The sums of the change hashes up to the head, by the month their documents were made in.
    pub months: BTreeMap<Month, Sum>,
}

impl Tail {
    /// A log without records.
    pub const fn empty(head: Cursor) -> Self {
        Self { head, months: BTreeMap::new() }
    }

    /// The sum of all change hashes.
    pub fn digest(&self) -> Sum {
        self.months.values().fold(Sum::default(), |sum, month| sum.join(*month))
    }

    /// Adds the hash of a record.
    pub fn add(&mut self, record: &StoredRecord) {
        if record.log.kind == LogKind::Change && !record.log.is_withheld() {
            self.months.entry(Month::of(&record.log.document)).or_default().add(&record.log.hash);
        }
    }
}

impl Tail {
    /// Takes the hash of a record out, whose change is withheld from now on. The month it is of; one that nothing is
    /// left of has no sum.
    pub fn withhold(&mut self, record: &StoredRecord) -> Month {
        let month = Month::of(&record.log.document);
        let sum = self.months.entry(month).or_default();
        sum.remove(&record.log.hash);
        if *sum == Sum::default() {
            self.months.remove(&month);
        }
        month
    }
}

/// Where a change stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangePlace {
    /// The scope whose log it is in.
    pub scope: ScopeId,
    /// Its number there.
    pub number: u64,
}

/// How much one read of a log may bring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadLimit {
    /// At most so many records.
    pub records: usize,
    /// At most so many bytes of bodies, but always one record.
    pub bytes: usize,
}

/// A document as it was last saved: a cache of its part of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedDocument {
    /// Which one.
    pub id: DocumentId,
    /// The scope it is in.
    pub scope: ScopeId,
    /// What [`jisr_sync_core::document::Document::save`] gave.
    pub saved: Vec<u8>,
    /// When its first record was taken in.
    pub received_at: UnixMillis,
    /// Whether its first record came from a device whose clock was off.
    pub clock_suspect: bool,
    /// When its last record was taken in.
    pub changed_at: UnixMillis,
}

/// How much of what one device brought is set aside at the moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AsideTally {
    /// How many changes.
    pub changes: u64,
    /// Their bytes together.
    pub bytes: u64,
}

impl AsideTally {
    /// With one more change of so many bytes.
    #[must_use]
    pub const fn with(self, bytes: usize) -> Self {
        Self { changes: self.changes.saturating_add(1), bytes: self.bytes.saturating_add(bytes as u64) }
    }

    /// With one change of so many bytes less.
    #[must_use]
    pub const fn without(self, bytes: usize) -> Self {
        Self { changes: self.changes.saturating_sub(1), bytes: self.bytes.saturating_sub(bytes as u64) }
    }
}

/// What a device last told about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceMark {
    /// The device.
    pub device: DeviceId,
    /// When it last spoke with the server itself. `None`: never; others brought what it wrote.
    pub last_contact: Option<UnixMillis>,
    /// The last sign of life: a contact, or the coming of something new it wrote that somebody else brought.
    pub last_active: UnixMillis,
    /// How many records it declared at its last contact to be waiting on it. `None`: it has not said.
    pub waiting: Option<u64>,
    /// By how many milliseconds its clock was ahead at its last contact; negative when behind.
    pub clock_ahead_ms: Option<i64>,
    /// The version of its software, as it said.
    pub app_version: String,
    /// The life of its data it last spoke in; all zero before its first contact.
    pub incarnation: [u8; 8],
    /// How often its store had been opened in that life.
    pub boot: u64,
    /// The lives it left behind, oldest first, as far as they are remembered.
    pub past_lives: Vec<[u8; 8]>,
}

impl DeviceMark {
    /// A device of which nothing is known but that it showed a sign of life at `at`.
    pub const fn first_seen(device: DeviceId, at: UnixMillis) -> Self {
        Self {
            device,
            last_contact: None,
            last_active: at,
            waiting: None,
            clock_ahead_ms: None,
            app_version: String::new(),
            incarnation: [0; 8],
            boot: 0,
            past_lives: Vec::new(),
        }
    }

    /// Whether somebody who shows this life and boot holds an old image or a copy of the device's data.
    pub fn is_past(&self, incarnation: &[u8; 8], boot: u64) -> bool {
        let spoke = self.last_contact.is_some();
        spoke && (self.past_lives.contains(incarnation) || (self.incarnation == *incarnation && boot < self.boot))
    }
}

/// Records to append to one scope's log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogAppend {
    /// The head the records follow.
    pub after: Cursor,
    /// The records, numbered and chained on from there.
    pub records: Vec<StoredRecord>,
}

/// All that is written together. Empty parts write nothing.
#[derive(Debug, Clone, Default)]
pub struct Append {
    /// New records by scope.
    pub logs: BTreeMap<ScopeId, LogAppend>,
    /// Numbers of records, by scope, whose changes are withheld from now on; `logs` has the record that says why.
    pub withheld: BTreeMap<ScopeId, Vec<u64>>,
    /// Actors seen for the first time, and whose they are.
    pub actors: BTreeMap<ActorId, DeviceId>,
    /// Proofs of authorship, in their stored form.
    pub envelopes: BTreeMap<EnvelopeId, Vec<u8>>,
    /// Documents as they now are.
    pub documents: BTreeMap<DocumentId, SavedDocument>,
    /// Rows as they now are.
    pub rows: BTreeMap<DocumentId, Row>,
    /// Changes to keep aside.
    pub set_aside: Vec<SetAside>,
    /// Changes that were aside and are in a log now, or discarded.
    pub taken_in: Vec<(ChangeHash, DocumentId)>,
    /// Changes that a person decided not to take in.
    pub discarded: Vec<Discarded>,
    /// Marks as they now are.
    pub marks: BTreeMap<DeviceId, DeviceMark>,
    /// Up to which number a backup now holds a scope's log.
    pub backed_up: BTreeMap<ScopeId, u64>,
}

impl Append {
    /// Whether it writes nothing.
    pub fn is_empty(&self) -> bool {
        self.logs.is_empty()
            && self.withheld.is_empty()
            && self.actors.is_empty()
            && self.envelopes.is_empty()
            && self.documents.is_empty()
            && self.rows.is_empty()
            && self.set_aside.is_empty()
            && self.taken_in.is_empty()
            && self.discarded.is_empty()
            && self.marks.is_empty()
            && self.backed_up.is_empty()
    }
}
