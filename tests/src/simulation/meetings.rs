//! Phones that meet, and carry files on their way: when, between whom, and what must hold after each.

use std::collections::BTreeSet;
use std::sync::Arc;

use jisr_client_sdk::Error;
use jisr_client_sdk::local::Local;
use jisr_client_sdk::store::StoreError;
use jisr_client_sdk::testing::{export, meet, parcel_body};
use jisr_client_sdk::van::{VanCode, VanReport};
use jisr_server::merge::Outcome;
use jisr_server::ports::CarryError;
use jisr_server::writer::{Work, WriteError, Written};
use jisr_sync_core::id::{DeviceId, ScopeId};
use jisr_sync_core::sync::server::Delivery;
use jisr_sync_core::sync::{EnvelopeEntry, Nonce, PeerRole, SignedHello, change_hash};
use rand::RngExt;

use super::base::{Queued, Waiter};
use super::plan::Fault;
use super::van::{Cut, connection};
use super::world::{DAY, Event, HOUR, MINUTE, World};

/// How many carry files are on their way at most.
const FILES_MAX: usize = 8;

/// A carry file that is being written at the server.
#[derive(Debug)]
pub struct HandingIn {
    /// The phone that brought it, in which of its lives, and under which number it has it; `None` for a file that
    /// somebody carried to the server.
    by: Option<(usize, u64, u64)>,
    /// How many of its envelopes are not written yet.
    left: usize,
    /// Whether all that was written was kept.
    kept: bool,
}

impl World {
    /// Plans the next meeting.
    pub(super) fn plan_meeting(&mut self) {
        if self.plan.meetings_a_day > 0 {
            let delay = self.rng.random_range(MINUTE..2 * DAY / i64::from(self.plan.meetings_a_day));
            self.after(delay, Event::GoAway);
        }
    }

    /// Two crews work where there is no network, of one province where there are two, and meet there.
    pub(super) fn go_away(&mut self) {
        self.plan_meeting();
        let one = self.rng.random_range(0..self.phones.len());
        let province = |unit: &jisr_sync_core::id::UnitId| crate::service::province_of(unit.as_str()).to_owned();
        let here = province(&self.phones[one].unit);
        let near = |other: &usize| *other != one && province(&self.phones[*other].unit) == here;
        let mut others: Vec<usize> = (0..self.phones.len()).filter(near).collect();
        if others.is_empty() {
            others = (0..self.phones.len()).filter(|other| *other != one).collect();
        }
        let other = others[self.rng.random_range(0..others.len())];
        let hours = self.rng.random_range(HOUR..9 * HOUR);
        for phone in [one, other] {
            self.phones[phone].away_until = self.now() + self.rng.random_range(hours / 2..=hours);
        }
        for _ in 0..2 {
            let delay = self.rng.random_range(0..hours);
            self.after(delay, Event::Meeting(one, other));
        }
    }

    /// Two phones meet.
    pub(super) fn meeting(&mut self, one: usize, other: usize) {
        // A phone that syncs just now lets the other wait.
        if self.phones[one].busy || self.phones[other].busy {
            return;
        }
        let (Some(a), Some(b)) = (self.phones[one].local.clone(), self.phones[other].local.clone()) else { return };
        let cuts = self.cuts();
        let before = [&a, &b].map(|local| carried(local));
        let ended = self.hold_meeting(&a, &b, cuts);
        self.count("meetings", 1);
        let said = |ended: &Result<VanReport, Error>| match ended {
            Ok(report) => format!("gave {} and took {}", report.given, report.received),
            Err(error) => error.code().to_owned(),
        };
        self.note(format!("phones {one} and {other} meet: {}, {}", said(&ended[0]), said(&ended[1])));
        for ((phone, local), before) in [(one, &a), (other, &b)].into_iter().zip(before) {
            self.look_at_received(phone, local, &before);
        }
        drop((a, b));
        for (phone, ended) in [one, other].into_iter().zip(ended) {
            if matches!(&ended, Err(Error::Store(StoreError::Io { what })) if what == "a task was stopped") {
                self.breaks(format!("something panicked in a meeting of phone {phone}"));
            }
            if self.after_step(phone, None) {
                self.plan_wake(phone);
            }
        }
    }

