//! A server that is killed or loses its power, and the devices that deliver to it meanwhile.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use jisr_client_sdk::{Client, Collection, Error, FieldRecord, Query, RecordSync};
use jisr_sync_core::codes::{ContactOutcome, ObservedGroup};
use jisr_sync_core::id::DocumentId;
use jisr_sync_core::record::{Encounter, ShortCode};
use jisr_tests::fleet::Fleet;
use jisr_tests::freeze::freeze;
use jisr_tests::loop_disk::LoopDisk;
use jisr_tests::people;
use jisr_tests::rogue::{Exchanged, Rogue};
use jisr_tests::service::Service;
use jisr_tests::van::{State, Van};
use rand::rngs::{SmallRng, StdRng};
use rand::{RngExt, SeedableRng};
use tokio::task::JoinHandle;

use crate::tally::Found;

/// The disk of a server: what it leaves free (512 MiB), its reserve (64 MiB), and some room. Hardly any of it is real.
const DISK_MEBIBYTES: u64 = 832;

/// Two devices of one unit and one of another, in one province.
const UNITS: [&str; 3] = ["azilal-1", "azilal-1", "azilal-2"];
/// For each device the reader that reads the same scopes, and for each reader its unit.
const READER_OF: [usize; 3] = [0, 0, 1];
const READERS: [&str; 2] = ["azilal-1", "azilal-2"];

/// A service with its devices.
pub struct Night {
    fleet: Fleet,
    readers: Vec<Rogue>,
    /// Every change that a device showed as on the server.
    told: State,
    written: Arc<Mutex<BTreeSet<DocumentId>>>,
    /// Where the server has its data when the power can be cut. Dropped after the server.
    disk: Option<LoopDisk>,
}

impl Night {
    /// A fresh service with its devices, whose server is only killed.
    pub async fn begin() -> Self {
        Self::around(Service::start_logged().expect("a service"), None).await
    }

    /// As [`Night::begin`], with the server on a disk of its own. Without `fsync` the server's does nothing once
    /// everybody is enrolled.
    pub async fn begin_on_a_disk(fsync: bool) -> Self {
        let disk = LoopDisk::new(DISK_MEBIBYTES, journal(0)).expect("a disk");
        let service = Service::start_in(disk.path().join("data")).expect("a service");
        let mut night = Self::around(service, Some(disk)).await;
        if !fsync {
            let service = &mut night.fleet.service;
            service.kill();
            night.disk.iter().for_each(|disk| disk.sync().expect("everything so far is on the disk"));
            service.lose_fsync();
            service.start_again().expect("starts");
        }
        night
    }

    async fn around(service: Service, disk: Option<LoopDisk>) -> Self {
        let fleet = Fleet::with(service, &UNITS).await.expect("a fleet");
        let mut readers = Vec::new();
        for unit in READERS {
            readers.push(Rogue::join(&fleet.service, unit).await.expect("a reader"));
        }
        Self { fleet, readers, told: State::new(), written: Arc::default(), disk }
    }

    /// How many changes devices were told are on the server.
    pub fn acknowledged(&self) -> usize {
        changes(&self.told)
    }

    /// Lets the devices deliver for a while and cuts the server's power under it. It is not started again.
    ///
    /// # Panics
    /// When it was not begun on a disk.
    pub async fn cut(&mut self, round: u64, random: &mut SmallRng) {
        let crews = self.set_to_work(round);
        self.run_until_the_cut(round, random).await;
        freeze(self.fleet.service.process().expect("the server runs")).expect("stops");
        let left = self.disk().cut(journal(round)).expect("a copy of the disk");
        // Answers on their way are still taken in.
        self.call_home(crews).await;
        self.fleet.service.move_to(left.path().join("data"));
        self.disk = Some(left);
    }

    /// Lets the devices deliver for a while and kills the server under them; one in five once more, while it opens what
    /// the first kill left. It is not started again.
    pub async fn kill(&mut self, round: u64, random: &mut SmallRng) {
        let crews = self.set_to_work(round);
        tokio::time::sleep(Duration::from_millis(random.random_range(5..300))).await;
        self.fleet.service.kill();
        if round.is_multiple_of(5) {
            self.fleet.service.begin_again().expect("begins");
            tokio::time::sleep(Duration::from_millis(random.random_range(1..120))).await;
            self.fleet.service.kill();
        }
        self.call_home(crews).await;
    }

