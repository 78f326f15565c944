//! Passwords: Argon2id, slow on purpose, and never kept or logged in clear.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};

/// The shortest password accepted, in characters.
pub const PASSWORD_CHARS_MIN: usize = 10;

/// The longest password looked at, in bytes: more would only cost time.
const PASSWORD_BYTES_MAX: usize = 1024;

/// A hash nobody's password has: what an unknown account is checked against, so that it takes as long as a known one.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$amlzcm5vYm9keXNhbHQ$3v1cQm0m4c9mN2q3m9oQmB1mJb1o4b1zq0m3m6c1v2w";

/// A password could not be hashed: it is too short or too long, or the system gave no salt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the password must have at least {PASSWORD_CHARS_MIN} characters")]
pub struct UnfitPassword;

/// Hashes a password with a fresh salt. Takes some tens of milliseconds and 19 MiB.
///
/// # Errors
/// When it is too short or too long.
pub fn hash_password(password: &str) -> Result<String, UnfitPassword> {
    if password.chars().count() < PASSWORD_CHARS_MIN || password.len() > PASSWORD_BYTES_MAX {
        return Err(UnfitPassword);
    }
    let hash = Argon2::default().hash_password(password.as_bytes()).map_err(|_| UnfitPassword)?;
    Ok(hash.to_string())
}

/// Whether `password` is the one of `hash`. Without a hash (no such account) it takes as long, and says no.
pub fn verify_password(hash: Option<&str>, password: &str) -> bool {
    let Ok(parsed) = PasswordHash::new(hash.unwrap_or(NOBODY)) else { return false };
    let fits = password.len() <= PASSWORD_BYTES_MAX;
    let right = fits && Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok();
    right && hash.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_right_password_of_a_known_account_verifies() {
        let hash = hash_password("correct horse").unwrap();

        assert!(verify_password(Some(&hash), "correct horse"));
        assert!(!verify_password(Some(&hash), "correct horsf"));
        assert!(!verify_password(None, "correct horse"));
        assert!(!verify_password(Some("not a hash"), "correct horse"));
    }

    #[test]
    fn an_unknown_account_costs_as_much_as_a_known_one() {
        assert!(PasswordHash::new(NOBODY).is_ok(), "it parses, so Argon2 runs");
    }

    #[test]
    fn short_passwords_are_refused() {
        assert_eq!(hash_password("nine char"), Err(UnfitPassword));
    }
}
