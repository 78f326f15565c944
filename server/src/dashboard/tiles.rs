//! The day in a few large figures.

use jisr_locales::{Arg, Lang, tr};
use jisr_sync_core::activity::{Figures, Headcount};

/// One figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tile {
    /// What it counts.
    pub label: String,
    /// How many.
    pub value: String,
    /// What must be read with it.
    pub note: Option<String>,
}

/// How many people a headcount is, known and unknown.
pub const fn heads(count: Headcount) -> u64 {
    count.known + count.unknown_slots
}

/// The tiles, the most asked for first.
pub fn tiles(figures: &Figures, lang: Lang) -> Vec<Tile> {
    let tile = |key: &str, value: u64, note: Option<String>| Tile {
        label: tr(lang, key, &[]),
        value: value.to_string(),
        note,
    };
    let possible = heads(figures.minors.possible);
    let minors_note = (possible > 0).then(|| tr(lang, "tile-possible-minors", &[("n", possible.into())]));
    let planned = match figures.tours.planned {
        0 => tr(lang, "tile-none-planned", &[]),
        planned => tr(lang, "tile-of-planned", &[("n", Arg::from(planned))]),
    };
    vec![
        persons(figures, lang),
        tile("tile-encounters", figures.encounters, None),
        tile("tile-minors", heads(figures.minors.certain), minors_note),
        tile("tile-women", heads(figures.women), None),
        tile("tile-rough", heads(figures.sleeping_rough), None),
        tile("tile-new", figures.new_persons.persons, None),
        tile("tile-referrals", figures.referrals.made, None),
        tile("tile-shelter", heads(figures.shelter_placements), None),
        tile("tile-tours", figures.tours.made, Some(planned)),
    ]
}

/// Persons met are a range as soon as unknown ones may have been met twice.
fn persons(figures: &Figures, lang: Lang) -> Tile {
    let (least, most) = (figures.persons_met.at_least, figures.persons_met.at_most);
    let label = tr(lang, "tile-persons", &[]);
    if least == most {
        return Tile { label, value: least.to_string(), note: None };
    }
    let value = tr(lang, "tile-persons-range", &[("least", least.into()), ("most", most.into())]);
    Tile { label, value, note: Some(tr(lang, "tile-persons-note", &[])) }
}
