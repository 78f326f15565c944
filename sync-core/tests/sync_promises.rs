//! The protocol's promises one by one, each in the smallest exchange that shows it.

#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod model;

use jisr_sync_core::id::{DeviceId, DocumentId};
use jisr_sync_core::sync::device::ScopeReport;
use jisr_sync_core::sync::server::{Grant, HelloVerdict, Standing, Verdict};
use jisr_sync_core::sync::*;
use jisr_sync_core::time::UnixMillis;
use model::*;
use rand::SeedableRng;
use rand::rngs::StdRng;

const UNIT: &str = "unit/azilal-1";
const OTHER: &str = "unit/azilal-2";

fn doc(n: u8) -> DocumentId {
    DocumentId::from_bytes([n; 16])
}

/// A server with the two scopes, and two devices that are granted the first.
fn world() -> (Server, Device, Device) {
    let mut server = Server::new(&[scope(UNIT), scope(OTHER)], &mut StdRng::seed_from_u64(1));
    let (one, two) = (Device::new(1), Device::new(2));
    for device in [&one, &two] {
        server.devices.insert(device.id, device.enrolled(&[scope(UNIT)]));
    }
    (server, one, two)
}

fn answer_messages(stream: &[u8]) -> Vec<AnswerMessage> {
    let mut reader = FrameReader::new(StreamLimits { bytes_max: 1 << 24, decompressed_bytes_max: 1 << 24 });
    reader.push(stream).unwrap();
    let next =
        || reader.next_frame().unwrap().map(|(kind, payload)| AnswerMessage::from_frame(kind, &payload).unwrap());
    std::iter::from_fn(next).collect()
}

fn pulled(stream: &[u8]) -> usize {
    let records =
        |message: &AnswerMessage| if let AnswerMessage::Pull(pull) = message { pull.records.len() } else { 0 };
    answer_messages(stream).iter().map(records).sum()
}

fn only_scope(report: &device::Report) -> &ScopeReport {
    assert_eq!(report.scopes.len(), 1);
    &report.scopes[0]
}

#[test]
fn nothing_is_acknowledged_before_storage_said_that_it_is_durable() {
    let (mut server, mut one, _) = world();
    one.write(&scope(UNIT), doc(1), b"a");
    let mut rng = StdRng::seed_from_u64(1);
    let mut device = one.session(&mut rng);
    let mut session = ServerSession::new(server.config.clone());
    session.handle_bytes(&one.request(&mut device));
    session.handle_end();
    let (mut answer, mut delivery) = (Vec::new(), None);
    while let Some(request) = session.poll_request() {
        match request {
            ServerRequest::Deliver(delivered) => delivery = Some(delivered),
            other => server.serve(&mut session, other),
        }
    }
    answer.extend(std::iter::from_fn(|| session.poll_transmit()).flatten());
    assert!(
        matches!(answer_messages(&answer)[..], [AnswerMessage::Welcome(_)]),
        "only the welcome before it is stored"
    );

    session.handle_stored(delivery.unwrap().id, vec![Verdict::Appended]).unwrap();

    answer.extend(std::iter::from_fn(|| session.poll_transmit()).flatten());
    let messages = answer_messages(&answer);
    assert!(matches!(&messages[1..], [AnswerMessage::Ack(Ack { count: 1, .. })]), "{messages:?}");
}

#[test]
fn a_device_hears_nothing_more_until_it_has_stored_what_it_heard() {
    let (mut server, mut one, mut two) = world();
    two.write(&scope(UNIT), doc(2), b"theirs");
    exchange(&mut two, &mut server);
    one.write(&scope(UNIT), doc(1), b"mine");
    let mut rng = StdRng::seed_from_u64(1);
    let mut session = one.session(&mut rng);
    let request = one.request(&mut session);
    session.handle_bytes(&server.answer(&[&request], None, &mut rng).bytes);
    session.handle_end();

    assert!(matches!(session.poll_event(), Some(DeviceEvent::Welcomed(_))));
    assert!(matches!(session.poll_event(), Some(DeviceEvent::StoreAcks(_))));
    assert_eq!(session.poll_event(), None);
    session.handle_stored();
    assert!(matches!(session.poll_event(), Some(DeviceEvent::StorePull(_))));
    assert_eq!(session.poll_event(), None);
    session.handle_stored();
    let Some(DeviceEvent::Finished(report)) = session.poll_event() else { panic!("the end") };
    assert_eq!((report.acknowledged, report.pulled, report.complete), (1, 1, true));
}

