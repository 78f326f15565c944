//! Dates and times in words.
//!
//! A table of its own instead of ICU: three languages, nineteen words each, and the Moroccan month names (نونبر,
//! not نوفمبر) that general Arabic data gets wrong. ICU4X would add some forty crates and a megabyte for the same.

use crate::Lang;

const AR_DAYS: [&str; 7] = ["الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد"];
const FR_DAYS: [&str; 7] = ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"];
const EN_DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

const AR_MONTHS: [&str; 12] =
    ["يناير", "فبراير", "مارس", "أبريل", "ماي", "يونيو", "يوليوز", "غشت", "شتنبر", "أكتوبر", "نونبر", "دجنبر"];
const FR_MONTHS: [&str; 12] = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
];
const EN_MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A date with its weekday: `الاثنين 23 نونبر 2026`, `lundi 23 novembre 2026`, `Monday 23 November 2026`.
///
/// `weekday` counts from Monday = 1, `month` and `day` from 1, as calendars do; what lies outside is left out.
pub fn long_date(lang: Lang, year: i16, month: i8, day: i8, weekday: i8) -> String {
    let (days, months) = match lang {
        Lang::Ar => (&AR_DAYS, &AR_MONTHS),
        Lang::Fr => (&FR_DAYS, &FR_MONTHS),
        Lang::En => (&EN_DAYS, &EN_MONTHS),
    };
    let name = |names: &[&'static str], number: i8| {
        usize::try_from(number).ok().and_then(|n| names.get(n.wrapping_sub(1)).copied()).unwrap_or("")
    };
    let first = if lang == Lang::Fr && day == 1 { "1er".to_owned() } else { day.to_string() };
    format!("{} {first} {} {year}", name(days, weekday), name(months, month)).trim().to_owned()
}

/// A time of day, `22:05`, the same in every language.
pub fn short_time(hour: i8, minute: i8) -> String {
    format!("{hour:02}:{minute:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arabic_dates_bear_moroccan_month_names_and_western_digits() {
        assert_eq!(long_date(Lang::Ar, 2026, 11, 23, 1), "الاثنين 23 نونبر 2026");
        assert_eq!(long_date(Lang::Ar, 2026, 8, 30, 7), "الأحد 30 غشت 2026");
    }

    #[test]
    fn french_writes_the_first_of_the_month_as_an_ordinal() {
        assert_eq!(long_date(Lang::Fr, 2026, 12, 1, 2), "mardi 1er décembre 2026");
        assert_eq!(long_date(Lang::Fr, 2026, 11, 23, 1), "lundi 23 novembre 2026");
        assert_eq!(long_date(Lang::En, 2026, 5, 1, 5), "Friday 1 May 2026");
    }

    #[test]
    fn times_have_two_digits_each() {
        assert_eq!(short_time(9, 5), "09:05");
    }
}
