//! Deliveries on their way to storage, and the acknowledgements that follow from what storage says.

use std::collections::VecDeque;

use crate::id::DeviceId;
use crate::sync::envelope::Envelope;
use crate::sync::limits::PUSH_ENTRIES_MAX;
use crate::sync::message::{Ack, SetAside};
use crate::sync::status::ReasonCode;

/// Names a delivery within its session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeliveryId(u32);

/// An envelope, with its signature verified unless [`Delivery::unproven`] says otherwise, to be put through the gate, appended and made durable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Names it in [`super::ServerSession::handle_stored`].
    pub id: DeliveryId,
    /// The changes, their author and the proof. What the changes say is not checked yet.
    pub envelope: Envelope,
    /// Who carried it, when that is not its author. Storage decides what the author may write.
    pub relayed_by: Option<DeviceId>,
    /// Whether the signature of a carried envelope could not be proven: its device is not known, or it was altered.
    /// All of it is set aside; other verdicts are refused. A device's own envelope never comes unproven.
    pub unproven: bool,
    /// Whether the device of this exchange was revoked: the changes are kept aside and not appended.
    pub revoked: bool,
    /// How far the author's clock is behind the server's, in milliseconds; negative when ahead. `None` when another device
    /// carried the envelope: only the carrier's clock was seen, which says nothing about these changes.
    pub clock_behind_ms: Option<i64>,
    /// Whether that is so much that the records are marked. `None` as above: storage goes by the author's last contact.
    pub clock_suspect: Option<bool>,
}

/// What storage made of one change. Each of these is durable when it is said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is in the log, at the end.
    Appended,
    /// It was in the log already.
    Known,
    /// Its bytes are kept, with a reason that both sides can see.
    SetAside(ReasonCode),
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
    own: bool,
    unproven: bool,
    verdicts: Option<Vec<Verdict>>,
}

/// Which deliveries wait for storage, in the order in which they came.
#[derive(Debug, Default)]
pub(super) struct Deliveries {
    open: VecDeque<Open>,
    next: u32,
    taken: usize,
    acknowledged: u32,
    own_acknowledged: u64,
}

impl Deliveries {
    /// Opens a delivery of `count` changes, written by the device of this exchange (`own`) or carried by it.
    pub(super) fn open(&mut self, count: usize, own: bool, unproven: bool) -> DeliveryId {
        let id = DeliveryId(self.next);
        self.next += 1;
        self.taken += count;
        self.open.push_back(Open { id, count, own, unproven, verdicts: None });
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

    /// Changes acknowledged that the device of this exchange wrote itself.
    pub(super) const fn own_acknowledged(&self) -> u64 {
        self.own_acknowledged
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
        let aside = verdicts.iter().all(|verdict| matches!(verdict, Verdict::SetAside(_)));
        match found {
            Some(open) if open.count == verdicts.len() && (aside || !open.unproven) => {
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
            self.own_acknowledged += if open.own { open.count as u64 } else { 0 };
            for verdict in verdicts {
                if let Verdict::SetAside(reason) = verdict {
                    let position = self.acknowledged;
                    ack.set_aside.push(SetAside { position, reason: reason.clone() });
                }
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
        let (first, second) = (deliveries.open(2, true, false), deliveries.open(1, true, false));
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
        let id = deliveries.open(2, true, false);

        assert_eq!(deliveries.stored(id, vec![Verdict::Appended]), Err(UnknownDelivery));
        assert_eq!(deliveries.stored(DeliveryId(7), vec![Verdict::Appended; 2]), Err(UnknownDelivery));
        assert_eq!(deliveries.next_ack(), None);

        let unproven = deliveries.open(1, false, true);
        assert_eq!(deliveries.stored(unproven, vec![Verdict::Appended]), Err(UnknownDelivery));

        deliveries.stored(id, vec![Verdict::Appended; 2]).unwrap();
        assert_eq!(deliveries.stored(id, vec![Verdict::Appended; 2]), Err(UnknownDelivery));
    }
}
