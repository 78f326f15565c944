//! A night as a crew records it: the tour opened, people met, some of them again, and the next crew told.
//!
//! What is written comes from a seed; ids and the order in which devices sync do not. Nobody in it exists.

use anyhow::{Context, Result};
use jisr_client_sdk::{Client, Query};
use jisr_sync_core::codes::{
    CrewRole, FollowUpKind, LegalBasis, Priority, ReferralDestination, ReferralStatus, ShiftType, Urgency,
};
use jisr_sync_core::id::{DocumentId, EntryId, StaffId};
use jisr_sync_core::personal::Personal;
use jisr_sync_core::record::{CrewMember, FollowUp, Referral, Remark, Shift, ShortCode, StatusEvent};
use jisr_sync_core::time::{OperationalDay, ServiceZone, UnixMillis};
use rand::seq::IndexedRandom;
use rand::{Rng, RngExt};

use crate::people::{self, NOTES, Scene};
use crate::service::province_of;
use crate::van::Van;

/// A tour from 20:00 to 04:30 of the next date, local time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tour {
    /// The day it counts for.
    pub day: OperationalDay,
    /// When it starts.
    pub start: UnixMillis,
    /// When it ends.
    pub end: UnixMillis,
}

/// The local times between which tours take place.
pub const TOUR_TIMES: (&str, &str) = ("20:00", "04:30");

impl Tour {
    /// The night tour of `day`.
    ///
    /// # Errors
    /// When the day is outside the calendar, or the time-zone data are missing.
    pub fn of(day: OperationalDay) -> Result<Self> {
        let zone = ServiceZone::morocco()?;
        let start = zone.instant_of(day.date().at(20, 0, 0, 0));
        let end = zone.instant_of(day.next().date().at(4, 30, 0, 0));
        let outside = "the day is outside the calendar";
        Ok(Self { day, start: start.context(outside)?, end: end.context(outside)? })
    }

    /// The last night tour that was over at `now`.
    ///
    /// # Errors
    /// As [`Tour::of`].
    pub fn last_before(now: UnixMillis) -> Result<Self> {
        let today = ServiceZone::morocco()?.day_of(now).context("the clock is outside the calendar")?;
        let last = Self::of(today.previous())?;
        if last.end <= now { Ok(last) } else { Self::of(today.previous().previous()) }
    }

    /// Its record once it is over: it began and ended as planned.
    pub fn over(&self) -> Shift {
        Shift {
            shift_type: Some(ShiftType::Night),
            planned_start: Some(self.start),
            planned_end: Some(self.end),
            started_at: Some(self.start),
            ended_at: Some(self.end),
            ..Shift::default()
        }
    }

    /// The moment after `part` of `parts` equal parts of it.
    pub const fn at(&self, part: i64, parts: i64) -> UnixMillis {
        UnixMillis(self.start.0 + (self.end.0 - self.start.0) * part / parts)
    }
}

/// What a crew did.
#[derive(Debug, Clone, Default)]
pub struct Played {
    /// The tour's record.
    pub shift: Option<DocumentId>,
    /// The encounters, in order.
    pub encounters: Vec<DocumentId>,
    /// Persons written down for the first time.
    pub persons: Vec<DocumentId>,
    /// Encounters with somebody met before.
    pub met_again: usize,
    /// Referrals.
    pub referrals: usize,
    /// Follow-ups.
    pub follow_ups: usize,
}

/// A crew on its tour.
pub struct Crew<'a> {
    van: &'a Van,
    tour: Tour,
    staff: StaffId,
    played: Played,
}

