//! The world of a run: its time, what is to happen when, and everything in it.
//!
//! One thread, one generator, one order of events: the same seed and plan give the same run, event by event.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use anyhow::{Context, Result};
use jisr_client_sdk::clock::Clock;
use jisr_sync_core::id::{ScopeId, UnitId};
use jisr_sync_core::planted::{self, Bug};
use jisr_sync_core::time::{ServiceZone, UnixMillis};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use tokio::runtime::Runtime;

use super::base::Base;
use super::disk::{Image, SimDisk};
use super::ledger::Ledger;
use super::link::Flight;
use super::meetings::HandingIn;
use super::phone::Phone;
use super::plan::{Counts, Fault, Plan};
use super::trace::Trace;
use crate::service::province_of;

/// 2026-11-23 18:00 in Morocco.
pub const START: i64 = 1_795_456_800_000;

/// A second, a minute, an hour and a day, in milliseconds.
pub const SECOND: i64 = 1_000;
/// See [`SECOND`].
pub const MINUTE: i64 = 60 * SECOND;
/// See [`SECOND`].
pub const HOUR: i64 = 60 * MINUTE;
/// See [`SECOND`].
pub const DAY: i64 = 24 * HOUR;

/// The first units of every world: two in one province, one in another.
const UNITS: [&str; 3] = ["azilal-1", "azilal-2", "khouribga-1"];

/// The provinces of larger worlds.
const PROVINCES: [&str; 5] = ["azilal", "khouribga", "beni-mellal", "khenifra", "fquih-ben-salah"];

/// So many units, in all provinces.
fn units(count: usize) -> Result<Vec<UnitId>> {
    let more = (1..).flat_map(|number| PROVINCES.map(|province| format!("{province}-{number}")));
    let first = UNITS.map(str::to_owned);
    let more = more.filter(|unit| !UNITS.contains(&unit.as_str()));
    first.into_iter().chain(more).take(count.max(UNITS.len())).map(|unit| Ok(unit.parse()?)).collect()
}

/// Where both sides of a meeting run: on threads that have the bug that this one has.
fn runtime() -> Result<Runtime> {
    let bug = Bug::ALL.into_iter().find(|bug| planted::is_planted(*bug));
    let mut builder = tokio::runtime::Builder::new_current_thread();
    Ok(builder.enable_time().on_thread_start(move || planted::plant(bug)).max_blocking_threads(2).build()?)
}

/// Something that is to happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// A crew does something.
    Deed(usize),
    /// A phone asks its engine whether to call.
    Wake(usize, u64),
    /// A phone makes the next exchange of its attempt.
    Again(usize, u64),
    /// The next piece of a request goes up.
    Up(u64),
    /// The next piece of an answer comes down.
    Down(u64),
    /// A phone looks whether an exchange still makes progress.
    Patience(u64, u64),
    /// The server's time for a request is up.
    RequestTime(u64),
    /// The server writes what waits.
    Commit(u64),
    /// A phone is switched on.
    PhoneOn(usize, u64),
    /// The server is started.
    BaseOn(u64),
    /// A request arrives once more.
    Replay(usize),
    /// A revoked device is enrolled again.
    Join(usize),
    /// A full disk has room again.
    Room(Option<usize>),
    /// A clock is set right.
    ClockRight(usize),
    /// Two crews go where there is no network.
    GoAway,
    /// Two phones meet.
    Meeting(usize, usize),
    /// A phone's work goes into a carry file.
    File,
    /// A carry file is brought to the server.
    Import(u64),
    /// A backup is made.
    Backup,
    /// Something goes wrong.
    Chaos,
}

