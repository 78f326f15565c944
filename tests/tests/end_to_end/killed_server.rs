//! The server's machine fails again and again while vans deliver: what was acknowledged is there.
//!
//! `JISR_KILLS` sets how often (50 in every run of the tests).

use std::collections::BTreeSet;
use std::time::Duration;

use jisr_client_sdk::RecordSync;
use jisr_sync_core::id::DocumentId;
use jisr_tests::fleet::Fleet;
use jisr_tests::rogue::Rogue;
use jisr_tests::van::Van;
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};
use serde_json::json;

use crate::support::met;

const UNIT: &str = "azilal-1";

fn kills() -> u32 {
    std::env::var("JISR_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(50)
}

/// Records and syncs until it is told to stop by being dropped.
async fn keep_busy(van: Van) {
    loop {
        met(&van, "Souk").await;
        // It fails whenever the server is away.
        let _ = van.client.sync_now().await;
    }
}

async fn shown_as_sent(van: &Van) -> Vec<DocumentId> {
    let all = van.client.encounters().find(jisr_client_sdk::Query::all()).await.unwrap();
    all.into_iter().filter(|stored| stored.sync == RecordSync::OnServer).map(|stored| stored.id).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_is_lost_when_the_server_is_killed_at_any_moment() {
    let mut fleet = Fleet::of(&[UNIT, UNIT, UNIT]).await.unwrap();
    let mut reader = Rogue::join(&fleet.service, UNIT).await.unwrap();
    let mut random = SmallRng::seed_from_u64(5);
    let mut acknowledged = BTreeSet::new();

    for kill in 1..=kills() {
        let busy: Vec<_> = fleet.vans.iter().map(|van| tokio::spawn(keep_busy(van.clone()))).collect();
        tokio::time::sleep(Duration::from_millis(random.random_range(5..120))).await;
        fleet.service.kill();
        busy.iter().for_each(tokio::task::JoinHandle::abort);
        for task in busy {
            assert!(task.await.unwrap_err().is_cancelled(), "recording never fails");
        }
        for van in &fleet.vans {
            acknowledged.extend(shown_as_sent(van).await);
        }
        fleet.service.start_again().unwrap();

        let held: BTreeSet<_> = reader.exchange(&[]).await.unwrap().state().into_keys().collect();
        let lost: Vec<_> = acknowledged.difference(&held).collect();
        assert!(lost.is_empty(), "kill {kill}: {} of {} acknowledged are lost", lost.len(), acknowledged.len());
        if kill % 10 == 0 {
            let checked = fleet.service.verify().unwrap();
            // What was under way when the server was killed may still come in.
            let then = reader.exchange(&[]).await.unwrap().state().len() as u64;
            let documents = checked["documents"].as_u64().unwrap();
            assert!((held.len() as u64..=then).contains(&documents), "kill {kill}: {documents} of {then}");
            assert_eq!(checked["findings"], json!([]), "kill {kill}");
        }
    }
    for van in &fleet.vans {
        van.deliver().await.unwrap();
    }
    let checked = fleet.service.verify().unwrap();
    let held = reader.exchange(&[]).await.unwrap().state();
    let mut written = 0;
    for van in &fleet.vans {
        written += van.client.encounters().find(jisr_client_sdk::Query::all().limit(usize::MAX)).await.unwrap().len();
    }
    println!("{} kills, {} records: 0 lost ({written} on three devices)", kills(), held.len());
    assert!(acknowledged.len() > 20, "the vans came to deliver");
    assert_eq!(checked["findings"], json!([]));
    assert_eq!(checked["documents"], held.len());
    assert!(held.values().all(|changes| changes.len() == 1), "every change once");
}
