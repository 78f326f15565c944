//! The line that says how complete the day is. No day is shown, printed or exported without it.

use std::collections::BTreeMap;

use jisr_locales::{Arg, Lang, tr};
use jisr_sync_core::activity::{CompletenessState, DailyActivity, MissingReason, UnitStatus};
use jisr_sync_core::id::UnitId;

use super::When;
use super::value::separator;

/// The line, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompletenessLine {
    /// The class of its style: `complete`, `incomplete` or `nothing`.
    pub class: &'static str,
    /// As of when.
    pub as_of: String,
    /// How many units are in, and what follows.
    pub summary: String,
    /// How much waits on phones; nothing of a day to come.
    pub waiting: Option<String>,
    /// How many phones have not said, if any.
    pub not_saying: Option<String>,
    /// The units that are missing.
    pub missing: Vec<MissingUnit>,
    /// The units without a planned tour.
    pub no_tour: Vec<String>,
    /// Units of devices without a sign of life for two weeks.
    pub silent: Vec<String>,
    /// Units of devices with a wrong clock, and how wrong.
    pub clocks: Vec<(String, String)>,
}

/// A unit that is missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingUnit {
    /// Its id, for links.
    pub id: String,
    /// Its name.
    pub unit: String,
    /// Why it is missing, its reasons joined.
    pub why: String,
    /// Whether something of it was set aside.
    pub aside: bool,
}

/// The names units are shown by.
pub type UnitNames = BTreeMap<UnitId, String>;

/// The name of a unit, or its id when it has none.
pub fn unit_name(names: &UnitNames, unit: &UnitId) -> String {
    names.get(unit).cloned().unwrap_or_else(|| unit.to_string())
}

impl CompletenessLine {
    /// The line of a day.
    pub fn of(activity: &DailyActivity, lang: Lang, names: &UnitNames, when: &When) -> Self {
        let completeness = &activity.completeness;
        let (class, verdict) = match completeness.state {
            CompletenessState::Complete => ("complete", "day-complete"),
            CompletenessState::Incomplete => ("incomplete", "day-incomplete"),
            CompletenessState::NothingExpected => ("nothing", "day-nothing-expected"),
        };
        let units_in = tr(
            lang,
            "units-in",
            &[("reported", completeness.reported.into()), ("expected", completeness.expected.into())],
        );
        let verdict = tr(lang, verdict, &[]);
        let summary = if completeness.expected == 0 { verdict } else { format!("{units_in} {verdict}") };
        let name = |unit: &UnitId| unit_name(names, unit);
        let begun = !completeness.ahead;
        // When no phone has said anything, the sentence before tells that already.
        let not_saying = completeness.waiting.filter(|_| begun).map_or(0, |_| completeness.devices_not_saying);
        Self {
            class,
            as_of: when.as_of(activity.day),
            summary,
            waiting: begun.then(|| waiting(lang, completeness.waiting)),
            not_saying: (not_saying > 0).then(|| tr(lang, "devices-not-saying", &[("n", not_saying.into())])),
            missing: activity
                .by_unit
                .iter()
                .filter_map(|unit| match &unit.status {
                    UnitStatus::Missing { reasons } => Some(MissingUnit {
                        id: unit.unit.to_string(),
                        unit: name(&unit.unit),
                        why: why(lang, reasons, when),
                        aside: reasons.iter().any(|reason| matches!(reason, MissingReason::SetAside { .. })),
                    }),
                    UnitStatus::In | UnitStatus::NoTourPlanned => None,
                })
                .collect(),
            no_tour: completeness.no_tour_planned.iter().map(name).collect(),
            silent: completeness.silent_devices.iter().map(|device| name(&device.unit)).collect(),
            clocks: completeness
                .clock_suspects
                .iter()
                .map(|suspect| (name(&suspect.unit), off_by(lang, suspect.ahead_ms)))
                .collect(),
        }
    }
}