impl<'a> Crew<'a> {
    /// Opens the tour on the van's device.
    ///
    /// # Errors
    /// When the client refuses.
    pub async fn set_out(van: &'a Van, tour: Tour, staff: &str, rng: &mut impl Rng) -> Result<Self> {
        let staff: StaffId = staff.parse()?;
        van.client.set_staff(Some(staff.clone())).await?;
        let odometer = rng.random_range(40_000..90_000);
        let driver: StaffId = format!("{staff}-dr").parse()?;
        let crew = [(staff.clone(), CrewRole::SocialWorker), (driver, CrewRole::Driver)];
        let shift = Shift {
            shift_type: Some(ShiftType::Night),
            planned_start: Some(tour.start),
            planned_end: Some(tour.end),
            started_at: Some(UnixMillis(tour.start.0 + 60_000 * rng.random_range(0..12_i64))),
            vehicle: Some(van.unit()?.to_string()),
            odometer_start: Some(odometer),
            crew: crew.into_iter().map(|(who, role)| (who, CrewMember { role: Some(role) })).collect(),
            ..Shift::default()
        };
        let id = van.add_at(tour.start, Client::shifts, shift).await?;
        Ok(Self { van, tour, staff, played: Played { shift: Some(id), ..Played::default() } })
    }

    /// Meets people `count` times, spread over the tour.
    ///
    /// # Errors
    /// When the client refuses.
    pub async fn meet(&mut self, count: u32, rng: &mut impl Rng) -> Result<()> {
        for n in 0..i64::from(count) {
            let at = self.tour.at(1 + n, i64::from(count) + 1);
            self.meet_once(UnixMillis(at.0 + rng.random_range(0..90_000)), rng).await?;
        }
        Ok(())
    }

    async fn meet_once(&mut self, at: UnixMillis, rng: &mut impl Rng) -> Result<()> {
        let known = self.choose_known(rng).await?;
        let person = match known {
            None if rng.random_ratio(1, 3) => Some(self.write_down_person(at, rng).await?),
            known => known,
        };
        let scene = Scene { shift: self.played.shift, staff: self.staff.clone(), at, known: person };
        let encounter = people::encounter(&scene, rng);
        let met = person.filter(|_| encounter.persons.values().any(|slot| slot.person.is_some()));
        let id = self.van.add_at(at, Client::encounters, encounter).await?;
        self.played.encounters.push(id);
        self.played.met_again += usize::from(met.is_some() && met == known);
        if met.is_some() && rng.random_ratio(1, 4) {
            self.refer(id, met, at, rng).await?;
        }
        if met.is_some() && rng.random_ratio(1, 3) {
            self.follow_up(id, met, at, rng).await?;
        }
        Ok(())
    }

    /// Somebody the device knows already, one time in three.
    async fn choose_known(&self, rng: &mut impl Rng) -> Result<Option<DocumentId>> {
        if !rng.random_ratio(1, 3) {
            return Ok(None);
        }
        let persons = self.van.client.persons().find(Query::all().limit(30)).await?;
        Ok(persons.choose(rng).map(|person| person.id))
    }

    async fn write_down_person(&mut self, at: UnixMillis, rng: &mut impl Rng) -> Result<DocumentId> {
        let unit = self.van.unit()?;
        let person = people::person(ShortCode::random(province_of(unit.as_str()), rng).to_string(), rng);
        let id = self.van.add_at(at, Client::persons, person).await?;
        self.played.persons.push(id);
        Ok(id)
    }

    async fn refer(
        &mut self,
        encounter: DocumentId,
        person: Option<DocumentId>,
        at: UnixMillis,
        rng: &mut impl Rng,
    ) -> Result<()> {
        let sent = StatusEvent {
            status: Some(ReferralStatus::Sent),
            at: Some(at),
            by: Some(self.staff.clone()),
            ..StatusEvent::default()
        };
        let destinations = [ReferralDestination::Hospital, ReferralDestination::Cape, ReferralDestination::Emf];
        let referral = Referral {
            encounter: Some(encounter),
            person,
            to_kind: destinations.choose(rng).cloned(),
            urgency: [Urgency::Routine, Urgency::OneDay, Urgency::OneHour].choose(rng).cloned(),
            accompanied: Some(rng.random_ratio(1, 2)),
            status_events: [(EntryId::random(rng), sent)].into(),
            consent: Some(LegalBasis::TallyOnly),
            ..Referral::default()
        };
        self.van.add_at(at, Client::referrals, referral).await?;
        self.played.referrals += 1;
        Ok(())
    }

