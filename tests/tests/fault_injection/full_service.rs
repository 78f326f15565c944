//! The disk is full under the whole server, or under a device's command line: what is refused is refused in words,
//! nothing that was kept is lost, and everything goes on once there is room.
//!
//! On disks of their own; needs root, says so and passes where that is not given. That the engine itself survives the
//! end of a disk is shown in `full_disk.rs`: server and device stop writing well before.

use std::io::Write;
use std::process::{Command, Output, Stdio};

use jisr_client_sdk::{Error, Query};
use jisr_sync_core::id::DocumentId;
use jisr_tests::fleet::Fleet;
use jisr_tests::loop_disk::LoopDisk;
use jisr_tests::processes::program;
use jisr_tests::rogue::Rogue;
use jisr_tests::service::{Service, UnitNames};
use jisr_tests::van::Van;
use serde_json::{Value, json};

use crate::night::{encounter, state_of};
use crate::patience;

const UNIT: &str = "azilal-1";
const SERVER_DISK_MEBIBYTES: u64 = 832;
const DEVICE_DISK_MEBIBYTES: u64 = 96;
/// The code with which `jisr` ends when its store cannot be used.
const EXIT_STORE: i32 = 5;

/// Records so many encounters without sending them.
async fn record(van: &Van, count: usize) -> Vec<DocumentId> {
    let mut ids = Vec::new();
    for _ in 0..count {
        ids.push(van.client.encounters().add(encounter()).await.expect("is kept"));
    }
    ids
}

