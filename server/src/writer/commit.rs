//! One group, one commit: merged together, appended together, answered only afterwards.
//!
//! Without a queue, a thread or a runtime: the writer's thread calls it with what has gathered, and so does the
//! simulator of the tests.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::slice;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

#[cfg(feature = "testing")]
use jisr_sync_core::planted;
use jisr_sync_core::time::ServiceZone;

use super::{Relocation, Work, WriteError};
use crate::merge::{Merge, Outcome, Relocated, Ruled};
use crate::storage::{Append, Storage, StorageError};

/// Merges and commits groups.
pub struct Committer {
    storage: Arc<dyn Storage>,
    zone: ServiceZone,
    stopped: Arc<AtomicBool>,
}

/// What became of one piece of work, once its commit has returned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Written {
    /// The outcomes of a delivery, one for each of its entries.
    Outcomes(Vec<Outcome>),
    /// A mark is kept.
    Marked,
    /// What became of a move.
    Relocated(Relocated),
    /// What came of a person's decision, for each change it is about.
    Ruled(Vec<Ruled>),
}

impl Committer {
    /// The one committer of `storage`. It sets `stopped` when a commit fails in a way that leaves open whether it
    /// survives, and writes nothing from then on.
    pub const fn new(storage: Arc<dyn Storage>, zone: ServiceZone, stopped: Arc<AtomicBool>) -> Self {
        Self { storage, zone, stopped }
    }

    /// Writes a group with one commit where that is possible: one answer for each, in their order, true now.
    pub fn write(&self, group: &[Work]) -> Vec<Result<Written, WriteError>> {
        let started = Instant::now();
        match self.commit(group) {
            Ok(answers) => {
                metrics::histogram!("jisr_commit_seconds").record(started.elapsed());
                metrics::histogram!("jisr_commit_requests").record(count(group.len()));
                answers.into_iter().map(Ok).collect()
            }
            // One delivery that cannot be merged must not take the others along.
            Err(WriteError::Refused) if group.len() > 1 => {
                group.iter().flat_map(|work| self.write(slice::from_ref(work))).collect()
            }
            Err(error) => {
                metrics::counter!("jisr_commits_failed_total").increment(1);
                group.iter().map(|_| Err(error)).collect()
            }
        }
    }

    /// Merges and commits a group; the answers are true when this returns `Ok`.
    fn commit(&self, group: &[Work]) -> Result<Vec<Written>, WriteError> {
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
        let appended = self.storage.append(&append);
        #[cfg(feature = "testing")]
        if planted::is_planted(planted::Bug::AcknowledgeWithoutCommit) {
            return Ok(answers);
        }
        match appended {
            Ok(()) => {
                count_append(&append);
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

    fn merge(&self, group: &[Work]) -> Result<(Append, Vec<Written>), StorageError> {
        let mut merge = Merge::new(&*self.storage, &self.zone);
        let mut answers = Vec::with_capacity(group.len());
        for work in group {
            answers.push(match work {
                Work::Deliver(delivered) => Written::Outcomes(merge.deliver(delivered)?),
                Work::Mark(mark) => {
                    merge.mark((**mark).clone())?;
                    Written::Marked
                }
                Work::Rule(ruling) => Written::Ruled(merge.rule(ruling)?),
                Work::Relocate(Relocation { document, to, at }) => {
                    Written::Relocated(merge.relocate(document, to, *at)?)
                }
            });
        }
        Ok((merge.finish()?, answers))
    }
}

fn refused(error: &StorageError) -> WriteError {
    tracing::error!(%error, "an append was refused; nothing changed");
    match error {
        StorageError::Full => WriteError::Full,
        _ => WriteError::Refused,
    }
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
