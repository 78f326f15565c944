//! Without a network: laptops meet in the van, files are carried by hand, and the base has everything once.

use std::path::{Path, PathBuf};
use std::time::Instant;

use jisr_client_sdk::{Client, Error, Query};
use jisr_sync_core::id::DocumentId;
use jisr_sync_core::sync::PeerRefusal;
use jisr_tests::fleet::Fleet;
use jisr_tests::people::{self, Scene};
use jisr_tests::rogue::Rogue;
use jisr_tests::service::Service;
use jisr_tests::van::Van;
use rand::SeedableRng;
use rand::rngs::StdRng;

use crate::support::{held_by_server, last_night, met};

const ENCOUNTERS: i64 = 60;

async fn tour(van: &Van, place: &str) -> Vec<DocumentId> {
    let mut rng = StdRng::seed_from_u64(place.len() as u64);
    let mut written = Vec::new();
    for n in 0..ENCOUNTERS {
        let at = last_night().at(n, ENCOUNTERS + 1);
        let scene = Scene { shift: None, staff: "am1".parse().unwrap(), at, known: None };
        let mut encounter = people::encounter(&scene, &mut rng);
        encounter.place_text = Some(place.into());
        written.push(van.add_at(at, Client::encounters, encounter).await.unwrap());
    }
    written
}

