//! From the plan to SQL. As in `curation/compile.rs`, this is all that an engine knows of how a table is made: it goes by
//! operations, never by tables.
//!
//! A table is a chain of common table expressions, `step_0` the rows of its source and `step_1`, `step_2`, … what each step
//! leaves. Counting is another end of the same chain.

use super::engine::Engine;
use super::pseudonyms::{self, PADS, SplitQueries};
use crate::domain::plan::ColumnPair;
use crate::domain::{Column, Dataset, Identity, Operation, Plan, Privacy, Reason, Schema, Table, TableDefinition};

/// The view of those who withdrew, in the column `entry`.
pub const WITHDRAWN: &str = "withdrawn";

/// The view of who owns which device, in the columns `serialnumber` and `user`.
pub const OWNERS: &str = "owners";

/// How one table is made by an engine, from views that have the names of the tables that it needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// The table.
    pub table: Table,
    /// The table that it starts from.
    pub source: Table,
    /// The query that gives its rows.
    pub query: String,
    /// The query that gives its rows with the columns that no written table has, which a review needs; none where there are
    /// no such columns.
    pub whole: Option<String>,
    /// The query that gives one row with the number of rows before and behind each step: `rows_0`, `rows_1`, …, and for each
    /// join `matched_1`, …, the rows that found a partner. Dropped are the rows before less those that were matched (or left,
    /// if it is no join); added by a join are the rows behind it less those that were matched.
    pub counts: String,
    /// The steps, in order.
    pub steps: Vec<CountedStep>,
    /// The views that it needs.
    pub needs: Vec<String>,
    /// The query that gives its rows with pseudonyms instead of people and devices, of a table that training sets are made
    /// of; only Spark's. It needs the view [`PADS`] too.
    pub pseudonymous: Option<String>,
    /// The same, with the split that each customer is in.
    pub split: Option<SplitQueries>,
}

/// What the counts of a step mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CountedStep {
    /// Why it drops rows.
    pub reason: Reason,
    /// Whether it can make several rows of one.
    pub is_join: bool,
}

/// The statements of a plan for an engine, each after those that it needs.
pub fn statements(plan: &Plan, engine: Engine) -> Vec<Statement> {
    plan.tables.iter().map(|definition| Compiler::new(engine, definition, None).statement(definition).0).collect()
}

/// The same statements with what they have in common apart: views to be made beforehand, names and queries, so that an engine
/// works them out once.
pub fn statements_apart(plan: &Plan, engine: Engine) -> (Vec<(String, String)>, Vec<Statement>) {
    let mut views = vec![];
    let mut statements = vec![];
    for definition in &plan.tables {
        let (statement, known) = Compiler::new(engine, definition, Some(views)).statement(definition);
        statements.push(statement);
        views = known;
    }
    (views, statements)
}

/// Each derived table of a plan with the Spark SQL that makes it.
pub fn spark_sql(plan: &Plan) -> Vec<(Table, String)> {
    statements(plan, Engine::Spark).into_iter().map(|statement| (statement.table, statement.query)).collect()
}

/// The columns of a table that are written.
pub fn written(table: Table) -> impl Iterator<Item = &'static Column> {
    table.schema().iter().filter(move |column| !table.is_internal(column.name))
}

/// One row: how many entries of the list of withdrawn customers landed (`matched`) and how many customers it withdraws.
pub fn withdrawals(engine: Engine) -> String {
    let folded = |column: &str| engine.folded(&engine.quoted(column));
    let q = |name: &str| engine.quoted(name);
    let landed: Vec<String> = Dataset::ALL
        .into_iter()
        .flat_map(|dataset| {
            let identities =
                dataset.schema().iter().filter(|column| matches!(column.privacy, Privacy::Person | Privacy::Device));
            let table = Table::landing(dataset).name();
            identities.map(move |column| format!("SELECT {} AS identity FROM {}", folded(column.name), q(table)))
        })
        .collect();
    format!(
        "WITH listed AS (SELECT {entry} AS entry FROM {WITHDRAWN}),\n\
         landed AS (\n  {landed}\n),\n\
         people AS (\n  SELECT DISTINCT {email} AS person FROM {customers} WHERE {email} IN (SELECT entry FROM listed)\n  \
         UNION SELECT {email} FROM {customers} WHERE {serial} IN (SELECT entry FROM listed)\n)\n\
         SELECT (SELECT count(*) FROM listed WHERE entry IN (SELECT identity FROM landed)) AS matched, \
         (SELECT count(*) FROM people) AS customers",
        entry = folded("entry"),
        landed = landed.join("\n  UNION "),
        email = folded("email"),
        serial = folded("serialnumber"),
        customers = q(Table::CustomerLanding.name()),
    )
}

