//! Random days from a seed: small worlds in which everything collides.
//!
//! Few persons, places and minutes, so that duplicates, contradictions, foreign units, missing shifts and records of
//! the days before and after all turn up in a handful of rows.

use jisr_sync_core::activity::{
    DayInput, DeviceMark, PersonFacts, PlaceFacts, PlannedShift, Row, Uncounted, UnitFacts,
};
use jisr_sync_core::codes::{
    Accompaniment, CancelReason, CodeList, ContactOutcome, FunctionalDifficulty, ObservedGroup, Public,
    ReferralDestination, ReferralStatus, ServiceResult, ServiceType, Sex, ShiftType, SleepingSituation, VoidReason,
};
use jisr_sync_core::record::{
    AgeRange, CrewMember, Encounter, FollowUp, PersonSlot, Record, Referral, ServiceKey, ServiceOutcome, ServiceTarget,
    Shift, StatusEvent, StockItem,
};
use jisr_sync_core::time::{OperationalDay, UnixMillis, UtcOffset};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use crate::kit::*;

const UNITS: [&str; 5] = ["azilal-1", "azilal-2", "khenifra-1", "khouribga-1", "foreign-1"];
const DAYS: [&str; 4] = ["2026-02-14", "2026-09-19", "2026-11-14", "2028-02-29"];
const HOUR_MS: i64 = 3_600_000;

/// A random day; the same one for the same seed.
pub fn random_day(seed: u64) -> DayInput {
    let mut world = World { rng: StdRng::seed_from_u64(seed), day: day(DAYS[0]) };
    world.day = day(world.one_of(&DAYS));
    let as_of = world.instant(-10, 60);
    let mut input = DayInput::empty(world.day, as_of, zone());
    for name in &UNITS[..4] {
        let province = name.split('-').next().unwrap().parse().unwrap();
        input.units.push(UnitFacts { unit: unit(name), province, night: world.chance(3) });
    }
    input.closed_at = world.maybe(|world| world.instant(20, 40));
    for number in 0..world.below(7) {
        input.shifts.push(world.row(1 + number, World::shift));
    }
    for number in 0..world.below(26) {
        input.encounters.push(world.row(100 + number, World::encounter));
    }
    for number in 0..world.below(8) {
        input.referrals.push(world.row(200 + number, World::referral));
    }
    for number in 0..world.below(8) {
        input.follow_ups.push(world.row(300 + number, World::follow_up));
    }
    for number in 0..world.below(5) {
        let plan = world.plan();
        input.plan.push(plan);
        let device = world.device(u8::try_from(number).unwrap());
        input.devices.push(device);
    }
    for name in UNITS {
        let uncounted = Uncounted { set_aside: world.below(3), unreadable: world.below(2) };
        if world.chance(3) {
            input.uncounted.insert(unit(name), uncounted);
        }
    }
    world.facts(&mut input);
    input
}

struct World {
    rng: StdRng,
    day: OperationalDay,
}

impl World {
    fn below(&mut self, bound: u64) -> u64 {
        self.rng.random_range(0..bound)
    }

    /// True once in so many times.
    fn chance(&mut self, once_in: u64) -> bool {
        self.below(once_in) == 0
    }

    fn one_of<T: Clone>(&mut self, list: &[T]) -> T {
        let index = self.below(list.len() as u64);
        list[usize::try_from(index).unwrap()].clone()
    }

    fn maybe<T>(&mut self, value: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.chance(3) { None } else { Some(value(self)) }
    }

    fn code<C: CodeList + Clone>(&mut self) -> C {
        self.one_of(C::known())
    }

    /// An instant so many hours after the day's midnight, to the minute.
    fn instant(&mut self, from_hour: i64, to_hour: i64) -> UnixMillis {
        let start = zone().start_of(self.day).unwrap().0;
        UnixMillis(start + self.rng.random_range(from_hour * 60..to_hour * 60) * HOUR_MS / 60)
    }

    fn date(&mut self, days_before: u64, days_after: u64) -> OperationalDay {
        let mut date = self.day;
        (0..days_before).for_each(|_| date = date.previous());
        date.plus_days(u32::try_from(self.below(days_before + days_after + 1)).unwrap())
    }

