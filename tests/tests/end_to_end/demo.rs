//! The demo shows what it says it shows.

use jisr_sync_core::activity::CompletenessState;
use jisr_sync_core::id::UnitId;
use jisr_tests::demo::{self, CREWS, IDLE_UNIT, Options};
use jisr_tests::service::Service;

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_ends_with_a_day_that_is_not_complete_a_disagreement_and_thirty_meals() {
    let service = Service::start().unwrap();

    let shown = demo::play(&service, Options { seed: 2, nights: 2 }, &|_| {}).await.unwrap();

    let browser = service.sign_in().await.unwrap();
    let day = browser.activity(shown.tour.day).await.unwrap();
    let missing: Vec<_> = day.completeness.missing.iter().map(UnitId::as_str).collect();
    assert_eq!(day.completeness.state, CompletenessState::Incomplete);
    assert_eq!((day.completeness.expected, day.completeness.reported), (CREWS.len() as u64, 4));
    assert_eq!(missing, ["fquih-ben-salah-1", "khouribga-1"]);
    assert_eq!(day.completeness.no_tour_planned, [IDLE_UNIT.parse().unwrap()]);
    assert!(day.completeness.waiting >= Some(shown.waiting as u64));
    assert!(shown.cuts > 0, "links failed on the way");
    let apart = day.total.attempts.not_found + day.total.attempts.not_approached;
    assert!(day.total.encounters + apart <= shown.encounters as u64 && day.total.encounters > 30);
    let page = browser.day_page(shown.tour.day).await.unwrap();
    assert!(page.contains("10-14 years") && page.contains("15-17 years"), "the day lists both ages");
    let person = browser.record(shown.disagreed).await.unwrap();
    assert_eq!(person["conflicts"][0]["field"], "age");
    assert!(browser.record(shown.meals).await.unwrap()["fields"]["given"].to_string().contains("30"));
    let before = browser.activity(shown.tour.day.previous()).await.unwrap();
    assert_eq!(before.completeness.missing.len(), 2, "what waits on a phone may be of the night before");
    assert!(before.total.encounters > 20);
}
