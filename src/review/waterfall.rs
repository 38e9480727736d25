//! The waterfall of each data set: what came in, what each rule took away and why, what joins added, what is left.

use crate::curation::{Curation, CurationError};
use crate::domain::{Dataset, Progress, Reason, Table, TableCount};
use crate::explore::{Follow, last_of};
use crate::landing::{ConsentStood, Landing};

/// The bars of one flow, from left to right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waterfall {
    /// What flows.
    pub flow: Flow,
    /// The bars; each change starts where the bar before ended.
    pub bars: Vec<Bar>,
}

/// What flows through the zones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Flow {
    /// The records of a data set, from the files that landed to its last table.
    Dataset(Dataset),
    /// The trusted distances, joined with motions.
    MachineLearning,
}

/// One bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bar {
    /// What it stands for.
    pub change: Change,
    /// Its height: rows or records.
    pub rows: u64,
    /// The rows that there were before it; 0 for a bar that stands on the ground.
    pub before: u64,
    /// The rows that there are after it.
    pub after: u64,
}

/// What a bar stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Change {
    /// Records that were delivered, sound or not.
    CameIn,
    /// Records that could not be read.
    Refused,
    /// Rows that a step of a table's definition dropped: [`Curation::dropped`] has them, and for a consent that was
    /// missing in a certain way [`Curation::dropped_by_consent`].
    Removed { table: Table, step: usize, reason: Reason, stood: Option<ConsentStood> },
    /// Rows that a step added because rows found more than one partner.
    Added { table: Table, step: usize, reason: Reason },
    /// The rows of a table: what is left so far.
    Left(Table),
}

impl Change {
    /// What a bar is called.
    pub fn label(self) -> String {
        match self {
            Self::CameIn => "records delivered".to_owned(),
            Self::Refused => "refused".to_owned(),
            Self::Removed { reason, stood, .. } => {
                let stood = stood.map_or_else(String::new, |stood| format!(": {}", stood.label()));
                format!("{}{stood}", reason.label())
            }
            Self::Added { .. } => "more than one partner".to_owned(),
            Self::Left(table) => table.name().to_owned(),
        }
    }
}

/// The waterfalls of the three data sets and of the machine-learning table. A step is there even if it removed
/// nothing, so that the bars stay in their places when the recipe's figures change; a consent that was missing has four
/// bars, one for each way. Of one customer or device there are the rows that are theirs; whose a refused record is,
/// nobody knows, so theirs begin with what landed.
///
/// # Errors
/// When cancelled, or when the engine gives up.
pub fn waterfalls(
    landing: &Landing,
    curation: &Curation,
    follow: Option<&Follow>,
    progress: &Progress,
) -> Result<[Waterfall; 4], CurationError> {
    let narrowed = Narrowed::new(landing, curation, follow, progress)?;
    let of = |dataset: Dataset, tables: &[Table]| {
        let mut bars = Bars::default();
        if follow.is_none() {
            bars.add(Change::CameIn, landing.rows(dataset) + landing.refused(dataset));
            bars.add(Change::Refused, landing.refused(dataset));
        }
        narrowed.flow(Flow::Dataset(dataset), bars, Table::landing(dataset), tables)
    };
    let learning = [Table::MachineLearningCurated];
    Ok([
        of(Dataset::Customer, &[Table::CustomerTrusted, Table::CustomerCurated])?,
        of(Dataset::Accelerometer, &[Table::AccelerometerTrusted])?,
        of(Dataset::StepTrainer, &[Table::StepTrainerTrusted])?,
        narrowed.flow(Flow::MachineLearning, Bars::default(), Table::StepTrainerTrusted, &learning)?,
    ])
}

/// What became of all that landed, or of what is one customer's or device's.
struct Narrowed<'a> {
    curation: &'a Curation,
    progress: &'a Progress,
    counts: Vec<TableCount>,
    /// Their rows of the three tables that landed, in the order of [`Dataset::ALL`].
    rows: Option<[Vec<u32>; 3]>,
}

