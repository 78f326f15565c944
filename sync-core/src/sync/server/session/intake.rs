//! What a request brings after its Hello: offers, envelopes, and changes that come back with this server's vouchers.

use ed25519_dalek::VerifyingKey;

use super::{Phase, ServerRequest, ServerSession};
use crate::id::DeviceId;
use crate::sync::cursor::Fingerprint;
use crate::sync::envelope::{Envelope, EnvelopeEntry, Proof};
use crate::sync::limits::{CLOCK_SKEW_MARKED_MS, OFFER_FINGERPRINTS_MAX, REQUEST_ENTRIES_MAX};
use crate::sync::log::change_hash;
use crate::sync::message::{Inquiry, Offer, Relay, RelayEntry, RequestMessage};
use crate::sync::server::deliver::{Delivery, Standing};
use crate::sync::status::{Fate, Status};
use crate::sync::voucher::Vouched;

impl ServerSession {
    /// Takes the next message of the request; false when none is whole.
    pub(super) fn read_push(&mut self) -> bool {
        if self.done.is_some() {
            return false;
        }
        match self.next_message() {
            Some(RequestMessage::Push(envelope)) => self.take(envelope),
            Some(RequestMessage::Relay(relay)) => self.take_relay(relay),
            Some(RequestMessage::Offer(offer)) => self.find(&offer),
            Some(RequestMessage::Inquiry(inquiry)) => self.inquire(&inquiry),
            Some(RequestMessage::Done(done)) => self.done = Some(done),
            Some(RequestMessage::Hello(_)) => _ = self.stop(Status::WrongOrder),
            None => return self.stop.is_some(),
        }
        true
    }

    /// Asks what became of changes that were set aside. Nothing is told to a device that receives nothing.
    fn inquire(&mut self, inquiry: &Inquiry) {
        let Some(fingerprints) = fingerprints_in(&inquiry.fingerprints) else {
            return self.stop_later(Status::Malformed, None);
        };
        let (place, count) = (self.inquiries, fingerprints.len());
        self.inquiries += 1;
        self.phase = Phase::Inquiring { inquiry: place, count };
        match self.hello.as_ref().filter(|_| !self.granted.is_empty()).map(|hello| hello.device) {
            Some(device) => self.requests.push_back(ServerRequest::Inquire { device, fingerprints }),
            None => self.handle_fates(&vec![Fate::Untold; count]),
        }
    }

    /// Looks for what was offered. Of a scope that is not granted nothing is told: all of it counts as lacking, and is
    /// set aside when it comes.
    fn find(&mut self, offer: &Offer) {
        let Some(fingerprints) = fingerprints_in(&offer.fingerprints) else {
            return self.stop_later(Status::Malformed, None);
        };
        let (place, count) = (self.offers, fingerprints.len());
        if count == 0 {
            return self.stop_later(Status::Malformed, None);
        }
        self.offered += count;
        if self.offered > REQUEST_ENTRIES_MAX {
            return self.stop_later(Status::TooLarge, None);
        }
        self.offers += 1;
        self.phase = Phase::Finding { offer: place, count };
        if !self.granted.contains(&offer.scope) {
            return self.handle_found(&vec![false; count]);
        }
        if let Some(pulls) = &mut self.pulls {
            pulls.note_offered(&offer.scope, &fingerprints);
        }
        self.requests.push_back(ServerRequest::Find { scope: offer.scope.clone(), fingerprints });
    }

    /// Whether so many more changes may be taken; if not, the exchange ends.
    fn fits(&mut self, count: usize) -> bool {
        if count == 0 {
            self.stop_later(Status::Malformed, None);
        } else if self.deliveries.taken() + count > REQUEST_ENTRIES_MAX {
            self.stop_later(Status::TooLarge, None);
        }
        self.stop.is_none()
    }

    /// Takes changes that came back with this server's own vouchers. Those without a good one prove nothing.
    fn take_relay(&mut self, relay: Relay) {
        if !self.fits(relay.entries.len()) {
            return;
        }
        let author = (relay.author.device, relay.author.incarnation);
        let good = |entry: &RelayEntry| {
            let vouched = Vouched { author: author.0, incarnation: author.1, voucher: entry.voucher };
            self.config.voucher_key.verify(&entry.document, &change_hash(&entry.change), &vouched)
        };
        let standings: Vec<bool> = relay.entries.iter().map(good).collect();
        let carrier = self.hello.as_ref().map(|hello| hello.device).filter(|carrier| *carrier != author.0);
        let mut entries = relay.entries.into_iter().map(EnvelopeEntry::from);
        // One that is not good takes none along that is.
        for run in standings.chunk_by(|one, next| one == next) {
            let changes: Vec<EnvelopeEntry> = entries.by_ref().take(run.len()).collect();
            let proof = Proof::vouched(author, &changes);
            let good = run.first().copied().unwrap_or_default();
            let standing = if good { Standing::Vouched } else { Standing::Unproven };
            self.deliver(changes, proof, carrier, standing);
        }
    }

    fn take(&mut self, envelope: Envelope) {
        if !self.fits(envelope.entries.len()) {
            return;
        }
        let (Some(hello), Some(key)) = (&self.hello, &self.key) else { return };
        if envelope.device != hello.device {
            self.requests.push_back(ServerRequest::FindKey { device: envelope.device });
            self.phase = Phase::RelayKey(Box::new(envelope));
        } else if envelope.verify(key) {
            self.deliver_envelope(envelope, None, Standing::Signed);
        } else {
            self.stop_later(Status::EnvelopeNotAuthentic, None);
        }
    }

    pub(super) fn relayed(&mut self, envelope: Envelope, key: Option<VerifyingKey>) {
        let carrier = self.hello.as_ref().map(|hello| hello.device);
        let standing = Standing::of(&envelope, key.as_ref());
        self.deliver_envelope(envelope, carrier, standing);
    }

    fn deliver_envelope(&mut self, envelope: Envelope, relayed_by: Option<DeviceId>, standing: Standing) {
        let proof = envelope.proof();
        self.deliver(envelope.entries, proof, relayed_by, standing);
    }

    fn deliver(&mut self, changes: Vec<EnvelopeEntry>, proof: Proof, relayed_by: Option<DeviceId>, standing: Standing) {
        let is_own = relayed_by.is_none() && standing == Standing::Signed;
        let clock_behind_ms = if is_own { self.clock_behind_ms() } else { None };
        if let Some(pulls) = self.pulls.as_mut().filter(|_| is_own) {
            pulls.note_brought(&changes);
        }
        let delivery = Delivery {
            id: self.deliveries.open(changes.len(), standing.is_proven()),
            changes,
            proof,
            relayed_by,
            standing,
            revoked: self.revoked,
            clock_behind_ms,
            clock_suspect: clock_behind_ms.map(|behind| behind.saturating_abs() > CLOCK_SKEW_MARKED_MS),
        };
        self.requests.push_back(ServerRequest::Deliver(Box::new(delivery)));
    }

    fn clock_behind_ms(&self) -> Option<i64> {
        self.hello.as_ref().map(|hello| self.config.now.0.saturating_sub(hello.clock))
    }
}

/// Fingerprints laid end to end; `None` when they are too many, or the last is cut.
fn fingerprints_in(bytes: &[u8]) -> Option<Vec<Fingerprint>> {
    let (fingerprints, rest) = bytes.as_chunks::<{ Fingerprint::BYTES }>();
    let good = rest.is_empty() && fingerprints.len() <= OFFER_FINGERPRINTS_MAX;
    good.then(|| fingerprints.iter().map(|bytes| Fingerprint::from_bytes(*bytes)).collect())
}
