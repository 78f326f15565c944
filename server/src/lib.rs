//! Jisr's server: merges, keeps and shows what the vans recorded.

pub mod registry;
