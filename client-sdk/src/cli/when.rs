//! Times and days as people type them: `22:14`, `2026-11-23 22:14`, `2026-11-23`.

use jisr_sync_core::record::normalise_digits;
use jisr_sync_core::sync::limits::CLOCK_SKEW_MARKED_MS;
use jisr_sync_core::time::{OperationalDay, ServiceZone, UnixMillis};

use super::failure::{EXIT_INVALID, Failure, Own};

/// The instant of something that has happened. A time of day alone is the last one that has passed.
///
/// Refuses what lies further ahead than a clock may be off before the server marks what was written under it.
pub(super) fn past(name: &str, text: &str, now: UnixMillis) -> Result<UnixMillis, Failure> {
    let typed = Typed::read(name, text)?;
    let latest = UnixMillis(now.0.saturating_add(CLOCK_SKEW_MARKED_MS));
    let at = match typed.day {
        Some(day) => typed.on(day),
        None => typed.days_around(now).into_iter().rev().find(|at| *at <= latest),
    };
    not_ahead(name, at.ok_or_else(|| typed.wrong())?, now)
}

/// The instant of something planned. A time of day alone is the one nearest to `near`.
pub(super) fn planned(name: &str, text: &str, near: UnixMillis) -> Result<UnixMillis, Failure> {
    let typed = Typed::read(name, text)?;
    let at = match typed.day {
        Some(day) => typed.on(day),
        None => typed.days_around(near).into_iter().min_by_key(|at| at.0.abs_diff(near.0)),
    };
    at.ok_or_else(|| typed.wrong())
}

/// `at`, unless it lies ahead of the clock by more than a clock may be off.
pub(super) fn not_ahead(name: &str, at: UnixMillis, now: UnixMillis) -> Result<UnixMillis, Failure> {
    if at.0 <= now.0.saturating_add(CLOCK_SKEW_MARKED_MS) {
        return Ok(at);
    }
    let zone = ServiceZone::morocco().ok();
    let clock = |at| {
        let local = zone.as_ref().and_then(|zone| zone.local(at));
        local.map(|local| local.strftime("%Y-%m-%d %H:%M").to_string()).unwrap_or_default()
    };
    Err(Own::new("future", EXIT_INVALID).what(name).value(clock(at)).meant(clock(now)).into())
}

/// A day as people type it.
pub(super) fn day(name: &str, text: &str) -> Result<OperationalDay, Failure> {
    normalise_digits(text.trim()).parse().map_err(|_| Failure::argument(name, text, "day"))
}

/// A time of day, on a day or on none.
struct Typed<'t> {
    name: &'t str,
    text: &'t str,
    zone: ServiceZone,
    day: Option<OperationalDay>,
    hour: i8,
    minute: i8,
}

impl<'t> Typed<'t> {
    fn read(name: &'t str, text: &'t str) -> Result<Self, Failure> {
        let wrong = || Failure::argument(name, text, "time");
        let zone = ServiceZone::morocco().map_err(|_| wrong())?;
        let plain = normalise_digits(text.trim()).replace('T', " ");
        let (date, time) = plain.rsplit_once(' ').map_or((None, plain.as_str()), |(date, time)| (Some(date), time));
        let (hour, minute) = time.split_once(':').ok_or_else(wrong)?;
        let (hour, minute): (i8, i8) = (hour.parse().map_err(|_| wrong())?, minute.parse().map_err(|_| wrong())?);
        if !(0..24).contains(&hour) || !(0..60).contains(&minute) {
            return Err(wrong());
        }
        let day = date.map(|date| date.trim().parse().map_err(|_| wrong())).transpose()?;
        Ok(Self { name, text, zone, day, hour, minute })
    }

    fn on(&self, day: OperationalDay) -> Option<UnixMillis> {
        self.zone.instant_of(day.date().at(self.hour, self.minute, 0, 0))
    }

    /// This time of day yesterday, today and tomorrow.
    fn days_around(&self, now: UnixMillis) -> Vec<UnixMillis> {
        let Some(today) = self.zone.day_of(now) else { return Vec::new() };
        [today.previous(), today, today.next()].into_iter().filter_map(|day| self.on(day)).collect()
    }

    fn wrong(&self) -> Failure {
        Failure::argument(self.name, self.text, "time")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE_MS: i64 = 60_000;

    fn at(text: &str) -> UnixMillis {
        planned("--at", text, UnixMillis(0)).unwrap()
    }

    #[test]
    fn a_time_of_day_is_the_last_one_that_has_passed() {
        let now = at("2026-11-23 22:14");

        assert_eq!(past("--at", "22:10", now).unwrap().0, now.0 - 4 * MINUTE_MS);
        assert_eq!(past("--at", "٢٢:١٠", now).unwrap().0, now.0 - 4 * MINUTE_MS);
        assert_eq!(past("--at", "23:00", now).unwrap(), at("2026-11-22 23:00"));
        for bad in ["", "25:00", "22", "yesterday", "2026-13-01 10:00"] {
            assert!(past("--at", bad, now).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_lies_further_ahead_than_a_clock_may_be_off_has_not_happened() {
        let now = at("2026-11-23 22:14");

        assert_eq!(past("--at", "2026-11-23 22:19", now).unwrap().0, now.0 + 5 * MINUTE_MS);
        assert_eq!(past("--at", "22:19", now).unwrap().0, now.0 + 5 * MINUTE_MS);
        assert!(past("--at", "2026-11-23 22:20", now).is_err());
    }

    #[test]
    fn a_plan_lies_where_its_time_of_day_is_nearest() {
        let late = at("2026-11-24 00:10");

        assert_eq!(planned("--planned-start", "20:00", late).unwrap(), at("2026-11-23 20:00"));
        assert_eq!(planned("--planned-end", "04:00", late).unwrap(), at("2026-11-24 04:00"));
    }
}
