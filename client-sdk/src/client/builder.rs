//! How a client is opened. The only place that reaches for the system's clock, entropy and network.

use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, RwLock};
use std::time::Duration;

use rand::SeedableRng;
use rand::rngs::StdRng;
use tokio::sync::{Notify, watch as cell};

use super::{Client, Inner, StopOnDrop, auto};
use crate::clock::{Clock, SystemClock};
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::exchange::off_thread;
use crate::local::Local;
use crate::store::Store;
use crate::store::kv::{self, KvStore};
use crate::transport::Transport;
use crate::transport::http::HttpTransport;

/// What a client is opened with.
#[must_use = "nothing is opened before `open`"]
pub struct ClientBuilder {
    dir: Option<PathBuf>,
    store: Option<Arc<dyn Store>>,
    transport: Option<Arc<dyn Transport>>,
    clock: Arc<dyn Clock>,
    seed: Option<u64>,
    interval: Option<Duration>,
    plain_http: bool,
}

impl ClientBuilder {
    pub(super) fn new(dir: Option<PathBuf>) -> Self {
        Self {
            dir,
            store: None,
            transport: None,
            clock: Arc::new(SystemClock),
            seed: None,
            interval: None,
            plain_http: false,
        }
    }

    /// Syncs by itself: soon after a change, every `interval` while something waits, rarely otherwise. Without it,
    /// only [`Client::sync_now`] calls the server.
    pub const fn auto_sync(mut self, interval: Duration) -> Self {
        self.interval = Some(interval);
        self
    }

    /// Allows plain HTTP to servers other than this machine. Records are then readable on the way: for a test bench.
    pub const fn allow_plain_http(mut self) -> Self {
        self.plain_http = true;
        self
    }

    /// Keeps its records in `store`.
    pub fn store(mut self, store: Arc<dyn Store>) -> Self {
        self.store = Some(store);
        self
    }

    /// Reaches the server by `transport`.
    pub fn transport(mut self, transport: Arc<dyn Transport>) -> Self {
        self.transport = Some(transport);
        self
    }

    /// Takes the time from `clock`.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Draws all that is random from `seed`: for tests that are to be repeatable. Two devices with one seed would
    /// write under one actor.
    #[cfg(any(test, feature = "testing"))]
    pub const fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// Opens the store and, with [`ClientBuilder::auto_sync`], starts the background task.
    ///
    /// # Errors
    /// [`Error::Store`]: with [`crate::store::StoreError::InUse`] when another program has the store open.
    pub async fn open(self) -> Result<Client> {
        let mut rng = self.seed.map_or_else(|| StdRng::from_rng(&mut rand::rng()), StdRng::seed_from_u64);
        let (dir, store, clock) = (self.dir, self.store, self.clock);
        let local_rng = StdRng::from_rng(&mut rng);
        let local = off_thread(move || {
            let store: Arc<dyn Store> = match (store, dir) {
                (Some(store), _) => store,
                (None, Some(dir)) => Arc::new(kv::open(&dir)?),
                (None, None) => Arc::new(KvStore::in_memory()?),
            };
            Local::open(store, clock, local_rng)
        });
        let local = Arc::new(local.await?);
        let transport = match self.transport {
            Some(transport) => transport,
            None => Arc::new(HttpTransport::new(self.plain_http).map_err(Error::from)?),
        };
        let enrolled = local.identity()?.enrolment.is_some_and(|enrolment| !enrolment.revoked);
        let engine = Engine::new(local.progress(), self.interval, enrolled);
        let revision = Arc::new(cell::Sender::new(0_u64));
        let told = Arc::clone(&revision);
        local.on_change(move || told.send_modify(|revision| *revision = revision.wrapping_add(1)));
        let inner = Arc::new(Inner {
            local: RwLock::new(Some(local)),
            transport,
            engine: Mutex::new(engine),
            rng: Mutex::new(rng),
            aim: Mutex::default(),
            connecting: AtomicBool::new(false),
            put_off: Mutex::default(),
            exchanging: tokio::sync::Mutex::new(()),
            revision,
            wake: Notify::new(),
            stop: cell::Sender::new(false),
        });
        if self.interval.is_some() {
            tokio::spawn(auto::run(Arc::clone(&inner)));
        }
        Ok(Client { _last: Arc::new(StopOnDrop(Arc::clone(&inner))), inner })
    }
}
