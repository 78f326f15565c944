//! One meeting of two devices, from their cards to the last envelope. See `sync-core`'s `sync::peer` for who says what.
//!
//! They speak in turns, one envelope at a time: a cut costs one. What was brought before stays, and is not offered again.
//!
//! **Invariant:** `Kept` is said only when the envelope would survive a power cut here, and only then does the other
//! note that its work is also on this device. Nothing leaves an outbox by it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use ed25519_dalek::VerifyingKey;
use jisr_sync_core::id::{DeviceId, ScopeId, UnitId};
use jisr_sync_core::sync::limits::{
    FRAME_BYTES_AIM, OFFER_FINGERPRINTS_MAX, PUSH_ENTRIES_MAX, VAN_ENVELOPES_MAX, VAN_OFFERS_MAX,
};
use jisr_sync_core::sync::{
    Bring, Card, Certificate, Certified, Credentials, Envelope, Fingerprint, Kept, Lacking, NotKept, Offer,
    PeerMessage, PeerRefusal, PeerRole, ServerId, shared_scopes,
};
use jisr_sync_core::time::UnixMillis;
use tokio::io::{AsyncRead, AsyncWrite};

use super::channel::Channel;
use crate::error::{Error, Result};
use crate::local::{Local, OfferSource, Offerable, groups};
use crate::runtime::off_thread;
use crate::store::{Carried, StoreError};

/// What a meeting brought about.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct VanReport {
    /// The other device.
    pub peer: DeviceId,
    /// Its unit.
    pub unit: UnitId,
    /// How many changes it keeps now, given by us, that it did not before.
    pub given: usize,
    /// How many changes it handed over that were not here before and are kept now.
    pub received: usize,
    /// How many of those are kept and not shown: they build on something that is not here, or do not pass the gate.
    pub not_shown: usize,
    /// How many changes were not taken, by either, because by the taker's clock their author's certificate is too old, or of
    /// a time that has not come: a clock may be wrong. Whoever has them carries them on.
    pub too_old: usize,
    /// Whether either side had no room for all the other had.
    pub full: bool,
    /// Whether either side keeps so much already of what the other handed over that it takes no more of that one, until it
    /// has met the server.
    pub share_full: bool,
    /// Bytes sent.
    pub bytes_sent: usize,
    /// Bytes received.
    pub bytes_received: usize,
}

