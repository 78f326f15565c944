//! What a person is told is true: kept here, on the server, all sent.

use futures_util::StreamExt;
use jisr_client_sdk::transport::faulty::Fault;
use jisr_client_sdk::{Error, Finished, Phase, Query, RecordSync, StripState, strip};
use jisr_sync_core::record::{Encounter, Shift};
use jisr_sync_core::time::UnixMillis;

use crate::support::{Device, URL, encounter, revoked, server};

#[tokio::test]
async fn all_sent_is_said_only_when_every_acknowledgement_is_stored() {
    let server = server();
    let device = Device::new(&server, 1);
    let client = device.enrolled().await;
    client.sync_now().await.unwrap();
    assert_eq!(strip(&client.status()), StripState::AllSent);

    let id = client.encounters().add(encounter("Souk")).await.unwrap();
    assert_eq!(strip(&client.status()), StripState::Waiting(1));
    // The server takes it; its answer is lost.
    device.suffers(Fault::CutAnswerAt(0));
    assert!(matches!(client.sync_now().await, Err(Error::Interrupted)));

    assert_eq!(server.documents(), 1);
    assert_eq!(strip(&client.status()), StripState::NoConnection(1));
    assert_eq!(client.encounters().get(id).await.unwrap().unwrap().sync, RecordSync::OnThisDevice);

    client.sync_now().await.unwrap();
    assert_eq!(strip(&client.status()), StripState::AllSent);
    assert_eq!(client.encounters().get(id).await.unwrap().unwrap().sync, RecordSync::OnServer);
    assert_eq!(server.documents(), 1);
}

#[tokio::test]
async fn the_last_success_and_what_waits_are_known_after_a_restart() {
    let server = server();
    let device = Device::new(&server, 1);
    let client = device.enrolled().await;
    client.sync_now().await.unwrap();
    let id = client.encounters().add(encounter("Souk")).await.unwrap();
    device.suffers(Fault::Unreachable);
    assert!(matches!(client.sync_now().await, Err(Error::Offline)));
    let before = client.status();
    client.close().await.unwrap();

    let again = device.open(1).await;

    assert!(before.last_success.is_some());
    assert_eq!(again.status().last_success, before.last_success);
    assert_eq!(again.status().last_error, before.last_error);
    assert_eq!(again.status().waiting, 1);
    assert_eq!(again.status().phase, Phase::Offline);
    assert!(again.encounters().get(id).await.unwrap().is_some());
}

#[tokio::test]
async fn leaving_with_unsent_work_is_refused_and_loses_nothing() {
    let server = server();
    let client = Device::new(&server, 1).enrolled().await;
    client.encounters().add(encounter("Souk")).await.unwrap();
    client.encounters().draft(Encounter::default()).await.unwrap();

    assert!(matches!(client.log_out().await, Err(Error::Unsent { waiting: 2 })));
    assert_eq!(client.encounters().find(Query::all()).await.unwrap().len(), 2);
    assert!(client.enrolment().unwrap().is_some());

    let draft = client.drafts().unwrap()[0].id;
    client.encounters().discard_draft(draft).await.unwrap();
    client.sync_now().await.unwrap();
    client.log_out().await.unwrap();
    assert!(client.enrolment().unwrap().is_none());
    assert!(client.encounters().find(Query::all()).await.unwrap().is_empty(), "what the service has goes with it");
}

#[tokio::test]
async fn a_draft_stays_here_until_it_lacks_nothing() {
    let server = server();
    let client = Device::new(&server, 1).enrolled().await;
    let id =
        client.encounters().draft(Encounter { place_text: Some("Souk".into()), ..Encounter::default() }).await.unwrap();
    client.sync_now().await.unwrap();
    assert_eq!(server.documents(), 0);

    let missing = client.encounters().finish(id).await.unwrap();
    assert_eq!(missing, Finished::Missing(vec!["outcome", "persons"]));

    client.encounters().update(id, |e: &mut Encounter| *e = encounter("Souk")).await.unwrap();
    assert_eq!(client.encounters().finish(id).await.unwrap(), Finished::Yes);
    client.sync_now().await.unwrap();
    assert_eq!(client.encounters().get(id).await.unwrap().unwrap().sync, RecordSync::OnServer);
    assert_eq!(server.documents(), 1);
}

#[tokio::test]
async fn before_enrolment_records_can_be_kept_as_drafts_only() {
    let server = server();
    let client = Device::new(&server, 1).open(0).await;

    assert!(matches!(client.encounters().add(encounter("Souk")).await, Err(Error::NotEnrolled)));
    assert!(matches!(client.sync_now().await, Err(Error::NotEnrolled)));
    assert!(client.encounters().draft(encounter("Souk")).await.is_ok());
    assert!(matches!(client.enrol(URL, "WRONG").await, Err(Error::CodeRefused)));
}

