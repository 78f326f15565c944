//! One change that was set aside, with the two decisions a supervisor can take about it.
//!
//! **Never here:** what the change holds: only which fields it would set, by name.

use askama::Template;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::{Extension, Form};
use jisr_locales::{Lang, label};
use jisr_sync_core::id::ScopeId;
use serde::Deserialize;

use super::chrome::{page, see_other};
use super::completeness::unit_name;
use super::day::names;
use super::{Chrome, When};
use crate::access::{Access, check_csrf, check_origin};
use crate::api::{Path, decide_aside, may_decide, read_aside};
use crate::merge::Decision;
use crate::problem::{Kind, Problem};
use crate::registry::TEXT_BYTES_MAX;
use crate::state::AppState;
use crate::storage::AsideName;

/// The outcomes that have words.
pub(super) const OUTCOMES: [&str; 6] = ["let-in", "known", "waits", "refused", "discarded", "unknown"];

#[derive(Template)]
#[template(path = "decide.html")]
struct DecideTemplate {
    c: Chrome,
    href: String,
    why: String,
    record: String,
    received: String,
    scope: String,
    device: String,
    bytes: String,
    fields: Option<Vec<String>>,
    bar: Option<String>,
    decides: bool,
    reason_max: usize,
}

/// One change.
pub async fn one_aside(
    State(state): State<AppState>,
    Extension(lang): Extension<Lang>,
    access: Access,
    Path(name): Path<AsideName>,
) -> Result<Response, Problem> {
    let view = state.blocking(move |state| one(state, lang, &access, &name)).await??;
    page(&view)
}

fn one(state: &AppState, lang: Lang, access: &Access, name: &AsideName) -> Result<DecideTemplate, Problem> {
    let view = read_aside(state, access, name)?;
    let units = names(&state.units_for(&access.viewer, None, None)?, lang);
    let when = When::new(lang, state.zone.clone(), state.now());
    let href = format!("/aside/{}", AsideName::of(&view.line.hash, view.line.record));
    let unit = view.device_unit.as_ref().map(|unit| unit_name(&units, unit));
    let device = match (view.device_name, unit) {
        (Some(name), Some(unit)) => format!("{name} · {unit}"),
        _ => view.line.device.to_string(),
    };
    Ok(DecideTemplate {
        c: Chrome::new(lang, Some(access), &href),
        why: label(lang, "refusal", &view.line.reason),
        record: view.line.record.to_string(),
        received: when.full(view.line.received_at),
        scope: match &view.line.scope {
            ScopeId::Unit(unit) => unit_name(&units, unit),
            ScopeId::Province(province) => label(lang, "province", &province.to_string()),
        },
        device,
        bytes: view.line.bytes.to_string(),
        fields: view.fields.map(|fields| fields.iter().map(|field| label(lang, "field", field)).collect()),
        bar: view.bar.map(|bar| label(lang, "refusal", &bar)),
        decides: may_decide(state, access, &view.line.scope),
        reason_max: TEXT_BYTES_MAX,
        href,
    })
}

/// What the decision's form sends. It has no `Debug`.
#[derive(Deserialize)]
pub struct DecisionForm {
    csrf: String,
    reason: String,
}

/// Lets it in.
pub async fn release_aside(
    State(state): State<AppState>,
    access: Access,
    headers: HeaderMap,
    Path(name): Path<AsideName>,
    Form(sent): Form<DecisionForm>,
) -> Result<Response, Problem> {
    decide(state, access, &headers, name, Decision::Release, sent).await
}

/// Decides that it is not taken in.
pub async fn discard_aside(
    State(state): State<AppState>,
    access: Access,
    headers: HeaderMap,
    Path(name): Path<AsideName>,
    Form(sent): Form<DecisionForm>,
) -> Result<Response, Problem> {
    decide(state, access, &headers, name, Decision::Discard, sent).await
}

async fn decide(
    state: AppState,
    access: Access,
    headers: &HeaderMap,
    name: AsideName,
    decision: Decision,
    sent: DecisionForm,
) -> Result<Response, Problem> {
    check_origin(headers)?;
    check_csrf(access.token.as_ref().ok_or(Kind::SignInRequired)?, &sent.csrf)?;
    let decided = state.blocking(move |state| decide_aside(state, &access, &name, decision, &sent.reason)).await??;
    Ok(see_other(&format!("/aside?told={}", decided.outcome)))
}