struct Compiler {
    engine: Engine,
    /// Names and queries, each after those that it needs.
    expressions: Vec<(String, String)>,
    /// What statements have in common, if that is kept apart.
    apart: Option<Vec<(String, String)>>,
    /// What only the counting needs.
    counted: Vec<(String, String)>,
    /// The columns of the rows at hand.
    columns: Vec<&'static str>,
    needs: Vec<String>,
}

impl Compiler {
    fn new(engine: Engine, definition: &TableDefinition, apart: Option<Vec<(String, String)>>) -> Self {
        let columns = names(definition.source.schema());
        Self { engine, expressions: vec![], apart, counted: vec![], columns, needs: vec![] }
    }

    fn statement(mut self, definition: &TableDefinition) -> (Statement, Vec<(String, String)>) {
        let source = self.relation(definition.source);
        let first = format!("SELECT {}\nFROM {source} r", self.at_hand());
        self.add("step_0", first);
        for (number, step) in (1..).zip(&definition.steps) {
            self.step(number, &step.operation);
        }
        let last = definition.steps.len();
        let columns: Vec<String> = written(definition.table).map(|column| self.engine.quoted(column.name)).collect();
        let chain = with(&self.expressions);
        let query = format!("{chain}\nSELECT {}\nFROM step_{last}", columns.join(", "));
        let all: Vec<String> = definition.table.schema().iter().map(|column| self.engine.quoted(column.name)).collect();
        let whole =
            (all.len() > columns.len()).then(|| format!("{chain}\nSELECT {}\nFROM step_{last}", all.join(", ")));
        let steps: Vec<CountedStep> = definition
            .steps
            .iter()
            .map(|step| CountedStep { reason: step.reason, is_join: step.operation.is_join() })
            .collect();
        let rows = (0..=last).map(|number| format!("(SELECT count(*) FROM step_{number}) AS rows_{number}"));
        let joins = (1..).zip(&steps).filter(|(_, step)| step.is_join);
        let matched =
            joins.map(|(number, _)| format!("(SELECT count(*) FROM step_{number}_matched) AS matched_{number}"));
        let figures: Vec<String> = rows.chain(matched).collect();
        let columns = pseudonyms::columns(self.engine, definition.table);
        let split = columns.as_ref().and_then(|columns| pseudonyms::split(self.engine, definition.table, columns));
        let pseudonymous =
            columns.map(|columns| format!("{chain}\nSELECT {columns}\nFROM step_{last} r CROSS JOIN {PADS} p"));
        let all: Vec<_> = self.expressions.iter().chain(&self.counted).cloned().collect();
        let counts = format!("{}\nSELECT\n  {}", with(&all), figures.join(",\n  "));
        let needs = self.needs;
        let (table, source) = (definition.table, definition.source);
        let statement = Statement { table, source, query, whole, counts, steps, needs, pseudonymous, split };
        (statement, self.apart.unwrap_or_default())
    }

    /// An expression that is the same in every statement.
    fn add_common(&mut self, name: &str, query: String) {
        match &mut self.apart {
            None => self.add(name, query),
            Some(views) if views.iter().any(|(other, _)| other == name) => {}
            Some(views) => views.push((name.to_owned(), query)),
        }
    }

    fn add(&mut self, name: impl Into<String>, query: String) {
        let name = name.into();
        if !self.expressions.iter().any(|(other, _)| *other == name) {
            self.expressions.push((name, query));
        }
    }

    fn need(&mut self, view: &str) {
        if !self.needs.iter().any(|other| other == view) {
            self.needs.push(view.to_owned());
        }
    }

    fn q(&self, name: &str) -> String {
        self.engine.quoted(name)
    }

    /// The columns of the rows at hand, called `r`.
    fn at_hand(&self) -> String {
        self.columns.iter().map(|column| format!("r.{}", self.q(column))).collect::<Vec<_>>().join(", ")
    }

