//! What one request may take: bytes, seconds, a place among others, and how often. And what every answer carries.
//!
//! Order, from outside in: request id, log line, headers, compression, language, problems, panics, caller, then per
//! route: a place, time, bytes, the gate, the handler.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::MethodRouter;
use jisr_sync_core::sync::limits::REQUEST_BYTES_MAX;
use tokio::sync::Semaphore;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate};
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer};
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::TimeoutLayer;

use crate::problem::{Kind, Problem};
use crate::state::{AppState, Caller, Settings};
use crate::telemetry;

/// The largest body of anything but an exchange, in bytes: a form or an enrolment is far below.
pub const BODY_BYTES_MAX: usize = 16 * 1024;

/// How long a page or an API answer may take.
pub const PAGE_TIME_MAX: Duration = Duration::from_secs(20);

/// How long an exchange may take until its answer begins: 2 MiB at 60 kbit/s take 280 seconds.
pub const EXCHANGE_TIME_MAX: Duration = Duration::from_secs(300);

/// How many exchanges run at once.
pub const EXCHANGES_MAX: usize = 64;

/// How many pages and API answers are made at once.
pub const PAGES_MAX: usize = 32;

/// How much of the server a route may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cost {
    /// A form, a file, a sign of life: no place needed.
    Tiny,
    /// Something made from records.
    Page,
    /// An exchange.
    Sync,
}

/// The places there are.
#[derive(Clone)]
pub struct Slots {
    pages: Arc<Semaphore>,
    exchanges: Arc<Semaphore>,
}

impl Default for Slots {
    fn default() -> Self {
        Self { pages: Arc::new(Semaphore::new(PAGES_MAX)), exchanges: Arc::new(Semaphore::new(EXCHANGES_MAX)) }
    }
}

/// A handler within the limits of its cost.
pub fn within(handler: MethodRouter<AppState>, cost: Cost, slots: &Slots) -> MethodRouter<AppState> {
    let (bytes, time, places) = match cost {
        Cost::Tiny => (BODY_BYTES_MAX, PAGE_TIME_MAX, None),
        Cost::Page => (BODY_BYTES_MAX, PAGE_TIME_MAX, Some(slots.pages.clone())),
        Cost::Sync => (REQUEST_BYTES_MAX, EXCHANGE_TIME_MAX, Some(slots.exchanges.clone())),
    };
    handler
        .layer::<_, Infallible>(RequestBodyLimitLayer::new(bytes))
        .layer(TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, time))
        .layer(from_fn_with_state(places, take_place))
}

/// Refuses at once when every place is taken: a device comes back by itself, and a queue would only grow.
async fn take_place(State(places): State<Option<Arc<Semaphore>>>, request: Request, next: Next) -> Response {
    let Some(places) = places else { return next.run(request).await };
    match places.try_acquire_owned() {
        Ok(place) => {
            let response = next.run(request).await;
            // An answer that is still being streamed keeps its place until its last byte.
            let (parts, body) = response.into_parts();
            let body = axum::body::Body::new(http_body_util::BodyExt::map_frame(body, move |frame| {
                let _held = &place;
                frame
            }));
            Response::from_parts(parts, body)
        }
        Err(_) => Problem { kind: Kind::NotReady, retry_after_s: Some(15) }.into_response(),
    }
}

/// Notes the caller's address and counts the request against it.
pub async fn count_caller(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let caller = caller_of(&request, state.settings.behind_proxy);
    if let Err(problem) = state.throttle.request(caller.0) {
        return problem.into_response();
    }
    request.extensions_mut().insert(caller);
    next.run(request).await
}

/// Behind a proxy the last address it added counts; what a client wrote before that could be anything.
fn caller_of(request: &Request, behind_proxy: bool) -> Caller {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let forwarded = || -> Option<IpAddr> {
        let value = request.headers().get("x-forwarded-for")?.to_str().ok()?;
        value.rsplit(',').next()?.trim().parse().ok()
    };
    let address = if behind_proxy { forwarded().or(peer) } else { peer };
    address.map_or_else(Caller::default, Caller)
}

/// Turns a panic into an answer. What it said goes to the log by its place only: it may hold a value.
pub fn catch_panics() -> CatchPanicLayer<fn(Box<dyn std::any::Any + Send>) -> Response> {
    CatchPanicLayer::custom(|_| {
        tracing::error!("a handler panicked; the request was answered with an internal problem");
        Problem::from(Kind::Internal).into_response()
    })
}

/// The policy of pages: own styles, pictures and forms, and nothing else; no script at all.
const CONTENT_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; \
                              base-uri 'none'; frame-ancestors 'none'";

/// The layers around everything.
pub fn outermost(router: Router<AppState>, settings: &Settings) -> Router<AppState> {
    let id = HeaderName::from_static("x-request-id");
    // Exchanges are compressed as a stream of their own; compressing twice only costs time.
    let worth_it = DefaultPredicate::new().and(NotForContentType::const_new("application/vnd.jisr"));
    let mut router = router.layer(CompressionLayer::new().compress_when(worth_it));
    for (name, value, for_whom) in headers(settings.https) {
        let value = move |response: &Response| {
            let wanted = for_whom == ForWhom::Everybody || !is_exchange(response);
            wanted.then(|| HeaderValue::from_static(value))
        };
        router = router.layer(SetResponseHeaderLayer::if_not_present(name, value));
    }
    router
        .layer(axum::middleware::from_fn(telemetry::log_request))
        .layer(PropagateRequestIdLayer::new(id.clone()))
        .layer(SetRequestIdLayer::new(id, MakeRequestUuid))
        .layer(axum::middleware::from_fn(drop_foreign_request_id))
}

/// A caller's own request id is dropped: it would stand in the log as written, whatever it says.
async fn drop_foreign_request_id(mut request: Request, next: Next) -> Response {
    request.headers_mut().remove("x-request-id");
    next.run(request).await
}

/// Whose answers carry a header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ForWhom {
    Everybody,
    /// Everybody but devices in an exchange: no browser shows those answers, and on a slow link each byte counts.
    Browsers,
}

fn is_exchange(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE);
    kind.is_some_and(|kind| kind.as_bytes() == crate::api::CONTENT_TYPE.as_bytes())
}

fn headers(https: bool) -> Vec<(HeaderName, &'static str, ForWhom)> {
    use ForWhom::{Browsers, Everybody};
    let mut headers = vec![
        (header::CONTENT_SECURITY_POLICY, CONTENT_POLICY, Browsers),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff", Everybody),
        // Not `no-referrer`: browsers would then send forms with the origin `null`.
        (header::REFERRER_POLICY, "same-origin", Browsers),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin", Browsers),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin", Browsers),
        (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()", Browsers),
        (header::CACHE_CONTROL, "no-store", Everybody),
    ];
    if https {
        headers.push((header::STRICT_TRANSPORT_SECURITY, "max-age=31536000", Browsers));
    }
    headers
}
