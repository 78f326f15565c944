//! Encounters by hour: a drawing, the same in words, and the same in a table.

use jisr_locales::{Arg, Lang, tr};
use jisr_sync_core::activity::HourlyActivity;

/// The drawing's height above its labels, in its own units.
const HEIGHT: u64 = 120;

/// The width of an hour, in the drawing's own units.
const STEP: usize = 30;

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
}

impl HourChart {
    /// The chart of a day. In Arabic time runs from right to left, as the page does.
    pub fn of(hourly: &HourlyActivity, lang: Lang) -> Self {
        let shown: Vec<_> = hourly.hours.iter().filter(|hour| !hour.skipped).collect();
        let most = shown.iter().map(|hour| hour.slice.encounters).max().unwrap_or(0);
        let count = shown.len();
        let bars = shown.iter().enumerate().map(|(at, hour)| {
            let place = if lang == Lang::Ar { count - 1 - at } else { at };
            let height = (hour.slice.encounters * HEIGHT).checked_div(most).unwrap_or(0);
            HourBar {
                hour: if hour.repeated { format!("{:02}×2", hour.hour) } else { format!("{:02}", hour.hour) },
                encounters: hour.slice.encounters,
                middle: place * STEP + STEP / 2,
                x: place * STEP + 4,
                y: 20 + HEIGHT - height,
                height,
                labelled: hour.hour % 3 == 0,
            }
        });
        let unplaced = hourly.unplaced.encounters;
        Self {
            bars: bars.collect(),
            words: words(hourly, most, lang),
            unplaced: (unplaced > 0).then(|| tr(lang, "by-hour-unplaced", &[("n", unplaced.into())])),
            any: most > 0,
        }
    }
}

fn words(hourly: &HourlyActivity, most: u64, lang: Lang) -> String {
    let total: u64 = hourly.hours.iter().map(|hour| hour.slice.encounters).sum();
    let busiest = hourly.hours.iter().find(|hour| hour.slice.encounters == most && most > 0);
    match busiest {
        None => tr(lang, "by-hour-none", &[]),
        Some(busiest) => {
            let args = [("n", total.into()), ("hour", Arg::Number(busiest.hour.into())), ("most", most.into())];
            tr(lang, "by-hour-desc", &args)
        }
    }
}

#[cfg(test)]
mod tests {
    use jisr_sync_core::activity::{HourActivity, Slice};

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
    fn a_day_without_encounters_draws_nothing_and_says_so() {
        let empty = HourlyActivity { hours: Vec::new(), unplaced: Slice::default() };

        let chart = HourChart::of(&empty, Lang::En);

        assert!(!chart.any);
        assert_eq!(chart.words, "No encounter placed by hour.");
    }
}
