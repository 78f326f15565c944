//! The edges of an exchange: empty and overfull lists, small limits, what still waits, who brought it.

#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod model;

use jisr_sync_core::id::DocumentId;
use jisr_sync_core::sync::*;
use model::*;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

const UNIT: &str = "unit/azilal-1";

fn rng() -> StdRng {
    StdRng::seed_from_u64(1)
}

fn doc(n: u8) -> DocumentId {
    DocumentId::from_bytes([n; 16])
}

/// A server with one scope, and two devices that are granted it.
fn world() -> (Server, Device, Device) {
    let mut server = Server::new(&[scope(UNIT)], &mut rng());
    let (one, two) = (Device::new(1), Device::new(2));
    for device in [&one, &two] {
        server.devices.insert(device.id, device.enrolled(&[scope(UNIT)]));
    }
    (server, one, two)
}

fn hello(device: &Device, records: u64) -> RequestMessage {
    let mut session = device.session(&mut rng());
    session.poll_request();
    session.handle_outbox_list(&[], OutboxTotals { changes: records, records });
    let mut reader = FrameReader::new(StreamLimits { bytes_max: 1 << 20, decompressed_bytes_max: 1 << 20 });
    reader.push(&session.poll_transmit().unwrap()).unwrap();
    let (kind, payload) = reader.next_frame().unwrap().unwrap();
    RequestMessage::from_frame(kind, &payload).unwrap()
}

fn envelope(author: &Device, documents: &[u8]) -> Envelope {
    let entry = |n: &u8| EnvelopeEntry {
        scope: scope(UNIT),
        document: doc(*n),
        change: fake_change(&author.actor, &[], &[*n; 50]).into(),
    };
    Envelope::sign(author.id, author.incarnation, documents.iter().map(entry).collect(), &author.key)
}

fn stream(messages: &[RequestMessage]) -> Vec<u8> {
    let mut writer = FrameWriter::new();
    messages.iter().map(RequestMessage::to_frame).flat_map(|(kind, payload)| writer.write(kind, &payload)).collect()
}

fn outcome(server: &mut Server, messages: &[RequestMessage]) -> ServerOutcome {
    let answered = server.answer(&[&stream(messages)], None, &mut rng());
    assert!(answered.finished, "every request gets a whole answer");
    answered.outcome
}

#[test]
fn an_envelope_without_changes_is_refused_whoever_signed_it_and_what_came_before_stands() {
    let (mut server, one, two) = world();
    for author in [&one, &two] {
        let good = RequestMessage::Push(envelope(&one, &[1]));
        let empty = RequestMessage::Push(envelope(author, &[]));

        let outcome = outcome(&mut server, &[hello(&one, 1), good, empty]);

        assert_eq!((outcome.status, outcome.acknowledged), (Status::Malformed, 1));
    }
}

#[test]
fn of_more_months_than_an_answer_may_have_the_newest_are_told() {
    let (mut server, mut one, _) = world();
    exchange(&mut one, &mut server);
    server.months = (0..600).rev().map(|n| (Month(n), Digest::default())).collect();
    let mut config = one.config(&mut rng());
    config.scopes[0].months = true;
    let mut session = DeviceSession::new(config, one.key.clone());
    let request = one.request(&mut session);

    let answered = server.answer(&[&request], None, &mut rng());
    let report = one.take(&mut session, &[&answered.bytes], None).unwrap();

    assert!(report.complete, "{report:?}");
    let told: Vec<u32> = report.scopes[0].months.iter().map(|(month, _)| month.0).collect();
    assert_eq!(told, (600 - limits::MONTHS_MAX as u32..600).collect::<Vec<_>>());
}

#[test]
fn a_device_with_more_scopes_and_cursors_than_a_hello_may_have_syncs_those_that_fit() {
    let (mut server, mut one, _) = world();
    let cursor = Cursor::start(Epoch::from_bytes([7; 8]));
    let held = |n| HeldScope::at(scope(&format!("unit/azilal-{n}")), Some(cursor));
    let mut config = one.config(&mut rng());
    config.scopes = (1..=limits::SCOPES_MAX + 1).map(held).collect();
    config.scopes[0].older = vec![cursor; limits::OLDER_CURSORS_MAX + 1];
    let mut session = DeviceSession::new(config, one.key.clone());
    let request = one.request(&mut session);

    let answered = server.answer(&[&request], None, &mut rng());
    let report = one.take(&mut session, &[&answered.bytes], None).unwrap();

    assert!(report.complete, "{report:?}");
    assert_eq!(report.scopes.len(), limits::SCOPES_MAX);
}

