//! What every page has around it: language, direction, who is signed in, the switch, the way out.

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use jisr_locales::{Arg, Lang, tr};

use super::assets;
use crate::access::{Access, Action, Target, Viewer, csrf_of};
use crate::problem::{Kind, Problem};

/// What surrounds a page.
#[derive(Debug, Clone)]
pub struct Chrome {
    /// The reader's language.
    pub lang: Lang,
    /// The account's name, when somebody has signed in.
    pub account: Option<String>,
    /// The CSRF token of the page's forms.
    pub csrf: String,
    /// The page's own path, for the language switch.
    pub path: String,
    /// The query the language switch keeps, with a `&` at its end, or empty.
    pub query: String,
    /// Whether the account may read figures, and so gets the link to the day.
    pub reads_figures: bool,
}

impl Chrome {
    /// The surroundings of a page at `path` for whoever asks.
    pub fn new(lang: Lang, access: Option<&Access>, path: &str) -> Self {
        let account = access.and_then(|access| match &access.viewer {
            Viewer::Anonymous => None,
            Viewer::SignedIn(account) => Some(account.name.to_string()),
        });
        let csrf = access.and_then(|access| access.token.as_ref()).map(csrf_of).unwrap_or_default();
        let reads_figures = access.is_some_and(|access| access.may(Action::ReadFigures, &Target::Own));
        Self { lang, account, csrf, path: path.to_owned(), query: String::new(), reads_figures }
    }

    /// The message of `key`.
    pub fn t(&self, key: &str) -> String {
        tr(self.lang, key, &[])
    }

    /// The message of `key` for a number `n`.
    pub fn n(&self, key: &str, n: &(impl Copy + Into<Arg<'static>>)) -> String {
        tr(self.lang, key, &[("n", (*n).into())])
    }

    /// The message of `key` with two numbers in its gaps.
    pub fn two(&self, key: &str, one: &str, n: &usize, other: &str, m: &usize) -> String {
        tr(self.lang, key, &[(one, Arg::from(*n)), (other, Arg::from(*m))])
    }

    /// The message of `key` with one text in its gap.
    pub fn a(&self, key: &str, gap: &str, text: &str) -> String {
        tr(self.lang, key, &[(gap, Arg::from(text))])
    }

    /// Every language with its tag and its own name, and whether it is this page's.
    pub fn languages(&self) -> Vec<(&'static str, &'static str, bool)> {
        Lang::ALL.into_iter().map(|lang| (lang.tag(), lang.own_name(), lang == self.lang)).collect()
    }

    /// The address of the style sheet, which changes with its content.
    pub fn style(&self) -> String {
        assets::style_address()
    }
}

/// A finished page, or a problem when its template failed.
pub(super) fn page(template: &impl Template) -> Result<Response, Problem> {
    let html = template.render().map_err(|error| {
        tracing::error!(%error, "a page could not be made");
        Kind::Internal
    })?;
    Ok(Html(html).into_response())
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorTemplate<'a> {
    c: Chrome,
    title: &'a str,
    detail: &'a str,
}

/// The page of a problem. It knows nobody, since the problem may be the sign-in.
pub fn error_page(lang: Lang, title: &str, detail: &str) -> String {
    let c = Chrome::new(lang, None, "/");
    ErrorTemplate { c, title, detail }.render().unwrap_or_else(|_| detail.to_owned())
}

/// Sends a browser to the sign-in page, and afterwards back to `path`.
pub fn to_sign_in(path: &str) -> Response {
    let address =
        if is_own_path(path) && path != "/" { format!("/sign-in?back={path}") } else { "/sign-in".to_owned() };
    see_other(&address)
}

/// Whether a path is plainly one of ours: nothing another program could take for an address elsewhere.
pub(super) fn is_own_path(path: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'-' | b'_' | b'.');
    path.starts_with('/') && !path.starts_with("//") && path.bytes().all(plain)
}

/// An answer that sends a browser elsewhere with GET.
pub(super) fn see_other(address: &str) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    if let Ok(value) = HeaderValue::from_str(address) {
        response.headers_mut().insert(header::LOCATION, value);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_paths_of_our_own_are_gone_back_to() {
        assert!(is_own_path("/activity/2026-11-23"));
        for foreign in ["//evil.example", "https://evil.example", "/\\evil", "/a?b", "", "/a%0d"] {
            assert!(!is_own_path(foreign), "{foreign}");
        }
    }
}
