//! One record of each kind with every field filled, in the scripts and digits that crews write.
//!
//! The structs are written out in full, so that a new field does not compile until it is filled here.

use std::collections::{BTreeMap, BTreeSet};

use jisr_sync_core::codes::{
    Accompaniment, AgeBasis, CancelReason, ConcernCertainty, ContactMode, ContactOrigin, ContactOutcome, CrewAlert,
    CrewRole, ExitReason, FollowUpKind, FunctionalDifficulty, InfoCategory, Language, LegalBasis, LinkCertainty,
    ObservedGroup, Partner, PersonStatus, PlaceType, Priority, ProtectionConcern, Public, ReferralDestination,
    ReferralStatus, Relation, Risk, ServiceResult, ServiceType, Sex, ShelterRefusalReason, ShiftType,
    SleepingSituation, StreetConnection, Urgency, Visibility, VoidReason, Weather,
};
use jisr_sync_core::id::{DeviceId, DocumentId};
use jisr_sync_core::personal::Personal;
use jisr_sync_core::record::{
    Alias, Concern, CrewMember, Encounter, FollowUp, Person, PersonLink, PersonSlot, Place, PlaceAlias, Record,
    Referral, Remark, ServiceKey, ServiceOutcome, ServiceTarget, Shift, StatusEvent, StockItem,
};
use jisr_sync_core::time::{UnixMillis, UtcOffset};

use crate::support::entry_id;

const AT: UnixMillis = UnixMillis(1_795_000_000_000);

fn document_id(number: u8) -> DocumentId {
    DocumentId::from_bytes([number; 16])
}

fn remark(text: &str) -> Remark {
    Remark { text: Some(text.into()), by: Some("fz2".parse().unwrap()), at: Some(AT) }
}

fn remarks(texts: &[&str]) -> BTreeMap<jisr_sync_core::id::EntryId, Remark> {
    (1..).zip(texts).map(|(number, text)| (entry_id(number), remark(text))).collect()
}

pub fn encounter() -> Encounter {
    let meal = ServiceKey { service: ServiceType::Meal, target: ServiceTarget::Group };
    let blanket = ServiceKey { service: ServiceType::Blanket, target: ServiceTarget::Slot(entry_id(1)) };
    let slot = PersonSlot {
        person: Some(document_id(2)),
        sex: Some(Sex::Female),
        age: Some("١٠-١٤".parse().unwrap()),
        public: Some(Public::ChildStreet),
        sleeping_situation: Some(SleepingSituation::Station),
        accompaniment: Some(Accompaniment::WithPeers),
    };
    Encounter {
        unit: Some("beni-mellal-1".parse().unwrap()),
        shift: Some(document_id(1)),
        occurred_at: Some(AT),
        utc_offset: Some(UtcOffset(0)),
        recorded_at: Some(UnixMillis(AT.0 + 90_000)),
        recorded_by: Some("fz2".parse().unwrap()),
        device: Some(DeviceId::from_bytes([7; 16])),
        mode: Some(ContactMode::InPerson),
        origin: Some(ContactOrigin::Patrol),
        outcome: Some(ContactOutcome::Engaged),
        place: Some(document_id(3)),
        place_text: Some("قرب المحطة الطرقية، ٣ أمتار".into()),
        place_unknown: Some(false),
        position: Some(Personal::new("geo:32.3394,-6.3608;u=12;precision=1km".parse().unwrap())),
        commune: Some("091.01.01".into()),
        persons: BTreeMap::from([(entry_id(1), slot), (entry_id(2), PersonSlot::default())]),
        observed: BTreeMap::from([(ObservedGroup::Boys, 3), (ObservedGroup::Unknown, 1)]),
        sleeping_situation: Some(SleepingSituation::Street),
        street_connection: Some(StreetConnection::StrongLink),
        accompaniment: Some(Accompaniment::Unaccompanied),
        concerns: BTreeMap::from([
            (ProtectionConcern::Cold, Concern { certainty: Some(ConcernCertainty::Seen) }),
            (ProtectionConcern::Neglect, Concern { certainty: None }),
        ]),
        risk: Some(Risk::High),
        risk_reason: Some("Température négative cette nuit, l’enfant est seul.".into()),
        needs: BTreeSet::from([ServiceType::Shelter, ServiceType::Meal]),
        given: BTreeMap::from([(meal.clone(), 2), (blanket, 1)]),
        service_outcomes: BTreeMap::from([(meal, ServiceOutcome { result: Some(ServiceResult::Done) })]),
        functional_difficulty: BTreeSet::from([FunctionalDifficulty::Hearing]),
        health_urgent: Some(true),
        consent_contact: Some(LegalBasis::AssentChild),
        notes: remarks(&["يرتدي سترة حمراء", "ⵉⵙⵙⴰⵡⴰⵍ ⵜⴰⵎⴰⵣⵉⵖⵜ"]),
        voided: Some(VoidReason::Test),
    }
}

