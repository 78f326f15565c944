//! What is told about people reaches people, and no log.

use std::process::{Command, Stdio};

use jisr_client_sdk::Client;
use jisr_sync_core::codes::{LegalBasis, Sex};
use jisr_sync_core::id::EntryId;
use jisr_sync_core::personal::Personal;
use jisr_sync_core::record::{Alias, Person, Position, Precision, Remark};
use jisr_tests::fleet::Fleet;
use jisr_tests::rogue::{Rogue, Sent};
use jisr_tests::service::Service;
use jisr_tests::van::Van;

use crate::support::{encounter, last_night, scope};

/// Texts and numbers that stand nowhere but in records.
const CANARIES: [&str; 6] =
    ["Zoubida-Canari", "كناري-زبيدة", "note-canari-7731", "lieu-canari-4415", "32.77123", "-6.41357"];

async fn write_canaries(van: &Van) {
    let mut rng = rand::rng();
    let mut person = Person { sex: Some(Sex::Female), ..Person::default() };
    person.aliases.insert(EntryId::random(&mut rng), Alias { text: Some(CANARIES[0].into()) });
    person.aliases.insert(EntryId::random(&mut rng), Alias { text: Some(CANARIES[1].into()) });
    van.add_at(last_night().at(1, 4), Client::persons, person).await.unwrap();
    let mut met = encounter(CANARIES[3]);
    let note = Remark { text: Some(CANARIES[2].into()), ..Remark::default() };
    met.notes.insert(EntryId::random(&mut rng), note);
    met.position = Position::new(32.77123, -6.41357, 5, Precision::Exact).map(Personal::new);
    met.consent_contact = Some(LegalBasis::TallyOnly);
    van.add_at(last_night().at(2, 4), Client::encounters, met).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn names_notes_and_positions_never_reach_the_servers_log() {
    let fleet = Fleet::with(Service::start_logged().unwrap(), &["azilal-1", "azilal-1"]).await.unwrap();
    let van = &fleet.vans[0];
    write_canaries(van).await;

    fleet.cut_at_random(3);
    fleet.settle().await.unwrap();
    let browser = fleet.service.sign_in().await.unwrap();
    browser.day_page(last_night().day).await.unwrap();
    let encounters = van.client.encounters().find(jisr_client_sdk::Query::all()).await.unwrap();
    let page = browser.page(&format!("/records/{}", encounters[0].id)).await.unwrap();
    browser.record(encounters[0].id).await.unwrap();
    let query = format!("/api/v1/activity?day={}&unit={}", last_night().day, CANARIES[0]);
    assert_ne!(browser.get(&query).await.unwrap().status, 200);
    browser.get(&format!("/records/{}", CANARIES[0])).await.unwrap();
    let mut rogue = Rogue::join(&fleet.service, "azilal-1").await.unwrap();
    let bad = Sent { scope: scope("unit/azilal-1"), document: encounters[0].id, change: CANARIES[2].into() };
    rogue.exchange(&[bad]).await.unwrap();

    let log = fleet.service.log().unwrap();
    assert!(page.contains(CANARIES[2]), "a supervisor reads the note");
    assert!(log.lines().count() > 10 && log.contains("exchange"), "the log was kept: {log}");
    for canary in CANARIES {
        assert!(!log.contains(canary), "{canary} stands in the log");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn names_and_notes_given_to_the_field_command_never_reach_its_standard_error() {
    let fleet = Fleet::of(&["azilal-1"]).await.unwrap();
    let folder = fleet.service.folder().join("field");
    let code = fleet.service.code("azilal-1", "field").unwrap();
    let jisr = jisr_tests::processes::program("jisr").unwrap();
    let run = |arguments: &[&str]| {
        let mut command = Command::new(&jisr);
        command.arg("--store").arg(&folder).args(arguments).env("JISR_LOG", "debug");
        let output = command.stdin(Stdio::null()).output().unwrap();
        let complaint = String::from_utf8(output.stderr).unwrap();
        for canary in CANARIES {
            assert!(!complaint.contains(canary), "{arguments:?}: {canary} stands in {complaint}");
        }
        output.status.success()
    };
    assert!(run(&["enrol", &fleet.service.url(), &code]));
    let record = ["record", "--outcome", "engaged", "--observed", "boys=2", "--place-text", CANARIES[3]];
    assert!(run(&[&record[..], &["--note", CANARIES[2]]].concat()));
    assert!(run(&["sync"]));
}
