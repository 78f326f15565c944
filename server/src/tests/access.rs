//! Who gets what: every route of the table, asked by every role of every territory.

use axum::body::Body;
use axum::http::{Request, StatusCode};

use super::day::{DAY, record_id, units};
use super::{Answer, TERRITORIES, TestServer, Visitor, reaches};
use crate::access::{Action, Denied, Target, Viewer, authorize};
use crate::registry::{Account, AuditLog, Deed, Role, Standing};
use crate::router::routes;

fn concrete(path: &str) -> String {
    path.replace("{day}", DAY).replace("{id}", &record_id(1).to_string()).replace("{file}", "jisr.css")
}

async fn ask(server: &TestServer, method: &str, path: &str, visitor: Option<&Visitor>) -> Answer {
    let mut request = Request::builder().method(method).uri(concrete(path));
    if let Some(visitor) = visitor {
        request = request.header("cookie", &visitor.cookie);
    }
    server.send(request.body(Body::empty()).unwrap()).await
}

/// Whether the answer means that the gate let the request in, whatever the handler then thought of it.
fn let_in(answer: &Answer) -> bool {
    // A form without its token is refused by its own handler, with the same status as the gate's refusal.
    let formless = answer.status == StatusCode::FORBIDDEN && answer.text.contains("cross-site");
    formless || !matches!(answer.status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN)
}

#[tokio::test]
async fn every_route_lets_in_those_its_action_is_for_and_nobody_else() {
    let server = TestServer::start();
    for role in Role::ALL {
        for territory in TERRITORIES {
            let visitor = server.signed_in(role, territory);
            for route in routes() {
                let may = match route.action {
                    Action::Public | Action::SignedIn => true,
                    Action::ReadFigures => role != Role::Technician,
                    Action::ReadRecords | Action::DecideAside => role == Role::Supervisor,
                };
                let answer = ask(&server, route.method.as_str(), route.path, Some(&visitor)).await;
                let (method, path, status) = (&route.method, route.path, answer.status);
                assert_eq!(let_in(&answer), may, "{method} {path} as {} of {territory}: {status}", role.code());
            }
        }
    }
}

#[tokio::test]
async fn nobody_unknown_gets_past_a_route_that_is_not_public() {
    let server = TestServer::start();
    let forged = Visitor { cookie: format!("jisr={}", "A".repeat(43)), csrf: String::new() };
    for route in routes() {
        for visitor in [None, Some(&forged)] {
            let status = ask(&server, route.method.as_str(), route.path, visitor).await.status;
            let public = route.action == Action::Public;
            assert_eq!(status != StatusCode::UNAUTHORIZED, public, "{} {}: {status}", route.method, route.path);
        }
    }
}

#[tokio::test]
async fn figures_are_read_inside_the_own_territory_only_on_pages_and_as_json_alike() {
    let server = TestServer::start();
    for role in [Role::Supervisor, Role::Observer] {
        for territory in TERRITORIES {
            let visitor = server.signed_in(role, territory);
            for unit in units() {
                let expected = reaches(territory, unit.id.as_str());
                for path in [
                    format!("/activity/{DAY}?unit={}", unit.id),
                    format!("/api/v1/activity?day={DAY}&unit={}", unit.id),
                ] {
                    let status = server.get(&path, Some(&visitor)).await.status;
                    let right = if expected { StatusCode::OK } else { StatusCode::FORBIDDEN };
                    assert_eq!(status, right, "{path} as {} of {territory}", role.code());
                }
            }
            let whole = server.get(&format!("/api/v1/activity?day={DAY}"), Some(&visitor)).await.json();
            let shown: Vec<_> =
                whole["by_unit"].as_array().unwrap().iter().map(|u| u["unit"].as_str().unwrap()).collect();
            let own: Vec<_> = units().iter().map(|u| u.id.to_string()).filter(|u| reaches(territory, u)).collect();
            assert_eq!(shown, own, "the whole day of {territory}");
        }
    }
}

#[tokio::test]
async fn a_record_outside_the_territory_is_not_there() {
    let server = TestServer::start();
    let table = [
        (1, vec!["unit/azilal-1", "province/azilal", "region"]),
        (2, vec!["province/azilal", "region"]),
        (3, vec!["unit/azilal-2"]),
    ];
    for (number, readers) in table {
        for territory in TERRITORIES {
            let visitor = server.signed_in(Role::Supervisor, territory);
            for prefix in ["/records", "/api/v1/records"] {
                let path = format!("{prefix}/{}", record_id(number));
                let answer = server.get(&path, Some(&visitor)).await;
                let right = if readers.contains(&territory) { StatusCode::OK } else { StatusCode::NOT_FOUND };
                assert_eq!(answer.status, right, "{path} of {territory}");
                assert!(answer.status == StatusCode::OK || !answer.text.contains("Red Jacket"));
            }
        }
    }
}

#[tokio::test]
async fn whoever_opens_a_record_is_in_the_audit_log_and_whoever_may_not_is_not() {
    let server = TestServer::start();
    let path = format!("/api/v1/records/{}", record_id(1));
    let reader = server.signed_in(Role::Supervisor, "province/azilal");
    let stranger = server.signed_in(Role::Supervisor, "province/khenifra");

    server.get(&path, Some(&stranger)).await;
    server.get(&path, Some(&reader)).await;

    let views: Vec<_> = server.registry.audit(10).unwrap();
    assert_eq!(views.len(), 1);
    assert_eq!(views[0].deed, Deed::RecordViewed);
    assert_eq!(views[0].by.as_ref().unwrap().as_str(), "supervisor.province.azilal");
    assert_eq!(views[0].target, record_id(1).to_string());
}

#[test]
fn the_one_function_denies_whatever_it_does_not_name() {
    let account = |role, territory: &str| {
        Viewer::SignedIn(Account {
            standing: Standing::default(),
            name: "a".parse().unwrap(),
            password_hash: String::new(),
            territory: territory.parse().unwrap(),
            role,
        })
    };
    let unit =
        |unit: &str, province: &str| Target::Unit { unit: unit.parse().unwrap(), province: province.parse().unwrap() };
    let province = |id: &str| Target::Province(id.parse().unwrap());
    let forbidden = Err(Denied::Forbidden);
    let supervisor = |territory| account(Role::Supervisor, territory);
    let read = Action::ReadRecords;

    assert_eq!(authorize(&Viewer::Anonymous, Action::SignedIn, &Target::Own), Err(Denied::SignInFirst));
    assert_eq!(authorize(&Viewer::Anonymous, Action::Public, &unit("a-1", "a")), Ok(()));
    assert_eq!(authorize(&supervisor("unit/a-1"), read, &unit("a-1", "a")), Ok(()));
    assert_eq!(authorize(&supervisor("unit/a-1"), read, &unit("a-2", "a")), forbidden);
    assert_eq!(authorize(&supervisor("unit/a-1"), read, &province("a")), forbidden);
    assert_eq!(authorize(&supervisor("province/a"), read, &unit("a-2", "a")), Ok(()));
    assert_eq!(authorize(&supervisor("province/a"), read, &unit("b-1", "b")), forbidden);
    assert_eq!(authorize(&supervisor("province/a"), read, &Target::Restricted("a-1".parse().unwrap())), forbidden);
    assert_eq!(authorize(&supervisor("region"), read, &province("b")), Ok(()));
    assert_eq!(authorize(&account(Role::Observer, "region"), read, &Target::Own), forbidden);
    assert_eq!(authorize(&account(Role::Technician, "region"), Action::ReadFigures, &Target::Own), forbidden);
}
