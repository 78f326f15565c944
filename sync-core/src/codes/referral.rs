//! Codes about referrals and follow-ups.

use super::codes;

codes! {
    /// Where a person is referred to.
    ReferralDestination "referral_destination" {
        Cape "cape" "Child protection support centre (CAPE).",
        Upe "upe" "Child protection unit (UPE).",
        Epse "epse" "Social care institution.",
        HomelessCentre "homeless_centre" "Centre for homeless people.",
        Emf "emf" "Women's multi-function centre.",
        DisabilityCentre "disability_centre" "Orientation centre for disability.",
        ElderlyHome "elderly_home" "Home for older people.",
        Entraide "entraide" "Entraide Nationale delegation.",
        Ads "ads" "Social development agency.",
        Hospital "hospital" "Hospital.",
        HealthCentre "health_centre" "Health centre.",
        Prosecutor "prosecutor" "Prosecutor's office.",
        Security "security" "Police or gendarmerie.",
        Ambulance "ambulance" "Civil protection or SAMU.",
        LocalAuthority "local_authority" "Local authority.",
        School "school" "School or training.",
        Association "association" "Association.",
        Family "family" "Family.",
        Consulate "consulate" "Consulate.",
        Other "other" "Other.",
    }
}

codes! {
    /// What happened to a referral. The referral's status is derived from its events.
    ReferralStatus "referral_status" {
        Draft "draft" "Being prepared.",
        Sent "sent" "Sent.",
        Received "received" "Received by the provider.",
        Accepted "accepted" "Accepted by the provider.",
        RefusedByPerson "refused_by_person" "Refused by the person.",
        RefusedByProvider "refused_by_provider" "Refused by the provider.",
        NoPlace "no_place" "No place.",
        Attained "attained" "Attained.",
        NotAttained "not_attained" "Not attained.",
        NoNews "no_news" "No news.",
        Cancelled "cancelled" "Cancelled.",
    }
}

codes! {
    /// Why a person refused a shelter.
    ShelterRefusalReason "shelter_refusal_reason" {
        PrefersPlace "prefers_place" "Prefers to stay.",
        Fear "fear" "Fear or insecurity.",
        BadExperience "bad_experience" "A bad experience.",
        Rules "rules" "The house rules.",
        Separation "separation" "Does not want to be separated.",
        Income "income" "Loss of income.",
        Health "health" "Health.",
        NoneGiven "none_given" "No reason given.",
        Other "other" "Other.",
    }
}

codes! {
    /// How soon a first action is due.
    Urgency "urgency" {
        OneHour "h1" "Within one hour.",
        ThreeHours "h3" "Within three hours.",
        OneDay "h24" "Within 24 hours.",
        ThreeDays "d3" "Within three days.",
        Routine "routine" "Routine.",
    }
}

codes! {
    /// A category of information that was or was not shared with a provider.
    InfoCategory "info_category" {
        Identity "identity" "Identity.",
        Contact "contact" "Contact details.",
        Situation "situation" "Situation.",
        Health "health" "Health.",
        Protection "protection" "Protection concerns.",
        Family "family" "Family.",
    }
}

codes! {
    /// How a follow-up is to be done.
    FollowUpKind "follow_up_kind" {
        Visit "visit" "A visit.",
        Phone "phone" "A call.",
        CheckReferral "check_referral" "A check on a referral.",
        FamilyContact "family_contact" "Contact with the family.",
        Document "document" "A document.",
        Other "other" "Other.",
    }
}

codes! {
    /// How pressing a follow-up is.
    Priority "priority" {
        High "high" "High.",
        Normal "normal" "Normal.",
        Low "low" "Low.",
    }
}
