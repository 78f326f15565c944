//! Any bytes into `jisr_fuzz_targets::answer_stream`, which says what must hold.

#![no_main]

jisr_fuzz::fuzz!(answer_stream);
