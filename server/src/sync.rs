//! One exchange with a device: bytes in, a session of the protocol, bytes out.
//!
//! The protocol is [`ServerSession`]'s, what is let in [`crate::merge`]'s; here they are joined to the registry, the
//! storage and the writer. Chunks of the answer leave as they are ready, and nothing is read from a log before what
//! was read has been taken. Blocking work runs on threads that may block. Nothing here knows of HTTP.
//!
//! **Invariant:** an acknowledgement leaves only after [`Writer::deliver`] has returned, which is after the commit.

mod answers;
mod nonces;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::{FuturesUnordered, Stream, StreamExt};
use jisr_sync_core::id::DeviceId;
use jisr_sync_core::sync::server::{Delivery, DeliveryId, Grant, Verdict};
use jisr_sync_core::sync::{
    Hello, ServerConfig, ServerId, ServerOutcome, ServerRequest, ServerSession, VoucherKey, limits,
};
use jisr_sync_core::time::UnixMillis;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::time::Instant;
use tokio_stream::wrappers::ReceiverStream;

use crate::registry::Fleet;
use crate::storage::Storage;
use crate::writer::Writer;
use answers::Unavailable;
use nonces::Nonces;

/// How long a device is asked to wait when the server cannot take or read anything, in seconds.
const RETRY_AFTER_S: u32 = 30;

/// How many devices may read a log anew at a time, that they knew another life of.
const READ_ANEW_AT_ONCE_MAX: usize = 8;

/// How long the others are asked to wait, in seconds; up to twice as long, so that they do not come back together.
const READ_LATER_S: u32 = 10;

/// How many chunks of an answer wait for the network before the session is held back.
const CHUNKS_WAITING_MAX: usize = 8;

/// How long the answer may go on after the request's time is up.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(60);

/// The server's time. The program reads the system's clock; tests set it.
pub type Clock = Arc<dyn Fn() -> UnixMillis + Send + Sync>;

/// The server's end of the sync protocol.
pub struct SyncService {
    storage: Arc<dyn Storage>,
    fleet: Arc<dyn Fleet>,
    writer: Writer,
    clock: Clock,
    server: ServerId,
    voucher_key: VoucherKey,
    /// The oldest app version that is good enough, told to devices.
    app_version_min: Option<String>,
    nonces: Mutex<Nonces>,
    limit: Option<DeviceLimit>,
    /// Turns of devices that read anew.
    turns: Arc<Semaphore>,
}

/// How long a device must wait that came too often, in seconds; `None` when it may go on.
pub type DeviceLimit = Arc<dyn Fn(DeviceId) -> Option<u32> + Send + Sync>;

/// What became of one step that does not run on this task.
struct Stored {
    id: DeliveryId,
    verdicts: Result<Vec<Verdict>, Unavailable>,
}

impl SyncService {
    /// Joins the parts. The exchange counts Hellos as replayed that were made before this moment.
    pub fn new(
        storage: Arc<dyn Storage>,
        fleet: Arc<dyn Fleet>,
        writer: Writer,
        clock: Clock,
        app_version_min: Option<String>,
    ) -> Self {
        let (server, voucher_key) = (fleet.server_id(), fleet.voucher_key());
        let nonces = Mutex::new(Nonces::new(clock()));
        Self {
            storage,
            fleet,
            writer,
            clock,
            server,
            voucher_key,
            app_version_min,
            nonces,
            limit: None,
            turns: Arc::new(Semaphore::new(READ_ANEW_AT_ONCE_MAX)),
        }
    }

    /// Asks `limit` about each device that has proven who it is.
    #[must_use]
    pub fn limited_by(self, limit: DeviceLimit) -> Self {
        Self { limit: Some(limit), ..self }
    }

    /// Runs one exchange on a task of its own and gives the answer's chunks as they are ready.
    ///
    /// The request ends at its end, at an error, or when its time is up; what came whole until then is taken in. When
    /// nobody reads the answer any more, deliveries that came are still stored.
    pub fn exchange<S, E>(self: &Arc<Self>, request: S) -> impl Stream<Item = Bytes> + Send + use<S, E>
    where
        S: Stream<Item = Result<Bytes, E>> + Send + 'static,
        E: Send + 'static,
    {
        let (answer, chunks) = mpsc::channel(CHUNKS_WAITING_MAX);
        let service = self.clone();
        tokio::spawn(async move {
            let outcome = service.drive(request, answer).await;
            count(&outcome);
        });
        ReceiverStream::new(chunks)
    }

