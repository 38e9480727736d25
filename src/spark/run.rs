//! The recipe step by step: look through the landing files, make each table, count each step from both sides.

use std::time::Instant;

use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use super::session::{Session, Texts};
use super::words::Failure;
use super::{Made, Order, Sayer, files, owners, session};
use crate::domain::format::hexadecimal;
use crate::domain::{Cancelled, Dataset, Plan, Progress, StepCount, Table, TableCount};
use crate::lakehouse::{
    Engine, Fault, OWNERS, PLACED, Statement, WITHDRAWN, faults, placed_view, raw_view, spark_landing, spark_placed,
    spark_schema, statements_apart, withdrawals, written,
};

/// The least version of a server: 3.5 has no `is_valid_utf8`.
const LEAST: u32 = 4;

/// Does it. `say` is told of each step.
///
/// # Errors
/// What was refused, or went wrong on the server; and when cancelled.
pub fn run(session: &Session, order: &Order, say: Sayer<'_>, progress: &Progress) -> anyhow::Result<Made> {
    let started = Instant::now();
    let spark = session.version()?;
    let is_old = spark.split('.').next().and_then(|major| major.parse::<u32>().ok()).is_some_and(|major| major < LEAST);
    anyhow::ensure!(
        !is_old,
        "this server has Spark {spark}, and Spark 4 or newer is needed over Spark Connect. The job of `lakehouse` runs on 3.5 too"
    );
    pin(session)?;
    let work = Work { session, order, progress };
    let mut rows = [0; 8];
    for (table, count) in work.land(say)? {
        rows[table.index()] = count;
    }
    let landed = Instant::now();
    let (counts, folder) = work.make(&mut rows, say)?;
    let withdrawn = match order.recipe.withdrawn.is_empty() {
        true => None,
        false => {
            let found = session.row("count who withdrew", &withdrawals(Engine::Spark))?;
            Some((number(&found, "matched")?, number(&found, "customers")?))
        }
    };
    let mut made = Made {
        rows,
        counts,
        withdrawn,
        folder,
        spark,
        read_seconds: (landed - started).as_secs_f64(),
        curate_seconds: landed.elapsed().as_secs_f64(),
    };
    if let Some(folder) = &made.folder {
        work.finish(&made, folder, say).map_err(|failure| in_folder(failure, folder))?;
    }
    made.curate_seconds = landed.elapsed().as_secs_f64();
    Ok(made)
}

/// What differs by version and place, or would swallow something.
fn pin(session: &Session) -> Result<(), Failure> {
    for (name, value) in [
        ("spark.sql.ansi.enabled", "true"),
        ("spark.sql.session.timeZone", "UTC"),
        ("spark.sql.files.ignoreCorruptFiles", "false"),
        ("spark.sql.files.ignoreMissingFiles", "false"),
        ("spark.sql.parser.escapedStringLiterals", "false"),
        ("spark.sql.parquet.writeLegacyFormat", "false"),
    ] {
        session.set(name, value)?;
    }
    let is_local = session.setting("spark.master").is_some_and(|master| master.starts_with("local"));
    if is_local && session.setting("spark.sql.shuffle.partitions").as_deref() == Some("200") {
        // The usual 200 are for a cluster.
        session.set("spark.sql.shuffle.partitions", "8")?;
    }
    Ok(())
}

fn number(row: &session::Found, column: &str) -> Result<u64, Failure> {
    row.number(column).ok_or_else(|| Failure::DoesNotAddUp { what: format!("Spark gave no {column}"), folder: None })
}

/// The failure, with the run folder that is left.
fn in_folder(failure: Failure, folder: &str) -> Failure {
    let folder = Some(folder.to_owned());
    match failure {
        Failure::Spark { doing, said, .. } => Failure::Spark { doing, said, folder },
        Failure::DoesNotAddUp { what, .. } => Failure::DoesNotAddUp { what, folder },
        Failure::Refused { .. } => failure,
    }
}

