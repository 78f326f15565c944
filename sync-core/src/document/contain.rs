//! Keeps a panic of Automerge inside.
//!
//! Automerge answers some bytes with a panic. It is caught, and it is not printed, since its message may hold what the
//! record says. The process's panic hook is replaced once by one that keeps silent during contained work on that
//! thread and otherwise does what the former one did.
//!
//! A stack overflow and a failed allocation cannot be contained: the gate's limits keep clear of them. In a browser no
//! panic can be; there the core runs in a worker that is started again, and the change it fell over is set aside.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;

#[cfg(all(not(target_family = "wasm"), panic = "abort"))]
compile_error!(
    "panic = \"abort\" is forbidden here: one hostile change would end the process; the gate relies on unwinding"
);

thread_local! {
    static CONTAINING: Cell<bool> = const { Cell::new(false) };
}

/// A panic that was caught. What the work had in hand may be half done: drop it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::document) struct Contained;

/// Does `work`; a panic in it becomes an error and prints nothing.
///
/// Whatever `work` changed outside itself must not be used after an error.
pub(in crate::document) fn contain<T>(work: impl FnOnce() -> T) -> Result<T, Contained> {
    quieten();
    let outer = CONTAINING.replace(true);
    let result = catch_unwind(AssertUnwindSafe(work));
    CONTAINING.set(outer);
    result.map_err(|_| Contained)
}

/// Replaces the panic hook, the first time.
fn quieten() {
    static ONCE: Once = Once::new();
    // Without unwinding the message is all that is left of a panic: let it be printed.
    if cfg!(panic = "abort") {
        return;
    }
    ONCE.call_once(install);
}

fn install() {
    let former = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        // A thread that is ending has no flag any more.
        if !CONTAINING.try_with(Cell::get).unwrap_or(false) {
            former(panic);
        }
    }));
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn a_panic_inside_is_an_error_and_the_next_work_goes_on() {
        assert_eq!(contain(|| -> u8 { panic!("of somebody's record") }), Err(Contained));
        assert_eq!(contain(|| 7), Ok(7));
        assert!(!CONTAINING.get());
    }

    #[test]
    fn a_contained_panic_prints_nothing_and_another_is_still_reported() {
        static REPORTED: AtomicUsize = AtomicUsize::new(0);
        let former = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if panic.payload_as_str() == Some("counted") {
                REPORTED.fetch_add(1, Ordering::SeqCst);
            } else {
                former(panic);
            }
        }));
        install();

        let inside = contain(|| panic!("counted"));
        let reported_inside = REPORTED.load(Ordering::SeqCst);
        let outside = catch_unwind(|| panic!("counted"));

        assert!(inside.is_err() && outside.is_err());
        assert_eq!((reported_inside, REPORTED.load(Ordering::SeqCst)), (0, 1));
    }
}
