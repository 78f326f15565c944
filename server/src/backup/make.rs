//! Writing what is kept, in the order that makes the copy consistent while others write (see [`super`]).

use std::io::Write;

use jisr_sync_core::change::RawChange;
use jisr_sync_core::id::ScopeId;
use jisr_sync_core::sync::{Cursor, LogKind, body_hash};
use jisr_sync_core::time::UnixMillis;

use super::Trouble;
use super::frame::FrameWriter;
use super::item::{Header, Item};
use crate::progress::{Count, Stage, Watch};
use crate::registry::Transfer;
use crate::storage::{Carried, ReadLimit, StorageError, StoredRecord, Walk};

/// How much of a log is read at once.
const LOG_PAGE: ReadLimit = ReadLimit { records: 256, bytes: 1024 * 1024 };

/// How many other values are read at once: proofs and set-aside changes can be long.
const PAGE: usize = 64;

/// What a backup is made of.
#[derive(Clone, Copy)]
pub struct Source<'a> {
    /// The records.
    pub storage: &'a dyn Walk,
    /// The registry.
    pub registry: &'a dyn Transfer,
    /// The text of the configuration file, if there is one.
    pub config: Option<&'a str>,
    /// The time by the server's clock.
    pub made_at: UnixMillis,
}

/// Writes everything to `out` and gives it back.
pub(super) fn write<W: Write>(source: &Source<'_>, out: W, watch: &dyn Watch) -> Result<W, Trouble> {
    let mut copy = Copy { out: FrameWriter::begin(out)?, counts: Vec::new(), watch };
    let program = env!("CARGO_PKG_VERSION").to_owned();
    copy.put(&Item::Header(Header { server: source.registry.server_id(), made_at: source.made_at, program }))?;
    for mark in source.storage.device_marks()? {
        copy.carry(Carried::Mark(mark))?;
    }
    copy.set_aside(source.storage)?;
    copy.logs(source.storage)?;
    let mut others = Count::begin(watch, Stage::CopyOthers, None)?;
    copy.proofs(source.storage, &mut others)?;
    copy.registry(source.registry, &mut others)?;
    if let Some(text) = source.config {
        copy.put(&Item::Config(text.to_owned()))?;
    }
    copy.discarded(source.storage)?;
    let last = Item::End(copy.counts).to_bytes();
    Ok(copy.out.finish(&last)?)
}

struct Copy<'w, W> {
    out: FrameWriter<W>,
    watch: &'w dyn Watch,
    /// How many values each section has so far.
    counts: Vec<(u8, u64)>,
}

impl<W: Write> Copy<'_, W> {
    fn put(&mut self, item: &Item) -> Result<(), Trouble> {
        let section = item.section();
        match self.counts.last_mut() {
            Some((last, count)) if *last == section => *count += 1,
            _ => self.counts.push((section, 1)),
        }
        Ok(self.out.put(section, &item.to_bytes())?)
    }

    fn carry(&mut self, carried: Carried) -> Result<(), Trouble> {
        self.put(&Item::Carried(carried))
    }

    fn set_aside(&mut self, storage: &dyn Walk) -> Result<(), Trouble> {
        let (mut after, mut count) = (None, Count::begin(self.watch, Stage::CopyAside, None)?);
        loop {
            let page = storage.set_aside_after(after, PAGE)?;
            let Some(last) = page.last() else { return Ok(()) };
            after = Some((last.hash, last.document));
            count.add(page.len() as u64)?;
            page.into_iter().try_for_each(|aside| self.carry(Carried::SetAside(aside)))?;
        }
    }

    fn discarded(&mut self, storage: &dyn Walk) -> Result<(), Trouble> {
        let mut after = None;
        loop {
            let page = storage.discarded_after(after, PAGE)?;
            let Some(last) = page.last() else { return Ok(()) };
            after = Some((last.hash, last.document));
            page.into_iter().try_for_each(|one| self.carry(Carried::Discarded(one)))?;
        }
    }

    fn logs(&mut self, storage: &dyn Walk) -> Result<(), Trouble> {
        let heads = storage.heads()?;
        for (scope, head) in &heads {
            self.put(&Item::Head(scope.clone(), head.number, head.chain))?;
        }
        let total = heads.iter().map(|(_, head)| head.number).sum();
        let mut count = Count::begin(self.watch, Stage::CopyRecords, Some(total))?;
        for (scope, head) in &heads {
            self.log(storage, scope, head, &mut count)?;
        }
        Ok(())
    }

    fn log(
        &mut self,
        storage: &dyn Walk,
        scope: &ScopeId,
        head: &Cursor,
        count: &mut Count<'_>,
    ) -> Result<(), Trouble> {
        let mut at = Cursor::start(head.epoch);
        while at.number < head.number {
            let page = storage.log_after(scope, at.number, LOG_PAGE)?;
            for record in page.into_iter().take_while(|record| record.log.number <= head.number) {
                if !follows(&at, &record) {
                    let id = format!("{scope} {}", record.log.number);
                    return Err(StorageError::Damaged { what: "log record", id }.into());
                }
                at = record.cursor(&at);
                self.carry(Carried::Record(scope.clone(), record))?;
                count.add(1)?;
            }
        }
        Ok(())
    }

    fn proofs(&mut self, storage: &dyn Walk, count: &mut Count<'_>) -> Result<(), Trouble> {
        let mut after = None;
        loop {
            let page = storage.envelopes_after(after.as_ref(), PAGE)?;
            let Some((last, _)) = page.last() else { break };
            after = Some(*last);
            count.add(page.len() as u64)?;
            page.into_iter().try_for_each(|(_, stored)| self.carry(Carried::Envelope(stored)))?;
        }
        let mut after = None;
        loop {
            let page = storage.actors_after(after.as_ref(), PAGE)?;
            let Some((last, _)) = page.last() else { return Ok(()) };
            after = Some(*last);
            count.add(page.len() as u64)?;
            page.into_iter().try_for_each(|(actor, device)| self.carry(Carried::Actor(actor, device)))?;
        }
    }

    fn registry(&mut self, registry: &dyn Transfer, count: &mut Count<'_>) -> Result<(), Trouble> {
        let mut after: Option<Vec<u8>> = None;
        loop {
            let page = registry.entries_after(after.as_deref(), PAGE)?;
            let Some((last, _)) = page.last() else { return Ok(()) };
            after = Some(last.clone());
            count.add(page.len() as u64)?;
            page.into_iter().try_for_each(|(key, value)| self.put(&Item::Registry(key, value)))?;
        }
    }
}

/// Whether a record is the next one after a place, and its bytes have its hash.
pub(super) fn follows(at: &Cursor, record: &StoredRecord) -> bool {
    let log = &record.log;
    let hashed = match log.kind {
        LogKind::Change if log.is_withheld() => true,
        LogKind::Change => RawChange::inspect(&log.body).is_ok_and(|change| change.hash() == log.hash),
        _ => body_hash(&log.body) == log.hash,
    };
    hashed && log.number == at.number + 1 && log.chain == at.chain.next(log.kind, &log.document, &log.hash)
}
