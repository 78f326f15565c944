//! Pages and API over real storage: what devices wrote is what readers get, and what is about people reaches no log.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::{Arc, Mutex, OnceLock};

use axum::http::StatusCode;
use jisr_durable_kv::{Kv, MemoryKv};
use jisr_sync_core::codes::{ContactOutcome, ServiceType, Sex, ShiftType, Visibility};
use jisr_sync_core::id::{DocumentId, EntryId};
use jisr_sync_core::personal::Personal;
use jisr_sync_core::record::{Alias, Encounter, Person, Remark, Shift};
use jisr_sync_core::time::UtcOffset;
use serde_json::json;

use super::{Answer, TestServer, Visitor};
use crate::kept::Kept;
use crate::kit_for_tests::{EVENING, Sent, TestDevice, merge_one, over, registry, zone};
use crate::registry::Role;

/// Everything this program's tests log, at every level.
fn log() -> &'static Mutex<Vec<u8>> {
    static LOG: OnceLock<Mutex<Vec<u8>>> = OnceLock::new();
    LOG.get_or_init(|| {
        let subscriber = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(|| Captured);
        tracing::subscriber::set_global_default(subscriber.finish()).unwrap();
        Mutex::default()
    })
}

struct Captured;

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        log().lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

const NAME: &str = "Simo Red-Jacket";
const NOTE: &str = "sleeps behind the bakery";
const PLACE: &str = "Derb Zitoun";

/// One night of unit azilal-1: a tour, an encounter that two phones edited apart, and a person.
struct Night {
    server: TestServer,
    encounter: DocumentId,
    person: DocumentId,
}

fn shift() -> Shift {
    Shift {
        unit: Some("azilal-1".parse().unwrap()),
        operational_day: Some("2026-11-23".parse().unwrap()),
        shift_type: Some(ShiftType::Night),
        started_at: Some(EVENING),
        utc_offset: Some(UtcOffset(0)),
        ..Shift::default()
    }
}

fn encounter(shift: DocumentId) -> Encounter {
    let note = Remark { text: Some(NOTE.into()), by: Some("fz2".parse().unwrap()), at: Some(EVENING) };
    Encounter {
        unit: Some("azilal-1".parse().unwrap()),
        shift: Some(shift),
        occurred_at: Some(EVENING),
        utc_offset: Some(UtcOffset(0)),
        outcome: Some(ContactOutcome::Engaged),
        place_text: Some(PLACE.into()),
        needs: [ServiceType::Shelter].into(),
        notes: BTreeMap::from([(EntryId::from_bytes([1; 4]), note)]),
        ..Encounter::default()
    }
}

fn person() -> Person {
    let alias = Alias { text: Some(Personal::from(NAME)) };
    Person {
        aliases: BTreeMap::from([(EntryId::from_bytes([2; 4]), alias)]),
        sex: Some(Sex::Male),
        visibility: Some(Visibility::Restricted),
        case_owner: Some("azilal-2".parse().unwrap()),
        ..Person::default()
    }
}

fn night() -> Night {
    log();
    let (mut first, mut second) = (TestDevice::new(1), TestDevice::new(2));
    let (tour, tour_sent) = first.create(&shift());
    let (encounter, met) = first.create(&encounter(tour));
    let (person, known) = first.create(&person());
    second.learn(encounter, &first);
    let differs = |device: &mut TestDevice, outcome: ContactOutcome, corner: &str| -> Sent {
        device.edit(encounter, |record: &mut Encounter| {
            record.outcome = Some(outcome);
            record.place_text = Some(Personal::new(format!("{PLACE} {corner}")));
        })
    };
    let here = differs(&mut first, ContactOutcome::Brief, "north");
    let there = differs(&mut second, ContactOutcome::Refused, "south");
    let kv: Arc<dyn Kv> = Arc::new(MemoryKv::new());
    let storage = over(kv.clone());
    merge_one(&storage, &first.delivers(&[tour_sent, met, known, here]));
    merge_one(&storage, &second.delivers(&[there]));

    let mut server = TestServer::start();
    let fleet = registry(&[&first, &second]);
    let (kept, _) = Kept::open(kv, fleet, zone(), Arc::new(|| EVENING), Arc::new(|_| None)).unwrap();
    server.use_records(Arc::new(kept));
    Night { server, encounter, person }
}

