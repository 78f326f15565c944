//! Any bytes into `jisr_fuzz_targets::request_stream`, which says what must hold.

#![no_main]

jisr_fuzz::fuzz!(request_stream);
