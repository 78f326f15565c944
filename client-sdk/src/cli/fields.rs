//! What stands in each field: which code list its values come from, and which parts an entry has.
//!
//! Used to refuse a misspelt code or part and to show labels. A test holds the table to the records' types.

use jisr_sync_core::codes::{
    Accompaniment, AgeBasis, CancelReason, CodeList, ConcernCertainty, ContactMode, ContactOrigin, ContactOutcome,
    CrewAlert, CrewRole, ExitReason, FollowUpKind, FunctionalDifficulty, InfoCategory, Language, LegalBasis,
    LinkCertainty, ObservedGroup, Partner, PersonStatus, PlaceType, Priority, ProtectionConcern, Public,
    ReferralDestination, ReferralStatus, Relation, Risk, ServiceResult, ServiceType, Sex, ShelterRefusalReason,
    ShiftType, SleepingSituation, StreetConnection, Urgency, Visibility, VoidReason, Weather,
};
use jisr_sync_core::record::RecordKind;

/// A code list, by name and codes.
#[derive(Debug, Clone)]
pub(super) struct List {
    /// Its name in the locale files.
    pub(super) name: &'static str,
    /// The codes this version knows, in the order people are shown them.
    pub(super) codes: Vec<&'static str>,
}

fn list<C: CodeList>() -> Option<List> {
    Some(List { name: C::LIST, codes: C::known().iter().map(CodeList::code).collect() })
}

/// The list a field's value, or each element of its set, comes from; `None` when it is free.
pub(super) fn value_list(kind: RecordKind, field: &str) -> Option<List> {
    match (kind, field) {
        (RecordKind::Encounter, "mode") => list::<ContactMode>(),
        (RecordKind::Encounter, "origin") => list::<ContactOrigin>(),
        (RecordKind::Encounter, "outcome") => list::<ContactOutcome>(),
        (RecordKind::Encounter, "sleeping_situation") => list::<SleepingSituation>(),
        (RecordKind::Encounter, "street_connection") => list::<StreetConnection>(),
        (RecordKind::Encounter, "accompaniment") => list::<Accompaniment>(),
        (RecordKind::Encounter, "risk") => list::<Risk>(),
        (RecordKind::Encounter, "needs") => list::<ServiceType>(),
        (RecordKind::Encounter, "functional_difficulty") => list::<FunctionalDifficulty>(),
        (RecordKind::Encounter, "consent_contact") | (RecordKind::Referral, "consent") => list::<LegalBasis>(),
        (RecordKind::Encounter, "voided") => list::<VoidReason>(),
        (RecordKind::Person, "sex") => list::<Sex>(),
        (RecordKind::Person, "age_basis") => list::<AgeBasis>(),
        (RecordKind::Person, "publics") => list::<Public>(),
        (RecordKind::Person, "languages") => list::<Language>(),
        (RecordKind::Person, "crew_alert") => list::<CrewAlert>(),
        (RecordKind::Person, "status") => list::<PersonStatus>(),
        (RecordKind::Person, "exit_reason") => list::<ExitReason>(),
        (RecordKind::Person, "visibility") => list::<Visibility>(),
        (RecordKind::Shift, "shift_type") => list::<ShiftType>(),
        (RecordKind::Shift, "weather") => list::<Weather>(),
        (RecordKind::Shift, "partners_present") => list::<Partner>(),
        (RecordKind::Shift | RecordKind::FollowUp, "cancelled") => list::<CancelReason>(),
        (RecordKind::Referral, "to_kind") => list::<ReferralDestination>(),
        (RecordKind::Referral, "reasons") => list::<ProtectionConcern>(),
        (RecordKind::Referral, "urgency") => list::<Urgency>(),
        (RecordKind::Referral, "info_shared" | "info_withheld") => list::<InfoCategory>(),
        (RecordKind::FollowUp, "kind") => list::<FollowUpKind>(),
        (RecordKind::FollowUp, "priority") => list::<Priority>(),
        (RecordKind::Place, "place_type") => list::<PlaceType>(),
        _ => None,
    }
}

