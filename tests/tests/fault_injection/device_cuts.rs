//! The power of a device is cut under its command line: every id that was printed is there, and waits or was delivered.
//!
//! `jisr record` writes one record after another to a store on a disk of its own, or `jisr sync` delivers what waits;
//! at a random moment the program is stopped where it is and the disk copied. The next round works on the copy, as a
//! van's tablet would. In half of the cuts parts of the log reach the disk before they were asked to; the journal of
//! the file system is written every 5 or 300 seconds in turns. `JISR_DEVICE_CUTS` sets how often (20 in every run of
//! the tests). Needs root; says so and passes where that is not given.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use jisr_client_sdk::{Client, Query, RecordSync};
use jisr_sync_core::id::DocumentId;
use jisr_tests::freeze::freeze;
use jisr_tests::loop_disk::LoopDisk;
use jisr_tests::no_fsync;
use jisr_tests::processes::program;
use jisr_tests::rogue::Rogue;
use jisr_tests::service::{Service, UnitNames};
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};

use crate::child::times;
use crate::night::{journal, state_of};

const UNIT: &str = "azilal-1";
/// What a device leaves free (32 MiB), its reserve (8 MiB), and some room.
const DISK_MEBIBYTES: u64 = 128;
/// A device is given up for a new one after so many cuts.
const CUTS_OF_ONE_DEVICE: u64 = 10;

#[derive(Debug, Default, PartialEq, Eq)]
struct Outcome {
    cuts: u64,
    /// Ids that were printed.
    printed: usize,
    lost: usize,
    unsound: u64,
    unopenable: u64,
}

impl Outcome {
    const fn is_bad(&self) -> bool {
        self.lost > 0 || self.unsound > 0 || self.unopenable > 0
    }
}

/// A device on a disk of its own, and the service it belongs to.
struct Device {
    disk: LoopDisk,
    service: Service,
    reader: Rogue,
    fsync: bool,
    /// Every id that was printed.
    printed: BTreeSet<DocumentId>,
}

impl Device {
    async fn enrolled(fsync: bool) -> Self {
        let disk = LoopDisk::new(DISK_MEBIBYTES, journal(0)).expect("a disk");
        let service = Service::start().expect("a service");
        service.add_unit(&UnitNames { id: UNIT, ar: UNIT, fr: UNIT }).expect("a unit");
        let client = Client::at(disk.path().join("store")).open().await.expect("opens");
        client.enrol(&service.url(), &service.code(UNIT, "tablet").expect("a code")).await.expect("enrols");
        client.close().await.expect("closes");
        disk.sync().expect("everything so far is on the disk");
        let reader = Rogue::join(&service, UNIT).await.expect("a reader");
        Self { disk, service, reader, fsync, printed: BTreeSet::new() }
    }

    /// Lets a command work and cuts the power under it.
    fn cut(&mut self, round: u64, random: &mut SmallRng) {
        // One in three delivers what the others recorded, against a server that is there.
        let syncs = round.is_multiple_of(3);
        let mut child = if syncs { self.command(&["sync"]) } else { self.command(&["record", "--json", "-"]) };
        let input = child.stdin.take().expect("is piped");
        let feeding = thread::spawn(move || {
            if !syncs {
                feed(input);
            }
        });
        let most = if syncs { 150 } else { 500 };
        let end = Instant::now() + Duration::from_millis(random.random_range(1..most));
        while Instant::now() < end {
            if round % 4 < 2 {
                let (offset, bytes) = (random.random_range(0..2_u64 << 20), random.random_range(4_096..1 << 18));
                self.disk.write_back_early("store/engine/db", offset, bytes).expect("the log is there");
            }
            thread::sleep(Duration::from_millis(random.random_range(1..10)));
        }
        freeze(child.id()).expect("stops");
        let left = self.disk.cut(journal(round)).expect("a copy of the disk");
        child.kill().expect("is killed");
        if !syncs {
            self.printed.extend(printed(&mut child));
        }
        child.wait().expect("ends");
        feeding.join().expect("ends with its reader");
        self.disk = left;
    }

    /// The field command on the device's store.
    fn command(&self, arguments: &[&str]) -> Child {
        let mut command = Command::new(program("jisr").expect("is built"));
        command.arg("--store").arg(self.store()).args(arguments);
        if !self.fsync {
            command.env("LD_PRELOAD", no_fsync::library().expect("a library"));
        }
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        command.spawn().expect("jisr starts")
    }

    fn store(&self) -> std::path::PathBuf {
        self.disk.path().join("store")
    }

    /// Opens what the cut left and counts what is wrong with it.
    async fn judge(&self, outcome: &mut Outcome) {
        let (here, on_server) = match found(&self.store()).await {
            Ok(found) => found,
            Err(Wrong::Unopenable(why)) => {
                println!("cut {}, {} printed: {why}", outcome.cuts, self.printed.len());
                outcome.unopenable += 1;
                return;
            }
            Err(Wrong::Unsound(why)) => {
                println!("cut {}, {} printed: {why}", outcome.cuts, self.printed.len());
                outcome.unsound += 1;
                return;
            }
        };
        let lost = self.printed.iter().filter(|id| !here.contains(id) && !on_server.contains(id)).count();
        if lost > 0 {
            println!("cut {}, {} printed: {lost} lost", outcome.cuts, self.printed.len());
        }
        outcome.lost += lost;
    }

