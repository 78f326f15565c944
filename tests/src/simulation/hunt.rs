//! Many runs at once, and how long a planted bug stays unnoticed.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use jisr_sync_core::planted::Bug;

use super::{Fault, Plan, Run, run};

/// How many runs every test of the project plays, and so how many a planted bug may stay unnoticed.
pub const RUNS: u64 = 60;

/// A planted bug that was found.
#[derive(Debug, Clone)]
pub struct Found {
    /// The run that broke a promise by it.
    pub run: Run,
    /// How long it took to come to it from seed 0 on.
    pub took: Duration,
}

/// Looks for a planted bug with the runs of every test; `None` when they do not find it.
pub fn hunt(bug: Bug) -> Option<Found> {
    let began = Instant::now();
    let run = play(0..RUNS, &world_for(bug), Some(bug)).into_iter().next()?;
    Some(Found { run, took: began.elapsed() })
}

/// A small world in which a bug would show. Most show in any; a cursor that runs ahead of its records shows only when a
/// phone's write between the two fails, which is rare where everything else goes wrong as well.
fn world_for(bug: Bug) -> Plan {
    let writes = [Fault::PhonePowerInWrite, Fault::PhoneWriteFails, Fault::PhoneFull, Fault::CutAnswer];
    match bug {
        Bug::CursorBeforeRecords => Plan::small().only(&writes),
        _ => Plan::small(),
    }
}

/// Plays `seeds` on as many threads as there are processors; gives those that broke a promise, in the order of seeds.
/// With a bug planted it is enough that one does.
pub fn play(seeds: Range<u64>, plan: &Plan, bug: Option<Bug>) -> Vec<Run> {
    let (next, enough, broken) = (AtomicU64::new(seeds.start), AtomicBool::new(false), Mutex::new(Vec::new()));
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::SeqCst);
                    if seed >= seeds.end || enough.load(Ordering::SeqCst) {
                        return;
                    }
                    let run = run(seed, plan, bug);
                    if run.broken.is_some() {
                        enough.store(bug.is_some(), Ordering::SeqCst);
                        broken.lock().unwrap_or_else(PoisonError::into_inner).push(run);
                    }
                }
            });
        }
    });
    let mut broken = broken.into_inner().unwrap_or_else(PoisonError::into_inner);
    broken.sort_by_key(|run| run.seed);
    broken
}
