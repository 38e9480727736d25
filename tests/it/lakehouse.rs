//! The kit for a lake: what it holds, that it is whole or not there, and that it names nobody.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use stedi_workbench::domain::{Dataset, Duplicates, JoinRule, Operation, Plan, Purpose, Recipe, Table, Withdrawn};
use stedi_workbench::lakehouse::{
    Engine, Kit, OWNERS, WITHDRAWN, limits, limits_over_connect, placed_view, spark_landing, spark_placed, spark_sql,
    statements, statements_apart,
};

use crate::support::{sample_data, write};

fn program(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_stedi-workbench")).args(arguments).output().unwrap()
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&[output.stdout.as_slice(), output.stderr.as_slice()].concat()).into_owned()
}

/// Recipes with every choice in every combination.
fn recipes() -> Vec<Recipe> {
    let mut recipes = vec![];
    for purpose in Purpose::ALL {
        for (consent_date, as_of) in [(false, None), (true, Some(-5)), (true, None)] {
            for duplicates in [Duplicates::Keep, Duplicates::Drop] {
                for join in JoinRule::ALL {
                    for withdrawn in ["", "ann@example.com"] {
                        let withdrawn = Withdrawn::parse(withdrawn).unwrap();
                        let recipe =
                            Recipe { purpose, consent_date, as_of, duplicates, join, withdrawn, ..Recipe::default() };
                        recipes.push(Recipe { tolerance_ms: 700, ..recipe });
                    }
                }
            }
        }
    }
    recipes
}

#[test]
fn every_operation_is_in_the_sql_of_both_engines() {
    for recipe in recipes() {
        let plan = Plan::new(&recipe);
        for engine in Engine::ALL {
            for (definition, statement) in plan.tables.iter().zip(statements(&plan, engine)) {
                assert_eq!((definition.table, definition.source), (statement.table, statement.source));
                assert_eq!(definition.steps.len(), statement.steps.len());
                for (number, step) in (1..).zip(&definition.steps) {
                    let start = format!("step_{number} AS (");
                    let body = statement.query.split(&start).nth(1).unwrap().split("\n),").next().unwrap();
                    let has =
                        |words: &str| assert!(body.contains(words), "{recipe:?} {engine:?}: {words} is not in {body}");
                    let q = |name: &str| engine.quoted(name);
                    has(&format!("step_{} r", number - 1));
                    for (left, right) in step.operation.keys() {
                        has(&q(left));
                        has(&q(right));
                    }
                    match &step.operation {
                        Operation::KeepPresent(column) => has(&format!("r.{} IS NOT NULL", q(column))),
                        Operation::KeepUpTo(column, latest) => has(&format!("r.{} <= {latest}", q(column))),
                        Operation::DropWithdrawn { column, .. } => {
                            has("NOT EXISTS");
                            has(&format!("r.{}", q(column)));
                        }
                        Operation::KeepMatching { present: Some(column), not_before: None, .. } => {
                            has(&format!("o.{} IS NOT NULL", q(column)));
                        }
                        Operation::KeepMatching { not_before: Some((time, earliest)), .. } => {
                            has(&format!("min(o.{})", q(earliest)));
                            has(&format!("r.{} >= o.earliest", q(time)));
                        }
                        Operation::KeepMatching { .. } => has("WHERE EXISTS"),
                        Operation::Distinct => has("SELECT DISTINCT"),
                        Operation::Join { once, .. } => assert_eq!(body.contains("DISTINCT"), *once),
                        Operation::AttachOwner { .. } => has(&q(OWNERS)),
                        Operation::JoinNearest { within, .. } => {
                            assert!(
                                statement.query.contains(&format!("a.instant - {within} AND a.instant + {within}"))
                            );
                        }
                    }
                    assert_eq!(statement.counts.contains(&format!("AS matched_{number}")), step.operation.is_join());
                }
                let last = definition.steps.len();
                assert!(statement.counts.contains(&format!("(SELECT count(*) FROM step_{last}) AS rows_{last}")));
            }
        }
    }
}

#[test]
fn a_statement_needs_only_what_is_made_before_it() {
    for recipe in recipes() {
        let plan = Plan::new(&recipe);
        let mut known: BTreeSet<&str> =
            Dataset::ALL.into_iter().map(|dataset| Table::landing(dataset).name()).collect();
        if !recipe.withdrawn.is_empty() {
            known.insert(WITHDRAWN);
        }
        if plan.infers_owners() {
            known.insert(OWNERS);
        }
        for statement in statements(&plan, Engine::Spark) {
            assert!(statement.needs.iter().all(|view| known.contains(view.as_str())), "{statement:?}");
            known.insert(statement.table.name());
        }
        assert_eq!(spark_sql(&plan).len(), 5);
    }
}

