//! One record as JSON, with its conflicts and its history.

use axum::extract::State;
use jisr_sync_core::id::{DocumentId, ScopeId, UnitId};

use super::Path;
use crate::access::{Access, Target};
use crate::ports::RecordView;
use crate::problem::{Kind, Problem, ProblemDocument};
use crate::registry::Deed;
use crate::state::AppState;

/// One record: what it says, fields with several values, and what happened to it.
#[utoipa::path(get, path = "/api/v1/records/{id}", tag = "records",
    params(("id" = String, Path, description = "The record's id, a hyphenated UUID")), responses(
    (status = 200, description = "The record", body = Object),
    (status = 401, description = "sign-in-required", body = ProblemDocument),
    (status = 403, description = "forbidden: the account reads no records", body = ProblemDocument),
    (status = 404, description = "not-found: none, or outside the territory", body = ProblemDocument),
))]
pub async fn record(
    State(state): State<AppState>,
    access: Access,
    Path(id): Path<DocumentId>,
) -> Result<axum::Json<RecordView>, Problem> {
    let record = state.blocking(move |state| read_record(state, &access, id)).await??;
    Ok(axum::Json(record))
}

/// The record, when the viewer may see it; the view is noted in the audit log first. Pages and the API read records
/// here and nowhere else.
///
/// # Errors
/// [`Kind::NotFound`] also for a record outside the territory: that it exists is nobody's business there.
pub fn read_record(state: &AppState, access: &Access, id: DocumentId) -> Result<RecordView, Problem> {
    let record = state.records.record(id)?.ok_or(Kind::NotFound)?;
    access.check_hidden(&target_of(state, &record.scope, record.restricted_to.as_ref())?)?;
    state.audit(&access.viewer, Deed::RecordViewed, id.to_string())?;
    Ok(record)
}

/// What must be authorised before a record of this scope is shown.
///
/// # Errors
/// [`Kind::NotFound`] when its unit is not known.
pub fn target_of(state: &AppState, scope: &ScopeId, restricted_to: Option<&UnitId>) -> Result<Target, Problem> {
    if let Some(unit) = restricted_to {
        return Ok(Target::Restricted(unit.clone()));
    }
    match scope {
        ScopeId::Province(province) => Ok(Target::Province(province.clone())),
        ScopeId::Unit(unit) => state.unit_target(unit),
    }
}
