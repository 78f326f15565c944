//! The day's figures as JSON: the same ones the page shows, never without their completeness.

use axum::extract::State;
use jisr_sync_core::activity::DailyActivity;
use jisr_sync_core::id::{ProvinceId, UnitId};
use jisr_sync_core::time::OperationalDay;
use serde::Deserialize;

use super::Query;
use crate::access::{Access, Target};
use crate::ports::Day;
use crate::problem::{Kind, Problem, ProblemDocument};
use crate::state::AppState;

/// What figures are asked for.
#[derive(Debug, Clone, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ActivityQuery {
    /// The day, such as `2026-11-23`; today when absent.
    #[param(value_type = Option<String>)]
    pub day: Option<OperationalDay>,
    /// One unit only.
    #[param(value_type = Option<String>)]
    pub unit: Option<UnitId>,
    /// One province only.
    #[param(value_type = Option<String>)]
    pub province: Option<ProvinceId>,
}

/// The day's figures for the reader's territory, or the part of it that is asked for.
#[utoipa::path(get, path = "/api/v1/activity", tag = "figures", params(ActivityQuery), responses(
    (status = 200, description = "The day: figures, completeness, stamp", body = Object),
    (status = 401, description = "sign-in-required", body = ProblemDocument),
    (status = 403, description = "forbidden: outside the territory", body = ProblemDocument),
    (status = 404, description = "not-found: no such unit", body = ProblemDocument),
))]
pub async fn activity(
    State(state): State<AppState>,
    access: Access,
    Query(query): Query<ActivityQuery>,
) -> Result<axum::Json<DailyActivity>, Problem> {
    let day = query.day.or_else(|| state.zone.day_of(state.now())).ok_or(Kind::Internal)?;
    let shown = state
        .blocking(move |state| read_day(state, &access, day, query.unit.as_ref(), query.province.as_ref()))
        .await??;
    Ok(axum::Json(shown.activity))
}

/// The day of what is asked for, when all of it is the viewer's. Pages and the API read days here and nowhere else.
///
/// # Errors
/// [`Kind::Forbidden`] outside the territory, [`Kind::NotFound`] for an unknown unit.
pub fn read_day(
    state: &AppState,
    access: &Access,
    day: OperationalDay,
    unit: Option<&UnitId>,
    province: Option<&ProvinceId>,
) -> Result<Day, Problem> {
    if let Some(unit) = unit {
        access.check(&state.unit_target(unit)?)?;
    }
    if let Some(province) = province {
        access.check(&Target::Province(province.clone()))?;
    }
    let units = state.units_for(&access.viewer, unit, province)?;
    for unit in &units {
        access.check(&Target::Unit { unit: unit.id.clone(), province: unit.province.clone() })?;
    }
    Ok(state.records.day(day, &units, state.now())?)
}
