//! Whether everything that came in is accounted for.

use crate::curation::CurationError;
use crate::domain::format::{counted, thousands};
use crate::domain::{CheckId, Dataset, Table};
use crate::landing::Finding;

use super::super::Expected;
use super::found::Found;
use super::ground::Ground;
use super::{Behind, Checks};

pub fn add(ground: &Ground<'_>, checks: &mut Checks<'_>) -> Result<(), CurationError> {
    checks.add(CheckId::RecordsReconciled, Ok(records(ground)));
    checks.add(CheckId::StagesReconciled, Ok(stages(ground)));
    checks.add(CheckId::RecordsRefused, Ok(refused(ground)));
    checks.add(CheckId::FilesUnread, Ok(files(ground)));
    Ok(())
}

/// What each file says that it has, against what is there.
fn records(ground: &Ground<'_>) -> Found {
    let landing = ground.landing;
    let mut lost = 0;
    for dataset in Dataset::ALL {
        let files = || landing.files.iter().filter(|file| file.dataset == Some(dataset));
        let rows: u64 = files().map(|file| file.rows).sum();
        let refused: u64 = files().map(|file| file.refused).sum();
        let listed = landing.refused.iter().filter(|refused| refused.dataset == Some(dataset)).count() as u64;
        lost += rows.abs_diff(landing.rows(dataset)) + refused.abs_diff(listed);
    }
    let read: u64 = Dataset::ALL.into_iter().map(|dataset| landing.rows(dataset)).sum();
    let refused = landing.refused.len() as u64;
    let words = format!(
        "{} = {} read + {} refused.",
        counted(read + refused + lost, "record"),
        thousands(read),
        thousands(refused)
    );
    Found::number(lost, "record", words)
}

/// What each step says that it did, against the rows of the tables.
fn stages(ground: &Ground<'_>) -> Found {
    let curation = ground.curation;
    let is_wrong = |table: &Table| {
        let Some(count) = curation.count(*table) else { return true };
        let is_filter = *table != Table::MachineLearningCurated;
        !count.adds_up()
            || count.rows_in != curation.rows(count.source)
            || count.rows != curation.rows(*table)
            || (is_filter && count.added() > 0)
    };
    let wrong: Vec<Table> = Table::derived().filter(is_wrong).collect();
    let words = if wrong.is_empty() {
        "Every step of every table starts with what the one before left.".to_owned()
    } else {
        format!("The steps of {} do not add up.", names(&wrong))
    };
    Found::number(wrong.len() as u64, "table", words).behind(wrong.into_iter().map(Behind::Table))
}

fn refused(ground: &Ground<'_>) -> Found {
    let refused = ground.landing.refused.len() as u32;
    let words = if refused == 0 {
        "Every record could be read.".to_owned()
    } else {
        let are = if refused == 1 { "is" } else { "are" };
        format!("{} could not be read, and {are} in no table.", counted(u64::from(refused), "record"))
    };
    let behind = (refused > 0).then(|| Behind::Refused((0..refused).collect()));
    Found::number(u64::from(refused), "record", words).behind(behind)
}

fn files(ground: &Ground<'_>) -> Found {
    let landing = ground.landing;
    let mut names = vec![];
    let mut remarks = 0;
    for finding in &landing.findings {
        match finding {
            // That is a check of its own.
            Finding::LooksLikeSeconds { .. } => continue,
            Finding::MissingDataset { .. } => {}
            Finding::EmptyFile { file }
            | Finding::NothingReadable { file, .. }
            | Finding::LooksLike { file, .. }
            | Finding::UnreadableKind { file, .. }
            | Finding::UnknownDataset { file }
            | Finding::ChangedMeanwhile { file }
            | Finding::ReadFailed { file, .. } => names.push(file),
        }
        remarks += 1;
    }
    let is_named = |place: &u32| names.contains(&&landing.files[*place as usize].name);
    let places: Vec<u32> = (0..landing.files.len() as u32).filter(is_named).collect();
    let words = if remarks == 0 {
        format!("All of {} were read.", counted(landing.files.len() as u64, "file"))
    } else {
        format!("There are {} on files and data sets.", counted(remarks, "remark"))
    };
    let behind = (!places.is_empty()).then(|| Behind::Files(places.into()));
    Found::number(remarks, "remark", words).behind(behind)
}

/// Only where counts are given.
pub fn add_expected(ground: &Ground<'_>, expected: &Expected, checks: &mut Checks<'_>) {
    let given = expected.iter().count() as u64;
    let differing: Vec<Table> =
        expected.iter().filter(|(table, rows)| ground.curation.rows(*table) != *rows).map(|(table, _)| table).collect();
    let words = if differing.is_empty() {
        format!("All of {} agree.", counted(given, "expected count"))
    } else {
        format!("Another number of rows than expected: {}.", names(&differing))
    };
    let number = differing.len() as u64;
    let figure = format!("{} of {}", thousands(number), counted(given, "table"));
    let found = Found::number(number, "table", words).figured(number, figure);
    checks.add(CheckId::ExpectedCounts, Ok(found.behind(differing.into_iter().map(Behind::Table))));
}

fn names(tables: &[Table]) -> String {
    tables.iter().map(|table| table.name()).collect::<Vec<_>>().join(", ")
}
