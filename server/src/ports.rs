//! What pages, the API and the command line ask of the parts that hold records, as two small contracts.
//!
//! They are the seam between showing and keeping: pages are tested against days made by hand, and storage can change
//! without a page knowing. Every call blocks and belongs off the async threads ([`crate::state::AppState::blocking`]).

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use axum::body::Body;
use axum::response::Response;
use futures_util::future::BoxFuture;
use jisr_sync_core::activity::DailyActivity;
use jisr_sync_core::codes::{ContactOutcome, ServiceType};
use jisr_sync_core::document::{Conflict, HistoryEntry};
use jisr_sync_core::id::{ChangeHash, DeviceId, DocumentId, ScopeId, StaffId, UnitId};
use jisr_sync_core::personal::Personal;
use jisr_sync_core::record::RecordKind;
use jisr_sync_core::sync::{CarryFileError, SignedHello};
use jisr_sync_core::time::{OperationalDay, UnixMillis};
use serde::Serialize;

use crate::backup::{BackupError, Made};
use crate::merge::{Relocated, Ruled, Ruling};
use crate::progress::{Stopped, Watch};
use crate::registry::Unit;
use crate::storage::{AsideName, AsidePlace, SetAside};
use crate::verify::Fault;

/// The records, as far as they are shown.
pub trait Records: Send + Sync {
    /// The day of these units, as it stands at `now`. The caller has checked that the reader may see all of them.
    fn day(&self, day: OperationalDay, units: &[Unit], now: UnixMillis) -> Result<Day, RecordsError>;

    /// One record with all that happened to it, or `None` when there is none. The caller checks who may see it.
    fn record(&self, id: DocumentId) -> Result<Option<RecordView>, RecordsError>;

    /// What a record that another names is known by, or `None` when there is none. The caller checks who may see it.
    fn brief(&self, id: DocumentId) -> Result<Option<Brief>, RecordsError>;

    /// What each device last said, by device.
    fn contacts(&self) -> Result<Vec<DeviceContact>, RecordsError>;

    /// How much is kept, as far as it is counted all along.
    fn totals(&self) -> Result<Totals, RecordsError>;

    /// What was delivered and not let in, newest first, as far as a filter takes it and `may` allows its scope and author.
    fn set_aside(
        &self,
        filter: &AsideFilter,
        may: &dyn Fn(&ScopeId, DeviceId) -> bool,
        now: UnixMillis,
    ) -> Result<AsidePage, RecordsError>;

    /// What of it goes by this name. The caller checks who may see which.
    fn aside_named(&self, name: &AsideName, now: UnixMillis) -> Result<Vec<AsideLine>, RecordsError>;

    /// One of it, with what would come of a release; `None` when it is not aside any more.
    fn aside_view(&self, of: &AsideLine, now: UnixMillis) -> Result<Option<AsideView>, RecordsError>;

    /// Carries out what a person decided about it: what came of it for each change, in their order. The caller has
    /// checked who may decide, and noted the decision.
    fn rule(&self, ruling: Ruling) -> Result<Vec<Ruled>, RecordsError>;

    /// Moves a record to another scope. The caller has checked that the scope exists.
    fn relocate(&self, id: DocumentId, to: ScopeId, now: UnixMillis) -> Result<Relocated, RecordsError>;

    /// Whether the store is open and takes writes.
    fn ready(&self) -> Result<(), RecordsError>;

    /// Checks everything that is kept against itself; with `repair`, builds what follows from the logs anew first, which
    /// `watch` does not stop.
    fn verify(&self, repair: bool, watch: Arc<dyn Watch>) -> Result<Verification, RecordsError>;

    /// Makes a backup of everything that is kept, and publishes then what is backed up.
    fn back_up(&self, order: &BackupOrder, now: UnixMillis, watch: &dyn Watch) -> Result<Made, BackupError>;
}

/// A backup to be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, serde::Deserialize)]
pub struct BackupOrder {
    /// Where to, absolute; `{now}` in the file name stands for the time.
    pub file: PathBuf,
    /// How many files of this pattern stay; all without.
    pub keep: Option<usize>,
    /// The text of the configuration file, to be carried along.
    pub config: Option<String>,
}

/// The sync protocol's end on the server: bytes in, bytes out.
pub trait Exchange: Send + Sync {
    /// Runs one exchange. The device is authenticated by the signature in its first frame, inside.
    fn exchange(&self, request: Body) -> BoxFuture<'static, Response>;

    /// Takes in a file that was sealed to this server, brought by `by`, or by the server's administrator when absent, and returns when all of it would
    /// survive a power cut. Whoever watches cannot stop it: what was taken in stays. Blocks.
    fn carry(&self, file: &[u8], by: Option<DeviceId>, watch: &dyn Watch) -> Result<CarryOutcome, CarryError>;

