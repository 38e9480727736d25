//! The zone tables, defined once, as a small relational specification.
//!
//! A [`Recipe`] makes a [`Plan`]; from the plan come the polars frames, the counts, the rows behind each count (the
//! same step turned round) and later the SQL for other engines. Nothing else knows how a table is made.

use super::{Duplicates, JoinRule, Reason, Recipe, Table, Withdrawn};

/// How every derived table is made, in an order in which each needs only those before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The derived tables.
    pub tables: Vec<TableDefinition>,
}

/// How one table is made: the rows of `source`, taken through `steps`, projected to the table's schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableDefinition {
    /// The table.
    pub table: Table,
    /// Where its rows come from.
    pub source: Table,
    /// What happens to them, in order.
    pub steps: Vec<Step>,
}

/// One relational operation, and the reason that it gives to a row that it drops.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What is done.
    pub operation: Operation,
    /// Why a row is dropped by it.
    pub reason: Reason,
}

/// A pair of columns: one of the rows at hand, one of the other table.
pub type ColumnPair = (&'static str, &'static str);

/// The operations of the specification. All keep the order of the rows at hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Keep the rows in which this column is not null.
    KeepPresent(&'static str),
    /// Keep the rows in which this column is not null and at or before an instant, in milliseconds since 1970 UTC.
    KeepUpTo(&'static str, i64),
    /// Anti-join: drop the rows in which a column holds an identity of somebody who withdrew. Compared are
    /// identities as [`Withdrawn::folded`] makes them; null is nobody's.
    DropWithdrawn {
        /// The column of the rows at hand.
        column: &'static str,
        /// What the column holds, which says what is looked for.
        identity: Identity,
        /// Who withdrew.
        list: Withdrawn,
    },
    /// Semi-join: keep the rows for which `other` has at least one row with equal keys. With `not_before`, only if
    /// the first column (of the row at hand) is at or after the second (of that other row).
    KeepMatching {
        /// The table that is looked into.
        other: Table,
        /// The keys; null never matches.
        on: Vec<ColumnPair>,
        /// Only rows of `other` in which this column is not null.
        present: Option<&'static str>,
        /// Instants that must be in order.
        not_before: Option<ColumnPair>,
    },
    /// Keep the first of the rows that are equal in every column.
    Distinct,
    /// Inner join: every row at hand with every row of `other` that has equal keys.
    Join {
        /// The table that is joined.
        other: Table,
        /// The keys; null never matches.
        on: Vec<ColumnPair>,
        /// The columns of `other` that are taken over, and what they are called then.
        bring: Vec<ColumnPair>,
        /// Take each combination of keys and brought columns once, however often `other` has it.
        once: bool,
    },
    /// Inner join with what was inferred: every row at hand gets the e-mail address of the owner of its device; rows of
    /// a device whose owner is not clear are dropped.
    AttachOwner {
        /// The column of the rows at hand with the serial number.
        device: &'static str,
        /// What the column of the owner is called.
        owner: &'static str,
    },
    /// Inner join with the nearest instant: every row at hand with every row of `other` that has equal keys and the
    /// instant that is nearest to its own, if that is within so many milliseconds. Of two that are as near, the earlier.
    JoinNearest {
        /// The table that is joined.
        other: Table,
        /// The keys; null never matches.
        on: Vec<ColumnPair>,
        /// The instants that are to be near.
        time: ColumnPair,
        /// How near, in milliseconds.
        within: u32,
        /// The columns of `other` that are taken over, and what they are called then.
        bring: Vec<ColumnPair>,
    },
}

/// Whose rows a withdrawal takes away. All are found through the customer records of the landing zone:
///
/// - A *withdrawn record* has an e-mail address or a serial number that is on the list. A serial number that stands on
///   many records withdraws all of them, since nobody can say who of them meant it.
/// - A *withdrawn person* is an e-mail address of a withdrawn record, or on the list: all records and all motions with
///   that address go, also records that came with another serial number or none.
/// - A *withdrawn device* is a serial number that is on the list, or stands on records of withdrawn persons and on
///   nobody else's. Its distances go.
/// - A *shared device* is a serial number that stands on records of withdrawn persons and of others. Nothing in the
///   feed says whose its distances are, and they may be those of the one who withdrew, so they go as well, with a
///   reason of their own: it can be seen how much of others is lost. The others stay, with all their motions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Identity {
    /// E-mail addresses of withdrawn persons.
    Person,
    /// Serial numbers of withdrawn devices.
    Device,
    /// Serial numbers of withdrawn and of shared devices.
    SharedDevice,
}