/// Tries to deliver: the server must take nothing, and ask to come back.
async fn is_put_off(van: &Van) {
    let waiting = van.client.status().waiting;
    let answer = van.client.sync_now().await;
    assert!(matches!(answer, Err(Error::RetryAfter(_))), "{answer:?}");
    assert_eq!(van.client.status().waiting, waiting, "everything still waits here");
    assert_eq!(van.client.status().set_aside, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_under_the_server_puts_devices_off_and_loses_nothing() {
    if let Some(reason) = LoopDisk::unavailable() {
        println!("SKIPPED: {reason}");
        return;
    }
    let disk = LoopDisk::new(SERVER_DISK_MEBIBYTES, 5).expect("a disk");
    let service = Service::start_in(disk.path().join("data")).expect("a service");
    let mut fleet = Fleet::with(service, &[UNIT, UNIT]).await.expect("a fleet");
    let mut reader = Rogue::join(&fleet.service, UNIT).await.expect("a reader");
    let browser = fleet.service.sign_in().await.expect("signs in");
    let mut kept = record(&fleet.vans[0], 5).await;
    fleet.vans[0].deliver().await.expect("delivers");

    // Below what the server leaves free; then without a byte.
    for (name, leave) in [("ballast", 400 << 20), ("more-ballast", 0)] {
        disk.fill(name, leave).expect("fills");
        for van in &fleet.vans {
            kept.extend(record(van, 3).await);
            is_put_off(van).await;
        }
        let ready = browser.get("/health/ready").await.expect("answers");
        assert_eq!(ready.status, 507, "{}", ready.body);
        assert!(ready.body.contains("storage-full"), "{}", ready.body);
        assert_eq!(browser.get("/health/live").await.expect("answers").status, 200);
        assert_eq!(browser.get("/api/v1/activity").await.expect("answers").status, 200, "reading goes on");
        let held = state_of(&reader.exchange(&[]).await.expect("reads")).expect("every record once");
        assert_eq!(held.len(), 5, "what was acknowledged is there, and nothing else");
    }
    fleet.service.kill();
    fleet.service.start_again().expect("it starts on the full disk");
    is_put_off(&fleet.vans[1]).await;
    let held = state_of(&reader.exchange(&[]).await.expect("reads")).expect("every record once");
    assert_eq!(held.len(), 5);

    for name in ["ballast", "more-ballast"] {
        std::fs::remove_file(disk.path().join(name)).expect("removes");
    }
    fleet.settle().await.expect("everything is delivered to the same process");
    let held = state_of(&reader.exchange(&[]).await.expect("reads")).expect("every record once");
    kept.sort_unstable();
    assert_eq!(held.keys().copied().collect::<Vec<_>>(), kept);
    let checked = fleet.service.verify().expect("is sound");
    assert_eq!((&checked["documents"], &checked["findings"]), (&json!(kept.len()), &json!([])));
    assert_eq!(browser.get("/health/ready").await.expect("answers").status, 200);
    assert!(disk.path().join("data/store/reserve").exists(), "the reserve is back");
}

/// Runs the field command on the store of `disk`, with this input.
fn jisr(disk: &LoopDisk, arguments: &[&str], input: Option<&str>) -> Output {
    let mut command = Command::new(program("jisr").expect("is built"));
    command.env("JISR_LANG", "en").arg("--store").arg(disk.path().join("store")).args(arguments);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("jisr starts");
    let (mut stdin, input) = (child.stdin.take().expect("is piped"), input.unwrap_or_default().to_owned());
    // Beside reading what it prints; it ends early when the command does.
    let feeding = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = child.wait_with_output().expect("ends");
    let _ = feeding.join().expect("ends");
    output
}

const RECORD: [&str; 7] = ["record", "--outcome", "engaged", "--observed", "boys=2", "--place-text", "Souk"];

/// Checks that a command failed for want of room and said so: what was wrong, what is safe, what to do.
fn was_refused(output: &Output) {
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(EXIT_STORE), "{said}");
    for words in ["The disk is full", "on this device", "Free some space"] {
        assert!(said.contains(words), "{said}");
    }
}

fn ids(output: &Output) -> Vec<DocumentId> {
    let printed = String::from_utf8_lossy(&output.stdout);
    let id = |line: &str| match serde_json::from_str::<Value>(line) {
        Ok(said) => said["id"].as_str().expect("an id").parse(),
        Err(_) => line.parse(),
    };
    printed.lines().map(|line| id(line.trim()).expect("an id")).collect()
}

/// The ids of the encounters in the store, and how many wait.
async fn found(disk: &LoopDisk) -> (Vec<DocumentId>, usize) {
    let client = patience::client(&disk.path().join("store")).await.expect("opens");
    let all = client.encounters().find(Query::all()).await.expect("reads");
    let mut ids: Vec<_> = all.into_iter().map(|stored| stored.id).collect();
    ids.sort_unstable();
    let waiting = client.status().waiting;
    client.close().await.expect("closes");
    (ids, waiting)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_under_the_field_command_is_told_and_loses_nothing() {
    if let Some(reason) = LoopDisk::unavailable() {
        println!("SKIPPED: {reason}");
        return;
    }
    let disk = LoopDisk::new(DEVICE_DISK_MEBIBYTES, 5).expect("a disk");
    let service = Service::start().expect("a service");
    service.add_unit(&UnitNames { id: UNIT, ar: UNIT, fr: UNIT }).expect("a unit");
    let mut reader = Rogue::join(&service, UNIT).await.expect("a reader");
    let code = service.code(UNIT, "tablet").expect("a code");
    assert!(jisr(&disk, &["enrol", &service.url(), &code], None).status.success());
    let mut kept = ids(&jisr(&disk, &RECORD, None));
    assert_eq!(kept.len(), 1);

    // A little above what the device leaves free: it becomes full in the middle of many records.
    disk.fill("ballast", (32 << 20) + (256 << 10)).expect("fills");
    let line = format!("{}\n", json!({ "outcome": "engaged", "observed": { "boys": 2 }, "place_text": "Souk" }));
    let many = jisr(&disk, &["record", "--json", "-"], Some(&line.repeat(2_000)));
    was_refused(&many);
    kept.extend(ids(&many));
    kept.sort_unstable();
    assert!((2..2_000).contains(&kept.len()), "{} were kept before the disk was full", kept.len());
    assert_eq!(found(&disk).await, (kept.clone(), kept.len()), "what was printed is there and waits; nothing else is");

    // Without a byte.
    disk.fill("more-ballast", 0).expect("fills");
    let refused = jisr(&disk, &RECORD, None);
    was_refused(&refused);
    assert!(refused.stdout.is_empty(), "no id is printed for what was not kept");
    let listed = jisr(&disk, &["status", "--json"], None);
    let status: Value = serde_json::from_slice(&listed.stdout).expect("reading goes on");
    assert_eq!(status["waiting"], kept.len());
    // The server takes the records; the device has no room to note that, and sends them again later.
    was_refused(&jisr(&disk, &["sync"], None));
    assert_eq!(found(&disk).await, (kept.clone(), kept.len()));

    for name in ["ballast", "more-ballast"] {
        std::fs::remove_file(disk.path().join(name)).expect("removes");
    }
    kept.extend(ids(&jisr(&disk, &RECORD, None)));
    kept.sort_unstable();
    let synced = jisr(&disk, &["sync"], None);
    assert!(synced.status.success(), "{}", String::from_utf8_lossy(&synced.stderr));
    assert_eq!(found(&disk).await, (kept.clone(), 0));
    let held = state_of(&reader.exchange(&[]).await.expect("reads")).expect("every record once");
    assert_eq!(held.keys().copied().collect::<Vec<_>>(), kept);
}
