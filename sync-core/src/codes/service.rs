//! Codes about services given.

use super::codes;

codes! {
    /// A kind of service, needed or given.
    ServiceType "service_type" {
        Listening "listening" "Listening.",
        Orientation "orientation" "Information and orientation.",
        Meal "meal" "Meal or food.",
        HotDrink "hot_drink" "Hot drink.",
        Blanket "blanket" "Blanket.",
        Clothing "clothing" "Clothing.",
        Hygiene "hygiene" "Hygiene kit or shower.",
        FirstAid "first_aid" "First aid.",
        Medical "medical" "Medical consultation.",
        Psychological "psychological" "Psychological support.",
        Transport "transport" "Transport and accompaniment.",
        Shelter "shelter" "Placement in a shelter.",
        Admin "admin" "Help with papers.",
        Legal "legal" "Legal guidance.",
        Mediation "mediation" "Family mediation.",
        FamilyContact "family_contact" "Contact with the family.",
        FamilyReturn "family_return" "Return to family.",
        School "school" "Return to school or training.",
        Assistive "assistive" "Assistive device.",
        Awareness "awareness" "Awareness talk.",
        Other "other" "Other.",
    }
}

codes! {
    /// What came of a service.
    ServiceResult "service_result" {
        Done "done" "Done.",
        Partly "partly" "Partly done.",
        RefusedByPerson "refused_by_person" "Refused by the person.",
        NotPossible "not_possible" "Not possible.",
    }
}
