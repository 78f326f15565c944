//! Any bytes into `jisr_fuzz_targets::document`, which says what must hold.

#![no_main]

jisr_fuzz::fuzz!(document);
