//! `docs/PROTOCOL.md` says what the code does: its limits, numbers and example are compared with it.

#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

use std::collections::BTreeMap;
use std::fmt::Write as _;

use ed25519_dalek::SigningKey;
use jisr_sync_core::id::DeviceId;
use jisr_sync_core::sync::limits::*;
use jisr_sync_core::sync::*;

const DOCUMENT: &str = include_str!("../../docs/PROTOCOL.md");
const LIMITS: &str = include_str!("../src/sync/limits.rs");

macro_rules! values {
    ($($name:ident),* $(,)?) => { BTreeMap::from([$((stringify!($name), $name as u64)),*]) };
}

#[test]
fn the_table_of_limits_is_that_of_the_code() {
    let values = values![
        FRAME_BYTES_MAX,
        REQUEST_BYTES_MAX,
        REQUEST_BYTES_MIN,
        REQUEST_DECOMPRESSED_BYTES_MAX,
        ANSWER_BYTES_MAX,
        ANSWER_DECOMPRESSED_BYTES_MAX,
        DECOMPRESSION_RATIO_MAX,
        DECOMPRESSED_BYTES_FREE,
        HELLO_BYTES_MAX,
        CHANGE_BYTES_MAX,
        PUSH_ENTRIES_MAX,
        REQUEST_ENTRIES_MAX,
        OFFER_FINGERPRINTS_MAX,
        DELIVERIES_OPEN_MAX,
        PULL_RECORDS_MAX,
        SCOPES_MAX,
        OLDER_CURSORS_MAX,
        MONTHS_MAX,
        WHOLE_DOCUMENTS_MAX,
        APP_VERSION_BYTES_MAX,
        REASON_BYTES_MAX,
        CLOCK_SKEW_REFUSED_MS,
        CLOCK_SKEW_MARKED_MS,
        NONCE_KEPT_MS,
        REQUEST_TIME_MAX_MS,
        NO_PROGRESS_MS,
        FIRST_FRAME_BYTES_AIM,
        FRAME_BYTES_AIM,
        FRAME_BYTES_AIM_MIN,
        REQUEST_BYTES_AIM,
        ANSWER_BYTES_AIM,
        RETRY_DELAY_MAX_MS,
        RETRY_DELAY_MIN_MS,
        RETRY_AFTER_MAX_MS,
        CERTIFICATE_AGE_MAX_MS,
        CERTIFICATE_RENEWED_AFTER_MS,
        CARRIED_ENVELOPES_MAX,
        CARRIED_BYTES_MAX,
        CARRIED_FROM_ONE_ENVELOPES_MAX,
        CARRIED_FROM_ONE_BYTES_MAX,
        CARRIED_ASKED_MAX,
        CARRY_FILE_BYTES_MAX,
        CARRY_FILE_OPENED_BYTES_MAX,
        VAN_NO_PROGRESS_MS,
        VAN_MEETING_TIME_MAX_MS,
        VAN_BYTES_MAX,
        VAN_DECOMPRESSED_BYTES_MAX,
        VAN_OFFERS_MAX,
        VAN_ENVELOPES_MAX,
        VAN_SHARE_TIME_MAX_MS,
        VAN_TRIES_MAX,
    ];

    for (name, value) in &values {
        assert!(DOCUMENT.contains(&format!("| `{name}` | {value} |")), "{name} is {value}");
    }
    assert_eq!(LIMITS.matches("\npub const ").count(), values.len(), "every limit is in the list above");
}

#[test]
fn every_status_stands_in_the_document_with_its_number() {
    let statuses = (0..=255).map(Status::from_number).filter(|status| status.code() != "unrecognised");
    let scopes = (0..=255).map(ScopeStatus::from_number).filter(|status| status.code() != "unrecognised");
    let lines = statuses.map(|s| (s.number(), s.code())).chain(scopes.map(|s| (s.number(), s.code())));

    for (number, code) in lines {
        assert!(DOCUMENT.contains(&format!("| {number} | `{code}` |")), "{number} is {code}");
    }
}

#[test]
fn every_kind_of_frame_stands_in_the_document_with_its_number() {
    let end = End { status: Status::Ok, scopes: vec![], retry_after_s: None };
    let ack = Ack { count: 0, set_aside: vec![] };
    let pull = Pull { scope: 0, number: 0, chain: Chain::START, records: vec![], authors: vec![] };
    let whole = Whole { scope: 0, records: vec![], authors: vec![] };
    let offer = Offer { scope: "unit/azilal-1".parse().unwrap(), fingerprints: vec![].into() };
    let author = Authorship { device: DeviceId::from_bytes([1; 16]), incarnation: Incarnation::from_bytes([1; 8]) };
    let relay = Relay { author, entries: vec![] };
    let inquiry = Inquiry { fingerprints: vec![].into() };
    let kinds = [
        (RequestMessage::Inquiry(inquiry).to_frame().0, "Inquiry"),
        (AnswerMessage::Fates(Fates::of(0, &[])).to_frame().0, "Fates"),
        (RequestMessage::Done(Done { pushed: 0, left: 0 }).to_frame().0, "Done"),
        (RequestMessage::Hello(example_hello()).to_frame().0, "Hello"),
        (RequestMessage::Offer(offer).to_frame().0, "Offer"),
        (RequestMessage::Relay(relay).to_frame().0, "Relay"),
        (AnswerMessage::Lacking(Lacking::of(0, &[])).to_frame().0, "Lacking"),
        (AnswerMessage::Ack(ack).to_frame().0, "Ack"),
        (AnswerMessage::Pull(pull).to_frame().0, "Pull"),
        (AnswerMessage::Whole(whole).to_frame().0, "Whole"),
        (AnswerMessage::End(end).to_frame().0, "End"),
    ];

    for (kind, name) in kinds {
        assert!(DOCUMENT.contains(&format!("| `{kind:02x}` | {name} |")), "{name} is {kind:02x}");
    }
}

fn example_hello() -> SignedHello {
    let cursor = Cursor { epoch: Epoch::from_bytes([0xee; 8]), number: 5, chain: Chain::from_bytes([0xcc; 8]) };
    let hello = Hello {
        protocol: PROTOCOL_VERSION,
        device: DeviceId::from_bytes([0xdd; 16]),
        incarnation: Incarnation::from_bytes([0x11; 8]),
        boot: 3,
        nonce: Nonce::from_bytes([0x22; 8]),
        clock: 1_795_000_000_000,
        server_clock_offset_ms: -500,
        waiting: 0,
        frame_bytes_aim: 0,
        app_version: "0.1.0".to_owned(),
        scopes: vec![HeldScope::at("unit/azilal-1".parse().unwrap(), Some(cursor))],
        wants_credentials: None,
    };
    hello.sign(&ServerId::from_bytes([0x53; 16]), &SigningKey::from_bytes(&[1; 32]))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[test]
fn the_examples_are_what_the_code_writes() {
    let (_, hello) = RequestMessage::Hello(example_hello()).to_frame();
    let reason = ReasonCode::new(ReasonCode::MISSING_DEPENDENCY).unwrap();
    let ack = AnswerMessage::Ack(Ack { count: 3, set_aside: vec![SetAside { position: 1, reason }] });
    let (_, ack) = ack.to_frame();
    let plain: String = DOCUMENT.split_whitespace().collect();

    assert!(plain.contains(&hex(&hello)), "{}", hex(&hello));
    assert!(plain.contains(&hex(&ack)), "{}", hex(&ack));
}
