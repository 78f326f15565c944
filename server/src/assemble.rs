//! Opens what lies in a data folder and puts the server together from it.
//!
//! ```text
//! jisr.toml    the configuration (config.rs)
//! store/       the one store: records under keys `r`, the registry under keys `R`
//! lease        what tells whether the store was put back by hand (lease.rs)
//! admin.sock   while the server runs (admin/socket.rs)
//! ```

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jisr_durable_kv::{Kv, SledKv, SledOptions};
use jisr_sync_core::time::ServiceZone;

use crate::access::{Throttle, Viewer};
use crate::cli::Failure;
use crate::kept::Kept;
use crate::lease::{self, Found, LeaseError};
use crate::registry::{Deed, KvRegistry};
use crate::state::{AppState, Settings, system_clock};
use crate::writer::WriterThread;

/// Where the store of a data folder is.
pub fn store_in(folder: &Path) -> PathBuf {
    folder.join("store")
}

/// An open data folder. One process has it open at a time.
pub struct Opened {
    /// What requests and orders share.
    pub state: AppState,
    kept: Arc<Kept>,
    writer: WriterThread,
    /// The folder whose lease is held, when it is.
    leased: Option<PathBuf>,
}

impl Opened {
    /// Opens the folder's store, making an empty one when there is none.
    ///
    /// # Errors
    /// When the store is in use, damaged, of a newer format, or the disk is full.
    pub fn open(folder: &Path, settings: Settings) -> Result<Self, Failure> {
        let zone = ServiceZone::morocco().map_err(|error| Failure::other(&error))?;
        let store = SledKv::open(store_in(folder), SledOptions::server());
        let kv: Arc<dyn Kv> = Arc::new(store.map_err(|error| Failure::of_store(&error, folder))?);
        let registry = KvRegistry::open(kv.clone(), &mut rand::rng()).map_err(|error| Failure::other(&error))?;
        let registry = Arc::new(registry);
        let throttle = Arc::new(Throttle::default());
        let limit = throttle.clone();
        let too_often = move |device| limit.device(device).err().map(|problem| problem.retry_after_s.unwrap_or(1));
        let kept = Kept::open(kv, registry.clone(), zone.clone(), system_clock(), Arc::new(too_often));
        let (kept, writer) = kept.map_err(|error| Failure::other(&error))?;
        let kept = Arc::new(kept);
        let state = AppState { throttle, ..AppState::new(registry, kept.clone(), kept.clone(), settings, zone) };
        Ok(Self { state, kept, writer, leased: None })
    }

    /// As [`Opened::open`], for a server that devices are about to reach: a store that was put back by hand is noticed,
    /// and its logs get new epochs.
    ///
    /// # Errors
    /// As [`Opened::open`], and when the lease cannot be renewed.
    pub fn open_to_serve(folder: &Path, settings: Settings) -> Result<Self, Failure> {
        let mut opened = Self::open(folder, settings)?;
        let of_lease = |error: LeaseError| Failure::other(&error);
        if lease::renew(folder, opened.kept.storage(), &mut rand::rng()).map_err(of_lease)? == Found::Copied {
            tracing::warn!("the store is a copy or an older one: every log has a new epoch, and devices read it again");
            let noted = opened.state.audit(&Viewer::Anonymous, Deed::EpochsRenewed, "");
            noted.map_err(|error| Failure::other(&error))?;
        }
        opened.leased = Some(folder.to_path_buf());
        Ok(opened)
    }

    /// Closes it in order: what waits for the writer is written, then the store is closed. Nobody may still use the
    /// state.
    pub fn close(self) {
        self.writer.shut_down();
        if let Some(folder) = self.leased {
            // Whoever copies the folder from here on has another lease than whoever copied it while it was served.
            if let Err(error) = lease::renew(&folder, self.kept.storage(), &mut rand::rng()) {
                tracing::warn!(%error, "the lease was not renewed");
            }
        }
        drop(self.kept);
        drop(self.state);
    }
}
