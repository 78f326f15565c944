//! The way to a server over HTTPS.
//!
//! Both bodies are streamed. Plain HTTP is spoken only to this machine itself, unless somebody said otherwise:
//! records are about people.
//!
//! **Never here:** what the bytes mean, retries (the engine decides), cookies, redirects.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use futures_util::{StreamExt, stream};
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Body, Client, Response, Url};

use super::{
    AnswerStream, BoxFuture, CARRY_MEDIA_TYPE, EnrolAnswer, EnrolRequest, NO_PROGRESS, SMALL_ANSWER_BYTES_MAX,
    SYNC_MEDIA_TYPE, Transport, TransportError,
};

/// How much of the request is handed to the system at once, in bytes, so that a slow link shows progress.
const PIECE_BYTES: usize = 1024;

/// The way to a server over HTTPS.
#[derive(Debug, Clone)]
pub struct HttpTransport {
    client: Client,
    plain_http: bool,
}

impl HttpTransport {
    /// A transport that speaks HTTPS, and plain HTTP to this machine only, unless `plain_http` allows it everywhere.
    ///
    /// # Errors
    /// [`TransportError::Unreachable`] when the system offers no network at all.
    pub fn new(plain_http: bool) -> Result<Self, TransportError> {
        let client = Client::builder()
            .user_agent(concat!("jisr/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(NO_PROGRESS)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|_| TransportError::Unreachable)?;
        Ok(Self { client, plain_http })
    }

    fn address(&self, url: &str, path: &str) -> Result<Url, TransportError> {
        let base = Url::parse(url).map_err(|_| TransportError::BadAddress)?;
        let local = matches!(base.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
        match base.scheme() {
            "https" => {}
            "http" if local || self.plain_http => {}
            _ => return Err(TransportError::BadAddress),
        }
        base.join(path).map_err(|_| TransportError::BadAddress)
    }

    async fn send_exchange(&self, url: &str, request: Vec<Bytes>) -> Result<AnswerStream, TransportError> {
        let taken = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&taken);
        let pieces = request.into_iter().flat_map(cut).collect::<Vec<_>>();
        let body = stream::iter(pieces).inspect(move |_| {
            count.fetch_add(1, Ordering::Relaxed);
        });
        let sending = self
            .client
            .post(self.address(url, "/api/v1/sync")?)
            .header(CONTENT_TYPE, SYNC_MEDIA_TYPE)
            .body(Body::wrap_stream(body.map(Ok::<Bytes, std::convert::Infallible>)))
            .send();
        let response = while_progressing(sending, &taken).await?.map_err(|error| failure(&error))?;
        let response = accepted(response).await?;
        let pieces = stream::unfold(Some(response), |response| async {
            let mut response = response?;
            match tokio::time::timeout(NO_PROGRESS, response.chunk()).await {
                Ok(Ok(Some(piece))) => Some((Ok(piece), Some(response))),
                Ok(Ok(None)) => None,
                Ok(Err(_)) | Err(_) => Some((Err(TransportError::Interrupted), None)),
            }
        });
        Ok(Box::pin(pieces))
    }

    async fn send_carry(&self, url: &str, body: Vec<u8>) -> Result<(), TransportError> {
        let address = self.address(url, "/api/v1/carry")?;
        let taken = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&taken);
        let body = stream::iter(cut(Bytes::from(body))).inspect(move |_| {
            count.fetch_add(1, Ordering::Relaxed);
        });
        let body = Body::wrap_stream(body.map(Ok::<Bytes, std::convert::Infallible>));
        let sending = self.client.post(address).header(CONTENT_TYPE, CARRY_MEDIA_TYPE).body(body).send();
        let response = while_progressing(sending, &taken).await?.map_err(|error| failure(&error))?;
        small_body(accepted(response).await?).await.map(|_| ())
    }

    async fn send_enrol(&self, url: &str, request: &EnrolRequest) -> Result<EnrolAnswer, TransportError> {
        let address = self.address(url, "/api/v1/enrol")?;
        let sending = self.client.post(address).json(request).timeout(NO_PROGRESS * 2).send();
        let response = accepted(sending.await.map_err(|error| failure(&error))?).await?;
        let body = small_body(response).await?;
        serde_json::from_slice(&body).map_err(|_| TransportError::NotUnderstood)
    }
}

impl Transport for HttpTransport {
    fn exchange<'a>(
        &'a self,
        url: &'a str,
        request: Vec<Bytes>,
    ) -> BoxFuture<'a, Result<AnswerStream, TransportError>> {
        Box::pin(self.send_exchange(url, request))
    }

    fn carry<'a>(&'a self, url: &'a str, body: Vec<u8>) -> BoxFuture<'a, Result<(), TransportError>> {
        Box::pin(self.send_carry(url, body))
    }

    fn enrol<'a>(
        &'a self,
        url: &'a str,
        request: &'a EnrolRequest,
    ) -> BoxFuture<'a, Result<EnrolAnswer, TransportError>> {
        Box::pin(self.send_enrol(url, request))
    }
}

