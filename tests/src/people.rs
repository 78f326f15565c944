//! Invented people and nights: what crews might write, in Arabic, French and Tamazight, from a seed.
//!
//! Nobody here exists. The same seed gives the same records, so that a failure can be played again.

use jisr_sync_core::codes::{
    Accompaniment, ContactMode, ContactOrigin, ContactOutcome, LegalBasis, ObservedGroup, ProtectionConcern, Public,
    Risk, ServiceType, Sex, SleepingSituation,
};
use jisr_sync_core::id::{DocumentId, EntryId, StaffId};
use jisr_sync_core::personal::Personal;
use jisr_sync_core::record::{
    AgeRange, Alias, Concern, Encounter, Person, PersonSlot, Position, Precision, Remark, ServiceKey, ServiceTarget,
};
use jisr_sync_core::time::UnixMillis;
use rand::seq::IndexedRandom;
use rand::{Rng, RngExt};

/// Names that invented people go by.
pub const ALIASES: [&str; 16] = [
    "سيمو",
    "Simo",
    "خالتي فاطنة",
    "Red Jacket",
    "ولد السوق",
    "Moustapha le grand",
    "عبد الصمد",
    "Zineb",
    "ⵎⵓⵃⴰ",
    "با علال",
    "Petit Omar",
    "حسناء",
    "Youssef d'Azilal",
    "يونس",
    "La dame au foulard",
    "أيوب",
];

/// Places as crews would name them.
pub const PLACES: [&str; 12] = [
    "المحطة الطرقية",
    "Gare routière, quai 3",
    "قرب المسجد الكبير",
    "Souk hebdomadaire",
    "حديقة عين أسردون",
    "Pont de l'oued",
    "درب السلطان",
    "Chantier de la rocade",
    "باب المستشفى الجهوي",
    "Route de Fès, km 4",
    "ساحة الحرية",
    "ⴰⵙⴰⵢⵙ",
];

/// Notes as crews would write them; none names anybody.
pub const NOTES: [&str; 8] = [
    "رفض الذهاب إلى المركز هذه الليلة، سنعود غدا مع المساعدة الاجتماعية.",
    "Parle peu. A accepté une boisson chaude et une couverture.",
    "يقول إنه ينام هنا منذ ثلاثة أيام بعد خلاف عائلي.",
    "Toux depuis une semaine : passer le voir avec l'infirmière.",
    "مع طفلين صغيرين، تحتاج إلى حليب وحفاضات.",
    "Connaît bien l'équipe, demande des nouvelles de son dossier.",
    "الجو بارد جدا، أعطيناه غطاء إضافيا وجوارب.",
    "Souhaite rentrer à la douar chez sa grand-mère ; à suivre.",
];

/// Who records, where and when.
#[derive(Debug, Clone)]
pub struct Scene {
    /// The tour.
    pub shift: Option<DocumentId>,
    /// Who writes.
    pub staff: StaffId,
    /// When it takes place.
    pub at: UnixMillis,
    /// A known person who may be met again.
    pub known: Option<DocumentId>,
}

/// An encounter as a crew would record it, finished (nothing required is missing).
pub fn encounter(scene: &Scene, rng: &mut impl Rng) -> Encounter {
    let mut encounter = Encounter {
        shift: scene.shift,
        occurred_at: Some(scene.at),
        mode: Some(ContactMode::InPerson),
        origin: pick(
            &[ContactOrigin::Patrol, ContactOrigin::Patrol, ContactOrigin::Citizen, ContactOrigin::FollowUp],
            rng,
        ),
        outcome: pick(
            &[
                ContactOutcome::Engaged,
                ContactOutcome::Engaged,
                ContactOutcome::Engaged,
                ContactOutcome::Brief,
                ContactOutcome::Refused,
            ],
            rng,
        ),
        place_text: pick(&PLACES, rng).map(Personal::from),
        position: position(rng).map(Personal::new),
        sleeping_situation: pick(
            &[SleepingSituation::Street, SleepingSituation::Station, SleepingSituation::Makeshift],
            rng,
        ),
        consent_contact: Some(LegalBasis::TallyOnly),
        risk: pick(&[Risk::Low, Risk::Medium, Risk::High, Risk::NotAssessed], rng),
        ..Encounter::default()
    };
    if rng.random_ratio(1, 8) {
        observe(&mut encounter, rng);
    } else {
        meet(&mut encounter, scene, rng);
    }
    if rng.random_ratio(1, 3) {
        let remark =
            Remark { text: pick(&NOTES, rng).map(Personal::from), by: Some(scene.staff.clone()), at: Some(scene.at) };
        encounter.notes.insert(EntryId::random(rng), remark);
    }
    encounter
}