#[test]
fn a_server_that_is_busy_after_a_part_was_taken_is_not_asked_again_at_once() {
    let (mut server, mut one, _) = world();
    (0..8).for_each(|n| _ = one.write(&scope(UNIT), doc(n), &vec![n; 200_000]));
    let mut device = one.session(&mut rng());
    let mut session = ServerSession::new(server.config.clone());
    session.handle_bytes(&one.request(&mut device));
    session.handle_end();
    let mut taken = 0;
    while let Some(request) = session.poll_request() {
        match request {
            ServerRequest::Deliver(_) if taken == 2 => session.handle_unavailable(30),
            other => {
                taken += usize::from(matches!(other, ServerRequest::Deliver(_)));
                server.serve(&mut session, other);
            }
        }
    }
    let answer: Vec<u8> = std::iter::from_fn(|| session.poll_transmit()).flatten().collect();

    let report = one.take(&mut device, &[&answer], None).unwrap();

    assert_eq!((report.status, report.retry_after_s, report.acknowledged), (Status::Busy, Some(30), 2));
    assert!(!report.more && one.outbox.len() == 6, "{report:?}");
}

#[test]
fn a_document_stops_at_its_first_change_that_cannot_be_sent_and_the_others_go_on() {
    let (mut server, mut one, _) = world();
    let too_long = vec![1; limits::CHANGE_BYTES_MAX + 1];
    let payloads = [(1, &b"before"[..]), (1, &too_long), (2, b"other"), (1, b"after"), (1, b"after, urgent")];
    payloads.iter().for_each(|(n, payload)| _ = one.write(&scope(UNIT), doc(*n), payload));

    let (report, _, _) = exchange(&mut one, &mut server);

    assert_eq!((report.unsendable, report.acknowledged, report.set_aside), (vec![2], 2, 0));
    assert_eq!(one.outbox.keys().copied().collect::<Vec<_>>(), [2, 4, 5]);
    assert!(!report.more, "nothing of it can go now");
}

#[test]
fn a_change_that_turns_out_too_long_when_it_is_read_stops_its_document_too() {
    let (mut server, mut one, _) = world();
    one.write(&scope(UNIT), doc(1), &vec![1; limits::CHANGE_BYTES_MAX + 1]);
    one.write(&scope(UNIT), doc(1), b"after");
    let mut session = one.session(&mut rng());
    session.poll_request();
    let claims: Vec<_> = one.items().into_iter().map(|item| OutboxItem { bytes: 1, ..item }).collect();
    session.handle_outbox_list(&claims, one.totals());
    let request = one.request(&mut session);

    let answered = server.answer(&[&request], None, &mut rng());
    let report = one.take(&mut session, &[&answered.bytes], None).unwrap();

    assert_eq!((report.unsendable, report.sent, one.outbox.len()), (vec![1], 0, 2));
}

#[test]
fn what_still_waits_is_what_the_device_leaves_when_all_of_it_came_and_never_less() {
    let (mut server, one, two) = world();
    let own = RequestMessage::Push(envelope(&one, &[1, 2]));
    let carried = RequestMessage::Push(envelope(&two, &[3, 4, 5]));
    let done = RequestMessage::Done(Done { pushed: 5, left: 3 });

    let whole = outcome(&mut server, &[hello(&one, 5), carried, own.clone(), done.clone()]);
    assert_eq!((whole.waiting, whole.acknowledged, whole.still_waiting), (5, 5, Some(3)));
    let cut = outcome(&mut server, &[hello(&one, 5), own]);
    assert_eq!((cut.cut, cut.still_waiting), (true, Some(5)), "what did not come may wait");

    server.devices.get_mut(&one.id).unwrap().revoked = true;
    let aside = outcome(&mut server, &[hello(&one, 4), RequestMessage::Push(envelope(&one, &[6])), done]);
    assert_eq!(aside.still_waiting, Some(3), "what was set aside has left the outbox");
}

