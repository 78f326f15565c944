//! Problems, limits, and what every answer carries.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use jisr_sync_core::sync::limits::REQUEST_BYTES_MAX;

use super::{TestServer, browser};
use crate::api::CONTENT_TYPE;
use crate::limits::BODY_BYTES_MAX;
use crate::registry::Role;

#[tokio::test]
async fn problems_bear_stable_codes_and_speak_the_readers_language() {
    let server = TestServer::start();
    let reader = server.signed_in(Role::Supervisor, "province/azilal");
    let ask = |method: Method, path: &'static str| {
        Request::builder()
            .method(method)
            .uri(path)
            .header(header::ACCEPT_LANGUAGE, "fr")
            .header("cookie", &reader.cookie)
    };
    let table = [
        (ask(Method::GET, "/api/v1/nothing"), 404, "not-found"),
        (ask(Method::DELETE, "/api/v1/activity"), 405, "method-not-allowed"),
        (ask(Method::GET, "/api/v1/activity?day=yesterday"), 400, "malformed"),
        (ask(Method::GET, "/api/v1/activity?unit=khenifra-1"), 403, "forbidden"),
        (ask(Method::GET, "/api/v1/activity?unit=nowhere-1"), 404, "not-found"),
        (ask(Method::GET, "/api/v1/records/x"), 404, "not-found"),
        (ask(Method::POST, "/api/v1/enrol"), 415, "unsupported-media-type"),
        (ask(Method::POST, "/api/v1/sync"), 415, "unsupported-media-type"),
        (Request::get("/api/v1/activity").header(header::ACCEPT_LANGUAGE, "fr"), 401, "sign-in-required"),
    ];
    for (request, status, code) in table {
        let answer = server.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status.as_u16(), status, "{code}: {}", answer.text);
        assert_eq!(answer.header("content-type"), "application/problem+json", "{code}");
        assert_eq!(answer.header("content-language"), "fr");
        let json = answer.json();
        assert_eq!((json["code"].as_str(), json["status"].as_u64()), (Some(code), Some(status.into())));
        assert_eq!(json["type"], format!("urn:jisr:problem:{code}"));
        assert_eq!(json["request_id"], answer.header("x-request-id"));
        assert!(json["detail"].as_str().unwrap().contains(' '), "{json}");
    }
}

#[tokio::test]
async fn people_get_problems_as_pages() {
    let server = TestServer::start();
    let reader = server.signed_in(Role::Supervisor, "province/azilal");

    let answer = server.page("/activity/2026-11-23?unit=khenifra-1", "ar", Some(&reader)).await;

    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert!(answer.header("content-type").starts_with("text/html"));
    assert!(answer.text.contains("dir=\"rtl\"") && answer.text.contains("غير مسموح"));
}

#[tokio::test]
async fn bodies_beyond_their_limit_are_refused_with_or_without_a_length() {
    let server = TestServer::start();
    for (path, kind, max) in
        [("/api/v1/enrol", "application/json", BODY_BYTES_MAX), ("/api/v1/sync", CONTENT_TYPE, REQUEST_BYTES_MAX)]
    {
        let request = Request::post(path).header(header::CONTENT_TYPE, kind).header(header::CONTENT_LENGTH, max + 1);
        let answer = server.send(request.body(Body::from(vec![b' '; max + 1])).unwrap()).await;
        assert_eq!(
            (answer.status, &answer.json()["code"]),
            (StatusCode::PAYLOAD_TOO_LARGE, &"too-large".into()),
            "{path}"
        );
    }
    let pieces = futures_util::stream::iter(vec![Ok::<_, std::convert::Infallible>(vec![b' '; 4096]); 8]);
    let request = Request::post("/api/v1/enrol").header(header::CONTENT_TYPE, "application/json");
    let answer = server.send(request.body(Body::from_stream(pieces)).unwrap()).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn answers_forbid_scripts_framing_sniffing_and_keeping() {
    let server = TestServer::start();
    let reader = server.signed_in(Role::Supervisor, "region");
    for path in ["/activity/2026-11-23", "/api/v1/activity", "/sign-in", "/nothing"] {
        let answer = server.page(path, "fr", Some(&reader)).await;
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{path}");
        assert!(!policy.contains("unsafe"), "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
        assert_eq!(answer.header("referrer-policy"), "same-origin", "{path}");
    }
    let style = server.get("/static/jisr.css", None).await;
    assert!(style.header("cache-control").contains("immutable"));
}

#[tokio::test]
async fn a_callers_own_request_id_does_not_stand_in_the_log() {
    let server = TestServer::start();
    let request = browser(Method::GET, "/health/live", None).header("x-request-id", "Red Jacket");

    let answer = server.send(request.body(Body::empty()).unwrap()).await;

    assert_eq!(answer.header("x-request-id").len(), 36);
}

#[tokio::test]
async fn the_server_is_alive_and_ready_and_says_which_time_zone_data_it_has() {
    let server = TestServer::start();
    for path in ["/health/live", "/health/ready"] {
        let answer = server.get(path, None).await;
        assert_eq!((answer.status, &answer.json()["status"]), (StatusCode::OK, &"ok".into()));
        assert!(answer.json()["tzdb"].as_str().unwrap().starts_with("20"));
    }
}
