//! Indicator 42: encounters and known persons by hour, commune and place.

use std::collections::{BTreeMap, BTreeSet};

use super::FIRST_HOUR;
use super::output::{CommuneActivity, HourActivity, HourlyActivity, PlaceActivity, Slice};
use super::select::{Day, Met};
use crate::time::HourKind;

/// By hour. What was written under a suspect clock stands on its tour's day, not in an hour.
pub(super) fn by_hour(day: &Day<'_>) -> HourlyActivity {
    let slices = slices(day, |met| local_hour(day, met));
    let slice = |key| slices.get(&key).copied().unwrap_or_default();
    let hour = |index: u8| {
        let hour = (FIRST_HOUR + index) % 24;
        let date = if hour < FIRST_HOUR { day.input.day.next() } else { day.input.day };
        let kind = day.input.zone.hour_kind(date, i8::try_from(hour).unwrap_or(0));
        HourActivity {
            hour,
            repeated: kind == HourKind::Repeated,
            skipped: kind == HourKind::Skipped,
            slice: slice(Some(hour)),
        }
    };
    HourlyActivity { hours: (0..24).map(hour).collect(), unplaced: slice(None) }
}

/// The local hour by the offset the device stored, or else by the zone.
fn local_hour(day: &Day<'_>, met: &Met<'_>) -> Option<u8> {
    if met.row.clock_suspect {
        return None;
    }
    let at = met.at?;
    let offset = met.row.record.utc_offset.or_else(|| day.input.zone.offset(at))?;
    Some(offset.hour_at(at))
}

/// By commune, in the order of codes; what has none comes first.
pub(super) fn by_commune(day: &Day<'_>) -> Vec<CommuneActivity> {
    let slices = slices(day, |met| met.commune.map(str::to_owned));
    slices.into_iter().map(|(commune, slice)| CommuneActivity { commune, slice }).collect()
}

/// By place, in the order of ids; what has none comes first.
pub(super) fn by_place(day: &Day<'_>) -> Vec<PlaceActivity> {
    slices(day, |met| met.place).into_iter().map(|(place, slice)| PlaceActivity { place, slice }).collect()
}

fn slices<K: Ord>(day: &Day<'_>, key: impl Fn(&Met<'_>) -> K) -> BTreeMap<K, Slice> {
    let mut groups: BTreeMap<K, (u64, BTreeSet<_>)> = BTreeMap::new();
    for met in day.met.iter().filter(|met| met.counts()) {
        let (encounters, persons) = groups.entry(key(met)).or_default();
        *encounters += 1;
        persons.extend(met.slots.iter().filter_map(|slot| slot.person));
    }
    let slice = |(encounters, persons): (u64, BTreeSet<_>)| Slice { encounters, known_persons: persons.len() as u64 };
    groups.into_iter().map(|(key, group)| (key, slice(group))).collect()
}