#[test]
fn one_round_trip_carries_a_shift_both_ways_with_acknowledgements_before_records() {
    let (mut server, mut one, mut two) = world();
    exchange(&mut one, &mut server);
    for n in 0..60 {
        one.write(&scope(UNIT), doc(n), &[n; 600]);
        two.write(&scope(UNIT), doc(100 + n), &[n; 600]);
    }
    exchange(&mut two, &mut server);

    let (report, _, answer) = exchange(&mut one, &mut server);

    assert_eq!((report.acknowledged, report.pulled, report.more), (60, 60, false));
    let kinds: Vec<u8> = answer_messages(&answer).iter().map(|message| message.to_frame().0).collect();
    assert!(kinds.is_sorted(), "Welcome, Ack, Pull, End: {kinds:x?}");
    assert!(one.outbox.is_empty());
}

#[test]
fn what_a_device_wrote_is_not_sent_back_and_its_cursor_moves_past_it() {
    let (mut server, mut one, _) = world();
    exchange(&mut one, &mut server);
    one.write(&scope(UNIT), doc(1), b"a");

    let (report, _, answer) = exchange(&mut one, &mut server);
    assert_eq!(pulled(&answer), 0);
    assert_eq!(only_scope(&report).cursor, Some(server.durable.logs[&scope(UNIT)].head()));
    assert_eq!(only_scope(&report).digest, Some(server.durable.logs[&scope(UNIT)].digest()));

    one.incarnation = Incarnation::from_bytes([9; 8]);
    one.cursors.clear();
    assert_eq!(pulled(&exchange(&mut one, &mut server).2), 1, "in a new life it is sent like anybody's");
}

/// Found by the simulator: a device that had lost a unit and got it back was never sent what it had written there.
#[test]
fn a_device_that_reads_a_scope_from_nothing_is_sent_what_it_wrote_there_but_not_what_it_has_just_brought() {
    let (mut server, mut one, _) = world();
    one.write(&scope(UNIT), doc(1), b"a");
    assert_eq!(pulled(&exchange(&mut one, &mut server).2), 0, "it has just brought that");

    one.held.clear();
    one.cursors.clear();
    one.write(&scope(UNIT), doc(2), b"b");
    let (report, _, answer) = exchange(&mut one, &mut server);

    assert_eq!((pulled(&answer), report.acknowledged), (1, 1));
    assert_eq!(one.holds(&scope(UNIT)).len(), 2, "all of it is here again");
    assert_eq!(pulled(&exchange(&mut one, &mut server).2), 0, "and from here on nothing of its own");
}

#[test]
fn a_cursor_of_another_chain_is_told_and_the_scope_read_again_without_losing_the_outbox() {
    let (mut server, mut one, mut two) = world();
    two.write(&scope(UNIT), doc(1), b"theirs");
    exchange(&mut two, &mut server);
    exchange(&mut one, &mut server);
    let good = one.cursors[&scope(UNIT)];
    let wrong = [
        Cursor { chain: Chain::from_bytes([9; 8]), ..good },
        Cursor { epoch: Epoch::from_bytes([9; 8]), ..good },
        Cursor { number: 7, ..good },
    ];
    // The chain alone proves what was read, whatever the epoch: nothing is read again then.
    for ((n, cursor), again) in (10..).zip(wrong).zip([1, 0, 1]) {
        one.cursors.insert(scope(UNIT), cursor);
        one.write(&scope(UNIT), doc(n), &[n]);

        let (report, _, answer) = exchange(&mut one, &mut server);

        assert_eq!(only_scope(&report).status, ScopeStatus::Forked);
        assert_eq!(only_scope(&report).cursor, Some(server.durable.logs[&scope(UNIT)].head()));
        assert_eq!((pulled(&answer), report.acknowledged), (again, 1), "all but its own");

        let (asked, request, answer) = exchange(&mut one, &mut server);
        let unseen = one.holds(&scope(UNIT)).len() - again - 1;
        assert_eq!((asked.acknowledged, asked.sent, pulled(&answer)), (unseen, 0, 0), "it is asked about the rest");
        assert!(one.outbox.is_empty() && request.len() < 400, "by fingerprint: {} bytes", request.len());
    }
}

