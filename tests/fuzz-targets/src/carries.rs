//! Carry files: as a device takes them along, and as the server takes them in, from a device and from its administrator.
//!
//! What is sealed hardly ever opens again once a byte of it was altered. So an input may spell what is inside, at three
//! depths, and the target makes checksums, seal, compression and signatures around it.

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use jisr_client_sdk::testing::{parcel_body, seal};
use jisr_server::ports::{CarryOutcome, Exchange, Records};
use jisr_server::progress::Unwatched;
use jisr_server::registry::Fleet;
use jisr_sync_core::id::DocumentId;
use jisr_sync_core::sync::{
    CarryHeader, Envelope, Nonce, RequestMessage, ServerId, SignedHello, carry_envelopes, limits,
};
use tokio::runtime::Runtime;

use crate::devices::{Device, Holdings};
use crate::http::Server;
use crate::input::{Draw, frames};
use crate::meter::within;
use crate::samples::{DEVICE, key};
use crate::streams::{compressed, hello};

/// What reading and taking in a file may hold on its own thread: what it opens to, with copies, and what is merged of it.
const MEMORY_MAX: usize = 4 * limits::CARRY_FILE_OPENED_BYTES_MAX;

/// How an input spells a file: its first byte, in twos.
pub mod spelled {
    /// The file as it is.
    pub const RAW: u8 = 0;
    /// The sealed part as it is; the header is made.
    pub const SEALED: u8 = 1;
    /// What is sealed, as a stream.
    pub const CLEAR: u8 = 2;
    /// What is sealed, as the frames of a stream.
    pub const FRAMES: u8 = 3;
    /// Beside [`FRAMES`]: envelopes are signed by the device that wrote the file.
    pub const SIGNED: u8 = 4;
}

/// A file, at a device and at the server it may be for.
pub fn carry_file(input: &[u8]) {
    let server = Server::start();
    let (file, author) = file(input, &server);
    take_along(&Device::new(2, server.id(), server.seal_to(), 1), &file, server.id());
    take_in(&server, &author, &file);
    server.stop();
}

/// The device that writes files, enrolled at the server, with so many encounters.
pub fn writer(server: &Server, encounters: usize) -> Device {
    let author = Device::new(1, server.id(), server.seal_to(), encounters);
    server.enrol(author.id(), &author.key().verifying_key());
    author
}

fn file(input: &[u8], server: &Server) -> (Vec<u8>, Device) {
    let author = writer(server, 0);
    let mut draw = Draw::new(input);
    let how = draw.byte();
    let clear = match how % 4 {
        spelled::RAW => return (draw.rest().to_vec(), author),
        spelled::SEALED => return (CarryHeader::write(server.id(), &[], draw.rest()), author),
        spelled::CLEAR => draw.rest().to_vec(),
        _ => {
            let sign = |frame| if how & spelled::SIGNED == 0 { frame } else { signed(frame, &author) };
            compressed(&frames(draw).into_iter().map(sign).collect::<Vec<_>>())
        }
    };
    let sealed = seal(&clear, &server.seal_to()).expect("the server's key is one");
    (CarryHeader::write(server.id(), &[], &sealed), author)
}

fn signed((kind, payload): (u8, Vec<u8>), author: &Device) -> (u8, Vec<u8>) {
    match RequestMessage::from_frame(kind, &payload) {
        Some(RequestMessage::Push(envelope)) => {
            let signed = Envelope::sign(author.id(), author.incarnation(), envelope.entries, &author.key());
            RequestMessage::Push(signed).to_frame()
        }
        _ => (kind, payload),
    }
}

