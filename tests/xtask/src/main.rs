//! Jisr's demo, test and maintenance commands.

fn main() {}
