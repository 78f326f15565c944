//! Groups of requests: gathered, merged, committed once, answered.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Receiver;
use std::time::Instant;

use jisr_sync_core::time::ServiceZone;
use tokio::sync::watch;

use super::{GATHER_MAX, GROUP_BYTES_MAX, GROUP_CHANGES_MAX, Job, Queued, WriteError};
use crate::merge::{Merge, Outcome, Relocated};
use crate::storage::{Append, Storage, StorageError};

/// What the writer's thread works with.
pub(super) struct Groups {
    storage: Arc<dyn Storage>,
    zone: ServiceZone,
    stopped: Arc<AtomicBool>,
    committed: watch::Sender<u64>,
}

/// Something to do while nobody writes.
type Alone = Box<dyn FnOnce() + Send>;

/// What one request is answered, once the commit has returned.
enum Answer {
    Outcomes(Vec<Outcome>),
    Marked,
    Relocated(Relocated),
}

impl Groups {
    pub(super) const fn new(
        storage: Arc<dyn Storage>,
        zone: ServiceZone,
        stopped: Arc<AtomicBool>,
        committed: watch::Sender<u64>,
    ) -> Self {
        Self { storage, zone, stopped, committed }
    }

    /// Works until the queue is closed and empty.
    pub(super) fn run(self, queue: &Receiver<Queued>) {
        let mut busy = false;
        while let Some((group, alone)) = gather(queue, busy) {
            busy = group.len() > 1;
            if !group.is_empty() {
                self.write(group);
            }
            if alone.is_some_and(|act| catch_unwind(AssertUnwindSafe(act)).is_err()) {
                tracing::error!("what was to be done alone panicked");
            }
        }
    }

    fn write(&self, group: Vec<Queued>) {
        let started = Instant::now();
        match self.commit(&group) {
            Ok(answers) => {
                metrics::histogram!("jisr_commit_seconds").record(started.elapsed());
                metrics::histogram!("jisr_commit_requests").record(count(group.len()));
                for (queued, answer) in group.into_iter().zip(answers) {
                    reply(queued, Ok(answer));
                }
            }
            // One delivery that cannot be merged must not take the others along.
            Err(WriteError::Refused) if group.len() > 1 => {
                group.into_iter().for_each(|queued| self.write(vec![queued]));
            }
            Err(error) => {
                metrics::counter!("jisr_commits_failed_total").increment(1);
                group.into_iter().for_each(|queued| reply(queued, Err(error)));
            }
        }
    }

    /// Merges and commits a group; the answers are true when this returns `Ok`.
    fn commit(&self, group: &[Queued]) -> Result<Vec<Answer>, WriteError> {
        if self.stopped.load(Ordering::SeqCst) {
            return Err(WriteError::Stopped);
        }
        // The gate contains Automerge; this contains what else could go wrong, before anything is written.
        let merged = catch_unwind(AssertUnwindSafe(|| self.merge(group)));
        let (append, answers) = match merged {
            Ok(Ok(merged)) => merged,
            Ok(Err(error)) => return Err(refused(&error)),
            Err(_) => {
                tracing::error!("merging panicked; nothing was written");
                return Err(WriteError::Refused);
            }
        };
        if append.is_empty() {
            return Ok(answers);
        }
        match self.storage.append(&append) {
            Ok(()) => {
                count_append(&append);
                self.committed.send_modify(|commits| *commits += 1);
                Ok(answers)
            }
            Err(error) if error.nothing_changed() => Err(refused(&error)),
            Err(error) => {
                tracing::error!(%error, "a commit failed and may or may not survive: nothing more is written");
                self.stopped.store(true, Ordering::SeqCst);
                Err(WriteError::Stopped)
            }
        }
    }

    fn merge(&self, group: &[Queued]) -> Result<(Append, Vec<Answer>), StorageError> {
        let mut merge = Merge::new(&*self.storage, &self.zone);
        let mut answers = Vec::with_capacity(group.len());
        for queued in group {
            answers.push(match &queued.job {
                Job::Deliver(delivered, _) => Answer::Outcomes(merge.deliver(delivered)?),
                Job::Mark(mark, _) => {
                    merge.mark((**mark).clone());
                    Answer::Marked
                }
                Job::Relocate(move_to, _) => {
                    Answer::Relocated(merge.relocate(&move_to.document, &move_to.to, move_to.at)?)
                }
                // Gathering takes these out.
                Job::Alone(_) => return Err(StorageError::Undecided),
            });
        }
        Ok((merge.finish()?, answers))
    }
}

/// The next group: what waits now and, when requests come faster than commits, what comes within [`GATHER_MAX`]; and
/// what is to be done alone after it. `None` when the queue is closed and empty.
fn gather(queue: &Receiver<Queued>, busy: bool) -> Option<(Vec<Queued>, Option<Alone>)> {
    let mut next = Some(queue.recv().ok()?);
    let (mut changes, mut bytes, mut group) = (0, 0, Vec::new());
    let until = Instant::now() + GATHER_MAX;
    while let Some(queued) = next.take() {
        changes += queued.job.changes();
        bytes += queued.job.bytes();
        match queued {
            Queued { job: Job::Alone(act), .. } => return Some((group, Some(act))),
            queued => group.push(queued),
        }
        if changes < GROUP_CHANGES_MAX && bytes < GROUP_BYTES_MAX {
            next = queue.try_recv().ok();
            if next.is_none() && busy {
                next = queue.recv_timeout(until.saturating_duration_since(Instant::now())).ok();
            }
        }
    }
    Some((group, None))
}

fn refused(error: &StorageError) -> WriteError {
    tracing::error!(%error, "an append was refused; nothing changed");
    match error {
        StorageError::Full => WriteError::Full,
        _ => WriteError::Refused,
    }
}

/// A waiter that has gone away is not an error: its request was cut, and its device asks again.
fn reply(queued: Queued, answer: Result<Answer, WriteError>) {
    match (queued.job, answer) {
        (Job::Deliver(_, waiter), Ok(Answer::Outcomes(outcomes))) => _ = waiter.send(Ok(outcomes)),
        (Job::Mark(_, waiter), Ok(Answer::Marked)) => _ = waiter.send(Ok(())),
        (Job::Alone(_), _) => {}
        (Job::Relocate(_, waiter), Ok(Answer::Relocated(relocated))) => _ = waiter.send(Ok(relocated)),
        (Job::Deliver(_, waiter), answer) => _ = waiter.send(Err(failure(answer))),
        (Job::Mark(_, waiter), answer) => _ = waiter.send(Err(failure(answer))),
        (Job::Relocate(_, waiter), answer) => _ = waiter.send(Err(failure(answer))),
    }
}

/// Answers are made in the order of the group, so that of another request does not occur; nothing is acknowledged if
/// it does.
fn failure(answer: Result<Answer, WriteError>) -> WriteError {
    answer.err().unwrap_or(WriteError::Refused)
}

fn count_append(append: &Append) {
    let records: usize = append.logs.values().map(|log| log.records.len()).sum();
    metrics::counter!("jisr_commits_total").increment(1);
    metrics::counter!("jisr_changes_appended_total").increment(records as u64);
    for aside in &append.set_aside {
        metrics::counter!("jisr_changes_set_aside_total", "reason" => aside.reason.clone()).increment(1);
    }
}

// Counts here are far below 2^52.
#[allow(clippy::cast_precision_loss)]
fn count(requests: usize) -> f64 {
    requests as f64
}
