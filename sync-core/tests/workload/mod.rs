//! A shift's changes as devices make them: encounters of 22 fields with about 400 bytes of Arabic and French text,
//! each an Automerge document of flat scalars. Seeded: the same call gives the same bytes.
//!
//! It stands for the size of real data, never for its content.

use automerge::transaction::{CommitOptions, Transactable, Transaction};
use automerge::{ActorId, Automerge, ROOT, ScalarValue};
use rand::rngs::StdRng;
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

/// A record as a device made it, and the bytes of the change that made it.
pub struct Made {
    /// The id of its document.
    pub document: [u8; 16],
    /// The raw change.
    pub change: Vec<u8>,
    doc: Automerge,
}

/// One device writing records.
pub struct Writer {
    rng: StdRng,
    actor: [u8; 16],
    clock: i64,
}

impl Writer {
    /// A device that draws from `seed`.
    pub fn new(seed: u64) -> Self {
        let mut rng = StdRng::seed_from_u64(seed);
        Self { actor: rng.random(), rng, clock: 1_795_000_000_000 }
    }

    /// Makes `count` encounters.
    pub fn encounters(&mut self, count: usize) -> Vec<Made> {
        (0..count).map(|_| self.encounter()).collect()
    }

    /// Writes two fields of a record anew.
    pub fn edit(&mut self, made: &mut Made) -> Vec<u8> {
        let note = self.words(&ARABIC, 4);
        self.clock += 60_000;
        change_of(&mut made.doc, self.clock, |tx| {
            tx.put(ROOT, "risk_reason", note).unwrap();
            tx.put(ROOT, "risk", "high").unwrap();
        })
    }

    fn encounter(&mut self) -> Made {
        self.clock += self.rng.random_range(60_000..900_000);
        let document = self.document_id();
        let mut doc = Automerge::new().with_actor(ActorId::from(self.actor));
        let fields = self.fields();
        let change = change_of(&mut doc, self.clock, |tx| {
            fields.into_iter().for_each(|(key, value)| tx.put(ROOT, key, value).unwrap());
        });
        Made { document, change, doc }
    }

    fn fields(&mut self) -> Vec<(String, ScalarValue)> {
        let (person, note) = (self.hex(4), self.hex(4));
        let text = |key: &str, value: &str| (key.to_owned(), ScalarValue::from(value));
        let (place, reason) = (self.words(&ARABIC, 5), self.words(&FRENCH, 8));
        let (remark, commune) = (self.words(&ARABIC, 17), format!("{:07}", self.rng.random_range(0..9_999_999)));
        vec![
            text("_kind", "encounter"),
            ("_schema".to_owned(), ScalarValue::from(1)),
            text("unit", "azilal-1"),
            text("shift", "019a9f3e-7c00-7abc-8def-0123456789ab"),
            ("occurred_at".to_owned(), ScalarValue::from(self.clock - 30_000)),
            ("utc_offset".to_owned(), ScalarValue::from(0)),
            ("recorded_at".to_owned(), ScalarValue::from(self.clock)),
            text("recorded_by", "fz2"),
            text("mode", self.pick(&["street", "call", "station"])),
            text("outcome", self.pick(&["met", "not_found", "refused", "observed"])),
            text("place_text", &place),
            text("position", &self.position()),
            text("commune", &commune),
            text(&format!("persons/{person}/sex"), self.pick(&["female", "male", "unknown"])),
            text(&format!("persons/{person}/age"), &format!("{}-{}", self.rng.random_range(6..12), 17)),
            text(&format!("persons/{person}/public"), self.pick(&["child", "woman", "older_person"])),
            text("sleeping_situation", self.pick(&["street", "shelter", "family", "unknown"])),
            text("risk", self.pick(&["low", "medium", "high"])),
            text("risk_reason", &reason),
            (format!("given/meal/{}", self.pick(&["child", "adult"])), ScalarValue::from(1)),
            text(&format!("notes/{note}/text"), &remark),
            ("health_urgent".to_owned(), ScalarValue::from(false)),
        ]
    }

    fn position(&mut self) -> String {
        format!("31.{:05},-6.{:05}", self.rng.random_range(0..99_999), self.rng.random_range(0..99_999))
    }

    fn pick(&mut self, from: &[&'static str]) -> &'static str {
        from[self.rng.random_range(0..from.len())]
    }

    fn words(&mut self, from: &[&'static str], count: usize) -> String {
        (0..count).map(|_| self.pick(from)).collect::<Vec<_>>().join(" ")
    }

    fn hex(&mut self, bytes: usize) -> String {
        (0..bytes).map(|_| format!("{:02x}", self.rng.random::<u8>())).collect()
    }

    fn document_id(&mut self) -> [u8; 16] {
        let mut id: [u8; 16] = self.rng.random();
        id[..6].copy_from_slice(&self.clock.to_be_bytes()[2..]);
        id[6] = 0x70 | (id[6] & 0x0f);
        id[8] = 0x80 | (id[8] & 0x3f);
        id
    }
}

/// Commits and gives the raw change.
fn change_of(doc: &mut Automerge, time: i64, write: impl FnOnce(&mut Transaction<'_>)) -> Vec<u8> {
    let mut tx = doc.transaction();
    write(&mut tx);
    tx.commit_with(CommitOptions::default().with_time(time).with_message("fz2"));
    doc.get_last_local_change().unwrap().raw_bytes().to_vec()
}
