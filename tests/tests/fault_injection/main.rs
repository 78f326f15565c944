//! What was acknowledged survives: killed processes, cut power, full disks, flipped bytes.

mod child;
mod device;
mod device_cuts;
mod device_kills;
mod flips;
mod full_disk;
mod full_service;
mod night;
mod patience;
mod server_cuts;
mod server_kills;
mod store_cuts;
mod store_kills;
mod tally;
