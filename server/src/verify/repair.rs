//! Building anew what follows from the logs, and what follows from the changes that are set aside.

use jisr_sync_core::time::ServiceZone;

use super::logs::{Logs, records};
use super::{CheckError, PAGE, Report, ShiftDays, history};
use crate::progress::{Count, Stage, Watch};
use crate::rows::Draft;
use crate::storage::{Append, Walk};

/// How many documents are written with one commit.
const DOCUMENTS_A_COMMIT: usize = 256;

/// Drops documents, rows, the ways to find them, the index of changes and the digests, and builds them from the logs;
/// drops the ways to find what is set aside and its counts, and builds them from what is set aside.
///
/// The server must not be running: nobody may write meanwhile. A repair that is cut is repeated as a whole. Returns
/// how many documents were built; one whose log does not make it is left out, and a check names it.
///
/// # Errors
/// When the store fails, or whoever watches asked to stop: what follows from the logs is then there by half, and only a
/// repair that ends, or throwing the store away, makes it good.
pub fn repair(storage: &dyn Walk, zone: &ServiceZone, watch: &dyn Watch) -> Result<u64, CheckError> {
    storage.drop_derived()?;
    storage.index_set_aside()?;
    let scopes = storage.scopes()?;
    let mut count = Count::begin(watch, Stage::Index, Some(records(storage, &scopes)?))?;
    for scope in scopes {
        let mut number = 0;
        loop {
            let page = storage.log_after(&scope, number, PAGE)?;
            let Some(last) = page.last() else { break };
            number = last.log.number;
            storage.index_records(&scope, &page)?;
            count.add(page.len() as u64)?;
        }
    }
    // What is wrong with the logs themselves, a check tells; here they are only read.
    let logs = Logs::read(storage, &mut Report::default(), watch)?;
    build(storage, zone, &logs, watch)
}

fn build(storage: &dyn Walk, zone: &ServiceZone, logs: &Logs, watch: &dyn Watch) -> Result<u64, CheckError> {
    let (mut days, mut append, mut built) = (ShiftDays::default(), Append::default(), 0);
    let mut count = Count::begin(watch, Stage::Build, Some(logs.len()))?;
    for (id, place) in logs.documents() {
        count.add(1)?;
        let Some((saved, document)) = history(storage, place)?.and_then(|made| made.build(*id, &place.scope)) else {
            continue;
        };
        let draft = Draft::of(&saved, &document, zone);
        let day = match draft.shift() {
            Some(shift) => days.of(storage, zone, logs, &shift)?,
            None => None,
        };
        append.rows.insert(*id, draft.finish(day, zone));
        append.documents.insert(*id, saved);
        built += 1;
        if append.documents.len() >= DOCUMENTS_A_COMMIT {
            storage.append(&std::mem::take(&mut append))?;
        }
    }
    if !append.is_empty() {
        storage.append(&append)?;
    }
    Ok(built)
}
