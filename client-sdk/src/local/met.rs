//! An encounter and the person first met in it: one act, one commit, kept whole or not at all.
//!
//! **Never here:** the rules about either record, which are those of [`Local::add`] and [`Local::finish`].

use std::collections::{BTreeMap, BTreeSet};

use jisr_sync_core::id::DocumentId;
use jisr_sync_core::record::{Encounter, Person, Record};

use super::edit::{Finished, draft_of, json_of};
use super::held::Held;
use super::{FieldRecord, Local};
use crate::error::Result;
use crate::store::{Draft, StoreBatch};

impl Local {
    /// Adds a person and the encounter in which it was met, which `encounter` makes of the person's id. Returns the
    /// encounter's id once both would survive a power cut.
    ///
    /// # Errors
    /// As [`Local::add`], for either of the two. Neither was kept then.
    pub fn add_met(&self, person: Person, encounter: impl FnOnce(DocumentId) -> Encounter) -> Result<DocumentId> {
        self.write(|writer, held| {
            let met = DocumentId::new(self.now(), &mut writer.rng);
            let id = DocumentId::new(self.now(), &mut writer.rng);
            let batch = self.creation(writer, held, met, person)?;
            let batch = joined(batch, self.creation(writer, held, id, encounter(met))?);
            Ok((batch, id))
        })
    }

    /// As [`Local::add_met`], but both are kept as drafts.
    ///
    /// # Errors
    /// [`crate::Error::Store`].
    pub fn draft_met(&self, person: &Person, encounter: impl FnOnce(DocumentId) -> Encounter) -> Result<DocumentId> {
        self.write(|writer, _| {
            let now = self.now();
            let (met, id) = (DocumentId::new(now, &mut writer.rng), DocumentId::new(now, &mut writer.rng));
            let drafts = BTreeMap::from([
                (met, Some(Draft::new(Person::KIND, json_of(person)?, now))),
                (id, Some(Draft::new(Encounter::KIND, json_of(&encounter(met))?, now))),
            ]);
            Ok((StoreBatch { drafts, ..StoreBatch::default() }, id))
        })
    }

    /// Makes a draft of an encounter a record, and with it the drafts of the persons it names.
    ///
    /// # Errors
    /// As [`Local::finish`], for any of them. All stay drafts then.
    pub fn finish_met(&self, id: DocumentId) -> Result<Finished> {
        self.write(|writer, held| {
            let encounter: Encounter = draft_of(held, id)?;
            let missing = encounter.missing_fields();
            if !missing.is_empty() {
                return Ok((StoreBatch::default(), Finished::Missing(missing)));
            }
            let mut batch = StoreBatch::default();
            for met in drafts_named(held, &encounter) {
                batch = joined(batch, self.creation(writer, held, met, draft_of::<Person>(held, met)?)?);
                batch.drafts.insert(met, None);
            }
            batch = joined(batch, self.creation(writer, held, id, encounter)?);
            batch.drafts.insert(id, None);
            Ok((batch, Finished::Yes))
        })
    }

    /// Throws a draft of an encounter away, and with it the drafts of persons that no other draft names.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`] when there is no such draft, [`crate::Error::Store`].
    pub fn discard_met(&self, id: DocumentId) -> Result<()> {
        self.write(|_, held| {
            let encounter: Encounter = draft_of(held, id)?;
            let others = held.drafts.keys().filter(|other| **other != id);
            let others = others.filter_map(|other| draft_of::<Encounter>(held, *other).ok());
            let elsewhere: BTreeSet<_> = others.flat_map(|other| drafts_named(held, &other)).collect();
            let gone = drafts_named(held, &encounter).into_iter().filter(|met| !elsewhere.contains(met)).chain([id]);
            let drafts = gone.map(|id| (id, None)).collect();
            Ok((StoreBatch { drafts, ..StoreBatch::default() }, ()))
        })
    }
}

/// The persons an encounter names that are drafts themselves.
fn drafts_named(held: &Held, encounter: &Encounter) -> BTreeSet<DocumentId> {
    let named = encounter.persons.values().filter_map(|slot| slot.person);
    named.filter(|id| held.drafts.get(id).is_some_and(|draft| draft.kind.0 == Person::KIND)).collect()
}

