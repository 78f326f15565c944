//! Reading the logs for one device: which records travel, in which frames, and what is said at the end.

use std::collections::{BTreeSet, VecDeque};

use super::grant::ScopeToRead;
use crate::id::{DeviceId, DocumentId, ScopeId};
use crate::sync::cursor::{Cursor, Digest, Fingerprint, Month};
use crate::sync::envelope::EnvelopeEntry;
use crate::sync::hello::Incarnation;
use crate::sync::limits::{
    ANSWER_BYTES_AIM, FIRST_FRAME_BYTES_AIM, FRAME_BYTES_AIM, FRAME_BYTES_AIM_MIN, MONTHS_MAX, PULL_RECORDS_MAX,
};
use crate::sync::log::{LogKind, LogPage, LogRecord, PulledRecord, ScopeTail, change_hash};
use crate::sync::message::{Authorship, EndScope, MonthDigest, Pull, Whole};
use crate::sync::voucher::VoucherKey;

/// What a record costs in a frame besides its body, in bytes.
const RECORD_OVERHEAD_BYTES: usize = 36;

/// How much of a log is asked for at once, in bytes.
const PAGE_BYTES: usize = 64 * 1024;

/// A page that is not what was asked for: storage is not to be trusted, and nothing of it was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the page is not the continuation of the log that was asked for")]
pub(super) struct WrongPage;

/// The reading of all scopes of one answer.
#[derive(Debug)]
pub(super) struct Pulls {
    author: (DeviceId, Incarnation),
    scopes: VecDeque<ScopeToRead>,
    /// Documents that are to be sent whole, with the place of their scope.
    wholes: VecDeque<(u32, ScopeId, DocumentId)>,
    /// What the device offers of scopes that it wants something of again, by their places.
    offered: BTreeSet<(u32, Fingerprint)>,
    /// What the device itself brought in this request of scopes that are sent with its own work, by their places.
    brought: BTreeSet<(u32, Fingerprint)>,
    /// Documents of which the device is told in this answer that they moved out of the scope in hand, and drops them.
    moved_out: BTreeSet<DocumentId>,
    voucher_key: VoucherKey,
    frame: Vec<PulledRecord>,
    authors: Vec<Authorship>,
    frame_bytes: usize,
    /// Up to where the scope in hand was read, and up to where frames were sent.
    read: Cursor,
    sent: Cursor,
    first_sent: bool,
    aim: usize,
    bytes: usize,
    records: u64,
    ends: Vec<EndScope>,
}

impl Pulls {
    /// Prepares to read `scopes` for a device. `aim` is its wish for a frame's length, 0 for none.
    pub(super) fn new(
        author: (DeviceId, Incarnation),
        scopes: Vec<ScopeToRead>,
        aim: u32,
        voucher_key: VoucherKey,
    ) -> Self {
        let wish = usize::try_from(aim).unwrap_or(FRAME_BYTES_AIM);
        let aim = if wish == 0 { FRAME_BYTES_AIM } else { wish.clamp(FRAME_BYTES_AIM_MIN, FRAME_BYTES_AIM) };
        let start = Cursor::start(crate::sync::cursor::Epoch::from_bytes([0; 8]));
        let first = scopes.first().map_or(start, |scope| scope.after);
        let whole = |scope: &ScopeToRead| {
            let (place, name) = (scope.place, scope.scope.clone());
            scope.whole.clone().into_iter().map(move |document| (place, name.clone(), document))
        };
        Self {
            author,
            wholes: scopes.iter().flat_map(whole).collect(),
            scopes: scopes.into(),
            offered: BTreeSet::new(),
            brought: BTreeSet::new(),
            moved_out: BTreeSet::new(),
            voucher_key,
            frame: Vec::new(),
            authors: Vec::new(),
            frame_bytes: 0,
            read: first,
            sent: first,
            first_sent: false,
            aim,
            bytes: 0,
            records: 0,
            ends: Vec::new(),
        }
    }