struct Work<'a> {
    session: &'a Session,
    order: &'a Order,
    progress: &'a Progress,
}

impl Work<'_> {
    /// Looks through the landing files, and reads them if they are sound. Gives the rows of each landing table.
    fn land(&self, say: Sayer<'_>) -> anyhow::Result<Vec<(Table, u64)>> {
        let files = self.files()?;
        let mut rows = vec![];
        let mut wrong = vec![];
        for dataset in Dataset::ALL {
            self.check()?;
            let (records, found) = self.look(dataset, &files[dataset.index()])?;
            say(&format!("looked through: {} {records}", Table::landing(dataset).name()));
            rows.push((Table::landing(dataset), records));
            wrong.extend(found);
        }
        if !wrong.is_empty() {
            wrong.sort();
            let what = "Spark would swallow or mistake something in the landing files";
            return Err(Failure::Refused { what, lines: wrong }.into());
        }
        for (dataset, (_, records)) in Dataset::ALL.into_iter().zip(&rows) {
            self.check()?;
            self.read(dataset, &files[dataset.index()], *records)?;
            say(&format!("read: {} {records}", Table::landing(dataset).name()));
        }
        Ok(rows)
    }

    fn files(&self) -> Result<[Vec<String>; 3], Failure> {
        let landing = &self.order.landing;
        let paths = self.session.paths(&files::glob(landing, std::slice::from_ref(landing)))?;
        files::found(landing, &paths)
            .map_err(|lines| Failure::Refused { what: "The landing files are not as Spark needs them", lines })
    }

    /// How many records there are, and what is wrong with lines.
    fn look(&self, dataset: Dataset, files: &[String]) -> Result<(u64, Vec<String>), Failure> {
        let (table, landing) = (Table::landing(dataset).name(), &self.order.landing);
        let doing = format!("look through {table}");
        let (raw, lines) = (format!("{table}_text"), format!("{table}_lines"));
        self.session.read(&doing, &raw, "text", None, &[], &files::glob(landing, files))?;
        self.session.view(&doing, &lines, &format!("SELECT input_file_name() AS file, value AS line FROM {raw}"))?;
        let (mut records, mut wrong) = (0, vec![]);
        for row in self.session.rows(&doing, &faults(dataset, &lines))? {
            let count = number(&row, "lines")?;
            match row.text("fault").as_deref() {
                None => records += count,
                Some("blank") => {}
                Some(found) => {
                    let file = files::shown(landing, &row.text("file").unwrap_or_default());
                    let lines = crate::domain::format::counted(count, "line");
                    let words = Fault::in_words(found).unwrap_or_default();
                    wrong.push(format!("{file}: {lines} with {words}"));
                }
            }
        }
        Ok((records, wrong))
    }

    /// Holds what is read, so that all tables are made of the same rows, and so that what cannot be read is noticed now.
    fn read(&self, dataset: Dataset, files: &[String], records: u64) -> Result<(), Failure> {
        let (table, session) = (Table::landing(dataset).name(), self.session);
        let doing = format!(
            "read {table}, every line of which was found sound; if no file changed meanwhile, curate these files here"
        );
        let place = files::glob(&self.order.landing, files);
        let schema = Some(spark_schema(dataset));
        session.read(&doing, &raw_view(dataset), "json", schema, &[("mode", "FAILFAST")], &place)?;
        // What is held is found by what it was asked by, whoever asked. Nobody else asks for this run.
        let run = &self.order.run;
        let only_this = format!("WHERE '{run}' = '{run}'");
        if self.infers_owners() {
            // Who comes first is known by where the records stand, which is held with them.
            let (raw, held) = (placed_view(dataset), format!("{table}_held"));
            session.view(&doing, &raw, &format!("SELECT *, {PLACED} FROM {}", raw_view(dataset)))?;
            session.hold(&doing, &held, &format!("{}\n{only_this}", spark_placed(dataset)))?;
            let columns: Vec<String> = dataset.schema().iter().map(|column| format!("`{}`", column.name)).collect();
            session.view(&doing, table, &format!("SELECT {} FROM {held}", columns.join(", ")))?;
        } else {
            session.hold(&doing, table, &format!("{}\n{only_this}", spark_landing(dataset)))?;
        }
        let rows = self.count(&doing, table)?;
        if rows != records {
            let what = format!(
                "Spark reads {rows} records of {table} where {records} were counted: a file changed meanwhile. Start again when \
                 nothing is being delivered"
            );
            return Err(Failure::DoesNotAddUp { what, folder: None });
        }
        Ok(())
    }

    fn infers_owners(&self) -> bool {
        Plan::new(&self.order.recipe).infers_owners()
    }

    fn count(&self, doing: &str, view: &str) -> Result<u64, Failure> {
        number(&self.session.row(doing, &format!("SELECT count(*) AS `rows` FROM `{view}`"))?, "rows")
    }

    /// Makes the tables, and writes them if there is a place for them.
    fn make(&self, rows: &mut [u64; 8], say: Sayer<'_>) -> anyhow::Result<(Vec<TableCount>, Option<String>)> {
        let (session, order) = (self.session, self.order);
        let folder = order.folder();
        let entries = order.recipe.withdrawn.entries().map(|entry| [entry]);
        session.texts("take the list of who withdrew", WITHDRAWN, &["entry"], entries)?;
        let (views, statements) = statements_apart(&Plan::new(&order.recipe), Engine::Spark);
        for (view, query) in views {
            session.hold("work out who withdrew", &view, &query)?;
        }
        let in_folder = |failure| match &folder {
            Some(folder) => in_folder(failure, folder),
            None => failure,
        };
        if self.infers_owners() {
            let owned = owners::infer(session, &order.recipe.owners, self.progress)?;
            let place = folder.as_ref().map(|folder| format!("{folder}/{OWNERS}"));
            owners::name(session, &owned, place.as_deref()).map_err(in_folder)?;
            say(&format!("inferred: {OWNERS} {}", owned.len()));
        }
        let mut counts = vec![];
        for statement in &statements {
            self.check()?;
            let count = self.table(statement, folder.as_deref(), rows).map_err(in_folder)?;
            say(&format!("made: {} {}", count.table.name(), count.rows));
            counts.push(count);
        }
        Ok((counts, folder))
    }

    fn table(&self, statement: &Statement, folder: Option<&str>, rows: &mut [u64; 8]) -> Result<TableCount, Failure> {
        let (session, table) = (self.session, statement.table);
        let name = table.name();
        let doing = format!("make {name}");
        match folder {
            None => session.hold(&doing, name, &statement.query)?,
            Some(folder) => self.write(statement, folder)?,
        }
        let found = self.count(&doing, name)?;
        rows[table.index()] = found;
        let row = session.row(&doing, &statement.counts)?;
        let wrong = |step: &str| Failure::DoesNotAddUp {
            what: format!("{name} does not add up{step}: other rows were made than counted"),
            folder: None,
        };
        let rows_in = number(&row, "rows_0")?;
        let mut steps = vec![];
        for (place, step) in statement.steps.iter().enumerate() {
            let before = number(&row, &format!("rows_{place}"))?;
            let after = number(&row, &format!("rows_{}", place + 1))?;
            let kept = if step.is_join { number(&row, &format!("matched_{}", place + 1))? } else { after };
            let (Some(dropped), Some(added)) = (before.checked_sub(kept), after.checked_sub(kept)) else {
                return Err(wrong(&format!(" at the step {}", step.reason.label())));
            };
            steps.push(StepCount { reason: step.reason, rows_in: before, dropped, added });
        }
        let count = TableCount { table, source: statement.source, rows_in, steps, rows: found };
        if rows_in != rows[statement.source.index()] || !count.adds_up() {
            return Err(wrong(""));
        }
        Ok(count)
    }

    /// Writes a table, and gives what was written its name.
    fn write(&self, statement: &Statement, folder: &str) -> Result<(), Failure> {
        let (session, name) = (self.session, statement.table.name());
        let doing = format!("make {name}");
        let mut query = statement.query.clone();
        if let Some(all) = &statement.whole {
            // Whose motion it is stays within the run: the review needs it, and no table that is handed on has it.
            let (place, whole) = (format!("{folder}/review/{name}"), format!("{name}_whole"));
            session.write(&doing, all, &place)?;
            self.read_written(&doing, &whole, &place)?;
            let columns: Vec<String> = written(statement.table).map(|column| format!("`{}`", column.name)).collect();
            query = format!("SELECT {} FROM {whole}", columns.join(", "));
        }
        let place = format!("{folder}/{name}");
        session.write(&doing, &query, &place)?;
        self.read_written(&doing, name, &place)
    }

    fn read_written(&self, doing: &str, view: &str, place: &str) -> Result<(), Failure> {
        let glob = files::glob(place, &[place.to_owned()]);
        self.session.read(doing, view, "parquet", None, &[], &glob)
    }

    /// What a run ends with: the recipe, the counts, without which it is not finished, and last of all the pointer.
    fn finish(&self, made: &Made, folder: &str, say: Sayer<'_>) -> Result<(), Failure> {
        let (session, order) = (self.session, self.order);
        let recipe = serde_json::to_string(&order.recipe).unwrap_or_default();
        session.write_text("write the recipe", &recipe, &format!("{folder}/recipe"), Texts::New)?;
        session.write_text(
            "write the counts",
            &report(made, order).to_string(),
            &format!("{folder}/counts"),
            Texts::New,
        )?;
        say(&format!("written: {folder}/counts"));
        let Some(out) = &order.out else { return Ok(()) };
        let run = &order.run;
        let pointer = json!({
            "run": run,
            "path": format!("runs/{run}"),
            "recipe_sha256": hexadecimal(&Sha256::digest(&recipe)),
            "counts": format!("runs/{run}/counts"),
            "switched": order.at,
        });
        session.write_text("switch the pointer", &pointer.to_string(), &format!("{out}/current"), Texts::OneMore)?;
        say(&format!("switched: {out}/current has {run}"));
        Ok(())
    }

    fn check(&self) -> Result<(), Cancelled> {
        self.progress.check()
    }
}

