//! Carry files: what waits here and what is carried for others, closed so that only the server opens it.
//!
//! **Invariant:** exporting takes nothing out of the outbox, and taking a file along changes no record. What a file
//! brought counts only when the server has said so in an exchange.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use jisr_sync_core::sync::limits::{CARRY_FILE_BYTES_MAX, CARRY_FILE_OPENED_BYTES_MAX};
use jisr_sync_core::sync::{CarryHeader, Envelope, Hello, Nonce, PROTOCOL_VERSION, carry_stream};
use jisr_sync_core::time::UnixMillis;

use crate::error::{Error, Result};
use crate::local::{Local, OfferSource, groups};
use crate::runtime::off_thread;
use crate::seal::seal;
use crate::transport::{Transport, TransportError};

/// How many own changes go into one envelope.
const OWN_CHANGES_MAX: usize = 64;

/// What a file needs beside its envelopes: header, checksum, the seal's tags.
const AROUND_BYTES: usize = 1024;

/// A carry file, to be written where somebody wants it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CarryFile {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// How many changes are in it.
    pub changes: usize,
    /// How many changes did not fit: they wait here, for the network or for another file once these have arrived.
    pub left: usize,
}

/// This device's own work that waits here and what it carries, as far as it fits, sealed to the server; `None` when nothing waits.
pub(crate) fn export(local: &Local) -> Result<Option<CarryFile>> {
    let enrolment = local.enrolment()?;
    let credentials = enrolment.credentials.ok_or(Error::VanNoCredentials)?;
    let mut envelopes = waiting_envelopes(local)?;
    if envelopes.is_empty() {
        return Ok(None);
    }
    let count = |envelopes: &[Envelope]| envelopes.iter().map(|envelope| envelope.entries.len()).sum::<usize>();
    let all = count(&envelopes);
    let raw = |envelope: &Envelope| envelope.entries.iter().map(|entry| entry.change.len() + 128).sum::<usize>();
    let mut opened = 0;
    envelopes.retain(|envelope| {
        opened += raw(envelope);
        opened <= CARRY_FILE_OPENED_BYTES_MAX
    });
    loop {
        let stream = carry_stream(&envelopes);
        // Each piece of 64 KiB gets a tag of 16 bytes.
        if stream.len() + stream.len() / 2048 + AROUND_BYTES <= CARRY_FILE_BYTES_MAX {
            let sealed = seal(&stream, credentials.seal_to())?;
            let bytes = CarryHeader::write(enrolment.server_id, &envelopes, &sealed);
            let changes = count(&envelopes);
            return Ok(Some(CarryFile { bytes, changes, left: all - changes }));
        }
        envelopes.truncate(envelopes.len() * 3 / 4);
    }
}

/// Own work that waits, signed, oldest first; then what is carried, as it is.
fn waiting_envelopes(local: &Local) -> Result<Vec<Envelope>> {
    let offerable = local.offerable(|_| true)?;
    let mut envelopes = Vec::new();
    for group in groups(&offerable, OWN_CHANGES_MAX) {
        envelopes.extend(match group.first() {
            Some(OfferSource::Carried(index)) => local.carried_envelope(*index)?.map(|carried| carried.envelope),
            _ => local.own_envelope(&group.iter().map(|source| source.index()).collect::<Vec<_>>())?,
        });
    }
    Ok(envelopes)
}

/// What became of the sealed files that were taken along. Whatever that is, the exchange before it went as it went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Delivered {
    /// How many the server has.
    pub(crate) delivered: usize,
    /// How many it cannot use: they are taken along no longer, and whoever exported them has everything still.
    pub(crate) refused: usize,
    /// The stable code of what ended the delivery early.
    pub(crate) error: Option<&'static str>,
}

/// Files that the server asked to be brought later, and when; forgotten with the process.
pub(crate) type PutOff = Mutex<BTreeMap<u64, UnixMillis>>;

/// The server's word that something of one file is not kept for now; others that are taken along go on.
const HELD_BACK: &str = "held-back";

