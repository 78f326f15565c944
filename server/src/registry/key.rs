//! The registry's keys. All start with `R`; the second byte says what is kept.
//!
//! Numbers are big-endian, so that keys sort as what they stand for.

use jisr_sync_core::id::{DeviceId, UnitId};
use jisr_sync_core::time::{OperationalDay, UnixMillis};

use super::{AccountName, CodeHash, TokenHash};

pub(super) const SERVER: &[u8] = b"Ri";
pub(super) const VOUCHER_KEY: &[u8] = b"Rv";
pub(super) const SIGNING_KEY: &[u8] = b"Rk";
pub(super) const SEAL_KEY: &[u8] = b"Rx";
pub(super) const UNITS: &[u8] = b"Ru";
pub(super) const DEVICES: &[u8] = b"Rd";
pub(super) const CODES: &[u8] = b"Rc";
pub(super) const PLANS: &[u8] = b"Rp";
pub(super) const ACCOUNTS: &[u8] = b"Ra";
pub(super) const SIGN_INS: &[u8] = b"Rs";
pub(super) const AUDIT: &[u8] = b"Rl";

fn join(prefix: &[u8], rest: &[u8]) -> Vec<u8> {
    [prefix, rest].concat()
}

pub(super) fn unit(id: &UnitId) -> Vec<u8> {
    join(UNITS, id.as_str().as_bytes())
}

pub(super) fn device(id: DeviceId) -> Vec<u8> {
    join(DEVICES, id.as_bytes())
}

pub(super) fn code(hash: &CodeHash) -> Vec<u8> {
    join(CODES, hash.as_bytes())
}

pub(super) fn account(name: &AccountName) -> Vec<u8> {
    join(ACCOUNTS, name.as_str().as_bytes())
}

pub(super) fn sign_in(token: &TokenHash) -> Vec<u8> {
    join(SIGN_INS, token.as_bytes())
}

/// The tours of one day: `Rp2026-11-23/`.
pub(super) fn plans_of(day: OperationalDay) -> Vec<u8> {
    join(PLANS, format!("{day}/").as_bytes())
}

pub(super) fn plan(day: OperationalDay, unit: &UnitId, start: UnixMillis) -> Vec<u8> {
    join(&plans_of(day), format!("{unit}/{:016x}", start.0).as_bytes())
}

/// Audit entries sort by time, then by the order in which they came.
pub(super) fn audit(at: UnixMillis, number: u64) -> Vec<u8> {
    let millis = u64::try_from(at.0).unwrap_or(0);
    [AUDIT, &millis.to_be_bytes(), &number.to_be_bytes()].concat()
}
