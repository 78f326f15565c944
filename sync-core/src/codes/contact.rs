//! Codes about the contact itself: how it came about, how it went, on what basis it is kept.

use super::codes;

codes! {
    /// How the contact took place.
    ContactMode "contact_mode" {
        InPerson "in_person" "Face to face.",
        Phone "phone" "By telephone.",
        Observed "observed" "Seen from a distance only.",
    }
}

codes! {
    /// How the contact went. Required to save an encounter.
    ContactOutcome "contact_outcome" {
        Engaged "engaged" "Contact made, an exchange took place.",
        Brief "brief" "Brief contact.",
        Refused "refused" "The person refused contact.",
        NotFound "not_found" "A person was looked for and not found.",
        Asleep "asleep" "Asleep, not woken.",
        Unable "unable" "No exchange possible: state or language.",
        Unsafe "unsafe" "Not approached, for safety.",
        Observed "observed" "Seen only.",
    }
}

codes! {
    /// What brought the crew to this contact.
    ContactOrigin "contact_origin" {
        Patrol "patrol" "Met on tour.",
        FollowUp "follow_up" "A planned follow-up.",
        Citizen "citizen" "A citizen's report.",
        Hotline "hotline" "The call number.",
        Authority "authority" "The local authority.",
        Security "security" "Police or gendarmerie.",
        Prosecutor "prosecutor" "The prosecutor's office.",
        Partner "partner" "An association or a centre.",
        Health "health" "A health service.",
        SelfReferred "self" "The person asked.",
        Family "family" "The family asked.",
    }
}

codes! {
    /// On what legal basis more than a tally is kept (law 09-08).
    LegalBasis "legal_basis" {
        TallyOnly "tally_only" "Counted without personal data.",
        ConsentSelf "consent_self" "The person's consent.",
        ConsentGuardian "consent_guardian" "The guardian's consent.",
        AssentChild "assent_child" "The child's assent.",
        BestInterest "best_interest" "The child's best interest.",
        Vital "vital" "Protection of life.",
        LegalDuty "legal_duty" "A legal duty.",
        Refused "refused" "Consent refused.",
        Pending "pending" "Not asked yet.",
    }
}

codes! {
    /// Groups of persons who were seen and not approached.
    ObservedGroup "observed_group" {
        Men "men" "Men.",
        Women "women" "Women.",
        Boys "boys" "Boys.",
        Girls "girls" "Girls.",
        Unknown "unknown" "Not determined.",
    }
}

codes! {
    /// Why a record no longer counts. It stays readable; this is for mistakes, not for erasure.
    VoidReason "void_reason" {
        Test "test" "A trial entry.",
        Duplicate "duplicate" "Entered twice.",
        WrongPerson "wrong_person" "Entered for the wrong person.",
        Other "other" "Another mistake.",
    }
}
