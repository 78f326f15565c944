//! What the server answers when it cannot do what was asked: problem documents (RFC 9457) with stable codes.
//!
//! A handler returns a [`Problem`]; [`render`] then writes it in the reader's language, as JSON for programs and as a
//! page for people. Titles and details live in the locale files. It names no record and repeats nothing that was sent.

use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use jisr_locales::{Lang, tr};
use serde::Serialize;

use crate::dashboard;
use crate::ports::RecordsError;
use crate::registry::RegistryError;

/// The kinds of problems. Their codes are part of the API and never change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The request does not read.
    Malformed,
    /// There is no sign-in, or it has ended.
    SignInRequired,
    /// The account has no right to it.
    Forbidden,
    /// A form came from another site.
    CrossSite,
    /// There is nothing here, or nothing this account may see.
    NotFound,
    /// The address does not accept the method.
    MethodNotAllowed,
    /// The request is larger than accepted.
    TooLarge,
    /// The content is not of a kind the address accepts.
    UnsupportedMediaType,
    /// Too many requests.
    TooManyRequests,
    /// The enrolment code is unknown, expired or used.
    CodeInvalid,
    /// The device speaks a protocol the server no longer understands.
    UpdateRequired,
    /// No device of this id and key.
    DeviceUnknown,
    /// The id or name is taken.
    Exists,
    /// A value is outside what is allowed.
    Invalid,
    /// The disk is full.
    StorageFull,
    /// Something of a carry file was not kept, since too much is set aside of whoever is charged with it.
    HeldBack,
    /// The server is starting, stopping, or its store does not answer.
    NotReady,
    /// It took too long.
    Timeout,
    /// The server failed.
    Internal,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 19] = [
        Self::Malformed,
        Self::SignInRequired,
        Self::Forbidden,
        Self::CrossSite,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::TooLarge,
        Self::UnsupportedMediaType,
        Self::TooManyRequests,
        Self::CodeInvalid,
        Self::UpdateRequired,
        Self::DeviceUnknown,
        Self::Exists,
        Self::Invalid,
        Self::StorageFull,
        Self::HeldBack,
        Self::NotReady,
        Self::Timeout,
        Self::Internal,
    ];

    /// The status and the stable code.
    pub const fn status_and_code(self) -> (StatusCode, &'static str) {
        match self {
            Self::Malformed => (StatusCode::BAD_REQUEST, "malformed"),
            Self::SignInRequired => (StatusCode::UNAUTHORIZED, "sign-in-required"),
            Self::Forbidden => (StatusCode::FORBIDDEN, "forbidden"),
            Self::CrossSite => (StatusCode::FORBIDDEN, "cross-site"),
            Self::NotFound => (StatusCode::NOT_FOUND, "not-found"),
            Self::MethodNotAllowed => (StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed"),
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "too-large"),
            Self::UnsupportedMediaType => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported-media-type"),
            Self::TooManyRequests => (StatusCode::TOO_MANY_REQUESTS, "too-many-requests"),
            Self::CodeInvalid => (StatusCode::FORBIDDEN, "code-invalid"),
            Self::UpdateRequired => (StatusCode::UPGRADE_REQUIRED, "update-required"),
            Self::DeviceUnknown => (StatusCode::UNAUTHORIZED, "device-unknown"),
            Self::Exists => (StatusCode::CONFLICT, "exists"),
            Self::Invalid => (StatusCode::UNPROCESSABLE_ENTITY, "invalid"),
            Self::StorageFull => (StatusCode::INSUFFICIENT_STORAGE, "storage-full"),
            Self::HeldBack => (StatusCode::INSUFFICIENT_STORAGE, "held-back"),
            Self::NotReady => (StatusCode::SERVICE_UNAVAILABLE, "not-ready"),
            Self::Timeout => (StatusCode::GATEWAY_TIMEOUT, "timeout"),
            Self::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "internal"),
        }
    }

    /// The kind that a bare status stands for, as middleware answers with it.
    fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::UNAUTHORIZED => Self::SignInRequired,
            StatusCode::FORBIDDEN => Self::Forbidden,
            StatusCode::NOT_FOUND => Self::NotFound,
            StatusCode::METHOD_NOT_ALLOWED => Self::MethodNotAllowed,
            StatusCode::PAYLOAD_TOO_LARGE => Self::TooLarge,
            StatusCode::UNSUPPORTED_MEDIA_TYPE => Self::UnsupportedMediaType,
            StatusCode::TOO_MANY_REQUESTS => Self::TooManyRequests,
            StatusCode::REQUEST_TIMEOUT | StatusCode::GATEWAY_TIMEOUT => Self::Timeout,
            StatusCode::SERVICE_UNAVAILABLE => Self::NotReady,
            StatusCode::UNPROCESSABLE_ENTITY => Self::Invalid,
            status if status.is_client_error() => Self::Malformed,
            _ => Self::Internal,
        }
    }
}

/// A problem on its way to whoever asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Problem {
    /// What kind.
    pub kind: Kind,
    /// When to come back, in seconds, where that is known.
    pub retry_after_s: Option<u32>,
}

