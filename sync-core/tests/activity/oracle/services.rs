//! Services, who was served, and who went home.

use super::*;

impl<'a> Recount<'a> {
    /// Whether and how a service was given: its quantity, and whether it was done wholly.
    pub(super) fn acts(row: &'a Row<Encounter>) -> Vec<(ServiceType, ServiceTarget, u64, bool)> {
        let mut acts = Vec::new();
        let mut texts: BTreeSet<String> = row.record.given.keys().map(ToString::to_string).collect();
        texts.extend(row.record.service_outcomes.keys().map(ToString::to_string));
        for key in texts.into_iter().map(|text| text.parse().unwrap()) {
            let quantity = u64::from(*row.record.given.get(&key).unwrap_or(&0));
            let result = row.record.service_outcomes.get(&key).and_then(|outcome| outcome.result.clone());
            let partly = result == Some(ServiceResult::Partly);
            let done = result == Some(ServiceResult::Done) || (result.is_none() && quantity > 0);
            if partly || done {
                acts.push((key.service, key.target, quantity, done));
            }
        }
        acts
    }

    pub(super) fn count_services(&self, figures: &mut Figures) {
        let (mut sure, mut maybe) = (BTreeSet::new(), BTreeSet::new());
        for row in self.encounters() {
            for (service, target, quantity, _) in Self::acts(row) {
                *figures.services.entry(service.clone()).or_insert(0) += 1;
                if quantity > 0 {
                    figures.items.entry(service).or_default().given += quantity;
                }
                match target {
                    ServiceTarget::Slot(slot) => drop(sure.insert((row.id, slot))),
                    ServiceTarget::Group if row.record.persons.len() == 1 => {
                        sure.extend(row.record.persons.keys().map(|slot| (row.id, *slot)));
                    }
                    ServiceTarget::Group => {
                        figures.persons_served.group_acts += 1;
                        maybe.extend(row.record.persons.keys().map(|slot| (row.id, *slot)));
                    }
                }
            }
        }
        maybe.extend(sure.iter().copied());
        figures.persons_served.persons.at_least = self.served(&sure).at_least;
        figures.persons_served.persons.at_most = self.served(&maybe).at_most;
        for row in self.tours() {
            for (service, out) in &row.record.stock_out {
                let back = row.record.stock_in.get(service).and_then(|stock| stock.quantity).unwrap_or(0);
                if let Some(out) = out.quantity {
                    let items = figures.items.entry(service.clone()).or_default();
                    items.used_from_stock = Some(items.used_from_stock.unwrap_or(0) + i64::from(out) - i64::from(back));
                }
            }
        }
    }

    pub(super) fn person_in_slot(&self, encounter: DocumentId, slot: EntryId) -> Option<DocumentId> {
        let row = self.input.encounters.iter().find(|row| row.id == encounter)?;
        row.record.persons.get(&slot)?.person.map(|person| self.true_person(person))
    }

    pub(super) fn served(&self, slots: &BTreeSet<(DocumentId, EntryId)>) -> Range {
        let known = slots.iter().filter_map(|(row, slot)| self.person_in_slot(*row, *slot)).collect();
        let unknown = slots.iter().filter(|(row, slot)| self.person_in_slot(*row, *slot).is_none()).copied().collect();
        self.range(&known, &unknown)
    }

    /// Adds everybody for whom `service` was done wholly, and returns the encounters that had somebody.
    pub(super) fn done_for(
        &self,
        service: &ServiceType,
        known: &mut BTreeSet<DocumentId>,
        unknown: &mut BTreeSet<(DocumentId, EntryId)>,
    ) -> BTreeSet<DocumentId> {
        let mut encounters = BTreeSet::new();
        for row in self.encounters() {
            for (given, target, _, done) in Self::acts(row) {
                if given != *service || !done {
                    continue;
                }
                let slots: Vec<EntryId> = match target {
                    ServiceTarget::Slot(slot) => vec![slot],
                    ServiceTarget::Group => row.record.persons.keys().copied().collect(),
                };
                for slot in slots {
                    encounters.insert(row.id);
                    match self.person_in_slot(row.id, slot) {
                        Some(person) => drop(known.insert(person)),
                        None => drop(unknown.insert((row.id, slot))),
                    }
                }
            }
        }
        encounters
    }

    pub(super) fn count_returns(&self, figures: &mut Figures) {
        let mut known = BTreeSet::new();
        let mut unknown = BTreeSet::new();
        self.done_for(&ServiceType::FamilyReturn, &mut known, &mut unknown);
        for (person, facts) in &self.input.persons {
            let held_here = facts.case_owner.as_ref().is_some_and(|unit| self.is_here(unit));
            if held_here && facts.exit_to_family_on == Some(self.input.day) {
                known.insert(self.true_person(*person));
            }
        }
        let month: BTreeSet<_> = (1..30).map(|back| (0..back).fold(self.input.day, |day, _| day.previous())).collect();
        known.retain(|person| {
            let before = self.input.persons.get(person).and_then(|facts| facts.returned_before);
            !before.is_some_and(|before| before >= self.input.day || month.contains(&before))
        });
        let all = self.encounters();
        let minors = known.iter().filter(|person| {
            let mine = Self::seen(&all)
                .into_iter()
                .filter(|(_, _, slot)| slot.person.map(|p| self.true_person(p)) == Some(**person));
            minor(self.age(&mine.collect::<Vec<_>>(), Some(**person)))
        });
        let returns = &mut figures.family_returns;
        returns.minors.known = minors.count() as u64;
        let young = Self::seen(&all).into_iter().filter(|(row, key, _)| unknown.contains(&(row.id, *key)));
        returns.minors.unknown_slots = young.filter(|seen| minor(self.age(&[*seen], None))).count() as u64;
        returns.persons = Headcount { known: known.len() as u64, unknown_slots: unknown.len() as u64 };
        let confirmed = known.iter().filter_map(|person| self.input.persons.get(person)?.followed_up_on);
        returns.confirmed = confirmed.filter(|on| *on > self.input.day).count() as u64;
    }
}
