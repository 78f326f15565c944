//! Random days: the fold against the recount, and against itself in another order.

use jisr_sync_core::activity::{CompletenessState, DayInput, Figures, UnitStatus, fold};
use jisr_sync_core::id::UnitId;
use proptest::prelude::*;
use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;

use crate::generator::random_day;
use crate::kit::{day, unit};
use crate::oracle::Recount;

fn shuffled(mut input: DayInput, seed: u64) -> DayInput {
    let mut rng = StdRng::seed_from_u64(seed);
    input.units.shuffle(&mut rng);
    input.plan.shuffle(&mut rng);
    input.shifts.shuffle(&mut rng);
    input.encounters.shuffle(&mut rng);
    input.referrals.shuffle(&mut rng);
    input.follow_ups.shuffle(&mut rng);
    input.devices.shuffle(&mut rng);
    input
}

/// The indicators in which two sets of figures differ, with both values.
fn differences(fold: &Figures, recount: &Figures) -> Vec<String> {
    let [fold, recount] = [fold, recount].map(|figures| serde_json::to_value(figures).unwrap());
    let fields = fold.as_object().unwrap().keys();
    let differing = fields.filter(|field| fold[*field] != recount[*field]);
    differing.map(|field| format!("{field}: fold {} recount {}", fold[field], recount[field])).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_figure_of_every_scope_equals_the_recount(seed in any::<u64>()) {
        let input = random_day(seed);
        let activity = fold(&input);

        let all: Vec<UnitId> = input.units.iter().map(|facts| facts.unit.clone()).collect();
        let none: Vec<String> = Vec::new();
        prop_assert_eq!(differences(&activity.total, &Recount::of(&input, &all).figures()), none.clone());
        let mut nothing = Figures::default();
        nothing.quality.late = input.closed_at.map(|_| 0);
        for one in &activity.by_unit {
            let recount = Recount::of(&input, std::slice::from_ref(&one.unit)).figures();
            prop_assert_eq!(differences(one.figures.as_ref().unwrap_or(&nothing), &recount), none.clone());
        }
        for one in &activity.by_province {
            let here = input.units.iter().filter(|facts| facts.province == one.province);
            let here: Vec<UnitId> = here.map(|facts| facts.unit.clone()).collect();
            prop_assert_eq!(differences(&one.figures, &Recount::of(&input, &here).figures()), none.clone());
        }
    }

    #[test]
    fn hours_places_and_communes_hold_every_encounter_once(seed in any::<u64>()) {
        let input = random_day(seed);
        let activity = fold(&input);

        let all: Vec<UnitId> = input.units.iter().map(|facts| facts.unit.clone()).collect();
        let mut recount = Recount::of(&input, &all).by_hour();
        prop_assert_eq!(recount.remove(&None).unwrap_or(0), activity.by_hour.unplaced.encounters);
        for hour in &activity.by_hour.hours {
            let key = Some(i8::try_from(hour.hour).unwrap());
            prop_assert_eq!(recount.remove(&key).unwrap_or(0), hour.slice.encounters);
        }
        prop_assert_eq!(activity.by_place.iter().map(|one| one.slice.encounters).sum::<u64>(), activity.total.encounters);
        prop_assert_eq!(activity.by_commune.iter().map(|one| one.slice.encounters).sum::<u64>(), activity.total.encounters);
    }

    #[test]
    fn the_order_of_rows_changes_neither_figures_nor_stamp(seed in any::<u64>(), order in any::<u64>()) {
        let input = random_day(seed);
        let activity = fold(&input);

        prop_assert_eq!(fold(&shuffled(input, order)), activity);
    }

    #[test]
    fn what_adds_up_does_and_distinct_persons_are_never_more_than_their_units_sum(seed in any::<u64>()) {
        let activity = fold(&random_day(seed));
        let sum = |of: &dyn Fn(&Figures) -> u64| activity.by_unit.iter().filter_map(|one| one.figures.as_ref()).map(of).sum::<u64>();

        prop_assert_eq!(sum(&|figures| figures.encounters), activity.total.encounters);
        prop_assert_eq!(sum(&|figures| figures.tours.planned), activity.total.tours.planned);
        prop_assert_eq!(sum(&|figures| figures.follow_ups.due), activity.total.follow_ups.due);
        prop_assert!(sum(&|figures| figures.known_persons) >= activity.total.known_persons);
        prop_assert!(activity.total.persons_met.at_least <= activity.total.persons_met.at_most);
        prop_assert!(activity.total.persons_served.persons.at_least <= activity.total.persons_served.persons.at_most);
    }

    #[test]
    fn a_day_is_complete_exactly_when_no_unit_is_missing_and_one_was_expected(seed in any::<u64>()) {
        let activity = fold(&random_day(seed));
        let missing = |status: &UnitStatus| matches!(status, UnitStatus::Missing { .. });
        let count = |which: &dyn Fn(&UnitStatus) -> bool| activity.by_unit.iter().filter(|one| which(&one.status)).count() as u64;

        let completeness = &activity.completeness;
        prop_assert_eq!(completeness.missing.len() as u64, count(&missing));
        prop_assert_eq!(completeness.reported, count(&|status| *status == UnitStatus::In));
        prop_assert_eq!(completeness.expected, completeness.reported + count(&missing));
        prop_assert_eq!(
            completeness.state == CompletenessState::Complete,
            completeness.expected > 0 && completeness.reported == completeness.expected
        );
    }

    #[test]
    fn no_time_however_wrong_breaks_the_fold(seed in any::<u64>(), wrong in any::<i64>()) {
        let mut input = random_day(seed);
        let wrong = jisr_sync_core::time::UnixMillis(wrong);
        for row in &mut input.shifts {
            row.record.operational_day = Some(day("9999-12-31"));
            row.record.started_at = Some(wrong);
            row.record.ended_at = Some(jisr_sync_core::time::UnixMillis(i64::MAX));
        }
        for row in &mut input.encounters {
            row.record.occurred_at = Some(wrong);
        }
        input.as_of = wrong;
        input.day = day("9999-12-31");

        let activity = fold(&input);

        prop_assert_eq!(activity.by_unit.len(), input.units.len());
        prop_assert!(activity.by_unit.iter().all(|one| one.unit != unit("foreign-1")));
    }
}
