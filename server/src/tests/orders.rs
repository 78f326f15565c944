//! What whoever runs the server orders: provinces, devices by what they are called, accounts that end and come back.

use axum::http::StatusCode;

use super::TestServer;
use crate::access::hash_password;
use crate::admin::{Order, OrderError, Outcome, Refusal, perform};
use crate::registry::{Account, CodeSecret, DeviceKey, EnrolmentCode, Fleet, NewDevice, Role, Standing, Unit};
use jisr_sync_core::id::DeviceId;
use jisr_sync_core::time::UnixMillis;

fn refusal(done: Result<Outcome, OrderError>) -> (Refusal, String) {
    match done {
        Err(OrderError::Refused { why, about }) => (why, about),
        other => panic!("{other:?}"),
    }
}

fn unit(province: &str, new_province: bool) -> Order {
    let name = || "Unit".to_owned();
    let unit = Unit {
        id: format!("{province}-9").parse().unwrap(),
        name_ar: name(),
        name_fr: name(),
        province: province.parse().unwrap(),
        night: false,
    };
    Order::AddUnit { unit, new_province }
}

fn account(territory: &str) -> Account {
    Account {
        name: "fatima".parse().unwrap(),
        password_hash: hash_password("bridge over water").unwrap(),
        territory: territory.parse().unwrap(),
        role: Role::Supervisor,
        standing: Standing::default(),
    }
}

fn enrol(server: &TestServer, number: u8, name: &str) -> DeviceId {
    let mut rng = rand::rng();
    let code = EnrolmentCode {
        hash: CodeSecret::random(&mut rng).hash(),
        unit: "azilal-1".parse().unwrap(),
        device_name: name.to_owned(),
        issued_by: None,
        expires_at: UnixMillis(i64::MAX),
    };
    server.registry.issue_code(&code).unwrap();
    let key = ed25519_dalek::SigningKey::from_bytes(&[number; 32]).verifying_key().to_bytes();
    let device = NewDevice { key: DeviceKey::new(key).unwrap(), name: None };
    server.registry.enrol(&code.hash, &device, DeviceId::from_bytes([number; 16]), UnixMillis(0)).unwrap().device.id
}

#[test]
fn a_province_nobody_named_before_is_refused_with_those_known_unless_it_is_meant() {
    let server = TestServer::start();

    let (why, known) = refusal(perform(&server.state, unit("azila", false), &crate::progress::unwatched()));
    assert_eq!(why, Refusal::Province);
    assert!(known.starts_with("azilal, beni-mellal, "), "{known}");
    assert_eq!(
        refusal(perform(&server.state, Order::AddAccount(account("province/azila")), &crate::progress::unwatched())).0,
        Refusal::Province
    );
    assert_eq!(
        refusal(perform(&server.state, Order::AddAccount(account("unit/azila-1")), &crate::progress::unwatched())).0,
        Refusal::Unknown
    );

    perform(&server.state, unit("azila", true), &crate::progress::unwatched()).unwrap();
    perform(&server.state, Order::AddAccount(account("province/azila")), &crate::progress::unwatched()).unwrap();
    perform(&server.state, unit("khouribga", false), &crate::progress::unwatched()).unwrap();
}

#[test]
fn a_device_is_retired_by_its_name_or_the_beginning_of_its_id_and_twice_says_so() {
    let server = TestServer::start();
    let (one, other) = (enrol(&server, 1, "phone"), enrol(&server, 2, "phone"));
    let revoke = |called: &str| perform(&server.state, Order::Revoke(called.to_owned()), &crate::progress::unwatched());

    let (why, devices) = refusal(revoke("phone"));
    assert_eq!(why, Refusal::Ambiguous);
    assert!(devices.contains(&one.to_string()) && devices.contains(&other.to_string()), "{devices}");
    assert_eq!(refusal(revoke("0")).0, Refusal::Unknown, "too short to name anything");
    let beginning = one.to_string()[..8].to_owned();
    assert!(matches!(revoke(&beginning).unwrap(), Outcome::Revoked { device, before: false } if device.id == one));
    assert!(matches!(revoke(&beginning).unwrap(), Outcome::Revoked { before: true, .. }));
    assert!(matches!(revoke("phone").unwrap(), Outcome::Revoked { device, before: false } if device.id == other));
    assert!(server.registry.devices().unwrap().iter().all(|device| !device.is_active()));
}

#[tokio::test]
async fn an_account_that_was_ended_signs_in_no_more_until_it_gets_another_password() {
    let server = TestServer::start();
    let visitor = server.signed_in(Role::Supervisor, "region");
    let name = || "supervisor.region".parse().unwrap();
    let sees = async || server.get("/api/v1/activity?day=2026-11-23", Some(&visitor)).await.status;
    let signs_in = async |password: &str| {
        server.post_form("/sign-in", &format!("name=supervisor.region&password={password}"), None).await.status
    };
    assert_eq!(sees().await, StatusCode::OK);

    server.pass_minutes(1);
    perform(&server.state, Order::DisableAccount(name()), &crate::progress::unwatched()).unwrap();
    assert_eq!(sees().await, StatusCode::UNAUTHORIZED, "the sign-in it had has ended");
    let password_hash = hash_password("bridge over water").unwrap();
    perform(&server.state, Order::ResetPassword { name: name(), password_hash }, &crate::progress::unwatched())
        .unwrap();
    assert_eq!(sees().await, StatusCode::UNAUTHORIZED, "and does not come back");
    assert_eq!(signs_in("bridge+over+water").await, StatusCode::SEE_OTHER);
    perform(&server.state, Order::DisableAccount(name()), &crate::progress::unwatched()).unwrap();
    assert_eq!(signs_in("bridge+over+water").await, StatusCode::UNAUTHORIZED);
    let Outcome::Accounts(listed) = perform(&server.state, Order::Accounts, &crate::progress::unwatched()).unwrap()
    else {
        panic!("a list")
    };
    assert!(listed.iter().any(|line| line.name == name() && line.disabled));
}
