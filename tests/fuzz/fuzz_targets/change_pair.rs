//! Any bytes into `jisr_fuzz_targets::change_pair`, which says what must hold.

#![no_main]

jisr_fuzz::fuzz!(change_pair);