    /// What a table is read from. A consent of 0 is none, so landed consents are read by way of an expression.
    fn relation(&mut self, table: Table) -> String {
        self.need(table.name());
        let is_consent = |name: &str| table.schema().iter().any(|column| column.name == name && column.consent);
        if table.dataset().is_none() || !table.schema().iter().any(|column| column.consent) {
            return self.q(table.name());
        }
        let columns: Vec<String> = names(table.schema())
            .into_iter()
            .map(|name| match (self.q(name), is_consent(name)) {
                (name, true) => format!("nullif({name}, 0) AS {name}"),
                (name, false) => name,
            })
            .collect();
        let name = format!("{}_read", table.name());
        self.add(name.clone(), format!("SELECT {}\nFROM {}", columns.join(", "), self.q(table.name())));
        name
    }

    /// Equal keys of the rows at hand, `r`, and of another table, `o`.
    fn equal(&self, on: &[ColumnPair]) -> String {
        let pairs = on.iter().map(|(left, right)| format!("o.{} = r.{}", self.q(right), self.q(left)));
        pairs.collect::<Vec<_>>().join(" AND ")
    }

    fn step(&mut self, number: usize, operation: &Operation) {
        let rows = format!("step_{}", number - 1);
        let kept = format!("SELECT {}\nFROM {rows} r", self.at_hand());
        let query = match operation {
            Operation::KeepPresent(column) => format!("{kept}\nWHERE r.{} IS NOT NULL", self.q(column)),
            Operation::KeepUpTo(column, latest) => format!("{kept}\nWHERE r.{} <= {latest}", self.q(column)),
            Operation::DropWithdrawn { column, identity, .. } => {
                let gone = self.gone(*identity);
                let folded = self.engine.folded(&format!("r.{}", self.q(column)));
                format!("{kept}\nWHERE NOT EXISTS (SELECT 1 FROM {gone} g WHERE g.identity = {folded})")
            }
            Operation::KeepMatching { other, on, present, not_before } => {
                self.matching(&kept, *other, on, *present, *not_before)
            }
            Operation::Distinct => format!("SELECT DISTINCT {}\nFROM {rows} r", self.at_hand()),
            Operation::Join { other, on, bring, once } => self.join(number, &rows, *other, on, bring, *once),
            Operation::AttachOwner { device, owner } => {
                self.need(OWNERS);
                let owned = format!("o.{} AS {}", self.q("user"), self.q(owner));
                let on = format!("o.{} = r.{}", self.q("serialnumber"), self.q(device));
                format!("SELECT {}, {owned}\nFROM {rows} r\nJOIN {} o ON {on}", self.at_hand(), self.q(OWNERS))
            }
            Operation::JoinNearest { other, on, time, within, bring } => {
                self.nearest(number, &rows, *other, on, *time, *within);
                self.join_nearest(number, &rows, *other, on, *time, bring)
            }
        };
        self.add(format!("step_{number}"), query);
        self.columns.extend(operation.brings());
    }

    fn matching(
        &mut self,
        kept: &str,
        other: Table,
        on: &[ColumnPair],
        present: Option<&str>,
        not_before: Option<ColumnPair>,
    ) -> String {
        let relation = self.relation(other);
        let only = |column: &str| format!("o.{} IS NOT NULL", self.q(column));
        let equal = self.equal(on);
        let Some((time, earliest)) = not_before else {
            let present = present.map(|column| format!(" AND {}", only(column))).unwrap_or_default();
            return format!("{kept}\nWHERE EXISTS (SELECT 1 FROM {relation} o WHERE {equal}{present})");
        };
        // The earliest alone decides, and there is one for each key, so that no row comes twice.
        let keys: Vec<String> = on.iter().map(|(_, right)| format!("o.{}", self.q(right))).collect();
        let present: Vec<String> = present.into_iter().chain([earliest]).map(only).collect();
        let earliest = format!("min(o.{}) AS earliest", self.q(earliest));
        format!(
            "{kept}\nJOIN (\n  SELECT {keys}, {earliest} FROM {relation} o WHERE {} GROUP BY {keys}\n) o ON {equal} AND r.{} \
             >= o.earliest",
            present.join(" AND "),
            self.q(time),
            keys = keys.join(", "),
        )
    }

