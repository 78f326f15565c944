//! Compares what is set aside with how it is counted and found. Changes nothing.

use std::collections::{BTreeMap, BTreeSet};

use jisr_sync_core::id::{DeviceId, DocumentId};
use jisr_sync_core::time::UnixMillis;

use super::{Fault, PAGE, Part, Report, undamaged};
use crate::storage::{AsideTally, StorageError, Walk};

/// Compares what is set aside with how it is counted and found.
pub(super) fn check(storage: &dyn Walk, report: &mut Report) -> Result<(), StorageError> {
    report.set_aside = storage.set_aside_count()?;
    let Some(listed) = list(storage)? else {
        report.fault(Fault::Unreadable { what: Part::SetAside });
        return Ok(());
    };
    let total = listed.values().map(|(tally, _)| tally.changes).sum();
    if total != report.set_aside {
        report.fault(Fault::SetAside { counted: report.set_aside, listed: total });
    }
    for (device, (tally, documents)) in listed {
        let counted = undamaged(storage.set_aside_tally(&device))? == Some(tally);
        let found = undamaged(storage.set_aside_by(&device, UnixMillis(i64::MIN)))? == Some(documents);
        if !counted || !found {
            report.fault(Fault::SetAsideOf { device });
        }
    }
    Ok(())
}

/// How much of what is set aside each device is charged with, and the documents of what each wrote.
type ListedAside = BTreeMap<DeviceId, (AsideTally, BTreeSet<DocumentId>)>;

/// `None` when some of it does not read.
fn list(storage: &dyn Walk) -> Result<Option<ListedAside>, StorageError> {
    let (mut listed, mut last) = (ListedAside::new(), None);
    loop {
        let Some(page) = undamaged(storage.set_aside_after(last, PAGE.records))? else { return Ok(None) };
        let Some(end) = page.last() else { return Ok(Some(listed)) };
        last = Some((end.hash, end.document));
        for aside in page {
            let (tally, _) = listed.entry(aside.charged_to()).or_default();
            *tally = tally.with(aside.bytes.len());
            listed.entry(aside.author).or_default().1.insert(aside.document);
        }
    }
}
