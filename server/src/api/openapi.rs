//! The API's description, made from the code. `docs/openapi.json` is kept equal to it by a test.

use utoipa::OpenApi;

/// Everything a program can ask.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Jisr",
        description = "Sync for outreach vans that work offline, and the merged day. Every error is a problem document \
                       (RFC 9457) with a stable code, in Arabic, French or English by Accept-Language. Addresses for \
                       people need the cookie of a sign-in."
    ),
    paths(
        super::enrol::enrol,
        super::sync::sync,
        super::carry::carry,
        super::activity::activity,
        super::record::record,
        super::asides::asides,
        super::asides::aside,
        super::asides::release,
        super::asides::discard,
        super::health::live,
        super::health::ready,
    )
)]
struct Description;

/// The description as pretty JSON, ending with a line feed.
pub fn describe() -> String {
    let mut text = Description::openapi().to_pretty_json().unwrap_or_default();
    text.push('\n');
    text
}

/// The description.
pub async fn openapi() -> axum::Json<utoipa::openapi::OpenApi> {
    axum::Json(Description::openapi())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checked_in_description_is_the_code() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/openapi.json");
        let kept = std::fs::read_to_string(path).unwrap_or_default();

        assert!(kept == describe(), "out of date; run: jisr-server openapi > docs/openapi.json");
    }

    #[test]
    fn every_api_route_is_described() {
        let described = Description::openapi();
        for route in crate::router::routes() {
            let api = route.path.starts_with("/api/") || route.path.starts_with("/health/");
            if api && route.path != "/api/v1/openapi.json" {
                assert!(described.paths.paths.contains_key(route.path), "{}", route.path);
            }
        }
    }
}
