//! What a run of faults counts, and how it prints it: one line, in the same words for every run.

use std::fmt;
use std::time::Duration;

/// What a store turned out to be after a fault.
#[derive(Debug, PartialEq, Eq)]
pub enum Found {
    /// It opens, is sound, and everything that was acknowledged is there.
    Whole,
    /// So many acknowledged records or changes are not in it.
    Lost(usize),
    /// It opens and something in it is wrong.
    Unsound(String),
    /// It does not open.
    Unopenable(String),
}

/// The faults of one run, and what they left.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Kills, or cuts of the power.
    pub faults: u64,
    /// Records or changes that somebody was told are kept.
    pub acknowledged: usize,
    /// How many of those were not there afterwards.
    pub lost: usize,
    /// Stores that opened with something wrong in them.
    pub unsound: u64,
    /// Stores that would not open.
    pub unopenable: u64,
}

impl Tally {
    /// Whether a promise was broken.
    pub const fn is_bad(&self) -> bool {
        self.lost > 0 || self.unsound > 0 || self.unopenable > 0
    }

    /// Counts what a fault left, and tells what is wrong with it at once.
    pub fn judge(&mut self, acknowledged: usize, found: &Found) {
        match found {
            Found::Whole => return,
            Found::Lost(count) => self.lost += count,
            Found::Unsound(_) => self.unsound += 1,
            Found::Unopenable(_) => self.unopenable += 1,
        }
        println!("after fault {}, {acknowledged} acknowledged: {found:?}", self.faults);
    }

    /// Prints the line of a run: what it was done to, what was done, what was acknowledged.
    pub fn print(&self, to: &str, faults: &str, kept: &str, took: Duration) {
        println!("{to}: {}, in {} s", Line { tally: self, faults, kept }, took.as_secs());
    }
}

struct Line<'a> {
    tally: &'a Tally,
    faults: &'a str,
    kept: &'a str,
}

impl fmt::Display for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Tally { faults, acknowledged, lost, unsound, unopenable } = self.tally;
        write!(
            f,
            "{faults} {}, {acknowledged} {} acknowledged, {lost} lost, {unsound} stores unsound, ",
            self.faults, self.kept
        )?;
        write!(f, "{unopenable} stores would not open")
    }
}
