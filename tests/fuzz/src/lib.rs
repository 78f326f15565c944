//! libFuzzer around the targets of `jisr-fuzz-targets`. Needs a nightly compiler; `cargo xtask fuzz` runs it.
//!
//! # Contained panics pass, others end the run
//! Jisr contains panics of Automerge: `Document::admit` and `Document::restore` catch them. libFuzzer's crate does not know:
//! when it starts, it puts a panic hook in place that prints and **aborts before anything unwinds**, so that every
//! contained panic would count as a crash. Three things settle that, and no profile or flag is needed for it (cargo-fuzz
//! builds with `panic = "unwind"`; Jisr's core does not compile with `abort`):
//!
//! 1. What contains panics in Jisr also replaces the hook, at its first use, by one that is silent while the thread is
//!    inside contained work and otherwise does what the former hook did. Here the former hook is libFuzzer's. So a
//!    contained panic unwinds to whoever catches it, and any other (on any thread, in a handler whose panics the server
//!    would turn into an answer, too) reaches libFuzzer's hook and aborts: a finding.
//! 2. `jisr_fuzz_targets` does the same around its own preparations, and only there.
//! 3. That this is so is tried before the first input: see [`check_containment`].
//!
//! **Never here:** what is tried and what must hold; that is `jisr-fuzz-targets`.

pub use libfuzzer_sys;

/// Ends the process unless a panic of Automerge is contained under libFuzzer's hook: this one is, or the run ends here.
pub fn check_containment() {
    jisr_fuzz_targets::document(&[&[0][..], &jisr_fuzz_targets::panicking()].concat());
}

/// The whole program of a target.
#[macro_export]
macro_rules! fuzz {
    ($target:ident) => {
        $crate::libfuzzer_sys::fuzz_target!(
            init: $crate::check_containment(),
            |input: &[u8]| jisr_fuzz_targets::$target(input)
        );
    };
}
