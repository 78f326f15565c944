//! One exchange with the server: the session's requests answered from the store, its bytes carried by a transport.
//!
//! What the server acknowledges and sends is stored as it arrives, so that a cut costs at most one frame. An
//! [`Exchange`] is the steps, each of which may wait for the disk and for nothing else; [`run`] takes them with a
//! transport, and the simulator of the tests with a link of its own.
//!
//! **Never here:** when to try, what a change says.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt;
use jisr_sync_core::id::ScopeId;
#[cfg(feature = "testing")]
use jisr_sync_core::planted;
use jisr_sync_core::sync::device::{PulledFrame, Report, ScopeReport, Welcomed};
use jisr_sync_core::sync::limits::{FRAME_BYTES_AIM, FRAME_BYTES_AIM_MIN, REQUEST_BYTES_MAX};
use jisr_sync_core::sync::{
    DeviceConfig, DeviceEvent, DeviceRequest, DeviceSession, Documents, HeldScope, Nonce, OutboxEntry, OutboxItem,
    ScopeStatus, Status,
};

use crate::error::{Error, Result};
use crate::local::Local;
use crate::runtime::off_thread;
use crate::store::{CursorHistory, StoreError, WaitingMark};
use crate::transport::Transport;

/// What an exchange, or several in a row, brought about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct SyncReport {
    /// How many changes left the outbox: the server holds them durably.
    pub sent: usize,
    /// How many of those the server keeps aside.
    pub set_aside: usize,
    /// For how many changes of other devices, carried here, the server's word came: found there, lacking or taken.
    pub carried: usize,
    /// How many sealed files that were taken along the server has now.
    pub parcels: usize,
    /// How many sealed files the server could not use: they are taken along no longer.
    pub parcels_refused: usize,
    /// How many sealed files are still taken along.
    pub parcels_waiting: usize,
    /// Why not all sealed files were handed in, by the stable code of [`Error`]; the exchange itself went well.
    pub parcels_error: Option<&'static str>,
    /// How many log records were received.
    pub received: usize,
    /// How many of those changes were kept aside here.
    pub refused: usize,
    /// How many exchanges it took.
    pub exchanges: usize,
    /// How many bytes were sent.
    pub bytes_up: usize,
    /// How many bytes were received.
    pub bytes_down: usize,
}

/// What to do after one exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// All is exchanged.
    Done,
    /// Another exchange at once: there is more, or the server told something that helps.
    Again,
}

/// The most exchanges in a row. A device far behind goes on at the next try.
pub(crate) const EXCHANGES_MAX: usize = 64;

/// The length that frames aim at: halved after a cut, down to a floor, and grown again after a success.
#[derive(Debug, Clone, Copy, Default)]
pub struct FrameAim(u32);

impl FrameAim {
    /// In decompressed bytes; 0 for the protocol's own.
    pub const fn bytes(self) -> u32 {
        self.0
    }

    /// Notes how an exchange ended.
    pub fn note(&mut self, failure: Option<&Error>) {
        let (longest, shortest) = (FRAME_BYTES_AIM as u32, FRAME_BYTES_AIM_MIN as u32);
        match failure {
            None => self.0 = if self.0 == 0 || self.0 * 2 >= longest { 0 } else { self.0 * 2 },
            Some(Error::Interrupted) => {
                let now = if self.0 == 0 { longest } else { self.0 };
                self.0 = (now / 2).max(shortest);
            }
            Some(_) => {}
        }
    }
}

/// One exchange in the making: its request first, then the answer piece by piece, then what it came to.
pub struct Exchange {
    local: Arc<Local>,
    session: DeviceSession,
    welcomed: Option<Welcomed>,
    report: Option<Report>,
    refused: usize,
    /// Scopes of which the server has another log and was not shown the older cursors.
    to_show: BTreeSet<ScopeId>,
    /// Nothing is read before those were shown: the exchange ends here and starts over.
    start_over: bool,
    /// Something waits to be sent that did not before.
    queued: bool,
    /// The records that are asked for, since they had left.
    wanted: BTreeMap<ScopeId, Documents>,
}