impl Plan {
    /// The plan of a recipe.
    pub fn new(recipe: &Recipe) -> Self {
        Self {
            tables: vec![
                customer_trusted(recipe),
                accelerometer_trusted(recipe),
                customer_curated(),
                step_trainer_trusted(recipe),
                machine_learning_curated(recipe),
            ],
        }
    }

    /// Whether a table needs to know whose device is whose.
    pub fn infers_owners(&self) -> bool {
        let mut steps = self.tables.iter().flat_map(|definition| &definition.steps);
        steps.any(|step| matches!(step.operation, Operation::AttachOwner { .. }))
    }

    /// How a derived table is made; none for a landing table, which is read.
    pub fn definition(&self, table: Table) -> Option<&TableDefinition> {
        self.tables.iter().find(|definition| definition.table == table)
    }
}

fn customer_trusted(recipe: &Recipe) -> TableDefinition {
    let mut steps = landed(recipe);
    steps.extend(withdrawn(recipe, "email", Identity::Person, Reason::Withdrawn));
    steps.push(Step::new(Operation::KeepPresent(recipe.purpose.column()), Reason::NoConsent));
    if let Some(instant) = recipe.as_of {
        steps.push(Step::new(Operation::KeepUpTo(recipe.purpose.column(), instant), Reason::LaterConsent));
    }
    TableDefinition { table: Table::CustomerTrusted, source: Table::CustomerLanding, steps }
}

/// The first step only tells a stranger's readings from those of a customer without consent: the next would drop
/// both.
fn accelerometer_trusted(recipe: &Recipe) -> TableDefinition {
    let email = || vec![("user", "email")];
    let mut steps = landed(recipe);
    steps.extend(withdrawn(recipe, "user", Identity::Person, Reason::Withdrawn));
    steps.push(Step::keep_matching(Table::CustomerLanding, email(), Reason::UnknownUser));
    steps.extend(consented(recipe, email));
    if recipe.consent_date {
        let operation = Operation::KeepMatching {
            other: Table::CustomerTrusted,
            on: email(),
            present: None,
            not_before: Some(("timestamp", recipe.purpose.column())),
        };
        steps.push(Step::new(operation, Reason::BeforeConsent));
    }
    TableDefinition { table: Table::AccelerometerTrusted, source: Table::AccelerometerLanding, steps }
}

/// One row a customer: a record that was delivered twice counts once, whatever the recipe says of duplicates.
fn customer_curated() -> TableDefinition {
    TableDefinition {
        table: Table::CustomerCurated,
        source: Table::CustomerTrusted,
        steps: vec![
            Step::keep_matching(Table::AccelerometerTrusted, vec![("email", "user")], Reason::NoReadings),
            Step::new(Operation::Distinct, Reason::Duplicate),
        ],
    }
}

/// By the serial number on the customers' records, or, where those are not trusted, by the inferred owner.
fn step_trainer_trusted(recipe: &Recipe) -> TableDefinition {
    let mut steps = landed(recipe);
    steps.extend(withdrawn(recipe, "serialnumber", Identity::Device, Reason::Withdrawn));
    steps.extend(withdrawn(recipe, "serialnumber", Identity::SharedDevice, Reason::SharedDevice));
    let (on, unknown) = match recipe.join {
        JoinRule::InferredOwner => {
            steps.push(Step::attach_owner());
            (("user", "email"), Reason::UnknownUser)
        }
        JoinRule::Timestamp | JoinRule::Owner | JoinRule::Nearest => {
            (("serialnumber", "serialnumber"), Reason::UnknownDevice)
        }
    };
    steps.push(Step::keep_matching(Table::CustomerLanding, vec![on], unknown));
    steps.extend(consented(recipe, || vec![on]));
    steps.push(Step::keep_matching(Table::CustomerCurated, vec![on], Reason::NoReadings));
    TableDefinition { table: Table::StepTrainerTrusted, source: Table::StepTrainerLanding, steps }
}

