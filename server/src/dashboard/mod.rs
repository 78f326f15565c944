//! The pages supervisors see: made on the server, readable without a script, printable on one page.
//!
//! A page is a template and a view model of plain texts. View models are made here from what the API would answer
//! too, so that page and API cannot disagree.
//!
//! **Never here:** who may see what (`access/`), how figures are counted (`sync-core`), a label (`locales`).

mod aside;
mod assets;
mod bars;
mod chrome;
mod completeness;
mod day;
mod decide;
mod enrol;
mod field;
mod freshness;
mod history;
mod hours;
mod lists;
mod pages;
mod record;
mod records;
mod reference;
mod sign_in;
mod tiles;
mod units;
mod value;
mod when;

pub use aside::aside_page;
pub use assets::asset;
pub use chrome::{Chrome, error_page, to_sign_in};
pub use completeness::{CompletenessLine, MissingUnit, UnitNames};
pub use day::{DayView, names};
pub use decide::{discard_aside, one_aside, release_aside};
pub use enrol::enrol_page;
pub use freshness::{Freshness, freshness_of};
pub use pages::{day_page, home, pick_day, record_page};
pub use records::records_page;
pub use sign_in::{sign_in, sign_in_page, sign_out};
pub use tiles::{Tile, tiles};
pub use units::{UnitRow, unit_rows};
pub use when::When;
