//! The edges of an exchange: empty and overfull lists, small limits, what still waits, who brought it.

#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod model;

use jisr_sync_core::id::DocumentId;
use jisr_sync_core::sync::*;
use model::*;
use rand::SeedableRng;
use rand::rngs::StdRng;

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

fn hello(device: &Device, waiting: u64) -> RequestMessage {
    let mut session = device.session(&mut rng());
    session.poll_request();
    session.handle_outbox_list(&[], waiting);
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