/// A device takes it along whole, or not at all; nothing else of the device changes.
fn take_along(carrier: &Device, file: &[u8], server: ServerId) {
    let before = carrier.holdings();
    let taken = within(MEMORY_MAX, || carrier.local.take_along(file.to_vec()));
    let after = carrier.holdings();
    assert_eq!(after, carrier.holdings_on_disk(), "what is shown is what is kept");
    assert_eq!(after.parcels, if taken.is_ok() { vec![file.to_vec()] } else { Vec::new() });
    assert_eq!(Holdings { parcels: Vec::new(), ..after }, before, "a file changed something else");
    assert_eq!(taken.is_ok(), CarryHeader::read(file).is_ok_and(|(header, _)| header.server == server));
    for index in carrier.local.parcels() {
        let body = parcel_body(&carrier.local, index, Nonce::from_bytes([7; 8])).expect("the store reads");
        let body = body.expect("it is there");
        let (hello, rest) = body[2..].split_at(usize::from(u16::from_be_bytes([body[0], body[1]])));
        assert!(SignedHello::from_bytes(hello).is_some() && rest == file, "it is handed in as it came");
    }
}

/// The server takes in what is proven, once; what it is not sure of it sets aside, and it agrees with itself afterwards.
fn take_in(server: &Server, author: &Device, file: &[u8]) {
    let envelopes = opened(server, file);
    let by_device = runtime().block_on(server.hand_in(&hello(&server.id(), Vec::new(), 7), file));
    assert_eq!(by_device.is_some(), envelopes.is_some(), "a file is taken that does not open, or the other way round");
    let again = within(MEMORY_MAX, || server.kept.carry(file, None, &Unwatched));
    let (Some(first), Some(envelopes)) = (by_device, envelopes) else {
        assert!(again.is_err(), "a file that a device may not bring is taken from the administrator");
        return;
    };
    let again = again.expect("what was taken once is taken again");
    let changes = envelopes.iter().map(|envelope| envelope.entries.len() as u64).sum::<u64>();
    let proven = proven(&envelopes, author);
    let all = |outcome: &CarryOutcome| {
        outcome.new + outcome.known + outcome.held_back + outcome.set_aside.values().sum::<u64>()
    };
    assert_eq!((all(&first), all(&again)), (changes, changes), "each change has one verdict");
    assert!(first.new <= proven.len() as u64, "something is let in that nobody signed");
    assert_eq!(again.new, 0, "what was brought twice is let in twice");
    let verification = server.kept.verify(false, Arc::new(Unwatched)).expect("the store reads");
    assert_eq!(verification.findings, [], "what is kept does not agree with itself");
    assert!(verification.documents <= proven.iter().collect::<BTreeSet<_>>().len() as u64);
}

/// What the server's key finds in a file; `None` when it opens nothing.
fn opened(server: &Server, file: &[u8]) -> Option<Vec<Envelope>> {
    let (header, sealed) = CarryHeader::read(file).ok()?;
    let clear = server.registry.service_keys().seal.open(sealed).filter(|_| header.server == server.id())?;
    carry_envelopes(&clear).ok()
}

/// The documents of the changes whose author proves them, one for each change.
fn proven(envelopes: &[Envelope], author: &Device) -> Vec<DocumentId> {
    let keys = [(author.id(), author.key()), (DEVICE, key())];
    let is_proven = |envelope: &&Envelope| {
        keys.iter().any(|(device, key)| *device == envelope.device && envelope.verify(&key.verifying_key()))
    };
    let entries = envelopes.iter().filter(is_proven).flat_map(|envelope| &envelope.entries);
    entries.map(|entry| entry.document).collect()
}

fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| {
        tokio::runtime::Builder::new_current_thread().enable_all().build().expect("the system gives a runtime")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seeds;

    #[test]
    fn what_a_device_wrote_and_an_input_spells_is_let_in_by_the_server() {
        let inputs = seeds::of("carry_file");
        let let_in = |(_, input): &(String, Vec<u8>)| {
            let server = Server::start();
            let (file, _) = file(input, &server);
            let outcome = server.kept.carry(&file, None, &Unwatched);
            server.stop();
            outcome.map_or(0, |outcome| outcome.new)
        };

        // The second envelope of each is of a device that wrote in another's name.
        assert_eq!(inputs.iter().map(let_in).collect::<Vec<_>>(), [0, 0, 2, 2, 2, 0, 0]);
    }
}