impl<'a> Narrowed<'a> {
    fn new(
        landing: &Landing,
        curation: &'a Curation,
        follow: Option<&Follow>,
        progress: &'a Progress,
    ) -> Result<Self, CurationError> {
        let Some(follow) = follow else {
            return Ok(Self { curation, progress, counts: curation.counts.clone(), rows: None });
        };
        let rows = Dataset::ALL.map(|dataset| follow.rows(&curation.view(Table::landing(dataset)), landing));
        let mut counts = vec![];
        for (dataset, rows) in Dataset::ALL.into_iter().zip(&rows) {
            counts.extend(curation.trace(last_of(dataset), rows, progress)?.counts);
        }
        Ok(Self { curation, progress, counts, rows: Some(rows) })
    }

    fn flow(&self, flow: Flow, mut bars: Bars, start: Table, tables: &[Table]) -> Result<Waterfall, CurationError> {
        let rows = self.counts.iter().find(|count| count.source == start).map_or(0, |count| count.rows_in);
        bars.add(Change::Left(start), rows);
        for count in tables.iter().filter_map(|table| self.counts.iter().find(|count| count.table == *table)) {
            self.steps(count, &mut bars)?;
        }
        Ok(Waterfall { flow, bars: bars.0 })
    }

    fn steps(&self, count: &TableCount, bars: &mut Bars) -> Result<(), CurationError> {
        let table = count.table;
        let place = Dataset::ALL.iter().position(|dataset| Table::landing(*dataset) == count.source);
        let rows = place.and_then(|place| Some(self.rows.as_ref()?[place].as_slice()));
        for (step, counted) in count.steps.iter().enumerate() {
            let reason = counted.reason;
            if reason == Reason::NoConsent {
                for (stood, rows) in self.curation.count_missing_consents(table, step, rows, self.progress)? {
                    bars.add(Change::Removed { table, step, reason, stood: Some(stood) }, rows);
                }
            } else {
                bars.add(Change::Removed { table, step, reason, stood: None }, counted.dropped);
            }
            if counted.added > 0 {
                bars.add(Change::Added { table, step, reason }, counted.added);
            }
        }
        bars.add(Change::Left(table), count.rows);
        Ok(())
    }
}

impl Waterfall {
    /// Whether the bars sum exactly: every change starts where the bar before ended, and every bar that stands on the
    /// ground is as high as what the changes before it left.
    pub fn adds_up(&self) -> bool {
        let mut level = None;
        self.bars.iter().all(|bar| {
            let sums = match (bar.change, level) {
                (Change::CameIn, None) => bar.before == 0 && bar.after == bar.rows,
                (Change::Left(_), level) => {
                    bar.before == 0 && bar.after == bar.rows && level.is_none_or(|level| level == bar.rows)
                }
                (Change::Refused | Change::Removed { .. }, Some(level)) => {
                    bar.before == level && bar.before.checked_sub(bar.rows) == Some(bar.after)
                }
                (Change::Added { .. }, Some(level)) => {
                    bar.before == level && bar.before.checked_add(bar.rows) == Some(bar.after)
                }
                (Change::CameIn, Some(_)) | (_, None) => false,
            };
            level = Some(bar.after);
            sums
        })
    }
}

#[derive(Default)]
struct Bars(Vec<Bar>);

impl Bars {
    fn add(&mut self, change: Change, rows: u64) {
        let level = self.0.last().map_or(0, |bar| bar.after);
        let (before, after) = match change {
            Change::CameIn | Change::Left(_) => (0, rows),
            Change::Refused | Change::Removed { .. } => (level, level.saturating_sub(rows)),
            Change::Added { .. } => (level, level.saturating_add(rows)),
        };
        self.0.push(Bar { change, rows, before, after });
    }
}
