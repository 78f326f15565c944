//! What every registry must keep to, as one suite that each implementation runs in its tests.
//!
//! It panics at the first broken promise; it is compiled for tests only.

use jisr_sync_core::id::DeviceId;
use jisr_sync_core::time::UnixMillis;

use super::{
    Account, AuditEntry, CodeHash, Deed, Device, DeviceKey, DeviceState, Enrolled, EnrolmentCode, NewDevice,
    PlannedShift, Registry, RegistryError, Role, SignIn, Standing, Territory, TokenHash, Unit,
};

const NOW: UnixMillis = UnixMillis(1_795_392_000_000);
const LATER: UnixMillis = UnixMillis(1_795_392_000_001);
const CODE: &str = "7KQ2-M9XD-0VTB-3HRN";

/// Runs the suite against registries that `open` makes anew, each from a seed.
///
/// # Panics
/// At the first promise that is broken.
pub(super) fn check<R: Registry>(open: impl Fn(u64) -> R) {
    units_are_kept_and_never_replaced(&open(1));
    a_code_enrols_one_device_and_no_second(&open(2));
    a_code_ends_with_its_time(&open(3));
    revocation_takes_every_scope(&open(4));
    a_key_is_one_device_however_often_it_is_enrolled(&open(5));
    plans_belong_to_their_day(&open(6));
    accounts_and_sign_ins_are_kept(&open(7));
    the_audit_log_reads_newest_first(&open(8));
}

fn unit(id: &str) -> Unit {
    Unit {
        id: id.parse().unwrap(),
        name_ar: "وحدة أزيلال".to_owned(),
        name_fr: "Unité d'Azilal".to_owned(),
        province: "azilal".parse().unwrap(),
        night: true,
    }
}

fn code(expires_at: UnixMillis) -> EnrolmentCode {
    EnrolmentCode {
        hash: CodeHash::of_typed(CODE).unwrap(),
        unit: "azilal-1".parse().unwrap(),
        device_name: "phone 1".to_owned(),
        issued_by: None,
        expires_at,
    }
}

fn phone(seed: u8) -> NewDevice {
    let key = ed25519_dalek::SigningKey::from_bytes(&[seed; 32]).verifying_key().to_bytes();
    NewDevice { key: DeviceKey::new(key).unwrap(), name: None }
}

fn id(byte: u8) -> DeviceId {
    DeviceId::from_bytes([byte; 16])
}

fn enrolled(registry: &impl Registry) -> Device {
    registry.add_unit(&unit("azilal-1")).unwrap();
    let code = code(LATER);
    registry.issue_code(&code).unwrap();
    registry.enrol(&code.hash, &phone(1), id(1), NOW).unwrap().device
}

fn units_are_kept_and_never_replaced(registry: &impl Registry) {
    registry.add_unit(&unit("azilal-2")).unwrap();
    registry.add_unit(&unit("azilal-1")).unwrap();

    let again = registry.add_unit(&Unit { night: false, ..unit("azilal-1") });
    let nameless = registry.add_unit(&Unit { name_ar: " ".to_owned(), ..unit("azilal-3") });

    assert!(matches!(again, Err(RegistryError::Exists { .. })), "{again:?}");
    assert!(matches!(nameless, Err(RegistryError::Text { .. })), "{nameless:?}");
    assert_eq!(registry.units().unwrap(), [unit("azilal-1"), unit("azilal-2")]);
    assert_eq!(registry.unit(&"azilal-1".parse().unwrap()).unwrap(), Some(unit("azilal-1")));
}

fn a_code_enrols_one_device_and_no_second(registry: &impl Registry) {
    let unknown = registry.issue_code(&code(LATER));
    let first = enrolled(registry);
    let hash = code(LATER).hash;

    let repeated = registry.enrol(&hash, &phone(1), id(2), NOW).unwrap();
    let stranger = registry.enrol(&hash, &phone(2), id(3), NOW);
    registry.revoke_device(id(1), NOW).unwrap();
    let revoked = registry.enrol(&hash, &phone(1), id(4), NOW);

    assert!(matches!(unknown, Err(RegistryError::Unknown { .. })), "a code for no unit: {unknown:?}");
    assert_eq!(first.name, "phone 1");
    assert_eq!(repeated, Enrolled { device: first.clone(), repeated: true }, "a lost answer can be asked for again");
    assert!(matches!(stranger, Err(RegistryError::Code)), "{stranger:?}");
    assert!(matches!(revoked, Err(RegistryError::Code)), "{revoked:?}");
    assert_eq!(registry.devices().unwrap().len(), 1);
}

fn a_code_ends_with_its_time(registry: &impl Registry) {
    registry.add_unit(&unit("azilal-1")).unwrap();
    let code = code(NOW);
    registry.issue_code(&code).unwrap();

    let late = registry.enrol(&code.hash, &phone(1), id(1), NOW);

    assert!(matches!(late, Err(RegistryError::Code)), "{late:?}");
    assert_eq!(registry.devices().unwrap(), []);
}

