//! The units of the demo: six that go out in the five provinces of Béni Mellal-Khénifra, and one that does not.

use anyhow::Result;

use crate::night::{TOUR_TIMES, Tour};
use crate::service::{Service, UnitNames};

/// A unit and who goes out with it.
#[derive(Debug, Clone, Copy)]
pub struct Crew {
    /// The unit.
    pub unit: UnitNames,
    /// The member of staff who records.
    pub staff: &'static str,
}

/// The units that go out, in the order in which they are played.
pub const CREWS: [Crew; 6] = [
    crew("beni-mellal-1", "بني ملال 1", "Béni Mellal 1", "fz2"),
    crew("beni-mellal-2", "بني ملال 2", "Béni Mellal 2", "hk1"),
    crew("azilal-1", "أزيلال 1", "Azilal 1", "am3"),
    crew("fquih-ben-salah-1", "الفقيه بن صالح 1", "Fquih Ben Salah 1", "sb1"),
    crew("khenifra-1", "خنيفرة 1", "Khénifra 1", "ya2"),
    crew("khouribga-1", "خريبكة 1", "Khouribga 1", "nl1"),
];

/// The unit without a planned tour.
pub const IDLE_UNIT: &str = "azilal-2";

/// The unit whose device delivers nothing of last night.
pub const SILENT: &str = "khouribga-1";

/// The unit whose link fails for good while records wait.
pub const STILL_WAITING: &str = "fquih-ben-salah-1";

const fn crew(id: &'static str, ar: &'static str, fr: &'static str, staff: &'static str) -> Crew {
    Crew { unit: UnitNames { id, ar, fr }, staff }
}

/// Adds the units and plans their tours.
pub fn set_up(service: &Service, nights: &[Tour]) -> Result<()> {
    for crew in CREWS {
        service.add_unit(&crew.unit)?;
    }
    service.add_unit(&UnitNames { id: IDLE_UNIT, ar: "أزيلال 2", fr: "Azilal 2" })?;
    let ids = CREWS.map(|crew| crew.unit.id);
    for tour in nights {
        service.plan(&ids, tour.day, TOUR_TIMES.0, TOUR_TIMES.1)?;
    }
    Ok(())
}
