//! Changes that were delivered and not let in, for supervisors of the territory: what, from whom, when, why.
//!
//! **Never here:** what the changes hold; what is decided about them (`decide.rs`).

use std::collections::BTreeSet;

use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::response::Response;
use jisr_locales::{Lang, label, tr};
use jisr_sync_core::id::{ScopeId, UnitId};
use serde::Deserialize;

use super::chrome::page;
use super::completeness::unit_name;
use super::day::names;
use super::decide::OUTCOMES;
use super::reference::{Known, Reader, Reference};
use super::{Chrome, When};
use crate::access::Access;
use crate::api::{AsideQuery, Query, read_asides};
use crate::ports::AsideLine;
use crate::problem::Problem;
use crate::registry::Device;
use crate::state::AppState;
use crate::storage::{AsideName, AsidePlace};

/// One change.
struct AsideRow {
    href: String,
    received: String,
    record: Option<Reference>,
    scope: String,
    device: Option<String>,
    unit: Option<String>,
    why: String,
    waits_long: bool,
}

#[derive(Template)]
#[template(path = "aside.html")]
struct AsideTemplate {
    c: Chrome,
    filter: Option<String>,
    rows: Vec<AsideRow>,
    /// What the last decision came to.
    told: Option<String>,
    /// Where the list goes on.
    more: Option<String>,
}

/// What is asked for.
#[derive(Debug, Deserialize)]
pub struct ListQuery {
    /// What was meant for one unit, or written by its devices.
    unit: Option<UnitId>,
    /// Where another page ended.
    before: Option<AsidePlace>,
    /// The outcome of a decision, to be said.
    told: Option<String>,
}

/// The list.
pub async fn aside_page(
    State(state): State<AppState>,
    Extension(lang): Extension<Lang>,
    access: Access,
    Query(query): Query<ListQuery>,
) -> Result<Response, Problem> {
    let view = state.blocking(move |state| make_list(state, lang, &access, query)).await??;
    page(&view)
}

fn make_list(state: &AppState, lang: Lang, access: &Access, query: ListQuery) -> Result<AsideTemplate, Problem> {
    let ListQuery { unit, before, told } = query;
    let names = names(&state.units_for(&access.viewer, None, None)?, lang);
    let found = read_asides(state, access, AsideQuery { unit: unit.clone(), before, ..AsideQuery::default() })?;
    let mut lines = Vec::new();
    for line in found.asides {
        let device = state.registry.device(line.device)?;
        lines.push((line, device));
    }
    let when = When::new(lang, state.zone.clone(), state.now());
    let ids: BTreeSet<_> = lines.iter().map(|(line, _)| line.record).collect();
    let known = Known::of(Reader { state, access, lang, when: &when, day: None }, &names, &ids)?;
    let row = |(line, device): (AsideLine, Option<Device>)| AsideRow {
        href: format!("/aside/{}", AsideName::of(&line.hash, line.record)),
        waits_long: line.waits_long,
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
    c.query = unit.as_ref().map(|unit| format!("unit={unit}&")).unwrap_or_default();
    let filter = unit.map(|unit| unit_name(&names, &unit));
    let told = told.filter(|told| OUTCOMES.contains(&told.as_str()));
    let told = told.map(|told| tr(lang, &format!("aside-told-{told}"), &[]));
    let more = found.next.map(|next| format!("/aside?{}before={next}", c.query));
    Ok(AsideTemplate { c, filter, rows: lines.into_iter().map(row).collect(), told, more })
}
