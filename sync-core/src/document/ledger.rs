//! What a document holds, in the terms in which the next change is judged: who wrote what on top of what, and which
//! numbers its operations have.
//!
//! Two rules beyond Automerge's own make the verdict the same on every replica that has a change's dependencies:
//! a change refers only to operations in its own history, and each actor's changes follow one another. Without the
//! first, the server could take in what a device that lacks a sibling cannot; without the second, two operations could
//! share one number.

use std::collections::{BTreeMap, BTreeSet};

use automerge::Automerge;

use crate::change::limits::{DOCUMENT_CHANGES_MAX, DOCUMENT_OPS_MAX};
use crate::change::{RawChange, Refusal};
use crate::id::{ActorId, ChangeHash};

/// The changes of a document, and those a batch is about to add.
#[derive(Debug, Clone)]
pub(in crate::document) struct Ledger {
    /// Each after all it builds on.
    entries: Vec<Entry>,
    by_hash: BTreeMap<ChangeHash, usize>,
    /// Each actor's changes, by their sequence numbers from 1.
    by_actor: BTreeMap<ActorId, Vec<usize>>,
    heads: BTreeSet<ChangeHash>,
    operations: u64,
}

#[derive(Debug, Clone)]
struct Entry {
    actor: ActorId,
    seq: u64,
    start_op: u64,
    op_count: u64,
    deps: Box<[ChangeHash]>,
}

impl Entry {
    /// The number of the last operation in it and in all it builds on.
    fn max_op(&self) -> u64 {
        (self.start_op + self.op_count).saturating_sub(1)
    }
}

/// Everything that some changes build on, themselves included: how many changes of each actor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::document) struct Past(BTreeMap<ActorId, u64>);

impl Past {
    fn reaches(&self, actor: ActorId, seq: u64) -> bool {
        self.0.get(&actor).is_some_and(|reached| *reached >= seq)
    }
}

impl Ledger {
    /// The changes of `document`.
    pub(in crate::document) fn of(document: &Automerge) -> Self {
        let mut ledger = Self {
            entries: Vec::new(),
            by_hash: BTreeMap::new(),
            by_actor: BTreeMap::new(),
            heads: BTreeSet::new(),
            operations: 0,
        };
        for change in document.get_changes_meta(&[]) {
            let entry = Entry {
                actor: ActorId::from_slice(change.actor.to_bytes()).unwrap_or(ActorId::from_bytes([0; 16])),
                seq: change.seq,
                start_op: change.start_op,
                op_count: (change.max_op + 1).saturating_sub(change.start_op),
                deps: change.deps.iter().map(|dep| ChangeHash::from_bytes(dep.0)).collect(),
            };
            ledger.insert(ChangeHash::from_bytes(change.hash.0), entry);
        }
        ledger
    }

    /// Whether the change is part of it.
    pub(in crate::document) fn contains(&self, hash: &ChangeHash) -> bool {
        self.by_hash.contains_key(hash)
    }

    /// The changes nothing else builds on, sorted.
    pub(in crate::document) fn heads(&self) -> impl Iterator<Item = &ChangeHash> {
        self.heads.iter()
    }

    /// Judges where a change stands in the history, and returns what it builds on.
    pub(in crate::document) fn judge(&self, change: &RawChange) -> Result<Past, Refusal> {
        let operations = self.operations.saturating_add(change.op_count());
        if self.entries.len() >= DOCUMENT_CHANGES_MAX || operations > DOCUMENT_OPS_MAX {
            return Err(Refusal::DocumentTooLarge);
        }
        let mut max_op = 0;
        for dep in change.deps() {
            let entry = self.entry(dep).ok_or(Refusal::MissingDependency)?;
            max_op = max_op.max(entry.max_op());
        }
        let written = self.by_actor.get(&change.actor()).map_or(0, Vec::len);
        if u64::try_from(written) != Ok(change.seq() - 1) {
            return Err(Refusal::Sequence);
        }
        let past = self.past(change.deps());
        if written > 0 && !past.reaches(change.actor(), change.seq() - 1) {
            return Err(Refusal::Sequence);
        }
        if change.start_op() == max_op + 1 { Ok(past) } else { Err(Refusal::StartOp) }
    }

    /// Whether `past` has an operation of this number and actor.
    pub(in crate::document) fn has_operation(&self, past: &Past, number: u64, actor: ActorId) -> bool {
        let (Some(reached), Some(written)) = (past.0.get(&actor), self.by_actor.get(&actor)) else { return false };
        let reached = usize::try_from(*reached).unwrap_or(usize::MAX).min(written.len());
        let after = written[..reached].partition_point(|index| self.entries[*index].max_op() < number);
        written[..reached].get(after).is_some_and(|index| self.entries[*index].start_op <= number)
    }

    /// Counts a change in that [`Ledger::judge`] found fitting.
    pub(in crate::document) fn add(&mut self, change: &RawChange) {
        let entry = Entry {
            actor: change.actor(),
            seq: change.seq(),
            start_op: change.start_op(),
            op_count: change.op_count(),
            deps: change.deps().into(),
        };
        self.insert(change.hash(), entry);
    }

    fn insert(&mut self, hash: ChangeHash, entry: Entry) {
        let index = self.entries.len();
        for dep in &entry.deps {
            self.heads.remove(dep);
        }
        self.heads.insert(hash);
        self.operations = self.operations.saturating_add(entry.op_count);
        self.by_actor.entry(entry.actor).or_default().push(index);
        self.by_hash.insert(hash, index);
        self.entries.push(entry);
    }

    fn entry(&self, hash: &ChangeHash) -> Option<&Entry> {
        self.by_hash.get(hash).and_then(|index| self.entries.get(*index))
    }

    fn past(&self, deps: &[ChangeHash]) -> Past {
        // The usual case: it builds on everything there is.
        if deps.len() == self.heads.len() && deps.iter().all(|dep| self.heads.contains(dep)) {
            let whole =
                self.by_actor.iter().map(|(actor, written)| (*actor, u64::try_from(written.len()).unwrap_or(0)));
            return Past(whole.collect());
        }
        let mut past = Past(BTreeMap::new());
        let mut seen = vec![false; self.entries.len()];
        let mut open: Vec<&ChangeHash> = deps.iter().collect();
        while let Some(index) = open.pop().and_then(|hash| self.by_hash.get(hash)) {
            if !std::mem::replace(&mut seen[*index], true) {
                let entry = &self.entries[*index];
                let reached = past.0.entry(entry.actor).or_default();
                *reached = entry.seq.max(*reached);
                open.extend(entry.deps.iter());
            }
        }
        past
    }
}
