//! The running server's socket for orders: `admin.sock` in the data folder, mode 0600, in a folder of mode 0700.
//!
//! One line of JSON in; lines out that tell how far it has come, if it takes long; one line with the outcome; then the
//! connection ends. Whoever can open the socket is the server's own user or root, and could read the store anyway; nothing
//! else guards it. What can be stopped stops when its caller has gone away: nobody waits for it any more.

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixListener;
use tokio::net::unix::OwnedWriteHalf;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::{Order, OrderError, Outcome, Refusal, perform};
use crate::progress::{Progress, Watch};
use crate::state::AppState;

/// The longest order, in bytes: a year's plan of one unit is far below.
const ORDER_BYTES_MAX: u64 = 1024 * 1024;

/// The longest answer, in bytes: a day of a whole region is far below.
const ANSWER_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// How long a caller may take to state its order.
const ORDER_TIME_MAX: Duration = Duration::from_secs(10);

/// How long an order may take: a check reads everything.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(3600);

/// How often a caller is told how far its order has come, beside the beginning and the end of each stage.
const TELL_EVERY: Duration = Duration::from_millis(100);

/// A line of an answer. The last one is an outcome or a failure.
#[derive(Serialize, Deserialize)]
enum Line {
    /// How far the order has come.
    Progress(Progress),
    /// It is done.
    Ok(Box<Outcome>),
    /// It is not.
    Err(OrderError),
}

impl From<Result<Outcome, OrderError>> for Line {
    fn from(done: Result<Outcome, OrderError>) -> Self {
        done.map_or_else(Self::Err, |outcome| Self::Ok(Box::new(outcome)))
    }
}

/// The caller of an order, as whoever follows it sees it. It never holds the work up: lines wait for the caller.
struct Caller {
    steps: UnboundedSender<Progress>,
    told: Mutex<Option<(Progress, Instant)>>,
    gone: AtomicBool,
}

impl Caller {
    fn new() -> (Arc<Self>, UnboundedReceiver<Progress>) {
        let (steps, told) = unbounded_channel();
        (Arc::new(Self { steps, told: Mutex::new(None), gone: AtomicBool::new(false) }), told)
    }
}

impl Watch for Caller {
    fn goes_on(&self, at: Progress) -> bool {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let due = told.is_none_or(|(last, when)| {
            last.stage != at.stage || (last != at && at.total == Some(at.done)) || when.elapsed() >= TELL_EVERY
        });
        if due {
            *told = Some((at, Instant::now()));
            // Nobody passes lines on any more: the server itself is ending.
            if self.steps.send(at).is_err() {
                self.gone.store(true, Ordering::Relaxed);
            }
        }
        !self.gone.load(Ordering::Relaxed)
    }
}

/// Where the socket of a data folder is.
pub fn path_in(folder: &Path) -> PathBuf {
    folder.join("admin.sock")
}

/// Listens in `folder`. A socket that a killed server left there is replaced: the store's lock has shown that no
/// other server runs.
///
/// # Errors
/// When the system refuses, for example because the path is longer than about a hundred bytes.
pub fn listen(folder: &Path) -> std::io::Result<UnixListener> {
    let path = path_in(folder);
    match std::fs::remove_file(&path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let listener = UnixListener::bind(&path)?;
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600))?;
    Ok(listener)
}

/// Follows orders until the task is dropped.
pub async fn serve(listener: UnixListener, state: AppState) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => drop(tokio::spawn(answer(stream, state.clone()))),
            Err(error) => {
                tracing::warn!(%error, "the admin socket could not take a connection");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
    }
}

async fn answer(stream: tokio::net::UnixStream, state: AppState) {
    let (reader, mut writer) = stream.into_split();
    let mut line = String::new();
    let mut reader = tokio::io::BufReader::new(reader.take(ORDER_BYTES_MAX));
    let read = tokio::time::timeout(ORDER_TIME_MAX, reader.read_line(&mut line)).await;
    if !matches!(read, Ok(Ok(1..))) {
        return;
    }
    let done = match serde_json::from_str::<Order>(&line) {
        Err(_) => Err(OrderError::refused(Refusal::Version, "")),
        // While rows are built anew, pages would show a day with holes.
        Ok(Order::Verify { repair: true }) => Err(OrderError::refused(Refusal::Repair, "")),
        Ok(order) => follow(&mut writer, order, state).await,
    };
    // A caller that went away misses the answer; what was done is done and in the audit log.
    let _ = write_line(&mut writer, &done.into()).await;
}

