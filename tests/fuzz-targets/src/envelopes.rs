//! Signed envelopes, their proofs, and signed Hellos: what reads is written back, and nothing verifies that its owner
//! did not sign.

use std::sync::OnceLock;

use jisr_sync_core::sync::{Envelope, EnvelopeEntry, Proof, RequestMessage};

use crate::input::Draw;
use crate::meter::within;
use crate::samples::{DEVICE, INCARNATION, SERVER, key, outgoing, voucher_key};
use crate::streams::hello;

/// What reading may hold for each byte that is read, and in any case.
const BYTES_PER_BYTE_MAX: usize = 64;
const BYTES_MAX: usize = 64 * 1024;

/// The kind of a Hello's frame.
const HELLO: u8 = 1;

/// Bytes as an envelope, as a proof, and as a Hello.
pub fn envelope(input: &[u8]) {
    let mut draw = Draw::new(input);
    let how = draw.byte();
    let bytes = draw.rest();
    signed();
    within(BYTES_MAX + BYTES_PER_BYTE_MAX * bytes.len(), || match how % 3 {
        0 => as_envelope(bytes),
        1 => as_proof(bytes),
        _ => as_hello(bytes),
    });
}

/// The one envelope that the harness's device signed.
pub fn signed() -> &'static Envelope {
    static SIGNED: OnceLock<Envelope> = OnceLock::new();
    SIGNED.get_or_init(sign)
}

fn sign() -> Envelope {
    let entry = |(scope, document, change): (_, _, jisr_sync_core::change::RawChange)| EnvelopeEntry {
        scope,
        document,
        change: change.bytes().to_vec().into(),
    };
    Envelope::sign(DEVICE, INCARNATION, outgoing().iter().cloned().map(entry).collect(), &key())
}

fn as_envelope(bytes: &[u8]) {
    let Some(envelope) = Envelope::from_bytes(bytes) else { return };
    assert_eq!(Envelope::from_bytes(&envelope.to_bytes()).as_ref(), Some(&envelope));
    let kept = Proof::from_bytes(&envelope.proof().to_bytes()).expect("a proof is read back");
    let verifies = envelope.verify(&key().verifying_key());
    assert_eq!(verifies, kept.verify(&key().verifying_key()), "the proof without bodies proves the same");
    // A change's first eight bytes, a fixed word and a checksum, are outside its hash and so outside the signature: the gate
    // compares them.
    assert!(!verifies || envelope.proof() == signed().proof(), "what nobody signed verifies");

    let again = Envelope::sign(envelope.device, envelope.incarnation, envelope.entries, &key());
    assert!(again.verify(&key().verifying_key()) && again.proof().verify(&key().verifying_key()));
}

fn as_proof(bytes: &[u8]) {
    let Some(proof) = Proof::from_bytes(bytes) else { return };
    assert_eq!(Proof::from_bytes(&proof.to_bytes()).as_ref(), Some(&proof));
    assert!(!proof.verify(&key().verifying_key()) || proof == signed().proof(), "what nobody signed verifies");
    for entry in &proof.entries {
        let author = (proof.device, proof.incarnation);
        let vouched = voucher_key().vouch(&entry.document, &entry.hash, author);
        assert!(voucher_key().verify(&entry.document, &entry.hash, &vouched));
    }
}

fn as_hello(bytes: &[u8]) {
    let Some(RequestMessage::Hello(signed)) = RequestMessage::from_frame(HELLO, bytes) else { return };
    let message = RequestMessage::Hello(signed.clone());
    let (kind, written) = message.to_frame();
    assert_eq!(RequestMessage::from_frame(kind, &written), Some(message));
    if signed.verify(&SERVER, &key().verifying_key()).is_some() {
        let honest = hello(&SERVER, Vec::new(), 7);
        assert_eq!(signed, honest, "what nobody signed verifies");
    }
    let Some(hello) = signed.unverified() else { return };
    let again = hello.sign(&SERVER, &key());
    assert_eq!(again.verify(&SERVER, &key().verifying_key()), Some(hello), "what is signed verifies");
}
