//! Codes about a person's situation, risk and protection.

use super::codes;

codes! {
    /// Where the person sleeps (after FEANTSA's ETHOS and HUD's living situations).
    SleepingSituation "sleeping_situation" {
        Street "street" "Street or public space.",
        Station "station" "Bus or taxi station.",
        Vehicle "vehicle" "Vehicle.",
        Abandoned "abandoned" "Abandoned building or building site.",
        Makeshift "makeshift" "Makeshift shelter.",
        NightShelter "night_shelter" "Emergency night shelter.",
        HomelessCentre "homeless_centre" "Centre for homeless people.",
        WomenCentre "women_centre" "Women's multi-function centre.",
        ChildCentre "child_centre" "Child protection unit or centre.",
        Hospital "hospital" "Hospital.",
        Detention "detention" "Detention.",
        Family "family" "With family.",
        ThirdParty "third_party" "With friends or others.",
        OwnAtRisk "own_at_risk" "Own dwelling, at risk.",
        Own "own" "Own dwelling.",
        Unknown "unknown" "Not known.",
        Declined "declined" "Did not want to answer.",
    }
}

codes! {
    /// A child's connection with the street (after General Comment 21, paragraph 4).
    StreetConnection "street_connection" {
        LivesAlone "lives_alone" "Lives in the street, alone or with peers.",
        LivesFamily "lives_family" "Lives in the street with family.",
        WorksReturns "works_returns" "Works or begs, goes home to sleep.",
        StrongLink "strong_link" "Spends most of the day in public space.",
        Runaway "runaway" "Recently ran away.",
        Transit "transit" "On the move.",
        Unknown "unknown" "Not known.",
    }
}

codes! {
    /// With whom a child is.
    Accompaniment "accompaniment" {
        Unaccompanied "unaccompanied" "Unaccompanied.",
        Separated "separated" "Separated from parents, with an adult relative.",
        WithParent "with_parent" "With a parent.",
        WithCarer "with_carer" "With a guardian.",
        WithUnrelatedAdult "with_unrelated_adult" "With an unrelated adult.",
        WithPeers "with_peers" "With other children.",
        NotApplicable "not_applicable" "Does not apply.",
        Unknown "unknown" "Not known.",
    }
}

codes! {
    /// A protection concern.
    ProtectionConcern "protection_concern" {
        ViolencePhysical "violence_physical" "Physical violence.",
        ViolenceSexual "violence_sexual" "Sexual violence.",
        ViolenceDomestic "violence_domestic" "Domestic violence.",
        BeggingExploited "begging_exploited" "Exploited for begging.",
        ChildLabour "child_labour" "Child labour.",
        Trafficking "trafficking" "Trafficking suspected.",
        Neglect "neglect" "Neglect.",
        Abandonment "abandonment" "Abandonment.",
        EarlyMarriage "early_marriage" "Child marriage.",
        Substance "substance" "Substance use.",
        HealthUrgent "health_urgent" "Urgent health state.",
        Mental "mental" "Psychological distress.",
        DisabilityUnmet "disability_unmet" "Disability without support.",
        SchoolOut "school_out" "Out of school.",
        NoCivilRecord "no_civil_record" "Not in the civil register.",
        LawConflict "law_conflict" "In contact or conflict with the law.",
        Pregnancy "pregnancy" "Pregnancy or single mother.",
        Cold "cold" "Exposure to cold.",
        Lost "lost" "Lost child or person.",
        Other "other" "Other.",
        NoneSeen "none_seen" "None seen.",
    }
}

codes! {
    /// How a concern is known.
    ConcernCertainty "concern_certainty" {
        Seen "seen" "Seen by the crew.",
        Said "said" "Said by the person.",
        Suspected "suspected" "Suspected.",
    }
}

codes! {
    /// How high the risk is.
    Risk "risk" {
        High "high" "High.",
        Medium "medium" "Medium.",
        Low "low" "Low.",
        NotAssessed "not_assessed" "Not assessed.",
    }
}

codes! {
    /// A function in which the person has a lot of difficulty or none at all is possible (Washington Group short set).
    FunctionalDifficulty "functional_difficulty" {
        Seeing "seeing" "Seeing.",
        Hearing "hearing" "Hearing.",
        Walking "walking" "Walking.",
        Remembering "remembering" "Remembering.",
        SelfCare "self_care" "Self-care.",
        Communicating "communicating" "Communicating.",
    }
}
