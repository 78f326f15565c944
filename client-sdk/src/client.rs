//! The façade: open, enrol, record, find, watch, sync.
//!
//! A write waits for this device's disk and for nothing else. The status is a value and a stream. A [`Client`] is
//! cheap to clone; when the last clone is dropped, the background task stops and the store is given free.
//!
//! **Never here:** rules about records ([`crate::local`]), when to try ([`crate::engine`]), bytes on the wire.

mod auto;
mod builder;
mod collection;
mod files;
mod inner;
#[cfg(feature = "native")]
mod meeting;
mod watch;

use std::sync::{Arc, PoisonError};

use data_encoding::HEXLOWER;
use futures_util::Stream;
use jisr_sync_core::activity::DailyActivity;
use jisr_sync_core::document::{Conflict, HistoryEntry};
use jisr_sync_core::id::{DeviceId, DocumentId, StaffId};
use jisr_sync_core::record::{Encounter, FollowUp, Person, Place, RecordKind, Referral, Shift};
use jisr_sync_core::sync::enrolment_proof;
use jisr_sync_core::time::OperationalDay;

use crate::clock::Clock;
use crate::error::{Error, Result};
use crate::exchange::SyncReport;
use crate::local::{AsideView, DraftView, FieldRecord, Holdings, KeepRule, Local, Stored};
use crate::status::SyncStatus;
use crate::store::{Enrolment, Identity, Store};
use crate::transport::{EnrolRequest, Transport};

pub use builder::ClientBuilder;
pub use collection::Collection;
use inner::Inner;

/// A device's records, synced when it can.
///
/// ```
/// use jisr_client_sdk::Client;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> jisr_client_sdk::Result<()> {
/// # let dir = tempfile::tempdir().map_err(|_| jisr_client_sdk::Error::Closed)?;
/// let client = Client::at(dir.path()).open().await?;
/// assert_eq!(client.status().waiting, 0);
/// client.close().await
/// # }
/// ```
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
    _last: Arc<StopOnDrop>,
}

/// Stops the background task when the last client goes.
struct StopOnDrop(Arc<Inner>);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.stop.send_replace(true);
    }
}

impl Client {
    /// A client whose records live in the folder `dir`, which is made when it is not there.
    #[cfg(feature = "native")]
    pub fn at(dir: impl AsRef<std::path::Path>) -> ClientBuilder {
        ClientBuilder::at(dir.as_ref().to_owned())
    }

    /// A client that keeps nothing beyond its own life, for trying things out.
    #[cfg(feature = "native")]
    pub fn in_memory() -> ClientBuilder {
        ClientBuilder::in_memory()
    }

    /// A client whose records live in `store`, which reaches the server by `transport` and takes the time from `clock`.
    pub fn with(store: Arc<dyn Store>, transport: Arc<dyn Transport>, clock: Arc<dyn Clock>) -> ClientBuilder {
        ClientBuilder::with(store, transport, clock)
    }

    /// The records of the kind that the type names.
    pub fn records<R: FieldRecord>(&self) -> Collection<R> {
        Collection::new(self.clone())
    }

    /// The encounters.
    pub fn encounters(&self) -> Collection<Encounter> {
        self.records()
    }

    /// The persons, under pseudonyms.
    pub fn persons(&self) -> Collection<Person> {
        self.records()
    }

    /// The tours.
    pub fn shifts(&self) -> Collection<Shift> {
        self.records()
    }

    /// The referrals.
    pub fn referrals(&self) -> Collection<Referral> {
        self.records()
    }

    /// The follow-ups.
    pub fn follow_ups(&self) -> Collection<FollowUp> {
        self.records()
    }

    /// The places.
    pub fn places(&self) -> Collection<Place> {
        self.records()
    }

