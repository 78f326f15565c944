//! A transport that fails where a test wants it to.
//!
//! **Fault model:** loses the request from a byte on (the server sees what came before, and its end or a cut);
//! cuts the answer at a byte; loses the whole answer; delivers the request twice. Never changes a byte, never
//! reorders: the link below is TCP with checksums.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use futures_util::{StreamExt, stream};

use super::{AnswerStream, BoxFuture, EnrolAnswer, EnrolRequest, Transport, TransportError};

/// What happens to one exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// Nothing: it arrives.
    None,
    /// The server is not reached.
    Unreachable,
    /// The request is lost from this byte on; the server processes what came, and its answer is lost.
    CutRequestAt(usize),
    /// The answer is lost from this byte on.
    CutAnswerAt(usize),
    /// The request arrives twice; the answer is the second one's.
    Duplicate,
}

/// A transport around another, with a fault for each exchange to come; none when the list is used up.
pub struct FaultyTransport<T> {
    inner: Arc<T>,
    faults: Mutex<VecDeque<Fault>>,
}

impl<T: Transport> FaultyTransport<T> {
    /// A transport whose exchanges suffer `faults`, in order.
    pub fn new(inner: Arc<T>, faults: impl IntoIterator<Item = Fault>) -> Self {
        Self { inner, faults: Mutex::new(faults.into_iter().collect()) }
    }

    /// Adds a fault for an exchange to come.
    pub fn push(&self, fault: Fault) {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner).push_back(fault);
    }

    fn next(&self) -> Fault {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner).pop_front().unwrap_or(Fault::None)
    }

    async fn faulty(&self, url: &str, request: Vec<Bytes>) -> Result<AnswerStream, TransportError> {
        match self.next() {
            Fault::None => self.inner.exchange(url, request).await,
            Fault::Unreachable => Err(TransportError::Unreachable),
            Fault::CutRequestAt(bytes) => {
                let answer = self.inner.exchange(url, first(request, bytes)).await?;
                answer.for_each(|_| std::future::ready(())).await;
                Err(TransportError::Interrupted)
            }
            Fault::CutAnswerAt(bytes) => {
                let answer = self.inner.exchange(url, request).await?;
                let pieces: Vec<Bytes> = answer.filter_map(|piece| std::future::ready(piece.ok())).collect().await;
                let arrived = first(pieces, bytes).into_iter().map(Ok);
                Ok(Box::pin(stream::iter(arrived.chain([Err(TransportError::Interrupted)]))))
            }
            Fault::Duplicate => {
                let lost = self.inner.exchange(url, request.clone()).await?;
                lost.for_each(|_| std::future::ready(())).await;
                self.inner.exchange(url, request).await
            }
        }
    }
}

fn first(pieces: Vec<Bytes>, bytes: usize) -> Vec<Bytes> {
    let mut left = bytes;
    let mut kept = Vec::new();
    for mut piece in pieces {
        piece.truncate(left);
        left -= piece.len();
        kept.push(piece);
    }
    kept
}

impl<T: Transport> Transport for FaultyTransport<T> {
    fn exchange<'a>(
        &'a self,
        url: &'a str,
        request: Vec<Bytes>,
    ) -> BoxFuture<'a, Result<AnswerStream, TransportError>> {
        Box::pin(self.faulty(url, request))
    }

    fn carry<'a>(&'a self, url: &'a str, body: Vec<u8>) -> BoxFuture<'a, Result<(), TransportError>> {
        self.inner.carry(url, body)
    }

    fn enrol<'a>(
        &'a self,
        url: &'a str,
        request: &'a EnrolRequest,
    ) -> BoxFuture<'a, Result<EnrolAnswer, TransportError>> {
        self.inner.enrol(url, request)
    }
}
