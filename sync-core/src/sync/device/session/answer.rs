//! What an answer brings after its Welcome: the server's word for changes, records, and the end.

use super::{DeviceSession, Storing};
use crate::sync::cursor::Cursor;
use crate::sync::device::report::{DeviceEvent, PulledFrame, ReceivedRecord};
use crate::sync::log::PulledRecord;
use crate::sync::message::{Ack, End, Fates, Lacking, Pull};
use crate::sync::outbox::Acknowledged;
use crate::sync::status::{Fate, ReasonCode, ScopeStatus, Status};
use crate::sync::voucher::{Vouched, Voucher};

impl DeviceSession {
    pub(super) fn ack(&mut self, ack: Ack) -> DeviceEvent {
        let count = usize::try_from(ack.count).unwrap_or(usize::MAX);
        let Some(indexes) = self.acked.checked_add(count).and_then(|to| self.sent.get(self.acked..to)) else {
            return self.finish(Status::Malformed, false);
        };
        let (mut acknowledged, mut held_back) =
            (Acknowledged { delivered: indexes.to_vec(), ..Acknowledged::default() }, 0);
        for aside in ack.set_aside {
            let place = usize::try_from(aside.position).ok().and_then(|place| place.checked_sub(self.acked));
            let Some(index) = place.and_then(|place| indexes.get(place)).copied() else {
                return self.finish(Status::Malformed, false);
            };
            let before = acknowledged.delivered.len();
            acknowledged.delivered.retain(|delivered| *delivered != index);
            if acknowledged.delivered.len() == before {
                return self.finish(Status::Malformed, false); // Set aside twice.
            }
            held_back += usize::from(aside.reason.as_str() == ReasonCode::HELD_BACK);
            acknowledged.set_aside.push((index, aside.reason));
        }
        self.acked += count;
        let set_aside = acknowledged.set_aside.len() - held_back;
        self.storing = Some(Storing::Acks { acknowledged: count - held_back, set_aside, lacking: 0 });
        DeviceEvent::StoreAcks(acknowledged)
    }

    pub(super) fn lacking(&mut self, lacking: &Lacking) -> DeviceEvent {
        let place = usize::try_from(lacking.offer).unwrap_or(usize::MAX);
        let Some(asked) = self.offers.get_mut(place).map(std::mem::take) else {
            return self.finish(Status::Malformed, false);
        };
        let mut acknowledged = Acknowledged::default();
        for (place, index) in asked.into_iter().enumerate() {
            let list = if lacking.lacks(place) { &mut acknowledged.lacking } else { &mut acknowledged.delivered };
            list.push(index);
        }
        let (held, lacking) = (acknowledged.delivered.len(), acknowledged.lacking.len());
        self.storing = Some(Storing::Acks { acknowledged: held, set_aside: 0, lacking });
        DeviceEvent::StoreAcks(acknowledged)
    }

    pub(super) fn fates(&mut self, fates: &Fates) -> DeviceEvent {
        let place = usize::try_from(fates.inquiry).unwrap_or(usize::MAX);
        let Some(asked) = self.inquiries.get_mut(place).map(std::mem::take) else {
            return self.finish(Status::Malformed, false);
        };
        let told = asked.into_iter().enumerate().map(|(place, asked)| (asked, fates.fate(place)));
        let told = told.filter(|(_, fate)| *fate != Fate::Untold).collect();
        self.storing = Some(Storing::Fates);
        DeviceEvent::StoreFates(told)
    }

    pub(super) fn pull(&mut self, pull: Pull) -> DeviceEvent {
        let place = usize::try_from(pull.scope).unwrap_or(usize::MAX);
        let Some(scope) = self.scopes.get(place) else { return self.finish(Status::Malformed, false) };
        let before = match scope.anew_after {
            Some(after) => after,
            None => scope.report.cursor.map_or(0, |cursor| cursor.number),
        };
        let moved = pull.number.checked_sub(before).is_some_and(|moved| pull.records.len() as u64 <= moved);
        let granted = scope.report.status != ScopeStatus::NotGranted;
        let (Some(epoch), true) = (scope.epoch, moved && granted) else { return self.finish(Status::Malformed, false) };
        let cursor = Cursor { epoch, number: pull.number, chain: pull.chain };
        let name = scope.report.scope.clone();
        let Some(records) = received(pull) else { return self.finish(Status::Malformed, false) };
        let frame = PulledFrame { scope: name, records, cursor };
        self.storing = Some(Storing::Pull { place, cursor, records: frame.records.len() });
        DeviceEvent::StorePull(frame)
    }

    pub(super) fn end(&mut self, end: End) -> DeviceEvent {
        for entry in end.scopes {
            let place = usize::try_from(entry.scope).unwrap_or(usize::MAX);
            let Some(scope) = self.scopes.get_mut(place) else { return self.finish(Status::Malformed, false) };
            scope.report.read_to_end = !entry.more;
            scope.report.backed_up = entry.backed_up;
            scope.report.digest = (!entry.more).then_some(entry.digest);
            scope.report.months = entry.months.into_iter().map(|month| (month.month, month.digest)).collect();
            self.report.more |= entry.more;
        }
        self.report.retry_after_s = end.retry_after_s;
        let status = if end.status == Status::Ok { self.report.status } else { end.status };
        self.finish(status, true)
    }
}

/// The records of a Pull with their authors; `None` when one names an author that is not there.
fn received(pull: Pull) -> Option<Vec<ReceivedRecord>> {
    let authors = pull.authors;
    let vouched = |author: Option<u32>, voucher: Option<Voucher>| match (author, voucher) {
        (None, None) => Some(None),
        (Some(author), Some(voucher)) => {
            let author = authors.get(usize::try_from(author).ok()?)?;
            Some(Some(Vouched { author: author.device, incarnation: author.incarnation, voucher }))
        }
        _ => None,
    };
    let record = |record: PulledRecord| {
        let vouched = vouched(record.author, record.voucher)?;
        Some(ReceivedRecord { kind: record.kind, document: record.document, body: record.body.into(), vouched })
    };
    pull.records.into_iter().map(record).collect()
}
