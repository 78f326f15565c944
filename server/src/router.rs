//! Every URL, a line each, with what it takes to be let in.
//!
//! A route is made by `get` or `post`, which ask for an [`Action`]: one without cannot be written.

use axum::handler::Handler;
use axum::http::Method;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{MethodRouter, on};
use axum::{Router, routing};

use crate::access::{Action, gate};
use crate::limits::{self, Cost};
use crate::problem::{Kind, Problem, render};
use crate::state::AppState;
use crate::{api, dashboard, speech};

/// One line of the table.
pub struct Route {
    /// How it is asked.
    pub method: Method,
    /// Where.
    pub path: &'static str,
    /// What it takes.
    pub action: Action,
    /// How much of the server it may use.
    pub cost: Cost,
    handler: MethodRouter<AppState>,
}

fn get<H: Handler<T, AppState>, T: 'static>(path: &'static str, action: Action, cost: Cost, handler: H) -> Route {
    Route { method: Method::GET, path, action, cost, handler: routing::get(handler) }
}

fn post<H: Handler<T, AppState>, T: 'static>(path: &'static str, action: Action, cost: Cost, handler: H) -> Route {
    Route { method: Method::POST, path, action, cost, handler: on(routing::MethodFilter::POST, handler) }
}

/// The table.
pub fn routes() -> Vec<Route> {
    use Action::{DecideAside, Public, ReadFigures, ReadRecords, SignedIn};
    use Cost::{Page, Sync, Tiny};
    vec![
        // Pages.
        get("/", SignedIn, Tiny, dashboard::home),
        get("/sign-in", Public, Tiny, dashboard::sign_in_page),
        post("/sign-in", Public, Tiny, dashboard::sign_in),
        post("/sign-out", SignedIn, Tiny, dashboard::sign_out),
        get("/activity", ReadFigures, Tiny, dashboard::pick_day),
        get("/activity/{day}", ReadFigures, Page, dashboard::day_page),
        get("/activity/{day}/records", ReadRecords, Page, dashboard::records_page),
        get("/records/{id}", ReadRecords, Page, dashboard::record_page),
        get("/aside", ReadRecords, Page, dashboard::aside_page),
        get("/aside/{hash}", ReadRecords, Page, dashboard::one_aside),
        post("/aside/{hash}/release", DecideAside, Tiny, dashboard::release_aside),
        post("/aside/{hash}/discard", DecideAside, Tiny, dashboard::discard_aside),
        get("/enrol", Public, Tiny, dashboard::enrol_page),
        get("/static/{file}", Public, Tiny, dashboard::asset),
        // Devices.
        post("/api/v1/enrol", Public, Tiny, api::enrol),
        post("/api/v1/sync", Public, Sync, api::sync),
        post("/api/v1/carry", Public, Sync, api::carry),
        // Programs of people who signed in.
        get("/api/v1/activity", ReadFigures, Page, api::activity),
        get("/api/v1/records/{id}", ReadRecords, Page, api::record),
        get("/api/v1/aside", ReadRecords, Page, api::asides),
        get("/api/v1/aside/{hash}", ReadRecords, Page, api::aside),
        post("/api/v1/aside/{hash}/release", DecideAside, Tiny, api::release),
        post("/api/v1/aside/{hash}/discard", DecideAside, Tiny, api::discard),
        get("/api/v1/openapi.json", Public, Tiny, api::openapi),
        // Whoever watches over the server.
        get("/health/live", Public, Tiny, api::live),
        get("/health/ready", Public, Tiny, api::ready),
    ]
}

/// The whole server as a service.
pub fn app(state: &AppState) -> Router {
    let slots = limits::Slots::default();
    let mut router = Router::new();
    for Route { path, action, cost, handler, .. } in routes() {
        // The gate is inside the limits: a request that is too many or too large is refused before anybody asks who
        // it is from.
        let handler = handler.layer(from_fn_with_state((state.clone(), action), gate));
        router = router.route(path, limits::within(handler, cost, &slots));
    }
    let router = router
        .fallback(|| async { Problem::from(Kind::NotFound) })
        .method_not_allowed_fallback(|| async { Problem::from(Kind::MethodNotAllowed) })
        .layer(from_fn_with_state(state.clone(), limits::count_caller))
        .layer(limits::catch_panics())
        .layer(from_fn(render))
        .layer(from_fn(speech::choose_language));
    limits::outermost(router, &state.settings).with_state(state.clone())
}