#[test]
fn a_change_delivered_before_the_first_cursor_was_stored_survives_a_restore_of_the_server() {
    let (mut server, mut one, _) = world();
    let before = server.durable.clone();
    one.write(&scope(UNIT), doc(1), b"a");
    let mut rng = StdRng::seed_from_u64(1);
    let mut session = one.session(&mut rng);
    let request = one.request(&mut session);
    let answer = server.answer(&[&request], None, &mut rng).bytes;
    one.take(&mut session, &[&answer], Some(Stop { event: 3, stored: false }));
    assert!(one.outbox.is_empty() && one.cursors.is_empty(), "acknowledged, and no cursor");

    server.restore(before, &mut rng);
    let mut exchanges = 0;
    while exchanges == 0 || !one.outbox.is_empty() {
        exchange(&mut one, &mut server);
        exchanges += 1;
    }

    assert_eq!(server.durable.logs[&scope(UNIT)].hashes(), one.holds(&scope(UNIT)));
    assert_eq!(exchanges, 3, "it reads, asks, sends");
}

#[test]
fn what_the_server_lost_of_another_device_comes_back_under_its_authors_name_and_a_forged_voucher_does_not() {
    let (mut server, mut one, mut two) = world();
    let before = server.durable.clone();
    let lost = two.write(&scope(UNIT), doc(1), b"theirs");
    two.write(&scope(UNIT), doc(2), b"theirs too");
    exchange(&mut two, &mut server);
    exchange(&mut one, &mut server);
    server.restore(before, &mut StdRng::seed_from_u64(5));
    server.devices.remove(&two.id);
    one.vouched.iter_mut().filter(|(hash, _)| **hash != lost).for_each(|(_, forged)| forged.author = one.id);

    (0..3).for_each(|_| _ = exchange(&mut one, &mut server));

    let log = &server.durable.logs[&scope(UNIT)];
    assert_eq!(log.records.iter().map(|record| record.hash).collect::<Vec<_>>(), [lost]);
    assert_eq!(log.records[0].author, Some((two.id, two.incarnation)));
    let unproven = ReasonCode::new(ReasonCode::UNPROVEN).unwrap();
    assert_eq!((one.aside.values().collect::<Vec<_>>(), one.outbox.len()), (vec![&unproven], 0));
}

#[test]
fn a_voucher_that_is_not_good_takes_none_along_that_is() {
    let (mut server, mut one, mut two) = world();
    let before = server.durable.clone();
    let written: Vec<_> = (1..4).map(|n| two.write(&scope(UNIT), doc(n), &[n])).collect();
    exchange(&mut two, &mut server);
    exchange(&mut one, &mut server);
    server.restore(before, &mut StdRng::seed_from_u64(5));
    one.vouched.get_mut(&written[1]).unwrap().voucher = Voucher::from_bytes([0; 8]);

    (0..3).for_each(|_| _ = exchange(&mut one, &mut server));

    let log = server.durable.logs[&scope(UNIT)].hashes();
    assert!(log.contains(&written[0]) && !log.contains(&written[1]) && log.contains(&written[2]));
    assert_eq!(one.aside.keys().collect::<Vec<_>>(), [&written[1]]);
}

#[test]
fn a_request_that_asks_about_too_much_or_nothing_is_refused() {
    for (asked, status) in [(0, Status::Malformed), (limits::REQUEST_ENTRIES_MAX + 1, Status::TooLarge)] {
        let (mut server, one, _) = world();
        let mut session = ServerSession::new(server.config.clone());
        let mut device = one.session(&mut StdRng::seed_from_u64(1));
        device.poll_request();
        device.handle_outbox_list(&[], OutboxTotals::default());
        session.handle_bytes(&device.poll_transmit().unwrap());
        let mut writer = Continued::after_hello(&one);
        for part in
            vec![0_u8; asked * 12].chunks(limits::OFFER_FINGERPRINTS_MAX * 12).chain((asked == 0).then_some(&[][..]))
        {
            let offer = Offer { scope: scope(UNIT), fingerprints: part.to_vec().into() };
            let (kind, payload) = RequestMessage::Offer(offer).to_frame();
            session.handle_bytes(&writer.0.write(kind, &payload));
        }
        session.handle_end();
        while let Some(request) = session.poll_request() {
            server.serve(&mut session, request);
        }

        assert_eq!(session.outcome().status, status, "{asked}");
    }
}

