//! From what was handed over to what counts: the day's rows, in a defined order, joined to one another.
//!
//! Everything after this file works on [`Day`] and never sees a row of another day or territory.

use std::collections::BTreeMap;

use super::day::{encounter_day, encounter_time, is_night_tour, is_referral_of, referral_day, shift_day};
use super::input::{DayInput, PersonFacts, PlannedShift, Row, UnitFacts};
use super::services::{Act, acts};
use super::tours::Span;
use crate::codes::ContactOutcome;
use crate::id::{DocumentId, EntryId, UnitId};
use crate::record::{Encounter, FollowUp, PersonSlot, Referral, Shift};
use crate::time::{OperationalDay, UnixMillis};

/// A unit's place in [`Day::units`].
pub(super) type UnitIndex = usize;

/// A tour of the day.
pub(super) struct Tour<'a> {
    pub row: &'a Row<Shift>,
    pub unit: UnitIndex,
    pub plan: Option<&'a PlannedShift>,
    pub span: Span,
    pub night: bool,
}

/// A planned tour of the day that no record carries out.
pub(super) struct Unopened<'a> {
    pub plan: &'a PlannedShift,
    pub unit: UnitIndex,
}

/// One person of an encounter.
pub(super) struct Slot<'a> {
    pub key: EntryId,
    pub said: &'a PersonSlot,
    /// The person, after decisions that two records are the same one.
    pub person: Option<DocumentId>,
}

/// An encounter of the day that is not voided.
pub(super) struct Met<'a> {
    pub row: &'a Row<Encounter>,
    pub unit: UnitIndex,
    /// Its tour, by the tour's place in [`Day::tours`].
    pub tour: Option<usize>,
    /// Whether it names a tour of which nothing is known here.
    pub tour_unknown: bool,
    pub at: Option<UnixMillis>,
    pub slots: Vec<Slot<'a>>,
    pub acts: Vec<Act<'a>>,
    /// The place, after decisions that two records are the same one.
    pub place: Option<DocumentId>,
    pub commune: Option<&'a str>,
}

/// A referral with something to do on the day, with what its encounter tells.
pub(super) struct Oriented<'a> {
    pub row: &'a Row<Referral>,
    pub unit: UnitIndex,
    pub made_on: Option<OperationalDay>,
    pub shift: Option<&'a Shift>,
    pub night: bool,
}

/// One day of one territory, ready to be counted.
pub(super) struct Day<'a> {
    pub input: &'a DayInput,
    pub units: Vec<&'a UnitFacts>,
    pub tours: Vec<Tour<'a>>,
    pub unopened: Vec<Unopened<'a>>,
    pub met: Vec<Met<'a>>,
    pub voided: Vec<(UnitIndex, &'a Row<Encounter>)>,
    pub referrals: Vec<Oriented<'a>>,
    pub follow_ups: Vec<(UnitIndex, &'a Row<FollowUp>)>,
    pub encounter_days: BTreeMap<DocumentId, OperationalDay>,
}

impl Met<'_> {
    /// Whether it is an encounter in the sense of indicator 5.
    pub fn counts(&self) -> bool {
        self.row.record.outcome.as_ref().is_some_and(|outcome| {
            !matches!(outcome, ContactOutcome::NotFound | ContactOutcome::Observed | ContactOutcome::Unsafe)
        })
    }
}

impl<'a> Day<'a> {
    /// Picks and joins what counts.
    pub fn select(input: &'a DayInput) -> Self {
        let units = units(&input.units);
        let shifts = by_id(&input.shifts);
        let (tours, unopened) = tours(input, &units, &shifts);
        let mut day = Self {
            input,
            units,
            tours,
            unopened,
            met: Vec::new(),
            voided: Vec::new(),
            referrals: Vec::new(),
            follow_ups: Vec::new(),
            encounter_days: BTreeMap::new(),
        };
        let encounters = by_id(&input.encounters);
        day.take_encounters(&encounters, &shifts);
        day.take_referrals(&encounters, &shifts);
        day.take_follow_ups();
        day
    }

