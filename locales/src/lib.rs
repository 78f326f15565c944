//! Jisr's messages and code labels in Arabic, French and English.
//!
//! The texts lie in `messages/<language>/*.ftl` and are built into the program. Arabic's six plural forms are chosen
//! by Fluent. Digits are Western in every language, as Moroccan administrations write them.
//!
//! **Never here:** a decision about what to say when; who may see it; anything about a person.

mod bundle;
mod date;
#[cfg(feature = "clap")]
mod misuse;

use std::fmt;
use std::str::FromStr;

pub use bundle::keys;
pub use date::{long_date, short_time};
#[cfg(feature = "clap")]
pub use misuse::{asked_language, misuse};

/// A language people can read Jisr in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lang {
    /// Arabic, as written in Morocco.
    Ar,
    /// French.
    Fr,
    /// English.
    En,
}

/// A text that names no language of [`Lang`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseLangError;

impl fmt::Display for ParseLangError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a language: expected ar, fr or en")
    }
}

impl std::error::Error for ParseLangError {}

impl Lang {
    /// Every language, in the order of the language switch.
    pub const ALL: [Self; 3] = [Self::Ar, Self::Fr, Self::En];

    /// Its tag, for `lang` attributes and switches.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Ar => "ar",
            Self::Fr => "fr",
            Self::En => "en",
        }
    }

    /// Its writing direction, for `dir` attributes.
    pub const fn dir(self) -> &'static str {
        match self {
            Self::Ar => "rtl",
            Self::Fr | Self::En => "ltr",
        }
    }

    /// Its own name in itself.
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::Ar => "العربية",
            Self::Fr => "Français",
            Self::En => "English",
        }
    }

    /// The first language of an `Accept-Language` header that Jisr has, by the reader's preference; `None` when
    /// there is none.
    pub fn of_accept_language(header: &str) -> Option<Self> {
        let mut best: Option<(u32, Self)> = None;
        for part in header.split(',').take(20) {
            let mut pieces = part.split(';');
            let tag = pieces.next().unwrap_or("").trim().split('-').next().unwrap_or("");
            let Ok(lang) = tag.to_ascii_lowercase().parse::<Self>() else { continue };
            let quality = pieces.find_map(|piece| piece.trim().strip_prefix("q=")).map_or(1000, thousandths);
            if quality > 0 && best.is_none_or(|(most, _)| quality > most) {
                best = Some((quality, lang));
            }
        }
        best.map(|(_, lang)| lang)
    }
}

fn thousandths(quality: &str) -> u32 {
    quality.parse::<f32>().ok().filter(|q| (0.0..=1.0).contains(q)).map_or(0, |q| (q * 1000.0) as u32)
}

impl fmt::Display for Lang {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag())
    }
}

impl FromStr for Lang {
    type Err = ParseLangError;

    fn from_str(tag: &str) -> Result<Self, ParseLangError> {
        Self::ALL.into_iter().find(|lang| lang.tag() == tag).ok_or(ParseLangError)
    }
}

/// What stands in a message's gap.
#[derive(Debug, Clone, PartialEq)]
pub enum Arg<'a> {
    /// A number; it also chooses the plural form.
    Number(i64),
    /// A text, put in as it is.
    Text(&'a str),
}

impl From<i64> for Arg<'_> {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<u64> for Arg<'_> {
    fn from(number: u64) -> Self {
        Self::Number(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<u32> for Arg<'_> {
    fn from(number: u32) -> Self {
        Self::Number(number.into())
    }
}

impl From<usize> for Arg<'_> {
    fn from(number: usize) -> Self {
        Self::Number(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl<'a> From<&'a str> for Arg<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text)
    }
}

impl<'a> From<&'a String> for Arg<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(text)
    }
}

/// The message of `key`, its gaps filled with `args`.
///
/// A key that does not exist comes back as itself, in brackets: visible, and never a reason to stop. Tests keep that
/// from happening.
pub fn tr(lang: Lang, key: &str, args: &[(&str, Arg<'_>)]) -> String {
    bundle::format(lang, key, args).unwrap_or_else(|| format!("[{key}]"))
}

/// The label of `code` in the list `list`. A code of a newer version, which has no label, is shown as it is.
pub fn label(lang: Lang, list: &str, code: &str) -> String {
    bundle::format(lang, &format!("{list}-{code}"), &[]).unwrap_or_else(|| code.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_readers_preference_decides_the_language() {
        assert_eq!(Lang::of_accept_language("de, fr;q=0.5, ar-MA;q=0.9"), Some(Lang::Ar));
        assert_eq!(Lang::of_accept_language("fr-FR,fr;q=0.8,en;q=0.6"), Some(Lang::Fr));
        assert_eq!(Lang::of_accept_language("en;q=0, *"), None);
    }

    #[test]
    fn arabic_has_its_six_plural_forms_and_western_digits() {
        let table = [
            (0, "لا تسجيلات في الانتظار"),
            (1, "تسجيل واحد في الانتظار"),
            (2, "تسجيلان في الانتظار"),
            (3, "\u{2068}3\u{2069} تسجيلات في الانتظار"),
            (11, "\u{2068}11\u{2069} تسجيلا في الانتظار"),
            (100, "\u{2068}100\u{2069} تسجيل في الانتظار"),
        ];
        for (n, expected) in table {
            assert_eq!(tr(Lang::Ar, "unit-waiting", &[("n", Arg::Number(n))]), expected);
        }
    }

    #[test]
    fn a_code_without_a_label_is_shown_as_it_is() {
        assert_eq!(label(Lang::Fr, "service_type", "meal"), "Repas / aliments");
        assert_eq!(label(Lang::Fr, "service_type", "winter_kit"), "winter_kit");
    }

    #[test]
    fn numbers_stand_isolated_in_arabic_text_and_bare_elsewhere() {
        let arabic = tr(Lang::Ar, "unit-waiting", &[("n", 12_i64.into())]);
        let french = tr(Lang::Fr, "unit-waiting", &[("n", 12_i64.into())]);

        assert!(arabic.contains("\u{2068}12\u{2069}"), "{arabic:?}");
        assert!(french.starts_with("12"), "{french:?}");
    }
}
