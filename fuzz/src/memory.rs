//! Counts the memory that is asked for, so that an input that makes the program ask for much is a find.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// The system's allocator, and how much it has given out now and at most.
struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;
static NOW: AtomicUsize = AtomicUsize::new(0);
static MOST: AtomicUsize = AtomicUsize::new(0);
/// No single piece of memory is larger: what asks for more is stopped there, where one can see who it was.
const LARGEST: usize = 1 << 30;

/// What a reader takes before the first byte, and for each byte at most: a key of two letters is a text and its count. libFuzzer
/// limits what the process has in all.
const ROOM: usize = 24 << 20;
/// What unpacks may be 16 MB however small it is, and is held up to four times while columns are made of it.
const UNPACKED: usize = 64 << 20;
const EACH_BYTE: usize = 512;

fn count(bytes: usize) {
    if bytes >= LARGEST {
        // No panic goes through an allocator.
        eprintln!("{bytes} bytes were asked for at once");
        std::process::abort();
    }
    let now = NOW.fetch_add(bytes, Relaxed) + bytes;
    if now > MOST.load(Relaxed) {
        MOST.store(now, Relaxed);
    }
}

// SAFETY: everything is passed on as it comes.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size());
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(layout.size());
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        NOW.fetch_sub(layout.size(), Relaxed);
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(size);
        NOW.fetch_sub(layout.size(), Relaxed);
        unsafe { System.realloc(pointer, layout, size) }
    }
}

/// Runs something, and sees to it that it asks for no more than goes with an input of so many bytes.
pub fn within(bytes: usize, unpacks: bool, run: impl FnOnce()) {
    let room = if unpacks { ROOM + UNPACKED } else { ROOM };
    let before = NOW.load(Relaxed);
    MOST.store(before, Relaxed);
    run();
    let most = MOST.load(Relaxed) - before;
    assert!(most <= room + EACH_BYTE * bytes, "{most} bytes of memory for an input of {bytes} bytes");
}