    /// Delivers what waits: the server then holds everything that was printed, each record once.
    async fn end(mut self) {
        let client = Client::at(self.store()).open().await.expect("opens");
        while client.status().waiting > 0 {
            client.sync_now().await.expect("delivers");
        }
        let here = client.encounters().find(Query::all()).await.expect("reads").into_iter();
        let here: BTreeSet<_> = here.map(|stored| stored.id).collect();
        let held = state_of(&self.reader.exchange(&[]).await.expect("reads")).expect("every record comes once");
        assert!(self.printed.iter().all(|id| held.contains_key(id)), "everything printed is on the server");
        assert_eq!(held.keys().copied().collect::<BTreeSet<_>>(), here);
        let checked = self.service.verify().expect("is sound");
        assert_eq!((&checked["documents"], &checked["findings"]), (&json!(here.len()), &json!([])));
    }
}

enum Wrong {
    Unopenable(String),
    Unsound(String),
}

/// The records that wait, and those that were acknowledged.
async fn found(store: &Path) -> Result<(BTreeSet<DocumentId>, BTreeSet<DocumentId>), Wrong> {
    let opened = Client::at(store).open().await;
    let client = opened.map_err(|error| Wrong::Unopenable(format!("{error:#}")))?;
    let all = client.encounters().find(Query::all()).await.map_err(|error| Wrong::Unsound(error.to_string()))?;
    let (mut waiting, mut on_server) = (BTreeSet::new(), BTreeSet::new());
    for stored in all {
        match stored.sync {
            RecordSync::OnThisDevice if stored.value.missing().is_empty() => _ = waiting.insert(stored.id),
            RecordSync::OnServer if stored.value.missing().is_empty() => _ = on_server.insert(stored.id),
            state => return Err(Wrong::Unsound(format!("a record is {state:?}, or lacks something"))),
        }
    }
    let counted = client.status().waiting;
    client.close().await.map_err(|error| Wrong::Unsound(error.to_string()))?;
    if counted != waiting.len() {
        return Err(Wrong::Unsound(format!("{counted} wait by the outbox, {} by the records", waiting.len())));
    }
    Ok((waiting, on_server))
}

/// Gives one record after another until nobody reads any more.
fn feed(mut input: impl Write) {
    let line = json!({ "outcome": "engaged", "observed": { "boys": 2 }, "place_text": "Souk" });
    while writeln!(input, "{line}").is_ok() {}
}

/// The ids that a program had printed before it was killed.
fn printed(child: &mut Child) -> Vec<DocumentId> {
    let lines = BufReader::new(child.stdout.take().expect("is piped")).lines().map_while(Result::ok);
    let id = |line: String| serde_json::from_str::<Value>(&line).ok()?["id"].as_str()?.parse().ok();
    lines.filter_map(id).collect()
}

/// Cuts the power `cuts` times, or until something is lost.
async fn cut_again_and_again(cuts: u64, fsync: bool) -> Outcome {
    let mut random = SmallRng::seed_from_u64(11);
    let mut outcome = Outcome::default();
    while outcome.cuts < cuts && !outcome.is_bad() {
        let mut device = Device::enrolled(fsync).await;
        let end = cuts.min(outcome.cuts + CUTS_OF_ONE_DEVICE);
        while outcome.cuts < end && !outcome.is_bad() {
            outcome.cuts += 1;
            device.cut(outcome.cuts, &mut random);
            device.judge(&mut outcome).await;
        }
        outcome.printed += device.printed.len();
        if !outcome.is_bad() {
            device.end().await;
        }
    }
    outcome
}

#[tokio::test(flavor = "multi_thread")]
async fn every_id_the_field_command_printed_is_there_when_the_power_of_the_device_is_cut() {
    if let Some(reason) = LoopDisk::unavailable() {
        println!("SKIPPED: {reason}");
        return;
    }
    let start = Instant::now();
    let outcome = cut_again_and_again(times("JISR_DEVICE_CUTS", 20), true).await;

    println!("device: {outcome:?} in {} s", start.elapsed().as_secs());
    assert!(!outcome.is_bad(), "{outcome:?}");
    assert!(outcome.printed as u64 > outcome.cuts, "the command came to write: {outcome:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_fsync_the_same_cuts_under_the_device_lose_data() {
    if let Some(reason) = LoopDisk::unavailable() {
        println!("SKIPPED: {reason}");
        return;
    }
    let start = Instant::now();
    let outcome = cut_again_and_again(times("JISR_CUTS_WITHOUT_FSYNC", 12), false).await;

    println!("device without fsync: {outcome:?} in {} s", start.elapsed().as_secs());
    assert!(outcome.is_bad(), "the harness does not notice a missing fsync: {outcome:?}");
}
