//! Hostile bytes against both sessions: what is refused, with which status, and that refusing costs little memory.

#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod model;

use ed25519_dalek::SigningKey;
use flate2::{Compress, Compression, FlushCompress};
use jisr_sync_core::id::DocumentId;
use jisr_sync_core::sync::*;
use model::*;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

const UNIT: &str = "unit/azilal-1";

fn rng() -> StdRng {
    StdRng::seed_from_u64(1)
}

fn world() -> (Server, Device) {
    let mut server = Server::new(&[scope(UNIT)], &mut rng());
    let device = Device::new(1);
    server.devices.insert(device.id, device.enrolled(&[scope(UNIT)]));
    (server, device)
}

fn hello(device: &Device) -> RequestMessage {
    let mut session = device.session(&mut rng());
    session.poll_request();
    session.handle_outbox_list(&[], OutboxTotals::default());
    let mut reader = FrameReader::new(StreamLimits { bytes_max: 1 << 20, decompressed_bytes_max: 1 << 20 });
    reader.push(&session.poll_transmit().unwrap()).unwrap();
    let (kind, payload) = reader.next_frame().unwrap().unwrap();
    RequestMessage::from_frame(kind, &payload).unwrap()
}

fn push(device: &Device, n: u8, key: &SigningKey) -> RequestMessage {
    let change = fake_change(&device.actor, &[], &[n; 50]);
    let entry = EnvelopeEntry { scope: scope(UNIT), document: DocumentId::from_bytes([n; 16]), change: change.into() };
    RequestMessage::Push(Envelope::sign(device.id, device.incarnation, vec![entry], key))
}

fn stream(frames: &[(u8, Vec<u8>)]) -> Vec<u8> {
    let mut writer = FrameWriter::new();
    frames.iter().flat_map(|(kind, payload)| writer.write(*kind, payload)).collect()
}

fn messages(messages: &[RequestMessage]) -> Vec<u8> {
    stream(&messages.iter().map(RequestMessage::to_frame).collect::<Vec<_>>())
}

/// A frame's kind and length, without the payload.
fn header(kind: u8, mut length: usize) -> Vec<u8> {
    let mut header = vec![kind];
    while length >= 0x80 {
        header.push((length & 0x7f) as u8 | 0x80);
        length >>= 7;
    }
    header.push(length as u8);
    header
}

/// Raw bytes in the protocol's codec, whatever they are.
fn compressed(raw: &[u8]) -> Vec<u8> {
    let mut deflate = Compress::new(Compression::best(), false);
    let mut out = Vec::with_capacity(raw.len() + 1_000);
    deflate.compress_vec(raw, &mut out, FlushCompress::Sync).unwrap();
    [&[MAGIC, CODEC_DEFLATE_1][..], &out].concat()
}

fn answered(server: &mut Server, request: &[u8]) -> (Status, u32) {
    let answered = server.answer(&[request], None, &mut rng());
    assert!(answered.finished, "every request gets a whole answer");
    (answered.outcome.status, answered.outcome.acknowledged)
}

#[test]
fn frames_out_of_order_are_refused_and_what_came_before_stands() {
    let (mut server, device) = world();
    let (hello, push, done) =
        (hello(&device), push(&device, 1, &device.key), RequestMessage::Done(Done { pushed: 0, left: 0 }));

    assert_eq!(answered(&mut server, &messages(&[push.clone(), hello.clone()])), (Status::WrongOrder, 0));
    assert_eq!(answered(&mut server, &messages(&[done])), (Status::WrongOrder, 0));
    assert_eq!(answered(&mut server, &messages(&[hello.clone(), push, hello])), (Status::WrongOrder, 1));
}

#[test]
fn a_wrong_signature_delivers_nothing_of_what_it_covers() {
    let (mut server, device) = world();
    let stranger = SigningKey::from_bytes(&[77; 32]);
    let forged = Device { key: stranger.clone(), ..device.clone() };
    let good = push(&device, 1, &device.key);

    assert_eq!(answered(&mut server, &messages(&[hello(&forged), good.clone()])), (Status::NotAuthentic, 0));
    let unknown = Device::new(9);
    assert_eq!(answered(&mut server, &messages(&[hello(&unknown), good.clone()])), (Status::NotAuthentic, 0));
    let bad = push(&device, 2, &stranger);
    let request = messages(&[hello(&device), good, bad, push(&device, 3, &device.key)]);
    assert_eq!(answered(&mut server, &request), (Status::EnvelopeNotAuthentic, 1));
    assert_eq!(server.durable.logs[&scope(UNIT)].records.len(), 1);
}

