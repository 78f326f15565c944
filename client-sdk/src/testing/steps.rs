//! What a simulator needs to take a client's steps itself: a meeting over any stream, carry files as bytes.
//!
//! **Never here:** another way than the client's to do any of it.

use std::sync::Arc;

use jisr_sync_core::sync::{Nonce, PeerRole};
use tokio::io::{AsyncRead, AsyncWrite};

use crate::carry::{self, CarryFile};
use crate::error::Result;
use crate::local::Local;
use crate::van::{VanCode, VanReport};

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
