//! A table of an export read back, as Parquet, CSV and JSON: as its manifest says, or refused without a value of it.
#![no_main]

use std::fs;
use std::sync::LazyLock;

use fuzz_common::{assert_discreet, choices, scratch, unpacking};
use libfuzzer_sys::fuzz_target;
use stedi_workbench::export::release::fuzzing::Table;

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    fs::create_dir_all(scratch().join("table")).unwrap();
    Table::of(&["customer", "x", "timestamp"], &["text", "float64", "int64"])
});

fuzz_target!(|bytes: &[u8]| unpacking(bytes, |bytes| {
    let (table, Some(([how, rows], rest))) = (&*TABLE, choices(bytes)) else { return };
    fs::write(scratch().join("table/one"), rest).unwrap();
    match table.read(&scratch().join("table"), how, u64::from(rows)) {
        Ok((height, columns)) => assert_eq!((height as u64, columns), (u64::from(rows), table.columns())),
        Err(message) => assert_discreet(&message),
    }
}));
