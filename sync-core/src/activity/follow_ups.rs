//! Indicator 36: follow-ups due.
//!
//! One whose window spans several days is due on each of them, so that days do not add up to a month.

use super::figures::FollowUps;
use super::output::ReviewItem;
use super::scope::Scope;
use super::select::Day;
use super::status::{FollowUpStatus, follow_up_contradictory, follow_up_status};
use crate::record::FollowUp;

/// Indicator 36.
pub(super) fn follow_ups(scope: &Scope<'_>) -> FollowUps {
    let mut figures = FollowUps::default();
    for row in &scope.follow_ups {
        figures.due += 1;
        match status(scope.day, &row.record) {
            None => figures.done_undated += 1,
            Some(FollowUpStatus::Done) => figures.on_time += 1,
            Some(FollowUpStatus::DoneLate | FollowUpStatus::Late) => figures.late += 1,
            Some(FollowUpStatus::Cancelled) => figures.cancelled += 1,
            Some(FollowUpStatus::Open | FollowUpStatus::Due) => figures.open += 1,
        }
    }
    figures
}

/// Its status at the time of computing; `None` when it was done on a day that is not known. The day of the encounter
/// that did it counts when the record names no day.
fn status(day: &Day<'_>, follow_up: &FollowUp) -> Option<FollowUpStatus> {
    let mut dated = follow_up.clone();
    if dated.done_on.is_none()
        && let Some(encounter) = dated.done_by_encounter
    {
        dated.done_on = Some(*day.encounter_days.get(&encounter)?);
    }
    let today = day.input.zone.day_of(day.input.as_of).unwrap_or(day.input.day);
    Some(follow_up_status(&dated, today))
}

/// Follow-ups both done and given up.
pub(super) fn review(day: &Day<'_>) -> Vec<ReviewItem> {
    let contradictory = day.follow_ups.iter().filter(|(_, row)| follow_up_contradictory(&row.record));
    contradictory.map(|(_, row)| ReviewItem::FollowUpContradictory { follow_up: row.id }).collect()
}