/// `one` shares, `other` joins.
async fn meet(one: &Van, other: &Van) -> (usize, usize) {
    let sharing = one.client.share("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let (listens, joins) =
        tokio::join!(one.client.meet(&sharing), other.client.join(sharing.address().unwrap(), sharing.code()));
    listens.unwrap();
    let joined = joins.unwrap();
    (joined.given + joined.received, joined.bytes_sent + joined.bytes_received)
}

/// The devices that wrote what the server holds of `documents`, as told to a device that reads the whole log.
async fn authors(fleet: &Fleet, documents: &[DocumentId]) -> Vec<jisr_sync_core::id::DeviceId> {
    let mut reader = Rogue::join(&fleet.service, "azilal-1").await.unwrap();
    let read = reader.exchange(&[]).await.unwrap();
    let mut authors: Vec<_> = read.written.iter().filter(|(id, _)| documents.contains(id)).map(|(_, by)| *by).collect();
    authors.sort();
    authors.dedup();
    authors
}

fn import(service: &Service, file: &Path) -> serde_json::Value {
    service.order(&["import", file.to_str().unwrap()]).unwrap()
}

async fn exported(van: &Van, name: &str) -> PathBuf {
    let file = van.folder().with_extension(name);
    std::fs::write(&file, van.client.export().await.unwrap().unwrap().bytes).unwrap();
    file
}

#[tokio::test(flavor = "multi_thread")]
async fn two_vans_sync_with_each_other_only_one_reaches_the_base_and_the_base_has_both() {
    let fleet = Fleet::of(&["azilal-1", "azilal-1"]).await.unwrap();
    let (one, other) = (&fleet.vans[0], &fleet.vans[1]);
    let (first, second) = (tour(one, "Souk").await, tour(other, "Gare").await);

    let started = Instant::now();
    let (changes, bytes) = meet(one, other).await;
    println!("the van: {changes} changes, {bytes} bytes, {:.2?}", started.elapsed());
    let started = Instant::now();
    let report = one.client.sync_now().await.unwrap();
    println!("the base: {} bytes up, {} down, {:.2?}", report.bytes_up, report.bytes_down, started.elapsed());

    let held = held_by_server(&fleet, "azilal-1").await;
    assert!(first.iter().chain(&second).all(|id| held.contains_key(id)), "the base has both");
    assert_eq!(authors(&fleet, &first).await, [one.client.device().unwrap()]);
    assert_eq!(authors(&fleet, &second).await, [other.client.device().unwrap()]);
    assert_eq!(fleet.service.set_aside().unwrap(), serde_json::json!([]));
    // The other's still waits by its own word, until it hears it from the server.
    assert_eq!((one.client.status().waiting, other.client.status().waiting), (0, 60));
    assert_eq!(other.client.status().handed_over, 60);
    let late = other.client.sync_now().await.unwrap();
    println!("the other, later: {} bytes up", late.bytes_up);
    assert_eq!((other.client.status().waiting, other.client.status().carried), (0, 0));
    assert!(late.bytes_up * 4 < report.bytes_up, "{} of {}", late.bytes_up, report.bytes_up);
    assert_eq!(fleet.service.verify().unwrap()["documents"], 120);
}

#[tokio::test(flavor = "multi_thread")]
async fn leaving_with_unsent_work_is_refused_and_its_file_opens_at_the_base() {
    let fleet = Fleet::of(&["azilal-1", "azilal-1"]).await.unwrap();
    let (van, carrier) = (&fleet.vans[0], &fleet.vans[1]);
    let written = tour(van, "Souk").await;

    assert!(matches!(van.client.log_out().await, Err(Error::Unsent { waiting: 60 })));
    let file = exported(van, "jisr-carry").await;
    let bytes = std::fs::read(&file).unwrap();
    println!("60 records: {} bytes of file", bytes.len());
    assert!(!bytes.windows(4).any(|window| window == b"Souk"), "nobody reads it on the way");
    assert_eq!(van.client.status().waiting, 60);

    let came = import(&fleet.service, &file);
    assert_eq!(came, serde_json::json!({ "envelopes": 1, "new": 60, "known": 0, "set_aside": {}, "held_back": 0 }));
    let again = import(&fleet.service, &file);
    assert_eq!(again, serde_json::json!({ "envelopes": 1, "new": 0, "known": 60, "set_aside": {}, "held_back": 0 }));

    let held = held_by_server(&fleet, "azilal-1").await;
    assert!(written.iter().all(|id| held.contains_key(id)));
    assert_eq!(authors(&fleet, &written).await, [van.client.device().unwrap()]);
    // What was written since goes along with another laptop, which cannot read it.
    let later = met(van, "Gare").await;
    let file = exported(van, "later").await;
    let header = carrier.client.take_along(std::fs::read(&file).unwrap()).await.unwrap();
    assert_eq!(header.changes, 61);
    let report = carrier.client.sync_now().await.unwrap();
    assert_eq!(report.parcels, 1);
    assert!(held_by_server(&fleet, "azilal-1").await.contains_key(&later));
    assert_eq!(carrier.client.sync_now().await.unwrap().parcels, 0);
    van.client.sync_now().await.unwrap();
    van.client.log_out().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn neither_logging_out_nor_another_user_nor_another_service_takes_unsent_work_away() {
    let fleet = Fleet::of(&["azilal-1"]).await.unwrap();
    let elsewhere = Fleet::of(&["azilal-1"]).await.unwrap();
    let van = fleet.vans[0].clone();
    van.client.set_staff(Some("fz2".parse().unwrap())).await.unwrap();
    let written = tour(&van, "Souk").await;
    let held = van.state().await.unwrap();

    van.client.set_staff(Some("am1".parse().unwrap())).await.unwrap();
    assert!(matches!(van.client.log_out().await, Err(Error::Unsent { waiting: 60 })));
    let code = elsewhere.service.code("azilal-1", "gone over").unwrap();
    let moved = van.client.enrol(&elsewhere.service.url(), &code).await;
    assert!(matches!(moved, Err(Error::AlreadyEnrolled)), "{moved:?}");
    van.client.set_staff(None).await.unwrap();
    let van = van.restart().await.unwrap();

    assert_eq!((van.client.status().waiting, van.state().await.unwrap()), (60, held));
    let file = exported(&van, "jisr-carry").await;
    assert_eq!(import(&fleet.service, &file)["new"], 60, "its file opens at the base");
    let on_server = held_by_server(&fleet, "azilal-1").await;
    assert!(written.iter().all(|id| on_server.contains_key(id)));
    van.deliver().await.unwrap();

    fleet.service.revoke(van.client.device().unwrap()).unwrap();
    assert!(matches!(van.client.sync_now().await, Err(Error::Revoked)));
    let last = met(&van, "Gare").await;
    let moved = van.client.enrol(&elsewhere.service.url(), &code).await;
    assert!(matches!(moved, Err(Error::Unsent { waiting: 1 })), "{moved:?}");
    assert!(van.client.encounters().get(last).await.unwrap().is_some(), "nor does the end of its access");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_server_imports_too_and_a_file_that_is_damaged_or_foreign_changes_nothing() {
    let mut fleet = Fleet::of(&["azilal-1"]).await.unwrap();
    let other = Fleet::of(&["azilal-1"]).await.unwrap();
    met(&fleet.vans[0], "Souk").await;
    let file = exported(&fleet.vans[0], "jisr-carry").await;
    let good = std::fs::read(&file).unwrap();
    fleet.service.stop().unwrap();

    for at in [0, 20, good.len() / 2, good.len() - 1] {
        let mut bad = good.clone();
        bad[at] ^= 1;
        std::fs::write(&file, bad).unwrap();
        let refused = fleet.service.order(&["import", file.to_str().unwrap()]).unwrap_err().to_string();
        assert!(refused.contains("carry file"), "{refused}");
    }
    std::fs::write(&file, &good[..good.len() - 1]).unwrap();
    let refused = fleet.service.order(&["import", file.to_str().unwrap()]).unwrap_err().to_string();
    assert!(refused.contains("is cut"), "{refused}");
    std::fs::write(&file, &good).unwrap();
    let refused = other.service.order(&["import", file.to_str().unwrap()]).unwrap_err().to_string();
    assert!(refused.contains("another server"), "{refused}");
    let refused = other.vans[0].client.take_along(good.clone()).await;
    assert!(matches!(refused, Err(Error::CarryFileOtherServer)), "{refused:?}");

    assert_eq!(import(&fleet.service, &file)["new"], 1);
    fleet.service.start_again().unwrap();
    assert_eq!(held_by_server(&fleet, "azilal-1").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn three_phones_with_signal_do_not_send_one_shift_three_times() {
    let fleet = Fleet::of(&["azilal-1", "azilal-1", "azilal-1"]).await.unwrap();
    let written = tour(&fleet.vans[0], "Souk").await;
    meet(&fleet.vans[0], &fleet.vans[1]).await;
    meet(&fleet.vans[1], &fleet.vans[2]).await;

    let mut up = Vec::new();
    for van in fleet.vans.iter().rev() {
        up.push(van.client.sync_now().await.unwrap().bytes_up);
    }

    println!("bytes up, one phone after another: {up:?}");
    assert!(up[1] * 4 < up[0] && up[2] * 4 < up[0], "{up:?}");
    assert_eq!(fleet.service.verify().unwrap()["documents"], written.len());
    assert_eq!(authors(&fleet, &written).await, [fleet.vans[0].client.device().unwrap()]);
    for van in &fleet.vans {
        assert_eq!((van.client.status().waiting, van.client.status().carried), (0, 0));
        assert_eq!(van.client.encounters().find(Query::all()).await.unwrap().len(), written.len());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_of_another_service_that_was_shown_the_code_gets_nothing() {
    let (fleet, other) = (Fleet::of(&["azilal-1"]).await.unwrap(), Fleet::of(&["azilal-1"]).await.unwrap());
    let (van, stranger) = (&fleet.vans[0], &other.vans[0]);
    met(van, "Souk").await;
    let sharing = van.client.share("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let address = sharing.address().unwrap();

    let tries = async {
        for _ in 0..jisr_sync_core::sync::limits::VAN_TRIES_MAX {
            assert!(stranger.client.join(address, sharing.code()).await.is_err());
        }
    };
    let (listened, ()) = tokio::join!(van.client.meet(&sharing), tries);

    assert!(matches!(listened, Err(Error::Peer(PeerRefusal::Stranger))), "{listened:?}");
    assert_eq!(stranger.client.encounters().find(Query::all()).await.unwrap().len(), 0);
    assert_eq!(van.client.status().handed_over, 0);
}