    /// The facts of a person, who stands for itself.
    pub fn facts(&self, person: DocumentId) -> Option<&'a PersonFacts> {
        self.input.persons.get(&person)
    }

    /// The person that `person` was decided to be.
    pub fn same_person(&self, person: DocumentId) -> DocumentId {
        self.facts(person).and_then(|facts| facts.same_as).unwrap_or(person)
    }

    /// The unit's place, when it is one of the territory.
    pub fn unit_of(&self, unit: &UnitId) -> Option<UnitIndex> {
        position(&self.units, unit)
    }

    fn take_encounters(
        &mut self,
        encounters: &BTreeMap<DocumentId, &'a Row<Encounter>>,
        shifts: &BTreeMap<DocumentId, &'a Row<Shift>>,
    ) {
        let tours: BTreeMap<DocumentId, usize> =
            self.tours.iter().enumerate().map(|(index, tour)| (tour.row.id, index)).collect();
        for row in encounters.values() {
            let night = self.unit_of(&row.unit).is_some_and(|unit| self.units[unit].night);
            let shift = row.record.shift.and_then(|id| shifts.get(&id));
            let on = encounter_day(&row.record, shift.map(|shift| &shift.record), night, &self.input.zone);
            self.encounter_days.extend(on.map(|on| (row.id, on)));
            let (Some(unit), true) = (self.unit_of(&row.unit), on == Some(self.input.day)) else { continue };
            if row.record.voided.is_some() {
                self.voided.push((unit, row));
            } else {
                let tour = row.record.shift.and_then(|id| tours.get(&id).copied());
                let tour_unknown = row.record.shift.is_some() && shift.is_none();
                let met = self.met(row, unit);
                self.met.push(Met { tour, tour_unknown, ..met });
            }
        }
        self.met.sort_by_key(|met| (met.at, met.row.id));
    }

    fn met(&self, row: &'a Row<Encounter>, unit: UnitIndex) -> Met<'a> {
        let slot = |(key, said): (&EntryId, &'a PersonSlot)| Slot {
            key: *key,
            said,
            person: said.person.map(|person| self.same_person(person)),
        };
        let place = |id: DocumentId| self.input.places.get(&id);
        let same_place = |id: DocumentId| place(id).and_then(|facts| facts.same_as).unwrap_or(id);
        let place_id = row.record.place.map(same_place);
        let by_place = || place_id.and_then(place).and_then(|facts| facts.commune.as_deref());
        Met {
            row,
            unit,
            tour: None,
            tour_unknown: false,
            at: encounter_time(&row.record),
            slots: row.record.persons.iter().map(slot).collect(),
            acts: acts(&row.record).collect(),
            place: place_id,
            commune: row.record.commune.as_deref().or_else(by_place),
        }
    }

    fn take_referrals(
        &mut self,
        encounters: &BTreeMap<DocumentId, &'a Row<Encounter>>,
        shifts: &BTreeMap<DocumentId, &'a Row<Shift>>,
    ) {
        for row in by_id(&self.input.referrals).into_values() {
            let Some(unit) = self.unit_of(&row.unit) else { continue };
            let encounter = row.record.encounter.and_then(|id| encounters.get(&id));
            let shift = encounter.and_then(|row| row.record.shift).and_then(|id| shifts.get(&id));
            let shift = shift.map(|row| &row.record);
            let encounter_day = encounter.and_then(|row| self.encounter_days.get(&row.id)).copied();
            let night = self.units[unit].night;
            if is_referral_of(self.input.day, &row.record, encounter_day, shift, night, &self.input.zone) {
                let made_on = referral_day(&row.record, encounter_day, shift, night, &self.input.zone);
                self.referrals.push(Oriented { row, unit, made_on, shift, night });
            }
        }
    }

    fn take_follow_ups(&mut self) {
        for row in by_id(&self.input.follow_ups).into_values() {
            let unit = row.record.assigned_unit.as_ref().unwrap_or(&row.unit);
            let (Some(due), Some(last)) = (row.record.due_on, super::status::last_day(&row.record)) else { continue };
            let includes_day = due <= self.input.day && self.input.day <= last;
            if let (Some(unit), true) = (self.unit_of(unit), includes_day) {
                self.follow_ups.push((unit, row));
            }
        }
    }
}