    /// The device that signed a Hello outside an exchange, if it may bring something now. Blocks.
    fn bringer(&self, hello: &SignedHello) -> Result<Option<DeviceId>, CarryError>;
}

/// What came in a carry file. All of it but what was held back is durable.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct CarryOutcome {
    /// How many envelopes.
    pub envelopes: u64,
    /// How many changes were let in.
    pub new: u64,
    /// How many were here already.
    pub known: u64,
    /// How many were set aside, by the reason's stable code. Their bytes are kept.
    pub set_aside: BTreeMap<String, u64>,
    /// How many were not kept, since too much is set aside already of whoever is charged with them: their author, or the
    /// bringer where nobody can prove who wrote them. Bring the file again later.
    pub held_back: u64,
}

/// Why a carry file was not taken in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CarryError {
    /// The file is none, cut, damaged or does not open. Nothing was changed.
    #[error(transparent)]
    File(#[from] CarryFileError),
    /// It is for another server. Nothing was changed.
    #[error("the file is for another server")]
    OtherServer,
    /// The device that brings it came too often.
    #[error("come back in {retry_after_s} s")]
    Busy {
        /// When to come back, in seconds.
        retry_after_s: u32,
    },
    /// The store does not take it in now. What was taken in before stays; bringing it again is harmless.
    #[error("the store does not answer: {0}")]
    Unavailable(String),
}

/// One day with what a page shows beside the figures.
#[derive(Debug, Clone, PartialEq)]
pub struct Day {
    /// The figures and their completeness.
    pub activity: DailyActivity,
    /// How many encounters state each need.
    pub needs: BTreeMap<ServiceType, u64>,
    /// The day's records, the one that changed last first.
    pub records: Vec<ListedRecord>,
    /// What to look at, with what speaks against what.
    pub checks: Vec<Check>,
    /// Fields of the day's records that two people set differently.
    pub disagreements: Vec<Disagreement>,
}

/// A line in the list of the day's records. It holds nothing about a person.
#[derive(Debug, Clone, PartialEq)]
pub struct ListedRecord {
    /// The record.
    pub id: DocumentId,
    /// What it is.
    pub kind: RecordKind,
    /// The unit it counts for.
    pub unit: UnitId,
    /// When it took place, as it says.
    pub at: Option<UnixMillis>,
    /// How the contact went, for an encounter.
    pub outcome: Option<ContactOutcome>,
    /// Whether it is an encounter that was voided.
    pub voided: bool,
    /// The persons it names, each once.
    pub persons: Vec<DocumentId>,
}

/// What a record is known by: enough to name it, nothing of what it tells.
#[derive(Debug, Clone, PartialEq)]
pub struct Brief {
    /// What it is.
    pub kind: RecordKind,
    /// The scope it is in: what decides who may see it.
    pub scope: ScopeId,
    /// The unit that alone may see it, when it is restricted to one.
    pub restricted_to: Option<UnitId>,
    /// The day it counts for, if it counts for one.
    pub day: Option<OperationalDay>,
    /// When it took place, as it says.
    pub at: Option<UnixMillis>,
    /// A person's short code.
    pub short_code: Option<String>,
    /// A place's name in Arabic and in French.
    pub names: (Option<Personal<String>>, Option<Personal<String>>),
}

/// Something to look at.
#[derive(Debug, Clone, PartialEq)]
pub struct Check {
    /// What is odd: a stable code, the end of its sentence's key.
    pub what: &'static str,
    /// The record to open.
    pub record: DocumentId,
    /// What was said that does not go together.
    pub statements: Vec<Statement>,
}

/// One thing that a record says.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// The record that says it.
    pub record: DocumentId,
    /// The field, as a path.
    pub field: String,
    /// What it says: a code, a number, a day, never a text.
    pub value: serde_json::Value,
    /// Who said so, when the record tells.
    pub by: Option<StaffId>,
}

/// One field with several values.
#[derive(Debug, Clone, PartialEq)]
pub struct Disagreement {
    /// The record.
    pub record: DocumentId,
    /// What it is.
    pub kind: RecordKind,
    /// The unit it counts for.
    pub unit: UnitId,
    /// The scope the record is in: what decides who may see the values.
    pub scope: ScopeId,
    /// The unit that alone may see the record, when it is restricted to one.
    pub restricted_to: Option<UnitId>,
    /// The field and its values.
    pub conflict: Conflict,
}

