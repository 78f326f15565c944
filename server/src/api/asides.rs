//! What was set aside as JSON: the list, one change, and what a supervisor decides about it.

use axum::extract::State;
use jisr_sync_core::id::{DeviceId, ScopeId, UnitId};
use jisr_sync_core::time::UnixMillis;
use serde::{Deserialize, Serialize};

use super::{Json, Path, Query, target_of};
use crate::access::{Access, Action, Target};
use crate::asides::{self, AsideError, Decided};
use crate::merge::Decision;
use crate::ports::{AsideFilter, AsideLine, AsidePage, AsideView};
use crate::problem::{Kind, Problem, ProblemDocument};
use crate::state::AppState;
use crate::storage::{AsideName, AsidePlace};

/// How many changes a page has when nothing else is asked for.
pub const ASIDES_USUAL: usize = 50;

/// The most changes of one page.
pub const ASIDES_MAX: usize = 200;

/// Which changes are asked for.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AsideQuery {
    /// Only those with this reason, such as `not-granted`.
    pub reason: Option<String>,
    /// Only what this device wrote.
    #[param(value_type = Option<String>)]
    pub device: Option<DeviceId>,
    /// Only what was meant for this unit, or written by a device of it.
    #[param(value_type = Option<String>)]
    pub unit: Option<UnitId>,
    /// Only what came since then, in milliseconds since 1970.
    pub since: Option<i64>,
    /// `next` of the page before.
    #[param(value_type = Option<String>)]
    pub before: Option<AsidePlace>,
    /// At most so many, up to 200; 50 when absent.
    pub limit: Option<usize>,
}

/// Why something is decided.
#[derive(Deserialize, utoipa::ToSchema)]
pub struct DecisionRequest {
    /// The reason, for the audit log: up to 120 bytes of plain text, naming nobody who was met.
    pub reason: String,
}

/// What came of a decision.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct DecisionAnswer {
    /// `let-in`, `known` (it was in the log before), `waits` (until what it builds on comes), `refused`, `discarded`
    /// or `unknown` (it is not aside any more).
    pub outcome: String,
    /// Why it stays aside, when it was refused.
    pub reason: Option<String>,
}

/// What was delivered and not let in, newest first, in the reader's territory.
#[utoipa::path(get, path = "/api/v1/aside", tag = "aside", params(AsideQuery), responses(
    (status = 200, description = "A page: asides, and next where there is more", body = Object),
    (status = 401, description = "sign-in-required", body = ProblemDocument),
    (status = 403, description = "forbidden: the account reads no records", body = ProblemDocument),
))]
pub async fn asides(
    State(state): State<AppState>,
    access: Access,
    Query(query): Query<AsideQuery>,
) -> Result<axum::Json<AsidePage>, Problem> {
    Ok(axum::Json(state.blocking(move |state| read_asides(state, &access, query)).await??))
}

/// One change that was set aside: what it would change, by field name, and whether it can be released now.
#[utoipa::path(get, path = "/api/v1/aside/{hash}", tag = "aside",
    params(("hash" = String, Path, description = "How its hash begins, at least 4 digits; and @record where several records have it")),
    responses(
    (status = 200, description = "The change", body = Object),
    (status = 401, description = "sign-in-required", body = ProblemDocument),
    (status = 403, description = "forbidden: the account reads no records", body = ProblemDocument),
    (status = 404, description = "not-found: none, or outside the territory", body = ProblemDocument),
    (status = 422, description = "invalid: several begin so", body = ProblemDocument),
))]
pub async fn aside(
    State(state): State<AppState>,
    access: Access,
    Path(name): Path<AsideName>,
) -> Result<axum::Json<AsideView>, Problem> {
    Ok(axum::Json(state.blocking(move |state| read_aside(state, &access, &name)).await??))
}

/// Lets a change in that a person may let in and the gate does.
#[utoipa::path(post, path = "/api/v1/aside/{hash}/release", tag = "aside", request_body = DecisionRequest,
    params(("hash" = String, Path, description = "As for reading it")), responses(
    (status = 200, description = "What came of it", body = DecisionAnswer),
    (status = 401, description = "sign-in-required", body = ProblemDocument),
    (status = 403, description = "forbidden: the account decides nothing", body = ProblemDocument),
    (status = 404, description = "not-found: none, or outside the territory", body = ProblemDocument),
    (status = 422, description = "invalid: several begin so, or the reason is missing or too long", body = ProblemDocument),
))]
pub async fn release(
    State(state): State<AppState>,
    access: Access,
    Path(name): Path<AsideName>,
    Json(sent): Json<DecisionRequest>,
) -> Result<axum::Json<DecisionAnswer>, Problem> {
    answer(state, access, name, Decision::Release, sent).await
}