    fn row<R: Record>(&mut self, number: u64, record: impl FnOnce(&mut Self) -> R) -> Row<R> {
        let unit_name = self.one_of(&UNITS);
        let record = record(self);
        Row {
            conflicted: self.chance(4),
            clock_suspect: self.chance(5),
            received_at: self.maybe(|world| world.instant(10, 60)),
            ..row(number, unit_name, record)
        }
    }

    fn shift(&mut self) -> Shift {
        let start = self.instant(-30, 50);
        let end = UnixMillis(start.0 + self.rng.random_range(-60..1260) * HOUR_MS / 60);
        let member = CrewMember::default();
        let mut shift = Shift {
            planned_start: self.maybe(|_| start),
            planned_end: self.maybe(|_| end),
            started_at: self.maybe(|_| start),
            ended_at: self.maybe(|_| end),
            shift_type: self.maybe(World::code::<ShiftType>),
            vehicle: self.maybe(|world| world.one_of(&["one", "two"]).to_owned()),
            odometer_start: self.maybe(|world| world.rng.random_range(900..1100)),
            odometer_end: self.maybe(|world| world.rng.random_range(950..1800)),
            ..Shift::default()
        };
        if self.chance(4) {
            shift.operational_day = Some(self.date(1, 1));
        }
        if self.chance(4) {
            shift.cancelled = Some(self.code::<CancelReason>());
        }
        for name in ["aa1", "bb2", "cc3"] {
            if self.chance(2) {
                shift.crew.insert(staff(name), member.clone());
            }
        }
        for service in [ServiceType::Meal, ServiceType::Blanket] {
            let quantity = self.maybe(|world| u32::try_from(world.below(40)).unwrap());
            shift.stock_out.insert(service.clone(), StockItem { quantity });
            let quantity = self.maybe(|world| u32::try_from(world.below(20)).unwrap());
            shift.stock_in.insert(service, StockItem { quantity });
        }
        shift
    }

    fn encounter(&mut self) -> Encounter {
        let mut met = Encounter {
            shift: self.maybe(|world| id(1 + world.below(8))),
            occurred_at: self.maybe(|world| world.instant(-6, 40)),
            recorded_at: self.maybe(|world| world.instant(-6, 40)),
            recorded_by: self.maybe(|world| staff(world.one_of(&["aa1", "bb2"]))),
            utc_offset: self.maybe(|world| UtcOffset(world.one_of(&[0, 60]))),
            outcome: self.maybe(World::code::<ContactOutcome>),
            place: self.maybe(|world| id(900 + world.below(4))),
            commune: self.maybe(|world| world.one_of(&["081.01.01", "091.01.01"]).to_owned()),
            sleeping_situation: self.maybe(World::code::<SleepingSituation>),
            accompaniment: self.maybe(World::code::<Accompaniment>),
            ..Encounter::default()
        };
        if self.chance(8) {
            met.voided = Some(self.code::<VoidReason>());
        }
        if self.chance(4) {
            met.functional_difficulty.insert(self.code::<FunctionalDifficulty>());
        }
        for number in 0..self.below(4) {
            let slot = self.slot();
            met.persons.insert(entry(u8::try_from(number).unwrap()), slot);
        }
        for _ in 0..self.below(3) {
            let count = u32::try_from(self.below(5)).unwrap();
            met.observed.insert(self.code::<ObservedGroup>(), count);
        }
        for _ in 0..self.below(4) {
            self.service(&mut met);
        }
        met
    }

    fn slot(&mut self) -> PersonSlot {
        PersonSlot {
            person: self.maybe(|world| id(500 + world.below(6))),
            sex: self.maybe(World::code::<Sex>),
            age: self.maybe(World::age),
            public: self.maybe(World::code::<Public>),
            sleeping_situation: if self.chance(2) { Some(self.code::<SleepingSituation>()) } else { None },
            accompaniment: if self.chance(2) { Some(self.code::<Accompaniment>()) } else { None },
        }
    }

    fn age(&mut self) -> AgeRange {
        let min = u8::try_from(self.below(75)).unwrap();
        let max = self.maybe(|world| min + u8::try_from(world.below(8)).unwrap());
        AgeRange::new(min, max).unwrap()
    }

