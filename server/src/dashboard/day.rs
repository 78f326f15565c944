//! The day's page as plain texts and numbers, ready for its template.

use std::collections::BTreeMap;

use jisr_locales::{Arg, Lang, tr};
use jisr_sync_core::time::{OperationalDay, ZONE_NAME};

use super::When;
use super::bars::{Bar, bars};
use super::completeness::{CompletenessLine, UnitNames};
use super::hours::HourChart;
use super::lists::{CheckRow, DisagreementRow, LATEST_MAX, Lists, RecordRow};
use super::reference::Known;
use super::tiles::{Tile, tiles};
use super::units::{UnitRow, unit_rows};
use super::value::separator;
use crate::ports::Day;
use crate::registry::Unit;

/// The day's page.
#[derive(Clone)]
pub struct DayView {
    /// The day as a date.
    pub day: OperationalDay,
    /// The day in words.
    pub title: String,
    /// How complete it is.
    pub line: CompletenessLine,
    /// The large figures.
    pub tiles: Vec<Tile>,
    /// Encounters by hour.
    pub hours: HourChart,
    /// The units.
    pub units: Vec<UnitRow>,
    /// Needs that were stated.
    pub needs: Vec<Bar>,
    /// Services that were given.
    pub given: Vec<Bar>,
    /// The newest records.
    pub latest: Vec<RecordRow>,
    /// How many records the day has.
    pub records: usize,
    /// Whether the reader may open the day's records.
    pub reads_records: bool,
    /// Fields with several values.
    pub disagreements: Vec<DisagreementRow>,
    /// What to look at.
    pub review: Vec<CheckRow>,
    /// The time zone and the version of its data.
    pub zone: String,
    /// The fingerprint of the figures.
    pub stamp: String,
    /// The versions of the software and of the definitions.
    pub version: String,
    /// A filter that is on, in words.
    pub filter: Option<String>,
}

/// The names of units in a language.
pub fn names(units: &[Unit], lang: Lang) -> UnitNames {
    let name = |unit: &Unit| if lang == Lang::Ar { unit.name_ar.clone() } else { unit.name_fr.clone() };
    units.iter().map(|unit| (unit.id.clone(), name(unit))).collect::<BTreeMap<_, _>>()
}

impl DayView {
    /// The page of a day.
    ///
    /// `known` is what the reader is told of records: values are shown only of those the reader may open.
    pub fn of(day: &Day, lang: Lang, names: &UnitNames, when: &When, reads_records: bool, known: &Known) -> Self {
        let activity = &day.activity;
        let lists = Lists { lang, names, when, day: activity.day, reads_records, known };
        let stamp = activity.stamp.to_string();
        Self {
            day: activity.day,
            title: when.day(activity.day),
            line: CompletenessLine::of(activity, lang, names, when),
            tiles: tiles(&activity.total, lang),
            hours: HourChart::of(&activity.by_hour, lang),
            units: unit_rows(activity, lang, names, when),
            needs: bars(&day.needs, lang),
            given: bars(&activity.total.services, lang),
            latest: lists.records(day.records.iter().take(LATEST_MAX)),
            records: day.records.len(),
            reads_records,
            disagreements: lists.disagreements(&day.disagreements),
            review: lists.checks(&day.checks),
            zone: tr(lang, "foot-zone", &[("zone", ZONE_NAME.into()), ("version", (&activity.tzdb_version).into())]),
            stamp: stamp.chars().take(16).collect(),
            version: tr(
                lang,
                "foot-version",
                &[
                    ("version", env!("CARGO_PKG_VERSION").into()),
                    ("definitions", i64::from(activity.definition_version).into()),
                ],
            ),
            filter: None,
        }
    }

    /// What a print leaves out, with how many there are.
    pub fn unprinted(&self, lang: &Lang) -> Option<String> {
        let lang = *lang;
        let lists = [
            ("disagreements", self.disagreements.len()),
            ("review", self.review.len()),
            ("records-list", self.records),
        ];
        let some = lists.into_iter().filter(|(_, count)| *count > 0);
        let named: Vec<_> = some.map(|(key, count)| format!("{} ({count})", tr(lang, key, &[]))).collect();
        let named = named.join(separator(lang));
        (!named.is_empty()).then(|| tr(lang, "print-left-out", &[("lists", Arg::from(&named))]))
    }

    /// The day before.
    pub fn previous(&self) -> OperationalDay {
        self.day.previous()
    }

    /// The day after.
    pub fn next(&self) -> OperationalDay {
        self.day.next()
    }
}