fn cut(mut whole: Bytes) -> Vec<Bytes> {
    let mut pieces = Vec::with_capacity(whole.len() / PIECE_BYTES + 1);
    while whole.len() > PIECE_BYTES {
        pieces.push(whole.split_to(PIECE_BYTES));
    }
    pieces.push(whole);
    pieces
}

/// Waits for `sending` as long as pieces of the request go out.
async fn while_progressing<T>(sending: impl Future<Output = T>, taken: &AtomicUsize) -> Result<T, TransportError> {
    let mut sending = std::pin::pin!(sending);
    loop {
        let before = taken.load(Ordering::Relaxed);
        if let Ok(sent) = tokio::time::timeout(NO_PROGRESS, &mut sending).await {
            return Ok(sent);
        }
        if taken.load(Ordering::Relaxed) == before {
            return Err(TransportError::Interrupted);
        }
    }
}

fn failure(error: &reqwest::Error) -> TransportError {
    if error.is_connect() { TransportError::Unreachable } else { TransportError::Interrupted }
}

/// The response, when it is a success; what the server refused with, otherwise.
async fn accepted(response: Response) -> Result<Response, TransportError> {
    let status = response.status();
    if status.is_success() {
        return Ok(response);
    }
    let header = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
    let seconds = header.and_then(|value| value.trim().parse().ok());
    let body = small_body(response).await.unwrap_or_default();
    Err(TransportError::refusal(status.as_u16(), seconds, &body))
}

async fn small_body(mut response: Response) -> Result<Vec<u8>, TransportError> {
    let mut body = Vec::new();
    while let Ok(piece) = tokio::time::timeout(NO_PROGRESS, response.chunk()).await {
        match piece.map_err(|_| TransportError::Interrupted)? {
            Some(piece) if body.len() + piece.len() <= SMALL_ANSWER_BYTES_MAX => body.extend_from_slice(&piece),
            Some(_) => return Err(TransportError::NotUnderstood),
            None => return Ok(body),
        }
    }
    Err(TransportError::Interrupted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_not_sent_in_the_clear_to_another_machine() {
        let strict = HttpTransport::new(false).unwrap();

        assert!(strict.address("https://jisr.example.org", "/api/v1/sync").is_ok());
        assert!(strict.address("http://localhost:8080", "/api/v1/sync").is_ok());
        for bad in ["http://jisr.example.org", "http://10.0.0.7", "ftp://localhost", "jisr", ""] {
            assert_eq!(strict.address(bad, "/x"), Err(TransportError::BadAddress), "{bad}");
        }
        assert!(HttpTransport::new(true).unwrap().address("http://10.0.0.7:8080", "/x").is_ok());
    }

    #[test]
    fn a_request_is_cut_into_small_pieces_and_loses_no_byte() {
        let whole: Vec<u8> = (0..5_000_u32).map(|n| u8::try_from(n % 251).unwrap()).collect();

        let pieces = cut(Bytes::from(whole.clone()));

        assert!(pieces.iter().all(|piece| piece.len() <= PIECE_BYTES));
        assert_eq!(pieces.concat(), whole);
    }
}
