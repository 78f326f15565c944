//! The stamp: one hash over all that determined the figures, and over the figures.
//!
//! What was handed over and does not count (rows of other days, facts of people not met) leaves no trace in it. The
//! time of computing does so only through the figures: while no tour is open, a day keeps its stamp overnight. Devices
//! leave one only through the verdict on their unit, so that a day that is over keeps its stamp while its devices go on
//! speaking with the server: last contacts, clocks and what waits for later days are shown beside the stamp, not under it.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::figures::Figures;
use super::indicator::DEFINITION_VERSION;
use super::input::{PersonFacts, PlaceFacts, Row};
use super::output::{Completeness, CompletenessState, DailyActivity, Stamp, UnitActivity, UnitStatus};
use super::select::Day;
use crate::id::{DocumentId, ProvinceId, UnitId};
use crate::time::{UnixMillis, tzdb_version};

/// Separates this hash from every other hash of the program.
const DOMAIN: &[u8] = b"jisr daily activity 1";

struct Canon(Sha256);

impl Canon {
    /// Takes a field in: its length, then its bytes, so that no two lists of fields run together alike.
    fn bytes(&mut self, bytes: &[u8]) {
        self.0.update((bytes.len() as u64).to_be_bytes());
        self.0.update(bytes);
    }

    fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    fn number(&mut self, number: i64) {
        self.bytes(&number.to_be_bytes());
    }

    fn count(&mut self, count: u64) {
        self.bytes(&count.to_be_bytes());
    }

    fn flag(&mut self, flag: bool) {
        self.bytes(&[u8::from(flag)]);
    }

    fn maybe(&mut self, number: Option<i64>) {
        self.flag(number.is_some());
        self.number(number.unwrap_or(0));
    }

    fn instant(&mut self, instant: Option<UnixMillis>) {
        self.maybe(instant.map(|instant| instant.0));
    }

    fn row<R>(&mut self, list: &str, row: &Row<R>) {
        self.text(list);
        self.bytes(row.id.as_bytes());
        self.text(row.unit.as_str());
        self.bytes(&row.heads_hash);
        self.flag(row.conflicted);
        self.flag(row.clock_suspect);
        self.instant(row.received_at);
    }
}

/// The stamp of `activity`, whose own `as_of` and `stamp` do not enter it.
pub(super) fn stamp(day: &Day<'_>, activity: &DailyActivity) -> Stamp {
    let mut canon = Canon(Sha256::new());
    canon.bytes(DOMAIN);
    canon.number(i64::from(DEFINITION_VERSION));
    canon.text(tzdb_version());
    canon.text(&day.input.day.to_string());
    canon.instant(day.input.closed_at);
    territory(&mut canon, day);
    rows(&mut canon, day);
    facts(&mut canon, day);
    figures(&mut canon, activity);
    Stamp(canon.0.finalize().into())
}

fn territory(canon: &mut Canon, day: &Day<'_>) {
    for facts in &day.units {
        canon.text("unit");
        canon.text(facts.unit.as_str());
        canon.text(facts.province.as_str());
        canon.flag(facts.night);
        let uncounted = day.input.uncounted.get(&facts.unit).copied().unwrap_or_default();
        canon.count(uncounted.set_aside);
        canon.count(uncounted.unreadable);
    }
    let opened = day.tours.iter().filter_map(|tour| tour.plan);
    let mut plans: Vec<_> = day.unopened.iter().map(|unopened| unopened.plan).chain(opened).collect();
    plans.sort_by_key(|plan| (&plan.unit, plan.starts, plan.ends, plan.shift, &plan.cancelled));
    for plan in plans {
        canon.text("plan");
        canon.text(plan.unit.as_str());
        canon.instant(Some(plan.starts));
        canon.instant(Some(plan.ends));
        canon.bytes(plan.shift.as_ref().map_or(&[][..], |id| &id.as_bytes()[..]));
        canon.text(plan.cancelled.as_ref().map(ToString::to_string).unwrap_or_default().as_str());
    }
}

fn rows(canon: &mut Canon, day: &Day<'_>) {
    day.tours.iter().for_each(|tour| canon.row("shift", tour.row));
    day.met.iter().for_each(|met| canon.row("encounter", met.row));
    day.voided.iter().for_each(|(_, row)| canon.row("voided", row));
    day.referrals.iter().for_each(|referral| canon.row("referral", referral.row));
    day.follow_ups.iter().for_each(|(_, row)| canon.row("follow-up", row));
    let here: BTreeSet<DocumentId> = day.met.iter().map(|met| met.row.id).collect();
    let decided = day.input.not_duplicates.iter().filter(|(a, b)| here.contains(a) && here.contains(b));
    let decided: BTreeSet<_> = decided.map(|(a, b)| (a.min(b), a.max(b))).collect();
    for (one, other) in decided {
        canon.text("not-duplicates");
        canon.bytes(one.as_bytes());
        canon.bytes(other.as_bytes());
    }
}

