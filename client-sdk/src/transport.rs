//! The way to a server, as something that is passed in.
//!
//! A transport carries bytes and knows nothing of what they mean, but for the handful of answers by which a server
//! refuses a request as a whole.

#[cfg(any(test, feature = "testing"))]
pub mod faulty;
#[cfg(feature = "native")]
pub mod http;

use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use futures_util::Stream;
use jisr_sync_core::id::{DeviceId, ProvinceId, ScopeId, UnitId};
use jisr_sync_core::sync::{Credentials, ServerId};
use serde::{Deserialize, Serialize};

use crate::error::Error;

pub use crate::runtime::BoxFuture;

/// The pieces of a server's answer as they arrive.
#[cfg(target_arch = "wasm32")]
pub type AnswerStream = Pin<Box<dyn Stream<Item = Result<Bytes, TransportError>>>>;

/// The pieces of a server's answer as they arrive.
#[cfg(not(target_arch = "wasm32"))]
pub type AnswerStream = Pin<Box<dyn Stream<Item = Result<Bytes, TransportError>> + Send>>;

/// The way to a server.
///
/// Implementations promise: the request's pieces are sent in order; the answer's pieces are handed on as they arrive;
/// a request or an answer that makes no progress for [`NO_PROGRESS`] ends with [`TransportError::Interrupted`]; an
/// answer that ends without an error is whole.
pub trait Transport: Send + Sync + 'static {
    /// Sends one exchange's request to the server at `url` and gives its answer.
    fn exchange<'a>(&'a self, url: &'a str, request: Vec<Bytes>)
    -> BoxFuture<'a, Result<AnswerStream, TransportError>>;

    /// Hands the server at `url` a sealed file, after the Hello of this device. `Ok`: all of it would survive a power cut.
    fn carry<'a>(&'a self, url: &'a str, body: Vec<u8>) -> BoxFuture<'a, Result<(), TransportError>>;

    /// Asks the server at `url` to take this device in.
    fn enrol<'a>(
        &'a self,
        url: &'a str,
        request: &'a EnrolRequest,
    ) -> BoxFuture<'a, Result<EnrolAnswer, TransportError>>;
}

/// The type of both bodies of an exchange.
pub const SYNC_MEDIA_TYPE: &str = "application/vnd.jisr.sync";

/// The type of a sealed file with a Hello before it.
pub const CARRY_MEDIA_TYPE: &str = "application/vnd.jisr.carry";

/// The most that is read of an answer other than an exchange's.
pub const SMALL_ANSWER_BYTES_MAX: usize = 64 * 1024;

/// The wait when a busy server names none.
const RETRY_AFTER_DEFAULT: Duration = Duration::from_secs(60);

/// How long a link may make no progress.
pub const NO_PROGRESS: Duration = Duration::from_millis(jisr_sync_core::sync::limits::NO_PROGRESS_MS);

/// What a device says to be taken in.
#[derive(Clone, Serialize, Deserialize)]
pub struct EnrolRequest {
    /// The one-time code, as it was typed.
    pub code: String,
    /// The public part of the device's Ed25519 key, in hexadecimal.
    pub public_key: String,
    /// The key's signature over the code, by [`jisr_sync_core::sync::enrolment_proof`].
    pub proof: String,
    /// What the device calls itself; the name given with the code when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// A device's place in a service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrolAnswer {
    /// Its id: that of its key.
    pub device_id: DeviceId,
    /// The server's id.
    pub server_id: ServerId,
    /// The unit it belongs to.
    pub unit: UnitId,
    /// The province of that unit.
    pub province: ProvinceId,
    /// Whether the unit's days run from noon to noon.
    #[serde(default)]
    pub night: bool,
    /// What it was granted.
    pub scopes: Vec<ScopeId>,
    /// By what other devices of the service know this one; an older server tells none.
    #[serde(default)]
    pub credentials: Option<Credentials>,
}

/// Why a server's answer did not come, or what it refused with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TransportError {
    /// The server was not reached.
    #[error("the server was not reached")]
    Unreachable,
    /// The link was cut, or made no progress for [`NO_PROGRESS`].
    #[error("the connection was cut")]
    Interrupted,
    /// The address is none.
    #[error("not the address of a server")]
    BadAddress,
    /// The server answered that it will not now.
    #[error("the server asks to wait")]
    RetryAfter(Duration),
    /// The server refused the request as a whole.
    #[error("the server refused with {code}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// The problem document's stable code, or `http` when it had none.
        code: String,
    },
    /// The answer is not what this version understands.
    #[error("the server's answer was not understood")]
    NotUnderstood,
}

/// The code of a refusal that tells a device to update.
pub const UPDATE_NEEDED: u16 = 426;

/// A problem document (RFC 9457), as far as it is used.
#[derive(Default, Deserialize)]
struct Problem {
    code: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
}

impl TransportError {
    /// What a server says by an answer that is none of success: its HTTP status, the seconds of its `Retry-After`, and the
    /// body, which may be a problem document.
    pub fn refusal(status: u16, retry_after_s: Option<u64>, body: &[u8]) -> Self {
        if matches!(status, 429 | 503) {
            return Self::RetryAfter(retry_after_s.map_or(RETRY_AFTER_DEFAULT, Duration::from_secs));
        }
        let problem: Problem = serde_json::from_slice(body).unwrap_or_default();
        let last_part = |kind: String| kind.rsplit(['/', ':', '#']).next().map(str::to_owned);
        let code = problem.code.or_else(|| problem.kind.and_then(last_part));
        Self::Refused { status, code: code.unwrap_or_else(|| "http".to_owned()) }
    }
}

impl From<TransportError> for Error {
    fn from(error: TransportError) -> Self {
        match error {
            TransportError::Unreachable => Self::Offline,
            TransportError::Interrupted => Self::Interrupted,
            TransportError::BadAddress => Self::BadAddress,
            TransportError::RetryAfter(delay) => Self::RetryAfter(delay),
            TransportError::Refused { status: UPDATE_NEEDED, .. } => Self::UpdateNeeded,
            TransportError::Refused { status, code } => Self::Refused { status, code },
            TransportError::NotUnderstood => Self::Protocol { what: "answer".to_owned() },
        }
    }
}
