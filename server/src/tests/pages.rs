//! The pages, read as their readers' browsers get them.

use axum::http::StatusCode;
use jisr_locales::Lang;

use super::day::{DAY, record_id};
use super::{Answer, TestServer, hand_made};
use crate::registry::Role;

async fn day(lang: Lang) -> Answer {
    let server = TestServer::start();
    let reader = server.signed_in(Role::Supervisor, "region");
    server.page(&format!("/activity/{DAY}"), lang.tag(), Some(&reader)).await
}

#[tokio::test]
async fn the_day_says_how_complete_it_is_in_every_language() {
    for (lang, counted, unit, waiting) in [
        (Lang::Ar, "أرسلت وحدتان كل شيء، من أصل \u{2068}5\u{2069}", "وحدة أزيلال 2", "\u{2068}5\u{2069} تسجيلات"),
        (Lang::Fr, "2 unités sur 5", "Azilal 2", "5 fiches"),
        (Lang::En, "2 of 5 expected units", "Azilal 2", "5 records"),
    ] {
        let page = day(lang).await;
        assert_eq!(page.status, StatusCode::OK, "{lang}");
        let line =
            page.text.split("id=\"completeness\"").nth(1).and_then(|rest| rest.split("</section>").next()).unwrap();
        for said in ["23:10", counted, unit, waiting] {
            assert!(line.contains(said), "{lang}: {said:?} in {line}");
        }
    }
}

#[tokio::test]
async fn language_and_direction_stand_on_the_page_and_nothing_is_left_untranslated() {
    for lang in Lang::ALL {
        let page = day(lang).await.text;
        assert!(page.contains(&format!("<html lang=\"{}\" dir=\"{}\">", lang.tag(), lang.dir())), "{lang}");
        let untranslated: Vec<_> = page
            .split('[')
            .skip(1)
            .filter(|rest| rest.split(']').next().is_some_and(|key| key.contains('-')))
            .collect();
        assert!(untranslated.is_empty(), "{lang}: {untranslated:?}");
    }
}

#[tokio::test]
async fn digits_are_western_in_arabic_too() {
    let page = day(Lang::Ar).await.text;

    assert!(!page.chars().any(|c| ('\u{0660}'..='\u{0669}').contains(&c)));
    assert!(page.contains("الاثنين 23 نونبر 2026"));
}

#[tokio::test]
async fn no_page_holds_a_script_or_a_style_of_its_own() {
    let server = TestServer::start();
    let reader = server.signed_in(Role::Supervisor, "region");
    for path in [format!("/activity/{DAY}"), format!("/records/{}", record_id(1)), "/sign-in".to_owned()] {
        let page = server.page(&path, "fr", Some(&reader)).await.text;
        for banned in ["<script", " style=", " onclick", "<style"] {
            assert!(!page.contains(banned), "{banned} on {path}");
        }
    }
}

#[tokio::test]
async fn the_day_shows_freshness_conflicts_and_a_dash_for_what_is_not_known() {
    let page = day(Lang::En).await.text;

    for state in ["silent", "waiting", "late", "in", "off"] {
        assert!(page.contains(&format!("class=\"state {state}\"")), "{state}");
    }
    assert!(page.contains("Abandoned building or building site") && page.contains("ah1, 23/11/2026 22:15"));
    let row = |unit: &str| page.split(unit).nth(1).and_then(|rest| rest.split("</tr>").next()).unwrap().to_owned();
    let (no_tour, nothing_came) = (row("unit=beni-mellal-2"), row("unit=beni-mellal-1"));
    assert!(no_tour.contains("<bdi>–</bdi>") && !no_tour.contains("<bdi>0</bdi>"), "{no_tour}");
    assert_eq!(nothing_came.matches("<bdi>–</bdi>").count(), 4, "{nothing_came}");
}

#[tokio::test]
async fn no_unit_that_the_line_calls_missing_looks_finished_in_its_row() {
    let page = day(Lang::En).await.text;
    let row = |unit: &str| page.split(unit).nth(1).and_then(|rest| rest.split("</tr>").next()).unwrap().to_owned();

    for missing in ["unit=azilal-2", "unit=beni-mellal-1", "unit=khenifra-1"] {
        let row = row(missing);
        assert!(!row.contains("state in") && !row.contains("state fresh"), "{missing}: {row}");
    }
    assert!(row("unit=azilal-2").contains("state waiting"), "5 records wait on its phone");
}

#[tokio::test]
async fn a_day_to_come_says_nothing_of_what_waits_today() {
    let server = TestServer::start();
    let reader = server.signed_in(Role::Supervisor, "region");
    let waits =
        async || server.page(&format!("/activity/{DAY}"), "en", Some(&reader)).await.text.contains("wait on phones");

    assert!(waits().await);
    server.pass_minutes(-24 * 60);
    assert!(!waits().await);
}

#[tokio::test]
async fn an_observer_sees_figures_and_no_way_to_a_record() {
    let server = TestServer::start();
    let observer = server.signed_in(Role::Observer, "region");

    let page = server.page(&format!("/activity/{DAY}"), "en", Some(&observer)).await.text;

    assert!(page.contains("2 of 5 expected units"));
    assert!(!page.contains("/records/") && !page.contains("ah1"));
}

#[tokio::test]
async fn a_record_tells_what_it_says_and_what_happened_to_it() {
    let server = TestServer::start();
    let reader = server.signed_in(Role::Supervisor, "unit/azilal-1");

    let page = server.page(&format!("/records/{}", record_id(1)), "en", Some(&reader)).await.text;

    for said in ["Contact made, exchange", "Meal or food: 2", "Age: 10-14 years", "Sex: Male"] {
        assert!(page.contains(said), "{said}");
    }
    assert!(page.contains("fz2 wrote it down on 23/11/2026 21:40."));
    assert!(page.contains("ah1 set Where they sleep to Abandoned building or building site on 23/11/2026 22:15."));
    assert!(!page.contains(hand_made::NOTE), "what people write is escaped");
    assert!(page.contains("Red Jacket sleeps behind the &#60;b&#62;station"), "{page}");
}

#[tokio::test]
async fn a_language_that_was_chosen_is_remembered() {
    let server = TestServer::start();

    let chosen = server.page("/sign-in?lang=fr", "ar", None).await;

    assert!(chosen.text.contains("lang=\"fr\""));
    assert!(chosen.header("set-cookie").contains("jisr-lang=fr"));
    let kept = super::Visitor { cookie: "jisr-lang=fr".to_owned(), csrf: String::new() };
    assert!(server.page("/sign-in", "ar", Some(&kept)).await.text.contains("<html lang=\"fr\""));
}
