//! The fold itself: select what counts, count it in each scope, stamp it.

use std::collections::BTreeMap;

use super::indicator::DEFINITION_VERSION;
use super::input::DayInput;
use super::output::{DailyActivity, ProvinceActivity, ReviewItem, Stamp, UnitActivity, UnitStatus};
use super::scope::Scope;
use super::select::Day;
use super::status::referral_state;
use super::{completeness, follow_ups, people, quality, slices, stamp, tours};
use crate::id::ProvinceId;
use crate::time::tzdb_version;

/// The day's figures, completeness and stamp.
///
/// Pure: the same input, its lists in whatever order, gives the same result. Rows of other days and of units outside
/// the territory change nothing in it.
pub fn fold(input: &DayInput) -> DailyActivity {
    let day = Day::select(input);
    let everything = Scope::of(&day, |_| true);
    let states: Vec<UnitStatus> = (0..day.units.len()).map(|unit| completeness::unit_status(&day, unit)).collect();
    let mut activity = DailyActivity {
        day: input.day,
        as_of: input.as_of,
        definition_version: DEFINITION_VERSION,
        tzdb_version: tzdb_version().to_owned(),
        stamp: Stamp([0; 32]),
        completeness: completeness::completeness(&day, &states),
        total: everything.figures(),
        by_province: by_province(&day, &states),
        by_unit: by_unit(&day, &states),
        by_hour: slices::by_hour(&day),
        by_commune: slices::by_commune(&day),
        by_place: slices::by_place(&day),
        possible_duplicates: quality::possible_duplicates(&everything),
        review: review(&day, &everything),
    };
    activity.stamp = stamp::stamp(&day, &activity);
    activity
}

fn by_province(day: &Day<'_>, states: &[UnitStatus]) -> Vec<ProvinceActivity> {
    let mut provinces: BTreeMap<&ProvinceId, (u64, u64)> = BTreeMap::new();
    for (facts, state) in day.units.iter().zip(states) {
        let (expected, reported) = provinces.entry(&facts.province).or_default();
        *expected += u64::from(*state != UnitStatus::NoTourPlanned);
        *reported += u64::from(*state == UnitStatus::In);
    }
    let activity = |(province, (expected, reported)): (&ProvinceId, (u64, u64))| ProvinceActivity {
        province: province.clone(),
        expected,
        reported,
        figures: Scope::of(day, |unit| day.units[unit].province == *province).figures(),
    };
    provinces.into_iter().map(activity).collect()
}

fn by_unit(day: &Day<'_>, states: &[UnitStatus]) -> Vec<UnitActivity> {
    let activity = |(unit, status): (usize, &UnitStatus)| {
        let scope = Scope::of(day, |other| other == unit);
        let unknown = *status == UnitStatus::NoTourPlanned && scope.is_empty();
        UnitActivity {
            unit: day.units[unit].unit.clone(),
            province: day.units[unit].province.clone(),
            status: status.clone(),
            figures: (!unknown).then(|| scope.figures()),
            freshness: completeness::freshness(day, unit),
        }
    };
    states.iter().enumerate().map(activity).collect()
}

/// What somebody should look at, in a defined order.
fn review(day: &Day<'_>, everything: &Scope<'_>) -> Vec<ReviewItem> {
    let mut items = tours::review(day);
    items.extend(follow_ups::review(day));
    let people = people::People::of(everything);
    items.extend(people.contradictory_minors().map(|person| ReviewItem::AccompanimentContradictory { person }));
    let contradictory = day.referrals.iter().filter(|referral| referral_state(&referral.row.record).contradictory);
    items.extend(contradictory.map(|referral| ReviewItem::ReferralContradictory { referral: referral.row.id }));
    items.sort();
    items
}