/// A meeting under way.
pub(super) struct Meeting<S> {
    local: Arc<Local>,
    channel: Channel<S>,
    role: PeerRole,
    server: ServerId,
    credentials: Credentials,
    report: Option<VanReport>,
    shared: BTreeSet<ScopeId>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Meeting<S> {
    /// A meeting over an open channel.
    ///
    /// # Errors
    /// [`Error::NotEnrolled`], [`Error::Revoked`], [`Error::VanNoCredentials`].
    pub(super) fn new(local: Arc<Local>, channel: Channel<S>, role: PeerRole) -> Result<Self> {
        let (server, credentials) = own_credentials(&local)?;
        Ok(Self { local, channel, role, server, credentials, report: None, shared: BTreeSet::new() })
    }

    /// Holds it.
    pub(super) async fn hold(mut self) -> Result<VanReport> {
        let peer = self.introduce().await?;
        let own = self.credentials.certificate.unverified().ok_or(Error::VanNoCredentials)?;
        // The certificate may be older than the last word of the server on what this device may read.
        let granted = self.local.enrolment()?.scopes;
        self.shared = shared_scopes(&own, &peer).into_iter().filter(|scope| granted.contains(scope)).collect();
        self.report = Some(VanReport {
            peer: peer.device,
            unit: peer.unit,
            given: 0,
            received: 0,
            not_shown: 0,
            too_old: 0,
            full: false,
            share_full: false,
            bytes_sent: 0,
            bytes_received: 0,
        });
        let lacking = match self.role {
            PeerRole::Joins => {
                let offered = self.offer().await?;
                let lacking = self.hear_lacking(offered).await?;
                self.answer_offers().await?;
                lacking
            }
            PeerRole::Listens => {
                self.answer_offers().await?;
                let offered = self.offer().await?;
                self.hear_lacking(offered).await?
            }
        };
        match self.role {
            PeerRole::Joins => {
                self.bring(lacking).await?;
                self.take().await?;
            }
            PeerRole::Listens => {
                self.take().await?;
                self.bring(lacking).await?;
            }
        }
        let (bytes_sent, bytes_received) = (self.channel.sent, self.channel.received);
        let report = self.report.take().ok_or(Error::Interrupted)?;
        Ok(VanReport { bytes_sent, bytes_received, ..report })
    }

    /// Cards: the one who joins shows its own first, so that a stranger does not even learn whom it called.
    async fn introduce(&mut self) -> Result<Certified> {
        let key = self.local.identity()?.signing_key().ok_or(Error::VanNoCredentials)?;
        let binding = self.channel.binding().to_vec();
        let card = Card::sign(self.credentials.certificate.clone(), self.role, &binding, &key);
        if self.role == PeerRole::Joins {
            self.channel.say(&PeerMessage::Card(card.clone())).await?;
        }
        let PeerMessage::Card(theirs) = self.channel.hear().await? else { return Err(out_of_turn()) };
        let other = match self.role {
            PeerRole::Joins => PeerRole::Listens,
            PeerRole::Listens => PeerRole::Joins,
        };
        let trusted = self.credentials.server_key().ok_or(Error::VanNoCredentials)?;
        let certified = theirs.verify(other, &binding, (&self.server, &trusted), self.now())?;
        if certified.device == self.local.identity()?.device {
            return Err(PeerRefusal::Stranger.into());
        }
        if self.role == PeerRole::Listens {
            self.channel.say(&PeerMessage::Card(card)).await?;
        }
        Ok(certified)
    }

    /// Offers what this device could bring; in the order of the questions.
    async fn offer(&mut self) -> Result<Vec<(Offerable, Vec<Fingerprint>)>> {
        let (local, shared) = (Arc::clone(&self.local), self.shared.clone());
        let offerable = off_thread(move || local.offerable(|scope| shared.contains(scope))).await?;
        for scope in &self.shared.clone() {
            let of_scope = offerable.iter().flat_map(|item| &item.entries).filter(|(of, _)| of == scope);
            let prints: Vec<Fingerprint> = of_scope.map(|(_, print)| *print).collect();
            for part in prints.chunks(OFFER_FINGERPRINTS_MAX) {
                let fingerprints: Vec<u8> = part.iter().flat_map(|print| *print.as_bytes()).collect();
                let offer = Offer { scope: scope.clone(), fingerprints: fingerprints.into() };
                self.channel.say(&PeerMessage::Offer(offer)).await?;
            }
        }
        self.channel.say(&PeerMessage::Offered).await?;
        let with_prints = |item: Offerable| {
            let prints = item.entries.iter().map(|(_, print)| *print).collect();
            (item, prints)
        };
        Ok(offerable.into_iter().map(with_prints).collect())
    }

    /// Hears which of what was offered is lacking there. What is not lacking is kept there already.
    async fn hear_lacking(&mut self, offered: Vec<(Offerable, Vec<Fingerprint>)>) -> Result<Vec<Wanted>> {
        let mut asked: Vec<Vec<Fingerprint>> = Vec::new();
        for scope in &self.shared {
            let of_scope = offered.iter().flat_map(|(item, _)| &item.entries).filter(|(of, _)| of == scope);
            let prints: Vec<Fingerprint> = of_scope.map(|(_, print)| *print).collect();
            asked.extend(prints.chunks(OFFER_FINGERPRINTS_MAX).map(<[Fingerprint]>::to_vec));
        }
        let mut lacks = BTreeSet::new();
        for (number, prints) in asked.iter().enumerate() {
            let PeerMessage::Lacking(lacking) = self.channel.hear().await? else { return Err(out_of_turn()) };
            if usize::try_from(lacking.offer) != Ok(number) {
                return Err(out_of_turn());
            }
            lacks.extend(prints.iter().enumerate().filter(|(place, _)| lacking.lacks(*place)).map(|(_, print)| *print));
        }
        let lacking = |prints: &[Fingerprint]| prints.iter().filter(|print| lacks.contains(print)).count();
        let all = offered.into_iter().map(|(item, prints)| Wanted { item, lacking: lacking(&prints) });
        let (wanted, there): (Vec<_>, Vec<_>) = all.partition(|wanted| wanted.lacking > 0);
        self.note_handed(there.into_iter().filter_map(|there| own_index(&there.item)).collect()).await?;
        Ok(wanted)
    }

    /// Answers what the other offers.
    async fn answer_offers(&mut self) -> Result<()> {
        let mut offers = Vec::new();
        loop {
            match self.channel.hear().await? {
                PeerMessage::Offer(offer) if offers.len() < VAN_OFFERS_MAX => offers.push(offer),
                PeerMessage::Offered => break,
                _ => return Err(out_of_turn()),
            }
        }
        for (number, offer) in offers.into_iter().enumerate() {
            let (prints, rest) = offer.fingerprints.as_chunks::<{ Fingerprint::BYTES }>();
            if !rest.is_empty() || prints.len() > OFFER_FINGERPRINTS_MAX {
                return Err(out_of_turn());
            }
            let prints: Vec<Fingerprint> = prints.iter().map(|bytes| Fingerprint::from_bytes(*bytes)).collect();
            let held = if self.shared.contains(&offer.scope) {
                let local = Arc::clone(&self.local);
                let lacks = off_thread(move || local.lacks(&prints)).await?;
                lacks.into_iter().map(|lacks| !lacks).collect()
            } else {
                vec![true; prints.len()]
            };
            let number = u32::try_from(number).unwrap_or(u32::MAX);
            self.channel.say(&PeerMessage::Lacking(Lacking::of(number, &held))).await?;
        }
        Ok(())
    }

    /// Brings what is lacking there, one envelope at a time, each followed by its answer.
    async fn bring(&mut self, wanted: Vec<Wanted>) -> Result<()> {
        let lacking: BTreeMap<OfferSource, usize> =
            wanted.iter().map(|wanted| (wanted.item.source, wanted.lacking)).collect();
        for group in groups(wanted.iter().map(|wanted| &wanted.item), OWN_CHANGES_MAX) {
            let changes = group.iter().filter_map(|source| lacking.get(source)).sum::<usize>();
            let answer = match self.read(group.clone()).await? {
                ToBring::Nothing => continue,
                ToBring::TooOld => Some(NotKept::TooOld),
                ToBring::This(bring) => {
                    self.channel.say(&PeerMessage::Bring(bring)).await?;
                    let PeerMessage::Kept(kept) = self.channel.hear().await? else { return Err(out_of_turn()) };
                    kept.refusal()
                }
            };
            match answer {
                None => {
                    let own = group.iter().filter_map(|source| match source {
                        OfferSource::Own(index) => Some(*index),
                        OfferSource::Carried(_) => None,
                    });
                    self.note_handed(own.collect()).await?;
                    self.note(|report| report.given += changes);
                }
                Some(NotKept::TooOld) => self.note(|report| report.too_old += changes),
                Some(NotKept::OwnWork) => {}
                Some(NotKept::NoRoom) => {
                    self.note(|report| report.full = true);
                    break;
                }
                Some(NotKept::Share) => {
                    self.note(|report| report.share_full = true);
                    break;
                }
            }
        }
        self.channel.say(&PeerMessage::Done).await
    }

    async fn read(&self, group: Vec<OfferSource>) -> Result<ToBring> {
        let (local, certificate, now) = (Arc::clone(&self.local), self.credentials.certificate.clone(), self.now());
        off_thread(move || match group.first() {
            Some(OfferSource::Carried(index)) => {
                // What nobody would take any more goes to the server alone, and must not end the meeting for the rest.
                let is_stale = |carried: &Carried| carried.certificate.unverified().is_none_or(|c| c.is_stale(now));
                Ok(match local.carried_envelope(*index)? {
                    None => ToBring::Nothing,
                    Some(carried) if is_stale(&carried) => ToBring::TooOld,
                    Some(Carried { certificate, envelope, .. }) => ToBring::this(certificate, envelope),
                })
            }
            _ => {
                let indexes: Vec<u64> = group.iter().map(|source| source.index()).collect();
                let envelope = local.own_envelope(&indexes)?;
                Ok(envelope.map_or(ToBring::Nothing, |envelope| ToBring::this(certificate, envelope)))
            }
        })
        .await
    }

    /// Takes what the other brings.
    async fn take(&mut self) -> Result<()> {
        let trusted = self.credentials.server_key().ok_or(Error::VanNoCredentials)?;
        for _ in 0..=VAN_ENVELOPES_MAX {
            let bring = match self.channel.hear().await? {
                PeerMessage::Bring(bring) => bring,
                PeerMessage::Done => return Ok(()),
                _ => return Err(out_of_turn()),
            };
            let answer = self.take_one(*bring, &trusted).await?;
            self.channel.say(&PeerMessage::Kept(answer)).await?;
        }
        Err(out_of_turn())
    }

    /// Keeps one envelope, or says why not. Only one that proves nothing ends the meeting.
    async fn take_one(&mut self, bring: Bring, trusted: &VerifyingKey) -> Result<Kept> {
        let changes = bring.envelope.entries.len();
        match bring.verify((&self.server, trusted), self.now(), &self.shared) {
            Ok(()) => {}
            // One of the two clocks may be wrong: that concerns this author's work, and no other's.
            Err(PeerRefusal::Stale) => {
                self.note(|report| report.too_old += changes);
                return Ok(Kept::no(NotKept::TooOld));
            }
            Err(refusal) => return Err(refusal.into()),
        }
        if bring.envelope.device == self.local.identity()?.device {
            return Ok(Kept::no(NotKept::OwnWork));
        }
        let from = self.report.as_ref().map(|report| report.peer).ok_or(Error::Interrupted)?;
        let local = Arc::clone(&self.local);
        match off_thread(move || local.carry(from, &bring.certificate, &bring.envelope)).await {
            Ok(handed_in) => {
                self.note(|report| {
                    report.received += handed_in.new;
                    report.not_shown += handed_in.not_shown;
                });
                Ok(Kept::YES)
            }
            Err(Error::CarriedFull { .. } | Error::Store(StoreError::Full)) => {
                self.note(|report| report.full = true);
                Ok(Kept::no(NotKept::NoRoom))
            }
            Err(Error::CarriedShare { .. }) => {
                self.note(|report| report.share_full = true);
                Ok(Kept::no(NotKept::Share))
            }
            Err(error) => Err(error),
        }
    }

    async fn note_handed(&mut self, indexes: Vec<u64>) -> Result<()> {
        let Some(peer) = self.report.as_ref().map(|report| report.peer) else { return Ok(()) };
        let local = Arc::clone(&self.local);
        if indexes.is_empty() {
            return Ok(());
        }
        match off_thread(move || local.handed_over(&indexes, peer)).await {
            // What is not noted is asked about less cleverly later; a full disk is the best reason to go on handing over.
            Err(Error::Store(StoreError::Full)) => Ok(()),
            noted => noted,
        }
    }

    fn note(&mut self, change: impl FnOnce(&mut VanReport)) {
        if let Some(report) = &mut self.report {
            change(report);
        }
    }

    /// The server's time, as this device believes it to be.
    fn now(&self) -> UnixMillis {
        UnixMillis(self.local.now().0.saturating_add(self.local.counters().clock_offset_ms))
    }
}

/// Something that was offered and is lacking at the other.
struct Wanted {
    item: Offerable,
    /// How many of its changes.
    lacking: usize,
}

/// What there is to bring of what was offered.
enum ToBring {
    /// It has left meanwhile.
    Nothing,
    /// By this device's own clock nobody takes it any more.
    TooOld,
    This(Box<Bring>),
}

impl ToBring {
    fn this(certificate: Certificate, envelope: Envelope) -> Self {
        Self::This(Box::new(Bring { certificate, envelope }))
    }
}

/// What this device shows others.
pub(super) fn own_credentials(local: &Local) -> Result<(ServerId, Credentials)> {
    let enrolment = local.enrolment()?;
    if enrolment.revoked {
        return Err(Error::Revoked);
    }
    Ok((enrolment.server_id, enrolment.credentials.ok_or(Error::VanNoCredentials)?))
}

fn own_index(item: &Offerable) -> Option<u64> {
    match item.source {
        OfferSource::Own(index) => Some(index),
        OfferSource::Carried(_) => None,
    }
}

/// How many own changes go into one envelope: about a frame's worth.
const OWN_CHANGES_MAX: usize = FRAME_BYTES_AIM / 512;
const _: () = assert!(OWN_CHANGES_MAX <= PUSH_ENTRIES_MAX);

fn out_of_turn() -> Error {
    Error::Protocol { what: "turn".to_owned() }
}
