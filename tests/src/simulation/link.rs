//! Exchanges over links that fail: the device's real exchange at one end, the server's real conversation at the other.
//!
//! **Fault model.** Bytes travel in pieces of any size, each with a delay of its own, so that exchanges of different
//! devices overtake one another. A link can be cut at any byte of a request or an answer, can crawl until somebody
//! gives up, and can deliver a whole request once more later. It never changes, loses or reorders bytes within one
//! exchange: below it is TCP.

use std::collections::{BTreeSet, VecDeque};

use jisr_client_sdk::Error;
use jisr_client_sdk::testing::{Exchange, Next};
use jisr_server::registry::Fleet;
use jisr_server::sync::{Conversation, Step};
use jisr_server::writer::Work;
use jisr_sync_core::id::{DeviceId, ScopeId};
use jisr_sync_core::sync::{Nonce, limits};
use jisr_sync_core::time::UnixMillis;
use rand::RngExt;

use super::base::{Queued, Waiter};
use super::plan::Fault;
use super::spy::Spy;
use super::world::{Event, MINUTE, Overheard, SECOND, World};

/// The most exchanges of one attempt, as the client has it.
const EXCHANGES_MAX: usize = 64;

/// How many requests are remembered for replays.
const OVERHEARD_MAX: usize = 40;

/// An exchange under way.
pub struct Flight {
    phone: Option<usize>,
    /// The device whose request it is, whoever takes the answer.
    of: Option<DeviceId>,
    phone_life: u64,
    exchange: Option<Exchange>,
    pub(super) conversation: Option<Conversation>,
    pub(super) base_life: u64,
    up: Vec<u8>,
    up_at: usize,
    cut_up: Option<usize>,
    down: VecDeque<u8>,
    down_taken: usize,
    cut_down: Option<usize>,
    down_planned: bool,
    /// No byte comes down any more after those on the way: `Some(true)` at the answer's end, `Some(false)` by a cut.
    down_end: Option<bool>,
    pace: i64,
    piece: usize,
    progress: u64,
    spy: Spy,
}

impl World {
    /// A phone asks its engine whether to call.
    pub(super) fn wake(&mut self, phone: usize, wake: u64) {
        if self.phones[phone].wake != wake || self.phones[phone].local.is_none() {
            return;
        }
        let now = self.shown(phone);
        if self.phones[phone].engine.poll_action(now).is_some() {
            self.phones[phone].engine.handle_started();
            self.phones[phone].round = 0;
            self.phones[phone].busy = true;
            if let Some(local) = &self.phones[phone].local {
                local.exchange_began();
            }
            self.launch(phone);
        } else {
            self.plan_wake(phone);
        }
    }

    /// Plans the next look at a phone's engine; what was planned before does not count any more.
    pub(super) fn plan_wake(&mut self, phone: usize) {
        let now = self.shown(phone);
        let wake = self.number();
        self.phones[phone].wake = wake;
        if let Some(wait) = self.phones[phone].engine.poll_timeout(now) {
            let wait = i64::try_from(wait.as_millis()).unwrap_or(i64::MAX).min(30 * 24 * 60 * MINUTE);
            self.after(wait + 1, Event::Wake(phone, wake));
        }
    }

    /// Begins one exchange of a phone.
    pub(super) fn launch(&mut self, phone: usize) {
        let Some(local) = self.phones[phone].local.clone() else { return };
        let nonce = Nonce::random(&mut self.phones[phone].rng);
        let aim = self.phones[phone].aim.bytes();
        self.phones[phone].round += 1;
        self.count("exchanges", 1);
        let (exchange, request) = match Exchange::prepare(local, nonce, aim) {
            Ok(prepared) => prepared,
            Err(error) => return self.attempt_ended(phone, &Err(error)),
        };
        if !self.after_step(phone, None) {
            return;
        }
        let bytes: Vec<u8> = request.iter().flat_map(|piece| piece.iter().copied()).collect();
        self.trace.mix(&bytes);
        self.count("bytes up", bytes.len() as u64);
        let away = self.phones[phone].away_until > self.now();
        let bad = !away && self.rng.random_range(0..100) < self.plan.bad_links;
        let links = [Fault::Unreachable, Fault::CutRequest, Fault::CutAnswer, Fault::Crawl, Fault::Replay];
        let fault = if bad { self.choose(&links) } else { None };
        if let Some(fault) = fault {
            self.fault(fault, &format!("phone {phone}"));
        }
        let Some(conversation) = self.conversation().filter(|_| fault != Some(Fault::Unreachable) && !away) else {
            drop(exchange);
            return self.attempt_ended(phone, &Err(Error::Offline));
        };
        self.overhear(phone, &bytes, fault);
        let mut flight = self.flight(Some(phone), conversation, bytes);
        flight.exchange = Some(exchange);
        match fault {
            Some(Fault::CutRequest) => flight.cut_up = Some(self.rng.random_range(0..flight.up.len().max(1))),
            Some(Fault::CutAnswer) => flight.cut_down = Some(self.rng.random_range(0..4_000)),
            Some(Fault::Crawl) => (flight.pace, flight.piece) = (self.rng.random_range(2..14) * SECOND, 150),
            _ => {}
        }
        let id = self.take_off(flight);
        self.phones[phone].flight = Some(id);
        self.after(15 * SECOND, Event::Patience(id, 0));
    }