#[test]
fn a_change_without_its_dependency_or_under_a_foreign_actor_is_set_aside_and_blocks_nothing() {
    let (mut server, mut one, mut two) = world();
    two.write(&scope(UNIT), doc(2), b"two");
    exchange(&mut two, &mut server);
    exchange(&mut one, &mut server);
    one.write(&scope(UNIT), doc(1), b"lost");
    let orphan = one.write(&scope(UNIT), doc(1), b"orphan");
    one.outbox.pop_first();
    let mut forged = Device { actor: two.actor, ..one.clone() };
    let foreign = forged.write(&scope(UNIT), doc(3), b"forged");
    let not_granted = forged.write(&scope(OTHER), doc(4), b"elsewhere");
    let good = {
        forged.actor = one.actor;
        forged.write(&scope(UNIT), doc(5), b"good")
    };

    let (report, _, _) = exchange(&mut forged, &mut server);

    assert_eq!((report.acknowledged, report.set_aside), (4, 3));
    let reason = |hash| forged.aside[hash].as_str();
    assert_eq!(reason(&orphan), ReasonCode::MISSING_DEPENDENCY);
    assert_eq!(reason(&foreign), ReasonCode::FOREIGN_ACTOR);
    assert_eq!(reason(&not_granted), ReasonCode::NOT_GRANTED);
    assert!(forged.delivered.contains(&good) && forged.outbox.is_empty());
    assert_eq!(server.durable.aside.len(), 3, "with their bytes");
}

#[test]
fn a_revoked_device_may_deliver_what_is_kept_aside_and_receives_nothing() {
    let (mut server, mut one, mut two) = world();
    two.write(&scope(UNIT), doc(2), b"theirs");
    exchange(&mut two, &mut server);
    server.devices.get_mut(&one.id).unwrap().revoked = true;
    let hash = one.write(&scope(UNIT), doc(1), b"a");

    let (report, _, answer) = exchange(&mut one, &mut server);

    assert_eq!(report.status, Status::Revoked);
    assert_eq!((report.scopes.len(), pulled(&answer)), (0, 0));
    assert_eq!(one.aside[&hash].as_str(), ReasonCode::REVOKED);
    assert!(server.durable.aside.contains_key(&hash) && one.outbox.is_empty());
}

#[test]
fn a_scope_taken_away_is_told_and_a_scope_newly_granted_is_read_from_the_start() {
    let (mut server, mut one, mut two) = world();
    exchange(&mut one, &mut server);
    two.write(&scope(UNIT), doc(2), b"after");
    exchange(&mut two, &mut server);
    server.devices.get_mut(&two.id).unwrap().scopes = vec![scope(OTHER)];
    two.write(&scope(OTHER), doc(3), b"other");
    exchange(&mut two, &mut server);
    server.devices.get_mut(&one.id).unwrap().scopes = vec![scope(OTHER)];

    let (report, _, answer) = exchange(&mut one, &mut server);

    let statuses: Vec<_> = report.scopes.iter().map(|at| (at.scope.to_string(), at.status)).collect();
    assert_eq!(statuses, [(UNIT.to_owned(), ScopeStatus::NotGranted), (OTHER.to_owned(), ScopeStatus::New)]);
    assert_eq!(pulled(&answer), 1);
    assert_eq!(one.holds(&scope(OTHER)), server.durable.logs[&scope(OTHER)].hashes());
    assert!(one.holds(&scope(UNIT)).is_empty());
}

#[test]
fn a_wrong_clock_costs_one_round_trip_and_is_marked() {
    let (mut server, mut one, _) = world();
    one.clock = UnixMillis(NOW.0 - 2 * 24 * 3_600_000);
    one.write(&scope(UNIT), doc(1), b"a");

    let (refused, _, _) = exchange(&mut one, &mut server);
    assert_eq!((refused.status, one.outbox.len(), one.offset), (Status::ClockWrong, 1, 2 * 24 * 3_600_000));

    let mut rng = StdRng::seed_from_u64(1);
    let mut device = one.session(&mut rng);
    let mut session = ServerSession::new(server.config.clone());
    session.handle_bytes(&one.request(&mut device));
    let mut marked = None;
    while let Some(request) = session.poll_request() {
        if let ServerRequest::Deliver(delivery) = &request {
            marked = Some((delivery.clock_suspect, delivery.clock_behind_ms));
        }
        server.serve(&mut session, request);
    }
    assert_eq!(marked, Some((Some(true), Some(2 * 24 * 3_600_000))));
}

