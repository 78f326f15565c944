//! Groups of requests: gathered, committed once, answered.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::Receiver;
use std::time::Instant;

use tokio::sync::{OwnedSemaphorePermit, oneshot, watch};

use super::{Committer, GATHER_MAX, GROUP_BYTES_MAX, GROUP_CHANGES_MAX, Job, Queued, Work, WriteError, Written};

/// What the writer's thread works with.
pub(super) struct Groups {
    committer: Committer,
    committed: watch::Sender<u64>,
}

/// Something to do while nobody writes.
type Alone = Box<dyn FnOnce() + Send>;

/// Who waits for an answer, with the place in the queue that is given back with it.
type Waiter = (oneshot::Sender<Result<Written, WriteError>>, Option<OwnedSemaphorePermit>);

/// What is written together, and who waits for it, in the same order.
#[derive(Default)]
struct Group {
    work: Vec<Work>,
    waiters: Vec<Waiter>,
}

impl Groups {
    pub(super) const fn new(committer: Committer, committed: watch::Sender<u64>) -> Self {
        Self { committer, committed }
    }

    /// Works until the queue is closed and empty.
    pub(super) fn run(self, queue: &Receiver<Queued>) {
        let mut busy = false;
        while let Some((group, alone)) = gather(queue, busy) {
            busy = group.work.len() > 1;
            if !group.work.is_empty() {
                self.write(group);
            }
            if alone.is_some_and(|act| catch_unwind(AssertUnwindSafe(act)).is_err()) {
                tracing::error!("what was to be done alone panicked");
            }
        }
    }

    fn write(&self, group: Group) {
        let answers = self.committer.write(&group.work);
        if answers.iter().any(Result::is_ok) {
            self.committed.send_modify(|commits| *commits += 1);
        }
        for ((waiter, _permit), answer) in group.waiters.into_iter().zip(answers) {
            // A waiter that has gone away is not an error: its request was cut, and its device asks again.
            _ = waiter.send(answer);
        }
    }
}

/// The next group: what waits now and, when requests come faster than commits, what comes within [`GATHER_MAX`]; and
/// what is to be done alone after it. `None` when the queue is closed and empty.
fn gather(queue: &Receiver<Queued>, busy: bool) -> Option<(Group, Option<Alone>)> {
    let mut next = Some(queue.recv().ok()?);
    let (mut changes, mut bytes, mut group) = (0, 0, Group::default());
    let until = Instant::now() + GATHER_MAX;
    while let Some(Queued { job, permit }) = next.take() {
        match job {
            Job::Alone(act) => return Some((group, Some(act))),
            Job::Write(work, waiter) => {
                changes += work.changes();
                bytes += work.bytes();
                group.work.push(work);
                group.waiters.push((waiter, permit));
            }
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
