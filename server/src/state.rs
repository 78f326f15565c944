//! What every request shares.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use jisr_sync_core::id::{ProvinceId, UnitId};
use jisr_sync_core::time::{ServiceZone, UnixMillis};

use crate::access::{Target, Throttle, Viewer};
use crate::ports::{Exchange, Records};
use crate::problem::{Kind, Problem};
use crate::registry::{AuditEntry, Deed, Registry, RegistryError, Territory, Unit};

/// What an administrator can set that requests look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Whether people reach the server over https, through a proxy that speaks it. Cookies are then sent over https
    /// only.
    pub https: bool,
    /// The address people and devices reach the server under, for enrolment links. Example: `https://jisr.example`.
    pub public_url: String,
    /// Whether a proxy on this machine states callers' addresses in `X-Forwarded-For`.
    pub behind_proxy: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self { https: false, public_url: "http://127.0.0.1:8080".to_owned(), behind_proxy: false }
    }
}

/// The server's time. Tests set it; the program reads the system's clock.
pub type Clock = Arc<dyn Fn() -> UnixMillis + Send + Sync>;

/// The clock of the system.
pub fn system_clock() -> Clock {
    Arc::new(|| UnixMillis(jiff::Timestamp::now().as_millisecond()))
}

/// What every request shares. Cheap to clone.
#[derive(Clone)]
pub struct AppState {
    /// Units, devices, accounts, the audit log.
    pub registry: Arc<dyn Registry>,
    /// The records.
    pub records: Arc<dyn Records>,
    /// The sync protocol.
    pub exchange: Arc<dyn Exchange>,
    /// Limits on how often somebody may try.
    pub throttle: Arc<Throttle>,
    /// Settings.
    pub settings: Arc<Settings>,
    /// The zone whose dates count.
    pub zone: ServiceZone,
    /// The server's time.
    pub clock: Clock,
    /// How many password checks may run at once: each takes 19 MiB.
    pub passwords: Arc<tokio::sync::Semaphore>,
}

impl AppState {
    /// A state with the system's clock and fresh limits.
    pub fn new(
        registry: Arc<dyn Registry>,
        records: Arc<dyn Records>,
        exchange: Arc<dyn Exchange>,
        settings: Settings,
        zone: ServiceZone,
    ) -> Self {
        Self {
            registry,
            records,
            exchange,
            throttle: Arc::new(Throttle::default()),
            settings: Arc::new(settings),
            zone,
            clock: system_clock(),
            passwords: Arc::new(tokio::sync::Semaphore::new(2)),
        }
    }

    /// The time by the server's clock.
    pub fn now(&self) -> UnixMillis {
        (self.clock)()
    }

    /// Runs what blocks (the store, passwords) on a thread that may wait.
    ///
    /// # Errors
    /// [`Kind::Internal`] when it panicked.
    pub async fn blocking<T: Send + 'static>(
        &self,
        act: impl FnOnce(&Self) -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let state = self.clone();
        tokio::task::spawn_blocking(move || act(&state)).await.map_err(|_| Kind::Internal.into())
    }

    /// Notes in the audit log who did what to which id. A log that cannot be written is an error: what must be
    /// traceable must not happen untraced.
    ///
    /// # Errors
    /// When the store fails.
    pub fn audit(&self, viewer: &Viewer, deed: Deed, target: impl Into<String>) -> Result<(), RegistryError> {
        let entry = AuditEntry { at: self.now(), by: viewer.name(), deed, target: target.into(), because: None };
        self.registry.append_audit(&entry)
    }

    /// As [`AppState::audit`], with the reason that the person gave.
    ///
    /// # Errors
    /// When the store fails.
    pub fn audit_with(
        &self,
        viewer: &Viewer,
        deed: Deed,
        target: impl Into<String>,
        because: &str,
    ) -> Result<(), RegistryError> {
        let because = Some(because.to_owned());
        let entry = AuditEntry { at: self.now(), by: viewer.name(), deed, target: target.into(), because };
        self.registry.append_audit(&entry)
    }

    /// The unit of this id as a target.
    ///
    /// # Errors
    /// [`Kind::NotFound`] when there is none.
    pub fn unit_target(&self, id: &UnitId) -> Result<Target, Problem> {
        let unit = self.registry.unit(id)?.ok_or(Kind::NotFound)?;
        Ok(Target::Unit { unit: unit.id, province: unit.province })
    }

    /// The units that a viewer's territory and the chosen filters leave, in ascending order.
    ///
    /// # Errors
    /// When the store fails.
    pub fn units_for(
        &self,
        viewer: &Viewer,
        unit: Option<&UnitId>,
        province: Option<&ProvinceId>,
    ) -> Result<Vec<Unit>, RegistryError> {
        let Viewer::SignedIn(account) = viewer else { return Ok(Vec::new()) };
        let own = |u: &Unit| match &account.territory {
            Territory::Unit(id) => u.id == *id,
            Territory::Province(id) => u.province == *id,
            Territory::Region => true,
        };
        let chosen = |u: &Unit| unit.is_none_or(|id| u.id == *id) && province.is_none_or(|id| u.province == *id);
        Ok(self.registry.units()?.into_iter().filter(|u| own(u) && chosen(u)).collect())
    }
}

/// The address of whoever calls, or the unspecified one where there is none (in tests).
#[derive(Debug, Clone, Copy)]
pub struct Caller(pub IpAddr);

impl Default for Caller {
    fn default() -> Self {
        Self(IpAddr::V4(Ipv4Addr::UNSPECIFIED))
    }
}