/// A request as it was overheard.
#[derive(Debug, Clone)]
pub struct Overheard {
    /// Whose.
    pub phone: usize,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// The world of a run.
pub struct World {
    pub(super) plan: Plan,
    pub(super) rng: StdRng,
    pub(super) time: Arc<AtomicI64>,
    pub(super) queue: BTreeMap<(i64, u64), Event>,
    pub(super) numbers: u64,
    pub(super) base: Base,
    pub(super) base_images: Vec<Image>,
    pub(super) backups: Vec<PathBuf>,
    pub(super) zone: ServiceZone,
    pub(super) units: Vec<UnitId>,
    /// Where both sides of a meeting run.
    pub(super) runtime: Runtime,
    pub(super) files: BTreeMap<u64, Vec<u8>>,
    pub(super) handing_in: BTreeMap<u64, HandingIn>,
    pub(super) phones: Vec<Phone>,
    pub(super) flights: BTreeMap<u64, Flight>,
    pub(super) overheard: Vec<Overheard>,
    pub(super) ledger: Ledger,
    pub(super) trace: Trace,
    pub(super) counts: Counts,
    pub(super) healing: bool,
    /// Whether the server was ever put back.
    pub(super) restored: bool,
    pub(super) broken: Option<String>,
}

impl World {
    /// A world in which the server runs, every phone is enrolled, and the first night begins.
    ///
    /// # Errors
    /// When something refuses that nothing disturbs yet.
    pub fn new(seed: u64, plan: Plan) -> Result<Self> {
        let time = Arc::new(AtomicI64::new(START));
        let mut rng = StdRng::seed_from_u64(seed);
        let zone = ServiceZone::morocco()?;
        let mut base = Base::new(time.clone(), zone.clone())?;
        base.start(&mut rng)?;
        let running = base.running.as_ref().context("the server runs")?;
        let units = units(plan.units)?;
        units.iter().try_for_each(|unit| running.add_unit(unit.as_str()))?;
        let mut ledger = Ledger::default();
        for unit in &units {
            ledger.names.extend([ScopeId::Unit(unit.clone()), ScopeId::Province(province_of(unit.as_str()).parse()?)]);
        }
        let mut phones = Vec::new();
        for number in 0..plan.phones {
            // The first two are of one unit, so that two vans edit the same records.
            let unit = units[number.saturating_sub(1) % units.len()].clone();
            let mut phone = Phone::new(time.clone(), unit.clone(), SimDisk::new(), rng.random());
            phone.start()?;
            let device = running.enrol(&unit, phone.key()?, UnixMillis(START), &mut rng)?;
            phone.enrol(&device, jisr_server::registry::Fleet::server_id(&*running.fleet), UnixMillis(START))?;
            phones.push(phone);
        }
        let mut world = Self {
            plan,
            rng,
            time,
            queue: BTreeMap::new(),
            numbers: 0,
            base,
            base_images: Vec::new(),
            backups: Vec::new(),
            zone,
            units,
            runtime: runtime()?,
            files: BTreeMap::new(),
            handing_in: BTreeMap::new(),
            phones,
            flights: BTreeMap::new(),
            overheard: Vec::new(),
            ledger,
            trace: Trace::default(),
            counts: Counts::new(),
            healing: false,
            restored: false,
            broken: None,
        };
        for phone in 0..world.phones.len() {
            world.plan_deed(phone);
            world.plan_wake(phone);
        }
        world.plan_chaos();
        world.plan_meeting();
        world.plan_file();
        world.plan_backup();
        Ok(world)
    }

    /// The world's time.
    pub fn now(&self) -> i64 {
        self.time.load(Ordering::SeqCst)
    }

    /// The time a phone shows.
    pub(super) fn shown(&self, phone: usize) -> UnixMillis {
        self.phones[phone].clock.now()
    }

    /// Lets something happen after so many milliseconds.
    pub(super) fn after(&mut self, delay: i64, event: Event) {
        self.numbers += 1;
        self.queue.insert((self.now() + delay.max(0), self.numbers), event);
    }

    /// A number that nothing else in this run has.
    pub(super) fn number(&mut self) -> u64 {
        self.numbers += 1;
        self.numbers
    }

    /// Notes what happened.
    pub(super) fn note(&mut self, what: String) {
        self.trace.note(self.now() - START, what);
    }

    /// Notes a fault.
    pub(super) fn fault(&mut self, fault: Fault, where_: &str) {
        self.count(&format!("{fault}"), 1);
        self.note(format!("FAULT {fault} {where_}"));
    }

    /// Counts something for the report.
    pub(super) fn count(&mut self, what: &str, by: u64) {
        *self.counts.entry(what.to_owned()).or_default() += by;
    }

    /// Notes a broken promise. The first one counts.
    pub(super) fn breaks(&mut self, what: String) {
        self.note(format!("BROKEN {what}"));
        self.broken.get_or_insert(what);
    }

    /// Whether this kind of fault happens in this world, and now.
    pub(super) fn allows(&self, fault: Fault) -> bool {
        !self.healing && self.plan.faults.contains(&fault)
    }

    /// One of the link's faults that this world has, or none.
    pub(super) fn choose(&mut self, of: &[Fault]) -> Option<Fault> {
        let allowed: Vec<Fault> = of.iter().copied().filter(|fault| self.allows(*fault)).collect();
        if allowed.is_empty() { None } else { Some(allowed[self.rng.random_range(0..allowed.len())]) }
    }

