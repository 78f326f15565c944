//! Whatever three devices write, and in whatever order and how often their changes arrive, they end up the same.

use jisr_sync_core::change::RawChange;
use jisr_sync_core::codes::{ObservedGroup, Risk, ServiceType, Sex};
use jisr_sync_core::document::Document;
use jisr_sync_core::record::{Encounter, PersonSlot, Remark};
use proptest::prelude::*;

use crate::support::{author, entry_id, merged, with};

/// One thing a device does.
#[derive(Debug, Clone)]
enum Step {
    Risk(bool),
    PlaceText(Option<u8>),
    Need(bool, bool),
    Meals(u32),
    Observed(u32),
    Slot(u8, Option<bool>),
    RemoveSlot(u8),
    Note(u8),
    Settle(usize),
    Receive(usize),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        any::<bool>().prop_map(Step::Risk),
        proptest::option::of(0..3_u8).prop_map(Step::PlaceText),
        any::<(bool, bool)>().prop_map(|(which, there)| Step::Need(which, there)),
        (0..6_u32).prop_map(Step::Meals),
        (0..6_u32).prop_map(Step::Observed),
        (0..3_u8, proptest::option::of(any::<bool>())).prop_map(|(slot, sex)| Step::Slot(slot, sex)),
        (0..3_u8).prop_map(Step::RemoveSlot),
        (0..200_u8).prop_map(Step::Note),
        (0..4_usize).prop_map(Step::Settle),
        (0..3_usize).prop_map(Step::Receive),
    ]
}

/// What `step` makes of the record on screen.
fn act(encounter: &mut Encounter, device: u8, step: &Step) {
    let sex = |female: bool| if female { Sex::Female } else { Sex::Male };
    match *step {
        Step::Risk(high) => encounter.risk = Some(if high { Risk::High } else { Risk::Low }),
        Step::PlaceText(text) => encounter.place_text = text.map(|text| format!("مكان {text}").as_str().into()),
        Step::Need(which, there) => {
            let service = if which { ServiceType::Meal } else { ServiceType::Blanket };
            let _ = if there { encounter.needs.insert(service) } else { encounter.needs.remove(&service) };
        }
        Step::Meals(count) => encounter.given.extend([("meal".parse().unwrap(), count)]),
        Step::Observed(count) => encounter.observed.extend([(ObservedGroup::Boys, count)]),
        Step::Slot(slot, female) => {
            encounter.persons.insert(entry_id(slot), PersonSlot { sex: female.map(sex), ..PersonSlot::default() });
        }
        Step::RemoveSlot(slot) => drop(encounter.persons.remove(&entry_id(slot))),
        Step::Note(number) => {
            let note = Remark { text: Some("ملاحظة".into()), by: None, at: None };
            let id = jisr_sync_core::id::EntryId::from_bytes([device, number, 0, 0]);
            encounter.notes.entry(id).or_insert(note);
        }
        Step::Settle(_) | Step::Receive(_) => {}
    }
}

/// Plays `steps` on three devices that start from one record.
fn play(steps: &[(usize, Step)]) -> Vec<Document> {
    let (base, _) = Document::create(&Encounter::default(), &author(9, 0)).unwrap();
    let mut devices = vec![base; 3];
    for (minute, (number, step)) in (1..).zip(steps) {
        let device = u8::try_from(*number).unwrap();
        let other = if let Step::Receive(other) = step { devices[*other].clone() } else { Document::empty() };
        let document = &mut devices[*number];
        let author = author(device, minute);
        match step {
            Step::Receive(_) => *document = merged(document, &[&other]),
            Step::Settle(which) => {
                if let Some(conflict) = document.conflicts().first() {
                    let keep = &conflict.values[which % conflict.values.len()].value;
                    document.settle(&conflict.field, keep, &author).unwrap();
                }
            }
            step => {
                let mut encounter = document.read().unwrap();
                act(&mut encounter, device, step);
                document.edit(&encounter, &author).unwrap();
                encounter.given.retain(|_, count| *count > 0);
                encounter.observed.retain(|_, count| *count > 0);
                assert_eq!(document.read(), Ok(encounter), "what was edited is what is read");
            }
        }
    }
    devices
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn devices_that_have_the_same_changes_are_the_same(
        steps in proptest::collection::vec((0..3_usize, step()), 1..40),
        order in any::<prop::sample::Index>(),
        seed in proptest::collection::vec(any::<prop::sample::Index>(), 0..80),
    ) {
        let devices = play(&steps);
        let everything: Vec<RawChange> = devices.iter().flat_map(Document::changes).collect();
        let mut shuffled = everything.clone();
        for (at, index) in seed.iter().enumerate() {
            let len = shuffled.len();
            shuffled.swap(at % len, index.index(len));
        }
        // Some arrive twice.
        let again = order.index(everything.len());
        shuffled.extend_from_slice(&everything[again..]);

        let one = merged(&devices[0], &[&devices[1], &devices[2]]);
        let two = merged(&devices[2], &[&devices[0], &devices[1], &devices[0]]);
        let three = with(&Document::empty(), &shuffled);

        for other in [two, three, Document::restore(&one.save()).unwrap()] {
            prop_assert_eq!(one.heads_hash(), other.heads_hash());
            prop_assert_eq!(one.read::<Encounter>(), other.read::<Encounter>());
            prop_assert_eq!(one.conflicts(), other.conflicts());
            prop_assert_eq!(one.history(), other.history());
        }
        prop_assert!(everything.iter().all(|change| one.contains(&change.hash())));
    }
}