fn waiting(lang: Lang, waiting: Option<u64>) -> String {
    match waiting {
        None => tr(lang, "waiting-unknown", &[]),
        Some(0) => tr(lang, "waiting-none", &[]),
        Some(n) => tr(lang, "waiting-on-phones", &[("n", n.into())]),
    }
}

/// A clock that is off by up to this many minutes is told in minutes, beyond in hours.
const MINUTES_TOLD_MAX: u64 = 90;

fn off_by(lang: Lang, ahead_ms: i64) -> String {
    let minutes = ahead_ms.unsigned_abs() / 60_000;
    let side = if ahead_ms >= 0 { "clock-ahead" } else { "clock-behind" };
    if minutes <= MINUTES_TOLD_MAX {
        return tr(lang, side, &[("n", Arg::from(minutes))]);
    }
    tr(lang, &format!("{side}-hours"), &[("n", Arg::from((minutes + 30) / 60))])
}

/// Why a unit is not in, its reasons joined. The same reason of several devices is said once.
fn why(lang: Lang, reasons: &[MissingReason], when: &When) -> String {
    let at = |key: &str, instant| tr(lang, key, &[("time", Arg::from(&when.at(instant)))]);
    let since = |key: &str, instant| tr(lang, key, &[("time", Arg::from(&when.since(instant)))]);
    let mut said: Vec<String> = Vec::new();
    for reason in reasons {
        let text = match reason {
            MissingReason::NotYetDue { planned_start } => at("reason-not_yet_due", *planned_start),
            MissingReason::NotOpened { planned_start } => at("reason-not_opened", *planned_start),
            MissingReason::ShiftOpen { since: Some(start), .. } => since("reason-shift_open", *start),
            MissingReason::ShiftOpen { since: None, .. } => tr(lang, "reason-shift_open_unknown", &[]),
            MissingReason::NoContact { since: Some(last), .. } => since("reason-no_contact", *last),
            MissingReason::NoContact { since: None, .. } => tr(lang, "reason-never", &[]),
            MissingReason::Waiting { records, .. } => tr(lang, "unit-waiting", &[("n", Arg::from(*records))]),
            MissingReason::WaitingUnknown { .. } => tr(lang, "reason-waiting_unknown", &[]),
            MissingReason::NoDeviceKnown => tr(lang, "reason-no_device_known", &[]),
            MissingReason::SetAside { records } => tr(lang, "reason-set_aside", &[("n", Arg::from(*records))]),
            MissingReason::Unreadable { records } => tr(lang, "reason-unreadable", &[("n", Arg::from(*records))]),
        };
        if !said.contains(&text) {
            said.push(text);
        }
    }
    said.join(separator(lang))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_is_far_off_is_told_in_hours() {
        let minute = 60_000;

        assert_eq!(off_by(Lang::Fr, -minute), "1 minute en retard");
        assert_eq!(off_by(Lang::Fr, 90 * minute), "90 minutes en avance");
        assert_eq!(off_by(Lang::Fr, -1_500 * minute), "25 heures en retard");
        assert_eq!(off_by(Lang::Ar, 120 * minute), "متقدمة بساعتين");
    }

    #[test]
    fn numbers_of_units_bring_their_own_forms() {
        let line = |lang, reported: u64, expected: u64| {
            tr(lang, "units-in", &[("reported", reported.into()), ("expected", expected.into())])
        };

        assert_eq!(line(Lang::Fr, 4, 6), "4 unités sur 6 attendues ont tout transmis.");
        assert_eq!(line(Lang::Fr, 1, 6), "1 unité sur 6 attendues a tout transmis.");
        assert_eq!(line(Lang::Fr, 1, 1), "1 unité sur 1 attendue a tout transmis.");
        assert_eq!(line(Lang::En, 1, 6), "1 of 6 expected units is in.");
        assert!(line(Lang::Ar, 2, 5).starts_with("أرسلت وحدتان كل شيء"));
        assert_eq!(tr(Lang::Fr, "tile-of-planned", &[("n", 1_u64.into())]), "sur 1 prévue");
    }
}
