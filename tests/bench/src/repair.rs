//! Repair: a device lacks records that its cursor has passed, as after a fault of its storage, and finds out by itself.
//!
//! Beside it stands a full re-read: the first sync of the same records. What lacks must travel; what is paid on top of
//! that, to find out what it is, is what is promised.

use anyhow::{Result, ensure};
use jisr_client_sdk::store::{Store, StoreBatch, kv};
use jisr_client_sdk::{Client, Query};
use jisr_sync_core::id::DocumentId;
use jisr_sync_core::time::UnixMillis;
use jisr_tests::fleet::enrol;
use jisr_tests::night::Tour;
use jisr_tests::proxy::{Pace, Proxy};
use jisr_tests::service::{Service, UnitNames};
use jisr_tests::van::Van;

use crate::measure::{Meter, Taken};
use crate::report::{Limits, Report};
use crate::rounds::{IDLE, sync};
use crate::workload::Writer;

const UNIT: UnitNames = UnitNames { id: "azilal-1", ar: "أزيلال 1", fr: "Azilal 1" };

/// How many records the device holds of its scope.
const RECORDS: [usize; 2] = [2_000, 20_000];

/// How many of them it lacks.
const MISSING: [usize; 2] = [60, 500];

/// Over how many days they were made.
const DAYS: i64 = 360;

/// What finding out may cost, as a share of a full re-read.
const SHARE_MAX: f64 = 0.15;

/// It is healed after fewer syncs than this, or not at all.
const SYNCS_MAX: usize = 20;

/// Which records are missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Spread {
    /// As many in each month.
    Scattered,
    /// The newest.
    Recent,
}

/// Measures every case.
///
/// # Errors
/// When anything refuses, or something was not healed.
pub async fn measure(report: &mut Report) -> Result<()> {
    for records in RECORDS {
        eprintln!("bench: {records} records of a year are written, and some of them lost ...");
        let mut bench = Bench::set_up(records).await?;
        let whole = bench.whole;
        report.add(&format!("{records} records: full re-read"), vec![whole], Limits::default());
        report.add(&format!("{records} records, 0 missing"), vec![bench.heal(&[]).await?], IDLE);
        for missing in MISSING {
            for spread in [Spread::Scattered, Spread::Recent] {
                let taken = bench.heal(&bench.choose(missing, spread)).await?;
                let share = SHARE_MAX + missing as f64 / records as f64;
                let limits = Limits { bytes: Some(share * whole.bytes() as f64), ..Limits::default() };
                let how = if spread == Spread::Scattered { "scattered over a year" } else { "the newest" };
                let name = format!("{records} records, {missing} missing, {how}");
                report.add(&name, vec![taken], limits);
                report.note(&name, "% of a full re-read", 100.0 * taken.bytes() as f64 / whole.bytes() as f64, None);
            }
        }
    }
    Ok(())
}

struct Bench {
    service: Service,
    link: Proxy,
    device: Van,
    documents: Vec<DocumentId>,
    /// What the first sync took.
    whole: Taken,
}

impl Bench {
    async fn set_up(records: usize) -> Result<Self> {
        let service = Service::start()?;
        service.add_unit(&UNIT)?;
        let writer = enrol(&service, UNIT.id, "writer", service.address()).await?;
        let documents = write(&writer, records).await?;
        sync(&writer).await?;
        writer.client.close().await?;
        let link = Proxy::start(service.address(), Pace::default()).await?;
        let device = enrol(&service, UNIT.id, "device", link.address()).await?;
        let meter = Meter::start(link.counters(), &service).await?;
        let requests = sync(&device).await?;
        let whole = meter.stop(requests).await?;
        let bench = Self { service, link, device, documents, whole };
        bench.check().await?;
        Ok(bench)
    }

    fn choose(&self, missing: usize, spread: Spread) -> Vec<DocumentId> {
        let records = self.documents.len();
        match spread {
            Spread::Scattered => (0..missing).map(|n| self.documents[n * records / missing]).collect(),
            Spread::Recent => self.documents[records - missing..].to_vec(),
        }
    }

    /// The device loses these records, is opened again, and syncs until it has them.
    async fn heal(&mut self, missing: &[DocumentId]) -> Result<Taken> {
        let folder = self.device.folder().to_owned();
        self.device.client.clone().close().await?;
        lose(&folder, missing)?;
        self.device = Van::open(&folder).await?;
        self.link.close_all();
        let left = self.held().await?;
        ensure!(left + missing.len() == self.documents.len(), "{left} records are left");
        let meter = Meter::start(self.link.counters(), &self.service).await?;
        let mut requests = 0;
        for _ in 0..SYNCS_MAX {
            requests += sync(&self.device).await?;
            if self.held().await? == self.documents.len() {
                break;
            }
        }
        let taken = meter.stop(requests).await?;
        self.check().await?;
        Ok(taken)
    }

    async fn held(&self) -> Result<usize> {
        Ok(self.device.client.ids()?.len())
    }

    async fn check(&self) -> Result<()> {
        let held = self.device.client.encounters().find(Query::all()).await?.len();
        ensure!(held == self.documents.len(), "{held} of {} records", self.documents.len());
        ensure!(self.device.client.status().waiting == 0, "something still waits");
        Ok(())
    }
}

/// Records made over a year, oldest first.
async fn write(van: &Van, records: usize) -> Result<Vec<DocumentId>> {
    let (from, until) = (Tour::of("2025-11-15".parse()?)?.start, DAYS * 24 * 3_600_000);
    let mut writer = Writer::new(records as u64, from);
    let mut documents = Vec::new();
    for n in 0..records {
        let at = UnixMillis(from.0 + until * n as i64 / records as i64);
        documents.push(van.add_at(at, Client::encounters, writer.encounter()).await?);
    }
    Ok(documents)
}

/// Takes records out of a closed device's store; its cursor goes on saying that it has them.
fn lose(folder: &std::path::Path, missing: &[DocumentId]) -> Result<()> {
    let store = kv::open(folder)?;
    let documents = missing.iter().map(|id| (*id, None)).collect();
    store.commit(StoreBatch { documents, ..StoreBatch::default() })?;
    Ok(())
}
