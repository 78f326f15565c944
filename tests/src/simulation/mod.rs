//! The whole system in a simulated world: real device and server code, virtual time, one thread, one seed.
//!
//! ```text
//!   crew ─▶ Local (real) ─▶ SimDisk          link: pieces, cuts, crawl, replay          SimDisk ◀─ KvStorage (real)
//!            │                                                                                        │
//!            ├─ Engine, Exchange, DeviceSession (real) ◀──────────▶ Conversation, Answers, Committer (real)
//!            └─ meetings of phones, carry files (real) ──────────────────▶ backup files, restore, lease (real)
//! ```
//!
//! What is real: the device's records, outbox, engine, exchange and store; the server's registry, answers, sessions,
//! merge, storage, group commit, verification and figures. What is not: disks, clocks, links, entropy, crews, and the
//! runtime that otherwise takes the same steps. Each fake states at its head what it does to those who trust it.
//!
//! A run plays some days of crews under faults ([`Plan`]), then heals everything, lets all sync until nothing moves,
//! and checks: nothing acknowledged is lost; nothing recorded is lost while a holder lives; every phone holds what
//! the server holds in its scopes, in the same state, and nothing else; no conflict is lost, counts add up, no change
//! stands twice, each is said to be of the device that made it; the server's rows follow from its logs; the day's figures
//! are those of the crews' deeds. During the run: a change that left an outbox is on the server; nothing of a scope that
//! is not granted travels, from the server or between phones.
//!
//! A failing seed is played again with `JISR_SIM_SEED=… cargo test -p jisr-tests --test simulation`; with
//! `JISR_SIM_LOUD=1` every event is printed.
//!
//! # Without a server, and beside it
//! Phones meet over a connection that is cut anywhere (`meetings`, `van`), carry each other's envelopes to the server, and
//! take carry files along. Records and devices are moved to other units meanwhile (`moves`). A server comes back as an
//! older image of its disk, or built from a backup file that the real code made of it (`backups`); its lease lies beside
//! its disk and is not put back. A device that it does not know enrols again.
//!
//! # Left out
//! What a phone holds from a meeting and the server had set aside, before it was put back to when it had not seen it, may
//! stay on that phone alone: no promise is checked of it.

mod backups;
mod base;
mod chaos;
mod check;
mod crew;
mod disk;
mod hunt;
mod ledger;
mod life;
mod link;
mod meetings;
mod moves;
mod phone;
mod plan;
mod spy;
mod trace;
mod van;
mod world;
mod writing;

use std::panic::{AssertUnwindSafe, catch_unwind};

use jisr_sync_core::planted::{self, Bug};

pub use hunt::{Found, RUNS, hunt, play};
pub use plan::{Counts, Fault, Plan};
use world::World;

/// What a run came to.
#[derive(Debug, Clone)]
pub struct Run {
    /// Its seed.
    pub seed: u64,
    /// Which promise was broken, if one was.
    pub broken: Option<String>,
    /// One number for all that happened in it, in order.
    pub sum: u64,
    /// How many events it had.
    pub events: u64,
    /// How often what happened.
    pub counts: Counts,
    /// How many days of how many phones were played.
    pub device_days: u64,
    /// The last events, one a line.
    pub tail: String,
}

impl Run {
    /// What to print of a run in which a promise was broken, with how to play it again.
    pub fn report(&self) -> String {
        format!(
            "seed {}: {}\n{}\nplay it again: JISR_SIM_SEED={} cargo test -p jisr-tests --test simulation",
            self.seed,
            self.broken.as_deref().unwrap_or("all promises kept"),
            self.tail,
            self.seed
        )
    }
}

/// Plays one run, with a bug planted or without.
pub fn run(seed: u64, plan: &Plan, bug: Option<Bug>) -> Run {
    planted::plant(bug);
    let run = play_one(seed, plan);
    planted::plant(None);
    run
}

fn play_one(seed: u64, plan: &Plan) -> Run {
    let device_days = plan.phones as u64 * u64::from(plan.days);
    let nothing = |broken: String| Run {
        seed,
        broken: Some(broken),
        sum: 0,
        events: 0,
        counts: Counts::new(),
        device_days,
        tail: String::new(),
    };
    let mut world = match World::new(seed, plan.clone()) {
        Ok(world) => world,
        Err(error) => return nothing(format!("the world does not begin: {error:#}")),
    };
    world.trace.loud = std::env::var_os("JISR_SIM_LOUD").is_some();
    let panicked = catch_unwind(AssertUnwindSafe(|| world.play())).is_err();
    let broken = world.broken.take().or_else(|| panicked.then(|| "something panicked".to_owned()));
    Run {
        seed,
        broken,
        sum: world.trace.sum(),
        events: world.trace.events(),
        counts: std::mem::take(&mut world.counts),
        device_days,
        tail: world.trace.tail(),
    }
}