/// What is written beside the tables: the counts of `--json`, and the steps.
fn report(made: &Made, order: &Order) -> Value {
    let mut tables = Map::new();
    let mut steps = Map::new();
    for table in Table::ALL {
        let rows = made.rows[table.index()];
        let Some(count) = made.counts.iter().find(|count| count.table == table) else {
            tables.insert(table.name().to_owned(), json!({ "rows": rows, "refused": 0 }));
            continue;
        };
        let dropped: Map<String, Value> = count
            .steps
            .iter()
            .filter(|step| step.dropped > 0)
            .map(|step| (step.reason.label().to_owned(), json!(step.dropped)))
            .collect();
        let of_steps: Vec<Value> = count
            .steps
            .iter()
            .map(|step| {
                json!({
                    "reason": step.reason.label(),
                    "rows_in": step.rows_in,
                    "dropped": step.dropped,
                    "added": step.added,
                    "rows_out": step.rows_out(),
                })
            })
            .collect();
        let change = json!({ "rows": rows, "source": count.source.name(), "dropped": dropped, "added": count.added() });
        tables.insert(table.name().to_owned(), change);
        steps.insert(table.name().to_owned(), json!(of_steps));
    }
    let mut report = json!({
        "tables": tables,
        "steps": steps,
        "run": order.run,
        "program": concat!("stedi-workbench ", env!("CARGO_PKG_VERSION")),
        "spark": made.spark,
    });
    if let Some((matched, customers)) = made.withdrawn {
        report["withdrawn"] =
            json!({ "listed": order.recipe.withdrawn.len(), "matched": matched, "customers": customers });
    }
    report
}