    async fn drive<S, E>(self: Arc<Self>, request: S, answer: mpsc::Sender<Bytes>) -> ServerOutcome
    where
        S: Stream<Item = Result<Bytes, E>> + Send + 'static,
    {
        let config = ServerConfig {
            server: self.server,
            now: (self.clock)(),
            app_version_min: self.app_version_min.clone(),
            request_bytes_max: limits::REQUEST_BYTES_MAX,
            voucher_key: self.voucher_key.clone(),
        };
        let session = ServerSession::new(config);
        let mut exchange = Running { service: self, session, hello: None, unheard: false, turn: None };
        exchange.run(request, &answer).await;
        let outcome = exchange.session.outcome();
        exchange.mark().await;
        outcome
    }
}

/// An exchange under way.
struct Running {
    service: Arc<SyncService>,
    session: ServerSession,
    /// Once it is authentic, fresh and granted.
    hello: Option<Hello>,
    /// Whether nobody takes the answer any more.
    unheard: bool,
    /// Held while this is one of the few that read anew at a time.
    turn: Option<OwnedSemaphorePermit>,
}

impl Running {
    async fn run<S, E>(&mut self, request: S, answer: &mpsc::Sender<Bytes>)
    where
        S: Stream<Item = Result<Bytes, E>> + Send + 'static,
    {
        let mut request = std::pin::pin!(request);
        // One at a time, in the order they were handed out: a later envelope may build on an earlier one, and would be
        // set aside if it were judged first. The writer groups the deliveries of many devices.
        let (mut arrived, mut storing) = (VecDeque::new(), FuturesUnordered::new());
        let request_until = Instant::now() + Duration::from_millis(limits::REQUEST_TIME_MAX_MS);
        let mut ended = false;
        loop {
            while let Some(asked) = self.session.poll_request() {
                match asked {
                    ServerRequest::Deliver(delivery) => arrived.push_back(*delivery),
                    // Logs are read when all was stored; nobody would take what is in them.
                    ServerRequest::ReadLog { .. } if self.unheard => return,
                    asked => self.answer(asked).await,
                }
                self.transmit(answer, request_until).await;
            }
            if self.transmit(answer, request_until).await {
                continue;
            }
            if storing.is_empty() {
                storing.extend(arrived.pop_front().map(|delivery| self.store(delivery)));
            }
            if self.session.is_finished() || (ended && storing.is_empty()) {
                return;
            }
            tokio::select! {
                Some(stored) = storing.next(), if !storing.is_empty() => self.stored(stored),
                chunk = request.next(), if !ended => match chunk {
                    Some(Ok(bytes)) => self.session.handle_bytes(&bytes),
                    Some(Err(_)) | None => {
                        ended = true;
                        self.session.handle_end();
                    }
                },
                () = tokio::time::sleep_until(request_until), if !ended => {
                    ended = true;
                    self.session.handle_end();
                }
            }
        }
    }

    /// Hands out what is ready; whether there was anything. An answer that nobody takes in time is dropped.
    async fn transmit(&mut self, answer: &mpsc::Sender<Bytes>, request_until: Instant) -> bool {
        let mut any = false;
        while let Some(chunk) = self.session.poll_transmit() {
            any = true;
            // Nobody may be listening any more; what was delivered is stored all the same.
            let sent = tokio::time::timeout_at(request_until + ANSWER_TIME_MAX, answer.send(chunk.into())).await;
            self.unheard |= !matches!(sent, Ok(Ok(())));
        }
        any
    }

    fn store(&self, delivery: Delivery) -> impl Future<Output = Stored> + Send + use<> {
        let service = self.service.clone();
        let by = self.hello.as_ref().map(|hello| hello.device);
        async move {
            let id = delivery.id;
            let verdicts = service.deliver(delivery, by).await;
            Stored { id, verdicts }
        }
    }

    fn stored(&mut self, stored: Stored) {
        match stored.verdicts {
            Ok(verdicts) => {
                if self.session.handle_stored(stored.id, verdicts).is_err() {
                    tracing::error!("storage answered a delivery that the session does not have");
                    self.session.handle_unavailable(RETRY_AFTER_S);
                }
            }
            Err(unavailable) => self.unavailable(&unavailable),
        }
    }