    fn service(&mut self, met: &mut Encounter) {
        let services = [ServiceType::Meal, ServiceType::Shelter, ServiceType::FamilyReturn, ServiceType::Blanket];
        let target = self.maybe(|world| ServiceTarget::Slot(entry(u8::try_from(world.below(4)).unwrap())));
        let key = ServiceKey { service: self.one_of(&services), target: target.unwrap_or(ServiceTarget::Group) };
        if !self.chance(3) {
            met.given.insert(key.clone(), u32::try_from(self.below(4)).unwrap());
        }
        if self.chance(2) {
            let result = self.maybe(World::code::<ServiceResult>);
            met.service_outcomes.insert(key, ServiceOutcome { result });
        }
    }

    fn referral(&mut self) -> Referral {
        let mut referral = Referral {
            encounter: self.maybe(|world| id(100 + world.below(26))),
            person: self.maybe(|world| id(500 + world.below(6))),
            to_kind: self.maybe(World::code::<ReferralDestination>),
            accompanied: self.maybe(|world| world.chance(2)),
            ..Referral::default()
        };
        let statuses = [ReferralStatus::Sent, ReferralStatus::Attained, ReferralStatus::NoPlace, ReferralStatus::Draft];
        for number in 0..self.below(4) {
            let status = self.maybe(|world| world.one_of(&statuses));
            let at = self.maybe(|world| world.instant(-10, 40));
            referral
                .status_events
                .insert(entry(u8::try_from(number).unwrap()), StatusEvent { status, at, ..StatusEvent::default() });
        }
        referral
    }

    fn follow_up(&mut self) -> FollowUp {
        FollowUp {
            due_on: self.maybe(|world| world.date(3, 1)),
            window_days: self.maybe(|world| u32::try_from(world.below(4)).unwrap()),
            assigned_unit: if self.chance(3) { Some(unit(self.one_of(&UNITS))) } else { None },
            done_on: if self.chance(3) { Some(self.date(2, 4)) } else { None },
            done_by_encounter: if self.chance(3) { Some(id(100 + self.below(30))) } else { None },
            cancelled: if self.chance(5) { Some(self.code::<CancelReason>()) } else { None },
            ..FollowUp::default()
        }
    }

    fn plan(&mut self) -> PlannedShift {
        let starts = self.instant(-10, 34);
        PlannedShift {
            unit: unit(self.one_of(&UNITS)),
            starts,
            ends: UnixMillis(starts.0 + 8 * HOUR_MS),
            shift: if self.chance(4) { Some(id(1 + self.below(8))) } else { None },
            cancelled: if self.chance(4) { Some(self.code::<CancelReason>()) } else { None },
        }
    }

    fn device(&mut self, number: u8) -> DeviceMark {
        DeviceMark {
            device: device(number),
            unit: unit(self.one_of(&UNITS)),
            enrolled_at: self.maybe(|world| world.instant(-1000, 60)),
            last_contact: self.maybe(|world| world.instant(-1000, 60)),
            last_active: self.maybe(|world| world.instant(-1000, 60)),
            waiting: self.maybe(|world| world.below(3)),
            clock_ahead_ms: self.maybe(|world| world.rng.random_range(-400_000..400_000)),
        }
    }

    fn facts(&mut self, input: &mut DayInput) {
        for number in 500..506 {
            if self.chance(4) {
                continue;
            }
            let facts = PersonFacts {
                same_as: if number > 503 && self.chance(2) { Some(id(500)) } else { None },
                first_met: self.maybe(|world| world.date(1, 1)),
                last_met_before: self.maybe(|world| world.date(100, 0)),
                sex: self.maybe(World::code::<Sex>),
                age: self.maybe(World::age),
                age_as_of: self.maybe(|world| world.date(900, 400)),
                publics: self.maybe(World::code::<Public>).into_iter().collect(),
                exit_to_family_on: if self.chance(3) { Some(self.date(1, 1)) } else { None },
                returned_before: if self.chance(3) { Some(self.date(40, 0)) } else { None },
                followed_up_on: self.maybe(|world| world.date(2, 5)),
                case_owner: self.maybe(|world| unit(world.one_of(&UNITS))),
            };
            input.persons.insert(id(number), facts);
        }
        for number in 900..904 {
            let commune = self.maybe(|world| world.one_of(&["081.01.01", "301.01.01"]).to_owned());
            let same_as = if number == 903 { Some(id(900)) } else { None };
            input.places.insert(id(number), PlaceFacts { commune, same_as });
        }
        if self.chance(2) {
            input.not_duplicates.insert((id(100), id(101)));
        }
    }
}
