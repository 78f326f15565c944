//! A meeting of two devices, the other of which says anything: before the handshake, and after it inside the channel.
//!
//! Whatever is said, the meeting ends in time, and the device changes by nothing but what a device of the service
//! signed. Time is the runtime's: where nothing more comes it goes on by itself, so that a hang is one that is real.

use std::collections::BTreeSet;
use std::future::pending;
use std::sync::OnceLock;
use std::time::Duration;

use jisr_client_sdk::Error;
use jisr_client_sdk::testing::{Caller, meet};
use jisr_client_sdk::van::{VanCode, VanReport};
use jisr_sync_core::sync::{Bring, Card, Envelope, FrameWriter, PeerMessage, PeerRole, limits};
use rand::SeedableRng;
use rand::rngs::StdRng;
use tokio::io::{AsyncWriteExt, DuplexStream, duplex};
use tokio::runtime::Runtime;
use tokio::time::Instant;

use crate::devices::{Device, Holdings};
use crate::input::{Draw, frames, pieces};
use crate::meter::within;
use crate::samples::SERVER;

/// What a device may hold in a meeting on its own thread: what an input of some kilobytes decompresses to, with copies.
const MEMORY_MAX: usize = 16 * limits::FRAME_BYTES_MAX;

/// How much is under way at once.
const UNDER_WAY_BYTES: usize = 64 * 1024;

/// What an input's first byte asks for, bit by bit.
pub mod ask {
    /// The device joins; without it, it listens.
    pub const JOINS: u8 = 1;
    /// What is said is inside an open channel; without it, it stands before any handshake.
    pub const INSIDE: u8 = 2;
    /// What is said inside is spelled as frames; without it, it is their stream as it is.
    pub const FRAMES: u8 = 4;
    /// Cards are signed for this channel, and one comes first; the caller is a device of the service.
    pub const INTRODUCED: u8 = 8;
    /// Envelopes are signed anew by that device; without it, they come as they are spelled.
    pub const SIGNED: u8 = 16;
    /// The connection ends behind what is said; without it, the caller falls silent.
    pub const HANGS_UP: u8 = 32;
    /// What is said comes in many small records.
    pub const IN_PIECES: u8 = 64;
}

/// A meeting with a caller that says what the input spells.
pub fn van_stream(input: &[u8]) {
    let mut draw = Draw::new(input);
    let asked = draw.byte();
    let (device, caller) = (device(), &caller_and_author().0);
    let before = device.holdings();
    let (met, took) = within(MEMORY_MAX, || {
        runtime().block_on(async {
            let start = Instant::now();
            (play(&device, caller, asked, draw).await, start.elapsed())
        })
    });

    // All is said at once: time goes on only where the device waits for more.
    assert!(took <= 2 * Duration::from_millis(limits::VAN_NO_PROGRESS_MS), "a meeting goes on for {took:?}");
    // A panic off the device's own thread comes to light so.
    assert!(!matches!(met, Err(Error::Store(_))), "the store fails: {met:?}");
    let after = device.holdings();
    assert_eq!(after, device.holdings_on_disk(), "what is shown is what is kept");
    if asked & ask::INSIDE == 0 || asked & ask::INTRODUCED == 0 {
        assert!(met.is_err(), "a meeting with nobody ends well");
        assert_eq!(before, after, "somebody who proved nothing changed something");
    }
    check_signed(&before, &after);
}

/// The device that is called: it has met two people.
pub fn device() -> Device {
    Device::new(1, SERVER, [9; 32], 2)
}

/// A device of the same service: it has met three people, and carries what a third device wrote.
pub fn caller() -> Device {
    let (caller, author) = (Device::new(2, SERVER, [9; 32], 3), author());
    caller.local.carry(author.id(), &author.certificate(), &author.signed_work()).expect("it is carried");
    caller
}

/// The caller and the author of what it carries, made once: being called by them changes neither.
fn caller_and_author() -> &'static (Device, Device) {
    static BOTH: OnceLock<(Device, Device)> = OnceLock::new();
    BOTH.get_or_init(|| (caller(), author()))
}

fn author() -> Device {
    Device::new(3, SERVER, [9; 32], 1)
}

/// The code of every meeting.
pub fn code() -> VanCode {
    VanCode::random(&mut StdRng::seed_from_u64(9))
}

/// Whoever waits on this runtime waits no longer than it takes to see that nothing comes.
pub fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build();
        runtime.expect("the system gives a runtime")
    })
}

/// What changed is signed: own work stays as it is, and what is new is carried in an envelope that its author signed.
fn check_signed(before: &Holdings, after: &Holdings) {
    let (caller, author) = caller_and_author();
    for envelope in &after.carried {
        let author = [caller, author].into_iter().find(|author| author.id() == envelope.device);
        let proven = author.is_some_and(|author| envelope.verify(&author.key().verifying_key()));
        assert!(proven, "an envelope is carried that no device of the service signed");
    }
    assert_eq!(before.waiting, after.waiting, "a meeting changed what waits");
    let entries = after.carried.iter().flat_map(|envelope| &envelope.entries);
    let carried: BTreeSet<_> = entries.map(|entry| entry.document).collect();
    let mut changed = after.encounters.iter().filter(|(id, shown)| before.encounters.get(*id) != Some(*shown));
    assert!(changed.all(|(id, _)| carried.contains(id)), "a record changed that nobody signed for");
    assert!(before.encounters.keys().all(|id| after.encounters.contains_key(id)), "a record is gone");
}

