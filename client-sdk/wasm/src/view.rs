//! What the page is given and gives: plain values, whose TypeScript types are made from these.
//!
//! Times are milliseconds since 1970 by the device's clock; ids are text. A record is the JSON object that the command
//! line takes and gives too.

use jisr_client_sdk::store::Enrolment;
use jisr_client_sdk::{Phase, Query, RecordSync, Stored, StripState, SyncReport, SyncStatus, strip};
use jisr_sync_core::record::Record;
use serde::{Deserialize, Serialize};
use tsify::{Ts, Tsify};

/// Why something was not done. Nothing was kept of it then, and nothing was lost.
#[derive(Debug, Clone, Serialize, Tsify)]
pub struct Failure {
    /// The stable code, by which the words are found.
    pub code: String,
    /// For whoever reads logs; not for people in the field.
    pub message: String,
}

impl From<jisr_client_sdk::Error> for Failure {
    fn from(error: jisr_client_sdk::Error) -> Self {
        Self { code: error.code().to_owned(), message: error.to_string() }
    }
}

impl Failure {
    /// Something the page gave that is not what was asked for.
    pub fn bad_call(what: impl Into<String>) -> Self {
        Self { code: "bad-call".to_owned(), message: what.into() }
    }
}

/// What is thrown: a [`Failure`].
pub type Thrown = Ts<Failure>;

/// Makes of an error what is thrown.
pub fn thrown(error: impl Into<Failure>) -> Thrown {
    let failure = error.into();
    let untellable = |_| Ts::new_unchecked(wasm_bindgen::JsValue::from_str(&failure.code));
    failure.clone().into_ts().unwrap_or_else(untellable)
}

/// A view as JavaScript sees it.
///
/// # Errors
/// Never for what is in this file; the library cannot know.
pub fn told<T: Tsify + Serialize>(view: T) -> Result<Ts<T>, Thrown> {
    view.into_ts().map_err(|error| thrown(Failure::bad_call(error.to_string())))
}

/// Where the device belongs.
#[derive(Debug, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct EnrolmentView {
    /// The address of the server.
    pub server_url: String,
    /// The unit.
    pub unit: String,
    /// The unit's province.
    pub province: String,
    /// Whether the unit's days run from noon to noon.
    pub night: bool,
    /// Whether the server has said that this device is enrolled no more.
    pub revoked: bool,
}

impl From<Enrolment> for EnrolmentView {
    fn from(enrolment: Enrolment) -> Self {
        Self {
            server_url: enrolment.server_url,
            unit: enrolment.unit.to_string(),
            province: enrolment.province.to_string(),
            night: enrolment.night,
            revoked: enrolment.revoked,
        }
    }
}

/// What the status strip shows: one state, always with its number.
#[derive(Debug, Serialize, Tsify)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum Strip {
    /// The device belongs to no service yet.
    NotEnrolled,
    /// The durable acknowledgement of every change is stored here.
    AllSent,
    /// So many records wait.
    Waiting { count: usize },
    /// An exchange is under way: so many of so many records sent.
    Sending { sent: usize, total: usize },
    /// The last try did not reach the server; so many records wait.
    NoConnection { count: usize },
    /// Somebody has paused sending; so many records wait.
    Paused { count: usize },
    /// So many records have a change that was set aside.
    Attention { count: usize },
    /// The device is enrolled no more; so many records wait.
    Revoked { count: usize },
}

impl From<StripState> for Strip {
    fn from(state: StripState) -> Self {
        match state {
            StripState::AllSent => Self::AllSent,
            StripState::Waiting(count) => Self::Waiting { count },
            StripState::Sending(sent, total) => Self::Sending { sent, total },
            StripState::NoConnection(count) => Self::NoConnection { count },
            StripState::Paused(count) => Self::Paused { count },
            StripState::Attention(count) => Self::Attention { count },
            StripState::Revoked(count) => Self::Revoked { count },
            // Whatever else there is comes before any enrolment.
            _ => Self::NotEnrolled,
        }
    }
}

/// How syncing stands.
#[derive(Debug, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct StatusView {
    /// What the strip shows.
    pub strip: Strip,
    /// Whether somebody has paused sending.
    pub paused: bool,
    /// How many records have a change that the server has not durably acknowledged.
    pub waiting: usize,
    /// Since when the oldest of those changes waits.
    pub waiting_since: Option<i64>,
    /// How many records have a change that was set aside.
    pub set_aside: usize,
    /// When an exchange last ended well.
    pub last_success: Option<i64>,
    /// When the next try is due.
    pub next_attempt: Option<i64>,
    /// The stable code of why the last try failed.
    pub last_error: Option<String>,
}

