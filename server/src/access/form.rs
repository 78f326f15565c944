//! Forms that come from elsewhere: refused by their origin, and by a token that only Jisr's own pages know.

use axum::http::{HeaderMap, header};

use super::SignInToken;
use crate::problem::{Kind, Problem};

/// Refuses a form that was not sent from one of Jisr's own pages.
///
/// Every browser states the origin of a form; one that does not is refused too.
///
/// # Errors
/// [`Kind::CrossSite`].
pub fn check_origin(headers: &HeaderMap) -> Result<(), Problem> {
    let text = |name| headers.get(name).and_then(|value: &axum::http::HeaderValue| value.to_str().ok());
    let (Some(origin), Some(host)) = (text(header::ORIGIN), text(header::HOST)) else {
        return Err(Kind::CrossSite.into());
    };
    let from = origin.split_once("://").map_or("", |(_, rest)| rest);
    if from.eq_ignore_ascii_case(host) { Ok(()) } else { Err(Kind::CrossSite.into()) }
}

/// Refuses a form without the sign-in's own token.
///
/// # Errors
/// [`Kind::CrossSite`].
pub fn check_csrf(token: &SignInToken, field: &str) -> Result<(), Problem> {
    if token.matches_csrf(field) { Ok(()) } else { Err(Kind::CrossSite.into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(origin: Option<&str>) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, "jisr.example:8443".parse().unwrap());
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, origin.parse().unwrap());
        }
        headers
    }

    #[test]
    fn a_form_is_taken_from_the_own_host_only() {
        assert!(check_origin(&headers(Some("https://jisr.example:8443"))).is_ok());
        for foreign in [None, Some("null"), Some("https://jisr.example"), Some("https://evil.example:8443")] {
            assert!(check_origin(&headers(foreign)).is_err(), "{foreign:?}");
        }
    }
}
