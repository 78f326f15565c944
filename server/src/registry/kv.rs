//! The registry in a store of keys and values, as JSON: small, readable in a rescue, and open to new fields.
//!
//! One mutex serialises what reads before it writes; plain reads take no lock.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ed25519_dalek::SigningKey;
use jisr_durable_kv::{Batch, Kv, after_prefix};
use jisr_sync_core::id::{DeviceId, UnitId};
use jisr_sync_core::sync::{ServerId, VoucherKey};
use jisr_sync_core::time::{OperationalDay, UnixMillis};
use rand::{Rng, RngExt};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::code::StoredCode;
use super::{
    Account, AccountName, Accounts, AuditEntry, AuditLog, CodeHash, Device, DeviceState, Enrolled, EnrolmentCode,
    Fleet, NewDevice, PlannedShift, RegistryError, SealKey, ServiceKeys, SignIn, TokenHash, Unit, key, unit,
};

/// More rows than any of the registry's lists may hold; a store with more is damaged.
const ROWS_MAX: usize = 100_000;

/// The registry in a store that others share. It touches only keys that start with `R`.
pub struct KvRegistry {
    pub(super) kv: Arc<dyn Kv>,
    server: ServerId,
    voucher_key: VoucherKey,
    service_keys: ServiceKeys,
    changing: Mutex<()>,
    audit_number: AtomicU64,
}

impl KvRegistry {
    /// Opens the registry in `kv`, and gives the store its server id when it has none.
    ///
    /// # Errors
    /// When the store fails or what it holds does not read.
    pub fn open(kv: Arc<dyn Kv>, rng: &mut impl Rng) -> Result<Self, RegistryError> {
        let drawn = ServerId::random(rng);
        Self::open_as(kv, drawn, rng)
    }

