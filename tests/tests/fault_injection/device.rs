//! A device whose field command is killed or loses its power, and the service it belongs to.
//!
//! The command works in one of three ways in turns: `jisr record` takes one record after another on its input; it is run
//! anew for each record; `jisr sync` is run again and again. Records are numbered, so that one that is missing, comes
//! twice or was never said to be kept is told from the others.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use jisr_client_sdk::{Query, RecordSync};
use jisr_sync_core::id::DocumentId;
use jisr_tests::freeze::freeze;
use jisr_tests::loop_disk::LoopDisk;
use jisr_tests::no_fsync;
use jisr_tests::processes::program;
use jisr_tests::rogue::Rogue;
use jisr_tests::service::{Service, UnitNames};
use rand::RngExt;
use rand::rngs::SmallRng;
use serde_json::{Value, json};

use crate::night::{journal, state_of};
use crate::patience;
use crate::tally::Found;

const UNIT: &str = "azilal-1";
/// What a device leaves free (32 MiB), its reserve (8 MiB), and some room.
const DISK_MEBIBYTES: u64 = 128;
/// No round records so many.
const ROUND: u64 = 1_000_000;

/// A device and the service it belongs to.
pub struct Device {
    service: Service,
    reader: Rogue,
    /// Where it has its store when the power can be cut.
    disk: Option<LoopDisk>,
    fsync: bool,
    /// Every id that was printed, with the number of its round's first record.
    said: BTreeMap<DocumentId, u64>,
    /// The records that were there when it was last looked at.
    before: BTreeMap<DocumentId, u64>,
}

/// How the field command works in a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// One that records what comes on its input.
    Stream,
    /// One after another, each with its record.
    Commands,
    /// One delivery after another.
    Sync,
}

/// The field command at work.
struct Work {
    way: Way,
    child: Child,
    feeding: Option<JoinHandle<()>>,
    /// The number of the next record.
    next: u64,
    /// Every id that was printed, in order.
    said: Vec<DocumentId>,
}

impl Device {
    /// A device that is enrolled and only killed.
    pub async fn enrolled() -> Self {
        Self::with(None, true).await
    }

    /// As [`Device::enrolled`], with its store on a disk of its own.
    pub async fn enrolled_on_a_disk(fsync: bool) -> Self {
        let disk = LoopDisk::new(DISK_MEBIBYTES, journal(0)).expect("a disk");
        let device = Self::with(Some(disk), fsync).await;
        device.disk().sync().expect("everything so far is on the disk");
        device
    }

    async fn with(disk: Option<LoopDisk>, fsync: bool) -> Self {
        let service = Service::start().expect("a service");
        service.add_unit(&UnitNames { id: UNIT, ar: UNIT, fr: UNIT }).expect("a unit");
        let reader = Rogue::join(&service, UNIT).await.expect("a reader");
        let (said, before) = (BTreeMap::new(), BTreeMap::new());
        let device = Self { service, reader, disk, fsync, said, before };
        let client = patience::client(&device.store()).await.expect("opens");
        let code = device.service.code(UNIT, "tablet").expect("a code");
        client.enrol(&device.service.url(), &code).await.expect("enrols");
        client.close().await.expect("closes");
        device
    }

    /// How many records the command said it kept.
    pub fn acknowledged(&self) -> usize {
        self.said.len()
    }

    /// Lets the command work for a while and kills it.
    pub fn kill(&mut self, round: u64, random: &mut SmallRng) {
        let mut work = self.set_to_work(round);
        // One in four is killed while it starts.
        let most = if round.is_multiple_of(4) { 40 } else { 250 };
        let end = Instant::now() + Duration::from_millis(random.random_range(1..most));
        while Instant::now() < end {
            thread::sleep(Duration::from_millis(1));
            self.go_on(&mut work);
        }
        self.end_of(work, round);
    }

    /// Lets the command work for a while and cuts the power under it.
    ///
    /// # Panics
    /// When it was not enrolled on a disk.
    pub fn cut(&mut self, round: u64, random: &mut SmallRng) {
        let mut work = self.set_to_work(round);
        let most = if work.way == Way::Sync { 150 } else { 500 };
        let end = Instant::now() + Duration::from_millis(random.random_range(1..most));
        while Instant::now() < end {
            if round % 4 < 2 {
                let (offset, bytes) = (random.random_range(0..2_u64 << 20), random.random_range(4_096..1 << 18));
                self.disk().write_back_early("store/engine/db", offset, bytes).expect("the log is there");
            }
            thread::sleep(Duration::from_millis(random.random_range(1..10)));
            self.go_on(&mut work);
        }
        freeze(work.child.id()).expect("stops");
        let left = self.disk().cut(journal(round)).expect("a copy of the disk");
        self.end_of(work, round);
        self.disk = Some(left);
    }

    fn set_to_work(&self, round: u64) -> Work {
        let way = match round % 3 {
            0 => Way::Sync,
            1 => Way::Stream,
            _ => Way::Commands,
        };
        let next = round * ROUND;
        let mut child = self.command(way, next);
        let input = child.stdin.take().expect("is piped");
        let feeding = (way == Way::Stream).then(|| thread::spawn(move || feed(input, next)));
        Work { way, child, feeding, next: next + 1, said: Vec::new() }
    }

