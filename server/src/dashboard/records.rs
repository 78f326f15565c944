//! All records of a day that the reader may open, in the order of time, page by page.
//!
//! It says why there are more records than encounters in the figures: each kind is counted, and what does not count.

use std::collections::BTreeSet;

use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::response::Response;
use jisr_locales::{Lang, tr};
use jisr_sync_core::codes::ContactOutcome;
use jisr_sync_core::id::{ProvinceId, UnitId};
use jisr_sync_core::record::RecordKind;
use jisr_sync_core::time::OperationalDay;
use serde::Deserialize;

use super::chrome::page;
use super::day::names;
use super::lists::{Lists, RecordRow};
use super::pages::DayFilter;
use super::reference::{Known, Reader};
use super::{Chrome, When};
use crate::access::Access;
use crate::api::{Path, Query, read_day};
use crate::ports::ListedRecord;
use crate::problem::Problem;
use crate::state::AppState;

/// How many records a page lists.
const PAGE_ROWS: usize = 30;

#[derive(Template)]
#[template(path = "records.html")]
struct RecordsTemplate {
    c: Chrome,
    day: OperationalDay,
    title: String,
    filter: Option<String>,
    /// How many records of each kind there are, and which encounters the figures leave out.
    counts: Vec<String>,
    left_out: Vec<String>,
    rows: Vec<RecordRow>,
    page: usize,
    pages: usize,
}

/// What is asked for.
#[derive(Debug, Deserialize)]
pub struct ListQuery {
    unit: Option<UnitId>,
    province: Option<ProvinceId>,
    /// Which page, from 1; the first when absent, the last when there are not so many.
    page: Option<usize>,
}

/// The list.
pub async fn records_page(
    State(state): State<AppState>,
    Extension(lang): Extension<Lang>,
    access: Access,
    Path(day): Path<OperationalDay>,
    Query(query): Query<ListQuery>,
) -> Result<Response, Problem> {
    let view = state.blocking(move |state| make_list(state, lang, &access, day, query)).await??;
    page(&view)
}

fn make_list(
    state: &AppState,
    lang: Lang,
    access: &Access,
    day: OperationalDay,
    query: ListQuery,
) -> Result<RecordsTemplate, Problem> {
    let filter = DayFilter { unit: query.unit, province: query.province };
    let shown = read_day(state, access, day, filter.unit.as_ref(), filter.province.as_ref())?;
    let mut records = shown.records;
    records.sort_by_key(|record| (record.at.is_none(), record.at, record.id));
    let (counts, left_out) = (counts(lang, &records), left_out(lang, &records));
    let pages = records.len().div_ceil(PAGE_ROWS).max(1);
    let number = query.page.unwrap_or(1).clamp(1, pages);
    let listed: Vec<_> = records.into_iter().skip((number - 1) * PAGE_ROWS).take(PAGE_ROWS).collect();

    let names = names(&state.units_for(&access.viewer, None, None)?, lang);
    let when = When::new(lang, state.zone.clone(), shown.activity.as_of);
    let persons: BTreeSet<_> = listed.iter().flat_map(|record| record.persons.iter().copied()).collect();
    let known = Known::of(Reader { state, access, lang, when: &when, day: Some(day) }, &names, &persons)?;
    let lists = Lists { lang, names: &names, when: &when, day, reads_records: true, known: &known };
    let mut c = Chrome::new(lang, Some(access), &format!("/activity/{day}/records"));
    let (kept, filter) = filter.shown(lang, &names);
    c.query = kept;
    let title = when.day(day);
    Ok(RecordsTemplate { c, day, title, filter, counts, left_out, rows: lists.records(&listed), page: number, pages })
}

/// How many records of each kind there are.
fn counts(lang: Lang, records: &[ListedRecord]) -> Vec<String> {
    let kinds = [RecordKind::Encounter, RecordKind::Shift, RecordKind::Referral, RecordKind::FollowUp];
    let keys = ["count-encounters", "count-tours", "count-referrals", "count-follow-ups"];
    let of = |kind| records.iter().filter(|record| record.kind == kind).count();
    let counted = kinds.into_iter().zip(keys).map(|(kind, key)| (key, of(kind)));
    counted.filter(|(_, count)| *count > 0).map(|(key, count)| tr(lang, key, &[("n", count.into())])).collect()
}

/// Records of encounters that are none in the figures, by the reason.
fn left_out(lang: Lang, records: &[ListedRecord]) -> Vec<String> {
    let keys = ["left-out-voided", "left-out-drafts", "left-out-attempts", "left-out-observed"];
    let why = |record: &ListedRecord| match &record.outcome {
        _ if record.kind != RecordKind::Encounter => None,
        _ if record.voided => Some(keys[0]),
        None => Some(keys[1]),
        Some(ContactOutcome::NotFound | ContactOutcome::Unsafe) => Some(keys[2]),
        Some(ContactOutcome::Observed) => Some(keys[3]),
        Some(_) => None,
    };
    let of = |key| records.iter().filter(|record| why(record) == Some(key)).count();
    let counted = keys.into_iter().map(|key| (key, of(key))).filter(|(_, count)| *count > 0);
    counted.map(|(key, count)| tr(lang, key, &[("n", count.into())])).collect()
}
