//! The records and the exchanges as pages, the API and the command line ask for them ([`crate::ports`]), joined from
//! storage, writer, registry and the sync service.

mod asides;
mod checks;
mod views;

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Body;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures_util::future::BoxFuture;
use futures_util::{FutureExt, StreamExt};
use jisr_durable_kv::Kv;
use jisr_sync_core::activity::fold;
use jisr_sync_core::id::{DeviceId, DocumentId, ScopeId};
use jisr_sync_core::sync::SignedHello;
use jisr_sync_core::time::{OperationalDay, ServiceZone, UnixMillis};

use crate::activity::{DayError, DayReader};
use crate::backup::{BackupError, Made, Pattern, Source, make_file};
use crate::merge::{Relocated, Ruled, Ruling};
use crate::ports::{
    AsideFilter, AsideLine, AsidePage, AsideView, BackupOrder, Brief, CarryError, CarryOutcome, Day, DeviceContact,
    Exchange, RecordView, Records, RecordsError, Totals, Verification,
};
use crate::progress::{Unstoppable, Watch};
use crate::registry::{Transfer, Unit};
use crate::storage::{Append, AsideName, KvStorage, Storage, StorageError};
use crate::sync::{Clock, DeviceLimit, SyncService};
use crate::verify::{CheckError, repair, verify};
use crate::writer::{Relocation, WriteError, Writer, WriterThread};

/// The parts that keep records, put together. Cheap to share.
pub struct Kept {
    storage: Arc<KvStorage>,
    fleet: Arc<dyn Transfer>,
    writer: Writer,
    zone: ServiceZone,
    service: Arc<SyncService>,
    /// One backup at a time.
    backing_up: Mutex<()>,
}

impl Kept {
    /// Opens the records in `kv` and starts their writer; `limit` says which devices come too often. The thread is to be shut down when requests have ended.
    ///
    /// # Errors
    /// When the store does not read, or the system gives no thread.
    pub fn open(
        kv: Arc<dyn Kv>,
        fleet: Arc<dyn Transfer>,
        zone: ServiceZone,
        clock: Clock,
        limit: DeviceLimit,
    ) -> Result<(Self, WriterThread), RecordsError> {
        let storage = Arc::new(KvStorage::open(kv, &mut rand::rng())?);
        let started = Writer::start(storage.clone(), zone.clone());
        let (writer, thread) = started.map_err(|error| RecordsError::Unavailable(error.to_string()))?;
        let service = SyncService::new(storage.clone(), fleet.clone(), writer.clone(), clock, None).limited_by(limit);
        Ok((Self { storage, fleet, writer, zone, service: Arc::new(service), backing_up: Mutex::new(()) }, thread))
    }

    /// The records themselves, for whoever opens and closes the store.
    pub fn storage(&self) -> &KvStorage {
        &self.storage
    }

    fn reader(&self) -> DayReader<'_> {
        DayReader { storage: &*self.storage, fleet: &*self.fleet, zone: &self.zone }
    }
}

impl Records for Kept {
    fn day(&self, day: OperationalDay, units: &[Unit], now: UnixMillis) -> Result<Day, RecordsError> {
        let reading = self.reader().read(day, units, now)?;
        let activity = fold(&reading.input);
        Ok(Day {
            checks: checks::checks(&reading.input, &activity),
            activity,
            needs: views::needs(&reading),
            records: views::records(&reading),
            disagreements: views::disagreements(&*self.storage, &reading)?,
        })
    }

    fn record(&self, id: DocumentId) -> Result<Option<RecordView>, RecordsError> {
        views::record(&self.reader(), id)
    }

    fn brief(&self, id: DocumentId) -> Result<Option<Brief>, RecordsError> {
        views::brief(&self.reader(), id)
    }

    fn contacts(&self) -> Result<Vec<DeviceContact>, RecordsError> {
        let contact = |mark: crate::storage::DeviceMark| DeviceContact {
            device: mark.device,
            last_contact: mark.last_contact,
            waiting: mark.waiting,
            clock_ahead_ms: mark.clock_ahead_ms,
        };
        Ok(self.storage.device_marks()?.into_iter().map(contact).collect())
    }

    fn totals(&self) -> Result<Totals, RecordsError> {
        let heads = self.storage.scopes()?.into_iter().map(|scope| Ok(self.storage.head(&scope)?.number));
        let log_records = heads.sum::<Result<u64, StorageError>>()?;
        Ok(Totals { log_records, set_aside: self.storage.set_aside_count()? })
    }

    fn set_aside(
        &self,
        filter: &AsideFilter,
        may: &dyn Fn(&ScopeId, DeviceId) -> bool,
        now: UnixMillis,
    ) -> Result<AsidePage, RecordsError> {
        Ok(asides::page(&*self.storage, filter, may, now)?)
    }

    fn aside_named(&self, name: &AsideName, now: UnixMillis) -> Result<Vec<AsideLine>, RecordsError> {
        Ok(asides::named(&*self.storage, name, now)?)
    }