/// Two batches that were planned against the same state, as one: what the second queues comes after the first.
fn joined(mut first: StoreBatch, second: StoreBatch) -> StoreBatch {
    let before = first.queued.len() as u64;
    first.documents.extend(second.documents);
    first.queued.extend(second.queued.into_iter().map(|mut waiting| {
        waiting.index = waiting.index.saturating_add(before);
        waiting
    }));
    first
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use jisr_sync_core::codes::ContactOutcome;
    use jisr_sync_core::id::EntryId;
    use jisr_sync_core::record::PersonSlot;
    use jisr_sync_core::time::UnixMillis;
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    use super::*;
    use crate::clock::SetClock;
    use crate::error::Error;
    use crate::store::kv::KvStore;
    use crate::store::{Enrolment, Store};

    fn local() -> (Local, Arc<dyn Store>) {
        let store: Arc<dyn Store> = Arc::new(KvStore::in_memory().unwrap());
        let clock = Arc::new(SetClock::at(UnixMillis(1_795_000_000_000)));
        let local = Local::open(Arc::clone(&store), clock, StdRng::seed_from_u64(1)).unwrap();
        let unit = "azilal-1".parse().unwrap();
        let scopes = ["unit/azilal-1", "province/azilal"].map(|scope| scope.parse().unwrap()).into();
        let server = jisr_sync_core::sync::ServerId::from_bytes([7; 16]);
        let enrolment = Enrolment::new("https://x".to_owned(), server, unit, "azilal".parse().unwrap(), scopes);
        local.enrol(enrolment).unwrap();
        (local, store)
    }

    fn met(person: DocumentId) -> Encounter {
        let slot = PersonSlot { person: Some(person), ..PersonSlot::default() };
        Encounter {
            outcome: Some(ContactOutcome::Engaged),
            place_unknown: Some(true),
            persons: [(EntryId::random(&mut StdRng::seed_from_u64(2)), slot)].into(),
            ..Encounter::default()
        }
    }

    fn counts(local: &Local) -> (usize, usize) {
        let all = crate::Query::all();
        (local.find::<Person>(&all).unwrap().len(), local.find::<Encounter>(&all).unwrap().len())
    }

    #[test]
    fn a_person_and_its_encounter_wait_one_after_the_other_and_are_there_again_after_a_restart() {
        let (local, store) = local();

        let id = local.add_met(Person::default(), met).unwrap();

        let person = local.get::<Encounter>(id).unwrap().unwrap().value.related()[0];
        assert!(local.get::<Person>(person).unwrap().unwrap().value.short_code.is_some());
        let indexes: Vec<u64> = store.load().unwrap().waiting.keys().copied().collect();
        assert_eq!(indexes.len(), 2);
        let clock = Arc::new(SetClock::at(UnixMillis(1_795_000_000_000)));
        let again = Local::open(store, clock, StdRng::seed_from_u64(3)).unwrap();
        assert_eq!((counts(&local), counts(&again)), ((1, 1), (1, 1)));
    }

    #[test]
    fn an_encounter_that_is_refused_leaves_no_person_behind() {
        let (local, store) = local();

        assert!(local.add_met(Person::default(), |id| Encounter { outcome: None, ..met(id) }).is_err());

        assert_eq!(counts(&local), (0, 0));
        assert!(store.load().unwrap().waiting.is_empty());
    }

    #[test]
    fn drafts_of_an_encounter_and_its_person_are_finished_or_thrown_away_together() {
        let (local, _) = local();
        let gone = local.draft_met(&Person::default(), met).unwrap();
        let kept = local.draft_met(&Person::default(), met).unwrap();
        assert_eq!(local.drafts().len(), 4);

        local.discard_met(gone).unwrap();
        assert_eq!(local.drafts().len(), 2);
        assert_eq!(local.finish_met(kept).unwrap(), Finished::Yes);

        assert_eq!((local.drafts().len(), counts(&local)), (0, (1, 1)));
        assert!(matches!(local.finish_met(kept), Err(Error::NotFound(_))));
    }
}