/// Refusals that say nothing about the file: of a proxy before the server, whose word has no code of its own, and of a
/// server that is to be updated.
const NOT_OF_THE_FILE: [&str; 2] = ["http", "newer"];

/// When a file that is held back is brought again: somebody has to look at the server first.
const HELD_BACK_MS: i64 = 3_600 * 1_000;

/// Hands the sealed files that were taken along to the server. One that is held back keeps none behind it waiting, and is
/// not brought again before its time; any other refusal to take files now ends the round.
pub(crate) async fn deliver_parcels(
    local: &Arc<Local>,
    transport: &dyn Transport,
    mut nonce: impl FnMut() -> Nonce,
    put_off: &PutOff,
) -> Delivered {
    let mut told = Delivered::default();
    for index in local.parcels() {
        let until = put_off.lock().unwrap_or_else(PoisonError::into_inner).get(&index).copied();
        if until.is_some_and(|until| local.now() < until) {
            continue;
        }
        match deliver_one(local, transport, index, nonce()).await {
            Ok(Fate::Gone) => {}
            Ok(Fate::Delivered) => told.delivered += 1,
            Ok(Fate::Refused) => told.refused += 1,
            Ok(Fate::HeldBack) => {
                let until = UnixMillis(local.now().0.saturating_add(HELD_BACK_MS));
                put_off.lock().unwrap_or_else(PoisonError::into_inner).insert(index, until);
                told.error = Some(HELD_BACK);
            }
            Err(error) => {
                told.error = Some(error.code());
                break;
            }
        }
    }
    told
}

/// What became of one sealed file.
enum Fate {
    /// It is not here any more.
    Gone,
    Delivered,
    /// The server cannot use it.
    Refused,
    /// Something of it is not kept for now.
    HeldBack,
}

async fn deliver_one(local: &Arc<Local>, transport: &dyn Transport, index: u64, nonce: Nonce) -> Result<Fate> {
    let url = local.enrolment()?.server_url;
    let here = Arc::clone(local);
    let Some(body) = off_thread(move || body(&here, index, nonce)).await? else { return Ok(Fate::Gone) };
    let here = Arc::clone(local);
    match transport.carry(&url, body).await {
        Ok(()) => off_thread(move || here.drop_parcel(index)).await.map(|()| Fate::Delivered),
        Err(TransportError::Refused { status: 400 | 413, code }) if !NOT_OF_THE_FILE.contains(&code.as_str()) => {
            tracing::warn!(code, "the server cannot use a file that was taken along");
            off_thread(move || here.drop_parcel(index)).await.map(|()| Fate::Refused)
        }
        Err(TransportError::Refused { code, .. }) if code == HELD_BACK => Ok(Fate::HeldBack),
        Err(error) => Err(error.into()),
    }
}

/// The Hello of this device, then the file.
pub(crate) fn body(local: &Local, index: u64, nonce: Nonce) -> Result<Option<Vec<u8>>> {
    let Some(file) = local.parcel(index)? else { return Ok(None) };
    let (identity, enrolment, counters) = (local.identity()?, local.enrolment()?, local.counters());
    let key = identity.signing_key().ok_or(Error::NotEnrolled)?;
    let hello = Hello {
        protocol: PROTOCOL_VERSION,
        device: identity.device,
        incarnation: identity.incarnation,
        boot: counters.boot,
        nonce,
        clock: local.now().0,
        server_clock_offset_ms: counters.clock_offset_ms,
        waiting: local.totals().records,
        frame_bytes_aim: 0,
        app_version: env!("CARGO_PKG_VERSION").to_owned(),
        scopes: Vec::new(),
        wants_credentials: None,
    };
    let hello = hello.sign(&enrolment.server_id, &key).to_bytes();
    // A Hello without scopes is some two hundred bytes.
    let length = u16::try_from(hello.len()).unwrap_or(u16::MAX).to_be_bytes();
    Ok(Some([&length[..], &hello, &file].concat()))
}
