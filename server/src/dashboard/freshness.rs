//! How a unit stands, in words a supervisor can act on: never other than the completeness line says.

use jisr_sync_core::activity::{MissingReason, UnitActivity, UnitStatus};
use jisr_sync_core::time::UnixMillis;

/// Up to this many minutes since its last contact a unit on duty counts as fresh.
pub const FRESH_MINUTES: i64 = 45;

/// Up to this many hours it counts as late; beyond, as silent.
pub const LATE_HOURS: i64 = 6;

/// How a unit stands. [`Freshness::In`] alone looks finished: a unit that is missing, or on whose phones something
/// waits, never does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// Its day is in, and nothing waits on its phones.
    In,
    /// On duty, in contact lately, nothing waiting that is known of.
    Fresh,
    /// On duty, last contact some time ago.
    Late,
    /// Its phones said that records wait on them.
    Waiting,
    /// Its tour should have started, and nobody has opened it.
    Unopened,
    /// Its tour is over, and something of it is still to come or to be settled.
    Incomplete,
    /// It is missing, and there was no contact for long or ever.
    Silent,
    /// Its tour is still ahead.
    Ahead,
    /// No tour is expected.
    OffDuty,
}

impl Freshness {
    /// Every one, in the order of attention.
    pub const ALL: [Self; 9] = [
        Self::Silent,
        Self::Waiting,
        Self::Incomplete,
        Self::Unopened,
        Self::Late,
        Self::Fresh,
        Self::Ahead,
        Self::In,
        Self::OffDuty,
    ];

    /// The code its label and its style are named by.
    pub const fn code(self) -> &'static str {
        match self {
            Self::In => "in",
            Self::Fresh => "fresh",
            Self::Late => "late",
            Self::Waiting => "waiting",
            Self::Unopened => "unopened",
            Self::Incomplete => "incomplete",
            Self::Silent => "silent",
            Self::Ahead => "ahead",
            Self::OffDuty => "off",
        }
    }
}

/// How `unit` stands at `as_of`.
pub fn freshness_of(unit: &UnitActivity, as_of: UnixMillis) -> Freshness {
    let reasons = match &unit.status {
        UnitStatus::In if unit.freshness.waiting.unwrap_or(0) > 0 => return Freshness::Waiting,
        UnitStatus::In => return Freshness::In,
        UnitStatus::NoTourPlanned => return Freshness::OffDuty,
        UnitStatus::Missing { reasons } => reasons,
    };
    let any = |which: fn(&MissingReason) -> bool| reasons.iter().any(which);
    if reasons.iter().all(|reason| matches!(reason, MissingReason::NotYetDue { .. })) {
        return Freshness::Ahead;
    }
    let minutes = unit.freshness.last_contact.map(|contact| as_of.0.saturating_sub(contact.0) / 60_000);
    let long_ago = minutes.is_none_or(|minutes| minutes >= LATE_HOURS * 60);
    // Records that came and cannot be counted are no silence: their phones have spoken.
    if long_ago && any(is_silence) && (unit.freshness.on_duty || !any(is_waiting)) {
        return Freshness::Silent;
    }
    if any(is_waiting) {
        Freshness::Waiting
    } else if any(|reason| matches!(reason, MissingReason::NotOpened { .. })) {
        Freshness::Unopened
    } else if !unit.freshness.on_duty {
        Freshness::Incomplete
    } else if minutes.is_some_and(|minutes| minutes < FRESH_MINUTES) {
        Freshness::Fresh
    } else {
        Freshness::Late
    }
}

const fn is_waiting(reason: &MissingReason) -> bool {
    matches!(reason, MissingReason::Waiting { .. })
}

/// Whether a device that speaks could end the reason.
const fn is_silence(reason: &MissingReason) -> bool {
    !matches!(
        reason,
        MissingReason::SetAside { .. } | MissingReason::Unreadable { .. } | MissingReason::NotYetDue { .. }
    )
}

#[cfg(test)]
mod tests {
    use jisr_sync_core::activity;
    use jisr_sync_core::id::{DeviceId, DocumentId};

    use super::*;

    const NOW: UnixMillis = UnixMillis(1_795_475_400_000);
    const DEVICE: DeviceId = DeviceId::from_bytes([1; 16]);