    fn aside_view(&self, of: &AsideLine, now: UnixMillis) -> Result<Option<AsideView>, RecordsError> {
        asides::view(&*self.storage, &*self.fleet, &self.zone, of, now)
    }

    fn rule(&self, ruling: Ruling) -> Result<Vec<Ruled>, RecordsError> {
        Ok(self.writer.rule(ruling)?)
    }

    fn relocate(&self, document: DocumentId, to: ScopeId, at: UnixMillis) -> Result<Relocated, RecordsError> {
        // A log is copied from its start: bytes that left it meanwhile for another log would be in neither copy.
        let _no_backup = self.backing_up.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(self.writer.relocate(Relocation { document, to, at })?)
    }

    fn ready(&self) -> Result<(), RecordsError> {
        if self.writer.is_stopped() {
            return Err(WriteError::Stopped.into());
        }
        self.storage.set_aside_count()?;
        if self.storage.has_room()? { Ok(()) } else { Err(RecordsError::Full) }
    }

    fn verify(&self, repairing: bool, watch: Arc<dyn Watch>) -> Result<Verification, RecordsError> {
        let (storage, zone) = (self.storage.clone(), self.zone.clone());
        // Between two groups of the writer: what is compared must not move.
        let checked = self.writer.alone(move || {
            if repairing {
                // A store must not be left with half of what follows from its logs.
                repair(&*storage, &zone, &Unstoppable(&*watch))?;
            }
            verify(&*storage, &zone, &*watch)
        });
        let report = checked.map_err(RecordsError::from)??;
        let (findings, more) = (report.faults, report.more_faults);
        Ok(Verification { findings, more, documents: report.documents, repaired: repairing })
    }

    fn back_up(&self, order: &BackupOrder, now: UnixMillis, watch: &dyn Watch) -> Result<Made, BackupError> {
        let _one_at_a_time = self.backing_up.lock().unwrap_or_else(PoisonError::into_inner);
        let pattern = Pattern::of(&order.file)?;
        let (storage, registry) = (&*self.storage, &*self.fleet);
        let source = Source { storage, registry, config: order.config.as_deref(), made_at: now };
        let made = make_file(&source, &pattern, order.keep, watch)?;
        // Only now: the file is on the disk and reads back.
        let (storage, heads) = (self.storage.clone(), made.summary.heads.clone());
        self.writer.alone(move || publish(&*storage, heads))??;
        metrics::gauge!("jisr_backup_last_success_timestamp_seconds").set(seconds(now));
        Ok(made)
    }
}

/// Notes up to where a backup holds each log. A mark never goes back.
fn publish(storage: &dyn Storage, heads: BTreeMap<ScopeId, u64>) -> Result<(), StorageError> {
    let mut backed_up = BTreeMap::new();
    for (scope, number) in heads {
        if number > storage.backed_up(&scope)? {
            backed_up.insert(scope, number);
        }
    }
    if backed_up.is_empty() { Ok(()) } else { storage.append(&Append { backed_up, ..Append::default() }) }
}

// Seconds since 1970 are far below 2^52.
#[allow(clippy::cast_precision_loss)]
fn seconds(at: UnixMillis) -> f64 {
    at.0 as f64 / 1000.0
}

impl Exchange for Kept {
    fn exchange(&self, request: Body) -> BoxFuture<'static, Response> {
        let answer = self.service.exchange(request.into_data_stream());
        let body = Body::from_stream(answer.map(Ok::<_, Infallible>));
        let headers = [(header::CONTENT_TYPE, crate::api::CONTENT_TYPE), (header::CACHE_CONTROL, "no-store")];
        async move { (headers, body).into_response() }.boxed()
    }

    fn carry(&self, file: &[u8], by: Option<DeviceId>, watch: &dyn Watch) -> Result<CarryOutcome, CarryError> {
        self.service.carry(file, by, watch)
    }

    fn bringer(&self, hello: &SignedHello) -> Result<Option<DeviceId>, CarryError> {
        self.service.bringer(hello)
    }
}

impl From<StorageError> for RecordsError {
    fn from(error: StorageError) -> Self {
        match error {
            StorageError::Full => Self::Full,
            error if error.is_damage() => Self::Damaged(error.to_string()),
            error => Self::Unavailable(error.to_string()),
        }
    }
}

impl From<CheckError> for RecordsError {
    fn from(error: CheckError) -> Self {
        match error {
            CheckError::Storage(error) => error.into(),
            CheckError::Stopped(stopped) => stopped.into(),
        }
    }
}

impl From<DayError> for RecordsError {
    fn from(error: DayError) -> Self {
        match error {
            DayError::Storage(error) => error.into(),
            DayError::Registry(error) => Self::Unavailable(error.to_string()),
        }
    }
}

impl From<WriteError> for RecordsError {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::Full => Self::Full,
            error => Self::Unavailable(error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests;