    /// Enrols this device with the server at `url` by a one-time code.
    ///
    /// # Errors
    /// [`Error::CodeRefused`], [`Error::BadAddress`], [`Error::Offline`]; [`Error::Unsent`] when it belongs to
    /// another service and holds work that was never sent there.
    pub async fn enrol(&self, url: &str, code: &str) -> Result<Enrolment> {
        let local = self.inner.local()?;
        let identity = local.identity()?;
        if identity.enrolment.as_ref().is_some_and(|enrolment| !enrolment.revoked) {
            return Err(Error::AlreadyEnrolled);
        }
        let key = identity.signing_key().ok_or(Error::NotEnrolled)?;
        let request = EnrolRequest {
            code: code.to_owned(),
            public_key: HEXLOWER.encode(key.verifying_key().as_bytes()),
            proof: enrolment_proof(code, &key),
            name: None,
        };
        let url = url.trim_end_matches('/').to_owned();
        let answer = self.inner.transport.enrol(&url, &request).await.map_err(enrol_error)?;
        let mut enrolment = Enrolment::new(url, answer.server_id, answer.unit, answer.province, answer.scopes);
        enrolment.night = answer.night;
        enrolment.credentials = answer.credentials;
        let stored = enrolment.clone();
        self.inner.with_local(move |local| local.enrol(stored)).await?;
        let now = local.now();
        self.inner.engine().handle_enrolled(true, now);
        self.inner.told();
        Ok(enrolment)
    }

    /// The device's place in a service, or `None` before it was enrolled.
    ///
    /// # Errors
    /// [`Error::Closed`].
    pub fn enrolment(&self) -> Result<Option<Enrolment>> {
        Ok(self.identity()?.enrolment)
    }

    /// This device's id.
    ///
    /// # Errors
    /// [`Error::Closed`].
    pub fn device(&self) -> Result<DeviceId> {
        Ok(self.identity()?.device)
    }

    fn identity(&self) -> Result<Identity> {
        self.inner.local()?.identity()
    }

