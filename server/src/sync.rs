//! One exchange with a device: bytes in, a session of the protocol, bytes out.
//!
//! The protocol is `ServerSession`'s, what is let in [`crate::merge`]'s; here they are joined to the registry, the
//! storage and the writer. Chunks of the answer leave as they are ready, and nothing is read from a log before what
//! was read has been taken. Blocking work runs on threads that may block. Nothing here knows of HTTP.
//!
//! **Invariant:** an acknowledgement leaves only after [`Writer::deliver`] has returned, which is after the commit.

mod answers;
mod carry;
mod conversation;
mod nonces;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::{FuturesUnordered, Stream, StreamExt};
use jisr_sync_core::id::DeviceId;
use jisr_sync_core::sync::server::{Delivery, DeliveryId, Verdict};
use jisr_sync_core::sync::{ServerConfig, ServerId, ServerOutcome, VoucherKey, limits};
use jisr_sync_core::time::UnixMillis;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::time::Instant;
use tokio_stream::wrappers::ReceiverStream;

use crate::registry::Fleet;
use crate::storage::Storage;
use crate::writer::Writer;
pub use answers::{Answer, Answers, Question, Told, Unavailable, verdicts};
pub use conversation::{Conversation, Step};

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

/// How long a device must wait that came too often, in seconds; `None` when it may go on.
pub type DeviceLimit = Arc<dyn Fn(DeviceId) -> Option<u32> + Send + Sync>;

/// The server's end of the sync protocol.
pub struct SyncService {
    answers: Answers,
    writer: Writer,
    server: ServerId,
    voucher_key: VoucherKey,
    /// The oldest app version that is good enough, told to devices.
    app_version_min: Option<String>,
    /// Turns of devices that read anew.
    turns: Arc<Semaphore>,
}

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
        let turns = Arc::new(Semaphore::new(READ_ANEW_AT_ONCE_MAX));
        Self { answers: Answers::new(storage, fleet, clock), writer, server, voucher_key, app_version_min, turns }
    }

    /// Asks `limit` about each device that has proven who it is.
    #[must_use]
    pub fn limited_by(self, limit: DeviceLimit) -> Self {
        Self { answers: self.answers.limited_by(limit), ..self }
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
            now: self.answers.now(),
            app_version_min: self.app_version_min.clone(),
            request_bytes_max: limits::REQUEST_BYTES_MAX,
            voucher_key: self.voucher_key.clone(),
        };
        let mut exchange = Running { service: self, conversation: Conversation::new(config), turn: None };
        exchange.run(request, &answer).await;
        let outcome = exchange.conversation.outcome();
        exchange.mark().await;
        outcome
    }

    /// Checks a delivery off the async threads, hands it to the writer, and waits until it is durable.
    async fn store(self: Arc<Self>, delivery: Box<Delivery>, by: Option<DeviceId>) -> Stored {
        let (id, service) = (delivery.id, self.clone());
        let verdicts = async {
            let checked = blocking(move || service.answers.check(&delivery, by)).await?;
            verdicts(self.writer.deliver(checked).await?)
        };
        Stored { id, verdicts: verdicts.await }
    }
}

/// An exchange under way.
struct Running {
    service: Arc<SyncService>,
    conversation: Conversation,
    /// Held while this is one of the few that read anew at a time.
    turn: Option<OwnedSemaphorePermit>,
}

impl Running {
    async fn run<S, E>(&mut self, request: S, answer: &mpsc::Sender<Bytes>)
    where
        S: Stream<Item = Result<Bytes, E>> + Send + 'static,
    {
        let mut request = std::pin::pin!(request);
        let mut storing = FuturesUnordered::new();
        let request_until = Instant::now() + Duration::from_millis(limits::REQUEST_TIME_MAX_MS);
        loop {
            match self.conversation.poll() {
                Step::Ended => return,
                Step::Ask(question) => {
                    let service = self.service.clone();
                    let answer = blocking(move || service.answers.answer(question)).await;
                    let answer = answer.map(|answer| self.take_turn(answer));
                    self.conversation.handle_answer(answer);
                }
                Step::Transmit(chunk) => {
                    // An answer that nobody takes in time is dropped; nobody may be listening any more.
                    let until = request_until + ANSWER_TIME_MAX;
                    let sent = tokio::time::timeout_at(until, answer.send(chunk.into())).await;
                    if !matches!(sent, Ok(Ok(()))) {
                        self.conversation.handle_unheard();
                    }
                }
                // The writer groups the deliveries of many devices.
                Step::Store { delivery, by } => storing.push(self.service.clone().store(delivery, by)),
                Step::Wait => {
                    let ended = self.conversation.is_request_over();
                    tokio::select! {
                        Some(Stored { id, verdicts }) = storing.next(), if !storing.is_empty() => {
                            self.conversation.handle_stored(id, verdicts);
                        }
                        chunk = request.next(), if !ended => match chunk {
                            Some(Ok(bytes)) => self.conversation.handle_bytes(&bytes),
                            Some(Err(_)) | None => self.conversation.handle_end(),
                        },
                        () = tokio::time::sleep_until(request_until), if !ended => self.conversation.handle_end(),
                    }
                }
            }
        }
    }

    /// After a restore every device reads again what it knew: a few at a time, the others deliver and come back.
    fn take_turn(&mut self, answer: Answer) -> Answer {
        let Answer::Grant(mut grant, hello) = answer else { return answer };
        if grant.is_read_anew_by(&hello) {
            self.turn = self.service.turns.clone().try_acquire_owned().ok();
            let spread = hello.device.as_bytes().first().copied().unwrap_or_default();
            let later = READ_LATER_S + u32::from(spread) * READ_LATER_S / u32::from(u8::MAX);
            grant.read_later_s = self.turn.is_none().then_some(later);
        }
        Answer::Grant(grant, hello)
    }

    /// Keeps what the device told about itself, once the exchange is over.
    async fn mark(&mut self) {
        let Some((hello, told)) = self.conversation.told() else { return };
        let (service, hello) = (self.service.clone(), hello.clone());
        let mark = blocking(move || service.answers.mark_of(&hello, told)).await;
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