/// Persons seen and not approached.
fn observe(encounter: &mut Encounter, rng: &mut impl Rng) {
    encounter.outcome = Some(ContactOutcome::Observed);
    encounter.mode = Some(ContactMode::Observed);
    encounter.observed.insert(ObservedGroup::Men, rng.random_range(1..4));
    encounter.observed.insert(ObservedGroup::Boys, rng.random_range(1..3));
}

/// One or two persons, what they need and what they get.
fn meet(encounter: &mut Encounter, scene: &Scene, rng: &mut impl Rng) {
    for n in 0..rng.random_range(1..3_u32) {
        let slot = EntryId::random(rng);
        encounter.persons.insert(slot, person_slot(scene.known.filter(|_| n == 0), rng));
        for service in [ServiceType::Meal, ServiceType::HotDrink, ServiceType::Blanket, ServiceType::Listening] {
            if rng.random_ratio(2, 5) {
                let key = ServiceKey { service: service.clone(), target: ServiceTarget::Slot(slot) };
                encounter.given.insert(key, rng.random_range(1..3));
                encounter.needs.insert(service);
            }
        }
    }
    if encounter.persons.values().any(|slot| slot.age.is_some_and(|age| age.is_under(18))) {
        encounter.accompaniment =
            pick(&[Accompaniment::Unaccompanied, Accompaniment::WithPeers, Accompaniment::WithParent], rng);
        encounter.concerns.insert(ProtectionConcern::SchoolOut, Concern::default());
    }
}

fn person_slot(known: Option<DocumentId>, rng: &mut impl Rng) -> PersonSlot {
    let (public, ages): (Public, &[(u8, Option<u8>)]) = match rng.random_range(0..4) {
        0 | 1 => (Public::ChildStreet, &[(6, Some(11)), (12, Some(14)), (15, Some(17)), (16, Some(19))]),
        2 => (Public::HomelessAdult, &[(25, Some(59)), (18, None), (60, None)]),
        _ => (Public::WomanDifficult, &[(18, Some(24)), (25, Some(59))]),
    };
    let age = pick(ages, rng).and_then(|(min, max)| AgeRange::new(min, max));
    let sex = if public == Public::WomanDifficult {
        Some(Sex::Female)
    } else {
        pick(&[Sex::Male, Sex::Male, Sex::Female], rng)
    };
    PersonSlot { person: known, sex, age, public: Some(public), ..PersonSlot::default() }
}

/// A person met more than once.
pub fn person(short_code: String, rng: &mut impl Rng) -> Person {
    let mut person = Person {
        short_code: Some(short_code),
        sex: pick(&[Sex::Male, Sex::Female], rng),
        age: pick(&[(10, Some(14)), (15, Some(17)), (25, Some(59)), (60, None)], rng)
            .and_then(|(min, max)| AgeRange::new(min, max)),
        ..Person::default()
    };
    person.aliases.insert(EntryId::random(rng), Alias { text: pick(&ALIASES, rng).map(Personal::from) });
    person
}

/// Somewhere in the region of Béni Mellal-Khénifra, to about a kilometre.
fn position(rng: &mut impl Rng) -> Option<Position> {
    let latitude = 32.0 + f64::from(rng.random_range(0..90_u32)) / 100.0;
    let longitude = -7.0 + f64::from(rng.random_range(0..140_u32)) / 100.0;
    Position::new(latitude, longitude, rng.random_range(5..60), Precision::Kilometre)
}

fn pick<T: Clone>(from: &[T], rng: &mut impl Rng) -> Option<T> {
    from.choose(rng).cloned()
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    use super::*;

    #[test]
    fn every_invented_encounter_is_finished_and_comes_again_from_its_seed() {
        let scene =
            Scene { shift: None, staff: "am1".parse().unwrap(), at: UnixMillis(1_795_000_000_000), known: None };

        let first: Vec<_> = (0..200).map(|seed| encounter(&scene, &mut StdRng::seed_from_u64(seed))).collect();
        let again: Vec<_> = (0..200).map(|seed| encounter(&scene, &mut StdRng::seed_from_u64(seed))).collect();

        assert!(first.iter().all(|encounter| encounter.missing().is_empty()));
        assert_eq!(first, again);
        assert!(first.iter().any(|encounter| !encounter.observed.is_empty()));
    }
}
