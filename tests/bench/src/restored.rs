//! Yesterday's backup is put back, and the vans that have synced since bring back what came after it.
//!
//! The peer is the missing day itself: what it cost when it was delivered the first time. Three times over: the vans come
//! back by themselves, each when it looks for the server the next time; they all come in one moment, and wait as long as
//! the server asks those it has no turn for; and nobody waits, which shows what of the time is work.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use jisr_client_sdk::clock::{Clock as _, SystemClock};
use jisr_client_sdk::{Client, Error};
use jisr_sync_core::time::OperationalDay;
use jisr_tests::browser::Browser;
use jisr_tests::fleet::Fleet;
use jisr_tests::night::{Tour, play};
use jisr_tests::van::{State, Van};
use rand::SeedableRng;
use rand::rngs::StdRng;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::measure::{Taken, read};
use crate::report::{Limits, Report};

const UNITS: [&str; 20] = [
    "azilal-1",
    "azilal-2",
    "azilal-3",
    "azilal-4",
    "beni-mellal-1",
    "beni-mellal-2",
    "beni-mellal-3",
    "beni-mellal-4",
    "fquih-ben-salah-1",
    "fquih-ben-salah-2",
    "fquih-ben-salah-3",
    "fquih-ben-salah-4",
    "khenifra-1",
    "khenifra-2",
    "khenifra-3",
    "khenifra-4",
    "khouribga-1",
    "khouribga-2",
    "khouribga-3",
    "khouribga-4",
];

/// The nights that the backup holds, and the one after it.
const NIGHTS: [&str; 5] = ["2026-11-18", "2026-11-19", "2026-11-20", "2026-11-21", "2026-11-22"];
const MISSING: &str = "2026-11-23";

/// Encounters of one van in one night.
const ENCOUNTERS: u32 = 20;

/// Every van looks for the server this often while something waits, and fifteen times as rarely when it has nothing.
const INTERVAL: Duration = Duration::from_millis(500);

/// The figures are back within this, or not at all.
const BACK_MAX: Duration = Duration::from_secs(300);

/// How often the day's figures are looked at.
const LOOK: Duration = Duration::from_millis(50);

/// How the vans come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Return {
    ByThemselves,
    AtOnce,
    Impatient,
}

impl Return {
    const ALL: [Self; 3] = [Self::ByThemselves, Self::AtOnce, Self::Impatient];

    const fn name(self) -> &'static str {
        match self {
            Self::ByThemselves => "backup put back; vans come by themselves",
            Self::AtOnce => "backup put back; all vans at once, each in its turn",
            Self::Impatient => "backup put back; all vans at once, nobody waits",
        }
    }
}

/// Measures every way.
///
/// # Errors
/// When anything refuses, or something does not come back.
pub async fn measure(report: &mut Report) -> Result<()> {
    eprintln!("bench: twenty vans work five nights, a backup is taken, they work one more ...");
    let mut bench = Bench::set_up().await?;
    let first = bench.first;
    report.add("the night after the backup, when it was delivered", vec![first], Limits::default());
    for how in Return::ALL {
        let name = how.name();
        eprintln!("bench: {name} ...");
        let (taken, shown_after) = bench.put_back(how).await?;
        let peer = Limits {
            up: Some(first.bytes_up as f64),
            down: Some(first.bytes_down as f64),
            bytes: Some(first.bytes() as f64),
            ..Limits::default()
        };
        report.add(name, vec![taken], peer);
        report.note(name, "bytes a van", (taken.bytes() / UNITS.len() as u64) as f64, None);
        report.note(name, "figures back, seconds", shown_after, None);
    }
    ensure!(held(&bench.fleet).await? == bench.held, "the vans hold something else than before");
    Ok(())
}

struct Bench {
    fleet: Fleet,
    backup: String,
    day: OperationalDay,
    /// What the night after the backup took when it was delivered.
    first: Taken,
    /// What the supervisor saw of it, and what every van held.
    shown: Value,
    held: Vec<State>,
    documents: Value,
}

impl Bench {
    async fn set_up() -> Result<Self> {
        let fleet = Fleet::of(&UNITS).await?;
        let day: OperationalDay = MISSING.parse()?;
        fleet.service.plan(&UNITS, day, "20:00", "04:30")?;
        for (number, night) in NIGHTS.iter().enumerate() {
            night_of(&fleet, night.parse()?, number as u64).await?;
            fleet.settle().await?;
        }
        let file = fleet.service.folder().join("yesterday.jisr");
        let backup = file.to_str().context("the temporary folder's path is text")?.to_owned();
        fleet.service.order(&["backup", &backup])?;
        night_of(&fleet, day, 99).await?;
        let (before, started) = (read(fleet.link.counters()), Instant::now());
        fleet.settle().await?;
        let first = taken(&fleet, before, started);
        let shown = shown(&fleet.service.sign_in().await?, day).await?;
        let held = held(&fleet).await?;
        let documents = fleet.service.verify()?["documents"].clone();
        Ok(Self { fleet, backup, day, first, shown, held, documents })
    }