#[test]
fn a_replayed_hello_and_a_copied_device_deliver_and_receive_nothing() {
    let (mut server, mut one, _) = world();
    server.refuse_replays = true;
    one.write(&scope(UNIT), doc(1), b"a");
    let mut rng = StdRng::seed_from_u64(1);
    let request = one.request(&mut one.session(&mut rng));
    let statuses = |bytes: &[u8]| match &answer_messages(bytes)[..] {
        [AnswerMessage::Welcome(welcome), AnswerMessage::End(end)] => {
            (welcome.status, end.status, welcome.scopes.len())
        }
        other => panic!("{other:?}"),
    };

    server.answer(&[&request], None, &mut rng);
    let again = server.answer(&[&request], None, &mut rng);
    assert_eq!(statuses(&again.bytes), (Status::Replayed, Status::Replayed, 0));

    let mut session = ServerSession::new(server.config.clone());
    session.handle_bytes(&request);
    while let Some(request) = session.poll_request() {
        match request {
            ServerRequest::Authorize(_) => session.handle_grant(&Grant::refused(HelloVerdict::Copied)),
            ServerRequest::Deliver(_) => panic!("a copy must not deliver under its old life"),
            other => server.serve(&mut session, other),
        }
    }
    let bytes: Vec<u8> = std::iter::from_fn(|| session.poll_transmit()).flatten().collect();
    assert_eq!(statuses(&bytes), (Status::Copied, Status::Copied, 0));
}

#[test]
fn a_device_of_another_protocol_version_is_asked_to_update_and_still_delivers() {
    let (mut server, mut one, mut two) = world();
    two.write(&scope(UNIT), doc(2), b"theirs");
    exchange(&mut two, &mut server);
    let change = fake_change(&one.actor, &[], b"old");
    let hello = Hello {
        protocol: PROTOCOL_VERSION + 1,
        device: one.id,
        incarnation: one.incarnation,
        boot: 1,
        nonce: Nonce::from_bytes([5; 8]),
        clock: NOW.0,
        server_clock_offset_ms: 0,
        waiting: 1,
        frame_bytes_aim: 0,
        app_version: "9.0".to_owned(),
        scopes: vec![HeldScope::at(scope(UNIT), None)],
        wants_credentials: None,
    };
    let entry = EnvelopeEntry { scope: scope(UNIT), document: doc(1), change: change.clone().into() };
    let envelope = Envelope::sign(one.id, one.incarnation, vec![entry], &one.key);
    let messages = [
        RequestMessage::Hello(hello.sign(&SERVER, &one.key)),
        RequestMessage::Push(envelope),
        RequestMessage::Done(Done { pushed: 1, left: 0 }),
    ];
    let mut writer = FrameWriter::new();
    let request: Vec<u8> =
        messages.iter().map(RequestMessage::to_frame).flat_map(|(k, p)| writer.write(k, &p)).collect();

    let answer = server.answer(&[&request], None, &mut StdRng::seed_from_u64(1)).bytes;

    let answer = answer_messages(&answer);
    assert!(matches!(&answer[0], AnswerMessage::Welcome(welcome) if welcome.status == Status::UpdateRequired));
    assert!(matches!(&answer[1..], [AnswerMessage::Ack(Ack { count: 1, .. }), AnswerMessage::End(_)]), "{answer:?}");
    assert!(server.durable.logs[&scope(UNIT)].hashes().contains(&change_hash(&change)));
    one.outbox.clear();
}

#[test]
fn a_change_too_long_to_send_is_reported_and_the_rest_goes() {
    let (mut server, mut one, _) = world();
    one.write(&scope(UNIT), doc(1), &vec![1; limits::CHANGE_BYTES_MAX + 1]);
    one.write(&scope(UNIT), doc(2), b"fits");
    one.write(&scope(UNIT), doc(3), &vec![1; limits::CHANGE_BYTES_MAX - 25]);

    let (report, _, _) = exchange(&mut one, &mut server);

    assert_eq!((report.unsendable, report.acknowledged, one.outbox.len()), (vec![1], 2, 1));
}