    /// Where the next meeting is cut, on either side.
    fn cuts(&mut self) -> [Option<Cut>; 2] {
        let cut = self.allows(Fault::CutMeeting) && self.rng.random_range(0..100) < self.plan.bad_links;
        if !cut {
            return [None, None];
        }
        self.fault(Fault::CutMeeting, "");
        let side = self.rng.random_range(0..2);
        let cut = Cut { messages: self.rng.random_range(0..14), bytes: self.rng.random_range(0..300) };
        let mut cuts = [None, None];
        cuts[side] = Some(cut);
        cuts
    }

    fn hold_meeting(
        &mut self,
        a: &Arc<Local>,
        b: &Arc<Local>,
        cuts: [Option<Cut>; 2],
    ) -> [Result<VanReport, Error>; 2] {
        let code = VanCode::random(&mut self.rng);
        let (here, there) = connection(cuts);
        let (listens, joins) = self.runtime.block_on(async {
            tokio::join!(meet(a, here, PeerRole::Listens, &code), meet(b, there, PeerRole::Joins, &code))
        });
        [listens, joins]
    }

    /// The scope a change was signed for: that in which it was made, unless somebody moved its record.
    fn signed_for<'s>(&self, entry: &'s EnvelopeEntry, made_in: &'s ScopeId) -> &'s ScopeId {
        if self.ledger.moved.contains(&entry.document) { &entry.scope } else { made_in }
    }

    /// What a phone took in a meeting was made by crews, and is of scopes that the server said it may read.
    fn look_at_received(&mut self, phone: usize, local: &Local, before: &BTreeSet<u64>) {
        self.phones[phone].disk.watch(true);
        let new: Vec<u64> = carried(local).into_iter().filter(|index| !before.contains(index)).collect();
        let envelopes: Vec<_> = new.iter().filter_map(|index| local.carried_envelope(*index).ok().flatten()).collect();
        let told = local.enrolment().ok();
        self.phones[phone].disk.watch(false);
        let certificate = told.and_then(|told| told.credentials).and_then(|known| known.certificate.unverified());
        let granted: Vec<ScopeId> = certificate.map(|certified| certified.scopes).unwrap_or_default();
        for entry in envelopes.iter().flat_map(|carried| &carried.envelope.entries) {
            let key = (entry.document, change_hash(&entry.change));
            match self.ledger.entries.get(&key) {
                None => self.breaks(format!("phone {phone} was handed a change of {}, which no crew made", key.0)),
                // Of a record that was moved, what counts is where it lay when its author signed: a server that was put
                // back may have forgotten the move since.
                Some(made) if !granted.contains(self.signed_for(entry, &made.scope)) => {
                    let scope = made.scope.clone();
                    self.breaks(format!("phone {phone} was handed a change of {scope}, which it is not granted"));
                }
                Some(_) => {
                    self.ledger.handed.insert(entry.document);
                    self.count("changes handed over", 1);
                }
            }
        }
    }

    /// Plans the next carry file.
    pub(super) fn plan_file(&mut self) {
        if self.plan.files_a_day > 0 {
            let delay = self.rng.random_range(MINUTE..2 * DAY / i64::from(self.plan.files_a_day));
            self.after(delay, Event::File);
        }
    }

    /// A phone's work goes into a file, which another phone takes along, or which somebody brings to the server.
    pub(super) fn make_file(&mut self) {
        self.plan_file();
        let draw = [0; 4].map(|_| self.rng.random_range(0..self.phones.len()));
        // Whoever has much to send has a reason to.
        let (phone, other) =
            (draw.into_iter().max_by_key(|phone| self.phones[*phone].waiting.len()).unwrap_or(0), draw[0]);
        let Some(local) = self.phones[phone].local.clone() else { return };
        let exported = export(&local);
        drop(local);
        if !self.after_step(phone, None) {
            return;
        }
        let file = match exported {
            Ok(Some(file)) => file,
            Ok(None) => return,
            Err(error) => return self.note(format!("phone {phone} exports nothing: {}", error.code())),
        };
        self.count("carry files", 1);
        self.note(format!("phone {phone} puts {} changes into a file", file.changes));
        if self.rng.random_ratio(1, 2) || other == phone {
            self.numbers += 1;
            self.files.insert(self.numbers, file.bytes);
            if self.files.len() > FILES_MAX {
                self.files.pop_first();
            }
            let delay = self.rng.random_range(MINUTE..DAY);
            return self.after(delay, Event::Import(self.numbers));
        }
        let Some(local) = self.phones[other].local.clone() else { return };
        let taken = local.take_along(file.bytes);
        self.note(format!("phone {other} takes it along: {}", taken.as_ref().map_or_else(Error::code, |_| "yes")));
        drop((local, taken));
        self.after_step(other, None);
    }

