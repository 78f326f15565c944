//! Encounters by hour: a drawing, the same in words, and the same in a table.

use jisr_locales::{Arg, Lang, short_time, tr};
use jisr_sync_core::activity::{HourActivity, HourlyActivity};

/// The drawing's height above its labels, in its own units.
const HEIGHT: u64 = 120;

/// The width of an hour, in the drawing's own units.
const STEP: usize = 48;

/// How many hours are drawn at least: a tour and what surrounds it.
const HOURS_MIN: usize = 12;

/// One hour's bar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HourBar {
    /// The hour as people read it: `22`, with `×2` when it passed twice.
    pub hour: String,
    /// Encounters in it.
    pub encounters: u64,
    /// Where its middle is.
    pub middle: usize,
    /// Where it begins from the left.
    pub x: usize,
    /// Where it begins from the top.
    pub y: u64,
    /// Its height.
    pub height: u64,
    /// Whether its hour is written under it.
    pub labelled: bool,
}

/// The drawing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HourChart {
    /// Its bars in the order of time.
    pub bars: Vec<HourBar>,
    /// What it shows, in a sentence.
    pub words: String,
    /// What could not be placed, if anything.
    pub unplaced: Option<String>,
    /// Whether there is anything to draw.
    pub any: bool,
    /// How wide the drawing is, in its own units.
    pub width: usize,
}

impl HourChart {
    /// The chart of a day. In Arabic time runs from right to left, as the page does.
    pub fn of(hourly: &HourlyActivity, lang: Lang) -> Self {
        let shown = with_something(&hourly.hours);
        let most = shown.iter().map(|hour| hour.slice.encounters).max().unwrap_or(0);
        let count = shown.len();
        let bars = shown.iter().enumerate().map(|(at, hour)| {
            let place = if lang == Lang::Ar { count - 1 - at } else { at };
            let height = (hour.slice.encounters * HEIGHT).checked_div(most).unwrap_or(0);
            HourBar {
                hour: if hour.repeated { format!("{:02}×2", hour.hour) } else { format!("{:02}", hour.hour) },
                encounters: hour.slice.encounters,
                middle: place * STEP + STEP / 2,
                x: place * STEP + 6,
                y: 20 + HEIGHT - height,
                height,
                labelled: count <= 12 || hour.hour % 3 == 0,
            }
        });
        let unplaced = hourly.unplaced.encounters;
        Self {
            bars: bars.collect(),
            words: words(hourly, most, lang),
            unplaced: (unplaced > 0).then(|| tr(lang, "by-hour-unplaced", &[("n", unplaced.into())])),
            any: most > 0,
            width: count * STEP,
        }
    }
}

/// The hours from the first to the last with an encounter, and around them as many as make [`HOURS_MIN`]. An hour that
/// clocks went over never was and is left out.
fn with_something(hours: &[HourActivity]) -> Vec<&HourActivity> {
    let hours: Vec<_> = hours.iter().filter(|hour| !hour.skipped).collect();
    let any = |hour: &&HourActivity| hour.slice.encounters > 0;
    let first = hours.iter().position(any).unwrap_or(0);
    let last = hours.iter().rposition(any).unwrap_or(0);
    let lacking = HOURS_MIN.saturating_sub(last + 1 - first);
    let from = first.saturating_sub(lacking / 2);
    let to = (from + HOURS_MIN).max(last + 1).min(hours.len());
    hours[from.min(to)..to].to_vec()
}

fn words(hourly: &HourlyActivity, most: u64, lang: Lang) -> String {
    let total: u64 = hourly.hours.iter().map(|hour| hour.slice.encounters).sum();
    let busiest = hourly.hours.iter().find(|hour| hour.slice.encounters == most && most > 0);
    match busiest {
        None => tr(lang, "by-hour-none", &[]),
        Some(busiest) => {
            // A whole time in one gap: an hour and ":00" apart would change places in Arabic.
            let hour = short_time(i8::try_from(busiest.hour).unwrap_or(0), 0);
            let args = [("n", total.into()), ("hour", Arg::from(&hour)), ("most", most.into())];
            tr(lang, "by-hour-desc", &args)
        }
    }
}

#[cfg(test)]
mod tests {
    use jisr_sync_core::activity::Slice;

    use super::*;

    fn hourly() -> HourlyActivity {
        let hour = |hour, encounters| HourActivity {
            hour,
            repeated: false,
            skipped: false,
            slice: Slice { encounters, known_persons: 0 },
        };
        HourlyActivity { hours: vec![hour(21, 4), hour(22, 8), hour(23, 0)], unplaced: Slice::default() }
    }

    #[test]
    fn time_runs_with_the_writing() {
        let french = HourChart::of(&hourly(), Lang::Fr);
        let arabic = HourChart::of(&hourly(), Lang::Ar);

        assert!(french.bars[0].x < french.bars[2].x);
        assert!(arabic.bars[0].x > arabic.bars[2].x);
        assert_eq!(french.bars[1].height, HEIGHT);
        assert_eq!(french.bars[0].height, HEIGHT / 2);
    }

    #[test]
    fn the_drawing_leaves_out_long_empty_ends_and_no_hour_between() {
        let mut hours: Vec<HourActivity> = (0..24_u8)
            .map(|at| HourActivity { hour: (at + 6) % 24, repeated: false, skipped: at == 3, slice: Slice::default() })
            .collect();
        hours[13].slice.encounters = 2;
        hours[20].slice.encounters = 1;

        let chart = HourChart::of(&HourlyActivity { hours, unplaced: Slice::default() }, Lang::Fr);

        assert_eq!(chart.bars.len(), HOURS_MIN);
        assert_eq!(chart.bars.iter().map(|bar| bar.encounters).sum::<u64>(), 3);
        assert_eq!(chart.width, HOURS_MIN * STEP);
    }

    #[test]
    fn a_day_without_encounters_draws_nothing_and_says_so() {
        let empty = HourlyActivity { hours: Vec::new(), unplaced: Slice::default() };

        let chart = HourChart::of(&empty, Lang::En);

        assert!(!chart.any);
        assert_eq!(chart.words, "No encounter placed by hour.");
    }
}
