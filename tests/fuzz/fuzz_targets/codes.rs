//! Any bytes into `jisr_fuzz_targets::codes`, which says what must hold.

#![no_main]

jisr_fuzz::fuzz!(codes);
