//! A server that went back in time: its vans notice, and bring back what it lacks.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use jisr_client_sdk::Client;
use jisr_sync_core::activity::DailyActivity;
use jisr_sync_core::id::DocumentId;
use jisr_sync_core::record::Encounter;
use jisr_sync_core::time::OperationalDay;
use jisr_tests::browser::Browser;
use jisr_tests::fleet::Fleet;
use jisr_tests::processes::run;
use jisr_tests::service::Service;
use jisr_tests::van::State;
use serde_json::json;

use crate::support::{held_by_server, last_night, met, toured};

const UNITS: [&str; 2] = ["azilal-1", "azilal-2"];

/// Devices of two units, each with a tour and records that the server holds.
async fn evening() -> (Fleet, Vec<DocumentId>) {
    let fleet = Fleet::with(Service::start_logged().unwrap(), &[UNITS[0], UNITS[0], UNITS[1]]).await.unwrap();
    fleet.service.plan(&UNITS, last_night().day, "20:00", "04:00").unwrap();
    let mut ids = Vec::new();
    for van in &fleet.vans {
        toured(van, last_night()).await;
        for place in ["Souk", "Gare", "Pont"] {
            ids.push(met(van, place).await);
        }
    }
    fleet.settle().await.unwrap();
    (fleet, ids)
}

/// What happens after the backup: new records on every device, and an edit of one that the backup holds.
async fn later(fleet: &Fleet, ids: &[DocumentId]) {
    for (van, id) in fleet.vans.iter().zip(ids.chunks(3)) {
        for place in ["Douar", "Route", "Marché", "Mosquée"] {
            met(van, place).await;
        }
        let edit = |encounter: &mut Encounter| encounter.place_text = Some("Souk, porte sud".into());
        assert!(van.edit_at(last_night().at(3, 4), Client::encounters, id[0], edit).await.unwrap());
    }
    fleet.settle().await.unwrap();
}

/// The figures of a day without the instant they were asked at.
fn figures(shown: &DailyActivity) -> serde_json::Value {
    json!([shown.total, shown.completeness.state, shown.completeness.expected, shown.completeness.reported])
}

async fn shown(fleet: &Fleet, day: OperationalDay) -> serde_json::Value {
    let browser: Browser = fleet.service.sign_in().await.unwrap();
    figures(&browser.activity(day).await.unwrap())
}

async fn everything(fleet: &Fleet) -> (State, State) {
    (held_by_server(fleet, UNITS[0]).await, held_by_server(fleet, UNITS[1]).await)
}

