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
    /// How much waits on phones.
    pub waiting: String,
    /// How many phones have not said, if any.
    pub not_saying: Option<String>,
    /// The units that are missing, each with its reasons.
    pub missing: Vec<(String, String)>,
    /// The units without a planned tour.
    pub no_tour: Vec<String>,
    /// Units of devices without a sign of life for two weeks.
    pub silent: Vec<String>,
    /// Units of devices with a wrong clock, and how wrong.
    pub clocks: Vec<(String, String)>,
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
        // When no phone has said anything, the sentence before tells that already.
        let not_saying = completeness.waiting.map_or(0, |_| completeness.devices_not_saying);
        Self {
            class,
            as_of: tr(lang, "as-of", &[("time", Arg::from(&when.time(activity.as_of)))]),
            summary,
            waiting: waiting(lang, completeness.waiting),
            not_saying: (not_saying > 0).then(|| tr(lang, "devices-not-saying", &[("n", not_saying.into())])),
            missing: activity
                .by_unit
                .iter()
                .filter_map(|unit| match &unit.status {
                    UnitStatus::Missing { reasons } => Some((name(&unit.unit), why(lang, reasons, when))),
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

fn off_by(lang: Lang, ahead_ms: i64) -> String {
    let minutes = ahead_ms.unsigned_abs() / 60_000;
    let args = [("n", Arg::from(minutes))];
    if ahead_ms >= 0 { tr(lang, "clock-ahead", &args) } else { tr(lang, "clock-behind", &args) }
}

/// Why a unit is not in, its reasons joined. The same reason of several devices is said once.
fn why(lang: Lang, reasons: &[MissingReason], when: &When) -> String {
    let at = |key: &str, instant| tr(lang, key, &[("time", Arg::from(&when.time(instant)))]);
    let mut said: Vec<String> = Vec::new();
    for reason in reasons {
        let text = match reason {
            MissingReason::NotYetDue { planned_start } => at("reason-not_yet_due", *planned_start),
            MissingReason::NotOpened { planned_start } => at("reason-not_opened", *planned_start),
            MissingReason::ShiftOpen { since: Some(since), .. } => at("reason-shift_open", *since),
            MissingReason::ShiftOpen { since: None, .. } => tr(lang, "reason-shift_open_unknown", &[]),
            MissingReason::NoContact { since: Some(since), .. } => at("reason-no_contact", *since),
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
