//! The demo's nights: six crews of five provinces, played through real clients, a real server and a link that fails.
//!
//! Nothing is written past the clients, and nothing is shown that they did not bring. Records carry the times of the
//! nights they tell of; the server's clock is the system's.

mod scenes;
mod units;

use std::sync::atomic::Ordering;

use anyhow::Result;
use jisr_client_sdk::clock::{Clock, SystemClock};
use jisr_sync_core::id::DocumentId;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use crate::fleet;
use crate::night::{self, Played, Tour};
use crate::proxy::{Cut, Pace, Proxy};
use crate::service::Service;
use crate::van::Van;

pub use units::{CREWS, IDLE_UNIT};
use units::{SILENT, STILL_WAITING};

/// How a demo is played.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// What people, places and notes are drawn from.
    pub seed: u64,
    /// How many nights, at least one; the last one is last night.
    pub nights: u32,
}

/// What is there to be looked at afterwards.
#[derive(Debug, Clone, Copy)]
pub struct Shown {
    /// Last night.
    pub tour: Tour,
    /// A person whom two crews described differently.
    pub disagreed: DocumentId,
    /// An encounter to which three phones added ten meals each.
    pub meals: DocumentId,
    /// How many records of encounters of last night were delivered.
    pub encounters: usize,
    /// How many of last night wait on the van whose link failed.
    pub waiting: usize,
    /// Connections that were cut on purpose.
    pub cuts: u64,
}

/// A demo under way.
struct Demo<'a> {
    service: &'a Service,
    link: Proxy,
    vans: Vec<Van>,
    rng: StdRng,
    say: &'a (dyn Fn(String) + Sync),
}

/// Plays the nights against `service`, which is empty, telling each step to `say`.
///
/// # Errors
/// When server or client refuse: then something in Jisr is broken, and nothing is hidden.
pub async fn play(service: &Service, options: Options, say: &(dyn Fn(String) + Sync)) -> Result<Shown> {
    let nights = nights(options.nights)?;
    units::set_up(service, &nights)?;
    say(format!("{} units, tours planned for {} night(s); none for {IDLE_UNIT}", CREWS.len() + 1, nights.len()));
    let link = Proxy::start(service.address(), Pace::default()).await?;
    let mut vans = Vec::new();
    for crew in CREWS {
        vans.push(fleet::enrol(service, crew.unit.id, crew.unit.id, link.address()).await?);
    }
    say(format!("{} devices enrolled, each with a key of its own", vans.len()));
    let mut demo = Demo { service, link, vans, rng: StdRng::seed_from_u64(options.seed), say };
    demo.cut_some();
    let (last, earlier) = nights.split_last().ok_or_else(|| anyhow::anyhow!("at least one night is played"))?;
    for tour in earlier {
        demo.earlier_night(*tour).await?;
    }
    demo.last_night(*last).await
}

/// The nights up to last night.
fn nights(count: u32) -> Result<Vec<Tour>> {
    let mut nights = vec![Tour::last_before(SystemClock.now())?];
    for _ in 1..count {
        nights.insert(0, Tour::of(nights[0].day.previous())?);
    }
    Ok(nights)
}

impl Demo<'_> {
    /// Cuts two connections in five, each in the middle of a request or of an answer.
    fn cut_some(&mut self) {
        let mut rng = StdRng::seed_from_u64(self.rng.random());
        self.link.cut_by(move |_| {
            let after = rng.random_range(400..9_000);
            match rng.random_range(0..5) {
                0 => Cut { after_up: Some(after), after_down: None },
                1 => Cut { after_up: None, after_down: Some(after) },
                _ => Cut::default(),
            }
        });
    }

    /// A night before the last: every crew goes out, and everything arrives.
    async fn earlier_night(&mut self, tour: Tour) -> Result<()> {
        let mut count = 0;
        for (crew, van) in CREWS.iter().zip(&self.vans).filter(|(crew, _)| crew.unit.id != SILENT) {
            let encounters = self.rng.random_range(8..=20);
            count += night::play(van, tour, crew.staff, encounters, &mut self.rng).await?.encounters.len();
            self.link.close_all();
            van.deliver().await?;
        }
        (self.say)(format!("night of {}: {count} encounters recorded offline and delivered", tour.day));
        Ok(())
    }

    async fn last_night(&mut self, tour: Tour) -> Result<Shown> {
        (self.say)(format!("night of {}, 20:00 to 04:30: every crew records without a network", tour.day));
        let mut encounters = 0;
        for (crew, van) in CREWS.iter().zip(&self.vans) {
            if crew.unit.id == STILL_WAITING {
                continue;
            }
            let count = self.rng.random_range(8..=20);
            let played = night::play(van, tour, crew.staff, count, &mut self.rng).await?;
            (self.say)(told(crew.unit.fr, &played));
            if crew.unit.id == SILENT {
                (self.say)("    it finds no network: all of it stays on its phone".to_owned());
                continue;
            }
            encounters += played.encounters.len();
            self.link.close_all();
            let delivered = van.deliver().await?;
            (self.say)(format!("    delivered in {} exchanges, {} of them cut", delivered.tries, delivered.failed));
        }
        let disagreed = self.two_crews_disagree(tour).await?;
        let meals = self.three_phones_count_meals(tour).await?;
        let (delivered, waiting) = self.a_van_is_cut_off(tour).await?;
        let cuts = self.link.counters().cuts.load(Ordering::Relaxed);
        Ok(Shown { tour, disagreed, meals, encounters: encounters + 3 + delivered, waiting, cuts })
    }
}

fn told(unit: &str, played: &Played) -> String {
    format!(
        "  {unit}: {} encounters ({} with somebody met before), {} persons, {} referrals, {} follow-ups",
        played.encounters.len(),
        played.met_again,
        played.persons.len(),
        played.referrals,
        played.follow_ups
    )
}