fn changes(state: &(State, State)) -> usize {
    state.0.values().chain(state.1.values()).map(std::collections::BTreeSet::len).sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_restored_from_an_older_backup_gets_back_what_its_vans_wrote_since() {
    let (mut fleet, ids) = evening().await;
    let file = fleet.service.folder().join("jisr-{now}.jisr");
    let made = fleet.service.order(&["backup", file.to_str().unwrap(), "--keep", "3"]).unwrap();
    let file = made["file"].as_str().unwrap().to_owned();
    let backed_up = everything(&fleet).await;
    later(&fleet, &ids).await;
    let (before, figures_before) = (everything(&fleet).await, shown(&fleet, last_night().day).await);
    assert!(changes(&before) >= changes(&backed_up) + 15, "the backup lacks what came later");
    let data = fleet.service.data();
    let data = data.to_str().unwrap();
    assert!(!run("jisr-server", &["restore", &file, "--replace", "--data", data], None).unwrap().status.success());
    fleet.service.kill();

    let refused = run("jisr-server", &["restore", &file, "--data", data], None).unwrap();
    assert_eq!(refused.status.code(), Some(3), "a store is never replaced unasked");
    let restored = fleet.service.order(&["restore", &file, "--replace"]).unwrap();
    assert!(Path::new(restored["aside"].as_str().unwrap()).join("engine").is_dir());
    fleet.service.start_again().unwrap();

    let old = everything(&fleet).await;
    assert_eq!(old, backed_up, "the server holds what the backup held, and no more");
    fleet.vans[1].deliver().await.unwrap();
    fleet.vans[1].deliver().await.unwrap();
    let unit = held_by_server(&fleet, UNITS[0]).await;
    assert_eq!(unit, before.0, "one phone brings back what both of its unit wrote, as if the other were lost");
    fleet.settle().await.unwrap();
    assert_eq!(everything(&fleet).await, before, "every change is back");
    assert_eq!(shown(&fleet, last_night().day).await, figures_before);
    assert_eq!(fleet.service.verify().unwrap()["findings"], json!([]));
    println!("{} changes in the backup, {} before the crash, all back", changes(&backed_up), changes(&before));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_data_folder_put_back_by_hand_is_noticed_and_the_vans_fill_the_gap() {
    let (mut fleet, ids) = evening().await;
    let data = fleet.service.data();
    let copy = fleet.service.folder().join("copy");
    fleet.service.stop().unwrap();
    copy_folder(&data, &copy);
    fleet.service.start_again().unwrap();
    later(&fleet, &ids).await;
    let (before, figures_before) = (everything(&fleet).await, shown(&fleet, last_night().day).await);
    fleet.service.stop().unwrap();

    std::fs::remove_dir_all(&data).unwrap();
    copy_folder(&copy, &data);
    fleet.service.start_again().unwrap();

    assert!(fleet.service.log().unwrap().contains("every log has a new epoch"), "the server says that it noticed");
    assert!(changes(&everything(&fleet).await) < changes(&before));
    fleet.settle().await.unwrap();
    assert_eq!(everything(&fleet).await, before, "every change is back");
    assert_eq!(shown(&fleet, last_night().day).await, figures_before);
    assert_eq!(fleet.service.verify().unwrap()["findings"], json!([]));
}

/// Opens every van again as the app does, syncing by itself: nothing in the test tells it to from here on.
async fn left_to_themselves(fleet: &mut Fleet) {
    for van in &mut fleet.vans {
        van.client.clone().close().await.unwrap();
        van.client = Client::at(van.folder()).auto_sync(Duration::from_millis(100)).open().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_vans_fill_the_gap_of_a_restored_server_without_anybodys_action() {
    let (mut fleet, ids) = evening().await;
    let file = fleet.service.folder().join("yesterday.jisr");
    let file = file.to_str().unwrap().to_owned();
    fleet.service.order(&["backup", &file]).unwrap();
    later(&fleet, &ids).await;
    let (before, figures_before) = (everything(&fleet).await, shown(&fleet, last_night().day).await);
    left_to_themselves(&mut fleet).await;
    fleet.service.kill();

    fleet.service.order(&["restore", &file, "--replace"]).unwrap();
    fleet.service.start_again().unwrap();

    let started = Instant::now();
    while shown(&fleet, last_night().day).await != figures_before || everything(&fleet).await != before {
        assert!(started.elapsed() < Duration::from_secs(60), "the gap is still there: {:?}", everything(&fleet).await);
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    for van in &fleet.vans {
        assert_eq!((van.client.status().waiting, van.client.status().set_aside), (0, 0));
    }
    assert_eq!(fleet.service.verify().unwrap()["findings"], json!([]));
    println!("all is back {:.1?} after the restored server was there", started.elapsed());
}

fn copy_folder(from: &Path, to: &Path) {
    assert!(Command::new("cp").arg("-a").args([from, to]).status().unwrap().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn backups_are_made_checked_and_compacted_around_by_the_commands_an_administrator_types() {
    let (mut fleet, _) = evening().await;
    let file = fleet.service.folder().join("b.jisr");
    let file = file.to_str().unwrap();
    let before = everything(&fleet).await;

    let made = fleet.service.order(&["backup", file]).unwrap();
    let checked = fleet.service.order(&["verify", file]).unwrap();
    let refused = run("jisr-server", &["compact", "--data", fleet.service.data().to_str().unwrap()], None).unwrap();
    fleet.service.stop().unwrap();
    let compacted = fleet.service.order(&["compact"]).unwrap();
    let again = fleet.service.order(&["backup", file]).unwrap();
    fleet.service.start_again().unwrap();

    assert_eq!((&checked["records"], &checked["bytes"]), (&made["records"], &made["bytes"]));
    assert_eq!(again["records"], made["records"], "made of the closed store too");
    assert_eq!(refused.status.code(), Some(4), "a served store is not compacted");
    assert!(compacted["values"].as_u64().unwrap() > 50, "{compacted}");
    assert_eq!(everything(&fleet).await, before);
    assert_eq!(fleet.service.verify().unwrap()["findings"], json!([]));
    let mut bytes = std::fs::read(file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(file, bytes).unwrap();
    let damaged = run("jisr-server", &["verify", file, "--lang", "en"], None).unwrap();
    assert_eq!(damaged.status.code(), Some(5));
    let said = String::from_utf8_lossy(&damaged.stderr).into_owned();
    assert!(said.contains("chunk") && said.contains("Next:"), "{said}");
}
