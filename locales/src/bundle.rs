//! The texts of one language as Fluent holds them: parsed once, at first use.

use std::sync::OnceLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::{LanguageIdentifier, langid};

use crate::{Arg, Lang};

type Bundle = FluentBundle<FluentResource>;

macro_rules! texts {
    ($tag:literal) => {
        [
            include_str!(concat!("../messages/", $tag, "/codes.ftl")),
            include_str!(concat!("../messages/", $tag, "/fields.ftl")),
            include_str!(concat!("../messages/", $tag, "/dashboard.ftl")),
            include_str!(concat!("../messages/", $tag, "/records.ftl")),
            include_str!(concat!("../messages/", $tag, "/cli.ftl")),
            include_str!(concat!("../messages/", $tag, "/errors.ftl")),
            include_str!(concat!("../messages/", $tag, "/jisr.ftl")),
        ]
    };
}

fn texts(lang: Lang) -> [&'static str; 7] {
    match lang {
        Lang::Ar => texts!("ar"),
        Lang::Fr => texts!("fr"),
        Lang::En => texts!("en"),
    }
}

fn bundle(lang: Lang) -> &'static Bundle {
    static AR: OnceLock<Bundle> = OnceLock::new();
    static FR: OnceLock<Bundle> = OnceLock::new();
    static EN: OnceLock<Bundle> = OnceLock::new();
    match lang {
        Lang::Ar => AR.get_or_init(|| build(lang, langid!("ar-MA"))),
        Lang::Fr => FR.get_or_init(|| build(lang, langid!("fr-MA"))),
        Lang::En => EN.get_or_init(|| build(lang, langid!("en"))),
    }
}

/// A message that does not parse is left out, and a test then misses its key.
fn build(lang: Lang, id: LanguageIdentifier) -> Bundle {
    let mut bundle = Bundle::new_concurrent(vec![id]);
    // Isolation marks keep a Latin name from reordering Arabic around it. French and English do without: terminals
    // print the marks as boxes.
    bundle.set_use_isolating(lang == Lang::Ar);
    for text in texts(lang) {
        let resource = FluentResource::try_new(text.to_owned()).unwrap_or_else(|(partial, _)| partial);
        bundle.add_resource_overriding(resource);
    }
    bundle
}

/// The message of `key`, or `None` when there is none.
pub(crate) fn format(lang: Lang, key: &str, args: &[(&str, Arg<'_>)]) -> Option<String> {
    let bundle = bundle(lang);
    let pattern = bundle.get_message(key)?.value()?;
    let mut filled = FluentArgs::with_capacity(args.len());
    for (name, value) in args {
        let value = match value {
            Arg::Number(number) => FluentValue::from(*number),
            Arg::Text(text) => FluentValue::from(*text),
        };
        filled.set(*name, value);
    }
    let mut errors = Vec::new();
    Some(bundle.format_pattern(pattern, Some(&filled), &mut errors).into_owned())
}

/// Every key of a language, with the number of times it is written. For tests that compare languages.
pub fn keys(lang: Lang) -> Vec<String> {
    let starts_message = |line: &&str| line.starts_with(|c: char| c.is_ascii_alphabetic());
    texts(lang)
        .iter()
        .flat_map(|text| text.lines().filter(starts_message))
        .filter_map(|line| line.split_once('=').map(|(key, _)| key.trim().to_owned()))
        .collect()
}

/// The gaps (`{ $name }`) of every message of a language, by key.
#[cfg(test)]
pub(crate) fn gaps(lang: Lang) -> std::collections::BTreeMap<String, std::collections::BTreeSet<String>> {
    let mut found = std::collections::BTreeMap::new();
    let mut key = String::new();
    for line in texts(lang).iter().flat_map(|text| text.lines()) {
        if line.starts_with(|c: char| c.is_ascii_alphabetic()) {
            key = line.split('=').next().unwrap_or("").trim().to_owned();
        }
        for gap in line.split('$').skip(1) {
            let name: String = gap.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
            found.entry(key.clone()).or_insert_with(std::collections::BTreeSet::new).insert(name);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_language_has_every_key_once_and_each_formats() {
        let english: BTreeSet<String> = keys(Lang::En).into_iter().collect();
        assert!(english.len() > 500, "the files are read");
        for lang in Lang::ALL {
            let all = keys(lang);
            let unique: BTreeSet<String> = all.iter().cloned().collect();
            assert_eq!(all.len(), unique.len(), "{lang}: a key stands twice");
            assert_eq!(unique.symmetric_difference(&english).collect::<Vec<_>>(), Vec::<&String>::new(), "{lang}");
            for key in &unique {
                let text = format(lang, key, &[]);
                assert!(text.is_some_and(|text| !text.trim().is_empty()), "{lang}: {key} does not format");
            }
        }
    }

    #[test]
    fn a_message_has_the_same_gaps_in_every_language() {
        for lang in Lang::ALL {
            assert_eq!(gaps(lang), gaps(Lang::En), "{lang}");
        }
    }
}
