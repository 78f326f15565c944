//! The pages of the day and of a record, and the ways to them.

use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::response::Response;
use jisr_locales::{Lang, label};
use jisr_sync_core::id::{DocumentId, ProvinceId, UnitId};
use jisr_sync_core::time::OperationalDay;
use serde::Deserialize;

use super::chrome::{page, see_other};
use super::completeness::unit_name;
use super::day::names;
use super::record::RecordPage;
use super::{Chrome, DayView, When};
use crate::access::{Access, Action, Target};
use crate::api::{Path, Query, read_day, read_record, target_of};
use crate::ports::Disagreement;
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

/// Filters of the day's page.
#[derive(Debug, Deserialize)]
pub struct DayFilter {
    /// One unit only.
    unit: Option<UnitId>,
    /// One province only.
    province: Option<ProvinceId>,
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
    let may_open = |d: &&Disagreement| {
        let target = target_of(state, &d.scope, d.restricted_to.as_ref());
        target.is_ok_and(|target| access.may(Action::ReadRecords, &target))
    };
    let readable = shown.disagreements.iter().filter(may_open).map(|d| d.record).collect();
    let mut c = Chrome::new(lang, Some(access), &format!("/activity/{day}"));
    let mut p = DayView::of(&shown, lang, &names, &when, reads_records, &readable);
    if let Some(unit) = &filter.unit {
        c.query = format!("unit={unit}&");
        p.filter = Some(unit_name(&names, unit));
    } else if let Some(province) = &filter.province {
        c.query = format!("province={province}&");
        p.filter = Some(label(lang, "province", &province.to_string()));
    }
    Ok(DayTemplate { c, p })
}

/// A record.
pub async fn record_page(
    State(state): State<AppState>,
    Extension(lang): Extension<Lang>,
    access: Access,
    Path(id): Path<DocumentId>,
) -> Result<Response, Problem> {
    let view = state
        .blocking(move |state| {
            let record = read_record(state, &access, id)?;
            let when = When::new(lang, state.zone.clone(), state.now());
            let p = RecordPage::of(&record, lang, &when);
            let c = Chrome::new(lang, Some(&access), &format!("/records/{id}"));
            Ok::<_, Problem>(RecordTemplate { c, p })
        })
        .await??;
    page(&view)
}
