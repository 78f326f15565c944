//! The most memory that work on this thread held at once.
//!
//! Counts what is asked of the allocator, thread by thread. Does not see the stack, or what an allocator keeps for
//! itself.
#![allow(unsafe_code, reason = "a global allocator is unsafe to implement; this one only counts and passes on")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

thread_local! {
    static HELD: Cell<isize> = const { Cell::new(0) };
    static PEAK: Cell<isize> = const { Cell::new(0) };
}

fn count(bytes: isize) {
    // A thread that is ending may have no counters any more.
    let _ = HELD.try_with(|held| {
        held.set(held.get() + bytes);
        let _ = PEAK.try_with(|peak| peak.set(peak.get().max(held.get())));
    });
}

fn size(bytes: usize) -> isize {
    isize::try_from(bytes).unwrap_or(isize::MAX)
}

// SAFETY: every call is passed on to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(size(layout.size()));
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        count(-size(layout.size()));
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // For a moment both may be held.
        count(size(new_size));
        count(-size(layout.size()));
        unsafe { System.realloc(pointer, layout, new_size) }
    }
}

/// Does `work`, which must not hold more than `bytes_max` at once beyond what was held before.
///
/// # Panics
/// When it did.
pub fn within<T>(bytes_max: usize, work: impl FnOnce() -> T) -> T {
    let before = HELD.get();
    PEAK.set(before);
    let result = work();
    let peak = usize::try_from(PEAK.get() - before).unwrap_or(0);
    assert!(peak <= bytes_max, "{peak} bytes were held at once, more than {bytes_max}");
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_that_is_held_for_a_moment_is_counted() {
        let million = || drop(std::hint::black_box(vec![1u8; 1_000_000]));

        within(1_100_000, million);
        let refused = std::panic::catch_unwind(|| within(900_000, million));

        assert!(refused.is_err());
    }
}
