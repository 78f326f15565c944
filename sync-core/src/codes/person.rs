//! Codes about a person, as far as outreach needs them.

use super::codes;

codes! {
    /// Sex as stated or seen.
    Sex "sex" {
        Female "female" "Female.",
        Male "male" "Male.",
        Unknown "unknown" "Not determined.",
        Declined "declined" "Did not want to answer.",
    }
}

codes! {
    /// What an age interval rests on.
    AgeBasis "age_basis" {
        Document "document" "A document.",
        Stated "stated" "The person's own statement.",
        Estimated "estimated" "The crew's estimate.",
        ThirdParty "third_party" "Somebody else's statement.",
    }
}

codes! {
    /// The publics the ministry's programmes are for.
    Public "public" {
        ChildStreet "child_street" "Child in street situation.",
        HomelessAdult "homeless_adult" "Homeless person.",
        WomanDifficult "woman_difficult" "Woman in difficult situation.",
        WomanChildren "woman_children" "Woman with children.",
        Disability "disability" "Person with disability.",
        Elderly "elderly" "Older person.",
        Family "family" "Family in the street.",
        Migrant "migrant" "Migrant.",
        MentalDistress "mental_distress" "Person in psychological distress.",
        Other "other" "Other.",
    }
}

codes! {
    /// A language the person and the crew can speak together.
    Language "language" {
        Arabic "ar" "Arabic (Darija).",
        Tamazight "ber-tzm" "Tamazight.",
        French "fr" "French.",
        Other "other" "Another language.",
        Sign "sign" "Sign language.",
        None "none" "None in common.",
    }
}

codes! {
    /// How one person is related to another.
    Relation "relation" {
        Parent "parent" "Parent.",
        Sibling "sibling" "Brother or sister.",
        Partner "partner" "Partner.",
        Group "group" "Same group.",
        Carer "carer" "Carer.",
    }
}

codes! {
    /// How sure a link between persons is.
    LinkCertainty "link_certainty" {
        Certain "certain" "Certain.",
        Likely "likely" "Likely.",
        Reported "reported" "Reported by somebody.",
    }
}

codes! {
    /// What the next crew must know before it approaches.
    CrewAlert "crew_alert" {
        None "none" "Nothing.",
        Health "health" "A health risk.",
        Aggression "aggression" "Aggression is possible.",
        Threatened "threatened" "The person is threatened.",
        TraffickingSuspected "trafficking_suspected" "Trafficking is suspected.",
    }
}

codes! {
    /// Where the work with a person stands.
    PersonStatus "person_status" {
        Active "active" "Active.",
        Dormant "dormant" "Not met for long.",
        Closed "closed" "Closed, with an exit reason.",
    }
}

codes! {
    /// Why the work with a person ended.
    ExitReason "exit_reason" {
        Family "family" "Return to family.",
        Shelter "shelter" "Placement in a centre.",
        Housing "housing" "Housing.",
        HandedOver "handed_over" "Handed over to another service.",
        Moved "moved" "Left the region.",
        Hospital "hospital" "Hospital.",
        Detention "detention" "Detention.",
        Deceased "deceased" "Deceased.",
        LostContact "lost_contact" "Lost from sight.",
        Adult "adult" "Came of age.",
        Other "other" "Other.",
    }
}

codes! {
    /// Who may find a person's record.
    Visibility "visibility" {
        Normal "normal" "Whoever the scope is granted to.",
        Restricted "restricted" "The case-owning unit only.",
    }
}
