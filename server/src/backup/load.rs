//! Putting a backup into an empty store.

use std::path::Path;

use jisr_sync_core::time::ServiceZone;

use super::file::open;
use super::item::Item;
use super::read::{Summary, read};
use super::{BackupError, Trouble};
use crate::progress::{Stage, Watch};
use crate::registry::{Entry, Transfer};
use crate::storage::{Append, Carried, EnvelopeId, LogAppend, StorageError, Walk};
use crate::verify::{repair, verify};

/// How many values are put with one commit, and how many bytes.
const COMMIT_VALUES_MAX: usize = 512;
const COMMIT_BYTES_MAX: usize = 1024 * 1024;

/// How many set-aside changes are looked at at once.
const PAGE: usize = 64;

/// What was put into a store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loaded {
    /// What the backup holds.
    pub summary: Summary,
    /// The text of the configuration file, if the backup has one.
    pub config: Option<String>,
    /// How many documents the logs made.
    pub documents: u64,
}

/// Puts a backup into a storage and a registry that are empty, builds what follows from the logs, and checks everything
/// against everything. The logs get the epochs of the storage they come into; all of them count as backed up.
///
/// # Errors
/// When the file is not sound, the store fails, what came of it does not agree with itself, or whoever watches asked to
/// stop: the store is then good for nothing and to be thrown away.
pub fn load(
    file: &Path,
    storage: &dyn Walk,
    registry: &dyn Transfer,
    zone: &ServiceZone,
    watch: &dyn Watch,
) -> Result<Loaded, BackupError> {
    let mut load =
        Load { storage, registry, append: Append::default(), entries: Vec::new(), pending: (0, 0), config: None };
    let opened = open(file, Stage::Load, watch);
    let summary = opened.and_then(|(from, mut bytes)| read(from, &mut bytes, |item| load.take(item)));
    let summary = summary.and_then(|summary| {
        load.flush()?;
        load.settle(&summary)?;
        Ok(summary)
    });
    let summary = summary.map_err(|trouble| trouble.about(file))?;
    let documents = repair(storage, zone, watch)?;
    let report = verify(storage, zone, watch)?;
    match report.faults.first() {
        None => Ok(Loaded { summary, config: load.config, documents }),
        Some(first) => {
            let more = report.faults.len() - 1 + usize::try_from(report.more_faults).unwrap_or(usize::MAX);
            Err(BackupError::Disagrees { first: first.to_string(), more })
        }
    }
}

struct Load<'a> {
    storage: &'a dyn Walk,
    registry: &'a dyn Transfer,
    append: Append,
    entries: Vec<Entry>,
    /// Values and bytes that wait to be committed.
    pending: (usize, usize),
    config: Option<String>,
}

impl Load<'_> {
    fn take(&mut self, item: Item) -> Result<(), Trouble> {
        let bytes = match item {
            Item::Carried(carried) => self.carry(carried)?,
            Item::Registry(key, value) => {
                let bytes = key.len() + value.len();
                self.entries.push((key, value));
                bytes
            }
            Item::Config(text) => {
                self.config = Some(text);
                0
            }
            Item::Header(_) | Item::Head(..) | Item::End(_) => 0,
        };
        self.pending = (self.pending.0 + 1, self.pending.1 + bytes);
        if self.pending.0 >= COMMIT_VALUES_MAX || self.pending.1 >= COMMIT_BYTES_MAX {
            self.flush()?;
        }
        Ok(())
    }

    /// Adds a value to what is committed next; tells about how many bytes it has.
    fn carry(&mut self, carried: Carried) -> Result<usize, StorageError> {
        Ok(match carried {
            Carried::Mark(mark) => {
                self.append.marks.insert(mark.device, mark);
                0
            }
            Carried::SetAside(aside) => {
                let bytes = aside.bytes.len();
                self.append.set_aside.push(aside);
                bytes
            }
            // What was still aside when it was copied, and discarded before the decisions were, is discarded.
            Carried::Discarded(one) => {
                self.append.taken_in.push((one.hash, one.document));
                self.append.set_aside.retain(|aside| (aside.hash, aside.document) != (one.hash, one.document));
                self.append.discarded.push(one);
                0
            }
            Carried::Record(scope, record) => {
                let bytes = record.log.body.len();
                if !self.append.logs.contains_key(&scope) {
                    let after = self.storage.head(&scope)?;
                    self.append.logs.insert(scope.clone(), LogAppend { after, records: Vec::new() });
                }
                if let Some(log) = self.append.logs.get_mut(&scope) {
                    log.records.push(record);
                }
                bytes
            }
            Carried::Envelope(stored) => {
                let bytes = stored.len();
                self.append.envelopes.insert(EnvelopeId::of_bytes(&stored), stored);
                bytes
            }
            Carried::Actor(actor, device) => {
                self.append.actors.insert(actor, device);
                0
            }
        })
    }

    fn flush(&mut self) -> Result<(), Trouble> {
        self.pending = (0, 0);
        if !self.append.is_empty() {
            self.storage.append(&std::mem::take(&mut self.append))?;
        }
        if !self.entries.is_empty() {
            self.registry.put_entries(&std::mem::take(&mut self.entries))?;
        }
        Ok(())
    }

    /// Lets go of what was set aside when it was copied and stands in a log by now, and notes what is backed up.
    fn settle(&self, summary: &Summary) -> Result<(), StorageError> {
        let mut after = None;
        loop {
            let page = self.storage.set_aside_after(after, PAGE)?;
            let Some(last) = page.last() else { break };
            after = Some((last.hash, last.document));
            let mut taken_in = Vec::new();
            for aside in page {
                if self.storage.change(&aside.hash, &aside.document)?.is_some() {
                    taken_in.push((aside.hash, aside.document));
                }
            }
            if !taken_in.is_empty() {
                self.storage.append(&Append { taken_in, ..Append::default() })?;
            }
        }
        self.storage.append(&Append { backed_up: summary.heads.clone(), ..Append::default() })
    }
}
