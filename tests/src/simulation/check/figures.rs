//! The day's figures, counted a second time out of what crews are known to have done.

use std::collections::{BTreeMap, BTreeSet};

use jisr_server::activity::DayReader;
use jisr_server::registry::Fleet;
use jisr_sync_core::activity::DailyActivity;
use jisr_sync_core::codes::{ContactOutcome, ServiceType};
use jisr_sync_core::id::{DocumentId, ScopeId, UnitId};
use jisr_sync_core::time::{OperationalDay, UnixMillis};

use super::super::base::Running;
use super::super::ledger::Deed;
use super::super::world::World;
use super::{Held, Verdict, told};

/// A unit's day.
type UnitDay = (UnitId, OperationalDay);

/// What a unit did on a day, as far as it is counted here.
#[derive(Debug, Default, PartialEq, Eq)]
struct Counted {
    tours: u64,
    encounters: u64,
    voided: u64,
    known: BTreeSet<DocumentId>,
    items: BTreeMap<ServiceType, u64>,
    referrals: u64,
}

impl World {
    /// Holds the figures of every day to what crews did. Days with work aside or written again are not counted here.
    pub(super) fn check_figures(&self, running: &Running, held: &Held) -> Verdict {
        let unknown = |key| self.ledger.entries.get(key).is_some_and(|entry| entry.deed == Deed::Unknown);
        if !held.asides.is_empty() || held.log.iter().any(unknown) {
            return Ok(());
        }
        let Some(days) = self.count_days(held) else { return Ok(()) };
        let units = running.fleet.units().map_err(told)?;
        let dates: BTreeSet<OperationalDay> = days.keys().map(|(_, day)| *day).collect();
        let reader = DayReader { storage: &*running.storage, fleet: &*running.fleet, zone: running.zone() };
        for day in dates {
            let activity = reader.activity(day, &units, UnixMillis(self.now())).map_err(told)?;
            for unit in &units {
                let key = (unit.id.clone(), day);
                let expected = days.get(&key);
                compare(&key, expected.unwrap_or(&Counted::default()), &activity)?;
            }
        }
        Ok(())
    }

    /// What each unit did each day; `None` when a tour was lost with the server and something of it was not: then the
    /// page goes by the hour.
    fn count_days(&self, held: &Held) -> Option<BTreeMap<UnitDay, Counted>> {
        let done = || self.ledger.entries.iter().filter(|(key, _)| held.log.contains(key));
        let mut days: BTreeMap<UnitDay, Counted> = BTreeMap::new();
        let (mut shifts, mut void, mut more) = (BTreeMap::new(), BTreeSet::new(), Vec::new());
        for (key, entry) in done() {
            match &entry.deed {
                Deed::Shift { unit, day } => {
                    shifts.insert(key.0, *day);
                    days.entry((unit.clone(), *day)).or_default().tours += 1;
                }
                Deed::Voided => _ = void.insert(key.0),
                Deed::Added { key: service, by } => more.push((key.0, service.service.clone(), *by)),
                _ => {}
            }
        }
        let mut encounters: BTreeMap<DocumentId, OperationalDay> = BTreeMap::new();
        for (key, entry) in done() {
            let Deed::Encounter { unit, shift, outcome, known, given } = &entry.deed else { continue };
            let Some(day) = shift.and_then(|shift| shifts.get(&shift)) else {
                if self.restored && shift.is_some() {
                    return None;
                }
                continue;
            };
            encounters.insert(key.0, *day);
            // A record counts for the unit it was moved to.
            let Some(ScopeId::Unit(unit)) =
                self.ledger.scopes.get(&key.0).or(Some(&ScopeId::Unit(unit.clone()))).cloned()
            else {
                continue;
            };
            let counted = days.entry((unit.clone(), *day)).or_default();
            if void.contains(&key.0) {
                counted.voided += 1;
                continue;
            }
            if !matches!(outcome, Some(ContactOutcome::NotFound | ContactOutcome::Observed | ContactOutcome::Unsafe)) {
                counted.encounters += 1;
                counted.known.extend(known);
            }
            let given = given.iter().map(|(service, by)| (service.service.clone(), *by));
            let added = more.iter().filter(|(id, ..)| *id == key.0).map(|(_, service, by)| (service.clone(), *by));
            for (service, by) in given.chain(added).filter(|(_, by)| *by > 0) {
                *counted.items.entry(service).or_default() += u64::from(by);
            }
        }
        for (_, entry) in done() {
            let Deed::Referral { unit, encounter } = &entry.deed else { continue };
            if let Some(day) = encounters.get(encounter) {
                days.entry((unit.clone(), *day)).or_default().referrals += 1;
            }
        }
        Some(days)
    }
}

fn compare(of: &UnitDay, expected: &Counted, activity: &DailyActivity) -> Verdict {
    let figures = activity.by_unit.iter().find(|unit| unit.unit == of.0).and_then(|unit| unit.figures.as_ref());
    let shown = figures.map(|figures| {
        let items = figures.items.iter().filter(|(_, items)| items.given > 0);
        (
            figures.tours.made,
            figures.encounters,
            figures.quality.voided,
            figures.known_persons,
            items.map(|(service, items)| (service.clone(), items.given)).collect(),
            figures.referrals.made,
        )
    });
    let known = expected.known.len() as u64;
    let wanted =
        (expected.tours, expected.encounters, expected.voided, known, expected.items.clone(), expected.referrals);
    let nothing = figures.is_none() && *expected == Counted::default();
    if nothing || shown.as_ref() == Some(&wanted) {
        return Ok(());
    }
    Err(format!("the figures of {} on {}: crews did {wanted:?}, the page shows {shown:?}", of.0, of.1))
}