    /// As [`KvRegistry::open`]; a store that has no server id gets this one.
    ///
    /// # Errors
    /// As [`KvRegistry::open`].
    pub fn open_as(kv: Arc<dyn Kv>, new: ServerId, rng: &mut impl Rng) -> Result<Self, RegistryError> {
        let server = drawn_once(&*kv, key::SERVER, || *new.as_bytes())?;
        let server = ServerId::from_slice(&server).ok_or(RegistryError::Damaged { what: "server id" })?;
        let voucher_key = drawn_once(&*kv, key::VOUCHER_KEY, || *VoucherKey::random(rng).as_bytes())?;
        let voucher_key = voucher_key.try_into().map_err(|_| RegistryError::Damaged { what: "voucher key" })?;
        let signing = drawn_once(&*kv, key::SIGNING_KEY, || rng.random::<[u8; 32]>())?;
        let signing: [u8; 32] = signing.try_into().map_err(|_| RegistryError::Damaged { what: "signing key" })?;
        let seal = drawn_once(&*kv, key::SEAL_KEY, || *SealKey::random(rng).as_bytes())?;
        let seal: [u8; 32] = seal.try_into().map_err(|_| RegistryError::Damaged { what: "seal key" })?;
        let service_keys = ServiceKeys { signing: SigningKey::from_bytes(&signing), seal: SealKey::from_bytes(seal) };
        // Two entries of one millisecond in two runs of the server must not share a key.
        let audit_number = AtomicU64::new(rng.random::<u32>().into());
        Ok(Self {
            kv,
            server,
            voucher_key: VoucherKey::from_bytes(voucher_key),
            service_keys,
            changing: Mutex::new(()),
            audit_number,
        })
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, ()> {
        self.changing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn read<T: DeserializeOwned>(&self, key: &[u8], what: &'static str) -> Result<Option<T>, RegistryError> {
        self.kv.get(key)?.map(|bytes| decode(&bytes, what)).transpose()
    }

    fn list<T: DeserializeOwned>(&self, prefix: &[u8], what: &'static str) -> Result<Vec<T>, RegistryError> {
        let end = after_prefix(prefix).unwrap_or_default();
        let rows = self.kv.scan(prefix, &end, ROWS_MAX)?;
        rows.iter().map(|(_, bytes)| decode(bytes, what)).collect()
    }

    fn write<T: Serialize>(&self, key: Vec<u8>, value: &T, what: &'static str) -> Result<(), RegistryError> {
        let mut batch = Batch::new();
        batch.put(key, encode(value, what)?);
        Ok(self.kv.commit(batch)?)
    }

    fn add<T: Serialize>(&self, key: Vec<u8>, value: &T, what: &'static str, id: &str) -> Result<(), RegistryError> {
        let _guard = self.lock();
        if self.kv.get(&key)?.is_some() {
            return Err(RegistryError::Exists { what, id: id.to_owned() });
        }
        self.write(key, value, what)
    }

    /// The device that used this code before, when it is the one asking again.
    fn enrolled_before(&self, stored: &StoredCode, device: &NewDevice) -> Result<Option<Device>, RegistryError> {
        let Some(id) = stored.used_by else { return Ok(None) };
        let enrolled = self.device(id)?.ok_or(RegistryError::Code)?;
        let same = enrolled.key == device.key && enrolled.is_active();
        if same { Ok(Some(enrolled)) } else { Err(RegistryError::Code) }
    }
}

/// What stands at `key`, drawn when nothing does.
fn drawn_once<const N: usize>(
    kv: &dyn Kv,
    key: &[u8],
    draw: impl FnOnce() -> [u8; N],
) -> Result<Vec<u8>, RegistryError> {
    if let Some(bytes) = kv.get(key)? {
        return Ok(bytes);
    }
    let drawn = draw();
    let mut batch = Batch::new();
    batch.put(key, drawn);
    kv.commit(batch)?;
    Ok(drawn.to_vec())
}

fn decode<T: DeserializeOwned>(bytes: &[u8], what: &'static str) -> Result<T, RegistryError> {
    serde_json::from_slice(bytes).map_err(|_| RegistryError::Damaged { what })
}

fn encode<T: Serialize>(value: &T, what: &'static str) -> Result<Vec<u8>, RegistryError> {
    serde_json::to_vec(value).map_err(|_| RegistryError::Damaged { what })
}

fn unknown(what: &'static str, id: &impl ToString) -> RegistryError {
    RegistryError::Unknown { what, id: id.to_string() }
}

impl Fleet for KvRegistry {
    fn server_id(&self) -> ServerId {
        self.server
    }

    fn voucher_key(&self) -> VoucherKey {
        self.voucher_key.clone()
    }

    fn service_keys(&self) -> ServiceKeys {
        self.service_keys.clone()
    }

    fn units(&self) -> Result<Vec<Unit>, RegistryError> {
        self.list(key::UNITS, "unit")
    }

    fn unit(&self, id: &UnitId) -> Result<Option<Unit>, RegistryError> {
        self.read(&key::unit(id), "unit")
    }

    fn add_unit(&self, unit: &Unit) -> Result<(), RegistryError> {
        unit.check()?;
        self.add(key::unit(&unit.id), unit, "unit", unit.id.as_str())
    }

    fn devices(&self) -> Result<Vec<Device>, RegistryError> {
        self.list(key::DEVICES, "device")
    }

    fn device(&self, id: DeviceId) -> Result<Option<Device>, RegistryError> {
        self.read(&key::device(id), "device")
    }

    fn issue_code(&self, code: &EnrolmentCode) -> Result<(), RegistryError> {
        code.check()?;
        self.unit(&code.unit)?.ok_or_else(|| unknown("unit", &code.unit))?;
        let stored = StoredCode {
            unit: code.unit.clone(),
            device_name: code.device_name.clone(),
            issued_by: code.issued_by.clone(),
            expires_at: code.expires_at,
            used_by: None,
        };
        self.add(key::code(&code.hash), &stored, "code", "")
    }

    fn enrol(
        &self,
        code: &CodeHash,
        device: &NewDevice,
        id: DeviceId,
        now: UnixMillis,
    ) -> Result<Enrolled, RegistryError> {
        let _guard = self.lock();
        let code_key = key::code(code);
        let mut stored: StoredCode = self.read(&code_key, "code")?.ok_or(RegistryError::Code)?;
        if now >= stored.expires_at {
            return Err(RegistryError::Code);
        }
        if let Some(device) = self.enrolled_before(&stored, device)? {
            return Ok(Enrolled { device, repeated: true });
        }
        // Ids are of keys. An id whose key is another one is nobody's to take over.
        if self.device(id)?.is_some_and(|known| known.key != device.key) {
            return Err(RegistryError::Exists { what: "device", id: id.to_string() });
        }
        let name = device.name.clone().unwrap_or_else(|| stored.device_name.clone());
        unit::check_text("the device's name", &name)?;
        let of = self.unit(&stored.unit)?.ok_or_else(|| unknown("unit", &stored.unit))?;
        let enrolled = Device {
            id,
            name,
            unit: of.id,
            province: of.province,
            key: device.key,
            state: DeviceState::Active,
            enrolled_at: now,
        };
        stored.used_by = Some(id);
        let mut batch = Batch::new();
        batch.put(code_key, encode(&stored, "code")?);
        batch.put(key::device(id), encode(&enrolled, "device")?);
        self.kv.commit(batch)?;
        Ok(Enrolled { device: enrolled, repeated: false })
    }

    fn revoke_device(&self, id: DeviceId, now: UnixMillis) -> Result<Device, RegistryError> {
        let _guard = self.lock();
        let mut device = self.device(id)?.ok_or_else(|| unknown("device", &id))?;
        if device.is_active() {
            device.state = DeviceState::Revoked { revoked_at: now };
            self.write(key::device(id), &device, "device")?;
        }
        Ok(device)
    }

    fn move_device(&self, id: DeviceId, unit: &UnitId) -> Result<Device, RegistryError> {
        let _guard = self.lock();
        let mut device = self.device(id)?.ok_or_else(|| unknown("device", &id))?;
        let to = self.unit(unit)?.ok_or_else(|| unknown("unit", unit))?;
        if device.unit != to.id {
            device.unit = to.id;
            device.province = to.province;
            self.write(key::device(id), &device, "device")?;
        }
        Ok(device)
    }

    fn plan(&self, day: OperationalDay) -> Result<Vec<PlannedShift>, RegistryError> {
        self.list(&key::plans_of(day), "planned tour")
    }

    fn add_plan(&self, shift: &PlannedShift) -> Result<(), RegistryError> {
        shift.check()?;
        self.unit(&shift.unit)?.ok_or_else(|| unknown("unit", &shift.unit))?;
        self.write(key::plan(shift.day, &shift.unit, shift.start), shift, "planned tour")
    }

    fn remove_plan(&self, shift: &PlannedShift) -> Result<(), RegistryError> {
        let _guard = self.lock();
        let at = key::plan(shift.day, &shift.unit, shift.start);
        self.kv.get(&at)?.ok_or_else(|| unknown("planned tour", &format!("{} {}", shift.unit, shift.day)))?;
        let mut batch = Batch::new();
        batch.delete(at);
        Ok(self.kv.commit(batch)?)
    }
}

impl Accounts for KvRegistry {
    fn accounts(&self) -> Result<Vec<Account>, RegistryError> {
        self.list(key::ACCOUNTS, "account")
    }

    fn account(&self, name: &AccountName) -> Result<Option<Account>, RegistryError> {
        self.read(&key::account(name), "account")
    }

    fn add_account(&self, account: &Account) -> Result<(), RegistryError> {
        self.add(key::account(&account.name), account, "account", account.name.as_str())
    }

    fn change_account(&self, account: &Account) -> Result<(), RegistryError> {
        let _guard = self.lock();
        let key = key::account(&account.name);
        if self.kv.get(&key)?.is_none() {
            return Err(RegistryError::Unknown { what: "account", id: account.name.to_string() });
        }
        self.write(key, account, "account")
    }

    fn put_sign_in(&self, token: &TokenHash, sign_in: &SignIn) -> Result<(), RegistryError> {
        self.write(key::sign_in(token), sign_in, "sign-in")
    }

    fn sign_in(&self, token: &TokenHash) -> Result<Option<SignIn>, RegistryError> {
        self.read(&key::sign_in(token), "sign-in")
    }

    fn remove_sign_in(&self, token: &TokenHash) -> Result<(), RegistryError> {
        let mut batch = Batch::new();
        batch.delete(key::sign_in(token));
        Ok(self.kv.commit(batch)?)
    }

    fn sweep_sign_ins(&self, before: UnixMillis) -> Result<usize, RegistryError> {
        let _guard = self.lock();
        let end = after_prefix(key::SIGN_INS).unwrap_or_default();
        let mut batch = Batch::new();
        for (key, bytes) in self.kv.scan(key::SIGN_INS, &end, ROWS_MAX)? {
            let stale = decode::<SignIn>(&bytes, "sign-in").map_or(true, |sign_in| sign_in.used_at < before);
            if stale {
                batch.delete(key);
            }
        }
        let count = batch.len();
        if count > 0 {
            self.kv.commit(batch)?;
        }
        Ok(count)
    }
}

impl AuditLog for KvRegistry {
    fn append_audit(&self, entry: &AuditEntry) -> Result<(), RegistryError> {
        let number = self.audit_number.fetch_add(1, Ordering::Relaxed);
        self.write(key::audit(entry.at, number), entry, "audit entry")
    }

    fn audit(&self, limit: usize) -> Result<Vec<AuditEntry>, RegistryError> {
        let end = after_prefix(key::AUDIT).unwrap_or_default();
        let rows = self.kv.scan_back(key::AUDIT, &end, limit)?;
        rows.iter().map(|(_, bytes)| decode(bytes, "audit entry")).collect()
    }
}

#[cfg(test)]
mod tests {
    use jisr_durable_kv::MemoryKv;
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    use super::*;

    #[test]
    fn the_registry_over_memory_keeps_the_contract() {
        super::super::conformance_tests::check(|seed| {
            KvRegistry::open(Arc::new(MemoryKv::new()), &mut StdRng::seed_from_u64(seed)).unwrap()
        });
    }

    #[test]
    fn the_server_keeps_its_id_and_touches_only_its_own_keys() {
        let kv = Arc::new(MemoryKv::new());
        let first = KvRegistry::open(kv.clone(), &mut StdRng::seed_from_u64(1)).unwrap().server_id();

        let second = KvRegistry::open(kv.clone(), &mut StdRng::seed_from_u64(2)).unwrap().server_id();

        assert_eq!(first, second);
        assert!(kv.scan(b"", b"\xff", 100).unwrap().iter().all(|(key, _)| key[0] == b'R'));
    }
}
