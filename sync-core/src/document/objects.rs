//! The objects that a change makes and writes into: how deep they are, and what may be written into each.
//!
//! Automerge takes an insertion into a map, saves it, loads it, and fails at a later edit. So every operation must have
//! a form that Automerge itself writes: keys in maps, places in lists and texts, insertions only there.
//!
//! Never walks deeper than [`DEPTH_MAX`], and nothing here is recursive.

use std::collections::BTreeMap;

use automerge::legacy::{ElementId, Key, ObjectId, Op, OpId, OpType};
use automerge::{Automerge, ExpandedChange, ObjId, ObjType, ReadDoc};

use crate::change::Refusal;
use crate::change::limits::DEPTH_MAX;

const MISSHAPEN: Refusal = Refusal::Malformed { what: "operation" };

#[derive(Debug, Clone, Copy)]
struct Object {
    depth: u32,
    /// A list or a text, not a map.
    is_sequence: bool,
}

const ROOT: Object = Object { depth: 0, is_sequence: false };

/// The objects seen so far in a batch.
#[derive(Debug, Clone, Default)]
pub(in crate::document) struct Objects {
    seen: BTreeMap<(u64, automerge::ActorId), Object>,
}

impl Objects {
    /// Checks the form of every operation of a change and the depth of what it makes, and returns its objects.
    pub(in crate::document) fn check(&self, change: &ExpandedChange, document: &Automerge) -> Result<Self, Refusal> {
        let mut found = Self::default();
        for (number, operation) in (change.start_op.get()..).zip(&change.operations) {
            let object = match &operation.obj {
                ObjectId::Root => ROOT,
                ObjectId::Id(id) => self.object(id, &mut found, document)?,
            };
            if !is_well_formed(operation, object.is_sequence) {
                return Err(MISSHAPEN);
            }
            if let OpType::Make(kind) = &operation.action {
                let made = Object { depth: object.depth + 1, is_sequence: is_sequence(*kind) };
                if made.depth > DEPTH_MAX {
                    return Err(Refusal::TooDeep);
                }
                found.seen.insert((number, change.actor_id.clone()), made);
            }
        }
        Ok(found)
    }

    /// Takes note of the objects of a change that is to be let in.
    pub(in crate::document) fn add(&mut self, found: Self) {
        self.seen.extend(found.seen);
    }

    fn object(&self, id: &OpId, found: &mut Self, document: &Automerge) -> Result<Object, Refusal> {
        let key = (id.counter(), id.actor().clone());
        if let Some(object) = found.seen.get(&key).or_else(|| self.seen.get(&key)) {
            return Ok(*object);
        }
        let object = find(id, document).ok_or(Refusal::DoesNotApply)?;
        found.seen.insert(key, object);
        Ok(object)
    }
}

/// An object of the document, which is no deeper than the limit.
fn find(id: &OpId, document: &Automerge) -> Option<Object> {
    let object = ObjId::Id(id.counter(), id.actor().clone(), 0);
    let kind = document.object_type(&object).ok()?;
    let parents = document.parents(&object).ok()?;
    let depth = parents.zip(1..=DEPTH_MAX).last().map_or(0, |(_, depth)| depth);
    Some(Object { depth, is_sequence: is_sequence(kind) })
}

const fn is_sequence(kind: ObjType) -> bool {
    matches!(kind, ObjType::List | ObjType::Text)
}

/// Whether Automerge itself writes operations of this form.
fn is_well_formed(operation: &Op, in_sequence: bool) -> bool {
    let fits_object = match &operation.key {
        Key::Map(_) => !in_sequence && !operation.insert,
        Key::Seq(ElementId::Head) => in_sequence && operation.insert,
        Key::Seq(ElementId::Id(_)) => in_sequence,
    };
    let fits_action = match &operation.action {
        OpType::Put(_) | OpType::Make(_) => true,
        OpType::Delete | OpType::Increment(_) => !operation.insert,
        OpType::MarkBegin(_) | OpType::MarkEnd(_) => operation.insert,
    };
    fits_object && fits_action && (!operation.insert || operation.pred.is_empty())
}
