//! One direction of a link that loses segments, as it looks from above TCP.
//!
//! A model, in place of a kernel's: a segment goes when the link is free and the sender's window allows it, a window a
//! round trip; one that is lost comes a round trip later, twice as much later when it is lost again, and nothing behind
//! it is delivered before it; then the window is halved. So a sender gets through what TCP Reno would. Losses are drawn
//! from a seed. It does not model acknowledgements that are lost, nor a window that shrinks again after a pause.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

use super::Pace;

/// What one segment carries.
const SEGMENT_BYTES: usize = 1_400;

/// Segments a sender may send before it has heard anything (RFC 6928).
const FIRST_WINDOW: f64 = 10.0;

/// How long a sender waits for an answer to its first segment before it sends it again (RFC 6298).
const CONNECT_AGAIN: Duration = Duration::from_secs(1);

/// Segments under way at once; beyond that the sender is not read from.
const UNDER_WAY_MAX: usize = 64;

/// One direction of one connection.
pub struct Direction {
    pace: Duration,
    round_trip: Duration,
    lost_per_mille: u32,
    rng: StdRng,
    /// How many segments may be under way, and below how many that doubles each round trip.
    window: f64,
    threshold: f64,
    /// When the link takes the next segment, and when the last one arrives.
    free_at: Instant,
    last_at: Instant,
}

/// Both directions of connection `number`, which is open a round trip from now.
pub fn both_ways(pace: Pace, number: u64) -> (Direction, Direction) {
    let mut rng = StdRng::seed_from_u64(number);
    let mut open_at = Instant::now() + pace.delay * 2;
    while is_lost(&mut rng, pace.lost_per_mille) {
        open_at += CONNECT_AGAIN;
    }
    let mut direction = |bits: Option<u64>| Direction {
        pace: bits.map_or(Duration::ZERO, |bits| Duration::from_secs_f64(8.0 / bits as f64)),
        round_trip: pace.delay * 2,
        lost_per_mille: pace.lost_per_mille,
        rng: StdRng::seed_from_u64(rng.random()),
        window: FIRST_WINDOW,
        threshold: f64::INFINITY,
        free_at: open_at,
        last_at: open_at,
    };
    (direction(pace.up_bits), direction(pace.down_bits))
}

fn is_lost(rng: &mut StdRng, per_mille: u32) -> bool {
    rng.random_ratio(per_mille.min(999), 1_000)
}

impl Direction {
    /// When a segment that is there now arrives.
    fn arrives(&mut self, now: Instant, bytes: usize) -> Instant {
        let on_the_wire = self.pace * u32::try_from(bytes).unwrap_or(u32::MAX);
        let spacing = on_the_wire.max(self.round_trip.div_f64(self.window));
        let goes = self.free_at.max(now);
        self.free_at = goes + spacing;
        let mut at = goes + on_the_wire + self.round_trip / 2;
        let (mut later, mut lost) = (self.round_trip, false);
        while is_lost(&mut self.rng, self.lost_per_mille) {
            (at, later, lost) = (at + later, later * 2, true);
        }
        if lost {
            self.threshold = (self.window / 2.0).max(2.0);
            self.window = self.threshold;
        } else if self.window < self.threshold {
            self.window += 1.0;
        } else {
            self.window += 1.0 / self.window;
        }
        self.last_at = self.last_at.max(at);
        self.last_at
    }

    /// Passes bytes on until the sender ends or the cut falls; true when it was the cut.
    pub async fn carry(
        mut self,
        mut from: OwnedReadHalf,
        mut to: OwnedWriteHalf,
        cut_after: Option<u64>,
        passed: &AtomicU64,
    ) -> bool {
        let (send, mut under_way) = mpsc::channel::<(Instant, Vec<u8>)>(UNDER_WAY_MAX);
        let read = async move {
            let mut sent = 0;
            loop {
                let room = cut_after.map_or(u64::MAX, |limit| limit.saturating_sub(sent));
                let mut segment = vec![0; SEGMENT_BYTES.min(usize::try_from(room).unwrap_or(usize::MAX))];
                let read = if segment.is_empty() { 0 } else { from.read(&mut segment).await.unwrap_or(0) };
                segment.truncate(read);
                sent += read as u64;
                if read == 0 || send.send((self.arrives(Instant::now(), read), segment)).await.is_err() {
                    return room == 0;
                }
            }
        };
        let write = async move {
            while let Some((at, segment)) = under_way.recv().await {
                sleep_until(at).await;
                if to.write_all(&segment).await.is_err() {
                    break;
                }
                passed.fetch_add(segment.len() as u64, Ordering::Relaxed);
            }
        };
        tokio::join!(read, write).0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bits a second that a direction carries of a megabyte.
    fn rate(pace: Pace) -> f64 {
        let (_, mut down) = both_ways(pace, 7);
        let now = Instant::now();
        let mut last = now;
        for _ in 0..1_000_000 / SEGMENT_BYTES {
            last = down.arrives(now, SEGMENT_BYTES);
        }
        8_000_000.0 / (last - now).as_secs_f64()
    }

    #[test]
    fn losses_slow_a_sender_down_as_the_square_root_law_says() {
        let without_loss = Pace { lost_per_mille: 0, ..Pace::MOUNTAIN };
        let wide = Pace { down_bits: Some(100_000_000), ..Pace::MOUNTAIN };

        // A window of 1.22 / sqrt(loss) segments a round trip (Mathis and others, 1997).
        let law = 1.22 / 0.05_f64.sqrt() * SEGMENT_BYTES as f64 * 8.0 / 0.6;

        assert!((110_000.0..128_001.0).contains(&rate(without_loss)), "{}", rate(without_loss));
        assert!((0.6 * law..1.4 * law).contains(&rate(wide)), "{} of {law}", rate(wide));
        assert!(rate(Pace::MOUNTAIN) < rate(without_loss), "{}", rate(Pace::MOUNTAIN));
    }
}
