//! The one writer: what many requests bring, one append, one flush, many answers.
//!
//! ```text
//! request ─┐                       ┌─▶ answer
//! request ─┼─▶ queue ─▶ merge ─▶ commit ─▶ answer        one commit for all that waits
//! request ─┘                       └─▶ answer
//! ```
//!
//! A thread of its own, since merging and committing block. While it commits, the next group gathers; only when groups
//! hold more than one request does it wait a little for more. One writer also means that numbers are given in the
//! order of commits, and that nobody has to ask whether a change was delivered twice at once.
//!
//! **Invariant:** a request is answered with outcomes only after its commit has returned. When a commit fails in a way
//! that leaves open whether it survives, every waiter gets an error and nothing more is written by this process: what
//! such a store shows may not be on its disk, and must not be acknowledged as known.

mod commit;
mod group;

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

use jisr_sync_core::id::{DocumentId, ScopeId};
use jisr_sync_core::time::{ServiceZone, UnixMillis};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot, watch};

use crate::merge::{Delivered, Outcome, Relocated, Ruled, Ruling};
use crate::storage::{DeviceMark, Storage};
pub use commit::{Committer, Written};

/// How long a group gathers at most, once requests come faster than commits.
pub const GATHER_MAX: Duration = Duration::from_millis(5);

/// How many changes a group holds before it no longer waits for more.
pub const GROUP_CHANGES_MAX: usize = 512;

/// How many bytes of changes a group holds before it no longer waits for more.
pub const GROUP_BYTES_MAX: usize = 8 * 1024 * 1024;

/// How many changes may wait for the writer. Further requests wait outside, with their sender held back.
pub const QUEUE_CHANGES_MAX: usize = 8_192;

/// Why nothing was acknowledged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WriteError {
    /// There is no room on the disk. Nothing changed; it works again when there is.
    #[error("there is no room to store anything")]
    Full,
    /// The store could not be read or refused the append. Nothing changed; it may work later.
    #[error("the store refused the append")]
    Refused,
    /// It is not known whether the append survives, or an earlier one failed so: the process must be started anew.
    #[error("the store cannot be trusted any more: restart")]
    Stopped,
    /// The server is shutting down.
    #[error("the server is shutting down")]
    Closed,
}

/// Something to write.
#[derive(Debug)]
pub enum Work {
    /// A delivery to merge and append.
    Deliver(Box<Delivered>),
    /// What a device told about itself.
    Mark(Box<DeviceMark>),
    /// A document to move.
    Relocate(Relocation),
    /// What a person decided about changes that were set aside.
    Rule(Box<Ruling>),
}

/// A document to be moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relocation {
    /// The document.
    pub document: DocumentId,
    /// The scope it is to be in.
    pub to: ScopeId,
    /// The time, by the server's clock.
    pub at: UnixMillis,
}

impl Work {
    fn changes(&self) -> usize {
        match self {
            Self::Deliver(delivered) => delivered.entries.len().max(1),
            Self::Rule(ruling) => ruling.about.len().max(1),
            Self::Mark(_) | Self::Relocate(_) => 1,
        }
    }

    fn bytes(&self) -> usize {
        match self {
            Self::Deliver(delivered) => delivered.bytes(),
            Self::Mark(_) | Self::Relocate(_) | Self::Rule(_) => 0,
        }
    }
}

/// What a request asks for.
enum Job {
    Write(Work, oneshot::Sender<Result<Written, WriteError>>),
    Alone(Box<dyn FnOnce() + Send>),
}

/// A request with its place in the queue, which is given back when it is answered.
struct Queued {
    job: Job,
    /// `None` for what does not wait outside.
    permit: Option<OwnedSemaphorePermit>,
}

/// The way to the writer. Cheap to clone.
#[derive(Clone)]
pub struct Writer {
    queue: Arc<Mutex<Option<mpsc::Sender<Queued>>>>,
    room: Arc<Semaphore>,
    stopped: Arc<AtomicBool>,
    commits: watch::Receiver<u64>,
}

impl fmt::Debug for Writer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Writer").field("stopped", &self.is_stopped()).finish_non_exhaustive()
    }
}

/// The writer's thread.
#[derive(Debug)]
pub struct WriterThread {
    writer: Writer,
    thread: JoinHandle<()>,
}