/// Follows an order and tells its caller meanwhile how far it has come.
async fn follow(writer: &mut OwnedWriteHalf, order: Order, state: AppState) -> Result<Outcome, OrderError> {
    let (caller, mut steps) = Caller::new();
    let watch: Arc<dyn Watch> = caller.clone();
    let mut work = std::pin::pin!(state.blocking(move |state| perform(state, order, &watch)));
    loop {
        tokio::select! {
            // Every line that was due leaves before the outcome does.
            biased;
            Some(step) = steps.recv() => {
                if write_line(writer, &Line::Progress(step)).await.is_err() {
                    caller.gone.store(true, Ordering::Relaxed);
                }
            }
            done = &mut work => {
                while let Ok(step) = steps.try_recv() {
                    let _ = write_line(writer, &Line::Progress(step)).await;
                }
                return done.unwrap_or_else(|_| {
                    Err(OrderError::Failed("the order ended in a panic; see the log".to_owned()))
                });
            }
        }
    }
}

async fn write_line(writer: &mut OwnedWriteHalf, line: &Line) -> std::io::Result<()> {
    let mut bytes = serde_json::to_vec(line)?;
    bytes.push(b'\n');
    writer.write_all(&bytes).await
}

/// Whether a server has `folder` open and answers.
pub fn is_served(folder: &Path) -> bool {
    UnixStream::connect(path_in(folder)).is_ok()
}

/// Sends an order to the server that has `folder` open, and tells `watch` how far it has come; `None` when no server
/// answers there. When whoever watches asks to stop, the server is left alone with it, and stops what can be stopped.
pub fn send(folder: &Path, order: &Order, watch: &dyn Watch) -> Option<Result<Outcome, OrderError>> {
    let mut stream = UnixStream::connect(path_in(folder)).ok()?;
    let answer = exchange(&mut stream, order, watch);
    Some(answer.unwrap_or_else(|error| Err(OrderError::Failed(format!("the server ended the conversation: {error}")))))
}

fn exchange(stream: &mut UnixStream, order: &Order, watch: &dyn Watch) -> std::io::Result<Result<Outcome, OrderError>> {
    stream.set_read_timeout(Some(ANSWER_TIME_MAX))?;
    let mut bytes = serde_json::to_vec(order)?;
    bytes.push(b'\n');
    stream.write_all(&bytes)?;
    let mut lines = BufReader::new(stream.take(ANSWER_BYTES_MAX));
    loop {
        let mut line = String::new();
        lines.read_line(&mut line)?;
        match serde_json::from_str(&line)? {
            Line::Progress(at) if watch.goes_on(at) => {}
            Line::Progress(_) => return Ok(Err(OrderError::Stopped)),
            Line::Ok(outcome) => return Ok(Ok(*outcome)),
            Line::Err(error) => return Ok(Err(error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::BackupOrder;
    use crate::progress::Stage;
    use crate::progress::testing::Noted;
    use crate::tests::TestServer;

    const LONG: Duration = Duration::from_secs(30);

    fn endless() -> Order {
        Order::BackUp(BackupOrder { file: "/nowhere".into(), keep: None, config: None })
    }

    async fn sent(order: Order, noted: Noted) -> (Result<Outcome, OrderError>, Noted) {
        let folder = tempfile::tempdir().unwrap();
        let serving = tokio::spawn(serve(listen(folder.path()).unwrap(), TestServer::start().state));
        let path = folder.path().to_path_buf();
        let asked = tokio::task::spawn_blocking(move || (send(&path, &order, &noted).unwrap(), noted));
        let answered = tokio::time::timeout(LONG, asked).await.unwrap().unwrap();
        serving.abort();
        answered
    }

    #[tokio::test]
    async fn a_caller_is_told_how_far_its_order_has_come_up_to_the_end() {
        let (outcome, noted) = sent(Order::Verify { repair: false }, Noted::default()).await;

        assert!(matches!(outcome, Ok(Outcome::Verified(_))), "{outcome:?}");
        let end = Progress { stage: Stage::Documents, done: 3, total: Some(3) };
        assert_eq!(noted.stages(), [end]);
    }

    #[tokio::test]
    async fn a_caller_that_asks_to_stop_is_told_that_it_stopped() {
        let (outcome, noted) = sent(endless(), Noted::stopping_at(Stage::CopyRecords, 1)).await;

        assert!(matches!(outcome, Err(OrderError::Stopped)), "{outcome:?}");
        assert!(noted.steps().len() < 3, "lines are few, however often is counted: {:?}", noted.steps());
    }

    #[tokio::test]
    async fn an_order_whose_caller_went_away_is_stopped() {
        let (mut caller, server) = tokio::net::UnixStream::pair().unwrap();
        let following = tokio::spawn(answer(server, TestServer::start().state));
        let mut order = serde_json::to_vec(&endless()).unwrap();
        order.push(b'\n');
        caller.write_all(&order).await.unwrap();
        let mut first = String::new();
        tokio::io::BufReader::new(&mut caller).read_line(&mut first).await.unwrap();

        drop(caller);

        assert!(first.contains("copy-records"), "{first}");
        tokio::time::timeout(LONG, following).await.expect("the order has ended").unwrap();
    }
}
