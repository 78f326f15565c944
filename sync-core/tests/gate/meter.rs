//! Measures what some work costs: wall time, and the most memory it held at once on its thread.
//!
//! Counts what is asked of the allocator, thread by thread, so that tests that run side by side do not disturb each
//! other. Does not see the stack, or what an allocator keeps for itself.
#![allow(unsafe_code, reason = "a global allocator is unsafe to implement; this one only counts and passes on")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::time::{Duration, Instant};

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

fn size(layout: Layout) -> isize {
    isize::try_from(layout.size()).unwrap_or(isize::MAX)
}

// SAFETY: every call is passed on to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(size(layout));
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        count(-size(layout));
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // For a moment both may be held.
        count(isize::try_from(new_size).unwrap_or(isize::MAX));
        count(-size(layout));
        unsafe { System.realloc(pointer, layout, new_size) }
    }
}

/// What some work cost.
#[derive(Debug, Clone, Copy)]
pub struct Cost {
    pub time: Duration,
    /// The most bytes held at once, beyond those held before.
    pub memory: usize,
}

/// Does `work` and measures it.
#[allow(clippy::disallowed_methods, reason = "a measurement needs a clock; nothing is decided by it but hangs")]
pub fn measure<T>(work: impl FnOnce() -> T) -> (T, Cost) {
    let before = HELD.get();
    PEAK.set(before);
    let start = Instant::now();
    let result = work();
    let time = start.elapsed();
    let memory = usize::try_from(PEAK.get() - before).unwrap_or(0);
    (result, Cost { time, memory })
}

#[test]
fn memory_that_is_held_for_a_moment_is_counted() {
    let (_, cost) = measure(|| drop(std::hint::black_box(vec![1u8; 1_000_000])));

    assert!((1_000_000..1_100_000).contains(&cost.memory), "{cost:?}");
}
