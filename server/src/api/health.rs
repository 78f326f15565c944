//! Signs of life, for whoever watches over the server.

use axum::extract::State;
use serde::Serialize;

use crate::problem::{Problem, ProblemDocument};
use crate::state::AppState;

/// A sign of life.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Health {
    /// `ok`.
    pub status: &'static str,
    /// The version of the software.
    pub version: &'static str,
    /// The version of the time-zone data.
    pub tzdb: &'static str,
}

fn ok() -> axum::Json<Health> {
    let tzdb = jisr_sync_core::time::tzdb_version();
    axum::Json(Health { status: "ok", version: env!("CARGO_PKG_VERSION"), tzdb })
}

/// Whether the process answers.
#[utoipa::path(get, path = "/health/live", tag = "health", responses((status = 200, body = Health)))]
pub async fn live() -> axum::Json<Health> {
    ok()
}

/// Whether the store is open and takes writes.
#[utoipa::path(get, path = "/health/ready", tag = "health", responses(
    (status = 200, body = Health),
    (status = 503, description = "not-ready", body = ProblemDocument),
    (status = 507, description = "storage-full", body = ProblemDocument),
))]
pub async fn ready(State(state): State<AppState>) -> Result<axum::Json<Health>, Problem> {
    state.blocking(|state| state.records.ready()).await??;
    Ok(ok())
}
