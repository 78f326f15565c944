//! The gate's last steps: a change is let in only when a copy of the document has taken it, was saved, and read back
//! the same.
//!
//! ```text
//! for each change:  fits the history? ─▶ decodes, refers to its own history, not too deep, canonical? ─▶ ready
//! for all that are ready, at once:  apply to a copy ─▶ heads as expected? ─▶ save, load: same heads, same state? ─▶ in
//!                                   └─ any "no" ─▶ the first half alone, then the second half
//! ```
//!
//! Halving keeps one bad change from blocking the others and from making each of them pay for a pass of its own.
//!
//! **Never:** a refused change leaves a trace in the document, or a panic of Automerge leaves this file.

use std::collections::BTreeMap;

use automerge::legacy::{ElementId, Key, ObjectId, Op, OpId, OpType};
use automerge::{Automerge, Change, ExpandedChange, ObjId, ReadDoc};

use super::Document;
use super::contain::contain;
use super::ledger::{Ledger, Past};
use crate::change::limits::DEPTH_MAX;
use crate::change::{RawChange, Refusal};
use crate::id::{ActorId, ChangeHash};

impl Document {
    /// Lets changes from outside in, each after those it depends on: one verdict for each, in their order.
    ///
    /// `Ok` means that the change is part of the document now, or was before. A refused change leaves the document as
    /// if it had not been there, and with it what depends on it is refused as [`Refusal::MissingDependency`]; the rest
    /// of the batch is let in. The cost is that of one pass over the document for the batch, and some more for each
    /// refusal.
    pub fn admit(&mut self, changes: &[RawChange]) -> Vec<Result<(), Refusal>> {
        let mut verdicts = vec![Ok(()); changes.len()];
        if changes.is_empty() {
            return verdicts;
        }
        match contain(|| Ledger::of(&self.am)) {
            Ok(ledger) => Admission { am: &mut self.am, ledger, depths: Depths::default() }.run(changes, &mut verdicts),
            Err(_) => verdicts.fill(Err(Refusal::Panicked)),
        }
        verdicts
    }
}

/// The document as far as a batch has been let in.
struct Admission<'a> {
    am: &'a mut Automerge,
    ledger: Ledger,
    depths: Depths,
}

impl Admission<'_> {
    fn run(&mut self, changes: &[RawChange], verdicts: &mut [Result<(), Refusal>]) {
        let mut ledger = self.ledger.clone();
        let mut depths = self.depths.clone();
        let mut ready = Vec::new();
        for (change, verdict) in changes.iter().zip(verdicts.iter_mut()) {
            *verdict = Ok(());
            if ledger.contains(&change.hash()) {
                continue;
            }
            match prepare(self.am, &ledger, &mut depths, change) {
                Ok(decoded) => {
                    ledger.add(change);
                    ready.push(decoded);
                }
                Err(refusal) => *verdict = Err(refusal),
            }
        }
        if ready.is_empty() {
            return;
        }
        match apply(self.am, ready, &ledger) {
            Ok(am) => {
                *self.am = am;
                self.ledger = ledger;
                self.depths = depths;
            }
            Err(refusal) => self.halve(changes, verdicts, refusal),
        }
    }

    /// Tries again with fewer at a time. All verdicts are found anew: one may have rested on a change that is refused.
    fn halve(&mut self, changes: &[RawChange], verdicts: &mut [Result<(), Refusal>], refusal: Refusal) {
        if let [only] = verdicts {
            *only = Err(refusal);
            return;
        }
        let (first, second) = changes.split_at(changes.len() / 2);
        let (first_verdicts, second_verdicts) = verdicts.split_at_mut(first.len());
        self.run(first, first_verdicts);
        self.run(second, second_verdicts);
    }
}

/// Judges one change by itself and by the history, without applying it.
fn prepare(am: &Automerge, ledger: &Ledger, depths: &mut Depths, change: &RawChange) -> Result<Change, Refusal> {
    let past = ledger.judge(change)?;
    contain(|| {
        let decoded =
            Change::from_bytes(change.bytes().to_vec()).map_err(|_| Refusal::Malformed { what: "operations" })?;
        let expanded = decoded.decode();
        check_references(&expanded, change, ledger, &past)?;
        let made = depths.of_made(&expanded, change, am)?;
        let canonical = Change::from(expanded);
        if canonical.hash().0 != *change.hash().as_bytes() {
            return Err(Refusal::NotCanonical);
        }
        depths.made.extend(made.made);
        Ok(decoded)
    })
    .unwrap_or(Err(Refusal::Panicked))
}