    /// Somebody brings a file to the server; whether it stays for a second time is chance.
    pub(super) fn import(&mut self, file: u64) {
        let Some(bytes) = self.files.get(&file).cloned() else { return };
        if !self.rng.random_ratio(1, 3) {
            self.files.remove(&file);
        } else {
            self.after(DAY / 3, Event::Import(file));
        }
        let taken = self.take_in(&bytes, None, None);
        self.note(format!("a file is brought to the server: {}", if taken.is_ok() { "opened" } else { "refused" }));
        self.base_after_step();
    }

    /// A phone hands in the files it took along, once it has nothing else to say.
    pub(super) fn hand_in(&mut self, phone: usize) {
        let Some(local) = self.phones[phone].local.clone() else { return };
        for index in local.parcels() {
            let nonce = Nonce::random(&mut self.phones[phone].rng);
            let Ok(Some(body)) = parcel_body(&local, index, nonce) else { return };
            if self.base.running.is_none() || self.rng.random_range(0..100) < self.plan.bad_links / 2 {
                return;
            }
            let by = (phone, self.phones[phone].life, index);
            let taken = self.take_body(&body, by);
            self.note(format!("phone {phone} hands a file in: {}", if taken.is_ok() { "opened" } else { "refused" }));
            if !self.base_after_step() {
                return;
            }
            match taken {
                Ok(()) => {}
                Err(Some(CarryError::File(_) | CarryError::OtherServer)) => _ = local.drop_parcel(index),
                Err(_) => return,
            }
        }
    }

    /// What the server does with the body of such a request: a Hello, then the file.
    fn take_body(&mut self, body: &[u8], by: (usize, u64, u64)) -> Result<(), Option<CarryError>> {
        let (length, rest) = body.split_first_chunk::<2>().ok_or(None)?;
        let (hello, file) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length))).ok_or(None)?;
        let hello = SignedHello::from_bytes(hello).ok_or(None)?;
        let running = self.base.running.as_ref().ok_or(None)?;
        let bringer = running.answers.bringer(&hello)?.ok_or(None)?;
        Ok(self.take_in(file, Some(bringer), Some(by))?)
    }

    fn take_in(
        &mut self,
        file: &[u8],
        bringer: Option<DeviceId>,
        by: Option<(usize, u64, u64)>,
    ) -> Result<(), CarryError> {
        self.numbers += 1;
        let id = self.numbers;
        let Some(running) = &mut self.base.running else { return Err(CarryError::Unavailable("off".to_owned())) };
        let mut works = Vec::new();
        for envelope in running.answers.open(file)? {
            let delivery: Delivery = running.answers.carried(envelope, bringer)?;
            let delivered = running.answers.check(&delivery, bringer)?;
            works.push(Queued { waiter: Waiter::Parcel(id), work: Work::Deliver(Box::new(delivered)) });
        }
        self.handing_in.insert(id, HandingIn { by, left: works.len(), kept: true });
        running.queue.extend(works);
        self.plan_commit();
        Ok(())
    }

    /// One envelope of a file was written, or was not.
    pub(super) fn parcel_written(&mut self, id: u64, answer: &Result<Written, WriteError>) {
        let Some(handing) = self.handing_in.get_mut(&id) else { return };
        handing.left -= 1;
        handing.kept &= matches!(answer, Ok(Written::Outcomes(outcomes)) if !outcomes.contains(&Outcome::HeldBack));
        if handing.left > 0 {
            return;
        }
        let Some(HandingIn { by: Some((phone, life, index)), kept: true, .. }) = self.handing_in.remove(&id) else {
            return;
        };
        // The phone hears that, or does not, and then brings it again.
        if self.phones[phone].life == life && self.rng.random_ratio(4, 5) {
            if let Some(local) = self.phones[phone].local.clone() {
                let _ = local.drop_parcel(index);
            }
            self.after_step(phone, None);
        }
    }
}

fn carried(local: &Local) -> BTreeSet<u64> {
    local.carried().into_iter().map(|item| item.index).collect()
}
