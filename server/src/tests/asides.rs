//! What was set aside, as its pages and the API show it and as it is decided about.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use jisr_locales::Lang;

use super::hand_made::{NOTE, aside_hash};
use super::{TERRITORIES, TestServer, Visitor};
use crate::registry::{AuditLog, Deed, Role};

async fn post_json(server: &TestServer, path: &str, visitor: &Visitor, body: &str) -> super::Answer {
    let request = Request::post(path)
        .header(header::COOKIE, &visitor.cookie)
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(body.to_owned()));
    server.send(request.unwrap()).await
}

#[tokio::test]
async fn a_supervisor_sees_and_decides_inside_the_own_territory_only() {
    let server = TestServer::start();
    let own = [(1, vec!["unit/azilal-1", "province/azilal", "region"]), (2, vec!["province/azilal", "region"])];
    for (number, reach) in own {
        let hash = aside_hash(number);
        for territory in TERRITORIES {
            let visitor = server.signed_in(Role::Supervisor, territory);
            let inside = reach.contains(&territory);
            let right = if inside { StatusCode::OK } else { StatusCode::NOT_FOUND };
            for path in [format!("/aside/{hash}"), format!("/api/v1/aside/{hash}")] {
                assert_eq!(server.get(&path, Some(&visitor)).await.status, right, "{path} of {territory}");
            }
            for path in ["/aside", "/api/v1/aside"] {
                let list = server.get(path, Some(&visitor)).await.text;
                assert_eq!(list.contains(&hash.to_string()), inside, "{path} of {territory}");
            }
            for decision in ["release", "discard"] {
                let path = format!("/api/v1/aside/{hash}/{decision}");
                let answer = post_json(&server, &path, &visitor, r#"{"reason":"looked at"}"#).await;
                assert_eq!(answer.status, right, "{path} of {territory}");
                let form = format!("csrf={}&reason=looked+at", visitor.csrf);
                let right = if inside { StatusCode::SEE_OTHER } else { StatusCode::NOT_FOUND };
                let answer = server.post_form(&format!("/aside/{hash}/{decision}"), &form, Some(&visitor)).await;
                assert_eq!(answer.status, right, "{decision} of {territory}");
            }
        }
    }
}

#[tokio::test]
async fn nobody_but_a_supervisor_sees_or_decides() {
    let server = TestServer::start();
    let hash = aside_hash(1);
    for role in [Role::Observer, Role::Technician] {
        let visitor = server.signed_in(role, "region");
        for path in ["/aside".to_owned(), format!("/aside/{hash}"), "/api/v1/aside".to_owned()] {
            assert_eq!(server.get(&path, Some(&visitor)).await.status, StatusCode::FORBIDDEN, "{path}");
        }
        let answer =
            post_json(&server, &format!("/api/v1/aside/{hash}/release"), &visitor, r#"{"reason":"mine"}"#).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
    }
    assert!(server.registry.audit(10).unwrap().is_empty());
}

#[tokio::test]
async fn a_decision_stands_in_the_audit_log_with_its_reason_and_one_without_a_reason_is_none() {
    let server = TestServer::start();
    let visitor = server.signed_in(Role::Supervisor, "province/azilal");
    let path = format!("/api/v1/aside/{}/discard", aside_hash(1));
    for none in ["", "  ", "a\\u0000b", &"x".repeat(200)] {
        let refused = post_json(&server, &path, &visitor, &format!(r#"{{"reason":"{none}"}}"#)).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{none:?}");
    }
    assert!(server.registry.audit(10).unwrap().is_empty(), "and nothing was ordered");

    let done = post_json(&server, &path, &visitor, r#"{"reason":"written twice"}"#).await;

    assert_eq!(done.json(), serde_json::json!({ "outcome": "discarded", "reason": null }));
    let noted = server.registry.audit(10).unwrap();
    assert_eq!(noted.len(), 1);
    assert_eq!((noted[0].deed, noted[0].because.as_deref()), (Deed::DiscardOrdered, Some("written twice")));
    assert_eq!(noted[0].by.as_ref().unwrap().as_str(), "supervisor.province.azilal");
    assert!(noted[0].target.starts_with(&aside_hash(1).to_string()));
}

#[tokio::test]
async fn a_form_from_elsewhere_decides_nothing() {
    let server = TestServer::start();
    let visitor = server.signed_in(Role::Supervisor, "region");
    let path = format!("/aside/{}/release", aside_hash(1));

    let forged = server.post_form(&path, "csrf=none&reason=x", Some(&visitor)).await;

    assert_eq!(forged.status, StatusCode::FORBIDDEN);
    assert!(server.registry.audit(10).unwrap().is_empty());
}

#[tokio::test]
async fn the_pages_read_in_every_language_and_tell_fields_but_no_values() {
    let server = TestServer::start();
    let visitor = server.signed_in(Role::Supervisor, "region");
    for lang in Lang::ALL {
        for path in ["/aside".to_owned(), format!("/aside/{}", aside_hash(1)), "/aside?told=let-in".to_owned()] {
            let page = server.page(&path, lang.tag(), Some(&visitor)).await;
            assert_eq!(page.status, StatusCode::OK, "{lang} {path}");
            assert!(page.text.contains(&format!("dir=\"{}\"", lang.dir())));
            assert!(!page.text.contains("[aside") && !page.text.contains("refusal-"), "{lang} {path}: {}", page.text);
            assert!(!page.text.contains(NOTE) && !page.text.contains("<script") && !page.text.contains("<A05>"));
        }
    }
    let page = server.page(&format!("/aside/{}", aside_hash(1)), "en", Some(&visitor)).await.text;
    assert!(page.contains(&jisr_locales::label(Lang::En, "field", "persons")));
    assert!(page.contains("name=\"csrf\"") && page.contains("required"), "a form that works without a script");
}

#[tokio::test]
async fn a_name_that_is_none_is_not_there() {
    let server = TestServer::start();
    let visitor = server.signed_in(Role::Supervisor, "region");
    for name in ["zz", "abcd", "a1a", &"f".repeat(64)] {
        let path = format!("/api/v1/aside/{name}");
        assert_eq!(server.get(&path, Some(&visitor)).await.status, StatusCode::NOT_FOUND, "{name}");
    }
}