    /// Runs the next command when the one before has ended.
    fn go_on(&self, work: &mut Work) {
        let Some(status) = work.child.try_wait().expect("can be asked") else { return };
        assert!(status.success() || work.way == Way::Sync, "recording never fails: {status}");
        work.said.extend(printed(&mut work.child));
        if work.way != Way::Stream {
            work.child = self.command(work.way, work.next);
            work.next += 1;
        }
    }

    /// Kills what is at work and notes what it had said.
    fn end_of(&mut self, mut work: Work, round: u64) {
        work.child.kill().expect("is killed");
        work.said.extend(printed(&mut work.child));
        work.child.wait().expect("ends");
        if let Some(feeding) = work.feeding {
            feeding.join().expect("ends with its reader");
        }
        self.said.extend(work.said.into_iter().map(|id| (id, round * ROUND)));
    }

    /// The field command on the device's store.
    fn command(&self, way: Way, number: u64) -> Child {
        let mut command = Command::new(program("jisr").expect("is built"));
        command.arg("--store").arg(self.store());
        let place = number.to_string();
        match way {
            Way::Stream => command.args(["record", "--json", "-"]),
            Way::Commands => {
                command.args(["record", "--outcome", "engaged", "--observed", "boys=2", "--place-text", &place])
            }
            Way::Sync => command.arg("sync"),
        };
        if !self.fsync {
            command.env("LD_PRELOAD", no_fsync::library().expect("a library"));
        }
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        command.spawn().expect("jisr starts")
    }

    fn store(&self) -> PathBuf {
        let folder = self.disk.as_ref().map_or(self.service.folder(), LoopDisk::path);
        folder.join("store")
    }

    fn disk(&self) -> &LoopDisk {
        self.disk.as_ref().expect("its store is on a disk of its own")
    }

    /// Opens what is left and compares it with what the command said in `round` and before.
    pub async fn found(&mut self, round: u64) -> Found {
        let here = match records(&self.store()).await {
            Ok(here) => here,
            Err(found) => return found,
        };
        let lost = self.said.keys().chain(self.before.keys()).filter(|id| !here.contains_key(id)).count();
        if lost > 0 {
            return Found::Lost(lost);
        }
        let new = here.iter().filter(|(id, _)| !self.before.contains_key(*id));
        let mut new: Vec<u64> = new.map(|(_, number)| *number).collect();
        new.sort_unstable();
        let said = self.said.values().filter(|first| **first == round * ROUND).count();
        // The last one may have been kept and not said.
        if !(said..=said + 1).contains(&new.len()) || !new.iter().copied().eq((round * ROUND..).take(new.len())) {
            return Found::Unsound(format!("{said} records were said to be kept, and there are {new:?}"));
        }
        self.before = here;
        Found::Whole
    }

    /// Delivers what waits: the server then holds everything that was printed, each record once.
    pub async fn end(mut self) {
        let client = patience::client(&self.store()).await.expect("opens");
        while client.status().waiting > 0 {
            client.sync_now().await.expect("delivers");
        }
        client.close().await.expect("closes");
        let here = records(&self.store()).await.expect("is sound");
        let held = state_of(&self.reader.exchange(&[]).await.expect("reads")).expect("every record comes once");
        assert!(self.said.keys().all(|id| held.contains_key(id)), "everything printed is on the server");
        assert!(held.keys().eq(here.keys()), "the server holds what the device holds, and nothing else");
        let checked = self.service.verify().expect("is sound");
        assert_eq!((&checked["documents"], &checked["findings"]), (&json!(here.len()), &json!([])));
    }
}

/// The records in a store, with their numbers: each is whole, and waits or was acknowledged.
async fn records(store: &Path) -> Result<BTreeMap<DocumentId, u64>, Found> {
    let unsound = |error: jisr_client_sdk::Error| Found::Unsound(format!("{error:#}"));
    let opened = patience::client(store).await;
    let client = opened.map_err(|error| Found::Unopenable(format!("{error:#}")))?;
    let all = client.encounters().find(Query::all().limit(usize::MAX)).await.map_err(unsound)?;
    let (mut here, mut waiting) = (BTreeMap::new(), 0);
    for stored in all {
        let whole = stored.value.missing().is_empty();
        match stored.sync {
            RecordSync::OnThisDevice if whole => waiting += 1,
            RecordSync::OnServer if whole => {}
            state => return Err(Found::Unsound(format!("a record is {state:?}, or lacks something"))),
        }
        let number = stored.value.place_text.and_then(|place| place.into_revealed().parse().ok());
        here.insert(stored.id, number.unwrap_or_default());
    }
    let counted = client.status().waiting;
    client.close().await.map_err(unsound)?;
    if counted == waiting {
        Ok(here)
    } else {
        Err(Found::Unsound(format!("{counted} wait by the outbox, {waiting} by the records")))
    }
}

/// Gives one record after another until nobody reads any more.
fn feed(mut input: impl Write, first: u64) {
    for number in first.. {
        let line = json!({ "outcome": "engaged", "observed": { "boys": 2 }, "place_text": number.to_string() });
        if writeln!(input, "{line}").is_err() {
            return;
        }
    }
}

/// The ids that a program had printed before it ended: alone on a line, or in its JSON.
fn printed(child: &mut Child) -> Vec<DocumentId> {
    let Some(said) = child.stdout.take() else { return Vec::new() };
    let lines = BufReader::new(said).lines().map_while(Result::ok);
    let id = |line: String| match serde_json::from_str::<Value>(&line) {
        Ok(line) => line["id"].as_str()?.parse().ok(),
        Err(_) => line.parse().ok(),
    };
    lines.filter_map(id).collect()
}
