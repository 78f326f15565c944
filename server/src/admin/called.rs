//! What people call provinces, territories and devices, found or refused with what there is.

use std::collections::BTreeSet;

use jisr_sync_core::id::ProvinceId;

use super::{OrderError, Refusal};
use crate::registry::{Device, Fleet, Registry, Territory};

/// The provinces the service began with. Data to notice a slip of the pen by, not a limit: a unit can be added in
/// another one on purpose, which is then known too.
const PROVINCES: [&str; 5] = ["azilal", "beni-mellal", "fquih-ben-salah", "khenifra", "khouribga"];

/// How much of an id names a device, in characters.
const ID_CHARS_MIN: usize = 4;

/// Refuses a province that nobody has named before.
pub(super) fn province(registry: &dyn Registry, asked: &ProvinceId) -> Result<(), OrderError> {
    let mut known: BTreeSet<String> = PROVINCES.into_iter().map(str::to_owned).collect();
    known.extend(registry.units()?.into_iter().map(|unit| unit.province.to_string()));
    if known.contains(&asked.to_string()) {
        return Ok(());
    }
    Err(OrderError::refused(Refusal::Province, known.into_iter().collect::<Vec<_>>().join(", ")))
}

/// Refuses a unit that is not there, or a province that nobody has named before.
pub(super) fn territory(registry: &dyn Registry, asked: &Territory) -> Result<(), OrderError> {
    match asked {
        Territory::Region => Ok(()),
        Territory::Province(asked) => province(registry, asked),
        Territory::Unit(unit) => match registry.unit(unit)? {
            Some(_) => Ok(()),
            None => Err(OrderError::refused(Refusal::Unknown, unit.to_string())),
        },
    }
}

/// The device of this name, or of an id that begins so. Of several with one name the active one is meant, if it is
/// the only one.
pub(super) fn device(fleet: &(impl Fleet + ?Sized), called: &str) -> Result<Device, OrderError> {
    let by_id = |device: &Device| called.len() >= ID_CHARS_MIN && device.id.to_string().starts_with(called);
    let all = fleet.devices()?;
    let mut found: Vec<Device> = all.into_iter().filter(|device| device.name == called || by_id(device)).collect();
    if found.iter().filter(|device| device.is_active()).count() == 1 {
        found.retain(Device::is_active);
    }
    match found.len() {
        1 => Ok(found.remove(0)),
        0 => Err(OrderError::refused(Refusal::Unknown, called)),
        _ => {
            let line = |device: &Device| format!("{} ({}, {})", device.id, device.name, device.unit);
            Err(OrderError::refused(Refusal::Ambiguous, found.iter().map(line).collect::<Vec<_>>().join("; ")))
        }
    }
}