#[test]
fn a_hello_for_another_server_is_not_authentic() {
    let (mut server, device) = world();
    server.config.server = ServerId::from_bytes([0x54; 16]);

    assert_eq!(answered(&mut server, &messages(&[hello(&device)])), (Status::NotAuthentic, 0));
}

#[test]
fn bytes_of_another_protocol_codec_or_kind_are_refused() {
    let (mut server, device) = world();
    let good = messages(&[hello(&device)]);

    assert_eq!(answered(&mut server, b"").0, Status::Malformed);
    assert_eq!(answered(&mut server, b"GET / HTTP/1.1").0, Status::Malformed);
    let mut newer = good.clone();
    newer[1] = 9;
    assert_eq!(answered(&mut server, &newer).0, Status::UpdateRequired);
    assert_eq!(answered(&mut server, &stream(&[(0x7f, vec![])])).0, Status::Malformed);
    assert_eq!(answered(&mut server, &stream(&[(0x01, vec![0xff; 40])])).0, Status::Malformed);
    assert_eq!(answered(&mut server, &compressed(&[1, 0x80, 0x80, 0x80])).0, Status::Malformed);
    assert_eq!(answered(&mut server, &compressed(&[1, 0x80, 0x00])).0, Status::Malformed);
}

#[test]
fn a_request_cut_at_any_byte_or_with_any_bit_flipped_never_stores_what_was_not_signed() {
    let (mut server, device) = world();
    let good = messages(&[hello(&device), push(&device, 1, &device.key), push(&device, 2, &device.key)]);
    let signed: Vec<_> = [1, 2].map(|n| change_hash(&fake_change(&device.actor, &[], &[n; 50]))).to_vec();

    for cut in 0..good.len() {
        answered(&mut server, &good[..cut]);
    }
    let mut rng = rng();
    for bit in 0..good.len() * 8 {
        let mut bad = good.clone();
        bad[bit / 8] ^= 1 << (bit % 8);
        answered(&mut server, &bad);
        let noise: Vec<u8> = (0..rng.random_range(0..200)).map(|_| rng.random()).collect();
        answered(&mut server, &compressed(&noise));
    }

    let log = server.durable.logs[&scope(UNIT)].hashes();
    assert!(log.iter().all(|hash| signed.contains(hash)) && log.len() == 2);
    assert!(server.durable.aside.is_empty());
}

#[test]
fn a_frame_longer_than_its_limit_is_refused_by_its_length_alone() {
    let (mut server, device) = world();

    assert_eq!(answered(&mut server, &compressed(&header(0x01, limits::HELLO_BYTES_MAX + 16_384))).0, Status::TooLarge);
    let (kind, payload) = hello(&device).to_frame();
    let mut raw = [header(kind, payload.len()), payload].concat();
    raw.extend(header(0x02, limits::FRAME_BYTES_MAX + 1));
    assert_eq!(answered(&mut server, &compressed(&raw)).0, Status::TooLarge);
}

#[test]
fn a_request_longer_than_its_limit_is_refused_at_the_limit() {
    let (mut server, device) = world();
    let max = limits::REQUEST_BYTES_MIN + 1_000;
    server.config.request_bytes_max = max;
    let mut request = messages(&[hello(&device), push(&device, 1, &device.key)]);
    assert!(request.len() < max);
    request.resize(max + 1, 0);

    assert_eq!(answered(&mut server, &request).0, Status::TooLarge);
}