    /// Says who uses the device: it is written into every change from now on. `None`: nobody in particular.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn set_staff(&self, staff: Option<StaffId>) -> Result<()> {
        self.set_setting("staff", staff.map(|staff| staff.to_string())).await
    }

    /// Who uses the device, as was last said.
    ///
    /// # Errors
    /// [`Error::Closed`].
    pub fn staff(&self) -> Result<Option<StaffId>> {
        Ok(self.setting("staff")?.and_then(|staff| staff.parse().ok()))
    }

    /// A setting of the app, or `None` when it was never set.
    ///
    /// # Errors
    /// [`Error::Closed`].
    pub fn setting(&self, name: &str) -> Result<Option<String>> {
        Ok(self.inner.local()?.setting(name))
    }

    /// Stores a setting of the app; `None` removes it.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn set_setting(&self, name: &str, value: Option<String>) -> Result<()> {
        let name = name.to_owned();
        self.inner.with_local(move |local| local.set_setting(&name, value)).await
    }

    /// How syncing stands. Never waits.
    pub fn status(&self) -> SyncStatus {
        self.inner.status()
    }

    /// How syncing stands, now and whenever it changes.
    pub fn status_changes(&self) -> impl Stream<Item = SyncStatus> + Send + Unpin + use<> {
        watch::statuses(&self.inner)
    }

    /// Calls the server now, whatever failed before, paused or not, and says how it went.
    ///
    /// # Errors
    /// [`Error::Offline`] and its like, all of which leave everything that waits here, to be sent later.
    pub async fn sync_now(&self) -> Result<SyncReport> {
        self.inner.engine().handle_sync_now();
        auto::sync(&self.inner).await
    }

    /// Sends nothing by itself any more, until [`Client::resume`].
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn pause(&self) -> Result<()> {
        self.inner.set_paused(true).await
    }

    /// Sends by itself again, beginning at once.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn resume(&self) -> Result<()> {
        self.inner.set_paused(false).await
    }

    /// Every record with a field that several people set differently.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn conflicts(&self) -> Result<Vec<(DocumentId, RecordKind, Vec<Conflict>)>> {
        self.inner.with_local(Local::conflicts).await
    }

    /// Settles a field on one of the values it was given; whether that changed anything.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Edit`], [`Error::Store`].
    pub async fn settle(&self, id: DocumentId, field: &str, keep: serde_json::Value) -> Result<bool> {
        let field = field.to_owned();
        self.inner.edit(move |local| local.settle(id, &field, &keep)).await
    }

    /// What was done to a record, oldest first.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Store`].
    pub async fn history(&self, id: DocumentId) -> Result<Vec<HistoryEntry>> {
        self.inner.with_local(move |local| local.history(id)).await
    }

    /// Which kind of record stands under an id, drafts included.
    ///
    /// # Errors
    /// [`Error::Closed`].
    pub fn kind_of(&self, id: DocumentId) -> Result<Option<RecordKind>> {
        Ok(self.inner.local()?.kind_of(id))
    }

    /// Every id there is a record or a draft under, with its kind.
    ///
    /// # Errors
    /// [`Error::Closed`].
    pub fn ids(&self) -> Result<Vec<(DocumentId, RecordKind)>> {
        Ok(self.inner.local()?.ids())
    }

    /// The records that were begun and not finished.
    ///
    /// # Errors
    /// [`Error::Closed`].
    pub fn drafts(&self) -> Result<Vec<DraftView>> {
        Ok(self.inner.local()?.drafts())
    }

    /// The changes that were set aside, here or by the server, with the reasons.
    ///
    /// # Errors
    /// [`Error::Closed`].
    pub fn set_aside(&self) -> Result<Vec<AsideView>> {
        Ok(self.inner.local()?.asides())
    }

    /// The figures of a day out of what this device holds, by the same fold as on the server.
    ///
    /// # Errors
    /// [`Error::NotEnrolled`].
    pub async fn day(&self, day: OperationalDay) -> Result<DailyActivity> {
        self.inner.with_local(move |local| local.day(day)).await
    }

    /// The tour of this device's unit that was started and not ended: what is recorded now is part of it.
    ///
    /// # Errors
    /// [`Error::NotEnrolled`], [`Error::Store`].
    pub async fn open_shift(&self) -> Result<Option<Stored<Shift>>> {
        self.inner.with_local(Local::open_shift).await
    }

    /// The day it is now, by the device's clock.
    ///
    /// # Errors
    /// [`Error::Closed`].
    pub fn today(&self) -> Result<OperationalDay> {
        let local = self.inner.local()?;
        let wrong = || Error::Invalid { field: "clock".to_owned(), rule: "tells no date".to_owned() };
        local.zone().day_of(local.now()).ok_or_else(wrong)
    }

    /// How much is held here, and by which rule records leave.
    ///
    /// # Errors
    /// [`Error::Closed`].
    pub fn holdings(&self) -> Result<Holdings> {
        Ok(self.inner.local()?.holdings())
    }

    /// Sets the rule by which old closed records leave this device, once the server has them and a backup too. It is
    /// applied at the end of the next exchange.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn set_keep_rule(&self, rule: KeepRule) -> Result<()> {
        self.inner.with_local(move |local| local.set_keep_rule(rule)).await
    }

    /// The records that have left this device.
    ///
    /// # Errors
    /// [`Error::Closed`].
    pub fn left(&self) -> Result<Vec<DocumentId>> {
        Ok(self.inner.local()?.left())
    }

    /// How many records that tell of this day have left this device: [`Client::day`] is without them.
    ///
    /// # Errors
    /// [`Error::Closed`].
    pub fn left_of(&self, day: OperationalDay) -> Result<usize> {
        Ok(self.inner.local()?.left_of(day))
    }

    /// Asks for a record that has left this device: it comes with the next exchange, and stays for a week at least.
    ///
    /// # Errors
    /// [`Error::NotFound`] when no such record has left, [`Error::Store`].
    pub async fn recall(&self, id: DocumentId) -> Result<()> {
        self.inner.edit(move |local| local.recall(id)).await
    }

    /// How many records here no server has: while there are any, [`Client::log_out`] is refused.
    ///
    /// # Errors
    /// [`Error::Closed`].
    pub fn unsent(&self) -> Result<usize> {
        Ok(self.inner.local()?.unsent())
    }

    /// Leaves the service, when nothing is here that it does not have. To be asked before any reset of a device.
    ///
    /// # Errors
    /// [`Error::Unsent`], with how many records would be lost. Nothing was changed then.
    pub async fn log_out(&self) -> Result<()> {
        self.inner.with_local(Local::leave).await?;
        let now = self.inner.local()?.now();
        self.inner.engine().handle_enrolled(false, now);
        self.inner.told();
        Ok(())
    }

    /// Ends cleanly: the exchange under way is given up (what it brought is kept) and the store is given free.
    ///
    /// # Errors
    /// None today. Every later call on any clone says [`Error::Closed`].
    pub async fn close(self) -> Result<()> {
        self.inner.stop.send_replace(true);
        let _under_way = self.inner.exchanging.lock().await;
        self.inner.local.write().unwrap_or_else(PoisonError::into_inner).take();
        self.inner.told();
        Ok(())
    }
}

fn enrol_error(error: crate::transport::TransportError) -> Error {
    match error {
        crate::transport::TransportError::Refused { status: 400 | 403, .. } => Error::CodeRefused,
        other => other.into(),
    }
}
