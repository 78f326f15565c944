//! What an exchange tells the device: what to store, and how it went.

use crate::id::{DocumentId, ScopeId};
use crate::sync::certificate::Credentials;
use crate::sync::cursor::{Cursor, Digest, Fingerprint, Month};
use crate::sync::log::LogKind;
use crate::sync::outbox::Acknowledged;
use crate::sync::status::{Fate, ScopeStatus, Status};
use crate::sync::voucher::Vouched;

/// What the device's caller must know or do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeviceEvent {
    /// The server answered the Hello. Keep the clock offset, and which scopes are read anew; [`DeviceSession::handle_stored`] is not called for it.
    ///
    /// [`DeviceSession::handle_stored`]: super::DeviceSession::handle_stored
    Welcomed(Welcomed),
    /// Take these out of the outbox, durably and in one step, keeping what was set aside visible, and note which are
    /// to be sent without asking; then [`DeviceSession::handle_stored`].
    ///
    /// [`DeviceSession::handle_stored`]: super::DeviceSession::handle_stored
    StoreAcks(Acknowledged),
    /// Keep what became of changes that were set aside, durably and in one step; then [`DeviceSession::handle_stored`].
    /// Those not named are still aside. May be empty.
    ///
    /// [`DeviceSession::handle_stored`]: super::DeviceSession::handle_stored
    StoreFates(Vec<(Fingerprint, Fate)>),
    /// Store these records and their cursor, durably and in one step; then [`DeviceSession::handle_stored`].
    ///
    /// [`DeviceSession::handle_stored`]: super::DeviceSession::handle_stored
    StorePull(PulledFrame),
    /// The exchange is over. Nothing follows.
    Finished(Report),
}

/// The server's answer to the Hello.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Welcomed {
    /// What becomes of the exchange.
    pub status: Status,
    /// What to add to this device's clock to come to the server's time, in milliseconds. To be remembered and given
    /// to the next session.
    pub server_clock_offset_ms: i64,
    /// Whether this device's clock is so far off that its records are marked: tell people.
    pub clock_suspect: bool,
    /// The oldest app version that is good enough, where the server names one.
    pub app_version_min: Option<String>,
    /// The longest request body the server takes, in bytes as they travel.
    pub request_bytes_max: usize,
    /// The scopes of the exchange, those of the Hello first.
    pub scopes: Vec<WelcomedScope>,
    /// This device's certificate and what belongs to it, when it had asked: to be kept.
    pub credentials: Option<Credentials>,
}

/// How the server sees one scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WelcomedScope {
    /// The scope.
    pub scope: ScopeId,
    /// How the device's cursor stands to the log. Forked and new scopes are read anew: the device now counts nothing it
    /// holds beyond `resume_after` as held by the server, but what it sees from here on and what is acknowledged; and
    /// when [`ScopeReport::read_to_end`] is reached it asks the server about the rest, its own changes included, since
    /// those are not sent back to it. That also holds for a new scope: the device may have delivered into it, and the
    /// server been restored, before the first cursor was stored.
    pub status: ScopeStatus,
    /// For a forked scope the number after which it is read again.
    pub resume_after: u64,
}

/// A stretch of a log, to be stored whole with its cursor; or changes of documents that were asked for whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PulledFrame {
    /// Whose log.
    pub scope: ScopeId,
    /// The records, in the log's order. May be empty: then only the cursor moves.
    pub records: Vec<ReceivedRecord>,
    /// The cursor to store with them; `None` for documents that were asked for: the cursor stays where it is.
    pub cursor: Option<Cursor>,
}

/// One record of a log, as the device stores it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceivedRecord {
    /// What it does.
    pub kind: LogKind,
    /// The document it is about.
    pub document: DocumentId,
    /// A change's bytes, or what the kind says. Not yet checked: the caller's gate stands before Automerge.
    pub body: Vec<u8>,
    /// Who wrote it, to be kept with it: with this the server takes the change back under its author's name, should
    /// it ever lose it. `None` for what the server itself appended.
    pub vouched: Option<Vouched>,
}

/// How an exchange went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// How it ended. [`Status::Ok`] also when the answer was cut: see `complete`.
    pub status: Status,
    /// Whether the answer came to its end.
    pub complete: bool,
    /// Whether there is more to send or to receive, so that another exchange should follow at once. Never after an
    /// exchange that brought nothing forward, was refused, or was answered with a time to wait: that one is for
    /// [`crate::sync::Backoff`].
    pub more: bool,
    /// How long the server asks to wait, in seconds.
    pub retry_after_s: Option<u32>,
    /// Changes that were sent.
    pub sent: usize,
    /// Changes that the server holds durably, and whose acknowledgement is stored here: of those that were sent, and of
    /// those it was asked about.
    pub acknowledged: usize,
    /// Changes of those that the server set aside.
    pub set_aside: usize,
    /// Changes of other devices, carried here, for which the server's word came: found there, lacking, or acknowledged.
    pub carried: usize,
    /// Records that were received and stored.
    pub pulled: usize,
    /// Outbox indexes of changes longer than a change may be: they were not sent, and never will be. What was written
    /// later in the same document was not sent either, since it builds on them; it stays in the outbox, not listed here.
    pub unsendable: Vec<u64>,
    /// Bytes of the request, without HTTP.
    pub bytes_up: usize,
    /// Bytes of the answer, without HTTP.
    pub bytes_down: usize,
    /// The scopes of the exchange, as far as the Welcome told them.
    pub scopes: Vec<ScopeReport>,
}

/// How one scope stands after an exchange.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScopeReport {
    /// The scope.
    pub scope: ScopeId,
    /// How the cursor stood when the exchange began.
    pub status: ScopeStatus,
    /// The cursor that is stored now; `None` when nothing of it was ever read.
    pub cursor: Option<Cursor>,
    /// Whether the log was read to its head.
    pub read_to_end: bool,
    /// Up to which number a backup holds the log. What is beyond it must not be pruned. 0 until the server said so.
    pub backed_up: u64,
    /// The digest of the whole log, when it was read to its head. It equals the digest of the changes this device
    /// holds in the scope, without its outbox and without what was set aside; otherwise ask for months.
    pub digest: Option<Digest>,
    /// The digests by month, when they were asked for.
    pub months: Vec<(Month, Digest)>,
}
