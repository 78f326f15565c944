//! The gate's last steps: a change is let in only when a copy of the document has taken it, was saved, and read back
//! the same.
//!
//! ```text
//! for each change:  fits the history? ─▶ decodes, refers to its own history, well formed, canonical? ─▶ ready
//! for all that are ready, at once:  apply to a copy ─▶ heads as expected? ─▶ save, load: same heads, same state? ─▶ in
//!                                   └─ any "no" ─▶ the first half alone, then the second half
//! ```
//!
//! Halving keeps one bad change from blocking the others and from making each of them pay for a pass of its own.
//!
//! **Never:** a refused change leaves a trace in the document, or a panic of Automerge leaves this file.

use automerge::legacy::{ElementId, Key, ObjectId, Op, OpId};
use automerge::{Automerge, Change, ExpandedChange};

use super::Document;
use super::contain::contain;
use super::ledger::{Ledger, Past};
use super::objects::Objects;
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
            Ok(ledger) => {
                Admission { am: &mut self.am, ledger, objects: Objects::default() }.run(changes, &mut verdicts);
            }
            Err(_) => verdicts.fill(Err(Refusal::Panicked)),
        }
        verdicts
    }
}

/// The document as far as a batch has been let in.
struct Admission<'a> {
    am: &'a mut Automerge,
    ledger: Ledger,
    objects: Objects,
}

impl Admission<'_> {
    fn run(&mut self, changes: &[RawChange], verdicts: &mut [Result<(), Refusal>]) {
        let mut ledger = self.ledger.clone();
        let mut objects = self.objects.clone();
        let mut ready = Vec::new();
        for (change, verdict) in changes.iter().zip(verdicts.iter_mut()) {
            *verdict = Ok(());
            if ledger.contains(&change.hash()) {
                continue;
            }
            match prepare(self.am, &ledger, &mut objects, change) {
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
                self.objects = objects;
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
fn prepare(am: &Automerge, ledger: &Ledger, objects: &mut Objects, change: &RawChange) -> Result<Change, Refusal> {
    let past = ledger.judge(change)?;
    contain(|| {
        let decoded =
            Change::from_bytes(change.bytes().to_vec()).map_err(|_| Refusal::Malformed { what: "operations" })?;
        let expanded = decoded.decode();
        check_references(&expanded, change, ledger, &past)?;
        let found = objects.check(&expanded, am)?;
        let canonical = Change::from(expanded);
        if canonical.hash().0 != *change.hash().as_bytes() {
            return Err(Refusal::NotCanonical);
        }
        objects.add(found);
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
