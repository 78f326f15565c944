//! Envelopes that come in a file instead of an exchange: the same checks, the same writer, the same verdicts.

use ed25519_dalek::VerifyingKey;
use jisr_sync_core::id::DeviceId;
use jisr_sync_core::sync::limits::CLOCK_SKEW_REFUSED_MS;
use jisr_sync_core::sync::server::{Delivery, HelloVerdict, Verdict};
use jisr_sync_core::sync::{CarryFileError, CarryHeader, Envelope, SignedHello, carry_envelopes};

use super::SyncService;
use super::answers::{Answers, Unavailable, verdicts};
use crate::ports::{CarryError, CarryOutcome};
use crate::progress::{Count, Stage, Stopped, Unstoppable, Watch};

impl SyncService {
    /// Opens a file that was sealed to this server and takes in each envelope as one that `by` relayed, or the server's
    /// administrator when absent. Returns when all
    /// of it would survive a power cut. Blocks; a second time finds everything known.
    ///
    /// # Errors
    /// [`CarryError::File`], and nothing was taken; [`CarryError::Unavailable`], and what was taken before stays.
    pub fn carry(&self, file: &[u8], by: Option<DeviceId>, watch: &dyn Watch) -> Result<CarryOutcome, CarryError> {
        let envelopes = self.answers.open(file)?;
        // The writer is asked as by any request; this thread may wait.
        let waiting = tokio::runtime::Builder::new_current_thread().build();
        let waiting = waiting.map_err(|error| CarryError::Unavailable(error.to_string()))?;
        let mut outcome = CarryOutcome::default();
        let watch = Unstoppable(watch);
        let mut count = Count::begin(&watch, Stage::Envelopes, Some(envelopes.len() as u64))?;
        for envelope in envelopes {
            outcome.envelopes += 1;
            let delivery = self.answers.carried(envelope, by)?;
            for verdict in waiting.block_on(self.take_in(&delivery, by))? {
                match verdict {
                    Verdict::Appended => outcome.new += 1,
                    Verdict::Known | Verdict::Elsewhere => outcome.known += 1,
                    Verdict::HeldBack => outcome.held_back += 1,
                    Verdict::SetAside(reason) => *outcome.set_aside.entry(reason.to_string()).or_default() += 1,
                }
            }
            count.add(1)?;
        }
        tracing::info!(envelopes = outcome.envelopes, new = outcome.new, known = outcome.known, "a carry file came");
        Ok(outcome)
    }

    /// The device that brings something outside an exchange, by its signed Hello. `None`: it is nobody who may.
    ///
    /// # Errors
    /// When the registry or the storage fails.
    pub fn bringer(&self, signed: &SignedHello) -> Result<Option<DeviceId>, CarryError> {
        self.answers.bringer(signed)
    }

    async fn take_in(&self, delivery: &Delivery, by: Option<DeviceId>) -> Result<Vec<Verdict>, Unavailable> {
        let checked = self.answers.check(delivery, by)?;
        verdicts(self.writer.deliver(checked).await?)
    }
}

impl Answers {
    /// The envelopes in a file that was sealed to this server. Their signatures are not verified.
    ///
    /// # Errors
    /// [`CarryError::File`], [`CarryError::OtherServer`].
    pub fn open(&self, file: &[u8]) -> Result<Vec<Envelope>, CarryError> {
        let (header, sealed) = CarryHeader::read(file)?;
        if header.server != self.server() {
            return Err(CarryError::OtherServer);
        }
        let opened = self.service_keys().seal.open(sealed).ok_or(CarryFileError::Sealed)?;
        Ok(carry_envelopes(&opened)?)
    }

    /// An envelope that `by` brought outside an exchange, if it is known who, to be checked and written.
    ///
    /// # Errors
    /// When the registry cannot be read.
    pub fn carried(&self, envelope: Envelope, by: Option<DeviceId>) -> Result<Delivery, Unavailable> {
        let key = self.key(&envelope.device)?;
        Ok(Delivery::carried(envelope, by, key))
    }

    /// As [`SyncService::bringer`].
    ///
    /// # Errors
    /// When the registry or the storage fails.
    pub fn bringer(&self, signed: &SignedHello) -> Result<Option<DeviceId>, CarryError> {
        let Some(device) = signed.unverified().map(|hello| hello.device) else { return Ok(None) };
        let key = self.key(&device)?;
        let Some(hello) = key.and_then(|key: VerifyingKey| signed.verify(&self.server(), &key)) else {
            return Ok(None);
        };
        let behind = self.now().0.saturating_sub(hello.corrected_time().0);
        if behind.saturating_abs() > CLOCK_SKEW_REFUSED_MS {
            return Ok(None);
        }
        match self.grant(&hello)?.verdict {
            HelloVerdict::Welcome => Ok(Some(device)),
            HelloVerdict::Busy { retry_after_s } => Err(CarryError::Busy { retry_after_s }),
            HelloVerdict::Replayed | HelloVerdict::Copied => Ok(None),
        }
    }
}

impl From<Stopped> for CarryError {
    fn from(stopped: Stopped) -> Self {
        Self::Unavailable(stopped.to_string())
    }
}

impl From<Unavailable> for CarryError {
    fn from(error: Unavailable) -> Self {
        Self::Unavailable(error.to_string())
    }
}
