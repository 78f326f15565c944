//! Offline-first device SDK and field command line of Jisr.
