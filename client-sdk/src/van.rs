//! Meeting another device of the service on a local network, with no server.
//!
//! One listens and shows an address and a one-time code, the other joins. Both prove who they are, then each hands the
//! other what it holds and the other lacks. Nothing leaves an outbox by it: that is the server's word alone.

mod channel;
mod meeting;

use std::fmt;
use std::net::SocketAddr;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use jisr_sync_core::sync::PeerRole;
use jisr_sync_core::sync::limits::{VAN_MEETING_TIME_MAX_MS, VAN_NO_PROGRESS_MS, VAN_SHARE_TIME_MAX_MS, VAN_TRIES_MAX};
use rand::{Rng, RngExt};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::error::{Error, Result};
use crate::local::Local;
pub(crate) use channel::Channel;
pub use meeting::VanReport;
use meeting::{Meeting, own_credentials};

/// Crockford's base 32: no I, L, O or U, so that a code called across a van has one spelling.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// How many letters a code has: forty bits, for one meeting and [`VAN_TRIES_MAX`] tries.
const LETTERS: usize = 8;

/// The one-time code of a meeting.
#[derive(Clone, PartialEq, Eq)]
pub struct VanCode([u8; LETTERS]);

impl VanCode {
    /// Draws a new code.
    pub fn random(rng: &mut impl Rng) -> Self {
        let bits: [u8; LETTERS] = rng.random();
        Self(bits.map(|byte| ALPHABET.get(usize::from(byte & 31)).copied().unwrap_or(b'0')))
    }

    fn letters(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Display for VanCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = String::from_utf8_lossy(&self.0);
        let (first, last) = text.split_at_checked(LETTERS / 2).unwrap_or_default();
        write!(f, "{first}-{last}")
    }
}

impl fmt::Debug for VanCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("VanCode(..)")
    }
}

impl FromStr for VanCode {
    type Err = Error;

    /// Case, spaces and hyphens do not matter; I, L and O count as the digits they look like.
    fn from_str(text: &str) -> Result<Self> {
        let unmistaken = |letter: u8| match letter.to_ascii_uppercase() {
            b'O' => b'0',
            b'I' | b'L' => b'1',
            other => other,
        };
        let typed = text.bytes().filter(|letter| !matches!(letter, b' ' | b'-')).map(unmistaken);
        let letters: Vec<u8> = typed.filter(|letter| ALPHABET.contains(letter)).collect();
        letters.try_into().map(Self).map_err(|_| Error::VanCode)
    }
}

/// A device that waits for another, for [`VAN_SHARE_TIME_MAX_MS`] and [`VAN_TRIES_MAX`] tries. It waits without its store,
/// so that other programs may have that open meanwhile.
pub struct Sharing {
    listener: TcpListener,
    code: VanCode,
    until: Instant,
    tries: AtomicUsize,
}

/// Somebody who knows the code has come. Who it is, is told in the meeting.
pub struct Joined(Channel<TcpStream>);

impl Sharing {
    /// Listens on `address`.
    pub(crate) async fn listen(local: &Local, address: SocketAddr, code: VanCode) -> Result<Self> {
        own_credentials(local)?;
        let listener = TcpListener::bind(address).await.map_err(|_| Error::BadAddress)?;
        let until = Instant::now() + Duration::from_millis(VAN_SHARE_TIME_MAX_MS);
        Ok(Self { listener, code, until, tries: AtomicUsize::new(0) })
    }

    /// Where the other finds this device.
    ///
    /// # Errors
    /// [`Error::BadAddress`] when the system does not say.
    pub fn address(&self) -> Result<SocketAddr> {
        self.listener.local_addr().map_err(|_| Error::BadAddress)
    }

    /// What the other must know: to be shown, and to be shown to nobody else.
    pub const fn code(&self) -> &VanCode {
        &self.code
    }

    /// Waits until a device has come that knows the code. Whoever comes counts as a try, and costs one guess.
    ///
    /// # Errors
    /// [`Error::VanShareOver`] when the time is over; [`Error::VanTries`] when too many have come in vain.
    pub async fn joined(&self) -> Result<Joined> {
        let waiting = async {
            while self.tries.fetch_add(1, Ordering::Relaxed) < VAN_TRIES_MAX {
                let (stream, _) = self.listener.accept().await.map_err(|_| Error::Interrupted)?;
                if let Ok(channel) = Channel::open(stream, PeerRole::Listens, &self.code).await {
                    return Ok(Joined(channel));
                }
            }
            Err(Error::VanTries)
        };
        tokio::time::timeout_at(self.until, waiting).await.unwrap_or(Err(Error::VanShareOver))
    }

    /// Waits until a device has come and all was exchanged with it. Strangers and those with another code get nothing
    /// and are waited past. Nothing else is `exchanging` while a meeting is held; while nobody has come yet, anything may.
    pub(crate) async fn meet(&self, local: &Arc<Local>, exchanging: &Mutex<()>) -> Result<VanReport> {
        let mut last = Error::VanTries;
        loop {
            let joined = match self.joined().await {
                // Who came last, and why it was sent away, says more than that it was the last.
                Err(Error::VanTries) => return Err(last),
                joined => joined?,
            };
            let _alone = exchanging.lock().await;
            match joined.meet(local).await {
                Err(error) if error.ends_one_meeting() => last = error,
                ended => return ended,
            }
        }
    }
}

impl Joined {
    /// Exchanges all there is with whoever has come.
    pub(crate) async fn meet(self, local: &Arc<Local>) -> Result<VanReport> {
        in_time(Meeting::new(Arc::clone(local), self.0, PeerRole::Listens)?.hold()).await
    }
}

/// Joins the device that listens at `address`.
pub(crate) async fn join(local: &Arc<Local>, address: SocketAddr, code: &VanCode) -> Result<VanReport> {
    own_credentials(local)?;
    let connecting = tokio::time::timeout(Duration::from_millis(VAN_NO_PROGRESS_MS), TcpStream::connect(address));
    let stream = connecting.await.map_err(|_| Error::VanNotFound)?.map_err(|_| Error::VanNotFound)?;
    meet(local, stream, PeerRole::Joins, code).await
}

/// One meeting over a stream of bytes.
pub(crate) async fn meet<S: AsyncRead + AsyncWrite + Unpin>(
    local: &Arc<Local>,
    stream: S,
    role: PeerRole,
    code: &VanCode,
) -> Result<VanReport> {
    let meeting = async {
        let channel = Channel::open(stream, role, code).await?;
        Meeting::new(Arc::clone(local), channel, role)?.hold().await
    };
    in_time(meeting).await
}

async fn in_time(meeting: impl Future<Output = Result<VanReport>>) -> Result<VanReport> {
    let whole = tokio::time::timeout(Duration::from_millis(VAN_MEETING_TIME_MAX_MS), meeting);
    whole.await.unwrap_or(Err(Error::Interrupted))
}

#[cfg(test)]
mod tests;
