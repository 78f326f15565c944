//! Jisr's workloads and their measurements.

fn main() {}
