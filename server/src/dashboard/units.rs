//! The table of units: what is known of each, and how fresh it is.

use jisr_locales::{Lang, label, tr};
use jisr_sync_core::activity::{DailyActivity, Figures, UnitActivity, UnitStatus};

use super::completeness::{UnitNames, unit_name};
use super::tiles::heads;
use super::{Freshness, When, freshness_of};

/// One unit's row. A dash means "not known", 0 means none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitRow {
    /// Its id, for the filter.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its province.
    pub province: String,
    /// The code of its freshness.
    pub state: &'static str,
    /// Its freshness in words.
    pub state_label: String,
    /// Its last contact.
    pub last_contact: String,
    /// What waits on its phones.
    pub waiting: String,
    /// Encounters.
    pub encounters: String,
    /// Distinct known persons.
    pub persons: String,
    /// Minors.
    pub minors: String,
    /// Referrals.
    pub referrals: String,
}

/// The rows, in the order of freshness: what needs attention first.
pub fn unit_rows(activity: &DailyActivity, lang: Lang, names: &UnitNames, when: &When) -> Vec<UnitRow> {
    let mut units: Vec<_> = activity.by_unit.iter().map(|unit| (freshness_of(unit, activity.as_of), unit)).collect();
    units.sort_by_key(|(freshness, unit)| (attention(*freshness), unit.unit.clone()));
    let dash = || "–".to_owned();
    let ahead = activity.completeness.ahead;
    units
        .into_iter()
        .map(|(freshness, unit)| {
            let figures = unit.figures.as_ref().filter(|figures| !nothing_came(unit, figures));
            let number = |value: Option<u64>| value.map_or_else(dash, |n| n.to_string());
            UnitRow {
                id: unit.unit.to_string(),
                name: unit_name(names, &unit.unit),
                province: label(lang, "province", &unit.province.to_string()),
                state: freshness.code(),
                state_label: tr(lang, &format!("state-{}", freshness.code()), &[]),
                last_contact: unit.freshness.last_contact.map_or_else(dash, |at| when.time(at)),
                // What waits today says nothing about a day to come.
                waiting: number(unit.freshness.waiting.filter(|_| !ahead)),
                encounters: number(figures.map(|f| f.encounters)),
                persons: number(figures.map(|f| f.known_persons)),
                minors: number(figures.map(|f| heads(f.minors.certain))),
                referrals: number(figures.map(|f| f.referrals.made)),
            }
        })
        .collect()
}

/// Whether a unit that is missing has sent nothing of the day yet: then its figures are not zero but not known.
fn nothing_came(unit: &UnitActivity, figures: &Figures) -> bool {
    let missing = matches!(unit.status, UnitStatus::Missing { .. });
    let attempts = figures.attempts.out_of + figures.quality.drafts + figures.quality.voided;
    missing && figures.tours.made + figures.tours.cancelled + figures.encounters + attempts == 0
}

fn attention(freshness: Freshness) -> usize {
    Freshness::ALL.iter().position(|known| *known == freshness).unwrap_or(0)
}