    fn join(
        &mut self,
        number: usize,
        rows: &str,
        other: Table,
        on: &[ColumnPair],
        bring: &[ColumnPair],
        once: bool,
    ) -> String {
        let relation = self.relation(other);
        let keys = (0..).zip(on).map(|(place, (_, right))| format!("o.{} AS key_{place}", self.q(right)));
        let brought = bring.iter().map(|(from, name)| format!("o.{} AS {}", self.q(from), self.q(name)));
        let others: Vec<String> = keys.chain(brought).collect();
        let distinct = if once { "DISTINCT " } else { "" };
        let on: Vec<String> =
            (0..).zip(on).map(|(place, (left, _))| format!("o.key_{place} = r.{}", self.q(left))).collect();
        let on = on.join(" AND ");
        let others = format!("(\n  SELECT {distinct}{} FROM {relation} o\n)", others.join(", "));
        self.counted.push((
            format!("step_{number}_matched"),
            format!("SELECT 1 AS found\nFROM {rows} r\nWHERE EXISTS (SELECT 1 FROM {others} o WHERE {on})"),
        ));
        format!("SELECT {}, {}\nFROM {rows} r\nJOIN {others} o ON {on}", self.at_hand(), self.brought(bring))
    }

    fn brought(&self, bring: &[ColumnPair]) -> String {
        bring.iter().map(|(_, name)| format!("o.{}", self.q(name))).collect::<Vec<_>>().join(", ")
    }

