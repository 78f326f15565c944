//! Lost answers: nothing is doubled, and "all sent" is never said too early.

use std::collections::BTreeSet;

use jisr_client_sdk::{RecordSync, StripState, strip};
use jisr_sync_core::id::DocumentId;
use jisr_tests::browser::Browser;
use jisr_tests::fleet::Fleet;
use jisr_tests::proxy::Cut;
use jisr_tests::van::Van;

use crate::support::{held_by_server, met};

/// Whether the server holds every record that the device believes to be there, and whether it believes all are.
///
/// `found` are those that were found on the server before: nothing is asked for twice.
async fn check_claims(browser: &Browser, van: &Van, written: &[DocumentId], found: &mut BTreeSet<DocumentId>) -> bool {
    let status = van.client.status();
    let mut believed = 0;
    for id in written {
        let stored = van.client.encounters().get(*id).await.unwrap().unwrap();
        if stored.sync == RecordSync::OnServer {
            believed += 1;
            if found.insert(*id) {
                browser.record(*id).await.expect("a record that the device shows as sent is on the server");
            }
        }
    }
    assert_eq!(status.waiting, written.len() - believed);
    let all_sent = strip(&status) == StripState::AllSent;
    assert!(!all_sent || believed == written.len(), "all sent, with {} waiting", written.len() - believed);
    all_sent
}

#[tokio::test(flavor = "multi_thread")]
async fn all_sent_is_never_said_before_the_server_has_said_so_of_every_record() {
    let fleet = Fleet::of(&["azilal-1"]).await.unwrap();
    let van = &fleet.vans[0];
    let browser = fleet.service.sign_in().await.unwrap();
    van.deliver().await.unwrap();
    assert_eq!(strip(&van.client.status()), StripState::AllSent);

    let (mut written, mut found) = (Vec::new(), BTreeSet::new());
    // The answer is cut ever later: before its first byte, within its head, within the acknowledgements.
    for after in (0..700).step_by(35) {
        for _ in 0..3 {
            written.push(met(van, "Souk").await);
        }
        assert!(!check_claims(&browser, van, &written, &mut found).await, "what was just written waits");
        fleet.link.close_all();
        fleet.link.cut_by(move |_| Cut { after_up: None, after_down: Some(after) });
        let _ = van.client.sync_now().await;
        check_claims(&browser, van, &written, &mut found).await;
    }

    fleet.cut_nothing();
    fleet.link.close_all();
    van.deliver().await.unwrap();
    assert!(check_claims(&browser, van, &written, &mut found).await);
    let on_server = held_by_server(&fleet, "azilal-1").await;
    assert_eq!(on_server.len(), written.len());
    assert!(on_server.values().all(|changes| changes.len() == 1), "every change once");
}

/// Tries until the server has stored the record, with each answer cut at its first byte.
async fn until_stored(browser: &Browser, van: Van, id: DocumentId) {
    for _ in 0..200 {
        assert!(van.client.sync_now().await.is_err(), "the answer is cut");
        if browser.record(id).await.is_ok() {
            return;
        }
    }
    panic!("the server never stores what it cannot acknowledge");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_dies_after_storing_and_before_answering_has_one_copy_after_the_device_tried_again() {
    let mut fleet = Fleet::of(&["azilal-1"]).await.unwrap();
    let van = fleet.vans[0].clone();
    van.deliver().await.unwrap();
    let id = met(&van, "Souk").await;
    let browser = fleet.service.sign_in().await.unwrap();

    fleet.link.close_all();
    fleet.link.cut_by(|_| Cut { after_up: None, after_down: Some(1) });
    until_stored(&browser, van.clone(), id).await;
    assert_eq!(strip(&van.client.status()), StripState::NoConnection(1), "nobody has told the device");
    fleet.service.kill();
    assert!(van.client.sync_now().await.is_err());
    fleet.service.start_again().unwrap();

    fleet.cut_nothing();
    van.deliver().await.unwrap();
    assert_eq!(strip(&van.client.status()), StripState::AllSent);
    let on_server = held_by_server(&fleet, "azilal-1").await;
    assert_eq!(on_server.keys().collect::<Vec<_>>(), [&id]);
    assert_eq!(on_server[&id].len(), 1);
    assert_eq!(fleet.service.verify().unwrap()["documents"], 1);
}