    async fn follow_up(
        &mut self,
        encounter: DocumentId,
        person: Option<DocumentId>,
        at: UnixMillis,
        rng: &mut impl Rng,
    ) -> Result<()> {
        let follow_up = FollowUp {
            encounter: Some(encounter),
            person,
            due_on: Some(self.tour.day.plus_days(rng.random_range(1..4))),
            window_days: Some(2),
            kind: [FollowUpKind::Visit, FollowUpKind::CheckReferral].choose(rng).cloned(),
            priority: [Priority::Normal, Priority::High].choose(rng).cloned(),
            reason: NOTES.choose(rng).map(|note| Personal::from(*note)),
            created_by: Some(self.staff.clone()),
            ..FollowUp::default()
        };
        self.van.add_at(at, Client::follow_ups, follow_up).await?;
        self.played.follow_ups += 1;
        Ok(())
    }

    /// Closes the tour with a note for the next crew. What is recorded afterwards still counts for it.
    ///
    /// # Errors
    /// When the client refuses.
    pub async fn come_home(&self, rng: &mut impl Rng) -> Result<()> {
        let shift = self.played.shift.context("the crew has set out")?;
        let (end, staff) = (self.tour.end, self.staff.clone());
        let (note, key) = (NOTES.choose(rng).map(|note| Personal::from(*note)), EntryId::random(rng));
        let kilometres = rng.random_range(15..90);
        let close = move |shift: &mut Shift| {
            shift.ended_at = Some(end);
            shift.closed_at = Some(end);
            shift.closed_by = Some(staff.clone());
            shift.odometer_end = shift.odometer_start.map(|start| start + kilometres);
            shift.handover_notes.insert(key, Remark { text: note, by: Some(staff), at: Some(end) });
        };
        self.van.edit_at(end, Client::shifts, shift, close).await?;
        Ok(())
    }

    /// What was done so far.
    pub const fn played(&self) -> &Played {
        &self.played
    }
}

/// A whole night of one crew with `encounters` encounters.
///
/// # Errors
/// When the client refuses.
pub async fn play(van: &Van, tour: Tour, staff: &str, encounters: u32, rng: &mut impl Rng) -> Result<Played> {
    let mut crew = Crew::set_out(van, tour, staff, rng).await?;
    crew.meet(encounters, rng).await?;
    crew.come_home(rng).await?;
    Ok(crew.played)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> UnixMillis {
        let zone = ServiceZone::morocco().unwrap();
        let day: OperationalDay = text[..10].parse().unwrap();
        let hour: i8 = text[11..13].parse().unwrap();
        zone.instant_of(day.date().at(hour, 0, 0, 0)).unwrap()
    }

    #[test]
    fn last_night_is_over_in_the_morning_and_not_before() {
        let day = |text| Tour::last_before(at(text)).unwrap().day.to_string();

        assert_eq!(day("2026-11-24 09"), "2026-11-23");
        assert_eq!(day("2026-11-24 22"), "2026-11-23");
        assert_eq!(day("2026-11-24 03"), "2026-11-22");
    }

    #[test]
    fn a_tour_lasts_as_long_as_it_lasts_whatever_the_clocks_do() {
        let hours = |text: &str| {
            let tour = Tour::of(text.parse().unwrap()).unwrap();
            (tour.end.0 - tour.start.0) as f64 / 3_600_000.0
        };

        assert_eq!(hours("2026-11-23"), 8.5);
        assert_eq!(hours("2026-02-14"), 9.5, "clocks go back in this night");
    }
}
