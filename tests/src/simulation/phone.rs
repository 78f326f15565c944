//! A phone: the device's real records, engine and exchange over a disk and a clock that fail.
//!
//! **Fault model.** It ends between any two steps or during a write, with the loss of all that was in memory; its
//! clock lies by any amount and jumps; its disk does what [`super::disk`] says, and can be put back to an image.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use jisr_client_sdk::KeepRule;
use jisr_client_sdk::clock::Clock;
use jisr_client_sdk::engine::Engine;
use jisr_client_sdk::local::Local;
use jisr_client_sdk::store::Enrolment;
use jisr_client_sdk::store::kv::KvStore;
use jisr_client_sdk::testing::FrameAim;
use jisr_server::registry::Device;
use jisr_sync_core::id::{DeviceId, DocumentId, UnitId};
use jisr_sync_core::sync::ServerId;
use jisr_sync_core::time::UnixMillis;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::disk::{Image, SimDisk};
use super::ledger::{Deed, Key};

/// How often a phone with something to send calls the server.
const INTERVAL: Duration = Duration::from_secs(600);

/// The clock of a phone: the world's time, wrong by some amount.
#[derive(Debug)]
pub struct PhoneClock {
    time: Arc<AtomicI64>,
    ahead: AtomicI64,
}

impl PhoneClock {
    /// Sets it wrong by so many milliseconds.
    pub fn set_ahead(&self, ahead: i64) {
        self.ahead.store(ahead, Ordering::SeqCst);
    }

    fn ahead(&self) -> i64 {
        self.ahead.load(Ordering::SeqCst)
    }
}

impl Clock for PhoneClock {
    fn now(&self) -> UnixMillis {
        UnixMillis(self.time.load(Ordering::SeqCst) + self.ahead())
    }
}

/// The incarnation of a phone's data, and how often its store was opened in it.
pub type PhoneLife = ([u8; 8], u64);

/// A phone.
pub struct Phone {
    /// Its disk.
    pub disk: Arc<SimDisk>,
    /// Its clock.
    pub clock: Arc<PhoneClock>,
    /// What it holds, while it is on.
    pub local: Option<Arc<Local>>,
    /// When it tries.
    pub engine: Engine,
    /// How long its frames are to be.
    pub aim: FrameAim,
    /// Raised by one whenever it ends.
    pub life: u64,
    /// The exchange under way.
    pub flight: Option<u64>,
    /// Whether an attempt to sync is under way: it is alone with the server then.
    pub busy: bool,
    /// Until when there is no network where it is.
    pub away_until: i64,
    /// How many exchanges of this attempt were made.
    pub round: usize,
    /// Which planned look at the engine counts.
    pub wake: u64,
    /// The unit it belongs to.
    pub unit: UnitId,
    /// The device it is enrolled as.
    pub device: DeviceId,
    /// What waits in its outbox, by index.
    pub waiting: BTreeMap<u64, Key>,
    /// A deed whose write failed so that nobody knows whether it survives.
    pub doubtful: Option<Deed>,
    /// The tour its crew is on, with its day's end.
    pub shift: Option<(DocumentId, i64)>,
    /// Images of its disk, with the life they are of.
    pub images: Vec<(PhoneLife, Image)>,
    /// Whether it was put back or copied and has not spoken with the server since: its crew waits.
    pub hold: bool,
    /// Whether it was ever revoked, moved or copied, so that the server may keep some of its work aside.
    pub unsettled: bool,
    /// The unit it is to join when it is enrolled again.
    pub joins: Option<UnitId>,
    /// Whether old records leave it as soon as a backup has them.
    hasty: bool,
    /// Entropy for nonces and delays.
    pub rng: StdRng,
}

impl Phone {
    /// A phone that was never switched on.
    pub fn new(time: Arc<AtomicI64>, unit: UnitId, disk: SimDisk, seed: u64) -> Self {
        Self {
            disk: Arc::new(disk),
            clock: Arc::new(PhoneClock { time, ahead: AtomicI64::new(0) }),
            local: None,
            engine: Engine::new(Default::default(), Some(INTERVAL), false),
            aim: FrameAim::default(),
            life: 0,
            flight: None,
            busy: false,
            away_until: 0,
            round: 0,
            wake: 0,
            unit,
            device: DeviceId::from_bytes([0; 16]),
            waiting: BTreeMap::new(),
            doubtful: None,
            shift: None,
            images: Vec::new(),
            hold: false,
            unsettled: false,
            joins: None,
            hasty: seed.is_multiple_of(3),
            rng: StdRng::seed_from_u64(seed),
        }
    }

    /// Switches it on.
    ///
    /// # Errors
    /// When its disk fails; it can be tried again.
    pub fn start(&mut self) -> Result<()> {
        self.disk.turn_on();
        let store = KvStore::new(self.disk.clone())?;
        let rng = StdRng::seed_from_u64(self.rng.random());
        let local = Local::open(Arc::new(store), self.clock.clone(), rng)?;
        if self.hasty && local.keep_rule() != KeepRule::HASTY {
            local.set_keep_rule(KeepRule::HASTY)?;
        }
        let identity = local.identity()?;
        let enrolled = identity.enrolment.as_ref().is_some_and(|enrolment| !enrolment.revoked);
        // What it is shows in its store: an enrolment may have survived the write that seemed to fail.
        if let Some(enrolment) = identity.enrolment {
            (self.device, self.unit) = (identity.device, enrolment.unit);
            self.joins = self.joins.take().filter(|to| !enrolled || *to != self.unit);
        }
        self.engine = Engine::new(local.progress(), Some(INTERVAL), enrolled);
        self.local = Some(Arc::new(local));
        Ok(())
    }

    /// Ends it, as a power cut does.
    pub fn cut_power(&mut self) {
        self.disk.arm(None);
        self.disk.cut_power();
        self.local = None;
        self.flight = None;
        self.busy = false;
        self.life += 1;
        self.aim = FrameAim::default();
    }

    /// Whether it was told that it is revoked.
    pub fn is_revoked(&self) -> bool {
        let enrolment = self.local.as_ref().and_then(|local| local.enrolment().ok());
        enrolment.is_some_and(|enrolment| enrolment.revoked)
    }

    /// The public part of its key.
    ///
    /// # Errors
    /// When it is off, or its store has lost the key.
    pub fn key(&self) -> Result<[u8; 32]> {
        let local = self.local.as_ref().context("the phone is on")?;
        let key = local.identity()?.signing_key().context("a phone has a key")?;
        Ok(key.verifying_key().to_bytes())
    }

    /// Stores the place in the service that the server gave.
    ///
    /// # Errors
    /// When it is off, or its store fails.
    pub fn enrol(&mut self, device: &Device, server: ServerId, now: UnixMillis) -> Result<()> {
        let local = self.local.as_ref().context("the phone is on")?;
        let scopes = device.scopes();
        let enrolment = Enrolment::new("sim".to_owned(), server, device.unit.clone(), device.province.clone(), scopes);
        local.enrol(enrolment)?;
        self.device = device.id;
        self.unit = device.unit.clone();
        self.shift = None;
        self.engine.handle_enrolled(true, now);
        Ok(())
    }
}
