//! What the server tells an enrolled device so that others of its service know it without a network.

use jisr_sync_core::sync::{Certified, Credentials};
use jisr_sync_core::time::UnixMillis;

use crate::registry::{Device, Fleet};

/// A device's certificate, made `now`, with the key it is checked by and the one that files are sealed to. `None` for
/// a device that was revoked.
pub fn credentials(fleet: &dyn Fleet, device: &Device, now: UnixMillis) -> Option<Credentials> {
    let keys = fleet.service_keys();
    let key = device.key.verifying_key();
    let (server, unit) = (fleet.server_id(), device.unit.clone());
    let certified = Certified::new(server, device.id, &key, unit, device.scopes(), now);
    let certificate = certified.sign(&keys.signing);
    let known = Credentials::new(certificate, &keys.signing.verifying_key(), keys.seal.recipient()?);
    device.is_active().then_some(known)
}