    /// The nearest instant of the other table for each of the keys and instants at hand, in `step_N_nearest`.
    ///
    /// Time is cut into stretches as long as the tolerance, as in `curation/compile.rs`: whatever is near enough is in the same
    /// stretch or in the one before or behind. A score is twice the distance, and one more for what is later, so that of two
    /// as near the earlier one has the least.
    fn nearest(
        &mut self,
        number: usize,
        rows: &str,
        other: Table,
        on: &[ColumnPair],
        (at, other_at): ColumnPair,
        within: u32,
    ) {
        let relation = self.relation(other);
        let step = format!("step_{number}");
        let length = within.max(1).to_string();
        let named = |table: &str, pick: fn(&ColumnPair) -> &'static str| {
            let keys = (0..).zip(on).map(|(place, pair)| format!("{table}.{} AS key_{place}", self.q(pick(pair))));
            keys.collect::<Vec<_>>().join(", ")
        };
        let keys =
            |table: &str| (0..on.len()).map(|place| format!("{table}.key_{place}")).collect::<Vec<_>>().join(", ");
        let other_at = format!("o.{}", self.q(other_at));
        let stretch = self.engine.divided(&other_at, &length);
        let instants = format!(
            "SELECT DISTINCT {}, {other_at} AS instant, {stretch} AS stretch\nFROM {relation} o",
            named("o", |pair| pair.1)
        );
        let wanted =
            format!("SELECT DISTINCT {}, r.{} AS instant\nFROM {rows} r", named("r", |pair| pair.0), self.q(at));
        let around = format!(
            "SELECT {}, w.instant, {} + s.shift AS stretch\nFROM {step}_wanted w\nCROSS JOIN (SELECT -1 AS shift UNION ALL SELECT \
             0 AS shift UNION ALL SELECT 1 AS shift) s",
            keys("w"),
            self.engine.divided("w.instant", &length)
        );
        let equal: Vec<String> = (0..on.len()).map(|place| format!("i.key_{place} = a.key_{place}")).collect();
        let scored = format!(
            "SELECT {keys}, a.instant, min(2 * abs(i.instant - a.instant) + CASE WHEN i.instant > a.instant THEN 1 ELSE 0 END) \
             AS score\nFROM {step}_around a\nJOIN {step}_instants i ON {equal} AND i.stretch = a.stretch\nWHERE i.instant \
             BETWEEN a.instant - {within} AND a.instant + {within}\nGROUP BY {keys}, a.instant",
            keys = keys("a"),
            equal = equal.join(" AND "),
        );
        let away = self.engine.divided("s.score", "2");
        let nearest = format!(
            "SELECT {}, s.instant, CASE WHEN s.score % 2 = 1 THEN s.instant + {away} ELSE s.instant - {away} END AS \
             nearest\nFROM {step}_scored s",
            keys("s"),
        );
        for (name, query) in
            [("instants", instants), ("wanted", wanted), ("around", around), ("scored", scored), ("nearest", nearest)]
        {
            self.add(format!("{step}_{name}"), query);
        }
    }

    fn join_nearest(
        &mut self,
        number: usize,
        rows: &str,
        other: Table,
        on: &[ColumnPair],
        (at, other_at): ColumnPair,
        bring: &[ColumnPair],
    ) -> String {
        let relation = self.relation(other);
        let pairs = |table: &str, pick: fn(&ColumnPair) -> &'static str| {
            let keys = (0..).zip(on).map(|(place, pair)| format!("n.key_{place} = {table}.{}", self.q(pick(pair))));
            keys.collect::<Vec<_>>().join(" AND ")
        };
        let mine = format!("{} AND n.instant = r.{}", pairs("r", |pair| pair.0), self.q(at));
        let theirs = format!("{} AND n.nearest = o.{}", pairs("o", |pair| pair.1), self.q(other_at));
        let brought = bring.iter().map(|(from, name)| format!("o.{} AS {}", self.q(from), self.q(name)));
        let brought = brought.collect::<Vec<_>>().join(", ");
        self.counted.push((
            format!("step_{number}_matched"),
            format!(
                "SELECT 1 AS found\nFROM {rows} r\nWHERE EXISTS (SELECT 1 FROM step_{number}_nearest n WHERE {mine})"
            ),
        ));
        format!(
            "SELECT {}, {brought}\nFROM {rows} r\nJOIN step_{number}_nearest n ON {mine}\nJOIN {relation} o ON {theirs}",
            self.at_hand()
        )
    }

    /// The expression with whom a withdrawal takes away, in the column `identity`; see [`Identity`].
    fn gone(&mut self, identity: Identity) -> &'static str {
        let customers = self.q(Table::CustomerLanding.name());
        self.need(Table::CustomerLanding.name());
        self.need(WITHDRAWN);
        let folded = |column: &str| self.engine.folded(&self.q(column));
        let listed = format!("SELECT DISTINCT {} AS identity\nFROM {}", folded("entry"), self.q(WITHDRAWN));
        let records =
            format!("SELECT {} AS person, {} AS device\nFROM {customers}", folded("email"), folded("serialnumber"));
        self.add_common("withdrawn_listed", listed);
        self.add_common("withdrawn_records", records);
        let of_record = |column: &str| {
            format!("SELECT c.person FROM withdrawn_records c JOIN withdrawn_listed l ON c.{column} = l.identity")
        };
        let persons = format!(
            "SELECT identity FROM withdrawn_listed\nUNION {}\nUNION {}",
            of_record("person"),
            of_record("device")
        );
        self.add_common("withdrawn_persons", persons);
        let of_persons = |how: &str| {
            format!(
                "SELECT DISTINCT c.device AS identity\nFROM withdrawn_records c\nWHERE c.device IS NOT NULL AND {how} (SELECT 1 \
                 FROM withdrawn_persons p WHERE p.identity = c.person)"
            )
        };
        match identity {
            Identity::Person => "withdrawn_persons",
            Identity::SharedDevice => {
                self.add_common("withdrawn_theirs", of_persons("EXISTS"));
                let all = "SELECT identity FROM withdrawn_listed\nUNION SELECT identity FROM withdrawn_theirs";
                self.add_common("withdrawn_or_shared_devices", all.to_owned());
                "withdrawn_or_shared_devices"
            }
            Identity::Device => {
                self.add_common("withdrawn_theirs", of_persons("EXISTS"));
                self.add_common("withdrawn_others", of_persons("NOT EXISTS"));
                let alone = "SELECT identity FROM withdrawn_listed\nUNION SELECT t.identity FROM withdrawn_theirs t\nWHERE NOT \
                             EXISTS (SELECT 1 FROM withdrawn_others o WHERE o.identity = t.identity)";
                self.add_common("withdrawn_devices", alone.to_owned());
                "withdrawn_devices"
            }
        }
    }
}

fn names(schema: Schema) -> Vec<&'static str> {
    schema.iter().map(|column| column.name).collect()
}

fn with(expressions: &[(String, String)]) -> String {
    let indented = |query: &str| query.lines().map(|line| format!("  {line}\n")).collect::<String>();
    let all = expressions.iter().map(|(name, query)| format!("{name} AS (\n{})", indented(query)));
    format!("WITH {}", all.collect::<Vec<_>>().join(",\n"))
}
