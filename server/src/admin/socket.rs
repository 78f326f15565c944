//! The running server's socket for orders: `admin.sock` in the data folder, mode 0600, in a folder of mode 0700.
//!
//! One line of JSON in, one line out, then the connection ends. Whoever can open the socket is the server's own user
//! or root, and could read the store anyway; nothing else guards it.

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixListener;

use super::{Order, OrderError, Outcome, Refusal, perform};
use crate::state::AppState;

/// The longest order, in bytes: a year's plan of one unit is far below.
const ORDER_BYTES_MAX: u64 = 1024 * 1024;

/// The longest answer, in bytes: a day of a whole region is far below.
const ANSWER_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// How long a caller may take to state its order.
const ORDER_TIME_MAX: Duration = Duration::from_secs(10);

/// How long an order may take: a check reads everything.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(3600);

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
    let outcome = match serde_json::from_str::<Order>(&line) {
        Err(_) => Err(OrderError::refused(Refusal::Version, "")),
        // While rows are built anew, pages would show a day with holes.
        Ok(Order::Verify { repair: true }) => Err(OrderError::refused(Refusal::Repair, "")),
        Ok(order) => state
            .blocking(move |state| perform(state, order))
            .await
            .unwrap_or_else(|_| Err(OrderError::Failed("the order ended in a panic; see the log".to_owned()))),
    };
    // A caller that went away misses the answer; what was done is done and in the audit log.
    if let Ok(mut bytes) = serde_json::to_vec(&outcome) {
        bytes.push(b'\n');
        let _ = writer.write_all(&bytes).await;
    }
}

/// Whether a server has `folder` open and answers.
pub fn is_served(folder: &Path) -> bool {
    UnixStream::connect(path_in(folder)).is_ok()
}

/// Sends an order to the server that has `folder` open; `None` when no server answers there.
pub fn send(folder: &Path, order: &Order) -> Option<Result<Outcome, OrderError>> {
    let mut stream = UnixStream::connect(path_in(folder)).ok()?;
    let answer = exchange(&mut stream, order);
    Some(answer.unwrap_or_else(|error| Err(OrderError::Failed(format!("the server ended the conversation: {error}")))))
}

fn exchange(stream: &mut UnixStream, order: &Order) -> std::io::Result<Result<Outcome, OrderError>> {
    stream.set_read_timeout(Some(ANSWER_TIME_MAX))?;
    let mut bytes = serde_json::to_vec(order)?;
    bytes.push(b'\n');
    stream.write_all(&bytes)?;
    let mut line = String::new();
    BufReader::new(stream.take(ANSWER_BYTES_MAX)).read_line(&mut line)?;
    Ok(serde_json::from_str(&line)?)
}
