//! What crews wrote into fields, counts and notes is what documents say: a reference that knows nothing of documents
//! but which change builds on which.

use std::collections::{BTreeMap, BTreeSet};

use jisr_server::storage::Storage;
use jisr_sync_core::change::RawChange;
use jisr_sync_core::document::Document;
use jisr_sync_core::id::{ChangeHash, DocumentId};
use jisr_sync_core::record::{Encounter, Person, RecordKind, ServiceKey};
use serde_json::Value;

use super::super::base::Running;
use super::super::ledger::{Deed, Entry, Key};
use super::super::world::World;
use super::{Held, Verdict, told};

/// The fields that crews set more than once.
const FIELDS: [&str; 2] = ["sex", "status"];

impl World {
    /// Holds every document to what crews did.
    pub(super) fn check_fields(&self, running: &Running, held: &Held) -> Verdict {
        let mut done: BTreeMap<DocumentId, Vec<(&Key, &Entry)>> = BTreeMap::new();
        for (key, entry) in self.ledger.entries.iter().filter(|(key, _)| held.counts(key, self)) {
            done.entry(key.0).or_default().push((key, entry));
        }
        for (id, done) in &done {
            let Some((_, changes)) = held.documents.get(id) else {
                return Err(format!("what was to be written again of {id} is not there"));
            };
            let saved = running.storage.document(id).map_err(told)?.ok_or("a document is not saved")?;
            let document = Document::restore(&saved.saved).map_err(told)?;
            let plain = done.iter().all(|(key, entry)| held.log.contains(key) && entry.deed != Deed::Unknown);
            match document.kind() {
                Some(RecordKind::Person) => {
                    let person: Person = document.read().map_err(told)?;
                    notes(id, done, |note| person.marks.contains_key(note))?;
                    if plain {
                        FIELDS.iter().try_for_each(|field| field_is(field, id, done, changes, &document))?;
                    }
                }
                Some(RecordKind::Encounter) => {
                    let encounter: Encounter = document.read().map_err(told)?;
                    notes(id, done, |note| encounter.notes.contains_key(note))?;
                    self.counts(id, done, held, &encounter)?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Counts add up: to what the log's changes gave, with what those gave that were written again; and, while no server
    /// forgot what it had set aside, to what crews gave.
    fn counts(&self, id: &DocumentId, done: &[(&Key, &Entry)], held: &Held, encounter: &Encounter) -> Verdict {
        let (mut by_log, mut by_crews) = (BTreeMap::new(), BTreeMap::new());
        let add = |to: &mut BTreeMap<ServiceKey, u32>, given: BTreeMap<ServiceKey, u32>| {
            given.into_iter().for_each(|(key, by)| *to.entry(key).or_default() += by);
        };
        for (key, entry) in done {
            if held.log.contains(key) {
                add(&mut by_log, self.ledger.given_by(key));
            }
            if entry.deed != Deed::Unknown {
                add(&mut by_crews, self.ledger.given_by(key));
            }
        }
        let expected = if self.restored { vec![by_log] } else { vec![by_log, by_crews] };
        for (key, expected) in expected.into_iter().flatten() {
            let found = encounter.given.get(&key).copied().unwrap_or(0);
            if found != expected {
                return Err(format!("{key} in {id} was counted {expected} times and stands at {found}"));
            }
        }
        Ok(())
    }
}

/// Every note is there.
fn notes(id: &DocumentId, done: &[(&Key, &Entry)], holds: impl Fn(&jisr_sync_core::id::EntryId) -> bool) -> Verdict {
    for (_, entry) in done {
        if let Deed::Wrote { note, field } = &entry.deed
            && !holds(note)
        {
            return Err(format!("a note in {field} of {id}, made on phone {}, is lost", entry.by));
        }
    }
    Ok(())
}

/// A field holds the last value, or every value that was written at the same time.
fn field_is(
    field: &str,
    id: &DocumentId,
    done: &[(&Key, &Entry)],
    changes: &[RawChange],
    document: &Document,
) -> Verdict {
    let ancestors = ancestors(changes);
    let sets: Vec<(ChangeHash, &Value)> = done
        .iter()
        .filter_map(|(key, entry)| match &entry.deed {
            Deed::Person { sex } if field == "sex" => Some((key.1, sex)),
            Deed::Set { field: set, value } if *set == field => Some((key.1, value)),
            _ => None,
        })
        .collect();
    let later = |hash: &ChangeHash| sets.iter().any(|(other, _)| ancestors[other].contains(hash));
    let last: BTreeSet<String> =
        sets.iter().filter(|(hash, _)| !later(hash)).map(|(_, value)| value.to_string()).collect();
    let conflict = document.conflicts().into_iter().find(|conflict| conflict.field == field);
    let found: BTreeSet<String> = match conflict {
        Some(conflict) => conflict.values.iter().map(|value| value.value.to_string()).collect(),
        None => {
            let record = serde_json::to_value(document.read::<Person>().map_err(told)?).map_err(told)?;
            record.get(field).map(Value::to_string).into_iter().collect()
        }
    };
    if found == last { Ok(()) } else { Err(format!("{field} of {id} does not hold what was written last")) }
}

/// All that each change builds on.
fn ancestors(changes: &[RawChange]) -> BTreeMap<ChangeHash, BTreeSet<ChangeHash>> {
    let mut all: BTreeMap<ChangeHash, BTreeSet<ChangeHash>> = BTreeMap::new();
    for change in changes {
        let mut of: BTreeSet<ChangeHash> = change.deps().iter().copied().collect();
        for dep in change.deps() {
            of.extend(all.get(dep).into_iter().flatten().copied());
        }
        all.insert(change.hash(), of);
    }
    all
}