    fn conversation(&self) -> Option<Conversation> {
        let running = self.base.running.as_ref()?;
        Some(running.conversation(UnixMillis(self.now())))
    }

    fn overhear(&mut self, phone: usize, bytes: &[u8], fault: Option<Fault>) {
        if !self.allows(Fault::Replay) {
            return;
        }
        if self.overheard.len() < OVERHEARD_MAX {
            self.overheard.push(Overheard { phone, bytes: bytes.to_vec() });
        }
        if fault == Some(Fault::Replay) && !self.overheard.is_empty() {
            let which = self.rng.random_range(0..self.overheard.len());
            let delay = self.rng.random_range(0..20 * MINUTE);
            self.after(delay, Event::Replay(which));
        }
    }

    /// A request that was overheard arrives once more; nobody takes its answer, which is listened to all the same.
    pub(super) fn replay(&mut self, which: usize) {
        let Overheard { phone, bytes } = self.overheard[which].clone();
        let Some(conversation) = self.conversation() else { return };
        self.note(format!("replay of a request of phone {phone}"));
        let mut flight = self.flight(Some(phone), conversation, bytes);
        // It is the phone's for what it may see, and nobody's at the other end.
        flight.phone = None;
        self.take_off(flight);
    }

    fn flight(&mut self, phone: Option<usize>, conversation: Conversation, up: Vec<u8>) -> Flight {
        let granted = phone.map(|phone| self.granted(phone)).unwrap_or_default();
        Flight {
            phone,
            of: phone.map(|phone| self.phones[phone].device),
            phone_life: phone.map_or(0, |phone| self.phones[phone].life),
            exchange: None,
            conversation: Some(conversation),
            base_life: self.base.life,
            up,
            up_at: 0,
            cut_up: None,
            down: VecDeque::new(),
            down_taken: 0,
            cut_down: None,
            down_planned: false,
            down_end: None,
            pace: self.rng.random_range(20..900),
            piece: self.rng.random_range(200..6_000),
            progress: 0,
            spy: Spy::new(granted),
        }
    }

    /// What a phone's device may see now, as the registry says.
    fn granted(&self, phone: usize) -> BTreeSet<ScopeId> {
        let device = self.phones[phone].device;
        let running = self.base.running.as_ref();
        self.base.disk.watch(true);
        let device = running.and_then(|running| running.fleet.device(device).ok().flatten());
        self.base.disk.watch(false);
        device.map(|device| device.scopes().into_iter().collect()).unwrap_or_default()
    }

    /// A device was granted more while answers to it are under way.
    pub(super) fn widen(&mut self, phone: usize, scopes: &[ScopeId]) {
        let device = self.phones[phone].device;
        for flight in self.flights.values_mut() {
            if flight.of == Some(device) {
                flight.spy.allow(scopes.iter().cloned());
            }
        }
    }

    fn take_off(&mut self, flight: Flight) -> u64 {
        let id = self.number();
        let pace = flight.pace;
        self.flights.insert(id, flight);
        self.after(pace, Event::Up(id));
        self.after(i64::try_from(limits::REQUEST_TIME_MAX_MS).unwrap_or(i64::MAX), Event::RequestTime(id));
        id
    }

    /// The server has ended: what it was saying ends in the middle.
    pub(super) fn cut_all(&mut self) {
        for id in self.flights.keys().copied().collect::<Vec<_>>() {
            if let Some(flight) = self.flights.get_mut(&id) {
                flight.conversation = None;
                flight.down_end.get_or_insert(false);
            }
            self.plan_down(id);
        }
    }

