//! Opens what lies in a data folder and puts the server together from it.
//!
//! ```text
//! jisr.toml    the configuration (config.rs)
//! store/       the one store: records under keys `r`, the registry under keys `R`
//! admin.sock   while the server runs (admin/socket.rs)
//! ```

use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use futures_util::future::BoxFuture;
use jisr_durable_kv::{Kv, SledKv, SledOptions};
use jisr_sync_core::id::DocumentId;
use jisr_sync_core::time::{OperationalDay, ServiceZone, UnixMillis};

use crate::cli::Failure;
use crate::ports::{Day, DeviceContact, Exchange, RecordView, Records, RecordsError, Verification};
use crate::problem::{Kind, Problem};
use crate::registry::{KvRegistry, Unit};
use crate::state::{AppState, Settings};

/// Where the store of a data folder is.
pub fn store_in(folder: &Path) -> PathBuf {
    folder.join("store")
}

/// An open data folder. One process has it open at a time.
pub struct Opened {
    /// What requests and orders share.
    pub state: AppState,
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
        let registry = KvRegistry::open(kv, &mut rand::rng()).map_err(|error| Failure::other(&error))?;
        let records = Arc::new(Unwired);
        let state = AppState::new(Arc::new(registry), records.clone(), records, settings, zone);
        Ok(Self { state })
    }

    /// Closes it in order: nobody may still use the state.
    pub fn close(self) {
        drop(self.state);
    }
}

/// Stands where the records will be put in: says of everything that it is not available.
struct Unwired;

fn unwired<T>() -> Result<T, RecordsError> {
    Err(RecordsError::Unavailable("records are not part of this build".to_owned()))
}

impl Records for Unwired {
    fn day(&self, _: OperationalDay, _: &[Unit], _: UnixMillis) -> Result<Day, RecordsError> {
        unwired()
    }

    fn record(&self, _: DocumentId) -> Result<Option<RecordView>, RecordsError> {
        unwired()
    }

    fn contacts(&self) -> Result<Vec<DeviceContact>, RecordsError> {
        unwired()
    }

    fn ready(&self) -> Result<(), RecordsError> {
        unwired()
    }

    fn verify(&self, _: bool) -> Result<Verification, RecordsError> {
        unwired()
    }
}

impl Exchange for Unwired {
    fn exchange(&self, _: Body) -> BoxFuture<'static, Response> {
        Box::pin(async { Problem::from(Kind::NotReady).into_response() })
    }
}
