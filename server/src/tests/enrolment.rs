//! How devices become known, through the API.

use axum::http::StatusCode;
use jisr_sync_core::sync::enrolment_proof;
use jisr_sync_core::time::UnixMillis;
use rand::SeedableRng;
use rand::rngs::StdRng;
use serde_json::{Value, json};

use super::{NOW, TestServer};
use crate::registry::{AuditLog, CODE_HOURS_VALID, CodeSecret, Deed, EnrolmentCode, Fleet};

fn issue(server: &TestServer) -> String {
    let secret = CodeSecret::random(&mut StdRng::seed_from_u64(5));
    let code = EnrolmentCode {
        hash: secret.hash(),
        unit: "azilal-1".parse().unwrap(),
        device_name: "Samsung A05".to_owned(),
        issued_by: None,
        expires_at: UnixMillis(NOW.0 + i64::from(CODE_HOURS_VALID) * 3_600_000),
    };
    server.registry.issue_code(&code).unwrap();
    secret.spell()
}

fn request(code: &str, seed: u8) -> Value {
    let key = ed25519_dalek::SigningKey::from_bytes(&[seed; 32]);
    let public_key = data_encoding::HEXLOWER.encode(key.verifying_key().as_bytes());
    json!({ "code": code, "public_key": public_key, "proof": enrolment_proof(code, &key) })
}

#[tokio::test]
async fn a_device_enrols_and_learns_what_it_needs() {
    let server = TestServer::start();
    let code = issue(&server);

    let answer = server.post_json("/api/v1/enrol", &request(&code.to_lowercase(), 1)).await;

    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    let json = answer.json();
    assert_eq!(json["unit"], "azilal-1");
    assert_eq!(json["name"], "Samsung A05");
    assert_eq!(json["scopes"], json!(["unit/azilal-1", "province/azilal"]));
    assert_eq!(json["server_id"], server.registry.server_id().to_string());
    assert_eq!(json["server_time"], NOW.0);
    let device = json["device_id"].as_str().unwrap().parse().unwrap();
    assert!(server.registry.device(device).unwrap().unwrap().is_active());
    assert_eq!(server.registry.audit(1).unwrap()[0].deed, Deed::DeviceEnrolled);
}

#[tokio::test]
async fn a_code_is_for_one_device_which_may_ask_again() {
    let server = TestServer::start();
    let code = issue(&server);

    let first = server.post_json("/api/v1/enrol", &request(&code, 1)).await;
    let again = server.post_json("/api/v1/enrol", &request(&code, 1)).await;
    let other = server.post_json("/api/v1/enrol", &request(&code, 2)).await;

    assert_eq!(first.json()["device_id"], again.json()["device_id"]);
    assert_eq!(other.status, StatusCode::FORBIDDEN);
    assert_eq!(other.json()["code"], "code-invalid");
    assert_eq!(server.registry.devices().unwrap().len(), 1);
}

#[tokio::test]
async fn a_code_ends_after_a_day() {
    let server = TestServer::start();
    let code = issue(&server);
    server.pass_minutes(i64::from(CODE_HOURS_VALID) * 60);

    let late = server.post_json("/api/v1/enrol", &request(&code, 1)).await;

    assert_eq!((late.status, &late.json()["code"]), (StatusCode::FORBIDDEN, &json!("code-invalid")));
    assert_eq!(server.registry.devices().unwrap(), []);
}

#[tokio::test]
async fn a_key_that_is_none_is_refused_and_uses_nothing_up() {
    let server = TestServer::start();
    let code = issue(&server);
    for key in ["", "00", &"00".repeat(32), &"zz".repeat(32)] {
        let mut broken = request(&code, 1);
        broken["public_key"] = json!(key);
        let answer = server.post_json("/api/v1/enrol", &broken).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{key}");
    }

    assert_eq!(server.post_json("/api/v1/enrol", &request(&code, 1)).await.status, StatusCode::OK);
}

/// A public key is no secret: it stands in the certificate that a device shows to others.
#[tokio::test]
async fn nobody_enrols_the_key_of_another() {
    let server = TestServer::start();
    let code = issue(&server);
    let mut stolen = request(&code, 1);
    stolen["proof"] = request(&code, 2)["proof"].clone();
    let mut old = request(&code, 1);
    old["proof"] = request("0000-0000-0000-0000", 1)["proof"].clone();

    for forged in [stolen, old] {
        let answer = server.post_json("/api/v1/enrol", &forged).await;
        assert_eq!((answer.status, &answer.json()["code"]), (StatusCode::BAD_REQUEST, &json!("malformed")));
    }

    assert_eq!(server.registry.devices().unwrap(), []);
    assert_eq!(server.post_json("/api/v1/enrol", &request(&code, 1)).await.status, StatusCode::OK, "the code is good");
}

#[tokio::test]
async fn guessing_codes_is_slowed_down() {
    let server = TestServer::start();
    let mut refused = 0;
    for _ in 0..40 {
        let answer = server.post_json("/api/v1/enrol", &request("0000-0000-0000-0000", 1)).await;
        refused += u32::from(answer.status == StatusCode::TOO_MANY_REQUESTS);
    }

    assert!(refused >= 9, "{refused}");
}
