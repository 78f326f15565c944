//! Instants as people read them: local time, with the date where it is not the page's.

use jisr_locales::{Arg, Lang, long_date, short_time, tr};
use jisr_sync_core::time::{OperationalDay, ServiceZone, UnixMillis};

/// How a page tells times.
#[derive(Debug, Clone)]
pub struct When {
    lang: Lang,
    zone: ServiceZone,
    /// The instant the page was made: times of its date are told without a date.
    as_of: UnixMillis,
}

impl When {
    /// For a page made at `as_of`.
    pub const fn new(lang: Lang, zone: ServiceZone, as_of: UnixMillis) -> Self {
        Self { lang, zone, as_of }
    }

    /// `22:05`, or `23/11 22:05` on another date than the page's.
    pub fn time(&self, at: UnixMillis) -> String {
        let Some(local) = self.zone.local(at) else { return "–".to_owned() };
        let time = short_time(local.hour(), local.minute());
        let today = self.zone.local(self.as_of).is_some_and(|now| now.date() == local.date());
        if today { time } else { format!("{:02}/{:02} {time}", local.day(), local.month()) }
    }

    /// `at 22:05`, or `on 23/11 at 22:05`: as it stands in a sentence.
    pub fn at(&self, at: UnixMillis) -> String {
        self.phrase("at", at)
    }

    /// `since 22:05`, or `since 23/11, 22:05`.
    pub fn since(&self, at: UnixMillis) -> String {
        self.phrase("since", at)
    }

    fn phrase(&self, which: &str, at: UnixMillis) -> String {
        let time = self.time(at);
        match time.split_once(' ') {
            None => tr(self.lang, &format!("{which}-time"), &[("time", Arg::from(&time))]),
            Some((date, time)) => {
                tr(self.lang, &format!("{which}-date-time"), &[("date", Arg::from(date)), ("time", Arg::from(time))])
            }
        }
    }

    /// As of when a page is: with the date, unless it is that of the day shown.
    pub fn as_of(&self, day: OperationalDay) -> String {
        let Some(local) = self.zone.local(self.as_of) else { return "–".to_owned() };
        let time = short_time(local.hour(), local.minute());
        if local.date() == day.date() {
            return tr(self.lang, "as-of", &[("time", Arg::from(&time))]);
        }
        let date = format!("{:02}/{:02}/{}", local.day(), local.month(), local.year());
        tr(self.lang, "as-of-dated", &[("date", Arg::from(&date)), ("time", Arg::from(&time))])
    }

    /// `23/11/2026 22:05`: for what is read long after.
    pub fn full(&self, at: UnixMillis) -> String {
        let Some(local) = self.zone.local(at) else { return "–".to_owned() };
        let time = short_time(local.hour(), local.minute());
        format!("{:02}/{:02}/{} {time}", local.day(), local.month(), local.year())
    }

    /// The day in words: `lundi 23 novembre 2026`.
    pub fn day(&self, day: OperationalDay) -> String {
        let date = day.date();
        let weekday = date.weekday().to_monday_one_offset();
        long_date(self.lang, date.year(), date.month(), date.day(), weekday)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_of_another_date_says_which() {
        let zone = ServiceZone::morocco().unwrap();
        let as_of = UnixMillis(1_795_475_400_000); // 2026-11-23 23:10 UTC
        let when = When::new(Lang::Fr, zone, as_of);

        assert_eq!(when.time(UnixMillis(as_of.0 - 3 * 3_600_000)), "20:10");
        assert_eq!(when.time(UnixMillis(as_of.0 - 24 * 3_600_000)), "22/11 23:10");
        assert_eq!(when.at(UnixMillis(as_of.0 - 24 * 3_600_000)), "le 22/11 à 23:10");
        assert_eq!(when.since(UnixMillis(as_of.0 - 3 * 3_600_000)), "depuis 20:10");
        assert_eq!(when.as_of("2026-11-23".parse().unwrap()), "Situation à 23:10");
        assert_eq!(when.as_of("2026-11-22".parse().unwrap()), "Situation le 23/11/2026 à 23:10");
        assert_eq!(when.full(as_of), "23/11/2026 23:10");
        assert_eq!(when.day("2026-11-23".parse().unwrap()), "lundi 23 novembre 2026");
    }
}
