//! What an enrolment link shows in a browser: how to use it on the device.
//!
//! The code stands behind `#` in the address, which browsers do not send: this page never learns it.

use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::response::Response;
use jisr_locales::Lang;

use super::Chrome;
use super::chrome::page;
use crate::problem::Problem;
use crate::registry::CODE_HOURS_VALID;
use crate::state::AppState;

#[derive(Template)]
#[template(path = "enrol.html")]
struct EnrolTemplate {
    c: Chrome,
    command: String,
    hours: u64,
}

/// The page.
pub async fn enrol_page(State(state): State<AppState>, Extension(lang): Extension<Lang>) -> Result<Response, Problem> {
    let command = format!("jisr enrol '{}/enrol#…'", state.settings.public_url);
    page(&EnrolTemplate { c: Chrome::new(lang, None, "/enrol"), command, hours: CODE_HOURS_VALID.into() })
}