    /// The document to read whole next, with its scope; `None` when there is none left.
    pub(super) fn next_whole(&self) -> Option<(ScopeId, DocumentId)> {
        self.wholes.front().map(|(_, scope, document)| (scope.clone(), *document))
    }

    /// Takes the changes of the document that was to be read whole and gives the frames that follow from them.
    pub(super) fn whole(&mut self, records: Vec<LogRecord>) -> Result<Vec<Whole>, WrongPage> {
        let Some((place, _, document)) = self.wholes.pop_front() else { return Err(WrongPage) };
        let is_of_it = |record: &LogRecord| record.kind == LogKind::Change && record.document == document;
        if !records.iter().all(is_of_it) || !records.is_sorted_by_key(|record| record.number) {
            return Err(WrongPage);
        }
        let mut frames = Vec::new();
        for record in records.into_iter().filter(|record| !record.is_withheld()) {
            let bytes = record.body.len() + RECORD_OVERHEAD_BYTES;
            if !self.frame.is_empty() && self.is_full(bytes, self.aim) {
                frames.push(self.take_whole(place));
            }
            self.add(record, bytes);
        }
        if !self.frame.is_empty() {
            frames.push(self.take_whole(place));
        }
        Ok(frames)
    }

    fn take_whole(&mut self, scope: u32) -> Whole {
        let (records, authors) = self.take_records();
        Whole { scope, records, authors }
    }

    /// What to read next: scope, after which number, about how many bytes. `None` when all was read.
    pub(super) fn next_read(&self) -> Option<(ScopeId, u64, usize)> {
        self.scopes.front().map(|scope| (scope.scope.clone(), self.read.number, PAGE_BYTES))
    }

    /// What the End says of the scopes.
    pub(super) fn take_ends(&mut self) -> Vec<EndScope> {
        std::mem::take(&mut self.ends)
    }

    /// How many records were sent.
    pub(super) const fn records(&self) -> u64 {
        self.records
    }

    /// Takes a page of the scope in hand and gives the frames that follow from it.
    pub(super) fn page(&mut self, page: LogPage) -> Result<Vec<Pull>, WrongPage> {
        let Some(scope) = self.scopes.front().cloned() else { return Err(WrongPage) };
        self.check(&scope, &page)?;
        let mut frames = Vec::new();
        for record in page.records {
            if let Some(frame) = self.record(&scope, record) {
                frames.push(frame);
            }
            if self.bytes >= ANSWER_BYTES_AIM {
                self.finish(&scope, page.tail, &mut frames);
                return Ok(frames);
            }
        }
        if self.read.number >= page.tail.head.number {
            self.finish(&scope, page.tail, &mut frames);
        }
        Ok(frames)
    }

    fn check(&self, scope: &ScopeToRead, page: &LogPage) -> Result<(), WrongPage> {
        let numbers = (self.read.number + 1..).zip(&page.records);
        let gapless = numbers.fold(true, |good, (number, record)| good && record.number == number);
        let progress = !page.records.is_empty() || page.tail.head.number <= self.read.number;
        let same_log = page.scope == scope.scope && page.tail.head.epoch == scope.after.epoch;
        if same_log && gapless && progress { Ok(()) } else { Err(WrongPage) }
    }

