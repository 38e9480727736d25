//! The joins of a pipeline under the lens: what the keys foresee, what came of every row, and whose readings were put
//! together.

mod kinds;
mod parts;

pub use kinds::{Kinds, PairKind, kinds_of_pairs};
pub use parts::{JoinPart, Met, rows_behind};

use std::collections::{BTreeMap, HashMap};

use crate::curation::{Cell, Curation, CurationError, Foreseen, KeyCount, Matching, Side};
use crate::domain::plan::ColumnPair;
use crate::domain::{Operation, Plan, Progress, Reason, Table};

use kinds::kinds_of_rows;

/// How many devices, customers and pairs of the two are told one by one.
const MOST_AFFECTED: usize = 20;

/// One step that looks rows up in another table.
#[derive(Clone, Debug, PartialEq)]
pub struct JoinReport {
    /// The table that is made.
    pub table: Table,
    /// Which step of its definition this is.
    pub step: usize,
    /// Why the step drops a row.
    pub reason: Reason,
    /// What the step does.
    pub operation: Operation,
    /// The table that the rows at hand come from.
    pub source: Table,
    /// The table that is looked into; none for inferred owners, which are in no table.
    pub other: Option<Table>,
    /// The columns that are compared.
    pub on: Vec<ColumnPair>,
    /// The keys of the rows at hand, and of the other table.
    pub sides: [Side; 2],
    /// What the keys say before anything is joined.
    pub foreseen: Foreseen,
    /// Rows behind the step, counted in what it made.
    pub came: u64,
    /// How often the rows at hand, and those of the other table, were matched.
    pub matched: [MatchCounts; 2],
    /// How many rows at hand have so many partners, by that number.
    pub multiplicity: BTreeMap<u32, u64>,
    /// The keys with the most rows behind the step.
    pub most: Vec<KeyCount>,
    /// The keys with the most rows at hand that find nothing.
    pub missing: Vec<KeyCount>,
    /// What the rows behind the step are.
    pub kinds: Kinds,
    /// Who is mixed up with whom; empty for a step that pairs no readings.
    pub affected: Affected,
}

/// How often rows of one side were matched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MatchCounts {
    /// With one row of the other side.
    pub once: u64,
    /// With several.
    pub several: u64,
    /// With none.
    pub never: u64,
}

/// Devices and customers whose readings were paired with somebody else's, those with the most such pairs first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Affected {
    /// Devices with a foreign pair.
    pub devices: u64,
    /// Customers whose motions were paired with another's device.
    pub customers: u64,
    /// Devices: serial number, foreign pairs, all pairs.
    pub most_devices: Vec<(String, u64, u64)>,
    /// Customers: e-mail address, foreign pairs, all pairs with their motions.
    pub most_customers: Vec<(String, u64, u64)>,
    /// Devices with strangers.
    pub most_strangers: Vec<Stranger>,
}

/// A device, and somebody else whose motions were paired with its distances.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Stranger {
    /// The serial number.
    pub device: String,
    /// The e-mail address of the stranger.
    pub user: String,
    /// Rows with both.
    pub pairs: u64,
    /// The first instant at which they were paired, in milliseconds since 1970-01-01 00:00 UTC.
    pub first: i64,
}

impl JoinReport {
    /// Whether the step pairs readings, so that a row behind it can be foreign.
    pub fn pairs_readings(&self) -> bool {
        pairs_readings(self.table, &self.operation)
    }
}