/// One record as the API shows it. Its values may be personal: it has no `Debug`.
#[derive(Clone, PartialEq, Serialize)]
pub struct RecordView {
    /// The record.
    pub id: DocumentId,
    /// What it is.
    pub kind: RecordKindCode,
    /// The scope it is in: what decides who may see it.
    pub scope: ScopeId,
    /// The day it counts for, if it counts for one.
    pub day: Option<OperationalDay>,
    /// The unit that alone may see it, when it is restricted to one.
    pub restricted_to: Option<UnitId>,
    /// Its fields.
    pub fields: serde_json::Map<String, serde_json::Value>,
    /// Fields with several values.
    pub conflicts: Vec<Conflict>,
    /// What happened to it, oldest first.
    pub history: Vec<HistoryEntry>,
}

/// A [`RecordKind`] that serialises as its code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordKindCode(pub RecordKind);

impl Serialize for RecordKindCode {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.code())
    }
}

/// What a device last said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceContact {
    /// The device.
    pub device: DeviceId,
    /// When it last spoke with the server. `None`: never.
    pub last_contact: Option<UnixMillis>,
    /// How many records it declared to be waiting on it. `None`: it has not said.
    pub waiting: Option<u64>,
    /// By how many milliseconds its clock was ahead at its last contact; negative when behind. `None`: never.
    pub clock_ahead_ms: Option<i64>,
}

/// How much is kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// Records in all logs.
    pub log_records: u64,
    /// Changes that are set aside.
    pub set_aside: u64,
}

/// A change that was delivered and not let in. Its bytes are kept; they are not shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, serde::Deserialize)]
pub struct AsideLine {
    /// The scope it was meant for.
    pub scope: ScopeId,
    /// The record it was meant for.
    pub record: DocumentId,
    /// Its hash, or that of bytes that are no change.
    pub hash: ChangeHash,
    /// The device that signed it.
    pub device: DeviceId,
    /// Why it was not let in: a stable code.
    pub reason: String,
    /// When it came, by the server's clock.
    pub received_at: UnixMillis,
    /// How many bytes are kept of it.
    pub bytes: u64,
    /// Whether it has waited for what it builds on for longer than [`PARKED_LONG_MS`]: that may never come.
    pub waits_long: bool,
}

/// How long a change may wait for what it builds on before people are told, in milliseconds: one day.
pub const PARKED_LONG_MS: i64 = 24 * 3_600_000;

/// Which of what was set aside is asked for. Absent parts take everything.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, serde::Deserialize)]
pub struct AsideFilter {
    /// Only those with this reason.
    pub reason: Option<String>,
    /// Only what this device wrote.
    pub device: Option<DeviceId>,
    /// Only what came since then.
    pub since: Option<UnixMillis>,
    /// Only what comes after this place, which another page ended with.
    pub before: Option<AsidePlace>,
    /// At most so many.
    pub limit: usize,
}

impl AsideFilter {
    /// Whether it takes one, apart from when it came.
    pub fn takes(&self, aside: &SetAside) -> bool {
        self.reason.as_ref().is_none_or(|reason| aside.reason == *reason)
            && self.device.is_none_or(|device| aside.author == device)
    }
}

/// A page of what was set aside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, serde::Deserialize)]
pub struct AsidePage {
    /// The changes, newest first. May be fewer than asked for although more follow.
    pub asides: Vec<AsideLine>,
    /// Where the next page goes on; `None` at the end.
    pub next: Option<AsidePlace>,
}

/// One change that was set aside, as far as can be told without its values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, serde::Deserialize)]
pub struct AsideView {
    /// Which, whose and why.
    #[serde(flatten)]
    pub line: AsideLine,
    /// What people call the device that signed it; `None` when it is not known here.
    pub device_name: Option<String>,
    /// That device's unit.
    pub device_unit: Option<UnitId>,
    /// The device that brought it; `None` for the server's administrator.
    pub brought_by: Option<DeviceId>,
    /// The fields it would change, by name; `None` when that cannot be told safely.
    pub fields: Option<std::collections::BTreeSet<String>>,
    /// Whether a release would let it in now.
    pub releasable: bool,
    /// What stands in the way of that, as a reason's code.
    pub bar: Option<String>,
}

/// What a check of the store found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, serde::Deserialize)]
pub struct Verification {
    /// What is wrong, by ids. Empty: the store is sound.
    pub findings: Vec<Fault>,
    /// How many more there are than those told.
    pub more: u64,
    /// How many documents were looked at.
    pub documents: u64,
    /// Whether what follows from the logs was built anew.
    pub repaired: bool,
}

/// Ways the records can fail to be shown.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RecordsError {
    /// The disk is full: nothing new can be kept.
    #[error("the disk is full")]
    Full,
    /// The store does not answer or has stopped. What was acknowledged is safe.
    #[error("the store does not answer: {0}")]
    Unavailable(String),
    /// What is stored is not what was written. It is not shown.
    #[error("the store is damaged: {0}")]
    Damaged(String),
    /// Whoever watches asked to stop.
    #[error(transparent)]
    Stopped(#[from] Stopped),
}