    fn unit(status: UnitStatus, minutes_ago: Option<i64>, on_duty: bool) -> UnitActivity {
        let last_contact = minutes_ago.map(|minutes| UnixMillis(NOW.0 - minutes * 60_000));
        UnitActivity {
            unit: "azilal-1".parse().unwrap(),
            province: "azilal".parse().unwrap(),
            status,
            figures: None,
            freshness: activity::Freshness { last_contact, waiting: None, devices_not_saying: 0, on_duty },
        }
    }

    fn missing(reasons: &[MissingReason]) -> UnitStatus {
        UnitStatus::Missing { reasons: reasons.to_vec() }
    }

    fn every_reason() -> Vec<MissingReason> {
        let shift = DocumentId::from_bytes([2; 16]);
        vec![
            MissingReason::NotYetDue { planned_start: NOW },
            MissingReason::NotOpened { planned_start: NOW },
            MissingReason::ShiftOpen { shift, since: None },
            MissingReason::NoContact { device: DEVICE, since: None },
            MissingReason::Waiting { device: DEVICE, records: 8 },
            MissingReason::WaitingUnknown { device: DEVICE },
            MissingReason::NoDeviceKnown,
            MissingReason::SetAside { records: 2 },
            MissingReason::Unreadable { records: 1 },
        ]
    }

    #[test]
    fn freshness_follows_the_limits_in_the_shift_and_outside() {
        let shift = DocumentId::from_bytes([2; 16]);
        let open = || missing(&[MissingReason::ShiftOpen { shift, since: None }]);
        let waiting = || missing(&[MissingReason::Waiting { device: DEVICE, records: 8 }]);
        let no_contact = || missing(&[MissingReason::NoContact { device: DEVICE, since: None }]);
        let table = [
            (unit(UnitStatus::In, Some(9_000), false), Freshness::In),
            (unit(UnitStatus::NoTourPlanned, Some(1), false), Freshness::OffDuty),
            (unit(missing(&[MissingReason::NotYetDue { planned_start: NOW }]), None, false), Freshness::Ahead),
            (unit(missing(&[MissingReason::NotOpened { planned_start: NOW }]), Some(1), true), Freshness::Unopened),
            (unit(open(), Some(44), true), Freshness::Fresh),
            (unit(open(), Some(45), true), Freshness::Late),
            (unit(open(), Some(359), true), Freshness::Late),
            (unit(open(), Some(360), true), Freshness::Silent),
            (unit(open(), None, true), Freshness::Silent),
            (unit(open(), Some(2), false), Freshness::Incomplete),
            (unit(waiting(), Some(2), true), Freshness::Waiting),
            (unit(waiting(), Some(2), false), Freshness::Waiting),
            (unit(waiting(), Some(400), true), Freshness::Silent),
            (unit(waiting(), Some(400), false), Freshness::Waiting),
            (unit(no_contact(), Some(180), false), Freshness::Incomplete),
            (unit(no_contact(), Some(400), false), Freshness::Silent),
            (unit(missing(&[MissingReason::SetAside { records: 2 }]), Some(900), false), Freshness::Incomplete),
        ];
        for (unit, expected) in table {
            assert_eq!(freshness_of(&unit, NOW), expected, "{unit:?}");
        }
    }

    #[test]
    fn a_unit_that_is_missing_or_has_records_waiting_never_looks_finished() {
        for reason in every_reason() {
            for (minutes, on_duty) in [(Some(0), true), (Some(0), false), (Some(180), false), (None, false)] {
                let unit = unit(missing(std::slice::from_ref(&reason)), minutes, on_duty);
                let stands = freshness_of(&unit, NOW);
                assert!(!matches!(stands, Freshness::In | Freshness::OffDuty), "{reason:?}: {stands:?}");
                assert!(stands != Freshness::Fresh || on_duty, "{reason:?}: on duty only in its shift");
            }
        }
        let mut in_and_waiting = unit(UnitStatus::In, Some(0), false);
        in_and_waiting.freshness.waiting = Some(8);
        assert_eq!(freshness_of(&in_and_waiting, NOW), Freshness::Waiting);
    }
}
