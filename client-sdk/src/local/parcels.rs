//! Sealed files that are taken along for others, which only the server opens.
//!
//! **Never here:** what is in them; when they are handed in.

use jisr_sync_core::sync::CarryHeader;

use super::Local;
use crate::error::{Error, Result};
use crate::store::{Counters, PARCELS_MAX, StoreBatch};

impl Local {
    /// Takes a sealed file along. One that is here already is not kept twice.
    ///
    /// # Errors
    /// [`Error::CarryFile`], [`Error::CarryFileOtherServer`], [`Error::CarriedFull`], [`Error::NotEnrolled`], or when the
    /// store fails.
    pub fn take_along(&self, file: Vec<u8>) -> Result<CarryHeader> {
        let (header, _) = CarryHeader::read(&file)?;
        if header.server != self.enrolment()?.server_id {
            return Err(Error::CarryFileOtherServer);
        }
        let here = self.parcels().into_iter().map(|index| self.store.parcel(index));
        let here = here.collect::<std::result::Result<Vec<_>, _>>()?;
        if here.iter().flatten().any(|kept| *kept == file) {
            return Ok(header);
        }
        self.write(|_, held| {
            if held.parcels.len() >= PARCELS_MAX {
                return Err(Error::CarriedFull { records: held.parcels.len() });
            }
            let index = held.counters.next_carried;
            let counters = Counters { next_carried: index.saturating_add(1), ..held.counters };
            let parcels = [(index, Some(file))].into();
            Ok((StoreBatch { counters: Some(counters), parcels, ..StoreBatch::default() }, header))
        })
    }

    /// The sealed files that are taken along.
    pub fn parcels(&self) -> Vec<u64> {
        self.read_held().parcels.keys().copied().collect()
    }

    /// A sealed file, or `None` when it is not here any more.
    ///
    /// # Errors
    /// When the store fails.
    pub fn parcel(&self, index: u64) -> Result<Option<Vec<u8>>> {
        Ok(self.store.parcel(index)?)
    }

    /// The server has a sealed file, or has no use for it.
    ///
    /// # Errors
    /// When the store fails.
    pub fn drop_parcel(&self, index: u64) -> Result<()> {
        self.write(|_, _| Ok((StoreBatch { parcels: [(index, None)].into(), ..StoreBatch::default() }, ())))
    }
}