    /// Adds a record to the frame in hand, unless it is withheld, or the device wrote it and does not want it; gives the
    /// frame that is full before it.
    fn record(&mut self, scope: &ScopeToRead, record: LogRecord) -> Option<Pull> {
        let with_own = scope.is_new || scope.again.is_some();
        let brought = || self.brought.contains(&(scope.place, Fingerprint::of(&record.document, &record.hash)));
        let own = record.author == Some(self.author) && !record.moved && (!with_own || brought());
        #[cfg(feature = "testing")]
        let own = own
            || crate::planted::is_planted(crate::planted::Bug::ForgetEarlierLife)
                && record.author.is_some_and(|(device, _)| device == self.author.0);
        if record.kind == LogKind::MovedOut {
            self.moved_out.insert(record.document);
        }
        let left_out = own || record.is_withheld() || self.is_held(scope, &record);
        let bytes = record.body.len() + RECORD_OVERHEAD_BYTES;
        let aim = if self.bytes == 0 { self.aim.min(FIRST_FRAME_BYTES_AIM) } else { self.aim };
        let frame = if !left_out && !self.frame.is_empty() && self.is_full(bytes, aim) {
            Some(self.take_frame(scope))
        } else {
            None
        };
        self.read.number = record.number;
        self.read.chain = record.chain;
        if !left_out {
            self.add(record, bytes);
        }
        frame
    }

    /// Whether `bytes` more do not fit in the frame in hand.
    const fn is_full(&self, bytes: usize, aim: usize) -> bool {
        self.frame.len() >= PULL_RECORDS_MAX || self.frame_bytes + bytes > aim
    }

    /// Adds a record to the frame in hand, as it travels.
    fn add(&mut self, record: LogRecord, bytes: usize) {
        self.frame_bytes += bytes;
        let author = record.author.map(|author| self.place_of(author));
        let vouch = |author| self.voucher_key.vouch(&record.document, &record.hash, author).voucher;
        let voucher = record.author.map(vouch);
        let (kind, document) = (record.kind, record.document);
        self.frame.push(PulledRecord { kind, document, body: record.body.into(), author, voucher });
    }

    /// The records of the frame in hand and their authors.
    fn take_records(&mut self) -> (Vec<PulledRecord>, Vec<Authorship>) {
        self.bytes += self.frame_bytes;
        self.frame_bytes = 0;
        self.records += self.frame.len() as u64;
        (std::mem::take(&mut self.frame), std::mem::take(&mut self.authors))
    }

    /// Whether a device that wants something again has this, by the sum of its month or by what it offers, and still has
    /// it when it gets there.
    fn is_held(&self, scope: &ScopeToRead, record: &LogRecord) -> bool {
        let Some(again) = scope.again.as_ref().filter(|_| record.kind == LogKind::Change) else { return false };
        if self.moved_out.contains(&record.document) {
            return false;
        }
        let sums_up = !again.months.is_empty() && !again.months.contains(&Month::of(&record.document));
        sums_up || self.offered.contains(&(scope.place, Fingerprint::of(&record.document, &record.hash)))
    }

    /// Notes what the device offers of a scope of which it wants something again: it has that.
    pub(super) fn note_offered(&mut self, scope: &ScopeId, fingerprints: &[Fingerprint]) {
        let wanted = self.scopes.iter().find(|read| read.scope == *scope && read.again.is_some());
        if let Some(place) = wanted.map(|read| read.place) {
            self.offered.extend(fingerprints.iter().map(|fingerprint| (place, *fingerprint)));
        }
    }

    /// Notes what the device itself brought: it has that.
    pub(super) fn note_brought(&mut self, entries: &[EnvelopeEntry]) {
        for entry in entries {
            let read =
                self.scopes.iter().find(|read| read.scope == entry.scope && (read.is_new || read.again.is_some()));
            let print = || Fingerprint::of(&entry.document, &change_hash(&entry.change));
            self.brought.extend(read.map(|read| (read.place, print())));
        }
    }

    /// The author's place in the frame in hand.
    fn place_of(&mut self, (device, incarnation): (DeviceId, Incarnation)) -> u32 {
        let author = Authorship { device, incarnation };
        let place = self.authors.iter().position(|known| *known == author).unwrap_or_else(|| {
            self.authors.push(author);
            self.authors.len() - 1
        });
        u32::try_from(place).unwrap_or(u32::MAX)
    }

    fn take_frame(&mut self, scope: &ScopeToRead) -> Pull {
        self.first_sent = true;
        self.sent = self.read;
        let (records, authors) = self.take_records();
        Pull { scope: scope.place, number: self.sent.number, chain: self.sent.chain, records, authors }
    }

