//! A panic that the program catches is no find: the library that reads Parquet has many. libFuzzer's own hook would end the
//! process at each.

use std::backtrace::Backtrace;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind, set_hook};
use std::sync::Mutex;

static LAST: Mutex<String> = Mutex::new(String::new());

/// Remembers what a panic said instead of printing it.
pub fn install() {
    set_hook(Box::new(|panic| {
        let said = format!("{panic}\n{}", Backtrace::capture());
        if let Ok(mut last) = LAST.try_lock() {
            *last = said;
        }
    }));
}

/// Runs something, and prints what a panic said that nobody caught. It goes on, and ends the process.
pub fn tell(run: impl FnOnce()) {
    if let Err(panic) = catch_unwind(AssertUnwindSafe(run)) {
        if let Ok(last) = LAST.lock() {
            eprintln!("{last}");
        }
        resume_unwind(panic);
    }
}