impl From<SyncStatus> for StatusView {
    fn from(status: SyncStatus) -> Self {
        Self {
            strip: strip(&status).into(),
            paused: status.phase == Phase::Paused,
            waiting: status.waiting,
            waiting_since: status.waiting_since.map(|at| at.0),
            set_aside: status.set_aside,
            last_success: status.last_success.map(|at| at.0),
            next_attempt: status.next_attempt.map(|at| at.0),
            last_error: status.last_error.map(|error| error.code),
        }
    }
}

/// What an exchange with the server brought about.
#[derive(Debug, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct ReportView {
    /// How many changes the server holds durably now.
    pub sent: usize,
    /// How many of those it keeps aside.
    pub set_aside: usize,
    /// How many log records came.
    pub received: usize,
    /// How many exchanges it took.
    pub exchanges: usize,
    /// How many bytes were sent.
    pub bytes_up: usize,
    /// How many bytes came.
    pub bytes_down: usize,
}

impl From<SyncReport> for ReportView {
    fn from(report: SyncReport) -> Self {
        Self {
            sent: report.sent,
            set_aside: report.set_aside,
            received: report.received,
            exchanges: report.exchanges,
            bytes_up: report.bytes_up,
            bytes_down: report.bytes_down,
        }
    }
}

/// Where one record stands.
#[derive(Debug, Serialize, Tsify)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum SyncView {
    /// Begun and not finished, on this device only.
    Draft,
    /// Durable here; the server has not acknowledged all of it.
    OnThisDevice,
    /// Part of the exchange under way.
    Sending,
    /// Written by another device and handed over to this one; not known to be with the server.
    Carried,
    /// The server has said that all of it would survive a power cut there.
    OnServer,
    /// A change of it was not taken in, for a reason told by a stable code.
    SetAside { reason: String },
}

impl From<RecordSync> for SyncView {
    fn from(sync: RecordSync) -> Self {
        match sync {
            RecordSync::Draft => Self::Draft,
            RecordSync::Sending => Self::Sending,
            RecordSync::Carried => Self::Carried,
            RecordSync::OnServer => Self::OnServer,
            RecordSync::SetAside(reason) => Self::SetAside { reason },
            // Whatever else there is, the server has not acknowledged.
            _ => Self::OnThisDevice,
        }
    }
}

/// A record as it is held here.
#[derive(Debug, Serialize, Tsify)]
#[tsify(hashmap_as_object)]
#[serde(rename_all = "camelCase")]
pub struct RecordView {
    /// Its id.
    pub id: String,
    /// Its kind.
    pub kind: String,
    /// Its fields.
    #[tsify(type = "Record<string, unknown>")]
    pub record: serde_json::Value,
    /// Where it stands.
    pub sync: SyncView,
    /// The names of fields that several people set differently.
    pub conflicts: Vec<String>,
    /// When it last changed here.
    pub updated_at: i64,
}

impl RecordView {
    /// The view of a record; `None` when it cannot be told as JSON, which no record is.
    pub fn of<R: Record>(stored: Stored<R>) -> Option<Self> {
        Some(Self {
            id: stored.id.to_string(),
            kind: R::KIND.to_string(),
            record: serde_json::to_value(&stored.value).ok()?,
            sync: stored.sync.into(),
            conflicts: stored.conflicts.into_iter().map(|conflict| conflict.field).collect(),
            updated_at: stored.updated_at.0,
        })
    }
}

/// Records, newest first; the best fits first where a text is asked for.
#[derive(Debug, Serialize, Tsify)]
#[tsify(hashmap_as_object)]
#[serde(transparent)]
pub struct RecordList(pub Vec<RecordView>);

/// Which records are asked for. All fields may be absent.
#[derive(Debug, Default, Deserialize, Tsify)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct QueryView {
    /// A name in any spelling and either script, or words.
    #[tsify(optional)]
    pub text: Option<String>,
    /// Those that happened at this time or later.
    #[tsify(optional)]
    pub since: Option<i64>,
    /// At most so many.
    #[tsify(optional)]
    pub limit: Option<usize>,
}

impl From<QueryView> for Query {
    fn from(asked: QueryView) -> Self {
        let mut query = asked.text.map_or_else(Self::all, Self::text);
        if let Some(since) = asked.since {
            query = query.since(jisr_sync_core::time::UnixMillis(since));
        }
        asked.limit.map_or(query.clone(), |limit| query.limit(limit))
    }
}

/// What came of finishing a draft.
#[derive(Debug, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct FinishedView {
    /// The fields that are missing; when there is none, the draft is a record now.
    pub missing: Vec<String>,
}
