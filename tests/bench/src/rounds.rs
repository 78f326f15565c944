//! The workloads: a first sync, a reconnect with sixty changes on each side, an idle one, a slow link, a cut one.

use anyhow::{Context, Result, bail, ensure};
use jisr_client_sdk::Query;
use jisr_sync_core::id::DocumentId;
use jisr_tests::fleet::enrol;
use jisr_tests::night::Tour;
use jisr_tests::proxy::{Cut, Pace, Proxy};
use jisr_tests::service::{Service, UnitNames};
use jisr_tests::van::Van;

use crate::measure::{Meter, Taken, peak_memory_bytes};
use crate::report::{Limits, Report};
use crate::workload::Writer;

const UNIT: UnitNames = UnitNames { id: "azilal-1", ar: "أزيلال 1", fr: "Azilal 1" };

/// How often the reconnect is measured; the median counts.
const ROUNDS: usize = 9;

/// What a sync may take when there is nothing new on either side.
pub const IDLE: Limits =
    Limits { up: Some(400.0), down: Some(400.0), bytes: None, seconds: None, requests: Some(1.0), server_cpu_us: None };

/// How many documents the service holds before anything is measured.
const DOCUMENTS: usize = 2_000;

/// What each side adds and edits while they are apart.
const ADDED: usize = 50;
const EDITED: usize = 10;

/// After how many bytes down each connection of the cut link ends.
const CUT_AFTER: u64 = 64 * 1024;

/// More tries than this are no first sync.
const TRIES_MAX: usize = 500;

/// A service that holds [`DOCUMENTS`], and a device that brought them.
struct Bench {
    service: Service,
    /// The device that is always there.
    resident: Van,
    link: Proxy,
    documents: Vec<DocumentId>,
    rounds: u64,
}

impl Bench {
    /// Sets it up; what the upload of all documents took comes with it.
    ///
    /// # Errors
    /// When anything refuses.
    async fn set_up() -> Result<(Self, Taken)> {
        let service = Service::start()?;
        service.add_unit(&UNIT)?;
        let link = Proxy::start(service.address(), Pace::default()).await?;
        let resident = enrol(&service, UNIT.id, "resident", link.address()).await?;
        let tour = Tour::of("2026-10-01".parse()?)?;
        let mut writer = Writer::new(1, tour.start);
        let mut documents = Vec::new();
        for _ in 0..DOCUMENTS {
            documents.push(resident.client.encounters().add(writer.encounter()).await?);
        }
        let meter = Meter::start(link.counters(), &service).await?;
        let requests = sync(&resident).await?;
        let taken = meter.stop(requests).await?;
        Ok((Self { service, resident, link, documents, rounds: 0 }, taken))
    }

    /// A fresh device receives everything.
    ///
    /// # Errors
    /// When anything refuses.
    async fn first_sync(&mut self) -> Result<Taken> {
        let (van, link) = self.newcomer(Pace::default()).await?;
        let meter = Meter::start(link.counters(), &self.service).await?;
        let requests = sync(&van).await?;
        let taken = meter.stop(requests).await?;
        self.check(&van).await?;
        Ok(taken)
    }

    /// The same over a link whose every connection ends after [`CUT_AFTER`] bytes down.
    ///
    /// # Errors
    /// When anything refuses, or it does not finish.
    async fn first_sync_cut(&mut self) -> Result<Taken> {
        let (van, link) = self.newcomer(Pace::default()).await?;
        link.close_all();
        link.cut_by(|_| Cut { after_up: None, after_down: Some(CUT_AFTER) });
        let meter = Meter::start(link.counters(), &self.service).await?;
        for tries in 1..=TRIES_MAX {
            match van.client.sync_now().await {
                Ok(_) => {
                    let taken = meter.stop(tries).await?;
                    self.check(&van).await?;
                    return Ok(taken);
                }
                Err(error) if error.is_transient() => {}
                Err(error) => return Err(error.into()),
            }
        }
        bail!("the first sync did not finish in {TRIES_MAX} tries")
    }

