//! What was acknowledged survives: killed processes, cut power, full disks, flipped bytes.

mod child;
mod device_cuts;
mod flips;
mod full_disk;
mod full_service;
mod kills;
mod night;
mod power_cuts;
mod server_cuts;
