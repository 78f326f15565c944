//! Every record counts for the day its tour began, whatever clocks do.

use jisr_client_sdk::Client;
use jisr_sync_core::time::UnixMillis;
use jisr_tests::fleet::Fleet;
use jisr_tests::night::{self, Tour};
use rand::SeedableRng;
use rand::rngs::StdRng;

use crate::support::{day, encounter, last_night, now, toured};

const HOUR_MS: u64 = 3_600_000;

#[tokio::test(flavor = "multi_thread")]
async fn a_night_over_midnight_a_months_end_and_both_clock_changes_counts_on_the_day_it_began() {
    let fleet = Fleet::of(&["azilal-1"]).await.unwrap();
    let van = &fleet.vans[0];
    // Clocks went back on 2026-02-15 at 03:00, and for good on 2026-09-20.
    let nights =
        [("2026-02-14", 9.5), ("2026-09-19", 9.5), ("2026-10-31", 8.5), ("2025-12-31", 8.5), ("2026-11-20", 8.5)];
    for (at, (text, _)) in nights.iter().enumerate() {
        let mut rng = StdRng::seed_from_u64(at as u64);
        night::play(van, Tour::of(day(text)).unwrap(), "am1", 10, &mut rng).await.unwrap();
    }

    van.deliver().await.unwrap();

    let browser = fleet.service.sign_in().await.unwrap();
    for (text, hours) in nights {
        let shown = browser.activity(day(text)).await.unwrap();
        let recorded = shown.by_hour.hours.iter().map(|hour| hour.slice.encounters).sum::<u64>();
        assert_eq!((shown.total.tours.made, shown.total.tour_hours.open_tours), (1, 0), "{text}");
        let minutes = shown.total.tour_hours.milliseconds / 60_000;
        let longest = (hours * 60.0) as u64;
        assert!((longest - 12..=longest).contains(&minutes), "{text}: {minutes} minutes of at most {longest}");
        assert_eq!(recorded, shown.total.encounters, "{text}: every encounter has its hour");
        assert!(shown.total.encounters > 0 && shown.by_hour.unplaced.encounters == 0, "{text}");
        let met = van
            .client
            .encounters()
            .find(
                jisr_client_sdk::Query::all()
                    .since(Tour::of(day(text)).unwrap().start)
                    .until(Tour::of(day(text)).unwrap().end),
            )
            .await
            .unwrap();
        let observed = met.iter().filter(|e| !e.value.observed.is_empty()).count();
        assert_eq!(met.len(), 10, "{text}");
        assert_eq!(shown.total.encounters as usize + observed, 10, "{text}: all ten, those only observed apart");
        for beside in [day(text).previous(), day(text).next()] {
            let beside = browser.activity(beside).await.unwrap();
            assert_eq!((beside.total.encounters, beside.total.tours.made), (0, 0), "{}", beside.day);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_phone_with_a_wrong_clock_writes_is_marked_and_counts_for_its_tour() {
    let fleet = Fleet::of(&["azilal-1", "azilal-1"]).await.unwrap();
    let [right, wrong] = &fleet.vans[..] else { panic!("two phones") };
    let tour = last_night();
    let shift = toured(right, tour).await;
    right.deliver().await.unwrap();
    wrong.clock.set_ahead(2 * 24 * HOUR_MS as i64);
    wrong.client.sync_now().await.expect("a wrong clock does not keep a phone from syncing");

    let mut met = encounter("Souk");
    met.shift = Some(shift);
    let id = wrong.client.encounters().add(met).await.unwrap();
    wrong.client.sync_now().await.unwrap();
    right.deliver().await.unwrap();

    let written = wrong.client.encounters().get(id).await.unwrap().unwrap().value.occurred_at.unwrap();
    assert!(written > UnixMillis(now().0 + 24 * HOUR_MS as i64), "the phone wrote its own, wrong time");
    let browser = fleet.service.sign_in().await.unwrap();
    let shown = browser.activity(tour.day).await.unwrap();
    assert_eq!((shown.total.encounters, shown.total.quality.clock_suspects), (1, 1));
    assert_eq!(shown.by_hour.unplaced.encounters, 1, "it is of that day, and of no hour");
    let suspects = &shown.completeness.clock_suspects;
    assert_eq!(suspects.iter().map(|suspect| suspect.device).collect::<Vec<_>>(), [wrong.client.device().unwrap()]);
    assert!(suspects[0].ahead_ms.abs_diff(2 * 24 * HOUR_MS as i64) < HOUR_MS);
    assert!(right.client.encounters().get(id).await.unwrap().is_some());
    let page = browser.day_page(tour.day).await.unwrap();
    assert!(page.contains("48 h") || page.contains("47 h"), "the page names the wrong clock, in hours");
    // An encounter without a tour would have been two days late.
    let by_its_time = jisr_sync_core::time::ServiceZone::morocco().unwrap().night_day_of(written).unwrap();
    assert_eq!(browser.activity(by_its_time).await.unwrap().total.encounters, 0);
    let _ = Client::encounters;
}
