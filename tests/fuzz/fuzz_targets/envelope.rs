//! Any bytes into `jisr_fuzz_targets::envelope`, which says what must hold.

#![no_main]

jisr_fuzz::fuzz!(envelope);
