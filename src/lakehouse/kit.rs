//! The kit: what somebody needs who runs a recipe on a lake, as files.

use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use super::compile::{CountedStep, Statement, statements, statements_apart, withdrawals};
use super::engine::Engine;
use super::landing::{athena_ddl, key, raw_view, spark_landing, spark_schema};
use super::limits::limits;
use crate::domain::format::hexadecimal;
use crate::domain::{Column, Dataset, JoinRule, Kind, Plan, Recipe, Table};

/// The job, where the plan is still to be put in.
const JOB: &str = include_str!("job.py");
/// Where the plan goes in the job.
const PLACE: &str = "@PLAN@";
const README: &str = include_str!("kit.md");

/// The file that says who somebody is, if the recipe does.
pub const PERSONAL: &str = "recipe.json";

/// A file of a kit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KitFile {
    /// Its path within the kit, `/` between the parts.
    pub name: String,
    /// What it says.
    pub text: String,
    /// Whether it is for its owner's eyes alone.
    pub is_personal: bool,
}

/// A recipe for a lake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kit {
    /// The files, in the order of their names.
    pub files: Vec<KitFile>,
}

impl Kit {
    /// The kit of a recipe; `counts` are the rows of each table that the workbench found in the landing files it was given.
    pub fn new(recipe: &Recipe, counts: &[(Table, u64)]) -> Self {
        let plan = Plan::new(recipe);
        // On one line, because that is what Athena reads.
        let recipe_text = serde_json::to_string(recipe).unwrap_or_default() + "\n";
        let mut files = vec![];
        let mut add = |name: &str, text: String, is_personal: bool| {
            files.push(KitFile { name: name.to_owned(), text, is_personal });
        };
        let spark = statements(&plan, Engine::Spark);
        for (folder, statements) in [("sql", &spark), ("athena", &statements(&plan, Engine::Athena))] {
            for statement in statements {
                add(&format!("{folder}/{}.sql", statement.table.name()), titled(statement, &statement.query), false);
            }
        }
        for statement in &spark {
            if let Some(query) = &statement.pseudonymous {
                add(&format!("sql/{}_pseudonyms.sql", statement.table.name()), titled(statement, query), false);
            }
        }
        for dataset in Dataset::ALL {
            let head = format!(
                "-- {} from the view {}: its JSON read in FAILFAST mode with the schema\n--   {}\n",
                Table::landing(dataset).name(),
                raw_view(dataset),
                spark_schema(dataset)
            );
            add(&format!("sql/{}.sql", Table::landing(dataset).name()), head + &spark_landing(dataset) + "\n", false);
        }
        add("athena_ddl.sql", athena_ddl(), false);
        add("job.py", job(recipe, &recipe_text, &plan), false);
        let names_people = !recipe.withdrawn.is_empty() || !recipe.owners.decisions.is_empty();
        add(PERSONAL, recipe_text, names_people);
        let rows: Map<String, Value> =
            counts.iter().map(|(table, rows)| (table.name().to_owned(), json!(rows))).collect();
        add("expected.json", pretty(&Value::Object(rows)), false);
        add("README.md", readme(recipe), false);
        files.sort_by(|a, b| a.name.cmp(&b.name));
        Self { files }
    }
}

fn titled(statement: &Statement, query: &str) -> String {
    let names: Vec<&str> = statement.needs.iter().map(String::as_str).collect();
    format!("-- {} from {}. It reads {}.\n{query}\n", statement.table.name(), statement.source.name(), names.join(", "))
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default() + "\n"
}

/// The job with everything that it does for this recipe. It holds nothing personal: the list of those who withdrew and the
/// decisions about owners are read from the recipe, which it tells by its hash.
fn job(recipe: &Recipe, recipe_text: &str, plan: &Plan) -> String {
    let (views, statements) = statements_apart(plan, Engine::Spark);
    let datasets: Vec<Value> = Dataset::ALL.into_iter().map(dataset).collect();
    let step = |step: &CountedStep| json!({ "reason": step.reason.label(), "is_join": step.is_join });
    let tables: Vec<Value> = statements
        .iter()
        .map(|statement| {
            let columns: Vec<&str> = super::compile::written(statement.table).map(|column| column.name).collect();
            json!({
                "table": statement.table.name(),
                "source": statement.source.name(),
                "query": statement.query,
                "whole": statement.whole,
                "counts": statement.counts,
                "steps": statement.steps.iter().map(step).collect::<Vec<_>>(),
                "columns": columns,
                "pseudonymous": statement.pseudonymous,
                "split": statement.split.as_ref().map(|split| json!({
                    "devices": split.devices, "recordings": split.recordings, "rows": split.rows,
                })),
            })
        })
        .collect();
    let rules = &recipe.owners;
    let owners = json!({
        "least_shared": rules.least_shared,
        "least_share_permille": rules.least_share_permille,
        "least_lead_permille": rules.least_lead_permille,
        "chance_exponent": rules.chance_exponent,
        "most_offset_ms": rules.most_offset_ms,
    });
    let plan = json!({
        "program": concat!("stedi-workbench ", env!("CARGO_PKG_VERSION")),
        "recipe_sha256": hash(recipe_text),
        // The run has it beside its tables, so that it can be opened again; one that names people comes with the job's options.
        "recipe": (recipe.withdrawn.is_empty() && rules.decisions.is_empty()).then_some(recipe_text),
        "names_people": !recipe.withdrawn.is_empty() || !rules.decisions.is_empty(),
        "datasets": datasets,
        "views": views,
        "catalog": Table::ALL.map(Table::name),
        "tables": tables,
        "withdrawals": (!recipe.withdrawn.is_empty()).then(|| withdrawals(Engine::Spark)),
        "owners": (recipe.join == JoinRule::InferredOwner).then_some(owners),
    });
    // A text of Python in three quotes, taken as it stands.
    JOB.replace(PLACE, &pretty(&plan).replace('\'', "\\u0027"))
}

fn dataset(dataset: Dataset) -> Value {
    let column = |column: &Column| {
        let kind = match column.kind {
            Kind::Text => "text",
            Kind::Integer => "integer",
            Kind::Time => "time",
            Kind::Float => "float",
        };
        json!({ "key": key(column), "column": column.name, "kind": kind, "required": column.required })
    };
    json!({
        "name": dataset.name(),
        "table": Table::landing(dataset).name(),
        "raw": raw_view(dataset),
        "schema": spark_schema(dataset),
        "select": spark_landing(dataset),
        "columns": dataset.schema().iter().map(column).collect::<Vec<_>>(),
    })
}

fn hash(text: &str) -> String {
    hexadecimal(&Sha256::digest(text.as_bytes()))
}

fn readme(recipe: &Recipe) -> String {
    let list = |engine| limits(recipe, engine).iter().map(|limit| format!("- {limit}\n")).collect::<String>();
    README
        .replace("@RECIPE@", &recipe.in_words())
        .replace("@SPARK_LIMITS@", list(Engine::Spark).trim_end())
        .replace("@ATHENA_LIMITS@", list(Engine::Athena).trim_end())
}