    async fn answer(&mut self, asked: ServerRequest) {
        let service = self.service.clone();
        let answered = match asked {
            ServerRequest::FindKey { device } => {
                blocking(move || service.key(&device)).await.map(|key| self.session.handle_key(key))
            }
            ServerRequest::Authorize(hello) => {
                let asked = hello.clone();
                blocking(move || service.grant(&asked)).await.map(|mut grant| {
                    self.take_turn(&hello, &mut grant);
                    self.hello =
                        (grant.verdict == jisr_sync_core::sync::server::HelloVerdict::Welcome).then_some(*hello);
                    self.session.handle_grant(&grant);
                })
            }
            ServerRequest::Find { scope, fingerprints } => {
                let held = blocking(move || service.find(&scope, &fingerprints)).await;
                held.map(|held| self.session.handle_found(&held))
            }
            ServerRequest::ReadLog { scope, after, bytes_max } => {
                let page = blocking(move || service.page(scope, after, bytes_max)).await;
                page.map(|page| self.session.handle_log(page))
            }
            ServerRequest::Deliver(_) => Ok(()),
        };
        if let Err(unavailable) = answered {
            self.unavailable(&unavailable);
        }
    }

    /// After a restore every device reads again what it knew: a few at a time, the others deliver and come back.
    fn take_turn(&mut self, hello: &Hello, grant: &mut Grant) {
        if grant.is_read_anew_by(hello) {
            self.turn = self.service.turns.clone().try_acquire_owned().ok();
            let spread = hello.device.as_bytes().first().copied().unwrap_or_default();
            let later = READ_LATER_S + u32::from(spread) * READ_LATER_S / u32::from(u8::MAX);
            grant.read_later_s = self.turn.is_none().then_some(later);
        }
    }

    fn unavailable(&mut self, why: &Unavailable) {
        tracing::warn!(%why, "an exchange ends early: the device is asked to come back");
        if matches!(why, Unavailable::HeldBack { .. }) {
            metrics::counter!("jisr_deliveries_held_back_total").increment(1);
        }
        self.session.handle_unavailable(why.retry_after_s());
    }

    /// Keeps what the device told about itself, once the exchange is over.
    async fn mark(&mut self) {
        let Some(hello) = self.hello.take() else { return };
        let Some(waiting) = self.session.outcome().still_waiting else { return };
        let service = self.service.clone();
        let mark = blocking(move || service.mark_of(&hello, waiting)).await;
        let kept = match mark {
            Ok(mark) => self.service.writer.mark(mark).await.map_err(|error| error.to_string()),
            Err(error) => Err(error.to_string()),
        };
        if let Err(why) = kept {
            tracing::warn!(%why, "what a device told about itself was not kept");
        }
    }
}

/// Runs what blocks on a thread that may.
async fn blocking<T: Send + 'static>(
    act: impl FnOnce() -> Result<T, Unavailable> + Send + 'static,
) -> Result<T, Unavailable> {
    tokio::task::spawn_blocking(act).await.unwrap_or(Err(Unavailable::Panicked))
}

impl SyncService {
    fn nonces(&self) -> std::sync::MutexGuard<'_, Nonces> {
        self.nonces.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn count(outcome: &ServerOutcome) {
    metrics::counter!("jisr_exchanges_total", "status" => outcome.status.code()).increment(1);
    metrics::counter!("jisr_changes_delivered_total").increment(outcome.delivered as u64);
    metrics::counter!("jisr_changes_acknowledged_total").increment(outcome.acknowledged.into());
    metrics::counter!("jisr_records_pulled_total").increment(outcome.pulled);
    if outcome.cut {
        metrics::counter!("jisr_exchanges_cut_total").increment(1);
    }
    let device = outcome.device.map(tracing::field::display);
    let (status, cut) = (outcome.status.code(), outcome.cut);
    let (delivered, acknowledged, pulled) = (outcome.delivered, outcome.acknowledged, outcome.pulled);
    tracing::info!(device, status, delivered, acknowledged, pulled, cut, "exchange");
}

#[cfg(test)]
mod tests;
