//! How fresh what is known of a unit is, in four words a supervisor can act on.

use jisr_sync_core::activity::{MissingReason, UnitActivity, UnitStatus};
use jisr_sync_core::time::UnixMillis;

/// Up to this many minutes since its last contact a unit on duty counts as fresh.
pub const FRESH_MINUTES: i64 = 45;

/// Up to this many hours it counts as late; beyond, as silent.
pub const LATE_HOURS: i64 = 6;

/// How fresh what is known of a unit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// Its day is in.
    In,
    /// On duty, in contact lately.
    Fresh,
    /// On duty, last contact some hours ago.
    Late,
    /// On duty, and no contact for long or ever.
    Silent,
    /// No tour is expected now.
    OffDuty,
}

impl Freshness {
    /// The code its label and its style are named by.
    pub const fn code(self) -> &'static str {
        match self {
            Self::In => "in",
            Self::Fresh => "fresh",
            Self::Late => "late",
            Self::Silent => "silent",
            Self::OffDuty => "off",
        }
    }
}

/// How fresh what is known of `unit` is at `as_of`.
pub fn freshness_of(unit: &UnitActivity, as_of: UnixMillis) -> Freshness {
    let reasons = match &unit.status {
        UnitStatus::In => return Freshness::In,
        UnitStatus::NoTourPlanned => return Freshness::OffDuty,
        UnitStatus::Missing { reasons } => reasons,
    };
    let ahead = |reason: &MissingReason| matches!(reason, MissingReason::NotYetDue { .. });
    if !reasons.is_empty() && reasons.iter().all(ahead) {
        return Freshness::OffDuty;
    }
    let Some(contact) = unit.freshness.last_contact else { return Freshness::Silent };
    match as_of.0.saturating_sub(contact.0) / 60_000 {
        minutes if minutes < FRESH_MINUTES => Freshness::Fresh,
        minutes if minutes < LATE_HOURS * 60 => Freshness::Late,
        _ => Freshness::Silent,
    }
}

#[cfg(test)]
mod tests {
    use jisr_sync_core::activity;

    use super::*;

    const NOW: UnixMillis = UnixMillis(1_795_475_400_000);

    fn unit(status: UnitStatus, minutes_ago: Option<i64>) -> UnitActivity {
        let last_contact = minutes_ago.map(|minutes| UnixMillis(NOW.0 - minutes * 60_000));
        UnitActivity {
            unit: "azilal-1".parse().unwrap(),
            province: "azilal".parse().unwrap(),
            status,
            figures: None,
            freshness: activity::Freshness { last_contact, waiting: None, devices_not_saying: 0 },
        }
    }

    fn missing(reason: MissingReason) -> UnitStatus {
        UnitStatus::Missing { reasons: vec![reason] }
    }

    #[test]
    fn freshness_follows_the_limits() {
        let open = || missing(MissingReason::NotOpened { planned_start: NOW });
        let ahead = missing(MissingReason::NotYetDue { planned_start: NOW });
        let table = [
            (unit(UnitStatus::In, Some(9_000)), Freshness::In),
            (unit(UnitStatus::NoTourPlanned, Some(1)), Freshness::OffDuty),
            (unit(ahead, None), Freshness::OffDuty),
            (unit(open(), Some(44)), Freshness::Fresh),
            (unit(open(), Some(45)), Freshness::Late),
            (unit(open(), Some(359)), Freshness::Late),
            (unit(open(), Some(360)), Freshness::Silent),
            (unit(open(), None), Freshness::Silent),
        ];
        for (unit, expected) in table {
            assert_eq!(freshness_of(&unit, NOW), expected, "{unit:?}");
        }
    }
}