#[test]
fn a_decompression_bomb_is_refused_and_never_laid_out_in_memory() {
    let limits = StreamLimits { bytes_max: 1 << 20, decompressed_bytes_max: 1 << 30 };
    let bomb = compressed(&vec![0; 64 << 20]);
    assert!(bomb.len() < 100_000, "64 MiB in {} bytes", bomb.len());
    let mut reader = FrameReader::new(limits);
    reader.push(&bomb).unwrap();
    let mut frames = 0;

    let error = loop {
        match reader.next_frame() {
            Ok(Some((_, payload))) => frames += usize::from(payload.is_empty()),
            Ok(None) => panic!("the whole bomb was taken"),
            Err(error) => break error,
        }
    };

    assert_eq!(error, StreamError::Bomb);
    let taken = frames * 2;
    assert!(taken <= limits::DECOMPRESSED_BYTES_FREE + bomb.len() * limits::DECOMPRESSION_RATIO_MAX, "{taken}");
    assert_eq!(reader.next_frame(), Err(StreamError::Bomb), "it stays refused");
}

#[test]
fn a_stream_that_decompresses_to_more_than_its_limit_is_refused() {
    let mut reader = FrameReader::new(StreamLimits { bytes_max: 1 << 20, decompressed_bytes_max: 100_000 });
    reader.push(&compressed(&vec![0; 200_000])).unwrap();

    let error = std::iter::from_fn(|| match reader.next_frame() {
        Ok(frame) => Some(frame.map(|_| ()).ok_or(StreamError::Damaged)),
        Err(error) => Some(Err(error)),
    });

    let error = error.filter_map(Result::err).next();
    assert_eq!(error, Some(StreamError::DecompressedTooLong { max: 100_000 }));
}

#[test]
fn too_many_changes_in_a_frame_are_refused() {
    let (mut server, device) = world();
    let (kind, one) = push(&device, 1, &device.key).to_frame();
    // An array of four: 16 bytes, 8 bytes, an array of one, 64 bytes.
    let (before, after) = (1 + 17 + 9, one.len() - 66);
    assert_eq!((one[before], &one[after..after + 2]), (0x81, &[0x58, 0x40][..]));
    let [high, low] = (limits::PUSH_ENTRIES_MAX as u16 + 1).to_be_bytes();
    let entries = one[before + 1..after].repeat(limits::PUSH_ENTRIES_MAX + 1);
    let many = [&one[..before], &[0x99, high, low], &entries, &one[after..]].concat();
    let (hello_kind, hello) = hello(&device).to_frame();

    assert_eq!(answered(&mut server, &stream(&[(hello_kind, hello), (kind, many)])), (Status::Malformed, 0));
}

fn told(device: &Device, answer: &[AnswerMessage]) -> (Status, bool) {
    let mut session = device.session(&mut rng());
    device.request(&mut session);
    let mut writer = FrameWriter::new();
    for (kind, payload) in answer.iter().map(AnswerMessage::to_frame) {
        session.handle_bytes(&writer.write(kind, &payload));
    }
    session.handle_end();
    loop {
        match session.poll_event() {
            Some(DeviceEvent::Finished(report)) => return (report.status, report.complete),
            Some(_) => session.handle_stored(),
            None => panic!("an ended answer finishes"),
        }
    }
}

#[test]
fn a_device_refuses_an_answer_that_breaks_the_rules() {
    let mut device = Device::new(1);
    device.write(&scope(UNIT), DocumentId::from_bytes([1; 16]), b"a");
    let cursor = Cursor { epoch: Epoch::from_bytes([1; 8]), number: 5, chain: Chain::from_bytes([1; 8]) };
    device.cursors.insert(scope(UNIT), cursor);
    let at = |status| WelcomeScope { status, epoch: None, resume_after: 0, scope: None };
    let welcome = AnswerMessage::Welcome(Welcome {
        status: Status::Ok,
        server_time: NOW.0,
        scopes: vec![at(ScopeStatus::Behind)],
        app_version_min: None,
        request_bytes_max: None,
        credentials: None,
    });
    let pull = |scope, number| {
        AnswerMessage::Pull(Pull { scope, number, chain: cursor.chain, records: vec![], authors: vec![] })
    };
    let ack = |count, set_aside| AnswerMessage::Ack(Ack { count, set_aside });
    let end = AnswerMessage::End(End { status: Status::Ok, scopes: vec![], retry_after_s: None });
    let aside = vec![SetAside { position: 1, reason: ReasonCode::new("x").unwrap() }];

    assert_eq!(told(&device, &[welcome.clone(), ack(1, vec![]), pull(0, 6), end.clone()]), (Status::Ok, true));
    assert_eq!(told(&device, &[welcome.clone(), ack(1, vec![])]), (Status::Ok, false), "cut");
    assert_eq!(told(&device, &[pull(0, 6)]).0, Status::WrongOrder);
    assert_eq!(told(&device, &[welcome.clone(), welcome.clone()]).0, Status::WrongOrder);
    assert_eq!(told(&device, &[welcome.clone(), ack(2, vec![])]).0, Status::Malformed, "more than was sent");
    assert_eq!(told(&device, &[welcome.clone(), ack(1, aside)]).0, Status::Malformed, "what was not sent");
    assert_eq!(told(&device, &[welcome.clone(), pull(1, 6)]).0, Status::Malformed, "a scope not named");
    let record = PulledRecord {
        kind: LogKind::Change,
        document: DocumentId::from_bytes([1; 16]),
        body: vec![1].into(),
        author: None,
        voucher: None,
    };
    let whole = AnswerMessage::Whole(Whole { scope: 0, records: vec![record], authors: vec![] });
    assert_eq!(told(&device, &[welcome.clone(), whole]).0, Status::Malformed, "a document that was not asked for");
    assert_eq!(told(&device, &[welcome, pull(0, 4)]).0, Status::Malformed, "a cursor that goes back");
}

