//! Styles and the sign, built into the program.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use crate::api::Path;
use crate::problem::{Kind, Problem};

const STYLE: &str = include_str!("../../static/jisr.css");
const SIGN: &str = include_str!("../../static/jisr.svg");

/// The style sheet's address. It bears a hash of the content, so that browsers may keep it for good.
pub(super) fn style_address() -> String {
    let hash = Sha256::digest(STYLE);
    format!("/static/jisr.css?v={}", HEXLOWER.encode(&hash[..6]))
}

/// One of the files pages refer to.
pub async fn asset(Path(file): Path<String>) -> Result<Response, Problem> {
    let (kind, text) = match file.as_str() {
        "jisr.css" => ("text/css; charset=utf-8", STYLE),
        "jisr.svg" => ("image/svg+xml", SIGN),
        _ => return Err(Kind::NotFound.into()),
    };
    let mut response = text.into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    let keep = HeaderValue::from_static("public, max-age=31536000, immutable");
    response.headers_mut().insert(header::CACHE_CONTROL, keep);
    Ok(response)
}