/// Runs one exchange. `aim` is the length frames aim at, 0 for the protocol's own; `answered` is called when the
/// server's answer begins.
pub(crate) async fn run(
    local: &Arc<Local>,
    transport: &dyn Transport,
    nonce: Nonce,
    aim: u32,
    total: &mut SyncReport,
    answered: impl FnOnce(),
) -> Result<Next> {
    let enrolment = local.enrolment()?;
    let preparing = Arc::clone(local);
    let (mut exchange, request) = off_thread(move || Exchange::prepare(preparing, nonce, aim)).await?;
    total.exchanges += 1;
    total.bytes_up += request.iter().map(Bytes::len).sum::<usize>();
    let mut answer = transport.exchange(&enrolment.server_url, request).await?;
    answered();
    let mut cut = None;
    while let Some(piece) = answer.next().await {
        match piece {
            Ok(piece) => {
                total.bytes_down += piece.len();
                exchange = off_thread(move || exchange.handle_piece(&piece)).await?;
            }
            Err(error) => {
                cut = Some(error);
                break;
            }
        }
        if exchange.is_over() {
            break;
        }
    }
    let exchange = off_thread(move || exchange.handle_end()).await?;
    total.refused += exchange.refused;
    let next = off_thread(move || exchange.conclude()).await;
    let (next, report) = match next {
        Ok(concluded) => concluded,
        Err(Error::Interrupted) => return Err(cut.map_or(Error::Interrupted, Error::from)),
        Err(error) => return Err(error),
    };
    total.sent += report.acknowledged;
    total.set_aside += report.set_aside;
    total.carried += report.carried;
    total.received += report.pulled;
    Ok(next)
}

impl Exchange {
    /// The session and its whole request. `aim` is the length frames aim at, 0 for the protocol's own.
    ///
    /// # Errors
    /// [`Error::NotEnrolled`], or when the store fails.
    pub fn prepare(local: Arc<Local>, nonce: Nonce, aim: u32) -> Result<(Self, Vec<Bytes>)> {
        let wanted = local.wanted();
        let session = DeviceSession::new(config(&local, nonce, aim, &wanted)?, signing_key(&local)?);
        let mut exchange = Self {
            local,
            session,
            welcomed: None,
            report: None,
            refused: 0,
            to_show: BTreeSet::new(),
            start_over: false,
            queued: false,
            wanted,
        };
        let mut request = Vec::new();
        while !exchange.session.is_request_complete() {
            match exchange.session.poll_request() {
                Some(DeviceRequest::ListOutbox { max }) => exchange.list_outbox(max),
                Some(DeviceRequest::ReadOutbox { indexes }) => exchange.read_outbox(&indexes)?,
                Some(DeviceRequest::ReadCarried { index }) => {
                    let carried = exchange.local.carried_envelope(index)?;
                    exchange.session.handle_carried(carried.map(|carried| carried.envelope));
                }
                None if exchange.session.is_request_complete() => {}
                None => return Err(Error::Protocol { what: "request".to_owned() }),
            }
            while let Some(piece) = exchange.session.poll_transmit() {
                request.push(Bytes::from(piece));
            }
        }
        Ok((exchange, request))
    }

    fn list_outbox(&mut self, max: usize) {
        let waiting = self.local.waiting();
        let totals = self.local.totals();
        let item = |(index, mark, urgent): (u64, WaitingMark, bool)| OutboxItem {
            index,
            document: mark.document,
            bytes: mark.bytes,
            urgent,
            ask: mark.ask,
        };
        let mut items: Vec<OutboxItem> = waiting.into_iter().map(item).collect();
        if items.len() > max {
            // The oldest, and all of an urgent record: what it builds on may be among the oldest or not.
            let urgent: BTreeSet<_> = items.iter().filter(|item| item.urgent).map(|item| item.document).collect();
            items.sort_by_key(|item| (!urgent.contains(&item.document), item.index));
            items.truncate(max);
            items.sort_by_key(|item| item.index);
        }
        self.session.handle_carried_list(self.local.carried());
        self.session.handle_outbox_list(&items, totals);
    }