    /// Ends the scope in hand: what is left of it as a frame, its line in the End, and on to the next.
    fn finish(&mut self, scope: &ScopeToRead, tail: ScopeTail, frames: &mut Vec<Pull>) {
        let unsent = self.read.number != self.sent.number || (scope.announce && !self.first_sent);
        if unsent {
            frames.push(self.take_frame(scope));
        }
        let more = self.read.number < tail.head.number;
        let months = if scope.months { newest(tail.months) } else { Vec::new() };
        self.ends.push(EndScope { scope: scope.place, more, backed_up: tail.backed_up, digest: tail.digest, months });
        self.scopes.pop_front();
        self.moved_out.clear();
        self.first_sent = false;
        if let Some(next) = self.scopes.front() {
            self.read = next.after;
            self.sent = next.after;
        }
    }
}

/// The digests of the newest months, as many as an End may have, in their order. What differs is most often there; a
/// wrong date must not crowd it out of an answer that is refused as a whole.
fn newest(mut months: Vec<(Month, Digest)>) -> Vec<MonthDigest> {
    months.sort_by_key(|(month, _)| *month);
    let beyond = months.len().saturating_sub(MONTHS_MAX);
    months.into_iter().skip(beyond).map(|(month, digest)| MonthDigest { month, digest }).collect()
}

#[cfg(test)]
mod tests {

    use super::*;
    use crate::id::ChangeHash;
    use crate::sync::cursor::{Chain, Epoch};
    use crate::sync::hello::Again;

    const AUTHOR: (DeviceId, Incarnation) = (DeviceId::from_bytes([2; 16]), Incarnation::from_bytes([2; 8]));

    fn record(number: u64, document: u8, kind: LogKind, body: &[u8]) -> LogRecord {
        LogRecord {
            number,
            chain: Chain::START,
            kind,
            document: DocumentId::from_bytes([document; 16]),
            hash: ChangeHash::from_bytes([document; 32]),
            author: (kind == LogKind::Change).then_some(AUTHOR),
            moved: number > 3,
            body: body.to_vec(),
        }
    }

    #[test]
    fn a_device_that_is_told_of_a_move_there_and_back_gets_the_changes_again_that_it_offered() {
        let scope: ScopeId = "unit/azilal-1".parse().unwrap();
        let start = Cursor::start(Epoch::from_bytes([7; 8]));
        let to_read = ScopeToRead {
            place: 0,
            scope: scope.clone(),
            after: start,
            announce: true,
            again: Some(Again { months: Vec::new() }),
            is_new: false,
            months: false,
            whole: Vec::new(),
        };
        let reader = (DeviceId::from_bytes([1; 16]), Incarnation::from_bytes([1; 8]));
        let key = VoucherKey::from_bytes([3; 32]);
        let mut pulls = Pulls::new(reader, vec![to_read], 0, key);
        let log = vec![
            record(1, 9, LogKind::Change, b"stays"),
            record(2, 8, LogKind::Change, b""),
            record(3, 8, LogKind::MovedOut, b""),
            record(4, 8, LogKind::MovedIn, b""),
            record(5, 8, LogKind::Change, b"moves"),
        ];
        let prints: Vec<_> = log.iter().map(|record| Fingerprint::of(&record.document, &record.hash)).collect();
        pulls.note_offered(&scope, &prints);
        let head = Cursor { number: 5, ..start };
        let tail = ScopeTail { head, digest: Digest::default(), backed_up: 0, months: Vec::new() };

        let frames = pulls.page(LogPage { scope, records: log, tail }).unwrap();

        let sent: Vec<_> = frames.iter().flat_map(|frame| &frame.records).map(|record| record.body.to_vec()).collect();
        assert_eq!(
            sent,
            [b"".as_slice(), b"", b"moves"],
            "what it holds is left out, but for what it has just dropped"
        );
    }
}