    /// Lets events happen until `until`, until none is left, or until a promise is broken.
    pub fn run_until(&mut self, until: i64) {
        while self.broken.is_none() {
            let Some((&(at, number), _)) = self.queue.first_key_value() else { return };
            if at > until {
                self.time.store(until, Ordering::SeqCst);
                return;
            }
            let Some(event) = self.queue.remove(&(at, number)) else { return };
            self.time.store(at, Ordering::SeqCst);
            self.happen(event);
        }
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::Deed(phone) => self.deed(phone),
            Event::Wake(phone, wake) => self.wake(phone, wake),
            Event::Again(phone, life) => {
                if self.phones[phone].life == life {
                    self.launch(phone);
                }
            }
            Event::Up(flight) => self.up(flight),
            Event::Down(flight) => self.down(flight),
            Event::Patience(flight, progress) => self.patience(flight, progress),
            Event::RequestTime(flight) => self.request_time(flight),
            Event::Commit(life) => self.commit(life),
            Event::PhoneOn(phone, life) => {
                if self.phones[phone].life == life {
                    self.phone_on(phone);
                }
            }
            Event::BaseOn(life) => {
                if self.base.life == life {
                    self.base_on();
                }
            }
            Event::Replay(overheard) => self.replay(overheard),
            Event::Join(phone) => self.join(phone),
            Event::Room(phone) => self.make_room(phone),
            Event::ClockRight(phone) => self.phones[phone].clock.set_ahead(0),
            Event::GoAway => self.go_away(),
            Event::Meeting(one, other) => self.meeting(one, other),
            Event::File => self.make_file(),
            Event::Import(file) => self.import(file),
            Event::Backup => self.back_up(),
            Event::Chaos => {
                self.chaos();
                self.plan_chaos();
            }
        }
    }

    /// Plays the days of the plan, heals everything, lets all sync until nothing moves, and checks.
    pub fn play(&mut self) {
        self.run_until(START + i64::from(self.plan.days) * DAY);
        if self.broken.is_none() {
            self.heal();
        }
        if self.broken.is_none() {
            self.check();
        }
    }

    /// Ends all faults and lets everybody sync until nothing moves.
    fn heal(&mut self) {
        self.note("HEAL".to_owned());
        self.healing = true;
        self.queue.retain(|_, event| !is_over_when_healing(event));
        self.base.disk.arm(None);
        self.base.disk.leave_room(None);
        for phone in &mut self.phones {
            phone.away_until = 0;
            phone.disk.arm(None);
            phone.disk.leave_room(None);
        }
        if !self.base_after_step() {
            self.base.cut_power();
            self.base_on();
        }
        self.run_until(self.now() + HOUR);
        let mut before = None;
        for round in 0..40 {
            self.heal_round();
            if self.broken.is_some() {
                return;
            }
            let state = self.standing();
            if before.as_ref() == Some(&state) && self.phones.iter().all(|phone| phone.joins.is_none()) {
                self.note(format!("QUIET after {round} rounds"));
                return;
            }
            before = Some(state);
        }
        self.breaks("the fleet does not come to rest in forty rounds of syncing".to_owned());
    }

    fn heal_round(&mut self) {
        for phone in 0..self.phones.len() {
            if self.phones[phone].local.is_none() {
                self.phone_on(phone);
            }
            if self.phones[phone].joins.is_some() {
                self.join(phone);
            }
            self.phones[phone].engine.handle_sync_now();
            self.plan_wake(phone);
        }
        self.run_until(self.now() + 30 * MINUTE);
    }

    /// What moves while devices sync: waiting changes, cursors and heads.
    fn standing(&self) -> Vec<String> {
        let mut standing = Vec::new();
        for phone in &self.phones {
            let Some(local) = &phone.local else { continue };
            let cursors = local.cursors().unwrap_or_default();
            let newest = |(scope, history): (_, &jisr_client_sdk::store::CursorHistory)| {
                format!("{scope}:{:?}", history.newest().map(|cursor| cursor.number))
            };
            let cursors: Vec<String> = cursors.iter().map(newest).collect();
            standing.push(format!("{} {}", local.waiting().len(), cursors.join(" ")));
        }
        if let Some(running) = &self.base.running {
            use jisr_server::storage::Storage;
            let scopes = running.storage.scopes().unwrap_or_default();
            standing.extend(scopes.iter().map(|scope| format!("{:?}", running.storage.head(scope))));
        }
        standing
    }

    /// The kinds of faults that this world can have besides those of links.
    pub(super) fn disasters(&self) -> BTreeSet<Fault> {
        self.plan.faults.iter().copied().filter(|fault| !Fault::LINKS.contains(fault)).collect()
    }
}

/// What does not happen any more once all is to come to rest.
const fn is_over_when_healing(event: &Event) -> bool {
    use Event::{Backup, Chaos, Deed, File, GoAway, Meeting, Replay};
    matches!(event, Chaos | Deed(_) | Replay(_) | GoAway | Meeting(..) | File | Backup)
}