#[test]
fn a_landed_consent_of_zero_is_none_wherever_it_is_read() {
    for recipe in recipes() {
        for engine in Engine::ALL {
            for statement in statements(&Plan::new(&recipe), engine) {
                let reads = format!("FROM {}\n", engine.quoted("customer_landing"));
                let consent = engine.quoted(recipe.purpose.column());
                // The list of those who withdrew looks at who a record is of, and at no consent.
                let identities = "AS device\n  ";
                for text in [&statement.query, &statement.counts] {
                    let read = text.matches(&reads).count() - text.matches(&format!("{identities}{reads}")).count();
                    assert_eq!(text.matches(&format!("nullif({consent}, 0) AS {consent}")).count(), read, "{text}");
                    assert!(read <= 1, "{text}");
                }
            }
        }
    }
}

#[test]
fn the_column_that_stays_inside_is_not_written_and_words_of_the_language_are_quoted() {
    for recipe in recipes() {
        for engine in Engine::ALL {
            for statement in statements(&Plan::new(&recipe), engine) {
                let written = statement.query.rsplit("\nSELECT ").next().unwrap();
                if statement.table == Table::MachineLearningCurated {
                    assert!(!written.contains("user"), "{written}");
                }
                for word in ["user", "timestamp"] {
                    for (at, _) in statement.counts.match_indices(word) {
                        let before = statement.counts[..at].chars().next_back();
                        assert!(matches!(before, Some('`' | '"')), "{word} in {}", statement.counts);
                    }
                }
            }
        }
    }
}

#[test]
fn what_an_engine_cannot_do_is_said_of_the_recipe() {
    let says = |recipe: &Recipe, engine, words: &str| limits(recipe, engine).iter().any(|limit| limit.contains(words));
    let specified = Recipe::default();
    let inferred = Recipe { join: JoinRule::InferredOwner, ..Recipe::default() };
    let gone = Recipe { withdrawn: Withdrawn::parse("ann@example.com").unwrap(), ..Recipe::default() };
    assert!(says(&inferred, Engine::Athena, "cannot infer") && !says(&specified, Engine::Athena, "cannot infer"));
    assert!(says(&specified, Engine::Spark, "`export`"));
    assert!(says(&inferred, Engine::Spark, "offsets") && !says(&specified, Engine::Spark, "offsets"));
    for engine in Engine::ALL {
        assert!(
            says(&gone, engine, "recipe.json holds who withdrew (1 entries)") && !says(&specified, engine, "withdrew")
        );
        assert!(!limits(&gone, engine).concat().contains("ann"));
        assert!(says(&specified, engine, "pseudonyms"));
    }
}

#[test]
fn a_kit_names_nobody_but_in_the_recipe() {
    let mut recipe = Recipe { withdrawn: Withdrawn::parse("ann@example.com,serial-1").unwrap(), ..Recipe::default() };
    recipe.join = JoinRule::InferredOwner;
    let decided = r#"{"serial-2": {"owner": "ben@example.com", "is_theirs": false}}"#;
    recipe.owners.decisions = serde_json::from_str(decided).unwrap();
    let kit = Kit::new(&recipe, &[(Table::CustomerTrusted, 482)]);
    for file in &kit.files {
        let names = ["ann@example", "ben@example", "serial-1", "serial-2"].iter().any(|one| file.text.contains(one));
        assert_eq!(
            (names, file.is_personal),
            (file.name == "recipe.json", file.name == "recipe.json"),
            "{}",
            file.name
        );
        assert!(!file.text.contains("@PLAN@") && !file.text.contains("_LIMITS@"), "{}", file.name);
    }
    let read = |name: &str| &kit.files.iter().find(|file| file.name == name).unwrap().text;
    assert_eq!(Recipe::from_json(read("recipe.json")), Ok(recipe));
    assert_eq!(serde_json::from_str::<Value>(read("expected.json")).unwrap()["customer_trusted"], 482);
    assert!(!Kit::new(&Recipe::default(), &[]).files.iter().any(|file| file.is_personal));
}

#[test]
fn the_plan_in_the_job_is_one_text_of_python() {
    for recipe in recipes() {
        let kit = Kit::new(&recipe, &[]);
        let job = &kit.files.iter().find(|file| file.name == "job.py").unwrap().text;
        let plan = job.split("json.loads(r'''\n").nth(1).unwrap().split("'''").next().unwrap();
        let plan: Value = serde_json::from_str(plan).unwrap();
        let queries: Vec<&str> =
            plan["tables"].as_array().unwrap().iter().map(|table| table["query"].as_str().unwrap()).collect();
        let (views, expected) = statements_apart(&Plan::new(&recipe), Engine::Spark);
        assert_eq!(queries, expected.iter().map(|statement| statement.query.as_str()).collect::<Vec<_>>());
        assert_eq!(plan["views"].as_array().unwrap().len(), views.len());
        assert_eq!(views.is_empty(), recipe.withdrawn.is_empty());
        assert_eq!(plan["owners"].is_null(), recipe.join != JoinRule::InferredOwner);
        assert_eq!(plan["withdrawals"].is_null(), recipe.withdrawn.is_empty());
    }
}