#[tokio::test]
async fn a_watched_list_gives_its_present_answer_first_and_then_each_new_one() {
    let server = server();
    let client = Device::new(&server, 1).enrolled().await;
    client.encounters().add(encounter("Souk")).await.unwrap();
    let mut list = client.encounters().watch(Query::text("souk"));
    let mut statuses = client.status_changes();
    assert_eq!(list.next().await.unwrap().len(), 1);
    assert_eq!(statuses.next().await.unwrap().waiting, 1);

    client.encounters().add(encounter("Douar")).await.unwrap();
    client.encounters().add(encounter("Souk el Had")).await.unwrap();
    assert_eq!(list.next().await.unwrap().len(), 2);
    assert!(statuses.next().await.unwrap().waiting > 1);

    client.close().await.unwrap();
    assert!(list.next().await.is_none());
}

#[tokio::test(start_paused = true)]
async fn a_change_is_sent_by_itself_and_a_pause_holds_it() {
    let server = server();
    let device = Device::new(&server, 1);
    device.enrolled().await.close().await.unwrap();
    let client = device.builder(1).auto_sync(std::time::Duration::from_secs(60)).open().await.unwrap();
    let mut statuses = client.status_changes();
    client.pause().await.unwrap();
    client.encounters().add(encounter("Souk")).await.unwrap();
    assert_eq!(strip(&client.status()), StripState::Paused(1));
    let before = server.requests();

    client.resume().await.unwrap();
    while strip(&statuses.next().await.unwrap()) != StripState::AllSent {}

    assert!(server.requests() > before);
    assert_eq!(server.documents(), 1);
}

#[tokio::test]
async fn what_is_recorded_after_a_move_is_no_part_of_the_tour_of_the_unit_before() {
    let server = server();
    let client = Device::new(&server, 1).enrolled().await;
    let started = Some(UnixMillis(1_790_000_000_000));
    let tour = client.shifts().add(Shift { started_at: started, ..Shift::default() }).await.unwrap();
    let before = client.encounters().add(encounter("Souk")).await.unwrap();
    revoked(&server, &client).await;
    client.enrol(URL, "MODEL:azilal-2").await.unwrap();

    let after = client.encounters().add(encounter("Gare")).await.unwrap();

    let tour_of = async |id| client.encounters().get(id).await.unwrap().unwrap().value.shift;
    assert_eq!((tour_of(before).await, tour_of(after).await), (Some(tour), None));
    assert!(client.open_shift().await.unwrap().is_none(), "the new unit's tour can begin");
}

#[tokio::test]
async fn a_record_of_the_unit_before_is_gone_after_a_move_or_at_least_named_no_more() {
    let server = server();
    let client = Device::new(&server, 1).enrolled().await;
    let sent = client.encounters().add(encounter("Pont")).await.unwrap();
    client.sync_now().await.unwrap();
    revoked(&server, &client).await;
    let unsent = client.shifts().add(Shift { started_at: Some(UnixMillis(0)), ..Shift::default() }).await.unwrap();
    client.enrol(URL, "MODEL:azilal-2").await.unwrap();

    let naming = Encounter { shift: Some(unsent), ..encounter("Souk") };
    let refused = client.encounters().add(naming.clone()).await;
    let kept = client.encounters().add(encounter("Souk")).await.unwrap();
    let edited = client.encounters().update(kept, move |e: &mut Encounter| e.shift = Some(unsent)).await;

    assert!(matches!(refused, Err(Error::NotGranted(id)) if id == unsent), "{refused:?}");
    assert!(matches!(edited, Err(Error::NotGranted(id)) if id == unsent), "{edited:?}");
    assert!(client.encounters().get(sent).await.unwrap().is_none(), "what the server has goes at once");
    assert_eq!(client.encounters().find(Query::all()).await.unwrap().len(), 1, "what was refused was not kept");
}

#[tokio::test]
async fn of_two_open_tours_of_a_unit_a_device_goes_on_with_its_own() {
    let server = server();
    let (first, second) = (Device::new(&server, 1).enrolled().await, Device::new(&server, 2).enrolled().await);
    let tour = |started| Shift { started_at: Some(UnixMillis(started)), ..Shift::default() };
    let own = first.shifts().add(tour(1_790_000_000_000)).await.unwrap();
    let other = second.shifts().add(tour(1_790_000_600_000)).await.unwrap();
    second.sync_now().await.unwrap();
    first.sync_now().await.unwrap();

    let met = first.encounters().add(encounter("Souk")).await.unwrap();

    assert_eq!(first.encounters().get(met).await.unwrap().unwrap().value.shift, Some(own));
    assert_eq!(first.open_shift().await.unwrap().unwrap().id, own);
    first.shifts().update(own, |shift: &mut Shift| shift.ended_at = Some(UnixMillis(1_790_000_900_000))).await.unwrap();
    assert_eq!(first.open_shift().await.unwrap().unwrap().id, other, "another crew member's, where there is none here");
}