    fn read_outbox(&mut self, indexes: &[u64]) -> Result<()> {
        let mut entries = Vec::with_capacity(indexes.len());
        for index in indexes {
            entries.extend(self.local.waiting_entry(*index)?.map(|entry| OutboxEntry {
                index: entry.index,
                scope: entry.scope,
                document: entry.document,
                change: entry.change,
                vouched: entry.vouched,
            }));
        }
        self.session.handle_outbox(entries);
        #[cfg(feature = "testing")]
        if planted::is_planted(planted::Bug::DropWhenSent) {
            let delivered = indexes.to_vec();
            let dropped = jisr_sync_core::sync::Acknowledged { delivered, ..Default::default() };
            self.local.acknowledge(&dropped)?;
        }
        Ok(())
    }

    /// Takes in a piece of the answer, and stores what is whole.
    ///
    /// # Errors
    /// When the store fails. What was stored before stays; the rest comes again with the next exchange.
    pub fn handle_piece(mut self, piece: &[u8]) -> Result<Self> {
        self.session.handle_bytes(piece);
        self.handle_events()?;
        Ok(self)
    }

    /// Whether the rest of the answer, if there is any, does not matter.
    pub const fn is_over(&self) -> bool {
        self.report.is_some() || self.start_over
    }

    /// The answer has ended, well or by a cut.
    ///
    /// # Errors
    /// As [`Exchange::handle_piece`].
    pub fn handle_end(mut self) -> Result<Self> {
        if !self.start_over {
            self.session.handle_end();
            self.handle_events()?;
        }
        Ok(self)
    }

    fn handle_events(&mut self) -> Result<()> {
        while !self.start_over {
            match self.session.poll_event() {
                None => return Ok(()),
                Some(DeviceEvent::Welcomed(welcomed)) => {
                    self.local.learn(welcomed.server_clock_offset_ms, welcomed.request_bytes_max)?;
                    if let Some(credentials) = welcomed.credentials.clone() {
                        self.local.set_credentials(credentials)?;
                    }
                    self.learn_granted(&welcomed)?;
                    self.to_show = self.local.read_anew(&welcomed.scopes)?;
                    self.welcomed = Some(welcomed);
                }
                Some(DeviceEvent::StoreAcks(acknowledged)) => {
                    self.queued |= self.local.acknowledge(&acknowledged)?;
                    self.session.handle_stored();
                }
                Some(DeviceEvent::StoreFates(fates)) => {
                    self.queued |= self.local.learn_fates(&fates)?;
                    self.session.handle_stored();
                }
                Some(DeviceEvent::StorePull(frame)) => self.store_frame(frame)?,
                Some(DeviceEvent::Finished(report)) => self.report = Some(report),
            }
        }
        Ok(())
    }

    fn store_frame(&mut self, frame: PulledFrame) -> Result<()> {
        if self.to_show.contains(&frame.scope) {
            self.start_over = true;
            return Ok(());
        }
        #[cfg(feature = "testing")]
        if planted::is_planted(planted::Bug::CursorBeforeRecords) {
            self.local.receive(PulledFrame { records: Vec::new(), ..frame.clone() })?;
        }
        self.refused += self.local.receive(frame)?.set_aside;
        self.session.handle_stored();
        Ok(())
    }

    /// What the exchange came to.
    ///
    /// # Errors
    /// [`Error::Interrupted`] for an answer that was cut; what the server refused the device for; a failing store.
    pub fn conclude(self) -> Result<(Next, Report)> {
        let Some(report) = self.report.clone() else {
            return if self.start_over { Ok((Next::Again, empty_report())) } else { Err(Error::Interrupted) };
        };
        let next = match report.status {
            Status::Ok if !report.complete => return Err(Error::Interrupted),
            Status::Ok => self.conclude_well(&report)?,
            Status::Copied => {
                self.local.take_new_incarnation()?;
                Next::Again
            }
            // The Welcome has told the time, and a new nonce is drawn: the next try has what this one lacked.
            Status::ClockWrong | Status::Replayed => Next::Again,
            // To a server that was restored from before its enrolment the device is unknown: either way it has to be
            // enrolled again, and keeps all it holds.
            Status::Revoked | Status::NotAuthentic => {
                self.local.set_revoked(true)?;
                return Err(Error::Revoked);
            }
            Status::UpdateRequired => return Err(Error::UpdateNeeded),
            Status::Busy => {
                let seconds = report.retry_after_s.unwrap_or(60);
                return Err(Error::RetryAfter(Duration::from_secs(seconds.into())));
            }
            other => return Err(Error::Protocol { what: other.code().to_owned() }),
        };
        Ok((next, report))
    }

