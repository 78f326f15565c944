//! What the tests write down, and how they ask.

use jisr_client_sdk::Client;
use jisr_sync_core::codes::{ContactOutcome, ObservedGroup};
use jisr_sync_core::id::{DocumentId, ScopeId};
use jisr_sync_core::record::Encounter;
use jisr_sync_core::time::{OperationalDay, UnixMillis};
use jisr_tests::clock::VanClock;
use jisr_tests::fleet::Fleet;
use jisr_tests::night::Tour;
use jisr_tests::rogue::Rogue;
use jisr_tests::van::{State, Van};

/// The system's time.
pub fn now() -> UnixMillis {
    jisr_client_sdk::clock::Clock::now(&VanClock::default())
}

pub fn last_night() -> Tour {
    Tour::last_before(now()).unwrap()
}

pub fn day(text: &str) -> OperationalDay {
    text.parse().unwrap()
}

pub fn scope(text: &str) -> ScopeId {
    text.parse().unwrap()
}

/// An encounter that lacks nothing.
pub fn encounter(place: &str) -> Encounter {
    let mut encounter =
        Encounter { outcome: Some(ContactOutcome::Engaged), place_text: Some(place.into()), ..Encounter::default() };
    encounter.observed.insert(ObservedGroup::Boys, 2);
    encounter
}

/// An encounter of last night, written down then.
pub async fn met(van: &Van, place: &str) -> DocumentId {
    van.add_at(last_night().at(1, 2), Client::encounters, encounter(place)).await.unwrap()
}

/// A tour from start to end, all of it written down at its end.
pub async fn toured(van: &Van, tour: Tour) -> DocumentId {
    van.add_at(tour.end, Client::shifts, tour.over()).await.unwrap()
}

/// What the server holds of a unit's scopes, read from its log by a device without a client.
pub async fn held_by_server(fleet: &Fleet, unit: &str) -> State {
    let mut reader = Rogue::join(&fleet.service, unit).await.unwrap();
    let read = reader.exchange(&[]).await.unwrap();
    assert!(read.ended, "the answer came to its end");
    read.state()
}
