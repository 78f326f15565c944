//! Deliveries on their way to storage, and the acknowledgements that follow from what storage says.

use std::collections::VecDeque;

use ed25519_dalek::VerifyingKey;

use crate::id::DeviceId;
use crate::sync::envelope::{Envelope, EnvelopeEntry, Proof};
use crate::sync::limits::PUSH_ENTRIES_MAX;
use crate::sync::message::{Ack, SetAside};
use crate::sync::status::ReasonCode;

/// Names a delivery within its session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeliveryId(u32);

/// Changes of one author, to be put through the gate, appended and made durable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Names it in [`super::ServerSession::handle_stored`].
    pub id: DeliveryId,
    /// The changes, in the order in which they are to be judged. What they say is not checked yet.
    pub changes: Vec<EnvelopeEntry>,
    /// Their author, and what is kept to prove it.
    pub proof: Proof,
    /// Who carried it, when that is not its author. Storage decides what the author may write.
    pub relayed_by: Option<DeviceId>,
    /// How it is known who wrote them. What is not proven is set aside; other verdicts are refused.
    pub standing: Standing,
    /// Whether the device of this exchange was revoked: the changes are kept aside and not appended.
    pub revoked: bool,
    /// How far the author's clock is behind the server's, in milliseconds; negative when ahead. `None` when it was not
    /// the author that signed and sent them just now: the clock that was seen says nothing about these changes.
    pub clock_behind_ms: Option<i64>,
    /// Whether that is so much that the records are marked. `None` as above: storage goes by the author's last contact.
    pub clock_suspect: Option<bool>,
}

impl Delivery {
    /// An envelope that came outside an exchange, by `by` if that is known; `key` is its author's, if it is enrolled.
    pub fn carried(envelope: Envelope, by: Option<DeviceId>, key: Option<VerifyingKey>) -> Self {
        let (standing, proof) = (Standing::of(&envelope, key.as_ref()), envelope.proof());
        Self {
            id: DeliveryId(0),
            changes: envelope.entries,
            relayed_by: by.filter(|by| *by != proof.device),
            proof,
            standing,
            revoked: false,
            clock_behind_ms: None,
            clock_suspect: None,
        }
    }
}

/// How it is known who wrote delivered changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Their author signed them.
    Signed,
    /// This server vouched for them when they were in its log before: they were let in once, whatever has become of
    /// their author since.
    Vouched,
    /// Nobody of that name is enrolled here, so that nothing can be proven.
    UnknownDevice,
    /// The signature or a voucher is not good.
    Unproven,
}

impl Standing {
    /// How an envelope stands whose author has this key; `None` when nobody of that name is enrolled.
    pub fn of(envelope: &Envelope, key: Option<&VerifyingKey>) -> Self {
        match key {
            None => Self::UnknownDevice,
            Some(key) if envelope.verify(key) => Self::Signed,
            Some(_) => Self::Unproven,
        }
    }

    /// Whether the author is known for certain.
    pub const fn is_proven(self) -> bool {
        matches!(self, Self::Signed | Self::Vouched)
    }

    /// Why changes of this standing are set aside; `None` for those that are not.
    pub const fn reason(self) -> Option<&'static str> {
        match self {
            Self::Signed | Self::Vouched => None,
            Self::UnknownDevice => Some(ReasonCode::UNKNOWN_DEVICE),
            Self::Unproven => Some(ReasonCode::UNPROVEN),
        }
    }
}

/// What storage made of one change. Each of these is durable when it is said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is in the log, at the end.
    Appended,
    /// It was in the log already.
    Known,
    /// It was in the log already, of another scope than the one it is brought for, which its bringer may read.
    Elsewhere,
    /// Its bytes are kept, with a reason that both sides can see.
    SetAside(ReasonCode),
    /// Nothing is kept of it, and it stays in the outbox.
    HeldBack,
}

/// A delivery that this session does not have open, verdicts of another number than it has changes, or an unproven
/// change that was not set aside. Nothing was acknowledged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no delivery waits under this id that could have these verdicts")]
pub struct UnknownDelivery;

#[derive(Debug)]
struct Open {
    id: DeliveryId,
    count: usize,
    proven: bool,
    verdicts: Option<Vec<Verdict>>,
}

/// Which deliveries wait for storage, in the order in which they came.
#[derive(Debug, Default)]
pub(super) struct Deliveries {
    open: VecDeque<Open>,
    next: u32,
    taken: usize,
    acknowledged: u32,
    held_back: u32,
}