    /// The next piece of a request goes up.
    pub(super) fn up(&mut self, id: u64) {
        let size = self.rng.random_range(1..=self.flights.get(&id).map_or(1, |flight| flight.piece));
        let base_life = self.base.life;
        let Some(flight) = self.flights.get_mut(&id) else { return };
        if flight.base_life != base_life {
            flight.conversation = None;
            flight.down_end = Some(false);
            return self.plan_down(id);
        }
        flight.progress += 1;
        let end = (flight.up_at + size).min(flight.up.len()).min(flight.cut_up.unwrap_or(usize::MAX));
        let piece = flight.up[flight.up_at..end].to_vec();
        flight.up_at = end;
        let cut = flight.cut_up == Some(end);
        let whole = end == flight.up.len();
        let pace = flight.pace;
        if let Some(conversation) = &mut flight.conversation {
            if !piece.is_empty() {
                conversation.handle_bytes(&piece);
            }
            if cut || whole {
                conversation.handle_end();
            }
        }
        if cut {
            // Both directions are gone; what the server still says is for nobody.
            flight.down_end = Some(false);
            flight.down.clear();
        }
        self.pump(id);
        if cut {
            self.plan_down(id);
        } else if !whole {
            let delay = self.rng.random_range(pace / 2..=pace);
            self.after(delay, Event::Up(id));
        }
    }

    /// The server's time for a request is up: it takes what came whole.
    pub(super) fn request_time(&mut self, id: u64) {
        let base_life = self.base.life;
        let Some(flight) = self.flights.get_mut(&id).filter(|flight| flight.base_life == base_life) else { return };
        if let Some(conversation) = flight.conversation.as_mut().filter(|talk| !talk.is_request_over()) {
            conversation.handle_end();
            self.pump(id);
        }
    }

    /// Takes the server's steps of an exchange as far as they go.
    pub(super) fn pump(&mut self, id: u64) {
        while self.broken.is_none() {
            let Some(running) = &mut self.base.running else { return };
            let Some(flight) = self.flights.get_mut(&id).filter(|flight| flight.base_life == self.base.life) else {
                return;
            };
            let Some(conversation) = &mut flight.conversation else { return };
            match conversation.poll() {
                Step::Wait => break,
                Step::Ask(question) => conversation.handle_answer(running.answers.answer(question)),
                Step::Store { delivery, by } => {
                    let place = delivery.id;
                    match running.answers.check(&delivery, by) {
                        Ok(delivered) => {
                            let work = Work::Deliver(Box::new(delivered));
                            running.queue.push(Queued { waiter: Waiter::Exchange(id, place), work });
                        }
                        Err(error) => conversation.handle_stored(place, Err(error)),
                    }
                    self.plan_commit();
                }
                Step::Transmit(chunk) => self.transmit(id, &chunk),
                Step::Ended => {
                    if let Some((hello, told)) = conversation.told()
                        && let Ok(mark) = running.answers.mark_of(hello, told)
                    {
                        running.queue.push(Queued { waiter: Waiter::Nobody, work: Work::Mark(Box::new(mark)) });
                    }
                    flight.conversation = None;
                    flight.down_end.get_or_insert(true);
                    self.plan_commit();
                    self.plan_down(id);
                }
            }
            self.base_after_step();
        }
    }

    fn transmit(&mut self, id: u64, chunk: &[u8]) {
        self.trace.mix(chunk);
        self.count("bytes down", chunk.len() as u64);
        let Some(flight) = self.flights.get_mut(&id) else { return };
        let heard = flight.spy.hear(chunk, &self.ledger);
        let taken = flight.exchange.is_some() && flight.down_end.is_none();
        if taken {
            flight.down.extend(chunk);
        } else if let (Some(_), Some(conversation)) = (flight.phone, &mut flight.conversation) {
            conversation.handle_unheard();
        }
        if let Err(what) = heard {
            self.breaks(what);
        }
        self.plan_down(id);
    }

    fn plan_down(&mut self, id: u64) {
        let Some(flight) = self.flights.get_mut(&id) else { return };
        if !std::mem::replace(&mut flight.down_planned, true) {
            let pace = flight.pace;
            let delay = self.rng.random_range(pace / 2..=pace);
            self.after(delay, Event::Down(id));
        }
    }

    /// The next piece of an answer comes down.
    pub(super) fn down(&mut self, id: u64) {
        let size = self.rng.random_range(1..=self.flights.get(&id).map_or(1, |flight| flight.piece));
        let Some(flight) = self.flights.get_mut(&id) else { return };
        flight.down_planned = false;
        let alive = flight.phone.is_some_and(|phone| self.phones[phone].life == flight.phone_life);
        let (Some(phone), true) = (flight.phone, alive && flight.exchange.is_some()) else {
            flight.exchange = None;
            if flight.conversation.is_none() {
                self.flights.remove(&id);
            }
            return;
        };
        let left = flight.cut_down.map_or(usize::MAX, |cut| cut.saturating_sub(flight.down_taken));
        let size = size.min(flight.down.len()).min(left);
        if size > 0 {
            let piece: Vec<u8> = flight.down.drain(..size).collect();
            flight.down_taken += size;
            flight.progress += 1;
            return self.piece_came(id, phone, &piece);
        }
        let cut = left == 0 && !flight.down.is_empty();
        if cut || (flight.down.is_empty() && flight.down_end.is_some()) {
            self.answer_ended(id, phone);
        }
    }

