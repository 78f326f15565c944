//! Referrals and placements in a shelter.

use super::*;

impl<'a> Recount<'a> {
    pub(super) fn referrals(&self) -> Vec<&'a Row<Referral>> {
        self.input.referrals.iter().filter(|row| self.is_here(&row.unit)).collect()
    }

    pub(super) fn event_date(&self, row: &Row<Referral>, millis: i64) -> Date {
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

    pub(super) fn first_event(row: &Row<Referral>, status: &ReferralStatus) -> Option<i64> {
        let times = row.record.status_events.values().filter(|event| event.status.as_ref() == Some(status));
        times.filter_map(|event| event.at).map(|at| at.0).min()
    }

    pub(super) fn made_on(&self, row: &Row<Referral>) -> Option<Date> {
        let sent = Self::first_event(row, &ReferralStatus::Sent).map(|at| self.event_date(row, at));
        let encounter = self.input.encounters.iter().find(|met| Some(met.id) == row.record.encounter);
        let taken = encounter.and_then(|met| self.encounter_date(met)).filter(|_| row.record.accompanied == Some(true));
        match (sent, taken) {
            (Some(sent), Some(taken)) => Some(sent.min(taken)),
            (one, other) => one.or(other),
        }
    }

    pub(super) fn finals(row: &Row<Referral>) -> BTreeSet<String> {
        let all = row.record.status_events.values().filter_map(|event| event.status.as_ref().map(ToString::to_string));
        all.filter(|status| FINALS.contains(&status.as_str())).collect()
    }

    pub(super) fn count_referrals(&self, figures: &mut Figures) {
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
}
