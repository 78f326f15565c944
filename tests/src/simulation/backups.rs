//! Backup files of the server, and servers built from them: the real code of both, over the simulated disk.
//!
//! The files are real, in the server's folder. What the program does beside, moving folders, is the business of the tests of
//! `restore`; here it is what devices do with a server that forgot something, or does not know them.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use anyhow::Result;
use jisr_durable_kv::Kv;
use jisr_server::backup::{Pattern, Source, check_file, load, make_file};
use jisr_server::progress::Unwatched;
use jisr_server::registry::{AuditEntry, AuditLog, Deed, KvRegistry};
use jisr_server::storage::{Append, KvStorage, ReadLimit, Storage};
use jisr_sync_core::id::{ChangeHash, DocumentId};
use jisr_sync_core::sync::{Digest, LogKind};
use jisr_sync_core::time::UnixMillis;
use rand::RngExt;

use super::base::Running;
use super::disk::{Image, SimDisk};
use super::world::{DAY, Event, MINUTE, World};

/// How many backup files are kept.
const FILES_MAX: usize = 3;

impl World {
    /// Plans the next backup.
    pub(super) fn plan_backup(&mut self) {
        if self.plan.backups_a_day > 0 {
            let mean = DAY / i64::from(self.plan.backups_a_day);
            let delay = self.rng.random_range(MINUTE..2 * mean);
            self.after(delay, Event::Backup);
        }
    }

    /// Makes a backup, if the server runs and its disk lets it.
    pub(super) fn back_up(&mut self) {
        self.plan_backup();
        let Some(running) = &self.base.running else { return };
        self.numbers += 1;
        let file = self.base.folder.path().join(format!("backup-{}", self.numbers));
        let made = back_up(running, &file, UnixMillis(self.now()));
        self.note(format!("a backup, {}", if made.is_ok() { "made" } else { "refused" }));
        if made.is_ok() {
            self.count("backups", 1);
        }
        if file.exists() {
            self.backups.push(file);
            if self.backups.len() > FILES_MAX {
                // The newest stays: what left the phones since the one before is in no other.
                let gone = self.backups.remove(self.rng.random_range(0..FILES_MAX));
                let _ = std::fs::remove_file(gone);
            }
        }
        self.base_after_step();
    }

    /// Builds the server anew from one of its backups; whether there is one.
    pub(super) fn restore_backup(&mut self) -> bool {
        if self.backups.is_empty() {
            return false;
        }
        let chosen = self.rng.random_range(0..self.backups.len());
        let is_newest = chosen + 1 == self.backups.len() && !self.restored;
        let file = self.backups[chosen].clone();
        self.base_off(5 * MINUTE);
        match self.built_from(&file) {
            Ok(image) => self.base.disk.put_back(image),
            Err(error) => self.breaks(format!("a backup cannot be put back: {error:#}")),
        }
        if is_newest {
            self.check_left();
        }
        true
    }

    /// What has left a phone is in the newest backup, whole: the server was just put back to that.
    fn check_left(&mut self) {
        let Ok(storage) = KvStorage::open(self.base.disk.clone(), &mut self.rng) else { return };
        let Ok(logged) = logged(&storage) else { return self.breaks("a restored log cannot be read".to_owned()) };
        let is_whole = |id: &DocumentId, left: Digest| {
            let mut sum = Digest::default();
            let mut hashes = logged.get(id).into_iter().flatten();
            // It left with what the log had by then.
            hashes.any(|hash| {
                sum.add(hash);
                sum == left
            })
        };
        let mut lacking = None;
        for (number, phone) in self.phones.iter().enumerate() {
            let left = phone.local.as_ref().map(|local| local.left_sums()).unwrap_or_default();
            let lacks = |(id, sum): &(DocumentId, Digest)| !self.ledger.moved.contains(id) && !is_whole(id, *sum);
            lacking = lacking.or_else(|| left.into_iter().find(lacks).map(|(id, _)| (number, id)));
        }
        if let Some((number, id)) = lacking {
            self.breaks(format!("{id} has left phone {number}, and the newest backup does not have all of it"));
        }
    }

    /// The store that a restore makes of a file.
    fn built_from(&mut self, file: &Path) -> Result<Image> {
        let disk = Arc::new(SimDisk::new());
        let kv: Arc<dyn Kv> = disk.clone();
        let summary = check_file(file, &Unwatched)?;
        let registry = KvRegistry::open_as(kv.clone(), summary.header.server, &mut self.rng)?;
        let storage = KvStorage::open(kv, &mut self.rng)?;
        load(file, &storage, &registry, &self.zone, &Unwatched)?;
        let (at, deed, target) = (UnixMillis(self.now()), Deed::Restored, "backup".to_owned());
        registry.append_audit(&AuditEntry { at, by: None, deed, target, because: None })?;
        Ok(disk.image())
    }
}

/// The changes of each document, in the order of its log.
fn logged(storage: &KvStorage) -> Result<BTreeMap<DocumentId, Vec<ChangeHash>>> {
    let mut logged: BTreeMap<DocumentId, Vec<ChangeHash>> = BTreeMap::new();
    for scope in storage.scopes()? {
        let all = ReadLimit { records: usize::MAX, bytes: usize::MAX };
        for record in storage.log_after(&scope, 0, all)? {
            if record.log.kind == LogKind::Change && !record.log.is_withheld() {
                logged.entry(record.log.document).or_default().push(record.log.hash);
            }
        }
    }
    Ok(logged)
}

/// Makes a backup file, and then tells devices up to where everything is in it.
fn back_up(running: &Running, file: &Path, made_at: UnixMillis) -> Result<()> {
    let source = Source { storage: &*running.storage, registry: &*running.fleet, config: None, made_at };
    let made = make_file(&source, &Pattern::of(file)?, None, &Unwatched)?;
    let mut backed_up = BTreeMap::new();
    for (scope, number) in made.summary.heads {
        if number > running.storage.backed_up(&scope)? {
            backed_up.insert(scope, number);
        }
    }
    if !backed_up.is_empty() {
        running.storage.append(&Append { backed_up, ..Append::default() })?;
    }
    Ok(())
}
