//! Two laptops meet without a server, and one of them delivers for both.
//!
//! Beside it stands what the two would have sent, had each delivered its own: a meeting moves as much, one delivery for
//! both costs as much up as two, and who comes later only asks what became of its own.

use std::time::Instant;

use anyhow::{Result, ensure};
use jisr_client_sdk::Client;
use jisr_sync_core::id::{DeviceId, DocumentId};
use jisr_tests::fleet::enrol;
use jisr_tests::night::Tour;
use jisr_tests::proxy::{Pace, Proxy};
use jisr_tests::rogue::Rogue;
use jisr_tests::service::{Service, UnitNames};
use jisr_tests::van::Van;

use crate::measure::{Meter, Taken};
use crate::report::{Limits, Report};
use crate::rounds::sync;
use crate::workload::Writer;

const UNIT: UnitNames = UnitNames { id: "azilal-1", ar: "أزيلال 1", fr: "Azilal 1" };

/// How many records each laptop has.
const RECORDS: usize = 60;

/// Measures the meeting, the delivery of both laptops' records by one, and what the other needs afterwards.
///
/// # Errors
/// When anything refuses, or a record is missing or under another's name.
pub async fn measure(report: &mut Report) -> Result<()> {
    eprintln!("bench: two laptops meet ...");
    let service = Service::start()?;
    service.add_unit(&UNIT)?;
    let link = Proxy::start(service.address(), Pace::default()).await?;
    let mut alone = 0;
    for seed in [1, 2] {
        let van = laptop(&service, &link, &format!("alone-{seed}")).await?;
        write(&van, seed).await?;
        alone += deliver(&service, &link, &van).await?.bytes_up;
    }
    let (one, other) = (laptop(&service, &link, "one").await?, laptop(&service, &link, "other").await?);
    let (first, second) = (write(&one, 3).await?, write(&other, 4).await?);
    link.close_all();

    let (met, changes) = meet(&one, &other).await?;
    ensure!(changes == 2 * RECORDS, "{changes} changes were exchanged");
    let both = Limits { bytes: Some(alone as f64), ..Limits::default() };
    report.add("two laptops with 60 records each meet", vec![met], both);
    let taken = deliver(&service, &link, &one).await?;
    report.add("one delivers for both", vec![taken], Limits { up: Some(alone as f64), ..Limits::default() });
    let late = deliver(&service, &link, &other).await?;
    report.add("the other comes later", vec![late], Limits { up: Some(alone as f64), ..Limits::default() });

    let (by_one, by_other) = (one.client.device()?, other.client.device()?);
    ensure!(authors(&service, &first).await? == vec![by_one; RECORDS], "the first laptop's records are its own");
    ensure!(authors(&service, &second).await? == vec![by_other; RECORDS], "the second laptop's records are its own");
    Ok(())
}

async fn laptop(service: &Service, link: &Proxy, name: &str) -> Result<Van> {
    let van = enrol(service, UNIT.id, name, link.address()).await?;
    sync(&van).await?;
    Ok(van)
}

async fn write(van: &Van, seed: u64) -> Result<Vec<DocumentId>> {
    let tour = Tour::of("2026-11-20".parse()?)?;
    let mut writer = Writer::new(seed, tour.start);
    let mut written = Vec::new();
    for n in 0..RECORDS {
        let at = tour.at(n as i64, RECORDS as i64);
        written.push(van.add_at(at, Client::encounters, writer.encounter()).await?);
    }
    Ok(written)
}

async fn deliver(service: &Service, link: &Proxy, van: &Van) -> Result<Taken> {
    let meter = Meter::start(link.counters(), service).await?;
    let requests = sync(van).await?;
    meter.stop(requests).await
}

/// `one` shares, `other` joins: what it took as the second saw it, and how many changes passed.
async fn meet(one: &Van, other: &Van) -> Result<(Taken, usize)> {
    let sharing = one.client.share("127.0.0.1:0".parse()?).await?;
    let started = Instant::now();
    let (listened, joined) =
        tokio::join!(one.client.meet(&sharing), other.client.join(sharing.address()?, sharing.code()));
    listened?;
    let joined = joined?;
    let taken = Taken {
        seconds: started.elapsed().as_secs_f64(),
        bytes_up: joined.bytes_sent as u64,
        bytes_down: joined.bytes_received as u64,
        connections: 1,
        ..Taken::default()
    };
    Ok((taken, joined.given + joined.received))
}

/// Who wrote each of these records, as the server tells whoever reads its log.
async fn authors(service: &Service, documents: &[DocumentId]) -> Result<Vec<DeviceId>> {
    let read = Rogue::join(service, UNIT.id).await?.exchange(&[]).await?;
    Ok(read.written.iter().filter(|(id, _)| documents.contains(id)).map(|(_, by)| *by).collect())
}
