//! The gate before every handler: who asks, and whether the route's action is theirs at all.

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::{Action, Denied, SignInToken, Target, Viewer, authorize, token};
use crate::problem::{Kind, Problem};
use crate::state::AppState;

/// What a handler knows about whoever asks, and its way to check a concrete target.
#[derive(Clone)]
pub struct Access {
    /// Who asks.
    pub viewer: Viewer,
    /// The token of the sign-in, if there is one: forms are checked against it.
    pub token: Option<SignInToken>,
    action: Action,
}

impl Access {
    /// Whether the route's action may be done to `target`.
    ///
    /// # Errors
    /// [`Kind::SignInRequired`] or [`Kind::Forbidden`].
    pub fn check(&self, target: &Target) -> Result<(), Problem> {
        Ok(authorize(&self.viewer, self.action, target)?)
    }

    /// As [`Access::check`], for things whose existence is nobody's business: what is denied is not there.
    ///
    /// # Errors
    /// [`Kind::NotFound`].
    pub fn check_hidden(&self, target: &Target) -> Result<(), Problem> {
        authorize(&self.viewer, self.action, target).map_err(|_| Kind::NotFound.into())
    }

    /// Whether another action may be done to `target`: for links that not everybody gets.
    pub fn may(&self, action: Action, target: &Target) -> bool {
        authorize(&self.viewer, action, target).is_ok()
    }
}

impl From<Denied> for Problem {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::SignInFirst => Kind::SignInRequired.into(),
            Denied::Forbidden => Kind::Forbidden.into(),
        }
    }
}

/// Lets a request through to its handler when its route's action is the viewer's somewhere at all.
pub async fn gate(State((state, action)): State<(AppState, Action)>, mut request: Request, next: Next) -> Response {
    let token = SignInToken::of_request(request.headers(), state.settings.https);
    match enter(&state, action, token).await {
        Ok(access) => {
            request.extensions_mut().insert(access);
            next.run(request).await
        }
        Err(problem) => problem.into_response(),
    }
}

async fn enter(state: &AppState, action: Action, token: Option<SignInToken>) -> Result<Access, Problem> {
    let viewer = match token.clone() {
        None => Viewer::Anonymous,
        Some(token) => {
            let now = state.now();
            let account = state.blocking(move |state| token::account_of(&*state.registry, &token, now)).await??;
            account.map_or(Viewer::Anonymous, Viewer::SignedIn)
        }
    };
    authorize(&viewer, action, &Target::Own)?;
    let token = token.filter(|_| viewer != Viewer::Anonymous);
    Ok(Access { viewer, token, action })
}

impl<S: Sync> FromRequestParts<S> for Access {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        // Only a route outside the table could lack it, and the table is the only way to make one.
        parts.extensions.get::<Self>().cloned().ok_or_else(|| Kind::Forbidden.into())
    }
}