#[test]
fn records_of_a_scope_that_the_welcome_did_not_grant_are_refused() {
    let mut device = Device::new(1);
    device.cursors.insert(scope(UNIT), Cursor::start(Epoch::from_bytes([1; 8])));
    let welcome = AnswerMessage::Welcome(Welcome {
        status: Status::Ok,
        server_time: NOW.0,
        scopes: vec![WelcomeScope { status: ScopeStatus::NotGranted, epoch: None, resume_after: 0, scope: None }],
        app_version_min: None,
        request_bytes_max: None,
        credentials: None,
    });
    let pull = AnswerMessage::Pull(Pull { scope: 0, number: 1, chain: Chain::START, records: vec![], authors: vec![] });

    assert_eq!(told(&device, &[welcome, pull]).0, Status::Malformed);
}

/// Found by the fuzz target `request_stream`: given whole, a stream that is damaged at its end lost the frames before the
/// damage, which it kept when it came in pieces.
#[test]
fn frames_that_came_whole_before_damage_are_taken_in_however_the_stream_is_cut() {
    let mut writer = FrameWriter::new();
    let mut stream: Vec<u8> = [1, 2, 3].into_iter().flat_map(|kind| writer.write(kind, &[kind; 40])).collect();
    stream.extend([0xff; 8]); // No block of deflate is of that kind.
    let read = |longest: usize| {
        let mut reader = FrameReader::new(StreamLimits { bytes_max: 1 << 20, decompressed_bytes_max: 1 << 20 });
        let mut frames = Vec::new();
        for piece in stream.chunks(longest) {
            reader.push(piece).unwrap();
            loop {
                match reader.next_frame() {
                    Ok(Some((kind, _))) => frames.push(kind),
                    Ok(None) => break,
                    Err(error) => return (frames, Some(error)),
                }
            }
        }
        (frames, None)
    };

    for longest in [1, 7, stream.len()] {
        assert_eq!(read(longest), (vec![1, 2, 3], Some(StreamError::Damaged)), "{longest}");
    }
}

#[test]
fn an_ack_that_sets_one_change_aside_twice_is_malformed_and_settles_nothing() {
    let (_, mut device) = world();
    device.write(&scope(UNIT), DocumentId::from_bytes([1; 16]), b"one");
    let mut session = device.session(&mut rng());
    device.request(&mut session);
    let aside = || SetAside { position: 0, reason: ReasonCode::new(ReasonCode::MISSING_DEPENDENCY).unwrap() };
    let welcome = Welcome {
        status: Status::Ok,
        server_time: NOW.0,
        scopes: Vec::new(),
        app_version_min: None,
        request_bytes_max: None,
        credentials: None,
    };
    let answer =
        [AnswerMessage::Welcome(welcome), AnswerMessage::Ack(Ack { count: 1, set_aside: vec![aside(), aside()] })];

    let bytes = stream(&answer.iter().map(AnswerMessage::to_frame).collect::<Vec<_>>());
    let report = device.take(&mut session, &[&bytes], None).unwrap();

    assert_eq!((report.status, report.set_aside, device.outbox.len()), (Status::Malformed, 0, 1));
}
