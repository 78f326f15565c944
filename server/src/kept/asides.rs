//! What was set aside, as people are shown it: whose it is, why, and what its bytes would change. Never what they say.

use std::collections::BTreeSet;

use jisr_sync_core::id::{DeviceId, ScopeId};
use jisr_sync_core::sync::ReasonCode;
use jisr_sync_core::time::{ServiceZone, UnixMillis};

use crate::merge::{Merge, Ruled};
use crate::ports::{AsideFilter, AsideLine, AsidePage, AsideView, PARKED_LONG_MS, RecordsError};
use crate::registry::{Fleet, RegistryError};
use crate::storage::{ADMINISTRATOR, AsideName, SetAside, Storage, StorageError};

/// How many are read at once.
const PAGE: usize = 256;

/// How many are looked at for one page. What a filter leaves of more is on the next.
const LOOKED_AT_MAX: usize = 4_096;

/// How many of one name are told apart.
const NAMED_MAX: usize = 16;

/// A page of what was set aside, newest first, of the scopes and authors that `may` allows.
pub(super) fn page(
    storage: &dyn Storage,
    filter: &AsideFilter,
    may: &dyn Fn(&ScopeId, DeviceId) -> bool,
    now: UnixMillis,
) -> Result<AsidePage, StorageError> {
    let (mut asides, mut before, mut looked_at) = (Vec::new(), filter.before, 0);
    loop {
        let read = storage.set_aside_list(before.as_ref(), PAGE)?;
        let last = read.len() < PAGE;
        for aside in read {
            if asides.len() >= filter.limit || looked_at >= LOOKED_AT_MAX {
                return Ok(AsidePage { asides, next: before });
            }
            if filter.since.is_some_and(|since| aside.received_at < since) {
                return Ok(AsidePage { asides, next: None });
            }
            before = Some(aside.place());
            looked_at += 1;
            if filter.takes(&aside) && may(&aside.scope, aside.author) {
                asides.push(line(&aside, now));
            }
        }
        if last {
            return Ok(AsidePage { asides, next: None });
        }
    }
}

/// Those of one name: one, when the name is long enough.
pub(super) fn named(storage: &dyn Storage, name: &AsideName, now: UnixMillis) -> Result<Vec<AsideLine>, StorageError> {
    let found = storage.set_aside_starting(&name.start, NAMED_MAX)?;
    let meant = found.iter().filter(|aside| name.record.is_none_or(|record| aside.document == record));
    Ok(meant.map(|aside| line(aside, now)).collect())
}

/// One of them, with what would come of a release, found out in a scratch document.
pub(super) fn view(
    storage: &dyn Storage,
    fleet: &dyn Fleet,
    zone: &ServiceZone,
    of: &AsideLine,
    now: UnixMillis,
) -> Result<Option<AsideView>, RecordsError> {
    let Some(aside) = storage.set_aside(&of.hash, &of.record)? else { return Ok(None) };
    let device =
        fleet.device(aside.author).map_err(|error: RegistryError| RecordsError::Unavailable(error.to_string()))?;
    let mut merge = Merge::new(storage, zone);
    let (fields, bar) = match merge.foresee(&aside)? {
        Ruled::LetIn => (Some(merge.fields_of(&aside.document, &aside.hash)), None),
        Ruled::Waits => (None, Some(ReasonCode::MISSING_DEPENDENCY.to_owned())),
        Ruled::Refused(reason) => (None, Some(reason)),
        Ruled::Known | Ruled::Discarded | Ruled::Unknown => (None, Some(aside.reason.clone())),
    };
    let fields = fields.map(|paths| {
        let names = paths.iter().filter_map(|path| path.split('/').next()).filter(|name| !name.starts_with('_'));
        names.map(str::to_owned).collect::<BTreeSet<_>>()
    });
    Ok(Some(AsideView {
        line: line(&aside, now),
        device_name: device.as_ref().map(|device| device.name.clone()),
        device_unit: device.map(|device| device.unit),
        brought_by: Some(aside.brought_by).filter(|by| *by != ADMINISTRATOR),
        fields,
        releasable: bar.is_none(),
        bar,
    }))
}

fn line(aside: &SetAside, now: UnixMillis) -> AsideLine {
    let parked = aside.reason == ReasonCode::MISSING_DEPENDENCY;
    AsideLine {
        scope: aside.scope.clone(),
        record: aside.document,
        hash: aside.hash,
        device: aside.author,
        reason: aside.reason.clone(),
        received_at: aside.received_at,
        bytes: aside.bytes.len() as u64,
        waits_long: parked && now.0.saturating_sub(aside.received_at.0) > PARKED_LONG_MS,
    }
}
