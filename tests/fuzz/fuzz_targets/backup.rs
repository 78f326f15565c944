//! Any bytes into `jisr_fuzz_targets::backup`, which says what must hold.

#![no_main]

jisr_fuzz::fuzz!(backup);
