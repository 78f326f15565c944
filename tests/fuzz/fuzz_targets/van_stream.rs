//! Any bytes into `jisr_fuzz_targets::van_stream`, which says what must hold.

#![no_main]

jisr_fuzz::fuzz!(van_stream);