/// The facts about whoever and whatever the day names.
fn facts(canon: &mut Canon, day: &Day<'_>) {
    let named = |id: DocumentId| [id, day.same_person(id)];
    let in_slots = day.met.iter().flat_map(|met| met.row.record.persons.values()).filter_map(|slot| slot.person);
    let in_referrals = day.referrals.iter().filter_map(|referral| referral.row.record.person);
    let exits = day.input.persons.iter().filter(|(_, facts)| facts.exit_to_family_on == Some(day.input.day));
    let persons: BTreeSet<DocumentId> =
        in_slots.chain(in_referrals).chain(exits.map(|(id, _)| *id)).flat_map(named).collect();
    for id in persons {
        canon.bytes(id.as_bytes());
        match day.facts(id) {
            Some(facts) => person(canon, facts),
            None => canon.text("no-facts"),
        }
    }
    let recorded = day.met.iter().filter_map(|met| met.row.record.place);
    let places: BTreeSet<DocumentId> = recorded.chain(day.met.iter().filter_map(|met| met.place)).collect();
    let known: BTreeMap<_, _> = places.iter().filter_map(|id| day.input.places.get_key_value(id)).collect();
    known.into_iter().for_each(|(id, facts)| place(canon, *id, facts));
}

fn person(canon: &mut Canon, facts: &PersonFacts) {
    canon.text("person");
    canon.bytes(facts.same_as.as_ref().map_or(&[][..], |id| &id.as_bytes()[..]));
    let days = [
        facts.first_met,
        facts.last_met_before,
        facts.age_as_of,
        facts.exit_to_family_on,
        facts.returned_before,
        facts.followed_up_on,
    ];
    for day in days {
        canon.text(&day.map(|day| day.to_string()).unwrap_or_default());
    }
    canon.text(&facts.sex.as_ref().map(ToString::to_string).unwrap_or_default());
    canon.text(&facts.age.map(|age| age.to_string()).unwrap_or_default());
    canon.text(facts.case_owner.as_ref().map_or("", |unit| unit.as_str()));
    canon.number(facts.publics.len() as i64);
    facts.publics.iter().for_each(|public| canon.text(&public.to_string()));
}

fn place(canon: &mut Canon, id: DocumentId, facts: &PlaceFacts) {
    canon.text("place");
    canon.bytes(id.as_bytes());
    canon.bytes(facts.same_as.as_ref().map_or(&[][..], |id| &id.as_bytes()[..]));
    canon.flag(facts.commune.is_some());
    canon.text(facts.commune.as_deref().unwrap_or_default());
}

/// What the stamp speaks for of what the page shows, field by field in a defined order.
#[derive(Serialize)]
struct Shown<'a>(
    &'a Figures,
    &'a [super::ProvinceActivity],
    Vec<ShownUnit<'a>>,
    ShownCompleteness<'a>,
    &'a super::HourlyActivity,
    &'a [super::CommuneActivity],
    &'a [super::PlaceActivity],
    &'a [super::PossibleDuplicate],
    &'a [super::ReviewItem],
);

/// Unit, province, verdict and figures. Not how fresh what is known of it is.
#[derive(Serialize)]
struct ShownUnit<'a>(&'a UnitId, &'a ProvinceId, &'a UnitStatus, Option<&'a Figures>);

impl<'a> ShownUnit<'a> {
    fn of(activity: &'a UnitActivity) -> Self {
        let UnitActivity { unit, province, status, figures, freshness: _ } = activity;
        Self(unit, province, status, figures.as_ref())
    }
}

/// State, expected, reported, and who is missing or had no tour. Not what devices said since.
#[derive(Serialize)]
struct ShownCompleteness<'a>(CompletenessState, u64, u64, &'a [UnitId], &'a [UnitId]);

fn figures(canon: &mut Canon, activity: &DailyActivity) {
    let Completeness { state, expected, reported, missing, no_tour_planned, .. } = &activity.completeness;
    let shown = Shown(
        &activity.total,
        &activity.by_province,
        activity.by_unit.iter().map(ShownUnit::of).collect(),
        ShownCompleteness(*state, *expected, *reported, missing, no_tour_planned),
        &activity.by_hour,
        &activity.by_commune,
        &activity.by_place,
        &activity.possible_duplicates,
        &activity.review,
    );
    // Plain numbers, texts and string-keyed maps: nothing in them that JSON could refuse.
    canon.bytes(&serde_json::to_vec(&shown).unwrap_or_default());
}
