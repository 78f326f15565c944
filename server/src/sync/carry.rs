//! Envelopes that come in a file instead of an exchange: the same checks, the same writer, the same verdicts.

use ed25519_dalek::VerifyingKey;
use jisr_sync_core::id::DeviceId;
use jisr_sync_core::sync::limits::CLOCK_SKEW_REFUSED_MS;
use jisr_sync_core::sync::server::{Delivery, HelloVerdict, Verdict};
use jisr_sync_core::sync::{CarryFileError, CarryHeader, SignedHello, carry_envelopes};

use super::SyncService;
use super::answers::{Unavailable, verdicts};
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
        let (header, sealed) = CarryHeader::read(file)?;
        if header.server != self.server {
            return Err(CarryError::OtherServer);
        }
        let opened = self.answers.service_keys().seal.open(sealed).ok_or(CarryFileError::Sealed)?;
        // The writer is asked as by any request; this thread may wait.
        let waiting = tokio::runtime::Builder::new_current_thread().build();
        let waiting = waiting.map_err(|error| CarryError::Unavailable(error.to_string()))?;
        let mut outcome = CarryOutcome::default();
        let envelopes = carry_envelopes(&opened)?;
        let watch = Unstoppable(watch);
        let mut count = Count::begin(&watch, Stage::Envelopes, Some(envelopes.len() as u64))?;
        for envelope in envelopes {
            let key = self.answers.key(&envelope.device)?;
            outcome.envelopes += 1;
            let delivery = Delivery::carried(envelope, by, key);
            for verdict in waiting.block_on(self.take_in(&delivery, by))? {
                match verdict {
                    Verdict::Appended => outcome.new += 1,
                    Verdict::Known => outcome.known += 1,
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
        let Some(device) = signed.unverified().map(|hello| hello.device) else { return Ok(None) };
        let key = self.answers.key(&device)?;
        let Some(hello) = key.and_then(|key: VerifyingKey| signed.verify(&self.server, &key)) else { return Ok(None) };
        let behind = self.answers.now().0.saturating_sub(hello.corrected_time().0);
        if behind.saturating_abs() > CLOCK_SKEW_REFUSED_MS {
            return Ok(None);
        }
        match self.answers.grant(&hello)?.verdict {
            HelloVerdict::Welcome => Ok(Some(device)),
            HelloVerdict::Busy { retry_after_s } => Err(CarryError::Busy { retry_after_s }),
            HelloVerdict::Replayed | HelloVerdict::Copied => Ok(None),
        }
    }

    async fn take_in(&self, delivery: &Delivery, by: Option<DeviceId>) -> Result<Vec<Verdict>, Unavailable> {
        let checked = self.answers.check(delivery, by)?;
        verdicts(self.writer.deliver(checked).await?)
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
