//! The addresses programs use: devices that enrol and sync, readers of figures and records, health, the description.

mod activity;
mod asides;
mod carry;
mod enrol;
mod health;
mod openapi;
mod record;
mod sync;

pub use activity::{ActivityQuery, activity, read_day};
pub use asides::{
    ASIDES_MAX, AsideQuery, aside, asides, decide_aside, discard, may_decide, read_aside, read_asides, release,
};
pub use carry::{CARRY_CONTENT_TYPE, carry};
pub use enrol::{EnrolAnswer, EnrolRequest, enrol};
pub use health::{live, ready};
pub use openapi::{describe, openapi};
pub use record::{read_record, record, target_of};
pub use sync::{CONTENT_TYPE, sync};

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use crate::problem::{Kind, Problem};

/// A JSON body, or a problem.
pub struct Json<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        use axum::extract::rejection::JsonRejection;
        match axum::Json::<T>::from_request(request, state).await {
            Ok(axum::Json(value)) => Ok(Self(value)),
            Err(JsonRejection::MissingJsonContentType(_)) => Err(Kind::UnsupportedMediaType.into()),
            Err(JsonRejection::BytesRejection(_)) => Err(Kind::TooLarge.into()),
            Err(_) => Err(Kind::Malformed.into()),
        }
    }
}

/// What an address's query says, or a problem.
pub struct Query<T>(pub T);

impl<S: Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let query = axum::extract::Query::try_from_uri(&parts.uri).map_err(|_| Kind::Malformed)?;
        Ok(Self(query.0))
    }
}

/// A piece of an address's path, or: there is nothing here.
pub struct Path<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = axum::extract::Path::<T>::from_request_parts(parts, state).await.map_err(|_| Kind::NotFound)?;
        Ok(Self(path.0))
    }
}
