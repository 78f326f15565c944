//! Reading records: one, a list, a search, the conflicts, the history, the day.

use jisr_sync_core::activity::{DailyActivity, DayInput, PersonFacts, PlaceFacts, UnitFacts};
use jisr_sync_core::document::{Conflict, HistoryEntry};
use jisr_sync_core::id::{DocumentId, UnitId};
use jisr_sync_core::record::{Encounter, FollowUp, Person, Place, Record, RecordKind, Referral, Shift};
use jisr_sync_core::time::{OperationalDay, UnixMillis};

use super::Local;
use super::held::{Held, HeldRow};
use super::kinds::{FieldRecord, facets};
use crate::error::{Error, Result};
use crate::query::Query;
use crate::status::RecordSync;
use crate::store::{Aside, AsideKey, Draft, Enrolment};

/// A record as it is held here.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Stored<R> {
    /// Its id.
    pub id: DocumentId,
    /// The record; of values that several people set at the same time, the one everybody is shown.
    pub value: R,
    /// Where it stands.
    pub sync: RecordSync,
    /// The fields that several people set differently.
    pub conflicts: Vec<Conflict>,
    /// When it last changed here, by the device's clock.
    pub updated_at: UnixMillis,
}

/// A draft in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DraftView {
    /// Its id, which stays when it is finished.
    pub id: DocumentId,
    /// Which kind of record it is to be.
    pub kind: RecordKind,
    /// When it was begun.
    pub begun_at: UnixMillis,
}

/// A change that was set aside.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AsideView {
    /// Which change.
    pub key: AsideKey,
    /// Who set it aside, when and why.
    pub aside: Aside,
}

impl Local {
    /// A record or a draft, or `None` when there is none of this kind under this id.
    ///
    /// # Errors
    /// [`Error::Left`] when it was here once, [`Error::Unreadable`] when this version cannot read it, [`Error::Store`].
    pub fn get<R: FieldRecord>(&self, id: DocumentId) -> Result<Option<Stored<R>>> {
        let held = self.read_held();
        if let Some(draft) = held.drafts.get(&id).filter(|draft| draft.kind.0 == R::KIND) {
            return stored_draft(id, draft).map(Some);
        }
        let of_kind = |held: &&HeldRow| held.row.kind.is_some_and(|code| code.0 == R::KIND);
        if held.pruned_of(&id).is_some() {
            return Err(Error::Left(id));
        }
        held.rows.get(&id).filter(of_kind).map(|row| self.stored(&held, id, row)).transpose()
    }

