//! What crews do: tours, encounters, persons of the province, edits of the same fields by several vans, counts,
//! notes, referrals, settling, declaring void.
//!
//! Each deed is one call of the device's real [`Local`]; what it was is told to the ledger, by which figures and
//! fields are checked in the end.

use jisr_client_sdk::local::Local;
use jisr_client_sdk::{Error, FieldRecord, Query, Result, Stored};
use jisr_sync_core::codes::{PersonStatus, ReferralDestination, ServiceType, Sex, ShiftType, VoidReason};
use jisr_sync_core::id::{DocumentId, EntryId, StaffId};
use jisr_sync_core::personal::Personal;
use jisr_sync_core::record::{Encounter, Person, Referral, Remark, ServiceKey, ServiceTarget, Shift, ShortCode};
use jisr_sync_core::time::UnixMillis;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};

use super::ledger::Deed;
use super::world::{DAY, Event, HOUR, MINUTE, World};
use crate::people::{self, NOTES, Scene};
use crate::service::province_of;

impl World {
    /// Plans a crew's next deed.
    pub(super) fn plan_deed(&mut self, phone: usize) {
        let mean = DAY / i64::from(self.plan.deeds_a_day.max(1));
        let delay = self.rng.random_range(MINUTE..2 * mean);
        self.after(delay, Event::Deed(phone));
    }

    /// A crew does something, if its phone is on.
    pub(super) fn deed(&mut self, phone: usize) {
        self.plan_deed(phone);
        if self.phones[phone].hold {
            return;
        }
        if self.rng.random_ratio(1, 6) {
            // The app is closed and opened again, as people do.
            let delay = self.rng.random_range(1..MINUTE);
            return self.switch_off(phone, delay);
        }
        // Deeds come in bursts: a form is rarely alone.
        for _ in 0..self.rng.random_range(1..4) {
            let Some(local) = self.phones[phone].local.clone() else { return };
            let mut rng = StdRng::seed_from_u64(self.rng.random());
            let done = self.do_something(phone, &local, &mut rng);
            drop(local);
            let deed = match done {
                Some(Ok(deed)) => Some(deed),
                Some(Err(failed)) => {
                    let (error, deed) = *failed;
                    self.note(format!("phone {phone} refuses: {}", error.code()));
                    // It may show after all, once the store that stopped is opened anew.
                    Some(deed).filter(|_| self.phones[phone].disk.has_stopped())
                }
                None => None,
            };
            let now = self.shown(phone);
            self.phones[phone].engine.handle_local_change(now);
            if !self.after_step(phone, deed) {
                return;
            }
        }
        self.plan_wake(phone);
    }

    fn do_something(&mut self, phone: usize, local: &Local, rng: &mut StdRng) -> Option<Tried> {
        // A tour of another unit, to which a copy of the phone was moved, is none of this one's.
        let is_here = |id: &DocumentId| local.kind_of(*id).is_some();
        let open = self.phones[phone].shift.filter(|(id, until)| *until > self.now() && is_here(id));
        let known_shift = open.map(|(id, _)| id);
        let unit = local.enrolment().ok()?.unit;
        // A crew that was moved begins a tour of its new unit.
        let known_shift = known_shift.filter(|_| unit == self.phones[phone].unit);
        self.phones[phone].unit = unit;
        if known_shift.is_none() {
            return self.set_out(phone, local, rng);
        }
        let act = Act { now: UnixMillis(self.now()), unit: self.phones[phone].unit.clone(), shift: known_shift, local };
        match rng.random_range(0..100) {
            0..30 => Some(act.meet(rng)),
            30..40 => Some(act.write_down(rng)),
            40..58 => act.describe(rng),
            58..70 => act.give_more(rng),
            70..82 => act.take_note(rng),
            82..90 => act.refer(rng),
            90..96 => act.settle(rng),
            96..98 => act.declare_void(rng),
            _ => act.ask_back(rng),
        }
    }

    /// Opens a tour that lasts ten hours.
    fn set_out(&mut self, phone: usize, local: &Local, rng: &mut StdRng) -> Option<Tried> {
        let now = self.now();
        let unit = self.phones[phone].unit.clone();
        let day = local.zone().day_of(UnixMillis(now))?;
        let shift = Shift {
            operational_day: Some(day),
            shift_type: Some(ShiftType::Night),
            started_at: Some(UnixMillis(now)),
            planned_start: Some(UnixMillis(now)),
            odometer_start: Some(rng.random_range(40_000..90_000)),
            ..Shift::default()
        };
        let deed = Deed::Shift { unit, day };
        let added = local.add(shift);
        if let Ok(id) = &added {
            self.phones[phone].shift = Some((*id, now + 10 * HOUR));
        }
        Some(added.map(|_| deed.clone()).map_err(|error| Box::new((error, deed))))
    }
}

/// Somebody who does something.
struct Act<'a> {
    now: UnixMillis,
    unit: jisr_sync_core::id::UnitId,
    shift: Option<DocumentId>,
    local: &'a Local,
}

/// What a deed came to; with an error, what it was to be.
type Tried = std::result::Result<Deed, Box<(Error, Deed)>>;

