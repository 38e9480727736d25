//! How landed JSON becomes the landing tables on an engine: keys as the feed spells them, declared types, and what counts as
//! not given.

use super::engine::Engine;
use crate::domain::{Column, Dataset, Kind, Table};

/// How the feed spells a column's key. Spark compares keys letter by letter, so this has to be declared.
pub fn key(column: &Column) -> &'static str {
    match column.name {
        "customername" => "customerName",
        "birthday" => "birthDay",
        "serialnumber" => "serialNumber",
        "registrationdate" => "registrationDate",
        "lastupdatedate" => "lastUpdateDate",
        "sharewithresearchasofdate" => "shareWithResearchAsOfDate",
        "sharewithpublicasofdate" => "shareWithPublicAsOfDate",
        "sharewithfriendsasofdate" => "shareWithFriendsAsOfDate",
        "sensorreadingtime" => "sensorReadingTime",
        "distancefromobject" => "distanceFromObject",
        name => name,
    }
}

/// Whether a column may be blank where a number belongs: it is read as text then, and blank is null.
fn may_be_blank(column: &Column) -> bool {
    !column.required && column.kind != Kind::Text
}

/// The schema that Spark reads a data set's JSON with.
pub fn spark_schema(dataset: Dataset) -> String {
    let column = |column: &Column| {
        let kind = if may_be_blank(column) { Kind::Text } else { column.kind };
        format!("{} {}", Engine::Spark.quoted(key(column)), Engine::Spark.type_name(kind))
    };
    dataset.schema().iter().map(column).collect::<Vec<_>>().join(", ")
}

/// The name of the view of a data set as it was read with [`spark_schema`].
pub fn raw_view(dataset: Dataset) -> String {
    format!("{}_raw", Table::landing(dataset).name())
}

/// The landing table of a data set, from the view of what was read: the catalog's names and types; absent, null, blank and,
/// for a consent, 0 are null.
pub fn spark_landing(dataset: Dataset) -> String {
    let engine = Engine::Spark;
    let column = |column: &Column| {
        let (from, name) = (engine.quoted(key(column)), engine.quoted(column.name));
        if !may_be_blank(column) {
            return if from == name { name } else { format!("{from} AS {name}") };
        }
        let given = format!("CAST(nullif({}, '') AS {})", engine.trimmed(&from), engine.type_name(column.kind));
        let given = if column.consent { format!("nullif({given}, 0)") } else { given };
        format!("{given} AS {name}")
    };
    let columns: Vec<String> = dataset.schema().iter().map(column).collect();
    format!("SELECT\n  {}\nFROM {}", columns.join(",\n  "), engine.quoted(&raw_view(dataset)))
}

/// Where a record stands, which says who comes first: columns that a view of landed records can have besides.
pub const PLACED: &str =
    "input_file_name() AS __file, input_file_block_start() AS __block, monotonically_increasing_id() AS __row";

/// The name of the view of a data set as it was read, with [`PLACED`].
pub fn placed_view(dataset: Dataset) -> String {
    format!("{}_placed", raw_view(dataset))
}

/// The landing table of a data set with where each record stands, from the view of that name.
pub fn spark_placed(dataset: Dataset) -> String {
    let from = Engine::Spark.quoted(&raw_view(dataset));
    let placed = Engine::Spark.quoted(&placed_view(dataset));
    let query = spark_landing(dataset).replacen("SELECT\n", "SELECT `__file`, `__block`, `__row`,\n", 1);
    query.replace(&format!("FROM {from}"), &format!("FROM {placed}"))
}

/// Athena's definitions: the landing tables on JSON, the derived tables on the Parquet files of a run, and what the queries
/// need beside them. Names in capitals stand for places.
pub fn athena_ddl() -> String {
    let mut text = "-- Put your own places for s3://BUCKET/LANDING, s3://BUCKET/OUT/runs/RUN and s3://BUCKET/KIT.\n\
                    -- Every job leaves `athena_places.sql` in its run folder, which moves the tables to that run.\n"
        .to_owned();
    for dataset in Dataset::ALL {
        let table = Table::landing(dataset);
        text += &format!(
            "\nCREATE EXTERNAL TABLE IF NOT EXISTS `{}` (\n{}\n)\n\
             ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'\n\
             WITH SERDEPROPERTIES ('case.insensitive' = 'true', 'ignore.malformed.json' = 'false')\n\
             STORED AS TEXTFILE\n\
             LOCATION 's3://BUCKET/LANDING/{}/'\nTBLPROPERTIES ('classification' = 'json');\n",
            table.name(),
            hive_columns(dataset.schema().iter()),
            dataset.name(),
        );
    }
    for table in Table::derived() {
        text += &parquet_table(table.name(), &hive_columns(super::compile::written(table)));
    }
    let user = Dataset::Accelerometer.schema().iter().filter(|column| column.name == "user");
    let device = Dataset::StepTrainer.schema().iter().filter(|column| column.name == "serialnumber");
    text += "\n-- Whose device it is, if the job inferred it: names people.\n";
    text += parquet_table(super::OWNERS, &hive_columns(device.chain(user))).trim_start();
    text += "\n-- Who withdrew, if anybody did: recipe.json, alone in a folder that only those may read who may know it.\n\
             CREATE EXTERNAL TABLE IF NOT EXISTS `recipe` (\n  `withdrawn` array<string>\n)\n\
             ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'\n\
             STORED AS TEXTFILE\n\
             LOCATION 's3://BUCKET/KIT/recipe/';\n\n\
             CREATE OR REPLACE VIEW withdrawn AS SELECT entry FROM recipe CROSS JOIN UNNEST(withdrawn) AS t (entry);\n";
    text
}

fn parquet_table(name: &str, columns: &str) -> String {
    format!(
        "\nCREATE EXTERNAL TABLE IF NOT EXISTS `{name}` (\n{columns}\n)\nSTORED AS PARQUET\nLOCATION \
         's3://BUCKET/OUT/runs/RUN/{name}/';\n"
    )
}

/// Columns for a definition, which Athena reads as Hive does: names in backticks.
fn hive_columns<'a>(columns: impl Iterator<Item = &'a Column>) -> String {
    let column = |column: &Column| format!("  `{}` {}", column.name, Engine::Athena.type_name(column.kind));
    columns.map(column).collect::<Vec<_>>().join(",\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_its_columns_name_but_for_the_case() {
        for column in Dataset::ALL.iter().flat_map(|dataset| dataset.schema()) {
            assert_eq!(key(column).to_lowercase(), column.name);
        }
    }

    #[test]
    fn a_consent_may_be_blank_or_zero_and_a_time_that_is_needed_may_not() {
        let sql = spark_landing(Dataset::Customer);
        assert!(sql.contains("nullif(CAST(nullif(regexp_replace(`shareWithPublicAsOfDate`"), "{sql}");
        assert!(spark_schema(Dataset::Customer).contains("`shareWithPublicAsOfDate` string"));
        assert!(spark_schema(Dataset::Accelerometer).contains("`timestamp` bigint"));
        assert!(spark_landing(Dataset::Accelerometer).contains("  `timestamp`,"));
    }

    #[test]
    fn athena_has_every_table_and_no_column_that_stays_inside() {
        let ddl = athena_ddl();
        for table in Table::ALL {
            assert!(ddl.contains(&format!("EXISTS `{}` (", table.name())), "{ddl}");
        }
        let learning = ddl.split("`machine_learning_curated`").nth(1).unwrap().split(')').next().unwrap();
        assert!(!learning.contains("user"), "{learning}");
    }
}
