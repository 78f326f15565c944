//! What the clones of a client and its background task share.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use rand::rngs::StdRng;
use tokio::sync::{Notify, watch as cell};

use crate::carry::PutOff;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::exchange::FrameAim;
use crate::local::Local;
use crate::runtime::off_thread;
use crate::status::SyncStatus;
use crate::transport::Transport;

/// What the façade and its background task share.
pub(super) struct Inner {
    pub(super) local: RwLock<Option<Arc<Local>>>,
    pub(super) transport: Arc<dyn Transport>,
    pub(super) engine: Mutex<Engine>,
    pub(super) rng: Mutex<StdRng>,
    /// The aim for a frame's length, halved after a cut.
    pub(super) aim: Mutex<FrameAim>,
    pub(super) connecting: AtomicBool,
    /// Sealed files that the server asked to be brought later.
    pub(super) put_off: PutOff,
    /// Held by the exchange under way.
    pub(super) exchanging: tokio::sync::Mutex<()>,
    /// Raised by one with each change of what is held or how syncing stands.
    pub(super) revision: Arc<cell::Sender<u64>>,
    pub(super) wake: Notify,
    pub(super) stop: cell::Sender<bool>,
}

impl Inner {
    pub(super) fn local(&self) -> Result<Arc<Local>> {
        self.local.read().unwrap_or_else(PoisonError::into_inner).clone().ok_or(Error::Closed)
    }

    pub(super) fn engine(&self) -> MutexGuard<'_, Engine> {
        self.engine.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs what may wait for the disk on a thread that may wait. It runs to its end even when nobody waits for it.
    pub(super) async fn with_local<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Local) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let local = self.local()?;
        off_thread(move || work(&local)).await
    }

    /// As [`Inner::with_local`], for an edit: it is to be sent soon.
    pub(super) async fn edit<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Local) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let answer = self.with_local(work).await?;
        if let Ok(local) = self.local() {
            self.engine().handle_local_change(local.now());
            self.told();
            self.wake.notify_one();
        }
        Ok(answer)
    }

    pub(super) async fn set_paused(&self, paused: bool) -> Result<()> {
        let now = self.local()?.now();
        self.engine().handle_paused(paused, now);
        self.store_progress().await?;
        self.wake.notify_one();
        Ok(())
    }

    /// Keeps how syncing has gone, so that a restart does not forget it.
    pub(super) async fn store_progress(&self) -> Result<()> {
        let progress = self.engine().progress().clone();
        self.with_local(move |local| local.set_progress(progress)).await?;
        self.told();
        Ok(())
    }

    pub(super) fn told(&self) {
        self.revision.send_modify(|revision| *revision = revision.wrapping_add(1));
    }

    pub(super) fn status(&self) -> SyncStatus {
        let connecting = self.connecting.load(Ordering::Relaxed);
        let Ok(local) = self.local() else { return SyncStatus::closed() };
        let mut status = local.status(connecting);
        let engine = self.engine();
        status.next_attempt = if engine.progress().paused { None } else { engine.progress().next_attempt };
        status
    }
}