impl Act<'_> {
    fn held<R: FieldRecord>(&self, rng: &mut StdRng) -> Option<Stored<R>> {
        let found = self.local.find::<R>(&Query::all()).ok()?;
        found.choose(rng).cloned()
    }

    /// An encounter of this unit: what another unit's tour gave stays with it after a move.
    fn own_encounter(&self, rng: &mut StdRng) -> Option<Stored<Encounter>> {
        self.held::<Encounter>(rng).filter(|found| found.value.unit.as_ref() == Some(&self.unit))
    }

    fn meet(&self, rng: &mut StdRng) -> Tried {
        let person = self.held::<Person>(rng).map(|person| person.id);
        let staff: StaffId = "am1".parse().map_err(|_| Box::new((Error::Closed, Deed::Other)))?;
        let encounter = people::encounter(&Scene { shift: self.shift, staff, at: self.now, known: person }, rng);
        let deed = Deed::Encounter {
            unit: self.unit.clone(),
            shift: self.shift,
            outcome: encounter.outcome.clone(),
            known: encounter.persons.values().filter_map(|slot| slot.person).collect(),
            given: encounter.given.clone(),
        };
        self.local.add(encounter).map(|_| deed.clone()).map_err(|error| Box::new((error, deed)))
    }

    fn write_down(&self, rng: &mut StdRng) -> Tried {
        let code = ShortCode::random(province_of(self.unit.as_str()), rng).to_string();
        let person = people::person(code, rng);
        let deed = Deed::Person { sex: json!(person.sex) };
        self.local.add(person).map(|_| deed.clone()).map_err(|error| Box::new((error, deed)))
    }

    /// Gives a field of a person a value; vans of a province do so to the same persons.
    fn describe(&self, rng: &mut StdRng) -> Option<Tried> {
        let person = self.held::<Person>(rng)?;
        let sex = [Sex::Male, Sex::Female, Sex::Unknown].choose(rng).cloned();
        let status = [PersonStatus::Active, PersonStatus::Closed].choose(rng).cloned();
        let (field, value) = if rng.random_ratio(1, 2) {
            ("sex", serde_json::to_value(&sex).ok()?)
        } else {
            ("status", serde_json::to_value(&status).ok()?)
        };
        let deed = Deed::Set { field, value };
        let edited = self.local.update::<Person>(person.id, |person| match field {
            "sex" => person.sex = sex,
            _ => person.status = status,
        });
        tried(edited, deed)
    }

    fn give_more(&self, rng: &mut StdRng) -> Option<Tried> {
        let encounter = self.own_encounter(rng)?;
        let key = ServiceKey { service: ServiceType::Meal, target: ServiceTarget::Group };
        let by = rng.random_range(1..4);
        let deed = Deed::Added { key: key.clone(), by };
        let edited = self.local.update::<Encounter>(encounter.id, |encounter| {
            *encounter.given.entry(key).or_insert(0) += by;
        });
        tried(edited, deed)
    }

    fn take_note(&self, rng: &mut StdRng) -> Option<Tried> {
        let note = EntryId::random(rng);
        let remark = Remark { text: NOTES.choose(rng).map(|text| Personal::from(*text)), by: None, at: Some(self.now) };
        if rng.random_ratio(1, 2) {
            let person = self.held::<Person>(rng)?;
            let edited = self.local.update::<Person>(person.id, |person| _ = person.marks.insert(note, remark));
            return tried(edited, Deed::Wrote { field: "marks", note });
        }
        let encounter = self.own_encounter(rng)?;
        let edited = self.local.update::<Encounter>(encounter.id, |encounter| _ = encounter.notes.insert(note, remark));
        tried(edited, Deed::Wrote { field: "notes", note })
    }

    fn refer(&self, rng: &mut StdRng) -> Option<Tried> {
        let encounter = self.own_encounter(rng)?;
        let referral = Referral {
            encounter: Some(encounter.id),
            to_kind: [ReferralDestination::Hospital, ReferralDestination::Cape].choose(rng).cloned(),
            accompanied: Some(true),
            ..Referral::default()
        };
        let deed = Deed::Referral { unit: self.unit.clone(), encounter: encounter.id };
        Some(self.local.add(referral).map(|_| deed.clone()).map_err(|error| Box::new((error, deed))))
    }

    /// Settles a field on one of the values it was given.
    fn settle(&self, rng: &mut StdRng) -> Option<Tried> {
        let conflicts = self.local.conflicts().ok()?;
        let (id, _, fields) = conflicts.choose(rng)?;
        let conflict = fields.iter().find(|conflict| ["sex", "status"].contains(&conflict.field.as_str()))?;
        let value: Value = json!(conflict.values.choose(rng)?.value);
        let field = if conflict.field == "sex" { "sex" } else { "status" };
        let settled = self.local.settle(*id, field, &value);
        tried(settled, Deed::Set { field, value })
    }

    /// Asks for a record that has left the phone.
    fn ask_back(&self, rng: &mut StdRng) -> Option<Tried> {
        let left = self.local.left();
        let recalled = self.local.recall(*left.choose(rng)?).map(|()| true);
        tried(recalled, Deed::Other)
    }

    fn declare_void(&self, rng: &mut StdRng) -> Option<Tried> {
        let encounter = self.own_encounter(rng)?;
        let edited = self.local.update::<Encounter>(encounter.id, |encounter| {
            encounter.voided = Some(VoidReason::Duplicate);
        });
        tried(edited, Deed::Voided)
    }
}

fn tried(edited: Result<bool>, deed: Deed) -> Option<Tried> {
    match edited {
        Ok(true) => Some(Ok(deed)),
        Ok(false) => None,
        Err(error) => Some(Err(Box::new((error, deed)))),
    }
}
