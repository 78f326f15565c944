//! What became of referrals and follow-ups.

use jisr_sync_core::activity::{FollowUpStatus, follow_up_status, referral_state};
use jisr_sync_core::codes::{CancelReason, ReferralStatus};
use jisr_sync_core::record::{FollowUp, Referral};

use crate::kit::*;

#[test]
fn a_referrals_status_follows_a_fixed_order_and_never_the_clocks() {
    let sent = event(ReferralStatus::Sent, "2026-11-14T10:00:00Z");
    // By a phone that is a day behind.
    let accepted = event(ReferralStatus::Accepted, "2026-11-13T10:00:00Z");
    let newer = event(ReferralStatus::Unrecognised("on_hold".into()), "2026-11-16T10:00:00Z");

    for events in [[sent.clone(), accepted.clone(), newer.clone()], [newer, accepted, sent]] {
        let state = referral_state(&referral(&events));

        assert_eq!((state.status, state.contradictory), (ReferralStatus::Accepted, false));
    }
    assert_eq!(referral_state(&Referral::default()).status, ReferralStatus::Draft);
}

#[test]
fn two_different_final_results_contradict_and_the_same_one_twice_does_not() {
    let attained = || event(ReferralStatus::Attained, "2026-11-14T10:00:00Z");
    let refused = event(ReferralStatus::RefusedByProvider, "2026-11-14T11:00:00Z");

    assert!(!referral_state(&referral(&[attained(), attained()])).contradictory);
    let both = referral_state(&referral(&[refused, attained()]));
    assert!(both.contradictory);
    assert_eq!(both.status, ReferralStatus::Attained);
}

#[test]
fn a_follow_up_is_open_due_late_done_or_given_up() {
    let due = FollowUp { due_on: Some(day("2026-11-14")), window_days: Some(2), ..FollowUp::default() };
    let done = |on| FollowUp { done_on: Some(day(on)), ..due.clone() };
    let on = |follow_up: &FollowUp, today| follow_up_status(follow_up, day(today));

    assert_eq!(on(&due, "2026-11-13"), FollowUpStatus::Open);
    assert_eq!(on(&due, "2026-11-14"), FollowUpStatus::Due);
    assert_eq!(on(&due, "2026-11-16"), FollowUpStatus::Due);
    assert_eq!(on(&due, "2026-11-17"), FollowUpStatus::Late);
    assert_eq!(on(&done("2026-11-16"), "2026-12-01"), FollowUpStatus::Done);
    assert_eq!(on(&done("2026-11-17"), "2026-12-01"), FollowUpStatus::DoneLate);
    let given_up = |follow_up| FollowUp { cancelled: Some(CancelReason::Other), ..follow_up };
    assert_eq!(on(&given_up(due.clone()), "2026-12-01"), FollowUpStatus::Cancelled);
    assert_eq!(on(&given_up(done("2026-11-16")), "2026-12-01"), FollowUpStatus::Done);
    assert_eq!(on(&FollowUp::default(), "2026-12-01"), FollowUpStatus::Open);
}

#[test]
fn a_window_beyond_the_calendar_ends_with_the_calendar() {
    let endless = FollowUp { due_on: Some(day("2026-11-14")), window_days: Some(u32::MAX), ..FollowUp::default() };

    assert_eq!(follow_up_status(&endless, day("9999-12-31")), FollowUpStatus::Due);
}