async fn api(night: &Night, path: &str, visitor: &Visitor) -> Answer {
    night.server.get(path, Some(visitor)).await
}

#[tokio::test]
async fn what_two_phones_wrote_is_one_day_with_both_values() {
    let night = night();
    let reader = night.server.signed_in(Role::Supervisor, "province/azilal");

    let day = api(&night, "/api/v1/activity?day=2026-11-23", &reader).await;
    let page = night.server.page("/activity/2026-11-23", "en", Some(&reader)).await;

    assert_eq!(day.status, StatusCode::OK, "{}", day.text);
    assert_eq!(day.json()["total"]["encounters"], 1);
    assert_eq!(day.json()["total"]["quality"]["conflicted"], 1);
    assert_eq!(day.json()["completeness"]["state"], "incomplete");
    assert!(page.text.contains("Brief contact") && page.text.contains("Refused contact"));
    assert!(page.text.contains("Placement in a shelter"), "the need");
    assert!(page.text.contains(&format!("/records/{}", night.encounter)));
}

#[tokio::test]
async fn a_record_comes_with_its_fields_conflicts_history_and_day() {
    let night = night();
    let reader = night.server.signed_in(Role::Supervisor, "unit/azilal-1");

    let record = api(&night, &format!("/api/v1/records/{}", night.encounter), &reader).await.json();

    assert_eq!((&record["kind"], &record["scope"]), (&json!("encounter"), &json!("unit/azilal-1")));
    assert_eq!(record["day"], "2026-11-23");
    assert!(record["fields"]["place_text"].as_str().unwrap().starts_with(PLACE));
    assert_eq!(record["conflicts"][0]["field"], "outcome");
    assert_eq!(record["history"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn a_restricted_person_is_there_for_the_unit_that_holds_the_case_only() {
    let night = night();
    let path = format!("/api/v1/records/{}", night.person);
    for (territory, status) in [
        ("unit/azilal-2", StatusCode::OK),
        ("unit/azilal-1", StatusCode::NOT_FOUND),
        ("province/azilal", StatusCode::NOT_FOUND),
        ("region", StatusCode::NOT_FOUND),
    ] {
        let reader = night.server.signed_in(Role::Supervisor, territory);
        assert_eq!(api(&night, &path, &reader).await.status, status, "{territory}");
    }
}

#[tokio::test]
async fn names_notes_and_places_reach_their_readers_and_no_log_line() {
    let night = night();
    let reader = night.server.signed_in(Role::Supervisor, "unit/azilal-2");
    let crew = night.server.signed_in(Role::Supervisor, "unit/azilal-1");

    let person = night.server.page(&format!("/records/{}", night.person), "fr", Some(&reader)).await;
    let met = night.server.page(&format!("/records/{}", night.encounter), "ar", Some(&crew)).await;
    let day =
        night.server.page(&format!("/activity/2026-11-23?unit={NAME}").replace(' ', "+"), "fr", Some(&crew)).await;
    night.server.get(&format!("/{PLACE}?q={NOTE}").replace(' ', "+"), None).await;

    assert!(person.text.contains(NAME));
    assert!(met.text.contains(NOTE) && met.text.contains(PLACE));
    assert_eq!(day.status, StatusCode::BAD_REQUEST);
    let logged = String::from_utf8(log().lock().unwrap().clone()).unwrap();
    assert!(logged.contains("/records/{id}"), "requests are logged");
    for secret in [NAME, NOTE, PLACE, "Simo", "Red-Jacket", "bakery", "Zitoun"] {
        assert!(!logged.contains(secret), "{secret} stands in the log");
    }
}

#[tokio::test]
async fn the_days_page_names_nobody() {
    let night = night();
    let reader = night.server.signed_in(Role::Supervisor, "region");

    let page = night.server.page("/activity/2026-11-23", "fr", Some(&reader)).await.text;

    assert!(page.contains("voir la fiche"), "two places were written, and are read in the record");
    for secret in [NAME, NOTE, PLACE] {
        assert!(!page.contains(secret), "{secret}");
    }
}