fn machine_learning_curated(recipe: &Recipe) -> TableDefinition {
    let time = ("sensorreadingtime", "timestamp");
    let owner = ("user", "user");
    let axes = [("x", "x"), ("y", "y"), ("z", "z")];
    let other = Table::AccelerometerTrusted;
    let join = |on: Vec<ColumnPair>, bring| Operation::Join { other, on, bring, once: false };
    let of_owner = || Step::new(join(vec![time, owner], axes.to_vec()), Reason::NoMotion);
    let on_record = || {
        let operation = Operation::Join {
            other: Table::CustomerCurated,
            on: vec![("serialnumber", "serialnumber")],
            bring: vec![("email", "user")],
            once: true,
        };
        Step::new(operation, Reason::NoOwner)
    };
    let steps = match recipe.join {
        JoinRule::Timestamp => {
            let bring = [owner].into_iter().chain(axes).collect();
            vec![Step::new(join(vec![time], bring), Reason::NoMotion)]
        }
        JoinRule::Owner => vec![on_record(), of_owner()],
        JoinRule::InferredOwner => vec![Step::attach_owner(), of_owner()],
        JoinRule::Nearest => {
            let (on, bring, within) = (vec![owner], axes.to_vec(), recipe.tolerance_ms);
            let nearest = Operation::JoinNearest { other, on, time, within, bring };
            vec![on_record(), Step::new(nearest, Reason::NoMotion)]
        }
    };
    TableDefinition { table: Table::MachineLearningCurated, source: Table::StepTrainerTrusted, steps }
}

/// What happens to the rows of any landing table first.
fn landed(recipe: &Recipe) -> Vec<Step> {
    match recipe.duplicates {
        Duplicates::Keep => vec![],
        Duplicates::Drop => vec![Step::new(Operation::Distinct, Reason::Duplicate)],
    }
}

/// Keeps the readings of trusted customers, and tells those who agreed later from those who never did.
fn consented(recipe: &Recipe, on: impl Fn() -> Vec<ColumnPair>) -> Vec<Step> {
    if recipe.as_of.is_none() {
        return vec![Step::keep_matching(Table::CustomerTrusted, on(), Reason::NoConsent)];
    }
    let ever = Operation::KeepMatching {
        other: Table::CustomerLanding,
        on: on(),
        present: Some(recipe.purpose.column()),
        not_before: None,
    };
    vec![Step::new(ever, Reason::NoConsent), Step::keep_matching(Table::CustomerTrusted, on(), Reason::LaterConsent)]
}

/// Nothing at all if nobody withdrew.
fn withdrawn(recipe: &Recipe, column: &'static str, identity: Identity, reason: Reason) -> Option<Step> {
    let list = recipe.withdrawn.clone();
    let operation = Operation::DropWithdrawn { column, identity, list };
    (!recipe.withdrawn.is_empty()).then(|| Step::new(operation, reason))
}

impl Operation {
    /// The keys by which rows of the other table are found, if the operation looks for equal ones.
    pub fn keys(&self) -> &[ColumnPair] {
        match self {
            Self::KeepMatching { on, .. } | Self::Join { on, .. } | Self::JoinNearest { on, .. } => on,
            Self::KeepPresent(_)
            | Self::KeepUpTo(..)
            | Self::DropWithdrawn { .. }
            | Self::Distinct
            | Self::AttachOwner { .. } => &[],
        }
    }

    /// Whether a row at hand can come out as several.
    pub fn is_join(&self) -> bool {
        matches!(self, Self::Join { .. } | Self::JoinNearest { .. })
    }

    /// The names of the columns that the rows at hand get.
    pub fn brings(&self) -> Vec<&'static str> {
        match self {
            Self::Join { bring, .. } | Self::JoinNearest { bring, .. } => bring.iter().map(|(_, name)| *name).collect(),
            Self::AttachOwner { owner, .. } => vec![owner],
            _ => vec![],
        }
    }

    /// The other table that is looked into.
    pub fn other(&self) -> Option<Table> {
        match self {
            Self::KeepPresent(_) | Self::KeepUpTo(..) | Self::Distinct | Self::AttachOwner { .. } => None,
            Self::DropWithdrawn { .. } => Some(Table::CustomerLanding),
            Self::KeepMatching { other, .. } | Self::Join { other, .. } | Self::JoinNearest { other, .. } => {
                Some(*other)
            }
        }
    }
}

impl Step {
    fn new(operation: Operation, reason: Reason) -> Self {
        Self { operation, reason }
    }

    fn attach_owner() -> Self {
        Self::new(Operation::AttachOwner { device: "serialnumber", owner: "user" }, Reason::UnclearOwner)
    }