#[test]
fn an_envelope_carried_by_another_device_keeps_its_author_and_an_unproven_one_is_only_set_aside() {
    let (mut server, one, two) = world();
    let entry = |n| EnvelopeEntry { scope: scope(UNIT), document: doc(n), change: vec![n; 60].into() };
    let carried = Envelope::sign(two.id, two.incarnation, vec![entry(1)], &two.key);
    let forged = Envelope::sign(two.id, two.incarnation, vec![entry(2)], &one.key);
    let stranger = Envelope::sign(DeviceId::from_bytes([99; 16]), two.incarnation, vec![entry(3)], &one.key);
    let mut session = ServerSession::new(server.config.clone());
    let mut device = one.session(&mut StdRng::seed_from_u64(1));
    device.poll_request();
    device.handle_outbox_list(&[], OutboxTotals::default());
    session.handle_bytes(&device.poll_transmit().unwrap());
    while let Some(request) = session.poll_request() {
        server.serve(&mut session, request);
    }
    let mut writer = Continued::after_hello(&one);
    [carried, forged, stranger].into_iter().for_each(|e| session.handle_bytes(&writer.push(e)));

    let mut seen = Vec::new();
    while let Some(request) = session.poll_request() {
        let ServerRequest::Deliver(delivery) = request else {
            server.serve(&mut session, request);
            continue;
        };
        seen.push((delivery.proof.device, delivery.relayed_by, delivery.standing));
        let refused = session.handle_stored(delivery.id, vec![Verdict::Appended]);
        assert_eq!(refused.is_err(), !delivery.standing.is_proven());
    }

    let by = Some(one.id);
    let stranger = (DeviceId::from_bytes([99; 16]), by, Standing::UnknownDevice);
    assert_eq!(seen, [(two.id, by, Standing::Signed), (two.id, by, Standing::Unproven), stranger]);
}

/// A stream that goes on where a device's Hello ended.
struct Continued(FrameWriter);

impl Continued {
    fn after_hello(device: &Device) -> Self {
        let mut session = device.session(&mut StdRng::seed_from_u64(1));
        session.poll_request();
        session.handle_outbox_list(&[], OutboxTotals::default());
        let mut reader = FrameReader::new(StreamLimits { bytes_max: 1 << 20, decompressed_bytes_max: 1 << 20 });
        reader.push(&session.poll_transmit().unwrap()).unwrap();
        let (kind, payload) = reader.next_frame().unwrap().unwrap();
        let mut writer = FrameWriter::new();
        writer.write(kind, &payload);
        Self(writer)
    }

    fn push(&mut self, envelope: Envelope) -> Vec<u8> {
        let (kind, payload) = RequestMessage::Push(envelope).to_frame();
        self.0.write(kind, &payload)
    }
}

#[test]
fn an_outbox_larger_than_a_request_goes_in_several_and_a_refused_one_asks_for_no_hurry() {
    let (mut server, mut one, _) = world();
    for n in 0..8 {
        one.write(&scope(UNIT), doc(n), &vec![n; 200_000]);
    }

    let (first, _, _) = exchange(&mut one, &mut server);
    assert!(first.more && first.acknowledged > 0 && !one.outbox.is_empty(), "{first:?}");
    let (second, _, _) = exchange(&mut one, &mut server);
    assert!(!second.more && one.outbox.is_empty(), "{second:?}");

    (0..8).for_each(|n| _ = one.write(&scope(UNIT), doc(n), &vec![n; 200_000]));
    one.key = ed25519_dalek::SigningKey::from_bytes(&[99; 32]);
    let (refused, _, _) = exchange(&mut one, &mut server);
    assert_eq!((refused.status, refused.more, one.outbox.len()), (Status::NotAuthentic, false, 8));
}

#[test]
fn storage_that_cannot_take_a_delivery_leaves_it_in_the_outbox_and_says_when_to_come_back() {
    let (mut server, mut one, _) = world();
    one.write(&scope(UNIT), doc(1), b"a");
    let mut device = one.session(&mut StdRng::seed_from_u64(1));
    let mut session = ServerSession::new(server.config.clone());
    session.handle_bytes(&one.request(&mut device));
    session.handle_end();
    while let Some(request) = session.poll_request() {
        match request {
            ServerRequest::Deliver(_) => session.handle_unavailable(30),
            other => server.serve(&mut session, other),
        }
    }
    let answer: Vec<u8> = std::iter::from_fn(|| session.poll_transmit()).flatten().collect();

    let report = one.take(&mut device, &[&answer], None).unwrap();

    assert_eq!((report.status, report.retry_after_s, report.acknowledged), (Status::Busy, Some(30), 0));
    assert_eq!(one.outbox.len(), 1);
}
