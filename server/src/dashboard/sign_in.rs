//! Signing in and out.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Form};
use jisr_locales::Lang;
use serde::Deserialize;

use super::Chrome;
use super::chrome::{is_own_path, page, see_other};
use crate::access::{
    Access, SignInToken, Viewer, check_csrf, check_origin, clear_cookie, cookie, open_sign_in, verify_password,
};
use crate::api::Query;
use crate::problem::{Kind, Problem};
use crate::registry::{Account, AccountName, Deed};
use crate::state::{AppState, Caller};

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInTemplate {
    c: Chrome,
    back: String,
    name: String,
    refused: Option<String>,
}

/// Where to go afterwards.
#[derive(Debug, Deserialize)]
pub struct Back {
    /// A path of ours; anything else is passed over.
    back: Option<String>,
}

/// The page with the form.
pub async fn sign_in_page(Extension(lang): Extension<Lang>, Query(asked): Query<Back>) -> Result<Response, Problem> {
    let back = asked.back.filter(|path| is_own_path(path)).unwrap_or_else(|| "/".to_owned());
    form(lang, back, String::new(), None)
}

fn form(lang: Lang, back: String, name: String, refused: Option<&str>) -> Result<Response, Problem> {
    let mut c = Chrome::new(lang, None, "/sign-in");
    c.query = format!("back={back}&");
    let refused = refused.map(|key| c.t(key));
    page(&SignInTemplate { c, back, name, refused })
}

/// What the form sends. It has no `Debug`.
#[derive(Deserialize)]
pub struct SignInForm {
    name: String,
    password: String,
    back: Option<String>,
}

/// Takes the form.
pub async fn sign_in(
    State(state): State<AppState>,
    Extension(lang): Extension<Lang>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    Form(sent): Form<SignInForm>,
) -> Result<Response, Problem> {
    check_origin(&headers)?;
    let back = sent.back.filter(|path| is_own_path(path)).unwrap_or_else(|| "/".to_owned());
    let name = sent.name.trim().to_lowercase();
    if let Err(problem) = state.throttle.sign_in(&name, caller.0) {
        let mut response = form(lang, back, name, Some("sign-in-wait"))?;
        *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
        response.headers_mut().insert(header::RETRY_AFTER, problem.retry_after_s.unwrap_or(60).into());
        return Ok(response);
    }
    match check(&state, name.parse().ok(), sent.password).await? {
        None => {
            let mut response = form(lang, back, name, Some("sign-in-refused"))?;
            *response.status_mut() = StatusCode::UNAUTHORIZED;
            Ok(response)
        }
        Some(token) => {
            state.throttle.signed_in(&name, caller.0);
            let mut response = see_other(&back);
            set_cookie(&mut response, &cookie(&token, state.settings.https).to_string())?;
            Ok(response)
        }
    }
}

/// A new sign-in when name and password are right. Either way the audit log says so.
async fn check(state: &AppState, name: Option<AccountName>, password: String) -> Result<Option<SignInToken>, Problem> {
    let _place = state.passwords.clone().acquire_owned().await.map_err(|_| Kind::NotReady)?;
    state
        .blocking(move |state| {
            let account: Option<Account> = match &name {
                Some(name) => state.registry.account(name)?,
                None => None,
            };
            let right = verify_password(account.as_ref().map(|account| account.password_hash.as_str()), &password);
            let Some(account) = account.filter(|account| right && !account.standing.disabled) else {
                let tried = name.map_or_else(|| "-".to_owned(), String::from);
                state.audit(&Viewer::Anonymous, Deed::SignInRefused, tried)?;
                return Ok(None);
            };
            let token = SignInToken::random(&mut rand::rng());
            open_sign_in(&*state.registry, &account, &token, state.now())?;
            let name = account.name.to_string();
            state.audit(&Viewer::SignedIn(account), Deed::SignedIn, name)?;
            Ok(Some(token))
        })
        .await?
}

/// What the way-out button sends.
#[derive(Debug, Deserialize)]
pub struct SignOutForm {
    csrf: String,
}

/// Ends the sign-in.
pub async fn sign_out(
    State(state): State<AppState>,
    access: Access,
    headers: HeaderMap,
    Form(sent): Form<SignOutForm>,
) -> Result<Response, Problem> {
    check_origin(&headers)?;
    let token = access.token.clone().ok_or(Kind::SignInRequired)?;
    check_csrf(&token, &sent.csrf)?;
    state
        .blocking(move |state| {
            state.registry.remove_sign_in(&token.hash())?;
            let name = access.viewer.name().map(String::from).unwrap_or_default();
            state.audit(&access.viewer, Deed::SignedOut, name)
        })
        .await??;
    let mut response = see_other("/sign-in");
    set_cookie(&mut response, &clear_cookie(state.settings.https).to_string())?;
    Ok(response.into_response())
}

fn set_cookie(response: &mut Response, cookie: &str) -> Result<(), Problem> {
    let value = HeaderValue::from_str(cookie).map_err(|_| Kind::Internal)?;
    response.headers_mut().append(header::SET_COOKIE, value);
    Ok(())
}
