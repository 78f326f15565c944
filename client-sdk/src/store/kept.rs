//! The things a store keeps, as plain data.
//!
//! They are written as JSON, except bodies, so that a later version can add fields and an older one still reads.

use std::fmt;

use data_encoding::HEXLOWER;
use jisr_sync_core::id::{ActorId, ChangeHash, DeviceId, DocumentId, ProvinceId, ScopeId, UnitId};
use jisr_sync_core::record::RecordKind;
use jisr_sync_core::sync::{Credentials, Incarnation, ReasonCode, ServerId, Vouched};
use jisr_sync_core::time::UnixMillis;
use rand::Rng;
use serde::{Deserialize, Serialize};

/// Who this device is, and to whom it is enrolled.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Identity {
    /// The installation.
    pub device: DeviceId,
    /// The secret part of its Ed25519 key, in hexadecimal. It never leaves the store.
    secret_key: String,
    /// In which life of its data: drawn anew at enrolment, and when it turns out to be a copy of itself.
    pub incarnation: Incarnation,
    /// Under whom it writes; drawn anew at enrolment and with each incarnation.
    pub actor: ActorId,
    /// To whom it is enrolled; `None` before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enrolment: Option<Enrolment>,
}

/// A device's place in a service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Enrolment {
    /// The server's address, without a path. Example: `https://jisr.example.org`.
    pub server_url: String,
    /// The server's id, so that another server behind the same address is noticed.
    pub server_id: ServerId,
    /// The unit it belongs to.
    pub unit: UnitId,
    /// The province of that unit.
    pub province: ProvinceId,
    /// What it was granted.
    pub scopes: Vec<ScopeId>,
    /// Whether the unit's days run from noon to noon.
    #[serde(default)]
    pub night: bool,
    /// Whether the server has said that it is enrolled no more.
    #[serde(default)]
    pub revoked: bool,
    /// By what other devices of the service know this one; `None` until the server told it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credentials: Option<Credentials>,
}

impl Enrolment {
    /// A device's place as the server told it.
    pub fn new(
        server_url: String,
        server_id: ServerId,
        unit: UnitId,
        province: ProvinceId,
        scopes: Vec<ScopeId>,
    ) -> Self {
        Self { server_url, server_id, unit, province, scopes, night: false, revoked: false, credentials: None }
    }

    /// The scope in which a record of this kind lies.
    pub fn scope_of(&self, kind: RecordKind) -> ScopeId {
        if kind.shared_by_province() {
            ScopeId::Province(self.province.clone())
        } else {
            ScopeId::Unit(self.unit.clone())
        }
    }
}

impl Identity {
    /// A device that is enrolled nowhere yet, with an actor drawn for it.
    pub fn new(incarnation: Incarnation, secret_key: [u8; 32], rng: &mut impl Rng) -> Self {
        let public_key = ed25519_dalek::SigningKey::from_bytes(&secret_key).verifying_key();
        let device = DeviceId::of_key(public_key.as_bytes());
        let (secret_key, actor) = (HEXLOWER.encode(&secret_key), ActorId::draw(&device, rng));
        Self { device, secret_key, incarnation, actor, enrolment: None }
    }

    /// The key it signs with, or `None` when the stored text is no key.
    pub fn signing_key(&self) -> Option<ed25519_dalek::SigningKey> {
        let bytes: [u8; 32] = HEXLOWER.decode(self.secret_key.as_bytes()).ok()?.try_into().ok()?;
        Some(ed25519_dalek::SigningKey::from_bytes(&bytes))
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity")
            .field("device", &self.device)
            .field("incarnation", &self.incarnation)
            .field("enrolment", &self.enrolment)
            .finish_non_exhaustive()
    }
}

/// A document and what lists show of it.
#[derive(Debug, Clone, PartialEq)]
pub struct KeptDocument {
    /// Its saved form.
    pub saved: Vec<u8>,
    /// Its row.
    pub row: Row,
}

/// What lists, searches and the day need of a document without loading it.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Row {
    /// Which kind of record it is; `None` for a kind of a newer version, which is kept and not shown.
    pub kind: Option<RecordCode>,
    /// The scope it lies in.
    pub scope: ScopeId,
    /// The record, as JSON; `None` when this version cannot read it.
    pub record: Option<String>,
    /// Whether a field of it was given different values by several people.
    #[serde(default)]
    pub conflicted: bool,
    /// The hash of its heads, in hexadecimal: it tells two states of it apart.
    pub heads: String,
    /// When this device first held it.
    pub first_held_at: UnixMillis,
    /// When it last changed here, by the device's clock.
    pub changed_at: UnixMillis,
    /// The step at which something of it last came from the server or was acknowledged by it.
    #[serde(default)]
    pub step: u64,
    /// The [`Digest`](jisr_sync_core::sync::Digest) of its changes; `None` as an earlier version left it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<u64>,
    /// How long its saved form is, in bytes; 0 as an earlier version left it.
    #[serde(default)]
    pub bytes: u32,
    /// Whether it has left its scope: it goes from this device as soon as nothing of it waits.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub left: bool,
}

impl Row {
    /// A row for a document that this device holds from `now` on.
    pub fn new(kind: Option<RecordKind>, scope: ScopeId, now: UnixMillis) -> Self {
        Self {
            kind: kind.map(RecordCode),
            scope,
            record: None,
            conflicted: false,
            heads: String::new(),
            first_held_at: now,
            changed_at: now,
            step: 0,
            digest: None,
            bytes: 0,
            left: false,
        }
    }
}