/// Decides that a change is not taken in, ever. Its bytes are dropped here; whoever brings it again is told.
#[utoipa::path(post, path = "/api/v1/aside/{hash}/discard", tag = "aside", request_body = DecisionRequest,
    params(("hash" = String, Path, description = "As for reading it")), responses(
    (status = 200, description = "What came of it", body = DecisionAnswer),
    (status = 401, description = "sign-in-required", body = ProblemDocument),
    (status = 403, description = "forbidden: the account decides nothing", body = ProblemDocument),
    (status = 404, description = "not-found: none, or outside the territory", body = ProblemDocument),
    (status = 422, description = "invalid: several begin so, or the reason is missing or too long", body = ProblemDocument),
))]
pub async fn discard(
    State(state): State<AppState>,
    access: Access,
    Path(name): Path<AsideName>,
    Json(sent): Json<DecisionRequest>,
) -> Result<axum::Json<DecisionAnswer>, Problem> {
    answer(state, access, name, Decision::Discard, sent).await
}

async fn answer(
    state: AppState,
    access: Access,
    name: AsideName,
    decision: Decision,
    sent: DecisionRequest,
) -> Result<axum::Json<DecisionAnswer>, Problem> {
    let decided = state.blocking(move |state| decide_aside(state, &access, &name, decision, &sent.reason)).await??;
    Ok(axum::Json(DecisionAnswer { outcome: decided.outcome, reason: decided.reason }))
}

/// A page of what was set aside in the viewer's territory. Pages and the API read it here and nowhere else.
///
/// # Errors
/// When a store fails.
pub fn read_asides(state: &AppState, access: &Access, query: AsideQuery) -> Result<AsidePage, Problem> {
    if let Some(unit) = &query.unit {
        access.check(&state.unit_target(unit)?)?;
    }
    let filter = AsideFilter {
        reason: query.reason,
        device: query.device,
        since: query.since.map(UnixMillis),
        before: query.before,
        limit: query.limit.unwrap_or(ASIDES_USUAL).clamp(1, ASIDES_MAX),
    };
    let may = |scope: &ScopeId, author| {
        let of_unit = query.unit.as_ref().is_none_or(|unit| asides::is_of_unit(state, unit, scope, author));
        of_unit && sees(state, access, scope, author)
    };
    Ok(state.records.set_aside(&filter, &may, state.now())?)
}

/// One change that was set aside, when the viewer may see it.
///
/// # Errors
/// [`Kind::NotFound`] also outside the territory.
pub fn read_aside(state: &AppState, access: &Access, name: &AsideName) -> Result<AsideView, Problem> {
    let line = find(state, access, name)?;
    Ok(state.records.aside_view(&line, state.now())?.ok_or(Kind::NotFound)?)
}

/// Decides about one change, when the viewer may.
///
/// # Errors
/// [`Kind::NotFound`] when the viewer may not see it, [`Kind::Forbidden`] when it is meant for a scope outside the
/// territory, [`Kind::Invalid`] for a reason that is none.
pub fn decide_aside(
    state: &AppState,
    access: &Access,
    name: &AsideName,
    decision: Decision,
    because: &str,
) -> Result<Decided, Problem> {
    let line = find(state, access, name)?;
    if !may_decide(state, access, &line.scope) {
        return Err(Kind::Forbidden.into());
    }
    let decided = asides::decide(state, &access.viewer, decision, vec![line], because)?;
    decided.into_iter().next().ok_or_else(|| Kind::Internal.into())
}

fn find(state: &AppState, access: &Access, name: &AsideName) -> Result<AsideLine, Problem> {
    Ok(asides::find(state, name, &|scope, author| sees(state, access, scope, author))?)
}

/// Whether a change is the viewer's to see: meant for a scope of the territory, or written by a device of it. What is
/// neither is shown by the command line on the server alone.
fn sees(state: &AppState, access: &Access, scope: &ScopeId, author: DeviceId) -> bool {
    let reads = |target: Result<Target, Problem>| target.is_ok_and(|it| access.may(Action::ReadRecords, &it));
    let device = || state.registry.device(author).ok().flatten();
    reads(target_of(state, scope, None)) || device().is_some_and(|device| reads(state.unit_target(&device.unit)))
}

/// Whether the viewer may decide about what was meant for a scope.
pub fn may_decide(state: &AppState, access: &Access, scope: &ScopeId) -> bool {
    target_of(state, scope, None).is_ok_and(|target| access.may(Action::DecideAside, &target))
}

impl From<AsideError> for Problem {
    fn from(error: AsideError) -> Self {
        match error {
            AsideError::Unknown => Kind::NotFound.into(),
            AsideError::Several | AsideError::Reason => Kind::Invalid.into(),
            AsideError::Registry(error) => error.into(),
            AsideError::Records(error) => error.into(),
        }
    }
}
