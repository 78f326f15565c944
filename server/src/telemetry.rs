//! The log and the counters: ids, counts, durations. Never a name, a note, a place or a query.

use std::io::IsTerminal;
use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::Response;
use tracing_subscriber::EnvFilter;

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line, for programs.
    Json,
}

/// Starts logging to standard error; `JISR_LOG` chooses what (`info` by default). A second start changes nothing.
pub fn start(format: LogFormat) {
    let filter = EnvFilter::try_from_env("JISR_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let log = log.with_ansi(std::io::stderr().is_terminal());
    // The only failure is that somebody (a test) started logging before.
    let _ = match format {
        LogFormat::Text => log.try_init(),
        LogFormat::Json => log.json().try_init(),
    };
    std::panic::set_hook(Box::new(tell_where));
}

/// Tells where a panic was and never what it said: the store's engine puts bytes of records into its messages.
fn tell_where(panic: &std::panic::PanicHookInfo<'_>) {
    let place = panic.location().map_or_else(|| "somewhere".to_owned(), ToString::to_string);
    tracing::error!(place, "a defect: this work was given up; what was acknowledged is safe");
}

/// One line and one count for each request. The route's pattern stands in for its path: a path can hold anything.
pub async fn log_request(request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map_or("-".to_owned(), |path| path.as_str().to_owned());
    let method = request.method().clone();
    let id = request.headers().get("x-request-id").and_then(|id| id.to_str().ok()).unwrap_or("-").to_owned();
    let started = Instant::now();
    let response = next.run(request).await;
    let status = response.status().as_u16();
    let elapsed = started.elapsed();
    tracing::info!(%method, route, status, elapsed_ms = elapsed.as_millis() as u64, request = id, "answered");
    metrics::counter!("jisr_requests_total", "route" => route.clone(), "status" => status.to_string()).increment(1);
    metrics::histogram!("jisr_request_seconds", "route" => route).record(elapsed.as_secs_f64());
    response
}
