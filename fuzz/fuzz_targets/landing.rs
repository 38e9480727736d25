//! A file of any kind by the door that everybody takes, alone and in the folder of a data set.
#![no_main]

use fuzz_common::{JSON_WORDS, assert_discreet, choices, scratch, spelled, unpacking};
use libfuzzer_sys::fuzz_target;
use std::fs;
use stedi_workbench::domain::{Dataset, Progress, Purpose};
use stedi_workbench::landing::{self, Source};

fuzz_target!(|bytes: &[u8]| unpacking(bytes, |bytes| {
    let Some(([how], rest)) = choices(bytes) else { return };
    let content = if how & 4 == 0 { rest.to_vec() } else { spelled(rest, JSON_WORDS) };
    let folder = scratch().join(["customer", "accelerometer", "step_trainer", "elsewhere"][usize::from(how % 4)]);
    fs::create_dir_all(&folder).unwrap();
    let path = folder.join("one");
    fs::write(&path, &content).unwrap();
    let source = if how & 8 == 0 { Source::Folder(folder) } else { Source::Files(vec![path]) };
    match landing::read(&source, &Progress::default()) {
        Ok(landing) => {
            let file = &landing.files[0];
            assert_eq!(file.bytes, content.len() as u64);
            let rows: u64 = Dataset::ALL.into_iter().map(|dataset| landing.rows(dataset)).sum();
            assert_eq!((file.rows, file.refused), (rows, landing.refused.len() as u64));
            assert_eq!(landing.frame(Dataset::Customer).height() as u64, landing.rows(Dataset::Customer));
            assert_eq!(landing.stood(Purpose::Research).len() as u64, landing.rows(Dataset::Customer));
            landing.findings.iter().for_each(|finding| assert_discreet(&finding.to_string()));
            landing.refused.iter().for_each(|refused| assert_discreet(&refused.reason.to_string()));
        }
        Err(error) => assert_discreet(&error.to_string()),
    }
}));