/// Looks at every join of a recipe's plan, in the order in which they run. Progress counts joins.
///
/// # Errors
/// When cancelled, or when the engine gives up.
pub fn joins(curation: &Curation, progress: &Progress) -> Result<Vec<JoinReport>, CurationError> {
    let plan = Plan::new(&curation.recipe);
    let steps = plan.tables.iter().flat_map(|definition| {
        definition.steps.iter().enumerate().map(move |(number, step)| (definition, number, step))
    });
    let steps: Vec<_> = steps.collect();
    progress.set_total(steps.len() as u64);
    let mut kept = HashMap::new();
    let mut joins = vec![];
    for (definition, number, step) in steps {
        progress.check()?;
        let table = definition.table;
        if let Some(matching) = curation.matching(table, number, progress)? {
            let count = curation.count(table).and_then(|count| count.steps.get(number));
            let (kinds, affected) = if pairs_readings(table, &step.operation) {
                let kinds = kinds_of_pairs(curation, progress)?;
                (Kinds::count(&kinds), affected(curation, &kinds))
            } else {
                (kinds_of_rows(curation, definition.source, &matching, &mut kept, progress)?, Affected::default())
            };
            joins.push(JoinReport {
                table,
                step: number,
                reason: step.reason,
                operation: step.operation.clone(),
                source: definition.source,
                other: step.operation.other(),
                sides: [matching.left, matching.right],
                foreseen: matching.foreseen,
                came: count.map_or(0, |count| count.rows_in - count.dropped + count.added),
                matched: [MatchCounts::of(&matching.partners), MatchCounts::of(&matching.found_by)],
                multiplicity: multiplicity(&matching),
                kinds,
                affected,
                on: matching.on,
                most: matching.most,
                missing: matching.missing,
            });
        }
        progress.advance(1);
    }
    Ok(joins)
}

fn pairs_readings(table: Table, operation: &Operation) -> bool {
    table == Table::MachineLearningCurated && operation.other() == Some(Table::AccelerometerTrusted)
}

impl MatchCounts {
    fn of(partners: &[u32]) -> Self {
        let mut counts = Self::default();
        for &partners in partners {
            match partners {
                0 => counts.never += 1,
                1 => counts.once += 1,
                _ => counts.several += 1,
            }
        }
        counts
    }

    /// All rows of the side.
    pub fn rows(self) -> u64 {
        self.once + self.several + self.never
    }
}

fn multiplicity(matching: &Matching) -> BTreeMap<u32, u64> {
    let mut rows = BTreeMap::new();
    for &partners in &matching.partners {
        *rows.entry(partners).or_default() += 1;
    }
    rows
}

fn affected(curation: &Curation, kinds: &[PairKind]) -> Affected {
    let view = curation.view(Table::MachineLearningCurated);
    let columns = ["serialnumber", "user", "sensorreadingtime"].map(|name| view.position(name));
    let [Some(serial), Some(user), Some(time)] = columns else { return Affected::default() };
    let mut devices = HashMap::<&str, (u64, u64)>::new();
    let mut customers = HashMap::<&str, (u64, u64)>::new();
    let mut strangers = HashMap::<(&str, &str), (u64, i64)>::new();
    for (row, &kind) in kinds.iter().enumerate() {
        let (Cell::Text(serial), Cell::Text(user)) = (view.cell(row, serial), view.cell(row, user)) else { continue };
        let is_foreign = kind == PairKind::Foreign;
        for counts in [devices.entry(serial).or_default(), customers.entry(user).or_default()] {
            *counts = (counts.0 + u64::from(is_foreign), counts.1 + 1);
        }
        if is_foreign && let Cell::Time(at) = view.cell(row, time) {
            let (pairs, first) = strangers.entry((serial, user)).or_insert((0, at));
            (*pairs, *first) = (*pairs + 1, at.min(*first));
        }
    }
    let mut most_strangers: Vec<Stranger> = strangers
        .into_iter()
        .map(|((device, user), (pairs, first))| Stranger { device: device.into(), user: user.into(), pairs, first })
        .collect();
    most_strangers.sort_by(|a, b| (b.pairs, &a.device, &a.user).cmp(&(a.pairs, &b.device, &b.user)));
    most_strangers.truncate(MOST_AFFECTED);
    let ((devices, most_devices), (customers, most_customers)) = (most(devices), most(customers));
    Affected { devices, customers, most_devices, most_customers, most_strangers }
}

/// How many are affected at all, and the most affected.
fn most(counts: HashMap<&str, (u64, u64)>) -> (u64, Vec<(String, u64, u64)>) {
    let mut most: Vec<_> = counts.into_iter().filter(|(_, (foreign, _))| *foreign > 0).collect();
    let affected = most.len() as u64;
    most.sort_by(|(one, (a, _)), (other, (b, _))| b.cmp(a).then(one.cmp(other)));
    most.truncate(MOST_AFFECTED);
    (affected, most.into_iter().map(|(name, (foreign, all))| (name.to_owned(), foreign, all)).collect())
}
