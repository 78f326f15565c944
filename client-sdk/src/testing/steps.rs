//! What a simulator or a fuzzer needs to take a client's steps itself: a meeting over any stream, the other end of one in
//! a test's hands, carry files as bytes.
//!
//! **Never here:** another way than the client's to do any of it.

use std::sync::Arc;

use jisr_sync_core::sync::{Nonce, PeerMessage, PeerRole};
use tokio::io::{AsyncRead, AsyncWrite};

use crate::carry::{self, CarryFile};
use crate::error::Result;
use crate::local::Local;
use crate::van::{Channel, VanCode, VanReport};

/// One meeting with another device over a stream that is not a socket.
///
/// # Errors
/// As [`crate::Client::join`].
pub async fn meet<S: AsyncRead + AsyncWrite + Unpin>(
    local: &Arc<Local>,
    stream: S,
    role: PeerRole,
    code: &VanCode,
) -> Result<VanReport> {
    crate::van::meet(local, stream, role, code).await
}

/// One end of a channel to a device, in the hands of a test that knows the code: it says what it likes.
pub struct Caller<S>(Channel<S>);

impl<S: AsyncRead + AsyncWrite + Unpin> Caller<S> {
    /// Opens a channel over `stream` to a device that is in a [`meet`] with the same code and the other role.
    ///
    /// # Errors
    /// As [`crate::Client::join`].
    pub async fn open(stream: S, role: PeerRole, code: &VanCode) -> Result<Self> {
        Channel::open(stream, role, code).await.map(Self)
    }

    /// What a card must sign to be believed at this end.
    pub fn binding(&self) -> &[u8] {
        self.0.binding()
    }

    /// Sends bytes of the stream of frames, whatever they are.
    ///
    /// # Errors
    /// When the other end does not take them.
    pub async fn send(&mut self, clear: &[u8]) -> Result<()> {
        self.0.send(clear).await
    }

    /// What the device says next.
    ///
    /// # Errors
    /// When it says nothing more.
    pub async fn hear(&mut self) -> Result<PeerMessage> {
        self.0.hear().await
    }
}

/// What only the holder of the server's key can read: `clear`, as a carry file holds it.
///
/// # Errors
/// When `recipient` is no key.
pub fn seal(clear: &[u8], recipient: &[u8; 32]) -> Result<Vec<u8>> {
    crate::seal::seal(clear, recipient)
}

/// All that waits on a device, as [`crate::Client::export`] gives it; `None` when nothing does.
///
/// # Errors
/// As [`crate::Client::export`].
pub fn export(local: &Local) -> Result<Option<CarryFile>> {
    carry::export(local)
}

/// What a device sends to hand in a file that it took along; `None` when that is not there any more.
///
/// # Errors
/// When the store fails.
pub fn parcel_body(local: &Local, index: u64, nonce: Nonce) -> Result<Option<Vec<u8>>> {
    carry::body(local, index, nonce)
}
