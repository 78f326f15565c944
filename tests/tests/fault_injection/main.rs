//! What was acknowledged survives: killed processes, cut power, full disks, flipped bytes.

mod child;
mod flips;
mod full_disk;
mod kills;
mod power_cuts;
