//! Any bytes into `jisr_fuzz_targets::change`, which says what must hold.

#![no_main]

jisr_fuzz::fuzz!(change);
