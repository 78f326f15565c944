//! Tours and their plans; hours minute by minute.

use super::*;

impl<'a> Recount<'a> {
    /// From and to, for a tour that can be measured.
    pub(super) fn lasted(&self, shift: &Shift) -> Option<(i64, i64)> {
        let from = shift.started_at?.0;
        let cap = self.input.as_of.0.min(self.noon_after(self.today()));
        let to = shift.ended_at.map_or(cap.max(from), |end| end.0);
        (to >= from && to.abs_diff(from) <= 48 * 60 * MINUTE as u64).then_some((from, to))
    }

    pub(super) fn minutes(intervals: &[(i64, i64)]) -> u64 {
        let minutes: BTreeSet<i64> = intervals.iter().flat_map(|(from, to)| from / MINUTE..to / MINUTE).collect();
        minutes.len() as u64 * MINUTE as u64
    }

    /// Which plan each tour of the whole territory carries out; and the plans left over.
    pub(super) fn carried_out(&self) -> (BTreeSet<DocumentId>, Vec<usize>) {
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
        for given_up in [false, true] {
            let named = today.iter().filter(|(_, plan)| plan.shift.is_some() && plan.cancelled.is_some() == given_up);
            let mut named: Vec<_> = named.collect();
            named.sort_by_key(|(_, plan)| (plan.starts, plan.ends, plan.shift, plan.unit.clone()));
            for (index, plan) in named {
                match tours.iter().find(|row| Some(row.id) == plan.shift && !taken.contains(&row.id)) {
                    Some(row) => drop(taken.insert(row.id)),
                    None => left.push(*index),
                }
            }
        }
        let holding: Vec<_> = today.iter().filter(|(_, p)| p.shift.is_none() && p.cancelled.is_none()).collect();
        let given_up: Vec<_> = today.iter().filter(|(_, p)| p.shift.is_none() && p.cancelled.is_some()).collect();
        for mut unnamed in [holding, given_up] {
            unnamed.sort_by_key(|(_, plan)| (plan.starts, plan.ends, plan.cancelled.clone()));
            for (index, plan) in unnamed {
                let free = |row: &&&Row<Shift>| row.unit == plan.unit && !taken.contains(&row.id);
                let may = |row: &&&Row<Shift>| plan.cancelled.is_none() || row.record.started_at.is_none();
                match tours.iter().filter(free).find(may) {
                    Some(row) => drop(taken.insert(row.id)),
                    None => left.push(*index),
                }
            }
        }
        (taken, left)
    }

    pub(super) fn count_tours(&self, figures: &mut Figures) {
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

    pub(super) fn count_hours(&self, figures: &mut Figures) {
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
}
