//! Codes and how many: bars with their numbers, the longest first.

use std::collections::BTreeMap;

use jisr_locales::{Lang, label};
use jisr_sync_core::codes::CodeList;

/// How many bars a list has at most; the rest would not fit on a page and is in the API.
const BARS_MAX: usize = 10;

/// One bar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bar {
    /// What it counts.
    pub label: String,
    /// How many.
    pub count: u64,
    /// Its length, in percent of the longest.
    pub percent: u64,
    /// Where it begins: bars grow from the side where lines begin.
    pub x: u64,
}

/// The bars of a list of codes.
pub fn bars<C: CodeList + Ord>(counts: &BTreeMap<C, u64>, lang: Lang) -> Vec<Bar> {
    let most = counts.values().copied().max().unwrap_or(0).max(1);
    let mut sorted: Vec<(&C, u64)> =
        counts.iter().map(|(code, count)| (code, *count)).filter(|(_, n)| *n > 0).collect();
    sorted.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
    sorted
        .into_iter()
        .take(BARS_MAX)
        .map(|(code, count)| {
            let percent = (count * 100 / most).max(1);
            let x = if lang == Lang::Ar { 100 - percent } else { 0 };
            Bar { label: label(lang, C::LIST, code.code()), count, percent, x }
        })
        .collect()
}
