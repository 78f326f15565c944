//! Changes that were delivered and not let in, for supervisors of the territory: what, from whom, when, why.
//!
//! **Never here:** what the changes hold. Their bytes are kept and were never let in, so nobody can say what they are.

use std::collections::BTreeSet;

use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::response::Response;
use jisr_locales::{Lang, label};
use jisr_sync_core::id::{ScopeId, UnitId};
use serde::Deserialize;

use super::chrome::page;
use super::completeness::{UnitNames, unit_name};
use super::day::names;
use super::reference::{Known, Reader, Reference};
use super::{Chrome, When};
use crate::access::{Access, Action};
use crate::admin::SET_ASIDE_MAX;
use crate::api::{Query, target_of};
use crate::ports::AsideLine;
use crate::problem::Problem;
use crate::registry::Device;
use crate::state::AppState;

/// One change.
struct AsideRow {
    received: String,
    record: Option<Reference>,
    scope: String,
    device: Option<String>,
    unit: Option<String>,
    why: String,
}

#[derive(Template)]
#[template(path = "aside.html")]
struct AsideTemplate {
    c: Chrome,
    filter: Option<String>,
    rows: Vec<AsideRow>,
    /// Whether there may be more than are listed.
    more: bool,
}

/// What is asked for.
#[derive(Debug, Deserialize)]
pub struct AsideQuery {
    /// What devices of one unit wrote.
    unit: Option<UnitId>,
}

/// The list.
pub async fn aside_page(
    State(state): State<AppState>,
    Extension(lang): Extension<Lang>,
    access: Access,
    Query(query): Query<AsideQuery>,
) -> Result<Response, Problem> {
    let view = state.blocking(move |state| make_list(state, lang, &access, query.unit.as_ref())).await??;
    page(&view)
}

fn make_list(state: &AppState, lang: Lang, access: &Access, unit: Option<&UnitId>) -> Result<AsideTemplate, Problem> {
    if let Some(unit) = unit {
        access.check(&state.unit_target(unit)?)?;
    }
    let names = names(&state.units_for(&access.viewer, None, None)?, lang);
    let found = state.records.set_aside(SET_ASIDE_MAX)?;
    let more = found.len() == SET_ASIDE_MAX;
    let mut lines = Vec::new();
    for line in found {
        let device = state.registry.device(line.device)?;
        if is_theirs(state, access, &names, &line, device.as_ref())
            && unit.is_none_or(|unit| device.as_ref().is_some_and(|device| device.unit == *unit))
        {
            lines.push((line, device));
        }
    }
    let when = When::new(lang, state.zone.clone(), state.now());
    let ids: BTreeSet<_> = lines.iter().map(|(line, _)| line.record).collect();
    let known = Known::of(Reader { state, access, lang, when: &when, day: None }, &names, &ids)?;
    let row = |(line, device): (AsideLine, Option<Device>)| AsideRow {
        received: when.full(line.received_at),
        record: Some(known.record(&line.record, lang)).filter(|record| record.href.is_some()),
        scope: match &line.scope {
            ScopeId::Unit(unit) => unit_name(&names, unit),
            ScopeId::Province(province) => label(lang, "province", &province.to_string()),
        },
        unit: device.as_ref().map(|device| unit_name(&names, &device.unit)),
        device: device.map(|device| device.name),
        why: label(lang, "refusal", &line.reason),
    };
    let mut c = Chrome::new(lang, Some(access), "/aside");
    c.query = unit.map(|unit| format!("unit={unit}&")).unwrap_or_default();
    let filter = unit.map(|unit| unit_name(&names, unit));
    Ok(AsideTemplate { c, filter, rows: lines.into_iter().map(row).collect(), more })
}

/// Whether a change is the reader's to see: written by a device of the territory, or, when nobody knows the device,
/// meant for a scope of it.
fn is_theirs(state: &AppState, access: &Access, names: &UnitNames, line: &AsideLine, device: Option<&Device>) -> bool {
    match device {
        Some(device) => names.contains_key(&device.unit),
        None => {
            let target = target_of(state, &line.scope, None);
            target.is_ok_and(|target| access.may(Action::ReadRecords, &target))
        }
    }
}
