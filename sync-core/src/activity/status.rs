//! What became of a referral or a follow-up, derived from what happened to it.
//!
//! Derived by a fixed order and never by the clocks of those who wrote: the same events, in any order, give the same
//! status. Nothing here is stored.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::codes::ReferralStatus;
use crate::record::{FollowUp, Referral};
use crate::time::OperationalDay;

/// The statuses in their fixed order: of those a referral has been through, the last in this list is its status.
const REFERRAL_ORDER: [ReferralStatus; 11] = [
    ReferralStatus::Draft,
    ReferralStatus::Sent,
    ReferralStatus::NoNews,
    ReferralStatus::Received,
    ReferralStatus::Accepted,
    ReferralStatus::Cancelled,
    ReferralStatus::NoPlace,
    ReferralStatus::RefusedByProvider,
    ReferralStatus::RefusedByPerson,
    ReferralStatus::NotAttained,
    ReferralStatus::Attained,
];

/// Where a referral stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReferralState {
    /// Its status.
    pub status: ReferralStatus,
    /// Whether its events name more than one final result, so that somebody must decide.
    pub contradictory: bool,
}

/// Whether a referral ends with this status.
pub const fn is_final(status: &ReferralStatus) -> bool {
    matches!(
        status,
        ReferralStatus::Cancelled
            | ReferralStatus::NoPlace
            | ReferralStatus::RefusedByProvider
            | ReferralStatus::RefusedByPerson
            | ReferralStatus::NotAttained
            | ReferralStatus::Attained
    )
}

/// Where `referral` stands. Without events it is a draft; a status of a newer version is passed over.
pub fn referral_state(referral: &Referral) -> ReferralState {
    let reached: BTreeSet<&ReferralStatus> =
        referral.status_events.values().filter_map(|event| event.status.as_ref()).collect();
    let status = REFERRAL_ORDER.iter().rev().find(|status| reached.contains(status)).unwrap_or(&ReferralStatus::Draft);
    let results = reached.iter().filter(|status| is_final(status)).count();
    ReferralState { status: status.clone(), contradictory: results > 1 }
}

/// Where a follow-up stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FollowUpStatus {
    /// Not due yet, or without a day on which it is due.
    Open,
    /// Due, and still in time.
    Due,
    /// Its window has passed.
    Late,
    /// Done within its window, or on a day that is not known.
    Done,
    /// Done after its window.
    DoneLate,
    /// Given up.
    Cancelled,
}

/// Where `follow_up` stands on `today`. What was done stays done, even when somebody else gave it up.
pub fn follow_up_status(follow_up: &FollowUp, today: OperationalDay) -> FollowUpStatus {
    let last = last_day(follow_up);
    match (follow_up.done_on, last) {
        (Some(done), Some(last)) if done > last => return FollowUpStatus::DoneLate,
        (Some(_), _) => return FollowUpStatus::Done,
        (None, _) if follow_up.done_by_encounter.is_some() => return FollowUpStatus::Done,
        (None, _) => {}
    }
    match (follow_up.due_on, last) {
        _ if follow_up.cancelled.is_some() => FollowUpStatus::Cancelled,
        (Some(_), Some(last)) if today > last => FollowUpStatus::Late,
        (Some(due), _) if today >= due => FollowUpStatus::Due,
        _ => FollowUpStatus::Open,
    }
}

/// Whether `follow_up` says both that it was done and that it was given up.
pub fn follow_up_contradictory(follow_up: &FollowUp) -> bool {
    follow_up.cancelled.is_some() && (follow_up.done_on.is_some() || follow_up.done_by_encounter.is_some())
}

/// The last day on which `follow_up` is on time; `None` without a day on which it is due.
pub fn last_day(follow_up: &FollowUp) -> Option<OperationalDay> {
    let due = follow_up.due_on?;
    Some(due.plus_days(follow_up.window_days.unwrap_or(0)))
}
