//! A TCP link between a device and the server that counts bytes and fails on command.
//!
//! Fault model: it closes a connection after so many bytes up or down (a cut in the middle of a request or of an
//! answer), it delays and throttles to a given rate, and it loses some of what it carries, as far as that can be seen
//! above TCP: what was lost comes a round trip later, what follows it waits, and the sender slows down. It never changes,
//! reorders or invents bytes within a connection: TCP does not either.

mod lossy;

use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::sleep;

/// When a connection is cut.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cut {
    /// After so many bytes from the device; `None` for never.
    pub after_up: Option<u64>,
    /// After so many bytes from the server; `None` for never.
    pub after_down: Option<u64>,
}

/// How slow the link is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pace {
    /// One way, before each piece.
    pub delay: Duration,
    /// Bits a second from the device; `None` for no limit.
    pub up_bits: Option<u64>,
    /// Bits a second from the server; `None` for no limit.
    pub down_bits: Option<u64>,
    /// Of a thousand segments, how many are lost. With any, opening a connection takes a round trip too.
    pub lost_per_mille: u32,
}

impl Pace {
    /// An EDGE link: 200 ms each way, 60 kbit/s up, 120 kbit/s down.
    pub const EDGE: Self =
        Self { delay: Duration::from_millis(200), up_bits: Some(60_000), down_bits: Some(120_000), lost_per_mille: 0 };

    /// A link in the mountains: 128 kbit/s each way, 600 ms there and back, one segment in twenty lost.
    pub const MOUNTAIN: Self = Self {
        delay: Duration::from_millis(300),
        up_bits: Some(128_000),
        down_bits: Some(128_000),
        lost_per_mille: 50,
    };
}

/// What has passed so far.
#[derive(Debug, Default)]
pub struct Counters {
    /// Bytes from devices.
    pub up: AtomicU64,
    /// Bytes from the server.
    pub down: AtomicU64,
    /// Connections accepted.
    pub connections: AtomicU64,
    /// Connections cut on purpose.
    pub cuts: AtomicU64,
}

type CutPlan = Box<dyn FnMut(u64) -> Cut + Send>;

/// A running link. It ends when dropped.
pub struct Proxy {
    address: SocketAddr,
    counters: Arc<Counters>,
    plan: Arc<Mutex<CutPlan>>,
    close: watch::Sender<u64>,
    task: JoinHandle<()>,
}

impl Proxy {
    /// Listens on a loopback port and passes everything on to `server` at this pace, cutting nothing.
    ///
    /// # Errors
    /// When no loopback port can be had.
    pub async fn start(server: SocketAddr, pace: Pace) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await.context("no loopback port for the proxy")?;
        let address = listener.local_addr()?;
        let counters = Arc::new(Counters::default());
        let plan: Arc<Mutex<CutPlan>> = Arc::new(Mutex::new(Box::new(|_| Cut::default())));
        let close = watch::Sender::new(0);
        let wire = Wire { server, pace, counters: Arc::clone(&counters), close: close.subscribe() };
        let task = tokio::spawn(accept(listener, wire, Arc::clone(&plan)));
        Ok(Self { address, counters, plan, close, task })
    }

    /// Where devices connect to.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// What has passed so far.
    pub fn counters(&self) -> &Counters {
        &self.counters
    }

    /// Closes every connection there is, so that the next request needs a new one.
    pub fn close_all(&self) {
        self.close.send_modify(|times| *times += 1);
    }

    /// Decides for each connection from now on, by its number from 0, when it is cut.
    pub fn cut_by(&self, plan: impl FnMut(u64) -> Cut + Send + 'static) {
        *self.plan.lock().unwrap_or_else(PoisonError::into_inner) = Box::new(plan);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// What every connection needs.
#[derive(Clone)]
struct Wire {
    server: SocketAddr,
    pace: Pace,
    counters: Arc<Counters>,
    close: watch::Receiver<u64>,
}

async fn accept(listener: TcpListener, wire: Wire, plan: Arc<Mutex<CutPlan>>) {
    while let Ok((device, _)) = listener.accept().await {
        let number = wire.counters.connections.fetch_add(1, Ordering::Relaxed);
        let cut = plan.lock().unwrap_or_else(PoisonError::into_inner)(number);
        let mut wire = wire.clone();
        wire.close.mark_unchanged();
        tokio::spawn(async move {
            if let Ok(upstream) = TcpStream::connect(wire.server).await {
                carry(device, upstream, number, cut, wire).await;
            }
        });
    }
}

/// Bytes on their way in one direction; true when the cut fell.
type OneWay<'a> = Pin<Box<dyn Future<Output = bool> + Send + 'a>>;

/// Passes bytes both ways until one side ends or the cut falls; then both connections close at once.
async fn carry(device: TcpStream, server: TcpStream, number: u64, cut: Cut, mut wire: Wire) {
    // Small pieces would otherwise wait for one another, and the link would be slower than its pace.
    let _ = (device.set_nodelay(true), server.set_nodelay(true));
    let (from_device, to_device) = device.into_split();
    let (from_server, to_server) = server.into_split();
    let pace = wire.pace;
    let (passed_up, passed_down) = (&wire.counters.up, &wire.counters.down);
    let (up, down): (OneWay<'_>, OneWay<'_>) = if pace.lost_per_mille > 0 {
        let (up, down) = lossy::both_ways(pace, number);
        (
            Box::pin(up.carry(from_device, to_server, cut.after_up, passed_up)),
            Box::pin(down.carry(from_server, to_device, cut.after_down, passed_down)),
        )
    } else {
        (
            Box::pin(pump(from_device, to_server, cut.after_up, pace.delay, pace.up_bits, passed_up)),
            Box::pin(pump(from_server, to_device, cut.after_down, pace.delay, pace.down_bits, passed_down)),
        )
    };
    let was_cut = tokio::select! {
        was_cut = up => was_cut,
        was_cut = down => was_cut,
        _ = wire.close.changed() => true,
    };
    wire.counters.cuts.fetch_add(u64::from(was_cut), Ordering::Relaxed);
}

/// Returns true when the cut fell, false when the sender ended. Half-closed connections are closed as a whole: the
/// HTTP client and server used here never half-close.
async fn pump(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    cut_after: Option<u64>,
    delay: Duration,
    bits_per_second: Option<u64>,
    passed: &AtomicU64,
) -> bool {
    let mut buffer = vec![0; 4096];
    let mut sent = 0;
    loop {
        let room = cut_after.map_or(u64::MAX, |limit| limit.saturating_sub(sent));
        if room == 0 {
            return true;
        }
        let Ok(read) = from.read(&mut buffer).await else { return false };
        if read == 0 {
            return false;
        }
        let piece = read.min(usize::try_from(room).unwrap_or(usize::MAX));
        let on_the_wire =
            bits_per_second.map_or(Duration::ZERO, |bits| Duration::from_secs_f64(piece as f64 * 8.0 / bits as f64));
        // The first piece of a burst carries the delay; the rest of it is already on its way.
        let latency = if sent == 0 || piece < buffer.len() { delay } else { Duration::ZERO };
        sleep(latency + on_the_wire).await;
        if to.write_all(&buffer[..piece]).await.is_err() {
            return false;
        }
        sent += piece as u64;
        passed.fetch_add(piece as u64, Ordering::Relaxed);
    }
}