    /// A device that was away and one that was not each added 50 records and edited 10; the one that was away starts
    /// anew from its disk and syncs.
    ///
    /// # Errors
    /// When anything refuses, or something did not arrive.
    async fn reconnect(&mut self, pace: Pace) -> Result<Taken> {
        let (van, link) = self.newcomer(pace).await?;
        sync(&van).await?;
        let folder = van.folder().to_owned();
        let theirs = self.changes(&van).await?;
        let resident = self.resident.clone();
        let ours = self.changes(&resident).await?;
        sync(&resident).await?;
        van.client.close().await?;
        link.close_all();

        let van = Van::open(&folder).await?;
        let meter = Meter::start(link.counters(), &self.service).await?;
        let requests = sync(&van).await?;
        let taken = meter.stop(requests).await?;

        sync(&resident).await?;
        self.documents.extend(ours.iter().chain(&theirs));
        self.check(&van).await?;
        self.check(&resident).await?;
        let (third, _link) = self.newcomer(Pace::default()).await?;
        sync(&third).await?;
        self.check(&third).await?;
        ensure!(van.state().await? == third.state().await?, "the third device holds something else");
        Ok(taken)
    }

    /// A device with nothing to say connects anew, and there is nothing new for it.
    ///
    /// # Errors
    /// When anything refuses.
    async fn idle(&mut self) -> Result<Taken> {
        sync(&self.resident).await?;
        self.link.close_all();
        let meter = Meter::start(self.link.counters(), &self.service).await?;
        let requests = sync(&self.resident).await?;
        meter.stop(requests).await
    }

    /// A device that was never here, over a link of its own.
    async fn newcomer(&mut self, pace: Pace) -> Result<(Van, Proxy)> {
        self.rounds += 1;
        let link = Proxy::start(self.service.address(), pace).await?;
        let van = enrol(&self.service, UNIT.id, &format!("device-{}", self.rounds), link.address()).await?;
        Ok((van, link))
    }

    /// Adds 50 encounters and edits 10; the ids of the new ones.
    async fn changes(&mut self, van: &Van) -> Result<Vec<DocumentId>> {
        self.rounds += 1;
        let tour = Tour::of("2026-11-01".parse()?)?;
        let mut writer = Writer::new(100 + self.rounds, tour.start);
        let mut added = Vec::new();
        for _ in 0..ADDED {
            added.push(van.client.encounters().add(writer.encounter()).await?);
        }
        for n in 0..EDITED {
            let at = (usize::try_from(self.rounds)? * 37 + n * 101) % self.documents.len();
            van.client.encounters().update(self.documents[at], writer.edit()).await?;
        }
        Ok(added)
    }

    /// The device holds every document, and nothing of it waits.
    async fn check(&self, van: &Van) -> Result<()> {
        let held = van.client.encounters().find(Query::all()).await?;
        ensure!(held.len() == self.documents.len(), "{} of {} documents", held.len(), self.documents.len());
        ensure!(van.client.status().waiting == 0, "something still waits");
        Ok(())
    }
}

/// Measures them all.
///
/// # Errors
/// When anything refuses.
pub async fn measure(report: &mut Report) -> Result<()> {
    eprintln!("bench: {DOCUMENTS} documents are written and uploaded ...");
    let (mut bench, upload) = Bench::set_up().await?;
    report.add("upload of 2,000 documents", vec![upload], Limits::default());
    eprintln!("bench: first syncs ...");
    let first = bench.first_sync().await?;
    let whole = Limits { down: Some(500_000.0), ..Limits::default() };
    report.add("first sync of 2,000 documents", vec![first], whole);
    let cut = bench.first_sync_cut().await?;
    let twice = Limits { down: Some(2.0 * first.bytes_down as f64), ..Limits::default() };
    report.add("first sync, cut every 64 KiB", vec![cut], twice);
    eprintln!("bench: reconnects ...");
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        rounds.push(bench.reconnect(Pace::default()).await?);
    }
    let reconnect = Limits {
        up: Some(16_384.0),
        down: Some(16_384.0),
        requests: Some(1.0),
        server_cpu_us: Some(5_000.0),
        ..Limits::default()
    };
    report.add("reconnect, 60 changes on each side", rounds, reconnect);
    let edge = bench.reconnect(Pace::EDGE).await?;
    report.add("the same over EDGE", vec![edge], Limits { seconds: Some(4.0), ..Limits::default() });
    let idle = bench.idle().await?;
    report.add("idle reconnect", vec![idle], IDLE);
    let peak = peak_memory_bytes(&bench.service)? / (1024 * 1024);
    report.note("all of these", "server, peak MiB", peak as f64, None);
    Ok(())
}

/// Syncs to the end; how many requests it took.
pub async fn sync(van: &Van) -> Result<usize> {
    let mut requests = 0;
    loop {
        requests += van.client.sync_now().await.context("a sync over a link that works")?.exchanges;
        if van.client.status().waiting == 0 {
            return Ok(requests);
        }
    }
}