pub fn person() -> Person {
    let link = PersonLink {
        person: Some(document_id(4)),
        relation: Some(Relation::Sibling),
        certainty: Some(LinkCertainty::Reported),
    };
    Person {
        short_code: Some("BM-7K2Q".into()),
        aliases: BTreeMap::from([
            (entry_id(1), Alias { text: Some("ولد السوق".into()) }),
            (entry_id(2), Alias { text: Some("Veste Rouge d’Aït Ourir".into()) }),
        ]),
        sex: Some(Sex::Male),
        age: Some("12".parse().unwrap()),
        age_basis: Some(AgeBasis::Estimated),
        age_as_of: Some("2026-11-14".parse().unwrap()),
        publics: BTreeSet::from([Public::ChildStreet, Public::Migrant]),
        marks: remarks(&["ندبة قديمة فوق الحاجب"]),
        languages: BTreeSet::from([Language::Arabic, Language::Tamazight]),
        first_contact_on: Some("2026-11-14".parse().unwrap()),
        engaged_on: Some("2026-11-20".parse().unwrap()),
        usual_places: BTreeSet::from([document_id(3)]),
        in_street_since: Some("2024-03".into()),
        links: BTreeMap::from([(entry_id(1), link)]),
        crew_alert: Some(CrewAlert::Threatened),
        crew_alert_until: Some("2027-02-28".parse().unwrap()),
        status: Some(PersonStatus::Closed),
        exit_reason: Some(ExitReason::Family),
        visibility: Some(Visibility::Restricted),
        case_owner: Some("beni-mellal-1".parse().unwrap()),
    }
}

pub fn shift() -> Shift {
    let stock = |quantity| BTreeMap::from([(ServiceType::Blanket, StockItem { quantity: Some(quantity) })]);
    Shift {
        unit: Some("azilal-1".parse().unwrap()),
        operational_day: Some("2026-11-14".parse().unwrap()),
        device: Some(DeviceId::from_bytes([7; 16])),
        utc_offset: Some(UtcOffset(60)),
        shift_type: Some(ShiftType::ColdWave),
        planned_start: Some(AT),
        planned_end: Some(UnixMillis(AT.0 + 28_800_000)),
        started_at: Some(UnixMillis(AT.0 + 600_000)),
        ended_at: Some(UnixMillis(AT.0 + 30_000_000)),
        vehicle: Some("ⴰⵣⵉⵍⴰⵍ 1".into()),
        crew: BTreeMap::from([
            ("fz2".parse().unwrap(), CrewMember { role: Some(CrewRole::Nurse) }),
            ("yo1".parse().unwrap(), CrewMember { role: None }),
        ]),
        route: Some("المسار ٣: المحطة – السوق".into()),
        sectors: BTreeSet::from(["Centre/Ville".into(), "حي السلام".into()]),
        odometer_start: Some(120_000),
        odometer_end: Some(120_084),
        stock_out: stock(40),
        stock_in: stock(11),
        weather: Some(Weather::Snow),
        partners_present: BTreeSet::from([Partner::RedCrescent]),
        incident_notes: remarks(&["Pneu crevé à 23 h"]),
        handover_notes: remarks(&["شخص مسن ينتظر قرب الصيدلية"]),
        closed_by: Some("fz2".parse().unwrap()),
        closed_at: Some(UnixMillis(AT.0 + 30_100_000)),
        cancelled: Some(CancelReason::Weather),
    }
}

pub fn referral() -> Referral {
    let event = StatusEvent {
        status: Some(ReferralStatus::NotAttained),
        at: Some(AT),
        by: Some("yo1".parse().unwrap()),
        refusal_reason: Some(ShelterRefusalReason::Separation),
        note: Some("رفض الدخول دون أخيه".into()),
    };
    Referral {
        unit: Some("azilal-1".parse().unwrap()),
        encounter: Some(document_id(5)),
        person: Some(document_id(2)),
        to_kind: Some(ReferralDestination::HomelessCentre),
        to_org: Some("مركز إيواء بني ملال".into()),
        reasons: BTreeSet::from([ProtectionConcern::Cold]),
        urgency: Some(Urgency::ThreeHours),
        accompanied: Some(true),
        status_events: BTreeMap::from([(entry_id(1), event)]),
        info_shared: BTreeSet::from([InfoCategory::Situation]),
        info_withheld: BTreeSet::from([InfoCategory::Family, InfoCategory::Health]),
        withheld_reason: Some("À sa demande".into()),
        consent: Some(LegalBasis::ConsentSelf),
        consent_purpose: Some("Hébergement de nuit".into()),
    }
}

pub fn follow_up() -> FollowUp {
    FollowUp {
        unit: Some("khenifra-1".parse().unwrap()),
        person: Some(document_id(2)),
        encounter: Some(document_id(5)),
        due_on: Some("2026-11-25".parse().unwrap()),
        window_days: Some(3),
        kind: Some(FollowUpKind::Visit),
        assigned_unit: Some("khenifra-2".parse().unwrap()),
        priority: Some(Priority::High),
        reason: Some("متابعة بعد الإيواء".into()),
        done_on: Some("2026-11-26".parse().unwrap()),
        done_by_encounter: Some(document_id(6)),
        cancelled: Some(CancelReason::Other),
        created_by: Some("fz2".parse().unwrap()),
    }
}

pub fn place() -> Place {
    Place {
        name_ar: Some("المحطة الطرقية".into()),
        name_fr: Some("Gare routière".into()),
        aliases: BTreeMap::from([(entry_id(1), PlaceAlias { text: Some("ⵜⴰⵙⵏⵙⵉ".into()) })]),
        place_type: Some(PlaceType::BusStation),
        commune: Some("091.01.01".into()),
        position: Some(Personal::new("geo:32.3394,-6.3608;u=0;precision=100m".parse().unwrap())),
        active_hours: Some("20:00–02:00".into()),
        hazards: Some("Chiens errants".into()),
        merged_into: Some(document_id(9)),
    }
}

/// Fails unless `record` has something in every field this version knows.
pub fn assert_filled<R: Record>(record: &R) {
    let json = serde_json::to_value(record).unwrap();
    for field in R::FIELDS {
        assert!(json.get(field.name).is_some(), "{} leaves {} empty", R::KIND, field.name);
    }
}
