//! What the registry and the storage answer to a session's questions. Blocks, and knows no runtime.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ed25519_dalek::VerifyingKey;
use jisr_sync_core::document::Document;
use jisr_sync_core::id::{DeviceId, DocumentId, ScopeId};
use jisr_sync_core::sync::limits::CLOCK_SKEW_MARKED_MS;
use jisr_sync_core::sync::server::{Delivery, Grant, GrantedScope, HelloVerdict, Standing, Verdict};
use jisr_sync_core::sync::{Fate, Fingerprint, Hello, LogPage, LogRecord, ReasonCode, ScopeTail, ServerId};
use jisr_sync_core::time::UnixMillis;

use super::nonces::{Nonces, Seen};
use super::{Clock, DeviceLimit, RETRY_AFTER_S};
use crate::credentials::credentials;
use crate::merge::{Carrier, Delivered, Outcome};
use crate::registry::{Device, Fleet, RegistryError, ServiceKeys};
use crate::storage::{ADMINISTRATOR, DeviceMark, Discarded, HashStart, ReadLimit, Storage, StorageError};
use crate::writer::WriteError;

/// How many records one page of a log has at most.
const PAGE_RECORDS_MAX: usize = 1_000;

/// How many changes that are aside and begin alike are looked at.
const ALIKE_MAX: usize = 64;

/// How many lives that a device left behind are remembered.
const LIVES_MAX: usize = 64;

