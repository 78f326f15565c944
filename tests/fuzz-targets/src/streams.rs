//! Streams of frames out of an input, with the signatures and vouchers that only their owners can make.
//!
//! A fuzzer finds no signature and no way through a compressor by itself. So an input may spell frames as they are
//! before compression, and ask that what stands in them be signed as by the harness's device.

use jisr_sync_core::sync::{
    AnswerMessage, Envelope, FrameReader, FrameWriter, Nonce, Relay, RequestMessage, ServerId, SignedHello,
    StreamLimits, VoucherKey, change_hash, limits,
};

use crate::input::{Draw, as_piece, frames};
use crate::samples::{DEVICE, INCARNATION, NOW, key};

/// Whom a request is made for.
pub struct Receiver {
    /// The server that a Hello is signed for.
    pub server: ServerId,
    /// What it vouches with.
    pub voucher_key: VoucherKey,
}

/// The body of a request. The first byte of an input says how it is spelled: raw, as frames, as frames that are signed
/// anew, or as such after a good Hello.
pub fn request(mut draw: Draw<'_>, hello: &SignedHello, receiver: &Receiver) -> Vec<u8> {
    match draw.byte() % 4 {
        0 => draw.rest().to_vec(),
        1 => compressed(&frames(draw)),
        2 => compressed(&frames(draw).into_iter().map(|frame| signed(frame, receiver)).collect::<Vec<_>>()),
        _ => {
            let mut all = vec![RequestMessage::Hello(hello.clone()).to_frame()];
            all.extend(frames(draw).into_iter().map(|frame| signed(frame, receiver)));
            compressed(&all)
        }
    }
}

/// The body of an answer: raw, or as frames, alone or after `welcome`.
pub fn answer(mut draw: Draw<'_>, welcome: &AnswerMessage) -> Vec<u8> {
    match draw.byte() % 3 {
        0 => draw.rest().to_vec(),
        1 => compressed(&frames(draw)),
        _ => {
            let mut all = vec![welcome.to_frame()];
            all.extend(frames(draw));
            compressed(&all)
        }
    }
}

/// Frames as a stream.
pub fn compressed(frames: &[(u8, Vec<u8>)]) -> Vec<u8> {
    let mut writer = FrameWriter::new();
    frames.iter().flat_map(|(kind, payload)| writer.write(*kind, payload)).collect()
}

/// The frame with good signatures and vouchers, when it is one that bears any.
fn signed((kind, payload): (u8, Vec<u8>), receiver: &Receiver) -> (u8, Vec<u8>) {
    let message = match RequestMessage::from_frame(kind, &payload) {
        Some(RequestMessage::Hello(hello)) => {
            let Some(mut hello) = hello.unverified() else { return (kind, payload) };
            hello.device = DEVICE;
            RequestMessage::Hello(hello.sign(&receiver.server, &key()))
        }
        Some(RequestMessage::Push(envelope)) => {
            RequestMessage::Push(Envelope::sign(DEVICE, envelope.incarnation, envelope.entries, &key()))
        }
        Some(RequestMessage::Relay(relay)) => RequestMessage::Relay(vouched(relay, &receiver.voucher_key)),
        _ => return (kind, payload),
    };
    message.to_frame()
}

fn vouched(mut relay: Relay, voucher_key: &VoucherKey) -> Relay {
    let author = (relay.author.device, relay.author.incarnation);
    for entry in &mut relay.entries {
        entry.voucher = voucher_key.vouch(&entry.document, &change_hash(&entry.change), author).voucher;
    }
    relay
}

/// A good Hello of the harness's device.
pub fn hello(server: &ServerId, scopes: Vec<jisr_sync_core::sync::HeldScope>, nonce: u8) -> SignedHello {
    let hello = jisr_sync_core::sync::Hello {
        protocol: jisr_sync_core::sync::PROTOCOL_VERSION,
        device: DEVICE,
        incarnation: INCARNATION,
        boot: 3,
        nonce: Nonce::from_bytes([nonce; 8]),
        clock: NOW.0,
        server_clock_offset_ms: 0,
        waiting: 3,
        frame_bytes_aim: 0,
        app_version: "0.1.0".to_owned(),
        wants_credentials: None,
        scopes,
    };
    hello.sign(server, &key())
}

/// The frames of a whole stream, as inputs spell them.
pub fn spelled(stream: &[u8]) -> Vec<u8> {
    let mut reader = answer_reader();
    let mut spelled = Vec::new();
    if reader.push(stream).is_ok() {
        while let Ok(Some((kind, payload))) = reader.next_frame() {
            spelled.push(kind);
            spelled.extend(as_piece(&payload));
        }
    }
    spelled
}

/// What a device reads answers with.
pub fn answer_reader() -> FrameReader {
    FrameReader::new(StreamLimits {
        bytes_max: limits::ANSWER_BYTES_MAX,
        decompressed_bytes_max: limits::ANSWER_DECOMPRESSED_BYTES_MAX,
    })
}
