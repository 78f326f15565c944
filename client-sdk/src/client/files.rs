//! Without a server: carry files.

use jisr_sync_core::sync::CarryHeader;

use super::Client;
use crate::carry::{CarryFile, export};
use crate::error::Result;

impl Client {
    /// All that waits here, own work and what is carried for others, as a file that only the server opens. Nothing leaves
    /// the outbox by it. `None`: nothing waits, and there is nothing to carry.
    ///
    /// # Errors
    /// [`crate::Error::NotEnrolled`], [`crate::Error::VanNoCredentials`], [`crate::Error::Store`].
    pub async fn export(&self) -> Result<Option<CarryFile>> {
        self.inner.with_local(export).await
    }

    /// Takes a carry file along, which this device cannot read, and hands it in at its next exchange.
    ///
    /// # Errors
    /// [`crate::Error::CarryFile`], [`crate::Error::CarryFileOtherServer`], [`crate::Error::CarriedFull`].
    pub async fn take_along(&self, file: Vec<u8>) -> Result<CarryHeader> {
        self.inner.edit(move |local| local.take_along(file)).await
    }
}
