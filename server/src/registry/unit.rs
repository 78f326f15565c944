//! A mobile unit as the service knows it: its names, its province, and whether it works at night.

use jisr_sync_core::id::{ProvinceId, UnitId};
use serde::{Deserialize, Serialize};

use super::RegistryError;

/// The longest name a unit or a device may have, in bytes.
pub const TEXT_BYTES_MAX: usize = 120;

/// A mobile unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unit {
    /// Its id. Never reused.
    pub id: UnitId,
    /// Its name in Arabic.
    pub name_ar: String,
    /// Its name in French, also shown in English.
    pub name_fr: String,
    /// The province it works in.
    pub province: ProvinceId,
    /// Whether encounters outside any tour count from noon to noon instead of from midnight.
    #[serde(default)]
    pub night: bool,
}

impl Unit {
    /// Refuses names that are empty or too long.
    pub(super) fn check(&self) -> Result<(), RegistryError> {
        check_text("the unit's Arabic name", &self.name_ar)?;
        check_text("the unit's French name", &self.name_fr)
    }
}

/// Refuses a text that is empty, too long, or holds control characters.
pub(super) fn check_text(what: &'static str, text: &str) -> Result<(), RegistryError> {
    let fits = !text.trim().is_empty() && text.len() <= TEXT_BYTES_MAX && !text.chars().any(char::is_control);
    if fits { Ok(()) } else { Err(RegistryError::Text { what, max: TEXT_BYTES_MAX }) }
}
