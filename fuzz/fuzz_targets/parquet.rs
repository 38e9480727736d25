//! Parquet: each row is read or refused, or the file is, with a word.
#![no_main]

use fuzz_common::{assert_discreet, choices, dataset, unpacking};
use libfuzzer_sys::fuzz_target;
use stedi_workbench::landing::fuzzing::parquet;

fuzz_target!(|bytes: &[u8]| unpacking(bytes, |bytes| {
    let Some(([how], rest)) = choices(bytes) else { return };
    match parquet(rest, dataset(how)) {
        Ok((said, rows)) => {
            assert_eq!(said.rows() + said.refused().len() as u64, rows as u64, "read + refused = rows");
            let mut behind = None;
            for (row, length, _) in said.refused() {
                assert!(length == 0 && row < rows as u64 && behind < Some(row), "refused rows are in order");
                behind = Some(row);
            }
        }
        Err(message) => assert_discreet(&message),
    }
}));
