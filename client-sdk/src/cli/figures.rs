//! `day`: the figures of a day as people read them, each with its label and its parts.

use jisr_sync_core::activity::INDICATORS;
use serde_json::Value;

use super::failure::{EXIT_FAILED, Failure, Own};
use super::say::Voice;
use super::{Desk, shift, when};

/// How long after its end a tour is still the one a crew asks about. Coming home at dawn, it asks about its night.
const JUST_ENDED_MS: i64 = 12 * 60 * 60 * 1_000;

/// The figures of a day out of what this device holds. Without a day: that of the tour that is open or has just ended,
/// or else today.
pub(super) async fn day(desk: &Desk<'_>, day: Option<String>, as_json: bool) -> Result<(), Failure> {
    let day = match (day, shift::since(desk, JUST_ENDED_MS).await?) {
        (Some(day), _) => when::day("DAY", &day)?,
        (None, Some(day)) => day,
        (None, None) => desk.client.today()?,
    };
    let activity = desk.client.day(day).await?;
    let unreadable = || Failure::from(Own::new("unreadable", EXIT_FAILED));
    let left = desk.client.left_of(day)?;
    if as_json {
        let mut told = serde_json::to_value(&activity).map_err(|_| unreadable())?;
        told["left_device"] = left.into();
        say!("{told}");
        return Ok(());
    }
    say!("{}", desk.voice.say("day", &[("day", (&day.to_string()).into())]));
    let figures = serde_json::to_value(&activity.total).map_err(|_| unreadable())?;
    let told = lines(desk.voice, &figures);
    if told.is_empty() {
        say!("  {}", desk.voice.say("day-nothing", &[]));
    }
    told.iter().for_each(|line| say!("  {line}"));
    if left > 0 {
        say!("{}", desk.voice.say("day-left", &[("n", left.into())]));
    }
    say!("{}", desk.voice.say("day-own", &[("n", desk.client.status().waiting.into())]));
    Ok(())
}

/// A line for each figure that counts anything.
fn lines(voice: &Voice, figures: &Value) -> Vec<String> {
    let line = |code: &str| {
        let figure = figures.get(code).filter(|figure| counts_anything(figure))?;
        Some(format!("{}: {}", voice.say(&format!("figure-{code}"), &[]), told(voice, code, figure)))
    };
    INDICATORS.iter().filter_map(|indicator| line(indicator.code)).collect()
}

fn counts_anything(figure: &Value) -> bool {
    match figure {
        Value::Null | Value::Bool(_) => false,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(list) => list.iter().any(counts_anything),
        // What a figure is a share of counts nothing by itself.
        Value::Object(map) => map.iter().any(|(name, value)| name != "out_of" && counts_anything(value)),
    }
}

fn told(voice: &Voice, code: &str, figure: &Value) -> String {
    let Value::Object(map) = figure else { return figure.to_string() };
    let number = |name: &str| map.get(name).and_then(Value::as_u64);
    if let (Some(least), Some(most)) = (number("at_least"), number("at_most")) {
        return if least == most {
            least.to_string()
        } else {
            voice.say("range", &[("least", least.into()), ("most", most.into())])
        };
    }
    if let (Some(known), Some(unknown)) = (number("known"), number("unknown_slots")) {
        return headcount(voice, known, unknown);
    }
    let parts: Vec<String> = map.iter().filter_map(|(name, value)| part(voice, code, name, value)).collect();
    parts.join(&voice.say("between", &[]))
}

fn headcount(voice: &Voice, known: u64, unknown: u64) -> String {
    match (known, unknown) {
        (known, 0) => known.to_string(),
        (0, unknown) => voice.say("headcount-unknown", &[("unknown", unknown.into())]),
        (known, unknown) => voice.say("headcount", &[("known", known.into()), ("unknown", unknown.into())]),
    }
}

/// A part of a figure with its label; `None` when it counts nothing.
fn part(voice: &Voice, code: &str, name: &str, value: &Value) -> Option<String> {
    if !counts_anything(value) {
        return None;
    }
    if name == "milliseconds" {
        let minutes = value.as_u64()? / 60_000;
        return Some(voice.say("hours", &[("hours", (minutes / 60).into()), ("minutes", (minutes % 60).into())]));
    }
    let label = match list_of(code) {
        Some(list) => voice.label(list, name),
        None => voice.say(&format!("part-{name}"), &[]),
    };
    let inner = match value {
        Value::Object(_) => told(voice, name, value),
        other => other.to_string(),
    };
    let nested = value.as_object().is_some_and(|map| !map.contains_key("at_least") && !map.contains_key("known"));
    Some(if nested { format!("{label} ({inner})") } else { format!("{label} {inner}") })
}

/// The list of codes that the names of a figure's parts come from; `None` when they are parts of the figure itself.
fn list_of(code: &str) -> Option<&'static str> {
    match code {
        "observed" => Some("observed_group"),
        "services" | "items" => Some("service_type"),
        "cancelled_by_reason" => Some("cancel_reason"),
        "by_destination" => Some("referral_destination"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use jisr_locales::Lang;
    use jisr_sync_core::activity::{Figures, Items};
    use jisr_sync_core::codes::{CancelReason, CodeList, ObservedGroup, ReferralDestination, ServiceType};

    use super::*;

    fn voice(lang: Lang) -> Voice {
        Voice { lang, store: String::new() }
    }

    /// Every number of it seven and every list filled, by way of its JSON: a part that is new is in it.
    fn full() -> Value {
        let mut figures = Figures::default();
        figures.tours.cancelled_by_reason = [(CancelReason::known()[0].clone(), 1)].into();
        figures.referrals.by_destination = [(ReferralDestination::known()[0].clone(), 1)].into();
        figures.observed = [(ObservedGroup::known()[0].clone(), 1)].into();
        figures.services = [(ServiceType::known()[0].clone(), 1)].into();
        figures.items = [(ServiceType::known()[0].clone(), Items { given: 1, used_from_stock: Some(1) })].into();
        let mut json = serde_json::to_value(figures).unwrap();
        fill(&mut json);
        json
    }

    fn fill(value: &mut Value) {
        match value {
            Value::Object(map) => map.values_mut().for_each(fill),
            Value::Number(_) | Value::Null => *value = 7.into(),
            _ => {}
        }
    }

    #[test]
    fn every_part_of_every_figure_reads_in_every_language() {
        for lang in Lang::ALL {
            let told = lines(&voice(lang), &full());
            assert!(told.len() > 25, "{told:?}");
            for line in told {
                let raw = line.contains('_') || line.contains('[') || line.contains('{');
                let latin = lang == Lang::Ar && line.chars().any(|c| c.is_ascii_alphabetic());
                assert!(!raw && !latin, "{lang}: {line}");
            }
        }
    }

    #[test]
    fn hours_ranges_and_heads_are_told_in_human_forms() {
        let mut figures = Figures::default();
        figures.tour_hours.milliseconds = 12_600_000;
        figures.persons_met.at_least = 3;
        figures.persons_met.at_most = 5;
        figures.women.known = 2;
        figures.women.unknown_slots = 1;

        let told = lines(&voice(Lang::En), &serde_json::to_value(figures).unwrap());

        assert_eq!(told[0], "Tour hours: 3 h 30 min");
        assert_eq!(told[1], "Persons met: at least 3, at most 5");
        assert_eq!(told[2], "Women: 2 known and 1 unknown");
    }
}