    /// Lets every device record, edit and deliver until [`Night::call_home`].
    fn set_to_work(&self, round: u64) -> Crews {
        let stop = Arc::new(AtomicBool::new(false));
        let crew = |(van, number): (Van, u64)| {
            let written = Arc::clone(&self.written);
            tokio::spawn(keep_busy(van, round * 10 + number, Arc::clone(&stop), written))
        };
        let busy = self.fleet.vans.iter().cloned().zip(1..).map(crew).collect();
        Crews { stop, busy }
    }

    /// Ends the server and the work, and notes what each device was told by then.
    async fn call_home(&mut self, crews: Crews) {
        crews.stop.store(true, Ordering::SeqCst);
        self.fleet.service.kill();
        for crew in crews.busy {
            crew.await.expect("recording never fails, and syncing only for want of the server");
        }
        for van in &self.fleet.vans {
            take_in(&mut self.told, told(van).await);
        }
    }

    fn disk(&self) -> &LoopDisk {
        self.disk.as_ref().expect("its server is on a disk of its own")
    }

    async fn run_until_the_cut(&mut self, round: u64, random: &mut SmallRng) {
        if round.is_multiple_of(3) {
            // Killed first, so that what is opened before the cut was in the memory of the kernel only.
            tokio::time::sleep(Duration::from_millis(random.random_range(20..200))).await;
            self.fleet.service.kill();
            self.fleet.service.start_again().expect("starts");
        }
        let end = Instant::now() + Duration::from_millis(random.random_range(60..600));
        while Instant::now() < end {
            if round % 4 < 2 {
                let (offset, bytes) = (random.random_range(0..4_u64 << 20), random.random_range(4_096..1 << 20));
                self.disk().write_back_early("data/store/engine/db", offset, bytes).expect("the log is there");
            }
            tokio::time::sleep(Duration::from_millis(random.random_range(1..10))).await;
        }
        if round.is_multiple_of(5) {
            self.fleet.service.kill();
            self.fleet.service.begin_again().expect("begins");
            tokio::time::sleep(Duration::from_millis(random.random_range(1..120))).await;
        }
    }

    /// Starts a server on what is left and compares it with what devices were told.
    pub async fn found(&mut self) -> Found {
        if let Err(error) = self.fleet.service.start_again() {
            let log = self.fleet.service.log().unwrap_or_default();
            let last: Vec<_> = log.lines().rev().take(3).collect();
            return Found::Unopenable(format!("{error:#}: {}", last.join(" | ")));
        }
        let held = match self.held().await {
            Ok(held) => held,
            Err(why) => return Found::Unsound(why),
        };
        let mut all = State::new();
        held.into_iter().for_each(|held| take_in(&mut all, held));
        let none = BTreeSet::new();
        let lost = self.told.iter().map(|(id, told)| told.difference(all.get(id).unwrap_or(&none)).count()).sum();
        if lost > 0 {
            return Found::Lost(lost);
        }
        match self.fleet.service.verify() {
            Ok(checked) if checked["documents"] == all.len() && checked["findings"] == serde_json::json!([]) => {
                Found::Whole
            }
            Ok(checked) => Found::Unsound(format!("{} documents read, verify: {checked}", all.len())),
            Err(error) => Found::Unsound(format!("{error:#}")),
        }
    }

    /// What each reader reads; every record must come once.
    async fn held(&mut self) -> Result<Vec<State>, String> {
        let mut held = Vec::new();
        for reader in &mut self.readers {
            let read = reader.exchange(&[]).await.map_err(|error| format!("{error:#}"))?;
            held.push(state_of(&read)?);
        }
        Ok(held)
    }