#[test]
fn the_command_writes_a_kit_whole_says_its_limits_first_and_replaces_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let recipe = write(folder.path(), "recipe.json", r#"{"join": "owner", "withdrawn": ["nobody@example.com"]}"#);
    let kit = folder.path().join("below/kit");
    let sample = sample_data();
    let command = ["lakehouse", path(&sample), "--recipe", path(&recipe), "--out", path(&kit)];
    let output = program(&command);
    assert!(output.status.success(), "{}", said(&output));
    assert!(said(&output).contains("! Spark: ") && !said(&output).contains("nobody@"), "{}", said(&output));
    for name in ["job.py", "recipe.json", "expected.json", "README.md", "athena_ddl.sql"] {
        assert!(kit.join(name).is_file(), "{name}");
    }
    for table in Table::derived() {
        assert!(kit.join(format!("sql/{}.sql", table.name())).is_file());
        assert!(kit.join(format!("athena/{}.sql", table.name())).is_file());
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(kit.join("recipe.json")).unwrap().permissions().mode() & 0o077, 0);
    }
    let counted = program(&[
        "count",
        path(&sample),
        "--recipe",
        path(&recipe),
        "--expected",
        path(&kit.join("expected.json")),
        "--json",
    ]);
    let report: Value = serde_json::from_slice(&counted.stdout).unwrap();
    assert!(report["expected"].as_object().unwrap().values().all(|verdict| verdict["agrees"] == true), "{report}");
    let before = fs::read(kit.join("job.py")).unwrap();
    let again = program(&command);
    assert!(again.status.code() == Some(2) && said(&again).contains("is there already"), "{}", said(&again));
    assert_eq!(fs::read(kit.join("job.py")).unwrap(), before);
}

#[test]
fn a_kit_that_cannot_be_written_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let landing = folder.path().join("landing");
    let output = program(&["lakehouse", path(&landing), "--out", path(&folder.path().join("kit"))]);
    assert_eq!(output.status.code(), Some(2));
    write(&landing, "customer/a.json", "{\"email\":\"ann@example.com\"}\n");
    let inside = program(&["lakehouse", path(&landing), "--out", path(&landing.join("kit"))]);
    assert!(inside.status.code() == Some(2) && said(&inside).contains("among the landing files"), "{}", said(&inside));
    let below_a_file = program(&["lakehouse", path(&landing), "--out", path(&landing.join("customer/a.json/kit"))]);
    assert_eq!(below_a_file.status.code(), Some(2));
    let names: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["landing"]);
    assert_eq!(fs::read_dir(&landing).unwrap().count(), 1);
}

#[test]
fn the_feed_spells_its_keys_as_the_job_declares_them() {
    for dataset in Dataset::ALL {
        let folder = sample_data().join(dataset.name());
        let mut files = vec![folder];
        let mut found = BTreeSet::new();
        while let Some(next) = files.pop() {
            if next.is_dir() {
                files.extend(fs::read_dir(&next).unwrap().map(|entry| entry.unwrap().path()));
            } else if let Ok(text) = fs::read_to_string(&next) {
                for line in text.lines() {
                    if let Ok(Value::Object(record)) = serde_json::from_str::<Value>(line) {
                        found.extend(record.keys().cloned());
                    }
                }
            }
        }
        for column in dataset.schema() {
            let key = stedi_workbench::lakehouse::key(column);
            assert!(found.contains(key), "{key} is not in the sample data: {found:?}");
        }
    }
}

#[test]
fn what_is_otherwise_over_spark_connect_is_said_when_the_recipe_is_chosen() {
    for recipe in recipes() {
        let said = limits_over_connect(&recipe).join("\n");
        let has = |words: &str| said.contains(words);
        assert_eq!(has("list of who withdrew"), !recipe.withdrawn.is_empty(), "{said}");
        assert_eq!(has("decided on this machine"), recipe.join == JoinRule::InferredOwner, "{said}");
        let names_people = !recipe.withdrawn.is_empty() || !recipe.owners.decisions.is_empty();
        assert_eq!(has("the recipe, which names people"), names_people, "{said}");
        assert!(!said.contains('@'), "{said}");
    }
}

#[test]
fn landed_records_keep_their_places_where_owners_are_inferred() {
    for dataset in Dataset::ALL {
        let (plain, placed) = (spark_landing(dataset), spark_placed(dataset));
        assert!(placed.starts_with("SELECT `__file`, `__block`, `__row`,\n"), "{placed}");
        assert!(placed.ends_with(&format!("FROM `{}`", placed_view(dataset))), "{placed}");
        let columns = |query: &str| query.matches(",\n").count();
        assert_eq!(columns(&placed), columns(&plain) + 1);
    }
}

#[test]
fn a_build_without_spark_says_so_and_a_server_is_not_passed_over() {
    let landing = sample_data();
    let output = program(&["count", path(&landing), "--remote", "sc://localhost"]);
    assert!(!output.status.success());
    assert!(said(&output).contains("Add --engine spark"), "{}", said(&output));
    if cfg!(not(feature = "spark")) {
        let output = program(&["count", path(&landing), "--engine", "spark", "--remote", "sc://localhost"]);
        assert!(!output.status.success());
        assert!(said(&output).contains("cargo build --release --features spark"), "{}", said(&output));
    }
}
