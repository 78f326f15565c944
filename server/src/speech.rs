//! In which language to answer: the one asked for in the address, then the one chosen before, then the browser's.

use axum::extract::Request;
use axum::http::header;
use axum::middleware::Next;
use axum::response::Response;
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use jisr_locales::Lang;

/// The cookie that remembers a choice. It says nothing else, so pages without a sign-in may set it.
const COOKIE: &str = "jisr-lang";

/// Puts the reader's [`Lang`] into the request, and remembers one that was asked for with `?lang=`.
pub async fn choose_language(mut request: Request, next: Next) -> Response {
    let asked = asked_for(request.uri().query().unwrap_or(""));
    let remembered = || CookieJar::from_headers(request.headers()).get(COOKIE)?.value().parse().ok();
    let accepted = || Lang::of_accept_language(request.headers().get(header::ACCEPT_LANGUAGE)?.to_str().ok()?);
    let lang = asked.or_else(remembered).or_else(accepted).unwrap_or(Lang::Ar);
    request.extensions_mut().insert(lang);
    let mut response = next.run(request).await;
    if let Some(lang) = asked {
        let cookie = Cookie::build((COOKIE, lang.tag())).path("/").same_site(SameSite::Lax).permanent().build();
        if let Ok(value) = cookie.to_string().parse() {
            response.headers_mut().append(header::SET_COOKIE, value);
        }
    }
    response
}

fn asked_for(query: &str) -> Option<Lang> {
    query.split('&').find_map(|pair| pair.strip_prefix("lang=")).and_then(|tag| tag.parse().ok())
}