fn revocation_takes_every_scope(registry: &impl Registry) {
    let device = enrolled(registry);

    let revoked = registry.revoke_device(device.id, NOW).unwrap();
    let again = registry.revoke_device(device.id, LATER).unwrap();
    let nobody = registry.revoke_device(id(9), NOW);

    assert_eq!(device.scopes().len(), 2);
    assert_eq!(revoked.scopes(), []);
    assert_eq!(again.state, DeviceState::Revoked { revoked_at: NOW });
    assert_eq!(registry.device(device.id).unwrap(), Some(revoked));
    assert!(matches!(nobody, Err(RegistryError::Unknown { .. })), "{nobody:?}");
}

fn a_key_is_one_device_however_often_it_is_enrolled(registry: &impl Registry) {
    let device = enrolled(registry);
    registry.add_unit(&unit("azilal-2")).unwrap();
    registry.revoke_device(device.id, NOW).unwrap();
    let [second, third] = ["7KQ2-M9XD-0VTB-3HRA", "7KQ2-M9XD-0VTB-3HRB"].map(|text| CodeHash::of_typed(text).unwrap());
    for hash in [second, third] {
        let code = EnrolmentCode { hash, unit: "azilal-2".parse().unwrap(), ..code(LATER) };
        registry.issue_code(&code).unwrap();
    }

    let again = registry.enrol(&second, &phone(1), device.id, NOW).unwrap();
    let taken_over = registry.enrol(&third, &phone(2), device.id, NOW);

    assert!(again.device.is_active() && !again.repeated);
    assert_eq!(again.device.unit.as_str(), "azilal-2");
    assert!(matches!(taken_over, Err(RegistryError::Exists { .. })), "{taken_over:?}");
    assert_eq!(registry.devices().unwrap(), [again.device]);
}

fn plans_belong_to_their_day(registry: &impl Registry) {
    registry.add_unit(&unit("azilal-1")).unwrap();
    let tour = PlannedShift {
        unit: "azilal-1".parse().unwrap(),
        day: "2026-11-23".parse().unwrap(),
        start: NOW,
        end: UnixMillis(NOW.0 + 8 * 3_600_000),
    };

    registry.add_plan(&tour).unwrap();
    registry.add_plan(&tour).unwrap();
    let backwards = registry.add_plan(&PlannedShift { end: NOW, ..tour.clone() });
    let unknown = registry.add_plan(&PlannedShift { unit: "azilal-9".parse().unwrap(), ..tour.clone() });

    assert_eq!(registry.plan(tour.day).unwrap(), std::slice::from_ref(&tour));
    assert_eq!(registry.plan(tour.day.next()).unwrap(), []);
    assert!(matches!(backwards, Err(RegistryError::Span)), "{backwards:?}");
    assert!(matches!(unknown, Err(RegistryError::Unknown { .. })), "{unknown:?}");

    let later = PlannedShift { start: LATER, ..tour.clone() };
    registry.add_plan(&later).unwrap();
    registry.remove_plan(&tour).unwrap();
    let again = registry.remove_plan(&tour);
    assert_eq!(registry.plan(tour.day).unwrap(), [later], "of this start only");
    assert!(matches!(again, Err(RegistryError::Unknown { .. })), "{again:?}");
}

fn accounts_and_sign_ins_are_kept(registry: &impl Registry) {
    let account = Account {
        standing: Standing::default(),
        name: "fatima".parse().unwrap(),
        password_hash: "hash".to_owned(),
        territory: Territory::Region,
        role: Role::Supervisor,
    };
    let (old, new) = (TokenHash::of(b"old"), TokenHash::of(b"new"));
    let sign_in = SignIn { account: account.name.clone(), opened_at: NOW, used_at: NOW };

    registry.add_account(&account).unwrap();
    let again = registry.add_account(&account);
    registry.put_sign_in(&old, &sign_in).unwrap();
    registry.put_sign_in(&new, &SignIn { used_at: LATER, ..sign_in }).unwrap();
    let swept = registry.sweep_sign_ins(LATER).unwrap();

    assert!(matches!(again, Err(RegistryError::Exists { .. })), "{again:?}");
    let ended = Account { standing: Standing { disabled: true, since: NOW }, ..account.clone() };
    registry.change_account(&ended).unwrap();
    assert_eq!(registry.accounts().unwrap(), [ended]);
    let unknown = Account { name: "nobody".parse().unwrap(), ..account };
    assert!(matches!(registry.change_account(&unknown), Err(RegistryError::Unknown { .. })));
    assert_eq!(swept, 1);
    assert_eq!(registry.sign_in(&old).unwrap(), None);
    assert!(registry.sign_in(&new).unwrap().is_some());
    registry.remove_sign_in(&new).unwrap();
    assert_eq!(registry.sign_in(&new).unwrap(), None);
}

fn the_audit_log_reads_newest_first(registry: &impl Registry) {
    let entry = |at, target: &str| AuditEntry {
        at,
        by: None,
        deed: Deed::DeviceRevoked,
        target: target.to_owned(),
        because: None,
    };
    registry.append_audit(&entry(NOW, "a")).unwrap();
    registry.append_audit(&entry(NOW, "b")).unwrap();
    registry.append_audit(&entry(LATER, "c")).unwrap();

    let newest: Vec<String> = registry.audit(2).unwrap().into_iter().map(|entry| entry.target).collect();

    assert_eq!(newest, ["c", "b"]);
    assert_eq!(registry.audit(10).unwrap().len(), 3);
}
