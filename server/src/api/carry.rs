//! Where a device hands in a sealed file that it took along for somebody else.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use jisr_sync_core::sync::SignedHello;

use crate::ports::{CarryError, CarryOutcome};
use crate::problem::{Kind, Problem, ProblemDocument};
use crate::progress::Unwatched;
use crate::state::AppState;

/// The content type of a carry file with the Hello of whoever brings it before it.
pub const CARRY_CONTENT_TYPE: &str = "application/vnd.jisr.carry";

/// When a device is to bring a file again of which something was not kept, in seconds: somebody has to look first.
const HELD_BACK_RETRY_S: u32 = 3_600;

/// Takes in a carry file. The device that brings it proves who it is by a signed Hello before the file; it need not be
/// able to read what it brings, and may bring it twice.
#[utoipa::path(post, path = "/api/v1/carry", tag = "devices",
    request_body(content = Vec<u8>, content_type = "application/vnd.jisr.carry",
        description = "Length of a signed Hello (2 bytes, big-endian), the Hello, the file, as docs/PROTOCOL.md says"),
    responses(
    (status = 200, description = "All of it would survive a power cut", body = CarryOutcome),
    (status = 400, description = "malformed: cut, damaged, or for another server", body = ProblemDocument),
    (status = 401, description = "device-unknown", body = ProblemDocument),
    (status = 413, description = "too-large", body = ProblemDocument),
    (status = 415, description = "unsupported-media-type", body = ProblemDocument),
    (status = 429, description = "too-many-requests: come back as Retry-After says", body = ProblemDocument),
    (status = 503, description = "not-ready", body = ProblemDocument),
    (status = 507, description = "held-back: something of this file was not kept; bring it again as Retry-After says",
        body = ProblemDocument),
))]
pub async fn carry(
    State(state): State<AppState>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<axum::Json<CarryOutcome>, Problem> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    if kind != Some(CARRY_CONTENT_TYPE) {
        return Err(Kind::UnsupportedMediaType.into());
    }
    state.blocking(move |state| carry_now(state, &body)).await?.map(axum::Json)
}

fn carry_now(state: &AppState, body: &[u8]) -> Result<CarryOutcome, Problem> {
    let parts = body.split_first_chunk::<2>();
    let parts = parts.and_then(|(length, rest)| rest.split_at_checked(usize::from(u16::from_be_bytes(*length))));
    let (hello, file) = parts.ok_or(Kind::Malformed)?;
    let hello = SignedHello::from_bytes(hello).ok_or(Kind::Malformed)?;
    let by = state.exchange.bringer(&hello)?.ok_or(Kind::DeviceUnknown)?;
    let outcome = state.exchange.carry(file, Some(by), &Unwatched)?;
    // The device keeps the file, and brings it again; others that it has go on meanwhile.
    let held_back = Problem { kind: Kind::HeldBack, retry_after_s: Some(HELD_BACK_RETRY_S) };
    if outcome.held_back > 0 { Err(held_back) } else { Ok(outcome) }
}

impl From<CarryError> for Problem {
    fn from(error: CarryError) -> Self {
        match error {
            CarryError::File(jisr_sync_core::sync::CarryFileError::TooLong) => Kind::TooLarge.into(),
            CarryError::File(_) | CarryError::OtherServer => Kind::Malformed.into(),
            CarryError::Busy { retry_after_s } => {
                Self { kind: Kind::TooManyRequests, retry_after_s: Some(retry_after_s) }
            }
            CarryError::Unavailable(what) => {
                tracing::warn!(what, "a carry file could not be taken in");
                Kind::NotReady.into()
            }
        }
    }
}
