//! Times and days as people type them: `22:14`, `2026-11-23 22:14`, `2026-11-23`.

use jisr_sync_core::record::normalise_digits;
use jisr_sync_core::time::{OperationalDay, ServiceZone, UnixMillis};

use super::say::Failure;

const MINUTE_MS: i64 = 60_000;

/// The instant that `text` names by local time. A time of day alone is the last one that has passed.
pub(super) fn instant(name: &str, text: &str, now: UnixMillis) -> Result<UnixMillis, Failure> {
    let wrong = || Failure::Argument { name: name.to_owned(), expected: "22:14 / 2026-11-23 22:14".to_owned() };
    let zone = ServiceZone::morocco().map_err(|_| wrong())?;
    let text = normalise_digits(text.trim()).replace('T', " ");
    let (date, time) = text.rsplit_once(' ').map_or((None, text.as_str()), |(date, time)| (Some(date), time));
    let (hours, minutes) = time.split_once(':').ok_or_else(wrong)?;
    let (hours, minutes): (i64, i64) = (hours.parse().map_err(|_| wrong())?, minutes.parse().map_err(|_| wrong())?);
    if !(0..24).contains(&hours) || !(0..60).contains(&minutes) {
        return Err(wrong());
    }
    let on =
        |day: OperationalDay| zone.start_of(day).map(|start| UnixMillis(start.0 + (hours * 60 + minutes) * MINUTE_MS));
    if let Some(date) = date {
        return on(date.trim().parse().map_err(|_| wrong())?).ok_or_else(wrong);
    }
    let today = zone.day_of(now).ok_or_else(wrong)?;
    let at = on(today).ok_or_else(wrong)?;
    if at <= now { Ok(at) } else { on(today.previous()).ok_or_else(wrong) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_of_day_is_the_last_one_that_has_passed() {
        let now = instant("at", "2026-11-23 22:14", UnixMillis(0)).unwrap();

        assert_eq!(instant("at", "22:10", now).unwrap().0, now.0 - 4 * MINUTE_MS);
        assert_eq!(instant("at", "٢٢:١٠", now).unwrap().0, now.0 - 4 * MINUTE_MS);
        assert_eq!(instant("at", "23:00", now).unwrap().0, now.0 + 46 * MINUTE_MS - 24 * 60 * MINUTE_MS);
        for bad in ["", "25:00", "22", "yesterday", "2026-13-01 10:00"] {
            assert!(instant("at", bad, now).is_err(), "{bad}");
        }
    }
}