impl From<Kind> for Problem {
    fn from(kind: Kind) -> Self {
        Self { kind, retry_after_s: None }
    }
}

impl From<RegistryError> for Problem {
    fn from(error: RegistryError) -> Self {
        let kind = match &error {
            RegistryError::Exists { .. } => Kind::Exists,
            RegistryError::Unknown { .. } => Kind::NotFound,
            RegistryError::Code => Kind::CodeInvalid,
            RegistryError::Text { .. } | RegistryError::Span => Kind::Invalid,
            RegistryError::Store(jisr_durable_kv::KvError::Full) => Kind::StorageFull,
            RegistryError::Damaged { .. } | RegistryError::Store(_) => Kind::Internal,
        };
        if kind == Kind::Internal {
            tracing::error!(%error, "the registry failed");
        }
        kind.into()
    }
}

impl From<RecordsError> for Problem {
    fn from(error: RecordsError) -> Self {
        tracing::error!(%error, "the records cannot be shown");
        match error {
            RecordsError::Full => Kind::StorageFull.into(),
            RecordsError::Unavailable(_) => Self { kind: Kind::NotReady, retry_after_s: Some(30) },
            RecordsError::Damaged(_) | RecordsError::Stopped(_) => Kind::Internal.into(),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.kind.status_and_code().0.into_response();
        if let Some(seconds) = self.retry_after_s {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        response.extensions_mut().insert(self);
        response
    }
}

/// A problem document.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ProblemDocument {
    /// `urn:jisr:problem:` and the code.
    #[serde(rename = "type")]
    pub kind: String,
    /// The stable code.
    pub code: &'static str,
    /// A short title in the reader's language.
    pub title: String,
    /// The status of the answer.
    pub status: u16,
    /// What was wrong, what remains safe, and what to do.
    pub detail: String,
    /// The request's id, as the server's log has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}

impl ProblemDocument {
    fn new(kind: Kind, lang: Lang, request_id: Option<String>) -> Self {
        let (status, code) = kind.status_and_code();
        Self {
            kind: format!("urn:jisr:problem:{code}"),
            code,
            title: tr(lang, &format!("problem-{code}"), &[]),
            status: status.as_u16(),
            detail: tr(lang, &format!("problem-{code}-detail"), &[]),
            request_id,
        }
    }
}

/// Writes problems, and bare refusals of other layers, as documents or pages in the reader's language.
pub async fn render(request: Request, next: Next) -> Response {
    let lang = request.extensions().get::<Lang>().copied().unwrap_or(Lang::Ar);
    let path = request.uri().path().to_owned();
    let for_people = !path.starts_with("/api/") && !path.starts_with("/health/") && wants_html(&request);
    let request_id = request.headers().get("x-request-id").and_then(|id| id.to_str().ok()).map(str::to_owned);
    let response = next.run(request).await;
    let status = response.status();
    if !(status.is_client_error() || status.is_server_error()) || is_rendered(&response) {
        return response;
    }
    let problem = response.extensions().get::<Problem>().copied();
    let kind = problem.map_or(Kind::of_status(status), |problem| problem.kind);
    if for_people && kind == Kind::SignInRequired {
        return dashboard::to_sign_in(&path);
    }
    let document = ProblemDocument::new(kind, lang, request_id);
    let (old, _) = response.into_parts();
    let body = if for_people {
        Html(dashboard::error_page(lang, &document.title, &document.detail)).into_response()
    } else {
        axum::Json(document).into_response()
    };
    let mut answer = (kind.status_and_code().0, body).into_response();
    if let Some(retry) = old.headers.get(header::RETRY_AFTER) {
        answer.headers_mut().insert(header::RETRY_AFTER, retry.clone());
    }
    if let Some(allow) = old.headers.get(header::ALLOW) {
        answer.headers_mut().insert(header::ALLOW, allow.clone());
    }
    if !for_people {
        answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    }
    answer.headers_mut().insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(lang.tag()));
    answer.headers_mut().insert(header::VARY, HeaderValue::from_static("Accept-Language, Accept, Cookie"));
    answer
}

fn wants_html(request: &Request) -> bool {
    request
        .headers()
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|a| a.contains("text/html"))
}

/// Pages and protocol answers that already say what is wrong themselves.
fn is_rendered(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or("");
    let written = !(kind.is_empty() || kind.starts_with("text/plain"));
    response.extensions().get::<Problem>().is_none() && written
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_problem_reads_in_every_language() {
        let codes: BTreeSet<_> = Kind::ALL.iter().map(|kind| kind.status_and_code().1).collect();
        assert_eq!(codes.len(), Kind::ALL.len(), "codes are unique");
        for lang in Lang::ALL {
            for kind in Kind::ALL {
                let document = ProblemDocument::new(kind, lang, None);
                assert!(!document.title.starts_with('['), "{lang}: {}", document.code);
                assert!(!document.detail.starts_with('['), "{lang}: {}", document.code);
            }
        }
    }
}
