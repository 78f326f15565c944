//! A recount of the day's figures from raw rows, slowly and plainly.
//!
//! It shares no code with the fold: it asks one question of all rows at a time, counts durations minute by minute,
//! and looks ages up year by year. Its rows must have each id once, and times on whole minutes.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use jisr_sync_core::activity::{DayInput, Figures, Headcount, Items, Range, Row};
use jisr_sync_core::codes::{
    ContactOutcome, Public, ReferralDestination, ReferralStatus, ServiceResult, ServiceType, ShiftType,
};
use jisr_sync_core::id::{DocumentId, EntryId, UnitId};
use jisr_sync_core::record::{AgeRange, Encounter, FollowUp, PersonSlot, Referral, ServiceTarget, Shift};

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

    fn seen(rows: &[&'a Row<Encounter>]) -> Vec<Seen<'a>> {
        rows.iter().flat_map(|row| row.record.persons.iter().map(|(key, slot)| (*row, *key, slot))).collect()
    }

    fn persons_in(&self, rows: &[&'a Row<Encounter>]) -> BTreeSet<DocumentId> {
        Self::seen(rows).into_iter().filter_map(|(_, _, slot)| slot.person).map(|p| self.true_person(p)).collect()
    }

    fn of_person(&self, person: DocumentId) -> Vec<Seen<'a>> {
        let mine = |(_, _, slot): &Seen<'a>| slot.person.map(|p| self.true_person(p)) == Some(person);
        Self::seen(&self.visits()).into_iter().filter(mine).collect()
    }

    /// How many satisfy `who`, given all appearances of one person, or the single one of somebody unknown.
    fn heads(&self, who: impl Fn(&[Seen<'a>], Option<DocumentId>) -> bool) -> Headcount {
        let visits = self.visits();
        let known = self.persons_in(&visits).into_iter().filter(|p| who(&self.of_person(*p), Some(*p))).count();
        let strangers = Self::seen(&visits).into_iter().filter(|(_, _, slot)| slot.person.is_none());
        let unknown = strangers.filter(|seen| who(&[*seen], None)).count();
        Headcount { known: known as u64, unknown_slots: unknown as u64 }
    }

    fn age(&self, seen: &[Seen<'a>], person: Option<DocumentId>) -> Option<(u8, Option<u8>)> {
        let mut said = None;
        for (_, _, slot) in seen {
            said = slot.age.or(said);
        }
        if let Some(age) = said {
            return Some((age.min(), age.max()));
        }
        let facts = self.input.persons.get(&person?)?;
        let age = facts.age?;
        let Some(stated) = facts.age_as_of else { return Some((age.min(), age.max())) };
        years_later(age, stated.date(), self.today())
    }

    fn age_heads(&self, fits: impl Fn(Option<(u8, Option<u8>)>) -> bool) -> Headcount {
        self.heads(|seen, person| fits(self.age(seen, person)))
    }

    fn accompaniments(seen: &[Seen<'a>]) -> BTreeSet<String> {
        let said = |(row, _, slot): &Seen<'a>| {
            let own = slot.accompaniment.as_ref().map(ToString::to_string);
            own.or_else(|| row.record.accompaniment.as_ref().map(ToString::to_string))
        };
        let mut all: BTreeSet<String> = seen.iter().filter_map(said).collect();
        all.remove("unknown");
        all.remove("not_applicable");
        all
    }

    fn rough(&self, seen: &[Seen<'a>]) -> bool {
        let tours = self.input.shifts.iter().filter(|row| self.input.units.iter().any(|facts| facts.unit == row.unit));
        let nights =
            tours.filter(|row| self.shift_date(&row.record) == Some(self.today()) && self.is_night(&row.record));
        nights.into_iter().any(|tour| {
            let mut last = String::new();
            for (row, _, slot) in seen.iter().filter(|(row, _, _)| row.record.shift == Some(tour.id)) {
                let said = slot.sleeping_situation.as_ref().or(row.record.sleeping_situation.as_ref());
                if let Some(said) = said.map(ToString::to_string).filter(|said| said != "unknown" && said != "declined")
                {
                    last = said;
                }
            }
            ["street", "station", "vehicle", "abandoned", "makeshift"].contains(&last.as_str())
        })
    }

    fn is_night(&self, shift: &Shift) -> bool {
        if shift.shift_type == Some(ShiftType::Night) {
            return true;
        }
        let start = if shift.planned_start.is_some() { shift.planned_start } else { shift.started_at };
        let late = start.is_some_and(|start| !(5..18).contains(&self.hour_at(start.0)));
        shift.shift_type != Some(ShiftType::Day) && late
    }

    /// From and to, for a tour that can be measured.
    fn lasted(&self, shift: &Shift) -> Option<(i64, i64)> {
        let from = shift.started_at?.0;
        let cap = self.input.as_of.0.min(self.noon_after(self.today()));
        let to = shift.ended_at.map_or(cap.max(from), |end| end.0);
        (to >= from).then_some((from, to))
    }

    fn minutes(intervals: &[(i64, i64)]) -> u64 {
        let minutes: BTreeSet<i64> = intervals.iter().flat_map(|(from, to)| from / MINUTE..to / MINUTE).collect();
        minutes.len() as u64 * MINUTE as u64
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

    /// Which plan each tour of the whole territory carries out; and the plans left over.
    fn carried_out(&self) -> (BTreeSet<DocumentId>, Vec<usize>) {
        let territory: Vec<UnitId> = self.input.units.iter().map(|facts| facts.unit.clone()).collect();
        let mut tours = Recount::of(self.input, &territory).tours();
        tours.sort_by_key(|row| (row.record.planned_start.or(row.record.started_at), row.id));
        let mut taken = BTreeSet::new();
        let mut left = Vec::new();
        let plans: Vec<_> = self.input.plan.iter().enumerate().collect();
        let today: Vec<_> = plans
            .into_iter()
            .filter(|(_, plan)| territory.contains(&plan.unit) && self.date_at(plan.starts.0) == self.today())
            .collect();
        for (index, plan) in today.iter().filter(|(_, plan)| plan.shift.is_some()) {
            match tours.iter().find(|row| Some(row.id) == plan.shift) {
                Some(row) => drop(taken.insert(row.id)),
                None => left.push(*index),
            }
        }
        let mut unnamed: Vec<_> = today.iter().filter(|(_, plan)| plan.shift.is_none()).collect();
        unnamed.sort_by_key(|(_, plan)| (plan.starts, plan.ends));
        for (index, plan) in unnamed {
            match tours.iter().find(|row| row.unit == plan.unit && !taken.contains(&row.id)) {
                Some(row) => drop(taken.insert(row.id)),
                None => left.push(*index),
            }
        }
        (taken, left)
    }

    fn count_tours(&self, figures: &mut Figures) {
        let (carrying, left) = self.carried_out();
        for row in self.tours() {
            let shift = &row.record;
            let (started, ended, cancelled) = (shift.started_at, shift.ended_at, shift.cancelled.clone());
            if carrying.contains(&row.id) || shift.planned_start.is_some() {
                figures.tours.planned += 1;
            }
            match (started, ended, cancelled) {
                (Some(_), ended, cancelled) => {
                    figures.tours.made += 1;
                    figures.tours.open += u64::from(ended.is_none());
                    figures.tours.broken_off += u64::from(cancelled.is_some());
                }
                (None, _, Some(reason)) => {
                    figures.tours.cancelled += 1;
                    *figures.tours.cancelled_by_reason.entry(reason).or_insert(0) += 1;
                }
                (None, None, None) => figures.tours.not_opened += 1,
                (None, Some(_), None) => {}
            }
            let readings = shift.odometer_start.zip(shift.odometer_end);
            let km = readings.map(|(start, end)| i64::from(end) - i64::from(start));
            match km {
                _ if started.is_none() => {}
                Some(km @ 0..=600) => figures.kilometres.kilometres += km as u64,
                _ => figures.kilometres.tours_without += 1,
            }
        }
        for plan in left.into_iter().map(|index| &self.input.plan[index]).filter(|plan| self.is_here(&plan.unit)) {
            figures.tours.planned += 1;
            match &plan.cancelled {
                None => figures.tours.not_opened += 1,
                Some(reason) => {
                    figures.tours.cancelled += 1;
                    *figures.tours.cancelled_by_reason.entry(reason.clone()).or_insert(0) += 1;
                }
            }
        }
    }

    fn count_hours(&self, figures: &mut Figures) {
        let tours = self.tours();
        let vehicles: BTreeSet<_> = tours.iter().map(|row| (row.unit.clone(), row.record.vehicle.clone())).collect();
        for vehicle in vehicles {
            let on_it = tours.iter().filter(|row| (row.unit.clone(), row.record.vehicle.clone()) == vehicle);
            let spans: Vec<_> = on_it.filter_map(|row| self.lasted(&row.record)).collect();
            figures.tour_hours.milliseconds += Self::minutes(&spans);
        }
        for name in ["aa1", "bb2", "cc3"] {
            let on_it = tours.iter().filter(|row| row.record.crew.contains_key(&name.parse().unwrap()));
            let spans: Vec<_> = on_it.filter_map(|row| self.lasted(&row.record)).collect();
            figures.staff_hours.milliseconds += Self::minutes(&spans);
        }
        for row in tours.iter().filter(|row| row.record.started_at.is_some()) {
            let open = u64::from(row.record.ended_at.is_none());
            let backwards = self.lasted(&row.record).is_none();
            figures.tour_hours.open_tours += open;
            figures.staff_hours.open_tours += open;
            figures.tour_hours.unmeasured_tours += u64::from(backwards);
            figures.staff_hours.unmeasured_tours += u64::from(backwards || row.record.crew.is_empty());
        }
    }

    fn count_visits(&self, figures: &mut Figures) {
        let all = self.encounters();
        let with =
            |code: &str| all.iter().filter(|row| row.record.outcome == Some(ContactOutcome::from(code))).count() as u64;
        figures.encounters = self.visits().len() as u64;
        figures.contacts.engaged = with("engaged");
        figures.contacts.brief = with("brief");
        figures.attempts.not_found = with("not_found");
        figures.attempts.not_approached = with("unsafe");
        figures.attempts.asleep = with("asleep");
        figures.attempts.out_of = figures.encounters + with("not_found") + with("unsafe");
        figures.refusals.encounters = with("refused");
        let refused = |row: &&&Row<Encounter>| row.record.outcome == Some(ContactOutcome::Refused);
        let refusing: Vec<_> = all.iter().filter(refused).copied().collect();
        figures.refusals.known_persons = self.persons_in(&refusing).len() as u64;
        for row in &all {
            for (group, count) in &row.record.observed {
                *figures.observed.entry(group.clone()).or_insert(0) += u64::from(*count);
            }
        }
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

    fn count_people(&self, figures: &mut Figures) {
        let visits = self.visits();
        let known = self.persons_in(&visits);
        let strangers = Self::seen(&visits).into_iter().filter(|(_, _, slot)| slot.person.is_none());
        let strangers = strangers.map(|(row, key, _)| (row.id, key)).collect();
        figures.known_persons = known.len() as u64;
        figures.persons_met = self.range(&known, &strangers);
        for person in &known {
            let facts = self.input.persons.get(person);
            match facts.and_then(|facts| facts.first_met) {
                None => figures.new_persons.undetermined += 1,
                Some(first) if first < self.input.day => {
                    figures.returning_persons.persons += 1;
                    let last = facts.and_then(|facts| facts.last_met_before);
                    let long_ago = (0..90).fold(self.input.day, |date, _| date.previous());
                    figures.returning_persons.came_back += u64::from(last.is_some_and(|last| last < long_ago));
                }
                Some(_) => figures.new_persons.persons += 1,
            }
            let children = self.of_person(*person);
            if minor(self.age(&children, Some(*person))) && Self::accompaniments(&children).len() > 1 {
                figures.unaccompanied_minors.contradictory += 1;
            }
        }
        self.count_ages(figures);
        figures.unaccompanied_minors.minors = self.heads(|seen, person| {
            let with = Self::accompaniments(seen);
            minor(self.age(seen, person)) && (with.contains("unaccompanied") || with.contains("with_peers"))
        });
        figures.persons_with_disability = self.heads(|seen, person| {
            let by_record = person.and_then(|person| self.input.persons.get(&person));
            by_record.is_some_and(|facts| facts.publics.contains(&Public::Disability))
                || seen.iter().any(|(row, _, slot)| {
                    slot.public == Some(Public::Disability)
                        || (row.record.persons.len() == 1 && !row.record.functional_difficulty.is_empty())
                })
        });
        figures.sleeping_rough = self.heads(|seen, _| self.rough(seen));
    }

    fn count_ages(&self, figures: &mut Figures) {
        let inside = |low: u8, high: u8| {
            self.age_heads(|age| age.is_some_and(|(min, max)| min >= low && max.is_some_and(|max| max <= high)))
        };
        let bands = &mut figures.minors_by_band;
        bands.from_0_to_5 = inside(0, 5);
        bands.from_6_to_11 = inside(6, 11);
        bands.from_12_to_14 = inside(12, 14);
        bands.from_15_to_17 = inside(15, 17);
        let whole = [(0, 5), (6, 11), (12, 14), (15, 17)];
        let in_one = |(min, max): (u8, u8)| whole.iter().any(|(low, high)| min >= *low && max <= *high);
        bands.unsure = self.age_heads(|age| minor(age) && age.is_some_and(|(min, max)| !in_one((min, max.unwrap()))));
        figures.minors.certain = self.age_heads(minor);
        figures.minors.possible =
            self.age_heads(|age| age.is_some_and(|(min, max)| min < 18 && max.unwrap_or(120) >= 18));
        figures.minors.age_unknown = self.age_heads(|age| age.is_none());
        figures.older_persons = self.age_heads(|age| age.is_some_and(|(min, _)| min >= 60));
        figures.women = self.heads(|seen, person| {
            let mut sex =
                person.and_then(|person| self.input.persons.get(&person)?.sex.as_ref().map(ToString::to_string));
            for (_, _, slot) in seen {
                let said = slot.sex.as_ref().map(ToString::to_string);
                sex = said.filter(|said| said != "unknown" && said != "declined").or(sex);
            }
            sex.as_deref() == Some("female") && self.age(seen, person).is_some_and(|(min, _)| min >= 18)
        });
    }

    /// Whether and how a service was given: its quantity, and whether it was done wholly.
    fn acts(row: &'a Row<Encounter>) -> Vec<(ServiceType, ServiceTarget, u64, bool)> {
        let mut acts = Vec::new();
        let mut texts: BTreeSet<String> = row.record.given.keys().map(ToString::to_string).collect();
        texts.extend(row.record.service_outcomes.keys().map(ToString::to_string));
        for key in texts.into_iter().map(|text| text.parse().unwrap()) {
            let quantity = u64::from(*row.record.given.get(&key).unwrap_or(&0));
            let result = row.record.service_outcomes.get(&key).and_then(|outcome| outcome.result.clone());
            let partly = result == Some(ServiceResult::Partly);
            let done = result == Some(ServiceResult::Done) || (result.is_none() && quantity > 0);
            if partly || done {
                acts.push((key.service, key.target, quantity, done));
            }
        }
        acts
    }

    fn count_services(&self, figures: &mut Figures) {
        let (mut sure, mut maybe) = (BTreeSet::new(), BTreeSet::new());
        for row in self.encounters() {
            for (service, target, quantity, _) in Self::acts(row) {
                *figures.services.entry(service.clone()).or_insert(0) += 1;
                if quantity > 0 {
                    figures.items.entry(service).or_insert(Items::default()).given += quantity;
                }
                match target {
                    ServiceTarget::Slot(slot) => drop(sure.insert((row.id, slot))),
                    ServiceTarget::Group if row.record.persons.len() == 1 => {
                        sure.extend(row.record.persons.keys().map(|slot| (row.id, *slot)));
                    }
                    ServiceTarget::Group => {
                        figures.persons_served.group_acts += 1;
                        maybe.extend(row.record.persons.keys().map(|slot| (row.id, *slot)));
                    }
                }
            }
        }
        maybe.extend(sure.iter().copied());
        figures.persons_served.persons.at_least = self.served(&sure).at_least;
        figures.persons_served.persons.at_most = self.served(&maybe).at_most;
        for row in self.tours() {
            for (service, out) in &row.record.stock_out {
                let back = row.record.stock_in.get(service).and_then(|stock| stock.quantity).unwrap_or(0);
                if let Some(out) = out.quantity {
                    let items = figures.items.entry(service.clone()).or_insert(Items::default());
                    items.used_from_stock = Some(items.used_from_stock.unwrap_or(0) + i64::from(out) - i64::from(back));
                }
            }
        }
    }

    fn person_in_slot(&self, encounter: DocumentId, slot: EntryId) -> Option<DocumentId> {
        let row = self.input.encounters.iter().find(|row| row.id == encounter)?;
        row.record.persons.get(&slot)?.person.map(|person| self.true_person(person))
    }

    fn served(&self, slots: &BTreeSet<(DocumentId, EntryId)>) -> Range {
        let known = slots.iter().filter_map(|(row, slot)| self.person_in_slot(*row, *slot)).collect();
        let unknown = slots.iter().filter(|(row, slot)| self.person_in_slot(*row, *slot).is_none()).copied().collect();
        self.range(&known, &unknown)
    }

    fn referrals(&self) -> Vec<&'a Row<Referral>> {
        self.input.referrals.iter().filter(|row| self.is_here(&row.unit)).collect()
    }

    fn event_date(&self, row: &Row<Referral>, millis: i64) -> Date {
        let encounter = self.input.encounters.iter().find(|met| Some(met.id) == row.record.encounter);
        let shift = encounter.and_then(|met| self.shift_of(&met.record));
        if let Some(shift) = shift
            && let Some(date) = self.shift_date(shift)
            && let Some(from) = shift.started_at.or(shift.planned_start)
        {
            let to = shift.ended_at.map_or_else(|| self.noon_after(date), |end| end.0);
            if from.0 <= millis && millis <= to {
                return date;
            }
        }
        self.plain_day(millis, self.is_night_unit(&row.unit))
    }

    fn first_event(row: &Row<Referral>, status: &ReferralStatus) -> Option<i64> {
        let times = row.record.status_events.values().filter(|event| event.status.as_ref() == Some(status));
        times.filter_map(|event| event.at).map(|at| at.0).min()
    }

    fn made_on(&self, row: &Row<Referral>) -> Option<Date> {
        let sent = Self::first_event(row, &ReferralStatus::Sent).map(|at| self.event_date(row, at));
        let encounter = self.input.encounters.iter().find(|met| Some(met.id) == row.record.encounter);
        let taken = encounter.and_then(|met| self.encounter_date(met)).filter(|_| row.record.accompanied == Some(true));
        match (sent, taken) {
            (Some(sent), Some(taken)) => Some(sent.min(taken)),
            (one, other) => one.or(other),
        }
    }

    fn finals(row: &Row<Referral>) -> BTreeSet<String> {
        let all = row.record.status_events.values().filter_map(|event| event.status.as_ref().map(ToString::to_string));
        all.filter(|status| FINALS.contains(&status.as_str())).collect()
    }

    fn count_referrals(&self, figures: &mut Figures) {
        for row in self.referrals().into_iter().filter(|row| self.made_on(row) == Some(self.today())) {
            figures.referrals.made += 1;
            figures.referrals.accompanied += u64::from(row.record.accompanied == Some(true));
            figures.referrals.contradictory += u64::from(Self::finals(row).len() > 1);
            if let Some(kind) = &row.record.to_kind {
                *figures.referrals.by_destination.entry(kind.clone()).or_insert(0) += 1;
            }
        }
        let mut known = BTreeSet::new();
        let mut unknown = BTreeSet::new();
        let placing = self.done_for(&ServiceType::Shelter, &mut known, &mut unknown);
        let shelters: Vec<ReferralDestination> =
            ["upe", "epse", "homeless_centre", "emf", "elderly_home"].map(ReferralDestination::from).into();
        let mut nameless = 0;
        for row in self.referrals() {
            let at = Self::first_event(row, &ReferralStatus::Attained);
            let today = at.is_some_and(|at| self.event_date(row, at) == self.today());
            if !today || !row.record.to_kind.as_ref().is_some_and(|kind| shelters.contains(kind)) {
                continue;
            }
            let met = self.encounters().into_iter().find(|met| Some(met.id) == row.record.encounter);
            if let Some(person) = row.record.person {
                known.insert(self.true_person(person));
            } else if let Some(met) = met.filter(|met| met.record.persons.len() == 1) {
                let slot = *met.record.persons.keys().next().unwrap();
                match self.person_in_slot(met.id, slot) {
                    Some(person) => drop(known.insert(person)),
                    None => drop(unknown.insert((met.id, slot))),
                }
            } else if !met.is_some_and(|met| placing.contains(&met.id)) {
                nameless += 1;
            }
        }
        figures.shelter_placements =
            Headcount { known: known.len() as u64, unknown_slots: unknown.len() as u64 + nameless };
    }

    /// Adds everybody for whom `service` was done wholly, and returns the encounters that had somebody.
    fn done_for(
        &self,
        service: &ServiceType,
        known: &mut BTreeSet<DocumentId>,
        unknown: &mut BTreeSet<(DocumentId, EntryId)>,
    ) -> BTreeSet<DocumentId> {
        let mut encounters = BTreeSet::new();
        for row in self.encounters() {
            for (given, target, _, done) in Self::acts(row) {
                if given != *service || !done {
                    continue;
                }
                let slots: Vec<EntryId> = match target {
                    ServiceTarget::Slot(slot) => vec![slot],
                    ServiceTarget::Group => row.record.persons.keys().copied().collect(),
                };
                for slot in slots {
                    encounters.insert(row.id);
                    match self.person_in_slot(row.id, slot) {
                        Some(person) => drop(known.insert(person)),
                        None => drop(unknown.insert((row.id, slot))),
                    }
                }
            }
        }
        encounters
    }

    fn count_returns(&self, figures: &mut Figures) {
        let mut known = BTreeSet::new();
        let mut unknown = BTreeSet::new();
        self.done_for(&ServiceType::FamilyReturn, &mut known, &mut unknown);
        for (person, facts) in &self.input.persons {
            let held_here = facts.case_owner.as_ref().is_some_and(|unit| self.is_here(unit));
            if held_here && facts.exit_to_family_on == Some(self.input.day) {
                known.insert(self.true_person(*person));
            }
        }
        let month: BTreeSet<_> = (1..30).map(|back| (0..back).fold(self.input.day, |day, _| day.previous())).collect();
        known.retain(|person| {
            let before = self.input.persons.get(person).and_then(|facts| facts.returned_before);
            !before.is_some_and(|before| before >= self.input.day || month.contains(&before))
        });
        let all = self.encounters();
        let minors = known.iter().filter(|person| {
            let mine = Self::seen(&all)
                .into_iter()
                .filter(|(_, _, slot)| slot.person.map(|p| self.true_person(p)) == Some(**person));
            minor(self.age(&mine.collect::<Vec<_>>(), Some(**person)))
        });
        let returns = &mut figures.family_returns;
        returns.minors.known = minors.count() as u64;
        let young = Self::seen(&all).into_iter().filter(|(row, key, _)| unknown.contains(&(row.id, *key)));
        returns.minors.unknown_slots = young.filter(|seen| minor(self.age(&[*seen], None))).count() as u64;
        returns.persons = Headcount { known: known.len() as u64, unknown_slots: unknown.len() as u64 };
        let confirmed = known.iter().filter_map(|person| self.input.persons.get(person)?.followed_up_on);
        returns.confirmed = confirmed.filter(|on| *on > self.input.day).count() as u64;
    }

    fn due_today(&self) -> Vec<&'a Row<FollowUp>> {
        let due = |row: &&Row<FollowUp>| {
            let unit = row.record.assigned_unit.clone().unwrap_or_else(|| row.unit.clone());
            let window = row.record.window_days.unwrap_or(0);
            let days = |first: jisr_sync_core::time::OperationalDay| {
                (0..=window).map(move |days| (0..days).fold(first, |day, _| day.next()))
            };
            self.is_here(&unit) && row.record.due_on.is_some_and(|on| days(on).any(|day| day == self.input.day))
        };
        self.input.follow_ups.iter().filter(due).collect()
    }

    fn count_follow_ups(&self, figures: &mut Figures) {
        for row in self.due_today() {
            let record = &row.record;
            let last =
                (0..record.window_days.unwrap_or(0)).fold(record.due_on.unwrap().date(), |d, _| d.tomorrow().unwrap());
            let by = self.input.encounters.iter().find(|met| Some(met.id) == record.done_by_encounter);
            let done = record.done_on.map(|on| on.date()).or_else(|| by.and_then(|met| self.encounter_date(met)));
            let undated = done.is_none() && record.done_by_encounter.is_some();
            let figures = &mut figures.follow_ups;
            figures.due += 1;
            *match done {
                Some(done) if done <= last => &mut figures.on_time,
                Some(_) => &mut figures.late,
                None if undated => &mut figures.done_undated,
                None if record.cancelled.is_some() => &mut figures.cancelled,
                None if self.date_at(self.input.as_of.0) > last => &mut figures.late,
                None => &mut figures.open,
            } += 1;
        }
    }

    fn count_quality(&self, figures: &mut Figures) {
        let all = self.encounters();
        let voided = self.input.encounters.iter().filter(|row| {
            self.is_here(&row.unit) && row.record.voided.is_some() && self.encounter_date(row) == Some(self.today())
        });
        figures.quality.voided = voided.count() as u64;
        figures.quality.drafts = all.iter().filter(|row| row.record.outcome.is_none()).count() as u64;
        figures.quality.clock_suspects = all.iter().filter(|row| row.clock_suspect).count() as u64;
        let lost = |row: &&&Row<Encounter>| row.record.shift.is_some() && self.shift_of(&row.record).is_none();
        figures.quality.shift_unknown = all.iter().filter(lost).count() as u64;
        let made = self.referrals().into_iter().filter(|row| self.made_on(row) == Some(self.today()));
        figures.quality.conflicted = (all.iter().filter(|row| row.conflicted).count()
            + self.tours().iter().filter(|row| row.conflicted).count()
            + made.filter(|row| row.conflicted).count()
            + self.due_today().iter().filter(|row| row.conflicted).count()) as u64;
        figures.quality.late = self.input.closed_at.map(|closed| {
            all.iter().filter(|row| row.received_at.is_some_and(|received| received > closed)).count() as u64
        });
        for (index, one) in all.iter().enumerate() {
            figures.quality.possible_duplicates +=
                all[index + 1..].iter().filter(|other| self.alike(one, other)).count() as u64;
        }
    }

    fn alike(&self, one: &Row<Encounter>, other: &Row<Encounter>) -> bool {
        let territory = |row: &&Row<Shift>| self.input.units.iter().any(|facts| facts.unit == row.unit);
        let of_today = |row: &&Row<Shift>| self.shift_date(&row.record) == Some(self.today());
        let tour =
            self.input.shifts.iter().filter(territory).filter(of_today).find(|row| Some(row.id) == one.record.shift);
        let (Some(_), Some(a), Some(b)) = (tour, time_of(one), time_of(other)) else { return false };
        let decided = &self.input.not_duplicates;
        let by = |row: &Row<Encounter>| (row.record.recorded_by.clone(), row.record.device);
        let same_hand = by(one) == by(other) && (one.record.recorded_by.is_some() || one.record.device.is_some());
        if one.record.shift != other.record.shift
            || (a - b).abs() > 15 * MINUTE
            || same_hand
            || decided.contains(&(one.id, other.id))
            || decided.contains(&(other.id, one.id))
        {
            return false;
        }
        let (ours, theirs) = (self.known_in(one), self.known_in(other));
        let nobody = ours.is_empty() && theirs.is_empty();
        !ours.is_disjoint(&theirs) || (nobody && self.place(one).is_some() && self.place(one) == self.place(other))
    }

    fn known_in(&self, row: &Row<Encounter>) -> BTreeSet<DocumentId> {
        row.record.persons.values().filter_map(|slot| slot.person).map(|person| self.true_person(person)).collect()
    }

    /// Encounters by hour, by the stored offset or the zone's; `None` holds what cannot be placed.
    pub fn by_hour(&self) -> BTreeMap<Option<i8>, u64> {
        let mut hours = BTreeMap::new();
        for row in self.visits() {
            let hour = time_of(row).filter(|_| !row.clock_suspect).map(|at| match row.record.utc_offset {
                Some(offset) => {
                    (0..24).find(|hour| (at / MINUTE + i64::from(offset.0)) / 60 % 24 == i64::from(*hour)).unwrap()
                }
                None => self.hour_at(at),
            });
            *hours.entry(hour).or_insert(0) += 1;
        }
        hours
    }
}

fn time_of(row: &Row<Encounter>) -> Option<i64> {
    row.record.occurred_at.or(row.record.recorded_at).map(|at| at.0)
}

fn minor(age: Option<(u8, Option<u8>)>) -> bool {
    age.is_some_and(|(_, max)| max.is_some_and(|max| max <= 17))
}

/// Tries every birthday that fits the age on `stated`, and says what ages they give on `day`.
fn years_later(age: AgeRange, stated: Date, day: Date) -> Option<(u8, Option<u8>)> {
    let span = |from: Date, to: Date| {
        i64::from(to.year()) * 372 + i64::from(to.month()) * 31 + i64::from(to.day())
            - (i64::from(from.year()) * 372 + i64::from(from.month()) * 31 + i64::from(from.day()))
    };
    let shift = span(stated, day);
    // Just turned `min`, and the day before turning `max + 1`, in months of 31 days.
    let low = (i64::from(age.min()) * 372 + shift).div_euclid(372);
    let high = age.max().map(|max| ((i64::from(max) + 1) * 372 - 1 + shift).div_euclid(372));
    let clamp = |years: i64| u8::try_from(years.clamp(0, 120)).unwrap();
    Some((clamp(low), high.map(clamp)))
}