    fn keep_matching(other: Table, on: Vec<ColumnPair>, reason: Reason) -> Self {
        Self::new(Operation::KeepMatching { other, on, present: None, not_before: None }, reason)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Dataset, Purpose};

    fn recipes() -> Vec<Recipe> {
        let mut recipes = vec![];
        for purpose in Purpose::ALL {
            for consent_date in [false, true] {
                for duplicates in [Duplicates::Keep, Duplicates::Drop] {
                    for join in JoinRule::ALL {
                        let recipe = Recipe { purpose, consent_date, duplicates, join, ..Recipe::default() };
                        let withdrawn = Withdrawn::parse("ann@example.com").unwrap();
                        recipes.push(Recipe { withdrawn, as_of: Some(1), ..recipe.clone() });
                        recipes.push(recipe);
                    }
                }
            }
        }
        recipes
    }

    #[test]
    fn every_derived_table_is_defined_once_after_what_it_needs() {
        for recipe in recipes() {
            let mut known: Vec<Table> = Dataset::ALL.into_iter().map(Table::landing).collect();
            for definition in Plan::new(&recipe).tables {
                assert!(known.contains(&definition.source), "{recipe:?}: {definition:?}");
                for step in &definition.steps {
                    if let Some(other) = step.operation.other() {
                        assert!(known.contains(&other), "{recipe:?}: {definition:?}");
                    }
                }
                assert!(!known.contains(&definition.table));
                known.push(definition.table);
            }
            known.sort();
            assert_eq!(known, Table::ALL);
        }
    }

    #[test]
    fn without_withdrawals_there_is_no_step_for_them() {
        let reasons = |recipe: &Recipe| -> Vec<Reason> {
            let tables = Plan::new(recipe).tables;
            tables.iter().flat_map(|table| &table.steps).map(|step| step.reason).collect()
        };
        let recipe = Recipe { withdrawn: Withdrawn::parse("ann@example.com").unwrap(), ..Recipe::default() };
        let with: Vec<Reason> = reasons(&recipe);
        let is_withdrawal = |reason: &&Reason| matches!(reason, Reason::Withdrawn | Reason::SharedDevice);
        assert_eq!(with.iter().filter(is_withdrawal).count(), 4);
        let others: Vec<Reason> = with.iter().filter(|reason| !is_withdrawal(reason)).copied().collect();
        assert_eq!(reasons(&Recipe::default()), others);
    }

    #[test]
    fn every_column_that_a_step_names_is_there() {
        let has = |table: Table, name: &str| table.schema().iter().any(|column| column.name == name);
        for recipe in recipes() {
            for definition in Plan::new(&recipe).tables {
                let mut at_hand: Vec<&str> = definition.source.schema().iter().map(|column| column.name).collect();
                for step in &definition.steps {
                    match &step.operation {
                        Operation::KeepPresent(column)
                        | Operation::KeepUpTo(column, _)
                        | Operation::DropWithdrawn { column, .. } => assert!(at_hand.contains(column)),
                        Operation::Distinct => {}
                        Operation::AttachOwner { device, owner } => {
                            assert!(at_hand.contains(device) && !at_hand.contains(owner), "{definition:?}");
                            at_hand.push(owner);
                        }
                        Operation::JoinNearest { other, on, time, bring, .. } => {
                            for (left, right) in on.iter().chain([time]) {
                                assert!(at_hand.contains(left) && has(*other, right), "{definition:?}");
                            }
                            for (from, name) in bring {
                                assert!(has(*other, from) && !at_hand.contains(name), "{definition:?}");
                                at_hand.push(name);
                            }
                        }
                        Operation::KeepMatching { other, on, present, not_before } => {
                            assert!(present.is_none_or(|column| has(*other, column)), "{definition:?}");
                            for (left, right) in on.iter().chain(not_before) {
                                assert!(at_hand.contains(left) && has(*other, right), "{definition:?}");
                            }
                        }
                        Operation::Join { other, on, bring, .. } => {
                            for (left, right) in on {
                                assert!(at_hand.contains(left) && has(*other, right), "{definition:?}");
                            }
                            for (from, name) in bring {
                                assert!(has(*other, from) && !at_hand.contains(name), "{definition:?}");
                                at_hand.push(name);
                            }
                        }
                    }
                }
                for column in definition.table.schema() {
                    assert!(at_hand.contains(&column.name), "{}: {}", definition.table.name(), column.name);
                }
            }
        }
    }
}
