//! Exchanges: one at a time, by themselves or when asked, and never cut short by a caller that goes away.

use std::sync::Arc;
use std::sync::PoisonError;
use std::sync::atomic::Ordering;

use jisr_sync_core::sync::Nonce;

use super::Inner;
use crate::carry;
use crate::error::{Error, Result};
use crate::exchange::{self, EXCHANGES_MAX, Next, SyncReport};
use crate::runtime;

/// Runs exchanges as the engine says, until the client stops.
pub(super) async fn run(inner: Arc<Inner>) {
    let mut stopped = inner.stop.subscribe();
    while !*stopped.borrow_and_update() {
        let Ok(local) = inner.local() else { return };
        let now = local.now();
        drop(local);
        let (action, timeout) = {
            let engine = inner.engine();
            (engine.poll_action(now), engine.poll_timeout(now))
        };
        if action.is_some() {
            if let Err(error) = sync(&inner).await {
                tracing::info!(code = error.code(), "sync did not succeed; it will be tried again");
            }
            continue;
        }
        let wait = async {
            match timeout {
                Some(timeout) => runtime::sleep(timeout).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = wait => {}
            () = inner.wake.notified() => {}
            _ = stopped.changed() => {}
        }
    }
}

/// Exchanges all there is with the server, as a task of its own.
pub(super) async fn sync(inner: &Arc<Inner>) -> Result<SyncReport> {
    let inner = Arc::clone(inner);
    runtime::begin(async move { sync_alone(&inner).await }).await.unwrap_or(Err(Error::Closed))
}

async fn sync_alone(inner: &Arc<Inner>) -> Result<SyncReport> {
    let _alone = inner.exchanging.lock().await;
    let local = inner.local()?;
    local.enrolment()?;
    inner.engine().handle_started();
    inner.connecting.store(true, Ordering::Relaxed);
    local.exchange_began();
    let mut stopped = inner.stop.subscribe();
    let ended = tokio::select! {
        ended = exchange_all(inner) => ended,
        _ = stopped.wait_for(|stopped| *stopped) => Err(Error::Closed),
    };
    inner.connecting.store(false, Ordering::Relaxed);
    let now = local.now();
    // Files that were not handed in wait for the next regular try: the server has said why.
    let waiting = local.status(false).waiting > 0;
    local.exchange_ended();
    {
        let how = ended.as_ref().map(|(_, more)| *more);
        let mut rng = inner.rng.lock().unwrap_or_else(PoisonError::into_inner);
        inner.engine().handle_ended(now, how, waiting, &mut *rng);
    }
    drop(local);
    // That the progress cannot be stored does not make an exchange fail that has succeeded.
    if let Err(error) = inner.store_progress().await {
        tracing::warn!(code = error.code(), "how syncing went could not be stored");
    }
    ended.map(|(report, _)| report)
}

/// One exchange after another while there is more; whether there still is.
async fn exchange_all(inner: &Arc<Inner>) -> Result<(SyncReport, bool)> {
    let local = inner.local()?;
    let mut total = SyncReport::default();
    while total.exchanges < EXCHANGES_MAX {
        let nonce = Nonce::random(&mut *inner.rng.lock().unwrap_or_else(PoisonError::into_inner));
        let aim = inner.aim.lock().unwrap_or_else(PoisonError::into_inner).bytes();
        let answered = || inner.answered();
        let next = exchange::run(&local, inner.transport.as_ref(), nonce, aim, &mut total, answered).await;
        inner.aim.lock().unwrap_or_else(PoisonError::into_inner).note(next.as_ref().err());
        if next? == Next::Done {
            let draw = || Nonce::random(&mut *inner.rng.lock().unwrap_or_else(PoisonError::into_inner));
            let told = carry::deliver_parcels(&local, inner.transport.as_ref(), draw, &inner.put_off).await;
            (total.parcels, total.parcels_refused) = (told.delivered, told.refused);
            (total.parcels_waiting, total.parcels_error) = (local.parcels().len(), told.error);
            return Ok((total, false));
        }
    }
    Ok((total, true))
}

impl Inner {
    fn answered(&self) {
        self.connecting.store(false, Ordering::Relaxed);
        self.told();
    }
}
