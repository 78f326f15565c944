//! What of other devices is carried in an exchange, and the server's word for it and for this device's own.

use std::collections::BTreeMap;

use super::{DeviceSession, Sending, Storing, Subject};
use crate::sync::device::carried::Carrying;
use crate::sync::device::report::DeviceEvent;
use crate::sync::envelope::Envelope;
use crate::sync::message::{Ack, Lacking, RequestMessage};
use crate::sync::outbox::{Acknowledged, CarriedItem};
use crate::sync::status::{ReasonCode, Status};

impl DeviceSession {
    /// Says what of other devices is carried, oldest first: before [`Self::handle_outbox_list`], by whoever carries any.
    pub fn handle_carried_list(&mut self, items: Vec<CarriedItem>) {
        if self.sending == (Sending::Listing { asked: true }) {
            self.carrying = Carrying::of(items, self.request_aim() / 2);
        }
    }

    /// Answers [`ReadCarried`](super::DeviceRequest::ReadCarried); `None` when it is carried no more.
    pub fn handle_carried(&mut self, envelope: Option<Envelope>) {
        let Sending::Carrying { index, bytes } = self.sending else { return };
        self.sending = Sending::Reading { asked: false };
        let Some(envelope) = envelope else { return };
        let count = envelope.entries.len();
        self.carrying.note_sent(index, count);
        self.plan.note_sent(bytes, count);
        self.sent.extend((0..count).map(|place| Subject::Carried(index, place)));
        self.transmit(&RequestMessage::Push(envelope));
    }

    pub(super) fn ack(&mut self, ack: Ack) -> DeviceEvent {
        let count = usize::try_from(ack.count).unwrap_or(usize::MAX);
        let Some(subjects) = self.acked.checked_add(count).and_then(|to| self.sent.get(self.acked..to)) else {
            return self.finish(Status::Malformed, false);
        };
        let mut aside = BTreeMap::new();
        for told in ack.set_aside {
            let place = usize::try_from(told.position).ok().and_then(|place| place.checked_sub(self.acked));
            let Some(place) = place.filter(|place| *place < subjects.len()) else {
                return self.finish(Status::Malformed, false);
            };
            if aside.insert(place, told.reason).is_some() {
                return self.finish(Status::Malformed, false);
            }
        }
        let (mut acknowledged, mut held_back, mut own_held_back) = (Acknowledged::default(), 0, 0);
        for (place, subject) in subjects.iter().enumerate() {
            let reason = aside.remove(&place);
            let is_held_back = reason.as_ref().is_some_and(|reason| reason.as_str() == ReasonCode::HELD_BACK);
            let is_elsewhere = reason.as_ref().is_some_and(|reason| reason.as_str() == ReasonCode::ELSEWHERE);
            held_back += usize::from(is_held_back);
            match (subject, reason) {
                (Subject::Own(index), None) => acknowledged.delivered.push(*index),
                (Subject::Own(index), Some(_)) if is_elsewhere => acknowledged.elsewhere.push(*index),
                (Subject::Own(index), Some(reason)) => {
                    own_held_back += usize::from(is_held_back);
                    acknowledged.set_aside.push((*index, reason));
                }
                // Not kept there at all: it is carried on.
                (Subject::Carried(index, _), _) if is_held_back => self.carrying.held_back(*index, &mut acknowledged),
                (Subject::Carried(index, place), Some(_)) if is_elsewhere => {
                    acknowledged.carried_elsewhere.push((*index, *place));
                    self.carrying.acknowledged(*index, &mut acknowledged);
                }
                (Subject::Carried(index, place), reason) => {
                    acknowledged.carried_set_aside.extend(reason.map(|reason| (*index, *place, reason)));
                    self.carrying.acknowledged(*index, &mut acknowledged);
                }
            }
        }
        self.acked += count;
        self.store_acks(acknowledged, own_held_back, count - held_back)
    }

    pub(super) fn lacking(&mut self, lacking: &Lacking) -> DeviceEvent {
        let place = usize::try_from(lacking.offer).unwrap_or(usize::MAX);
        let Some(asked) = self.offers.get_mut(place).map(std::mem::take) else {
            return self.finish(Status::Malformed, false);
        };
        let mut acknowledged = Acknowledged::default();
        let count = asked.len();
        for (place, subject) in asked.into_iter().enumerate() {
            match (subject, lacking.lacks(place)) {
                (Subject::Own(index), true) => acknowledged.lacking.push(index),
                (Subject::Own(index), false) => acknowledged.delivered.push(index),
                (Subject::Carried(index, _), lacks) => self.carrying.answered(index, lacks, &mut acknowledged),
            }
        }
        self.store_acks(acknowledged, 0, count)
    }

    /// `held_back` of this device's own changes are not kept there; `settled` is for how many changes the server's word
    /// came, of whomever.
    fn store_acks(&mut self, told: Acknowledged, held_back: usize, settled: usize) -> DeviceEvent {
        let set_aside = told.set_aside.len() - held_back;
        let acknowledged = told.delivered.len() + told.elsewhere.len() + set_aside;
        self.storing = Some(Storing::Acks { acknowledged, set_aside, settled });
        DeviceEvent::StoreAcks(told)
    }
}