    fn piece_came(&mut self, id: u64, phone: usize, piece: &[u8]) {
        let Some(exchange) = self.flights.get_mut(&id).and_then(|flight| flight.exchange.take()) else { return };
        match exchange.handle_piece(piece) {
            Err(error) => self.exchange_over(id, phone, Err(error)),
            Ok(exchange) if exchange.is_over() => {
                let ended = exchange.handle_end().and_then(Exchange::conclude);
                self.exchange_over(id, phone, ended.map(|(next, _)| next));
            }
            Ok(exchange) => {
                if let Some(flight) = self.flights.get_mut(&id) {
                    flight.exchange = Some(exchange);
                }
                if self.after_step(phone, None) {
                    self.plan_down(id);
                }
            }
        }
    }

    fn answer_ended(&mut self, id: u64, phone: usize) {
        let Some(exchange) = self.flights.get_mut(&id).and_then(|flight| flight.exchange.take()) else { return };
        let ended = exchange.handle_end().and_then(Exchange::conclude);
        self.exchange_over(id, phone, ended.map(|(next, _)| next));
    }

    /// A phone looks whether an exchange still makes progress, and gives up if not.
    pub(super) fn patience(&mut self, id: u64, progress: u64) {
        let Some(flight) = self.flights.get(&id) else { return };
        let (Some(phone), true) = (flight.phone, flight.exchange.is_some()) else { return };
        if flight.progress != progress {
            let progress = flight.progress;
            return self.after(15 * SECOND, Event::Patience(id, progress));
        }
        if self.phones[phone].life == flight.phone_life {
            self.note(format!("phone {phone} gives up waiting"));
            self.answer_ended(id, phone);
        }
    }

    /// One exchange is over for its phone; the server may still be busy with it.
    fn exchange_over(&mut self, id: u64, phone: usize, ended: Result<Next, Error>) {
        if let Some(flight) = self.flights.get_mut(&id) {
            flight.down_end.get_or_insert(false);
            flight.down.clear();
            if let Some(conversation) = &mut flight.conversation {
                conversation.handle_unheard();
                // The connection is closed with it.
                conversation.handle_end();
            }
        }
        self.phones[phone].flight = None;
        self.pump(id);
        if self.flights.get(&id).is_some_and(|flight| flight.conversation.is_none()) {
            self.flights.remove(&id);
        }
        let what = ended.as_ref().map_or_else(|error| error.code().to_owned(), |next| format!("{next:?}"));
        self.note(format!("phone {phone} exchange {what}"));
        if !self.after_step(phone, None) {
            return;
        }
        self.phones[phone].aim.note(ended.as_ref().err());
        match ended {
            Ok(Next::Again) if self.phones[phone].round < EXCHANGES_MAX => {
                let delay = self.rng.random_range(1..2_000);
                self.after(delay, Event::Again(phone, self.phones[phone].life));
            }
            Ok(next) => {
                self.phones[phone].hold = false;
                if next == Next::Done {
                    self.hand_in(phone);
                }
                self.attempt_ended(phone, &Ok(next == Next::Again));
            }
            Err(error) => self.attempt_ended(phone, &Err(error)),
        }
    }

    /// An attempt of a phone has ended, as the client's task ends one.
    fn attempt_ended(&mut self, phone: usize, ended: &Result<bool, Error>) {
        let now = self.shown(phone);
        self.phones[phone].busy = false;
        let Some(local) = self.phones[phone].local.clone() else { return };
        let waiting = local.status(false).waiting > 0;
        local.exchange_ended();
        let it = &mut self.phones[phone];
        it.engine.handle_ended(now, ended.as_ref().map(|more| *more), waiting, &mut it.rng);
        // That the progress cannot be stored does not make an exchange fail that has succeeded.
        let _ = local.set_progress(it.engine.progress().clone());
        drop(local);
        // Somebody takes the phone to be enrolled again, where nobody has planned that: a copy of it was revoked.
        if matches!(ended, Err(Error::Revoked)) {
            self.plan_join(phone);
        }
        if self.after_step(phone, None) {
            self.plan_wake(phone);
        }
    }
}