impl fmt::Debug for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Row").field("kind", &self.kind).field("heads", &self.heads).finish_non_exhaustive()
    }
}

/// A record's kind, written as its code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct RecordCode(pub RecordKind);

impl Serialize for RecordCode {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.code())
    }
}

impl<'de> Deserialize<'de> for RecordCode {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        code.parse().map(Self).map_err(serde::de::Error::custom)
    }
}

/// A change that the server has not durably acknowledged.
#[derive(Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Its place in commit order.
    pub index: u64,
    /// The scope of its document.
    pub scope: ScopeId,
    /// Its document.
    pub document: DocumentId,
    /// The raw change.
    pub change: Vec<u8>,
    /// When it was committed, by the device's clock.
    pub queued_at: UnixMillis,
    /// Whether the server may hold it already.
    pub doubt: Doubt,
    /// Who wrote it, when that was another device or this one in an earlier life; `None` for this device's own work.
    pub vouched: Option<Vouched>,
    /// Whether it had been set aside and is offered again: the record as it is here may be without it.
    pub offered_again: bool,
}

impl Waiting {
    /// This device's own change, which no server has seen.
    pub const fn new(index: u64, scope: ScopeId, document: DocumentId, change: Vec<u8>, queued_at: UnixMillis) -> Self {
        Self { index, scope, document, change, queued_at, doubt: Doubt::None, vouched: None, offered_again: false }
    }
}

/// Whether the server may hold a waiting change already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// It was never there: it is sent.
    None,
    /// It was there once and may have been lost: the server is asked first.
    Ask,
    /// It was asked and lacks it: it is sent.
    Settled,
}

impl fmt::Debug for Waiting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Waiting({}, {}, {} bytes)", self.index, self.document, self.change.len())
    }
}

/// Which change was set aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct AsideKey {
    /// The record it belongs to.
    pub document: DocumentId,
    /// Its hash.
    pub change: ChangeHash,
}

/// On which side a change was set aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AsideOrigin {
    /// The server set aside what this device sent.
    Sent,
    /// This device set aside what the server sent.
    Received,
    /// The server set aside what this device brought of another's work.
    Brought,
}

/// A change that was not taken in, kept with the reason. It blocks nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Aside {
    /// Who set it aside.
    pub origin: AsideOrigin,
    /// The stable code of the reason.
    pub reason: String,
    /// When, by the device's clock.
    pub at: UnixMillis,
    /// The scope it came in or was sent to.
    pub scope: ScopeId,
}

impl Aside {
    /// A change set aside at `at`.
    pub fn new(origin: AsideOrigin, reason: impl Into<String>, at: UnixMillis, scope: ScopeId) -> Self {
        Self { origin, reason: reason.into(), at, scope }
    }

    /// Whether a person decided that it is not taken in: nothing more will become of it.
    pub fn is_discarded(&self) -> bool {
        self.origin != AsideOrigin::Received && self.reason == ReasonCode::DISCARDED
    }
}

/// A record somebody has begun and not finished. It is on this device only.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Draft {
    /// Which kind of record it is.
    pub kind: RecordCode,
    /// The record so far, as JSON.
    pub record: String,
    /// When it was begun.
    pub begun_at: UnixMillis,
    /// When it last changed.
    pub changed_at: UnixMillis,
}

impl Draft {
    /// A draft begun at `now`.
    pub fn new(kind: RecordKind, record: String, now: UnixMillis) -> Self {
        Self { kind: RecordCode(kind), record, begun_at: now, changed_at: now }
    }
}

impl fmt::Debug for Draft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Draft({}, ..)", self.kind.0)
    }
}

/// How syncing has gone. Kept over restarts, so that "last success" is never unknown again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Progress {
    /// When an exchange last ended well.
    pub last_success: Option<UnixMillis>,
    /// When the next one is due.
    pub next_attempt: Option<UnixMillis>,
    /// Why the last one failed; `None` when it did not.
    pub last_error: Option<LastError>,
    /// How many have failed in a row.
    pub failures: u32,
    /// Whether somebody has paused sending.
    #[serde(default)]
    pub paused: bool,
}

/// Why an exchange failed, in a form that is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LastError {
    /// A stable code. Example: `offline`.
    pub code: String,
    /// When.
    pub at: UnixMillis,
}

impl LastError {
    /// A failure with this code.
    pub fn new(code: impl Into<String>, at: UnixMillis) -> Self {
        Self { code: code.into(), at }
    }
}

/// Numbers that an exchange needs and leaves behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Counters {
    /// How often the store has been opened in this life of its data. An opening on a full disk is counted by the first
    /// commit after it.
    pub boot: u64,
    /// How many frames and acknowledgements have been stored.
    pub step: u64,
    /// What to add to this device's clock to come to the server's time, in milliseconds.
    pub clock_offset_ms: i64,
    /// The longest request body the server takes, in bytes; 0 before it was told.
    #[serde(default)]
    pub request_bytes_max: usize,
    /// The number that the next carried envelope or sealed file is to have.
    #[serde(default)]
    pub next_carried: u64,
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    use super::*;

    #[test]
    fn a_device_never_prints_its_secret_key() {
        let identity = Identity::new(Incarnation::from_bytes([4; 8]), [0xAB; 32], &mut StdRng::seed_from_u64(2));

        assert_eq!(identity.signing_key().unwrap().to_bytes(), [0xAB; 32]);
        assert!(!format!("{identity:?}").contains("abab"));
    }
}
