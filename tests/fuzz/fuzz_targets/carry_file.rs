//! Any bytes into `jisr_fuzz_targets::carry_file`, which says what must hold.

#![no_main]

jisr_fuzz::fuzz!(carry_file);