    /// Lets everybody deliver and receive everything: the same records everywhere, each once, and no others.
    pub async fn end(mut self) {
        self.fleet.settle().await.expect("everything is delivered");
        let held = self.held().await.expect("every record comes once");
        for (van, reader) in self.fleet.vans.iter().zip(READER_OF) {
            assert!(van.state().await.expect("reads") == held[reader], "a device holds what the server holds");
            assert_eq!(van.client.status().set_aside, 0, "nothing is set aside");
        }
        let everywhere: BTreeSet<_> = held.iter().flat_map(|held| held.keys().copied()).collect();
        let written = self.written.lock().expect("nobody panicked").clone();
        assert_eq!(everywhere, written, "what was recorded is on the server, and nothing else");
        let checked = self.fleet.service.verify().expect("is sound");
        assert_eq!(checked["documents"], written.len());
    }
}

/// Devices at work.
struct Crews {
    stop: Arc<AtomicBool>,
    busy: Vec<JoinHandle<()>>,
}

/// The journal's interval in seconds.
pub fn journal(round: u64) -> u32 {
    if round.is_multiple_of(2) { 5 } else { 300 }
}

/// Records, edits and syncs until told to stop. It fails for nothing but want of the server.
async fn keep_busy(van: Van, seed: u64, stop: Arc<AtomicBool>, written: Arc<Mutex<BTreeSet<DocumentId>>>) {
    let mut random = StdRng::seed_from_u64(seed);
    let mut before = None;
    for number in 0_u32.. {
        if stop.load(Ordering::SeqCst) {
            return;
        }
        let id = if number % 5 == 4 {
            let code = ShortCode::random("azilal", &mut random).to_string();
            van.client.persons().add(people::person(code, &mut random)).await.expect("is kept")
        } else {
            van.client.encounters().add(encounter()).await.expect("is kept")
        };
        written.lock().expect("nobody panicked").insert(id);
        if let Some(met) = before.filter(|_| number % 5 == 3) {
            let more = move |met: &mut Encounter| _ = met.observed.insert(ObservedGroup::Girls, number);
            assert!(van.client.encounters().update(met, more).await.expect("is kept"));
        }
        before = (number % 5 != 4).then_some(id);
        match van.client.sync_now().await {
            Ok(_) | Err(Error::Offline | Error::Interrupted | Error::RetryAfter(_)) => {}
            Err(error) => panic!("a sync fails for another reason than the server's absence: {error}"),
        }
    }
}

/// An encounter that lacks nothing.
pub fn encounter() -> Encounter {
    let mut encounter =
        Encounter { outcome: Some(ContactOutcome::Engaged), place_text: Some("Souk".into()), ..Encounter::default() };
    encounter.observed.insert(ObservedGroup::Boys, 2);
    encounter
}

/// Every change of every record that the device shows as on the server.
async fn told(van: &Van) -> State {
    let mut told = State::new();
    for id in [on_server(&van.client.encounters()).await, on_server(&van.client.persons()).await].concat() {
        told.insert(id, history(&van.client, id).await);
    }
    told
}

async fn history(client: &Client, id: DocumentId) -> BTreeSet<jisr_sync_core::id::ChangeHash> {
    client.history(id).await.expect("reads").into_iter().map(|entry| entry.change).collect()
}

async fn on_server<R: FieldRecord>(records: &Collection<R>) -> Vec<DocumentId> {
    let all = records.find(Query::all()).await.expect("reads");
    all.into_iter().filter(|stored| stored.sync == RecordSync::OnServer).map(|stored| stored.id).collect()
}

/// What a whole answer holds, when it holds every record once.
pub fn state_of(read: &Exchanged) -> Result<State, String> {
    let state = read.state();
    match read.pulled.len() {
        _ if !read.ended => Err("the answer was cut".to_owned()),
        pulled if pulled != changes(&state) => Err(format!("{pulled} records for {} changes", changes(&state))),
        _ => Ok(state),
    }
}

fn changes(state: &State) -> usize {
    state.values().map(BTreeSet::len).sum()
}

/// Takes in every change of `other`.
fn take_in(state: &mut State, other: State) {
    for (id, changes) in other {
        state.entry(id).or_default().extend(changes);
    }
}