/// The rows by id. Of two rows of one record the one with the greater heads hash stays, whatever their order.
fn by_id<R>(rows: &[Row<R>]) -> BTreeMap<DocumentId, &Row<R>> {
    let mut sorted: Vec<&Row<R>> = rows.iter().collect();
    sorted.sort_by_key(|row| (row.id, row.heads_hash, &row.unit, row.clock_suspect, row.conflicted, row.received_at));
    sorted.into_iter().map(|row| (row.id, row)).collect()
}

fn units(units: &[UnitFacts]) -> Vec<&UnitFacts> {
    let mut sorted: Vec<&UnitFacts> = units.iter().collect();
    sorted.sort_by(|a, b| (&a.unit, &a.province, a.night).cmp(&(&b.unit, &b.province, b.night)));
    sorted.dedup_by(|a, b| a.unit == b.unit);
    sorted
}

fn position(units: &[&UnitFacts], unit: &UnitId) -> Option<UnitIndex> {
    units.binary_search_by(|facts| facts.unit.cmp(unit)).ok()
}

/// The tours of the day, each with its plan, and the plans that no tour carries out.
fn tours<'a>(
    input: &'a DayInput,
    units: &[&'a UnitFacts],
    shifts: &BTreeMap<DocumentId, &'a Row<Shift>>,
) -> (Vec<Tour<'a>>, Vec<Unopened<'a>>) {
    let mut tours = Vec::new();
    for row in shifts.values() {
        let (Some(unit), true) = (position(units, &row.unit), shift_day(&row.record, &input.zone) == Some(input.day))
        else {
            continue;
        };
        let night = is_night_tour(&row.record, &input.zone);
        tours.push(Tour { row, unit, plan: None, span: Span::of(&row.record, input), night });
    }
    tours.sort_by_key(|tour| (tour.row.record.planned_start.or(tour.row.record.started_at), tour.row.id));
    let unopened = match_plan(input, units, &mut tours);
    (tours, unopened)
}

/// Gives each tour its plan, and each plan at most one tour. Returns the plans left over.
///
/// Plans that name their tour come first and match no other. The remaining ones take their unit's remaining tours in
/// the order of their starts: first those that hold, then those that were given up, which take only tours that were
/// not made.
fn match_plan<'a>(input: &'a DayInput, units: &[&UnitFacts], tours: &mut [Tour<'a>]) -> Vec<Unopened<'a>> {
    let on_day = |plan: &&PlannedShift| input.zone.day_of(plan.starts) == Some(input.day);
    let mut plans: Vec<&PlannedShift> = input.plan.iter().filter(on_day).collect();
    plans.sort_by_key(|plan| {
        let rank = (plan.shift.is_none(), plan.cancelled.is_some());
        (rank, plan.starts, plan.ends, plan.shift, &plan.unit, &plan.cancelled)
    });
    let mut unopened = Vec::new();
    for plan in plans {
        let Some(unit) = position(units, &plan.unit) else { continue };
        let made = |tour: &Tour<'_>| tour.row.record.started_at.is_some();
        let fits = |tour: &&mut Tour<'_>| match plan.shift {
            Some(id) => tour.row.id == id,
            None => tour.unit == unit && !(plan.cancelled.is_some() && made(tour)),
        };
        match tours.iter_mut().filter(|tour| tour.plan.is_none()).find(fits) {
            Some(tour) => tour.plan = Some(plan),
            None => unopened.push(Unopened { plan, unit }),
        }
    }
    unopened
}
