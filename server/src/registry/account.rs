//! Accounts of people who look at the dashboard or run the service, and their sign-ins.
//!
//! An account's name is how somebody signs in, not a person's name. A sign-in is a browser's, and has nothing to do
//! with a sync session.

use std::fmt;
use std::str::FromStr;

use jisr_sync_core::id::{ProvinceId, UnitId};
use jisr_sync_core::time::UnixMillis;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The longest account name, in bytes.
const NAME_BYTES_MAX: usize = 64;

/// What somebody signs in with: 1 to 64 of `a-z 0-9 . _ -`. Example: `superviseur.azilal`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AccountName(String);

/// A text that is no account name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an account name: expected 1 to 64 of a-z, 0-9, '.', '_' and '-'")]
pub struct ParseAccountNameError;

impl AccountName {
    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for AccountName {
    type Error = ParseAccountNameError;

    fn try_from(text: String) -> Result<Self, ParseAccountNameError> {
        let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'_' | b'-');
        let fits = !text.is_empty() && text.len() <= NAME_BYTES_MAX && text.bytes().all(allowed);
        if fits { Ok(Self(text)) } else { Err(ParseAccountNameError) }
    }
}

impl FromStr for AccountName {
    type Err = ParseAccountNameError;

    fn from_str(text: &str) -> Result<Self, ParseAccountNameError> {
        text.to_owned().try_into()
    }
}

impl From<AccountName> for String {
    fn from(name: AccountName) -> Self {
        name.0
    }
}

impl fmt::Display for AccountName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where an account's rights hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Territory {
    /// One unit. Written `unit/azilal-1`.
    Unit(UnitId),
    /// The units of one province. Written `province/azilal`.
    Province(ProvinceId),
    /// Every unit of this server. Written `region`.
    Region,
}

/// A text that names no territory.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a territory: expected unit/<unit>, province/<province> or region")]
pub struct ParseTerritoryError;

impl fmt::Display for Territory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unit(unit) => write!(f, "unit/{unit}"),
            Self::Province(province) => write!(f, "province/{province}"),
            Self::Region => f.write_str("region"),
        }
    }
}

impl FromStr for Territory {
    type Err = ParseTerritoryError;

    fn from_str(text: &str) -> Result<Self, ParseTerritoryError> {
        match text.split_once('/') {
            Some(("unit", unit)) => unit.parse().map(Self::Unit).map_err(|_| ParseTerritoryError),
            Some(("province", province)) => province.parse().map(Self::Province).map_err(|_| ParseTerritoryError),
            None if text == "region" => Ok(Self::Region),
            _ => Err(ParseTerritoryError),
        }
    }
}

impl TryFrom<String> for Territory {
    type Error = ParseTerritoryError;

    fn try_from(text: String) -> Result<Self, ParseTerritoryError> {
        text.parse()
    }
}

impl From<Territory> for String {
    fn from(territory: Territory) -> Self {
        territory.to_string()
    }
}

/// What an account is for. Each role can do what its line says and nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Reads the day's figures and the records of the territory.
    Supervisor,
    /// Reads the day's figures of the territory, and no record: a ministry's or a region's desk.
    Observer,
    /// Runs units, devices, plans and accounts, and reads no figure and no record: an IT person.
    Technician,
}

/// A text that names no role.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a role: expected supervisor, observer or technician")]
pub struct ParseRoleError;

impl Role {
    /// Every role.
    pub const ALL: [Self; 3] = [Self::Supervisor, Self::Observer, Self::Technician];

    /// Its stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Supervisor => "supervisor",
            Self::Observer => "observer",
            Self::Technician => "technician",
        }
    }
}

impl FromStr for Role {
    type Err = ParseRoleError;

    fn from_str(code: &str) -> Result<Self, ParseRoleError> {
        Self::ALL.into_iter().find(|role| role.code() == code).ok_or(ParseRoleError)
    }
}

/// Somebody who may sign in.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// What they sign in with.
    pub name: AccountName,
    /// The password as an Argon2id hash in PHC form.
    pub password_hash: String,
    /// Where the rights hold.
    pub territory: Territory,
    /// What the account is for.
    pub role: Role,
    /// Whether it may sign in.
    #[serde(default)]
    pub standing: Standing,
}

/// Whether an account may sign in, and since when what it signs in with holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Standing {
    /// Whether its access has been ended.
    pub disabled: bool,
    /// When its access was ended or its password changed last: sign-ins opened before have ended.
    pub since: UnixMillis,
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Account({}, {}, {})", self.name, self.territory, self.role.code())
    }
}

/// The SHA-256 of the token in a browser's cookie.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct TokenHash([u8; 32]);

impl TokenHash {
    /// The hash of a token.
    pub fn of(token: &[u8]) -> Self {
        Self(Sha256::digest(token).into())
    }

    /// Its bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// One browser's sign-in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignIn {
    /// Whose it is.
    pub account: AccountName,
    /// When it began.
    pub opened_at: UnixMillis,
    /// When it was last used, to within a minute.
    pub used_at: UnixMillis,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn territories_and_roles_round_trip_through_their_text() {
        for text in ["unit/azilal-1", "province/azilal", "region"] {
            assert_eq!(text.parse::<Territory>().unwrap().to_string(), text);
        }
        for role in Role::ALL {
            assert_eq!(role.code().parse(), Ok(role));
        }
        for bad in ["", "unit/", "unit/A", "everywhere", "province"] {
            assert!(bad.parse::<Territory>().is_err(), "{bad}");
        }
    }

    #[test]
    fn an_account_in_debug_output_shows_no_hash() {
        let account = Account {
            standing: Standing::default(),
            name: "fatima".parse().unwrap(),
            password_hash: "$argon2id$secret".to_owned(),
            territory: Territory::Region,
            role: Role::Supervisor,
        };

        assert!(!format!("{account:?}").contains("secret"));
    }
}
