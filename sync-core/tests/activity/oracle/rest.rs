//! Follow-ups, quality, duplicates and hours.

use super::*;

impl<'a> Recount<'a> {
    pub(super) fn due_today(&self) -> Vec<&'a Row<FollowUp>> {
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

    pub(super) fn count_follow_ups(&self, figures: &mut Figures) {
        for row in self.due_today() {
            let record = &row.record;
            let last =
                (0..record.window_days.unwrap_or(0)).fold(record.due_on.unwrap().date(), |d, _| d.tomorrow().unwrap());
            let by = self.input.encounters.iter().find(|met| Some(met.id) == record.done_by_encounter);
            let done = record
                .done_on
                .map(jisr_sync_core::time::OperationalDay::date)
                .or_else(|| by.and_then(|met| self.encounter_date(met)));
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

    pub(super) fn count_quality(&self, figures: &mut Figures) {
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
        for (_, uncounted) in self.input.uncounted.iter().filter(|(unit, _)| self.is_here(unit)) {
            figures.quality.set_aside += uncounted.set_aside;
            figures.quality.unreadable += uncounted.unreadable;
        }
        for (index, one) in all.iter().enumerate() {
            figures.quality.possible_duplicates +=
                all[index + 1..].iter().filter(|other| self.alike(one, other)).count() as u64;
        }
    }

    pub(super) fn alike(&self, one: &Row<Encounter>, other: &Row<Encounter>) -> bool {
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

    pub(super) fn known_in(&self, row: &Row<Encounter>) -> BTreeSet<DocumentId> {
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
