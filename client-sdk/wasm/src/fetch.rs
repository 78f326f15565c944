//! The way to the server by `fetch`.
//!
//! A request goes as one body, since browsers stream none over HTTP/1.1; an answer is handed on as it arrives. Where plain
//! HTTP is allowed, the browser decides: a page is served over HTTPS or by this machine.

use std::pin::Pin;

use bytes::Bytes;
use futures_util::{StreamExt, stream};
use jisr_client_sdk::transport::{
    AnswerStream, BoxFuture, CARRY_MEDIA_TYPE, EnrolAnswer, EnrolRequest, NO_PROGRESS, SMALL_ANSWER_BYTES_MAX,
    SYNC_MEDIA_TYPE, Transport, TransportError,
};
use js_sys::Uint8Array;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use crate::port::{self, Reply};

/// The way to a server by `fetch`.
#[derive(Debug, Clone, Copy)]
pub struct FetchTransport;

impl Transport for FetchTransport {
    fn exchange<'a>(
        &'a self,
        url: &'a str,
        request: Vec<Bytes>,
    ) -> BoxFuture<'a, Result<AnswerStream, TransportError>> {
        Box::pin(async move {
            let reply = accepted(url, "/api/v1/sync", SYNC_MEDIA_TYPE, &request.concat()).await?;
            Ok(Box::pin(pieces(reply)) as AnswerStream)
        })
    }

    fn carry<'a>(&'a self, url: &'a str, body: Vec<u8>) -> BoxFuture<'a, Result<(), TransportError>> {
        Box::pin(async move { accepted(url, "/api/v1/carry", CARRY_MEDIA_TYPE, &body).await.map(drop) })
    }

    fn enrol<'a>(
        &'a self,
        url: &'a str,
        request: &'a EnrolRequest,
    ) -> BoxFuture<'a, Result<EnrolAnswer, TransportError>> {
        Box::pin(async move {
            let body = serde_json::to_vec(request).map_err(|_| TransportError::NotUnderstood)?;
            let reply = accepted(url, "/api/v1/enrol", "application/json", &body).await?;
            serde_json::from_slice(&small_body(reply).await?).map_err(|_| TransportError::NotUnderstood)
        })
    }
}

/// Posts, and gives the answer when it is one of success.
async fn accepted(url: &str, path: &str, content_type: &str, body: &[u8]) -> Result<Reply, TransportError> {
    let url = format!("{url}{path}");
    let no_progress = u32::try_from(NO_PROGRESS.as_millis()).unwrap_or(u32::MAX);
    let answer = JsFuture::from(port::post(&url, content_type, Uint8Array::from(body), no_progress)).await;
    let reply: Reply = answer.map_err(|error| failure(&error))?.unchecked_into();
    let status = reply.status();
    if matches!(status, 200..=299) {
        return Ok(reply);
    }
    let seconds = Some(u64::from(reply.retry_after())).filter(|seconds| *seconds > 0);
    Err(TransportError::refusal(status, seconds, &small_body(reply).await.unwrap_or_default()))
}

fn failure(error: &JsValue) -> TransportError {
    let name = js_sys::Reflect::get(error, &JsValue::from_str("name")).ok().and_then(|name| name.as_string());
    let is_late = name.as_deref() == Some("AbortError");
    if is_late { TransportError::Interrupted } else { TransportError::Unreachable }
}

/// The pieces of an answer as they arrive.
fn pieces(reply: Reply) -> Pin<Box<dyn futures_util::Stream<Item = Result<Bytes, TransportError>>>> {
    Box::pin(stream::unfold(Some(reply), |reply| async {
        let reply = reply?;
        match JsFuture::from(reply.next()).await {
            Ok(piece) if piece.is_null() => None,
            Ok(piece) => Some((Ok(Bytes::from(Uint8Array::new(&piece).to_vec())), Some(reply))),
            Err(_) => Some((Err(TransportError::Interrupted), None)),
        }
    }))
}

async fn small_body(reply: Reply) -> Result<Vec<u8>, TransportError> {
    let (mut body, mut pieces) = (Vec::new(), pieces(reply));
    while let Some(piece) = pieces.next().await {
        body.extend_from_slice(&piece?);
        if body.len() > SMALL_ANSWER_BYTES_MAX {
            return Err(TransportError::NotUnderstood);
        }
    }
    Ok(body)
}
