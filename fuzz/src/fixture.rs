//! Small landing files of people who are made up, and what is made of them.

use std::fs::{self, File};
use std::path::Path;

use polars::prelude::*;
use serde_json::json;
use stedi_workbench::curation::{Curation, curate};
use stedi_workbench::domain::{Dataset, Progress, Recipe, Table};
use stedi_workbench::landing::{self, Landing, Source};

pub const CUSTOMERS: &str = r#"{"customerName":"Ann Leaver","email":"ann.leaver@example.com","phone":"5550123456","birthDay":"1950-01-01","serialNumber":"d-1","registrationDate":1655296600000,"lastUpdateDate":1655296600000,"shareWithResearchAsOfDate":1655296600000,"shareWithPublicAsOfDate":1655296600000}
{"customerName":"Ben Stayer","email":"ben@example.com","phone":"5550123457","birthDay":"1960-01-01","serialNumber":"d-2","registrationDate":1655296600000,"lastUpdateDate":1655296600000,"shareWithResearchAsOfDate":1655296600000}
"#;
pub const MOTIONS: &str = r#"{"user":"ann.leaver@example.com","timestamp":1655296678763,"x":-1.5,"y":0.0,"z":2.0}
{"user":"ben@example.com","timestamp":1655296678764,"x":1.0,"y":0.5,"z":-1.0}
{"user":"ben@example.com","timestamp":1655296678765,"x":1.0,"y":0.5,"z":-1.0}
"#;
pub const STEPS: &str = r#"{"sensorReadingTime":1655296678763,"serialNumber":"d-1","distanceFromObject":219}
{"sensorReadingTime":1655296678764,"serialNumber":"d-2","distanceFromObject":220}
{"sensorReadingTime":1655296678765,"serialNumber":"d-2","distanceFromObject":221}
"#;

/// Writes the landing files below a folder.
pub fn write_landing(folder: &Path) {
    for (dataset, content) in [("customer", CUSTOMERS), ("accelerometer", MOTIONS), ("step_trainer", STEPS)] {
        fs::create_dir_all(folder.join(dataset)).unwrap();
        fs::write(folder.join(dataset).join("one.json"), content).unwrap();
    }
}

/// The landing files, read.
pub fn landed(folder: &Path) -> Landing {
    write_landing(folder);
    landing::read(&Source::Folder(folder.to_owned()), &Progress::default()).unwrap()
}

/// Writes what a job on another engine leaves of them.
pub fn write_run(folder: &Path, landing: &Landing) -> Curation {
    let curation = curate(landing, &Recipe::default(), &Progress::default()).unwrap();
    let (mut tables, mut steps) = (serde_json::Map::new(), serde_json::Map::new());
    for dataset in Dataset::ALL {
        tables.insert(Table::landing(dataset).name().to_owned(), json!({ "rows": landing.rows(dataset) }));
    }
    for count in &curation.counts {
        let name = count.table.name();
        let is_whole = count.table == Table::MachineLearningCurated;
        let place = if is_whole { folder.join("review").join(name) } else { folder.join(name) };
        fs::create_dir_all(&place).unwrap();
        let file = File::create(place.join("part-0.parquet")).unwrap();
        ParquetWriter::new(file).finish(&mut curation.frame(count.table).clone()).unwrap();
        tables.insert(name.to_owned(), json!({ "rows": count.rows }));
        let step = |step: &stedi_workbench::domain::StepCount| json!({ "reason": step.reason.label(), "rows_in": step.rows_in, "dropped": step.dropped, "added": step.added });
        steps.insert(name.to_owned(), count.steps.iter().map(step).collect());
    }
    let counts = json!({ "tables": tables, "steps": steps, "run": "one", "spark": "4.3.0" });
    fs::write(folder.join("counts.json"), counts.to_string()).unwrap();
    fs::write(folder.join("recipe.json"), curation.recipe.to_json()).unwrap();
    curation
}
