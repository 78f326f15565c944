//! Without a server: meeting another device, and carry files.

use std::net::SocketAddr;
use std::sync::PoisonError;

use jisr_sync_core::sync::CarryHeader;

use super::Client;
use crate::carry::{CarryFile, export};
use crate::error::Result;
use crate::van::{self, Joined, Sharing, VanCode, VanReport};

impl Client {
    /// Listens on `address` for another device of the service, with a code drawn for this meeting.
    ///
    /// # Errors
    /// [`crate::Error::NotEnrolled`]; [`crate::Error::VanNoCredentials`] when the server has not told yet who this
    /// device is; [`crate::Error::BadAddress`] when nothing can listen there.
    pub async fn share(&self, address: SocketAddr) -> Result<Sharing> {
        let code = VanCode::random(&mut *self.inner.rng.lock().unwrap_or_else(PoisonError::into_inner));
        Sharing::listen(&*self.inner.local()?, address, code).await
    }

    /// Waits until a device has joined and everything was exchanged with it.
    ///
    /// # Errors
    /// [`crate::Error::VanShareOver`], [`crate::Error::VanTries`], or a failing store. What was exchanged before a cut stays.
    pub async fn meet(&self, sharing: &Sharing) -> Result<VanReport> {
        let met = sharing.meet(&self.inner.local()?, &self.inner.exchanging).await;
        self.inner.told();
        met
    }

    /// Exchanges everything with a device that has joined by [`Sharing::joined`]: for a program that waits with its store
    /// closed, and opens it when somebody has come.
    ///
    /// # Errors
    /// As [`Client::join`].
    pub async fn meet_joined(&self, joined: Joined) -> Result<VanReport> {
        let _alone = self.inner.exchanging.lock().await;
        let met = joined.meet(&self.inner.local()?).await;
        self.inner.told();
        met
    }

    /// Joins the device that listens at `address` and exchanges everything with it that both may read.
    ///
    /// # Errors
    /// [`crate::Error::VanNotFound`], [`crate::Error::VanCode`], [`crate::Error::Peer`],
    /// [`crate::Error::Interrupted`]. What was exchanged before a cut stays, and is not sent again.
    pub async fn join(&self, address: SocketAddr, code: &VanCode) -> Result<VanReport> {
        let _alone = self.inner.exchanging.lock().await;
        let met = van::join(&self.inner.local()?, address, code).await;
        self.inner.told();
        met
    }

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
