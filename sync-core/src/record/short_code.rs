//! Codes for persons that can be said over the radio and written on a hand.
//!
//! `BM-7K2Q`: two letters for the province or unit, three symbols drawn at random, one to check. The symbols are
//! Crockford's base 32, which has no I, L, O or U, so that nothing is misread. 32,768 codes share a prefix: whoever
//! draws one looks whether it is taken, and a code never stands for a record's identity.

use std::fmt;
use std::str::FromStr;

use rand::{Rng, RngExt};

use super::{ParseValueError, normalise_digits};
use crate::id::serde_as_text;

/// Crockford's base 32.
const SYMBOLS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

const PREFIX_LETTERS: usize = 2;
const RANDOM_SYMBOLS: usize = 3;

/// Chosen so that `BM-7K2Q`, the example everywhere, is a code.
const CHECK_OFFSET: u8 = 19;

/// A code such as `BM-7K2Q` whose last symbol fits the others.
///
/// One wrong symbol, or two that changed places, never make another valid code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ShortCode {
    prefix: [u8; PREFIX_LETTERS],
    values: [u8; RANDOM_SYMBOLS],
}

impl ShortCode {
    /// Draws a code for a province's or unit's id.
    ///
    /// The prefix is the first letters of the id's first two words (`beni-mellal`: BM), or of a single word the first
    /// letter and the first consonant after the second (`khenifra`: KN, `khouribga`: KR).
    pub fn random(for_id: &str, rng: &mut impl Rng) -> Self {
        let drawn: [u8; RANDOM_SYMBOLS] = rng.random();
        Self { prefix: prefix(for_id), values: drawn.map(|byte| byte % 32) }
    }

    fn check(self) -> u8 {
        let letters = self.prefix.map(|letter| letter - b'A');
        // Each place weighs another power of a generator of GF(32), the check itself the zeroth: so every slip of one
        // symbol, and every exchange of two, changes the sum.
        let sum = letters.into_iter().chain(self.values).fold(0, |sum, value| times_generator(sum) ^ value);
        times_generator(sum) ^ CHECK_OFFSET
    }
}

/// Multiplies by x in GF(32), modulo x⁵ + x² + 1.
const fn times_generator(value: u8) -> u8 {
    let doubled = value << 1;
    if doubled & 0b10_0000 == 0 { doubled } else { doubled ^ 0b10_0101 }
}

fn prefix(id: &str) -> [u8; PREFIX_LETTERS] {
    let letter = |byte: Option<u8>| byte.filter(u8::is_ascii_alphabetic).map_or(b'X', |b| b.to_ascii_uppercase());
    let mut words = id.split('-').filter(|word| word.starts_with(|c: char| c.is_ascii_alphabetic()));
    let (first, second) = (words.next().unwrap_or_default(), words.next());
    let consonant = |byte: &u8| byte.is_ascii_alphabetic() && !b"aeiouAEIOU".contains(byte);
    let within = || first.bytes().skip(2).find(consonant).or_else(|| first.as_bytes().get(1).copied());
    [letter(first.bytes().next()), letter(second.map_or_else(within, |word| word.bytes().next()))]
}

impl fmt::Display for ShortCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let symbol = |value: u8| char::from(SYMBOLS[usize::from(value % 32)]);
        let [one, two] = self.prefix.map(char::from);
        let [three, four, five] = self.values.map(symbol);
        write!(f, "{one}{two}-{three}{four}{five}{}", symbol(self.check()))
    }
}

impl FromStr for ShortCode {
    type Err = ParseValueError;

    /// Reads a code as people type it: small letters, with spaces or without the hyphen, Arabic-Indic digits, O for
    /// 0, I or L for 1.
    fn from_str(text: &str) -> Result<Self, ParseValueError> {
        let error = ParseValueError { expected: "a code such as BM-7K2Q (one of its symbols may be wrong)" };
        let typed: Vec<u8> = normalise_digits(text)
            .chars()
            .filter(|c| !c.is_whitespace() && *c != '-')
            .map(|c| u8::try_from(c.to_ascii_uppercase()).unwrap_or(0))
            .collect();
        let [one, two, symbols @ ..] = typed.as_slice() else { return Err(error) };
        let values: Option<Vec<u8>> = symbols.iter().map(|symbol| value_of(*symbol)).collect();
        let (true, Some([three, four, five, check])) =
            (one.is_ascii_uppercase() && two.is_ascii_uppercase(), values.as_deref())
        else {
            return Err(error);
        };
        let code = Self { prefix: [*one, *two], values: [*three, *four, *five] };
        if code.check() == *check { Ok(code) } else { Err(error) }
    }
}

fn value_of(symbol: u8) -> Option<u8> {
    let read = match symbol {
        b'O' => b'0',
        b'I' | b'L' => b'1',
        other => other,
    };
    SYMBOLS.iter().position(|known| *known == read).and_then(|value| u8::try_from(value).ok())
}

serde_as_text!(ShortCode);

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    use super::*;

    fn codes(count: usize) -> Vec<String> {
        let mut rng = StdRng::seed_from_u64(7);
        (0..count).map(|_| ShortCode::random("beni-mellal", &mut rng).to_string()).collect()
    }

    #[test]
    fn a_code_round_trips_however_people_type_it() {
        for code in codes(200) {
            let read: ShortCode = code.parse().unwrap();

            assert_eq!(read.to_string(), code);
            assert!(code.starts_with("BM-") && code.len() == 7, "{code}");
            let typed = code.to_lowercase().replace('-', " ").replace('0', "o").replace('1', "l").replace('7', "٧");
            assert_eq!(typed.parse(), Ok(read), "{typed}");
        }
        assert_eq!("bm7k2q".parse::<ShortCode>().unwrap().to_string(), "BM-7K2Q");
    }

    #[test]
    fn one_wrong_symbol_anywhere_is_noticed() {
        for code in codes(20) {
            for at in [0, 1, 3, 4, 5, 6] {
                let others = SYMBOLS.iter().filter(|other| **other != code.as_bytes()[at]);
                for other in others.filter(|other| at > 1 || other.is_ascii_uppercase()) {
                    let mut wrong = code.clone().into_bytes();
                    wrong[at] = *other;
                    assert!(std::str::from_utf8(&wrong).unwrap().parse::<ShortCode>().is_err(), "{code} {at}");
                }
            }
        }
    }

    #[test]
    fn two_symbols_that_changed_places_are_noticed() {
        for code in codes(200) {
            for (one, other) in [(3, 4), (4, 5), (5, 6), (3, 5), (4, 6), (3, 6), (0, 1)] {
                let mut wrong = code.clone().into_bytes();
                wrong.swap(one, other);
                let wrong = String::from_utf8(wrong).unwrap();
                assert!(wrong == code || wrong.parse::<ShortCode>().is_err(), "{code} {wrong}");
            }
        }
    }

    #[test]
    fn what_is_no_code_is_refused() {
        for text in ["", "BM", "BM-", "BM-7K2", "BM-7K2QQ", "B1-0000", "بم-7K2Q", "BM-7KU0", "BM_7K2Q"] {
            assert!(text.parse::<ShortCode>().is_err(), "{text}");
        }
    }

    #[test]
    fn each_province_of_the_region_has_a_prefix_of_its_own() {
        let ids = ["beni-mellal", "azilal", "fquih-ben-salah", "khenifra", "khouribga", "x", "7", ""];

        assert_eq!(ids.map(prefix), [b"BM", b"AL", b"FB", b"KN", b"KR", b"XX", b"XX", b"XX"].map(|two| *two));
    }
}
