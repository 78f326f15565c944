//! Any bytes into `jisr_fuzz_targets::record_json`, which says what must hold.

#![no_main]

jisr_fuzz::fuzz!(record_json);
