//! Reading a backup: every check the file allows, value by value.
//!
//! Nothing read here may be believed before the whole file was read without a fault: whoever puts a backup back checks
//! all of it first ([`super::check_file`]) and then reads it a second time.

use std::collections::BTreeMap;
use std::io::Read;

use jisr_sync_core::id::ScopeId;
use jisr_sync_core::sync::{Chain, Cursor, Epoch};
use minicbor::Decoder;

use super::Fault;
use super::frame::{Chunk, FrameReader};
use super::item::{HEADS, Header, Item, RECORDS};
use super::make::follows;
use crate::progress::{Count, Stopped};
use crate::storage::Carried;

/// What a sound backup holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// Who made it, and when.
    pub header: Header,
    /// The number of the last record of each scope's log.
    pub heads: BTreeMap<ScopeId, u64>,
    /// How many log records there are.
    pub records: u64,
    /// How many changes are set aside.
    pub set_aside: u64,
    /// Length of the file, in bytes.
    pub bytes: u64,
}

/// Reads a backup from its first byte to its last, counts its bytes, and hands every value to `visit`.
pub(super) fn read<E: From<Fault> + From<Stopped>>(
    from: impl Read,
    bytes: &mut Count<'_>,
    mut visit: impl FnMut(Item) -> Result<(), E>,
) -> Result<Summary, E> {
    let mut frames = FrameReader::begin(from)?;
    let mut check = Check::default();
    while let Some(chunk) = frames.next()? {
        let mut decoder = Decoder::new(&chunk.values);
        while decoder.position() < chunk.values.len() {
            let item = Item::read(chunk.section, &mut decoder).ok_or_else(|| unread(&chunk))?;
            check.see(&item, &chunk)?;
            visit(item)?;
        }
        bytes.reach(frames.bytes())?;
    }
    bytes.reach(frames.bytes())?;
    Ok(check.summary(frames.bytes())?)
}

fn unread(chunk: &Chunk) -> Fault {
    Fault::Value { section: chunk.section, number: chunk.number }
}

/// What was seen so far.
#[derive(Default)]
struct Check {
    header: Option<Header>,
    counts: Vec<(u8, u64)>,
    ends: BTreeMap<ScopeId, (u64, Chain)>,
    reached: BTreeMap<ScopeId, Cursor>,
    counted: bool,
}

impl Check {
    fn see(&mut self, item: &Item, chunk: &Chunk) -> Result<(), Fault> {
        match item {
            Item::Header(header) if self.header.is_none() => self.header = Some(header.clone()),
            _ if self.header.is_none() || matches!(item, Item::Header(_)) => return Err(unread(chunk)),
            Item::Head(scope, number, chain) => {
                let twice = self.ends.insert(scope.clone(), (*number, *chain));
                twice.map_or(Ok(()), |_| Err(unread(chunk)))?;
            }
            Item::Carried(Carried::Record(scope, record)) => {
                // The epoch is no part of a backup: what a log goes by here is number and chain.
                let at = self.reached.entry(scope.clone()).or_insert(Cursor::start(Epoch::from_bytes([0; 8])));
                if !follows(at, record) {
                    return Err(Fault::Record { scope: scope.clone(), number: record.log.number });
                }
                *at = record.cursor(at);
            }
            Item::End(counts) if *counts != self.counts => return Err(Fault::Counts),
            Item::End(_) => self.counted = true,
            _ => {}
        }
        match self.counts.last_mut() {
            Some((section, count)) if *section == item.section() => *count += 1,
            _ => self.counts.push((item.section(), 1)),
        }
        Ok(())
    }

    fn summary(self, bytes: u64) -> Result<Summary, Fault> {
        let count = |section| self.counts.iter().find(|(at, _)| *at == section).map_or(0, |(_, count)| *count);
        for (scope, (number, chain)) in &self.ends {
            let reached = self.reached.get(scope).map_or((0, Chain::START), |at| (at.number, at.chain));
            if reached != (*number, *chain) {
                return Err(Fault::Head { scope: scope.clone() });
            }
        }
        if !self.counted || self.reached.len() > self.ends.len() || count(HEADS) != self.ends.len() as u64 {
            return Err(Fault::Counts);
        }
        let (records, set_aside) = (count(RECORDS), count(super::item::SET_ASIDE));
        let heads = self.ends.into_iter().map(|(scope, (number, _))| (scope, number)).collect();
        let header = self.header.ok_or(Fault::NoBackup)?;
        Ok(Summary { header, heads, records, set_aside, bytes })
    }
}
