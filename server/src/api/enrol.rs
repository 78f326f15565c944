//! How a device becomes known: it shows a code once, and that its public key is its own; it gets its
//! scopes.

use axum::Extension;
use axum::extract::State;
use jisr_sync_core::id::{DeviceId, ProvinceId, ScopeId, UnitId};
use jisr_sync_core::sync::{Credentials, ServerId, is_enrolment_proven};
use jisr_sync_core::time::UnixMillis;
use serde::{Deserialize, Serialize};

use super::Json;
use crate::access::Viewer;
use crate::credentials::credentials;
use crate::problem::{Kind, Problem, ProblemDocument};
use crate::registry::{CodeHash, Deed, Device, DeviceKey, Enrolled, NewDevice};
use crate::state::{AppState, Caller};

/// What a device says to enrol.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EnrolRequest {
    /// The code, as typed or read from the QR. Case, spaces and hyphens do not matter.
    pub code: String,
    /// The device's Ed25519 public key, 64 hexadecimal digits.
    #[schema(value_type = String)]
    pub public_key: DeviceKey,
    /// Ed25519 signature by that key over `jisr enrol 1` and the code as it stands here, 128 hexadecimal digits.
    pub proof: String,
    /// What the device calls itself; the name given with the code when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// What it gets.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct EnrolAnswer {
    /// Its id, 32 hexadecimal digits.
    #[schema(value_type = String)]
    pub device_id: DeviceId,
    /// What it is called.
    pub name: String,
    /// The unit it belongs to.
    #[schema(value_type = String)]
    pub unit: UnitId,
    /// The unit's name in Arabic.
    pub unit_name_ar: String,
    /// The unit's name in French.
    pub unit_name_fr: String,
    /// Whether the unit's days run from noon to noon.
    pub night: bool,
    /// The unit's province.
    #[schema(value_type = String)]
    pub province: ProvinceId,
    /// What it may read and write, such as `unit/azilal-1`.
    #[schema(value_type = Vec<String>)]
    pub scopes: Vec<ScopeId>,
    /// The server's id: what the device signs each exchange for.
    #[schema(value_type = String)]
    pub server_id: ServerId,
    /// The server's time, in milliseconds since 1970 (UTC).
    #[schema(value_type = i64)]
    pub server_time: UnixMillis,
    /// By what other devices of the service know this one without a network: certificate, the server's signing key, and
    /// the key that carry files are sealed to, as docs/PROTOCOL.md says, in hexadecimal.
    #[schema(value_type = Option<String>)]
    pub credentials: Option<Credentials>,
}

/// Enrols a device. The same device may repeat it with the same code until the code expires.
#[utoipa::path(post, path = "/api/v1/enrol", tag = "devices", request_body = EnrolRequest, responses(
    (status = 200, description = "Enrolled", body = EnrolAnswer),
    (status = 400, description = "malformed; also when the proof is not the key's", body = ProblemDocument),
    (status = 403, description = "code-invalid", body = ProblemDocument),
    (status = 429, description = "too-many-requests", body = ProblemDocument),
))]
pub async fn enrol(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Json(request): Json<EnrolRequest>,
) -> Result<axum::Json<EnrolAnswer>, Problem> {
    state.throttle.code(caller.0)?;
    let code = CodeHash::of_typed(&request.code).ok_or(Kind::CodeInvalid)?;
    if !is_enrolment_proven(&request.code, &request.public_key.verifying_key(), &request.proof) {
        return Err(Kind::Malformed.into());
    }
    let answer = state.blocking(move |state| enrol_now(state, &code, request)).await??;
    Ok(axum::Json(answer))
}

fn enrol_now(state: &AppState, code: &CodeHash, request: EnrolRequest) -> Result<EnrolAnswer, Problem> {
    let now = state.now();
    let id = DeviceId::of_key(request.public_key.as_bytes());
    let new = NewDevice { key: request.public_key, name: request.name };
    let Enrolled { device, repeated } = state.registry.enrol(code, &new, id, now)?;
    if !repeated {
        state.audit(&Viewer::Anonymous, Deed::DeviceEnrolled, device.id.to_string())?;
        tracing::info!(device = %device.id, unit = %device.unit, "a device enrolled");
    }
    answer(state, device, now)
}

fn answer(state: &AppState, device: Device, now: UnixMillis) -> Result<EnrolAnswer, Problem> {
    let unit = state.registry.unit(&device.unit)?.ok_or(Kind::Internal)?;
    let credentials = credentials(&*state.registry, &device, now);
    Ok(EnrolAnswer {
        credentials,
        device_id: device.id,
        scopes: device.scopes(),
        name: device.name,
        unit: device.unit,
        unit_name_ar: unit.name_ar,
        unit_name_fr: unit.name_fr,
        night: unit.night,
        province: device.province,
        server_id: state.registry.server_id(),
        server_time: now,
    })
}
