//! What a demo must show: a disagreement, a sum, and a van that is cut off.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use jisr_client_sdk::Client;
use jisr_sync_core::codes::{ContactOutcome, LegalBasis, Public, ServiceType, Sex};
use jisr_sync_core::id::{DocumentId, EntryId};
use jisr_sync_core::record::{AgeRange, Alias, Encounter, Person, PersonSlot, ServiceKey, ServiceTarget, ShortCode};
use jisr_sync_core::time::UnixMillis;
use rand::Rng;
use rand::seq::IndexedRandom;

use super::units::STILL_WAITING;
use super::{CREWS, Demo};
use crate::fleet;
use crate::night::{Crew, Tour};
use crate::people::PLACES;
use crate::proxy::Cut;
use crate::van::Van;

/// How many bytes pass before the link of a van fails: its words about what waits, and less than a record.
const CUT_OFF_AFTER: u64 = 900;

/// How often a van is cut off until the server has heard how much waits on it.
const CUT_OFFS_MAX: usize = 40;

impl Demo<'_> {
    /// Two crews of one province describe the same person differently, both without a network.
    pub(super) async fn two_crews_disagree(&mut self, tour: Tour) -> Result<DocumentId> {
        let (one, other) = (self.vans[0].clone(), self.vans[1].clone());
        let mut person = Person {
            short_code: Some(ShortCode::random("beni-mellal", &mut self.rng).to_string()),
            sex: Some(Sex::Male),
            ..Person::default()
        };
        person.aliases.insert(EntryId::random(&mut self.rng), Alias { text: Some("ⵎⵓⵃⴰ / موحا".into()) });
        let id = one.add_at(tour.at(1, 9), Client::persons, person).await?;
        one.deliver().await?;
        other.deliver().await?;
        met_again(&one, tour.at(5, 9), id, (10, 14), &mut self.rng).await?;
        met_again(&other, tour.at(6, 9), id, (15, 17), &mut self.rng).await?;
        one.deliver().await?;
        other.deliver().await?;
        one.deliver().await?;
        (self.say)("two crews gave the same child different ages, offline: both are kept".to_owned());
        Ok(id)
    }

    /// Three phones of one van each add ten meals to one encounter, all without a network.
    pub(super) async fn three_phones_count_meals(&mut self, tour: Tour) -> Result<DocumentId> {
        let unit = CREWS[0].unit.id;
        let mut phones = vec![self.vans[0].clone()];
        for (name, staff) in [("second-phone", "nr4"), ("third-phone", "ed1")] {
            let phone = fleet::enrol(self.service, unit, name, self.link.address()).await?;
            phone.client.set_staff(Some(staff.parse()?)).await?;
            phones.push(phone);
        }
        let encounter = Encounter {
            occurred_at: Some(tour.at(7, 9)),
            outcome: Some(ContactOutcome::Engaged),
            place_text: Some("ساحة الحرية، توزيع الوجبات".into()),
            persons: [(EntryId::random(&mut self.rng), PersonSlot::default())].into(),
            consent_contact: Some(LegalBasis::TallyOnly),
            ..Encounter::default()
        };
        let id = phones[0].add_at(tour.at(7, 9), Client::encounters, encounter).await?;
        for phone in &phones {
            phone.deliver().await?;
        }
        for phone in &phones {
            for _ in 0..10 {
                let add = move |e: &mut Encounter| *e.given.entry(meals_key()).or_default() += 1;
                phone.edit_at(tour.at(8, 9), Client::encounters, id, add).await?;
            }
        }
        for phone in phones.iter().chain(&phones) {
            phone.deliver().await?;
        }
        let held = phones[0].client.encounters().get(id).await?.context("the encounter is there")?;
        let sum = held.value.given.get(&meals_key()).copied().unwrap_or(0);
        (self.say)(format!("three phones each counted ten meals on one record, offline: the sum is {sum}"));
        Ok(id)
    }

    /// A van comes home and delivers; what its crew adds afterwards is announced and does not come through. How many
    /// encounters were delivered, and how many wait.
    pub(super) async fn a_van_is_cut_off(&mut self, tour: Tour) -> Result<(usize, usize)> {
        let at = CREWS.iter().position(|crew| crew.unit.id == STILL_WAITING).context("the unit goes out")?;
        let van = self.vans[at].clone();
        let mut crew = Crew::set_out(&van, tour, CREWS[at].staff, &mut self.rng).await?;
        crew.meet(9, &mut self.rng).await?;
        crew.come_home(&mut self.rng).await?;
        van.deliver().await?;
        let delivered = crew.played().encounters.len();
        crew.meet(5, &mut self.rng).await?;
        let unit = CREWS[at].unit.fr;
        for _ in 0..CUT_OFFS_MAX {
            self.link.close_all();
            self.link.cut_by(|_| Cut { after_up: Some(CUT_OFF_AFTER), after_down: None });
            // It fails: that is the point.
            let _ = van.client.sync_now().await;
            if let Some(waiting) = self.declared(&van).await?.filter(|waiting| *waiting > 0) {
                self.cut_some();
                (self.say)(format!(
                    "  {unit}: {delivered} encounters delivered; then its link failed, and {waiting} changes wait on it"
                ));
                return Ok((delivered, crew.played().encounters.len() - delivered));
            }
        }
        bail!("the server never heard how much waits on {unit}")
    }

    /// How many changes the van declared to the server to be waiting. The server writes it down once the cut exchange
    /// is over on its side.
    async fn declared(&self, van: &Van) -> Result<Option<u64>> {
        let device = van.client.device()?.to_string();
        for _ in 0..20 {
            let devices = self.service.order(&["device", "list"])?;
            let lines = devices.as_array().context("devices are a list")?;
            let line = lines.iter().find(|line| line["device"]["id"] == device.as_str());
            let waiting = line.and_then(|line| line["waiting"].as_u64());
            if waiting.is_some_and(|waiting| waiting > 0) {
                return Ok(waiting);
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        Ok(None)
    }
}

fn meals_key() -> ServiceKey {
    ServiceKey { service: ServiceType::Meal, target: ServiceTarget::Group }
}

/// Records that this crew met the person, and how old the person seemed to it.
async fn met_again(van: &Van, at: UnixMillis, id: DocumentId, age: (u8, u8), rng: &mut impl Rng) -> Result<()> {
    let slot = PersonSlot { person: Some(id), public: Some(Public::ChildStreet), ..PersonSlot::default() };
    let encounter = Encounter {
        occurred_at: Some(at),
        outcome: Some(ContactOutcome::Engaged),
        place_text: PLACES.choose(rng).map(|place| (*place).into()),
        persons: [(EntryId::random(rng), slot)].into(),
        ..Encounter::default()
    };
    van.add_at(at, Client::encounters, encounter).await?;
    let age = AgeRange::new(age.0, Some(age.1)).context("an age")?;
    van.edit_at(at, Client::persons, id, move |person: &mut Person| person.age = Some(age)).await?;
    Ok(())
}
