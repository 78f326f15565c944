//! The pages of single records and of lists of records, and what their readers are told instead of ids.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use jisr_locales::Lang;

use super::day::{DAY, record_id};
use super::{TestServer, Visitor};
use crate::registry::Role;

fn region(server: &TestServer) -> Visitor {
    server.signed_in(Role::Supervisor, "region")
}

/// The part of a page that begins with `from` and ends before `to`.
fn part(page: &str, from: &str, to: &str) -> String {
    page.split(from)
        .nth(1)
        .and_then(|rest| rest.split(to).next())
        .unwrap_or_else(|| panic!("{from} in {page}"))
        .to_owned()
}

#[tokio::test]
async fn a_field_with_two_values_shows_both_in_place_with_who_and_when_and_how_to_settle() {
    let server = TestServer::start();
    let page = server.page(&format!("/records/{}", record_id(1)), "en", Some(&region(&server))).await.text;

    let row = part(&page, "Where they sleep</th>", "</tr>");

    for said in ["Abandoned building or building site", "Street", "ah1, 23/11/2026 22:15", "fz2, 23/11/2026 21:50"] {
        assert!(row.contains(said), "{said}: {row}");
    }
    let command = format!("jisr conflicts settle {} &#39;sleeping_situation&#39; &#39;street&#39;", record_id(1));
    assert!(row.contains(&command), "{row}");
}

#[tokio::test]
async fn a_record_names_what_it_refers_to_and_shows_no_id_in_its_place() {
    let server = TestServer::start();
    let page = server.page(&format!("/records/{}?day={DAY}", record_id(1)), "en", Some(&region(&server))).await.text;
    let fields = part(&page, "id=\"h-fields\"", "</section>").replace(['\u{2068}', '\u{2069}'], "");

    assert!(fields.contains("<td>\n      <div>Azilal 1</div>"), "the unit's name: {fields}");
    assert!(fields.contains("UTC+1"));
    let person = format!("<a href=\"/records/{}?day={DAY}\"><bdi>AZ-7K2Q</bdi></a>", record_id(2));
    assert!(fields.contains(&person), "{fields}");
    assert!(page.contains(&format!("href=\"/activity/{DAY}\"")), "the way back");
}

#[tokio::test]
async fn a_person_outside_the_readers_territory_is_named_by_nothing() {
    let server = TestServer::start();
    let reader = server.signed_in(Role::Supervisor, "unit/azilal-1");

    let page = server.page(&format!("/records/{}", record_id(1)), "en", Some(&reader)).await.text;

    assert!(!page.contains("AZ-7K2Q") && !page.contains(&record_id(2).to_string()), "the province's persons");
    assert!(page.contains("Person: \u{2068}Person\u{2069}"), "that somebody was met stands in the encounter itself");
}

#[tokio::test]
async fn what_is_to_check_names_the_record_and_both_statements() {
    let server = TestServer::start();
    let day = async |role| {
        let reader = server.signed_in(role, "region");
        server.page(&format!("/activity/{DAY}"), "en", Some(&reader)).await.text
    };

    let check = part(&day(Role::Supervisor).await, "id=\"h-review\"", "</section>");
    let observed = part(&day(Role::Observer).await, "id=\"h-review\"", "</section>");

    assert!(check.contains(&format!("/records/{}?day={DAY}\"><bdi>AZ-7K2Q", record_id(2))), "{check}");
    assert!(check.contains("Unaccompanied, fz2") && check.contains("With other children, ah1"), "{check}");
    assert_eq!(check.matches("With whom: ").count(), 2, "{check}");
    assert!(check.contains("Encounter, 22:10, Azilal 2"), "the record that says so: {check}");
    assert!(observed.contains("two statements about who is with a child"));
    assert!(!observed.contains("With whom") && !observed.contains("AZ-7K2Q"), "{observed}");
}

#[tokio::test]
async fn every_record_of_the_day_is_listed_by_time_page_by_page_with_a_name_of_its_own() {
    let server = TestServer::start();
    let reader = region(&server);
    let mut links = BTreeSet::new();
    for number in [1, 2] {
        let page = server.page(&format!("/activity/{DAY}/records?page={number}"), "en", Some(&reader)).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text);
        links.extend(page.text.split("Open the record<span class=\"hidden\"> ").skip(1).map(|rest| {
            let before = rest.split("</span>").next().unwrap_or_default();
            assert!(before.starts_with("(Encounter, "), "{before}");
            before.to_owned()
        }));
        assert!(page.text.contains("36 records of encounters"), "{}", page.text);
    }

    assert!(links.len() > 26, "different times and units, different names: {}", links.len());
    let first = server.page(&format!("/activity/{DAY}/records"), "en", Some(&reader)).await.text;
    assert_eq!(first.matches("\"/records/").count(), 30, "rows of a page");
    assert!(first.contains("Page 1 of 2") && first.contains("page=2\""));
    let times: Vec<_> = first.split("class=\"lead\"><bdi>").skip(1).map(|rest| rest[..5].to_owned()).collect();
    assert!(times.iter().step_by(2).is_sorted(), "{times:?}");
}

#[tokio::test]
async fn the_days_page_leads_to_all_its_records() {
    let server = TestServer::start();
    let page = server.page(&format!("/activity/{DAY}?unit=azilal-1"), "fr", Some(&region(&server))).await.text;

    assert!(page.contains(&format!("/activity/{DAY}/records?unit=azilal-1&")), "{page}");
    let observer = server.signed_in(Role::Observer, "region");
    let path = format!("/activity/{DAY}/records");
    assert_eq!(server.page(&path, "fr", Some(&observer)).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn what_was_set_aside_is_listed_for_the_territory_it_was_meant_for() {
    let server = TestServer::start();
    let page = async |territory: &str| {
        let reader = server.signed_in(Role::Supervisor, territory);
        server.page("/aside", "en", Some(&reader)).await.text
    };

    let (whole, azilal, elsewhere) = (page("region").await, page("unit/azilal-1").await, page("unit/azilal-2").await);

    let why = "Meant for a unit or province that this device may not write to";
    assert_eq!(whole.matches(why).count(), 2, "{whole}");
    assert_eq!(azilal.matches(why).count(), 1);
    assert!(azilal.contains("Azilal 1") && azilal.contains(&format!("/records/{}", record_id(1))));
    assert_eq!(elsewhere.matches(why).count(), 0);
}

#[tokio::test]
async fn an_enrolment_link_leads_a_browser_to_what_to_do() {
    let server = TestServer::start();
    for lang in Lang::ALL {
        let page = server.page("/enrol", lang.tag(), None).await;

        assert_eq!(page.status, StatusCode::OK);
        assert!(page.text.contains("jisr enrol &#39;http://127.0.0.1:8080/enrol#…&#39;"), "{}", page.text);
    }
}

#[tokio::test]
async fn no_two_landmarks_of_a_page_bear_one_name() {
    let server = TestServer::start();
    let reader = region(&server);
    let pages = [format!("/activity/{DAY}"), format!("/activity/{DAY}/records"), "/aside".to_owned()];
    for path in pages {
        let page = server.page(&path, "en", Some(&reader)).await.text;
        let mut names = BTreeSet::new();
        let landmarks = ["<section", "<nav", "role=\"region\""].into_iter().flat_map(|tag| page.split(tag).skip(1));
        for landmark in landmarks {
            let name = landmark.split("aria-label").nth(1).and_then(|rest| rest.split('"').nth(1)).unwrap_or_default();
            assert!(names.insert(name.to_owned()), "{path}: two landmarks are called {name}");
        }
        assert!(names.len() > 1, "{path}");
    }
}
