//! Devices and a server in memory, through the façade and the real protocol.

mod merging;
mod promises;
mod support;
mod trouble;
