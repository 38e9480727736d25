//! Lines that load an export, to be copied.

use super::card::main_table;
use super::manifest::Manifest;
use crate::domain::{Format, Partition};

/// For each library, the lines that load an export lying at a path.
pub fn loaders(manifest: &Manifest, path: &str) -> Vec<(&'static str, String)> {
    let table = main_table(manifest);
    // As Python writes a text; a path may hold anything.
    let quoted = |text: String| serde_json::to_string(&text).unwrap_or_default();
    let below = |rest: &str| quoted(format!("{}/{table}/{rest}", path.trim_end_matches('/')));
    let format = manifest.packaging.format;
    let is_cut = manifest.packaging.partition != Partition::None;
    let all = format!("{}*.{}", if is_cut { "**/" } else { "" }, format.extension());
    // Columns that are names of folders are in no file; of the readers of these formats, pyarrow's puts them back.
    let dataset = format!(
        "import pyarrow.dataset as pads\nreadings = pads.dataset({}, format=\"{}\", partitioning=\"hive\").to_table()",
        below(""),
        match format {
            Format::Parquet => "parquet",
            Format::Csv => "csv",
            Format::Ndjson => "json",
            Format::Arrow => "ipc",
        }
    );
    let pandas = match format {
        Format::Parquet => format!("import pandas as pd\ndf = pd.read_parquet({})", below("")),
        Format::Csv | Format::Ndjson | Format::Arrow if is_cut => format!("{dataset}\ndf = readings.to_pandas()"),
        // Left to itself pandas is off by a digit now and then, makes whole numbers of floats, and dates of what is called
        // like one.
        Format::Csv => many("pd.read_csv(f, float_precision=\"round_trip\")", &below(""), format),
        Format::Ndjson => many("pd.read_json(f, lines=True, engine=\"pyarrow\")", &below(""), format),
        Format::Arrow => many("pd.read_feather(f)", &below(""), format),
    };
    let polars = match format {
        Format::Parquet if is_cut => {
            format!("import polars as pl\ndf = pl.scan_parquet({}, hive_partitioning=True).collect()", below(&all))
        }
        Format::Parquet => format!("import polars as pl\ndf = pl.scan_parquet({}).collect()", below(&all)),
        Format::Csv | Format::Ndjson | Format::Arrow if is_cut => {
            format!("import polars as pl\n{dataset}\ndf = pl.from_arrow(readings)")
        }
        Format::Csv => format!("import polars as pl\ndf = pl.scan_csv({}).collect()", below(&all)),
        Format::Ndjson => format!("import polars as pl\ndf = pl.scan_ndjson({}).collect()", below(&all)),
        Format::Arrow => format!("import polars as pl\ndf = pl.scan_ipc({}).collect()", below(&all)),
    };
    let select =
        |reader: &str| format!("import duckdb\ndf = duckdb.sql(\"SELECT * FROM {reader}({})\")", sql(&below(&all)));
    let duckdb = match format {
        Format::Parquet => select("read_parquet"),
        Format::Csv => select("read_csv"),
        Format::Ndjson => format!(
            "import duckdb\ndf = duckdb.sql(\"SELECT * FROM read_ndjson({}, columns={})\")",
            sql(&below(&all)),
            declared(manifest)
        ),
        Format::Arrow => format!("import duckdb\n{dataset}\ndf = duckdb.sql(\"SELECT * FROM readings\")"),
    };
    let learn = |lines: String, train: &str| {
        let has_splits = manifest.split.is_some();
        if has_splits { format!("{lines}\ntrain = {train}") } else { lines }
    };
    let mut lines = vec![
        ("pandas", learn(pandas, "df[df[\"split\"] == \"train\"]")),
        ("Polars", learn(polars, "df.filter(pl.col(\"split\") == \"train\")")),
        ("DuckDB", learn(duckdb, "df.filter(\"split = 'train'\")")),
        (
            "Hugging Face datasets",
            format!("from datasets import load_dataset\nds = load_dataset({})", quoted(path.to_owned())),
        ),
        (
            "PyTorch",
            format!(
                "from datasets import load_dataset\nds = load_dataset({}, split=\"train\").with_format(\"torch\")",
                quoted(path.to_owned())
            ),
        ),
    ];
    // It has no reader for Arrow.
    if format != Format::Arrow {
        let file = quoted(format!("{}/croissant.json", path.trim_end_matches('/')));
        let records = format!("mlcroissant.Dataset(jsonld={file}).records(\"{table}\")");
        lines.push(("mlcroissant", format!("import mlcroissant\nrecords = {records}")));
    }
    if let Some(file) =
        manifest.windows.iter().flat_map(|windows| &windows.files).find(|file| file.path.ends_with(".npz"))
    {
        let npz = quoted(format!("{}/{}", path.trim_end_matches('/'), file.path));
        lines.push(("NumPy, the windows", format!("import numpy as np\nX = np.load({npz})[\"X\"]")));
        if let Some((_, torch)) = lines.iter_mut().find(|(name, _)| *name == "PyTorch") {
            *torch += &format!("\n\nimport numpy as np, torch\nX = torch.from_numpy(np.load({npz})[\"X\"]).float()");
        }
    }
    lines
}

fn many(read: &str, folder: &str, format: Format) -> String {
    let ending = format.extension();
    format!(
        "from pathlib import Path\nimport pandas as pd\n\
         df = pd.concat(\n    {read}\n    for f in sorted(Path({folder}).rglob(\"*.{ending}\"))\n)"
    )
}

/// The columns in the files and their types, for DuckDB. Left to itself it takes whole numbers of both signs for larger ones
/// than they are.
fn declared(manifest: &Manifest) -> String {
    let columns = manifest.tables.iter().take(1).flat_map(|table| &table.columns).filter(|column| !column.is_folder);
    let columns: Vec<String> = columns
        .map(|column| {
            let kind = match column.kind.as_str() {
                "int64" => "BIGINT",
                "float64" => "DOUBLE",
                _ => "VARCHAR",
            };
            format!("{}: '{kind}'", column.name)
        })
        .collect();
    format!("{{{}}}", columns.join(", "))
}

/// A text in SQL within a Python text.
fn sql(quoted: &str) -> String {
    let inner = quoted.trim_matches('"').replace('\'', "''");
    format!("'{inner}'")
}