/// The list the keys of a field's entries or counts come from; `None` when they are ids or free.
pub(super) fn key_list(kind: RecordKind, field: &str) -> Option<List> {
    match (kind, field) {
        (RecordKind::Encounter, "observed") => list::<ObservedGroup>(),
        (RecordKind::Encounter, "concerns") => list::<ProtectionConcern>(),
        (RecordKind::Encounter, "given" | "service_outcomes") | (RecordKind::Shift, "stock_out" | "stock_in") => {
            list::<ServiceType>()
        }
        _ => None,
    }
}

/// The list a part of an entry comes from; `None` when it is free.
pub(super) fn part_list(kind: RecordKind, field: &str, part: &str) -> Option<List> {
    match (kind, field, part) {
        (RecordKind::Encounter, "persons", "sex") => list::<Sex>(),
        (RecordKind::Encounter, "persons", "public") => list::<Public>(),
        (RecordKind::Encounter, "persons", "sleeping_situation") => list::<SleepingSituation>(),
        (RecordKind::Encounter, "persons", "accompaniment") => list::<Accompaniment>(),
        (RecordKind::Encounter, "concerns", "certainty") => list::<ConcernCertainty>(),
        (RecordKind::Encounter, "service_outcomes", "result") => list::<ServiceResult>(),
        (RecordKind::Person, "links", "relation") => list::<Relation>(),
        (RecordKind::Person, "links", "certainty") => list::<LinkCertainty>(),
        (RecordKind::Shift, "crew", "role") => list::<CrewRole>(),
        (RecordKind::Referral, "status_events", "status") => list::<ReferralStatus>(),
        (RecordKind::Referral, "status_events", "refusal_reason") => list::<ShelterRefusalReason>(),
        _ => None,
    }
}

/// The parts an entry of a field has.
pub(super) fn parts(field: &str) -> &'static [&'static str] {
    match field {
        "persons" => &["person", "sex", "age", "public", "sleeping_situation", "accompaniment"],
        "service_outcomes" => &["result"],
        "concerns" => &["certainty"],
        "notes" | "marks" | "incident_notes" | "handover_notes" => &["text", "by", "at"],
        "aliases" => &["text"],
        "links" => &["person", "relation", "certainty"],
        "crew" => &["role"],
        "stock_out" | "stock_in" => &["quantity"],
        "status_events" => &["status", "at", "by", "refusal_reason", "note"],
        _ => &[],
    }
}

/// Whether the keys of a field's entries are drawn at random, so that a list can be given instead.
pub(super) fn drawn_keys(field: &str) -> bool {
    matches!(
        field,
        "persons" | "notes" | "marks" | "incident_notes" | "handover_notes" | "aliases" | "links" | "status_events"
    )
}

#[cfg(test)]
mod tests {
    use jisr_sync_core::record::{Encounter, FollowUp, Merge, Person, Place, Record, Referral, Shift};

    use super::*;

    fn check<R: Record>() {
        for field in R::FIELDS {
            let entries = matches!(field.merge, Merge::Entries | Merge::Remarks);
            assert_eq!(entries, !parts(field.name).is_empty(), "{} of {}", field.name, R::KIND);
            for part in parts(field.name).iter().filter(|_| entries) {
                let known = part_list(R::KIND, field.name, part);
                let value: serde_json::Value = match (*part, known) {
                    (_, Some(list)) => list.codes[0].into(),
                    ("at" | "quantity", None) => 1.into(),
                    ("person", None) => "0191e9a6-0000-7000-8000-000000000000".into(),
                    ("age", None) => "12".into(),
                    (_, None) => "a".into(),
                };
                let key = key_list(R::KIND, field.name).map_or("1f00ab42", |list| list.codes[0]);
                let json = serde_json::json!({ field.name: { key: { *part: value } } });
                let record: R = serde_json::from_value(json.clone()).unwrap();
                assert_eq!(serde_json::to_value(&record).unwrap(), json, "{} of {}", field.name, R::KIND);
            }
        }
    }

    #[test]
    fn every_entry_has_the_parts_that_the_table_tells() {
        check::<Encounter>();
        check::<Person>();
        check::<Shift>();
        check::<Referral>();
        check::<FollowUp>();
        check::<Place>();
    }
}
