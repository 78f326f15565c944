//! The workload: encounters of some twenty fields with about 400 bytes of Arabic and French text, and edits of them.
//!
//! Seeded. It stands for the size of real data, never for its content.

use jisr_sync_core::codes::{
    ContactMode, ContactOrigin, ContactOutcome, LegalBasis, Public, Risk, ServiceType, Sex, SleepingSituation,
};
use jisr_sync_core::id::EntryId;
use jisr_sync_core::personal::Personal;
use jisr_sync_core::record::{AgeRange, Encounter, PersonSlot, Position, Precision, Remark, ServiceKey, ServiceTarget};
use jisr_sync_core::time::UnixMillis;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};

const ARABIC: [&str; 32] = [
    "طفل",
    "قرب",
    "المحطة",
    "الطرقية",
    "ليلا",
    "وجبة",
    "ساخنة",
    "بطانية",
    "تحدثنا",
    "مع",
    "الأم",
    "وعدنا",
    "بالعودة",
    "غدا",
    "رفض",
    "الإيواء",
    "يحتاج",
    "طبيبا",
    "السوق",
    "القديم",
    "الحديقة",
    "وحده",
    "مجموعة",
    "الأطفال",
    "جرح",
    "في",
    "اليد",
    "المسجد",
    "الكبير",
    "شارع",
    "بارد",
    "جدا",
];

const FRENCH: [&str; 32] = [
    "enfant",
    "près",
    "de",
    "la",
    "gare",
    "routière",
    "repas",
    "chaud",
    "couverture",
    "parlé",
    "avec",
    "mère",
    "revient",
    "demain",
    "refuse",
    "hébergement",
    "besoin",
    "médecin",
    "marché",
    "ancien",
    "jardin",
    "seul",
    "groupe",
    "blessure",
    "main",
    "mosquée",
    "rue",
    "froid",
    "très",
    "fatigué",
    "soins",
    "sur place",
];

/// Somebody who writes.
pub struct Writer {
    rng: StdRng,
    at: UnixMillis,
}

impl Writer {
    /// A writer who draws from `seed` and begins at `at`.
    pub fn new(seed: u64, at: UnixMillis) -> Self {
        Self { rng: StdRng::seed_from_u64(seed), at }
    }

    /// The next encounter.
    pub fn encounter(&mut self) -> Encounter {
        self.at = UnixMillis(self.at.0 + self.rng.random_range(60_000..900_000));
        let slot = EntryId::random(&mut self.rng);
        let given = ServiceKey { service: ServiceType::Meal, target: ServiceTarget::Slot(slot) };
        let note =
            Remark { text: Some(Personal::new(self.words(&ARABIC, 17))), by: "fz2".parse().ok(), at: Some(self.at) };
        Encounter {
            occurred_at: Some(UnixMillis(self.at.0 - 30_000)),
            recorded_at: Some(self.at),
            recorded_by: "fz2".parse().ok(),
            mode: Some(ContactMode::InPerson),
            origin: self.pick(&[ContactOrigin::Patrol, ContactOrigin::Citizen, ContactOrigin::FollowUp]),
            outcome: self.pick(&[ContactOutcome::Engaged, ContactOutcome::Brief, ContactOutcome::Refused]),
            place_text: Some(Personal::new(self.words(&ARABIC, 5))),
            position: self.position().map(Personal::new),
            commune: Some(format!("{:07}", self.rng.random_range(0..9_999_999))),
            persons: [(slot, self.slot())].into(),
            sleeping_situation: self.pick(&[SleepingSituation::Street, SleepingSituation::Station]),
            risk: self.pick(&[Risk::Low, Risk::Medium, Risk::High]),
            risk_reason: Some(Personal::new(self.words(&FRENCH, 8))),
            given: [(given, 1)].into(),
            notes: [(EntryId::random(&mut self.rng), note)].into(),
            health_urgent: Some(false),
            consent_contact: Some(LegalBasis::TallyOnly),
            ..Encounter::default()
        }
    }

    /// Two fields of an encounter written anew.
    pub fn edit(&mut self) -> impl FnOnce(&mut Encounter) + Send + 'static + use<> {
        let (reason, risk) = (self.words(&ARABIC, 4), self.pick(&[Risk::NotAssessed, Risk::High]));
        move |encounter| {
            encounter.risk_reason = Some(Personal::new(reason));
            encounter.risk = risk;
        }
    }

    fn slot(&mut self) -> PersonSlot {
        let youngest = self.rng.random_range(6..12);
        PersonSlot {
            sex: self.pick(&[Sex::Female, Sex::Male, Sex::Unknown]),
            age: AgeRange::new(youngest, Some(17)),
            public: self.pick(&[Public::ChildStreet, Public::WomanDifficult, Public::Elderly]),
            ..PersonSlot::default()
        }
    }

    fn position(&mut self) -> Option<Position> {
        let mut degrees = |whole: f64| whole + f64::from(self.rng.random_range(0..99_999_u32)) / 1e5;
        Position::new(degrees(31.0), degrees(-7.0), 12, Precision::Exact)
    }

    fn pick<T: Clone>(&mut self, from: &[T]) -> Option<T> {
        from.choose(&mut self.rng).cloned()
    }

    fn words(&mut self, from: &[&'static str], count: usize) -> String {
        let words: Vec<_> = (0..count).filter_map(|_| from.choose(&mut self.rng).copied()).collect();
        words.join(" ")
    }
}
