//! Names that are not known before the program runs: those of the columns of a query's result.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

/// A name that stays for as long as the program runs, as those of all other columns do. Each is kept once, so they take
/// no more than what somebody typed.
pub fn kept_name(name: &str) -> &'static str {
    static NAMES: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
    let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = names.get(name) {
        return known;
    }
    let kept: &'static str = Box::leak(name.into());
    names.insert(kept);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_kept_once() {
        let (one, other) = (kept_name("rows"), kept_name(&String::from("rows")));
        assert!(std::ptr::eq(one, other) && one == "rows");
        assert_eq!(kept_name("other rows"), "other rows");
    }
}