    /// A scope was read to its end. Whether there is more to do in it now; when there is not, old records leave.
    fn conclude_scope(&self, scope: &ScopeReport) -> Result<bool> {
        let asked = self.wanted.get(&scope.scope).map(|wanted| wanted.documents.as_slice()).unwrap_or_default();
        let wanted = self.local.brought(&scope.scope, asked)?;
        let again = self.local.read_to_end(scope)? || wanted;
        if !again {
            self.local.prune(scope)?;
        }
        Ok(again)
    }

    fn conclude_well(&self, report: &Report) -> Result<Next> {
        self.local.set_revoked(false)?;
        let mut again = report.more || self.queued;
        for scope in report.scopes.iter().filter(|scope| scope.read_to_end) {
            again |= self.conclude_scope(scope)?;
        }
        // What nothing waits of any more leaves now.
        self.welcomed.as_ref().map_or(Ok(()), |welcomed| self.set_granted(welcomed))?;
        if let Some(seconds) = report.retry_after_s {
            return Err(Error::RetryAfter(Duration::from_secs(seconds.into())));
        }
        Ok(if again { Next::Again } else { Next::Done })
    }

    /// What is granted counts from the first word of the answer on: an answer that is cut would else leave a device that
    /// was moved where it was, and have it read its new scopes from the start each time. Where there is no room to note it,
    /// what is acknowledged is kept all the same.
    fn learn_granted(&self, welcomed: &Welcomed) -> Result<()> {
        match self.set_granted(welcomed) {
            Err(Error::Store(StoreError::Full)) => Ok(()),
            told => told,
        }
    }

    fn set_granted(&self, welcomed: &Welcomed) -> Result<()> {
        // An answer without scopes says nothing about what is granted.
        if welcomed.scopes.is_empty() {
            return Ok(());
        }
        let granted = welcomed.scopes.iter().filter(|scope| scope.status != ScopeStatus::NotGranted);
        self.local.set_granted(&granted.map(|scope| scope.scope.clone()).collect::<Vec<_>>()).map(drop)
    }
}

fn config(local: &Local, nonce: Nonce, aim: u32, wanted: &BTreeMap<ScopeId, Documents>) -> Result<DeviceConfig> {
    let identity = local.identity()?;
    let enrolment = local.enrolment()?;
    let counters = local.counters();
    let shown = |(scope, history): (ScopeId, CursorHistory)| {
        let whole = wanted.get(&scope).cloned();
        HeldScope { whole, ..history.shown(scope) }
    };
    let scopes = local.cursors()?.into_iter().map(shown);
    Ok(DeviceConfig {
        server: enrolment.server_id,
        device: identity.device,
        incarnation: identity.incarnation,
        boot: counters.boot,
        nonce,
        now: local.now(),
        server_clock_offset_ms: counters.clock_offset_ms,
        app_version: env!("CARGO_PKG_VERSION").to_owned(),
        scopes: scopes.collect(),
        asides: local.untold(),
        frame_bytes_aim: aim,
        request_bytes_max: match counters.request_bytes_max {
            0 => REQUEST_BYTES_MAX,
            told => told,
        },
        wants_credentials: local.wants_credentials(),
    })
}

fn signing_key(local: &Local) -> Result<ed25519_dalek::SigningKey> {
    let lost = || Error::Store(StoreError::Damaged { what: "the device's key".to_owned() });
    local.identity()?.signing_key().ok_or_else(lost)
}

fn empty_report() -> Report {
    Report {
        status: Status::Ok,
        complete: false,
        more: true,
        retry_after_s: None,
        sent: 0,
        acknowledged: 0,
        set_aside: 0,
        carried: 0,
        pulled: 0,
        unsendable: Vec::new(),
        bytes_up: 0,
        bytes_down: 0,
        scopes: Vec::new(),
    }
}
