//! Any bytes into `jisr_fuzz_targets::http_body`, which says what must hold.

#![no_main]

jisr_fuzz::fuzz!(http_body);
