//! Codes about places.

use super::codes;

codes! {
    /// What kind of place it is.
    PlaceType "place_type" {
        Street "street" "Street.",
        Souk "souk" "Market.",
        BusStation "bus_station" "Bus station.",
        MosqueArea "mosque_area" "Around a mosque.",
        Garden "garden" "Public garden.",
        Crossroads "crossroads" "Crossroads.",
        Abandoned "abandoned" "Abandoned building.",
        Worksite "worksite" "Building site.",
        SchoolArea "school_area" "Around a school.",
        HospitalArea "hospital_area" "Around a hospital.",
        Landfill "landfill" "Landfill.",
        Roadside "roadside" "Roadside.",
        Douar "douar" "Douar.",
        RiverBridge "river_bridge" "Bridge or river bed.",
        Shelter "shelter" "Centre.",
        Other "other" "Other.",
    }
}
