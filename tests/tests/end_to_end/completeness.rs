//! A day that is not complete never looks complete.

use jisr_sync_core::activity::{CompletenessState, MissingReason, UnitStatus};
use jisr_tests::fleet::Fleet;
use jisr_tests::night::{self, TOUR_TIMES};
use rand::SeedableRng;
use rand::rngs::StdRng;

use crate::support::last_night;

const PLANNED: [&str; 7] =
    ["azilal-1", "beni-mellal-1", "beni-mellal-2", "fquih-ben-salah-1", "khenifra-1", "khouribga-1", "khouribga-2"];
const IDLE: &str = "azilal-2";

#[tokio::test(flavor = "multi_thread")]
async fn with_two_of_seven_units_missing_page_and_json_say_so_and_with_all_in_they_say_complete() {
    let mut units = PLANNED.to_vec();
    units.push(IDLE);
    let fleet = Fleet::of(&units).await.unwrap();
    let tour = last_night();
    fleet.service.plan(&PLANNED, tour.day, TOUR_TIMES.0, TOUR_TIMES.1).unwrap();
    let browser = fleet.service.sign_in().await.unwrap();
    let mut rng = StdRng::seed_from_u64(7);
    for van in &fleet.vans[..7] {
        night::play(van, tour, "am1", 3, &mut rng).await.unwrap();
    }

    for van in &fleet.vans[..5] {
        van.deliver().await.unwrap();
    }

    let shown = browser.activity(tour.day).await.unwrap();
    let completeness = &shown.completeness;
    assert_eq!(completeness.state, CompletenessState::Incomplete, "{:?}", shown.by_unit);
    assert_eq!((completeness.expected, completeness.reported), (7, 5));
    assert_eq!(completeness.missing, PLANNED[5..].iter().map(|unit| unit.parse().unwrap()).collect::<Vec<_>>());
    assert_eq!(completeness.no_tour_planned, [IDLE.parse().unwrap()]);
    let not_opened = |unit: &str| {
        let status = &shown.by_unit.iter().find(|line| line.unit.as_str() == unit).unwrap().status;
        let UnitStatus::Missing { reasons } = status else { panic!("{unit}: {status:?}") };
        reasons.iter().any(|reason| matches!(reason, MissingReason::NotOpened { .. }))
    };
    assert!(PLANNED[5..].iter().all(|unit| not_opened(unit)));
    let page = browser.day_page(tour.day).await.unwrap();
    assert!(page.contains("class=\"completeness incomplete\""), "the page's line is that of an incomplete day");
    assert!(!page.contains("class=\"completeness complete\""));
    assert!(page.contains("5 of 7"), "the page says how many units are in");

    for van in &fleet.vans[5..] {
        van.deliver().await.unwrap();
    }

    let shown = browser.activity(tour.day).await.unwrap();
    assert_eq!(shown.completeness.state, CompletenessState::Complete, "{:?}", shown.by_unit);
    assert_eq!((shown.completeness.expected, shown.completeness.reported), (7, 7));
    assert_eq!(shown.completeness.no_tour_planned, [IDLE.parse().unwrap()]);
    let page = browser.day_page(tour.day).await.unwrap();
    assert!(page.contains("class=\"completeness complete\""), "with all in, the page says so");
}
