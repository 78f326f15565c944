//! What an answer brings after its Welcome: what became of changes set aside, records, and the end.

use super::{DeviceSession, Scope, Storing};
use crate::sync::cursor::Cursor;
use crate::sync::device::report::{DeviceEvent, PulledFrame, ReceivedRecord};
use crate::sync::log::{LogKind, PulledRecord};
use crate::sync::message::{Authorship, End, Fates, Pull, Whole};
use crate::sync::status::{Fate, ScopeStatus, Status};
use crate::sync::voucher::{Vouched, Voucher};

impl DeviceSession {
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
        let Some(records) = received(pull.records, &pull.authors) else { return self.finish(Status::Malformed, false) };
        let frame = PulledFrame { scope: name, records, cursor: Some(cursor) };
        self.storing = Some(Storing::Pull { place, cursor: Some(cursor), records: frame.records.len() });
        DeviceEvent::StorePull(frame)
    }

    /// Only what was asked for is taken, and changes alone: a document that is erased or has left is not there.
    pub(super) fn whole(&mut self, whole: &Whole) -> DeviceEvent {
        let place = usize::try_from(whole.scope).unwrap_or(usize::MAX);
        let asked = self.config.scopes.get(place).and_then(|scope| scope.whole.as_ref());
        let was_asked = |record: &PulledRecord| {
            record.kind == LogKind::Change && asked.is_some_and(|asked| asked.documents.contains(&record.document))
        };
        let is_granted = |scope: &&Scope| scope.report.status != ScopeStatus::NotGranted;
        let scope = self.scopes.get(place).filter(is_granted).map(|scope| scope.report.scope.clone());
        match (scope, received(whole.records.iter().filter(|record| was_asked(record)).cloned(), &whole.authors)) {
            (Some(scope), Some(records)) if records.len() == whole.records.len() => {
                self.storing = Some(Storing::Pull { place, cursor: None, records: records.len() });
                DeviceEvent::StorePull(PulledFrame { scope, records, cursor: None })
            }
            _ => self.finish(Status::Malformed, false),
        }
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

/// Records with their authors; `None` when one names an author that is not there.
fn received(records: impl IntoIterator<Item = PulledRecord>, authors: &[Authorship]) -> Option<Vec<ReceivedRecord>> {
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
    records.into_iter().map(record).collect()
}
