//! Signing in and out, forms from elsewhere, tries, and how a sign-in ends.

use axum::body::Body;
use axum::http::{Method, StatusCode, header};

use super::{TestServer, browser};
use crate::access::{IDLE_MINUTES, hash_password};
use crate::registry::{Account, Accounts, AuditLog, Deed, Role, Standing};
use crate::state::Settings;

fn with_account(server: &TestServer) {
    let account = Account {
        standing: Standing::default(),
        name: "fatima".parse().unwrap(),
        password_hash: hash_password("correct horse").unwrap(),
        territory: "province/azilal".parse().unwrap(),
        role: Role::Supervisor,
    };
    server.registry.add_account(&account).unwrap();
}

const FORM: &str = "name=Fatima&password=correct+horse&back=/activity/2026-11-23";

#[tokio::test]
async fn the_right_password_opens_the_page_that_was_asked_for() {
    let server = TestServer::start();
    with_account(&server);

    let closed = server.page("/activity/2026-11-23", "fr", None).await;
    let answer = server.post_form("/sign-in", FORM, None).await;

    assert_eq!(closed.status, StatusCode::SEE_OTHER);
    assert_eq!(closed.header("location"), "/sign-in?back=/activity/2026-11-23");
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/activity/2026-11-23"));
    let cookie = answer.header("set-cookie").to_owned();
    for part in ["jisr=", "HttpOnly", "SameSite=Strict", "Path=/"] {
        assert!(cookie.contains(part), "{part} in {cookie}");
    }
    let visitor = super::Visitor { cookie: cookie.split(';').next().unwrap().to_owned(), csrf: String::new() };
    assert_eq!(server.page("/activity/2026-11-23", "fr", Some(&visitor)).await.status, StatusCode::OK);
    assert_eq!(server.registry.audit(1).unwrap()[0].deed, Deed::SignedIn);
}

#[tokio::test]
async fn over_https_the_cookie_is_bound_to_the_host() {
    let server = TestServer::with(Settings { https: true, ..Settings::default() });
    with_account(&server);

    let answer = server.post_form("/sign-in", FORM, None).await;

    assert!(answer.header("set-cookie").starts_with("__Host-jisr="), "{}", answer.header("set-cookie"));
    assert!(answer.header("set-cookie").contains("Secure"));
    assert!(answer.header("strict-transport-security").contains("max-age"));
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_account_are_told_the_same_and_noted() {
    let server = TestServer::start();
    with_account(&server);

    let wrong = server.post_form("/sign-in", "name=fatima&password=incorrect", None).await;
    let unknown = server.post_form("/sign-in", "name=nobody&password=incorrect", None).await;

    assert_eq!((wrong.status, unknown.status), (StatusCode::UNAUTHORIZED, StatusCode::UNAUTHORIZED));
    assert_eq!(wrong.text.replace("fatima", "nobody"), unknown.text);
    assert!(server.registry.audit(10).unwrap().iter().all(|entry| entry.deed == Deed::SignInRefused));
    assert!(wrong.header("set-cookie").is_empty());
}

#[tokio::test]
async fn the_sixth_try_has_to_wait_even_with_the_right_password() {
    let server = TestServer::start();
    with_account(&server);

    for _ in 0..5 {
        server.post_form("/sign-in", "name=fatima&password=incorrect", None).await;
    }
    let sixth = server.post_form("/sign-in", FORM, None).await;

    assert_eq!(sixth.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(sixth.header("retry-after").parse::<u32>().unwrap() > 0);
}

#[tokio::test]
async fn whoever_signs_in_rightly_may_do_so_as_often_as_wanted_and_typos_before_are_forgotten() {
    let server = TestServer::start();
    with_account(&server);

    for typos in [0, 0, 0, 4, 4, 0, 0, 0] {
        for _ in 0..typos {
            let wrong = server.post_form("/sign-in", "name=fatima&password=incorrect", None).await;
            assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
        }
        assert_eq!(server.post_form("/sign-in", FORM, None).await.status, StatusCode::SEE_OTHER);
    }
}

#[tokio::test]
async fn a_sign_in_ends_after_half_an_hour_without_use_and_after_a_working_day() {
    let server = TestServer::start();
    let idle = server.signed_in(Role::Supervisor, "region");
    server.pass_minutes(IDLE_MINUTES + 1);
    assert_eq!(server.get("/api/v1/activity", Some(&idle)).await.status, StatusCode::UNAUTHORIZED);

    let busy = server.signed_in(Role::Supervisor, "region");
    let mut minutes = 0;
    while server.get("/api/v1/activity", Some(&busy)).await.status == StatusCode::OK {
        server.pass_minutes(IDLE_MINUTES - 1);
        minutes += IDLE_MINUTES - 1;
        assert!(minutes <= 13 * 60, "it has to end");
    }
    assert!(minutes >= 11 * 60, "it lasts a working day: {minutes}");
}

#[tokio::test]
async fn a_form_from_another_site_changes_nothing() {
    let server = TestServer::start();
    with_account(&server);
    let visitor = server.signed_in(Role::Supervisor, "region");
    for origin in [None, Some("https://evil.example"), Some("null")] {
        for (path, form) in [("/sign-in", FORM.to_owned()), ("/sign-out", format!("csrf={}", visitor.csrf))] {
            let mut request = browser(Method::POST, path, Some(&visitor))
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
            if let Some(origin) = origin {
                request = request.header(header::ORIGIN, origin);
            }
            let answer = server.send(request.body(Body::from(form)).unwrap()).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path} from {origin:?}");
            assert!(answer.header("set-cookie").is_empty());
        }
    }
    assert_eq!(server.get("/api/v1/activity", Some(&visitor)).await.status, StatusCode::OK);
}

#[tokio::test]
async fn signing_out_takes_the_token_of_this_sign_in() {
    let server = TestServer::start();
    let visitor = server.signed_in(Role::Supervisor, "region");
    let other = server.signed_in(Role::Supervisor, "province/azilal");

    let foreign = server.post_form("/sign-out", &format!("csrf={}", other.csrf), Some(&visitor)).await;
    assert_eq!(foreign.status, StatusCode::FORBIDDEN);
    assert_eq!(server.get("/api/v1/activity", Some(&visitor)).await.status, StatusCode::OK);

    let own = server.post_form("/sign-out", &format!("csrf={}", visitor.csrf), Some(&visitor)).await;
    assert_eq!(own.status, StatusCode::SEE_OTHER);
    assert!(own.header("set-cookie").contains("Max-Age=0"));
    assert_eq!(server.get("/api/v1/activity", Some(&visitor)).await.status, StatusCode::UNAUTHORIZED);
}
