//! Carry files: what waits here and what is carried for others, closed so that only the server opens it.
//!
//! **Invariant:** exporting takes nothing out of the outbox, and taking a file along changes no record. What a file
//! brought counts only when the server has said so in an exchange.

use std::sync::Arc;

use jisr_sync_core::sync::limits::{CARRY_FILE_BYTES_MAX, CARRY_FILE_OPENED_BYTES_MAX};
use jisr_sync_core::sync::{CarryHeader, Envelope, Hello, Nonce, PROTOCOL_VERSION, carry_stream};

use crate::error::{Error, Result};
use crate::exchange::off_thread;
use crate::local::{Local, OfferSource, groups};
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

/// All that waits here and fits, sealed to the server.
pub(crate) fn export(local: &Local) -> Result<CarryFile> {
    let enrolment = local.enrolment()?;
    let credentials = enrolment.credentials.ok_or(Error::VanNoCredentials)?;
    let mut envelopes = waiting_envelopes(local)?;
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
            return Ok(CarryFile { bytes, changes, left: all - changes });
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

/// Hands the sealed files that were taken along to the server. How many it took; one that it cannot use is not taken
/// along any longer, since whoever exported it has everything still.
pub(crate) async fn deliver_parcels(
    local: &Arc<Local>,
    transport: &dyn Transport,
    nonces: Vec<Nonce>,
) -> Result<usize> {
    let url = local.enrolment()?.server_url;
    let mut delivered = 0;
    for (index, nonce) in local.parcels().into_iter().zip(nonces) {
        let reading = Arc::clone(local);
        let Some(body) = off_thread(move || body(&reading, index, nonce)).await? else { continue };
        match transport.carry(&url, body).await {
            Ok(()) => delivered += 1,
            Err(TransportError::Refused { status: 400 | 413, code }) => {
                tracing::warn!(code, "the server cannot use a file that was taken along");
            }
            // Of this one something was not kept: it is brought again, and the others are not kept waiting for it.
            Err(TransportError::Refused { code, .. }) if code == "held-back" => continue,
            // It is brought again; what the exchange before it has done stands.
            Err(TransportError::RetryAfter(_)) => break,
            Err(error) => return Err(error.into()),
        }
        let leaving = Arc::clone(local);
        off_thread(move || leaving.drop_parcel(index)).await?;
    }
    Ok(delivered)
}

/// The Hello of this device, then the file.
fn body(local: &Local, index: u64, nonce: Nonce) -> Result<Option<Vec<u8>>> {
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

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use bytes::Bytes;
    use data_encoding::HEXLOWER;
    use jisr_sync_core::codes::{ContactOutcome, ObservedGroup};
    use jisr_sync_core::record::Encounter;
    use jisr_sync_core::sync::enrolment_proof;
    use jisr_sync_core::time::UnixMillis;
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    use super::*;
    use crate::clock::SetClock;
    use crate::store::Enrolment;
    use crate::store::kv::KvStore;
    use crate::testing::{MODEL_CODE, ModelServer};
    use crate::transport::{AnswerStream, BoxFuture, EnrolAnswer, EnrolRequest};

    type Answer<T> = std::result::Result<T, TransportError>;

    const NOW: UnixMillis = UnixMillis(1_795_000_000_000);

    async fn device(server: &ModelServer, seed: u64) -> Arc<Local> {
        let store = Arc::new(KvStore::in_memory().unwrap());
        let local = Local::open(store, Arc::new(SetClock::at(NOW)), StdRng::seed_from_u64(seed)).unwrap();
        let key = local.identity().unwrap().signing_key().unwrap();
        let public_key = HEXLOWER.encode(key.verifying_key().as_bytes());
        let (code, proof) = (MODEL_CODE.to_owned(), enrolment_proof(MODEL_CODE, &key));
        let answer = server.enrol("", &EnrolRequest { code, public_key, proof, name: None }).await.unwrap();
        let url = "https://jisr.example.org".to_owned();
        let mut enrolment = Enrolment::new(url, answer.server_id, answer.unit, answer.province, answer.scopes);
        enrolment.credentials = answer.credentials;
        local.enrol(enrolment).unwrap();
        Arc::new(local)
    }

    /// Answers files one after another as it was told, and says how many came.
    struct Counter(Mutex<Vec<Answer<()>>>);

    impl Transport for Counter {
        fn exchange<'a>(&'a self, _: &'a str, _: Vec<Bytes>) -> BoxFuture<'a, Answer<AnswerStream>> {
            Box::pin(async { Err(TransportError::Unreachable) })
        }

        fn carry<'a>(&'a self, _: &'a str, _: Vec<u8>) -> BoxFuture<'a, Answer<()>> {
            let answer = self.0.lock().unwrap().remove(0);
            Box::pin(async { answer })
        }

        fn enrol<'a>(&'a self, _: &'a str, _: &'a EnrolRequest) -> BoxFuture<'a, Answer<EnrolAnswer>> {
            Box::pin(async { Err(TransportError::Unreachable) })
        }
    }

    #[tokio::test]
    async fn a_file_of_which_something_is_held_back_is_kept_and_those_of_others_arrive() {
        let server = ModelServer::new(NOW);
        let carrier = device(&server, 1).await;
        for seed in [2, 3] {
            let author = device(&server, seed).await;
            let mut met = Encounter { outcome: Some(ContactOutcome::Engaged), ..Encounter::default() };
            met.observed.insert(ObservedGroup::Boys, 2);
            met.place_text = Some("Souk".into());
            author.add(met).unwrap();
            carrier.take_along(export(&author).unwrap().bytes).unwrap();
        }
        let held_back = || Err(TransportError::Refused { status: 507, code: "held-back".to_owned() });
        let nonces = || vec![Nonce::from_bytes([1; 8]), Nonce::from_bytes([2; 8])];

        let counter = Counter(Mutex::new(vec![held_back(), Ok(()), held_back()]));
        let delivered = deliver_parcels(&carrier, &counter, nonces()).await.unwrap();
        let left = carrier.parcels();
        let again = deliver_parcels(&carrier, &counter, nonces()).await.unwrap();

        assert_eq!((delivered, left.len(), again), (1, 1, 0));
        assert_eq!(carrier.parcels(), left, "it is taken along until it arrives");
    }
}
