//! A recount of the day's figures from raw rows, slowly and plainly.
//!
//! It shares no code with the fold: it asks one question of all rows at a time, counts durations minute by minute,
//! and looks ages up year by year. Its rows must have each id once, and times on whole minutes.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use jisr_sync_core::activity::{DayInput, Figures, Headcount, Range, Row};
use jisr_sync_core::codes::{
    ContactOutcome, Public, ReferralDestination, ReferralStatus, ServiceResult, ServiceType, ShiftType,
};
use jisr_sync_core::id::{DocumentId, EntryId, UnitId};
use jisr_sync_core::record::{AgeRange, Encounter, FollowUp, PersonSlot, Referral, ServiceTarget, Shift};

mod people;
mod referrals;
mod rest;
mod services;
mod tours;

use people::minor;

const MINUTE: i64 = 60_000;
const FINALS: [&str; 6] =
    ["cancelled", "no_place", "refused_by_provider", "refused_by_person", "not_attained", "attained"];

/// One slot of one encounter.
type Seen<'a> = (&'a Row<Encounter>, EntryId, &'a PersonSlot);

pub struct Recount<'a> {
    input: &'a DayInput,
    zone: TimeZone,
    units: Vec<UnitId>,
}

impl<'a> Recount<'a> {
    /// A recount of these units of the input's territory.
    pub fn of(input: &'a DayInput, units: &[UnitId]) -> Self {
        let zone = TimeZoneDatabase::bundled().get("Africa/Casablanca").unwrap();
        Self { input, zone, units: units.to_vec() }
    }

    fn date_at(&self, millis: i64) -> Date {
        self.zone.to_datetime(jiff::Timestamp::from_millisecond(millis).unwrap()).date()
    }

    fn hour_at(&self, millis: i64) -> i8 {
        self.zone.to_datetime(jiff::Timestamp::from_millisecond(millis).unwrap()).hour()
    }

    fn noon_after(&self, date: Date) -> i64 {
        date.tomorrow()
            .unwrap()
            .at(12, 0, 0, 0)
            .to_zoned_datetime(self.zone.clone())
            .unwrap()
            .timestamp()
            .as_millisecond()
    }

    fn is_here(&self, unit: &UnitId) -> bool {
        self.units.contains(unit)
    }

    fn is_night_unit(&self, unit: &UnitId) -> bool {
        self.input.units.iter().any(|facts| facts.unit == *unit && facts.night)
    }

    fn plain_day(&self, millis: i64, night: bool) -> Date {
        let date = self.date_at(millis);
        if night && self.hour_at(millis) < 12 { date.yesterday().unwrap() } else { date }
    }

    fn shift_date(&self, shift: &Shift) -> Option<Date> {
        if let Some(day) = shift.operational_day {
            return Some(day.date());
        }
        let start = if shift.planned_start.is_some() { shift.planned_start } else { shift.started_at };
        Some(self.date_at(start?.0))
    }

    fn shift_of(&self, encounter: &Encounter) -> Option<&'a Shift> {
        let wanted = encounter.shift?;
        self.input.shifts.iter().find(|row| row.id == wanted).map(|row| &row.record)
    }

    fn encounter_date(&self, row: &Row<Encounter>) -> Option<Date> {
        if let Some(date) = self.shift_of(&row.record).and_then(|shift| self.shift_date(shift)) {
            return Some(date);
        }
        let when = if row.record.occurred_at.is_some() { row.record.occurred_at } else { row.record.recorded_at };
        Some(self.plain_day(when?.0, self.is_night_unit(&row.unit)))
    }

    fn today(&self) -> Date {
        self.input.day.date()
    }

    fn tours(&self) -> Vec<&'a Row<Shift>> {
        let today = |row: &&Row<Shift>| self.is_here(&row.unit) && self.shift_date(&row.record) == Some(self.today());
        self.input.shifts.iter().filter(today).collect()
    }

    fn encounters(&self) -> Vec<&'a Row<Encounter>> {
        let today = |row: &&Row<Encounter>| {
            self.is_here(&row.unit) && row.record.voided.is_none() && self.encounter_date(row) == Some(self.today())
        };
        let mut rows: Vec<_> = self.input.encounters.iter().filter(today).collect();
        rows.sort_by_key(|row| (time_of(row), row.id));
        rows
    }

    fn visits(&self) -> Vec<&'a Row<Encounter>> {
        let not_met = ["not_found", "observed", "unsafe"];
        let met = |row: &&Row<Encounter>| {
            row.record.outcome.as_ref().is_some_and(|outcome| !not_met.contains(&outcome.to_string().as_str()))
        };
        self.encounters().into_iter().filter(met).collect()
    }

    fn true_person(&self, person: DocumentId) -> DocumentId {
        self.input.persons.get(&person).and_then(|facts| facts.same_as).unwrap_or(person)
    }

    /// Everything of the figures that is counted, in the figures' own shape.
    pub fn figures(&self) -> Figures {
        let mut figures = Figures::default();
        self.count_tours(&mut figures);
        self.count_hours(&mut figures);
        self.count_visits(&mut figures);
        self.count_people(&mut figures);
        self.count_services(&mut figures);
        self.count_referrals(&mut figures);
        self.count_returns(&mut figures);
        self.count_follow_ups(&mut figures);
        self.count_quality(&mut figures);
        figures
    }

    fn place(&self, row: &Row<Encounter>) -> Option<DocumentId> {
        let place = row.record.place?;
        Some(self.input.places.get(&place).and_then(|facts| facts.same_as).unwrap_or(place))
    }

    /// The range for these known persons and these unknown slots.
    fn range(&self, known: &BTreeSet<DocumentId>, unknown: &BTreeSet<(DocumentId, EntryId)>) -> Range {
        let all = self.encounters();
        let places: BTreeSet<_> = all.iter().map(|row| self.place(row)).collect();
        let mut least = known.len();
        for place in places {
            let there = all.iter().filter(|row| self.place(row) == place);
            least += there.map(|row| unknown.iter().filter(|(id, _)| *id == row.id).count()).max().unwrap_or(0);
        }
        Range { at_least: least as u64, at_most: (known.len() + unknown.len()) as u64 }
    }
}

fn time_of(row: &Row<Encounter>) -> Option<i64> {
    row.record.occurred_at.or(row.record.recorded_at).map(|at| at.0)
}
