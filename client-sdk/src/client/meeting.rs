//! Without a server: meeting another device.

use std::net::SocketAddr;
use std::sync::PoisonError;

use super::Client;
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
}
