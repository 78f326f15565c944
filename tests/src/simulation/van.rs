//! Work that travels without a server: phones that meet, and carry files.
//!
//! **Fault model.** A meeting can end after any message of either side, or within one: the other then sees the connection
//! end. It never changes, loses or reorders bytes before that; the channel is encrypted and would end by it. A disk of
//! either can do to it what it does to any other step. A carry file can get lost on its way, and can come twice.
//!
//! Both sides run at once on threads of their own; what comes of it does not depend on which is faster, since each reads
//! what the other wrote in order, and neither notices whether what it wrote is read.

use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Where a connection is cut, in one direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cut {
    /// How many messages come through.
    pub messages: u32,
    /// How many bytes of the next.
    pub bytes: usize,
}

#[derive(Debug, Default)]
struct Direction {
    bytes: VecDeque<u8>,
    cut: Option<Cut>,
    ended: bool,
    reader: Option<Waker>,
}

/// One direction of a connection, as both ends know it.
#[derive(Debug, Clone, Default)]
struct Pipe(Arc<Mutex<Direction>>);

impl Pipe {
    fn state(&self) -> MutexGuard<'_, Direction> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Direction {
    fn take(&mut self, message: &[u8]) {
        let through = match &mut self.cut {
            _ if self.ended => 0,
            Some(Cut { messages: 0, bytes }) => {
                self.ended = true;
                (*bytes).min(message.len().saturating_sub(1))
            }
            Some(Cut { messages, .. }) => {
                *messages -= 1;
                message.len()
            }
            None => message.len(),
        };
        self.bytes.extend(&message[..through]);
        self.wake();
    }

    fn wake(&mut self) {
        if let Some(reader) = self.reader.take() {
            reader.wake();
        }
    }
}

/// One end of a connection between two phones.
#[derive(Debug)]
pub struct End {
    from: Pipe,
    to: Pipe,
}

/// A connection; each end is told where what *it* says is cut.
pub fn connection(cuts: [Option<Cut>; 2]) -> (End, End) {
    let [one, other] = cuts.map(|cut| Pipe(Arc::new(Mutex::new(Direction { cut, ..Direction::default() }))));
    (End { from: other.clone(), to: one.clone() }, End { from: one, to: other })
}

impl AsyncRead for End {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let mut from = self.from.state();
        if from.bytes.is_empty() && !from.ended {
            from.reader = Some(cx.waker().clone());
            return Poll::Pending;
        }
        let size = from.bytes.len().min(buf.remaining());
        let bytes: Vec<u8> = from.bytes.drain(..size).collect();
        buf.put_slice(&bytes);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for End {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, message: &[u8]) -> Poll<io::Result<usize>> {
        self.to.state().take(message);
        Poll::Ready(Ok(message.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

impl Drop for End {
    fn drop(&mut self) {
        let mut to = self.to.state();
        to.ended = true;
        to.wake();
    }
}