    /// The records of a kind that `query` asks for, best fits first, then newest.
    /// What this version cannot read is left out.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn find<R: FieldRecord>(&self, query: &Query) -> Result<Vec<Stored<R>>> {
        let held = self.read_held();
        let words = query.words();
        let mut hits: Vec<(u8, UnixMillis, DocumentId)> = Vec::new();
        for (id, row) in held.rows_of(R::KIND) {
            if query.takes_state(&held.sync_of(id), row.row.conflicted) {
                hits.extend(query.score(row.at(), &row.facets, &words).map(|score| (score, row.at(), *id)));
            }
        }
        for (id, draft) in held.drafts.iter().filter(|(_, draft)| draft.kind.0 == R::KIND) {
            if query.takes_state(&RecordSync::Draft, false) {
                let score = query.score(draft.begun_at, &facets(R::KIND, &draft.record), &words);
                hits.extend(score.map(|score| (score, draft.begun_at, *id)));
            }
        }
        hits.sort_unstable_by(|a, b| b.cmp(a));
        let mut found = Vec::new();
        for (_, _, id) in hits {
            if found.len() == query.limit_or_all() {
                break;
            }
            let stored = match (held.drafts.get(&id), held.rows.get(&id)) {
                (Some(draft), _) => stored_draft(id, draft),
                (None, Some(row)) => self.stored(&held, id, row),
                (None, None) => continue,
            };
            match stored {
                Err(Error::Unreadable(_)) => {}
                stored => found.push(stored?),
            }
        }
        Ok(found)
    }

    /// The tour of this device's unit that was started and neither ended nor cancelled: the one begun here, or else the
    /// newest of the unit. What an earlier unit's tour left open is not this one's.
    ///
    /// # Errors
    /// [`Error::NotEnrolled`], [`Error::Unreadable`] when this version cannot read it, [`Error::Store`].
    pub fn open_shift(&self) -> Result<Option<Stored<Shift>>> {
        let enrolment = self.enrolment()?;
        let open = open_shift(&self.read_held(), &enrolment);
        open.map_or(Ok(None), |id| self.get(id))
    }

    /// Which kind of record stands under an id, drafts included.
    pub fn kind_of(&self, id: DocumentId) -> Option<RecordKind> {
        let held = self.read_held();
        let draft = held.drafts.get(&id).map(|draft| draft.kind.0);
        draft.or_else(|| held.rows.get(&id)?.row.kind.map(|code| code.0))
    }

    /// Every id there is a record or a draft under, with its kind.
    pub fn ids(&self) -> Vec<(DocumentId, RecordKind)> {
        let held = self.read_held();
        let drafts = held.drafts.iter().map(|(id, draft)| (*id, draft.kind.0));
        let rows = held.rows.iter().filter_map(|(id, row)| Some((*id, row.row.kind?.0)));
        drafts.chain(rows).collect()
    }

    /// Every record with a field that several people set differently.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn conflicts(&self) -> Result<Vec<(DocumentId, RecordKind, Vec<Conflict>)>> {
        let held = self.read_held();
        let mut all = Vec::new();
        for (id, row) in held.rows.iter().filter(|(_, row)| row.row.conflicted) {
            let (document, _) = self.document_of(&held, *id, None)?;
            all.extend(row.row.kind.map(|kind| (*id, kind.0, document.conflicts())));
        }
        Ok(all)
    }

    /// What was done to a record, oldest first.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Store`].
    pub fn history(&self, id: DocumentId) -> Result<Vec<HistoryEntry>> {
        let held = self.read_held();
        let (document, _) = self.document_of(&held, id, None)?;
        Ok(document.history())
    }

    /// The drafts, oldest first.
    pub fn drafts(&self) -> Vec<DraftView> {
        let held = self.read_held();
        let view =
            |(id, draft): (&DocumentId, &Draft)| DraftView { id: *id, kind: draft.kind.0, begun_at: draft.begun_at };
        held.drafts.iter().map(view).collect()
    }

    /// The changes that were set aside, here or by the server.
    pub fn asides(&self) -> Vec<AsideView> {
        let held = self.read_held();
        held.asides.iter().map(|(key, aside)| AsideView { key: *key, aside: aside.clone() }).collect()
    }

    /// The day's figures out of what this device holds: the same fold as on the server, with less to fold.
    ///
    /// # Errors
    /// [`Error::NotEnrolled`].
    pub fn day(&self, day: OperationalDay) -> Result<DailyActivity> {
        let enrolment = self.enrolment()?;
        let held = self.read_held();
        let mut input = DayInput::empty(day, self.now(), self.zone().clone());
        input.units =
            vec![UnitFacts { unit: enrolment.unit.clone(), province: enrolment.province, night: enrolment.night }];
        input.shifts = rows::<Shift>(&held, &enrolment.unit);
        input.encounters = rows::<Encounter>(&held, &enrolment.unit);
        input.referrals = rows::<Referral>(&held, &enrolment.unit);
        input.follow_ups = rows::<FollowUp>(&held, &enrolment.unit);
        input.persons = records::<Person>(&held).map(|(id, person)| (id, person_facts(&person))).collect();
        input.places = records::<Place>(&held).map(|(id, place)| (id, place_facts(&place))).collect();
        drop(held);
        Ok(jisr_sync_core::activity::fold(&input))
    }

    fn stored<R: FieldRecord>(&self, held: &Held, id: DocumentId, row: &HeldRow) -> Result<Stored<R>> {
        let json = row.row.record.as_deref().ok_or(Error::Unreadable(id))?;
        let conflicts = if row.row.conflicted { self.document_of(held, id, None)?.0.conflicts() } else { Vec::new() };
        Ok(Stored {
            id,
            value: serde_json::from_str(json).map_err(|_| Error::Unreadable(id))?,
            sync: held.sync_of(&id),
            conflicts,
            updated_at: row.row.changed_at,
        })
    }
}

/// Which tour of the unit is open: the one this device began, or else the newest.
pub(super) fn open_shift(held: &Held, enrolment: &Enrolment) -> Option<DocumentId> {
    let device = held.identity.as_ref().map(|identity| identity.device);
    let scope = enrolment.scope_of(RecordKind::Shift);
    let open = held.rows_of(RecordKind::Shift).filter(|(_, row)| row.facets.open_shift && row.row.scope == scope);
    let own = |row: &HeldRow| row.facets.device.is_some() && row.facets.device == device;
    open.max_by_key(|(_, row)| (own(row), row.at())).map(|(id, _)| *id)
}

fn stored_draft<R: Record>(id: DocumentId, draft: &Draft) -> Result<Stored<R>> {
    Ok(Stored {
        id,
        value: serde_json::from_str(&draft.record).map_err(|_| Error::Unreadable(id))?,
        sync: RecordSync::Draft,
        conflicts: Vec::new(),
        updated_at: draft.changed_at,
    })
}

fn records<R: Record>(held: &Held) -> impl Iterator<Item = (DocumentId, R)> + '_ {
    held.rows_of(R::KIND).filter_map(|(id, row)| {
        let record = serde_json::from_str(row.row.record.as_deref()?).ok()?;
        Some((*id, record))
    })
}

fn rows<R: Record>(held: &Held, unit: &UnitId) -> Vec<jisr_sync_core::activity::Row<R>> {
    let row = |(id, record)| {
        let row = &held.rows.get(&id)?.row;
        let heads = data_encoding::HEXLOWER.decode(row.heads.as_bytes()).ok()?;
        Some(jisr_sync_core::activity::Row {
            id,
            unit: unit.clone(),
            heads_hash: heads.try_into().ok()?,
            record,
            conflicted: row.conflicted,
            clock_suspect: false,
            received_at: None,
        })
    };
    records::<R>(held).filter_map(row).collect()
}

fn person_facts(person: &Person) -> PersonFacts {
    PersonFacts {
        first_met: person.first_contact_on,
        sex: person.sex.clone(),
        age: person.age,
        age_as_of: person.age_as_of,
        publics: person.publics.clone(),
        case_owner: person.case_owner.clone(),
        ..PersonFacts::default()
    }
}

fn place_facts(place: &Place) -> PlaceFacts {
    PlaceFacts { commune: place.commune.clone(), same_as: place.merged_into }
}
