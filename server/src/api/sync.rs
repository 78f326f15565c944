//! Where devices exchange changes. The protocol itself is `sync-core`'s; this hands bytes over.

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};

use crate::problem::{Kind, ProblemDocument};
use crate::state::AppState;

/// The content type of both directions of an exchange.
pub const CONTENT_TYPE: &str = "application/vnd.jisr.sync";

/// One exchange. The device proves who it is by the signature in its first frame.
#[utoipa::path(post, path = "/api/v1/sync", tag = "devices",
    request_body(content = Vec<u8>, content_type = "application/vnd.jisr.sync",
        description = "The frames of docs/PROTOCOL.md"), responses(
    (status = 200, description = "Frames: Welcome, Ack, Pull, End", content_type = "application/vnd.jisr.sync"),
    (status = 413, description = "too-large", body = ProblemDocument),
    (status = 415, description = "unsupported-media-type", body = ProblemDocument),
    (status = 503, description = "not-ready: come back as Retry-After says", body = ProblemDocument),
))]
pub async fn sync(State(state): State<AppState>, headers: HeaderMap, body: Body) -> Response {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    if kind != Some(CONTENT_TYPE) {
        return crate::problem::Problem::from(Kind::UnsupportedMediaType).into_response();
    }
    state.exchange.exchange(body).await
}
