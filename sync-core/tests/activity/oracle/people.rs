//! Who was met: distinct persons one by one, ages birthday by birthday.

use super::*;

impl<'a> Recount<'a> {
    pub(super) fn seen(rows: &[&'a Row<Encounter>]) -> Vec<Seen<'a>> {
        rows.iter().flat_map(|row| row.record.persons.iter().map(|(key, slot)| (*row, *key, slot))).collect()
    }

    pub(super) fn persons_in(&self, rows: &[&'a Row<Encounter>]) -> BTreeSet<DocumentId> {
        Self::seen(rows).into_iter().filter_map(|(_, _, slot)| slot.person).map(|p| self.true_person(p)).collect()
    }

    pub(super) fn of_person(&self, person: DocumentId) -> Vec<Seen<'a>> {
        let mine = |(_, _, slot): &Seen<'a>| slot.person.map(|p| self.true_person(p)) == Some(person);
        Self::seen(&self.visits()).into_iter().filter(mine).collect()
    }

    /// How many satisfy `who`, given all appearances of one person, or the single one of somebody unknown.
    pub(super) fn heads(&self, who: impl Fn(&[Seen<'a>], Option<DocumentId>) -> bool) -> Headcount {
        let visits = self.visits();
        let known = self.persons_in(&visits).into_iter().filter(|p| who(&self.of_person(*p), Some(*p))).count();
        let strangers = Self::seen(&visits).into_iter().filter(|(_, _, slot)| slot.person.is_none());
        let unknown = strangers.filter(|seen| who(&[*seen], None)).count();
        Headcount { known: known as u64, unknown_slots: unknown as u64 }
    }

    pub(super) fn age(&self, seen: &[Seen<'a>], person: Option<DocumentId>) -> Option<(u8, Option<u8>)> {
        let mut said = None;
        for (_, _, slot) in seen {
            said = slot.age.or(said);
        }
        if let Some(age) = said {
            return Some((age.min(), age.max()));
        }
        let facts = self.input.persons.get(&person?)?;
        let age = facts.age?;
        let Some(stated) = facts.age_as_of else { return Some((age.min(), age.max())) };
        years_later(age, stated.date(), self.today())
    }

    pub(super) fn age_heads(&self, fits: impl Fn(Option<(u8, Option<u8>)>) -> bool) -> Headcount {
        self.heads(|seen, person| fits(self.age(seen, person)))
    }

    pub(super) fn accompaniments(seen: &[Seen<'a>]) -> BTreeSet<String> {
        let said = |(row, _, slot): &Seen<'a>| {
            let own = slot.accompaniment.as_ref().map(ToString::to_string);
            own.or_else(|| row.record.accompaniment.as_ref().map(ToString::to_string))
        };
        let mut all: BTreeSet<String> = seen.iter().filter_map(said).collect();
        all.remove("unknown");
        all.remove("not_applicable");
        all
    }

    pub(super) fn rough(&self, seen: &[Seen<'a>]) -> bool {
        let tours = self.input.shifts.iter().filter(|row| self.input.units.iter().any(|facts| facts.unit == row.unit));
        let nights =
            tours.filter(|row| self.shift_date(&row.record) == Some(self.today()) && self.is_night(&row.record));
        nights.into_iter().any(|tour| {
            let mut last = String::new();
            for (row, _, slot) in seen.iter().filter(|(row, _, _)| row.record.shift == Some(tour.id)) {
                let said = slot.sleeping_situation.as_ref().or(row.record.sleeping_situation.as_ref());
                if let Some(said) = said.map(ToString::to_string).filter(|said| said != "unknown" && said != "declined")
                {
                    last = said;
                }
            }
            ["street", "station", "vehicle", "abandoned", "makeshift"].contains(&last.as_str())
        })
    }

    pub(super) fn is_night(&self, shift: &Shift) -> bool {
        if shift.shift_type == Some(ShiftType::Night) {
            return true;
        }
        let start = if shift.planned_start.is_some() { shift.planned_start } else { shift.started_at };
        let late = start.is_some_and(|start| !(5..18).contains(&self.hour_at(start.0)));
        shift.shift_type != Some(ShiftType::Day) && late
    }

    pub(super) fn count_visits(&self, figures: &mut Figures) {
        let all = self.encounters();
        let with =
            |code: &str| all.iter().filter(|row| row.record.outcome == Some(ContactOutcome::from(code))).count() as u64;
        figures.encounters = self.visits().len() as u64;
        figures.contacts.engaged = with("engaged");
        figures.contacts.brief = with("brief");
        figures.attempts.not_found = with("not_found");
        figures.attempts.not_approached = with("unsafe");
        figures.attempts.asleep = with("asleep");
        figures.attempts.out_of = figures.encounters + with("not_found") + with("unsafe");
        figures.refusals.encounters = with("refused");
        let refused = |row: &&&Row<Encounter>| row.record.outcome == Some(ContactOutcome::Refused);
        let refusing: Vec<_> = all.iter().filter(refused).copied().collect();
        figures.refusals.known_persons = self.persons_in(&refusing).len() as u64;
        for row in &all {
            for (group, count) in &row.record.observed {
                *figures.observed.entry(group.clone()).or_insert(0) += u64::from(*count);
            }
        }
    }

    pub(super) fn count_people(&self, figures: &mut Figures) {
        let visits = self.visits();
        let known = self.persons_in(&visits);
        let strangers = Self::seen(&visits).into_iter().filter(|(_, _, slot)| slot.person.is_none());
        let strangers = strangers.map(|(row, key, _)| (row.id, key)).collect();
        figures.known_persons = known.len() as u64;
        figures.persons_met = self.range(&known, &strangers);
        for person in &known {
            let facts = self.input.persons.get(person);
            match facts.and_then(|facts| facts.first_met) {
                None => figures.new_persons.undetermined += 1,
                Some(first) if first < self.input.day => {
                    figures.returning_persons.persons += 1;
                    let last = facts.and_then(|facts| facts.last_met_before);
                    let long_ago = (0..90).fold(self.input.day, |date, _| date.previous());
                    figures.returning_persons.came_back += u64::from(last.is_some_and(|last| last < long_ago));
                }
                Some(_) => figures.new_persons.persons += 1,
            }
            let children = self.of_person(*person);
            if minor(self.age(&children, Some(*person))) && Self::accompaniments(&children).len() > 1 {
                figures.unaccompanied_minors.contradictory += 1;
            }
        }
        self.count_ages(figures);
        figures.unaccompanied_minors.minors = self.heads(|seen, person| {
            let with = Self::accompaniments(seen);
            minor(self.age(seen, person)) && (with.contains("unaccompanied") || with.contains("with_peers"))
        });
        figures.persons_with_disability = self.heads(|seen, person| {
            let by_record = person.and_then(|person| self.input.persons.get(&person));
            by_record.is_some_and(|facts| facts.publics.contains(&Public::Disability))
                || seen.iter().any(|(row, _, slot)| {
                    slot.public == Some(Public::Disability)
                        || (row.record.persons.len() == 1 && !row.record.functional_difficulty.is_empty())
                })
        });
        figures.sleeping_rough = self.heads(|seen, _| self.rough(seen));
    }

    pub(super) fn count_ages(&self, figures: &mut Figures) {
        let inside = |low: u8, high: u8| {
            self.age_heads(|age| age.is_some_and(|(min, max)| min >= low && max.is_some_and(|max| max <= high)))
        };
        let bands = &mut figures.minors_by_band;
        bands.from_0_to_5 = inside(0, 5);
        bands.from_6_to_11 = inside(6, 11);
        bands.from_12_to_14 = inside(12, 14);
        bands.from_15_to_17 = inside(15, 17);
        let whole = [(0, 5), (6, 11), (12, 14), (15, 17)];
        let in_one = |(min, max): (u8, u8)| whole.iter().any(|(low, high)| min >= *low && max <= *high);
        bands.unsure = self.age_heads(|age| minor(age) && age.is_some_and(|(min, max)| !in_one((min, max.unwrap()))));
        figures.minors.certain = self.age_heads(minor);
        figures.minors.possible =
            self.age_heads(|age| age.is_some_and(|(min, max)| min < 18 && max.unwrap_or(120) >= 18));
        figures.minors.age_unknown = self.age_heads(|age| age.is_none());
        figures.older_persons = self.age_heads(|age| age.is_some_and(|(min, _)| min >= 60));
        figures.women = self.heads(|seen, person| {
            let mut sex =
                person.and_then(|person| self.input.persons.get(&person)?.sex.as_ref().map(ToString::to_string));
            for (_, _, slot) in seen {
                let said = slot.sex.as_ref().map(ToString::to_string);
                sex = said.filter(|said| said != "unknown" && said != "declined").or(sex);
            }
            sex.as_deref() == Some("female") && self.age(seen, person).is_some_and(|(min, _)| min >= 18)
        });
    }
}

pub(super) fn minor(age: Option<(u8, Option<u8>)>) -> bool {
    age.is_some_and(|(_, max)| max.is_some_and(|max| max <= 17))
}

/// Tries every birthday that fits the age on `stated`, and says what ages they give on `day`.
fn years_later(age: AgeRange, stated: Date, day: Date) -> Option<(u8, Option<u8>)> {
    let span = |from: Date, to: Date| {
        i64::from(to.year()) * 372 + i64::from(to.month()) * 31 + i64::from(to.day())
            - (i64::from(from.year()) * 372 + i64::from(from.month()) * 31 + i64::from(from.day()))
    };
    let shift = span(stated, day);
    // Just turned `min`, and the day before turning `max + 1`, in months of 31 days.
    let low = (i64::from(age.min()) * 372 + shift).div_euclid(372);
    let high = age.max().map(|max| ((i64::from(max) + 1) * 372 - 1 + shift).div_euclid(372));
    let clamp = |years: i64| u8::try_from(years.clamp(0, 120)).unwrap();
    Some((clamp(low), high.map(clamp)))
}