    /// The server loses the last night; what it took until no van had anything to say any more, and after how many seconds
    /// the supervisor saw the day as before.
    async fn put_back(&mut self, how: Return) -> Result<(Taken, f64)> {
        if how == Return::ByThemselves {
            self.open_again(true).await?;
        }
        self.fleet.service.kill();
        self.fleet.service.order(&["restore", &self.backup, "--replace"])?;
        self.fleet.link.close_all();
        let before = read(self.fleet.link.counters());
        self.fleet.service.start_again()?;
        let started = Instant::now();
        let browser = self.fleet.service.sign_in().await?;
        ensure!(
            how == Return::ByThemselves || shown(&browser, self.day).await? != self.shown,
            "the server has lost the day"
        );
        let back = self.figures_are_back(&browser, started);
        let (after, ()) = match how {
            Return::ByThemselves => tokio::try_join!(back, have_come(&self.fleet.vans))?,
            Return::AtOnce => tokio::try_join!(back, come_at_once(&self.fleet.vans, BACK_MAX))?,
            Return::Impatient => tokio::try_join!(back, come_at_once(&self.fleet.vans, LOOK))?,
        };
        let taken = taken(&self.fleet, before, started);
        if how == Return::ByThemselves {
            self.open_again(false).await?;
        }
        self.check().await?;
        Ok((taken, after))
    }

    async fn figures_are_back(&self, browser: &Browser, started: Instant) -> Result<f64> {
        while started.elapsed() < BACK_MAX {
            if shown(browser, self.day).await? == self.shown {
                return Ok(started.elapsed().as_secs_f64());
            }
            tokio::time::sleep(LOOK).await;
        }
        bail!("the figures are not back after {} s", BACK_MAX.as_secs())
    }

    /// Opens every van again, syncing by itself or only when it is told to.
    async fn open_again(&mut self, by_itself: bool) -> Result<()> {
        for van in &mut self.fleet.vans {
            let folder = van.folder().to_owned();
            van.client.clone().close().await?;
            *van = Van::open(&folder).await?;
            if by_itself {
                van.client.clone().close().await?;
                van.client = Client::at(&folder).auto_sync(INTERVAL).open().await?;
            }
        }
        Ok(())
    }

    /// The server has every document again, and is sound.
    async fn check(&self) -> Result<()> {
        self.fleet.settle().await?;
        let verified = self.fleet.service.verify()?;
        ensure!(verified["findings"] == json!([]) && verified["documents"] == self.documents, "{verified}");
        Ok(())
    }
}

/// A night of every van, all with what the others wrote before.
async fn night_of(fleet: &Fleet, day: OperationalDay, seed: u64) -> Result<()> {
    let tour = Tour::of(day)?;
    for (number, van) in fleet.vans.iter().enumerate() {
        let mut rng = StdRng::seed_from_u64(seed * 100 + number as u64);
        play(van, tour, "fz2", ENCOUNTERS, &mut rng).await?;
    }
    Ok(())
}

/// Every van syncs now, and again when it was asked to wait: after that time, but after `longest` at the latest.
async fn come_at_once(vans: &[Van], longest: Duration) -> Result<()> {
    let mut under_way = JoinSet::new();
    for van in vans.iter().cloned() {
        under_way.spawn(async move {
            let until = Instant::now() + BACK_MAX;
            while Instant::now() < until {
                match van.client.sync_now().await {
                    Ok(_) if van.client.status().waiting == 0 => return Ok(()),
                    Ok(_) => {}
                    Err(Error::RetryAfter(asked)) => tokio::time::sleep(asked.min(longest)).await,
                    Err(error) if error.is_transient() => {}
                    Err(error) => return Err(anyhow::Error::from(error)),
                }
            }
            bail!("a van is not done")
        });
    }
    while let Some(done) = under_way.join_next().await {
        done??;
    }
    Ok(())
}

/// Waits until every van has synced well since now, by itself, and has nothing to say any more.
async fn have_come(vans: &[Van]) -> Result<()> {
    let (now, started) = (SystemClock.now(), Instant::now());
    let has_come = |van: &&Van| {
        let status = van.client.status();
        status.waiting == 0 && status.last_success.is_some_and(|at| at > now)
    };
    while vans.iter().filter(has_come).count() < vans.len() {
        ensure!(started.elapsed() < BACK_MAX, "not every van has come");
        tokio::time::sleep(LOOK).await;
    }
    Ok(())
}

fn taken(fleet: &Fleet, before: (u64, u64, u64), started: Instant) -> Taken {
    let now = read(fleet.link.counters());
    Taken {
        seconds: started.elapsed().as_secs_f64(),
        bytes_up: now.0 - before.0,
        bytes_down: now.1 - before.1,
        connections: now.2 - before.2,
        ..Taken::default()
    }
}

/// The figures of a day without the instant they were asked at.
async fn shown(browser: &Browser, day: OperationalDay) -> Result<Value> {
    let shown = browser.activity(day).await?;
    let units: BTreeMap<_, _> = shown.by_unit.iter().map(|unit| (unit.unit.to_string(), json!(unit.figures))).collect();
    Ok(json!([shown.total, shown.completeness.state, shown.completeness.reported, units]))
}

async fn held(fleet: &Fleet) -> Result<Vec<State>> {
    let mut held = Vec::new();
    for van in &fleet.vans {
        held.push(van.state().await?);
    }
    Ok(held)
}
