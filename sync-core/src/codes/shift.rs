//! Codes about a tour.

use super::codes;

codes! {
    /// What kind of tour it is.
    ShiftType "shift_type" {
        Day "day" "Day tour.",
        Night "night" "Night tour.",
        ColdWave "cold_wave" "Cold wave emergency.",
        Call "call" "Intervention on call.",
        FollowUp "follow_up" "Follow-up.",
        Awareness "awareness" "Awareness.",
    }
}

codes! {
    /// What the weather was.
    Weather "weather" {
        None "none" "Nothing particular.",
        ColdWave "cold_wave" "Cold wave.",
        Rain "rain" "Rain.",
        Snow "snow" "Snow.",
        Heat "heat" "Heat.",
    }
}

codes! {
    /// Why a planned tour was not made.
    CancelReason "cancel_reason" {
        Breakdown "breakdown" "Breakdown.",
        Weather "weather" "Weather.",
        NoCrew "no_crew" "No crew.",
        Security "security" "Security.",
        Other "other" "Other.",
    }
}

codes! {
    /// A crew member's role on a tour.
    CrewRole "crew_role" {
        SocialWorker "social_worker" "Social worker.",
        Nurse "nurse" "Nurse.",
        Psychologist "psychologist" "Psychologist.",
        Educator "educator" "Educator.",
        Driver "driver" "Driver.",
        Volunteer "volunteer" "Volunteer.",
        Other "other" "Other.",
    }
}

codes! {
    /// Who else was present on a tour.
    Partner "partner" {
        LocalAuthority "local_authority" "Local authority.",
        CivilProtection "civil_protection" "Civil protection.",
        RedCrescent "red_crescent" "Red Crescent.",
        Security "security" "Police or gendarmerie.",
        Association "association" "Association.",
        Other "other" "Other.",
    }
}
