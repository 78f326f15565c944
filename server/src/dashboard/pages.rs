//! The pages of the day and of a record, and the ways to them.

use std::collections::BTreeSet;

use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::response::Response;
use jisr_locales::{Lang, label};
use jisr_sync_core::id::{DocumentId, ProvinceId, UnitId};
use jisr_sync_core::time::OperationalDay;
use serde::Deserialize;

use super::chrome::{page, see_other};
use super::completeness::{UnitNames, unit_name};
use super::day::names;
use super::record::{RecordPage, named_in, title};
use super::reference::{Known, Reader};
use super::value::{Words, records_named};
use super::{Chrome, DayView, When};
use crate::access::{Access, Action, Target};
use crate::api::{Path, Query, read_day, read_record};
use crate::ports::Day;
use crate::problem::{Kind, Problem};
use crate::state::AppState;

#[derive(Template)]
#[template(path = "day.html")]
pub(super) struct DayTemplate {
    pub c: Chrome,
    pub p: DayView,
}

#[derive(Template)]
#[template(path = "record.html")]
struct RecordTemplate {
    c: Chrome,
    p: RecordPage,
}

#[derive(Template)]
#[template(path = "technician.html")]
struct TechnicianTemplate {
    c: Chrome,
}

/// Where somebody who has signed in begins: at today, or at a word for those who read no figures.
pub async fn home(
    State(state): State<AppState>,
    Extension(lang): Extension<Lang>,
    access: Access,
) -> Result<Response, Problem> {
    if access.may(Action::ReadFigures, &Target::Own) {
        return today(&state);
    }
    page(&TechnicianTemplate { c: Chrome::new(lang, Some(&access), "/") })
}

fn today(state: &AppState) -> Result<Response, Problem> {
    let today = state.zone.night_day_of(state.now()).ok_or(Kind::Internal)?;
    Ok(see_other(&format!("/activity/{today}")))
}

/// The day a form asks for.
#[derive(Debug, Deserialize)]
pub struct PickedDay {
    /// The day, as a date field gives it.
    day: Option<String>,
}

/// From the field where people pick a day to that day's own address.
pub async fn pick_day(State(state): State<AppState>, Query(picked): Query<PickedDay>) -> Result<Response, Problem> {
    match picked.day {
        None => today(&state),
        Some(text) => {
            let day: OperationalDay = text.parse().map_err(|_| Kind::Malformed)?;
            Ok(see_other(&format!("/activity/{day}")))
        }
    }
}

/// Filters of the day's pages.
#[derive(Debug, Clone, Deserialize)]
pub struct DayFilter {
    /// One unit only.
    pub(super) unit: Option<UnitId>,
    /// One province only.
    pub(super) province: Option<ProvinceId>,
}

impl DayFilter {
    /// The filter as a query, with a `&` at its end, and in words.
    pub(super) fn shown(&self, lang: Lang, names: &UnitNames) -> (String, Option<String>) {
        if let Some(unit) = &self.unit {
            return (format!("unit={unit}&"), Some(unit_name(names, unit)));
        }
        let Some(province) = &self.province else { return (String::new(), None) };
        (format!("province={province}&"), Some(label(lang, "province", &province.to_string())))
    }
}

/// The day.
pub async fn day_page(
    State(state): State<AppState>,
    Extension(lang): Extension<Lang>,
    access: Access,
    Path(day): Path<OperationalDay>,
    Query(filter): Query<DayFilter>,
) -> Result<Response, Problem> {
    let view = state.blocking(move |state| make_day(state, lang, &access, day, &filter)).await??;
    page(&view)
}

fn make_day(
    state: &AppState,
    lang: Lang,
    access: &Access,
    day: OperationalDay,
    filter: &DayFilter,
) -> Result<DayTemplate, Problem> {
    let shown = read_day(state, access, day, filter.unit.as_ref(), filter.province.as_ref())?;
    let names = names(&state.units_for(&access.viewer, None, None)?, lang);
    let when = When::new(lang, state.zone.clone(), shown.activity.as_of);
    let reads_records = access.may(Action::ReadRecords, &Target::Own);
    let reader = Reader { state, access, lang, when: &when, day: Some(day) };
    let known = if reads_records { Known::of(reader, &names, &named_on(&shown))? } else { Known::default() };
    let mut c = Chrome::new(lang, Some(access), &format!("/activity/{day}"));
    let mut p = DayView::of(&shown, lang, &names, &when, reads_records, &known);
    (c.query, p.filter) = filter.shown(lang, &names);
    Ok(DayTemplate { c, p })
}

/// The records that a day's page names beside those it lists.
fn named_on(day: &Day) -> BTreeSet<DocumentId> {
    let disagreeing = day.disagreements.iter().map(|disagreement| disagreement.record);
    let checked = day
        .checks
        .iter()
        .flat_map(|check| check.statements.iter().map(|statement| statement.record).chain([check.record]));
    let mut named: BTreeSet<DocumentId> = disagreeing.chain(checked).collect();
    for statement in day.checks.iter().flat_map(|check| &check.statements) {
        records_named(&statement.field, &statement.value, &mut named);
    }
    named
}

/// Where a reader of a record came from.
#[derive(Debug, Deserialize)]
pub struct CameFrom {
    /// The day whose page led here.
    day: Option<OperationalDay>,
}

/// A record.
pub async fn record_page(
    State(state): State<AppState>,
    Extension(lang): Extension<Lang>,
    access: Access,
    Path(id): Path<DocumentId>,
    Query(from): Query<CameFrom>,
) -> Result<Response, Problem> {
    let view = state
        .blocking(move |state| {
            let record = read_record(state, &access, id)?;
            let when = When::new(lang, state.zone.clone(), state.now());
            let names = names(&state.units_for(&access.viewer, None, None)?, lang);
            let day = from.day.or(record.day);
            let reader = Reader { state, access: &access, lang, when: &when, day };
            let known = Known::of(reader, &names, &named_in(&record))?;
            let words = Words { lang, when: &when, known: &known };
            let title = title(&record, words);
            let p = RecordPage::of(&record, words, title, day.map(|day| day.to_string()));
            let mut c = Chrome::new(lang, Some(&access), &format!("/records/{id}"));
            c.query = from.day.map(|day| format!("day={day}&")).unwrap_or_default();
            Ok::<_, Problem>(RecordTemplate { c, p })
        })
        .await??;
    page(&view)
}
