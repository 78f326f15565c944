//! A weak link in the mountains: the first sync of a van's working set, and what a shift wrote.
//!
//! 128 kbit/s, 600 ms there and back, one segment in twenty lost. Each connection loses other segments; the median of
//! several counts. TLS would add one round trip and some 3 KB to each.

use anyhow::{Result, ensure};
use jisr_client_sdk::{Client, Query};
use jisr_sync_core::record::ShortCode;
use jisr_sync_core::time::OperationalDay;
use jisr_tests::fleet::enrol;
use jisr_tests::night::{Tour, play};
use jisr_tests::people;
use jisr_tests::proxy::{Pace, Proxy};
use jisr_tests::service::{Service, UnitNames, province_of};
use jisr_tests::van::Van;
use rand::SeedableRng;
use rand::rngs::StdRng;

use crate::measure::{Meter, Taken};
use crate::report::{Limits, Report};
use crate::rounds::sync;
use crate::workload::Writer;

const UNIT: UnitNames = UnitNames { id: "azilal-1", ar: "أزيلال 1", fr: "Azilal 1" };

/// The working set: so many persons, and so many nights with so many encounters each.
const PERSONS: usize = 300;
const NIGHTS: u32 = 90;
const FIRST_NIGHT: &str = "2026-08-22";
const ENCOUNTERS: usize = 20;

/// What a hard night brings.
const SHIFT_ENCOUNTERS: u32 = 60;

/// How often each is measured.
const RUNS: u64 = 3;

/// Measures a first sync and a shift's sync.
///
/// # Errors
/// When anything refuses, or something did not arrive.
pub async fn measure(report: &mut Report) -> Result<()> {
    eprintln!("bench: {PERSONS} persons and {NIGHTS} nights over a weak link ...");
    let service = Service::start()?;
    service.add_unit(&UNIT)?;
    let resident = enrol(&service, UNIT.id, "resident", service.address()).await?;
    let first_night: OperationalDay = FIRST_NIGHT.parse()?;
    write(&resident, first_night).await?;
    sync(&resident).await?;
    let link = Proxy::start(service.address(), Pace::MOUNTAIN).await?;
    let (mut first, mut shifts) = (Vec::new(), Vec::new());
    for run in 0..RUNS {
        let van = enrol(&service, UNIT.id, &format!("van-{run}"), link.address()).await?;
        first.push(over(&service, &link, &van).await?);
        let held = van.client.ids()?.len();
        ensure!(held == resident.client.ids()?.len(), "{held} records came");
        play(&van, Tour::of(first_night.plus_days(NIGHTS))?, "fz2", SHIFT_ENCOUNTERS, &mut StdRng::seed_from_u64(run))
            .await?;
        shifts.push(over(&service, &link, &van).await?);
        sync(&resident).await?;
        ensure!(resident.state().await? == van.state().await?, "the two hold the same");
    }
    let records = resident.client.persons().find(Query::all()).await?.len();
    ensure!(records >= PERSONS, "{records} persons");
    let seconds = |seconds| Limits { seconds: Some(seconds), ..Limits::default() };
    report.add("first sync of 300 persons and 90 nights, weak link", first, seconds(60.0));
    report.add("a shift of 60 encounters, weak link", shifts, seconds(10.0));
    Ok(())
}

/// A sync over a connection that has to be opened first.
async fn over(service: &Service, link: &Proxy, van: &Van) -> Result<Taken> {
    link.close_all();
    let meter = Meter::start(link.counters(), service).await?;
    let requests = sync(van).await?;
    meter.stop(requests).await
}

/// The working set.
async fn write(van: &Van, first_night: OperationalDay) -> Result<()> {
    let mut rng = StdRng::seed_from_u64(3);
    for night in 0..NIGHTS {
        let tour = Tour::of(first_night.plus_days(night))?;
        van.add_at(tour.end, Client::shifts, tour.over()).await?;
        let mut writer = Writer::new(u64::from(night), tour.start);
        for n in 0..ENCOUNTERS {
            let at = tour.at(n as i64, ENCOUNTERS as i64);
            van.add_at(at, Client::encounters, writer.encounter()).await?;
        }
    }
    for n in 0..PERSONS {
        let person = people::person(ShortCode::random(province_of(UNIT.id), &mut rng).to_string(), &mut rng);
        let night = Tour::of(first_night.plus_days(n as u32 % NIGHTS))?;
        van.add_at(night.start, Client::persons, person).await?;
    }
    Ok(())
}
