//! Values as they are typed: Arabic-Indic and Persian digits are taken for what they are, and what does not read is told
//! by the key of what would, so that it is said in the reader's language.
//!
//! For ids, numbers, days and times. A name, a reason, a file stays as it was written.

use std::fmt;
use std::net::SocketAddr;
use std::num::NonZeroU16;
use std::str::FromStr;

use jisr_locales::Lang;
use jisr_sync_core::id::{DeviceId, DocumentId, ProvinceId, ScopeId, UnitId};
use jisr_sync_core::record::normalise_digits;
use jisr_sync_core::time::OperationalDay;

use crate::registry::{AccountName, Role, Territory};
use crate::storage::{AsideName, AsidePlace};

/// Something that is typed.
pub trait Typed: FromStr {
    /// The key of what is expected.
    const EXPECTED: &'static str;
}

macro_rules! typed {
    ($($name:ty: $key:literal,)*) => {
        $(impl Typed for $name {
            const EXPECTED: &'static str = $key;
        })*

        #[cfg(test)]
        const EXPECTED: &[&str] = &[$($key),*];
    };
}

typed! {
    AccountName: "usage-expect-account",
    AsideName: "usage-expect-aside",
    AsidePlace: "usage-expect-place",
    DeviceId: "usage-expect-device",
    DocumentId: "usage-expect-record",
    Lang: "usage-expect-lang",
    NonZeroU16: "usage-expect-count",
    OperationalDay: "usage-expect-day",
    ProvinceId: "usage-expect-province",
    Role: "usage-expect-role",
    ScopeId: "usage-expect-scope",
    SocketAddr: "usage-expect-listen",
    Territory: "usage-expect-territory",
    UnitId: "usage-expect-unit",
    jiff::civil::Time: "usage-expect-time",
    usize: "usage-expect-number",
}

/// What was typed does not read. Displayed it is the key of what is expected, which [`jisr_locales::misuse`] tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Misread(&'static str);

impl fmt::Display for Misread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for Misread {}

/// Reads what is typed.
///
/// # Errors
/// [`Misread`].
pub fn read<T: Typed>(typed: &str) -> Result<T, Misread> {
    normalise_digits(typed).parse().map_err(|_| Misread(T::EXPECTED))
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use jisr_locales::misuse;

    use super::*;
    use crate::cli::Arguments;

    #[test]
    fn what_is_expected_is_told_in_every_language() {
        for lang in Lang::ALL {
            for key in EXPECTED {
                assert!(!jisr_locales::tr(lang, key, &[]).starts_with('['), "{lang}: {key}");
            }
        }
        let error = Arguments::try_parse_from(["jisr-server", "activity", "23/11"]).expect_err("no day");
        let told = misuse(Lang::Fr, &error).unwrap();
        assert!(told[0].contains("23/11") && told[0].contains("un jour comme 2026-11-23"), "{told:?}");
    }
}