impl Deliveries {
    /// Opens a delivery of `count` changes, of a `proven` author or not.
    pub(super) fn open(&mut self, count: usize, proven: bool) -> DeliveryId {
        let id = DeliveryId(self.next);
        self.next += 1;
        self.taken += count;
        self.open.push_back(Open { id, count, proven, verdicts: None });
        id
    }

    /// Changes that came in this request.
    pub(super) const fn taken(&self) -> usize {
        self.taken
    }

    /// Changes acknowledged.
    pub(super) const fn acknowledged(&self) -> u32 {
        self.acknowledged
    }

    /// Changes that stay on the device.
    pub(super) const fn held_back(&self) -> u32 {
        self.held_back
    }

    /// Deliveries that storage has not answered, or whose answer was not told.
    pub(super) fn waiting(&self) -> usize {
        self.open.len()
    }

    /// Forgets what storage has not spoken about: it will never be acknowledged here.
    pub(super) fn abandon(&mut self) {
        self.open.clear();
    }

    pub(super) fn stored(&mut self, id: DeliveryId, verdicts: Vec<Verdict>) -> Result<(), UnknownDelivery> {
        let found = self.open.iter_mut().find(|open| open.id == id && open.verdicts.is_none());
        let aside = verdicts.iter().all(|verdict| matches!(verdict, Verdict::SetAside(_) | Verdict::HeldBack));
        match found {
            Some(open) if open.count == verdicts.len() && (aside || open.proven) => {
                open.verdicts = Some(verdicts);
                Ok(())
            }
            _ => Err(UnknownDelivery),
        }
    }

    /// The next acknowledgement: whole deliveries from the front for which storage has spoken.
    pub(super) fn next_ack(&mut self) -> Option<Ack> {
        let mut ack = Ack { count: 0, set_aside: Vec::new() };
        while let Some(open) = self.open.front() {
            let Some(verdicts) = &open.verdicts else { break };
            if ack.count > 0 && ack.set_aside.len() + open.count > PUSH_ENTRIES_MAX {
                break;
            }
            for verdict in verdicts {
                let reason = match verdict {
                    Verdict::Appended | Verdict::Known => None,
                    Verdict::SetAside(reason) => Some(reason.clone()),
                    Verdict::Elsewhere => ReasonCode::new(ReasonCode::ELSEWHERE),
                    Verdict::HeldBack => ReasonCode::new(ReasonCode::HELD_BACK),
                };
                self.held_back += u32::from(*verdict == Verdict::HeldBack);
                let position = self.acknowledged;
                ack.set_aside.extend(reason.map(|reason| SetAside { position, reason }));
                self.acknowledged += 1;
                ack.count += 1;
            }
            self.open.pop_front();
        }
        (ack.count > 0).then_some(ack)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_of_storage_in_any_order_are_acknowledged_in_the_order_of_delivery() {
        let mut deliveries = Deliveries::default();
        let (first, second) = (deliveries.open(2, true), deliveries.open(1, true));
        let reason = ReasonCode::new(ReasonCode::MISSING_DEPENDENCY).unwrap();

        deliveries.stored(second, vec![Verdict::SetAside(reason.clone())]).unwrap();
        assert_eq!(deliveries.next_ack(), None);
        deliveries.stored(first, vec![Verdict::Appended, Verdict::Known]).unwrap();

        let ack = deliveries.next_ack().unwrap();
        assert_eq!(ack, Ack { count: 3, set_aside: vec![SetAside { position: 2, reason }] });
        assert_eq!(deliveries.next_ack(), None);
    }

    #[test]
    fn verdicts_that_fit_no_open_delivery_acknowledge_nothing() {
        let mut deliveries = Deliveries::default();
        let id = deliveries.open(2, true);

        assert_eq!(deliveries.stored(id, vec![Verdict::Appended]), Err(UnknownDelivery));
        assert_eq!(deliveries.stored(DeliveryId(7), vec![Verdict::Appended; 2]), Err(UnknownDelivery));
        assert_eq!(deliveries.next_ack(), None);

        let unproven = deliveries.open(1, false);
        assert_eq!(deliveries.stored(unproven, vec![Verdict::Appended]), Err(UnknownDelivery));

        deliveries.stored(id, vec![Verdict::Appended; 2]).unwrap();
        assert_eq!(deliveries.stored(id, vec![Verdict::Appended; 2]), Err(UnknownDelivery));
    }
}
