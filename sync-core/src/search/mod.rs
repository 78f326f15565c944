//! Finding a name however it is spelled: with or without vowel signs, in Arabic, French or Tamazight.
//!
//! [`fold()`] makes spellings in one script equal, [`name_key()`] makes those of two scripts meet, [`matches()`] tells
//! how well a query fits a name. All of it is for showing people a list to choose from: it says who *could* be
//! meant. **Never here:** a decision that two records are about the same person.

mod fold;
mod name_key;

pub use fold::fold;
pub use name_key::name_key;

/// How well a query fits a name, from 1 to [`Score::SAME`]. Higher goes first in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Score(pub u8);

impl Score {
    /// The same name but for what [`fold()`] takes away.
    pub const SAME: Self = Self(100);
    /// The name starts with the query.
    pub const START: Self = Self(95);
    /// Every word of the query starts a word of the name.
    pub const WORDS: Self = Self(90);
    /// The same [`name_key()`]: another spelling or another script.
    pub const SPELLING: Self = Self(85);
    /// The query stands somewhere in the name.
    pub const WITHIN: Self = Self(80);
    /// Each word of the query is another spelling of a word of the name.
    pub const WORD_SPELLINGS: Self = Self(75);
    /// Another spelling, but for a first vowel or an `h`, which spellings drop (Brahim, Ibrahim).
    pub const LOOSE_SPELLING: Self = Self(70);
    /// The start of another spelling.
    pub const SPELLING_START: Self = Self(60);
    /// A slip of the finger.
    pub const SLIP: Self = Self(50);
}

/// How alike two folded texts must be (Jaro-Winkler) for one to be a slip for the other. Below, different names of
/// five or six letters begin to pass for one another.
const SLIP_LIKENESS_MIN: f64 = 0.92;

/// The shortest text, in characters, that can be a slip for another.
const SLIP_CHARS_MIN: usize = 4;

/// The shortest key that can fit a name as its start, in sounds. A single sound starts too many names.
const KEY_START_MIN: usize = 2;

/// The shortest key whose first vowel and `h` may be passed over, in sounds left.
const LOOSE_KEY_MIN: usize = 3;

/// How well `query` fits the name `candidate`, or `None` when it does not, or is empty.
pub fn matches(query: &str, candidate: &str) -> Option<Score> {
    let (sought, name) = (fold(query), fold(candidate));
    if sought.is_empty() || name.is_empty() {
        return None;
    }
    if sought == name {
        return Some(Score::SAME);
    }
    if name.starts_with(&sought) {
        return Some(Score::START);
    }
    if sought.split(' ').all(|word| name.split(' ').any(|part| part.starts_with(word))) {
        return Some(Score::WORDS);
    }
    spelling(query, candidate, name.contains(&sought)).or_else(|| slip(&sought, &name))
}

fn spelling(query: &str, candidate: &str, within: bool) -> Option<Score> {
    let (sought, name) = (name_key(query), name_key(candidate));
    if !sought.is_empty() && sought == name {
        return Some(Score::SPELLING);
    }
    if within {
        return Some(Score::WITHIN);
    }
    let (sought_words, name_words) = (name_key::words(query), name_key::words(candidate));
    if !sought_words.is_empty() && sought_words.iter().all(|word| name_words.contains(word)) {
        return Some(Score::WORD_SPELLINGS);
    }
    let (loose_sought, loose_name) = (loose(&sought), loose(&name));
    if loose_sought.len() >= LOOSE_KEY_MIN && loose_sought == loose_name {
        return Some(Score::LOOSE_SPELLING);
    }
    let starts = sought.len() >= KEY_START_MIN && name_words.iter().any(|word| word.starts_with(&sought));
    (starts || (sought.len() > KEY_START_MIN && name.starts_with(&sought))).then_some(Score::SPELLING_START)
}

fn loose(key: &str) -> String {
    key.trim_start_matches('a').replace('h', "")
}

fn slip(sought: &str, name: &str) -> Option<Score> {
    let alike = |one: &str, other: &str| {
        one.chars().count() >= SLIP_CHARS_MIN && strsim::jaro_winkler(one, other) >= SLIP_LIKENESS_MIN
    };
    let word_by_word = sought.split(' ').all(|word| name.split(' ').any(|part| part == word || alike(word, part)));
    (alike(sought, name) || word_by_word).then_some(Score::SLIP)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_by_another_spelling_of_it_in_either_script() {
        for (query, name, score) in [
            ("Mohamed", "محمد", Score::SPELLING),
            ("محمد", "Mohammed Amine", Score::WORD_SPELLINGS),
            ("أحمد", "احمد", Score::SAME),
            ("hel", "Hélène", Score::START),
            ("kacemi moh", "Mohamed Kacemi", Score::WORDS),
            ("Kacemi Mohamed", "محمد القاسمي", Score::WORD_SPELLINGS),
            ("Fatimazahra", "فاطمة الزهراء", Score::SPELLING),
            ("Brahim", "إبراهيم", Score::LOOSE_SPELLING),
            ("Salaheddine", "صلاح الدين", Score::LOOSE_SPELLING),
            ("Abderr", "عبد الرحمان", Score::SPELLING_START),
            ("الحمراء", "السترة الحمراء", Score::WORDS),
            ("ترة", "السترة الحمراء", Score::WITHIN),
            ("Red Jaket", "Red Jacket", Score::SLIP),
        ] {
            assert_eq!(matches(query, name), Some(score), "{query} for {name}");
        }
    }

    #[test]
    fn another_name_is_not_found() {
        for (query, name) in [
            ("Mohamed", "Mehdi"),
            ("محمد", "Mehdi"),
            ("Ahmed", "مهدي"),
            ("Khadija", "فاطمة"),
            ("Youssef", "Yassine"),
            ("عمر", "Anouar"),
            ("Rachid", "رضوان"),
            ("a", "محمد"),
            ("m", "نعيمة"),
            ("", "محمد"),
            ("محمد", ""),
            ("ـ", "محمد"),
            ("!?", "محمد"),
        ] {
            assert_eq!(matches(query, name), None, "{query} for {name}");
        }
    }

    #[test]
    fn a_closer_fit_scores_higher() {
        let scores: Vec<_> = ["محمد", "محمد أمين", "Mohamed", "Mohamedine"].map(|name| matches("محمد", name)).into();

        assert!(scores.is_sorted_by(|one, other| one > other), "{scores:?}");
        assert!(scores.iter().all(Option::is_some));
    }
}
