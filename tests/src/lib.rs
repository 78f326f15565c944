//! What holds across Jisr's crates: harness and tests.
