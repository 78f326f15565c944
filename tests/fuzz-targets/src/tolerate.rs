//! Panics of Automerge in the harness's own preparations, where nothing of Jisr stands before it.
//!
//! **Never around what is tested:** there a panic is a finding.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

thread_local! {
    static TOLERATING: Cell<bool> = const { Cell::new(false) };
}

/// Does `work`; `None` when it panicked. The panic reaches no other hook, so that the fuzzer does not end on it.
pub fn tolerate<T>(work: impl FnOnce() -> T) -> Option<T> {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let former = take_hook();
        set_hook(Box::new(move |panic| {
            if !TOLERATING.try_with(Cell::get).unwrap_or(false) {
                former(panic);
            }
        }));
    });
    let outer = TOLERATING.replace(true);
    let result = catch_unwind(AssertUnwindSafe(work));
    TOLERATING.set(outer);
    result.ok()
}