/// Why an exchange cannot go on. Nothing was acknowledged that is not durable.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Unavailable {
    /// Units and devices cannot be read.
    #[error("the registry failed: {0}")]
    Registry(#[from] RegistryError),
    /// The records cannot be read.
    #[error("the storage failed: {0}")]
    Storage(#[from] StorageError),
    /// What was delivered cannot be written.
    #[error("the writer failed: {0}")]
    Write(#[from] WriteError),
    /// The author was there a moment ago.
    #[error("a delivery's author is not enrolled any more")]
    NoAuthor,
    /// A defect.
    #[error("a reason is no reason code")]
    Reason,
    /// A defect.
    #[error("a step panicked")]
    Panicked,
}

/// What a device told in one exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told {
    /// When the exchange began, by the server's clock.
    pub at: UnixMillis,
    /// How many records are left on it. `None` while it is about to find out that it holds more than it said.
    pub waiting: Option<u64>,
}

/// A question of a session.
#[derive(Debug)]
pub enum Question {
    /// The key of a device.
    Key(DeviceId),
    /// Whether an authentic Hello may go on, and what its device may read.
    Grant(Box<Hello>),
    /// The records of a log after a number, about so many bytes of them.
    Page(ScopeId, u64, usize),
    /// All changes of a document that are in a scope's log.
    Document(ScopeId, DocumentId),
    /// Which of these changes a scope's log durably holds.
    Find(ScopeId, Vec<Fingerprint>),
    /// What became of these changes, as far as this device may be told.
    Fates(DeviceId, Vec<Fingerprint>),
}

/// The answer to a [`Question`].
#[derive(Debug)]
pub enum Answer {
    /// The key; `None` when there is no such device.
    Key(Option<VerifyingKey>),
    /// The grant, and the Hello it was asked for.
    Grant(Grant, Box<Hello>),
    /// A page of a log.
    Page(LogPage),
    /// The changes of a document, in the order of the log.
    Document(Vec<LogRecord>),
    /// For each of the changes whether it is held.
    Find(Vec<bool>),
    /// What became of each change.
    Fates(Vec<Fate>),
}

/// What answers questions.
pub struct Answers {
    storage: Arc<dyn Storage>,
    fleet: Arc<dyn Fleet>,
    clock: Clock,
    nonces: Mutex<Nonces>,
    limit: Option<DeviceLimit>,
}

impl Answers {
    /// Joins the parts. Hellos that were made before this moment count as replayed.
    pub fn new(storage: Arc<dyn Storage>, fleet: Arc<dyn Fleet>, clock: Clock) -> Self {
        let nonces = Mutex::new(Nonces::new(clock()));
        Self { storage, fleet, clock, nonces, limit: None }
    }

    /// Asks `limit` about each device that has proven who it is.
    #[must_use]
    pub fn limited_by(self, limit: DeviceLimit) -> Self {
        Self { limit: Some(limit), ..self }
    }

    /// The time by the server's clock.
    pub(super) fn now(&self) -> UnixMillis {
        (self.clock)()
    }

    fn nonces(&self) -> MutexGuard<'_, Nonces> {
        self.nonces.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Answers a question.
    ///
    /// # Errors
    /// When what would tell the answer cannot be read.
    pub fn answer(&self, question: Question) -> Result<Answer, Unavailable> {
        match question {
            Question::Key(device) => self.key(&device).map(Answer::Key),
            Question::Grant(hello) => Ok(Answer::Grant(self.grant(&hello)?, hello)),
            Question::Page(scope, after, bytes_max) => self.page(scope, after, bytes_max).map(Answer::Page),
            Question::Document(scope, id) => Ok(Answer::Document(changes_in_log(&*self.storage, &scope, &id)?)),
            Question::Find(scope, fingerprints) => self.find(&scope, &fingerprints).map(Answer::Find),
            Question::Fates(device, fingerprints) => self.fates(device, &fingerprints).map(Answer::Fates),
        }
    }

    /// Which server this is.
    pub(super) fn server(&self) -> ServerId {
        self.fleet.server_id()
    }

    /// What opens files that were sealed to this server, and signs certificates.
    pub(super) fn service_keys(&self) -> ServiceKeys {
        self.fleet.service_keys()
    }

    /// The key of a device; `None` when there is no such device.
    pub(super) fn key(&self, device: &DeviceId) -> Result<Option<VerifyingKey>, Unavailable> {
        let found = self.fleet.device(*device)?;
        Ok(found.map(|device| device.key.verifying_key()))
    }

    /// Whether an authentic Hello may go on, and what its device may read.
    pub(super) fn grant(&self, hello: &Hello) -> Result<Grant, Unavailable> {
        let Some(device) = self.fleet.device(hello.device)? else { return Err(Unavailable::NoAuthor) };
        match self.nonces().see(hello, (self.clock)()) {
            Seen::New => {}
            Seen::Before => return Ok(Grant::refused(HelloVerdict::Replayed)),
            Seen::Full => return Ok(Grant::refused(HelloVerdict::Busy { retry_after_s: RETRY_AFTER_S })),
        }
        if let Some(retry_after_s) = self.limit.as_ref().and_then(|limit| limit(hello.device)) {
            return Ok(Grant::refused(HelloVerdict::Busy { retry_after_s }));
        }
        let known = self.storage.device_mark(&hello.device)?;
        if known.is_some_and(|mark| mark.is_past(hello.incarnation.as_bytes(), hello.boot)) {
            return Ok(Grant::refused(HelloVerdict::Copied));
        }
        let scopes = device.scopes().into_iter().map(|scope| self.granted(scope, hello));
        Ok(Grant {
            verdict: HelloVerdict::Welcome,
            revoked: !device.is_active(),
            scopes: scopes.collect::<Result<_, _>>()?,
            read_later_s: None,
            credentials: match hello.wants_credentials {
                Some(true) => credentials(&*self.fleet, &device, (self.clock)()),
                _ => None,
            },
        })
    }

    fn granted(&self, scope: ScopeId, hello: &Hello) -> Result<GrantedScope, Unavailable> {
        let head = self.storage.head(&scope)?;
        let held = hello.scopes.iter().find(|held| held.scope == scope);
        let cursors = held.into_iter().flat_map(jisr_sync_core::sync::HeldScope::cursors);
        let chains = cursors.map(|cursor| match self.storage.chain_at(&scope, cursor.number) {
            // What a damaged record was cannot be told: the device reads again from before it.
            Err(error) if error.is_damage() => Ok(None),
            chain => chain,
        });
        let chains = chains.collect::<Result<_, StorageError>>()?;
        Ok(GrantedScope { scope, head, chains })
    }

    /// A page of a log, with the end of the log as it was before the page was read.
    fn page(&self, scope: ScopeId, after: u64, bytes_max: usize) -> Result<LogPage, Unavailable> {
        let tail = self.storage.tail(&scope)?;
        let limit = ReadLimit { records: PAGE_RECORDS_MAX, bytes: bytes_max };
        let records = self.storage.log_after(&scope, after, limit)?;
        let until = tail.head.number;
        let records = records.into_iter().map(|record| record.log).filter(|log| log.number <= until).collect();
        let backed_up = self.storage.backed_up(&scope)?;
        let tail =
            ScopeTail { head: tail.head, digest: tail.digest(), backed_up, months: tail.months.into_iter().collect() };
        Ok(LogPage { scope, records, tail })
    }

    /// Which of these changes a scope's log durably holds.
    fn find(&self, scope: &ScopeId, fingerprints: &[Fingerprint]) -> Result<Vec<bool>, Unavailable> {
        let held = fingerprints.iter().map(|asked| self.storage.has_change(scope, asked));
        Ok(held.collect::<Result<_, _>>()?)
    }

    /// What became of changes that were set aside. A device is told of what it wrote, whatever it may read by now, and
    /// of what is in a scope it may read.
    fn fates(&self, device: DeviceId, fingerprints: &[Fingerprint]) -> Result<Vec<Fate>, Unavailable> {
        let scopes = self.fleet.device(device)?.map(|device| device.scopes()).unwrap_or_default();
        let fates = fingerprints.iter().map(|asked| self.fate(device, &scopes, asked));
        Ok(fates.collect::<Result<_, StorageError>>()?)
    }

    fn is_aside(&self, asked: &Fingerprint) -> Result<bool, StorageError> {
        let alike = self.storage.set_aside_starting(&HashStart::from(asked), ALIKE_MAX)?;
        Ok(alike.iter().any(|aside| Fingerprint::of(&aside.document, &aside.hash) == *asked))
    }

    fn fate(&self, device: DeviceId, scopes: &[ScopeId], asked: &Fingerprint) -> Result<Fate, StorageError> {
        let places = self.storage.changes_like(asked)?;
        for place in &places {
            let record = self.storage.record_at(&place.scope, place.number)?;
            let author = record.and_then(|record| record.log.author).map(|(author, _)| author);
            if author == Some(device) || scopes.contains(&place.scope) {
                return Ok(Fate::LetIn);
            }
        }
        let own = |one: &Discarded| one.author == device || one.brought_by == device || scopes.contains(&one.scope);
        let discarded = self.storage.discarded_like(asked)?;
        if discarded.iter().any(own) {
            return Ok(Fate::Discarded);
        }
        let is_known = !places.is_empty() || !discarded.is_empty() || self.is_aside(asked)?;
        Ok(if is_known { Fate::Untold } else { Fate::Unknown })
    }

    /// Checks a delivery as far as can be without the writer. `by` is the device that brings it; the server's administrator
    /// when absent.
    ///
    /// # Errors
    /// When the registry or the storage cannot be read.
    pub fn check(&self, delivery: &Delivery, by: Option<DeviceId>) -> Result<Delivered, Unavailable> {
        let author = self.fleet.device(delivery.proof.device)?;
        let brought_by = by.unwrap_or(ADMINISTRATOR);
        // What was let in once is let in again wherever its bringer may read it, whatever its author may do by now.
        let vouched = delivery.standing == Standing::Vouched;
        let bringer = if by.is_some() { self.fleet.device(brought_by)? } else { None };
        let read = bringer.iter().filter(|device| device.is_active()).flat_map(Device::scopes).collect();
        let answers_for_it = if vouched { bringer } else { author };
        let carrier = Carrier {
            brought_by,
            barred: delivery.standing.reason(),
            revoked: delivery.revoked || answers_for_it.as_ref().is_some_and(|device| !device.is_active()),
            scopes: answers_for_it.iter().flat_map(Device::scopes).collect::<BTreeSet<_>>(),
            read,
            clock_suspect: self.is_clock_suspect(delivery)?,
        };
        Ok(Delivered::check(&delivery.changes, &delivery.proof, carrier, (self.clock)()))
    }

    /// Whether the author's clock is too far off: as measured now, or, when somebody else brings its work, at its own
    /// last contact.
    fn is_clock_suspect(&self, delivery: &Delivery) -> Result<bool, Unavailable> {
        if let Some(suspect) = delivery.clock_suspect {
            return Ok(suspect);
        }
        let ahead = self.storage.device_mark(&delivery.proof.device)?.and_then(|mark| mark.clock_ahead_ms);
        Ok(ahead.is_some_and(|ahead| ahead.saturating_abs() > CLOCK_SKEW_MARKED_MS))
    }

    /// What is known of a device after an exchange that left `waiting` records on it.
    ///
    /// # Errors
    /// When the storage cannot be read.
    pub fn mark_of(&self, hello: &Hello, told: Told) -> Result<DeviceMark, Unavailable> {
        let now = told.at;
        let known = self.storage.device_mark(&hello.device)?;
        let before = known.unwrap_or_else(|| DeviceMark::first_seen(hello.device, now));
        let incarnation = *hello.incarnation.as_bytes();
        let mut past_lives = before.past_lives;
        if before.last_contact.is_some() && before.incarnation != incarnation {
            past_lives.push(before.incarnation);
            let forgotten = past_lives.len().saturating_sub(LIVES_MAX);
            past_lives.drain(..forgotten);
        }
        Ok(DeviceMark {
            device: hello.device,
            last_contact: Some(now),
            last_active: before.last_active.max(now),
            waiting: told.waiting,
            clock_ahead_ms: Some(hello.clock.saturating_sub(now.0)),
            app_version: hello.app_version.clone(),
            incarnation,
            boot: hello.boot,
            past_lives,
        })
    }
}

/// All changes of a document, as they stand in a scope's log, in its order; none when it does not lie there.
fn changes_in_log(storage: &dyn Storage, scope: &ScopeId, id: &DocumentId) -> Result<Vec<LogRecord>, StorageError> {
    let damage = |_| StorageError::Damaged { what: "document", id: id.to_string() };
    let Some(saved) = storage.document(id)?.filter(|saved| saved.scope == *scope) else { return Ok(Vec::new()) };
    let mut numbers = Vec::new();
    for hash in Document::restore(&saved.saved).map_err(damage)?.hashes() {
        numbers.extend(storage.change(&hash, id)?.filter(|place| place.scope == *scope).map(|place| place.number));
    }
    numbers.sort_unstable();
    let mut records = Vec::with_capacity(numbers.len());
    for number in numbers {
        records.extend(storage.record_at(scope, number)?.map(|record| record.log));
    }
    Ok(records)
}

/// What a session is told of the outcomes of a delivery.
///
/// # Errors
/// When a reason is no code: a defect.
pub fn verdicts(outcomes: Vec<Outcome>) -> Result<Vec<Verdict>, Unavailable> {
    outcomes.into_iter().map(verdict).collect()
}

fn verdict(outcome: Outcome) -> Result<Verdict, Unavailable> {
    match outcome {
        Outcome::Appended => Ok(Verdict::Appended),
        Outcome::Known => Ok(Verdict::Known),
        Outcome::Elsewhere => Ok(Verdict::Elsewhere),
        Outcome::SetAside(reason) => ReasonCode::new(&reason).map(Verdict::SetAside).ok_or(Unavailable::Reason),
        Outcome::HeldBack => Ok(Verdict::HeldBack),
    }
}