#[test]
fn three_edits_of_one_record_count_as_one_record_that_waits() {
    let (mut server, mut one, _) = world();
    (0..3).for_each(|n| _ = one.write(&scope(UNIT), doc(1), &[n]));
    one.write(&scope(UNIT), doc(2), &vec![1; limits::CHANGE_BYTES_MAX + 1]);
    let mut session = one.session(&mut rng());
    let request = one.request(&mut session);

    let answered = server.answer(&[&request], None, &mut rng());

    assert_eq!((answered.outcome.waiting, answered.outcome.still_waiting), (2, Some(1)));
}

#[test]
fn the_word_of_a_device_that_was_not_welcome_is_not_kept() {
    let (mut server, mut one, _) = world();
    server.refuse_replays = true;
    let welcome = hello(&one, 7);
    assert_eq!(outcome(&mut server, std::slice::from_ref(&welcome)).still_waiting, Some(7));
    assert_eq!(outcome(&mut server, &[welcome]).still_waiting, None, "replayed");
    one.clock.0 -= 3_600_000;
    assert_eq!(outcome(&mut server, &[hello(&one, 7)]).still_waiting, None, "stale");
    assert_eq!(outcome(&mut server, &[hello(&Device::new(9), 7)]).still_waiting, None, "unknown");
    assert_eq!(outcome(&mut server, &[]).still_waiting, None, "nothing said");
}

#[test]
fn the_clock_of_a_carrier_says_nothing_about_what_it_carries() {
    let (mut server, mut one, two) = world();
    one.clock.0 -= 360_000;
    let pushes = [envelope(&one, &[1]), envelope(&two, &[2])].map(RequestMessage::Push);
    let mut session = ServerSession::new(server.config.clone());
    session.handle_bytes(&stream(&[&[hello(&one, 1)][..], &pushes].concat()));
    session.handle_end();
    let mut clocks = Vec::new();
    while let Some(request) = session.poll_request() {
        if let ServerRequest::Deliver(delivery) = &request {
            clocks.push((delivery.proof.device, delivery.clock_suspect, delivery.clock_behind_ms));
        }
        server.serve(&mut session, request);
    }

    assert_eq!(clocks, [(one.id, Some(true), Some(360_000)), (two.id, None, None)]);
}

#[test]
fn a_server_that_is_told_to_take_next_to_nothing_still_takes_the_longest_change() {
    let (mut server, mut one, _) = world();
    server.config.request_bytes_max = 1_000;
    let mut noise = vec![0; limits::CHANGE_BYTES_MAX - 100];
    rng().fill(&mut noise[..]);
    one.write(&scope(UNIT), doc(1), &noise);
    one.write(&scope(UNIT), doc(1), b"after");
    let mut config = one.config(&mut rng());
    config.request_bytes_max = 0;
    let mut session = DeviceSession::new(config, one.key.clone());
    let request = one.request(&mut session);
    assert!(request.len() > limits::CHANGE_BYTES_MAX - 100, "it does not compress");

    let answered = server.answer(&[&request], None, &mut rng());
    let report = one.take(&mut session, &[&answered.bytes], None).unwrap();

    assert_eq!((report.status, report.acknowledged, report.more), (Status::Ok, 1, true));
}

#[test]
fn a_document_that_is_asked_for_comes_whole_own_changes_too_and_no_cursor_moves() {
    let (mut server, mut one, mut two) = world();
    one.write(&scope(UNIT), doc(1), &[1; 40]);
    one.write(&scope(UNIT), doc(2), &[2; 40]);
    exchange(&mut one, &mut server);
    (0..3).for_each(|n| _ = two.write(&scope(UNIT), doc(1), &[n; 20_000]));
    exchange(&mut two, &mut server);
    exchange(&mut one, &mut server);
    let (before, held) = (one.cursors.clone(), one.holds(&scope(UNIT)));
    one.held.clear();
    let mut config = one.config(&mut rng());
    config.scopes[0].whole = Some(Documents { documents: vec![doc(1), doc(9)] });
    let mut session = DeviceSession::new(config, one.key.clone());
    let request = one.request(&mut session);

    let answered = server.answer(&[&request], None, &mut rng());
    let report = one.take(&mut session, &[&answered.bytes], None).unwrap();

    assert!(report.complete && !report.more, "{report:?}");
    assert_eq!((report.pulled, one.cursors), (4, before));
    let of_first: Vec<_> = one.held[&scope(UNIT)].iter().map(|(document, _)| *document).collect();
    assert_eq!(of_first, [doc(1); 4], "in order, and nothing of the other");
    assert!(one.held[&scope(UNIT)].iter().all(|(_, change)| held.contains(&change_hash(change))));
}