impl Writer {
    /// Starts the one writer of `storage`.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(storage: Arc<dyn Storage>, zone: ServiceZone) -> std::io::Result<(Self, WriterThread)> {
        let (sender, receiver) = mpsc::channel();
        let (committed, commits) = watch::channel(0);
        let stopped = Arc::new(AtomicBool::new(false));
        let writer = Self {
            queue: Arc::new(Mutex::new(Some(sender))),
            room: Arc::new(Semaphore::new(QUEUE_CHANGES_MAX)),
            stopped: stopped.clone(),
            commits,
        };
        let groups = group::Groups::new(Committer::new(storage, zone, stopped), committed);
        let thread = std::thread::Builder::new().name("writer".to_owned()).spawn(move || groups.run(&receiver))?;
        Ok((writer.clone(), WriterThread { writer, thread }))
    }

    /// Hands a delivery over and returns when all of it would survive a power cut: one outcome for each entry.
    ///
    /// # Errors
    /// When it does not, or that is not known. Nothing may be acknowledged then.
    pub async fn deliver(&self, delivered: Delivered) -> Result<Vec<Outcome>, WriteError> {
        match self.write(Work::Deliver(Box::new(delivered))).await? {
            Written::Outcomes(outcomes) => Ok(outcomes),
            Written::Marked | Written::Relocated(_) | Written::Ruled(_) => Err(WriteError::Refused),
        }
    }

    /// Keeps what a device told about itself, and returns when that would survive a power cut.
    ///
    /// # Errors
    /// As [`Writer::deliver`].
    pub async fn mark(&self, mark: DeviceMark) -> Result<(), WriteError> {
        self.write(Work::Mark(Box::new(mark))).await.map(|_| ())
    }

    /// Moves a document to another scope, and returns when that would survive a power cut. Blocks.
    ///
    /// # Errors
    /// As [`Writer::deliver`].
    pub fn relocate(&self, relocation: Relocation) -> Result<Relocated, WriteError> {
        match self.write_now(Work::Relocate(relocation))? {
            Written::Relocated(relocated) => Ok(relocated),
            Written::Outcomes(_) | Written::Marked | Written::Ruled(_) => Err(WriteError::Refused),
        }
    }

    /// Carries out what a person decided about changes that were set aside, and returns when that would survive a power
    /// cut: what came of it for each change. Blocks.
    ///
    /// # Errors
    /// As [`Writer::deliver`].
    pub fn rule(&self, ruling: Ruling) -> Result<Vec<Ruled>, WriteError> {
        match self.write_now(Work::Rule(Box::new(ruling)))? {
            Written::Ruled(ruled) => Ok(ruled),
            Written::Outcomes(_) | Written::Marked | Written::Relocated(_) => Err(WriteError::Refused),
        }
    }

    /// Writes what does not wait for room: orders of people are few. Answers are made in the order of the group, so that
    /// of another piece of work does not occur. Blocks.
    fn write_now(&self, work: Work) -> Result<Written, WriteError> {
        let (answer, answered) = oneshot::channel();
        self.send(Queued { job: Job::Write(work, answer), permit: None })?;
        answered.blocking_recv().unwrap_or(Err(WriteError::Closed))
    }

    /// Does something on the writer's thread, between two groups, so that nothing is written meanwhile. Deliveries wait
    /// as long as it takes. Blocks.
    ///
    /// # Errors
    /// [`WriteError::Closed`] when the server is shutting down, or `act` panicked.
    pub fn alone<T: Send + 'static>(&self, act: impl FnOnce() -> T + Send + 'static) -> Result<T, WriteError> {
        let (answer, answered) = mpsc::sync_channel(1);
        let job = Job::Alone(Box::new(move || _ = answer.send(act())));
        self.send(Queued { job, permit: None })?;
        answered.recv().map_err(|_| WriteError::Closed)
    }

    /// Counts commits: changes whenever something new can be read.
    pub fn commits(&self) -> watch::Receiver<u64> {
        self.commits.clone()
    }

    /// Whether the store failed so that this process must not write any more. Health checks tell it.
    pub fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::SeqCst)
    }

    async fn write(&self, work: Work) -> Result<Written, WriteError> {
        let (answer, answered) = oneshot::channel();
        let changes = work.changes().min(QUEUE_CHANGES_MAX);
        let weight = u32::try_from(changes).unwrap_or(u32::MAX);
        let permit = self.room.clone().acquire_many_owned(weight).await.map_err(|_| WriteError::Closed)?;
        self.send(Queued { job: Job::Write(work, answer), permit: Some(permit) })?;
        answered.await.unwrap_or(Err(WriteError::Closed))
    }

    fn send(&self, queued: Queued) -> Result<(), WriteError> {
        let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        queue.as_ref().ok_or(WriteError::Closed)?.send(queued).map_err(|_| WriteError::Closed)
    }
}

impl WriterThread {
    /// Takes no more requests, writes and answers those that wait, and returns when the thread has ended. Blocks.
    pub fn shut_down(self) {
        self.writer.room.close();
        self.writer.queue.lock().unwrap_or_else(PoisonError::into_inner).take();
        if self.thread.join().is_err() {
            tracing::error!("the writer ended by a panic");
        }
    }
}

#[cfg(test)]
mod tests;
