//! The token in a browser's cookie: 256 random bits, of which only the hash is kept.

use axum::http::HeaderMap;
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use data_encoding::BASE64URL_NOPAD;
use jisr_sync_core::time::UnixMillis;
use rand::{Rng, RngExt};
use sha2::{Digest, Sha256};

use crate::registry::{Account, Accounts, RegistryError, SignIn, TokenHash};

/// After how many idle minutes a sign-in ends. Pages show children's whereabouts, and office desks are shared.
pub const IDLE_MINUTES: i64 = 30;

/// After how many hours a sign-in ends in any case: a working day.
const HOURS_MAX: i64 = 12;

/// How often the time of last use is written, in milliseconds: not at every request.
const TOUCH_EVERY_MS: i64 = 60_000;

const MINUTE_MS: i64 = 60_000;

/// A token in clear.
#[derive(Clone, PartialEq, Eq)]
pub struct SignInToken([u8; 32]);

impl SignInToken {
    /// Draws a new token.
    pub fn random(rng: &mut impl Rng) -> Self {
        Self(rng.random())
    }

    /// The token in a request's cookie.
    pub fn of_request(headers: &HeaderMap, https: bool) -> Option<Self> {
        let jar = CookieJar::from_headers(headers);
        let text = jar.get(cookie_name(https))?.value().to_owned();
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).ok()?;
        bytes.try_into().ok().map(Self)
    }

    /// What is kept of it.
    pub fn hash(&self) -> TokenHash {
        TokenHash::of(&self.0)
    }

    /// Whether a form's hidden field carries this sign-in's CSRF token.
    pub fn matches_csrf(&self, field: &str) -> bool {
        // Both sides are hashed again, so that the comparison's time tells nothing.
        Sha256::digest(field) == Sha256::digest(csrf_of(self))
    }
}

/// The token that forms of this sign-in carry: it follows from the cookie, which another site cannot read.
pub fn csrf_of(token: &SignInToken) -> String {
    let mut hasher = Sha256::new();
    hasher.update(b"jisr csrf 1");
    hasher.update(token.0);
    BASE64URL_NOPAD.encode(&hasher.finalize())
}

/// `__Host-` binds a cookie to this host and path; browsers accept it over https only.
const fn cookie_name(https: bool) -> &'static str {
    if https { "__Host-jisr" } else { "jisr" }
}

/// The cookie that carries a token.
pub fn cookie(token: &SignInToken, https: bool) -> Cookie<'static> {
    bare(BASE64URL_NOPAD.encode(&token.0), https)
}

/// The cookie that removes it.
pub fn clear_cookie(https: bool) -> Cookie<'static> {
    let mut cookie = bare(String::new(), https);
    cookie.make_removal();
    cookie
}

fn bare(value: String, https: bool) -> Cookie<'static> {
    let builder = Cookie::build((cookie_name(https), value)).path("/");
    builder.http_only(true).same_site(SameSite::Strict).secure(https).build()
}

/// Opens a sign-in for an account whose password was right.
///
/// # Errors
/// When the store fails.
pub fn open_sign_in(
    accounts: &(impl Accounts + ?Sized),
    account: &Account,
    token: &SignInToken,
    now: UnixMillis,
) -> Result<(), RegistryError> {
    let sign_in = SignIn { account: account.name.clone(), opened_at: now, used_at: now };
    accounts.put_sign_in(&token.hash(), &sign_in)
}

/// Sign-ins last used before this instant have ended.
pub const fn sweep_before(now: UnixMillis) -> UnixMillis {
    UnixMillis(now.0 - IDLE_MINUTES * MINUTE_MS)
}

/// The account of a token that is still valid, and notes its use.
pub(super) fn account_of(
    accounts: &(impl Accounts + ?Sized),
    token: &SignInToken,
    now: UnixMillis,
) -> Result<Option<Account>, RegistryError> {
    let Some(sign_in) = accounts.sign_in(&token.hash())? else { return Ok(None) };
    let ended = sign_in.used_at < sweep_before(now) || now.0 - sign_in.opened_at.0 >= HOURS_MAX * 60 * MINUTE_MS;
    if ended {
        accounts.remove_sign_in(&token.hash())?;
        return Ok(None);
    }
    if now.0 - sign_in.used_at.0 >= TOUCH_EVERY_MS {
        accounts.put_sign_in(&token.hash(), &SignIn { used_at: now, ..sign_in.clone() })?;
    }
    let account = accounts.account(&sign_in.account)?;
    Ok(account.filter(|account| !account.standing.disabled && sign_in.opened_at >= account.standing.since))
}