async fn play(device: &Device, caller: &Device, asked: u8, draw: Draw<'_>) -> Result<VanReport, Error> {
    let role = if asked & ask::JOINS == 0 { PeerRole::Listens } else { PeerRole::Joins };
    let (here, there) = duplex(UNDER_WAY_BYTES);
    let calling = async {
        if asked & ask::INSIDE == 0 {
            call_outside(there, asked, draw).await;
        } else {
            call_inside(there, opposite(role), caller, asked, draw).await;
        }
        pending::<()>().await;
    };
    let code = code();
    tokio::select! {
        met = meet(&device.local, here, role, &code) => met,
        () = calling => unreachable!("the caller never ends by itself"),
    }
}

/// The other end of a channel.
pub const fn opposite(role: PeerRole) -> PeerRole {
    match role {
        PeerRole::Joins => PeerRole::Listens,
        PeerRole::Listens => PeerRole::Joins,
    }
}

/// Says nothing more, and ends the connection if that is asked for.
async fn linger<T>(connection: T, asked: u8) {
    if asked & ask::HANGS_UP == 0 {
        pending::<()>().await;
    }
    drop(connection);
}

async fn call_outside(mut stream: DuplexStream, asked: u8, draw: Draw<'_>) {
    for part in parts(draw.rest(), asked) {
        // The device may have ended the meeting.
        if stream.write_all(part).await.is_err() {
            break;
        }
    }
    linger(stream, asked).await;
}

async fn call_inside(stream: DuplexStream, role: PeerRole, caller: &Device, asked: u8, draw: Draw<'_>) {
    let mut channel = Caller::open(stream, role, &code()).await.expect("both know the code");
    let mut writer = FrameWriter::new();
    let mut clear = Vec::new();
    if asked & ask::INTRODUCED != 0 {
        clear.extend(framed(&mut writer, &PeerMessage::Card(card(caller, role, channel.binding()))));
    }
    if asked & ask::FRAMES == 0 {
        clear.extend_from_slice(draw.rest());
    } else {
        let spelled = frames(draw).into_iter().skip_while(|(kind, payload)| {
            // It was said already, better than it is spelled.
            asked & ask::INTRODUCED != 0
                && matches!(PeerMessage::from_frame(*kind, payload), Some(PeerMessage::Card(_)))
        });
        for (kind, payload) in spelled {
            let (kind, payload) =
                if asked & ask::SIGNED == 0 { (kind, payload) } else { signed(kind, payload, caller) };
            clear.extend(writer.write(kind, &payload));
        }
    }
    for part in parts(&clear, asked) {
        if channel.send(part).await.is_err() {
            break;
        }
    }
    linger(channel, asked).await;
}

fn parts(bytes: &[u8], asked: u8) -> Vec<&[u8]> {
    if asked & ask::IN_PIECES == 0 { vec![bytes] } else { pieces(bytes, asked) }
}

/// What a device shows at its end of a channel.
pub fn card(device: &Device, role: PeerRole, binding: &[u8]) -> Card {
    Card::sign(device.certificate(), role, binding, &device.key())
}

/// A message as it stands in a stream.
pub fn framed(writer: &mut FrameWriter, message: &PeerMessage) -> Vec<u8> {
    let (kind, payload) = message.to_frame();
    writer.write(kind, &payload)
}

/// The frame with the caller's certificate and signature, when it is one that bears any.
fn signed(kind: u8, payload: Vec<u8>, caller: &Device) -> (u8, Vec<u8>) {
    let Some(PeerMessage::Bring(bring)) = PeerMessage::from_frame(kind, &payload) else { return (kind, payload) };
    let envelope = Envelope::sign(caller.id(), caller.incarnation(), bring.envelope.entries, &caller.key());
    PeerMessage::Bring(Box::new(Bring { certificate: caller.certificate(), envelope })).to_frame()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{overheard, seeds};

    #[test]
    fn a_meeting_that_was_overheard_comes_to_its_end_when_its_caller_says_it_again() {
        for (asked, role) in [(0, PeerRole::Listens), (ask::JOINS, PeerRole::Joins)] {
            let said = seeds::spelled_frames(overheard::said_to(role).iter().map(PeerMessage::to_frame));
            let (device, caller) = (device(), caller());
            let asked = asked | ask::INSIDE | ask::FRAMES | ask::INTRODUCED;

            let met = runtime().block_on(play(&device, &caller, asked, Draw::new(&said))).unwrap();

            assert_eq!((met.given, met.received), (2, 4), "{role:?}");
            let held = device.holdings();
            assert_eq!((held.encounters.len(), held.carried.len(), held.handed_over), (6, 2, 2), "{role:?}");
            assert_eq!(held.carried[0].device, caller.id());
        }
    }
}