/// Applies changes to a copy, and returns it when it could be saved and read back the same.
fn apply(am: &Automerge, changes: Vec<Change>, expected: &Ledger) -> Result<Automerge, Refusal> {
    contain(|| {
        let mut copy = am.clone();
        copy.apply_changes(changes).map_err(|_| Refusal::DoesNotApply)?;
        let heads = copy.get_heads();
        if !heads.iter().map(|head| &head.0).eq(expected.heads().map(ChangeHash::as_bytes)) {
            return Err(Refusal::DoesNotApply);
        }
        let reloaded = Automerge::load(&copy.save()).map_err(|_| Refusal::DoesNotReload)?;
        if reloaded.get_heads() != heads || reloaded.hydrate(None) != copy.hydrate(None) {
            return Err(Refusal::DoesNotReload);
        }
        Ok(copy)
    })
    .unwrap_or(Err(Refusal::Panicked))
}

/// Checks that every operation refers only to operations before it in its own history.
fn check_references(
    expanded: &ExpandedChange,
    change: &RawChange,
    ledger: &Ledger,
    past: &Past,
) -> Result<(), Refusal> {
    for (own, operation) in (change.start_op()..).zip(&expanded.operations) {
        let known = |id: &OpId| {
            ActorId::from_slice(id.actor().to_bytes()).is_some_and(|actor| {
                let in_this_change = actor == change.actor() && (change.start_op()..own).contains(&id.counter());
                in_this_change || ledger.has_operation(past, id.counter(), actor)
            })
        };
        if !referred(operation).all(known) {
            return Err(Refusal::OutsideHistory);
        }
    }
    Ok(())
}

/// The operations that an operation refers to: the object it is in, the element it follows, those it replaces.
fn referred(operation: &Op) -> impl Iterator<Item = &OpId> {
    let object = match &operation.obj {
        ObjectId::Id(id) => Some(id),
        ObjectId::Root => None,
    };
    let element = match &operation.key {
        Key::Seq(ElementId::Id(id)) => Some(id),
        Key::Seq(ElementId::Head) | Key::Map(_) => None,
    };
    object.into_iter().chain(element).chain(operation.pred.iter())
}

/// How deep the objects are that a batch makes.
#[derive(Debug, Clone, Default)]
struct Depths {
    made: BTreeMap<(u64, automerge::ActorId), u32>,
}

impl Depths {
    /// The depths of the objects that `change` makes, unless one is too deep.
    fn of_made(&self, expanded: &ExpandedChange, change: &RawChange, am: &Automerge) -> Result<Self, Refusal> {
        let mut made = Self::default();
        for (number, operation) in (change.start_op()..).zip(&expanded.operations) {
            if !matches!(operation.action, OpType::Make(_)) {
                continue;
            }
            let depth = match &operation.obj {
                ObjectId::Root => 1,
                ObjectId::Id(id) => {
                    let key = (id.counter(), id.actor().clone());
                    let known = made.made.get(&key).or_else(|| self.made.get(&key)).copied();
                    known.map_or_else(|| depth_in(am, id), Ok)? + 1
                }
            };
            if depth > DEPTH_MAX {
                return Err(Refusal::TooDeep);
            }
            made.made.insert((number, expanded.actor_id.clone()), depth);
        }
        Ok(made)
    }
}

/// How deep an object of the document is.
fn depth_in(am: &Automerge, id: &OpId) -> Result<u32, Refusal> {
    let object = ObjId::Id(id.counter(), id.actor().clone(), 0);
    let parents = am.parents(object).map_err(|_| Refusal::DoesNotApply)?;
    // One more than may be, so that an object made before this limit existed ends the walk too.
    Ok(parents.take(usize::try_from(DEPTH_MAX).unwrap_or(usize::MAX) + 1).zip(1..).last().map_or(0, |(_, depth)| depth))
}
