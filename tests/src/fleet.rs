//! A service with devices that reach it over links that can be cut.

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::{Context, Result};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use tokio::task::JoinSet;

use crate::proxy::{Cut, Pace, Proxy};
use crate::service::{Service, UnitNames};
use crate::van::Van;

/// A service, its devices, and the one link they all share.
pub struct Fleet {
    /// The service.
    pub service: Service,
    /// The link between every device and the server.
    pub link: Proxy,
    /// The devices, in the order of the units they were asked for.
    pub vans: Vec<Van>,
}

impl Fleet {
    /// A service with a device for each of `units`, all enrolled, the link whole. A unit named twice gets two devices.
    ///
    /// # Errors
    /// When anything refuses.
    pub async fn of(units: &[&'static str]) -> Result<Self> {
        Self::with(Service::start()?, units).await
    }

    /// As [`Fleet::of`], around a service that runs already.
    ///
    /// # Errors
    /// As [`Fleet::of`].
    pub async fn with(service: Service, units: &[&'static str]) -> Result<Self> {
        let link = Proxy::start(service.address(), Pace::default()).await?;
        let mut joining = Vec::new();
        for (at, unit) in units.iter().enumerate() {
            if !units[..at].contains(unit) {
                service.add_unit(&UnitNames { id: unit, ar: unit, fr: unit })?;
            }
            let (code, folder) = (service.code(unit, unit)?, service.folder().join(format!("device-{at}")));
            joining.push(tokio::spawn(join(folder, code, link.address())));
        }
        let mut vans = Vec::new();
        for van in joining {
            vans.push(van.await??);
        }
        Ok(Self { service, link, vans })
    }

    /// Enrols one more device to a unit that exists.
    ///
    /// # Errors
    /// When anything refuses.
    pub async fn enrol(&mut self, unit: &str) -> Result<Van> {
        let name = format!("device-{}", self.vans.len());
        let van = enrol(&self.service, unit, &name, self.link.address()).await?;
        self.vans.push(van.clone());
        Ok(van)
    }

    /// Cuts connections in the middle of requests and of answers, each at a random byte, two in three of them. The same
    /// seed cuts the same bytes of the same connections.
    pub fn cut_at_random(&self, seed: u64) {
        let mut rng = StdRng::seed_from_u64(seed);
        self.link.close_all();
        self.link.cut_by(move |_| {
            let after = rng.random_range(150..24_000);
            match rng.random_range(0..3) {
                0 => Cut { after_up: Some(after), after_down: None },
                1 => Cut { after_up: None, after_down: Some(after) },
                _ => Cut::default(),
            }
        });
    }

    /// Cuts nothing any more.
    pub fn cut_nothing(&self) {
        self.link.cut_by(|_| Cut::default());
        self.link.close_all();
    }

    /// Lets all devices at once deliver and receive everything, twice over, so that each has what the others brought.
    ///
    /// # Errors
    /// When one of them cannot.
    pub async fn settle(&self) -> Result<()> {
        for round in 0..2 {
            let mut under_way = JoinSet::new();
            for (number, van) in self.vans.iter().cloned().enumerate() {
                under_way.spawn(async move { (number, van.deliver().await) });
            }
            while let Some(done) = under_way.join_next().await {
                let (number, delivered) = done?;
                let ended = || if self.service.has_ended() { "; the server has ended by itself" } else { "" };
                delivered.with_context(|| format!("device {number}, round {round}{}", ended()))?;
            }
        }
        Ok(())
    }
}

/// Opens a device with its store in a new folder beside the service's, and enrols it to `unit` through `link`.
///
/// # Errors
/// When anything refuses.
pub async fn enrol(service: &Service, unit: &str, name: &str, link: SocketAddr) -> Result<Van> {
    join(service.folder().join(name), service.code(unit, name)?, link).await
}

async fn join(folder: PathBuf, code: String, link: SocketAddr) -> Result<Van> {
    let van = Van::open(&folder).await?;
    van.client.enrol(&format!("http://{link}"), &code).await?;
    Ok(van)
}
