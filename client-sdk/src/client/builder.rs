//! How a client is opened. The only place that reaches for the system's clock, entropy and network.

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, RwLock};
use std::time::Duration;

use rand::SeedableRng;
use rand::rngs::StdRng;
use tokio::sync::{Notify, watch as cell};

use super::{Client, Inner, StopOnDrop, auto};
use crate::clock::Clock;
use crate::engine::Engine;
use crate::error::Result;
use crate::local::Local;
use crate::runtime::{self, off_thread};
use crate::store::Store;
use crate::transport::Transport;

/// What a client is opened with.
#[must_use = "nothing is opened before `open`"]
pub struct ClientBuilder {
    store: OpenStore,
    transport: OpenTransport,
    clock: Arc<dyn Clock>,
    seed: Option<u64>,
    interval: Option<Duration>,
}

/// Where the records live, opened on a thread that may wait for the disk.
type OpenStore = Box<dyn FnOnce() -> Result<Arc<dyn Store>> + Send>;

/// The way to the server; it is told whether plain HTTP is allowed.
enum OpenTransport {
    /// What was passed in.
    Given(Arc<dyn Transport>),
    /// HTTPS, as the system speaks it.
    #[cfg(feature = "native")]
    Http { plain: bool },
}

impl OpenTransport {
    fn open(self) -> Result<Arc<dyn Transport>> {
        match self {
            Self::Given(transport) => Ok(transport),
            #[cfg(feature = "native")]
            Self::Http { plain } => Ok(Arc::new(crate::transport::http::HttpTransport::new(plain)?)),
        }
    }
}

impl ClientBuilder {
    pub(super) fn with(store: Arc<dyn Store>, transport: Arc<dyn Transport>, clock: Arc<dyn Clock>) -> Self {
        let store: OpenStore = Box::new(move || Ok(store));
        Self { store, transport: OpenTransport::Given(transport), clock, seed: None, interval: None }
    }

    #[cfg(feature = "native")]
    pub(super) fn at(dir: std::path::PathBuf) -> Self {
        Self::native(Box::new(move || Ok(Arc::new(crate::store::kv::open(&dir)?))))
    }

    #[cfg(feature = "native")]
    pub(super) fn in_memory() -> Self {
        Self::native(Box::new(|| Ok(Arc::new(crate::store::kv::KvStore::in_memory()?))))
    }

    #[cfg(feature = "native")]
    fn native(store: OpenStore) -> Self {
        let (transport, clock) = (OpenTransport::Http { plain: false }, Arc::new(crate::clock::SystemClock));
        Self { store, transport, clock, seed: None, interval: None }
    }

    /// Syncs by itself: soon after a change, every `interval` while something waits, rarely otherwise. Without it,
    /// only [`Client::sync_now`] calls the server.
    pub const fn auto_sync(mut self, interval: Duration) -> Self {
        self.interval = Some(interval);
        self
    }

    /// Allows plain HTTP to servers other than this machine. Records are then readable on the way: for a test bench.
    #[cfg(feature = "native")]
    pub fn allow_plain_http(mut self) -> Self {
        if let OpenTransport::Http { plain } = &mut self.transport {
            *plain = true;
        }
        self
    }

    /// Keeps its records in `store`.
    pub fn store(mut self, store: Arc<dyn Store>) -> Self {
        self.store = Box::new(move || Ok(store));
        self
    }

    /// Reaches the server by `transport`.
    pub fn transport(mut self, transport: Arc<dyn Transport>) -> Self {
        self.transport = OpenTransport::Given(transport);
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
    /// [`crate::Error::Store`]: with [`crate::store::StoreError::InUse`] when another program has the store open.
    pub async fn open(self) -> Result<Client> {
        let mut rng = self.seed.map_or_else(|| StdRng::from_rng(&mut rand::rng()), StdRng::seed_from_u64);
        let (store, clock) = (self.store, self.clock);
        let local_rng = StdRng::from_rng(&mut rng);
        let local = off_thread(move || Local::open(store()?, clock, local_rng));
        let local = Arc::new(local.await?);
        let transport = self.transport.open()?;
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
            drop(runtime::begin(auto::run(Arc::clone(&inner))));
        }
        Ok(Client { _last: Arc::new(StopOnDrop(Arc::clone(&inner))), inner })
    }
}
